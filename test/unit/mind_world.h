/* A mind under test, the chain of the vector file, and what can be told to it. */
#ifndef TEST_UNIT_MIND_WORLD_H
#define TEST_UNIT_MIND_WORLD_H

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "scenarios/sim/attacker/mind.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <string.h>

enum { LESSONS_MAX = 32, EVENTS_MAX = 8 };

/* The chain of the vector file, in both variants. */
static struct {
    struct ident ue, emse, eese;
    uint32_t g;
    uint8_t ctx[4];
    uint8_t e2m[32];
    uint8_t rand[3][16]; /* 1, 2 */
    uint8_t mask_1[16];
    struct e2e_keyset literal[3];
    struct e2e_keyset hardened[3];
} chain;

/* A mind under test, and what it has learnt. */
static struct {
    struct mind *mind;
    enum variant variant;
    uint64_t now_us;
    unsigned count;
    struct trace_knows lesson[LESSONS_MAX];
} it;

static inline void read_chain(const struct vector *v)
{
    static const char *const literal[] = {"literal_0", "literal_1", "literal_2"};
    static const char *const hardened[] = {"c_0", "c_1", "c_2"};

    chain.ue = vector_ident(v, "ue");
    chain.emse = vector_ident(v, "emse");
    chain.eese = vector_ident(v, "eese");
    chain.g = vector_number(v, "root");
    vector_octets(v, "ctx", chain.ctx, sizeof chain.ctx);
    vector_octets(v, "e2m", chain.e2m, sizeof chain.e2m);
    vector_octets(v, "rand_1", chain.rand[1], 16);
    vector_octets(v, "rand_2", chain.rand[2], 16);
    vector_octets(v, "mask_1", chain.mask_1, 16);
    for (unsigned i = 0; i < 3; i++) {
        vector_octets(v, literal[i], chain.literal[i].octets, 32);
        vector_octets(v, hardened[i], chain.hardened[i].octets, 32);
    }
}

static inline void setup(void)
{
    ck_assert_uint_eq(vector_each("e2e_chain.txt", read_chain), 1);
}

static inline void keep(void *arg, const struct trace_knows *k)
{
    (void)arg;
    ck_assert_uint_lt(it.count, LESSONS_MAX);
    it.lesson[it.count++] = *k;
}

static inline struct mind *new_mind(enum variant v, uint32_t without, bool listens)
{
    struct mind_conf conf = {.variant = variant_default(v),
                             .ue = chain.ue,
                             .emse = chain.emse,
                             .eese = chain.eese,
                             .texts = true,
                             .guesses_max = 16};
    struct mind *m;

    conf.variant.switches &= ~without;
    m = mind_new(&conf, listens ? keep : NULL, NULL);
    ck_assert_ptr_nonnull(m);
    return m;
}

static inline void open_mind(enum variant v)
{
    memset(&it, 0, sizeof it);
    it.variant = v;
    it.mind = new_mind(v, 0, true);
}

static inline const struct e2e_keyset *key_of(uint32_t n)
{
    return it.variant == VARIANT_LITERAL ? &chain.literal[n] : &chain.hardened[n];
}

static inline uint32_t fp_of(uint32_t n)
{
    return e2e_fingerprint(key_of(n));
}

static inline void hear_by(struct mind *m, const struct msg *msg, bool genuine, uint32_t epoch)
{
    const struct mind_heard h = {.msg = msg,
                                 .id = ++it.now_us,
                                 .t_us = it.now_us * 1000,
                                 .genuine = genuine,
                                 .own = !genuine,
                                 .has_epoch = true,
                                 .epoch = epoch};

    mind_hear(m, &h);
}

static inline void hear(const struct msg *msg)
{
    hear_by(it.mind, msg, true, 0);
}

static inline struct choice choice_of(void)
{
    return (struct choice){chain.ctx[0], chain.ctx[1], chain.ctx[2], chain.ctx[3]};
}

/* Literal RANDs have no number. */
static inline struct msg push_of(uint32_t n, const uint8_t rand[16])
{
    struct msg m = {.type = MSG_RAND_PUSH, .sid = 7};

    m.u.rand_push.n = it.variant == VARIANT_LITERAL ? 0 : n;
    memcpy(m.u.rand_push.rand, rand, 16);
    return m;
}

static inline void hear_rand(uint32_t n, const uint8_t rand[16])
{
    const struct msg m = push_of(n, rand);

    hear_by(it.mind, &m, true, n);
}

static inline void hear_accept_of(uint32_t g, uint8_t conf)
{
    struct msg m = {.type = MSG_ATTACH_ACC, .sid = 7};

    m.u.attach_acc.g = g;
    m.u.attach_acc.choice = choice_of();
    m.u.attach_acc.choice.conf = conf;
    hear(&m);
}

static inline void hear_accept(void)
{
    hear_accept_of(chain.g, chain.ctx[2]);
}

/* The HSS hands over the e2mKEYSET. */
static inline void hear_e2m(struct mind *m)
{
    struct msg msg = {.type = MSG_AV_RSP};

    msg.u.av_rsp.purpose = PURPOSE_E2M;
    msg.u.av_rsp.g = chain.g;
    memcpy(msg.u.av_rsp.key, chain.e2m, 32);
    hear_by(m, &msg, true, 0);
}

static inline void hear_keyset(struct mind *m, uint32_t n)
{
    struct msg msg = {.type = MSG_KEYSET_FWD};
    struct msg_keyset_fwd *f = &msg.u.keyset_fwd;

    f->sid = 7;
    f->g = it.variant == VARIANT_LITERAL ? 0 : chain.g;
    f->n = n;
    f->choice = choice_of();
    memcpy(f->key, key_of(n)->octets, 32);
    hear_by(m, &msg, true, n);
}

/* The e2eKEYSET of epoch |n| is leaked by somebody who has it. */
static inline void leak_e2e(uint32_t n)
{
    const struct scn_secret secret = {.what = SECRET_E2E, .has_epoch = true, .epoch = n};
    struct mind *truth = new_mind(it.variant, 0, false);
    struct trace_source what;

    hear_keyset(truth, n);
    ck_assert(!mind_leak(it.mind, truth, &secret, 0, &what)); /* nobody has shown it */
    mind_show(truth, n, fp_of(n));
    ck_assert(mind_leak(it.mind, truth, &secret, 0, &what));
    ck_assert(what.leaked && what.has_epoch);
    ck_assert_uint_eq(what.epoch, n);
    ck_assert_uint_eq(what.fp, fp_of(n));
    mind_settle(it.mind);
    mind_free(truth);
}

/* He knows the key of epoch |n|, and it is that of the vector. */
static inline bool knows(uint32_t n)
{
    struct epoch e;

    if (!mind_e2e(it.mind, &n, &e)) {
        return false;
    }
    ck_assert_mem_eq(e.chain.octets, key_of(n)->octets, 32);
    return true;
}

static inline void show_all(void)
{
    for (uint32_t n = 0; n < 3; n++) {
        mind_show(it.mind, n, fp_of(n));
    }
}

#endif
