#include "scenarios/sim/drive/clockwork.h"

void clockwork_play(struct stage *s, const struct clockwork *c, uint64_t *now_us)
{
    while (!stage_over(s) && (c->stopped == NULL || !c->stopped(c->arg))) {
        uint64_t timer_us = c->deadline(c->arg);
        uint64_t at_us = stage_deadline(s);

        if (timer_us == UINT64_MAX && stage_is_still(s)) {
            stage_close(s);
            return;
        }
        at_us = timer_us < at_us ? timer_us : at_us;
        *now_us = at_us > *now_us ? at_us : *now_us;
        while (stage_network(s, *now_us) || c->timers(c->arg, *now_us) ||
               stage_timers(s, *now_us)) {
        }
        stage_script(s, *now_us);
    }
}
