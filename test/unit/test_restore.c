#include "common/core/policy.h"
#include "emse/emse.h"
#include "emse/setup.h"
#include "hss/hss.h"
#include "hss/setup.h"
#include "test/unit/rig.h"
#include "ue/setup.h"
#include "ue/ue.h"

#include <check.h>
#include <string.h>

Suite *test_restore_suite(void);

#define K   "465b5ce8b199b49faa5f0a2ee238a6bc"
#define K2  "000102030405060708090a0b0c0d0e0f"
#define OPC "cd63cb71954a9f4e48a5994e37a02baf"

static void on_send(void *arg, enum role to, const struct node_addr *addr, const struct ident *ue,
                    const uint8_t *octets, size_t len)
{
    (void)arg;
    (void)to;
    (void)addr;
    (void)ue;
    (void)octets;
    (void)len;
}

static void on_occur(void *arg, const struct occur *o)
{
    (void)arg;
    (void)o;
}

static void on_entropy(void *arg, const struct ident *ue, uint64_t draw, uint8_t out[ENTROPY_LEN])
{
    (void)arg;
    (void)ue;
    memset(out, (int)draw, ENTROPY_LEN);
}

static struct setup made(config_setup *setup, const char *text)
{
    static const struct node_hooks hooks = {
        .send = on_send, .occur = on_occur, .entropy = on_entropy};
    static char errors[4096];
    struct setup s;

    ck_assert_msg(setup(text, strlen(text), "t", &hooks, &s, errors, sizeof errors) == ERR_OK, "%s",
                  errors);
    return s;
}

static struct node_record record(const char *imsi, const void *ctx)
{
    struct node_record r = {.slot = 0, .ctx = ctx};

    ck_assert_int_eq(ident_set(&r.ue, imsi), ERR_OK);
    return r;
}

static const void *found(const struct setup *s, const char *imsi)
{
    const struct node_record r = record(imsi, NULL);
    const void *ctx = node_find(s->node, &r.ue);

    ck_assert_ptr_nonnull(ctx);
    return ctx;
}

static enum err give(struct setup *s, const char *imsi, const void *ctx)
{
    const struct node_record r = record(imsi, ctx);

    return node_restore(s->node, &r);
}

START_TEST(an_hss_keeps_what_the_protocol_did_and_takes_the_secret_of_its_configuration)
{
    struct setup s = made(hss_setup, "subscriber 00101 k " K2 " opc " OPC "\nprofile * te2e 1h\n");
    struct hss_ue old = *(const struct hss_ue *)found(&s, "00101");
    const struct hss_ue *now = found(&s, "00101");

    old.secret.k[0] ^= 1;
    old.sqn = 77;
    old.g = 5;
    old.last[PURPOSE_E2M].xid = 9;
    old.profile.version = now->profile.version + 3;
    old.profile.te2e_ue_ms = 1234;
    ck_assert_int_eq(give(&s, "00101", &old), ERR_OK);
    ck_assert_uint_eq(now->secret.k[0], 0);
    ck_assert_uint_eq(now->sqn, 77);
    ck_assert_uint_eq(now->g, 5);
    ck_assert_uint_eq(now->last[PURPOSE_E2M].xid, 0); /* made with another key */
    ck_assert_uint_eq(now->profile.te2e_ue_ms, 1234);
    ck_assert_int_eq(give(&s, "00102", &old), ERR_UNKNOWN);
    setup_free(&s);
}
END_TEST

START_TEST(a_profile_of_a_higher_version_in_the_configuration_wins)
{
    struct setup s =
        made(hss_setup, "subscriber 00101 k " K " opc " OPC "\nprofile * te2e 1h version 9\n");
    const struct hss_ue *now = found(&s, "00101");
    struct hss_ue old = *now;

    old.last[PURPOSE_E2M].xid = 9;
    old.profile.version = 8;
    old.profile.te2e_ue_ms = 1234;
    ck_assert_int_eq(give(&s, "00101", &old), ERR_OK);
    ck_assert_uint_eq(now->profile.version, 9);
    ck_assert_uint_eq(now->profile.te2e_ue_ms, 3600000);
    ck_assert_uint_eq(now->last[PURPOSE_E2M].xid, 9);
    setup_free(&s);
}
END_TEST

START_TEST(a_ue_keeps_what_the_protocol_did_and_takes_secret_and_capabilities)
{
    struct setup s = made(ue_setup, "ue 00100 k " K " opc " OPC " emse m eese e\nue 00101 k " K2
                                    " opc " OPC " emse m eese e caps CMAC-64,EEA0\n");
    const struct ue *now = found(&s, "00101");
    struct ue old = *now;

    old.slot = 0;
    old.ul_ctr = 12;
    old.root.g = 3;
    old.card.caps = CAP_ALL;
    old.card.secret.k[0] ^= 1;
    ck_assert_int_eq(give(&s, "00101", &old), ERR_OK);
    ck_assert_uint_eq(now->ul_ctr, 12);
    ck_assert_uint_eq(now->root.g, 3);
    ck_assert_uint_eq(now->slot, 1);
    ck_assert_uint_ne(now->card.caps, CAP_ALL);
    ck_assert_uint_eq(now->card.secret.k[0], 0);
    setup_free(&s);
}
END_TEST

START_TEST(a_ue_of_another_enterprise_starts_anew_but_for_its_card)
{
    struct setup s = made(ue_setup, "ue 00101 k " K " opc " OPC " emse m eese e2\n");
    const struct ue *now = found(&s, "00101");
    struct ue old = *now;

    old.card.eese.s[1] = '1';
    old.root.g = 3;
    old.usim.seq_ms[0] = 5;
    ck_assert_int_eq(give(&s, "00101", &old), ERR_OK);
    ck_assert_uint_eq(now->root.g, 0);
    ck_assert_uint_eq(now->usim.seq_ms[0], 5);
    setup_free(&s);
}
END_TEST

START_TEST(an_emse_refuses_a_context_of_an_eese_it_no_longer_has)
{
    struct setup s = made(emse_setup, "name m\neese e\n");
    struct emse_ue old = {.root = {.g = 1, .eese = 1}};

    ck_assert_int_eq(ident_set(&old.ue, "00101"), ERR_OK);
    ck_assert_int_eq(give(&s, "00101", &old), ERR_BAD_FIELD);
    old.root.eese = 0;
    ck_assert_int_eq(give(&s, "00101", &old), ERR_OK);
    setup_free(&s);
}
END_TEST

/* ---- what the cores do when they come back ---- */

static struct rig r;

START_TEST(a_te2e_on_a_lost_clock_has_expired_however_well_its_numbers_look)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    rig_boot(&r, ROLE_EESE);
    ck_assert_str_eq(rig_state(&r, ROLE_EESE), "EXPIRED");
}
END_TEST

START_TEST(buckets_filled_by_a_lost_clock_are_empty)
{
    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    r.emse.rate_us = r.emse.attach_us = UINT64_MAX / 2;
    rig_boot(&r, ROLE_EMSE);
    ck_assert_uint_eq(r.emse.rate_us, 0);
    ck_assert_uint_eq(r.emse.attach_us, 0);
}
END_TEST

START_TEST(numbers_are_skipped_even_when_a_restart_cuts_a_run_short)
{
    uint32_t used;

    rig_init(&r, VARIANT_HARDENED);
    rig_attach(&r);
    used = r.emse.root.dl_ctr;
    rig_move(&r, 0x22);
    rig_deliver(&r, MSG_ATTACH_REQ);
    ck_assert_str_eq(rig_state(&r, ROLE_EMSE), "AV");
    rig_crash(&r, ROLE_EMSE);
    ck_assert_str_eq(rig_state(&r, ROLE_EMSE), "IDLE");
    ck_assert_uint_gt(r.emse.root.dl_ctr, used);
}
END_TEST

Suite *test_restore_suite(void)
{
    Suite *s = suite_create("restore");
    TCase *t = tcase_create("configuration");

    tcase_add_test(t, an_hss_keeps_what_the_protocol_did_and_takes_the_secret_of_its_configuration);
    tcase_add_test(t, a_profile_of_a_higher_version_in_the_configuration_wins);
    tcase_add_test(t, a_ue_keeps_what_the_protocol_did_and_takes_secret_and_capabilities);
    tcase_add_test(t, a_ue_of_another_enterprise_starts_anew_but_for_its_card);
    tcase_add_test(t, an_emse_refuses_a_context_of_an_eese_it_no_longer_has);
    suite_add_tcase(s, t);
    t = tcase_create("cores");
    tcase_add_test(t, a_te2e_on_a_lost_clock_has_expired_however_well_its_numbers_look);
    tcase_add_test(t, buckets_filled_by_a_lost_clock_are_empty);
    tcase_add_test(t, numbers_are_skipped_even_when_a_restart_cuts_a_run_short);
    suite_add_tcase(s, t);
    return s;
}
