/* I2, I14 and I19: epochs of both ends, te2e, and whether all comes to rest. */
#include "test/unit/watched.h"

Suite *test_invariants_keys_suite(void);

static struct watched w;

static void setup(void)
{
    watched_open(&w, VARIANT_HARDENED);
}

static void setup_literal(void)
{
    watched_open(&w, VARIANT_LITERAL);
}

static void teardown(void)
{
    watched_close(&w);
}

/* ---- I2 ---- */

static void ue_at(unsigned t_ms, int epoch)
{
    watched_step(&w, t_ms, ROLE_UE, "READY RX_RAND READY derive", epoch);
}

START_TEST(I2_the_ue_may_have_what_the_eese_has_installed)
{
    watched_step(&w, 10, ROLE_EESE, "NO_KEY RX_KEYSET FIRST install_first", 0);
    ue_at(20, 0);
    watched_step(&w, 30, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 0);
    watched_step(&w, 40, ROLE_EESE, "VALID RX_RAND VALID_NEXT install_rand", 0);
    ue_at(50, 1);
    watched_step(&w, 60, ROLE_EESE, "VALID_NEXT RX_DATA_NEXT VALID commit_and_deliver", 1);
    holds(&w, "I2");
}
END_TEST

START_TEST(I2_the_ue_is_ahead_of_what_the_eese_has)
{
    watched_step(&w, 10, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 0);
    ue_at(20, 1);
    breaks(&w, "I2", 1);
    says(&w, "I2", 2, "UE1 is at epoch 1 while the EESE uses 0 and has no other");
    ue_at(30, 1); /* the same again is not told again */
    breaks(&w, "I2", 1);
    watched_step(&w, 40, ROLE_EESE, "VALID RX_RAND VALID_NEXT install_rand", 0);
    ue_at(50, 2);
    breaks(&w, "I2", 2);
}
END_TEST

START_TEST(I2_the_eese_has_switched_before_the_ue)
{
    ue_at(10, 0);
    watched_step(&w, 20, ROLE_EESE, "VALID RX_RAND_SWITCH VALID install_and_switch", 1);
    breaks(&w, "I2", 1);
    says(&w, "I2", 2, "UE1 is at epoch 0 while the EESE uses 1 and has no other");
}
END_TEST

START_TEST(I2_a_root_may_be_some_epochs_ahead)
{
    struct msg m = watched_keyset(&w, 2, 5, 0x33);

    watched_step(&w, 10, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 1);
    watched_datagram(&w, 20, ROLE_EMSE, ROLE_EESE, &m, 5, FATE_DELIVERED);
    watched_step(&w, 20, ROLE_EESE, "VALID RX_KEYSET VALID_NEXT install_root", 1);
    ue_at(30, 5);
    holds(&w, "I2");
    ue_at(40, 6);
    breaks(&w, "I2", 1);
}
END_TEST

START_TEST(I2_a_ue_that_attaches_is_not_asked)
{
    watched_step(&w, 10, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 3);
    watched_step(&w, 20, ROLE_UE, "READY MOVED ATTACHING moved_attached", 1);
    holds(&w, "I2");
}
END_TEST

START_TEST(I2_an_end_without_all_its_state_has_time_to_find_back)
{
    watched_step(&w, 10, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 3);
    ue_at(20, 3);
    watched_process(&w, 30, ROLE_EESE, PROCESS_STARTS, LEFT_OLD);
    watched_step(&w, 30, ROLE_EESE, "VALID STARTED VALID resume", 1);
    ue_at(40, 3);
    holds(&w, "I2");
    watched_step(&w, 50, ROLE_EESE, "VALID_NEXT RX_CONFIRM VALID commit", 3);
    ue_at(60, 4);
    breaks(&w, "I2", 1);
}
END_TEST

START_TEST(I2_an_end_with_all_its_state_has_none)
{
    watched_step(&w, 10, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 3);
    ue_at(20, 3);
    watched_process(&w, 30, ROLE_EESE, PROCESS_STARTS, LEFT_ALL);
    watched_step(&w, 30, ROLE_EESE, "VALID STARTED VALID resume", 2);
    breaks(&w, "I2", 1);
}
END_TEST

START_TEST(I2_is_not_asked_of_the_literal_text)
{
    ck_assert(!watched_by_id(&w, "I2")->watched);
    ck_assert(!watched_by_id(&w, "I5")->watched);
    ck_assert(!watched_by_id(&w, "I16")->watched);
    ck_assert(!watched_by_id(&w, "I20")->watched);
}
END_TEST

/* ---- I14 ---- */

/* Both ends share epoch 0, and the UE is known to be attached. */
static void attached(unsigned t_ms)
{
    watched_step(&w, t_ms, ROLE_EESE, "NO_KEY RX_KEYSET VALID install_keyset", 0);
    watched_step(&w, t_ms, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", 0);
    story_note(&w.story, t_ms, ROLE_UE, NOTE_ATTACHED, 1, 0);
}

static void rand_for_both(unsigned t_ms, enum fate to_ue, enum fate to_eese)
{
    story_msg(&w.story, t_ms, ROLE_HSS, ROLE_EMSE, MSG_RAND_RSP, 1, 0);
    story_fate(&w.story, t_ms + 1, ROLE_EMSE, ROLE_UE, MSG_RAND_PUSH, 1, 0, BY(to_ue, 0));
    story_fate(&w.story, t_ms + 2, ROLE_EMSE, ROLE_EESE, MSG_RAND_FWD, 1, 0, BY(to_eese, 0));
}

START_TEST(I14_literal_keys_that_have_parted_name_the_loss_and_the_step_after_it)
{
    attached(10);
    rand_for_both(100, FATE_DROPPED, FATE_DELIVERED); /* the loss is event 5 */
    watched_step(&w, 120, ROLE_EESE, "EXPIRED RX_RAND VALID derive_next", 1);
    breaks(&w, "I14", 0); /* they may yet attach anew */
    story_plain(&w.story, 130, TRACE_END);
    breaks(&w, "I14", 1);
    says(&w, "I14", 5,
         "the keys of UE1 have parted: epoch 0 key 00001000 at the UE, 1 00001001 at the EESE; "
         "recovery impossible since 0.120 s, event 7");
    ck_assert_uint_eq(watched_by_id(&w, "I14")->t_us, 101000);
    ck_assert_uint_eq(watched_by_id(&w, "I14")->no_return, 7);
    ck_assert_uint_eq(watched_by_id(&w, "I14")->no_return_us, 120000);
}
END_TEST

START_TEST(I14_literal_a_rand_on_its_way_may_still_mend_it)
{
    attached(10);
    story_msg(&w.story, 100, ROLE_HSS, ROLE_EMSE, MSG_RAND_RSP, 1, 0);
    story_msg(&w.story, 102, ROLE_EMSE, ROLE_EESE, MSG_RAND_FWD, 1, 0);
    watched_step(&w, 102, ROLE_EESE, "EXPIRED RX_RAND VALID derive_next", 1);
    story_plain(&w.story, 110, TRACE_END);
    holds(&w, "I14");
    ck_assert(!watched_by_id(&w, "I14")->watched);
}
END_TEST

START_TEST(I14_literal_keys_that_meet_again_by_a_new_attach_have_not_parted)
{
    attached(10);
    rand_for_both(100, FATE_DROPPED, FATE_DELIVERED);
    watched_step(&w, 120, ROLE_EESE, "EXPIRED RX_RAND VALID derive_next", 1);
    story_step(&w.story, 200, ROLE_EESE, "VALID RX_KEYSET VALID install_keyset", C_6X23_4, 0, 0x77);
    story_step(&w.story, 200, ROLE_UE, "ATTACHING RX_ACCEPT READY take_first", C_6X23_4, 0, 0x77);
    story_plain(&w.story, 210, TRACE_END);
    holds(&w, "I14");
}
END_TEST

START_TEST(I14_literal_a_ue_that_waits_while_nothing_is_under_way_waits_for_ever)
{
    attached(10);
    story_order(&w.story, 100, ROLE_UE, ORDER_SEND, "a");
    watched_step(&w, 100, ROLE_UE, "READY APP_SEND READY send_literal", 0);
    watched_step(&w, 130, ROLE_UE, "READY RX_KEY_EXPIRED WAITKEY hold_literal", 0);
    story_plain(&w.story, 90000, TRACE_END);
    breaks(&w, "I14", 1);
    says(&w, "I14", 6,
         "undisturbed since 0.100 s, UE1 is waiting for a key with epoch 0, the EESE has 0, 1 open "
         "messages");
    ck_assert_uint_eq(watched_by_id(&w, "I14")->no_return, 0);
}
END_TEST

/* A message of the UE's, and it stays open. */
static void leave_open(unsigned t_ms)
{
    story_order(&w.story, t_ms, ROLE_UE, ORDER_SEND, "a");
    watched_step(&w, t_ms, ROLE_UE, "READY APP_SEND READY send_message", 0);
}

enum { LONG_MS = 3600 * 1000, SHORT_MS = 300 * 1000 };

START_TEST(I14_hardened_a_message_open_for_ever_is_no_life)
{
    attached(10);
    leave_open(100);
    story_plain(&w.story, LONG_MS, TRACE_END);
    breaks(&w, "I14", 1);
    says(&w, "I14", 5,
         "undisturbed since 0.100 s, UE1 is ready with epoch 0, the EESE has 0, 1 open messages");
}
END_TEST

START_TEST(I14_is_not_judged_before_its_bound)
{
    attached(10);
    leave_open(100);
    story_plain(&w.story, SHORT_MS, TRACE_END);
    holds(&w, "I14");
    ck_assert(!watched_by_id(&w, "I14")->watched);
}
END_TEST

START_TEST(I14_holds_when_all_is_settled_in_the_end)
{
    attached(10);
    leave_open(100);
    story_note(&w.story, 200, ROLE_UE, NOTE_ACKED, 1, 0);
    story_plain(&w.story, LONG_MS, TRACE_END);
    holds(&w, "I14");
    ck_assert(watched_by_id(&w, "I14")->watched);
}
END_TEST

START_TEST(I14_asks_nothing_while_something_disturbs)
{
    static const unsigned what[] = {0, 1, 2, 3, 4, 5, 6};
    const unsigned late = LONG_MS - SHORT_MS;

    attached(10);
    leave_open(100);
    switch (what[_i]) {
    case 0:
        story_fate(&w.story, late, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_DROPPED, 0));
        break;
    case 1: story_order(&w.story, late, ROLE_EESE, ORDER_REKEY, ""); break;
    case 2: story_plain(&w.story, late, TRACE_LINK); break;
    case 3: watched_process(&w, late, ROLE_EMSE, PROCESS_STARTS, LEFT_ALL); break;
    case 4: watched_process(&w, 200, ROLE_EESE, PROCESS_DIES, LEFT_ALL); break;
    case 5: watched_process(&w, 200, ROLE_HSS, PROCESS_PAUSES, LEFT_ALL); break;
    default: story_note(&w.story, late, ROLE_EMSE, NOTE_RATE_LIMITED, 1, 0);
    }
    story_plain(&w.story, LONG_MS, TRACE_END);
    holds(&w, "I14");
}
END_TEST

START_TEST(I14_a_wish_for_a_key_must_be_met)
{
    attached(10);
    watched_step(&w, 100, ROLE_EESE, "VALID APP_REKEY VALID trigger_rekey", 0);
    story_plain(&w.story, LONG_MS, TRACE_END);
    breaks(&w, "I14", 1);
    ck_assert_ptr_nonnull(strstr(watched_by_id(&w, "I14")->what, ", a rekey is wanted"));
}
END_TEST

START_TEST(I14_a_ue_that_was_refused_need_not_live)
{
    attached(10);
    watched_step(&w, 100, ROLE_UE, "READY MOVED ATTACHING moved_attached", 0);
    story_note(&w.story, 200, ROLE_UE, NOTE_REJECTED, 3, 0);
    story_plain(&w.story, LONG_MS, TRACE_END);
    holds(&w, "I14");
}
END_TEST

/* ---- I19 ---- */

static void armed(unsigned t_ms, uint32_t ms)
{
    struct msg m = watched_keyset(&w, 1, 0, 0x33);

    m.u.keyset_fwd.profile.te2e_floor_ms = 1000;
    m.u.keyset_fwd.profile.te2e_ceiling_ms = 5000;
    watched_datagram(&w, t_ms, ROLE_EMSE, ROLE_EESE, &m, 0, FATE_DELIVERED);
    watched_step(&w, t_ms, ROLE_EESE, "NO_KEY RX_KEYSET VALID install_keyset", 0);
    story_note(&w.story, t_ms, ROLE_EESE, NOTE_TE2E_UE, ms, 0);
}

static void expires(unsigned t_ms)
{
    watched_step(&w, t_ms, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED invalidate_keyset", 0);
}

static void accepts(unsigned t_ms, int epoch, uint32_t ctr)
{
    watched_step(&w, t_ms, ROLE_EESE, "VALID RX_DATA VALID deliver", epoch);
    story_data(&w.story, t_ms, ROLE_EESE, ROLE_UE, VERDICT_OK, (uint32_t)epoch, ctr, "a");
}

START_TEST(I19_te2e_beyond_the_limits_is_broken_where_it_is_noted)
{
    armed(10, 5001);
    holds(&w, "I19"); /* the ceiling may come next */
    watched_step(&w, 20, ROLE_EESE, "VALID APP_SEND VALID send_data", 0);
    breaks(&w, "I19", 1);
    says(&w, "I19", 3, "te2e of UE1 is 5001 ms; the operator allows 1000 to 5000 ms");
}
END_TEST

START_TEST(I19_te2e_brought_within_the_limits_is_fine)
{
    armed(10, 500);
    story_note(&w.story, 10, ROLE_EESE, NOTE_TE2E_FLOOR, 1000, 500);
    expires(1010);
    holds(&w, "I19");
}
END_TEST

START_TEST(I19_it_runs_out_at_its_time_and_not_before)
{
    armed(10, 2000);
    expires(2009);
    breaks(&w, "I19", 1);
    says(&w, "I19", 4, "te2e of UE1 runs out 1000 us too early");
}
END_TEST

START_TEST(I19_nothing_is_delivered_after_its_time)
{
    armed(10, 2000);
    accepts(2009, 0, 1);
    holds(&w, "I19");
    accepts(2010, 0, 2);
    breaks(&w, "I19", 1);
    says(&w, "I19", 7, "EESE delivers #2 of UE1 under epoch 0, whose te2e has run out 0 us ago");
}
END_TEST

START_TEST(I19_the_next_epoch_has_a_te2e_of_its_own)
{
    armed(10, 2000);
    watched_step(&w, 1500, ROLE_EESE, "VALID_NEXT RX_CONFIRM VALID commit", 1);
    story_note(&w.story, 1500, ROLE_EESE, NOTE_TE2E_UE, 2000, 0);
    accepts(3000, 1, 1);
    holds(&w, "I19");
    accepts(3500, 1, 2);
    breaks(&w, "I19", 1);
}
END_TEST

START_TEST(I19_a_shorter_te2e_may_end_a_running_one_at_once)
{
    struct msg m = {.type = MSG_POLICY};

    armed(10, 4000);
    m.u.policy.ue = w.story.ues[0].imsi;
    m.u.policy.assoc = watched_assoc(&w);
    m.u.policy.profile = watched_profile();
    m.u.policy.profile.version = 2;
    m.u.policy.profile.te2e_floor_ms = 3000;
    watched_datagram(&w, 2000, ROLE_EMSE, ROLE_EESE, &m, -1, FATE_DELIVERED);
    watched_step(&w, 2000, ROLE_EESE, "VALID RX_POLICY VALID apply_policy", 0);
    story_note(&w.story, 2000, ROLE_EESE, NOTE_TE2E_UE, 1500, 0);
    expires(2000);
    breaks(&w, "I19", 1); /* 1500 ms is below the new floor, but not too early */
    ck_assert_ptr_nonnull(strstr(watched_by_id(&w, "I19")->what, "allows 3000 to"));
}
END_TEST

START_TEST(I19_a_clock_of_its_own_or_a_lost_state_excuse_the_times)
{
    armed(10, 2000);
    if (_i == 0) {
        watched_process(&w, 100, ROLE_EESE, PROCESS_CLOCK, LEFT_ALL);
    } else {
        watched_process(&w, 100, ROLE_EESE, PROCESS_STARTS, LEFT_OLD);
    }
    accepts(4000, 0, 2);
    expires(1000);
    holds(&w, "I19");
}
END_TEST

START_TEST(I19_what_was_kept_before_a_death_may_be_told_after_te2e)
{
    armed(10, 2000);
    watched_process(&w, 1900, ROLE_EESE, PROCESS_DIES, LEFT_ALL);
    watched_process(&w, 4000, ROLE_EESE, PROCESS_STARTS, LEFT_ALL);
    story_data(&w.story, 4000, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 2, "b");
    holds(&w, "I19");
}
END_TEST

START_TEST(I19_a_restart_does_not_stop_te2e)
{
    armed(10, 2000);
    watched_process(&w, 100, ROLE_EESE, PROCESS_STARTS, LEFT_ALL);
    accepts(4000, 0, 2);
    breaks(&w, "I19", 1);
}
END_TEST

Suite *test_invariants_keys_suite(void)
{
    Suite *s = suite_create("invariants_keys");
    TCase *h = tcase_create("hardened");
    TCase *l = tcase_create("literal");

    tcase_add_checked_fixture(h, setup, teardown);
    tcase_add_test(h, I2_the_ue_may_have_what_the_eese_has_installed);
    tcase_add_test(h, I2_the_ue_is_ahead_of_what_the_eese_has);
    tcase_add_test(h, I2_the_eese_has_switched_before_the_ue);
    tcase_add_test(h, I2_a_root_may_be_some_epochs_ahead);
    tcase_add_test(h, I2_a_ue_that_attaches_is_not_asked);
    tcase_add_test(h, I2_an_end_without_all_its_state_has_time_to_find_back);
    tcase_add_test(h, I2_an_end_with_all_its_state_has_none);
    tcase_add_test(h, I14_hardened_a_message_open_for_ever_is_no_life);
    tcase_add_test(h, I14_is_not_judged_before_its_bound);
    tcase_add_test(h, I14_holds_when_all_is_settled_in_the_end);
    tcase_add_loop_test(h, I14_asks_nothing_while_something_disturbs, 0, 7);
    tcase_add_test(h, I14_a_wish_for_a_key_must_be_met);
    tcase_add_test(h, I14_a_ue_that_was_refused_need_not_live);
    tcase_add_test(h, I19_te2e_beyond_the_limits_is_broken_where_it_is_noted);
    tcase_add_test(h, I19_te2e_brought_within_the_limits_is_fine);
    tcase_add_test(h, I19_it_runs_out_at_its_time_and_not_before);
    tcase_add_test(h, I19_nothing_is_delivered_after_its_time);
    tcase_add_test(h, I19_the_next_epoch_has_a_te2e_of_its_own);
    tcase_add_test(h, I19_a_shorter_te2e_may_end_a_running_one_at_once);
    tcase_add_loop_test(h, I19_a_clock_of_its_own_or_a_lost_state_excuse_the_times, 0, 2);
    tcase_add_test(h, I19_what_was_kept_before_a_death_may_be_told_after_te2e);
    tcase_add_test(h, I19_a_restart_does_not_stop_te2e);
    suite_add_tcase(s, h);
    tcase_add_checked_fixture(l, setup_literal, teardown);
    tcase_add_test(l, I2_is_not_asked_of_the_literal_text);
    tcase_add_test(l, I14_literal_keys_that_have_parted_name_the_loss_and_the_step_after_it);
    tcase_add_test(l, I14_literal_a_rand_on_its_way_may_still_mend_it);
    tcase_add_test(l, I14_literal_keys_that_meet_again_by_a_new_attach_have_not_parted);
    tcase_add_test(l, I14_literal_a_ue_that_waits_while_nothing_is_under_way_waits_for_ever);
    suite_add_tcase(s, l);
    return s;
}
