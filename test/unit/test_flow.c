/* The flows of clause 6.x.2, without faults: what is sent, in which order, and what comes of it. */
#include "common/base/ensure.h"
#include "common/core/protect.h"
#include "test/unit/rig.h"

#include <check.h>
#include <string.h>

Suite *test_flow_suite(void);

enum { STEPS_MAX = 500 };

static struct rig r;

static void begin(void)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
}

/* Delivers in order and compares what travels, message by message. */
static void must_travel(const enum msg_type *types, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        ck_assert_msg(r.flying > 0, "nothing in flight, expected %s", msg_name(types[i]));
        ck_assert_str_eq(msg_name(r.wire[0].msg.type), msg_name(types[i]));
        rig_deliver(&r, r.wire[0].msg.type);
    }
    ck_assert_uint_eq(r.flying, 0);
    ck_assert_uint_eq(r.unrouted, 0);
}

#define MUST_TRAVEL(...) \
    do { \
        static const enum msg_type types[] = {__VA_ARGS__}; \
        must_travel(types, COUNT_OF(types)); \
    } while (0)

/* ---- 6.x.2.1 ---- */

START_TEST(the_first_keyset_reaches_the_eese_before_the_ue)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    MUST_TRAVEL(MSG_ATTACH_REQ, MSG_AV_REQ, MSG_AV_RSP, MSG_AKA_CHAL, MSG_AKA_RESP, MSG_KEYSET_FWD,
                MSG_KEYSET_ACK, MSG_ATTACH_ACC);
    ck_assert_str_eq(rig_state(&r, ROLE_EESE), "FIRST");
    ck_assert_uint_eq(rig_fp(&r, ROLE_UE), rig_fp(&r, ROLE_EESE));
    rig_fire(&r, ROLE_UE, TIMER_ACK);
    MUST_TRAVEL(MSG_RAND_ACK, MSG_UE_CONFIRM, MSG_COMMIT);
    rig_must_agree(&r);
}
END_TEST

START_TEST(the_first_keyset_of_the_literal_text)
{
    rig_init(&r, VARIANT_LITERAL);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    MUST_TRAVEL(MSG_ATTACH_REQ, MSG_AV_REQ, MSG_AV_RSP, MSG_AKA_CHAL, MSG_AKA_RESP, MSG_KEYSET_FWD,
                MSG_ATTACH_ACC);
    rig_must_agree(&r);
}
END_TEST

START_TEST(data_under_the_first_keyset_is_its_first_use)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_run(&r);
    rig_send(&r, ROLE_UE, "up");
    MUST_TRAVEL(MSG_DATA_UL, MSG_DACK, MSG_COMMIT);
    rig_must_agree(&r);
    ck_assert(!rig_armed(&r, ROLE_UE, TIMER_ACK)); /* the data was the acknowledgement */
    ck_assert_uint_eq(r.messages[MSG_RAND_ACK], 0);
}
END_TEST

START_TEST(data_before_the_attach_is_kept)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_send(&r, ROLE_UE, "early");
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_send(&r, ROLE_UE, "less early");
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "early"), 1);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "less early"), 1);
}
END_TEST

START_TEST(an_access_vector_binds_its_network_and_costs_the_e2m_run_nothing)
{
    struct msg req = {.type = MSG_AV_REQ};
    struct msg chal = {.type = MSG_ACCESS_CHAL};
    struct msg rsp;

    rig_init(&r, VARIANT_HARDENED);
    req.u.av_req.xid = 9;
    req.u.av_req.purpose = PURPOSE_ACCESS;
    req.u.av_req.ue = r.ue.imsi;
    rig_inject(&r, ROLE_VN, ROLE_HSS, &req);
    rsp = rig_take(&r, MSG_AV_RSP);
    chal.u.access_chal.ue = r.ue.imsi;
    memcpy(chal.u.access_chal.rand, rsp.u.av_rsp.rand, RAND_LEN);
    memcpy(chal.u.access_chal.autn, rsp.u.av_rsp.autn, AUTN_LEN);
    rig_inject(&r, ROLE_VN, ROLE_UE, &chal);
    rsp.type = MSG_ACCESS_RESP;
    ck_assert_mem_eq(rig_take(&r, MSG_ACCESS_RESP).u.access_resp.res, rsp.u.av_rsp.xres, RES_LEN);
    rig_attach(&r);
}
END_TEST

/* ---- 6.x.2.3 ---- */

START_TEST(the_five_steps)
{
    begin();
    rig_fire(&r, ROLE_EESE, TIMER_TE2E); /* 1, 2 */
    rig_send(&r, ROLE_UE, "42");
    MUST_TRAVEL(MSG_DATA_UL, MSG_KEY_EXPIRED, MSG_KEY_TRIGGER, /* 3, 4 */
                MSG_RAND_REQ, MSG_RAND_RSP, MSG_RAND_FWD, MSG_FWD_ACK, MSG_RAND_PUSH, MSG_DATA_UL,
                MSG_DACK, MSG_COMMIT); /* 5 */
    rig_must_agree(&r);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_UE), 1);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "42"), 1);
    ck_assert_uint_eq(rig_reported(&r, VERDICT_EXPIRED), 1);
}
END_TEST

START_TEST(when_the_eese_makes_contact_there_is_no_error)
{
    begin();
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "read now");
    MUST_TRAVEL(MSG_KEY_TRIGGER, MSG_RAND_REQ, MSG_RAND_RSP, MSG_RAND_FWD, MSG_FWD_ACK,
                MSG_RAND_PUSH);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(r.messages[MSG_KEY_EXPIRED], 0);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_UE, "read now"), 1);
}
END_TEST

START_TEST(a_push_after_expiry_tells_the_ue_to_drop_the_old_key)
{
    begin();
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "read now");
    while (!rig_flies(&r, MSG_RAND_PUSH)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    ck_assert_uint_ne(rig_peek(&r, MSG_RAND_PUSH)->flags & MSG_FLAG_EXPIRED, 0);
    rig_deliver(&r, MSG_RAND_PUSH);
    ck_assert_uint_eq(r.ue.prev.dl_ok, 0);
    rig_settle(&r, STEPS_MAX);
    rig_rekey(&r);
    ck_assert_uint_eq(r.ue.prev.dl_ok, 1);
}
END_TEST

START_TEST(the_rand_on_air_is_not_the_rand)
{
    struct msg fwd;

    begin();
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    while (!rig_flies(&r, MSG_RAND_FWD)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    fwd = *rig_peek(&r, MSG_RAND_FWD);
    rig_deliver(&r, MSG_RAND_FWD);
    rig_deliver(&r, MSG_FWD_ACK);
    ck_assert_mem_ne(rig_peek(&r, MSG_RAND_PUSH)->u.rand_push.rand, fwd.u.rand_fwd.rand, RAND_LEN);
}
END_TEST

START_TEST(where_ciphering_is_forbidden_the_rand_is_masked)
{
    struct msg fwd;

    rig_init(&r, VARIANT_HARDENED);
    r.hss.profile.conf_default = CONF_OFF;
    rig_attach(&r);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    while (!rig_flies(&r, MSG_RAND_FWD)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    fwd = *rig_peek(&r, MSG_RAND_FWD);
    rig_deliver(&r, MSG_RAND_FWD);
    rig_deliver(&r, MSG_FWD_ACK);
    ck_assert_uint_eq(rig_peek(&r, MSG_RAND_PUSH)->flags & MSG_FLAG_C, 0);
    ck_assert_mem_ne(rig_peek(&r, MSG_RAND_PUSH)->u.rand_push.rand, fwd.u.rand_fwd.rand, RAND_LEN);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    rig_send(&r, ROLE_UE, "in clear");
    ck_assert_mem_eq(rig_peek(&r, MSG_DATA_UL)->u.data.payload, "in clear", 8);
    rig_settle(&r, STEPS_MAX);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "in clear"), 1);
}
END_TEST

START_TEST(data_in_the_other_mode_is_refused)
{
    struct msg m;

    rig_init(&r, VARIANT_HARDENED);
    r.hss.profile.conf_default = CONF_OFF;
    rig_attach(&r);
    r.ue.cur.choice.conf = CONF_ON; /* this UE ciphers although the network forbids it */
    r.ue.cur.choice.alg_enc = ENC_EEA2;
    rig_send(&r, ROLE_UE, "secret");
    m = rig_take(&r, MSG_DATA_UL);
    rig_inject(&r, ROLE_UE, ROLE_EESE, &m);
    ck_assert_uint_eq(rig_reported(&r, VERDICT_MODE), 1);
    ck_assert_uint_eq(r.flying, 0);
}
END_TEST

START_TEST(the_volume_limit_asks_for_a_new_epoch)
{
    rig_init(&r, VARIANT_HARDENED);
    r.hss.profile.n_msg = 3;
    rig_attach(&r);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), 0);
        rig_send(&r, ROLE_UE, "m");
        rig_settle(&r, STEPS_MAX);
    }
    ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), 1);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "m"), 3);
    rig_must_agree(&r);
}
END_TEST

START_TEST(a_ue_near_the_end_of_its_numbers_may_ask_for_a_new_epoch)
{
    struct protect_key k;
    struct msg m = {.type = MSG_DATA_UL, .flags = MSG_FLAG_REKEY};

    begin();
    k = (struct protect_key){.int_key = r.ue.cur.keys.int_ul,
                             .enc_key = r.ue.cur.keys.enc_ul,
                             .index = 0,
                             .alg_int = INT_CMAC64,
                             .has_kid = 1};
    m.sid = r.ue.cur.sid;
    protect_seal(&m, &k, DIR_UL, 1, NULL, 0);
    rig_inject(&r, ROLE_UE, ROLE_EESE, &m);
    ck_assert_uint_eq(rig_peek(&r, MSG_KEY_TRIGGER)->u.eese.reason, TRIGGER_SOFT);
}
END_TEST

/* ---- AKA ---- */

START_TEST(a_card_that_is_ahead_resynchronises_the_hss)
{
    rig_init(&r, VARIANT_HARDENED);
    aka_accept(&r.ue.usim, UINT64_C(5000) << AKA_IND_BITS | AKA_IND_E2M);
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    MUST_TRAVEL(MSG_ATTACH_REQ, MSG_AV_REQ, MSG_AV_RSP, MSG_AKA_CHAL, MSG_SYNCFAIL, MSG_AV_REQ,
                MSG_AV_RSP, MSG_AKA_CHAL, MSG_AKA_RESP, MSG_KEYSET_FWD, MSG_KEYSET_ACK,
                MSG_ATTACH_ACC);
    ck_assert_uint_gt(r.hss.sqn >> AKA_IND_BITS, 5000);
    ck_assert_uint_eq(r.notes[NOTE_SQN_NOT_FRESH], 1);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
}
END_TEST

START_TEST(the_wrong_key_at_the_usim_refuses_the_challenge_and_keeps_its_numbers)
{
    struct usim_sqn before;

    rig_init(&r, VARIANT_HARDENED);
    r.ue.card.secret.k[0] ^= 1;
    before = r.ue.usim;
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_run(&r);
    ck_assert_uint_eq(r.notes[NOTE_AUTN_BAD], 1);
    ck_assert_mem_eq(&before, &r.ue.usim, sizeof before);
    ck_assert_uint_eq(r.messages[MSG_AKA_RESP], 0);
    rig_fire(&r, ROLE_EMSE, TIMER_CHAL);
    rig_run(&r);
    ck_assert_str_eq(rig_state(&r, ROLE_UE), "ATTACHING");
}
END_TEST

START_TEST(an_unknown_subscriber_is_refused_and_may_try_again)
{
    rig_init(&r, VARIANT_HARDENED);
    r.hss.state = 0; /* UNKNOWN */
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_run(&r);
    ck_assert_str_eq(rig_state(&r, ROLE_UE), "DETACHED");
    ck_assert_str_eq(rig_state(&r, ROLE_EMSE), "DETACHED");
    ck_assert(emse_machine.disposable(&r.emse));
    ck_assert(rig_armed(&r, ROLE_UE, TIMER_REATTACH));
    rig_fire(&r, ROLE_UE, TIMER_REATTACH);
    rig_run(&r);
    ck_assert_uint_eq(r.messages[MSG_ATTACH_REJ], 2);
}
END_TEST

START_TEST(no_common_algorithm_refuses_the_attach_under_the_new_key)
{
    rig_init(&r, VARIANT_HARDENED);
    r.ue.card.caps = CAP_EIA2 | CAP_EEA2;
    r.hss.profile.alg_int[1] = INT_NONE;
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_run(&r);
    ck_assert_str_eq(rig_state(&r, ROLE_UE), "DETACHED");
    ck_assert_uint_eq(r.notes[NOTE_ALG_NONE], 1);
    ck_assert_uint_eq(r.notes[NOTE_REJECTED], 2);
}
END_TEST

START_TEST(a_roaming_ue_gets_the_mode_of_its_new_network)
{
    rig_init(&r, VARIANT_HARDENED);
    r.hss.profile.conf_rules[0] = (struct conf_rule){.plmn = {0x00, 0xf0, 0x22}, .mode = CONF_OFF};
    r.hss.profile.conf_rules_len = 1;
    rig_attach(&r);
    ck_assert_uint_eq(r.eese.cur.choice.conf, CONF_ON);
    rig_move(&r, 0x22);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(r.eese.cur.choice.conf, CONF_OFF);
    ck_assert_uint_eq(r.eese.cur.choice.alg_enc, ENC_EEA0);
    ck_assert_uint_eq(rig_epoch(&r, ROLE_EESE), 1);
    ck_assert_uint_eq(r.emse.root.g, 2);
}
END_TEST

START_TEST(the_old_keyset_works_until_the_new_root_is_used)
{
    begin();
    rig_move(&r, 0x22);
    rig_send(&r, ROLE_UE, "under the old root");
    rig_deliver(&r, MSG_DATA_UL);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "under the old root"), 1);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "under the old root"), 1);
}
END_TEST

/* ---- room ---- */

START_TEST(a_full_outbox_refuses_and_loses_nothing)
{
    rig_init(&r, VARIANT_HARDENED);
    for (unsigned i = 0; i < OUTBOX_MAX; i++) {
        rig_send(&r, ROLE_UE, "kept");
    }
    rig_send(&r, ROLE_UE, "refused");
    ck_assert_uint_eq(r.notes[NOTE_OUTBOX_FULL], 1);
    rig_attach(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "kept"), OUTBOX_MAX);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "refused"), 0);
}
END_TEST

START_TEST(a_rand_releases_a_full_outbox_in_one_step)
{
    begin();
    rig_expire(&r);
    for (unsigned i = 0; i < OUTBOX_MAX; i++) {
        rig_send(&r, ROLE_UE, "kept");
    }
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_EESE, "kept"), OUTBOX_MAX);
}
END_TEST

START_TEST(a_full_downlink_queue_refuses_and_keeps_its_order)
{
    unsigned last = 0;

    begin();
    for (char i = 0; i <= EESE_QUEUE_MAX; i++) {
        char text[] = {(char)('0' + i), '\0'};

        ck_assert_uint_eq(r.notes[NOTE_OUTBOX_FULL], 0);
        rig_send(&r, ROLE_EESE, text);
    }
    ck_assert_uint_eq(r.notes[NOTE_OUTBOX_FULL], 1);
    rig_settle(&r, STEPS_MAX);
    for (unsigned i = 0; i < r.data_count; i++) {
        unsigned n = (unsigned)(r.data[i].data.payload[0] - '0');

        ck_assert_uint_eq(n, last++);
    }
    ck_assert_uint_eq(last, EESE_QUEUE_MAX);
}
END_TEST

START_TEST(a_message_of_the_eese_waits_for_the_first_keyset)
{
    rig_init(&r, VARIANT_HARDENED);
    ck_assert(eese_machine.disposable(&r.eese));
    rig_send(&r, ROLE_EESE, "down");
    ck_assert(!eese_machine.disposable(&r.eese));
    rig_attach(&r);
    ck_assert_uint_eq(rig_delivered(&r, ROLE_UE, "down"), 1);
}
END_TEST

START_TEST(the_literal_eese_refuses_a_message_without_a_keyset)
{
    rig_init(&r, VARIANT_LITERAL);
    rig_send(&r, ROLE_EESE, "down");
    ck_assert_uint_eq(r.notes[NOTE_NO_KEYSET], 1);
}
END_TEST

static void add_rekeys(Suite *s)
{
    TCase *t = tcase_create("6.x.2.3");

    tcase_add_test(t, the_five_steps);
    tcase_add_test(t, when_the_eese_makes_contact_there_is_no_error);
    tcase_add_test(t, a_push_after_expiry_tells_the_ue_to_drop_the_old_key);
    tcase_add_test(t, the_rand_on_air_is_not_the_rand);
    tcase_add_test(t, where_ciphering_is_forbidden_the_rand_is_masked);
    tcase_add_test(t, data_in_the_other_mode_is_refused);
    tcase_add_test(t, the_volume_limit_asks_for_a_new_epoch);
    tcase_add_test(t, a_ue_near_the_end_of_its_numbers_may_ask_for_a_new_epoch);
    suite_add_tcase(s, t);
}

static void add_attaches(Suite *s)
{
    TCase *t = tcase_create("6.x.2.1");

    tcase_add_test(t, the_first_keyset_reaches_the_eese_before_the_ue);
    tcase_add_test(t, the_first_keyset_of_the_literal_text);
    tcase_add_test(t, data_under_the_first_keyset_is_its_first_use);
    tcase_add_test(t, data_before_the_attach_is_kept);
    tcase_add_test(t, an_access_vector_binds_its_network_and_costs_the_e2m_run_nothing);
    tcase_add_test(t, a_card_that_is_ahead_resynchronises_the_hss);
    tcase_add_test(t, the_wrong_key_at_the_usim_refuses_the_challenge_and_keeps_its_numbers);
    tcase_add_test(t, an_unknown_subscriber_is_refused_and_may_try_again);
    tcase_add_test(t, no_common_algorithm_refuses_the_attach_under_the_new_key);
    tcase_add_test(t, a_roaming_ue_gets_the_mode_of_its_new_network);
    tcase_add_test(t, the_old_keyset_works_until_the_new_root_is_used);
    suite_add_tcase(s, t);
}

Suite *test_flow_suite(void)
{
    Suite *s = suite_create("flow");
    TCase *t = tcase_create("room");

    add_attaches(s);
    add_rekeys(s);
    tcase_add_test(t, a_full_outbox_refuses_and_loses_nothing);
    tcase_add_test(t, a_rand_releases_a_full_outbox_in_one_step);
    tcase_add_test(t, a_full_downlink_queue_refuses_and_keeps_its_order);
    tcase_add_test(t, a_message_of_the_eese_waits_for_the_first_keyset);
    tcase_add_test(t, the_literal_eese_refuses_a_message_without_a_keyset);
    suite_add_tcase(s, t);
    return s;
}
