/* What happens one tick (a microsecond) before a deadline and at it. A timer fires at its deadline,
 * never before; until then the old rule holds. */
#include "common/base/ensure.h"
#include "test/unit/rig.h"

#include <check.h>
#include <string.h>

Suite *test_deadline_suite(void);

enum { STEPS_MAX = 500 };
#define SECOND UINT64_C(1000000)

static struct rig r;

static void begin(void)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
}

static uint64_t due(enum role role, enum timer_id id)
{
    ck_assert(rig_armed(&r, role, id));
    return r.due_us[role][id];
}

/* ---- te2e ---- */

START_TEST(te2e_counts_from_the_commit)
{
    uint64_t committed;

    rig_init(&r, VARIANT_HARDENED);
    r.hss.profile.te2e_ue_ms = 5000;
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_run(&r);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_TE2E),
                      r.now_us + 5 * SECOND); /* at the EESE's derivation (step 1), */
    rig_fire(&r, ROLE_UE, TIMER_ACK);
    committed = r.now_us;
    rig_run(&r);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_TE2E),
                      committed + 5 * SECOND); /* and again at the first use */
}
END_TEST

START_TEST(data_is_taken_until_te2e_runs_out_and_not_after)
{
    begin();
    r.now_us = due(ROLE_EESE, TIMER_TE2E) - 1;
    rig_send(&r, ROLE_UE, "before");
    rig_run(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "before"), 1);
    rig_fire(&r, ROLE_EESE, TIMER_TE2E);
    rig_send(&r, ROLE_UE, "at");
    rig_deliver(&r, MSG_DATA_UL);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "at"), 0);
    ck_assert_uint_eq(rig_reported(&r, VERDICT_EXPIRED), 1);
}
END_TEST

START_TEST(a_keyset_that_nobody_uses_does_not_expire)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_run(&r);
    for (unsigned i = 0; i < 3; i++) {
        rig_fire(&r, ROLE_EESE, TIMER_TE2E);
        ck_assert_str_eq(rig_state(&r, ROLE_EESE), "FIRST");
    }
    rig_send(&r, ROLE_UE, "up");
    rig_run(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "up"), 1);
}
END_TEST

START_TEST(the_enterprise_wish_for_one_ue_wins)
{
    struct eese_wish wish = {.te2e_ms = 2000};

    rig_init(&r, VARIANT_HARDENED);
    wish.ue = r.ue.imsi;
    r.eese_conf.wish = &wish;
    r.eese_conf.wish_count = 1;
    r.eese_conf.te2e_wish_ms = 9000;
    rig_attach(&r);
    ck_assert_uint_eq(r.eese.te2e_ms, 2000);
    r.eese_conf.wish_count = 0;
    rig_rekey(&r);
    ck_assert_uint_eq(r.eese.te2e_ms, 9000);
}
END_TEST

START_TEST(a_rekey_restarts_te2e)
{
    uint64_t first;

    begin();
    first = due(ROLE_EESE, TIMER_TE2E);
    r.now_us += 60 * SECOND;
    rig_rekey(&r);
    ck_assert_uint_ge(due(ROLE_EESE, TIMER_TE2E), first + 60 * SECOND);
}
END_TEST

/* ---- policy ---- */

static void new_te2e(uint32_t ms)
{
    struct profile p = r.hss.profile;

    p.te2e_ue_ms = ms;
    rig_policy(&r, &p);
    rig_run(&r);
}

START_TEST(a_new_te2e_counts_from_the_next_arming)
{
    uint64_t old;

    begin();
    old = due(ROLE_EESE, TIMER_TE2E);
    new_te2e(7200 * 1000);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_TE2E), old);
    rig_rekey(&r);
    ck_assert_uint_eq(r.eese.te2e_ms, 7200 * 1000);
}
END_TEST

START_TEST(a_new_te2e_that_has_run_out_already_expires_the_key_now)
{
    uint64_t armed;

    begin();
    armed = r.eese.expires_us - 3600 * SECOND;
    r.now_us = armed + 10 * SECOND - 1;
    new_te2e(10000);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_TE2E), armed + 3600 * SECOND);
    new_te2e(9999); /* and this one a millisecond ago */
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_TE2E), r.now_us);
    rig_fire(&r, ROLE_EESE, TIMER_TE2E);
    ck_assert_str_eq(rig_state(&r, ROLE_EESE), "EXPIRED");
}
END_TEST

START_TEST(a_second_change_of_te2e_reckons_from_what_was_armed)
{
    begin();
    new_te2e(20000); /* counts from the next arming */
    r.now_us += 15 * SECOND;
    new_te2e(19000);
    ck_assert_uint_gt(due(ROLE_EESE, TIMER_TE2E), r.now_us + 3000 * SECOND);
    new_te2e(10000);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_TE2E), r.now_us);
}
END_TEST

START_TEST(an_older_policy_is_ignored)
{
    struct msg m = {.type = MSG_POLICY};

    begin();
    new_te2e(5000);
    m.u.policy.ue = r.ue.imsi;
    m.u.policy.profile = r.hss.profile;
    m.u.policy.profile.version = 1;
    m.u.policy.profile.te2e_ue_ms = 1;
    rig_inject(&r, ROLE_HSS, ROLE_EMSE, &m);
    ck_assert_uint_eq(r.flying, 0);
    ck_assert_uint_eq(r.emse.profile.te2e_ue_ms, 5000);
    m.u.policy.assoc = r.eese.assoc;
    rig_inject(&r, ROLE_EMSE, ROLE_EESE, &m);
    ck_assert_uint_eq(r.eese.profile.te2e_ue_ms, 5000);
}
END_TEST

START_TEST(a_vector_that_was_overtaken_by_a_policy_does_not_undo_it)
{
    struct msg rsp;

    begin();
    rig_move(&r, 0x22);
    rig_deliver(&r, MSG_ATTACH_REQ);
    rig_deliver(&r, MSG_AV_REQ);
    rsp = rig_take(&r, MSG_AV_RSP);
    new_te2e(5000);
    rig_inject(&r, ROLE_HSS, ROLE_EMSE, &rsp);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(r.eese.te2e_ms, 5000);
}
END_TEST

/* ---- overlap and spacing (H7) ---- */

START_TEST(the_previous_epoch_is_taken_until_the_overlap_closes_and_not_after)
{
    struct msg m1;
    struct msg m2;

    begin();
    rig_send(&r, ROLE_UE, "m0");
    rig_drop(&r, MSG_DATA_UL);
    rig_send(&r, ROLE_UE, "m1");
    m1 = rig_take(&r, MSG_DATA_UL);
    rig_send(&r, ROLE_UE, "m2");
    m2 = rig_take(&r, MSG_DATA_UL);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    while (!rig_flies(&r, MSG_DATA_UL)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    r.flying = 1; /* m0 alone, under the new epoch, makes the EESE switch */
    rig_run(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m1"), 0);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_OVERLAP), r.now_us + 10 * SECOND);
    r.now_us = due(ROLE_EESE, TIMER_OVERLAP) - 1;
    rig_inject(&r, ROLE_UE, ROLE_EESE, &m1);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m1"), 1);
    rig_fire(&r, ROLE_EESE, TIMER_OVERLAP);
    rig_inject(&r, ROLE_UE, ROLE_EESE, &m2);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m2"), 0);
    ck_assert_uint_eq(rig_reported(&r, VERDICT_UNKNOWN_EPOCH), 1);
}
END_TEST

START_TEST(an_expired_epoch_has_no_overlap)
{
    begin();
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "up");
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(r.eese.prev_ok, 0);
    ck_assert(!rig_armed(&r, ROLE_EESE, TIMER_OVERLAP));
}
END_TEST

START_TEST(a_planned_rekey_waits_until_the_overlap_has_closed)
{
    uint64_t end;

    begin();
    rig_rekey(&r);
    end = due(ROLE_EESE, TIMER_OVERLAP);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    ck_assert_uint_eq(r.flying, 0);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_TRIGGER), end);
    rig_fire(&r, ROLE_EESE, TIMER_TRIGGER);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), 2);
}
END_TEST

START_TEST(a_rekey_that_is_needed_does_not_wait)
{
    rig_init(&r, VARIANT_HARDENED);
    r.hss.profile.te2e_ue_ms = 4000; /* less than the overlap */
    rig_attach(&r);
    rig_rekey(&r);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "down");
    ck_assert(rig_flies(&r, MSG_KEY_TRIGGER));
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_UE, "down"), 1);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), 2);
}
END_TEST

/* ---- soft trigger (H10) ---- */

START_TEST(the_soft_trigger_comes_a_tenth_before_the_end)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_switch(&r, SW_SOFT_TRIGGER, true);
    r.hss.profile.te2e_ue_ms = 100000;
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_run(&r);
    ck_assert(!rig_armed(&r, ROLE_EESE, TIMER_SOFT)); /* a keyset nobody uses needs no successor */
    rig_fire(&r, ROLE_UE, TIMER_ACK);
    rig_run(&r);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_SOFT), due(ROLE_EESE, TIMER_TE2E) - 10 * SECOND);
    r.eese_conf.base.timing.ms[TIMER_SOFT] = 30000;
    rig_rekey(&r);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_SOFT), due(ROLE_EESE, TIMER_TE2E) - 30 * SECOND);
    r.eese_conf.base.timing.ms[TIMER_SOFT] = 1000000; /* never before now */
    r.now_us += 20 * SECOND;
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_run(&r);
    rig_fire(&r, ROLE_UE, TIMER_ACK);
    rig_run(&r);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_SOFT), r.now_us);
}
END_TEST

START_TEST(the_soft_trigger_survives_a_restart)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_switch(&r, SW_SOFT_TRIGGER, true);
    rig_attach(&r);
    rig_crash(&r, ROLE_EESE);
    ck_assert_uint_eq(due(ROLE_EESE, TIMER_SOFT), due(ROLE_EESE, TIMER_TE2E) - 360 * SECOND);
}
END_TEST

/* ---- the UE's waits ---- */

START_TEST(the_wait_for_a_key_ends_after_a_minute)
{
    begin();
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "up");
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_EXPIRED);
    ck_assert_uint_eq(due(ROLE_UE, TIMER_WAITKEY), r.now_us + 60 * SECOND);
    ck_assert(!rig_armed(&r, ROLE_UE, TIMER_DATA));
    r.flying = 0;
    rig_fire(&r, ROLE_UE, TIMER_WAITKEY);
    ck_assert_str_eq(rig_state(&r, ROLE_UE), "READY");
    ck_assert(rig_flies(&r, MSG_DATA_UL));
}
END_TEST

START_TEST(an_acknowledgement_waits_a_second_for_data_to_replace_it)
{
    begin();
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_run(&r);
    ck_assert_uint_eq(due(ROLE_UE, TIMER_ACK), r.now_us + SECOND);
}
END_TEST

START_TEST(a_message_is_sent_five_times_and_then_the_emse_is_asked)
{
    begin();
    rig_send(&r, ROLE_UE, "up");
    for (unsigned i = 1; i <= DATA_TRIES_MAX; i++) {
        rig_drop(&r, MSG_DATA_UL);
        ck_assert_str_eq(rig_state(&r, ROLE_UE), "READY");
        rig_fire(&r, ROLE_UE, TIMER_DATA);
    }
    rig_drop(&r, MSG_DATA_UL);
    rig_fire(&r, ROLE_UE, TIMER_DATA);
    ck_assert_str_eq(rig_state(&r, ROLE_UE), "SYNCING");
    ck_assert(rig_flies(&r, MSG_SYNC));
}
END_TEST

/* ---- the operator's limits at the EMSE (H12, H15) ---- */

START_TEST(rekeys_beyond_the_burst_wait_for_the_floor)
{
    uint64_t begun;

    rig_init(&r, VARIANT_HARDENED);
    r.hss.profile.te2e_floor_ms = 100000;
    rig_switch(&r, SW_SPACING, false);
    rig_attach(&r);
    begun = r.now_us;
    for (unsigned i = 0; i < 4; i++) {
        rig_rekey(&r);
    }
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_run(&r);
    ck_assert_uint_eq(r.notes[NOTE_RATE_LIMITED], 1);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), 4);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), 5);
    ck_assert_uint_ge(r.now_us, begun + 100 * SECOND);
}
END_TEST

static void anonymous_attach(uint32_t xid)
{
    struct msg m = {.type = MSG_ATTACH_REQ};

    m.u.attach_req.xid = xid;
    m.u.attach_req.caps = CAP_ALL;
    m.u.attach_req.eese = r.emse_conf.eese[0].handle;
    m.u.attach_req.ue = r.ue.imsi;
    rig_inject(&r, ROLE_UE, ROLE_EMSE, &m);
}

START_TEST(attaches_without_a_mac_are_honoured_thrice_and_then_every_ten_minutes)
{
    begin();
    for (uint32_t i = 0; i < 3; i++) {
        anonymous_attach(100 + i);
        ck_assert_str_eq(r.fx.row->act_name, "start_run");
    }
    r.now_us += 600 * SECOND - 1;
    anonymous_attach(200);
    ck_assert_str_eq(r.fx.row->act_name, "refuse_flood");
    r.now_us += 1;
    anonymous_attach(201);
    ck_assert_str_eq(r.fx.row->act_name, "start_run");
}
END_TEST

static void add_te2e(Suite *s)
{
    TCase *t = tcase_create("te2e");

    tcase_add_test(t, te2e_counts_from_the_commit);
    tcase_add_test(t, data_is_taken_until_te2e_runs_out_and_not_after);
    tcase_add_test(t, a_keyset_that_nobody_uses_does_not_expire);
    tcase_add_test(t, the_enterprise_wish_for_one_ue_wins);
    tcase_add_test(t, a_rekey_restarts_te2e);
    tcase_add_test(t, a_new_te2e_counts_from_the_next_arming);
    tcase_add_test(t, a_new_te2e_that_has_run_out_already_expires_the_key_now);
    tcase_add_test(t, a_second_change_of_te2e_reckons_from_what_was_armed);
    tcase_add_test(t, an_older_policy_is_ignored);
    tcase_add_test(t, a_vector_that_was_overtaken_by_a_policy_does_not_undo_it);
    suite_add_tcase(s, t);
}

Suite *test_deadline_suite(void)
{
    Suite *s = suite_create("deadline");
    TCase *t = tcase_create("others");

    add_te2e(s);
    tcase_add_test(t, the_previous_epoch_is_taken_until_the_overlap_closes_and_not_after);
    tcase_add_test(t, an_expired_epoch_has_no_overlap);
    tcase_add_test(t, a_planned_rekey_waits_until_the_overlap_has_closed);
    tcase_add_test(t, a_rekey_that_is_needed_does_not_wait);
    tcase_add_test(t, the_soft_trigger_comes_a_tenth_before_the_end);
    tcase_add_test(t, the_soft_trigger_survives_a_restart);
    tcase_add_test(t, the_wait_for_a_key_ends_after_a_minute);
    tcase_add_test(t, an_acknowledgement_waits_a_second_for_data_to_replace_it);
    tcase_add_test(t, a_message_is_sent_five_times_and_then_the_emse_is_asked);
    tcase_add_test(t, rekeys_beyond_the_burst_wait_for_the_floor);
    tcase_add_test(t, attaches_without_a_mac_are_honoured_thrice_and_then_every_ten_minutes);
    suite_add_tcase(s, t);
    return s;
}
