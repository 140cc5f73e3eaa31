/* One scenario run once: the driver plays it, and all that is told of it goes to the ladder, the
 * judge, the invariants and the files of --out. */
#ifndef SIM_CLI_SESSION_H
#define SIM_CLI_SESSION_H

#include "scenarios/sim/cli/play.h"
#include "scenarios/sim/show/canvas.h"
#include "scenarios/sim/show/junit.h"

struct session_conf {
    enum play_mode mode;
    bool quiet;     /* no ladder; of a run that passes its last line only */
    unsigned width; /* of the ladder */
    struct look look;
    const char *out_dir; /* NULL: no files */
    struct junit *junit; /* NULL: none */
    const char *again;   /* the options that the repeating command needs besides, " --set a=b" */
};

struct session_end {
    int signal;     /* that ended it, 0: none */
    bool no_reader; /* stdout is a pipe that nobody reads any more */
};

/* Runs |scn| and prints its outcome on stdout. Returns: an enum cli_exit. */
int session_run(const struct session_conf *conf, const struct scenario *scn,
                struct session_end *end);

#endif
