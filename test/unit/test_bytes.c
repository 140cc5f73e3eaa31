#include "common/base/bytes.h"

#include <check.h>
#include <string.h>

Suite *test_bytes_suite(void);

START_TEST(numbers_are_big_endian)
{
    static const uint8_t want[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    uint8_t out[8];

    put_be16(out, 0x0123);
    ck_assert_mem_eq(out, want, 2);
    put_be32(out, 0x01234567);
    ck_assert_mem_eq(out, want, 4);
    put_be48(out, UINT64_C(0x0123456789ab));
    ck_assert_mem_eq(out, want, 6);
    put_be64(out, UINT64_C(0x0123456789abcdef));
    ck_assert_mem_eq(out, want, 8);
    ck_assert_uint_eq(get_be16(want), 0x0123);
    ck_assert_uint_eq(get_be32(want), 0x01234567);
    ck_assert_uint_eq(get_be48(want), UINT64_C(0x0123456789ab));
    ck_assert_uint_eq(get_be64(want), UINT64_C(0x0123456789abcdef));
}
END_TEST

START_TEST(high_octets_survive_the_round_trip)
{
    uint8_t out[8];

    put_be16(out, UINT16_MAX);
    ck_assert_uint_eq(get_be16(out), UINT16_MAX);
    put_be32(out, UINT32_MAX);
    ck_assert_uint_eq(get_be32(out), UINT32_MAX);
    put_be64(out, UINT64_MAX);
    ck_assert_uint_eq(get_be64(out), UINT64_MAX);
}
END_TEST

START_TEST(be48_takes_the_low_48_bits)
{
    uint8_t out[7] = {[6] = 0x5a};

    put_be48(out, UINT64_C(0xffff000000000001));
    ck_assert_uint_eq(get_be48(out), 1);
    ck_assert_uint_eq(out[6], 0x5a);
}
END_TEST

START_TEST(a_difference_in_any_bit_is_unequal)
{
    uint8_t a[33];
    uint8_t b[33];

    for (size_t i = 0; i < sizeof a; i++) {
        a[i] = (uint8_t)(37 * i);
    }
    memcpy(b, a, sizeof b);
    ck_assert(bytes_equal(a, b, sizeof a));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert(!bytes_equal(a, b, sizeof a));
        ck_assert(bytes_equal(a, b, bit / 8)); /* the octets before it */
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert(bytes_equal(a, b, 0));
}
END_TEST

START_TEST(one_bit_anywhere_is_not_all_zero)
{
    uint8_t a[20] = {0};

    ck_assert(bytes_all_zero(a, sizeof a));
    ck_assert(bytes_all_zero(a, 0));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        a[bit / 8] = (uint8_t)(1 << bit % 8);
        ck_assert(!bytes_all_zero(a, sizeof a));
        a[bit / 8] = 0;
    }
}
END_TEST

START_TEST(wiping_keeps_to_its_length)
{
    uint8_t a[10];

    memset(a, 0xff, sizeof a);
    bytes_wipe(a + 1, 8);
    ck_assert(bytes_all_zero(a + 1, 8));
    ck_assert_uint_eq(a[0], 0xff);
    ck_assert_uint_eq(a[9], 0xff);
}
END_TEST

START_TEST(hex_is_lower_case_and_terminated)
{
    static const uint8_t in[] = {0x00, 0x9a, 0xbc, 0xff};
    char out[9];

    memset(out, 'x', sizeof out);
    hex_encode(in, sizeof in, out, sizeof out);
    ck_assert_str_eq(out, "009abcff");
    hex_encode(in, 0, out, sizeof out);
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(hex_is_read_in_either_case)
{
    uint8_t out[3];

    ck_assert_int_eq(hex_decode("aBCdE9", out, 3), ERR_OK);
    ck_assert_mem_eq(out, "\xab\xcd\xe9", 3);
    ck_assert_int_eq(hex_decode("", out, 0), ERR_OK);
}
END_TEST

START_TEST(wrong_hex_is_refused_and_leaves_the_output_alone)
{
    static const struct {
        const char *text;
        enum err want;
    } t[] = {
        {"", ERR_TRUNCATED},        {"aabbc", ERR_TRUNCATED}, {"aabbccd", ERR_OVERSIZE},
        {"aabbccdd", ERR_OVERSIZE}, {"aabbcg", ERR_BAD_HEX},  {"0xaabb", ERR_BAD_HEX},
        {" aabbc", ERR_BAD_HEX},    {"aabbc\n", ERR_BAD_HEX}, {"aa:bcc", ERR_BAD_HEX},
        {"aabb/c", ERR_BAD_HEX},    {"aabb`c", ERR_BAD_HEX},  {"aabb@c", ERR_BAD_HEX},
    };
    uint8_t out[3] = {1, 2, 3};

    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        ck_assert_msg(hex_decode(t[i].text, out, 3) == t[i].want, "'%s'", t[i].text);
        ck_assert_mem_eq(out, "\1\2\3", 3);
    }
}
END_TEST

START_TEST(identities_have_1_to_30_octets)
{
    struct ident id = {.len = 7, .s = "kept"};
    struct ident before = id;

    ck_assert_int_eq(ident_set(&id, ""), ERR_BAD_FIELD);
    ck_assert_int_eq(ident_set(&id, "0123456789012345678901234567890"), ERR_OVERSIZE);
    ck_assert_mem_eq(&id, &before, sizeof id);
    ck_assert_int_eq(ident_set(&id, "012345678901234567890123456789"), ERR_OK);
    ck_assert_uint_eq(id.len, 30);
    ck_assert_int_eq(ident_set(&id, "e"), ERR_OK);
    ck_assert_uint_eq(id.len, 1);
    ck_assert(bytes_all_zero(id.s + 1, IDENT_MAX));
}
END_TEST

START_TEST(an_identity_is_not_its_prefix)
{
    struct ident a;
    struct ident b;

    ck_assert_int_eq(ident_set(&a, "eese.plant1"), ERR_OK);
    ck_assert_int_eq(ident_set(&b, "eese.plant"), ERR_OK);
    ck_assert(!ident_equal(&a, &b));
    ck_assert_int_eq(ident_set(&b, "eese.plant2"), ERR_OK);
    ck_assert(!ident_equal(&a, &b));
    ck_assert_int_eq(ident_set(&b, "eese.plant1"), ERR_OK);
    ck_assert(ident_equal(&a, &b));
}
END_TEST

Suite *test_bytes_suite(void)
{
    Suite *s = suite_create("bytes");
    TCase *tc = tcase_create("bytes");

    tcase_add_test(tc, numbers_are_big_endian);
    tcase_add_test(tc, high_octets_survive_the_round_trip);
    tcase_add_test(tc, be48_takes_the_low_48_bits);
    tcase_add_test(tc, a_difference_in_any_bit_is_unequal);
    tcase_add_test(tc, one_bit_anywhere_is_not_all_zero);
    tcase_add_test(tc, wiping_keeps_to_its_length);
    tcase_add_test(tc, hex_is_lower_case_and_terminated);
    tcase_add_test(tc, hex_is_read_in_either_case);
    tcase_add_test(tc, wrong_hex_is_refused_and_leaves_the_output_alone);
    tcase_add_test(tc, identities_have_1_to_30_octets);
    tcase_add_test(tc, an_identity_is_not_its_prefix);
    suite_add_tcase(s, tc);
    return s;
}
