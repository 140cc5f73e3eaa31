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

static bool far_apart(uint32_t a, uint32_t b)
{
    return a > b ? a - b > 1 : b - a > 1;
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
    if (!sw_on(&e->run->scn->variant, SW_INDEX) && far_apart(mine->key.epoch, other->key.epoch)) {
        return ENDS_PARTED;
    }
    return ENDS_APART;
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
    if (contradicts(mine, &key)) { /* numbers begin again after a new AKA run (literal) */
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

static void take_loss(struct ends *e, const struct trace_event *ev, struct ends_news *news)
{
    const struct trace_msg *m = &ev->u.msg;
    const enum role at = feeds(m);
    struct pair *p = &e->pair[trace_ue(ev)];
    struct end *mine = at == ROLE_UE ? &p->ue : &p->eese;
    const struct end *other = at == ROLE_UE ? &p->eese : &p->ue;

    if (m->fate != FATE_DROPPED || at == ROLE_COUNT ||
        sw_on(&e->run->scn->variant, SW_RETRANSMIT)) {
        return;
    }
    mine->starved = true;
    news->at = at;
    news->pair = p;
    if (other->has_key && p->relation != ENDS_PARTED &&
        (!mine->has_key || other->key.epoch > mine->key.epoch)) {
        relate(p, ENDS_PARTED, ev->t_us, news);
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
        take_loss(e, ev, &news);
    }
    return news;
}
