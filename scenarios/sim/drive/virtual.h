/* A run in virtual time: four nodes with the same cores, configurations and codec as the daemons,
 * the visited network, and a clock that jumps to the next thing that happens. At equal times a
 * role's timers come before what reaches it, the network before other timers, timers before the
 * script. One seed gives one trace, to the octet. */
#ifndef SIM_DRIVE_VIRTUAL_H
#define SIM_DRIVE_VIRTUAL_H

#include "scenarios/sim/drive/seat.h"
#include "scenarios/sim/drive/stage.h"

enum { VIRTUAL_WHY_MAX = SEAT_WHY_MAX };

/* Runs |run| from start to end. |fired|, if not NULL, has room for each fault of the scenario: how
 * often it has struck. |settled| is judge_settled() with |arg|, or NULL.
 * Returns: ERR_OK and |out|; ERR_NO_ROOM or ERR_SYNTAX, with a sentence in |why|, when it could not
 * begin. */
enum err virtual_run(const struct trace_run *run, const struct trace_sink *sinks, unsigned count,
                     bool (*settled)(void *arg, uint64_t now_us), void *arg, uint32_t *fired,
                     struct outcome *out, char why[VIRTUAL_WHY_MAX]) MUST_USE;

#endif
