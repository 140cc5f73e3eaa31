/* The rules of the scenario at work on one datagram. */
#include "scenarios/sim/net/relay_parts.h"

#include "common/base/prng.h"
#include "scenarios/sim/net/corrupt.h"

#include <stdlib.h>
#include <string.h>

static const struct scn_fault *fault_of(const struct passing *p, unsigned i)
{
    return &p->r->scn->faults[i];
}

static bool strikes(struct passing *p, unsigned i)
{
    const struct scn_match *m = &fault_of(p, i)->match;
    const enum scn_fault_kind kind = fault_of(p, i)->kind;

    if (kind == FAULT_FORGE || kind == FAULT_LEAK || !name_matches(m, p->from, p->to, &p->name)) {
        return false;
    }
    p->r->rules[i].matched++;
    return m->nth == 0 || m->nth == p->r->rules[i].matched;
}

/* Remembers what an action may replay; without memory there is nothing to replay. */
static void remember(struct passing *p, struct rule *rule)
{
    if (p->len > DATAGRAM_MAX) {
        return;
    }
    if (rule->record == NULL) {
        rule->record = malloc(sizeof *rule->record);
    }
    if (rule->record != NULL) {
        rule->record->from = p->from;
        rule->record->to = p->to;
        rule->record->name = p->name;
        rule->record->len = p->len;
        memcpy(rule->record->octets, p->octets, p->len);
    }
}

void rules_collect(struct passing *p)
{
    const struct scenario *scn = p->r->scn;

    for (unsigned i = 0; i < scn->faults_count; i++) {
        if (!strikes(p, i)) {
            continue;
        }
        if (scn->faults[i].kind == FAULT_RECALL || scn->faults[i].kind == FAULT_REFLECT) {
            remember(p, &p->r->rules[i]);
        } else if (scn->faults[i].kind != FAULT_DROP) {
            p->r->struck[p->struck++] = i;
        } else if (p->drop == 0) {
            p->drop = scn->faults[i].line;
            p->r->rules[i].fired++;
        }
    }
}

static void fire(struct passing *p, unsigned i)
{
    p->r->rules[i].fired++;
    p->named = true;
}

static void alter(struct passing *p, unsigned i, enum fate fate)
{
    p->octets = p->changed;
    p->alter = fault_of(p, i)->line;
    p->altered = fate;
    fire(p, i);
}

/* A second rule for the same field draws for itself: it does not take back what the first did. */
static void apply_corrupt(struct passing *p, unsigned i)
{
    const struct scn_fault *f = fault_of(p, i);
    unsigned times = p->altered_fields[f->field]++;
    size_t len = p->len;

    memmove(p->changed, p->octets, p->len);
    if (corrupt(f, prng_draw(p->key, times == 0 ? DRAW_FIELD : DRAW_SAME_FIELD + times), p->from,
                p->to, p->changed, &len)) {
        p->len = len;
        alter(p, i, FATE_CORRUPTED);
    }
}

static void apply_truncate(struct passing *p, unsigned i)
{
    if (fault_of(p, i)->len < p->len) {
        memmove(p->changed, p->octets, p->len);
        p->len = fault_of(p, i)->len;
        alter(p, i, FATE_TRUNCATED);
    }
}

static void apply_delay(struct passing *p, unsigned i)
{
    fire(p, i);
    p->delay = fault_of(p, i)->line;
    p->delay_us += fault_of(p, i)->after_us;
}

/* The first rule that holds it does. Returns true when it is this one. */
static bool start_hold(struct passing *p, unsigned i, enum fate fate)
{
    if (p->hold) {
        return false;
    }
    p->named = true;
    p->hold = true;
    p->hold_line = fault_of(p, i)->line;
    p->hold_fate = fate;
    p->held = (struct held){.rule = (int)i, .later = fault_of(p, i)->later, .until_us = UINT64_MAX};
    return true;
}

/* What is so already, a state or an n-th that has been, holds nothing back. */
static void apply_hold(struct passing *p, unsigned i)
{
    const struct scn_cond *until = &fault_of(p, i)->until;
    bool lasting = until->kind == COND_SHARE || until->kind == COND_STATE ||
                   until->kind == COND_ATTACHED || until->kind == COND_KNOWS ||
                   (until->kind == COND_MSG && until->match.nth != 0);

    if ((!lasting || !cond_true(p->r->rules[i].until)) && start_hold(p, i, FATE_HELD)) {
        fire(p, i);
    }
}

static void apply_reorder(struct passing *p, unsigned i)
{
    if (start_hold(p, i, FATE_REORDERED)) {
        fire(p, i);
    }
}

/* It fires when the other one comes. */
static void apply_swap(struct passing *p, unsigned i)
{
    (void)start_hold(p, i, FATE_SWAPPED);
}

/* One rule kills one process: the first. That of a receiver fires when the datagram arrives. */
static void apply_kill(struct passing *p, unsigned i)
{
    if (fault_of(p, i)->kill == KILL_SENDER && p->from != ROLE_VN) {
        fire(p, i);
        p->kill_line = fault_of(p, i)->line;
        p->r->killed[p->from] = p->kill_line;
    } else if (fault_of(p, i)->kill != KILL_SENDER && p->to != ROLE_VN && p->kill == KILL_NOBODY) {
        p->named = true;
        p->kill_line = fault_of(p, i)->line;
        p->kill = fault_of(p, i)->kill;
        p->kill_rule = i;
    }
}

static void (*const applies[FAULT_KIND_COUNT])(struct passing *p, unsigned i) = {
    [FAULT_DUPLICATE] = fire,          [FAULT_DELAY] = apply_delay,
    [FAULT_CORRUPT] = apply_corrupt,   [FAULT_REPLAY] = fire,
    [FAULT_HOLD] = apply_hold,         [FAULT_REORDER] = apply_reorder,
    [FAULT_TRUNCATE] = apply_truncate, [FAULT_KILL] = apply_kill,
    [FAULT_SWAP] = apply_swap,
};

void rules_apply(struct passing *p)
{
    for (unsigned k = 0; k < p->struck; k++) {
        unsigned i = p->r->struck[k];

        applies[fault_of(p, i)->kind](p, i);
    }
}

/* Copies made by rule |i| come after what they are copies of, which arrives at |due_us|. */
static enum err copy(struct passing *p, unsigned i, uint64_t due_us)
{
    const struct scn_fault *f = fault_of(p, i);
    enum fate fate = f->kind == FAULT_REPLAY ? FATE_INJECTED : FATE_DUPLICATED;
    enum err err = ERR_OK;

    for (uint32_t k = 1; k <= f->copies && err == ERR_OK; k++) {
        if (f->later == 0) {
            err = passing_go(p, p->octets, due_us + k * f->after_us, fate, f->line);
        } else {
            const struct held h = {.rule = (int)i, .later = k * f->later, .until_us = UINT64_MAX};

            err = passing_hold(p, h, due_us, fate, f->line);
        }
    }
    return err;
}

enum err rules_copy(struct passing *p, uint64_t due_us)
{
    enum err err = ERR_OK;

    for (unsigned k = 0; k < p->struck && err == ERR_OK; k++) {
        enum scn_fault_kind kind = fault_of(p, p->r->struck[k])->kind;

        if (kind == FAULT_DUPLICATE || kind == FAULT_REPLAY) {
            err = copy(p, p->r->struck[k], due_us);
        }
    }
    return err;
}
