/* Every bit of every protected field of every air frame: a receiver whose frame was changed on the
 * way does nothing but note it (B28, B32, I12, I17). The SID is under the MAC too, so a frame that
 * reaches the wrong context is refused there. */
#include "common/base/ensure.h"
#include "test/unit/rig.h"

#include <check.h>
#include <stddef.h>
#include <string.h>

Suite *test_tamper_suite(void);

static struct rig r;
static struct rig now;

/* ---- frames in flight towards a receiver that expects them ---- */

static void attach_answered(void)
{
    rig_order(&r, ROLE_UE, ORDER_ATTACH);
    rig_deliver(&r, MSG_ATTACH_REQ);
    rig_deliver(&r, MSG_AV_REQ);
    rig_deliver(&r, MSG_AV_RSP);
}

static void aka_chal(void)
{
    attach_answered();
}

/* The EESE has forgotten the UE: the network starts a run. */
static void aka_chal_of_the_network(void)
{
    rig_attach(&r);
    rig_amnesia(&r, ROLE_EESE);
    rig_send(&r, ROLE_UE, "up");
    while (!rig_flies(&r, MSG_AKA_CHAL)) {
        if (r.flying > 0) {
            rig_deliver(&r, r.wire[0].msg.type);
        } else if (rig_armed(&r, ROLE_UE, TIMER_DATA)) {
            rig_fire(&r, ROLE_UE, TIMER_DATA);
        } else {
            rig_fire(&r, ROLE_UE, TIMER_SYNC);
        }
    }
}

static void aka_resp(void)
{
    attach_answered();
    rig_deliver(&r, MSG_AKA_CHAL);
}

static void attach_acc(void)
{
    aka_resp();
    rig_deliver(&r, MSG_AKA_RESP);
    rig_deliver(&r, MSG_KEYSET_FWD);
    rig_deliver(&r, MSG_KEYSET_ACK);
}

static void attach_rej(void)
{
    r.emse_conf.eese[0].wish.alg_int[0] = INT_EIA2;
    r.ue.card.caps = CAP_CMAC64 | CAP_EEA2;
    aka_resp();
    rig_deliver(&r, MSG_AKA_RESP);
}

static void data_ul(void)
{
    rig_attach(&r);
    rig_send(&r, ROLE_UE, "42");
}

static void data_ul_short_mac(void)
{
    r.emse_conf.eese[0].wish.alg_int[0] = INT_EIA2;
    data_ul();
}

static void data_ul_at_the_switch(void)
{
    rig_attach(&r);
    rig_expire(&r);
    rig_send(&r, ROLE_EESE, "read");
    while (!rig_flies(&r, MSG_RAND_PUSH)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
    rig_deliver(&r, MSG_RAND_PUSH);
    rig_send(&r, ROLE_UE, "42");
}

static void data_ul_expired(void)
{
    data_ul();
    rig_fire(&r, ROLE_EESE, TIMER_TE2E);
}

static void data_dl(void)
{
    rig_attach(&r);
    rig_send(&r, ROLE_EESE, "read");
}

static void dack_dl(void)
{
    data_ul();
    rig_deliver(&r, MSG_DATA_UL);
}

static void dack_ul(void)
{
    data_dl();
    rig_deliver(&r, MSG_DATA_DL);
}

static void key_expired(void)
{
    rig_attach(&r);
    rig_expire(&r);
    rig_send(&r, ROLE_UE, "42");
    rig_deliver(&r, MSG_DATA_UL);
}

static void rand_push(void)
{
    key_expired();
    rig_deliver(&r, MSG_KEY_EXPIRED);
    while (!rig_flies(&r, MSG_RAND_PUSH)) {
        rig_deliver(&r, r.wire[0].msg.type);
    }
}

static void masked_push(void)
{
    r.hss.profile.conf_default = CONF_OFF;
    rand_push();
}

static void rand_ack(void)
{
    rig_attach(&r);
    rig_order(&r, ROLE_EESE, ORDER_REKEY);
    rig_run(&r);
    rig_fire(&r, ROLE_UE, TIMER_ACK);
}

static void sync(void)
{
    key_expired();
    rig_deliver(&r, MSG_KEY_EXPIRED);
    r.flying = 0;
    rig_fire(&r, ROLE_UE, TIMER_WAITKEY);
    rig_deliver(&r, MSG_DATA_UL);
    rig_deliver(&r, MSG_KEY_EXPIRED);
    r.flying = 0;
    rig_fire(&r, ROLE_UE, TIMER_WAITKEY);
}

static void status(void)
{
    sync();
    rig_deliver(&r, MSG_SYNC);
}

static const struct frame {
    const char *name;
    enum msg_type type;
    void (*go)(void);
} frames[] = {
    {"challenge by the network", MSG_AKA_CHAL, aka_chal_of_the_network},
    {"answer to the challenge", MSG_AKA_RESP, aka_resp},
    {"accept", MSG_ATTACH_ACC, attach_acc},
    {"refusal", MSG_ATTACH_REJ, attach_rej},
    {"uplink data", MSG_DATA_UL, data_ul},
    {"uplink data, MAC of 4 octets", MSG_DATA_UL, data_ul_short_mac},
    {"uplink data under the next epoch", MSG_DATA_UL, data_ul_at_the_switch},
    {"uplink data under an expired key", MSG_DATA_UL, data_ul_expired},
    {"downlink data", MSG_DATA_DL, data_dl},
    {"acknowledgement of uplink", MSG_DACK, dack_dl},
    {"acknowledgement of downlink", MSG_DACK, dack_ul},
    {"error", MSG_KEY_EXPIRED, key_expired},
    {"RAND", MSG_RAND_PUSH, rand_push},
    {"masked RAND", MSG_RAND_PUSH, masked_push},
    {"acknowledgement of RAND", MSG_RAND_ACK, rand_ack},
    {"sync", MSG_SYNC, sync},
    {"status", MSG_STATUS, status},
};

/* ---- fields of a frame ---- */

struct span {
    size_t at;
    size_t len;
};

enum { SPANS_MAX = 8 };

#define BODY(member) \
    { \
        offsetof(struct msg, u.member), sizeof(((struct msg *)NULL)->u.member) \
    }

static const struct span bodies[MSG_TYPE_COUNT][SPANS_MAX] = {
    [MSG_AKA_CHAL] = {BODY(aka_chal.xid), BODY(aka_chal.rand), BODY(aka_chal.autn)},
    [MSG_AKA_RESP] = {BODY(aka_resp.xid), BODY(aka_resp.res)},
    [MSG_ATTACH_ACC] = {BODY(attach_acc.xid), BODY(attach_acc.g), BODY(attach_acc.n),
                        BODY(attach_acc.te2e_s), BODY(attach_acc.choice)},
    [MSG_ATTACH_REJ] = {BODY(attach_rej.xid), BODY(attach_rej.cause)},
    [MSG_KEY_EXPIRED] = {BODY(key_expired.reason)},
    [MSG_RAND_PUSH] = {BODY(rand_push.n), BODY(rand_push.rand)},
    [MSG_RAND_ACK] = {BODY(index.n)},
    [MSG_SYNC] = {BODY(index.n)},
    [MSG_STATUS] = {BODY(index.n)},
};

static const struct span header[] = {
    {offsetof(struct msg, sid), sizeof(uint32_t)},
    {offsetof(struct msg, ctr), sizeof(uint32_t)},
    {offsetof(struct msg, kid), 1},
    {offsetof(struct msg, flags), 1},
};

static void must_be_refused(const struct rig_flight *genuine, const struct msg *changed,
                            const char *what)
{
    const size_t size = rig_machine[genuine->to]->ctx_size;

    now = r;
    rig_inject(&now, genuine->from, genuine->to, changed);
    ck_assert_msg(memcmp(rig_ctx(&now, genuine->to), rig_ctx(&r, genuine->to), size) == 0,
                  "%s: context changed", what);
    for (unsigned i = 0; i < now.fx.count; i++) {
        const struct effect *e = &now.fx.list[i];
        bool on_air = e->kind == FX_SEND && msg_on_air(e->u.send.msg.type);

        ck_assert_msg(!on_air, "%s: answered on air", what);
        ck_assert_msg(e->kind == FX_NOTE || e->kind == FX_REPORT || e->kind == FX_SEND,
                      "%s: effect", what);
    }
}

static void flip_all(const struct rig_flight *f, struct span s, const char *what)
{
    for (size_t bit = 0; bit < 8 * s.len; bit++) {
        struct msg changed = f->msg;
        uint8_t octets[sizeof changed];

        memcpy(octets, &changed, sizeof changed);
        octets[s.at + bit / 8] ^= (uint8_t)(1U << (bit % 8));
        memcpy(&changed, octets, sizeof changed);
        must_be_refused(f, &changed, what);
    }
}

static void change_length(const struct rig_flight *f, int by, const char *what)
{
    struct msg changed = f->msg;

    changed.u.data.len = (uint16_t)(changed.u.data.len + by);
    must_be_refused(f, &changed, what);
}

static void change_mac_length(const struct rig_flight *f, uint8_t len, const char *what)
{
    struct msg changed = f->msg;

    changed.mac_len = len;
    must_be_refused(f, &changed, what);
}

static struct rig_flight frame_in_flight(const struct frame *c)
{
    rig_init(&r, VARIANT_HARDENED);
    c->go();
    for (unsigned i = 0; i < r.flying; i++) {
        if (r.wire[i].msg.type == c->type) {
            return r.wire[i];
        }
    }
    ck_abort_msg("%s is not in flight", c->name);
    return (struct rig_flight){0};
}

START_TEST(no_flipped_bit_is_accepted)
{
    const struct frame *c = &frames[_i];
    struct rig_flight f = frame_in_flight(c);

    for (unsigned i = 0; i < COUNT_OF(header); i++) {
        flip_all(&f, header[i], c->name);
    }
    flip_all(&f, (struct span){offsetof(struct msg, mac), f.msg.mac_len}, c->name);
    for (unsigned i = 0; i < SPANS_MAX; i++) {
        flip_all(&f, bodies[c->type][i], c->name);
    }
    if (c->type == MSG_DATA_UL || c->type == MSG_DATA_DL) {
        flip_all(&f, (struct span){offsetof(struct msg, u.data.payload), f.msg.u.data.len},
                 c->name);
        change_length(&f, 1, c->name);
        change_length(&f, -1, c->name);
    }
}
END_TEST

START_TEST(no_shorter_or_longer_mac_is_accepted)
{
    const struct frame *c = &frames[_i];
    struct rig_flight f = frame_in_flight(c);

    change_mac_length(&f, 0, c->name);
    change_mac_length(&f, f.msg.mac_len == 4 ? 8 : 4, c->name);
}
END_TEST

START_TEST(the_genuine_frame_is_accepted)
{
    const struct frame *c = &frames[_i];
    struct rig_flight f = frame_in_flight(c);

    now = r;
    rig_inject(&now, f.from, f.to, &f.msg);
    ck_assert_msg(now.fx.stepped && memcmp(rig_ctx(&now, f.to), rig_ctx(&r, f.to),
                                           rig_machine[f.to]->ctx_size) != 0,
                  "%s", c->name);
}
END_TEST

START_TEST(no_flipped_bit_of_a_challenge_is_answered)
{
    static const struct frame plain = {"challenge", MSG_AKA_CHAL, aka_chal};
    struct rig_flight f = frame_in_flight(&plain);

    for (unsigned i = 0; i < SPANS_MAX; i++) {
        flip_all(&f, bodies[MSG_AKA_CHAL][i], plain.name);
    }
}
END_TEST

START_TEST(an_edited_attach_request_does_not_move_the_address)
{
    struct msg req;

    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    rig_move(&r, 0x22);
    req = rig_take(&r, MSG_ATTACH_REQ);
    for (unsigned bit = 0; bit < 64; bit++) {
        now = r;
        req.mac[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        rig_inject(&now, ROLE_UE, ROLE_EMSE, &req);
        req.mac[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        for (unsigned i = 0; i < now.fx.count; i++) {
            ck_assert_int_ne(now.fx.list[i].kind, FX_BIND);
        }
    }
}
END_TEST

START_TEST(an_edited_auts_is_refused_by_the_hss)
{
    struct msg req = {.type = MSG_AV_REQ};
    struct hss_ue before;

    rig_init(&r, VARIANT_HARDENED);
    before = r.hss;
    req.u.av_req.xid = 3;
    req.u.av_req.purpose = PURPOSE_E2M;
    req.u.av_req.has_auts = 1;
    rig_inject(&r, ROLE_EMSE, ROLE_HSS, &req);
    ck_assert_mem_eq(&before, &r.hss, sizeof before);
    ck_assert_uint_eq(r.notes[NOTE_AUTS_BAD], 1);
    ck_assert_uint_eq(r.flying, 0);
}
END_TEST

Suite *test_tamper_suite(void)
{
    Suite *s = suite_create("tamper");
    TCase *t = tcase_create("frames");

    tcase_add_loop_test(t, the_genuine_frame_is_accepted, 0, COUNT_OF(frames));
    tcase_add_loop_test(t, no_flipped_bit_is_accepted, 0, COUNT_OF(frames));
    tcase_add_loop_test(t, no_shorter_or_longer_mac_is_accepted, 0, COUNT_OF(frames));
    tcase_add_test(t, no_flipped_bit_of_a_challenge_is_answered);
    tcase_add_test(t, an_edited_attach_request_does_not_move_the_address);
    tcase_add_test(t, an_edited_auts_is_refused_by_the_hss);
    suite_add_tcase(s, t);
    return s;
}
