#include "scenarios/sim/visited/vn.h"

#include "common/base/bytes.h"

#include <check.h>
#include <string.h>

Suite *test_vn_suite(void);

/* One context of VN, and what its last step did. */
static struct {
    struct vn_conf conf;
    struct vn_ue ue;
    struct effects fx;
    uint64_t now_us;
} vn;

static const uint8_t abroad[PLMN_LEN] = {0x62, 0xf2, 0x10};

static void setup(void)
{
    struct ident id;

    memset(&vn, 0, sizeof vn);
    vn.conf.base.variant = variant_default(VARIANT_HARDENED);
    timing_default(&vn.conf.base.timing);
    ck_assert_int_eq(ident_set(&id, "262010000000001"), ERR_OK);
    vn_machine.init(&vn.conf, &vn.ue, &id, 0);
}

static void step(struct event *ev)
{
    ev->now_us = ++vn.now_us;
    effects_reset(&vn.fx);
    vn_machine.step(&vn.conf, &vn.ue, ev, &vn.fx);
}

static const char *state(void)
{
    struct shown shown = {0};

    vn_machine.show(&vn.ue, &shown);
    return vn_machine.fsm(VARIANT_HARDENED)->state_names[shown.state];
}

static void register_ue(void)
{
    struct order o = {.kind = ORDER_REGISTER};
    struct event ev = {.input = IN_ORDER, .order = &o};

    memcpy(o.plmn, abroad, sizeof abroad);
    step(&ev);
}

static void time_out(void)
{
    struct event ev = {.input = IN_TIMER, .timer = TIMER_ACCESS};

    step(&ev);
}

static void receive(enum role from, const struct msg *m)
{
    struct event ev = {.input = IN_MSG, .from = from, .msg = m};

    step(&ev);
}

/* A vector with octets |fill|, as the answer to |xid|. */
static void give_vector(uint32_t xid, uint8_t fill)
{
    struct msg m = {.type = MSG_AV_RSP};
    struct msg_av_rsp *r = &m.u.av_rsp;

    r->xid = xid;
    r->purpose = PURPOSE_ACCESS;
    r->ue = vn.ue.ue;
    memset(r->rand, fill, sizeof r->rand);
    memset(r->autn, fill, sizeof r->autn);
    memset(r->xres, fill, sizeof r->xres);
    memset(r->key, fill, sizeof r->key);
    receive(ROLE_HSS, &m);
}

static void answer(uint8_t fill)
{
    struct msg m = {.type = MSG_ACCESS_RESP};

    m.u.access_resp.ue = vn.ue.ue;
    memset(m.u.access_resp.res, fill, RES_LEN);
    receive(ROLE_UE, &m);
}

static void answer_auts(uint8_t fill)
{
    struct msg m = {.type = MSG_ACCESS_RESP};

    m.u.access_resp.ue = vn.ue.ue;
    m.u.access_resp.has_auts = 1;
    memset(m.u.access_resp.auts, fill, AUTS_LEN);
    receive(ROLE_UE, &m);
}

static bool has_sent(enum msg_type t)
{
    for (unsigned i = 0; i < vn.fx.count; i++) {
        if (vn.fx.list[i].kind == FX_SEND && vn.fx.list[i].u.send.msg.type == t) {
            return true;
        }
    }
    return false;
}

/* The message that the last step sent, of that type; there must be one. */
static const struct msg *sent(enum msg_type t)
{
    unsigned i = 0;

    ck_assert(has_sent(t));
    while (vn.fx.list[i].kind != FX_SEND || vn.fx.list[i].u.send.msg.type != t) {
        i++;
    }
    return &vn.fx.list[i].u.send.msg;
}

static bool noted(enum note n)
{
    for (unsigned i = 0; i < vn.fx.count; i++) {
        if (vn.fx.list[i].kind == FX_NOTE && vn.fx.list[i].u.note.note == n) {
            return true;
        }
    }
    return false;
}

static bool armed(void)
{
    for (unsigned i = 0; i < vn.fx.count; i++) {
        if (vn.fx.list[i].kind == FX_ARM) {
            return true;
        }
    }
    return false;
}

START_TEST(a_good_answer_registers_and_keeps_k_asme)
{
    const struct msg *m;

    register_ue();
    m = sent(MSG_AV_REQ);
    ck_assert_uint_eq(m->u.av_req.purpose, PURPOSE_ACCESS);
    ck_assert_mem_eq(m->u.av_req.plmn, abroad, PLMN_LEN);
    give_vector(m->u.av_req.xid, 0x11);
    ck_assert_uint_eq(sent(MSG_ACCESS_CHAL)->u.access_chal.rand[0], 0x11);
    answer(0x11);
    ck_assert_str_eq(state(), "REGISTERED");
    ck_assert(noted(NOTE_ACCESS_DONE));
    ck_assert_uint_eq(vn.ue.k_asme_held[31], 0x11);
}
END_TEST

START_TEST(a_wrong_answer_does_not_register)
{
    register_ue();
    give_vector(vn.ue.xid, 0x11);
    answer(0x12);
    ck_assert_str_eq(state(), "IDLE");
    ck_assert(noted(NOTE_RES_BAD));
    ck_assert(bytes_all_zero(vn.ue.k_asme_held, sizeof vn.ue.k_asme_held));
    answer(0);
    ck_assert_str_eq(state(), "IDLE"); /* the wiped XRES is no answer */
}
END_TEST

START_TEST(a_stale_sqn_is_resynchronised_once)
{
    const struct msg *m;

    register_ue();
    give_vector(vn.ue.xid, 0x11);
    answer_auts(0x77);
    m = sent(MSG_AV_REQ);
    ck_assert_uint_eq(m->u.av_req.has_auts, 1);
    ck_assert_uint_eq(m->u.av_req.auts[0], 0x77);
    ck_assert_uint_eq(m->u.av_req.rand[0], 0x11);
    give_vector(vn.ue.xid, 0x22);
    answer_auts(0x78);
    ck_assert_str_eq(state(), "IDLE");
    register_ue();
    ck_assert_uint_eq(sent(MSG_AV_REQ)->u.av_req.has_auts, 0);
}
END_TEST

START_TEST(an_answer_to_another_request_is_none)
{
    register_ue();
    give_vector(vn.ue.xid - 1, 0x11);
    ck_assert_str_eq(state(), "VECTOR");
    ck_assert(!has_sent(MSG_ACCESS_CHAL));
}
END_TEST

START_TEST(an_unknown_subscriber_is_given_up)
{
    struct msg m = {.type = MSG_AV_RSP};

    register_ue();
    m.u.av_rsp.xid = vn.ue.xid;
    m.u.av_rsp.purpose = PURPOSE_ACCESS;
    m.u.av_rsp.cause = CAUSE_UNKNOWN_SUBSCRIBER;
    receive(ROLE_HSS, &m);
    ck_assert_str_eq(state(), "IDLE");
    ck_assert(noted(NOTE_UNKNOWN_UE));
}
END_TEST

START_TEST(without_an_answer_it_asks_again_and_in_the_end_no_more)
{
    unsigned tries = 0;

    register_ue();
    for (; strcmp(state(), "IDLE") != 0 && tries < 100; tries++) {
        ck_assert(armed());
        time_out();
        if (has_sent(MSG_AV_REQ)) {
            uint32_t before = vn.ue.xid;

            give_vector(vn.ue.xid, 0x11);
            ck_assert(armed());
            time_out(); /* the challenge is lost: a fresh one, not the same */
            ck_assert(strcmp(state(), "IDLE") == 0 || vn.ue.xid == before + 1);
        }
    }
    ck_assert_str_eq(state(), "IDLE");
    ck_assert_uint_lt(tries, 100);
    ck_assert(!armed());
}
END_TEST

START_TEST(without_retransmission_no_timer_runs)
{
    vn.conf.base.variant = variant_default(VARIANT_LITERAL);
    register_ue();
    ck_assert(!armed());
    give_vector(vn.ue.xid, 0x11);
    ck_assert(!armed());
}
END_TEST

Suite *test_vn_suite(void)
{
    Suite *s = suite_create("vn");
    TCase *tc = tcase_create("vn");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, a_good_answer_registers_and_keeps_k_asme);
    tcase_add_test(tc, a_wrong_answer_does_not_register);
    tcase_add_test(tc, a_stale_sqn_is_resynchronised_once);
    tcase_add_test(tc, an_answer_to_another_request_is_none);
    tcase_add_test(tc, an_unknown_subscriber_is_given_up);
    tcase_add_test(tc, without_an_answer_it_asks_again_and_in_the_end_no_more);
    tcase_add_test(tc, without_retransmission_no_timer_runs);
    suite_add_tcase(s, tc);
    return s;
}
