/* The order of a run whose clock jumps, for the drivers that have one: to the next thing that
 * happens, and there the network before timers, timers before the script, until nothing is due any
 * more. Each thing is over, with all that follows from it at once, before the next begins. */
#ifndef SIM_DRIVE_CLOCKWORK_H
#define SIM_DRIVE_CLOCKWORK_H

#include "scenarios/sim/drive/stage.h"

struct clockwork {
    void *arg;
    /* When the next timer of a role is due; UINT64_MAX: none runs. */
    uint64_t (*deadline)(void *arg);
    /* Runs the timers of one role that are due by |now_us|. Returns false when none are. */
    bool (*timers)(void *arg, uint64_t now_us);
    bool (*stopped)(void *arg); /* the run ends here; may be NULL */
};

/* Plays |s| to its end. |*now_us| is the clock, from where it stands. */
void clockwork_play(struct stage *s, const struct clockwork *c, uint64_t *now_us);

#endif
