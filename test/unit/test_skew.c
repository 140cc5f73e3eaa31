#include "common/node/skew.h"

#include <check.h>

Suite *test_skew_suite(void);

#define YEAR_US (UINT64_C(365) * 24 * 3600 * 1000000)

START_TEST(a_clock_that_is_right_shows_the_true_time)
{
    const struct skew right = {0};

    ck_assert_uint_eq(skew_local(&right, 0), 0);
    ck_assert_uint_eq(skew_local(&right, 1234567), 1234567);
    ck_assert_uint_eq(skew_real(&right, 1234567), 1234567);
    ck_assert_uint_eq(skew_real(&right, UINT64_MAX), UINT64_MAX);
}
END_TEST

START_TEST(a_fast_clock_reaches_a_deadline_early_and_a_slow_one_late)
{
    const struct skew right = {0};
    const struct skew fast = skew_change(&right, 1000000, 1000000, 0);
    const struct skew slow = skew_change(&right, 1000000, -500000, 0);

    ck_assert_uint_eq(skew_local(&fast, 1000000), 1000000);
    ck_assert_uint_eq(skew_local(&fast, 2000000), 3000000);
    ck_assert_uint_eq(skew_real(&fast, 3000000), 2000000);
    ck_assert_uint_eq(skew_local(&slow, 2000000), 1500000);
    ck_assert_uint_eq(skew_real(&slow, 1500000), 2000000);
}
END_TEST

START_TEST(a_deadline_is_met_at_its_true_time_and_not_one_before)
{
    static const int32_t rates[] = {SKEW_PPM_MIN, -333333, -1, 0, 1, 7, 333333, SKEW_PPM_MAX};

    for (unsigned i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        const struct skew s = {.real_us = 5, .local_us = 77, .ppm = rates[i]};

        for (uint64_t local = 78; local < 300 * YEAR_US; local = local * 3 + 1) {
            uint64_t real = skew_real(&s, local);

            ck_assert_uint_ge(skew_local(&s, real), local);
            ck_assert_uint_lt(skew_local(&s, real - 1), local);
        }
    }
}
END_TEST

START_TEST(a_jump_moves_it_and_a_second_change_goes_on_from_there)
{
    const struct skew right = {0};
    const struct skew ahead = skew_change(&right, 2000000, 0, 5000000);
    const struct skew back = skew_change(&ahead, 3000000, 100000, -1000000);
    const struct skew zero = skew_change(&right, 2000000, 0, -9000000);

    ck_assert_uint_eq(skew_local(&ahead, 3000000), 8000000);
    ck_assert_uint_eq(skew_real(&ahead, 6000000), 2000000); /* due at once */
    ck_assert_uint_eq(skew_local(&back, 3000000), 7000000);
    ck_assert_uint_eq(skew_local(&back, 4000000), 8100000);
    ck_assert_uint_eq(skew_local(&zero, 2000000), 0);
}
END_TEST

Suite *test_skew_suite(void)
{
    Suite *s = suite_create("skew");
    TCase *t = tcase_create("skew");

    tcase_add_test(t, a_clock_that_is_right_shows_the_true_time);
    tcase_add_test(t, a_fast_clock_reaches_a_deadline_early_and_a_slow_one_late);
    tcase_add_test(t, a_deadline_is_met_at_its_true_time_and_not_one_before);
    tcase_add_test(t, a_jump_moves_it_and_a_second_change_goes_on_from_there);
    suite_add_tcase(s, t);
    return s;
}
