/* States and events of the EMSE's machine, and how an input becomes one exact event. Private to
 * emse/. */
#ifndef EMSE_EVENTS_H
#define EMSE_EVENTS_H

#include "common/core/protect.h"
#include "emse/emse.h"

#define STATES(X) \
    X(DETACHED) /* no association with this UE */ \
    X(AV)       /* waits for the HSS's vector */ \
    X(CHAL)     /* waits for the UE's answer to the challenge */ \
    X(IDLE)     /* associated; no epoch on its way */ \
    X(RAND)     /* a new epoch: waits for the HSS's RAND */ \
    X(FWD)      /* ... waits until the EESE has installed it */ \
    X(PUSH)     /* ... waits until the UE has it */ \
    X(CONF)     /* ... the UE has it; waits until the EESE has switched */

#define EVENTS(X) \
    X(RX_ATTACH)         /* a UE asks for an association */ \
    X(RX_ATTACH_AGAIN)   /* ... the same request once more */ \
    X(RX_ATTACH_NO_EESE) /* ... with an enterprise that is not served here */ \
    X(RX_ATTACH_LIMITED) /* ... without a MAC, too often, though the UE is known */ \
    X(RX_AV)             /* the vector asked for */ \
    X(RX_AV_REFUSED) \
    X(RX_RESP)        /* RES right, MAC good, algorithms in common */ \
    X(RX_RESP_NO_ALG) /* ... but no algorithm in common */ \
    X(RX_RESP_BAD) \
    X(RX_SYNCFAIL) \
    X(RX_TRIGGER)         /* the EESE needs an epoch after the current one */ \
    X(RX_TRIGGER_FRESH)   /* ... again, and again fetches a RAND (correction off) */ \
    X(RX_TRIGGER_OVER)    /* ... again, and allocates one more epoch (correction off) */ \
    X(RX_TRIGGER_RESUME)  /* ... but already holds one that was on its way */ \
    X(RX_TRIGGER_ROOT)    /* ... and holds or lacks the root that was on its way */ \
    X(RX_TRIGGER_STALE)   /* ... in a state of long ago: late, or the EESE has lost its place */ \
    X(RX_TRIGGER_LIMITED) /* ... too often for the operator */ \
    X(RX_EESE_NEXT)       /* the EESE has installed the pending epoch */ \
    X(RX_EESE_CONTACT)    /* ... and the UE is awake */ \
    X(RX_EESE_CUR)        /* the EESE uses the pending epoch, or a later one */ \
    X(RX_EESE_CLASH)      /* the pending root has an index that the EESE has used up */ \
    X(RX_EESE_LACKS)      /* the EESE does not have the pending epoch (any more) */ \
    X(RX_EESE_BEHIND)     /* the EESE has fallen back one epoch */ \
    X(RX_EESE_LOST)       /* the EESE has fallen back further than the chain can heal */ \
    X(RX_EESE_SAME)       /* nothing to do */ \
    X(RX_RAND)            /* RAND of the pending epoch (literal: any RAND) */ \
    X(RX_RAND_FRESH)      /* ... again, and another one (correction off) */ \
    X(RX_RAND_CATCH)      /* RAND of an epoch that the UE lacks */ \
    X(RX_ACK)             /* the UE has the pending epoch */ \
    X(RX_ACK_SAME)        /* ... it is the one in use */ \
    X(RX_ACK_BEHIND)      /* the UE has caught up one epoch, more to go */ \
    X(RX_SYNC)            /* the UE is where it should be */ \
    X(RX_SYNC_WAITS)      /* the UE lacks the pending epoch */ \
    X(RX_SYNC_BEHIND)     /* the UE lacks epochs that are in use */ \
    X(RX_SYNC_AHEAD)      /* the UE has an epoch that the EMSE has forgotten */ \
    X(RX_SYNC_UNKNOWN)    /* the UE's epoch is older than the root: it must attach again */ \
    X(RX_OLD_ROOT) /* genuine, under the root before: the UE has not heard of the new one */ \
    X(RX_FORGED) \
    X(RX_POLICY) \
    X(AV_DUE) \
    X(CHAL_DUE) \
    X(RUN_SPENT)      /* the run has failed; there is no association to go back to */ \
    X(RUN_SPENT_HELD) /* the run has failed; the association goes on */ \
    X(RUN_SPENT_ROOT) /* ... whose root was still being handed over when the run began */ \
    X(FWD_DUE) \
    X(RAND_DUE) \
    X(PUSH_DUE) \
    X(STARTED) \
    X(OTHER)

enum emse_state {
#define STATE_ENUM(name) S_##name,
    STATES(STATE_ENUM)
#undef STATE_ENUM
        STATE_COUNT
};

enum emse_event {
#define EVENT_ENUM(name) E_##name,
    EVENTS(EVENT_ENUM)
#undef EVENT_ENUM
        EVENT_COUNT
};

#define ROW(state, event, act, next, clause) \
    { \
        S_##state, E_##event, S_##next, clause, emse_##act, #act \
    }

enum {
    RUN_TRIES_MAX = 5,   /* unanswered AV_REQ or AKA_CHAL before the run is given up */
    PUSH_TRIES_MAX = 5,  /* sendings to a UE before only the cap of the backoff paces them (H5) */
    DOUBT_TRIES_MAX = 1, /* the same as RUN_TRIES_MAX, for a run that anybody may have asked for */
    RATE_BURST = 4,   /* rekeys at once that the operator grants, then one per te2e floor (H12) */
    ATTACH_BURST = 3, /* attaches without a MAC at once, then one per ATTACH_PERIOD_US (H15) */
    CTR_BLOCK = 64,   /* numbers towards the UE that one SAVE reserves (H11) */
};
#define ATTACH_PERIOD_US (UINT64_C(600) * 1000000)

/* What classify has found out, for the action. */
struct emse_found {
    uint8_t eese;         /* RX_ATTACH: index of the enterprise */
    bool authenticated;   /* RX_ATTACH: under the current root, or the one before */
    struct choice choice; /* RX_RESP */
};

/* What the MAC of ATTACH_ACC covers besides what is sent: the offer as received (H14). Returns its
 * length. */
size_t emse_echo(const struct emse_conf *conf, const struct emse_root *root, uint8_t out[4]);

/* Token bucket (GCRA): may one more pass at |now_us|? */
bool emse_bucket_ok(uint64_t bucket_us, uint64_t now_us, uint64_t period_us, unsigned burst);
/* The bucket after one has passed. */
uint64_t emse_bucket_take(uint64_t bucket_us, uint64_t now_us, uint64_t period_us);

/* The association with the EESE of |eese|. */
struct assoc emse_assoc(const struct emse_conf *conf, const struct emse_ue *ue, uint8_t eese);

/* Decides the exact event; changes nothing but |found|. |fx| takes the notes of policy decisions.
 */
enum emse_event emse_classify(const struct emse_conf *conf, const struct emse_ue *ue,
                              const struct event *ev, struct emse_found *found, struct effects *fx);

#endif
