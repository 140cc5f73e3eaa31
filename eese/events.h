/* States and events of the EESE's machine, and how an input becomes one exact event. Private to
 * eese/. */
#ifndef EESE_EVENTS_H
#define EESE_EVENTS_H

#include "common/core/protect.h"
#include "eese/eese.h"

#define STATES(X) \
    X(NO_KEY)       /* no keyset for this UE */ \
    X(FIRST)        /* the first keyset is here, the UE has not used it yet */ \
    X(VALID)        /* one keyset in use */ \
    X(VALID_NEXT)   /* and the next one installed */ \
    X(EXPIRED)      /* te2e has run out: the keys are flagged invalid */ \
    X(EXPIRED_NEXT) /* and the next one installed */

#define EVENTS(X) \
    X(RX_KEYSET)       /* KEYSET_FWD with a keyset newer than any here */ \
    X(RX_KEYSET_HELD)  /* ... with one already here, or older */ \
    X(RX_RAND)         /* RAND_FWD for the epoch after the current one */ \
    X(RX_RAND_SWITCH)  /* ... and it is used at once (correction `commit-on-use` off) */ \
    X(RX_RAND_HELD)    /* ... for an epoch already here */ \
    X(RX_RAND_AHEAD)   /* ... for one that cannot be derived from here */ \
    X(RX_CONFIRM)      /* UE_CONFIRM: the UE has the next epoch */ \
    X(RX_CONFIRM_HELD) /* ... an epoch already in use */ \
    X(RX_CONFIRM_LACK) /* ... an epoch that is not here */ \
    X(RX_DATA)         /* genuine, new, under the current epoch */ \
    X(RX_DATA_SEEN)    /* ... but its number was accepted before */ \
    X(RX_DATA_OLD)     /* ... or is below the replay window */ \
    X(RX_DATA_NEXT)    /* genuine, new, under the next epoch */ \
    X(RX_DATA_NEXT_SEEN) \
    X(RX_DATA_PREV) /* genuine, new, under the previous epoch, inside the overlap */ \
    X(RX_DATA_PREV_SEEN) \
    X(RX_DATA_LATE)    /* genuine, under a previous epoch that is no longer accepted */ \
    X(RX_DATA_UNKNOWN) /* under an epoch that is not here: cannot be verified */ \
    X(RX_DATA_BAD)     /* the MAC does not verify */ \
    X(RX_DATA_MODE)    /* ciphered against the epoch's mode, or the other way round */ \
    X(RX_DACK)         /* the UE keeps the downlink message at the head of the queue */ \
    X(RX_POLICY) \
    X(APP_SEND)      /* the enterprise starts a contact */ \
    X(APP_SEND_FULL) /* ... and the queue is full, or the numbers are used up */ \
    X(APP_REKEY)     /* the enterprise wants a fresh key */ \
    X(TE2E_EXPIRED) \
    X(SOFT_DUE) \
    X(TRIGGER_DUE) \
    X(DATA_DUE) \
    X(OVERLAP_DUE) \
    X(STARTED) \
    X(STARTED_LATE) /* ... and te2e has run out meanwhile, or the clock is in doubt */ \
    X(OTHER)

enum eese_state {
#define STATE_ENUM(name) S_##name,
    STATES(STATE_ENUM)
#undef STATE_ENUM
        STATE_COUNT
};

enum eese_event {
#define EVENT_ENUM(name) E_##name,
    EVENTS(EVENT_ENUM)
#undef EVENT_ENUM
        EVENT_COUNT
};

#define ROW(state, event, act, next, clause) \
    { \
        S_##state, E_##event, S_##next, clause, eese_##act, #act \
    }

/* What classify has found out, for the action. */
struct eese_found {
    const struct epoch *epoch; /* whose key verified the frame; NULL when none did */
    struct msg open;           /* the data frame, deciphered */
};

/* No further message to the UE can be taken: the queue is full, or their numbers are used up. */
bool eese_is_full(const struct eese_ue *ue);

/* Decides the exact event; changes nothing but |found|. */
enum eese_event eese_classify(const struct eese_conf *conf, const struct eese_ue *ue,
                              const struct event *ev, struct eese_found *found);

#endif
