#include "common/base/ensure.h"
#include "common/wire/msg.h"

#include <check.h>
#include <string.h>

Suite *test_msg_suite(void);

/* PROTOCOL.md 5: who sends what to whom; written a second time, so that neither list is wrong
 * alone. */
/* clang-format off */
static const struct {
    const char *name;
    enum role from;
    enum role to;
} flow[] = {
    {"ACCESS_CHAL", ROLE_VN, ROLE_UE},     {"ACCESS_RESP", ROLE_UE, ROLE_VN},
    {"ATTACH_REQ", ROLE_UE, ROLE_EMSE},    {"AKA_RESP", ROLE_UE, ROLE_EMSE},
    {"SYNCFAIL", ROLE_UE, ROLE_EMSE},      {"RAND_ACK", ROLE_UE, ROLE_EMSE},
    {"SYNC", ROLE_UE, ROLE_EMSE},          {"AKA_CHAL", ROLE_EMSE, ROLE_UE},
    {"ATTACH_ACC", ROLE_EMSE, ROLE_UE},    {"ATTACH_REJ", ROLE_EMSE, ROLE_UE},
    {"RAND_PUSH", ROLE_EMSE, ROLE_UE},     {"STATUS", ROLE_EMSE, ROLE_UE},
    {"DATA_UL", ROLE_UE, ROLE_EESE},       {"DACK", ROLE_UE, ROLE_EESE},
    {"DATA_DL", ROLE_EESE, ROLE_UE},       {"DACK", ROLE_EESE, ROLE_UE},
    {"KEY_EXPIRED", ROLE_EESE, ROLE_UE},   {"AV_REQ", ROLE_EMSE, ROLE_HSS},
    {"AV_REQ", ROLE_VN, ROLE_HSS},         {"AV_RSP", ROLE_HSS, ROLE_EMSE},
    {"AV_RSP", ROLE_HSS, ROLE_VN},         {"RAND_REQ", ROLE_EMSE, ROLE_HSS},
    {"RAND_RSP", ROLE_HSS, ROLE_EMSE},     {"POLICY", ROLE_HSS, ROLE_EMSE},
    {"POLICY", ROLE_EMSE, ROLE_EESE},      {"KEYSET_FWD", ROLE_EMSE, ROLE_EESE},
    {"RAND_FWD", ROLE_EMSE, ROLE_EESE},    {"UE_CONFIRM", ROLE_EMSE, ROLE_EESE},
    {"KEYSET_ACK", ROLE_EESE, ROLE_EMSE},  {"KEY_TRIGGER", ROLE_EESE, ROLE_EMSE},
    {"FWD_ACK", ROLE_EESE, ROLE_EMSE},     {"COMMIT", ROLE_EESE, ROLE_EMSE},
    {"NAK", ROLE_EESE, ROLE_EMSE},         {"RSYNC", ROLE_EESE, ROLE_EMSE},
};
/* clang-format on */

static bool in_flow(enum msg_type t, enum role from, enum role to)
{
    for (size_t i = 0; i < COUNT_OF(flow); i++) {
        if (msg_by_name(flow[i].name) == t && flow[i].from == from && flow[i].to == to) {
            return true;
        }
    }
    return false;
}

START_TEST(a_message_travels_on_the_arrows_of_the_flow_and_no_other)
{
    for (unsigned t = 0; t < MSG_TYPE_COUNT; t++) {
        for (unsigned from = 0; from < ROLE_COUNT; from++) {
            for (unsigned to = 0; to < ROLE_COUNT; to++) {
                ck_assert_msg(msg_arrow_allowed((enum msg_type)t, (enum role)from, (enum role)to) ==
                                  in_flow((enum msg_type)t, (enum role)from, (enum role)to),
                              "%s from %s to %s", msg_name((enum msg_type)t),
                              role_name((enum role)from), role_name((enum role)to));
            }
        }
    }
}
END_TEST

START_TEST(on_air_is_what_a_ue_sends_or_receives)
{
    for (size_t i = 0; i < COUNT_OF(flow); i++) {
        bool air = flow[i].from == ROLE_UE || flow[i].to == ROLE_UE;

        ck_assert_msg(msg_on_air(msg_by_name(flow[i].name)) == air, "%s", flow[i].name);
    }
}
END_TEST

START_TEST(every_message_is_found_by_its_name_and_has_words)
{
    for (unsigned t = 0; t < MSG_TYPE_COUNT; t++) {
        ck_assert_uint_eq(msg_by_name(msg_name((enum msg_type)t)), t);
        ck_assert_uint_gt(strlen(msg_words((enum msg_type)t)), 0);
    }
    ck_assert_uint_eq(msg_by_name("RAND"), MSG_TYPE_COUNT);
    ck_assert_uint_eq(msg_by_name(""), MSG_TYPE_COUNT);
}
END_TEST

/* Compares with |hex|, spaces apart. The header of all of them: SID 1, index 2. */
static void expect_octets(const struct msg *m, const char *hex)
{
    uint8_t out[AIR_OCTETS_MAX];
    char text[2 * AIR_OCTETS_MAX + 1];
    char wanted[2 * AIR_OCTETS_MAX + 1];
    size_t len = msg_air_octets(m, 2, out);
    size_t n = 0;

    for (const char *p = hex; *p != '\0'; p++) {
        if (*p != ' ') {
            wanted[n++] = *p;
        }
    }
    wanted[n] = '\0';
    hex_encode(out, len, text, sizeof text);
    ck_assert_str_eq(text, wanted);
}

static struct msg blank(enum msg_type t)
{
    struct msg m;

    memset(&m, 0, sizeof m);
    m.type = t;
    m.sid = 1;
    return m;
}

START_TEST(the_octets_under_the_mac_of_the_attach_are_as_documented)
{
    struct msg m = blank(MSG_ATTACH_REQ);

    m.u.attach_req.xid = 0x01020304;
    m.u.attach_req.caps = 0x0b;
    memcpy(m.u.attach_req.plmn, "\x00\xf1\x10", PLMN_LEN);
    m.u.attach_req.eese = 0xa1a2a3a4;
    ck_assert_int_eq(ident_set(&m.u.attach_req.ue, "00101"), ERR_OK);
    expect_octets(&m, "00000001 00000002 00 01020304 0b 00f110 a1a2a3a4 3030313031");

    m = blank(MSG_AKA_CHAL);
    m.u.aka_chal.xid = 7;
    memset(m.u.aka_chal.rand, 0x11, RAND_LEN);
    memset(m.u.aka_chal.autn, 0x22, AUTN_LEN);
    expect_octets(&m, "00000001 00000002 00 00000007 11111111111111111111111111111111"
                      "22222222222222222222222222222222");

    m = blank(MSG_AKA_RESP);
    m.u.aka_resp.xid = 7;
    memset(m.u.aka_resp.res, 0x33, RES_LEN);
    expect_octets(&m, "00000001 00000002 00 00000007 3333333333333333");

    m = blank(MSG_SYNCFAIL);
    m.u.syncfail.xid = 7;
    memset(m.u.syncfail.auts, 0x44, AUTS_LEN);
    expect_octets(&m, "00000001 00000002 00 00000007 4444444444444444444444444444");

    m = blank(MSG_ATTACH_ACC);
    m.u.attach_acc =
        (struct msg_attach_acc){7, 8, 9, 3600, {INT_CMAC64, ENC_EEA0, CONF_ON, RAND_ENC}};
    expect_octets(&m, "00000001 00000002 00 00000007 00000008 00000009 00000e10 01000201");

    m = blank(MSG_ATTACH_REJ);
    m.u.attach_rej.xid = 7;
    m.u.attach_rej.cause = CAUSE_UNKNOWN_EESE;
    expect_octets(&m, "00000001 00000002 00 00000007 02");
}
END_TEST

START_TEST(the_octets_under_the_mac_of_data_and_refresh_are_as_documented)
{
    struct msg m = blank(MSG_DATA_UL);

    m.flags = MSG_FLAG_C | MSG_FLAG_REKEY;
    m.u.data.len = 2;
    memcpy(m.u.data.payload, "42", 2);
    expect_octets(&m, "00000001 00000002 05 3432");
    m.type = MSG_DATA_DL;
    expect_octets(&m, "00000001 00000002 05 3432");

    m = blank(MSG_DACK);
    expect_octets(&m, "00000001 00000002 00");

    m = blank(MSG_KEY_EXPIRED);
    m.u.key_expired.reason = 1;
    expect_octets(&m, "00000001 00000002 00 01");

    m = blank(MSG_RAND_PUSH);
    m.flags = MSG_FLAG_EXPIRED;
    m.u.rand_push.n = 0x01020304;
    memset(m.u.rand_push.rand, 0x55, RAND_LEN);
    expect_octets(&m, "00000001 00000002 02 01020304 55555555555555555555555555555555");

    m = blank(MSG_RAND_ACK);
    m.u.index.n = 3;
    expect_octets(&m, "00000001 00000002 00 00000003");
    m.type = MSG_SYNC;
    expect_octets(&m, "00000001 00000002 00 00000003");
    m.type = MSG_STATUS;
    m.flags = MSG_FLAG_UNKNOWN;
    expect_octets(&m, "00000001 00000002 08 00000003");
}
END_TEST

START_TEST(the_longest_air_frame_fits)
{
    uint8_t out[AIR_OCTETS_MAX];
    struct msg m = blank(MSG_DATA_UL);

    m.u.data.len = PAYLOAD_MAX;
    ck_assert_uint_eq(msg_air_octets(&m, 0, out), 9 + PAYLOAD_MAX);
}
END_TEST

Suite *test_msg_suite(void)
{
    Suite *s = suite_create("msg");
    TCase *tc = tcase_create("msg");

    tcase_add_test(tc, a_message_travels_on_the_arrows_of_the_flow_and_no_other);
    tcase_add_test(tc, on_air_is_what_a_ue_sends_or_receives);
    tcase_add_test(tc, every_message_is_found_by_its_name_and_has_words);
    tcase_add_test(tc, the_octets_under_the_mac_of_the_attach_are_as_documented);
    tcase_add_test(tc, the_octets_under_the_mac_of_data_and_refresh_are_as_documented);
    tcase_add_test(tc, the_longest_air_frame_fits);
    suite_add_tcase(s, tc);
    return s;
}
