/* Corners in which a role could be caught for ever, do harm to a peer, or be led by somebody who
 * replays: each was found by thinking or by a random schedule, and stays shut. */
#include "common/core/protect.h"
#include "test/unit/rig.h"

#include <check.h>
#include <string.h>

Suite *test_repair_suite(void);

enum { STEPS_MAX = 500 };

static struct rig r;

static void begin(void)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
}

static bool steps_bind(void)
{
    for (unsigned i = 0; i < r.fx.count; i++) {
        if (r.fx.list[i].kind == FX_BIND) {
            return true;
        }
    }
    return false;
}

static struct msg under_root(enum msg_type type, uint32_t n, uint32_t ctr)
{
    struct protect_key k = {.int_key = r.ue.root.keys.int_ul,
                            .index = r.ue.root.g,
                            .alg_int = INT_CMAC64,
                            .has_kid = 1};
    struct msg m = {.type = type, .sid = r.ue.root.sid};

    m.u.index.n = n;
    protect_seal(&m, &k, DIR_UL, ctr, NULL, 0);
    return m;
}

static struct msg from_eese(enum msg_type type, uint32_t g, uint32_t cur)
{
    struct msg m = {.type = type};

    m.u.eese.assoc = r.eese.assoc;
    m.u.eese.status.g = g;
    m.u.eese.status.cur = cur;
    m.u.eese.status.flags = STATUS_HAS_CUR;
    m.u.eese.reason = type == MSG_KEY_TRIGGER ? TRIGGER_CONTACT : 0;
    return m;
}

/* ---- nobody is stuck ---- */

/* The root waits at the EESE, the EMSE has given the run up: nobody but a contact brings it back.
 */
START_TEST(a_downlink_message_asks_for_a_root_that_was_forgotten)
{
    begin();
    rig_move(&r, 0x22);
    while (!rig_flies(&r, MSG_KEYSET_ACK)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    r.flying = 0;
    ck_assert_str_eq(rig_state(&r, ROLE_EESE), "VALID_NEXT");
    r.emse.state = 3; /* IDLE */
    r.emse.has_pending = 0;
    memset(r.due_us[ROLE_EMSE], 0, sizeof r.due_us[ROLE_EMSE]);
    rig_fire(&r, ROLE_EESE, TIMER_TE2E);
    rig_send(&r, ROLE_EESE, "down");
    ck_assert(rig_flies(&r, MSG_KEY_TRIGGER));
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_UE, "down"), 1);
}
END_TEST

START_TEST(a_lost_confirmation_is_repeated_when_the_ue_need_not_be_told)
{
    struct eese_ue old;

    begin();
    rig_rekey(&r);
    old = r.eese;
    rig_rekey(&r);
    r.eese = old; /* it fell back: the EMSE gives it the RAND again, and only confirms */
    rig_send(&r, ROLE_UE, "up");
    while (!rig_flies(&r, MSG_UE_CONFIRM)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    r.flying = 0;
    rig_fire(&r, ROLE_EMSE, TIMER_FWD);
    ck_assert(rig_flies(&r, MSG_UE_CONFIRM));
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
}
END_TEST

START_TEST(an_eese_that_loses_everything_during_a_rekey_gets_a_root)
{
    begin();
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_amnesia(&r, ROLE_EESE);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(r.emse.root.g, 2);
}
END_TEST

START_TEST(a_restart_in_the_first_run_leaves_no_association_behind)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_deliver(&r, MSG_ATTACH_REQ);
    rig_order(&r, ROLE_EMSE, ORDER_START);
    ck_assert_str_eq(rig_state(&r, ROLE_EMSE), "DETACHED");
    ck_assert(emse_machine.disposable(&r.emse));
    r.flying = 0;
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
}
END_TEST

START_TEST(an_acknowledgement_owed_when_the_ue_moves_is_still_sent)
{
    begin();
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_run(&r);
    rig_move(&r, 0x22);
    rig_drop(&r, MSG_ATTACH_REQ);
    rig_fire(&r, ROLE_UE, TIMER_ACK);
    rig_run(&r);
    ck_assert_uint_eq(r.eese.cur.n, 1);
}
END_TEST

START_TEST(the_answer_to_a_network_run_has_a_number_of_its_own)
{
    uint32_t own;

    begin();
    own = r.ue.xid;
    rig_amnesia(&r, ROLE_EESE);
    rig_send(&r, ROLE_UE, "up");
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(r.ue.xid, UINT32_C(0x80000000) | (r.emse.old_root.sid));
    rig_move(&r, 0x22);
    ck_assert_uint_eq(r.ue.xid, own + 0x100000); /* as unique in its process as the first */
}
END_TEST

/* ---- late frames do no harm ---- */

START_TEST(a_trigger_of_long_ago_costs_one_question)
{
    struct msg late;

    begin();
    for (unsigned i = 0; i < 3; i++) {
        rig_rekey(&r);
    }
    late = from_eese(MSG_KEY_TRIGGER, 1, 0);
    rig_inject(&r, ROLE_EESE, ROLE_EMSE, &late);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(r.emse.root.g, 1);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), 3);
}
END_TEST

START_TEST(a_trigger_under_the_root_before_costs_one_question)
{
    struct msg late;

    begin();
    rig_rekey(&r);
    late = from_eese(MSG_KEY_TRIGGER, 1, 1);
    rig_move(&r, 0x22);
    rig_settle(&r, STEPS_MAX);
    rig_inject(&r, ROLE_EESE, ROLE_EMSE, &late);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(r.emse.root.g, 2);
}
END_TEST

START_TEST(a_trigger_of_the_epoch_before_wakes_nobody)
{
    struct msg late;
    unsigned pushes;

    begin();
    late = from_eese(MSG_KEY_TRIGGER, 1, 0);
    rig_rekey(&r);
    pushes = r.messages[MSG_RAND_PUSH];
    rig_inject(&r, ROLE_EESE, ROLE_EMSE, &late);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(r.messages[MSG_RAND_PUSH], pushes);
}
END_TEST

/* ---- replays and strangers ---- */

START_TEST(replayed_data_does_not_move_the_address)
{
    struct msg recorded;

    begin();
    rig_send(&r, ROLE_UE, "up");
    recorded = *rig_peek(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_DATA_UL);
    ck_assert(steps_bind());
    rig_inject(&r, ROLE_UE, ROLE_EESE, &recorded);
    ck_assert(!steps_bind());
    ck_assert_uint_eq(rig_reported(&r, VERDICT_DUP), 1);
    rig_run(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "up"), 1);
}
END_TEST

START_TEST(a_replayed_sync_makes_the_emse_push_once)
{
    struct msg sync;
    unsigned pushes;

    begin();
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    while (!rig_flies(&r, MSG_RAND_PUSH)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    r.flying = 0;
    sync = under_root(MSG_SYNC, 0, 50);
    rig_inject(&r, ROLE_UE, ROLE_EMSE, &sync);
    pushes = r.messages[MSG_RAND_PUSH];
    rig_inject(&r, ROLE_UE, ROLE_EMSE, &sync);
    ck_assert_uint_eq(r.messages[MSG_RAND_PUSH], pushes);
    ck_assert_uint_eq(r.notes[NOTE_FORGERY], 1);
}
END_TEST

START_TEST(the_eese_of_another_association_triggers_nothing)
{
    struct msg m;

    begin();
    m = from_eese(MSG_KEY_TRIGGER, 1, 0);
    ck_assert_int_eq(ident_set(&m.u.eese.assoc.eese, "eese.other"), ERR_OK);
    rig_inject(&r, ROLE_EESE, ROLE_EMSE, &m);
    ck_assert(!r.fx.stepped);
}
END_TEST

START_TEST(a_keyset_meant_for_another_enterprise_is_not_taken)
{
    struct msg m = {.type = MSG_KEYSET_FWD};

    rig_init(&r, VARIANT_HARDENED);
    ck_assert_int_eq(ident_set(&m.u.keyset_fwd.assoc.eese, "eese.other"), ERR_OK);
    rig_inject(&r, ROLE_EMSE, ROLE_EESE, &m);
    ck_assert(!r.fx.stepped);
}
END_TEST

START_TEST(a_challenge_that_nobody_asked_for_is_not_answered)
{
    struct msg m = {.type = MSG_AKA_CHAL};

    begin();
    m.u.aka_chal.xid = r.ue.xid;
    rig_inject(&r, ROLE_EMSE, ROLE_UE, &m);
    ck_assert_uint_eq(r.flying, 0);
    ck_assert_uint_eq(r.notes[NOTE_FORGERY], 1);
}
END_TEST

START_TEST(without_protection_a_push_cannot_lower_the_replay_bar)
{
    struct msg m = {.type = MSG_RAND_PUSH};
    uint32_t seen;

    begin();
    rig_rekey(&r);
    seen = r.ue.root.dl_seen;
    rig_switch(&r, SW_PROTECT_RAND, false);
    m.sid = r.ue.root.sid;
    m.u.rand_push.n = 1;
    rig_inject(&r, ROLE_EMSE, ROLE_UE, &m);
    ck_assert_uint_eq(r.ue.root.dl_seen, seen);
}
END_TEST

/* ---- the end of numbers ---- */

START_TEST(a_ue_cannot_drive_the_numbering_to_its_end)
{
    struct msg m;

    begin();
    m = under_root(MSG_SYNC, EPOCH_MAX, 50);
    rig_inject(&r, ROLE_UE, ROLE_EMSE, &m);
    ck_assert(!r.fx.stepped);
}
END_TEST

START_TEST(an_eese_cannot_drive_the_numbering_to_its_end)
{
    struct msg m;

    begin();
    m = from_eese(MSG_KEY_TRIGGER, 1, EPOCH_MAX);
    rig_inject(&r, ROLE_EESE, ROLE_EMSE, &m);
    ck_assert(!r.fx.stepped);
    m = from_eese(MSG_KEY_TRIGGER, 1, EPOCH_MAX - 1);
    rig_inject(&r, ROLE_EESE, ROLE_EMSE, &m);
    ck_assert_uint_eq(rig_peek(&r, MSG_RAND_REQ)->u.rand_req.n_first, EPOCH_MAX);
}
END_TEST

START_TEST(after_the_last_index_there_is_no_new_root)
{
    begin();
    r.emse.free_n = UINT32_C(0x80000000);
    rig_move(&r, 0x22);
    for (unsigned i = 0; i < 5; i++) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    ck_assert_str_eq(rig_state(&r, ROLE_EMSE), "CHAL");
    ck_assert(!r.fx.stepped);
}
END_TEST

START_TEST(after_the_last_index_nothing_is_derived)
{
    static const enum variant variants[] = {VARIANT_LITERAL, VARIANT_HARDENED};

    for (unsigned i = 0; i < 2; i++) {
        struct msg fwd = {.type = MSG_RAND_FWD};
        struct msg push = {.type = MSG_RAND_PUSH};

        rig_init(&r, variants[i]);
        rig_switch(&r, SW_INDEX, false);
        rig_attach(&r);
        r.eese.cur.n = EPOCH_MAX;
        r.ue.cur.n = EPOCH_MAX;
        rig_switch(&r, SW_PROTECT_RAND, false);
        fwd.u.rand_fwd.assoc = r.eese.assoc;
        push.sid = r.ue.root.sid;
        rig_inject(&r, ROLE_EMSE, ROLE_EESE, &fwd);
        rig_inject(&r, ROLE_EMSE, ROLE_UE, &push);
        ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), EPOCH_MAX);
        ck_assert_uint_eq(rig_epoch(&r, ROLE_UE), EPOCH_MAX);
    }
}
END_TEST

START_TEST(after_the_last_number_no_message_is_taken)
{
    begin();
    r.ue.ul_ctr = UINT32_MAX;
    r.eese.dl_ctr = UINT32_MAX - EESE_QUEUE_MAX;
    rig_send(&r, ROLE_UE, "up");
    rig_send(&r, ROLE_EESE, "down");
    ck_assert_uint_eq(r.notes[NOTE_EXHAUSTED], 2);
    ck_assert_uint_eq(r.flying, 0);
}
END_TEST

static void add_strangers(Suite *s)
{
    TCase *t = tcase_create("strangers");

    tcase_add_test(t, replayed_data_does_not_move_the_address);
    tcase_add_test(t, a_replayed_sync_makes_the_emse_push_once);
    tcase_add_test(t, the_eese_of_another_association_triggers_nothing);
    tcase_add_test(t, a_keyset_meant_for_another_enterprise_is_not_taken);
    tcase_add_test(t, a_challenge_that_nobody_asked_for_is_not_answered);
    tcase_add_test(t, without_protection_a_push_cannot_lower_the_replay_bar);
    tcase_add_test(t, a_ue_cannot_drive_the_numbering_to_its_end);
    tcase_add_test(t, an_eese_cannot_drive_the_numbering_to_its_end);
    tcase_add_test(t, after_the_last_index_there_is_no_new_root);
    tcase_add_test(t, after_the_last_index_nothing_is_derived);
    tcase_add_test(t, after_the_last_number_no_message_is_taken);
    suite_add_tcase(s, t);
}

Suite *test_repair_suite(void)
{
    Suite *s = suite_create("repair");
    TCase *t = tcase_create("stuck");

    tcase_add_test(t, a_downlink_message_asks_for_a_root_that_was_forgotten);
    tcase_add_test(t, a_lost_confirmation_is_repeated_when_the_ue_need_not_be_told);
    tcase_add_test(t, an_eese_that_loses_everything_during_a_rekey_gets_a_root);
    tcase_add_test(t, a_restart_in_the_first_run_leaves_no_association_behind);
    tcase_add_test(t, an_acknowledgement_owed_when_the_ue_moves_is_still_sent);
    tcase_add_test(t, the_answer_to_a_network_run_has_a_number_of_its_own);
    tcase_add_test(t, a_trigger_of_long_ago_costs_one_question);
    tcase_add_test(t, a_trigger_under_the_root_before_costs_one_question);
    tcase_add_test(t, a_trigger_of_the_epoch_before_wakes_nobody);
    suite_add_tcase(s, t);
    add_strangers(s);
    return s;
}
