#include "scenarios/sim/show/ends.h"

#include "scenarios/sim/script/scenario.h"

#include <stdlib.h>
#include <string.h>

enum err ends_init(struct ends *e, const struct trace_run *run)
{
    e->run = run;
    e->count = run->scn->ues_count;
    e->pair = calloc(e->count + 1, sizeof *e->pair);
    return e->pair != NULL ? ERR_OK : ERR_NO_ROOM;
}

void ends_free(struct ends *e)
{
    free(e->pair);
    e->pair = NULL;
    e->count = 0;
}

/* True when |end| has had another key under |key|'s number. */
static bool contradicts(const struct end *end, const struct end_key *key)
{
    for (unsigned i = 0; i < end->had_count && i < ENDS_HISTORY; i++) {
        if (end->had[i].epoch == key->epoch && end->had[i].fp != key->fp) {
            return true;
        }
    }
    return false;
}

static bool same_key(const struct pair *p)
{
    return p->ue.key.epoch == p->eese.key.epoch && p->ue.key.fp == p->eese.key.fp;
}

static bool is_literal(const struct ends *e)
{
    return e->run->scn->variant.variant == VARIANT_LITERAL;
}

/* How many derivations the end that is behind can still make up for. */
static uint32_t reach(const struct ends *e, const struct end *behind)
{
    if (is_literal(e)) {
        return behind->under_way;
    }
    return sw_on(&e->run->scn->variant, SW_INDEX) ? UINT32_MAX : 1;
}

static bool is_out_of_reach(const struct ends *e, const struct end *a, const struct end *b)
{
    const struct end *ahead = a->key.epoch > b->key.epoch ? a : b;
    const struct end *behind = ahead == a ? b : a;

    return ahead->key.epoch - behind->key.epoch > reach(e, behind);
}

/* How the ends stand after |mine| has changed. */
static enum ends_relation relation_of(const struct ends *e, const struct pair *p,
                                      const struct end *mine, const struct end *other)
{
    if (other->has_key && same_key(p)) {
        return ENDS_AGREE;
    }
    if (p->relation == ENDS_PARTED || other->starved || contradicts(other, &mine->key)) {
        return ENDS_PARTED;
    }
    if (!other->has_key) {
        return ENDS_ALONE;
    }
    if (mine->renewed || other->renewed) {
        return ENDS_APART;
    }
    return is_out_of_reach(e, mine, other) ? ENDS_PARTED : ENDS_APART;
}

static void relate(struct pair *p, enum ends_relation now, uint64_t t_us, struct ends_news *news)
{
    news->parts = now == ENDS_PARTED && p->relation != ENDS_PARTED;
    news->meets = now == ENDS_AGREE && p->relation != ENDS_AGREE;
    if (news->parts) {
        p->parted_us = t_us;
    }
    p->relation = now;
}

static void learn(struct end *end, const struct end_key *key, uint64_t t_us)
{
    end->has_key = true;
    end->key = *key;
    end->since_us = t_us;
    end->had[end->had_count++ % ENDS_HISTORY] = *key;
    end->starved = false;
}

/* Numbers begin again after a new AKA run (literal): what was before says nothing any more. */
static void begin_again(struct pair *p, struct end *mine, struct end *other)
{
    mine->had_count = 0;
    other->had_count = 0;
    mine->under_way = 0;
    other->under_way = 0;
    mine->renewed = !other->renewed;
    other->renewed = false;
    if (p->relation == ENDS_PARTED) {
        p->relation = ENDS_APART;
    }
}

static void take_step(struct ends *e, const struct trace_event *ev, struct ends_news *news)
{
    const struct occur *o = &ev->u.occur;
    struct pair *p = &e->pair[trace_ue(ev)];
    struct end *mine = o->role == ROLE_UE ? &p->ue : &p->eese;
    struct end *other = o->role == ROLE_UE ? &p->eese : &p->ue;
    const struct end_key key = {.epoch = o->epoch, .fp = o->fp};

    if (!o->has_epoch || o->fp == 0) {
        return;
    }
    news->at = o->role;
    news->pair = p;
    if (mine->has_key && mine->key.epoch == key.epoch && mine->key.fp == key.fp) {
        return;
    }
    if (is_literal(e) && mine->has_key && key.epoch <= mine->key.epoch) {
        begin_again(p, mine, other);
    } else if (contradicts(mine, &key)) {
        mine->had_count = 0;
        other->had_count = 0;
    }
    learn(mine, &key, ev->t_us);
    news->changed = true;
    relate(p, relation_of(e, p, mine, other), ev->t_us, news);
}

/* Whose next key travels in this message; ROLE_COUNT when it carries none. */
static enum role feeds(const struct trace_msg *m)
{
    if (m->type == MSG_RAND_PUSH || m->type == MSG_ATTACH_ACC) {
        return ROLE_UE;
    }
    if (m->type == MSG_RAND_FWD || m->type == MSG_KEYSET_FWD) {
        return ROLE_EESE;
    }
    return ROLE_COUNT;
}

/* Literal: a RAND, which is one derivation. */
static bool is_rand(const struct ends *e, const struct trace_msg *m)
{
    return is_literal(e) && (m->type == MSG_RAND_PUSH || m->type == MSG_RAND_FWD);
}

/* True when |mine| cannot follow |other| any more, which has gone on without what was lost. */
static bool is_left_behind(const struct ends *e, const struct end *mine, const struct end *other)
{
    if (mine->starved) {
        return !mine->has_key || other->renewed || other->key.epoch > mine->key.epoch;
    }
    return mine->has_key && !other->renewed && other->key.epoch > mine->key.epoch &&
           is_out_of_reach(e, mine, other);
}

static void take_loss(struct ends *e, const struct trace_event *ev, struct ends_news *news)
{
    const struct trace_msg *m = &ev->u.msg;
    const enum role at = feeds(m);
    struct pair *p = &e->pair[trace_ue(ev)];
    struct end *mine = at == ROLE_UE ? &p->ue : &p->eese;
    const struct end *other = at == ROLE_UE ? &p->eese : &p->ue;

    if (m->fate != FATE_DROPPED || !trace_is_sent(m) || at == ROLE_COUNT ||
        (sw_on(&e->run->scn->variant, SW_RETRANSMIT) && !is_rand(e, m))) {
        return;
    }
    mine->starved = mine->starved || !is_rand(e, m);
    news->at = at;
    news->pair = p;
    if (other->has_key && p->relation != ENDS_PARTED && is_left_behind(e, mine, other)) {
        relate(p, ENDS_PARTED, ev->t_us, news);
    }
}

/* Literal: the EMSE sends each RAND that it gets to both ends, once. Copies are not its own. */
static void follow_rand(struct ends *e, const struct trace_msg *m)
{
    struct pair *p = &e->pair[m->ue];
    struct end *end = feeds(m) == ROLE_UE ? &p->ue : &p->eese;

    if (!is_literal(e)) {
        return;
    }
    if (m->type == MSG_RAND_RSP && fate_arrives(m->fate) && !fate_alters(m->fate)) {
        p->ue.under_way++;
        p->eese.under_way++;
    } else if (is_rand(e, m) && (trace_is_sent(m) || fate_alters(m->fate)) && end->under_way > 0) {
        end->under_way--;
    }
}

struct ends_news ends_event(struct ends *e, const struct trace_event *ev)
{
    struct ends_news news = {.at = ROLE_COUNT};
    const int ue = trace_ue(ev);

    if (ue < 0 || (unsigned)ue >= e->count) {
        return news;
    }
    if (ev->kind == TRACE_OCCUR && ev->u.occur.kind == OCCUR_STEP &&
        (ev->u.occur.role == ROLE_UE || ev->u.occur.role == ROLE_EESE)) {
        take_step(e, ev, &news);
    }
    if (ev->kind == TRACE_MSG) {
        follow_rand(e, &ev->u.msg);
        take_loss(e, ev, &news);
    }
    return news;
}
