/* What the literal text does under the races of PROTOCOL.md 6 (B1 to B65), and, where the loss
 * tests do not show it anyway, what the hardened variant makes of the same schedule. */
#include "test/unit/rig.h"

#include <check.h>
#include <string.h>

Suite *test_literal_suite(void);

static struct rig r;

static void begin(enum variant v)
{
    rig_init(&r, v);
    rig_attach(&r);
}

static bool keys_agree(void)
{
    return rig_fp(&r, ROLE_UE) == rig_fp(&r, ROLE_EESE);
}

static void full_rekey(const char *text)
{
    rig_expire(&r);
    rig_send(&r, ROLE_UE, text);
    rig_run(&r);
}

/* To the point where both RANDs are in flight. */
static void rands_in_flight(void)
{
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m1");
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_EXPIRED);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
}

START_TEST(without_faults_the_five_steps_work_again_and_again)
{
    begin(VARIANT_LITERAL);
    for (unsigned i = 0; i < 10; i++) {
        full_rekey("m");
        ck_assert(keys_agree());
        ck_assert_uint_eq(rig_epoch(&r, ROLE_UE), i + 1);
        ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m"), i + 1);
    }
    ck_assert_uint_eq(rig_reported(&r, VERDICT_FAIL_MIC), 0);
}
END_TEST

START_TEST(when_the_eese_makes_contact_there_is_no_error)
{
    begin(VARIANT_LITERAL);
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "read now");
    rig_run(&r);
    ck_assert_uint_eq(r.messages[MSG_KEY_EXPIRED], 0);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_UE, "read now"), 1);
    ck_assert(keys_agree());
}
END_TEST

/* A step has room for all of it: one more effect than fits would end the daemon. */
START_TEST(one_rand_releases_a_full_queue_of_the_eese)
{
    begin(VARIANT_LITERAL);
    rig_expire(&r);
    for (unsigned i = 0; i < EESE_QUEUE_MAX; i++) {
        rig_send(&r, ROLE_EESE, "read now");
    }
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_PUSH);
    rig_deliver(&r, MSG_RAND_FWD);
    ck_assert_uint_eq(r.messages[MSG_DATA_DL], EESE_QUEUE_MAX);
}
END_TEST

START_TEST(a_commit_without_data_ack_releases_a_full_queue_of_the_eese)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_switch(&r, SW_DATA_ACK, false);
    rig_switch(&r, SW_SOFT_TRIGGER, true);
    rig_attach(&r);
    r.eese.profile.n_msg = 1; /* by volume the next rekey begins at once */
    rig_expire(&r);
    for (unsigned i = 0; i < EESE_QUEUE_MAX; i++) {
        rig_send(&r, ROLE_EESE, "read now");
    }
    rig_send(&r, ROLE_UE, "m1");
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_EXPIRED);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_FWD);
    rig_deliver(&r, MSG_FWD_ACK);
    rig_deliver(&r, MSG_RAND_PUSH);
    rig_deliver(&r, MSG_DATA_UL);
    ck_assert_uint_eq(r.messages[MSG_DATA_DL], EESE_QUEUE_MAX);
}
END_TEST

START_TEST(literal_has_no_timer_but_te2e)
{
    begin(VARIANT_LITERAL);
    full_rekey("m");
    for (unsigned role = 0; role < RIG_ROLES; role++) {
        for (unsigned id = 0; id < TIMER_COUNT; id++) {
            ck_assert_int_eq(rig_armed(&r, (enum role)role, (enum timer_id)id),
                             role == ROLE_EESE && id == TIMER_TE2E);
        }
    }
}
END_TEST

/* After any of these the pair is lost for good: no later rekey brings the keys together (B15). */
static void must_have_parted_for_ever(void)
{
    ck_assert(!keys_agree());
    for (unsigned i = 0; i < 5; i++) {
        rig_expire(&r);
        rig_send(&r, ROLE_EESE, "page");
        rig_run(&r);
        rig_send(&r, ROLE_UE, "later");
        rig_run(&r);
        ck_assert(!keys_agree());
    }
    ck_assert_uint_ge(rig_reported(&r, VERDICT_FAIL_MIC), 5);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "later"), 0);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_UE, "page"), 0);
}

START_TEST(B1_one_rand_lost_to_the_ue_parts_the_keys_for_ever)
{
    begin(VARIANT_LITERAL);
    rands_in_flight();
    rig_drop(&r, MSG_RAND_PUSH);
    rig_run(&r);
    must_have_parted_for_ever();
}
END_TEST

START_TEST(B2_one_rand_lost_to_the_eese_parts_the_keys_for_ever)
{
    begin(VARIANT_LITERAL);
    rands_in_flight();
    rig_drop(&r, MSG_RAND_FWD);
    rig_run(&r);
    must_have_parted_for_ever();
}
END_TEST

START_TEST(B3_one_rand_doubled_to_the_ue_parts_the_keys_for_ever)
{
    begin(VARIANT_LITERAL);
    rands_in_flight();
    rig_double(&r, MSG_RAND_PUSH);
    rig_run(&r);
    must_have_parted_for_ever();
}
END_TEST

START_TEST(B4_one_rand_doubled_to_the_eese_parts_the_keys_for_ever)
{
    begin(VARIANT_LITERAL);
    rands_in_flight();
    rig_double(&r, MSG_RAND_FWD);
    rig_run(&r);
    must_have_parted_for_ever();
}
END_TEST

START_TEST(B5_two_triggers_whose_rands_cross_part_the_keys_for_ever)
{
    struct msg first;

    begin(VARIANT_LITERAL);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m1");
    rig_send(&r, ROLE_EESE, "d1");
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_RSP);
    first = rig_take(&r, MSG_RAND_PUSH);
    rig_deliver(&r, MSG_RAND_PUSH);
    rig_inject(&r, ROLE_EMSE, ROLE_UE, &first);
    rig_run(&r);
    must_have_parted_for_ever();
}
END_TEST

START_TEST(B8_a_rand_that_overtakes_the_error_strands_the_ue)
{
    begin(VARIANT_LITERAL);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m1");
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_PUSH);
    rig_deliver(&r, MSG_KEY_EXPIRED);
    rig_run(&r);
    ck_assert(keys_agree());
    ck_assert_str_eq(rig_state(&r, ROLE_UE), "WAITKEY");
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m1"), 0);
    ck_assert_uint_eq(r.flying, 0);
}
END_TEST

START_TEST(B8_hardened_sends_again_at_once)
{
    begin(VARIANT_HARDENED);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m1");
    rig_deliver(&r, MSG_DATA_UL);
    for (enum msg_type t = MSG_TYPE_COUNT; t != MSG_RAND_PUSH;) { /* all but the error */
        t = r.wire[1].msg.type;
        rig_deliver(&r, t);
    }
    rig_drop(&r, MSG_DATA_UL); /* what the RAND has released */
    rig_deliver(&r, MSG_KEY_EXPIRED);
    ck_assert_str_eq(rig_state(&r, ROLE_UE), "READY");
    ck_assert_str_eq(r.fx.row->act_name, "resend_one");
    rig_run(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m1"), 1);
}
END_TEST

START_TEST(B9_one_expiry_starts_a_storm_of_rekeys)
{
    begin(VARIANT_LITERAL);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m");
    for (unsigned i = 0; i < 5;
         i++) { /* the RAND reaches the UE first, and it sends while the EESE is still flagged */
        rig_deliver(&r, MSG_DATA_UL);
        rig_deliver(&r, MSG_KEY_EXPIRED);
        rig_deliver(&r, MSG_KEY_TRIGGER);
        rig_deliver(&r, MSG_RAND_REQ);
        rig_deliver(&r, MSG_RAND_RSP);
        rig_deliver(&r, MSG_RAND_PUSH);
    }
    ck_assert_uint_eq(r.messages[MSG_KEY_TRIGGER], 5);
    rig_run(&r);
    ck_assert(!keys_agree() || rig_epoch(&r, ROLE_UE) >= 5);
}
END_TEST

START_TEST(B9_hardened_rekeys_once)
{
    begin(VARIANT_HARDENED);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m");
    for (unsigned i = 0; i < 5; i++) {
        rig_fire(&r, ROLE_UE, TIMER_DATA);
        rig_deliver(&r, MSG_DATA_UL);
    }
    rig_settle(&r, 300);
    rig_must_agree(&r);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_UE), 1);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m"), 1);
}
END_TEST

START_TEST(B10_an_honest_message_is_reported_as_tampered)
{
    begin(VARIANT_LITERAL);
    rands_in_flight();
    rig_inject(&r, ROLE_EMSE, ROLE_UE, rig_peek(&r, MSG_RAND_PUSH)); /* m1 goes out ... */
    rig_drop(&r, MSG_RAND_PUSH);
    rig_deliver(&r, MSG_RAND_FWD);
    rig_run(&r);
    ck_assert(keys_agree());
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "page");
    rig_send(&r, ROLE_UE,
             "m2"); /* ... and this is in flight under the old key when the RAND reaches the EESE */
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_FWD);
    rig_deliver(&r, MSG_DATA_UL);
    ck_assert_uint_eq(rig_reported(&r, VERDICT_FAIL_MIC), 1);
    rig_run(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m2"), 0);
}
END_TEST

START_TEST(B10_hardened_takes_data_in_flight_through_the_overlap)
{
    struct msg in_flight;

    begin(VARIANT_HARDENED);
    rig_send(&r, ROLE_UE, "m2");
    in_flight = rig_take(&r, MSG_DATA_UL);
    rig_rekey(&r);
    rig_inject(&r, ROLE_UE, ROLE_EESE, &in_flight);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m2"), 1);
    ck_assert_uint_eq(rig_reported(&r, VERDICT_FAIL_MIC), 0);
}
END_TEST

START_TEST(B12_a_replayed_rand_parts_the_keys)
{
    struct msg recorded;

    begin(VARIANT_LITERAL);
    rands_in_flight();
    recorded = *rig_peek(&r, MSG_RAND_PUSH);
    rig_run(&r);
    ck_assert(keys_agree());
    rig_inject(&r, ROLE_EMSE, ROLE_UE, &recorded);
    must_have_parted_for_ever();
}
END_TEST

START_TEST(B12_a_mac_over_the_rand_stops_the_replay_even_in_literal)
{
    struct msg recorded;

    rig_init(&r, VARIANT_LITERAL);
    rig_switch(&r, SW_PROTECT_RAND, true);
    rig_attach(&r);
    rands_in_flight();
    recorded = *rig_peek(&r, MSG_RAND_PUSH);
    rig_run(&r);
    ck_assert(keys_agree());
    rig_inject(&r, ROLE_EMSE, ROLE_UE, &recorded);
    ck_assert(keys_agree());
    ck_assert_uint_eq(r.notes[NOTE_FORGERY], 1);
}
END_TEST

START_TEST(B13_a_forged_rand_parts_the_keys)
{
    struct msg forged = {.type = MSG_RAND_PUSH};

    begin(VARIANT_LITERAL);
    forged.sid = r.ue.root.sid;
    rig_inject(&r, ROLE_EMSE, ROLE_UE, &forged);
    must_have_parted_for_ever();
}
END_TEST

START_TEST(B28_a_forged_error_makes_the_ue_hold_its_messages)
{
    struct msg forged = {.type = MSG_KEY_EXPIRED};

    begin(VARIANT_LITERAL);
    forged.sid = r.ue.root.sid;
    forged.u.key_expired.reason = 1;
    rig_inject(&r, ROLE_EESE, ROLE_UE, &forged);
    rig_send(&r, ROLE_UE, "m");
    rig_run(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m"), 0);
}
END_TEST

START_TEST(B31_a_lost_error_loses_the_message_in_silence)
{
    begin(VARIANT_LITERAL);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m");
    rig_deliver(&r, MSG_DATA_UL);
    rig_drop(&r, MSG_KEY_EXPIRED);
    rig_run(&r);
    ck_assert(keys_agree());
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m"), 0);
}
END_TEST

START_TEST(B32_junk_at_a_flagged_eese_starts_a_rekey)
{
    struct msg junk = {.type = MSG_DATA_UL};

    begin(VARIANT_LITERAL);
    rig_expire(&r);
    rig_inject(&r, ROLE_UE, ROLE_EESE, &junk);
    ck_assert(rig_flies(&r, MSG_KEY_EXPIRED));
    ck_assert(rig_flies(&r, MSG_KEY_TRIGGER));
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    rig_expire(&r);
    junk.sid = r.ue.cur.sid;
    junk.kid = 1;
    rig_inject(&r, ROLE_UE, ROLE_EESE, &junk);
    ck_assert_uint_eq(r.flying, 0);
}
END_TEST

START_TEST(B47_recorded_data_is_accepted_again)
{
    struct msg recorded;

    begin(VARIANT_LITERAL);
    rig_send(&r, ROLE_UE, "open the valve");
    recorded = *rig_peek(&r, MSG_DATA_UL);
    rig_run(&r);
    rig_inject(&r, ROLE_UE, ROLE_EESE, &recorded);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "open the valve"), 2);
}
END_TEST

START_TEST(B54_a_contact_by_the_eese_while_the_ue_sleeps_parts_the_keys)
{
    begin(VARIANT_LITERAL);
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "page");
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_drop(&r, MSG_RAND_PUSH);
    rig_run(&r);
    must_have_parted_for_ever();
}
END_TEST

START_TEST(a_message_sent_while_one_is_held_goes_behind_it)
{
    begin(VARIANT_LITERAL);
    rands_in_flight();
    rig_send(&r, ROLE_UE, "m2");
    rig_run(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m1"), 1);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m2"), 1);
}
END_TEST

START_TEST(L1x_blind_repetition_of_the_trigger_parts_the_keys)
{
    rig_init(&r, VARIANT_LITERAL);
    rig_switch(&r, SW_RETRANSMIT, true);
    rig_attach(&r);
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "page");
    rig_fire(&r, ROLE_EESE, TIMER_TRIGGER);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_drop(&r, MSG_RAND_PUSH);
    rig_run(&r);
    ck_assert(!keys_agree());
}
END_TEST

static void add_races(TCase *t)
{
    tcase_add_test(t, B1_one_rand_lost_to_the_ue_parts_the_keys_for_ever);
    tcase_add_test(t, B2_one_rand_lost_to_the_eese_parts_the_keys_for_ever);
    tcase_add_test(t, B3_one_rand_doubled_to_the_ue_parts_the_keys_for_ever);
    tcase_add_test(t, B4_one_rand_doubled_to_the_eese_parts_the_keys_for_ever);
    tcase_add_test(t, B5_two_triggers_whose_rands_cross_part_the_keys_for_ever);
    tcase_add_test(t, B8_a_rand_that_overtakes_the_error_strands_the_ue);
    tcase_add_test(t, B8_hardened_sends_again_at_once);
    tcase_add_test(t, B9_one_expiry_starts_a_storm_of_rekeys);
    tcase_add_test(t, B9_hardened_rekeys_once);
    tcase_add_test(t, B10_an_honest_message_is_reported_as_tampered);
    tcase_add_test(t, B10_hardened_takes_data_in_flight_through_the_overlap);
    tcase_add_test(t, B12_a_replayed_rand_parts_the_keys);
    tcase_add_test(t, B12_a_mac_over_the_rand_stops_the_replay_even_in_literal);
    tcase_add_test(t, B13_a_forged_rand_parts_the_keys);
    tcase_add_test(t, B28_a_forged_error_makes_the_ue_hold_its_messages);
    tcase_add_test(t, B31_a_lost_error_loses_the_message_in_silence);
    tcase_add_test(t, B32_junk_at_a_flagged_eese_starts_a_rekey);
    tcase_add_test(t, B47_recorded_data_is_accepted_again);
    tcase_add_test(t, B54_a_contact_by_the_eese_while_the_ue_sleeps_parts_the_keys);
    tcase_add_test(t, L1x_blind_repetition_of_the_trigger_parts_the_keys);
}

Suite *test_literal_suite(void)
{
    Suite *s = suite_create("literal");
    TCase *t = tcase_create("races");

    tcase_add_test(t, without_faults_the_five_steps_work_again_and_again);
    tcase_add_test(t, when_the_eese_makes_contact_there_is_no_error);
    tcase_add_test(t, one_rand_releases_a_full_queue_of_the_eese);
    tcase_add_test(t, a_commit_without_data_ack_releases_a_full_queue_of_the_eese);
    tcase_add_test(t, literal_has_no_timer_but_te2e);
    tcase_add_test(t, a_message_sent_while_one_is_held_goes_behind_it);
    add_races(t);
    suite_add_tcase(s, t);
    return s;
}
