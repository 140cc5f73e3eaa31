/* The flows that tests disturb: what has happened before, what happens while the network or a
 * process misbehaves, and what must have come of it in the end. */
#ifndef TEST_UNIT_FLOWS_H
#define TEST_UNIT_FLOWS_H

#include "test/unit/rig.h"

struct flow {
    const char *name;
    void (*before)(struct rig *g);
    void (*go)(struct rig *g);
    unsigned up; /* messages named "up" and "down" that must arrive */
    unsigned down;
};

extern const struct flow flows[];
extern const unsigned flows_count;

/* A hardened rig in which |f|'s past has happened; the plan of the network's faults begins here. */
void flow_begin(struct rig *r, const struct flow *f);
/* Both ends agree, each message has been delivered once, nothing is left to do, and nobody was
 * called a forger. */
void flow_must_be_complete(const struct rig *r, const struct flow *f);

#endif
