/* The verbs of e2esim beside the calculators: for each its table and what it does. Each takes the
 * words from the verb on and returns an enum cli_exit. */
#ifndef SIM_CLI_VERBS_H
#define SIM_CLI_VERBS_H

#include "scenarios/sim/cli/options.h"

extern const struct verb cli_verb_run;
extern const struct verb cli_verb_check;
extern const struct verb cli_verb_matrix;
extern const struct verb cli_verb_fsm;
extern const struct verb cli_verb_grammar;
extern const struct verb cli_verb_wireshark;

int cli_run(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_matrix(int argc, char **argv);
int cli_fsm(int argc, char **argv);
int cli_grammar(int argc, char **argv);
int cli_wireshark(int argc, char **argv);

/* `e2esim` as a whole: finds the verb in |argv[1]|. */
int cli_main(int argc, char **argv);

#endif
