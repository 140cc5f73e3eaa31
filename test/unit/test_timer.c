#include "common/core/timer.h"

#include "common/base/ensure.h"

#include <check.h>
#include <string.h>

Suite *test_timer_suite(void);

static struct timing t;

START_TEST(every_entry_of_the_register_is_sane)
{
    const struct timer_info *info = &timer_info[_i];

    ck_assert_uint_gt(strlen(info->name), 0);
    ck_assert_uint_gt(strlen(info->rule), 0);
    ck_assert_uint_gt(strlen(info->words), 0);
    ck_assert_uint_le(info->min_ms, info->default_ms);
    ck_assert_uint_le(info->default_ms, info->cap_ms);
    ck_assert_uint_le(info->cap_ms, info->max_ms);
    ck_assert_int_eq(timer_by_name(info->name), _i);
}
END_TEST

START_TEST(an_unknown_name_is_no_timer)
{
    ck_assert_int_eq(timer_by_name("push"), TIMER_COUNT);
    ck_assert_int_eq(timer_by_name(""), TIMER_COUNT);
}
END_TEST

START_TEST(the_defaults_are_those_of_the_register)
{
    timing_default(&t);
    ck_assert_uint_eq(t.ms[TIMER_PUSH], 3000);
    ck_assert_uint_eq(t.cap_ms[TIMER_PUSH], 60000);
    ck_assert_uint_eq(t.ms[TIMER_OVERLAP], 10000);
    ck_assert_uint_eq(t.ms[TIMER_WAITKEY], 60000);
}
END_TEST

START_TEST(scaling_keeps_te2e_and_the_bounds)
{
    timing_default(&t);
    timing_scale(&t, 10);
    ck_assert_uint_eq(t.ms[TIMER_PUSH], 300);
    ck_assert_uint_eq(t.cap_ms[TIMER_PUSH], 6000);
    ck_assert_uint_eq(t.ms[TIMER_TE2E], timer_info[TIMER_TE2E].default_ms);
    ck_assert_uint_eq(t.ms[TIMER_SOFT], timer_info[TIMER_SOFT].default_ms);
    timing_scale(&t, 1);
    ck_assert_uint_eq(t.ms[TIMER_AV], timer_info[TIMER_AV].min_ms);
    timing_scale(&t, 10000);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        ck_assert_uint_le(t.ms[i], timer_info[i].max_ms);
        ck_assert_uint_le(t.ms[i], t.cap_ms[i]);
        ck_assert_uint_le(t.cap_ms[i], timer_info[i].max_ms);
    }
}
END_TEST

START_TEST(backoff_doubles_up_to_its_cap)
{
    static const unsigned ms[] = {500, 1000, 2000, 4000, 8000, 16000, 30000, 30000};

    timing_default(&t);
    for (unsigned i = 0; i < COUNT_OF(ms); i++) {
        uint64_t us = (uint64_t)ms[i] * 1000;

        ck_assert_uint_eq(timer_backoff_us(&t, TIMER_FWD, i, 0), us - us / 4);
        ck_assert_uint_eq(timer_backoff_us(&t, TIMER_FWD, i, 255), us + us / 4);
        ck_assert_uint_ge(timer_backoff_us(&t, TIMER_FWD, i, 127), us - us / 100);
        ck_assert_uint_le(timer_backoff_us(&t, TIMER_FWD, i, 128), us + us / 100);
    }
    ck_assert_uint_eq(timer_backoff_us(&t, TIMER_FWD, UINT32_MAX, 0), UINT64_C(22500000));
}
END_TEST

START_TEST(a_timer_without_backoff_is_exact)
{
    timing_default(&t);
    ck_assert_uint_eq(timer_backoff_us(&t, TIMER_WAITKEY, 0, 0), UINT64_C(60000000));
    ck_assert_uint_eq(timer_backoff_us(&t, TIMER_WAITKEY, 9, 255), UINT64_C(60000000));
}
END_TEST

START_TEST(a_timer_set_above_its_cap_waits_for_the_cap)
{
    timing_default(&t);
    t.ms[TIMER_PUSH] = 90000;
    ck_assert_uint_eq(timer_backoff_us(&t, TIMER_PUSH, 0, 0), UINT64_C(45000000));
}
END_TEST

Suite *test_timer_suite(void)
{
    Suite *s = suite_create("timer");
    TCase *c = tcase_create("register");

    tcase_add_loop_test(c, every_entry_of_the_register_is_sane, 0, TIMER_COUNT);
    tcase_add_test(c, an_unknown_name_is_no_timer);
    tcase_add_test(c, the_defaults_are_those_of_the_register);
    tcase_add_test(c, scaling_keeps_te2e_and_the_bounds);
    tcase_add_test(c, backoff_doubles_up_to_its_cap);
    tcase_add_test(c, a_timer_without_backoff_is_exact);
    tcase_add_test(c, a_timer_set_above_its_cap_waits_for_the_cap);
    suite_add_tcase(s, c);
    return s;
}
