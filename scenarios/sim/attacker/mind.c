/* A mind's life, and its facts with what is known of each other: what is new, what an end shows. */
#include "scenarios/sim/attacker/facts.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"

#include <stdlib.h>
#include <string.h>

static const size_t sizes[FACT_COUNT] = {
    [FACT_K] = sizeof(struct fact_k),           [FACT_CHALLENGE] = sizeof(struct fact_challenge),
    [FACT_VECTOR] = sizeof(struct fact_vector), [FACT_E2M] = sizeof(struct fact_e2m),
    [FACT_ANSWER] = sizeof(struct fact_msg),    [FACT_ACCEPT] = sizeof(struct fact_accept),
    [FACT_PUSH] = sizeof(struct fact_msg),      [FACT_RAND] = sizeof(struct fact_rand),
    [FACT_GIVEN] = sizeof(struct fact_e2e),     [FACT_E2E] = sizeof(struct fact_e2e),
    [FACT_FRAME] = sizeof(struct fact_msg),     [FACT_GUESS] = sizeof(struct fact_guess),
    [FACT_SHOWN] = sizeof(struct fact_shown),   [FACT_USED] = sizeof(struct e2m_keyset),
    [FACT_TEXT] = sizeof(struct fact_text),
};

/* ---- begin and end ---- */

struct mind *mind_new(const struct mind_conf *conf,
                      void (*learn)(void *arg, const struct trace_knows *k), void *arg)
{
    struct mind *m = calloc(1, sizeof *m);

    if (m == NULL) {
        return NULL;
    }
    m->conf = *conf;
    m->learn = learn;
    m->arg = arg;
    m->done = calloc(rules_count(), sizeof *m->done);
    if (m->done == NULL) {
        mind_free(m);
        return NULL;
    }
    return m;
}

void mind_free(struct mind *m)
{
    if (m == NULL) {
        return;
    }
    for (unsigned i = 0; i < FACT_COUNT; i++) {
        if (m->facts[i].list != NULL) {
            bytes_wipe(m->facts[i].list, m->facts[i].cap * sizes[i]);
        }
        free(m->facts[i].list);
    }
    dict_free(&m->rands);
    dict_free(&m->guesses);
    dict_free(&m->shown);
    free(m->done);
    free(m);
}

bool mind_is_whole(const struct mind *m)
{
    return !m->broken;
}

bool mind_is_literal(const struct mind *m)
{
    return m->conf.variant.variant == VARIANT_LITERAL;
}

/* ---- lists ---- */

void *fact_at(const struct mind *m, enum fact kind, uint32_t i)
{
    ENSURE(i < m->facts[kind].count);
    return (uint8_t *)m->facts[kind].list + i * sizes[kind];
}

void fact_add(struct mind *m, enum fact kind, const void *fact)
{
    struct facts *f = &m->facts[kind];

    if (f->count == f->cap) {
        const uint32_t cap = f->cap == 0 ? 8 : 2 * f->cap;
        void *list = realloc(f->list, cap * sizes[kind]);

        if (list == NULL) {
            m->broken = true;
            return;
        }
        f->list = list;
        f->cap = cap;
    }
    memcpy((uint8_t *)f->list + f->count++ * sizes[kind], fact, sizes[kind]);
}

/* 1 + the place behind |key|, 0: there is none; |d| gets room for one. */
static uint32_t *place_of(struct mind *m, struct dict *d, uint64_t key)
{
    static uint32_t nowhere;
    uint32_t *place = dict_at(d, key);

    if (place == NULL) {
        m->broken = true;
        nowhere = 0;
        return &nowhere;
    }
    return place;
}

/* ---- lessons ---- */

static void learn(struct mind *m, struct trace_knows *k, const struct origin *origin)
{
    k->by_count = origin->count;
    memcpy(k->by, origin->by, sizeof k->by);
    if (m->learn != NULL) {
        m->learn(m->arg, k);
    }
}

void mind_learn_rand(struct mind *m, uint32_t epoch, const struct origin *origin)
{
    struct trace_knows k = {.what = SECRET_RAND, .has_epoch = true, .epoch = epoch};

    learn(m, &k, origin);
}

/* Each text once, however often it travels. */
void mind_learn_text(struct mind *m, const struct msg_data *d, const struct origin *origin)
{
    struct trace_knows k = {.what = SECRET_TEXT, .len = d->len};
    struct fact_text text = {.len = d->len};

    for (uint32_t i = 0; i < m->facts[FACT_TEXT].count; i++) {
        const struct fact_text *t = fact_at(m, FACT_TEXT, i);

        if (t->len == d->len && memcmp(t->octets, d->payload, d->len) == 0) {
            return;
        }
    }
    memcpy(text.octets, d->payload, d->len);
    fact_add(m, FACT_TEXT, &text);
    memcpy(k.payload, d->payload, d->len);
    learn(m, &k, origin);
}

/* ---- facts that may be known already ---- */

void mind_add_vector(struct mind *m, const struct fact_vector *v)
{
    for (uint32_t i = 0; i < m->facts[FACT_VECTOR].count; i++) {
        const struct fact_vector *old = fact_at(m, FACT_VECTOR, i);

        if (memcmp(old->rand, v->rand, RAND_LEN) == 0 &&
            memcmp(old->autn, v->autn, AUTN_LEN) == 0) {
            return;
        }
    }
    fact_add(m, FACT_VECTOR, v);
}

/* |f| needs no traffic keys. A second look may add its number. */
void mind_add_e2m(struct mind *m, const struct fact_e2m *f)
{
    struct fact_e2m fact = *f;

    for (uint32_t i = 0; i < m->facts[FACT_E2M].count; i++) {
        struct fact_e2m *old = fact_at(m, FACT_E2M, i);

        if (memcmp(&old->e2m.keyset, &f->e2m.keyset, sizeof f->e2m.keyset) == 0) {
            if (f->e2m.has_g) {
                old->e2m.has_g = true;
                old->e2m.g = f->e2m.g;
            }
            return;
        }
    }
    fact.used = false;
    e2m_traffic_derive(&fact.e2m.keyset, INT_CMAC64, &fact.e2m.keys);
    fact_add(m, FACT_E2M, &fact);
    bytes_wipe(&fact.e2m, sizeof fact.e2m);
}

void mind_mark_used(struct mind *m, uint32_t i)
{
    struct fact_e2m *f = fact_at(m, FACT_E2M, i);
    struct trace_knows k = {.what = SECRET_E2M};
    const struct origin origin = f->origin;

    if (!f->used) {
        f->used = true;
        learn(m, &k, &origin);
    }
}

void mind_add_accept(struct mind *m, const struct fact_accept *f)
{
    for (uint32_t i = 0; i < m->facts[FACT_ACCEPT].count; i++) {
        const struct fact_accept *old = fact_at(m, FACT_ACCEPT, i);

        if (old->g == f->g && old->n == f->n && old->sid == f->sid && old->xid == f->xid &&
            memcmp(&old->choice, &f->choice, sizeof f->choice) == 0) {
            return;
        }
    }
    fact_add(m, FACT_ACCEPT, f);
}

bool mind_add_rand(struct mind *m, const struct fact_rand *f)
{
    const uint64_t key =
        prng_key(prng_key((uint64_t)get_be32(f->rand) << 32 | get_be32(f->rand + 4),
                          (uint64_t)get_be32(f->rand + 8) << 32 | get_be32(f->rand + 12)),
                 f->has_n ? (uint64_t)f->n + 1 : 0);
    uint32_t *place = place_of(m, &m->rands, key);

    if (*place != 0 || m->broken) {
        return false;
    }
    fact_add(m, FACT_RAND, f);
    *place = m->facts[FACT_RAND].count;
    return true;
}

/* ---- guesses, and what the ends show ---- */

static void know_e2e(struct mind *m, const struct fact_guess *guess, const struct epoch *epoch,
                     uint32_t place)
{
    struct fact_shown *shown = fact_at(m, FACT_SHOWN, place);
    struct fact_e2e f = {
        .epoch = *epoch, .shown = shown->epoch, .fp = shown->fp, .origin = rules_origin(m, guess)};
    struct trace_knows k = {
        .what = SECRET_E2E, .has_epoch = true, .epoch = shown->epoch, .fp = shown->fp};

    shown->known = true;
    fact_add(m, FACT_E2E, &f);
    bytes_wipe(&f.epoch, sizeof f.epoch);
    learn(m, &k, &f.origin);
}

/* Two guesses of one fingerprint are one key, come by in two ways: the first counts. */
void mind_guess(struct mind *m, const struct fact_guess *guess)
{
    struct epoch epoch;
    uint32_t place;
    uint32_t *first;
    uint32_t fp;

    rules_derive(m, guess, &epoch);
    fp = e2e_fingerprint(&epoch.chain);
    if (dict_get(&m->shown, fp, &place)) {
        if (!((const struct fact_shown *)fact_at(m, FACT_SHOWN, place - 1))->known) {
            know_e2e(m, guess, &epoch, place - 1);
        }
        bytes_wipe(&epoch, sizeof epoch);
        return;
    }
    bytes_wipe(&epoch, sizeof epoch);
    first = place_of(m, &m->guesses, fp);
    if (*first != 0 || m->broken) {
        return;
    }
    fact_add(m, FACT_GUESS, guess);
    *first = m->facts[FACT_GUESS].count;
    m->broken = m->broken || *first > m->conf.guesses_max;
}

void mind_show(struct mind *m, uint32_t epoch, uint32_t fp)
{
    const struct fact_shown shown = {.epoch = epoch, .fp = fp};
    uint32_t *place = place_of(m, &m->shown, fp);
    struct epoch key;
    uint32_t guess;

    if (*place != 0 || m->broken) {
        return;
    }
    fact_add(m, FACT_SHOWN, &shown);
    *place = m->facts[FACT_SHOWN].count;
    if (!m->broken && dict_get(&m->guesses, fp, &guess)) {
        const struct fact_guess g = *(struct fact_guess *)fact_at(m, FACT_GUESS, guess - 1);

        rules_derive(m, &g, &key);
        know_e2e(m, &g, &key, *place - 1);
        bytes_wipe(&key, sizeof key);
        mind_settle(m);
    }
}

void mind_use_e2m(struct mind *m, const struct e2m_keyset *e2m)
{
    fact_add(m, FACT_USED, e2m);
    mind_settle(m);
}

/* ---- origins ---- */

struct origin origin_of_msg(const struct mind_heard *h)
{
    return (struct origin){
        .count = 1,
        .by = {
            {.is_msg = true, .type = h->msg->type, .id = h->id, .t_us = h->t_us, .own = h->own}}};
}

struct origin origin_leaked(enum secret what)
{
    return (struct origin){.count = 1, .by = {{.what = what, .leaked = true}}};
}

struct origin origin_both(const struct origin *a, const struct origin *b)
{
    struct origin both = *a;

    for (unsigned i = 0; i < b->count && both.count < TRACE_SOURCES_MAX; i++) {
        both.by[both.count++] = b->by[i];
    }
    return both;
}

static bool was_leaked(const struct origin *o)
{
    return o->count == 1 && o->by[0].leaked;
}

struct origin origin_cite_e2e(const struct fact_e2e *f)
{
    return (struct origin){.count = 1,
                           .by = {{.what = SECRET_E2E,
                                   .leaked = was_leaked(&f->origin),
                                   .has_epoch = true,
                                   .epoch = f->shown,
                                   .fp = f->fp}}};
}

struct origin origin_cite_e2m(const struct fact_e2m *f)
{
    return (struct origin){.count = 1,
                           .by = {{.what = SECRET_E2M, .leaked = was_leaked(&f->origin)}}};
}
