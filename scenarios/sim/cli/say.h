/* What the verbs of e2esim share: the exit codes, how they complain, and how stdout ends. */
#ifndef SIM_CLI_SAY_H
#define SIM_CLI_SAY_H

#include "scenarios/sim/cli/options.h"

#define CLI_PROGRAM "e2esim"

/* Of several runs the worst counts, and a larger code is worse. */
enum cli_exit {
    CLI_OK = 0,          /* everything holds */
    CLI_FAILED = 1,      /* an expectation or an invariant failed, or a rule never fired */
    CLI_WRONG = 2,       /* the scenario or the command line is wrong */
    CLI_ENVIRONMENT = 3, /* the machine failed us: a port, a fork, a daemon, a disk */
};

/* "e2esim VERB: SENTENCE (see e2esim VERB --help)" on stderr; |verb| NULL: of the program itself.
 * Returns: CLI_WRONG. */
int cli_wrong(const struct verb *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "e2esim: SENTENCE" on stderr. Returns: CLI_ENVIRONMENT. */
int cli_environment(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Parses the words behind the verb |argv[0]| and answers --help.
 * Returns: true to go on; false to leave with |*exit_code|. */
bool cli_parse(const struct verb *verb, int argc, char **argv, struct parsed *out, int *exit_code);

/* Flushes stdout. Returns: |code|; CLI_ENVIRONMENT, said on stderr, when stdout took not all. */
int cli_end(int code);

/* Columns for help and tables on stdout. */
unsigned cli_width(void);

#endif
