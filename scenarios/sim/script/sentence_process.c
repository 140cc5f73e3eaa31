/* Builders of what befalls the processes of the roles. */
#include "scenarios/sim/script/parse.h"

#include "common/node/skew.h"

#include <string.h>

#define PERCENT_PPM 10000

static void process(struct parse *p, const struct span *span, enum process_change what)
{
    p->action.kind = ACTION_PROCESS;
    p->action.role = (enum role)need(p, span, "daemon")->value.n;
    p->action.process.what = what;
}

void do_kill(struct parse *p, const struct span *span)
{
    process(p, span, PROCESS_DIES);
    push_action(p);
}

void do_pause(struct parse *p, const struct span *span)
{
    process(p, span, PROCESS_PAUSES);
    push_action(p);
}

void do_resume(struct parse *p, const struct span *span)
{
    process(p, span, PROCESS_RESUMES);
    push_action(p);
}

/* A restart with an old state: another action makes the copy when its time comes. */
static void copy_at(struct parse *p, const struct binding *then)
{
    const struct scn_action restart = p->action;
    const struct scn_trigger *t = &restart.trigger;

    p->action.kind = ACTION_COPY;
    p->action.process.copy = p->s->copies_count++;
    memset(&p->action.trigger, 0, sizeof p->action.trigger);
    p->action.trigger.cond.ue = -1;
    p->action.trigger.at_us = script_time(p, then);
    if (!t->on_cond && t->at_us <= p->action.trigger.at_us) {
        problem(p, then, "it starts again before that time");
    }
    push_action(p);
    p->action = restart;
    p->action.process.copy = p->s->copies_count - 1;
}

void do_restart(struct parse *p, const struct span *span)
{
    const struct binding *then = arg(p, span, "then");

    process(p, span, PROCESS_STARTS);
    p->action.process.left = keyword(p, span, "without") != NULL ? LEFT_BUT_LAST
                             : keyword(p, span, "wiped") != NULL ? LEFT_NOTHING
                             : then != NULL                      ? LEFT_OLD
                                                                 : LEFT_ALL;
    if (then != NULL) {
        copy_at(p, then);
    }
    push_action(p);
}

void do_clock(struct parse *p, const struct span *span)
{
    const struct binding *percent = arg(p, span, "percent");
    const struct binding *by = arg(p, span, "by");
    struct scn_process *c = &p->action.process;
    bool slow = keyword(p, span, "slow") != NULL;

    process(p, span, PROCESS_CLOCK);
    if (by != NULL) {
        c->jumps = true;
        c->jump_us =
            keyword(p, span, "back") != NULL ? -(int64_t)by->value.n : (int64_t)by->value.n;
    } else if (percent->value.n > (slow ? -SKEW_PPM_MIN : SKEW_PPM_MAX)) {
        problem(p, percent, "expected at most %d%%, found '%s'",
                (slow ? -SKEW_PPM_MIN : SKEW_PPM_MAX) / PERCENT_PPM, token_of(p, percent)->text);
    } else {
        c->ppm = slow ? -(int32_t)percent->value.n : (int32_t)percent->value.n;
    }
    push_action(p);
}

/* The visited network is the runner's own: it has no process. */
void fault_kill(struct parse *p, const struct span *span)
{
    const struct binding *sender = keyword(p, span, "sender");
    unsigned killed = 0;

    p->fault.kind = FAULT_KILL;
    p->fault.kill = sender != NULL                       ? KILL_SENDER
                    : keyword(p, span, "before") != NULL ? KILL_RECEIVER_BEFORE
                                                         : KILL_RECEIVER_AFTER;
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        killed += scn_fault_kills(&p->fault, (enum role)i);
    }
    if (killed == 0) {
        problem(p, sender != NULL ? sender : keyword(p, span, "receiver"),
                "the visited network has no process to kill");
    }
}

void cond_process(struct parse *p, const struct span *span)
{
    new_condition(p, COND_PROCESS);
    p->cond.role = (enum role)need(p, span, "daemon")->value.n;
    p->cond.process = keyword(p, span, "dies") != NULL ? PROCESS_DIES : PROCESS_STARTS;
}
