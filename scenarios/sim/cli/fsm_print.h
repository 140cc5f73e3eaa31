/* Prints a role's machine as compiled: its rows with the clause each serves, then the whole matrix
 * of states and events, so that what is NOT expected can be read too. The text is stable: it is
 * kept as a golden file, and a change of behaviour shows as a change of a table. */
#ifndef SIM_CLI_FSM_PRINT_H
#define SIM_CLI_FSM_PRINT_H

#include "common/core/fsm.h"

#include <stdio.h>

/* |m|'s title, its rows in their order (state, event, action, next, clause), and the matrix: a line
 * per event, a column per state, in each cell the next state, or '.' when the event is not expected
 * there. */
void fsm_print(const struct fsm *m, FILE *out);

/* The timer register, and the switches of the variants: as data, with the rule each serves. */
void fsm_print_timers(FILE *out);
void fsm_print_switches(FILE *out);

#endif
