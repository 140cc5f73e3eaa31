/* I4, I5, I16 and I18: what becomes of application data. */
#include "test/unit/watched.h"

Suite *test_invariants_data_suite(void);

static struct watched w;

static void setup(void)
{
    watched_open(&w, VARIANT_HARDENED);
}

static void setup_literal(void)
{
    watched_open(&w, VARIANT_LITERAL);
}

static void setup_soft(void)
{
    watched_init(&w, VARIANT_HARDENED);
    w.story.scn.variant.switches |= 1U << SW_SOFT_TRIGGER;
    watched_begin(&w);
}

static void setup_live(void)
{
    watched_init(&w, VARIANT_HARDENED);
    w.story.run.mode = "live";
    watched_begin(&w);
}

static void teardown(void)
{
    watched_close(&w);
}

/* |text| reaches the EESE as number |ctr|, and is delivered. */
static void deliver(unsigned t_ms, uint32_t ctr, const char *text)
{
    story_msg(&w.story, t_ms, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, ctr);
    story_data(&w.story, t_ms, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, ctr, text);
}

static void order(unsigned t_ms, const char *text, const char *how)
{
    story_order(&w.story, t_ms, ROLE_UE, ORDER_SEND, text);
    watched_step(&w, t_ms, ROLE_UE, how, 0);
}

/* ---- I4 ---- */

START_TEST(I4_literal_what_its_sender_lets_go_is_lost)
{
    order(10, "a", "READY APP_SEND READY send_literal");
    story_fate(&w.story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_DROPPED, 0));
    order(30, "b", "READY APP_SEND READY send_literal");
    deliver(40, 2, "b");
    holds(&w, "I4");
    story_plain(&w.story, 9000, TRACE_END);
    breaks(&w, "I4", 1);
    says(&w, "I4", 1,
         "what UE1 is told to send here is never delivered, and nobody has it any more");
    ck_assert_uint_eq(watched_by_id(&w, "I4")->t_us, 10000);
}
END_TEST

START_TEST(I4_literal_what_is_under_way_at_the_end_is_not_lost)
{
    order(10, "a", "READY APP_SEND READY send_literal");
    story_plain(&w.story, 10, TRACE_END);
    holds(&w, "I4");
}
END_TEST

START_TEST(I4_literal_what_is_held_or_waits_or_was_refused_is_not_lost)
{
    order(10, "a", "READY APP_SEND READY send_literal");
    watched_step(&w, 20, ROLE_UE, "READY RX_KEY_EXPIRED WAITKEY hold_literal", 0);
    order(30, "b", "WAITKEY APP_SEND WAITKEY queue_behind");
    order(40, "c", "WAITKEY APP_SEND_FULL WAITKEY refuse_message");
    story_plain(&w.story, 9000, TRACE_END);
    holds(&w, "I4");
}
END_TEST

START_TEST(I4_literal_only_the_last_message_is_held)
{
    order(10, "a", "READY APP_SEND READY send_literal");
    order(15, "b", "READY APP_SEND READY send_literal");
    watched_step(&w, 20, ROLE_UE, "READY RX_KEY_EXPIRED WAITKEY hold_literal", 0);
    story_plain(&w.story, 9000, TRACE_END);
    breaks(&w, "I4", 1);
    ck_assert_uint_eq(watched_by_id(&w, "I4")->event, 1);
}
END_TEST

START_TEST(I4_literal_a_message_to_the_ue_is_lost_likewise)
{
    story_order(&w.story, 10, ROLE_EESE, ORDER_SEND, "d");
    watched_step(&w, 10, ROLE_EESE, "EXPIRED APP_SEND EXPIRED queue_and_trigger", 0);
    story_plain(&w.story, 9000, TRACE_LINK);
    watched_step(&w, 9100, ROLE_EESE, "EXPIRED RX_RAND VALID derive_next", 1);
    story_plain(&w.story, 19000, TRACE_END);
    breaks(&w, "I4", 1);
    says(&w, "I4", 1,
         "what the EESE is told to send to UE1 here is never delivered, and nobody has it any "
         "more");
}
END_TEST

START_TEST(I4_a_message_is_known_by_its_content)
{
    order(10, "a", "READY APP_SEND READY send_message");
    order(20, "b", "READY APP_SEND READY send_message");
    order(30, "a", "READY APP_SEND READY send_message");
    deliver(40, 1, "a");
    deliver(50, 3, "a");
    deliver(60, 2, "b");
    holds(&w, "I4");
    deliver(70, 4, "a"); /* with a number of its own */
    breaks(&w, "I4", 1);
    says(&w, "I4", 14, "EESE delivers a message of UE1 a second time, as #4");
    deliver(80, 5, "nobody has sent this"); /* that is not for I4 to say */
    breaks(&w, "I4", 1);
}
END_TEST

START_TEST(I4_hardened_a_message_is_its_senders_until_it_is_acknowledged)
{
    order(10, "a", "READY APP_SEND READY send_message");
    story_plain(&w.story, 9000, TRACE_END);
    holds(&w, "I4");
}
END_TEST

START_TEST(I4_an_eese_without_its_memory_may_deliver_once_more)
{
    order(10, "a", "READY APP_SEND READY send_message");
    deliver(20, 1, "a");
    watched_process(&w, 30, ROLE_EESE, PROCESS_STARTS, LEFT_NOTHING);
    deliver(40, 1, "a");
    holds(&w, "I4");
    deliver(50, 1, "a");
    breaks(&w, "I4", 1);
}
END_TEST

START_TEST(I4_an_eese_with_all_its_memory_may_not)
{
    order(10, "a", "READY APP_SEND READY send_message");
    deliver(20, 1, "a");
    watched_process(&w, 30, ROLE_EESE, PROCESS_STARTS, LEFT_ALL);
    deliver(40, 1, "a");
    breaks(&w, "I4", 1);
}
END_TEST

/* ---- I5 ---- */

static void acknowledge(unsigned t_ms, uint32_t ctr, enum fate fate)
{
    const struct msg m = watched_frame(MSG_DACK, 0x21, ctr, "");

    watched_datagram(&w, t_ms, ROLE_EESE, ROLE_UE, &m, 0, fate);
}

START_TEST(I5_what_is_acknowledged_has_been_delivered)
{
    deliver(10, 1, "a");
    acknowledge(20, 1, FATE_DELIVERED);
    holds(&w, "I5");
    acknowledge(30, 2, FATE_DROPPED); /* lost, but said, */
    holds(&w, "I5");                  /* and its step may go on */
    story_plain(&w.story, 40, TRACE_END);
    breaks(&w, "I5", 1);
    says(&w, "I5", 4, "#2 of UE1 counts as acknowledged by the EESE, which has not delivered it");
}
END_TEST

START_TEST(I5_what_is_lost_at_once_is_told_before_the_delivery)
{
    story_msg(&w.story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 2);
    acknowledge(20, 2, FATE_DROPPED);
    story_data(&w.story, 20, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 2, "a");
    story_plain(&w.story, 40, TRACE_END);
    holds(&w, "I5");
}
END_TEST

START_TEST(I5_an_acknowledgement_that_the_ue_believes_counts_too)
{
    acknowledge(30, 2, FATE_INJECTED); /* anybody can say so */
    holds(&w, "I5");
    story_note(&w.story, 30, ROLE_UE, NOTE_ACKED, 2, 0);
    breaks(&w, "I5", 1);
}
END_TEST

START_TEST(I5_an_eese_that_has_died_still_owes_it)
{
    watched_process(&w, 10, ROLE_EESE, PROCESS_DIES, LEFT_ALL);
    acknowledge(20, 1, FATE_DELIVERED);
    acknowledge(20, 2, FATE_DELIVERED);
    watched_process(&w, 30, ROLE_EESE, PROCESS_STARTS, _i == 0 ? LEFT_ALL : LEFT_BUT_LAST);
    story_data(&w.story, 40, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 1, "a");
    holds(&w, "I5");
    story_plain(&w.story, 50, TRACE_END);
    breaks(&w, "I5", _i == 0 ? 1U : 0U); /* without its last save it may not know */
}
END_TEST

START_TEST(I5_a_dead_eese_is_not_asked)
{
    watched_process(&w, 10, ROLE_EESE, PROCESS_DIES, LEFT_ALL);
    acknowledge(20, 1, FATE_DELIVERED);
    story_plain(&w.story, 50, TRACE_END);
    holds(&w, "I5");
}
END_TEST

/* ---- I16 ---- */

static void refuse(unsigned t_ms, enum fate fate, uint64_t way_ms, enum verdict verdict)
{
    struct trace_event e = {.kind = TRACE_MSG, .t_us = (uint64_t)t_ms * 1000, .ue = 0};

    e.u.msg = (struct trace_msg){.from = ROLE_UE,
                                 .to = ROLE_EESE,
                                 .type = MSG_DATA_UL,
                                 .ue = 0,
                                 .ctr = t_ms,
                                 .attempt = 1,
                                 .fate = fate,
                                 .sent_us = e.t_us - way_ms * 1000};
    story_tell(&w.story, &e);
    story_data(&w.story, t_ms, ROLE_EESE, ROLE_UE, verdict, 0, t_ms, "");
}

START_TEST(I16_an_honest_frame_is_refused)
{
    refuse(20000, FATE_DELIVERED, 10, VERDICT_UNKNOWN_EPOCH);
    breaks(&w, "I16", 1);
    says(&w, "I16", 2,
         "EESE refuses #20000 of UE1 (UNKNOWN_EPOCH), though no key of it has expired");
}
END_TEST

START_TEST(I16_copies_forgeries_and_what_was_too_long_under_way_may_be_refused)
{
    refuse(20000, FATE_DUPLICATED, 10, VERDICT_UNKNOWN_EPOCH);
    refuse(21000, FATE_INJECTED, 10, VERDICT_REPLAY);
    refuse(22000, FATE_CORRUPTED, 10, VERDICT_FAIL_MIC);
    refuse(33000, FATE_DELAYED, 10001, VERDICT_UNKNOWN_EPOCH);
    refuse(34000, FATE_DELIVERED, 10, VERDICT_DUP);
    holds(&w, "I16");
    refuse(44000, FATE_DELAYED, 10000, VERDICT_UNKNOWN_EPOCH); /* as long as the overlap */
    breaks(&w, "I16", 1);
}
END_TEST

/* The frame is sent at 1010 ms. */
START_TEST(I16_during_an_attach_a_new_root_may_come_in_between)
{
    watched_step(&w, 500, ROLE_UE, "READY MOVED ATTACHING moved_attached", 0);
    watched_step(&w, _i == 0 ? 1000 : 1010, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", 0);
    refuse(1020, FATE_DELIVERED, 10, VERDICT_UNKNOWN_EPOCH);
    breaks(&w, "I16", _i == 0 ? 1U : 0U);
}
END_TEST

START_TEST(I16_once_a_key_has_expired_anything_may_be_refused)
{
    watched_step(&w, 10, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED invalidate_keyset", 0);
    refuse(20000, FATE_DELIVERED, 10, VERDICT_EXPIRED);
    holds(&w, "I16");
}
END_TEST

START_TEST(I16_is_asked_only_where_rekeys_come_in_time)
{
    ck_assert(!watched_by_id(&w, "I16")->watched);
}
END_TEST

/* ---- I18 ---- */

START_TEST(I18_a_frame_without_a_verdict)
{
    story_msg(&w.story, 10, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7);
    watched_step(&w, 10, ROLE_EESE, "VALID RX_DATA VALID deliver", 0);
    holds(&w, "I18");
    story_msg(&w.story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 8);
    breaks(&w, "I18", 1);
    says(&w, "I18", 1, "data #7 of UE1 reaches the EESE, which gives no verdict on it");
}
END_TEST

START_TEST(I18_a_second_verdict)
{
    deliver(10, 7, "a");
    holds(&w, "I18");
    story_data(&w.story, 10, ROLE_EESE, ROLE_UE, VERDICT_DUP, 0, 7, "");
    breaks(&w, "I18", 1);
    says(&w, "I18", 3, "EESE gives a verdict on #7 of UE1 without another frame");
}
END_TEST

START_TEST(I18_an_altered_frame_gets_one_too)
{
    story_fate(&w.story, 10, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7, BY(FATE_CORRUPTED, 3));
    story_fate(&w.story, 10, ROLE_EESE, ROLE_EMSE, MSG_NAK, 0, 0, BY(FATE_DROPPED, 0));
    story_data(&w.story, 10, ROLE_EESE, ROLE_UE, VERDICT_FAIL_MIC, 0, 7, "");
    holds(&w, "I18");
    story_fate(&w.story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 8, BY(FATE_CORRUPTED, 3));
    story_plain(&w.story, 30, TRACE_END);
    breaks(&w, "I18", 1);
}
END_TEST

static void refused(unsigned t_ms)
{
    struct trace_event e = {.kind = TRACE_OCCUR, .t_us = (uint64_t)t_ms * 1000, .ue = -1};

    e.u.occur.kind = OCCUR_REFUSED;
    e.u.occur.role = ROLE_EESE;
    e.u.occur.from = ROLE_UE;
    e.u.occur.err = ERR_UNKNOWN;
    story_tell(&w.story, &e);
}

START_TEST(I18_what_reaches_no_key_needs_none)
{
    story_msg(&w.story, 10, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7);
    refused(10);
    story_msg(&w.story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7);
    story_note(&w.story, 20, ROLE_EESE, NOTE_UNEXPECTED, 0, 0);
    story_fate(&w.story, 30, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7, BY(FATE_DROPPED, 0));
    story_plain(&w.story, 40, TRACE_END);
    holds(&w, "I18");
}
END_TEST

START_TEST(I18_an_eese_with_a_key_must_expect_data)
{
    watched_step(&w, 10, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 0);
    story_msg(&w.story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7);
    story_note(&w.story, 20, ROLE_EESE, NOTE_UNEXPECTED, 0, 0);
    story_plain(&w.story, 40, TRACE_END);
    breaks(&w, "I18", 1);
}
END_TEST

START_TEST(I18_an_eese_that_dies_of_it_tells_it_later_or_never)
{
    story_msg(&w.story, 10, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7);
    watched_process(&w, 10, ROLE_EESE, PROCESS_DIES, LEFT_ALL);
    watched_process(&w, 20, ROLE_EESE, PROCESS_STARTS, LEFT_ALL);
    story_data(&w.story, 20, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 7, "a");
    story_plain(&w.story, 40, TRACE_END);
    holds(&w, "I18");
}
END_TEST

START_TEST(I18_what_waits_for_a_paused_eese_is_answered_when_it_goes_on)
{
    watched_process(&w, 5, ROLE_EESE, PROCESS_PAUSES, LEFT_ALL);
    story_msg(&w.story, 10, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7);
    story_msg(&w.story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 8);
    watched_process(&w, 30, ROLE_EESE, PROCESS_RESUMES, LEFT_ALL);
    story_data(&w.story, 30, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 7, "a");
    story_data(&w.story, 30, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 8, "b");
    holds(&w, "I18");
    story_data(&w.story, 40, ROLE_EESE, ROLE_UE, VERDICT_DUP, 0, 8, "");
    breaks(&w, "I18", 1);
}
END_TEST

START_TEST(I18_live_verdicts_are_counted_at_the_end)
{
    story_msg(&w.story, 10, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7);
    story_msg(&w.story, 11, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 8);
    story_data(&w.story, 12, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 7, "a");
    if (_i == 0) {
        story_data(&w.story, 13, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 8, "b");
    } else if (_i == 1) {
        refused(13);
    }
    holds(&w, "I18");
    story_plain(&w.story, _i == 3 ? 100 : 9000, TRACE_END);
    breaks(&w, "I18", _i == 2 ? 1U : 0U); /* 3: what has just arrived may be answered yet */
}
END_TEST

START_TEST(I18_live_each_verdict_needs_a_frame)
{
    deliver(10, 7, "a");
    story_data(&w.story, 13, ROLE_EESE, ROLE_UE, VERDICT_DUP, 0, 7, "");
    story_plain(&w.story, 9000, TRACE_END);
    breaks(&w, "I18", 1);
}
END_TEST

static void add_messages(Suite *s)
{
    TCase *h = tcase_create("hardened");
    TCase *l = tcase_create("literal");

    tcase_add_checked_fixture(h, setup, teardown);
    tcase_add_test(h, I4_a_message_is_known_by_its_content);
    tcase_add_test(h, I4_hardened_a_message_is_its_senders_until_it_is_acknowledged);
    tcase_add_test(h, I4_an_eese_without_its_memory_may_deliver_once_more);
    tcase_add_test(h, I4_an_eese_with_all_its_memory_may_not);
    tcase_add_test(h, I5_what_is_acknowledged_has_been_delivered);
    tcase_add_test(h, I5_what_is_lost_at_once_is_told_before_the_delivery);
    tcase_add_test(h, I5_an_acknowledgement_that_the_ue_believes_counts_too);
    tcase_add_loop_test(h, I5_an_eese_that_has_died_still_owes_it, 0, 2);
    tcase_add_test(h, I5_a_dead_eese_is_not_asked);
    tcase_add_test(h, I16_is_asked_only_where_rekeys_come_in_time);
    suite_add_tcase(s, h);
    tcase_add_checked_fixture(l, setup_literal, teardown);
    tcase_add_test(l, I4_literal_what_its_sender_lets_go_is_lost);
    tcase_add_test(l, I4_literal_what_is_under_way_at_the_end_is_not_lost);
    tcase_add_test(l, I4_literal_what_is_held_or_waits_or_was_refused_is_not_lost);
    tcase_add_test(l, I4_literal_only_the_last_message_is_held);
    tcase_add_test(l, I4_literal_a_message_to_the_ue_is_lost_likewise);
    suite_add_tcase(s, l);
}

static void add_verdicts(Suite *s)
{
    TCase *f = tcase_create("soft");
    TCase *v = tcase_create("verdicts");
    TCase *l = tcase_create("live");

    tcase_add_checked_fixture(f, setup_soft, teardown);
    tcase_add_test(f, I16_an_honest_frame_is_refused);
    tcase_add_test(f, I16_copies_forgeries_and_what_was_too_long_under_way_may_be_refused);
    tcase_add_loop_test(f, I16_during_an_attach_a_new_root_may_come_in_between, 0, 2);
    tcase_add_test(f, I16_once_a_key_has_expired_anything_may_be_refused);
    suite_add_tcase(s, f);
    tcase_add_checked_fixture(v, setup, teardown);
    tcase_add_test(v, I18_a_frame_without_a_verdict);
    tcase_add_test(v, I18_a_second_verdict);
    tcase_add_test(v, I18_an_altered_frame_gets_one_too);
    tcase_add_test(v, I18_what_reaches_no_key_needs_none);
    tcase_add_test(v, I18_an_eese_with_a_key_must_expect_data);
    tcase_add_test(v, I18_an_eese_that_dies_of_it_tells_it_later_or_never);
    tcase_add_test(v, I18_what_waits_for_a_paused_eese_is_answered_when_it_goes_on);
    suite_add_tcase(s, v);
    tcase_add_checked_fixture(l, setup_live, teardown);
    tcase_add_loop_test(l, I18_live_verdicts_are_counted_at_the_end, 0, 4);
    tcase_add_test(l, I18_live_each_verdict_needs_a_frame);
    suite_add_tcase(s, l);
}

Suite *test_invariants_data_suite(void)
{
    Suite *s = suite_create("invariants_data");

    add_messages(s);
    add_verdicts(s);
    return s;
}
