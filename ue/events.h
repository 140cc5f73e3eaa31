/* States and events of the UE's machine, and how an input becomes one exact event. Private to ue/.
 */
#ifndef UE_EVENTS_H
#define UE_EVENTS_H

#include "common/core/protect.h"
#include "ue/ue.h"

#define STATES(X) \
    X(DETACHED)  /* not attached, or given up for a while */ \
    X(ATTACHING) /* an attach is under way; an old keyset, if any, stays in use */ \
    X(READY)     /* holds an e2eKEYSET and may send */ \
    X(WAITKEY)   /* told that the key has expired: holds its message until RAND comes */ \
    X(SYNCING)   /* has asked the EMSE where it stands */

#define EVENTS(X) \
    X(ATTACH)          /* the owner wants an association */ \
    X(RX_ACCESS_CHAL)  /* challenge of the visited network's own AKA, good and fresh */ \
    X(RX_ACCESS_STALE) /* ... its SQN is not fresh */ \
    X(RX_ACCESS_BAD)   /* ... MAC-A does not verify, or made for the e2m run */ \
    X(RX_CHAL)         /* challenge of the e2m AKA for this UE's own run, good and fresh */ \
    X(RX_CHAL_AGAIN)   /* ... answered before */ \
    X(RX_CHAL_STALE)   /* ... its SQN is not fresh */ \
    X(RX_CHAL_BAD)     /* ... MAC-A does not verify */ \
    X(RX_CHAL_PURPOSE) /* ... made for access, not for e2m */ \
    X(RX_ACCEPT)       /* ATTACH_ACC under the new e2mKEYSET */ \
    X(RX_ACCEPT_AGAIN) /* ... whose epoch is here already */ \
    X(RX_REJECT) \
    X(RX_FORGED)      /* a frame whose MAC does not verify, or whose number was used before */ \
    X(RX_DACK)        /* the EESE keeps one of the open messages */ \
    X(RX_KEY_EXPIRED) /* the error, about an open message, under the current epoch */ \
    X(RX_KEY_EXPIRED_STALE) /* ... under the epoch before */ \
    X(RX_RAND)              /* RAND of the epoch after the current one */ \
    X(RX_RAND_HELD)         /* ... of an epoch already here */ \
    X(RX_RAND_AHEAD)        /* ... of one that cannot be derived from here */ \
    X(RX_STATUS)            /* the EMSE says that the ends agree */ \
    X(RX_STATUS_STALLED)    /* ... again, and still no data gets through */ \
    X(RX_STATUS_UNKNOWN)    /* the EMSE does not know this root */ \
    X(RX_DATA)              /* downlink data, genuine and new */ \
    X(RX_DATA_SEEN)         /* ... delivered before */ \
    X(APP_SEND) \
    X(APP_SEND_FULL) /* ... and the outbox is full, or the numbers are used up */ \
    X(MOVED)         /* another serving network */ \
    X(STARTED) \
    X(ATTACH_DUE) \
    X(ATTACH_SPENT) \
    X(REATTACH_DUE) \
    X(DATA_DUE) \
    X(DATA_SPENT) \
    X(WAITKEY_DUE) \
    X(WAITKEY_SPENT) \
    X(ACK_DUE) \
    X(SYNC_DUE) \
    X(SYNC_SPENT) \
    X(OVERLAP_DUE) \
    X(OTHER)

enum ue_state {
#define STATE_ENUM(name) S_##name,
    STATES(STATE_ENUM)
#undef STATE_ENUM
        STATE_COUNT
};

enum ue_event {
#define EVENT_ENUM(name) E_##name,
    EVENTS(EVENT_ENUM)
#undef EVENT_ENUM
        EVENT_COUNT
};

#define ROW(state, event, act, next, clause) \
    { \
        S_##state, E_##event, S_##next, clause, ue_##act, #act \
    }

enum {
    ATTACH_TRIES_MAX = 5,
    SYNC_TRIES_MAX = 3,
    CTR_BLOCK = 64,      /* numbers towards the EMSE that one SAVE reserves (H11) */
    SYNC_ROUNDS_MAX = 3, /* "you agree" that often with no data getting through: attach anew */
};

/* What classify has found out, for the action. */
struct ue_found {
    struct aka_answer answer;  /* of a challenge */
    const struct epoch *epoch; /* whose key verified a frame of the EESE */
    struct msg open;           /* the frame, deciphered */
    unsigned index;            /* of the open message that DACK or KEY_EXPIRED names */
};

/* What the ATTACH_ACC's MAC covers without sending it: the offer as the EMSE received it (H14).
 * Returns its length. */
size_t ue_echo(const struct ue_conf *conf, const struct ue *ue, uint8_t out[4]);

/* Decides the exact event; changes nothing but |found|. */
enum ue_event ue_classify(const struct ue_conf *conf, const struct ue *ue, const struct event *ev,
                          struct ue_found *found);

#endif
