#include "scenarios/sim/judge/judge.h"

#include "common/base/ensure.h"
#include "scenarios/sim/drive/cond.h"
#include "scenarios/sim/judge/explain.h"

#include <stdio.h>
#include <stdlib.h>

/* One expectation on trial. */
struct trial {
    const struct scn_expect *expect;
    struct cond *cond; /* NULL when it is not asked */
    bool begun;        /* NEVER: its time has come */
    struct judgement result;
};

struct judge {
    const struct trace_run *run;
    struct explain explain;
    unsigned trials_count;
    struct trial *trials;
    unsigned vacuous_count;
    struct judgement *vacuous; /* room for every rule of the scenario */
};

const char *judged_name(enum judged j)
{
    static const char *const names[] = {
        [JUDGED_PENDING] = "pending",
        [JUDGED_HELD] = "held",
        [JUDGED_FAILED] = "failed",
        [JUDGED_NOT_ASKED] = "not asked",
    };

    return names[j];
}

/* What an expectation of each mode needs. */
static const struct mode {
    bool fails_at_once; /* met too often: can never hold again */
    bool holds_at_once; /* met often enough: can never fail again */
    bool positive;      /* waits for something to happen */
} modes[] = {
    [EXPECT_WITHIN] = {.holds_at_once = true, .positive = true},
    [EXPECT_EVENTUALLY] = {.holds_at_once = true, .positive = true},
    [EXPECT_NEVER] = {.fails_at_once = true},
    [EXPECT_EXACTLY] = {.fails_at_once = true, .positive = true},
    [EXPECT_AT_LEAST] = {.holds_at_once = true, .positive = true},
    [EXPECT_AT_MOST] = {.fails_at_once = true},
    [EXPECT_FINALLY] = {.positive = true},
};

static uint32_t least(const struct scn_expect *x)
{
    return x->mode == EXPECT_EXACTLY || x->mode == EXPECT_AT_LEAST ? x->count : 1;
}

static uint32_t most(const struct scn_expect *x)
{
    return x->mode == EXPECT_EXACTLY || x->mode == EXPECT_AT_MOST ? x->count : 0;
}

static bool asked(const struct judge *j, const struct scn_expect *x)
{
    return j->run->scn->variant.variant == VARIANT_LITERAL ? x->in_literal : x->in_hardened;
}

static bool begin_trial(struct judge *j, struct trial *t, const struct scn_expect *x)
{
    t->expect = x;
    t->result.line = x->line;
    snprintf(t->result.text, sizeof t->result.text, "%s", x->text);
    t->result.verdict = asked(j, x) ? JUDGED_PENDING : JUDGED_NOT_ASKED;
    if (t->result.verdict == JUDGED_PENDING) {
        t->cond = cond_new(j->run->scn, &x->cond);
        return t->cond != NULL;
    }
    return true;
}

struct judge *judge_new(const struct trace_run *run)
{
    const struct scenario *scn = run->scn;
    struct judge *j = calloc(1, sizeof *j);
    bool ok;

    if (j == NULL) {
        return NULL;
    }
    j->run = run;
    j->trials_count = scn->expects_count;
    j->trials = calloc(scn->expects_count + 1, sizeof *j->trials);
    j->vacuous = calloc(scn->faults_count + 1, sizeof *j->vacuous);
    ok = j->trials != NULL && j->vacuous != NULL && explain_init(&j->explain, run) == ERR_OK;
    for (unsigned i = 0; ok && i < j->trials_count; i++) {
        ok = begin_trial(j, &j->trials[i], &scn->expects[i]);
    }
    if (!ok) {
        judge_free(j);
        return NULL;
    }
    return j;
}

void judge_free(struct judge *j)
{
    if (j == NULL) {
        return;
    }
    for (unsigned i = 0; j->trials != NULL && i < j->trials_count; i++) {
        cond_free(j->trials[i].cond);
    }
    explain_free(&j->explain);
    free(j->trials);
    free(j->vacuous);
    free(j);
}

static void hold(struct trial *t, uint64_t t_us)
{
    t->result.verdict = JUDGED_HELD;
    t->result.at_us = t_us;
}

static void fail(struct judge *j, struct trial *t, uint64_t t_us)
{
    t->result.verdict = JUDGED_FAILED;
    t->result.at_us = t_us;
    explain_failure(&j->explain, t->expect, t->result.count, t->result.why);
}

/* A deadline that has passed without the condition. */
static void check_deadline(struct judge *j, struct trial *t, uint64_t now_us)
{
    if (t->expect->mode == EXPECT_WITHIN && now_us > t->expect->at_us) {
        fail(j, t, t->expect->at_us);
    }
}

static void met(struct judge *j, struct trial *t, uint32_t times, uint64_t t_us)
{
    const struct scn_expect *x = t->expect;

    if (x->mode == EXPECT_NEVER && t_us < x->after_us) {
        return;
    }
    t->result.count += times;
    if (modes[x->mode].fails_at_once && t->result.count > most(x)) {
        fail(j, t, t_us);
    } else if (modes[x->mode].holds_at_once && t->result.count >= least(x)) {
        hold(t, t_us);
    }
}

/* `never ... since T` is broken, too, by what became true before T and still is. */
static void check_since(struct judge *j, struct trial *t, uint64_t now_us)
{
    const enum scn_cond_kind kind = t->expect->cond.kind;

    if (t->expect->mode != EXPECT_NEVER || t->begun || now_us < t->expect->after_us) {
        return;
    }
    t->begun = true;
    if ((kind == COND_SHARE || kind == COND_STATE || kind == COND_ATTACHED) && cond_true(t->cond)) {
        met(j, t, 1, t->expect->after_us);
    }
}

void judge_event(void *arg, const struct trace_event *e)
{
    struct judge *j = arg;

    for (unsigned i = 0; i < j->trials_count; i++) {
        if (j->trials[i].result.verdict == JUDGED_PENDING) {
            check_deadline(j, &j->trials[i], e->t_us);
            check_since(j, &j->trials[i], e->t_us);
        }
    }
    explain_event(&j->explain, e);
    for (unsigned i = 0; i < j->trials_count; i++) {
        struct trial *const t = &j->trials[i];
        uint32_t times;

        if (t->result.verdict != JUDGED_PENDING) {
            continue;
        }
        times = cond_event(t->cond, e);
        if (times > 0) {
            met(j, t, times, e->t_us);
        }
    }
}

static bool trial_settled(const struct trial *t, uint64_t now_us)
{
    const struct scn_expect *x = t->expect;

    if (t->result.verdict != JUDGED_PENDING || !modes[x->mode].positive) {
        return true;
    }
    if (x->mode == EXPECT_FINALLY) {
        return cond_true(t->cond);
    }
    if (x->mode == EXPECT_WITHIN) {
        return now_us > x->at_us;
    }
    return t->result.count >= least(x);
}

bool judge_settled(const struct judge *j, uint64_t now_us)
{
    for (unsigned i = 0; i < j->trials_count; i++) {
        if (!trial_settled(&j->trials[i], now_us)) {
            return false;
        }
    }
    return true;
}

/* True when a pending expectation holds as things stand at the end. */
static bool stands(const struct trial *t)
{
    const struct scn_expect *x = t->expect;

    if (x->mode == EXPECT_FINALLY) {
        return cond_true(t->cond);
    }
    return !modes[x->mode].positive || t->result.count >= least(x);
}

void judge_finish(struct judge *j, uint64_t end_us)
{
    for (unsigned i = 0; i < j->trials_count; i++) {
        struct trial *const t = &j->trials[i];

        if (t->result.verdict != JUDGED_PENDING) {
            continue;
        }
        if (stands(t)) {
            hold(t, end_us);
        } else {
            fail(j, t, end_us);
        }
    }
}

void judge_vacuous(struct judge *j, unsigned fault)
{
    const struct scenario *scn = j->run->scn;
    struct judgement *g;

    ENSURE(fault < scn->faults_count && j->vacuous_count < scn->faults_count);
    g = &j->vacuous[j->vacuous_count++];
    g->verdict = JUDGED_FAILED;
    g->vacuous = true;
    g->line = scn->faults[fault].line;
    snprintf(g->text, sizeof g->text, "vacuous: line %u never happened", g->line);
    snprintf(g->why, sizeof g->why, "%s, so the run did not test what it says\n",
             scn->faults[fault].kind == FAULT_LEAK    ? "there was nothing to leak"
             : scn->faults[fault].kind == FAULT_FORGE ? "its time never came, or a key was lacking"
                                                      : "no datagram matched the rule");
}

unsigned judge_vacuities(const struct judge *j)
{
    return j->vacuous_count;
}

unsigned judge_count(const struct judge *j)
{
    return j->trials_count + j->vacuous_count;
}

const struct judgement *judge_get(const struct judge *j, unsigned i)
{
    ENSURE(i < judge_count(j));
    return i < j->trials_count ? &j->trials[i].result : &j->vacuous[i - j->trials_count];
}

unsigned judge_tally(const struct judge *j, enum judged verdict)
{
    unsigned n = 0;

    for (unsigned i = 0; i < judge_count(j); i++) {
        n += judge_get(j, i)->verdict == verdict;
    }
    return n;
}
