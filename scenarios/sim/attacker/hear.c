/* What a mind is told from outside: messages, leaks; and what can be asked of it. */
#include "scenarios/sim/attacker/facts.h"

#include "common/base/ensure.h"

#include <string.h>

/* ---- messages that carry something ---- */

static void hear_challenge(struct mind *m, const struct mind_heard *h, const uint8_t rand[RAND_LEN],
                           const uint8_t autn[AUTN_LEN], bool access)
{
    struct fact_challenge c = {.access = access, .origin = origin_of_msg(h)};

    for (uint32_t i = 0; i < m->facts[FACT_CHALLENGE].count; i++) {
        const struct fact_challenge *old = fact_at(m, FACT_CHALLENGE, i);

        if (memcmp(old->rand, rand, RAND_LEN) == 0 && memcmp(old->autn, autn, AUTN_LEN) == 0) {
            return;
        }
    }
    memcpy(c.rand, rand, RAND_LEN);
    memcpy(c.autn, autn, AUTN_LEN);
    c.xid = h->msg->type == MSG_AKA_CHAL ? h->msg->u.aka_chal.xid : 0;
    fact_add(m, FACT_CHALLENGE, &c);
}

static void hear_access_chal(struct mind *m, const struct mind_heard *h)
{
    hear_challenge(m, h, h->msg->u.access_chal.rand, h->msg->u.access_chal.autn, true);
}

static void hear_aka_chal(struct mind *m, const struct mind_heard *h)
{
    hear_challenge(m, h, h->msg->u.aka_chal.rand, h->msg->u.aka_chal.autn, false);
}

static void hear_av_rsp(struct mind *m, const struct mind_heard *h)
{
    const struct msg_av_rsp *r = &h->msg->u.av_rsp;
    struct fact_e2m f = {.origin = origin_of_msg(h)};

    if (r->cause != CAUSE_NONE) {
        return;
    }
    if (r->purpose == PURPOSE_E2M) {
        memcpy(f.e2m.keyset.octets, r->key, KEYSET_LEN);
        f.e2m.has_g = true;
        f.e2m.g = r->g;
        mind_add_e2m(m, &f);
        bytes_wipe(&f.e2m, sizeof f.e2m);
    }
    hear_challenge(m, h, r->rand, r->autn, r->purpose == PURPOSE_ACCESS);
}

static void keep_msg(struct mind *m, const struct mind_heard *h, enum fact kind)
{
    const struct fact_msg f = {.msg = *h->msg,
                               .direction = h->msg->type == MSG_DATA_DL ? DIR_DL : DIR_UL,
                               .genuine = h->genuine,
                               .has_epoch = h->has_epoch,
                               .epoch = h->epoch,
                               .origin = origin_of_msg(h)};

    fact_add(m, kind, &f);
}

static void hear_answer(struct mind *m, const struct mind_heard *h)
{
    keep_msg(m, h, FACT_ANSWER);
}

static void hear_accept(struct mind *m, const struct mind_heard *h)
{
    const struct msg_attach_acc *a = &h->msg->u.attach_acc;
    const struct fact_accept f = {.g = a->g,
                                  .n = a->n,
                                  .sid = h->msg->sid,
                                  .xid = a->xid,
                                  .choice = a->choice,
                                  .origin = origin_of_msg(h)};

    mind_add_accept(m, &f);
}

static void hear_keyset(struct mind *m, const struct mind_heard *h)
{
    const struct msg_keyset_fwd *k = &h->msg->u.keyset_fwd;
    struct fact_e2e f = {.origin = origin_of_msg(h)};
    struct e2e_keyset chain;

    memcpy(chain.octets, k->key, KEYSET_LEN);
    epoch_make(&f.epoch, &m->conf.variant, k->n, k->g, k->sid, &k->choice, &chain);
    fact_add(m, FACT_GIVEN, &f);
    bytes_wipe(&f.epoch, sizeof f.epoch);
    bytes_wipe(&chain, sizeof chain);
    if (!mind_is_literal(m)) { /* there it names no root */
        const struct fact_accept accept = {
            .g = k->g, .n = k->n, .sid = k->sid, .choice = k->choice, .origin = origin_of_msg(h)};

        mind_add_accept(m, &accept);
    }
}

/* A RAND that anybody can read. */
static void read_rand(struct mind *m, const struct mind_heard *h, uint32_t n,
                      const uint8_t rand[RAND_LEN], bool masked)
{
    struct fact_rand f = {.has_n = !mind_is_literal(m), .n = n, .masked = masked};

    f.origin = origin_of_msg(h);
    memcpy(f.rand, rand, RAND_LEN);
    if (mind_add_rand(m, &f) && h->genuine && h->has_epoch && !masked) {
        mind_learn_rand(m, h->epoch, &f.origin);
    }
}

static void hear_push(struct mind *m, const struct mind_heard *h)
{
    if ((h->msg->flags & MSG_FLAG_C) != 0) {
        keep_msg(m, h, FACT_PUSH);
    } else {
        read_rand(m, h, h->msg->u.rand_push.n, h->msg->u.rand_push.rand, false);
    }
}

static void hear_rand_rsp(struct mind *m, const struct mind_heard *h)
{
    const struct msg_rand_rsp *r = &h->msg->u.rand_rsp;

    for (unsigned i = 0; i < r->count; i++) {
        read_rand(m, h, r->n_first + i, r->rand[i], false);
    }
}

/* True when the EMSE gives the EESE the mask in place of RAND, as far as he knows. */
static bool masks(const struct mind *m)
{
    bool masked = false;

    for (uint32_t i = 0; i < m->facts[FACT_ACCEPT].count; i++) {
        const struct fact_accept *a = fact_at(m, FACT_ACCEPT, i);

        masked = a->choice.rand_protect == RAND_MASK && !mind_is_literal(m) &&
                 sw_on(&m->conf.variant, SW_PROTECT_RAND);
    }
    return masked;
}

static void hear_rand_fwd(struct mind *m, const struct mind_heard *h)
{
    read_rand(m, h, h->msg->u.rand_fwd.n, h->msg->u.rand_fwd.rand, masks(m));
}

static void hear_data(struct mind *m, const struct mind_heard *h)
{
    const struct origin origin = origin_of_msg(h);

    if (!m->conf.texts || h->own) {
        return;
    }
    if ((h->msg->flags & MSG_FLAG_C) == 0) {
        mind_learn_text(m, &h->msg->u.data, &origin);
    } else {
        keep_msg(m, h, FACT_FRAME);
    }
}

void mind_hear(struct mind *m, const struct mind_heard *h)
{
    static void (*const hears[MSG_TYPE_COUNT])(struct mind * m, const struct mind_heard *h) = {
        [MSG_ACCESS_CHAL] = hear_access_chal,
        [MSG_AKA_CHAL] = hear_aka_chal,
        [MSG_AV_RSP] = hear_av_rsp,
        [MSG_AKA_RESP] = hear_answer,
        [MSG_ATTACH_ACC] = hear_accept,
        [MSG_KEYSET_FWD] = hear_keyset,
        [MSG_RAND_PUSH] = hear_push,
        [MSG_RAND_RSP] = hear_rand_rsp,
        [MSG_RAND_FWD] = hear_rand_fwd,
        [MSG_DATA_UL] = hear_data,
        [MSG_DATA_DL] = hear_data,
    };

    if (hears[h->msg->type] != NULL && !m->broken) {
        hears[h->msg->type](m, h);
        mind_settle(m);
    }
}

/* ---- leaks ---- */

void mind_give_k(struct mind *m, const struct aka_secret *secret)
{
    struct fact_k f = {.secret = *secret, .origin = origin_leaked(SECRET_K)};

    fact_add(m, FACT_K, &f);
    bytes_wipe(&f.secret, sizeof f.secret);
}

/* The last e2eKEYSET with that number, or with that fingerprint; NULL: there is none. */
static const struct fact_e2e *find_e2e(const struct mind *m, const uint32_t *epoch,
                                       const uint32_t *fp)
{
    for (uint32_t i = m->facts[FACT_E2E].count; i > 0; i--) {
        const struct fact_e2e *f = fact_at(m, FACT_E2E, i - 1);

        if ((epoch == NULL || f->shown == *epoch) && (fp == NULL || f->fp == *fp)) {
            return f;
        }
    }
    return NULL;
}

static const struct fact_e2m *find_e2m(const struct mind *m)
{
    for (uint32_t i = m->facts[FACT_E2M].count; i > 0; i--) {
        const struct fact_e2m *f = fact_at(m, FACT_E2M, i - 1);

        if (f->used) {
            return f;
        }
    }
    return NULL;
}

static const struct fact_vector *find_vector(const struct mind *m)
{
    for (uint32_t i = m->facts[FACT_VECTOR].count; i > 0; i--) {
        const struct fact_vector *v = fact_at(m, FACT_VECTOR, i - 1);

        if (v->access) {
            return v;
        }
    }
    return NULL;
}

static bool leak_e2e(struct mind *m, const struct mind *truth, const struct scn_secret *secret,
                     uint32_t in_use, struct trace_source *what)
{
    const struct fact_e2e *f =
        secret->has_epoch ? find_e2e(truth, &secret->epoch, NULL) : find_e2e(truth, NULL, &in_use);
    struct fact_e2e given;

    if (f == NULL) {
        return false;
    }
    given = *f;
    given.origin = origin_cite_e2e(f);
    given.origin.by[0].leaked = true;
    *what = given.origin.by[0];
    fact_add(m, FACT_GIVEN, &given);
    bytes_wipe(&given.epoch, sizeof given.epoch);
    return true;
}

/* The EMSE's record of a root holds its number and what it has accepted under it. */
static bool leak_e2m(struct mind *m, const struct mind *truth, struct trace_source *what)
{
    const struct fact_e2m *f = find_e2m(truth);
    struct fact_e2m given;

    if (f == NULL) {
        return false;
    }
    given = *f;
    given.origin = origin_leaked(SECRET_E2M);
    *what = given.origin.by[0];
    for (uint32_t i = 0; i < truth->facts[FACT_ACCEPT].count; i++) {
        struct fact_accept accept = *(struct fact_accept *)fact_at(truth, FACT_ACCEPT, i);

        if (f->e2m.has_g && accept.g == f->e2m.g) {
            accept.origin = given.origin;
            mind_add_accept(m, &accept);
        }
    }
    mind_add_e2m(m, &given);
    bytes_wipe(&given.e2m, sizeof given.e2m);
    return true;
}

static bool leak_vector(struct mind *m, const struct mind *truth, struct trace_source *what)
{
    const struct fact_vector *v = find_vector(truth);
    struct fact_vector given;

    if (v == NULL) {
        return false;
    }
    given = *v;
    given.origin = origin_leaked(SECRET_VECTOR);
    *what = given.origin.by[0];
    mind_add_vector(m, &given);
    bytes_wipe(&given, sizeof given);
    return true;
}

bool mind_leak(struct mind *m, const struct mind *truth, const struct scn_secret *secret,
               uint32_t in_use, struct trace_source *what)
{
    if (secret->what == SECRET_E2E) {
        return leak_e2e(m, truth, secret, in_use, what);
    }
    if (secret->what == SECRET_E2M) {
        return leak_e2m(m, truth, what);
    }
    ENSURE(secret->what == SECRET_VECTOR);
    return leak_vector(m, truth, what);
}

/* ---- what he can seal with ---- */

bool mind_e2e(const struct mind *m, const uint32_t *epoch, struct epoch *out)
{
    const struct fact_e2e *f = find_e2e(m, epoch, NULL);

    if (f != NULL) {
        *out = f->epoch;
    }
    return f != NULL;
}

bool mind_e2m(const struct mind *m, struct mind_e2m *out)
{
    const struct fact_e2m *f = find_e2m(m);

    if (f != NULL) {
        *out = f->e2m;
    }
    return f != NULL;
}

bool mind_used_e2m(const struct mind *m, unsigned i, struct e2m_keyset *out)
{
    for (uint32_t k = 0; k < m->facts[FACT_E2M].count; k++) {
        const struct fact_e2m *f = fact_at(m, FACT_E2M, k);

        if (f->used && i-- == 0) {
            *out = f->e2m.keyset;
            return true;
        }
    }
    return false;
}

bool mind_vector(const struct mind *m, uint8_t rand[16], uint8_t autn[16])
{
    const struct fact_vector *v = find_vector(m);

    if (v != NULL) {
        memcpy(rand, v->rand, RAND_LEN);
        memcpy(autn, v->autn, AUTN_LEN);
    }
    return v != NULL;
}
