#include "common/core/step.h"

static const struct machine_conf *conf_of(const struct step *s)
{
    return s->conf; /* every role's configuration begins with it */
}

bool step_on(const struct step *s, enum sw sw)
{
    return sw_on(&conf_of(s)->variant, sw);
}

bool step_is_literal(const struct step *s)
{
    return conf_of(s)->variant.variant == VARIANT_LITERAL;
}

void step_arm(struct step *s, enum timer_id id)
{
    fx_arm(s->fx, id, s->ev->now_us + (uint64_t)conf_of(s)->timing.ms[id] * 1000);
}

void step_arm_backoff(struct step *s, enum timer_id id, unsigned tries)
{
    uint8_t jitter = s->ev->entropy[id]; /* an octet of its own for each timer of one step */

    s->fx->entropy_used = true;
    fx_arm(s->fx, id, s->ev->now_us + timer_backoff_us(&conf_of(s)->timing, id, tries, jitter));
}

void step_arm_retry(struct step *s, enum timer_id id, unsigned tries)
{
    if (!step_is_literal(s) && step_on(s, SW_RETRANSMIT)) {
        step_arm_backoff(s, id, tries);
    }
}
