#include "scenarios/sim/drive/deploy.h"

#include "common/daemon/config.h"
#include "eese/setup.h"
#include "emse/setup.h"
#include "hss/hss.h"
#include "hss/setup.h"
#include "test/unit/scene.h"
#include "ue/setup.h"
#include "ue/ue.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *test_deploy_suite(void);

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

static config_setup *const setups[] = {[ROLE_HSS] = hss_setup,
                                       [ROLE_EMSE] = emse_setup,
                                       [ROLE_EESE] = eese_setup,
                                       [ROLE_UE] = ue_setup};

static char *text_of(const struct scenario *scn, enum role role)
{
    char *text = NULL;
    size_t len = 0;

    ck_assert_int_eq(deploy_text(scn, role, 0, NULL, &text, &len), ERR_OK);
    ck_assert_uint_eq(strlen(text), len);
    return text;
}

/* The node that the daemon of |role| would make of the scenario. */
static void set_up(const struct scenario *scn, enum role role, struct setup *made)
{
    char errors[1024] = "";
    char *text = text_of(scn, role);
    enum err err =
        setups[role](text, strlen(text), "deployed", &hooks, made, errors, sizeof errors);

    ck_assert_msg(err == ERR_OK, "%s\n%s", errors, text);
    free(text);
}

START_TEST(every_daemon_has_the_scenarios_variant_timers_and_seed)
{
    struct scenario scn;
    struct setup made;

    scene_open(&scn, "variant literal\nin literal with retransmit\nseed 99\npace 10%\n"
                     "timer PUSH 700ms\nue UE1\n");
    set_up(&scn, (enum role)_i, &made);
    ck_assert_int_eq(made.shared.base.variant.variant, VARIANT_LITERAL);
    ck_assert_uint_eq(made.shared.base.variant.switches, scn.variant.switches);
    ck_assert_mem_eq(&made.shared.base.timing, &scn.timing, sizeof scn.timing);
    ck_assert(made.shared.has_seed);
    ck_assert_uint_eq(made.shared.seed, 99);
    ck_assert_uint_eq(made.attach_count, 0);
    setup_free(&made);
    scenario_free(&scn);
}
END_TEST

START_TEST(subscribers_and_profiles_reach_the_hss)
{
    struct scenario scn;
    struct setup made;

    scene_open(&scn, "policy floor te2e 1500ms\npolicy te2e 2s for UE2\n"
                     "policy in 262-01 confidentiality off for UE2\n"
                     "policy integrity EIA2 for UE1\npolicy messages 9 for UE1\npolicy rand mask\n"
                     "ue UE1\nue UE2 sqn 000000000123 amf 8001\n");
    set_up(&scn, ROLE_HSS, &made);
    for (unsigned i = 0; i < 2; i++) {
        const struct hss_ue *ctx = node_find(made.node, &scn.ues[i].imsi);

        ck_assert_ptr_nonnull(ctx);
        ck_assert_mem_eq(&ctx->secret, &scn.ues[i].secret, sizeof ctx->secret);
        ck_assert_uint_eq(ctx->sqn, scn.ues[i].sqn_hss);
        ck_assert_mem_eq(&ctx->profile, &scn.ues[i].profile, sizeof ctx->profile);
    }
    setup_free(&made);
    scenario_free(&scn);
}
END_TEST

START_TEST(cards_reach_the_ues)
{
    struct scenario scn;
    struct setup made;

    scene_open(&scn, "EMSE is called home.example\nEESE is called plant.example\n"
                     "ue UE1 card-k 00112233445566778899aabbccddeeff card-sqn 000000000140\n"
                     "ue UE2 in 262-01 supports EIA2 EEA0\n");
    set_up(&scn, ROLE_UE, &made);
    for (unsigned i = 0; i < 2; i++) {
        const struct ue *ctx = node_find(made.node, &scn.ues[i].imsi);

        ck_assert_ptr_nonnull(ctx);
        ck_assert_mem_eq(&ctx->card.secret, &scn.ues[i].card, sizeof ctx->card.secret);
        ck_assert_uint_eq(ctx->card.sqn, scn.ues[i].sqn_usim);
        ck_assert_uint_eq(ctx->card.caps, scn.ues[i].caps);
        ck_assert_mem_eq(ctx->card.plmn, scn.ues[i].plmn, PLMN_LEN);
        ck_assert(ident_equal(&ctx->card.emse, &scn.emse));
        ck_assert(ident_equal(&ctx->card.eese, &scn.eese));
    }
    setup_free(&made);
    scenario_free(&scn);
}
END_TEST

START_TEST(what_is_the_same_for_many_is_said_once)
{
    struct scenario scn;
    char *text;

    scene_open(&scn, "enterprise te2e 5s\nues UE1..UE50\nue OTHER imsi 262010000000001\n");
    text = text_of(&scn, ROLE_HSS);
    ck_assert_ptr_nonnull(strstr(text, "profile 001010000000001 count 50 "));
    ck_assert_ptr_nonnull(strstr(text, "profile 262010000000001 te2e"));
    free(text);
    for (unsigned i = 0; i < 51; i++) {
        scn.ues[i].te2e_wish_ms = i < 50 ? 3000 : 0;
    }
    text = text_of(&scn, ROLE_EESE);
    ck_assert_ptr_nonnull(strstr(text, "te2e 5000ms\nte2e-ue 001010000000001 count 50 3000ms\n"));
    ck_assert_ptr_null(strstr(text, "262010000000001"));
    free(text);
    scenario_free(&scn);
}
END_TEST

START_TEST(a_thousand_ues_are_read_back)
{
    struct scenario scn;
    struct setup made;

    scene_open(&scn, "ues UE1..UE1000\n");
    set_up(&scn, (enum role)_i, &made);
    if (_i == ROLE_HSS || _i == ROLE_UE) {
        ck_assert_uint_eq(node_size(made.node), 1000);
    }
    setup_free(&made);
    scenario_free(&scn);
}
END_TEST

START_TEST(addresses_are_said_where_they_are_known)
{
    const struct deploy_net net = {
        .listen = "127.0.0.1:0",
        .peers = {[ROLE_EMSE] = "127.0.0.1:4001", [ROLE_VN] = "127.0.0.1:4002"}};
    struct scenario scn;
    char *text = NULL;
    size_t len;

    scene_open(&scn, "ue UE1\n");
    ck_assert_int_eq(deploy_text(&scn, ROLE_UE, 0, &net, &text, &len), ERR_OK);
    ck_assert_ptr_nonnull(strstr(text, "\nlisten 127.0.0.1:0\npeer EMSE 127.0.0.1:4001\n"
                                       "peer VN 127.0.0.1:4002\n"));
    free(text);
    scenario_free(&scn);
}
END_TEST

Suite *test_deploy_suite(void)
{
    Suite *s = suite_create("deploy");
    TCase *tc = tcase_create("deploy");

    tcase_add_loop_test(tc, every_daemon_has_the_scenarios_variant_timers_and_seed, ROLE_HSS,
                        ROLE_VN);
    tcase_add_test(tc, subscribers_and_profiles_reach_the_hss);
    tcase_add_test(tc, cards_reach_the_ues);
    tcase_add_test(tc, what_is_the_same_for_many_is_said_once);
    tcase_add_loop_test(tc, a_thousand_ues_are_read_back, ROLE_HSS, ROLE_VN);
    tcase_add_test(tc, addresses_are_said_where_they_are_known);
    suite_add_tcase(s, tc);
    return s;
}
