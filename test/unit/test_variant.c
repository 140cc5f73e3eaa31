#include "common/core/variant.h"

#include <check.h>
#include <signal.h>
#include <string.h>

Suite *test_variant_suite(void);

START_TEST(literal_adds_nothing)
{
    ck_assert_uint_eq(variant_default(VARIANT_LITERAL).switches, 0);
}
END_TEST

START_TEST(hardened_has_every_correction_but_the_soft_trigger)
{
    struct variant_set v = variant_default(VARIANT_HARDENED);

    for (unsigned s = 0; s < SW_COUNT; s++) {
        ck_assert_int_eq(sw_on(&v, (enum sw)s), s != SW_SOFT_TRIGGER);
    }
}
END_TEST

START_TEST(all_switches_fit_in_the_set)
{
    ck_assert_int_le(SW_COUNT, 32);
}
END_TEST

START_TEST(every_switch_is_found_by_its_name)
{
    const struct switch_info *info = &switch_info[_i];

    ck_assert_int_eq(switch_by_name(info->name), _i);
    ck_assert_int_eq(info->rule[0], 'H');
    ck_assert_uint_gt(strlen(info->words), 0);
}
END_TEST

START_TEST(both_variants_are_found_by_their_names)
{
    ck_assert_str_eq(variant_name(VARIANT_LITERAL), "literal");
    ck_assert_str_eq(variant_name(VARIANT_HARDENED), "hardened");
    ck_assert_int_eq(variant_by_name("literal"), VARIANT_LITERAL);
    ck_assert_int_eq(variant_by_name("hardened"), VARIANT_HARDENED);
}
END_TEST

START_TEST(an_unknown_name_is_none)
{
    ck_assert_int_eq(variant_by_name("Hardened"), VARIANT_COUNT);
    ck_assert_int_eq(switch_by_name("indexes"), SW_COUNT);
    ck_assert_int_eq(switch_by_name(""), SW_COUNT);
}
END_TEST

START_TEST(an_impossible_variant_is_our_own_error)
{
    (void)variant_name(VARIANT_COUNT);
}
END_TEST

Suite *test_variant_suite(void)
{
    Suite *s = suite_create("variant");
    TCase *t = tcase_create("switches");

    tcase_add_test(t, literal_adds_nothing);
    tcase_add_test(t, hardened_has_every_correction_but_the_soft_trigger);
    tcase_add_test(t, all_switches_fit_in_the_set);
    tcase_add_loop_test(t, every_switch_is_found_by_its_name, 0, SW_COUNT);
    tcase_add_test(t, both_variants_are_found_by_their_names);
    tcase_add_test(t, an_unknown_name_is_none);
    tcase_add_test_raise_signal(t, an_impossible_variant_is_our_own_error, SIGABRT);
    suite_add_tcase(s, t);
    return s;
}
