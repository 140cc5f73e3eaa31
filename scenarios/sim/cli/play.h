/* One door for all drivers: plays a scenario with four processes, in real time or in lockstep, or
 * in virtual time. */
#ifndef SIM_CLI_PLAY_H
#define SIM_CLI_PLAY_H

#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/trace.h"

enum { PLAY_WHY_MAX = 1024 };

enum play_mode { PLAY_LIVE, PLAY_LOCKSTEP, PLAY_VIRTUAL, PLAY_MODE_COUNT };
/* "live", "lockstep", "virtual": the options of e2esim run, and what trace and report call it. */
const char *play_mode_name(enum play_mode m);

struct play {
    enum play_mode mode;
    const struct trace_run *run;
    const struct trace_sink *sinks;
    unsigned sinks_count;
    bool (*settled)(void *arg, uint64_t now_us);
    void *arg;
    const bool *stop; /* not in virtual time: set by a sink to end the run */
};

struct played {
    uint64_t end_us;
    bool failed; /* the run itself, for the reason in |why| */
    char why[256];
    int signal; /* that ended it, 0: none */
};

/* |fired| has room for each fault of the scenario. Returns: ERR_OK and |out|; another error, with
 * a sentence in |why|, when it could not begin: out->signal is set also then. */
enum err play(const struct play *p, uint32_t *fired, struct played *out,
              char why[PLAY_WHY_MAX]) MUST_USE;

/* Checks what only the machines know: the names of states and events in conditions. Prints errors
 * to stderr. Returns: true when all is right. */
bool play_check(const struct scenario *scn);

#endif
