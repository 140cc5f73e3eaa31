#include "scenarios/sim/judge/judge.h"

#include "test/unit/story.h"

#include <check.h>

Suite *test_judge_suite(void);

static struct story story;
static struct judge *judge;

static void setup(void)
{
    story_init(&story, VARIANT_HARDENED, 2);
    judge = NULL;
}

static void teardown(void)
{
    judge_free(judge);
}

/* Adds an expectation of both variants, line 10 and up. */
static struct scn_expect *expect(enum scn_expect_mode mode, enum scn_cond_kind kind)
{
    const unsigned i = story.scn.expects_count++;
    struct scn_expect *x = &story.expects[i];

    ck_assert_uint_lt(i, STORY_EXPECTS);
    x->mode = mode;
    x->in_literal = true;
    x->in_hardened = true;
    x->line = 10 + i;
    x->cond.kind = kind;
    x->cond.role = ROLE_EESE;
    x->cond.match.type = MSG_KEY_EXPIRED;
    x->cond.match.from = ROLE_COUNT;
    x->cond.match.to = ROLE_COUNT;
    x->cond.match.ue = -1;
    snprintf(x->text, sizeof x->text, "expect sentence %u", i);
    return x;
}

static void begin(void)
{
    judge = judge_new(&story.run);
    ck_assert_ptr_nonnull(judge);
    story_listen(&story, judge, judge_event);
    story_plain(&story, 0, TRACE_RUN);
}

static void share(unsigned t_ms, int epoch, uint32_t fp)
{
    story_step(&story, t_ms, ROLE_UE, "READY RX_RAND READY derive", C_6X23_4, epoch, fp);
    story_step(&story, t_ms, ROLE_EESE, "VALID RX_KEYSET VALID commit", C_6X23_4, epoch, fp);
}

static void error(unsigned t_ms)
{
    story_msg(&story, t_ms, ROLE_EESE, ROLE_UE, MSG_KEY_EXPIRED, 0, 1);
}

static enum judged verdict(unsigned i)
{
    return judge_get(judge, i)->verdict;
}

START_TEST(within_holds_when_met_in_time)
{
    struct scn_expect *x = expect(EXPECT_WITHIN, COND_SHARE);

    x->at_us = 3000000;
    x->cond.has_epoch = true;
    x->cond.epoch = 2;
    begin();
    share(1000, 1, 0x11);
    ck_assert(!judge_settled(judge, 1000000));
    share(3000, 2, 0x22);
    ck_assert_int_eq(verdict(0), JUDGED_HELD);
    ck_assert_uint_eq(judge_get(judge, 0)->at_us, 3000000);
    ck_assert(judge_settled(judge, 3000000));
}
END_TEST

START_TEST(within_fails_one_tick_after_its_deadline)
{
    struct scn_expect *x = expect(EXPECT_WITHIN, COND_SHARE);

    x->at_us = 3000000;
    begin();
    ck_assert(!judge_settled(judge, 3000000));
    ck_assert(judge_settled(judge, 3000001));
    share(3001, 1, 0x11);
    ck_assert_int_eq(verdict(0), JUDGED_FAILED);
    ck_assert_uint_eq(judge_get(judge, 0)->at_us, 3000000);
    ck_assert_uint_eq(judge_get(judge, 0)->count, 0);
}
END_TEST

START_TEST(never_fails_at_the_first_time)
{
    expect(EXPECT_NEVER, COND_MSG);
    begin();
    ck_assert(judge_settled(judge, 0));
    error(500);
    ck_assert_int_eq(verdict(0), JUDGED_FAILED);
    ck_assert_uint_eq(judge_get(judge, 0)->at_us, 500000);
}
END_TEST

START_TEST(never_counts_from_its_time_on)
{
    expect(EXPECT_NEVER, COND_MSG)->after_us = 1000000;
    begin();
    error(999);
    ck_assert_int_eq(verdict(0), JUDGED_PENDING);
    error(1000);
    ck_assert_int_eq(verdict(0), JUDGED_FAILED);
}
END_TEST

START_TEST(never_is_broken_by_what_is_still_true_at_its_time)
{
    expect(EXPECT_NEVER, COND_SHARE)->after_us = 1000000;
    begin();
    share(500, 1, 0x11);
    ck_assert_int_eq(verdict(0), JUDGED_PENDING);
    error(1500);
    ck_assert_int_eq(verdict(0), JUDGED_FAILED);
    ck_assert_uint_eq(judge_get(judge, 0)->at_us, 1000000);
}
END_TEST

START_TEST(never_holds_at_the_end)
{
    expect(EXPECT_NEVER, COND_MSG);
    begin();
    judge_finish(judge, 5000000);
    ck_assert_int_eq(verdict(0), JUDGED_HELD);
    ck_assert_str_eq(judge_get(judge, 0)->why, "");
}
END_TEST

START_TEST(exactly_needs_neither_more_nor_less)
{
    expect(EXPECT_EXACTLY, COND_MSG)->count = 2;
    begin();
    error(100);
    ck_assert(!judge_settled(judge, 100000));
    error(200);
    ck_assert(judge_settled(judge, 200000));
    ck_assert_int_eq(verdict(0), JUDGED_PENDING);
    if (_i == 0) {
        judge_finish(judge, 1000000);
        ck_assert_int_eq(verdict(0), JUDGED_HELD);
    } else {
        error(300);
        ck_assert_int_eq(verdict(0), JUDGED_FAILED);
        ck_assert_uint_eq(judge_get(judge, 0)->count, 3);
    }
}
END_TEST

START_TEST(too_few_fail_at_the_end)
{
    expect(EXPECT_EXACTLY, COND_MSG)->count = 2;
    expect(EXPECT_AT_LEAST, COND_MSG)->count = 2;
    expect(EXPECT_EVENTUALLY, COND_DELIVER);
    begin();
    error(100);
    judge_finish(judge, 1000000);
    ck_assert_uint_eq(judge_tally(judge, JUDGED_FAILED), 3);
}
END_TEST

START_TEST(at_most_fails_with_one_more)
{
    expect(EXPECT_AT_MOST, COND_MSG)->count = 1;
    expect(EXPECT_AT_LEAST, COND_MSG)->count = 2;
    begin();
    error(100);
    ck_assert_int_eq(verdict(0), JUDGED_PENDING);
    ck_assert_int_eq(verdict(1), JUDGED_PENDING);
    error(200);
    ck_assert_int_eq(verdict(0), JUDGED_FAILED);
    ck_assert_int_eq(verdict(1), JUDGED_HELD);
}
END_TEST

START_TEST(finally_is_what_is_true_at_the_end)
{
    expect(EXPECT_FINALLY, COND_SHARE);
    begin();
    ck_assert(!judge_settled(judge, 0));
    share(100, 1, 0x11);
    ck_assert(judge_settled(judge, 100000));
    if (_i == 1) {
        story_step(&story, 200, ROLE_UE, "READY RX_RAND READY derive", C_6X23_4, 2, 0x22);
        ck_assert(!judge_settled(judge, 200000));
    }
    judge_finish(judge, 1000000);
    ck_assert_int_eq(verdict(0), _i == 0 ? JUDGED_HELD : JUDGED_FAILED);
}
END_TEST

START_TEST(an_expectation_of_the_other_variant_is_not_asked)
{
    expect(EXPECT_NEVER, COND_MSG)->in_hardened = false;
    expect(EXPECT_NEVER, COND_MSG)->in_literal = false;
    story.scn.variant = variant_default(_i == 0 ? VARIANT_HARDENED : VARIANT_LITERAL);
    begin();
    error(100);
    ck_assert_int_eq(verdict(_i == 0 ? 0 : 1), JUDGED_NOT_ASKED);
    ck_assert_int_eq(verdict(_i == 0 ? 1 : 0), JUDGED_FAILED);
}
END_TEST

START_TEST(a_failure_says_what_was_seen_instead)
{
    struct scn_expect *x = expect(EXPECT_WITHIN, COND_SHARE);

    x->at_us = 3000000;
    x->cond.ue = 0;
    begin();
    story_step(&story, 100, ROLE_UE, "READY RX_RAND READY derive", C_6X23_4, 1, 0x11111111);
    story_fate(&story, 200, ROLE_EMSE, ROLE_EESE, MSG_RAND_FWD, 1, 0, BY(FATE_DROPPED, 7));
    error(300);
    story.ue = 1;
    error(400);
    judge_finish(judge, 3500000);
    ck_assert_str_eq(judge_get(judge, 0)->why,
                     "expected by 3.000 s, seen 0 times\n"
                     "UE1 has epoch 1 key 11111111 since 0.100 s, EESE has no key\n"
                     "the last messages of UE1:\n"
                     "  0.200 EMSE → EESE RAND_FWD e1 lost, line 7\n"
                     "  0.300 EESE → UE KEY_EXPIRED e0\n");
}
END_TEST

START_TEST(a_failure_shows_only_the_last_messages)
{
    unsigned lines = 0;

    expect(EXPECT_EVENTUALLY, COND_DELIVER)->cond.ue = 0;
    begin();
    for (unsigned i = 0; i < 1000; i++) {
        error(i);
    }
    judge_finish(judge, 1000000);
    for (const char *p = judge_get(judge, 0)->why; *p != '\0'; p++) {
        lines += *p == '\n';
    }
    ck_assert_uint_eq(lines, 3 + 6);
    ck_assert_ptr_nonnull(strstr(judge_get(judge, 0)->why, "0.999"));
}
END_TEST

START_TEST(a_rule_that_never_fired_fails_with_its_line)
{
    story.scn.faults_count = 2;
    story.faults[1].line = 23;
    begin();
    judge_finish(judge, 1000000);
    judge_vacuous(judge, 1);
    ck_assert_uint_eq(judge_count(judge), 1);
    ck_assert_int_eq(verdict(0), JUDGED_FAILED);
    ck_assert_uint_eq(judge_get(judge, 0)->line, 23);
    ck_assert_str_eq(judge_get(judge, 0)->text, "vacuous: line 23 never happened");
    ck_assert(judge_get(judge, 0)->vacuous);
    ck_assert_uint_eq(judge_vacuities(judge), 1);
}
END_TEST

Suite *test_judge_suite(void)
{
    Suite *s = suite_create("judge");
    TCase *t = tcase_create("judge");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, within_holds_when_met_in_time);
    tcase_add_test(t, within_fails_one_tick_after_its_deadline);
    tcase_add_test(t, never_fails_at_the_first_time);
    tcase_add_test(t, never_counts_from_its_time_on);
    tcase_add_test(t, never_is_broken_by_what_is_still_true_at_its_time);
    tcase_add_test(t, never_holds_at_the_end);
    tcase_add_loop_test(t, exactly_needs_neither_more_nor_less, 0, 2);
    tcase_add_test(t, too_few_fail_at_the_end);
    tcase_add_test(t, at_most_fails_with_one_more);
    tcase_add_loop_test(t, finally_is_what_is_true_at_the_end, 0, 2);
    tcase_add_loop_test(t, an_expectation_of_the_other_variant_is_not_asked, 0, 2);
    tcase_add_test(t, a_failure_says_what_was_seen_instead);
    tcase_add_test(t, a_failure_shows_only_the_last_messages);
    tcase_add_test(t, a_rule_that_never_fired_fails_with_its_line);
    suite_add_tcase(s, t);
    return s;
}
