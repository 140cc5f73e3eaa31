#include "scenarios/sim/attacker/attacker.h"

#include "common/base/ensure.h"
#include "common/wire/codec.h"
#include "scenarios/sim/attacker/mind.h"

#include <stdlib.h>
#include <string.h>

/* Enough for each of 1000 keys to have met each of 250 RANDs in vain. */
enum { GUESSES_MAX = 1 << 18 };

/* What is known of one UE. */
struct person {
    struct attacker *attacker;
    int ue;
    struct mind *truth; /* NULL: no sentence is about this UE */
    struct mind *mind;
    unsigned used;   /* e2mKEYSETs that the UE is known to have used */
    uint32_t in_use; /* fingerprint of the EESE's key, 0: none */
};

struct attacker {
    const struct scenario *scn;
    struct trace_sink sink;
    uint64_t now_us;
    struct person *people; /* by UE */
    uint32_t *leaked;      /* by fault */
};

/* ---- begin and end ---- */

static bool is_about_texts(void *arg, const struct scn_cond *c)
{
    (void)arg;
    return c->kind == COND_KNOWS && c->secret == SECRET_TEXT;
}

static void learn(void *arg, const struct trace_knows *k)
{
    const struct person *p = arg;
    struct trace_event e = {.kind = TRACE_KNOWS, .t_us = p->attacker->now_us, .ue = p->ue};

    e.u.knows = *k;
    p->attacker->sink.event(p->attacker->sink.arg, &e);
}

static bool make_person(struct attacker *a, unsigned ue, bool texts)
{
    struct person *p = &a->people[ue];
    const struct mind_conf conf = {.variant = a->scn->variant,
                                   .ue = a->scn->ues[ue].imsi,
                                   .emse = a->scn->emse,
                                   .eese = a->scn->eese,
                                   .texts = texts,
                                   .guesses_max = GUESSES_MAX};

    p->attacker = a;
    p->ue = (int)ue;
    p->truth = mind_new(&conf, NULL, NULL);
    p->mind = mind_new(&conf, learn, p);
    if (p->truth == NULL || p->mind == NULL) {
        return false;
    }
    mind_give_k(p->truth, &a->scn->ues[ue].card);
    return true;
}

static bool make_people(struct attacker *a)
{
    const bool texts = scenario_any_condition(a->scn, is_about_texts, NULL);
    bool *followed = calloc((size_t)a->scn->ues_count + 1, sizeof *followed);
    bool ok = followed != NULL && scenario_followed(a->scn, followed);

    for (unsigned i = 0; ok && i < a->scn->ues_count; i++) {
        ok = !followed[i] || make_person(a, i, texts);
    }
    free(followed);
    return ok;
}

struct attacker *attacker_new(const struct scenario *scn, const struct trace_sink *sink)
{
    struct attacker *a = calloc(1, sizeof *a);

    if (a == NULL) {
        return NULL;
    }
    a->scn = scn;
    a->sink = *sink;
    a->people = calloc((size_t)scn->ues_count + 1, sizeof *a->people);
    a->leaked = calloc((size_t)scn->faults_count + 1, sizeof *a->leaked);
    if (a->people == NULL || a->leaked == NULL || !make_people(a)) {
        attacker_free(a);
        return NULL;
    }
    return a;
}

void attacker_free(struct attacker *a)
{
    if (a == NULL) {
        return;
    }
    for (unsigned i = 0; a->people != NULL && i < a->scn->ues_count; i++) {
        mind_free(a->people[i].truth);
        mind_free(a->people[i].mind);
    }
    free(a->people);
    free(a->leaked);
    free(a);
}

bool attacker_is_whole(const struct attacker *a)
{
    bool whole = true;

    for (unsigned i = 0; i < a->scn->ues_count; i++) {
        const struct person *p = &a->people[i];

        whole = whole && (p->truth == NULL || (mind_is_whole(p->truth) && mind_is_whole(p->mind)));
    }
    return whole;
}

/* ---- the trace ---- */

static void hear(struct attacker *a, struct person *p, const struct trace_msg *t)
{
    struct msg msg;
    struct mind_heard h = {.msg = &msg,
                           .id = t->id,
                           .t_us = a->now_us,
                           .genuine = t->fate != FATE_INJECTED && !fate_alters(t->fate),
                           .own = t->fate == FATE_INJECTED,
                           .has_epoch = t->has_epoch,
                           .epoch = t->epoch};
    struct e2m_keyset used;

    if (t->octets == NULL || codec_peek(t->octets, t->bytes, &msg) != ERR_OK) {
        return;
    }
    mind_hear(p->truth, &h);
    if (h.own || scenario_hears(a->scn, t->from, t->to, a->now_us)) {
        mind_hear(p->mind, &h);
    }
    while (mind_used_e2m(p->truth, p->used, &used)) {
        p->used++;
        mind_use_e2m(p->mind, &used);
    }
    bytes_wipe(&msg, sizeof msg);
    bytes_wipe(&used, sizeof used);
}

static void see_step(struct person *p, const struct occur *o)
{
    if ((o->role != ROLE_UE && o->role != ROLE_EESE) || !o->has_epoch || o->fp == 0) {
        return;
    }
    mind_show(p->truth, o->epoch, o->fp);
    mind_show(p->mind, o->epoch, o->fp);
    if (o->role == ROLE_EESE) {
        p->in_use = o->fp;
    }
}

void attacker_event(struct attacker *a, const struct trace_event *e)
{
    const int ue = trace_ue(e);

    if (ue < 0 || a->people[ue].truth == NULL) {
        return;
    }
    a->now_us = e->t_us;
    if (e->kind == TRACE_MSG) {
        hear(a, &a->people[ue], &e->u.msg);
    } else if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP) {
        see_step(&a->people[ue], &e->u.occur);
    }
}

/* ---- leaks ---- */

static bool give(struct attacker *a, struct person *p, const struct scn_fault *f,
                 struct trace_source *what)
{
    const struct scn_secret secret = {
        .what = f->secret, .has_epoch = f->match.has_epoch, .epoch = f->match.epoch};

    if (f->secret == SECRET_K) {
        *what = (struct trace_source){.what = SECRET_K};
        mind_give_k(p->mind, &a->scn->ues[f->match.ue].card);
        return true;
    }
    return mind_leak(p->mind, p->truth, &secret, p->in_use, what);
}

void attacker_leak(struct attacker *a, uint64_t now_us, unsigned fault)
{
    const struct scn_fault *f = &a->scn->faults[fault];
    struct trace_event e = {.kind = TRACE_LEAK, .t_us = now_us, .ue = f->match.ue};
    struct person *p = &a->people[f->match.ue];
    struct trace_source what;

    a->now_us = now_us;
    if (!give(a, p, f, &what)) {
        return; /* it never fires, and the run says so */
    }
    a->leaked[fault]++;
    e.u.leak.what = what.what;
    e.u.leak.has_epoch = what.has_epoch;
    e.u.leak.epoch = what.epoch;
    e.u.leak.fp = what.fp;
    e.u.leak.line = f->line;
    a->sink.event(a->sink.arg, &e);
    mind_settle(p->mind);
}

uint32_t attacker_leaked(const struct attacker *a, unsigned fault)
{
    ENSURE(fault < a->scn->faults_count);
    return a->leaked[fault];
}

/* ---- what he sends ---- */

void attacker_keys(const struct attacker *a, unsigned fault, struct forge_keys *out)
{
    const struct scn_match *m = &a->scn->faults[fault].match;
    const struct mind *mind = a->people[m->ue].mind;

    memset(out, 0, sizeof *out);
    if (mind != NULL) {
        out->has_e2e = mind_e2e(mind, m->has_epoch ? &m->epoch : NULL, &out->e2e);
        out->has_e2m = mind_e2m(mind, &out->e2m);
        out->has_vector = mind_vector(mind, out->rand, out->autn);
    }
}
