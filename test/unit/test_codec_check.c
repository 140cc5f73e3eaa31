#include "common/base/ensure.h"
#include "common/wire/codec.h"
#include "test/unit/wire_sample.h"

#include <check.h>
#include <string.h>

Suite *test_codec_check_suite(void);

struct datagram {
    uint8_t octets[DATAGRAM_MAX];
    size_t len;
};

static void encode(const struct msg *m, enum role from, enum role to, struct datagram *d)
{
    ck_assert_int_eq(codec_encode(m, from, to, d->octets, &d->len), ERR_OK);
}

/* One message with one thing wrong: encoding refuses it too, so we never send it. */
typedef void spoil(struct msg *m);

static void spoil_imsi_short(struct msg *m)
{
    memset(&m->u.attach_req.ue, 0, sizeof m->u.attach_req.ue);
    ck_assert_int_eq(ident_set(&m->u.attach_req.ue, "0010"), ERR_OK);
}
static void spoil_imsi_long(struct msg *m)
{
    ck_assert_int_eq(ident_set(&m->u.attach_req.ue, "0010123456789012"), ERR_OK);
}
static void spoil_imsi_letter(struct msg *m)
{
    ck_assert_int_eq(ident_set(&m->u.attach_req.ue, "00101234567890a"), ERR_OK);
}
static void spoil_plmn(struct msg *m)
{
    m->u.attach_req.plmn[0] = 0x0f;
}
static void spoil_caps(struct msg *m)
{
    m->u.attach_req.caps = CAP_ALL + 1;
}
static void spoil_kid(struct msg *m)
{
    m->kid = 9;
}
static void spoil_mac_len(struct msg *m)
{
    m->mac_len = 7;
}
static void spoil_flags(struct msg *m)
{
    m->flags = 16;
}
static void spoil_header(struct msg *m)
{
    m->sid = 1;
}
static void spoil_payload(struct msg *m)
{
    m->u.data.len = PAYLOAD_MAX + 1;
}
static void spoil_reason(struct msg *m)
{
    m->u.key_expired.reason = 2;
}
static void spoil_index(struct msg *m)
{
    m->u.index.n = 0x80000000;
}
static void spoil_choice_int(struct msg *m)
{
    m->u.attach_acc.choice.alg_int = INT_NONE;
}
static void spoil_choice_enc(struct msg *m)
{
    m->u.attach_acc.choice.alg_enc = 1;
}
static void spoil_choice_conf(struct msg *m)
{
    m->u.attach_acc.choice.conf = CONF_MODE_COUNT;
}
static void spoil_choice_rand(struct msg *m)
{
    m->u.attach_acc.choice.rand_protect = 0;
}
static void spoil_cause(struct msg *m)
{
    m->u.attach_rej.cause = CAUSE_NONE;
}
static void spoil_purpose(struct msg *m)
{
    m->u.av_req.purpose = 0;
}
static void spoil_purpose_of_other(struct msg *m)
{
    m->u.av_req.purpose = PURPOSE_ACCESS;
}
static void spoil_sid(struct msg *m)
{
    m->u.keyset_fwd.sid = 0;
}
static void spoil_name_absent(struct msg *m)
{
    memset(&m->u.keyset_fwd.assoc.eese, 0, sizeof m->u.keyset_fwd.assoc.eese);
}
static void spoil_name_space(struct msg *m)
{
    m->u.keyset_fwd.assoc.eese.s[0] = ' ';
}
static void spoil_version(struct msg *m)
{
    m->u.keyset_fwd.profile.version = 0;
}
static void spoil_null_integrity_first(struct msg *m)
{
    m->u.keyset_fwd.profile.alg_int[0] = INT_NONE;
    m->u.keyset_fwd.profile.alg_int[1] = INT_EIA2;
}
static void spoil_rule_mode(struct msg *m)
{
    m->u.keyset_fwd.profile.conf_rules_len = 1;
    memset(m->u.keyset_fwd.profile.conf_rules, 0, sizeof m->u.keyset_fwd.profile.conf_rules);
    m->u.keyset_fwd.profile.conf_rules[0].mode = CONF_MODE_COUNT;
}
static void spoil_rules(struct msg *m)
{
    m->u.keyset_fwd.profile.conf_rules_len = CONF_RULES_MAX + 1;
}
static void spoil_count_low(struct msg *m)
{
    m->u.rand_req.count = 0;
}
static void spoil_count_high(struct msg *m)
{
    m->u.rand_req.count = BATCH_MAX + 1;
}
static void spoil_batch_end(struct msg *m)
{
    m->u.rand_req.n_first = 0x7fffffff;
    m->u.rand_req.count = 2;
}
static void spoil_status_flag(struct msg *m)
{
    m->u.eese.status.flags = 64;
}
static void spoil_trigger_reason(struct msg *m)
{
    m->u.eese.reason = 0;
}
static void spoil_policy_target(struct msg *m)
{
    memset(&m->u.policy.assoc, 0, sizeof m->u.policy.assoc);
}

/* clang-format off */
static const struct {
    enum msg_type type;
    enum role from;
    enum role to;
    spoil *spoil;
} spoilt[] = {
    {MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, spoil_imsi_short},
    {MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, spoil_imsi_long},
    {MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, spoil_imsi_letter},
    {MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, spoil_plmn},
    {MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, spoil_caps},
    {MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, spoil_kid},
    {MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, spoil_mac_len},
    {MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, spoil_flags},
    {MSG_DACK, ROLE_UE, ROLE_EESE, spoil_flags},
    {MSG_ACCESS_CHAL, ROLE_VN, ROLE_UE, spoil_header},
    {MSG_COMMIT, ROLE_EESE, ROLE_EMSE, spoil_header},
    {MSG_DATA_UL, ROLE_UE, ROLE_EESE, spoil_payload},
    {MSG_KEY_EXPIRED, ROLE_EESE, ROLE_UE, spoil_reason},
    {MSG_SYNC, ROLE_UE, ROLE_EMSE, spoil_index},
    {MSG_ATTACH_ACC, ROLE_EMSE, ROLE_UE, spoil_choice_int},
    {MSG_ATTACH_ACC, ROLE_EMSE, ROLE_UE, spoil_choice_enc},
    {MSG_ATTACH_ACC, ROLE_EMSE, ROLE_UE, spoil_choice_conf},
    {MSG_ATTACH_ACC, ROLE_EMSE, ROLE_UE, spoil_choice_rand},
    {MSG_ATTACH_REJ, ROLE_EMSE, ROLE_UE, spoil_cause},
    {MSG_AV_REQ, ROLE_EMSE, ROLE_HSS, spoil_purpose},
    {MSG_AV_REQ, ROLE_EMSE, ROLE_HSS, spoil_purpose_of_other},
    {MSG_KEYSET_FWD, ROLE_EMSE, ROLE_EESE, spoil_sid},
    {MSG_KEYSET_FWD, ROLE_EMSE, ROLE_EESE, spoil_name_absent},
    {MSG_KEYSET_FWD, ROLE_EMSE, ROLE_EESE, spoil_name_space},
    {MSG_KEYSET_FWD, ROLE_EMSE, ROLE_EESE, spoil_version},
    {MSG_KEYSET_FWD, ROLE_EMSE, ROLE_EESE, spoil_null_integrity_first},
    {MSG_KEYSET_FWD, ROLE_EMSE, ROLE_EESE, spoil_rule_mode},
    {MSG_KEYSET_FWD, ROLE_EMSE, ROLE_EESE, spoil_rules},
    {MSG_RAND_REQ, ROLE_EMSE, ROLE_HSS, spoil_count_low},
    {MSG_RAND_REQ, ROLE_EMSE, ROLE_HSS, spoil_count_high},
    {MSG_RAND_REQ, ROLE_EMSE, ROLE_HSS, spoil_batch_end},
    {MSG_NAK, ROLE_EESE, ROLE_EMSE, spoil_status_flag},
    {MSG_KEY_TRIGGER, ROLE_EESE, ROLE_EMSE, spoil_trigger_reason},
    {MSG_POLICY, ROLE_EMSE, ROLE_EESE, spoil_policy_target},
};
/* clang-format on */

START_TEST(a_field_out_of_range_is_not_sent)
{
    struct msg m;
    struct datagram d;

    wire_sample(&m, spoilt[_i].type, spoilt[_i].from, spoilt[_i].to, 5);
    encode(&m, spoilt[_i].from, spoilt[_i].to, &d);
    spoilt[_i].spoil(&m);
    ck_assert_int_eq(codec_encode(&m, spoilt[_i].from, spoilt[_i].to, d.octets, &d.len),
                     ERR_BAD_FIELD);
}
END_TEST

START_TEST(an_identity_with_holes_is_refused)
{
    struct msg m;
    struct msg back;
    struct datagram d;

    wire_sample(&m, MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, 5);
    memset(&m.u.attach_req.ue, 0, sizeof m.u.attach_req.ue);
    ck_assert_int_eq(ident_set(&m.u.attach_req.ue, "001010123456789"), ERR_OK);
    encode(&m, ROLE_UE, ROLE_EMSE, &d);
    ck_assert_mem_eq(d.octets + d.len - 8, "\x00\x01\x01\x21\x43\x65\x87\xf9", 8);
    d.octets[d.len - 5] = 0x2f;
    ck_assert_int_eq(codec_decode(d.octets, d.len, ROLE_UE, ROLE_EMSE, &back), ERR_BAD_FIELD);
    d.octets[d.len - 5] = 0x21;
    d.octets[d.len - 1] = 0x19;
    ck_assert_int_eq(codec_decode(d.octets, d.len, ROLE_UE, ROLE_EMSE, &back), ERR_BAD_FIELD);
}
END_TEST

/* The packed sizes of PROTOCOL.md 5.1 and 5.2: what a frame carries, without protobuf. */
/* clang-format off */
static const struct {
    enum msg_type type;
    bool sid;
    bool protected; /* kid, ctr and a MAC of 8 octets */
    uint8_t flags;
    unsigned packed;
} yardstick[] = {
    {MSG_ATTACH_REQ,  false, false, 0, 20},
    {MSG_ATTACH_REQ,  true,  true,  0, 28},
    {MSG_AKA_CHAL,    false, false, 0, 35},
    {MSG_AKA_CHAL,    false, true,  0, 35 + 8},
    {MSG_AKA_RESP,    false, true,  0, 19},
    {MSG_SYNCFAIL,    false, false, 0, 17},
    {MSG_ATTACH_ACC,  true,  true,  0, 20},
    {MSG_DATA_UL,     true,  true,  0, 13},
    {MSG_DATA_UL,     true,  true,  MSG_FLAG_C, 13},
    {MSG_DATA_DL,     true,  true,  MSG_FLAG_C, 13},
    {MSG_DACK,        true,  true,  0, 13},
    {MSG_KEY_EXPIRED, true,  true,  0, 13},
    {MSG_KEY_EXPIRED, true,  false, 0, 4}, /* literal */
    {MSG_RAND_PUSH,   true,  true,  MSG_FLAG_C | MSG_FLAG_EXPIRED, 30},
    {MSG_RAND_PUSH,   true,  false, 0, 19}, /* literal */
    {MSG_RAND_ACK,    true,  true,  0, 14},
    {MSG_SYNC,        true,  true,  0, 15},
    {MSG_STATUS,      true,  true,  MSG_FLAG_UNKNOWN, 15},
};
/* clang-format on */

static void small_body(struct msg *m, unsigned payload)
{
    static const struct choice choice = {INT_CMAC64, ENC_EEA2, CONF_ON, RAND_CLEAR};

    if (m->type == MSG_ATTACH_REQ) {
        m->u.attach_req.xid = 100;
        m->u.attach_req.caps = CAP_ALL;
        m->u.attach_req.eese = 0xdeadbeef;
        ck_assert_int_eq(ident_set(&m->u.attach_req.ue, "901700000000001"), ERR_OK);
    } else if (m->type == MSG_AKA_CHAL) {
        m->u.aka_chal.xid = 100;
    } else if (m->type == MSG_AKA_RESP) {
        m->u.aka_resp.xid = 100;
    } else if (m->type == MSG_SYNCFAIL) {
        m->u.syncfail.xid = 100;
    } else if (m->type == MSG_ATTACH_ACC) {
        m->u.attach_acc = (struct msg_attach_acc){100, 1, 0, 3600, choice};
    } else if (m->type == MSG_KEY_EXPIRED) {
        m->u.key_expired.reason = 1;
    } else if (m->type == MSG_RAND_PUSH) {
        m->u.rand_push.n = 100;
    } else if (m->type == MSG_DATA_UL || m->type == MSG_DATA_DL) {
        m->u.data.len = (uint16_t)payload;
    } else {
        m->u.index.n = 100;
    }
}

START_TEST(an_air_frame_costs_at_most_two_fifths_more_than_packed)
{
    bool up = msg_arrow_allowed(yardstick[_i].type, ROLE_UE, ROLE_EMSE) ||
              msg_arrow_allowed(yardstick[_i].type, ROLE_UE, ROLE_EESE);
    bool eese = msg_arrow_allowed(yardstick[_i].type, ROLE_UE, ROLE_EESE) ||
                msg_arrow_allowed(yardstick[_i].type, ROLE_EESE, ROLE_UE);
    enum role other = eese ? ROLE_EESE : ROLE_EMSE;
    bool data = yardstick[_i].type == MSG_DATA_UL || yardstick[_i].type == MSG_DATA_DL;
    unsigned payload = !data                      ? 0
                       : yardstick[_i].flags != 0 ? 2
                                                  : 0; /* the cipher flag is 2 octets */
    unsigned most = data ? PAYLOAD_MAX : 0;

    for (; payload <= most; payload++) {
        struct msg m;
        struct datagram d;

        memset(&m, 0, sizeof m);
        m.type = yardstick[_i].type;
        m.sid = yardstick[_i].sid ? 100 : 0;
        m.flags = yardstick[_i].flags;
        if (yardstick[_i].protected) {
            m.kid = 8;
            m.ctr = 100;
            m.mac_len = MAC_MAX;
        }
        small_body(&m, payload);
        encode(&m, up ? ROLE_UE : other, up ? other : ROLE_UE, &d);
        ck_assert_msg(5 * d.len <= 7 * (size_t)(yardstick[_i].packed + payload),
                      "%s: %zu octets against %u", msg_name(m.type), d.len,
                      yardstick[_i].packed + payload);
    }
}
END_TEST

Suite *test_codec_check_suite(void)
{
    TCase *tc = tcase_create("codec_check");
    Suite *s = suite_create("codec_check");

    tcase_add_loop_test(tc, a_field_out_of_range_is_not_sent, 0, (int)COUNT_OF(spoilt));
    tcase_add_test(tc, an_identity_with_holes_is_refused);
    tcase_add_loop_test(tc, an_air_frame_costs_at_most_two_fifths_more_than_packed, 0,
                        (int)COUNT_OF(yardstick));
    suite_add_tcase(s, tc);
    return s;
}
