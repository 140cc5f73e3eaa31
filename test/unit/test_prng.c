#include "common/base/ensure.h"
#include "common/base/prng.h"

#include <check.h>
#include <string.h>

Suite *test_prng_suite(void);

START_TEST(a_stream_is_the_published_splitmix64)
{
    /* Outputs of the reference program (Vigna) for the seed 1234567. */
    static const uint64_t want[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };

    for (uint64_t i = 0; i < COUNT_OF(want); i++) {
        ck_assert_uint_eq(prng_draw(1234567, i), want[i]);
    }
}
END_TEST

START_TEST(keys_never_change_between_versions)
{
    /* Recorded: a seed in a bug report must mean the same run for ever. */
    ck_assert_uint_eq(prng_key(1, 2), UINT64_C(0x5f77162e6ff25f13));
    ck_assert_uint_eq(prng_key_text(7, "link"), UINT64_C(0x015e8fc0ef93cbcd));
}
END_TEST

START_TEST(order_matters_in_a_key)
{
    ck_assert_uint_ne(prng_key(1, 2), prng_key(2, 1));
    ck_assert_uint_ne(prng_key(prng_key(0, 1), 2), prng_key(prng_key(0, 2), 1));
    ck_assert_uint_ne(prng_key_text(0, "ab"), prng_key_text(0, "ba"));
    ck_assert_uint_ne(prng_key_text(0, "ab"), prng_key_text(0, "a"));
}
END_TEST

START_TEST(an_empty_text_leaves_the_key)
{
    ck_assert_uint_eq(prng_key_text(42, ""), 42);
}
END_TEST

START_TEST(draws_stay_below_the_bound)
{
    static const uint64_t bound[] = {1, 2, 3, 7, 1000000, UINT64_C(1) << 63, UINT64_MAX};

    for (size_t b = 0; b < COUNT_OF(bound); b++) {
        for (uint64_t i = 0; i < 1000; i++) {
            ck_assert_uint_lt(prng_below(b, i, bound[b]), bound[b]);
        }
    }
}
END_TEST

START_TEST(every_value_below_a_bound_comes_up_about_equally_often)
{
    unsigned seen[10] = {0};

    for (uint64_t i = 0; i < 10000; i++) {
        seen[prng_below(5, i, 10)]++;
    }
    for (unsigned v = 0; v < 10; v++) {
        ck_assert_uint_gt(seen[v], 900);
        ck_assert_uint_lt(seen[v], 1100);
    }
}
END_TEST

START_TEST(a_short_fill_is_the_start_of_a_long_one)
{
    uint8_t whole[40];

    prng_fill(9, whole, sizeof whole);
    for (size_t len = 0; len < sizeof whole; len++) {
        uint8_t part[41];

        memset(part, 0xee, sizeof part);
        prng_fill(9, part, len);
        ck_assert_mem_eq(part, whole, len);
        ck_assert_uint_eq(part[len], 0xee);
    }
}
END_TEST

START_TEST(a_fill_is_the_draws_low_octet_first)
{
    uint8_t out[16];

    prng_fill(9, out, sizeof out);
    for (unsigned i = 0; i < sizeof out; i++) {
        ck_assert_uint_eq(out[i], prng_draw(9, i / 8) >> (8 * (i % 8)) & 0xff);
    }
}
END_TEST

Suite *test_prng_suite(void)
{
    Suite *s = suite_create("prng");
    TCase *tc = tcase_create("prng");

    tcase_add_test(tc, a_stream_is_the_published_splitmix64);
    tcase_add_test(tc, keys_never_change_between_versions);
    tcase_add_test(tc, order_matters_in_a_key);
    tcase_add_test(tc, an_empty_text_leaves_the_key);
    tcase_add_test(tc, draws_stay_below_the_bound);
    tcase_add_test(tc, every_value_below_a_bound_comes_up_about_equally_often);
    tcase_add_test(tc, a_short_fill_is_the_start_of_a_long_one);
    tcase_add_test(tc, a_fill_is_the_draws_low_octet_first);
    suite_add_tcase(s, tc);
    return s;
}
