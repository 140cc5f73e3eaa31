/* What deaths, swaps and stolen keys excuse, and what they do not: each test has the trace that an
 * invariant bears with, and the same one without the excuse. */
#include "test/unit/watched.h"

Suite *test_invariants_faults_suite(void);

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

static void tell(unsigned t_ms, enum role from, enum role to, const struct msg *m, int epoch)
{
    watched_datagram(&w, t_ms, from, to, m, epoch, FATE_DELIVERED);
}

/* The scenario has that fault too, in line 1 and so on. */
static unsigned with_fault(enum scn_fault_kind kind)
{
    struct scn_fault *f = &w.story.faults[w.story.scn.faults_count++];

    watched_close(&w);
    f->kind = kind;
    f->line = w.story.scn.faults_count;
    watched_begin(&w);
    return f->line;
}

static void starts(unsigned t_ms, enum role role, enum state_left left)
{
    watched_process(&w, t_ms, role, PROCESS_STARTS, left);
}

static void dies(unsigned t_ms, enum role role, unsigned line)
{
    struct trace_event e = {.kind = TRACE_PROCESS, .t_us = (uint64_t)t_ms * 1000, .ue = -1};

    e.u.process.role = role;
    e.u.process.what = PROCESS_DIES;
    e.u.process.line = line;
    story_tell(&w.story, &e);
}

/* ---- keys ---- */

START_TEST(I1_an_hss_that_begins_anew_makes_another_rand_for_one_who_needs_it_again)
{
    watched_step(&w, 10, ROLE_EESE, "VALID RX_RAND VALID derive_next", 1);
    starts(20, ROLE_HSS, LEFT_NOTHING);
    if (_i == 1) {
        starts(20, ROLE_UE, LEFT_BUT_LAST);
    }
    story_step(&w.story, 30, ROLE_UE, "READY RX_RAND READY derive", C_6X23_4, 1, 0x77);
    breaks(&w, "I1", _i == 1 ? 0U : 1U);
}
END_TEST

START_TEST(I1_when_emse_and_eese_begin_anew_so_do_numbers)
{
    watched_step(&w, 10, ROLE_UE, "READY RX_RAND READY derive", 1);
    starts(20, ROLE_EMSE, LEFT_NOTHING);
    if (_i == 1) {
        starts(20, ROLE_EESE, LEFT_NOTHING);
    }
    story_step(&w.story, 30, ROLE_EESE, "VALID RX_RAND VALID derive", C_6X23_4, 1, 0x77);
    breaks(&w, "I1", _i == 1 ? 0U : 1U);
}
END_TEST

/* ---- data ---- */

static void ue_order(unsigned t_ms, const char *text, const char *how)
{
    story_order(&w.story, t_ms, ROLE_UE, ORDER_SEND, text);
    if (how != NULL) {
        watched_step(&w, t_ms, ROLE_UE, how, 0);
    }
}

static void deliver(unsigned t_ms, uint32_t ctr, const char *text)
{
    story_msg(&w.story, t_ms, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, ctr);
    story_data(&w.story, t_ms, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, ctr, text);
}

START_TEST(I4_literal_an_order_that_finds_nobody_waits)
{
    dies(10, ROLE_UE, 0);
    ue_order(20, "a", NULL);
    starts(30, ROLE_UE, LEFT_ALL);
    watched_step(&w, 30, ROLE_UE, "READY APP_SEND READY send_literal", 0);
    story_plain(&w.story, 9000, TRACE_END);
    breaks(&w, "I4", 1); /* taken, let go, and never delivered */
    ck_assert_uint_eq(watched_by_id(&w, "I4")->event, 2);
}
END_TEST

START_TEST(I4_literal_an_order_dies_with_who_has_not_taken_it)
{
    ue_order(10, "a", NULL);
    dies(20, ROLE_UE, 0);
    starts(30, ROLE_UE, LEFT_ALL);
    ue_order(40, "b", "READY APP_SEND READY send_literal");
    deliver(50, 1, "b");
    story_plain(&w.story, 9000, TRACE_END);
    holds(&w, "I4");
}
END_TEST

START_TEST(I4_literal_what_was_lost_with_the_state_is_not_missed)
{
    ue_order(10, "a", "READY APP_SEND READY send_literal");
    dies(20, ROLE_UE, 0);
    starts(30, ROLE_UE, _i == 0 ? LEFT_ALL : LEFT_BUT_LAST);
    story_plain(&w.story, 9000, TRACE_END);
    breaks(&w, "I4", _i == 0 ? 1U : 0U);
}
END_TEST

/* 0: without a key; 1: with one; 2: with one, but it is no data */
START_TEST(I4_who_has_a_key_may_say_what_its_owner_says)
{
    const unsigned line = with_fault(FAULT_FORGE);

    w.story.faults[line - 1].forged.seals = _i > 0;
    ue_order(10, "a", "READY APP_SEND READY send_message");
    deliver(20, 1, "a");
    story_fate(&w.story, 30, ROLE_UE, ROLE_EESE, _i < 2 ? MSG_DATA_UL : MSG_RAND_ACK, 0, 2,
               BY(FATE_INJECTED, line));
    story_data(&w.story, 30, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 2, "a");
    breaks(&w, "I4", _i == 1 ? 0U : 1U);
}
END_TEST

/* The UE has come back with epoch 1 while the EESE is at |eese|. */
static void alarm_from_behind(int eese, enum state_left left)
{
    starts(10, ROLE_UE, left);
    watched_step(&w, 10, ROLE_UE, "READY STARTED READY resume", 1);
    watched_step(&w, 20, ROLE_EESE, "VALID STATUS_DUE VALID say_status", eese);
    story_data(&w.story, 30, ROLE_EESE, ROLE_UE, VERDICT_FAIL_MIC, 0, 2, "");
}

START_TEST(I6_two_keys_under_one_number_look_like_a_forgery)
{
    starts(10, ROLE_HSS, LEFT_NOTHING);
    if (_i == 1) {
        starts(10, ROLE_EMSE, LEFT_BUT_LAST);
    }
    story_data(&w.story, 30, ROLE_EESE, ROLE_UE, VERDICT_FAIL_MIC, 0, 2, "");
    breaks(&w, "I6", _i == 1 ? 0U : 1U);
}
END_TEST

START_TEST(I6_a_ue_of_long_ago_may_be_mistaken)
{
    static const struct {
        int eese;
        enum state_left left;
        unsigned times;
    } cases[] = {{9, LEFT_OLD, 0}, {9, LEFT_ALL, 1}, {7, LEFT_OLD, 1}};

    alarm_from_behind(cases[_i].eese, cases[_i].left);
    breaks(&w, "I6", cases[_i].times);
}
END_TEST

static void data(unsigned t_ms, uint32_t ctr, const char *text, int epoch, enum fate fate)
{
    const struct msg m = watched_frame(MSG_DATA_UL, 0x21, ctr, text);

    watched_datagram(&w, t_ms, ROLE_UE, ROLE_EESE, &m, epoch, fate);
}

/* The same number and kid: of epoch 1, and of epoch 9. */
START_TEST(I7_a_frame_of_long_ago_is_named_wrongly)
{
    watched_step(&w, 5, ROLE_UE, "READY RX_RAND READY derive", 9);
    data(10, 1, "a", 9, FATE_DELIVERED);
    starts(20, ROLE_UE, LEFT_OLD);
    watched_step(&w, 20, ROLE_UE, "READY STARTED READY resume", _i == 0 ? 1 : 8);
    data(30, 1, "b", 9, FATE_DELIVERED);
    breaks(&w, "I7", _i == 0 ? 0U : 1U);
}
END_TEST

/* A copy that a rule has altered may be what is lost at the dead. */
START_TEST(I7_what_is_lost_at_a_dead_process_may_have_been_altered)
{
    if (_i == 1) {
        (void)with_fault(FAULT_CORRUPT);
    }
    data(10, 1, "a", 0, FATE_DELIVERED);
    dies(20, ROLE_EESE, 0);
    data(30, 1, "b", 0, FATE_DROPPED);
    breaks(&w, "I7", _i == 1 ? 0U : 1U);
}
END_TEST

/* ... or by a rule that has altered it and another that holds it to the end. */
START_TEST(I7_what_is_kept_to_the_end_may_have_been_altered)
{
    if (_i == 1) {
        (void)with_fault(FAULT_CORRUPT);
    }
    data(10, 1, "a", 0, FATE_DELIVERED);
    data(30, 1, "b", 0, FATE_KEPT);
    breaks(&w, "I7", _i == 1 ? 0U : 1U);
}
END_TEST

START_TEST(I18_what_an_attacker_learns_comes_in_between)
{
    story_msg(&w.story, 10, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 7);
    story_plain(&w.story, 10, TRACE_KNOWS);
    story_data(&w.story, 10, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 7, "a");
    holds(&w, "I18");
    story_msg(&w.story, 20, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 8);
    story_plain(&w.story, 20, TRACE_KNOWS);
    story_plain(&w.story, 30, TRACE_END);
    breaks(&w, "I18", 1);
}
END_TEST

/* ---- RAND ---- */

static struct msg rands(uint32_t n, uint8_t octet)
{
    struct msg m = {.type = MSG_RAND_RSP};

    m.u.rand_rsp.assoc = watched_assoc(&w);
    m.u.rand_rsp.g = 1;
    m.u.rand_rsp.n_first = n;
    m.u.rand_rsp.count = 1;
    memset(m.u.rand_rsp.rand[0], octet, RAND_LEN);
    return m;
}

static void hand_out(unsigned t_ms, uint32_t n, uint8_t octet, enum fate fate)
{
    const struct msg m = rands(n, octet);

    watched_datagram(&w, t_ms, ROLE_HSS, ROLE_EMSE, &m, (int)n, fate);
}

static void eese_derives(unsigned t_ms, uint32_t n, uint8_t octet)
{
    struct msg m = {.type = MSG_RAND_FWD};

    m.u.rand_fwd.assoc = watched_assoc(&w);
    m.u.rand_fwd.g = 1;
    m.u.rand_fwd.n = n;
    memset(m.u.rand_fwd.rand, octet, RAND_LEN);
    tell(t_ms, ROLE_EMSE, ROLE_EESE, &m, (int)n);
    watched_step(&w, t_ms, ROLE_EESE, "VALID RX_RAND VALID_NEXT install_rand", (int)n - 1);
}

START_TEST(I8_an_hss_that_begins_anew_makes_other_rands)
{
    hand_out(10, 1, 0x11, FATE_DELIVERED);
    starts(20, ROLE_HSS, _i == 0 ? LEFT_ALL : LEFT_NOTHING);
    hand_out(40, 1, 0x12, FATE_DELIVERED);
    breaks(&w, "I8", _i == 0 ? 1U : 0U);
}
END_TEST

/* ... but what is under way when it dies is of the life before: it was sent at 15 ms. */
START_TEST(I8_what_is_under_way_is_of_the_life_before)
{
    hand_out(10, 1, 0x11, FATE_DELIVERED);
    starts(20, ROLE_HSS, LEFT_NOTHING);
    hand_out(25, 1, 0x12, FATE_DELIVERED);
    breaks(&w, "I8", 1);
}
END_TEST

START_TEST(I8_a_rand_of_another_ue_is_none)
{
    w.story.ue = 1;
    hand_out(10, 1, 0x11, FATE_DELIVERED);
    w.story.ue = 0;
    eese_derives(20, 1, 0x11);
    breaks(&w, "I8", 1);
    says(&w, "I8", 3,
         "EESE derives epoch 0 of UE1 from a RAND that the HSS has not made for that UE");
}
END_TEST

/* A copy of what may have been swapped tells nothing, be it the right one. */
START_TEST(I8_where_rands_are_swapped_a_copy_tells_nothing)
{
    if (_i == 1) {
        (void)with_fault(FAULT_SWAP);
    }
    hand_out(10, 1, 0x11, FATE_DUPLICATED);
    eese_derives(20, 1, _i == 1 ? 0x12 : 0x11);
    holds(&w, "I8");
    eese_derives(30, 2, 0x13);
    breaks(&w, "I8", _i == 1 ? 0U : 1U);
}
END_TEST

/* ---- attach ---- */

START_TEST(I11_an_emse_that_starts_again_may_have_chosen_untold)
{
    const struct msg k = watched_keyset(&w, 1, 0, 0x33);

    watched_step(&w, 10, ROLE_EMSE, "CHAL RX_RESP FWD hand_over", -1);
    story_note(&w.story, 10, ROLE_EMSE, NOTE_ALG_INT, INT_CMAC64, 0);
    story_note(&w.story, 10, ROLE_EMSE, NOTE_CONF_DEFAULT, CONF_ON, 0);
    story_note(&w.story, 10, ROLE_EMSE, NOTE_ALG_ENC, ENC_EEA0, 0);
    if (_i == 1) {
        starts(15, ROLE_EMSE, LEFT_ALL);
    }
    tell(20, ROLE_EMSE, ROLE_EESE, &k, 0);
    breaks(&w, "I11", _i == 1 ? 0U : 1U);
}
END_TEST

/* ---- life ---- */

enum { LONG_MS = 3600 * 1000 };

/* UE and EESE share epoch 0. */
static void attached(unsigned t_ms)
{
    watched_step(&w, t_ms, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 0);
    watched_step(&w, t_ms, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", 0);
    story_note(&w.story, t_ms, ROLE_UE, NOTE_ATTACHED, 1, 0);
}

START_TEST(I14_who_has_died_may_know_that_its_message_was_delivered)
{
    attached(10);
    ue_order(100, "a", "READY APP_SEND READY send_message");
    if (_i < 2) {
        deliver(110, 1, "a");
    }
    if (_i > 0) {
        dies(120, ROLE_UE, 0);
        starts(130, ROLE_UE, LEFT_ALL);
        watched_step(&w, 130, ROLE_UE, "READY STARTED READY resume", 0);
    }
    story_plain(&w.story, LONG_MS, TRACE_END);
    breaks(&w, "I14", _i == 1 ? 0U : 1U);
}
END_TEST

START_TEST(I14_a_wish_for_a_key_dies_with_the_eese)
{
    attached(10);
    watched_step(&w, 100, ROLE_EESE, "VALID APP_REKEY VALID trigger_rekey", 0);
    dies(200, _i == 0 ? ROLE_HSS : ROLE_EESE, 0);
    starts(300, _i == 0 ? ROLE_HSS : ROLE_EESE, LEFT_ALL);
    watched_step(&w, 300, ROLE_EESE, "VALID STARTED VALID resume", 0);
    story_plain(&w.story, LONG_MS, TRACE_END);
    breaks(&w, "I14", _i == 0 ? 1U : 0U);
}
END_TEST

/* 0: the EMSE knows the UE; 1: it has forgotten it; 2: and the UE has attached again; 3: and the UE
 * has a message to send */
START_TEST(I14_an_emse_finds_a_forgotten_ue_when_that_speaks)
{
    attached(10);
    starts(100, ROLE_EMSE, _i == 0 ? LEFT_ALL : LEFT_NOTHING);
    if (_i == 2) {
        attached(200);
    } else if (_i == 3) {
        ue_order(200, "a", "READY APP_SEND READY send_message");
    }
    watched_step(&w, 300, ROLE_EESE, "VALID SOFT_DUE VALID soft_trigger", 0);
    story_plain(&w.story, LONG_MS, TRACE_END);
    breaks(&w, "I14", _i == 1 ? 0U : 1U);
}
END_TEST

/* ---- quiet ---- */

/* 0: nothing excuses it; 1: the UE has died, and does not know that its message was delivered; 2:
 * where datagrams are altered an attach may be another UE's */
START_TEST(I15_there_may_be_a_reason_that_does_not_show)
{
    if (_i == 2) {
        (void)with_fault(FAULT_SWAP);
    }
    attached(10);
    watched_step(&w, 10, ROLE_EMSE, "CONF RX_EESE_CUR IDLE finish", -1);
    if (_i == 1) {
        ue_order(100, "a", "READY APP_SEND READY send_message");
        deliver(110, 1, "a");
        dies(120, ROLE_UE, 0);
        starts(130, ROLE_UE, LEFT_ALL);
        watched_step(&w, 130, ROLE_UE, "READY STARTED READY resume", 0);
    }
    story_msg(&w.story, 9000, ROLE_EMSE, ROLE_UE, MSG_AKA_CHAL, -1, 0);
    breaks(&w, "I15", _i == 0 ? 1U : 0U);
}
END_TEST

/* ---- te2e ---- */

START_TEST(I19_who_dies_over_a_datagram_may_have_begun_te2e_again)
{
    const unsigned line = with_fault(FAULT_KILL);
    const struct msg m = watched_keyset(&w, 1, 0, 0x33);

    tell(10, ROLE_EMSE, ROLE_EESE, &m, 0);
    watched_step(&w, 10, ROLE_EESE, "NO_KEY RX_KEYSET VALID install_keyset", 0);
    story_note(&w.story, 10, ROLE_EESE, NOTE_TE2E_UE, 2000, 0);
    dies(20, ROLE_EESE, _i == 0 ? 0 : line);
    starts(30, ROLE_EESE, LEFT_ALL);
    watched_step(&w, 4000, ROLE_EESE, "VALID RX_DATA VALID deliver", 0);
    story_data(&w.story, 4000, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 2, "a");
    breaks(&w, "I19", _i == 0 ? 1U : 0U);
}
END_TEST

Suite *test_invariants_faults_suite(void)
{
    Suite *s = suite_create("invariants_faults");
    TCase *h = tcase_create("hardened");
    TCase *l = tcase_create("literal");

    tcase_add_checked_fixture(h, setup, teardown);
    tcase_add_loop_test(h, I1_an_hss_that_begins_anew_makes_another_rand_for_one_who_needs_it_again,
                        0, 2);
    tcase_add_loop_test(h, I1_when_emse_and_eese_begin_anew_so_do_numbers, 0, 2);
    tcase_add_loop_test(h, I4_who_has_a_key_may_say_what_its_owner_says, 0, 3);
    tcase_add_loop_test(h, I6_two_keys_under_one_number_look_like_a_forgery, 0, 2);
    tcase_add_loop_test(h, I6_a_ue_of_long_ago_may_be_mistaken, 0, 3);
    tcase_add_loop_test(h, I7_a_frame_of_long_ago_is_named_wrongly, 0, 2);
    tcase_add_loop_test(h, I7_what_is_lost_at_a_dead_process_may_have_been_altered, 0, 2);
    tcase_add_loop_test(h, I7_what_is_kept_to_the_end_may_have_been_altered, 0, 2);
    tcase_add_test(h, I18_what_an_attacker_learns_comes_in_between);
    tcase_add_loop_test(h, I8_an_hss_that_begins_anew_makes_other_rands, 0, 2);
    tcase_add_test(h, I8_what_is_under_way_is_of_the_life_before);
    tcase_add_test(h, I8_a_rand_of_another_ue_is_none);
    tcase_add_loop_test(h, I8_where_rands_are_swapped_a_copy_tells_nothing, 0, 2);
    tcase_add_loop_test(h, I11_an_emse_that_starts_again_may_have_chosen_untold, 0, 2);
    tcase_add_loop_test(h, I14_who_has_died_may_know_that_its_message_was_delivered, 0, 3);
    tcase_add_loop_test(h, I14_a_wish_for_a_key_dies_with_the_eese, 0, 2);
    tcase_add_loop_test(h, I14_an_emse_finds_a_forgotten_ue_when_that_speaks, 0, 4);
    tcase_add_loop_test(h, I15_there_may_be_a_reason_that_does_not_show, 0, 3);
    tcase_add_loop_test(h, I19_who_dies_over_a_datagram_may_have_begun_te2e_again, 0, 2);
    suite_add_tcase(s, h);
    tcase_add_checked_fixture(l, setup_literal, teardown);
    tcase_add_test(l, I4_literal_an_order_that_finds_nobody_waits);
    tcase_add_test(l, I4_literal_an_order_dies_with_who_has_not_taken_it);
    tcase_add_loop_test(l, I4_literal_what_was_lost_with_the_state_is_not_missed, 0, 2);
    suite_add_tcase(s, l);
    return s;
}
