/* A run with the four daemons as processes of their own, UDP over the loopback, and this program as
 * the network between them (live_net.h) and as the visited network.
 *
 * It is in real time, or in lockstep: then this program grants the daemons their time, lets one
 * thing happen after another, and waits until all that follows from it is told and sent. The clock
 * jumps, and what is shown is what a run in virtual time shows (virtual.h), to the octet.
 *
 * Order of the trace. A daemon writes what occurred before it sends what follows from it, so before
 * a datagram of a daemon is looked at, all that it has written is read: a cause stands before its
 * consequence. Events are stamped with the runner's clock, microseconds since the daemons were told
 * to start, or with what it grants.
 *
 * Whatever happens, nothing stays behind: no process, socket or file (spawn.h, live_dir.h). */
#ifndef SIM_DRIVE_LIVE_H
#define SIM_DRIVE_LIVE_H

#include "scenarios/sim/drive/stage.h"

enum { LIVE_WHY_MAX = 768 };

struct live_conf {
    bool lockstep;
    const struct trace_run *run;
    const struct trace_sink *sinks;
    unsigned sinks_count;
    bool (*settled)(void *arg, uint64_t now_us); /* judge_settled() with |arg|, or NULL */
    void *arg;
    const bool *stop; /* when a sink sets it, the run ends there; may be NULL */
};

struct live_end {
    struct outcome outcome;
    int signal; /* that ended the run (SIGINT, SIGTERM, SIGHUP); 0: none */
};

/* Runs from start to end. |fired|, if not NULL, has room for each fault of the scenario: how often
 * it has struck. What the daemons have said on stderr is repeated on ours when the run has failed.
 * Returns: ERR_OK and |out|, also when the run has failed on its way (outcome.failed); ERR_IO or
 *          ERR_NO_ROOM, with a sentence in |why|, when it could not begin. */
enum err live_run(const struct live_conf *conf, uint32_t *fired, struct live_end *out,
                  char why[LIVE_WHY_MAX]) MUST_USE;

#endif
