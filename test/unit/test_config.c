#include "common/base/ensure.h"
#include "common/daemon/config_table.h"
#include "common/daemon/config_value.h"
#include "eese/eese.h"
#include "eese/setup.h"
#include "emse/emse.h"
#include "emse/setup.h"
#include "hss/hss.h"
#include "hss/setup.h"
#include "ue/setup.h"
#include "ue/ue.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *test_config_suite(void);

static void no_send(void *arg, enum role to, const struct node_addr *addr, const struct ident *ue,
                    const uint8_t *octets, size_t len)
{
    (void)arg, (void)to, (void)addr, (void)ue, (void)octets, (void)len;
}

static void no_occur(void *arg, const struct occur *o)
{
    (void)arg, (void)o;
}

static void no_entropy(void *arg, const struct ident *ue, uint64_t draw, uint8_t out[ENTROPY_LEN])
{
    (void)arg, (void)ue, (void)draw;
    memset(out, 0, ENTROPY_LEN);
}

static const struct node_hooks hooks = {.send = no_send, .occur = no_occur, .entropy = no_entropy};

static char errors[8192];

/* Sets |setup| up from |text|, which must be good. */
static struct setup good(config_setup *setup, const char *text)
{
    struct setup s;

    ck_assert_msg(setup(text, strlen(text), "t", &hooks, &s, errors, sizeof errors) == ERR_OK, "%s",
                  errors);
    ck_assert_str_eq(errors, "");
    return s;
}

#define K    "465b5ce8b199b49faa5f0a2ee238a6bc"
#define OPC  "cd63cb71954a9f4e48a5994e37a02baf"
#define OP   "cdc202d5123e20f62b6d676ac72cb318"
#define AKA  "k " K " opc " OPC
#define EMSE "name emse.home\neese eese.plant1\n"
#define SUB  "subscriber 001010000000001 " AKA "\n"

/* ---- what every daemon has ---- */

START_TEST(an_emse_needs_its_name_and_one_eese_only)
{
    struct setup s = good(emse_setup, EMSE);
    const struct emse_conf *conf = s.conf;

    ck_assert_str_eq(conf->name.s, "emse.home");
    ck_assert_uint_eq(conf->eese_count, 1);
    ck_assert_str_eq(conf->eese[0].name.s, "eese.plant1");
    ck_assert_uint_eq(conf->eese[0].handle, eese_handle(&conf->eese[0].name));
    ck_assert_int_eq(conf->base.variant.variant, VARIANT_HARDENED);
    ck_assert_uint_eq(conf->base.timing.ms[TIMER_PUSH], 3000);
    ck_assert_str_eq(s.shared.listen.host, "127.0.0.1");
    ck_assert_uint_eq(s.shared.listen.port, 0);
    ck_assert(!s.shared.has_seed);
    setup_free(&s);
}
END_TEST

START_TEST(every_shared_setting_is_taken)
{
    struct setup s = good(emse_setup, EMSE "listen [::1]:4002 # where\n\t\r\n"
                                           "peer HSS 127.0.0.1:4001\npeer EESE plant.example:1\n"
                                           "peer EESE [2001:db8::1]:65535\nseed 42\n"
                                           "contexts 7");
    const struct config_shared *c = &s.shared;

    ck_assert_str_eq(c->listen.host, "::1");
    ck_assert_uint_eq(c->listen.port, 4002);
    ck_assert_uint_eq(c->peers_count, 3);
    ck_assert_int_eq(c->peers[1].role, ROLE_EESE);
    ck_assert_str_eq(c->peers[1].at.host, "plant.example");
    ck_assert_str_eq(c->peers[2].at.host, "2001:db8::1");
    ck_assert_uint_eq(c->peers[2].at.port, 65535);
    ck_assert(c->has_seed);
    ck_assert_uint_eq(c->seed, 42);
    ck_assert_uint_eq(c->contexts, 7);
    setup_free(&s);
}
END_TEST

START_TEST(pace_comes_before_timers_wherever_it_stands)
{
    struct setup s =
        good(emse_setup, EMSE "timer PUSH 2s\ntimer RAND 100ms cap 1.5s\ntimer ACK 0ms\npace 10%");
    const struct timing *t = &s.shared.base.timing;

    ck_assert_uint_eq(t->ms[TIMER_PUSH], 2000);
    ck_assert_uint_eq(t->cap_ms[TIMER_PUSH], 40000); /* 20 times, as in the register */
    ck_assert_uint_eq(t->ms[TIMER_RAND], 100);
    ck_assert_uint_eq(t->cap_ms[TIMER_RAND], 1500);
    ck_assert_uint_eq(t->ms[TIMER_ACK], 0);
    ck_assert_uint_eq(t->ms[TIMER_CHAL], 300);
    ck_assert_uint_eq(t->ms[TIMER_TE2E], timer_info[TIMER_TE2E].default_ms);
    setup_free(&s);
}
END_TEST

START_TEST(corrections_are_switched_whatever_the_order_of_lines)
{
    struct setup s = good(emse_setup, EMSE "without index\nwith soft-trigger\nvariant hardened");
    struct variant_set all = variant_default(VARIANT_HARDENED);

    ck_assert(!sw_on(&s.shared.base.variant, SW_INDEX));
    ck_assert(sw_on(&s.shared.base.variant, SW_SOFT_TRIGGER));
    ck_assert_uint_eq(s.shared.base.variant.switches ^ all.switches,
                      1U << SW_INDEX | 1U << SW_SOFT_TRIGGER);
    setup_free(&s);
    s = good(emse_setup, EMSE "with retransmit\nvariant literal");
    ck_assert_uint_eq(s.shared.base.variant.switches, 1U << SW_RETRANSMIT);
    setup_free(&s);
}
END_TEST

/* ---- the roles ---- */

START_TEST(a_range_of_subscribers_shares_one_secret)
{
    struct setup s =
        good(hss_setup, "subscriber 00999 count 3 " AKA " amf 8000 sqn 0000000000ff\n");
    const struct hss_ue *ue;
    struct ident imsi;

    ck_assert_uint_eq(node_size(s.node), 3);
    ck_assert_int_eq(ident_set(&imsi, "01001"), ERR_OK);
    ue = node_find(s.node, &imsi);
    ck_assert_ptr_nonnull(ue);
    ck_assert_uint_eq(ue->provisioned, 1);
    ck_assert_uint_eq(ue->sqn, 255);
    ck_assert_uint_eq(ue->secret.amf[0], 0x80);
    ck_assert_uint_eq(ue->profile.te2e_default_ms, 3600000);
    setup_free(&s);
}
END_TEST

/* TS 35.208 test set 1. */
START_TEST(opc_is_made_of_op)
{
    struct setup s = good(hss_setup, "subscriber 12345 k " K " op " OP "\n");
    const struct hss_ue *ue = node_slot(s.node, 0, &(struct ident){.len = 0});
    uint8_t opc[16];

    ck_assert_int_eq(hex_decode(OPC, opc, 16), ERR_OK);
    ck_assert_mem_eq(ue->secret.opc, opc, 16);
    setup_free(&s);
}
END_TEST

START_TEST(a_profile_builds_on_the_ground_of_all)
{
    struct setup s = good(hss_setup, "subscriber 10000 count 3 " AKA "\n"
                                     "profile * te2e 5s te2e-floor 500ms network 26201=off\n"
                                     "profile 10001 te2e 7s network 00101=on-li integrity EIA2 "
                                     "confidentiality EEA0 rand mask messages 9 version 3");
    struct ident imsi;
    const struct hss_ue *plain = node_slot(s.node, 0, &imsi);
    const struct hss_ue *special = node_slot(s.node, 1, &imsi);
    const struct profile *p = &special->profile;

    ck_assert_uint_eq(plain->profile.te2e_ue_ms, 5000);
    ck_assert_uint_eq(plain->profile.conf_rules_len, 1);
    ck_assert_uint_eq(plain->profile.version, 1);
    ck_assert_uint_eq(p->te2e_ue_ms, 7000);
    ck_assert_uint_eq(p->te2e_floor_ms, 500);
    ck_assert_uint_eq(p->conf_rules_len, 2);
    ck_assert_uint_eq(p->conf_rules[0].mode, CONF_OFF);
    ck_assert_uint_eq(p->conf_rules[1].mode, CONF_ON_LI);
    ck_assert_uint_eq(p->alg_int[0], INT_EIA2);
    ck_assert_uint_eq(p->alg_int[1], INT_NONE);
    ck_assert_uint_eq(p->alg_enc_len, 1);
    ck_assert_uint_eq(p->alg_enc[0], ENC_EEA0);
    ck_assert_uint_eq(p->rand_protect, RAND_MASK);
    ck_assert_uint_eq(p->n_msg, 9);
    ck_assert_uint_eq(p->version, 3);
    setup_free(&s);
}
END_TEST

START_TEST(a_whole_profile_reads_back_on_any_ground)
{
    struct profile p;
    char text[CONFIG_PROFILE_TEXT_MAX];
    char config[2048];
    struct setup s;
    const struct hss_ue *ue;

    profile_default(&p);
    p.te2e_pair_ms = 0x7fffffff;
    p.n_msg = 0x7fffffff;
    p.te2e_floor_ms = 0;
    p.alg_int[0] = INT_EIA2;
    p.alg_int[1] = INT_CMAC64;
    p.alg_enc[0] = ENC_EEA0;
    p.alg_enc[1] = ENC_EEA2;
    p.conf_default = CONF_OFF;
    p.rand_protect = RAND_MAC_ONLY;
    p.version = 0x7fffffff;
    for (unsigned i = 0; i < CONF_RULES_MAX; i++) {
        p.conf_rules[i] = (struct conf_rule){{0x62, (uint8_t)(0x02 | i << 4), 0x10}, CONF_ON_LI};
    }
    p.conf_rules_len = CONF_RULES_MAX;
    ck_assert_uint_eq(config_profile_text(&p, text), strlen(text));
    (void)snprintf(config, sizeof config,
                   SUB "profile * te2e 9s messages 5 network 310410=off\n"
                       "profile 001010000000001 %s\n",
                   text);
    s = good(hss_setup, config);
    ue = node_slot(s.node, 0, &(struct ident){.len = 0});
    ck_assert_mem_eq(&ue->profile, &p, sizeof p);
    setup_free(&s);
}
END_TEST

START_TEST(the_secret_of_rand_comes_from_the_file_or_the_seed_or_the_system)
{
    struct setup a = good(hss_setup, "seed 1");
    struct setup b = good(hss_setup, "seed 1");
    struct setup c = good(hss_setup, "seed 2");
    struct setup d = good(hss_setup, "");
    struct setup e = good(hss_setup, "");
    struct setup f = good(hss_setup, "seed 1\nk-rand " K OPC);
    uint8_t want[32];

    ck_assert_mem_eq(((struct hss_conf *)a.conf)->k_rand, ((struct hss_conf *)b.conf)->k_rand, 32);
    ck_assert_mem_ne(((struct hss_conf *)a.conf)->k_rand, ((struct hss_conf *)c.conf)->k_rand, 32);
    ck_assert_mem_ne(((struct hss_conf *)d.conf)->k_rand, ((struct hss_conf *)e.conf)->k_rand, 32);
    ck_assert_int_eq(hex_decode(K OPC, want, 32), ERR_OK);
    ck_assert_mem_eq(((struct hss_conf *)f.conf)->k_rand, want, 32);
    setup_free(&a);
    setup_free(&b);
    setup_free(&c);
    setup_free(&d);
    setup_free(&e);
    setup_free(&f);
}
END_TEST

START_TEST(the_emse_keeps_the_order_of_an_enterprises_algorithms)
{
    struct setup s = good(emse_setup, "name m\neese a integrity EIA2,CMAC-64\n"
                                      "eese b confidentiality EEA0\n");
    const struct emse_conf *conf = s.conf;

    ck_assert_uint_eq(conf->eese_count, 2);
    ck_assert_uint_eq(conf->eese[0].wish.alg_int[0], INT_EIA2);
    ck_assert_uint_eq(conf->eese[0].wish.alg_int[1], INT_CMAC64);
    ck_assert_uint_eq(conf->eese[0].wish.alg_enc_len, 0);
    ck_assert_uint_eq(conf->eese[1].wish.alg_int[0], INT_NONE);
    ck_assert_uint_eq(conf->eese[1].wish.alg_enc_len, 1);
    setup_free(&s);
}
END_TEST

START_TEST(the_eese_has_wishes_for_all_and_for_some)
{
    struct setup s = good(eese_setup, "name e\nte2e 10m\nte2e-ue 10000 1.5s count 2\n"
                                      "te2e-ue 10007 1h\n");
    const struct eese_conf *conf = s.conf;

    ck_assert_uint_eq(conf->te2e_wish_ms, 600000);
    ck_assert_uint_eq(conf->wish_count, 3);
    ck_assert_str_eq(conf->wish[1].ue.s, "10001");
    ck_assert_uint_eq(conf->wish[1].te2e_ms, 1500);
    ck_assert_uint_eq(conf->wish[2].te2e_ms, 3600000);
    setup_free(&s);
}
END_TEST

START_TEST(a_ue_has_defaults_and_its_own)
{
    struct setup s = good(ue_setup, "ue 10000 count 2 " AKA " emse m eese e\n"
                                    "ue 20000 " AKA " eese f emse m caps EIA2,EEA0 plmn 310-410 "
                                    "sqn 000000000101 attach");
    static const uint8_t home[PLMN_LEN] = {0x00, 0xf1, 0x10};
    static const uint8_t away[PLMN_LEN] = {0x13, 0x00, 0x14};
    struct ident imsi;
    const struct ue *a = node_slot(s.node, 1, &imsi);
    const struct ue *b = node_slot(s.node, 2, &imsi);

    ck_assert_uint_eq(a->card.caps, CAP_ALL);
    ck_assert_mem_eq(a->card.plmn, home, PLMN_LEN);
    ck_assert_str_eq(a->card.eese.s, "e");
    ck_assert_uint_eq(b->card.caps, CAP_EIA2 | CAP_EEA0);
    ck_assert_mem_eq(b->card.plmn, away, PLMN_LEN);
    ck_assert_uint_eq(b->usim.seq_ms[1], 0x101 >> AKA_IND_BITS);
    ck_assert_uint_eq(s.attach_count, 1);
    ck_assert_str_eq(s.attach[0].s, "20000");
    setup_free(&s);
}
END_TEST

START_TEST(the_text_needs_no_end)
{
    static const char text[] = "seed 12345";
    struct setup s;

    ck_assert_int_eq(hss_setup(text, 6, "t", &hooks, &s, errors, sizeof errors), ERR_OK);
    ck_assert_uint_eq(s.shared.seed, 1);
    setup_free(&s);
}
END_TEST

START_TEST(plmns_have_two_or_three_digits_of_network)
{
    static const char *const same[][2] = {
        {"26201", "262-01"}, {"310410", "310-410"}, {"001-01", "001-01"}, {"999-999", "999-999"}};
    static const char *const none[] = {"",       "2620",   "2620100", "26-201",
                                       "262--1", "2620x1", "262-0-1", "-26201"};
    uint8_t plmn[PLMN_LEN];
    char text[CONFIG_PLMN_TEXT_MAX];

    for (unsigned i = 0; i < COUNT_OF(same); i++) {
        ck_assert(config_plmn_read(same[i][0], plmn));
        config_plmn_text(plmn, text);
        ck_assert_str_eq(text, same[i][1]);
    }
    for (unsigned i = 0; i < COUNT_OF(none); i++) {
        ck_assert_msg(!config_plmn_read(none[i], plmn), "%s", none[i]);
    }
}
END_TEST

START_TEST(a_distance_counts_changes_and_swaps)
{
    ck_assert_uint_eq(config_distance("PUSH", "push", 2), 0);
    ck_assert_uint_eq(config_distance("PUHS", "PUSH", 2), 1);
    ck_assert_uint_eq(config_distance("seeed", "seed", 2), 1);
    ck_assert_uint_eq(config_distance("a", "xyz", 2), 3);
    ck_assert_uint_eq(config_distance("", "ab", 2), 2);
}
END_TEST

Suite *test_config_suite(void)
{
    Suite *s = suite_create("config");
    TCase *tc = tcase_create("config");

    tcase_add_test(tc, an_emse_needs_its_name_and_one_eese_only);
    tcase_add_test(tc, every_shared_setting_is_taken);
    tcase_add_test(tc, pace_comes_before_timers_wherever_it_stands);
    tcase_add_test(tc, corrections_are_switched_whatever_the_order_of_lines);
    tcase_add_test(tc, a_range_of_subscribers_shares_one_secret);
    tcase_add_test(tc, opc_is_made_of_op);
    tcase_add_test(tc, a_profile_builds_on_the_ground_of_all);
    tcase_add_test(tc, a_whole_profile_reads_back_on_any_ground);
    tcase_add_test(tc, the_secret_of_rand_comes_from_the_file_or_the_seed_or_the_system);
    tcase_add_test(tc, the_emse_keeps_the_order_of_an_enterprises_algorithms);
    tcase_add_test(tc, the_eese_has_wishes_for_all_and_for_some);
    tcase_add_test(tc, a_ue_has_defaults_and_its_own);
    tcase_add_test(tc, the_text_needs_no_end);
    tcase_add_test(tc, plmns_have_two_or_three_digits_of_network);
    tcase_add_test(tc, a_distance_counts_changes_and_swaps);
    suite_add_tcase(s, tc);
    return s;
}
