#include "scenarios/sim/net/name.h"

#include "common/base/ensure.h"
#include "common/wire/codec.h"
#include "test/unit/scene.h"
#include "test/unit/wire_sample.h"

#include <check.h>
#include <string.h>

Suite *test_name_suite(void);

static struct scenario scn;
static struct namer namer;
static struct name name;

static void open_namer(const char *variant)
{
    char text[128];

    snprintf(text, sizeof text, "variant %s\nue UE1\nue UE2\n", variant);
    scene_open(&scn, text);
    ck_assert(namer_init(&namer, &scn));
}

static void close_namer(void)
{
    namer_free(&namer);
    scenario_free(&scn);
}

/* The name of |m|, which the namer sees now. */
static const struct name *seen(enum role from, enum role to, const struct msg *m)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len = 0;

    ck_assert_int_eq(codec_encode(m, from, to, octets, &len), ERR_OK);
    namer_datagram(&namer, from, to, octets, len, &name);
    ck_assert_int_eq(name.type, m->type);
    return &name;
}

/* A valid message of association of that UE, whatever else is in it. */
static struct msg sample(enum msg_type t, enum role from, enum role to)
{
    struct msg m;

    wire_sample(&m, t, from, to, 1);
    return m;
}

/* UE1 has SID 7 and its keyset |n| goes to the EESE. */
static void introduce(uint32_t n)
{
    struct msg m = sample(MSG_KEYSET_FWD, ROLE_EMSE, ROLE_EESE);

    m.u.keyset_fwd.assoc.ue = scn.ues[0].imsi;
    m.u.keyset_fwd.sid = 7;
    m.u.keyset_fwd.n = n;
    ck_assert_int_eq(seen(ROLE_EMSE, ROLE_EESE, &m)->ue, 0);
}

static const struct name *data_with_kid(uint8_t kid)
{
    struct msg m = sample(MSG_DATA_UL, ROLE_UE, ROLE_EESE);

    m.sid = 7;
    m.kid = kid;
    return seen(ROLE_UE, ROLE_EESE, &m);
}

static void observe(enum role role, uint32_t epoch)
{
    struct occur o = {.kind = OCCUR_STEP, .role = role, .has_epoch = true, .epoch = epoch};

    o.ue = scn.ues[0].imsi;
    namer_observe(&namer, &o);
}

START_TEST(a_transaction_is_its_ues)
{
    struct msg req = sample(MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE);
    struct msg chal = sample(MSG_AKA_CHAL, ROLE_EMSE, ROLE_UE);
    struct msg acc = sample(MSG_ATTACH_ACC, ROLE_EMSE, ROLE_UE);
    struct msg push = sample(MSG_RAND_PUSH, ROLE_EMSE, ROLE_UE);

    open_namer("hardened");
    req.u.attach_req.xid = 77;
    req.u.attach_req.ue = scn.ues[1].imsi;
    ck_assert_int_eq(seen(ROLE_UE, ROLE_EMSE, &req)->ue, 1);
    chal.u.aka_chal.xid = 77;
    ck_assert_int_eq(seen(ROLE_EMSE, ROLE_UE, &chal)->ue, 1);
    chal.u.aka_chal.xid = 78;
    chal.sid = 0;
    ck_assert_int_eq(seen(ROLE_EMSE, ROLE_UE, &chal)->ue, -1);
    push.sid = 9;
    ck_assert_int_eq(seen(ROLE_EMSE, ROLE_UE, &push)->ue, -1);
    acc.u.attach_acc.xid = 77;
    acc.sid = 9;
    ck_assert_int_eq(seen(ROLE_EMSE, ROLE_UE, &acc)->ue, 1);
    ck_assert_int_eq(seen(ROLE_EMSE, ROLE_UE, &push)->ue, 1);
    close_namer();
}
END_TEST

START_TEST(a_kid_is_taken_for_the_nearest_epoch)
{
    open_namer("hardened");
    introduce(0);
    ck_assert_uint_eq(data_with_kid(1)->epoch, 0);
    introduce(100); /* 100 mod 8 is 4 */
    for (uint8_t kid = 1; kid <= 8; kid++) {
        data_with_kid(kid);
        ck_assert(name.has_epoch);
        ck_assert_int_eq(name.ue, 0);
        ck_assert_uint_eq(name.epoch, 96 + (kid + 7u) % 8);
    }
    observe(ROLE_UE, 105);
    ck_assert_uint_eq(data_with_kid(1)->epoch, 104);
    ck_assert_uint_eq(data_with_kid(5)->epoch, 108);
    close_namer();
}
END_TEST

START_TEST(a_frame_cannot_make_believe_a_newer_epoch)
{
    struct msg push = sample(MSG_RAND_PUSH, ROLE_EMSE, ROLE_UE);

    open_namer("hardened");
    introduce(0);
    push.sid = 7;
    push.u.rand_push.n = 1000;
    ck_assert_uint_eq(seen(ROLE_EMSE, ROLE_UE, &push)->epoch, 1000);
    ck_assert_uint_eq(data_with_kid(2)->epoch, 1);
    close_namer();
}
END_TEST

START_TEST(a_frame_from_the_eese_is_about_its_epoch)
{
    struct msg ack = sample(MSG_FWD_ACK, ROLE_EESE, ROLE_EMSE);
    struct msg trigger = sample(MSG_KEY_TRIGGER, ROLE_EESE, ROLE_EMSE);

    open_namer("hardened");
    ack.u.eese.assoc.ue = scn.ues[0].imsi;
    ack.u.eese.status = (struct eese_status){
        .g = 1, .cur = 4, .next = 5, .flags = STATUS_HAS_CUR | STATUS_HAS_NEXT};
    trigger.u.eese.assoc.ue = scn.ues[0].imsi;
    trigger.u.eese.status = ack.u.eese.status;
    ck_assert_uint_eq(seen(ROLE_EESE, ROLE_EMSE, &ack)->epoch, 5);
    ck_assert_uint_eq(seen(ROLE_EESE, ROLE_EMSE, &trigger)->epoch, 4);
    close_namer();
}
END_TEST

START_TEST(a_literal_frame_has_its_senders_epoch_and_a_rand_the_next)
{
    struct msg push = sample(MSG_RAND_PUSH, ROLE_EMSE, ROLE_UE);
    struct msg fwd = sample(MSG_RAND_FWD, ROLE_EMSE, ROLE_EESE);

    open_namer("literal");
    introduce(0);
    ck_assert(!data_with_kid(0)->has_epoch);
    observe(ROLE_UE, 3);
    observe(ROLE_EESE, 4);
    ck_assert(data_with_kid(0)->has_epoch);
    ck_assert_uint_eq(data_with_kid(0)->epoch, 3);
    push.sid = 7;
    ck_assert_uint_eq(seen(ROLE_EMSE, ROLE_UE, &push)->epoch, 4);
    fwd.u.rand_fwd.assoc.ue = scn.ues[0].imsi;
    ck_assert_uint_eq(seen(ROLE_EMSE, ROLE_EESE, &fwd)->epoch, 5);
    close_namer();
}
END_TEST

Suite *test_name_suite(void)
{
    Suite *s = suite_create("name");
    TCase *tc = tcase_create("name");

    tcase_add_test(tc, a_transaction_is_its_ues);
    tcase_add_test(tc, a_kid_is_taken_for_the_nearest_epoch);
    tcase_add_test(tc, a_frame_cannot_make_believe_a_newer_epoch);
    tcase_add_test(tc, a_frame_from_the_eese_is_about_its_epoch);
    tcase_add_test(tc, a_literal_frame_has_its_senders_epoch_and_a_rand_the_next);
    suite_add_tcase(s, tc);
    return s;
}
