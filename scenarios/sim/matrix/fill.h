/* Runs a scenario in every column of the table, in virtual time. */
#ifndef SIM_MATRIX_FILL_H
#define SIM_MATRIX_FILL_H

#include "scenarios/sim/cli/play.h"
#include "scenarios/sim/matrix/matrix.h"

/* Fills the cells of |r|. The literal text must be able to have what the file puts in force there
 * (see load_variant). Afterwards the hardened variant is in force in the scenario.
 * Returns: ERR_OK; another error, with a sentence in |why|, when a run could not begin. */
enum err row_fill(struct matrix_row *r, char why[PLAY_WHY_MAX]) MUST_USE;

#endif
