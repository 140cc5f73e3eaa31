/* The stage manager of a run, the same for live and virtual ones: it holds what the script has yet
 * to do, is told every trace event and the time, and through hooks gives orders to roles and
 * changes links. It says when the run is over:
 *   at `end at`, if the scenario has one; else
 *   when nothing of the script is left, no expectation can be met by waiting any longer, and the
 *   network has been empty and the trace silent for DIRECTOR_IDLE_US;
 *   at the latest at the limit.
 * An action that waits for a condition is something left.
 *
 * `each UE` acts in turn, one UE every DIRECTOR_TURN_US, and so do UEs that attach at the same time
 * by themselves: a script is no burst that overruns a receive buffer.
 *
 * Conditions of a link: sentences apply in their order; one with `for` is taken back at its end,
 * and what then counts is what the others say. */
#ifndef SIM_DRIVE_DIRECTOR_H
#define SIM_DRIVE_DIRECTOR_H

#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/trace.h"

enum { DIRECTOR_IDLE_US = 400000, DIRECTOR_TURN_US = 100 };

/* Called from director_run() only. */
struct director_hooks {
    void *arg;
    /* |ue| is an index of the scenario; |line| the sentence's, 0: it attaches by itself. */
    void (*order)(void *arg, enum role role, unsigned ue, const struct order *o, unsigned line);
    void (*link)(void *arg, enum role from, enum role to, const struct scn_link *link,
                 unsigned line);
    /* |fault| of the scenario, a RECALL, REFLECT or FORGE, is to be injected. */
    void (*inject)(void *arg, unsigned fault);
    /* |a|, a PROCESS or COPY, is to happen. */
    void (*process)(void *arg, const struct scn_action *a);
    /* judge_settled(); may be NULL: always true. */
    bool (*settled)(void *arg, uint64_t now_us);
    /* Datagrams under way, or held. */
    uint64_t (*in_flight)(void *arg);
};

enum over {
    OVER_NOT,
    OVER_END,   /* `end at` */
    OVER_QUIET, /* nothing left to happen */
    OVER_LIMIT,
};

struct director;

/* |scn| is borrowed. Returns NULL when memory is short. */
struct director *director_new(const struct scenario *scn, const struct director_hooks *hooks);
void director_free(struct director *d);

/* Each event of the trace. It may only cause something in a later director_run(). */
void director_event(struct director *d, const struct trace_event *e);

/* When director_run() is to be called next; UINT64_MAX: not before an event. */
uint64_t director_deadline(const struct director *d);

/* True when something of the script is due at a time, be it the end of a link's conditions. */
bool director_busy(const struct director *d);

/* Does what is due. Returns whether the run is over. */
enum over director_run(struct director *d, uint64_t now_us);

/* Actions whose condition has not been met. */
unsigned director_waiting(const struct director *d);

#endif
