#include "test/unit/flows.h"

#include <check.h>

Suite *test_restart_suite(void);

enum { POSITIONS = 30, STEPS_MAX = 3000 };

static struct rig r;

static void settle(void)
{
    rig_settle(&r, STEPS_MAX);
    if (!r.ue.starts) { /* it died before its first order was durable: its owner gives it again */
        rig_order(&r, ROLE_UE, ORDER_ATTACH);
        rig_settle(&r, STEPS_MAX);
    }
}

START_TEST(any_role_may_crash_at_any_moment)
{
    static const enum role roles[] = {ROLE_HSS, ROLE_EMSE, ROLE_EESE, ROLE_UE};

    for (unsigned role = 0; role < 4; role++) {
        for (int n = 0; n < POSITIONS; n++) {
            flow_begin(&r, &flows[_i]);
            r.crash_at = n;
            r.crash_role = roles[role];
            flows[_i].go(&r);
            settle();
            flow_must_be_complete(&r, &flows[_i]);
        }
    }
}
END_TEST

START_TEST(any_role_may_crash_before_what_it_has_sent_leaves)
{
    for (unsigned role = 0; role < RIG_ROLES; role++) {
        for (int n = 0; n < POSITIONS; n++) {
            flow_begin(&r, &flows[_i]);
            r.crash_at = n;
            r.crash_role = (enum role)role;
            r.lose[0] = n;
            flows[_i].go(&r);
            settle();
            flow_must_be_complete(&r, &flows[_i]);
        }
    }
}
END_TEST

/* ---- a role comes back with nothing at all ---- */

static void attached_with_history(void)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    rig_rekey(&r);
    rig_rekey(&r);
}

static void traffic_must_flow(void)
{
    rig_send(&r, ROLE_UE, "up");
    rig_settle(&r, STEPS_MAX);
    rig_send(&r, ROLE_EESE, "down");
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "up"), 1);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_UE, "down"), 1);
}

START_TEST(an_eese_that_forgot_everything_gets_a_new_root)
{
    attached_with_history();
    rig_send(&r, ROLE_EESE, "before");
    rig_settle(&r, STEPS_MAX);
    rig_amnesia(&r, ROLE_EESE);
    traffic_must_flow();
    ck_assert_uint_eq(r.emse.root.g, 2);
}
END_TEST

START_TEST(an_emse_that_forgot_everything_never_reuses_an_index)
{
    uint32_t n;

    attached_with_history();
    n = rig_epoch(&r, ROLE_EESE);
    rig_amnesia(&r, ROLE_EMSE);
    rig_expire(&r);
    traffic_must_flow();
    ck_assert_uint_gt(rig_epoch(&r, ROLE_EESE), n);
}
END_TEST

/* The HSS knows the number of a request it has answered, and answers the same again. */
START_TEST(an_emse_that_forgot_a_run_is_not_given_its_vector_for_the_next)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_deliver(&r, MSG_ATTACH_REQ);
    rig_deliver(&r, MSG_AV_REQ);
    rig_deliver(&r, MSG_AV_RSP);
    rig_deliver(&r, MSG_AKA_CHAL);
    rig_drop(&r, MSG_AKA_RESP);
    rig_amnesia(&r, ROLE_EMSE);
    while (strcmp(rig_state(&r, ROLE_UE), "ATTACHING") == 0) {
        rig_fire(&r, ROLE_UE, TIMER_ATTACH);
        if (strcmp(rig_state(&r, ROLE_UE), "ATTACHING") == 0) {
            rig_drop(&r, MSG_ATTACH_REQ);
        }
    }
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_gt(r.notes[NOTE_ATTACHED], 0);
    ck_assert_uint_eq(r.messages[MSG_SYNCFAIL], 0);
}
END_TEST

/* A run that has the name of one before it would be answered with the vector of that one, and with
 * its root number; a card that has forgotten it would take it. */
START_TEST(an_emse_that_forgot_everything_gets_a_vector_of_its_own)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    rig_amnesia(&r, ROLE_EMSE);
    rig_amnesia(&r, ROLE_UE);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(r.messages[MSG_ATTACH_REQ], 2); /* once each time */
    ck_assert_uint_eq(r.hss.g, 2);
    ck_assert_uint_eq(r.emse.root.g, 2);
    rig_must_agree(&r);
}
END_TEST

START_TEST(a_ue_that_forgot_everything_is_not_taken_for_a_replay)
{
    attached_with_history();
    rig_send(&r, ROLE_UE, "before");
    rig_settle(&r, STEPS_MAX);
    rig_amnesia(&r, ROLE_UE);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_send(&r, ROLE_UE, "kept");
    rig_settle(&r, STEPS_MAX);
    traffic_must_flow();
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "kept"), 1);
}
END_TEST

START_TEST(an_hss_that_forgot_its_sequence_numbers_is_told_by_the_card)
{
    attached_with_history();
    rig_amnesia(&r, ROLE_HSS);
    rig_move(&r, 0x22);
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(r.messages[MSG_SYNCFAIL], 1);
    ck_assert_uint_eq(r.notes[NOTE_SQN_RESYNC], 1);
    traffic_must_flow();
}
END_TEST

/* ---- a role comes back with an old state ---- */

START_TEST(an_eese_that_fell_back_one_epoch_is_given_the_rand_again)
{
    struct eese_ue old;

    attached_with_history();
    old = r.eese;
    rig_rekey(&r);
    r.eese = old;
    rig_send(&r, ROLE_UE, "a");
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(r.emse.root.g, 1);
    traffic_must_flow();
}
END_TEST

START_TEST(an_eese_that_fell_back_further_gets_a_new_root)
{
    struct eese_ue old;

    attached_with_history();
    old = r.eese;
    rig_rekey(&r);
    rig_rekey(&r);
    r.eese = old;
    rig_send(&r, ROLE_UE, "a");
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(r.emse.root.g, 2);
    traffic_must_flow();
}
END_TEST

START_TEST(a_ue_that_fell_back_catches_up_epoch_by_epoch)
{
    struct ue old;

    attached_with_history();
    old = r.ue;
    rig_rekey(&r);
    rig_rekey(&r);
    rig_rekey(&r);
    r.ue = old;
    rig_order(&r, ROLE_UE, ORDER_START);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(r.emse.root.g, 1);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_UE), 5);
    traffic_must_flow();
}
END_TEST

START_TEST(a_ue_that_fell_back_catches_up_while_the_next_epoch_is_on_its_way)
{
    struct ue old;

    attached_with_history();
    old = r.ue;
    rig_rekey(&r);
    rig_rekey(&r);
    rig_expire(&r);
    r.ue = old;
    rig_order(&r, ROLE_UE, ORDER_START);
    rig_send(&r, ROLE_EESE, "down");
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(r.emse.root.g, 1);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_UE), 5);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_UE, "down"), 1);
}
END_TEST

/* ---- te2e and the clock ---- */

START_TEST(te2e_goes_on_running_while_the_eese_is_away)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    r.now_us = r.eese.expires_us - 1;
    rig_crash(&r, ROLE_EESE);
    ck_assert_str_eq(rig_state(&r, ROLE_EESE), "VALID");
    ck_assert_uint_eq(r.due_us[ROLE_EESE][TIMER_TE2E], r.eese.expires_us);
}
END_TEST

START_TEST(a_key_that_expired_while_the_eese_was_away_is_expired)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    r.now_us = r.eese.expires_us;
    rig_crash(&r, ROLE_EESE);
    ck_assert_str_eq(rig_state(&r, ROLE_EESE), "EXPIRED");
    ck_assert_uint_eq(r.notes[NOTE_EXPIRED_ON_RESTORE], 1);
    traffic_must_flow();
}
END_TEST

START_TEST(a_clock_that_went_back_makes_the_key_expired)
{
    rig_init(&r, VARIANT_HARDENED);
    r.now_us += UINT64_C(1000000000);
    rig_attach(&r);
    r.now_us = 1000;
    rig_crash(&r, ROLE_EESE);
    ck_assert_str_eq(rig_state(&r, ROLE_EESE), "EXPIRED");
}
END_TEST

START_TEST(numbers_under_the_root_are_never_used_twice_across_a_crash)
{
    uint32_t down;
    uint32_t up;

    attached_with_history();
    down = r.emse.root.dl_ctr;
    up = r.ue.root.ul_ctr;
    rig_crash(&r, ROLE_EMSE);
    rig_crash(&r, ROLE_UE);
    rig_run(&r);
    ck_assert_uint_gt(r.ue.root.ul_ctr, up);
    rig_rekey(&r);
    ck_assert_uint_gt(r.emse.root.dl_ctr, down);
    ck_assert_uint_eq(r.notes[NOTE_FORGERY], 0);
}
END_TEST

/* The copy is of before the root was accepted: after it the UE accepts the same root once more. */
START_TEST(numbers_under_a_root_that_is_taken_twice_are_used_once)
{
    struct ue old;
    uint32_t up;

    rig_init(&r, VARIANT_HARDENED);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_deliver(&r, MSG_ATTACH_REQ);
    rig_deliver(&r, MSG_AV_REQ);
    rig_deliver(&r, MSG_AV_RSP);
    rig_deliver(&r, MSG_AKA_CHAL);
    old = r.ue;
    rig_deliver(&r, MSG_AKA_RESP);
    rig_deliver(&r, MSG_KEYSET_FWD);
    rig_deliver(&r, MSG_KEYSET_ACK);
    rig_double(&r, MSG_ATTACH_ACC);
    rig_fire(&r, ROLE_UE, TIMER_ACK);
    up = r.ue.root.ul_ctr;
    r.ue = old;
    rig_order(&r, ROLE_UE, ORDER_START);
    rig_deliver(&r, MSG_ATTACH_ACC);
    ck_assert_str_eq(rig_state(&r, ROLE_UE), "READY");
    ck_assert_uint_gt(r.ue.root.ul_ctr, up);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
}
END_TEST

static void add_losses_of_state(Suite *s)
{
    TCase *t = tcase_create("state");

    tcase_add_test(t, an_eese_that_forgot_everything_gets_a_new_root);
    tcase_add_test(t, an_emse_that_forgot_everything_never_reuses_an_index);
    tcase_add_test(t, an_emse_that_forgot_a_run_is_not_given_its_vector_for_the_next);
    tcase_add_test(t, an_emse_that_forgot_everything_gets_a_vector_of_its_own);
    tcase_add_test(t, a_ue_that_forgot_everything_is_not_taken_for_a_replay);
    tcase_add_test(t, an_hss_that_forgot_its_sequence_numbers_is_told_by_the_card);
    tcase_add_test(t, an_eese_that_fell_back_one_epoch_is_given_the_rand_again);
    tcase_add_test(t, an_eese_that_fell_back_further_gets_a_new_root);
    tcase_add_test(t, a_ue_that_fell_back_catches_up_epoch_by_epoch);
    tcase_add_test(t, a_ue_that_fell_back_catches_up_while_the_next_epoch_is_on_its_way);
    tcase_add_test(t, te2e_goes_on_running_while_the_eese_is_away);
    tcase_add_test(t, a_key_that_expired_while_the_eese_was_away_is_expired);
    tcase_add_test(t, a_clock_that_went_back_makes_the_key_expired);
    tcase_add_test(t, numbers_under_the_root_are_never_used_twice_across_a_crash);
    tcase_add_test(t, numbers_under_a_root_that_is_taken_twice_are_used_once);
    suite_add_tcase(s, t);
}

Suite *test_restart_suite(void)
{
    Suite *s = suite_create("restart");
    TCase *t = tcase_create("crash");

    tcase_add_loop_test(t, any_role_may_crash_at_any_moment, 0, (int)flows_count);
    tcase_add_loop_test(t, any_role_may_crash_before_what_it_has_sent_leaves, 0, (int)flows_count);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    add_losses_of_state(s);
    return s;
}
