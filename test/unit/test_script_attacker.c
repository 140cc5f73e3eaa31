/* Sentences about an attacker: what he hears, is given, sends, and is asked to know. */
#include "common/base/ensure.h"
#include "test/unit/scene.h"

#include <check.h>

Suite *test_script_attacker_suite(void);

#define HEAD "ue UE1\nue UE2\n"

static struct scenario s;

static void parse(const char *sentences)
{
    scene_open(&s, sentences);
}

static const enum role ends[][2] = {
    {ROLE_UE, ROLE_EMSE},   {ROLE_EMSE, ROLE_UE},   {ROLE_EESE, ROLE_UE},  {ROLE_UE, ROLE_VN},
    {ROLE_EMSE, ROLE_EESE}, {ROLE_EESE, ROLE_EMSE}, {ROLE_HSS, ROLE_EMSE}, {ROLE_VN, ROLE_HSS},
};
enum { ON_AIR = 4 };

START_TEST(by_default_the_air_is_heard_and_nothing_else)
{
    parse(HEAD "expect never attacker knows e2eKEYSET\n");
    for (unsigned i = 0; i < COUNT_OF(ends); i++) {
        ck_assert_int_eq(scenario_hears(&s, ends[i][0], ends[i][1], 5), i < ON_AIR);
    }
    scenario_free(&s);
    parse(HEAD "attacker hears nothing\nexpect never attacker knows e2eKEYSET\n");
    for (unsigned i = 0; i < COUNT_OF(ends); i++) {
        ck_assert(!scenario_hears(&s, ends[i][0], ends[i][1], 5));
    }
    scenario_free(&s);
}
END_TEST

START_TEST(a_sentence_about_a_link_says_when_it_is_heard)
{
    parse(HEAD "attacker hears EMSE->EESE from 1s until 2s\nattacker hears nothing\n"
               "attacker hears UE-EMSE until 3s\nexpect never attacker knows e2eKEYSET\n");
    ck_assert(!scenario_hears(&s, ROLE_EMSE, ROLE_EESE, 999999));
    ck_assert(scenario_hears(&s, ROLE_EMSE, ROLE_EESE, 1000000));
    ck_assert(scenario_hears(&s, ROLE_EMSE, ROLE_EESE, 1999999));
    ck_assert(!scenario_hears(&s, ROLE_EMSE, ROLE_EESE, 2000000));
    ck_assert(!scenario_hears(&s, ROLE_EESE, ROLE_EMSE, 1500000));
    ck_assert(scenario_hears(&s, ROLE_UE, ROLE_EMSE, 0));
    ck_assert(scenario_hears(&s, ROLE_EMSE, ROLE_UE, 2999999));
    ck_assert(!scenario_hears(&s, ROLE_EMSE, ROLE_UE, 3000000));
    ck_assert(!scenario_hears(&s, ROLE_UE, ROLE_EESE, 0));
    scenario_free(&s);
}
END_TEST

START_TEST(a_leak_names_a_secret_of_a_ue)
{
    static const struct {
        enum secret what;
        bool has_epoch;
        uint32_t epoch;
    } want[] = {{SECRET_E2E, false, 0},
                {SECRET_E2E, true, 2},
                {SECRET_E2M, false, 0},
                {SECRET_VECTOR, false, 0},
                {SECRET_K, false, 0}};

    parse(HEAD "at 1s leak e2eKEYSET of UE2\nat 1s leak e2eKEYSET epoch 2 of UE2\n"
               "at 1s leak e2mKEYSET of UE2\nat 1s leak access vector of UE2\n"
               "when UE2 is attached: leak K of UE2\n");
    ck_assert_uint_eq(s.faults_count, COUNT_OF(want));
    for (unsigned i = 0; i < COUNT_OF(want); i++) {
        ck_assert_int_eq(s.faults[i].kind, FAULT_LEAK);
        ck_assert_int_eq(s.faults[i].secret, want[i].what);
        ck_assert_int_eq(s.faults[i].match.ue, 1);
        ck_assert_int_eq(s.faults[i].match.has_epoch, want[i].has_epoch);
        ck_assert_uint_eq(s.faults[i].match.epoch, want[i].epoch);
        ck_assert_uint_eq(s.faults[i].line, 5 + i);
        ck_assert_int_eq(s.actions[i].kind, ACTION_INJECT);
        ck_assert_uint_eq(s.actions[i].fault, i);
    }
    scenario_free(&s);
}
END_TEST

START_TEST(what_he_sends_may_be_sealed_repeated_and_in_another_name)
{
    parse(HEAD "at 1s attacker sends DATA_UL to EESE for UE1 epoch 2 with e2eKEYSET\n"
               "at 1s attacker sends RAND_PUSH to UE1 with e2mKEYSET if known 3 times\n"
               "when UE1 is attached: attacker sends AKA_CHAL to UE1 with access vector 4 times "
               "every 20ms\n"
               "at 1s attacker sends KEY_TRIGGER to EMSE for UE1 in the name of eese.other\n"
               "at 1s attacker sends KEY_EXPIRED to UE1\n");
    ck_assert(s.faults[0].forged.seals && !s.faults[0].forged.if_known);
    ck_assert_int_eq(s.faults[0].forged.with, SECRET_E2E);
    ck_assert_uint_eq(s.faults[0].match.epoch, 2);
    ck_assert_uint_eq(s.actions[0].trigger.times, 0);
    ck_assert_uint_eq(s.actions[0].trigger.every_us, 0);
    ck_assert(s.faults[1].forged.seals && s.faults[1].forged.if_known);
    ck_assert_int_eq(s.faults[1].forged.with, SECRET_E2M);
    ck_assert_uint_eq(s.actions[1].trigger.times, 3);
    ck_assert_uint_eq(s.actions[1].trigger.every_us, 1000);
    ck_assert_int_eq(s.faults[2].forged.with, SECRET_VECTOR);
    ck_assert_uint_eq(s.actions[2].trigger.times, 4);
    ck_assert_uint_eq(s.actions[2].trigger.every_us, 20000);
    ck_assert(s.faults[3].forged.has_eese);
    ck_assert_str_eq(s.faults[3].forged.eese.s, "eese.other");
    ck_assert(!s.faults[4].forged.seals && !s.faults[4].forged.has_eese);
    scenario_free(&s);
}
END_TEST

START_TEST(what_he_knows_is_a_condition_like_any_other)
{
    parse(HEAD "expect never attacker knows e2eKEYSET epoch 3 or later of UE1\n"
               "expect attacker knows RAND epoch 2\n"
               "in literal expect attacker knows \"42\" of UE2 once\n"
               "when attacker knows e2mKEYSET of UE1: UE1 sends \"43\"\n"
               "on RAND_PUSH hold until attacker knows e2eKEYSET\n");
    ck_assert_int_eq(s.expects[0].cond.kind, COND_KNOWS);
    ck_assert_int_eq(s.expects[0].cond.secret, SECRET_E2E);
    ck_assert_int_eq(s.expects[0].cond.ue, 0);
    ck_assert(s.expects[0].cond.has_epoch && s.expects[0].cond.at_least);
    ck_assert_uint_eq(s.expects[0].cond.epoch, 3);
    ck_assert_int_eq(s.expects[1].cond.secret, SECRET_RAND);
    ck_assert_int_eq(s.expects[1].cond.ue, -1);
    ck_assert_int_eq(s.expects[2].cond.secret, SECRET_TEXT);
    ck_assert_uint_eq(s.expects[2].cond.len, 2);
    ck_assert_int_eq(s.actions[0].trigger.cond.secret, SECRET_E2M);
    ck_assert_int_eq(s.faults[0].until.kind, COND_KNOWS);
    ck_assert(!s.faults[0].until.has_epoch);
    scenario_free(&s);
}
END_TEST

START_TEST(only_ues_that_a_sentence_names_are_followed)
{
    bool followed[2] = {false, false};

    parse(HEAD "at 1s attacker sends KEY_EXPIRED to UE1\n");
    ck_assert(!scenario_followed(&s, followed));
    scenario_free(&s);
    parse(HEAD "at 1s leak K of UE2\n");
    ck_assert(scenario_followed(&s, followed));
    ck_assert(!followed[0] && followed[1]);
    scenario_free(&s);
    followed[1] = false;
    parse(HEAD "at 1s attacker sends DATA_UL to EESE for UE1 with e2eKEYSET if known\n");
    ck_assert(scenario_followed(&s, followed));
    ck_assert(followed[0] && !followed[1]);
    scenario_free(&s);
    parse(HEAD "when attacker knows e2mKEYSET: UE1 sends \"42\"\n");
    ck_assert(scenario_followed(&s, followed));
    ck_assert(followed[0] && followed[1]);
    scenario_free(&s);
}
END_TEST

Suite *test_script_attacker_suite(void)
{
    Suite *suite = suite_create("script_attacker");
    TCase *t = tcase_create("script_attacker");

    tcase_add_test(t, by_default_the_air_is_heard_and_nothing_else);
    tcase_add_test(t, a_sentence_about_a_link_says_when_it_is_heard);
    tcase_add_test(t, a_leak_names_a_secret_of_a_ue);
    tcase_add_test(t, what_he_sends_may_be_sealed_repeated_and_in_another_name);
    tcase_add_test(t, what_he_knows_is_a_condition_like_any_other);
    tcase_add_test(t, only_ues_that_a_sentence_names_are_followed);
    suite_add_tcase(suite, t);
    return suite;
}
