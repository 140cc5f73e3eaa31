#include "scenarios/sim/judge/invariants.h"

#include "test/unit/story.h"

#include <check.h>

Suite *test_invariants_suite(void);

static struct story story;
static struct invariants *inv;

static void begin(enum variant v)
{
    story_init(&story, v, 2);
    inv = invariants_new(&story.run);
    ck_assert_ptr_nonnull(inv);
    story_listen(&story, inv, invariants_event);
}

static void setup(void)
{
    begin(VARIANT_HARDENED);
}

static void setup_literal(void)
{
    begin(VARIANT_LITERAL);
}

static void teardown(void)
{
    invariants_free(inv);
}

static const struct invariant *by_id(const char *id)
{
    for (unsigned i = 0; i < invariants_count(inv); i++) {
        if (strcmp(invariants_get(inv, i)->id, id) == 0) {
            return invariants_get(inv, i);
        }
    }
    ck_abort_msg("no invariant %s", id);
    return NULL;
}

static void key(unsigned t_ms, enum role role, int epoch, uint32_t fp)
{
    story_step(&story, t_ms, role,
               role == ROLE_UE ? "READY RX_RAND READY derive" : "VALID RX_KEYSET VALID commit",
               C_6X23_4, epoch, fp);
}

START_TEST(the_whole_flow_with_a_loss_breaks_nothing)
{
    story_plain(&story, 0, TRACE_RUN);
    story_attach(&story, 0);
    story_rekey(&story, 2000);
    story.ue = 1;
    story_attach(&story, 5000);
    story_rekey(&story, 7000);
    story_plain(&story, 9000, TRACE_END);
    ck_assert_uint_eq(invariants_broken(inv), 0);
    ck_assert_uint_eq(invariants_count(inv), 20);
}
END_TEST

START_TEST(I1_different_keys_under_one_epoch_disagree)
{
    key(10, ROLE_UE, 1, 0x11111111);
    key(20, ROLE_EESE, 0, 0x22222222);
    ck_assert_uint_eq(by_id("I1")->broken, 0);
    key(30, ROLE_EESE, 1, 0x33333333);
    ck_assert_uint_eq(by_id("I1")->broken, 1);
    ck_assert_uint_eq(by_id("I1")->event, 3);
    ck_assert_uint_eq(by_id("I1")->t_us, 30000);
    ck_assert_str_eq(by_id("I1")->what,
                     "EESE takes key 33333333 of UE1 as epoch 1, which has been key 11111111");
    ck_assert(invariants_binding(inv));
}
END_TEST

START_TEST(I1_keys_of_two_ues_are_not_compared)
{
    key(10, ROLE_UE, 1, 0x11111111);
    story.ue = 1;
    key(20, ROLE_EESE, 1, 0x22222222);
    ck_assert_uint_eq(by_id("I1")->broken, 0);
}
END_TEST

START_TEST(I1_hardened_no_number_is_used_for_two_keys)
{
    key(10, ROLE_UE, 1, 0x11111111);
    key(20, ROLE_UE, 2, 0x22222222);
    key(30, ROLE_UE, 1, 0x33333333);
    ck_assert_uint_eq(by_id("I1")->broken, 1);
}
END_TEST

START_TEST(I1_literal_numbers_begin_again_after_an_attach)
{
    key(10, ROLE_UE, 0, 0x11111111);
    key(20, ROLE_EESE, 0, 0x11111111);
    key(30, ROLE_UE, 0, 0x22222222);
    ck_assert_uint_eq(by_id("I1")->broken, 0);
    key(40, ROLE_EESE, 0, 0x22222222);
    ck_assert_uint_eq(by_id("I1")->broken, 0);
    key(50, ROLE_UE, 1, 0x33333333);
    key(60, ROLE_EESE, 1, 0x44444444);
    ck_assert_uint_eq(by_id("I1")->broken, 1);
    ck_assert(!invariants_binding(inv));
}
END_TEST

static void expire(unsigned t_ms, int epoch)
{
    story_step(&story, t_ms, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED invalidate_keyset", C_6X23_2,
               epoch, 0x11111111);
}

START_TEST(I3_data_under_an_expired_epoch_is_not_delivered)
{
    key(10, ROLE_EESE, 0, 0x11111111);
    story_data(&story, 20, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 1, "a");
    expire(30, 0);
    story_data(&story, 40, ROLE_EESE, ROLE_UE, VERDICT_EXPIRED, 0, 2, "");
    ck_assert_uint_eq(by_id("I3")->broken, 0);
    story_data(&story, 50, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 3, "b");
    ck_assert_uint_eq(by_id("I3")->broken, 1);
    ck_assert_str_eq(by_id("I3")->what, "EESE delivers #3 of UE1 under epoch 0, which has expired");
}
END_TEST

START_TEST(I3_the_next_epoch_is_not_the_expired_one)
{
    key(10, ROLE_EESE, 0, 0x11111111);
    expire(30, 0);
    story_step(&story, 40, ROLE_EESE, "EXPIRED RX_RAND VALID derive_next", C_6X23_4, 1, 0x22222222);
    story_data(&story, 50, ROLE_EESE, ROLE_UE, VERDICT_OK, 1, 3, "b");
    ck_assert_uint_eq(by_id("I3")->broken, 0);
    story_data(&story, 60, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 4, "c");
    ck_assert_uint_eq(by_id("I3")->broken, 1);
}
END_TEST

START_TEST(I4_a_number_is_delivered_once_per_direction_and_ue)
{
    story_data(&story, 10, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 7, "a");
    story_data(&story, 20, ROLE_UE, ROLE_EESE, VERDICT_OK, 0, 7, "a");
    story_data(&story, 30, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 5, "a");
    story.ue = 1;
    story_data(&story, 40, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 7, "a");
    ck_assert_uint_eq(by_id("I4")->broken, 0);
    story.ue = 0;
    story_data(&story, 50, ROLE_EESE, ROLE_UE, VERDICT_OK, 1, 5, "a");
    story_data(&story, 60, ROLE_EESE, ROLE_UE, VERDICT_OK, 1, 7, "a");
    ck_assert_uint_eq(by_id("I4")->broken, 2);
    ck_assert_str_eq(by_id("I4")->what, "EESE delivers #5 of UE1 a second time");
}
END_TEST

START_TEST(I4_holds_for_thousands_of_numbers_in_any_order)
{
    for (unsigned i = 0; i < 3000; i++) {
        story_data(&story, i, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 1 + (i ^ 5), "a");
    }
    ck_assert_uint_eq(by_id("I4")->broken, 0);
    story_data(&story, 4000, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 1, "a");
    ck_assert_uint_eq(by_id("I4")->broken, 1);
}
END_TEST

START_TEST(I6_an_alarm_needs_an_altered_frame)
{
    story_fate(&story, 10, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_CORRUPTED, 4));
    story_data(&story, 10, ROLE_EESE, ROLE_UE, VERDICT_FAIL_MIC, 0, 1, "");
    ck_assert_uint_eq(by_id("I6")->broken, 0);
    story_msg(&story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 2);
    story_data(&story, 20, ROLE_EESE, ROLE_UE, VERDICT_FAIL_MIC, 0, 2, "");
    ck_assert_uint_eq(by_id("I6")->broken, 1);
    ck_assert_uint_eq(by_id("I6")->event, 4);
}
END_TEST

START_TEST(I6_a_frame_injected_for_an_unknown_ue_may_raise_the_alarm)
{
    struct trace_event e = {.kind = TRACE_MSG, .t_us = 1000, .ue = -1};

    e.u.msg.from = ROLE_UE;
    e.u.msg.to = ROLE_EESE;
    e.u.msg.type = MSG_DATA_UL;
    e.u.msg.ue = -1;
    e.u.msg.fate = FATE_INJECTED;
    story_tell(&story, &e);
    story_data(&story, 2, ROLE_EESE, ROLE_UE, VERDICT_FAIL_MIC, 0, 1, "");
    ck_assert_uint_eq(by_id("I6")->broken, 0);
}
END_TEST

START_TEST(I13_one_expiry_gives_one_epoch)
{
    key(10, ROLE_EESE, 0, 0x11111111); /* with its cause, the keyset */
    expire(20, 0);
    story_step(&story, 30, ROLE_EESE, "EXPIRED RX_RAND VALID derive_next", C_6X23_4, 1, 0x22222222);
    ck_assert_uint_eq(by_id("I13")->broken, 0);
    story_step(&story, 40, ROLE_EESE, "VALID RX_RAND VALID derive_next", C_6X23_4, 2, 0x33333333);
    ck_assert_uint_eq(by_id("I13")->broken, 1);
    ck_assert_str_eq(by_id("I13")->what, "EESE takes epoch 2 for UE1: 3 new epochs, 2 causes");
    expire(50, 2);
    story_step(&story, 60, ROLE_EESE, "EXPIRED RX_RAND VALID derive_next", C_6X23_4, 3, 0x44444444);
    ck_assert_uint_eq(by_id("I13")->broken, 1);
}
END_TEST

START_TEST(I13_the_enterprise_may_want_a_fresh_key)
{
    key(10, ROLE_EESE, 0, 0x11111111);
    story_step(&story, 20, ROLE_EESE, "VALID APP_REKEY VALID trigger_rekey", C_2_FRESH, 0,
               0x11111111);
    story_step(&story, 30, ROLE_EESE, "VALID RX_RAND VALID derive_next", C_6X23_4, 1, 0x22222222);
    ck_assert_uint_eq(by_id("I13")->broken, 0);
}
END_TEST

START_TEST(I13_an_epoch_that_a_restart_brings_back_is_not_new)
{
    key(10, ROLE_EESE, 0, 0x11111111);
    expire(20, 0);
    story_step(&story, 30, ROLE_EESE, "EXPIRED RX_RAND VALID derive_next", C_6X23_4, 1, 0x22222222);
    story_step(&story, 40, ROLE_EESE, "VALID STARTED VALID resume", C_6X23_4, 0, 0x11111111);
    story_step(&story, 50, ROLE_EESE, "VALID RX_RAND VALID derive_next", C_6X23_4, 1, 0x22222222);
    ck_assert_uint_eq(by_id("I13")->broken, 0);
    story_step(&story, 60, ROLE_EESE, "VALID RX_RAND VALID derive_next", C_6X23_4, 2, 0x33333333);
    ck_assert_uint_eq(by_id("I13")->broken, 1);
}
END_TEST

START_TEST(I13_is_silent_where_volume_may_be_a_cause)
{
    story.ues[0].profile.n_msg = 100;
    key(10, ROLE_EESE, 0, 0x11111111);
    story_step(&story, 30, ROLE_EESE, "VALID RX_RAND VALID derive_next", C_6X23_4, 1, 0x22222222);
    ck_assert_uint_eq(by_id("I13")->broken, 0);
}
END_TEST

START_TEST(I17_nothing_answers_an_altered_frame)
{
    story_fate(&story, 100, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_CORRUPTED, 4));
    story_msg(&story, 110, ROLE_EESE, ROLE_UE, MSG_KEY_EXPIRED, 0, 1); /* left at 100 */
    ck_assert_uint_eq(by_id("I17")->broken, 1);
    ck_assert_str_eq(by_id("I17")->what, "EESE answers an altered frame of UE1 with KEY_EXPIRED");
}
END_TEST

START_TEST(I17_a_frame_with_another_cause_is_no_answer)
{
    story_fate(&story, 100, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_CORRUPTED, 4));
    story_msg(&story, 100, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 2);
    story_msg(&story, 110, ROLE_EESE, ROLE_UE, MSG_DACK, 0, 2);
    story_fate(&story, 200, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_CORRUPTED, 4));
    story_step(&story, 200, ROLE_EESE, "VALID DATA_DUE VALID repeat_data", GAP_RETRY, 0, 1);
    story_msg(&story, 210, ROLE_EESE, ROLE_UE, MSG_DATA_DL, 0, 2);
    story_fate(&story, 300, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_CORRUPTED, 4));
    story_msg(&story, 310, ROLE_EESE, ROLE_EMSE, MSG_NAK, 0, 0); /* not on air */
    story_msg(&story, 320, ROLE_EESE, ROLE_UE, MSG_DACK, 0, 3);  /* left later */
    ck_assert_uint_eq(by_id("I17")->broken, 0);
}
END_TEST

START_TEST(I17_an_answer_to_something_else_may_arrive_late)
{
    struct trace_event e = {.kind = TRACE_MSG, .t_us = 300000};

    story_fate(&story, 100, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_CORRUPTED, 4));
    story_msg(&story, 100, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 2); /* both at one time */
    story_msg(&story, 200, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 3);
    e.u.msg = (struct trace_msg){.from = ROLE_EESE,
                                 .to = ROLE_UE,
                                 .type = MSG_DACK,
                                 .ctr = 2,
                                 .fate = FATE_DUPLICATED,
                                 .sent_us = 100000};
    story_tell(&story, &e);
    ck_assert_uint_eq(by_id("I17")->broken, 0);
}
END_TEST

START_TEST(I17_is_not_judged_where_times_are_not_exact)
{
    invariants_free(inv);
    story.run.mode = "live";
    inv = invariants_new(&story.run);
    ck_assert_ptr_nonnull(inv);
    ck_assert(!by_id("I17")->watched);
    ck_assert(by_id("I1")->watched);
}
END_TEST

Suite *test_invariants_suite(void)
{
    Suite *s = suite_create("invariants");
    TCase *h = tcase_create("hardened");
    TCase *l = tcase_create("literal");

    tcase_add_checked_fixture(h, setup, teardown);
    tcase_add_test(h, the_whole_flow_with_a_loss_breaks_nothing);
    tcase_add_test(h, I1_different_keys_under_one_epoch_disagree);
    tcase_add_test(h, I1_keys_of_two_ues_are_not_compared);
    tcase_add_test(h, I1_hardened_no_number_is_used_for_two_keys);
    tcase_add_test(h, I3_data_under_an_expired_epoch_is_not_delivered);
    tcase_add_test(h, I3_the_next_epoch_is_not_the_expired_one);
    tcase_add_test(h, I4_a_number_is_delivered_once_per_direction_and_ue);
    tcase_add_test(h, I4_holds_for_thousands_of_numbers_in_any_order);
    tcase_add_test(h, I6_an_alarm_needs_an_altered_frame);
    tcase_add_test(h, I6_a_frame_injected_for_an_unknown_ue_may_raise_the_alarm);
    tcase_add_test(h, I13_one_expiry_gives_one_epoch);
    tcase_add_test(h, I13_the_enterprise_may_want_a_fresh_key);
    tcase_add_test(h, I13_an_epoch_that_a_restart_brings_back_is_not_new);
    tcase_add_test(h, I13_is_silent_where_volume_may_be_a_cause);
    tcase_add_test(h, I17_nothing_answers_an_altered_frame);
    tcase_add_test(h, I17_a_frame_with_another_cause_is_no_answer);
    tcase_add_test(h, I17_an_answer_to_something_else_may_arrive_late);
    tcase_add_test(h, I17_is_not_judged_where_times_are_not_exact);
    suite_add_tcase(s, h);
    tcase_add_checked_fixture(l, setup_literal, teardown);
    tcase_add_test(l, I1_literal_numbers_begin_again_after_an_attach);
    suite_add_tcase(s, l);
    return s;
}
