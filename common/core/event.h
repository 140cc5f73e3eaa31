/* Everything that can come into a role core. Nothing else does: no clock, no
 * randomness, no I/O. */
#ifndef COMMON_CORE_EVENT_H
#define COMMON_CORE_EVENT_H

#include "common/core/timer.h"
#include "common/wire/msg.h"

enum input {
    IN_MSG,   /* a decoded datagram */
    IN_TIMER, /* a timer that the core has armed and not disarmed since has run out */
    IN_ORDER, /* somebody who owns the role wants something */
};

#define ORDER_LIST(X) \
    X(START, "the process has started, or restarted with this context restored") \
    X(ATTACH, "UE: attach to the EMSE") \
    X(SEND, "UE: send application data; EESE: contact the UE with application data") \
    X(REKEY, "EESE: derive a new epoch now (the enterprise's command)") \
    X(REGISTER, "VN: run the access AKA with this UE") \
    X(MOVE, "UE: it is now in another serving network") \
    X(POLICY, "HSS: the device profile has a new version")

enum order_kind {
#define ORDER_ENUM(id, words) ORDER_##id,
    ORDER_LIST(ORDER_ENUM)
#undef ORDER_ENUM
        ORDER_COUNT
};

struct order {
    enum order_kind kind;
    bool clock_lost; /* START: the clock is not the one of the context's deadlines (H10) */
    uint16_t len;    /* SEND */
    uint8_t payload[PAYLOAD_MAX];
    uint8_t plmn[PLMN_LEN]; /* MOVE, REGISTER */
    struct profile profile; /* POLICY */
};

enum { ENTROPY_LEN = 32 };

struct event {
    enum input input;
    uint64_t now_us;           /* the caller's clock; never goes back within a run of a process */
    enum role from;            /* IN_MSG */
    const struct msg *msg;     /* IN_MSG */
    enum timer_id timer;       /* IN_TIMER */
    const struct order *order; /* IN_ORDER */
    uint32_t slot;             /* number of this context in its table: unique in its process */
    uint8_t entropy[ENTROPY_LEN]; /* fresh; whoever uses it says so with effects.entropy_used */
};

#endif
