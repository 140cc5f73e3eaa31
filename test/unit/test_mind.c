/* What follows from what, against the vectors of PROTOCOL.md 3 and of TS 35.207. */
#include "scenarios/sim/attacker/mind.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <string.h>

Suite *test_mind_suite(void);

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

static void read_chain(const struct vector *v)
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

static void setup(void)
{
    ck_assert_uint_eq(vector_each("e2e_chain.txt", read_chain), 1);
}

static void keep(void *arg, const struct trace_knows *k)
{
    (void)arg;
    ck_assert_uint_lt(it.count, LESSONS_MAX);
    it.lesson[it.count++] = *k;
}

static struct mind *new_mind(enum variant v, uint32_t without, bool listens)
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

static void open_mind(enum variant v)
{
    memset(&it, 0, sizeof it);
    it.variant = v;
    it.mind = new_mind(v, 0, true);
}

static const struct e2e_keyset *key_of(uint32_t n)
{
    return it.variant == VARIANT_LITERAL ? &chain.literal[n] : &chain.hardened[n];
}

static uint32_t fp_of(uint32_t n)
{
    return e2e_fingerprint(key_of(n));
}

static void hear_by(struct mind *m, const struct msg *msg, bool genuine, uint32_t epoch)
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

static void hear(const struct msg *msg)
{
    hear_by(it.mind, msg, true, 0);
}

static struct choice choice_of(void)
{
    return (struct choice){chain.ctx[0], chain.ctx[1], chain.ctx[2], chain.ctx[3]};
}

/* Literal RANDs have no number. */
static struct msg push_of(uint32_t n, const uint8_t rand[16])
{
    struct msg m = {.type = MSG_RAND_PUSH, .sid = 7};

    m.u.rand_push.n = it.variant == VARIANT_LITERAL ? 0 : n;
    memcpy(m.u.rand_push.rand, rand, 16);
    return m;
}

static void hear_rand(uint32_t n, const uint8_t rand[16])
{
    const struct msg m = push_of(n, rand);

    hear_by(it.mind, &m, true, n);
}

static void hear_accept_of(uint32_t g, uint8_t conf)
{
    struct msg m = {.type = MSG_ATTACH_ACC, .sid = 7};

    m.u.attach_acc.g = g;
    m.u.attach_acc.choice = choice_of();
    m.u.attach_acc.choice.conf = conf;
    hear(&m);
}

static void hear_accept(void)
{
    hear_accept_of(chain.g, chain.ctx[2]);
}

/* The HSS hands over the e2mKEYSET. */
static void hear_e2m(struct mind *m)
{
    struct msg msg = {.type = MSG_AV_RSP};

    msg.u.av_rsp.purpose = PURPOSE_E2M;
    msg.u.av_rsp.g = chain.g;
    memcpy(msg.u.av_rsp.key, chain.e2m, 32);
    hear_by(m, &msg, true, 0);
}

static void hear_keyset(struct mind *m, uint32_t n)
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
static void leak_e2e(uint32_t n)
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
static bool knows(uint32_t n)
{
    struct epoch e;

    if (!mind_e2e(it.mind, &n, &e)) {
        return false;
    }
    ck_assert_mem_eq(e.chain.octets, key_of(n)->octets, 32);
    return true;
}

static void show_all(void)
{
    for (uint32_t n = 0; n < 3; n++) {
        mind_show(it.mind, n, fp_of(n));
    }
}

/* ---- the chain ---- */

START_TEST(a_key_and_the_rands_give_all_later_keys)
{
    open_mind((enum variant)_i);
    hear_rand(1, chain.rand[1]);
    hear_rand(2, chain.rand[2]);
    leak_e2e(0);
    ck_assert(!knows(0)); /* no end has shown it */
    show_all();
    ck_assert(knows(0) && knows(1) && knows(2));
    ck_assert_uint_eq(it.count, 5); /* two RANDs, three keys */
    ck_assert_int_eq(it.lesson[1].what, SECRET_RAND);
    ck_assert_uint_eq(it.lesson[1].epoch, 2);
    ck_assert_uint_eq(it.lesson[4].epoch, 2);
    ck_assert_uint_eq(it.lesson[4].by_count, 2);
    ck_assert_uint_eq(it.lesson[4].by[0].fp, fp_of(1));
    ck_assert(!it.lesson[4].by[0].leaked && it.lesson[3].by[0].leaked);
    ck_assert_int_eq(it.lesson[4].by[1].type, MSG_RAND_PUSH);
    ck_assert_uint_eq(it.lesson[4].by[1].id, 2);
    mind_free(it.mind);
}
END_TEST

START_TEST(a_later_key_gives_no_earlier_one)
{
    open_mind((enum variant)_i);
    show_all();
    hear_rand(1, chain.rand[1]);
    hear_rand(2, chain.rand[2]);
    leak_e2e(1);
    ck_assert(!knows(0) && knows(1) && knows(2));
    mind_free(it.mind);
}
END_TEST

START_TEST(without_the_rand_a_key_gives_nothing)
{
    open_mind((enum variant)_i);
    show_all();
    leak_e2e(0);
    hear_rand(2, chain.rand[2]);
    ck_assert(knows(0) && !knows(1) && !knows(2));
    mind_free(it.mind);
}
END_TEST

START_TEST(a_key_that_no_end_has_shown_does_not_count)
{
    open_mind((enum variant)_i);
    mind_show(it.mind, 0, fp_of(0));
    mind_show(it.mind, 2, fp_of(2));
    leak_e2e(0);
    hear_rand(1, chain.rand[1]);
    hear_rand(2, chain.rand[2]);
    ck_assert(knows(0) && !knows(1) && !knows(2));
    mind_show(it.mind, 1, fp_of(1));
    ck_assert(knows(1) && knows(2));
    mind_free(it.mind);
}
END_TEST

/* Its own number and root are in it: RAND_1 under another number is another key. */
START_TEST(a_hardened_rand_is_for_one_epoch)
{
    open_mind(VARIANT_HARDENED);
    show_all();
    leak_e2e(0);
    hear_rand(2, chain.rand[1]);
    ck_assert(knows(0) && !knows(1));
    mind_free(it.mind);
    open_mind(VARIANT_HARDENED);
    mind_free(it.mind);
    it.mind = new_mind(VARIANT_HARDENED, UINT32_C(1) << SW_INDEX, true); /* ... but not here */
    show_all();
    leak_e2e(0);
    hear_rand(2, chain.rand[1]);
    ck_assert(knows(1));
    mind_free(it.mind);
}
END_TEST

START_TEST(a_rand_of_his_own_makes_the_next_key_too)
{
    struct e2e_keyset next;
    struct msg m;

    open_mind(VARIANT_LITERAL);
    mind_show(it.mind, 0, fp_of(0));
    leak_e2e(0);
    m = push_of(0, chain.mask_1);
    hear_by(it.mind, &m, false, 0);
    ck_assert_uint_eq(it.count, 1); /* a made up RAND is no secret */
    e2e_refresh_literal(&chain.literal[0], chain.mask_1, &next);
    mind_show(it.mind, 1, e2e_fingerprint(&next));
    ck_assert_uint_eq(it.count, 2);
    ck_assert_uint_eq(it.lesson[1].epoch, 1);
    ck_assert(it.lesson[1].by[1].own);
    mind_free(it.mind);
}
END_TEST

/* ---- from the e2mKEYSET ---- */

START_TEST(an_e2m_keyset_gives_the_first_key)
{
    open_mind((enum variant)_i);
    show_all();
    hear_e2m(it.mind);
    ck_assert(!knows(0));
    hear_accept();
    ck_assert(knows(0) && !knows(1));
    ck_assert_int_eq(it.lesson[0].by[0].what, SECRET_E2M);
    hear_rand(1, chain.rand[1]);
    ck_assert(knows(1));
    mind_free(it.mind);
}
END_TEST

/* The literal text binds no algorithm into the key; the run that accepted them does. */
START_TEST(the_algorithms_are_those_of_the_same_run)
{
    const uint32_t first = 0;
    struct epoch e;

    open_mind(VARIANT_LITERAL);
    hear_accept_of(chain.g + 1, CONF_ON);
    hear_accept_of(chain.g, CONF_OFF);
    hear_e2m(it.mind);
    mind_show(it.mind, 0, fp_of(0));
    ck_assert(mind_e2e(it.mind, &first, &e));
    ck_assert_uint_eq(e.choice.conf, CONF_OFF);
    mind_free(it.mind);
}
END_TEST

/* A RAND_PUSH under the e2mKEYSET. */
static struct msg sealed_push(uint32_t n, const uint8_t rand[16])
{
    struct msg m = push_of(n, rand);
    struct e2m_keyset e2m;
    struct e2m_traffic keys;
    struct protect_key k;

    memcpy(e2m.octets, chain.e2m, sizeof e2m.octets);
    e2m_traffic_derive(&e2m, INT_CMAC64, &keys);
    k = (struct protect_key){.int_key = keys.int_dl,
                             .enc_key = keys.enc_dl,
                             .index = chain.g,
                             .alg_int = INT_CMAC64,
                             .has_kid = 1};
    protect_seal(&m, &k, DIR_DL, 5, NULL, 0);
    return m;
}

START_TEST(a_sealed_rand_opens_with_the_e2m_keyset_only)
{
    struct msg m;

    open_mind(VARIANT_HARDENED);
    show_all();
    leak_e2e(0);
    m = sealed_push(1, chain.rand[1]);
    ck_assert_mem_ne(m.u.rand_push.rand, chain.rand[1], 16);
    hear_by(it.mind, &m, true, 1);
    ck_assert(knows(0) && !knows(1));
    ck_assert_uint_eq(it.count, 1);
    hear_e2m(it.mind); /* later: it opens what was recorded */
    ck_assert(knows(1));
    ck_assert_int_eq(it.lesson[1].what, SECRET_RAND);
    ck_assert_uint_eq(it.lesson[1].epoch, 1);
    ck_assert_uint_eq(it.lesson[2].by_count, 3);
    ck_assert_int_eq(it.lesson[2].by[2].what, SECRET_E2M);
    mind_free(it.mind);
}
END_TEST

START_TEST(a_rand_under_another_seal_stays_closed)
{
    struct msg m;

    open_mind(VARIANT_HARDENED);
    show_all();
    leak_e2e(0);
    hear_e2m(it.mind);
    m = sealed_push(1, chain.rand[1]);
    m.mac[0] ^= 1;
    hear_by(it.mind, &m, true, 1);
    ck_assert(!knows(1));
    mind_free(it.mind);
}
END_TEST

/* H9: RAND is heard in clear, X takes its place in the chain. */
START_TEST(a_masked_rand_needs_the_e2m_keyset)
{
    struct e2e_keyset next;

    open_mind(VARIANT_HARDENED);
    leak_e2e(0);
    mind_show(it.mind, 0, fp_of(0));
    e2e_refresh(&chain.hardened[0], chain.mask_1, 1, &chain.ue, &chain.eese, true, chain.g,
                chain.ctx, &next);
    mind_show(it.mind, 1, e2e_fingerprint(&next));
    hear_rand(1, chain.rand[1]);
    ck_assert_uint_eq(it.count, 2); /* epoch 0, RAND 1 */
    hear_e2m(it.mind);
    ck_assert_uint_eq(it.count, 3);
    ck_assert_int_eq(it.lesson[2].what, SECRET_E2E);
    ck_assert_uint_eq(it.lesson[2].epoch, 1);
    mind_free(it.mind);
}
END_TEST

/* ---- from K ---- */

/* K and one challenge of a published set: the e2mKEYSET is that of its CK and IK. */
static void check_aka(const struct vector *v)
{
    struct msg chal = {.type = MSG_AKA_CHAL};
    struct msg resp = {.type = MSG_AKA_RESP};
    struct aka_secret secret = {.k = {0}};
    struct e2m_traffic keys;
    struct e2m_keyset e2m;
    struct mind_e2m got;
    struct protect_key k;
    uint8_t ck[16];
    uint8_t ik[16];

    open_mind(VARIANT_HARDENED);
    vector_octets(v, "k", secret.k, 16);
    vector_octets(v, "opc", secret.opc, 16);
    vector_octets(v, "f3", ck, 16);
    vector_octets(v, "f4", ik, 16);
    vector_octets(v, "rand", chal.u.aka_chal.rand, 16);
    vector_octets(v, "autn", chal.u.aka_chal.autn, 16);
    e2m_derive(ck, ik, &chain.ue, &chain.emse, chal.u.aka_chal.autn, &e2m);
    e2m_traffic_derive(&e2m, INT_CMAC64, &keys);
    k = (struct protect_key){.int_key = keys.int_ul, .alg_int = INT_CMAC64};
    protect_seal(&resp, &k, DIR_UL, 1, NULL, 0);
    hear(&chal);
    mind_give_k(it.mind, &secret);
    mind_settle(it.mind);
    ck_assert(!mind_e2m(it.mind, &got)); /* the UE has not answered it */
    hear(&resp);
    ck_assert(mind_e2m(it.mind, &got));
    ck_assert_mem_eq(got.keyset.octets, e2m.octets, 32);
    ck_assert_uint_eq(it.count, 1);
    ck_assert_int_eq(it.lesson[0].what, SECRET_E2M);
    ck_assert_int_eq(it.lesson[0].by[0].what, SECRET_K);
    ck_assert_int_eq(it.lesson[0].by[1].type, MSG_AKA_CHAL);
    mind_free(it.mind);
    open_mind(VARIANT_HARDENED);
    secret.k[0] ^= 1;
    mind_give_k(it.mind, &secret);
    hear(&chal);
    hear(&resp);
    ck_assert(!mind_e2m(it.mind, &got));
    mind_free(it.mind);
}

START_TEST(the_card_s_key_and_a_challenge_give_the_e2m_keyset)
{
    ck_assert_uint_eq(vector_each("milenage.txt", check_aka), 20);
}
END_TEST

static void check_vector(const struct vector *v)
{
    const struct scn_secret secret = {.what = SECRET_VECTOR};
    struct msg chal = {.type = MSG_ACCESS_CHAL};
    struct mind *truth;
    struct aka_secret k = {.k = {0}};
    struct trace_source what;
    uint8_t rand[16];
    uint8_t autn[16];

    open_mind(VARIANT_LITERAL);
    truth = new_mind(VARIANT_LITERAL, 0, false);
    vector_octets(v, "k", k.k, 16);
    vector_octets(v, "opc", k.opc, 16);
    vector_octets(v, "rand", chal.u.access_chal.rand, 16);
    vector_octets(v, "autn", chal.u.access_chal.autn, 16);
    ck_assert(!mind_leak(it.mind, truth, &secret, 0, &what));
    mind_give_k(truth, &k);
    hear_by(truth, &chal, true, 0);
    ck_assert(!mind_vector(it.mind, rand, autn));
    ck_assert(mind_leak(it.mind, truth, &secret, 0, &what));
    ck_assert_int_eq(what.what, SECRET_VECTOR);
    ck_assert(mind_vector(it.mind, rand, autn));
    ck_assert_mem_eq(autn, chal.u.access_chal.autn, 16);
    mind_free(truth);
    truth = new_mind(VARIANT_LITERAL, 0, false);
    k.k[0] ^= 1; /* MAC-A is not its own */
    mind_give_k(truth, &k);
    hear_by(truth, &chal, true, 0);
    ck_assert(!mind_leak(it.mind, truth, &secret, 0, &what));
    mind_free(truth);
    mind_free(it.mind);
}

START_TEST(an_access_vector_can_be_leaked)
{
    ck_assert_uint_eq(vector_each("milenage.txt", check_vector), 20);
}
END_TEST

/* ---- data ---- */

static struct msg sealed_data(uint32_t n, bool ciphered, const char *text)
{
    struct msg m = {.type = MSG_DATA_UL, .sid = 7};
    const struct variant_set v = variant_default(it.variant);
    const struct choice choice = {INT_CMAC64, ENC_EEA2, ciphered ? CONF_ON : CONF_OFF, RAND_ENC};
    struct protect_key k;
    struct epoch e;

    epoch_make(&e, &v, n, chain.g, 7, &choice, key_of(n));
    k = epoch_data_key(&e, &v, DIR_UL);
    m.u.data.len = (uint16_t)strlen(text);
    memcpy(m.u.data.payload, text, m.u.data.len);
    protect_seal(&m, &k, DIR_UL, 3, NULL, 0);
    return m;
}

START_TEST(a_plain_text_is_known_once_its_key_is)
{
    struct msg m;

    open_mind((enum variant)_i);
    chain.ctx[1] = ENC_EEA2;
    chain.ctx[2] = CONF_ON;
    m = sealed_data(0, true, "junk");
    m.mac[0] ^= 1;
    hear(&m);
    m = sealed_data(0, true, "42");
    hear(&m);
    hear(&m); /* a repetition */
    ck_assert_uint_eq(it.count, 0);
    mind_show(it.mind, 0, fp_of(0));
    leak_e2e(0);
    ck_assert_uint_eq(it.count, 2);
    ck_assert_int_eq(it.lesson[1].what, SECRET_TEXT);
    ck_assert_uint_eq(it.lesson[1].len, 2);
    ck_assert_mem_eq(it.lesson[1].payload, "42", 2);
    ck_assert_int_eq(it.lesson[1].by[0].type, MSG_DATA_UL);
    ck_assert_uint_eq(it.lesson[1].by[1].fp, fp_of(0));
    mind_free(it.mind);
}
END_TEST

START_TEST(what_is_not_ciphered_needs_no_key)
{
    struct msg m;

    open_mind((enum variant)_i);
    m = sealed_data(0, false, "42");
    hear(&m);
    ck_assert_uint_eq(it.count, 1);
    ck_assert_int_eq(it.lesson[0].what, SECRET_TEXT);
    ck_assert_uint_eq(it.lesson[0].by_count, 1);
    mind_free(it.mind);
}
END_TEST

/* ---- as a whole ---- */

static void tell(unsigned event)
{
    static const struct scn_secret e2e = {.what = SECRET_E2E, .has_epoch = true};

    switch (event) {
    case 0: hear_e2m(it.mind); break;
    case 1: hear_accept(); break;
    case 2: hear_rand(1, chain.rand[1]); break;
    case 3: hear_rand(2, chain.rand[2]); break;
    case 4: mind_show(it.mind, 0, fp_of(0)); break;
    case 5: mind_show(it.mind, 1, fp_of(1)); break;
    case 6: mind_show(it.mind, 2, fp_of(2)); break;
    default: leak_e2e(e2e.epoch); break;
    }
}

START_TEST(the_order_of_facts_makes_no_difference)
{
    for (unsigned round = 0; round < 200; round++) {
        unsigned order[EVENTS_MAX];

        open_mind(round % 2 == 0 ? VARIANT_LITERAL : VARIANT_HARDENED);
        for (unsigned i = 0; i < EVENTS_MAX; i++) {
            unsigned at = (unsigned)prng_below(round, i, i + 1);

            order[i] = order[at];
            order[at] = i;
        }
        for (unsigned i = 0; i < EVENTS_MAX; i++) {
            tell(order[i]);
        }
        ck_assert(knows(0) && knows(1) && knows(2));
        ck_assert_uint_eq(it.count, 5);
        mind_free(it.mind);
    }
}
END_TEST

START_TEST(too_many_guesses_are_owned_up_to)
{
    open_mind(VARIANT_LITERAL);
    mind_show(it.mind, 0, fp_of(0));
    leak_e2e(0);
    for (unsigned i = 0; i < 16; i++) {
        uint8_t rand[16] = {(uint8_t)i};

        hear_rand(1, rand);
        hear_rand(1, rand); /* a repetition is no news */
        ck_assert(mind_is_whole(it.mind));
    }
    hear_rand(1, chain.rand[1]);
    ck_assert(!mind_is_whole(it.mind));
    mind_free(it.mind);
}
END_TEST

Suite *test_mind_suite(void)
{
    Suite *s = suite_create("mind");
    TCase *t = tcase_create("rules");

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_loop_test(t, a_key_and_the_rands_give_all_later_keys, 0, VARIANT_COUNT);
    tcase_add_loop_test(t, a_later_key_gives_no_earlier_one, 0, VARIANT_COUNT);
    tcase_add_loop_test(t, without_the_rand_a_key_gives_nothing, 0, VARIANT_COUNT);
    tcase_add_loop_test(t, a_key_that_no_end_has_shown_does_not_count, 0, VARIANT_COUNT);
    tcase_add_test(t, a_hardened_rand_is_for_one_epoch);
    tcase_add_test(t, a_rand_of_his_own_makes_the_next_key_too);
    tcase_add_loop_test(t, an_e2m_keyset_gives_the_first_key, 0, VARIANT_COUNT);
    tcase_add_test(t, the_algorithms_are_those_of_the_same_run);
    tcase_add_test(t, a_sealed_rand_opens_with_the_e2m_keyset_only);
    tcase_add_test(t, a_rand_under_another_seal_stays_closed);
    tcase_add_test(t, a_masked_rand_needs_the_e2m_keyset);
    tcase_add_test(t, the_card_s_key_and_a_challenge_give_the_e2m_keyset);
    tcase_add_test(t, an_access_vector_can_be_leaked);
    tcase_add_loop_test(t, a_plain_text_is_known_once_its_key_is, 0, VARIANT_COUNT);
    tcase_add_loop_test(t, what_is_not_ciphered_needs_no_key, 0, VARIANT_COUNT);
    tcase_add_test(t, the_order_of_facts_makes_no_difference);
    tcase_add_test(t, too_many_guesses_are_owned_up_to);
    suite_add_tcase(s, t);
    return s;
}
