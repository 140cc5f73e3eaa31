/* The timer register: every timer of every role as data (name, default, cap of its backoff, bounds,
 * rule), sized for a slow radio link. A scenario sets or scales them (`timer`, `pace`). The literal
 * variant has no timer but TE2E. Source: PROTOCOL.md 5.2 H5, H6, H7, H10. All values in
 * milliseconds. */
#ifndef COMMON_CORE_TIMER_H
#define COMMON_CORE_TIMER_H

#include "common/core/variant.h"

/* id, default, cap of the backoff (= default: no backoff), smallest, largest, rule, what it is */
#define TIMER_LIST(X) \
    X(TE2E, 3600000, 3600000, 1, 0x7fffffff, "6.x.2.3-1", \
      "lifetime of an e2eKEYSET; its value comes from policy") \
    X(SOFT, 1, 1, 1, 0x7fffffff, "H10", \
      "time before the end of te2e at which a rekey starts; from policy") \
    X(ATTACH, 3000, 60000, 10, 3600000, "H5", "UE repeats ATTACH_REQ") \
    X(REATTACH, 10000, 21600000, 10, 86400000, "H5", "UE waits before it attaches again") \
    X(AV, 500, 30000, 10, 3600000, "H5", "EMSE repeats AV_REQ") \
    X(CHAL, 3000, 60000, 10, 3600000, "H5", "EMSE repeats AKA_CHAL") \
    X(FWD, 500, 30000, 10, 3600000, "H5", "EMSE repeats KEYSET_FWD, RAND_FWD, UE_CONFIRM") \
    X(RAND, 500, 30000, 10, 3600000, "H5", "EMSE repeats RAND_REQ") \
    X(PUSH, 3000, 60000, 10, 3600000, "H5", "EMSE repeats RAND_PUSH and ATTACH_ACC") \
    X(TRIGGER, 500, 30000, 10, 3600000, "H5", "EESE repeats KEY_TRIGGER until the epoch commits") \
    X(DATA, 3000, 60000, 10, 3600000, "H5", "UE and EESE repeat data that is not acknowledged") \
    X(SYNC, 3000, 21600000, 10, 86400000, "H5", "UE repeats SYNC") \
    X(WAITKEY, 60000, 60000, 10, 3600000, "H6", "UE waits for a key after KEY_EXPIRED") \
    X(ACK, 1000, 1000, 0, 3600000, "H5", \
      "UE delays RAND_ACK; data under the new epoch replaces it") \
    X(OVERLAP, 10000, 10000, 10, 3600000, "H7", "EESE accepts the previous epoch") \
    X(ACCESS, 3000, 60000, 10, 3600000, "-", "visited network repeats ACCESS_CHAL or AV_REQ")

enum timer_id {
#define TIMER_ENUM(id, def, cap, lo, hi, rule, words) TIMER_##id,
    TIMER_LIST(TIMER_ENUM)
#undef TIMER_ENUM
        TIMER_COUNT
};

struct timer_info {
    const char *name;
    uint32_t default_ms;
    uint32_t cap_ms;
    uint32_t min_ms;
    uint32_t max_ms;
    const char *rule;
    const char *words;
};
extern const struct timer_info timer_info[TIMER_COUNT];

/* The values in force. */
struct timing {
    uint32_t ms[TIMER_COUNT];
    uint32_t cap_ms[TIMER_COUNT];
};

void timing_default(struct timing *t);
/* Scales every timer but TE2E and SOFT to |percent| (1..10000) of its register value, within its
 * bounds. */
void timing_scale(struct timing *t, unsigned percent);
/* TIMER_COUNT when there is no such name ("PUSH"). */
enum timer_id timer_by_name(const char *name);

/* The wait before attempt |attempt| + 1 (attempt 0 is the first wait): default doubled each time up
 * to the cap, plus or minus up to a quarter by |jitter| (H5), so that many UEs do not repeat in
 * step. Microseconds. */
uint64_t timer_backoff_us(const struct timing *t, enum timer_id id, unsigned attempt,
                          uint8_t jitter);

#endif
