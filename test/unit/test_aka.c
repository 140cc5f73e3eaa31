#include "common/base/prng.h"
#include "common/crypto/aka.h"
#include "common/crypto/milenage.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <signal.h>
#include <string.h>

Suite *test_aka_suite(void);

#define SEQ_MAX ((UINT64_C(1) << 43) - 1)

static const struct aka_secret secret = {.k = {1, 2, 3}, .opc = {4, 5, 6}, .amf = {0x80, 0x00}};
static const uint8_t challenge[16] = {7, 8, 9};

static uint64_t sqn(uint64_t seq, unsigned ind)
{
    return seq << AKA_IND_BITS | ind;
}

/* What the card says to an honest challenge with SEQ |seq| and IND |ind|; a fresh one is used. */
static enum err offer(struct usim_sqn *usim, uint64_t seq, unsigned ind, struct aka_answer *a)
{
    struct aka_vector v;
    enum err e;

    aka_vector(&secret, challenge, sqn(seq, ind), secret.amf, &v);
    e = aka_check(&secret, usim, challenge, v.autn, a);
    if (e == ERR_OK) {
        ck_assert_uint_eq(a->sqn, sqn(seq, ind));
        aka_accept(usim, a->sqn);
    }
    return e;
}

static void expect(struct usim_sqn *usim, uint64_t seq, unsigned ind, enum err want)
{
    struct aka_answer a;
    enum err e = offer(usim, seq, ind, &a);

    ck_assert_msg(e == want, "SEQ %llu IND %u: %s", (unsigned long long)seq, ind, err_words(e));
}

static struct aka_secret secret_of(const struct vector *v)
{
    struct aka_secret s = {.amf = {0, 0}};

    vector_octets(v, "k", s.k, sizeof s.k);
    vector_octets(v, "opc", s.opc, sizeof s.opc);
    return s;
}

static void check_autn(const struct vector *v)
{
    struct aka_secret s = secret_of(v);
    struct aka_vector got;
    uint8_t rand[16];
    uint8_t sqn6[6];
    uint8_t amf[2];

    vector_octets(v, "rand", rand, sizeof rand);
    vector_octets(v, "sqn", sqn6, sizeof sqn6);
    vector_octets(v, "amf", amf, sizeof amf);
    aka_vector(&s, rand, get_be48(sqn6), amf, &got);
    ck_assert_mem_eq(got.rand, rand, sizeof rand);
    vector_expect(v, "autn", got.autn, sizeof got.autn);
    vector_expect(v, "f2", got.xres, sizeof got.xres);
    vector_expect(v, "f3", got.ck, sizeof got.ck);
    vector_expect(v, "f4", got.ik, sizeof got.ik);
    ck_assert_mem_eq(got.sqn_xor_ak, got.autn, 6);
}

START_TEST(a_vector_is_that_of_the_published_sets)
{
    ck_assert_uint_eq(vector_each("milenage.txt", check_autn), 20);
}
END_TEST

static void check_answer(const struct vector *v)
{
    struct aka_secret s = secret_of(v);
    struct usim_sqn usim = {{0}};
    struct aka_answer a;
    uint8_t rand[16];
    uint8_t sqn6[6];
    uint8_t autn[16];

    vector_octets(v, "rand", rand, sizeof rand);
    vector_octets(v, "sqn", sqn6, sizeof sqn6);
    vector_octets(v, "autn", autn, sizeof autn);
    aka_accept(&usim, get_be48(sqn6) - (1 << AKA_IND_BITS)); /* the published SQN are high */
    ck_assert_int_eq(aka_check(&s, &usim, rand, autn, &a), ERR_OK);
    ck_assert_uint_eq(a.sqn, get_be48(sqn6));
    vector_expect(v, "amf", a.amf, sizeof a.amf);
    vector_expect(v, "f2", a.res, sizeof a.res);
    vector_expect(v, "f3", a.ck, sizeof a.ck);
    vector_expect(v, "f4", a.ik, sizeof a.ik);
    ck_assert_mem_eq(a.sqn_xor_ak, autn, 6);
    ck_assert(bytes_all_zero(a.auts, sizeof a.auts));
}

START_TEST(the_card_answers_the_published_challenges)
{
    ck_assert_uint_eq(vector_each("milenage.txt", check_answer), 20);
}
END_TEST

static void check_auts(const struct vector *v)
{
    struct aka_secret s = secret_of(v);
    struct usim_sqn usim = {{0}};
    struct aka_answer a;
    struct aka_vector old;
    uint8_t rand[16];
    uint8_t sqn6[6];
    uint64_t sqn_ms;

    if (!vector_has(v, "auts")) {
        return;
    }
    vector_octets(v, "rand", rand, sizeof rand);
    vector_octets(v, "sqn", sqn6, sizeof sqn6);
    aka_accept(&usim, get_be48(sqn6));
    aka_vector(&s, rand, get_be48(sqn6), s.amf, &old);
    ck_assert_int_eq(aka_check(&s, &usim, rand, old.autn, &a), ERR_SQN_NOT_FRESH);
    vector_expect(v, "auts", a.auts, sizeof a.auts);
    ck_assert_int_eq(aka_auts_open(&s, rand, a.auts, &sqn_ms), ERR_OK);
    ck_assert_uint_eq(sqn_ms, get_be48(sqn6));
}

START_TEST(auts_is_that_of_the_published_sets)
{
    ck_assert_uint_eq(vector_each("milenage.txt", check_auts), 20);
}
END_TEST

static void check_resync(const struct vector *v)
{
    struct aka_secret s = secret_of(v);
    struct aka_vector next;
    uint8_t rand[16];
    uint8_t auts[14];
    uint8_t sqn6[6];
    uint64_t sqn_ms;

    vector_octets(v, "rand", rand, sizeof rand);
    vector_octets(v, "auts", auts, sizeof auts);
    ck_assert_int_eq(aka_auts_open(&s, rand, auts, &sqn_ms), ERR_OK);
    put_be48(sqn6, sqn_ms);
    vector_expect(v, "sqn_ms", sqn6, sizeof sqn6);

    vector_octets(v, "next_rand", rand, sizeof rand);
    vector_octets(v, "next_sqn", sqn6, sizeof sqn6);
    aka_vector(&s, rand, get_be48(sqn6), s.amf, &next);
    vector_expect(v, "next_autn", next.autn, sizeof next.autn);
    vector_expect(v, "next_res", next.xres, sizeof next.xres);
    vector_expect(v, "next_ck", next.ck, sizeof next.ck);
    vector_expect(v, "next_ik", next.ik, sizeof next.ik);
}

START_TEST(resynchronisation_is_that_of_osmo_hlr)
{
    ck_assert_uint_eq(vector_each("resync.txt", check_resync), 1);
}
END_TEST

START_TEST(one_bit_changed_in_rand_or_autn_is_refused_and_shows_nothing)
{
    const struct usim_sqn usim = {{0}};
    struct aka_vector v;
    struct aka_answer a;
    struct aka_answer untouched;

    memset(&a, 0xee, sizeof a);
    untouched = a;
    aka_vector(&secret, challenge, sqn(1, 0), secret.amf, &v);
    for (size_t bit = 0; bit < 8 * 32; bit++) {
        uint8_t *octet = bit < 8 * 16 ? &v.rand[bit / 8] : &v.autn[bit / 8 - 16];

        *octet ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_eq(aka_check(&secret, &usim, v.rand, v.autn, &a), ERR_BAD_AUTN);
        ck_assert_mem_eq(&a, &untouched, sizeof a);
        *octet ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert_int_eq(aka_check(&secret, &usim, v.rand, v.autn, &a), ERR_OK);
}
END_TEST

START_TEST(another_key_or_opc_is_refused)
{
    const struct usim_sqn usim = {{0}};
    struct aka_secret other = secret;
    struct aka_vector v;
    struct aka_answer a;

    aka_vector(&secret, challenge, sqn(1, 0), secret.amf, &v);
    other.k[15] ^= 1;
    ck_assert_int_eq(aka_check(&other, &usim, v.rand, v.autn, &a), ERR_BAD_AUTN);
    other = secret;
    other.opc[0] ^= 0x80;
    ck_assert_int_eq(aka_check(&other, &usim, v.rand, v.autn, &a), ERR_BAD_AUTN);
}
END_TEST

START_TEST(mac_a_comes_before_sqn)
{
    struct usim_sqn usim = {{0}};
    struct aka_vector v;
    struct aka_answer a;

    aka_accept(&usim, sqn(9, 0));
    aka_vector(&secret, challenge, sqn(3, 0), secret.amf, &v);
    v.autn[15] ^= 1;
    /* Old and forged at once: a card that spoke of SQN here would answer anybody with an AUTS. */
    ck_assert_int_eq(aka_check(&secret, &usim, v.rand, v.autn, &a), ERR_BAD_AUTN);
}
END_TEST

START_TEST(checking_alone_uses_nothing_up)
{
    const struct usim_sqn usim = {{0}};
    struct aka_vector v;
    struct aka_answer a;

    aka_vector(&secret, challenge, sqn(1, 0), secret.amf, &v);
    ck_assert_int_eq(aka_check(&secret, &usim, v.rand, v.autn, &a), ERR_OK);
    ck_assert_int_eq(aka_check(&secret, &usim, v.rand, v.autn, &a), ERR_OK);
}
END_TEST

START_TEST(a_stale_challenge_yields_auts_and_no_key)
{
    struct usim_sqn usim = {{0}};
    struct aka_answer a;
    uint64_t sqn_ms = 0;

    expect(&usim, 5, 3, ERR_OK);
    ck_assert_int_eq(offer(&usim, 5, 3, &a), ERR_SQN_NOT_FRESH);
    ck_assert(bytes_all_zero(a.res, sizeof a.res));
    ck_assert(bytes_all_zero(a.ck, sizeof a.ck));
    ck_assert(bytes_all_zero(a.ik, sizeof a.ik));
    ck_assert_uint_eq(a.sqn, sqn(5, 3));
    ck_assert_int_eq(aka_auts_open(&secret, challenge, a.auts, &sqn_ms), ERR_OK);
    ck_assert_uint_eq(sqn_ms, sqn(5, 3));
}
END_TEST

START_TEST(each_ind_has_its_own_order)
{
    struct usim_sqn usim = {{0}};

    /* The example of libosmocore: 32, 64, 33 in that order are all good; 32, 96, 64 are not. */
    expect(&usim, 1, 0, ERR_OK);
    expect(&usim, 2, 0, ERR_OK);
    expect(&usim, 1, 1, ERR_OK);
    memset(&usim, 0, sizeof usim);
    expect(&usim, 1, 0, ERR_OK);
    expect(&usim, 3, 0, ERR_OK);
    expect(&usim, 2, 0, ERR_SQN_NOT_FRESH);
}
END_TEST

START_TEST(a_late_e2m_vector_survives_a_newer_access_vector)
{
    struct usim_sqn usim = {{0}};

    expect(&usim, 1000, AKA_IND_ACCESS, ERR_OK);
    expect(&usim, 1, AKA_IND_E2M, ERR_OK);
    expect(&usim, 1, AKA_IND_E2M, ERR_SQN_NOT_FRESH);
}
END_TEST

START_TEST(seq_0_is_never_fresh)
{
    struct usim_sqn usim = {{0}};
    struct aka_answer a;
    uint64_t sqn_ms = 1;

    for (unsigned ind = 0; ind < AKA_IND_COUNT; ind++) {
        ck_assert_int_eq(offer(&usim, 0, ind, &a), ERR_SQN_NOT_FRESH);
        ck_assert_int_eq(aka_auts_open(&secret, challenge, a.auts, &sqn_ms), ERR_OK);
        ck_assert_uint_eq(sqn_ms, 0);
    }
}
END_TEST

START_TEST(a_jump_of_delta_is_taken_and_one_more_is_not)
{
    struct usim_sqn usim = {{0}};

    expect(&usim, AKA_DELTA + 1, 0, ERR_SQN_NOT_FRESH);
    expect(&usim, AKA_DELTA, 0, ERR_OK);
    expect(&usim, 2 * AKA_DELTA + 1, 1, ERR_SQN_NOT_FRESH);
    expect(&usim, 2 * AKA_DELTA, 1, ERR_OK);
}
END_TEST

START_TEST(the_jump_counts_from_the_highest_of_all_ind)
{
    struct usim_sqn usim = {{0}};

    expect(&usim, AKA_DELTA, 7, ERR_OK);
    /* From the entry of IND 9, which is 0, this would be too far. */
    expect(&usim, 2 * AKA_DELTA, 9, ERR_OK);
}
END_TEST

START_TEST(an_old_vector_is_not_a_huge_jump)
{
    struct usim_sqn usim = {{0}};

    aka_accept(&usim, sqn(SEQ_MAX, 0));
    expect(&usim, 1, 1, ERR_OK); /* there is no age limit */
    expect(&usim, SEQ_MAX, 1, ERR_OK);
    expect(&usim, SEQ_MAX, 1, ERR_SQN_NOT_FRESH);
}
END_TEST

START_TEST(sqn_ms_is_the_highest_accepted_with_its_ind)
{
    struct usim_sqn usim = {{0}};
    struct aka_answer a;
    uint64_t sqn_ms = 0;

    expect(&usim, 10, 4, ERR_OK);
    expect(&usim, 12, 20, ERR_OK);
    expect(&usim, 11, 31, ERR_OK);
    ck_assert_int_eq(offer(&usim, 10, 4, &a), ERR_SQN_NOT_FRESH);
    ck_assert_int_eq(aka_auts_open(&secret, challenge, a.auts, &sqn_ms), ERR_OK);
    ck_assert_uint_eq(sqn_ms, sqn(12, 20));
}
END_TEST

START_TEST(one_bit_changed_in_auts_or_rand_is_refused)
{
    struct usim_sqn usim = {{0}};
    struct aka_answer a;
    uint8_t rand[16];
    uint64_t sqn_ms = 42;

    memcpy(rand, challenge, sizeof rand);
    expect(&usim, 5, 0, ERR_OK);
    ck_assert_int_eq(offer(&usim, 5, 0, &a), ERR_SQN_NOT_FRESH);
    for (size_t bit = 0; bit < 8 * 30; bit++) {
        uint8_t *octet = bit < 8 * 14 ? &a.auts[bit / 8] : &rand[bit / 8 - 14];

        *octet ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_eq(aka_auts_open(&secret, rand, a.auts, &sqn_ms), ERR_BAD_AUTS);
        ck_assert_uint_eq(sqn_ms, 42);
        *octet ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert_int_eq(aka_auts_open(&secret, rand, a.auts, &sqn_ms), ERR_OK);
}
END_TEST

START_TEST(a_resync_leads_back_to_a_fresh_vector)
{
    struct usim_sqn usim = {{0}};
    struct aka_answer a;
    uint64_t hss = sqn(3, 0); /* the HSS has been restored from an old copy */
    uint64_t sqn_ms = 0;

    expect(&usim, 700, AKA_IND_ACCESS, ERR_OK);
    expect(&usim, 699, AKA_IND_E2M, ERR_OK);
    ck_assert_int_eq(aka_sqn_next(hss, AKA_IND_E2M, &hss), ERR_OK);
    ck_assert_int_eq(offer(&usim, hss >> AKA_IND_BITS, AKA_IND_E2M, &a), ERR_SQN_NOT_FRESH);
    ck_assert_int_eq(aka_auts_open(&secret, challenge, a.auts, &sqn_ms), ERR_OK);
    ck_assert_int_eq(aka_sqn_next(sqn_ms, AKA_IND_E2M, &hss), ERR_OK);
    expect(&usim, hss >> AKA_IND_BITS, AKA_IND_E2M, ERR_OK);
}
END_TEST

START_TEST(the_next_sqn_has_the_next_seq_and_the_ind_asked_for)
{
    uint64_t next;

    ck_assert_int_eq(aka_sqn_next(0, 0, &next), ERR_OK);
    ck_assert_uint_eq(next, 32);
    ck_assert_int_eq(aka_sqn_next(32, 31, &next), ERR_OK);
    ck_assert_uint_eq(next, 64 + 31);
    ck_assert_int_eq(aka_sqn_next(95, 16, &next), ERR_OK);
    ck_assert_uint_eq(next, 96 + 16);
}
END_TEST

START_TEST(seq_ends_instead_of_wrapping)
{
    uint64_t next = 1;

    ck_assert_int_eq(aka_sqn_next(sqn(SEQ_MAX, 0), 0, &next), ERR_EXHAUSTED);
    ck_assert_uint_eq(next, 1);
    ck_assert_int_eq(aka_sqn_next(sqn(SEQ_MAX - 1, 31), 0, &next), ERR_OK);
    ck_assert_uint_eq(next, sqn(SEQ_MAX, 0));
}
END_TEST

START_TEST(an_ind_of_6_bits_is_our_bug)
{
    uint64_t next;

    (void)!aka_sqn_next(0, AKA_IND_COUNT, &next);
}
END_TEST

START_TEST(the_purpose_bits_are_read_back_and_cannot_be_changed)
{
    const struct usim_sqn usim = {{0}};
    uint8_t amf[2];
    struct aka_vector v;
    struct aka_answer a;

    put_be16(amf, AKA_AMF_E2M);
    aka_vector(&secret, challenge, sqn(1, AKA_IND_E2M), amf, &v);
    ck_assert_int_eq(aka_check(&secret, &usim, v.rand, v.autn, &a), ERR_OK);
    ck_assert_uint_eq(get_be16(a.amf), AKA_AMF_E2M);
    put_be16(v.autn + 6, AKA_AMF_SEPARATION);
    ck_assert_int_eq(aka_check(&secret, &usim, v.rand, v.autn, &a), ERR_BAD_AUTN);
}
END_TEST

static TCase *vectors(void)
{
    TCase *tc = tcase_create("vectors");

    tcase_add_test(tc, a_vector_is_that_of_the_published_sets);
    tcase_add_test(tc, the_card_answers_the_published_challenges);
    tcase_add_test(tc, auts_is_that_of_the_published_sets);
    tcase_add_test(tc, resynchronisation_is_that_of_osmo_hlr);
    return tc;
}

static TCase *tampering(void)
{
    TCase *tc = tcase_create("tampering");

    tcase_add_test(tc, one_bit_changed_in_rand_or_autn_is_refused_and_shows_nothing);
    tcase_add_test(tc, another_key_or_opc_is_refused);
    tcase_add_test(tc, mac_a_comes_before_sqn);
    tcase_add_test(tc, checking_alone_uses_nothing_up);
    tcase_add_test(tc, one_bit_changed_in_auts_or_rand_is_refused);
    tcase_add_test(tc, the_purpose_bits_are_read_back_and_cannot_be_changed);
    return tc;
}

static TCase *sequence_numbers(void)
{
    TCase *tc = tcase_create("sequence numbers");

    tcase_add_test(tc, a_stale_challenge_yields_auts_and_no_key);
    tcase_add_test(tc, each_ind_has_its_own_order);
    tcase_add_test(tc, a_late_e2m_vector_survives_a_newer_access_vector);
    tcase_add_test(tc, seq_0_is_never_fresh);
    tcase_add_test(tc, a_jump_of_delta_is_taken_and_one_more_is_not);
    tcase_add_test(tc, the_jump_counts_from_the_highest_of_all_ind);
    tcase_add_test(tc, an_old_vector_is_not_a_huge_jump);
    tcase_add_test(tc, sqn_ms_is_the_highest_accepted_with_its_ind);
    tcase_add_test(tc, a_resync_leads_back_to_a_fresh_vector);
    tcase_add_test(tc, the_next_sqn_has_the_next_seq_and_the_ind_asked_for);
    tcase_add_test(tc, seq_ends_instead_of_wrapping);
    tcase_add_test_raise_signal(tc, an_ind_of_6_bits_is_our_bug, SIGABRT);
    return tc;
}

Suite *test_aka_suite(void)
{
    Suite *s = suite_create("aka");

    suite_add_tcase(s, vectors());
    suite_add_tcase(s, tampering());
    suite_add_tcase(s, sequence_numbers());
    return s;
}
