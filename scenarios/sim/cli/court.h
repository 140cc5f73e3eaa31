/* One run and those who judge it: the expectations, the invariants, and the rules that never fired.
 * Whatever else listens to the run is added by the caller. Runs share nothing: each has a court of
 * its own. */
#ifndef SIM_CLI_COURT_H
#define SIM_CLI_COURT_H

#include "scenarios/sim/cli/play.h"
#include "scenarios/sim/show/report.h"

enum { COURT_SINKS_MAX = 8 };

struct court {
    struct trace_run run;
    enum play_mode mode;
    struct judge *judge;
    struct invariants *invariants;
    struct report *report;
    struct trace_sink sinks[COURT_SINKS_MAX];
    unsigned sinks_count;
    struct played played;     /* when court_play() has been called, as is ... */
    enum run_verdict verdict; /* ... this, if it returned ERR_OK */
};

/* |scn| is borrowed until court_close(), with variant, switches and seed as they are in force.
 * Returns: ERR_OK; ERR_NO_ROOM. In either case court_close() must follow. */
enum err court_open(struct court *c, const struct scenario *scn, enum play_mode mode) MUST_USE;
void court_close(struct court *c);

/* Adds a sink, behind those that are there. */
void court_listen(struct court *c, void (*event)(void *, const struct trace_event *), void *arg);

/* Plays the run and asks for the last verdicts. |stop|: see struct play; may be NULL.
 * Returns: ERR_OK; another error, with a sentence in |why|, when the run could not begin. */
enum err court_play(struct court *c, const bool *stop, char why[PLAY_WHY_MAX]) MUST_USE;

#endif
