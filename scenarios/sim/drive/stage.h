/* What live and virtual runs have in common: the network, the script, the visited network, and the
 * trace that all of them make. The driver brings the four roles and the clock.
 *
 *   stage_send()     a role has sent a datagram
 *   stage_occur()    something occurred in a role; before the datagrams that it caused
 *   stage_run()      whatever is due by now: network, then VN's timers, then script
 *
 * and gets, through its hooks, datagrams to hand over to a role, orders to give to it, and what is
 * to befall its process. Of a process that is gone the stage keeps the orders until it has started
 * again, and its datagrams are lost. Times are microseconds since the start; one before the last
 * event of the trace is taken as that. */
#ifndef SIM_DRIVE_STAGE_H
#define SIM_DRIVE_STAGE_H

#include "scenarios/sim/drive/director.h"
#include "scenarios/sim/net/relay.h"

/* None is called for ROLE_VN, which plays here. They may call stage_send() and stage_occur(). */
struct stage_hooks {
    void *arg;
    void (*deliver)(void *arg, uint64_t now_us, const struct relay_delivery *d);
    void (*order)(void *arg, uint64_t now_us, enum role role, unsigned ue, const struct order *o);
    /* The process of |role| is to die (stage_died() follows when it has), to start again (when it
     * has died; stage_started() follows), to pause, to resume, or its clock is to change. */
    void (*process)(void *arg, uint64_t now_us, enum role role, const struct scn_process *p);
    /* Its durable state as it is now is to be copied, as copy |copy|. */
    void (*copy)(void *arg, enum role role, unsigned copy);
    bool (*settled)(void *arg, uint64_t now_us); /* judge_settled(); may be NULL */
};

struct stage;

/* |run| and |sinks| are borrowed. Tells TRACE_RUN. Returns NULL when memory is short. */
struct stage *stage_new(const struct trace_run *run, const struct trace_sink *sinks, unsigned count,
                        const struct stage_hooks *hooks);
void stage_free(struct stage *s);

void stage_send(struct stage *s, uint64_t now_us, enum role from, enum role to,
                const uint8_t *octets, size_t len);
void stage_occur(struct stage *s, uint64_t now_us, const struct occur *o);

/* The process of |role|, which was to die, is gone, and all that came out of it is told. A datagram
 * with a |kill| that deliver() has got is such an order too. */
void stage_died(struct stage *s, uint64_t now_us, enum role role);
/* It starts again, with what |left| says of its durable state; then, that it can take orders: it
 * gets those that have waited. */
void stage_started(struct stage *s, uint64_t now_us, enum role role, enum state_left left);
void stage_listens(struct stage *s, enum role role);

/* The run itself has failed: tells TRACE_FAILED, once; stage_over() is true then. */
void stage_fail(struct stage *s, uint64_t now_us, const char *words);

/* When stage_run() is to be called next. */
uint64_t stage_deadline(const struct stage *s);
/* Does all that is due, and what follows from it at once. */
void stage_run(struct stage *s, uint64_t now_us);

/* The parts of stage_run(), for a driver that has timers of its own to put between them. The first
 * two return true when they have done something. */
bool stage_network(struct stage *s, uint64_t now_us);
bool stage_timers(struct stage *s, uint64_t now_us);
void stage_script(struct stage *s, uint64_t now_us);

/* True when nothing but the roles' timers can make anything happen before the limit: the script
 * has nothing left but to wait for what they cause. */
bool stage_is_still(const struct stage *s);
/* Ends the run of a still stage whose roles have no timer running: nothing can happen any more. */
void stage_close(struct stage *s);

bool stage_over(const struct stage *s);

/* How it ended. */
struct outcome {
    enum over over; /* OVER_NOT when it failed */
    bool failed;
    char why[256];
    uint64_t end_us;
    struct relay_counters net;
    unsigned waiting; /* actions whose condition was never met */
};
/* Tells TRACE_END. To be called once, at the end. */
void stage_end(struct stage *s, uint64_t now_us, struct outcome *out);

/* How often the |i|-th fault of the scenario has struck: 0 is a vacuous run. */
uint32_t stage_rule_fired(const struct stage *s, unsigned i);

#endif
