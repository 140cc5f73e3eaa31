#include "common/base/ensure.h"
#include "test/unit/node_toy.h"
#include "test/unit/wire_sample.h"

#include <check.h>
#include <malloc.h>
#include <string.h>

Suite *test_node_suite(void);

START_TEST(a_first_message_makes_a_context_and_later_ones_find_it)
{
    struct node *n = toy_node(4);

    toy_attach(n, 5, 1, 1);
    toy_attach(n, 6, 2, 1);
    toy_attach(n, 7, 1, 2);
    ck_assert_uint_eq(node_size(n), 2);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 2);
    ck_assert_uint_eq(toy_find(n, 1)->now_us, 7);
    ck_assert_uint_eq(toy_find(n, 2)->steps, 1);
    ck_assert_ptr_null(toy_find(n, 3));
    ck_assert_uint_eq(node_counters(n)->steps, 3);
    ck_assert_uint_eq(node_counters(n)->datagrams, 3);
    ck_assert_ptr_eq(node_machine(n), &toy_machine);
    node_free(n);
}
END_TEST

START_TEST(effects_follow_the_step_in_their_order)
{
    struct node *n = toy_node(4);

    fx_note(&toy_plan.fx, NOTE_ATTACHED, 3, 4);
    toy_plan_status(true);
    fx_save(&toy_plan.fx);
    fx_deliver(&toy_plan.fx, ROLE_UE, 5, 6, (const uint8_t *)"42", 2);
    fx_report(&toy_plan.fx, VERDICT_DUP, ROLE_UE, 5, 6);
    toy_attach(n, 9, 1, 1);
    ck_assert_str_eq(toy_seen.words, "step note STATUS save deliver report ");
    ck_assert_uint_eq(toy_seen.saved, 1);
    ck_assert_int_eq(toy_seen.occur.kind, OCCUR_REPORT);
    ck_assert_int_eq(toy_seen.occur.verdict, VERDICT_DUP);
    ck_assert_int_eq(toy_seen.occur.from, ROLE_UE);
    ck_assert_uint_eq(toy_seen.occur.epoch, 5);
    ck_assert_uint_eq(toy_seen.occur.ctr, 6);
    ck_assert_uint_eq(toy_seen.occur.t_us, 9);
    ck_assert_uint_eq(node_counters(n)->sent, 1);
    node_free(n);
}
END_TEST

START_TEST(a_step_is_told_with_its_names_and_what_is_shown_after_it)
{
    struct node *n = toy_node(4);

    toy_attach(n, 9, 1, 1);
    ck_assert_str_eq(toy_seen.occur.state, "IDLE");
    ck_assert_str_eq(toy_seen.occur.event, "KNOCK");
    ck_assert_str_eq(toy_seen.occur.next, "BUSY");
    ck_assert_str_eq(toy_seen.occur.action, "answer");
    ck_assert_int_eq(toy_seen.occur.clause, GAP_ATTACH);
    ck_assert(!toy_seen.occur.has_epoch);
    toy_attach(n, 10, 1, 1);
    ck_assert_str_eq(toy_seen.occur.state, "BUSY");
    ck_assert(toy_seen.occur.has_epoch);
    ck_assert_uint_eq(toy_seen.occur.epoch, 2);
    ck_assert_uint_eq(toy_seen.occur.fp, 0xabcd);
    ck_assert_str_eq(toy_seen.occur.ue.s, "001010000000001");
    node_free(n);
}
END_TEST

START_TEST(what_has_no_row_is_counted_and_noted)
{
    struct node *n = toy_node(4);

    toy_plan.expected = false;
    toy_attach(n, 9, 1, 1);
    ck_assert_str_eq(toy_seen.words, "note ");
    ck_assert_int_eq(toy_seen.occur.note, NOTE_UNEXPECTED);
    ck_assert_uint_eq(node_counters(n)->unexpected, 1);
    node_free(n);
}
END_TEST

START_TEST(what_the_codec_refuses_is_counted_told_and_reaches_nobody)
{
    static const uint8_t junk[65507];
    struct node *n = toy_node(4);
    struct node_addr addr = toy_port(1);

    node_datagram(n, 3, ROLE_UE, &addr, junk, 0);
    node_datagram(n, 3, ROLE_UE, &addr, junk, 7);
    node_datagram(n, 3, ROLE_VN, &addr, junk, sizeof junk);
    ck_assert_str_eq(toy_seen.words, "refused refused refused ");
    ck_assert_int_eq(toy_seen.occur.from, ROLE_VN);
    ck_assert_int_eq(toy_seen.occur.err, ERR_OVERSIZE);
    ck_assert_uint_eq(toy_seen.occur.len, sizeof junk);
    ck_assert_uint_eq(node_counters(n)->refused[ERR_NO_BODY], 1);
    ck_assert_uint_eq(node_counters(n)->refused[ERR_MALFORMED], 1);
    ck_assert_uint_eq(node_counters(n)->refused[ERR_OVERSIZE], 1);
    ck_assert_uint_eq(node_counters(n)->steps, 0);
    ck_assert_uint_eq(node_size(n), 0);
    node_free(n);
}
END_TEST

START_TEST(a_message_for_nobody_is_counted_and_told)
{
    struct node *n = toy_node(4);
    struct msg m;

    toy_sync(n, 7);
    toy_sync(n, 0);
    toy_aka_resp(n, 7, 1);
    toy_aka_resp(n, 0, 1);
    wire_sample(&m, MSG_AV_RSP, ROLE_HSS, ROLE_EMSE, 1);
    toy_deliver(n, 0, ROLE_HSS, 1, &m);
    ck_assert_uint_eq(node_counters(n)->unrouted, 5);
    ck_assert_str_eq(toy_seen.words, "refused refused refused refused refused ");
    ck_assert_int_eq(toy_seen.occur.err, ERR_UNKNOWN);
    ck_assert_uint_eq(node_size(n), 0);
    node_free(n);
}
END_TEST

START_TEST(a_context_is_found_by_its_present_sids_only)
{
    struct node *n = toy_node(4);

    toy_plan.handles.sid[0] = 10;
    toy_plan.handles.sid[1] = 11;
    toy_attach(n, 0, 1, 1);
    toy_plan.handles.sid[0] = 11;
    toy_plan.handles.sid[1] = 12;
    toy_sync(n, 10);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 2);
    toy_sync(n, 10);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 2);
    ck_assert_uint_eq(node_counters(n)->unrouted, 1);
    toy_sync(n, 11);
    toy_sync(n, 12);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 4);
    node_free(n);
}
END_TEST

START_TEST(a_sid_that_another_context_has_claimed_stays_there)
{
    struct node *n = toy_node(4);

    toy_plan.handles.sid[0] = 10;
    toy_attach(n, 0, 1, 1);
    toy_attach(n, 0, 2, 1);
    toy_sync(n, 10);
    ck_assert_uint_eq(toy_find(n, 2)->steps, 2);
    toy_plan_nothing();
    toy_attach(n, 0, 1, 1); /* the first one lets go of what is no longer its own */
    toy_plan.handles.sid[0] = 10;
    toy_sync(n, 10);
    ck_assert_uint_eq(toy_find(n, 2)->steps, 3);
    node_free(n);
}
END_TEST

START_TEST(two_ue_processes_may_use_one_transaction_number)
{
    struct node *n = toy_node(4);

    fx_bind(&toy_plan.fx);
    toy_plan.handles.xid = 77;
    toy_attach(n, 0, 1, 1);
    toy_attach(n, 0, 2, 2);
    toy_aka_resp(n, 77, 1);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 2);
    ck_assert_uint_eq(toy_find(n, 2)->steps, 1);
    toy_aka_resp(n, 77, 2);
    ck_assert_uint_eq(toy_find(n, 2)->steps, 2);
    toy_aka_resp(n, 77, 3);
    ck_assert_uint_eq(node_counters(n)->unrouted, 1);
    toy_attach(n, 0, 1, 3); /* the first UE has moved, its number with it */
    toy_aka_resp(n, 77, 3);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 4);
    toy_aka_resp(n, 77, 1);
    ck_assert_uint_eq(node_counters(n)->unrouted, 2);
    node_free(n);
}
END_TEST

START_TEST(a_ue_is_answered_where_it_speaks_and_addressed_where_it_is_bound)
{
    struct node *n = toy_node(4);
    struct ident ue = toy_ue(1);
    struct order o = {.kind = ORDER_REKEY};

    toy_plan_status(false);
    toy_attach(n, 0, 1, 1);
    ck_assert_uint_eq(toy_seen.addr.len, 0); /* not bound yet */
    toy_plan_nothing();
    fx_bind(&toy_plan.fx);
    toy_plan_status(false);
    toy_attach(n, 0, 1, 2);
    ck_assert_uint_eq(toy_seen.addr.octets[1], 2);
    toy_plan_nothing();
    toy_plan_status(true);
    toy_attach(n, 0, 1, 3);
    ck_assert_uint_eq(toy_seen.addr.octets[1], 3);
    ck_assert_int_eq(node_order(n, 0, &ue, &o), ERR_OK);
    ck_assert_uint_eq(toy_seen.addr.octets[1], 2); /* no source to answer */
    toy_plan_nothing();
    fx_send(&toy_plan.fx, ROLE_HSS, MSG_RAND_REQ)->u.rand_req =
        (struct msg_rand_req){.assoc = {ue, ue, ue}, .g = 1, .n_first = 0, .count = 1};
    toy_attach(n, 0, 1, 3);
    ck_assert_uint_eq(toy_seen.addr.len, 0); /* the configured peer */
    node_free(n);
}
END_TEST

START_TEST(only_a_datagram_of_a_ue_binds_it)
{
    struct node *n = toy_node(4);
    struct msg m;

    fx_bind(&toy_plan.fx);
    toy_attach(n, 0, 1, 1);
    toy_plan_status(false);
    wire_sample(&m, MSG_AV_RSP, ROLE_HSS, ROLE_EMSE, 1);
    m.u.av_rsp.ue = toy_ue(1);
    toy_deliver(n, 0, ROLE_HSS, 9, &m);
    ck_assert_uint_eq(toy_seen.addr.octets[1], 1);
    node_free(n);
}
END_TEST

START_TEST(an_order_reaches_its_context_and_nobody_else)
{
    struct node *n = toy_node(2);
    struct ident ue = toy_ue(1);
    struct order o = {.kind = ORDER_REKEY};

    ck_assert_int_eq(node_order(n, 0, &ue, &o), ERR_UNKNOWN);
    ck_assert_ptr_nonnull(node_context(n, &ue));
    ck_assert_ptr_eq(node_context(n, &ue), node_find(n, &ue));
    ck_assert_uint_eq(node_size(n), 1);
    ck_assert_int_eq(node_order(n, 4, &ue, &o), ERR_OK);
    ck_assert_int_eq(toy_find(n, 1)->input, IN_ORDER);
    ck_assert_uint_eq(toy_find(n, 1)->now_us, 4);
    node_free(n);
}
END_TEST

START_TEST(a_timer_runs_at_its_time_and_not_a_microsecond_before)
{
    struct node *n = toy_node(4);

    ck_assert_uint_eq(node_deadline(n), UINT64_MAX);
    fx_arm(&toy_plan.fx, TIMER_PUSH, 100);
    fx_arm(&toy_plan.fx, TIMER_FWD, 50);
    fx_disarm(&toy_plan.fx, TIMER_AV); /* does not run: harmless */
    toy_attach(n, 0, 1, 1);
    toy_plan_nothing();
    ck_assert_uint_eq(node_deadline(n), 50);
    node_run_timers(n, 49);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 1);
    node_run_timers(n, 50);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 2);
    ck_assert_int_eq(toy_find(n, 1)->input, IN_TIMER);
    ck_assert_int_eq(toy_find(n, 1)->timer, TIMER_FWD);
    ck_assert_uint_eq(node_deadline(n), 100);
    fx_disarm(&toy_plan.fx, TIMER_PUSH);
    toy_attach(n, 60, 1, 1);
    ck_assert_uint_eq(node_deadline(n), UINT64_MAX);
    node_free(n);
}
END_TEST

START_TEST(a_timer_armed_again_moves)
{
    struct node *n = toy_node(4);

    fx_arm(&toy_plan.fx, TIMER_PUSH, 100);
    fx_arm(&toy_plan.fx, TIMER_PUSH, 200);
    toy_attach(n, 0, 1, 1);
    toy_plan_nothing();
    ck_assert_uint_eq(node_deadline(n), 200);
    node_run_timers(n, 1000);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 2);
    node_free(n);
}
END_TEST

START_TEST(equal_deadlines_run_in_the_order_of_arming)
{
    struct node *n = toy_node(8);

    for (unsigned i = 0; i < 8; i++) {
        effects_reset(&toy_plan.fx);
        fx_arm(&toy_plan.fx, TIMER_PUSH, i < 7 ? 100 : 99);
        toy_attach(n, 0, i, 1);
    }
    effects_reset(&toy_plan.fx);
    fx_arm(&toy_plan.fx, TIMER_PUSH, 100);
    toy_attach(n, 0, 0, 1); /* armed anew: behind the others */
    toy_plan_nothing();
    toy_seen.steps = 0;
    ck_assert_uint_eq(node_deadline(n), 99);
    node_run_timers(n, 100);
    ck_assert_uint_eq(toy_seen.steps, 8);
    ck_assert_mem_eq(toy_seen.stepped, "71234560", 8);
    node_free(n);
}
END_TEST

START_TEST(a_timer_that_starts_itself_anew_holds_up_nobody)
{
    struct node *n = toy_node(4);

    fx_arm(&toy_plan.fx, TIMER_PUSH, 10);
    toy_attach(n, 0, 1, 1);
    toy_attach(n, 0, 2, 1);
    node_run_timers(n, 100);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 2);
    ck_assert_uint_eq(toy_find(n, 2)->steps, 2);
    ck_assert_uint_eq(node_deadline(n), 100);
    node_run_timers(n, 100);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 3);
    ck_assert_uint_eq(toy_find(n, 2)->steps, 3);
    node_free(n);
}
END_TEST

START_TEST(the_clock_never_goes_back)
{
    struct node *n = toy_node(4);

    toy_attach(n, 100, 1, 1);
    toy_attach(n, 40, 1, 1);
    ck_assert_uint_eq(toy_find(n, 1)->now_us, 100);
    ck_assert_uint_eq(toy_seen.occur.t_us, 100);
    fx_arm(&toy_plan.fx, TIMER_PUSH, 90);
    toy_attach(n, 50, 1, 1);
    toy_plan_nothing();
    node_run_timers(n, 50);
    ck_assert_uint_eq(toy_find(n, 1)->steps, 4);
    node_free(n);
}
END_TEST

START_TEST(entropy_is_drawn_anew_only_after_it_was_used)
{
    struct node *n = toy_node(4);

    toy_attach(n, 0, 1, 1);
    toy_attach(n, 0, 1, 1);
    ck_assert_uint_eq(toy_find(n, 1)->entropy, 1);
    toy_plan.draws = true;
    toy_attach(n, 0, 1, 1);
    ck_assert_uint_eq(toy_find(n, 1)->entropy, 1);
    toy_attach(n, 0, 1, 1);
    ck_assert_uint_eq(toy_find(n, 1)->entropy, 2);
    toy_attach(n, 0, 2, 1);
    ck_assert_uint_eq(toy_find(n, 2)->entropy, 1);
    node_free(n);
}
END_TEST

START_TEST(a_full_table_reuses_a_disposable_context_and_nothing_of_it_is_left)
{
    struct node *n = toy_node(2);
    struct ident ue = toy_ue(3);

    toy_plan.draws = true;
    fx_arm(&toy_plan.fx, TIMER_PUSH, 100);
    toy_plan.handles.sid[0] = 10;
    toy_plan.handles.xid = 5;
    toy_attach(n, 0, 1, 1);
    toy_plan_nothing();
    toy_plan.keeps = true;
    toy_attach(n, 0, 2, 1);
    ck_assert_ptr_null(node_context(n, &ue)); /* what is provisioned takes nobody's place */
    toy_attach(n, 0, 3, 1);
    ck_assert_uint_eq(node_size(n), 2);
    ck_assert_ptr_null(toy_find(n, 1));
    ck_assert_uint_eq(toy_find(n, 2)->steps, 1);
    ck_assert_uint_eq(toy_find(n, 3)->steps, 1);
    ck_assert_uint_eq(toy_find(n, 3)->entropy, 2); /* never what the one before it had */
    ck_assert_uint_eq(node_deadline(n), UINT64_MAX);
    toy_sync(n, 10);
    ck_assert_uint_eq(node_counters(n)->unrouted, 1);
    node_free(n);
}
END_TEST

START_TEST(a_table_full_of_worthy_contexts_refuses_and_counts)
{
    struct node *n = toy_node(2);

    toy_plan.keeps = true;
    toy_attach(n, 0, 1, 1);
    toy_attach(n, 0, 2, 1);
    toy_attach(n, 0, 3, 1);
    ck_assert_uint_eq(node_counters(n)->table_full, 1);
    ck_assert_int_eq(toy_seen.occur.kind, OCCUR_REFUSED);
    ck_assert_int_eq(toy_seen.occur.err, ERR_NO_ROOM);
    ck_assert_ptr_null(toy_find(n, 3));
    node_free(n);
}
END_TEST

/* ---- contexts that come back from another life ---- */

static enum err restore(struct node *n, unsigned ue, uint32_t slot, uint32_t sid)
{
    struct toy t = {.ue = toy_ue(ue), .slot = slot, .kept = true, .handles = {.sid = {sid}}};
    const struct node_record r = {.ue = t.ue, .slot = slot, .addr = toy_port(7), .ctx = &t};

    return node_restore(n, &r);
}

START_TEST(a_restored_context_is_found_by_its_sid_and_reached_where_it_was)
{
    struct node *n = toy_node(4);

    ck_assert_int_eq(restore(n, 1, 2, 77), ERR_OK);
    toy_plan.handles.sid[0] = 77;
    toy_plan_status(false);
    toy_sync(n, 77);
    ck_assert_uint_eq(node_counters(n)->unrouted, 0);
    ck_assert_uint_eq(toy_seen.addr.len, toy_port(7).len);
    ck_assert_mem_eq(toy_seen.addr.octets, toy_port(7).octets, toy_port(7).len);
    node_free(n);
}
END_TEST

START_TEST(slots_stay_where_they_were_and_new_contexts_fill_the_gaps)
{
    struct node *n = toy_node(4);

    ck_assert_int_eq(restore(n, 1, 2, 0), ERR_OK);
    ck_assert_int_eq(restore(n, 2, 0, 0), ERR_OK);
    ck_assert_int_eq(restore(n, 3, 2, 0), ERR_BAD_FIELD); /* taken */
    ck_assert_int_eq(restore(n, 3, 4, 0), ERR_NO_ROOM);
    ck_assert_uint_eq(node_size(n), 3);
    toy_attach(n, 1, 4, 1);
    toy_attach(n, 2, 5, 1);
    ck_assert_uint_eq(toy_find(n, 4)->slot, 1);
    ck_assert_uint_eq(toy_find(n, 5)->slot, 3);
    ck_assert_uint_eq(toy_find(n, 1)->slot, 2);
    node_free(n);
}
END_TEST

START_TEST(a_restored_context_is_started_before_anything_else_and_once)
{
    static const struct order start = {.kind = ORDER_START};
    struct node *n = toy_node(8);

    ck_assert_int_eq(restore(n, 1, 0, 71), ERR_OK);
    ck_assert_int_eq(restore(n, 2, 5, 72), ERR_OK);
    ck_assert_int_eq(restore(n, 3, 6, 73), ERR_OK);
    ck_assert(!node_resume(n, 1, &start, 0));
    toy_sync(n, 72);
    ck_assert_str_eq(toy_seen.stepped, "22");
    ck_assert(!node_resume(n, 2, &start, 1));
    ck_assert_str_eq(toy_seen.stepped, "221");
    ck_assert(node_resume(n, 3, &start, 9));
    ck_assert_str_eq(toy_seen.stepped, "2213");
    ck_assert(node_resume(n, 4, &start, 9));
    ck_assert_str_eq(toy_seen.stepped, "2213");
    node_free(n);
}
END_TEST

START_TEST(contexts_are_walked_in_slot_order)
{
    struct node *n = toy_node(3);

    for (unsigned i = 0; i < 3; i++) {
        toy_attach(n, 0, 9 - i, 1);
    }
    for (unsigned i = 0; i < node_size(n); i++) {
        struct ident ue;
        struct ident wanted = toy_ue(9 - i);
        const struct toy *t = node_slot(n, i, &ue);

        ck_assert(ident_equal(&ue, &wanted));
        ck_assert_uint_eq(t->slot, i);
    }
    node_free(n);
}
END_TEST

START_TEST(nothing_is_allocated_after_the_start)
{
    struct node *n = toy_node(64);
    struct mallinfo2 before;
    struct mallinfo2 after;

    fx_arm(&toy_plan.fx, TIMER_PUSH, 100);
    toy_plan_status(true);
    before = mallinfo2();
    for (unsigned i = 0; i < 200; i++) {
        toy_attach(n, i, i % 100, 1);
        toy_seen.words[0] = '\0';
    }
    node_run_timers(n, 200);
    after = mallinfo2();
    ck_assert_uint_eq(after.uordblks, before.uordblks);
    node_free(n);
}
END_TEST

Suite *test_node_suite(void)
{
    Suite *s = suite_create("node");
    TCase *tc = tcase_create("node");

    tcase_add_test(tc, a_first_message_makes_a_context_and_later_ones_find_it);
    tcase_add_test(tc, effects_follow_the_step_in_their_order);
    tcase_add_test(tc, a_step_is_told_with_its_names_and_what_is_shown_after_it);
    tcase_add_test(tc, what_has_no_row_is_counted_and_noted);
    tcase_add_test(tc, what_the_codec_refuses_is_counted_told_and_reaches_nobody);
    tcase_add_test(tc, a_message_for_nobody_is_counted_and_told);
    tcase_add_test(tc, a_context_is_found_by_its_present_sids_only);
    tcase_add_test(tc, a_sid_that_another_context_has_claimed_stays_there);
    tcase_add_test(tc, two_ue_processes_may_use_one_transaction_number);
    tcase_add_test(tc, a_ue_is_answered_where_it_speaks_and_addressed_where_it_is_bound);
    tcase_add_test(tc, only_a_datagram_of_a_ue_binds_it);
    tcase_add_test(tc, an_order_reaches_its_context_and_nobody_else);
    tcase_add_test(tc, a_timer_runs_at_its_time_and_not_a_microsecond_before);
    tcase_add_test(tc, a_timer_armed_again_moves);
    tcase_add_test(tc, equal_deadlines_run_in_the_order_of_arming);
    tcase_add_test(tc, a_timer_that_starts_itself_anew_holds_up_nobody);
    tcase_add_test(tc, the_clock_never_goes_back);
    tcase_add_test(tc, entropy_is_drawn_anew_only_after_it_was_used);
    tcase_add_test(tc, a_full_table_reuses_a_disposable_context_and_nothing_of_it_is_left);
    tcase_add_test(tc, a_table_full_of_worthy_contexts_refuses_and_counts);
    tcase_add_test(tc, a_restored_context_is_found_by_its_sid_and_reached_where_it_was);
    tcase_add_test(tc, slots_stay_where_they_were_and_new_contexts_fill_the_gaps);
    tcase_add_test(tc, a_restored_context_is_started_before_anything_else_and_once);
    tcase_add_test(tc, contexts_are_walked_in_slot_order);
    tcase_add_test(tc, nothing_is_allocated_after_the_start);
    suite_add_tcase(s, tc);
    return s;
}
