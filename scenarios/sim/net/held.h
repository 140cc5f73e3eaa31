/* The datagrams that wait for something: an event that a rule names, or later datagrams of their
 * link. They have a place among the flights and are not under way. Private to the relay. */
#ifndef SIM_NET_HELD_H
#define SIM_NET_HELD_H

#include "scenarios/sim/net/flights.h"

enum { HELD_BY_RATE = -1 };

struct held {
    uint32_t place;
    int rule; /* index of the fault, or HELD_BY_RATE */
    uint32_t
        later; /* so many later ones of its link have yet to arrive; 0: it waits for an event */
    uint64_t after;    /* those with a higher number are later */
    uint64_t due_us;   /* it does not arrive before */
    uint64_t until_us; /* it waits no longer than that; UINT64_MAX: as long as it takes */
};

struct held_list { /* {0} is empty; in the order of sending */
    struct held *list;
    uint32_t count;
    uint32_t room;
};

void held_free(struct held_list *h);

/* Room for one more. False when memory is short. */
bool held_reserve(struct held_list *h);
/* There must be room. */
void held_add(struct held_list *h, const struct held *one);
/* Takes out the |i|-th; the order is kept. */
struct held held_take(struct held_list *h, uint32_t i);

/* The first time at which one waits no longer; UINT64_MAX: none does. */
uint64_t held_deadline(const struct held_list *h);

#endif
