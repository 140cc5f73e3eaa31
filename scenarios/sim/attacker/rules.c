/* The rules: what follows from a fact, or from two. Each meets each pair of its premises once. */
#include "scenarios/sim/attacker/facts.h"

#include "common/base/ensure.h"
#include "common/crypto/milenage.h"

#include <string.h>

/* The number of an AKA run is on air modulo 8 only; who has not heard it tries the first ones. */
enum { ROOTS_TRIED = 64, KID_MODULO = 8 };

/* ---- AKA ---- */

/* TS 33.102 6.3.3, without the card's look at the SQN. */
static void answer_challenge(struct mind *m, uint32_t a, uint32_t b)
{
    const struct fact_k *k = fact_at(m, FACT_K, a);
    const struct fact_challenge *c = fact_at(m, FACT_CHALLENGE, b);
    struct fact_vector v = {.access = c->access, .xid = c->xid};
    struct milenage_out out;
    uint8_t sqn[6] = {0};

    milenage(k->secret.k, k->secret.opc, c->rand, sqn, c->autn + 6, &out);
    for (unsigned i = 0; i < sizeof sqn; i++) {
        sqn[i] = c->autn[i] ^ out.f5[i];
    }
    milenage(k->secret.k, k->secret.opc, c->rand, sqn, c->autn + 6, &out);
    if (bytes_equal(out.f1, c->autn + 8, sizeof out.f1)) {
        memcpy(v.rand, c->rand, sizeof v.rand);
        memcpy(v.autn, c->autn, sizeof v.autn);
        memcpy(v.ck, out.f3, sizeof v.ck);
        memcpy(v.ik, out.f4, sizeof v.ik);
        v.origin = origin_both(&k->origin, &c->origin);
        mind_add_vector(m, &v);
    }
    bytes_wipe(&out, sizeof out);
}

/* F0, whatever the vector was made for: that is what the purpose bit is to prevent (H15, B49). */
static void derive_e2m(struct mind *m, uint32_t a, uint32_t b)
{
    const struct fact_vector *v = fact_at(m, FACT_VECTOR, a);
    struct fact_e2m f = {.xid = v->xid, .origin = v->origin};

    (void)b;
    e2m_derive(v->ck, v->ik, &m->conf.ue, &m->conf.emse, v->autn, &f.e2m.keyset);
    mind_add_e2m(m, &f);
    bytes_wipe(&f.e2m, sizeof f.e2m);
}

/* The answer to a challenge has no key id: which key it is under, its MAC shows. */
static void recognise_answer(struct mind *m, uint32_t a, uint32_t b)
{
    const struct fact_e2m *f = fact_at(m, FACT_E2M, a);
    const struct fact_msg *answer = fact_at(m, FACT_ANSWER, b);
    const struct protect_key k = {.int_key = f->e2m.keys.int_ul, .alg_int = INT_CMAC64};

    if (!f->used && protect_is_good(&answer->msg, &k, DIR_UL, NULL, 0)) {
        mind_mark_used(m, a);
    }
}

static void recognise_used(struct mind *m, uint32_t a, uint32_t b)
{
    const struct fact_e2m *f = fact_at(m, FACT_E2M, a);
    const struct e2m_keyset *used = fact_at(m, FACT_USED, b);

    if (memcmp(f->e2m.keyset.octets, used->octets, sizeof used->octets) == 0) {
        mind_mark_used(m, a);
    }
}

/* ---- from the e2mKEYSET ---- */

static void guess_root(struct mind *m, uint32_t a, uint32_t b)
{
    const struct fact_e2m *f = fact_at(m, FACT_E2M, a);
    const struct fact_accept *accept = fact_at(m, FACT_ACCEPT, b);

    if ((f->e2m.has_g && f->e2m.g != accept->g) ||
        (f->xid != 0 && accept->xid != 0 && f->xid != accept->xid)) {
        return; /* of another AKA run */
    }
    mind_guess(m, &(struct fact_guess){GUESS_ROOT, a, b});
}

static bool verifies(const struct mind_e2m *e2m, uint32_t g, const struct msg *m)
{
    const struct protect_key k = {
        .int_key = e2m->keys.int_dl, .index = g, .alg_int = INT_CMAC64, .has_kid = 1};

    return protect_is_good(m, &k, DIR_DL, NULL, 0);
}

static bool find_root(struct mind_e2m *e2m, const struct msg *m)
{
    if (e2m->has_g) {
        return verifies(e2m, e2m->g, m);
    }
    for (uint32_t g = m->kid == 0 ? ROOTS_TRIED : m->kid - 1u; g < ROOTS_TRIED; g += KID_MODULO) {
        if (verifies(e2m, g, m)) {
            e2m->has_g = true;
            e2m->g = g;
            return true;
        }
    }
    return false;
}

static void open_push(struct mind *m, uint32_t a, uint32_t b)
{
    struct fact_e2m *f = fact_at(m, FACT_E2M, a);
    const struct fact_msg *push = fact_at(m, FACT_PUSH, b);
    const struct protect_key k = {.enc_key = f->e2m.keys.enc_dl};
    struct msg open = push->msg;
    const struct origin e2m = origin_cite_e2m(f);
    struct fact_rand rand = {.has_n = true, .n = open.u.rand_push.n};

    if (!find_root(&f->e2m, &open)) {
        return;
    }
    protect_open(&open, &k, DIR_DL);
    memcpy(rand.rand, open.u.rand_push.rand, RAND_LEN);
    rand.origin = origin_both(&push->origin, &e2m);
    if (mind_add_rand(m, &rand) && push->genuine && push->has_epoch) {
        mind_learn_rand(m, push->epoch, &rand.origin);
    }
}

/* Where ciphering is forbidden on the radio leg, X takes the place of RAND (H9). */
static void mask_rand(struct mind *m, uint32_t a, uint32_t b)
{
    const struct fact_e2m *f = fact_at(m, FACT_E2M, a);
    const struct fact_rand *rand = fact_at(m, FACT_RAND, b);
    const struct origin e2m = origin_cite_e2m(f);
    struct fact_rand x = {.has_n = true, .n = rand->n, .masked = true};

    if (mind_is_literal(m) || !sw_on(&m->conf.variant, SW_PROTECT_RAND) || rand->masked) {
        return;
    }
    e2e_mask(&f->e2m.keyset, rand->rand, rand->n, &m->conf.eese, x.rand);
    x.origin = origin_both(&rand->origin, &e2m);
    (void)mind_add_rand(m, &x);
}

/* ---- from the e2eKEYSET ---- */

static void guess_given(struct mind *m, uint32_t a, uint32_t b)
{
    mind_guess(m, &(struct fact_guess){GUESS_GIVEN, a, b});
}

static void guess_next(struct mind *m, uint32_t a, uint32_t b)
{
    const struct fact_e2e *f = fact_at(m, FACT_E2E, a);
    const struct fact_rand *rand = fact_at(m, FACT_RAND, b);
    bool indexed = !mind_is_literal(m) && sw_on(&m->conf.variant, SW_INDEX);

    if (!indexed || (rand->has_n && rand->n == f->epoch.n + 1)) {
        mind_guess(m, &(struct fact_guess){GUESS_NEXT, a, b});
    }
}

static void open_frame(struct mind *m, uint32_t a, uint32_t b)
{
    const struct fact_e2e *f = fact_at(m, FACT_E2E, a);
    const struct fact_msg *frame = fact_at(m, FACT_FRAME, b);
    const struct protect_key k = epoch_data_key(&f->epoch, &m->conf.variant, frame->direction);
    const struct origin e2e = origin_cite_e2e(f);
    struct origin origin;
    struct msg open = frame->msg;

    if (!epoch_mode_fits(&f->epoch, &open) ||
        !protect_is_good(&open, &k, frame->direction, NULL, 0)) {
        return;
    }
    protect_open(&open, &k, frame->direction);
    origin = origin_both(&frame->origin, &e2e);
    mind_learn_text(m, &open.u.data, &origin);
}

/* ---- all of them ---- */

enum { ALONE = FACT_COUNT }; /* the rule has one premise */

static const struct rule {
    enum fact a;
    unsigned b;
    void (*apply)(struct mind *m, uint32_t a, uint32_t b);
} rules[] = {
    {FACT_K, FACT_CHALLENGE, answer_challenge}, {FACT_VECTOR, ALONE, derive_e2m},
    {FACT_E2M, FACT_ANSWER, recognise_answer},  {FACT_E2M, FACT_USED, recognise_used},
    {FACT_E2M, FACT_ACCEPT, guess_root},        {FACT_E2M, FACT_PUSH, open_push},
    {FACT_E2M, FACT_RAND, mask_rand},           {FACT_GIVEN, ALONE, guess_given},
    {FACT_E2E, FACT_RAND, guess_next},          {FACT_E2E, FACT_FRAME, open_frame},
};

unsigned rules_count(void)
{
    return COUNT_OF(rules);
}

/* Pairs of which one premise at least is new. Those that the rule itself adds wait for the next
 * round. */
static bool apply(struct mind *m, const struct rule *r, uint32_t done[2])
{
    const uint32_t as = m->facts[r->a].count;
    const uint32_t bs = r->b == ALONE ? 1 : m->facts[r->b].count;
    const uint32_t old_as = done[0];
    const uint32_t old_bs = done[1];

    for (uint32_t a = 0; a < as; a++) {
        for (uint32_t b = a < old_as ? old_bs : 0; b < bs && !m->broken; b++) {
            r->apply(m, a, b);
        }
    }
    done[0] = as;
    done[1] = bs;
    return as != old_as || bs != old_bs;
}

void mind_settle(struct mind *m)
{
    bool more = true;

    while (more && !m->broken) {
        more = false;
        for (unsigned i = 0; i < COUNT_OF(rules); i++) {
            more = apply(m, &rules[i], m->done[i]) || more;
        }
    }
}

/* ---- guesses ---- */

static void derive_root(const struct mind *m, const struct fact_e2m *f,
                        const struct fact_accept *accept, struct epoch *out)
{
    const struct variant_set *v = &m->conf.variant;
    struct e2e_keyset chain;
    uint8_t ctx[4];

    if (mind_is_literal(m)) {
        e2e_first_literal(&f->e2m.keyset, &chain);
    } else {
        choice_octets(&accept->choice, ctx);
        e2e_root(&f->e2m.keyset, &m->conf.ue, &m->conf.eese, sw_on(v, SW_BIND_EESE), accept->g,
                 accept->n, ctx, &chain);
    }
    epoch_make(out, v, mind_is_literal(m) ? 0 : accept->n, accept->g, accept->sid, &accept->choice,
               &chain);
    bytes_wipe(&chain, sizeof chain);
}

void rules_derive(const struct mind *m, const struct fact_guess *guess, struct epoch *out)
{
    if (guess->how == GUESS_GIVEN) {
        *out = ((const struct fact_e2e *)fact_at(m, FACT_GIVEN, guess->a))->epoch;
    } else if (guess->how == GUESS_ROOT) {
        derive_root(m, fact_at(m, FACT_E2M, guess->a), fact_at(m, FACT_ACCEPT, guess->b), out);
    } else {
        const struct fact_e2e *f = fact_at(m, FACT_E2E, guess->a);
        const struct fact_rand *rand = fact_at(m, FACT_RAND, guess->b);

        epoch_refresh(&f->epoch, &m->conf.variant, rand->rand, f->epoch.n + 1, &m->conf.ue,
                      &m->conf.eese, out);
    }
}

struct origin rules_origin(const struct mind *m, const struct fact_guess *guess)
{
    const struct fact_accept *accept;
    const struct fact_rand *rand;
    struct origin first;

    if (guess->how == GUESS_GIVEN) {
        return ((const struct fact_e2e *)fact_at(m, FACT_GIVEN, guess->a))->origin;
    }
    if (guess->how == GUESS_ROOT) {
        accept = fact_at(m, FACT_ACCEPT, guess->b);
        first = origin_cite_e2m(fact_at(m, FACT_E2M, guess->a));
        return mind_is_literal(m) ? first : origin_both(&first, &accept->origin);
    }
    rand = fact_at(m, FACT_RAND, guess->b);
    first = origin_cite_e2e(fact_at(m, FACT_E2E, guess->a));
    return origin_both(&first, &rand->origin);
}
