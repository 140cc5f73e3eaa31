#include "scenarios/sim/judge/explain.h"

#include "scenarios/sim/show/ladder_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err explain_init(struct explain *x, const struct trace_run *run)
{
    x->run = run;
    if (ends_init(&x->ends, run) != ERR_OK) {
        return ERR_NO_ROOM;
    }
    x->log = calloc(x->ends.count + 1, sizeof *x->log);
    return x->log != NULL ? ERR_OK : ERR_NO_ROOM;
}

void explain_free(struct explain *x)
{
    ends_free(&x->ends);
    free(x->log);
    x->log = NULL;
}

static void remember(struct explain_log *log, const struct trace_event *e)
{
    const unsigned slot = log->count++ % EXPLAIN_MESSAGES;

    log->last[slot].t_us = e->t_us;
    log->last[slot].msg = e->u.msg;
    log->last[slot].msg.octets = NULL;
}

void explain_event(struct explain *x, const struct trace_event *e)
{
    const int ue = trace_ue(e);

    x->now_us = e->t_us;
    ends_event(&x->ends, e);
    if (e->kind != TRACE_MSG) {
        return;
    }
    if (ue >= 0 && (unsigned)ue < x->ends.count) {
        remember(&x->log[ue], e);
    }
    remember(&x->log[x->ends.count], e);
}

/* snprintf at the end of |why|; what does not fit is left out. */
__attribute__((format(printf, 2, 3))) static void add(char why[JUDGE_WHY_MAX], const char *form,
                                                      ...)
{
    const size_t len = strlen(why);
    va_list args;

    va_start(args, form);
    vsnprintf(why + len, JUDGE_WHY_MAX - len, form, args);
    va_end(args);
}

static void add_time(char why[JUDGE_WHY_MAX], uint64_t us)
{
    add(why, "%" PRIu64 ".%03" PRIu64 " s", us / 1000000, us / 1000 % 1000);
}

static const char *times(uint32_t n)
{
    return n == 1 ? "time" : "times";
}

static void add_expected(const struct scn_expect *x, uint32_t count, char why[JUDGE_WHY_MAX])
{
    static const char *const wanted[] = {
        [EXPECT_WITHIN] = "expected by ",         [EXPECT_EVENTUALLY] = "expected before the end",
        [EXPECT_NEVER] = "expected never",        [EXPECT_EXACTLY] = "expected exactly",
        [EXPECT_AT_LEAST] = "expected at least",  [EXPECT_AT_MOST] = "expected at most",
        [EXPECT_FINALLY] = "expected at the end",
    };

    add(why, "%s", wanted[x->mode]);
    if (x->mode == EXPECT_WITHIN) {
        add_time(why, x->at_us);
    }
    if (x->mode == EXPECT_NEVER && x->after_us > 0) {
        add(why, " after ");
        add_time(why, x->after_us);
    }
    if (x->mode == EXPECT_EXACTLY || x->mode == EXPECT_AT_LEAST || x->mode == EXPECT_AT_MOST) {
        add(why, " %u %s", (unsigned)x->count, times(x->count));
    }
    if (x->mode == EXPECT_FINALLY) {
        add(why, ", but it was not so\n");
    } else {
        add(why, ", seen %u %s\n", (unsigned)count, times(count));
    }
}

static void add_end(char why[JUDGE_WHY_MAX], const char *name, const struct end *end)
{
    if (!end->has_key) {
        add(why, "%s has no key", name);
        return;
    }
    add(why, "%s has epoch %u key %08x since ", name, (unsigned)end->key.epoch,
        (unsigned)end->key.fp);
    add_time(why, end->since_us);
}

static void add_keys(const struct explain *x, unsigned ue, char why[JUDGE_WHY_MAX])
{
    add_end(why, x->run->scn->ues[ue].label, &x->ends.pair[ue].ue);
    add(why, ", ");
    add_end(why, "EESE", &x->ends.pair[ue].eese);
    add(why, "\n");
}

static void add_message(const struct explain *x, const struct explain_log *log, unsigned i,
                        char why[JUDGE_WHY_MAX])
{
    const struct trace_msg *m = &log->last[i % EXPLAIN_MESSAGES].msg;
    const uint64_t t_us = log->last[i % EXPLAIN_MESSAGES].t_us;
    char fate[WORDS_MAX];

    words_fate(m, t_us, fate);
    add(why, "  %" PRIu64 ".%03" PRIu64 " ", t_us / 1000000, t_us / 1000 % 1000);
    if (log == &x->log[x->ends.count] && m->ue >= 0 && x->ends.count > 1) {
        add(why, "%s ", x->run->scn->ues[m->ue].label);
    }
    add(why, "%s → %s %s", role_name(m->from), role_name(m->to),
        m->type < MSG_TYPE_COUNT ? msg_name(m->type) : "(unreadable)");
    if (m->has_epoch) {
        add(why, " e%u", (unsigned)m->epoch);
    }
    add(why, "%s%s\n", fate[0] != '\0' ? " " : "", fate);
}

static void add_messages(const struct explain *x, int ue, char why[JUDGE_WHY_MAX])
{
    const struct explain_log *log = &x->log[ue >= 0 ? (unsigned)ue : x->ends.count];
    const unsigned first = log->count > EXPLAIN_MESSAGES ? log->count - EXPLAIN_MESSAGES : 0;

    if (log->count == 0) {
        add(why, "no message was seen\n");
        return;
    }
    add(why, "the last messages%s%s:\n", ue >= 0 ? " of " : "",
        ue >= 0 ? x->run->scn->ues[ue].label : "");
    for (unsigned i = first; i < log->count; i++) {
        add_message(x, log, i, why);
    }
}

/* Whose fault it may be: the UE named, the only one, or the first whose ends do not agree. */
static int whose(const struct explain *x, const struct scn_expect *expect)
{
    const int ue = expect->cond.kind == COND_MSG ? expect->cond.match.ue : expect->cond.ue;

    if (ue >= 0 || x->ends.count == 0) {
        return ue;
    }
    for (unsigned i = 0; i < x->ends.count; i++) {
        if (x->ends.count == 1 || x->ends.pair[i].relation != ENDS_AGREE) {
            return (int)i;
        }
    }
    return -1;
}

void explain_failure(const struct explain *x, const struct scn_expect *expect, uint32_t count,
                     char why[JUDGE_WHY_MAX])
{
    const int ue = whose(x, expect);

    why[0] = '\0';
    add_expected(expect, count, why);
    if (ue >= 0) {
        add_keys(x, (unsigned)ue, why);
    }
    add_messages(x, ue, why);
}
