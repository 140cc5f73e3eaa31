/* Private to the node: the running timers of all contexts, as a binary heap over (deadline, order
 * of arming). Each timer of each slot runs at most once, and knows its place, so that starting it
 * anew moves it. */
#ifndef COMMON_NODE_AGENDA_H
#define COMMON_NODE_AGENDA_H

#include "common/core/timer.h"

struct agenda_entry {
    uint64_t at_us;
    uint64_t order;
    uint32_t slot;
    uint32_t timer; /* enum timer_id */
};

struct agenda {
    struct agenda_entry *heap; /* the earliest first */
    uint32_t *place; /* of slot * TIMER_COUNT + timer: index + 1, 0 when it does not run */
    uint32_t count;
    uint64_t armed; /* how many were ever armed */
};

/* Room for all timers of |slots|; pages nobody needs stay untouched. False: memory is short. */
bool agenda_init(struct agenda *a, uint32_t slots);
void agenda_free(struct agenda *a);

void agenda_arm(struct agenda *a, uint32_t slot, enum timer_id timer, uint64_t at_us);
void agenda_disarm(struct agenda *a, uint32_t slot, enum timer_id timer);
void agenda_disarm_all(struct agenda *a, uint32_t slot);

/* When the earliest is due; UINT64_MAX when none runs. */
uint64_t agenda_deadline(const struct agenda *a);
/* Takes the earliest out; there must be one. */
struct agenda_entry agenda_pop(struct agenda *a);

#endif
