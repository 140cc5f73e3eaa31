/* The calculators of e2esim: the key arithmetic alone, so that anybody can check it with another
 * tool. Each takes the words of the command line from its verb on, prints one JSON object to
 * stdout and errors, one sentence that names the option and the cure, to stderr. */
#ifndef SIM_CALC_CALC_H
#define SIM_CALC_CALC_H

#include "scenarios/sim/cli/options.h"

/* For the list of verbs. */
extern const struct verb calc_verb_auc;
extern const struct verb calc_verb_derive;

/* `e2esim auc`: MILENAGE, AUTN, and what an AUTS says. TS 35.206, TS 33.102 6.3.
 * Returns: 0; 2 when the command line is wrong; 3 when stdout cannot be written. */
int calc_auc(int argc, char **argv);

/* `e2esim derive`: e2mKEYSET, e2eKEYSETs and their traffic keys, each with the exact input octets
 * of its derivation. PROTOCOL.md 3. Returns as above. */
int calc_derive(int argc, char **argv);

#endif
