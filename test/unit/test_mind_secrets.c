/* What follows from K, against the vectors of TS 35.207, and what a key is good for. */
#include "test/unit/mind_world.h"

Suite *test_mind_secrets_suite(void);

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

Suite *test_mind_secrets_suite(void)
{
    Suite *s = suite_create("mind_secrets");
    TCase *t = tcase_create("secrets");

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, the_card_s_key_and_a_challenge_give_the_e2m_keyset);
    tcase_add_test(t, an_access_vector_can_be_leaked);
    tcase_add_loop_test(t, a_plain_text_is_known_once_its_key_is, 0, VARIANT_COUNT);
    tcase_add_loop_test(t, what_is_not_ciphered_needs_no_key, 0, VARIANT_COUNT);
    suite_add_tcase(s, t);
    return s;
}
