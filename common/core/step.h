/* What actions of every role need of the step in progress: switches, and timers of the register. */
#ifndef COMMON_CORE_STEP_H
#define COMMON_CORE_STEP_H

#include "common/core/effect.h"
#include "common/core/machine.h"

bool step_on(const struct step *s, enum sw sw);
bool step_is_literal(const struct step *s);

/* Arms |id| for its value in the register. */
void step_arm(struct step *s, enum timer_id id);

/* Arms |id| for attempt |tries| + 1 with backoff and jitter (H5). */
void step_arm_backoff(struct step *s, enum timer_id id, unsigned tries);

/* The same, if this run repeats anything at all: never in the literal variant, whose only timer is
 * te2e, and not without the correction `retransmit`. */
void step_arm_retry(struct step *s, enum timer_id id, unsigned tries);

#endif
