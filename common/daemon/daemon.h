/* The shell of all daemons: options, configuration, one UDP socket, one timer, signals, the control
 * lines. The order of work in a turn of its loop: handle everything that can be read and every
 * timer that is due; make durable what must be (durable.h); write the control lines; send the
 * datagrams. */
#ifndef COMMON_DAEMON_DAEMON_H
#define COMMON_DAEMON_DAEMON_H

#include "common/daemon/config_table.h"

/* What the shell must know of a role. */
struct daemon_role {
    const char *program; /* "emsed" */
    const char *words;   /* what it is, for --help */
    enum role role;
    config_setup *setup;
    const struct config_setting *settings;
    /* The device profile of a context, for the order `policy`; NULL when the role keeps none. */
    const struct profile *(*profile)(const void *ctx);
};

/* The whole of main(). Exit codes: 0; EXIT_WRONG_INPUT for command line and configuration;
 * EXIT_ENVIRONMENT for everything that the system refuses. */
int daemon_main(const struct daemon_role *role, int argc, char **argv);

/* Makes the node that |text| describes, and runs it until it is told to stop. |text| was allocated;
 * it is wiped and freed. |name| is what errors call it. |control|: descriptor of the runner, -1 for
 * stdin and stdout. Returns the exit code. */
int daemon_run(const struct daemon_role *role, char *text, size_t len, const char *name,
               int control);

#endif
