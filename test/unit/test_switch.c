/* Each correction of PROTOCOL.md 5.3, off alone: a flow without faults still works, and the race it
 * is there for does its harm, which with the correction it does not. The durable-* corrections are
 * the drivers' and are not seen here. */
#include "common/base/ensure.h"
#include "test/unit/flows.h"

#include <check.h>
#include <string.h>

Suite *test_switch_suite(void);

enum { STEPS_MAX = 3000 };

static struct rig r;

START_TEST(each_correction_can_be_missed_when_nothing_goes_wrong)
{
    for (unsigned i = 0; i < flows_count; i++) {
        rig_init(&r, VARIANT_HARDENED);
        rig_switch(&r, (enum sw)_i, false);
        flows[i].before(&r);
        flows[i].go(&r);
        rig_settle(&r, STEPS_MAX);
        if (_i == SW_DATA_ACK) { /* what was sent into an expired keyset by a UE that then left is
                                    lost in silence */
            rig_must_agree(&r);
        } else if (_i != SW_IDEMPOTENT_RAND) { /* without it the repeated trigger alone parts the
                                                  keys (9.3) */
            flow_must_be_complete(&r, &flows[i]);
        }
    }
}
END_TEST

/* ---- the races: each tells whether all went well ---- */

static bool delivered_once(void)
{
    return rig_delivered(&r, ROLE_EESE, "m") == 1;
}

/* The five steps until the RAND is on its way to the UE. */
static void until_push(void)
{
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m");
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_EXPIRED);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_FWD);
    rig_deliver(&r, MSG_FWD_ACK);
}

static bool push_is_repeated(void)
{
    rig_attach(&r);
    until_push();
    rig_fire(&r, ROLE_EMSE, TIMER_PUSH);
    rig_run(&r);
    return delivered_once() && rig_fp(&r, ROLE_UE) == rig_fp(&r, ROLE_EESE);
}

static bool trigger_is_repeated(void)
{
    rig_attach(&r);
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "d");
    rig_fire(&r, ROLE_EESE, TIMER_TRIGGER);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_run(&r);
    rig_send(&r, ROLE_UE, "m");
    rig_run(&r);
    return delivered_once();
}

static bool two_causes_make_one_rekey(void)
{
    rig_attach(&r);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m");
    rig_send(&r, ROLE_EESE, "d");
    rig_settle(&r, STEPS_MAX);
    return rig_agrees(&r) && rig_epoch(&r, ROLE_EESE) == 1;
}

static bool eese_has_what_the_ue_uses(void)
{
    rig_attach(&r);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m");
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_EXPIRED);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    if (rig_flies(&r, MSG_RAND_PUSH)) { /* it overtakes the one to the EESE */
        rig_deliver(&r, MSG_RAND_PUSH);
        rig_deliver(&r, MSG_DATA_UL);
    }
    rig_settle(&r, STEPS_MAX);
    return delivered_once() && rig_reported(&r, VERDICT_UNKNOWN_EPOCH) == 0;
}

static bool sleeping_ue_understands_the_eese(void)
{
    rig_attach(&r);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_FWD);
    rig_deliver(&r, MSG_FWD_ACK);
    rig_drop(&r, MSG_RAND_PUSH);
    rig_send(&r, ROLE_EESE, "d");
    rig_run(&r);
    return rig_delivered(&r, ROLE_UE, "d") == 1;
}

static bool lost_request_is_made_up_for(void)
{
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_drop(&r, MSG_ATTACH_REQ);
    rig_settle(&r, STEPS_MAX);
    return rig_agrees(&r);
}

static bool emse_that_loses_the_rekey_is_asked_again(void)
{
    struct emse_ue before;

    rig_attach(&r);
    before = r.emse;
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "d");
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_FWD);
    r.flying = 0;
    r.emse = before;
    memset(r.due_us[ROLE_EMSE], 0, sizeof r.due_us[ROLE_EMSE]);
    rig_settle(&r, STEPS_MAX);
    return rig_delivered(&r, ROLE_UE, "d") == 1;
}

static bool forged_error_is_not_believed(void)
{
    struct msg forged = {.type = MSG_KEY_EXPIRED, .kid = 1, .ctr = 1};

    rig_attach(&r);
    rig_send(&r, ROLE_UE, "m");
    forged.sid = r.ue.cur.sid;
    forged.u.key_expired.reason = 1;
    rig_inject(&r, ROLE_EESE, ROLE_UE, &forged);
    return strcmp(rig_state(&r, ROLE_UE), "READY") == 0;
}

/* B8 */
static bool stale_error_does_not_make_the_ue_wait(void)
{
    struct msg error;

    rig_attach(&r);
    until_push();
    rig_fire(&r, ROLE_UE, TIMER_WAITKEY);
    rig_deliver(&r, MSG_DATA_UL);
    error = rig_take(&r, MSG_KEY_EXPIRED);
    rig_deliver(&r, MSG_RAND_PUSH);
    rig_inject(&r, ROLE_EESE, ROLE_UE, &error);
    return strcmp(rig_state(&r, ROLE_UE), "READY") == 0;
}

static bool eese_that_forgets_the_rekey_hears_from_the_ue_again(void)
{
    rig_attach(&r);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "m");
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_EXPIRED);
    r.flying = 0;
    rig_crash(&r, ROLE_EESE); /* the trigger was not durable */
    rig_settle(&r, STEPS_MAX);
    return delivered_once();
}

static bool junk_starts_nothing(void)
{
    struct msg junk = {.type = MSG_DATA_UL, .kid = 1, .ctr = 1, .mac_len = 8};

    rig_attach(&r);
    rig_expire(&r);
    junk.sid = r.ue.cur.sid;
    rig_inject(&r, ROLE_UE, ROLE_EESE, &junk);
    return r.flying == 0;
}

static bool data_in_flight_at_the_switch_is_taken(void)
{
    struct msg m;

    rig_attach(&r);
    rig_send(&r, ROLE_UE, "m");
    m = rig_take(&r, MSG_DATA_UL);
    rig_rekey(&r);
    r.data_count = 0; /* the rekey let the UE send it again: what counts is this copy */
    r.eese.seen = (struct window){0};
    rig_inject(&r, ROLE_UE, ROLE_EESE, &m);
    return delivered_once();
}

static bool data_in_flight_over_two_rekeys_is_taken(void)
{
    struct msg m;

    rig_attach(&r);
    rig_send(&r, ROLE_UE, "m");
    m = rig_take(&r, MSG_DATA_UL);
    rig_rekey(&r);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_run(&r);
    if (rig_armed(&r, ROLE_UE, TIMER_ACK)) {
        rig_fire(&r, ROLE_UE, TIMER_ACK);
        rig_run(&r);
    }
    r.data_count = 0;
    r.eese.seen = (struct window){0};
    rig_inject(&r, ROLE_UE, ROLE_EESE, &m);
    return delivered_once();
}

static bool lost_acknowledgement_doubles_nothing(void)
{
    rig_attach(&r);
    rig_send(&r, ROLE_UE, "m");
    rig_deliver(&r, MSG_DATA_UL);
    rig_drop(&r, MSG_DACK);
    rig_settle(&r, STEPS_MAX);
    return delivered_once();
}

static bool lost_data_is_made_up_for(void)
{
    rig_attach(&r);
    rig_send(&r, ROLE_UE, "m");
    rig_drop(&r, MSG_DATA_UL);
    rig_settle(&r, STEPS_MAX);
    return delivered_once();
}

static bool forged_rand_is_not_taken(void)
{
    struct msg forged = {.type = MSG_RAND_PUSH, .kid = 2, .ctr = 99};

    rig_attach(&r);
    forged.sid = r.ue.root.sid;
    forged.u.rand_push.n = 1;
    rig_inject(&r, ROLE_EMSE, ROLE_UE, &forged);
    return rig_fp(&r, ROLE_UE) == rig_fp(&r, ROLE_EESE);
}

static bool planned_rekey_refuses_nothing(void)
{
    rig_attach(&r);
    if (rig_armed(&r, ROLE_EESE, TIMER_SOFT)) {
        rig_fire(&r, ROLE_EESE, TIMER_SOFT);
        rig_settle(&r, STEPS_MAX);
    } else {
        rig_expire(&r);
    }
    rig_send(&r, ROLE_UE, "m");
    rig_settle(&r, STEPS_MAX);
    return delivered_once() && rig_reported(&r, VERDICT_EXPIRED) == 0;
}

static bool ue_that_fell_back_needs_no_new_root(void)
{
    struct ue old;

    rig_attach(&r);
    old = r.ue;
    rig_rekey(&r);
    rig_rekey(&r);
    r.ue = old;
    memset(r.due_us[ROLE_UE], 0, sizeof r.due_us[ROLE_UE]);
    rig_send(&r, ROLE_UE, "m");
    rig_settle(&r, STEPS_MAX);
    return delivered_once() && r.emse.root.g == 1;
}

/* B63: a chain epoch waits at the EESE when the UE attaches anew. */
static bool root_index_was_never_used(void)
{
    rig_attach(&r);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_deliver(&r, MSG_KEY_TRIGGER);
    rig_deliver(&r, MSG_RAND_REQ);
    rig_deliver(&r, MSG_RAND_RSP);
    rig_deliver(&r, MSG_RAND_FWD);
    r.flying = 0;
    rig_move(&r, 0x22);
    rig_settle(&r, STEPS_MAX);
    rig_must_agree(&r);
    return r.messages[MSG_KEYSET_FWD] == 2; /* not sent once more under another number */
}

static bool two_enterprises_get_two_keys(void)
{
    struct variant_set v = r.ue_conf.base.variant;
    uint32_t fp;

    rig_attach(&r);
    fp = rig_fp(&r, ROLE_UE);
    rig_init(&r, VARIANT_HARDENED);
    rig_switch(&r, SW_BIND_EESE, sw_on(&v, SW_BIND_EESE));
    ck_assert_int_eq(ident_set(&r.eese_conf.name, "eese.plant2"), ERR_OK);
    r.emse_conf.eese[0].name = r.eese_conf.name;
    r.emse_conf.eese[0].handle = eese_handle(&r.eese_conf.name);
    r.ue.card.eese = r.eese_conf.name;
    rig_attach(&r);
    return rig_fp(&r, ROLE_UE) != fp;
}

/* B49: the visited network plays a vector of its own as the EMSE's challenge. */
static bool access_vector_is_refused(void)
{
    struct msg req = {.type = MSG_AV_REQ};
    struct msg chal = {.type = MSG_AKA_CHAL};
    struct msg rsp;

    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    req.u.av_req.xid = 1;
    req.u.av_req.purpose = PURPOSE_ACCESS;
    req.u.av_req.ue = r.ue.imsi;
    rig_inject(&r, ROLE_VN, ROLE_HSS, &req);
    rsp = rig_take(&r, MSG_AV_RSP);
    chal.u.aka_chal.xid = r.ue.xid;
    memcpy(chal.u.aka_chal.rand, rsp.u.av_rsp.rand, RAND_LEN);
    memcpy(chal.u.aka_chal.autn, rsp.u.av_rsp.autn, AUTN_LEN);
    rig_inject(&r, ROLE_EMSE, ROLE_UE, &chal);
    return !rig_flies(&r, MSG_AKA_RESP);
}

/* B45: somebody on the way strikes the cipher from what the UE offers. */
static bool edited_offer_is_noticed(void)
{
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_peek(&r, MSG_ATTACH_REQ)->u.attach_req.caps = CAP_CMAC64 | CAP_EEA0;
    rig_run(&r);
    return strcmp(rig_state(&r, ROLE_UE), "READY") != 0;
}

static const struct {
    enum sw sw;
    bool (*race)(void);
} races[] = {
    {SW_INDEX, push_is_repeated},
    {SW_IDEMPOTENT_RAND, trigger_is_repeated},
    {SW_SINGLE_FLIGHT, two_causes_make_one_rekey},
    {SW_EESE_FIRST, eese_has_what_the_ue_uses},
    {SW_COMMIT_ON_USE, sleeping_ue_understands_the_eese},
    {SW_RETRANSMIT, lost_request_is_made_up_for},
    {SW_LEVEL_TRIGGER, emse_that_loses_the_rekey_is_asked_again},
    {SW_AUTHENTICATED_ERROR, forged_error_is_not_believed},
    {SW_ERROR_NAMES_EPOCH, stale_error_does_not_make_the_ue_wait},
    {SW_ERROR_TIMEOUT, eese_that_forgets_the_rekey_hears_from_the_ue_again},
    {SW_VERIFY_BEFORE_ERROR, junk_starts_nothing},
    {SW_OVERLAP, data_in_flight_at_the_switch_is_taken},
    {SW_SPACING, data_in_flight_over_two_rekeys_is_taken},
    {SW_CTR_IDENTITY, lost_acknowledgement_doubles_nothing},
    {SW_DATA_ACK, lost_data_is_made_up_for},
    {SW_PROTECT_RAND, forged_rand_is_not_taken},
    {SW_SOFT_TRIGGER, planned_rekey_refuses_nothing},
    {SW_RESYNC, ue_that_fell_back_needs_no_new_root},
    {SW_FRESH_ROOT_INDEX, root_index_was_never_used},
    {SW_BIND_EESE, two_enterprises_get_two_keys},
    {SW_PURPOSE_BIT, access_vector_is_refused},
    {SW_ECHO_NEGOTIATION, edited_offer_is_noticed},
};

static bool goes_well(int i, bool on)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_switch(&r, races[i].sw, on);
    return races[i].race();
}

START_TEST(the_correction_stops_its_race)
{
    ck_assert_msg(goes_well(_i, true), "%s does not help", switch_info[races[_i].sw].name);
}
END_TEST

START_TEST(without_the_correction_its_race_does_harm)
{
    ck_assert_msg(!goes_well(_i, false), "%s is not needed", switch_info[races[_i].sw].name);
}
END_TEST

Suite *test_switch_suite(void)
{
    Suite *s = suite_create("switch");
    TCase *t = tcase_create("off");

    tcase_add_loop_test(t, each_correction_can_be_missed_when_nothing_goes_wrong, 0, SW_COUNT);
    tcase_add_loop_test(t, the_correction_stops_its_race, 0, COUNT_OF(races));
    tcase_add_loop_test(t, without_the_correction_its_race_does_harm, 0, COUNT_OF(races));
    suite_add_tcase(s, t);
    return s;
}
