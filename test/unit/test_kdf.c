#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "common/crypto/aka.h"
#include "common/crypto/kdf.h"
#include "common/crypto/sha256.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <signal.h>
#include <string.h>

Suite *test_kdf_suite(void);

static void check_ck_prime(const struct vector *v)
{
    enum { FC_CK_PRIME = 0x20 };
    struct ident network = vector_ident(v, "network");
    uint8_t autn[16];
    uint8_t key[32];
    uint8_t out[KDF_OUT_LEN];
    const struct kdf_param p[] = {KDF_IDENT(&network), {autn, 6}};

    vector_octets(v, "autn", autn, sizeof autn);
    vector_octets(v, "ck", key, 16);
    vector_octets(v, "ik", key + 16, 16);
    kdf(key, sizeof key, FC_CK_PRIME, p, COUNT_OF(p), out);
    vector_expect(v, "ck_prime", out, 16);
    vector_expect(v, "ik_prime", out + 16, 16);
}

START_TEST(ck_prime_and_ik_prime_are_those_of_rfc_5448)
{
    ck_assert_uint_eq(vector_each("ck_prime.txt", check_ck_prime), 4);
}
END_TEST

static void check_k_asme(const struct vector *v)
{
    uint8_t ck[16];
    uint8_t ik[16];
    uint8_t plmn[3];
    uint8_t sqn_xor_ak[6];
    uint8_t s[KDF_INPUT_MAX];
    uint8_t out[KDF_OUT_LEN];
    const struct kdf_param p[] = {KDF_OCTETS(plmn), KDF_OCTETS(sqn_xor_ak)};

    vector_octets(v, "ck", ck, sizeof ck);
    vector_octets(v, "ik", ik, sizeof ik);
    vector_octets(v, "plmn", plmn, sizeof plmn);
    vector_octets(v, "sqn_xor_ak", sqn_xor_ak, sizeof sqn_xor_ak);
    vector_expect(v, "input", s, kdf_input(FC_K_ASME, p, COUNT_OF(p), s));
    aka_k_asme(ck, ik, plmn, sqn_xor_ak, out);
    vector_expect(v, "k_asme", out, sizeof out);
}

START_TEST(k_asme_binds_the_serving_network)
{
    ck_assert_uint_eq(vector_each("kdf.txt", check_k_asme), 1);
}
END_TEST

START_TEST(a_private_fc_takes_two_octets_and_an_allocated_one_takes_one)
{
    uint8_t s[KDF_INPUT_MAX];

    ck_assert_uint_eq(kdf_input(FC_K_ASME, NULL, 0, s), 1);
    ck_assert_mem_eq(s, "\x10", 1);
    ck_assert_uint_eq(kdf_input(FC_RAND, NULL, 0, s), 2);
    ck_assert_mem_eq(s, "\xff\xf7", 2);
}
END_TEST

START_TEST(an_empty_parameter_still_has_its_length)
{
    const struct kdf_param p[] = {{NULL, 0}, KDF_TEXT("ab"), {"", 0}};
    uint8_t s[KDF_INPUT_MAX];

    ck_assert_uint_eq(kdf_input(FC_MASK, p, COUNT_OF(p), s), 10);
    ck_assert_mem_eq(s, "\xff\xf6\0\0ab\0\2\0\0", 10);
}
END_TEST

START_TEST(moving_an_octet_between_parameters_changes_the_input)
{
    const struct kdf_param a[] = {KDF_TEXT("ab"), KDF_TEXT("c")};
    const struct kdf_param b[] = {KDF_TEXT("a"), KDF_TEXT("bc")};
    uint8_t s[KDF_INPUT_MAX];
    uint8_t t[KDF_INPUT_MAX];
    size_t len = kdf_input(FC_E2M, a, 2, s);

    ck_assert_uint_eq(kdf_input(FC_E2M, b, 2, t), len);
    ck_assert_mem_ne(s, t, len);
}
END_TEST

START_TEST(lengths_are_big_endian_and_fill_the_limit_exactly)
{
    uint8_t big[KDF_INPUT_MAX - 4] = {0x5a};
    const struct kdf_param p[] = {KDF_OCTETS(big)};
    uint8_t s[KDF_INPUT_MAX];

    ck_assert_uint_eq(kdf_input(FC_E2M, p, 1, s), KDF_INPUT_MAX);
    ck_assert_uint_eq(get_be16(s + KDF_INPUT_MAX - 2), sizeof big);
}
END_TEST

START_TEST(an_input_over_the_limit_is_our_bug)
{
    uint8_t big[KDF_INPUT_MAX - 3] = {0};
    const struct kdf_param p[] = {KDF_OCTETS(big)};
    uint8_t s[KDF_INPUT_MAX];

    kdf_input(FC_E2M, p, 1, s);
}
END_TEST

START_TEST(the_key_may_be_overwritten_by_the_result)
{
    const struct kdf_param p[] = {KDF_TEXT("x")};
    uint8_t key[32];
    uint8_t want[32];

    prng_fill(1, key, sizeof key);
    kdf(key, sizeof key, FC_E2M, p, 1, want);
    kdf(key, sizeof key, FC_E2M, p, 1, key);
    ck_assert_mem_eq(key, want, sizeof key);
}
END_TEST

START_TEST(a_traffic_key_is_the_last_half_of_the_kdf)
{
    uint8_t key[32];
    uint8_t got[16];
    uint8_t want[32];

    prng_fill(2, key, sizeof key);
    hmac_sha256(key, sizeof key, "\xff\xf5int-ul\0\6\1\0\1", 13, want);
    kdf_traffic(key, "int-ul", 1, got);
    ck_assert_mem_eq(got, want + 16, sizeof got);
}
END_TEST

Suite *test_kdf_suite(void)
{
    Suite *s = suite_create("kdf");
    TCase *tc = tcase_create("kdf");

    tcase_add_test(tc, ck_prime_and_ik_prime_are_those_of_rfc_5448);
    tcase_add_test(tc, k_asme_binds_the_serving_network);
    tcase_add_test(tc, a_private_fc_takes_two_octets_and_an_allocated_one_takes_one);
    tcase_add_test(tc, an_empty_parameter_still_has_its_length);
    tcase_add_test(tc, moving_an_octet_between_parameters_changes_the_input);
    tcase_add_test(tc, lengths_are_big_endian_and_fill_the_limit_exactly);
    tcase_add_test_raise_signal(tc, an_input_over_the_limit_is_our_bug, SIGABRT);
    tcase_add_test(tc, the_key_may_be_overwritten_by_the_result);
    tcase_add_test(tc, a_traffic_key_is_the_last_half_of_the_kdf);
    suite_add_tcase(s, tc);
    return s;
}
