#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "common/crypto/milenage.h"
#include "scenarios/sim/script/match.h"
#include "scenarios/sim/script/script.h"
#include "test/unit/json_check.h"

#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

Suite *test_script_suite(void);

#define HEAD "title \"t\"\nue UE1\nue UE2\n"

static struct scenario s;

/* Parses |text| into |s|, which must succeed. */
static void parse_with(const char *text, const struct script_option *set, unsigned set_count)
{
    struct script_errors errors = {0};

    if (script_parse("t.scn", text, strlen(text), set, set_count, &s, &errors) != ERR_OK) {
        script_errors_print(&errors, stderr);
        ck_abort_msg("this should parse:\n%s", text);
    }
    ck_assert_uint_eq(errors.count, 0);
}

static void parse(const char *text)
{
    parse_with(text, NULL, 0);
}

static bool parses(const char *text, const struct script_option *set, unsigned set_count)
{
    struct script_errors errors = {0};
    enum err e = script_parse("t.scn", text, strlen(text), set, set_count, &s, &errors);

    script_errors_free(&errors);
    scenario_free(&s);
    return e == ERR_OK;
}

START_TEST(the_sentences_of_the_order_parse_as_they_stand)
{
    parse(HEAD "at 2s UE1 sends \"42\"\n"
               "at 5s EESE contacts UE1 \"read now\"\n"
               "expect within 3s UE1 and EESE share epoch 2\n"
               "expect never EESE accepts data under an expired key\n"
               "expect 1 KEY_EXPIRED error from EESE to UE1\n");
    ck_assert_uint_eq(s.actions_count, 2);
    ck_assert_uint_eq(s.actions[0].trigger.at_us, 2000000);
    ck_assert_int_eq(s.actions[0].role, ROLE_UE);
    ck_assert_int_eq(s.actions[0].ue, 0);
    ck_assert_int_eq(s.actions[0].order.kind, ORDER_SEND);
    ck_assert_uint_eq(s.actions[0].order.len, 2);
    ck_assert_mem_eq(s.actions[0].order.payload, "42", 2);
    ck_assert_uint_eq(s.actions[0].line, 4);
    ck_assert_int_eq(s.actions[1].role, ROLE_EESE);
    ck_assert_mem_eq(s.actions[1].order.payload, "read now", 8);
    ck_assert_uint_eq(s.expects_count, 3);
    ck_assert_int_eq(s.expects[0].mode, EXPECT_WITHIN);
    ck_assert_uint_eq(s.expects[0].at_us, 3000000);
    ck_assert_int_eq(s.expects[0].cond.kind, COND_SHARE);
    ck_assert(s.expects[0].cond.has_epoch && !s.expects[0].cond.at_least);
    ck_assert_uint_eq(s.expects[0].cond.epoch, 2);
    ck_assert_int_eq(s.expects[1].mode, EXPECT_NEVER);
    ck_assert_int_eq(s.expects[1].cond.kind, COND_ACCEPT_EXPIRED);
    ck_assert_int_eq(s.expects[1].cond.role, ROLE_EESE);
    ck_assert_int_eq(s.expects[1].cond.ue, -1);
    ck_assert_int_eq(s.expects[2].mode, EXPECT_EXACTLY);
    ck_assert_uint_eq(s.expects[2].count, 1);
    ck_assert_int_eq(s.expects[2].cond.match.type, MSG_KEY_EXPIRED);
    ck_assert_int_eq(s.expects[2].cond.match.from, ROLE_EESE);
    ck_assert_int_eq(s.expects[2].cond.match.to, ROLE_UE);
    ck_assert_int_eq(s.expects[2].cond.match.ue, 0);
    ck_assert_str_eq(s.expects[2].text, "expect 1 KEY_EXPIRED error from EESE to UE1");
    ck_assert(s.expects[2].in_literal && s.expects[2].in_hardened);
    scenario_free(&s);
}
END_TEST

START_TEST(what_is_not_said_has_its_default)
{
    uint8_t k[16];
    struct profile profile;

    profile_default(&profile);
    parse(HEAD);
    ck_assert_int_eq(s.variant.variant, VARIANT_HARDENED);
    ck_assert_uint_eq(s.variant.switches, variant_default(VARIANT_HARDENED).switches);
    ck_assert_uint_eq(s.seed, 1);
    ck_assert_uint_eq(s.end_us, 0);
    ck_assert_uint_eq(s.limit_us, 60000000);
    ck_assert_str_eq(s.emse.s, "emse.home");
    ck_assert_str_eq(s.eese.s, "eese.plant1");
    ck_assert_str_eq(s.ues[1].label, "UE2");
    ck_assert_str_eq(s.ues[1].imsi.s, "001010000000002");
    ck_assert_mem_eq(s.ues[0].plmn, "\x00\xf1\x10", PLMN_LEN);
    prng_fill(prng_key_text(prng_key_text(0, "K"), "UE2"), k, sizeof k);
    ck_assert_mem_eq(s.ues[1].secret.k, k, sizeof k);
    ck_assert_mem_eq(&s.ues[1].card, &s.ues[1].secret, sizeof s.ues[1].card);
    ck_assert_mem_eq(&s.ues[1].profile, &profile, sizeof profile);
    ck_assert_uint_eq(s.ues[1].caps, CAP_ALL);
    ck_assert(s.ues[1].starts_attached);
    ck_assert_uint_eq(s.ues[1].attach_at_us, 0);
    ck_assert_uint_eq(s.links[ROLE_UE][ROLE_EESE].loss_ppm, 0);
    scenario_free(&s);
}
END_TEST

START_TEST(a_subscription_is_taken_as_written)
{
    uint8_t opc[16];
    uint8_t op[16];

    memset(op, 0xcd, sizeof op);
    parse("title \"t\"\nhome network 262-042\nue UE1\n"
          "ue Meter-7 supports EIA2 EEA0 in 310-410 card-sqn 0000000fffe0 sqn 000000000040"
          " op cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd k 000102030405060708090a0b0c0d0e0f amf 8001"
          " card-k ffffffffffffffffffffffffffffffff imsi 26201\n");
    ck_assert_str_eq(s.ues[0].imsi.s, "262042000000001");
    ck_assert_str_eq(s.ues[1].imsi.s, "26201");
    ck_assert_uint_eq(s.ues[1].caps, CAP_EIA2 | CAP_EEA0);
    ck_assert_uint_eq(s.ues[1].sqn_hss, 0x40);
    ck_assert_uint_eq(s.ues[1].sqn_usim, 0xfffe0);
    ck_assert_mem_eq(s.ues[1].plmn, "\x13\x00\x14", PLMN_LEN);
    ck_assert_mem_eq(s.ues[1].secret.amf, "\x80\x01", 2);
    ck_assert_uint_eq(s.ues[1].secret.k[15], 0x0f);
    ck_assert_uint_eq(s.ues[1].card.k[15], 0xff);
    milenage_opc(s.ues[1].secret.k, op, opc);
    ck_assert_mem_eq(s.ues[1].secret.opc, opc, sizeof opc);
    ck_assert_mem_eq(s.ues[1].card.opc, opc, sizeof opc);
    ck_assert_int_eq(scenario_ue(&s, "Meter-7"), 1);
    ck_assert_int_eq(scenario_ue(&s, "262042000000001"), 0);
    ck_assert_int_eq(scenario_ue(&s, "UE3"), -1);
    scenario_free(&s);
}
END_TEST

START_TEST(a_range_of_ues_spreads_its_start)
{
    parse("title \"t\"\nues M008..M011 attach over 2s in 262-01\n");
    ck_assert_uint_eq(s.ues_count, 4);
    ck_assert_str_eq(s.ues[0].label, "M8");
    ck_assert_str_eq(s.ues[3].label, "M11");
    ck_assert_uint_eq(s.ues[0].attach_at_us, 0);
    ck_assert_uint_eq(s.ues[1].attach_at_us, 500000);
    ck_assert_uint_eq(s.ues[3].attach_at_us, 1500000);
    ck_assert_mem_ne(s.ues[0].secret.k, s.ues[1].secret.k, 16);
    ck_assert_mem_eq(&s.ues[1].card, &s.ues[1].secret, sizeof s.ues[1].card);
    scenario_free(&s);
}
END_TEST

START_TEST(ten_thousand_ues_are_found_by_label_and_imsi)
{
    parse("title \"t\"\nues UE1..UE10000\n");
    for (unsigned i = 0; i < s.ues_count; i += 7) {
        ck_assert_int_eq(scenario_ue(&s, s.ues[i].label), (int)i);
        ck_assert_int_eq(scenario_ue(&s, s.ues[i].imsi.s), (int)i);
    }
    scenario_free(&s);
}
END_TEST

START_TEST(a_ue_attaches_by_itself_unless_the_script_says_when)
{
    parse(HEAD "ue UE3\nat 1s UE1 attaches\nwhen UE1 is attached: UE3 attaches again\n");
    ck_assert(!s.ues[0].starts_attached);
    ck_assert(s.ues[1].starts_attached);
    ck_assert(s.ues[2].starts_attached);
    ck_assert_int_eq(s.actions[0].order.kind, ORDER_ATTACH);
    ck_assert_int_eq(s.actions[1].order.kind, ORDER_ATTACH);
    scenario_free(&s);
    parse(HEAD "at 1s each UE attaches\n");
    ck_assert(!s.ues[0].starts_attached && !s.ues[1].starts_attached);
    ck_assert_int_eq(s.actions[0].ue, -1);
    scenario_free(&s);
}
END_TEST

START_TEST(policy_for_one_beats_policy_for_all_wherever_it_stands)
{
    parse("policy te2e 1500ms for UE2 at EMSE\npolicy integrity EIA2 for UE1\n" HEAD
          "policy te2e 2s\npolicy te2e 3s for UE1\npolicy integrity CMAC-64\n"
          "policy floor te2e 500ms\npolicy ceiling te2e 1h\npolicy rand mask\n"
          "policy confidentiality EEA0\npolicy confidentiality on-li\npolicy messages 100\n"
          "policy in 262-01 confidentiality off\npolicy in 262-01 confidentiality on for UE1\n");
    ck_assert_uint_eq(s.ues[0].profile.alg_int[0], INT_EIA2);
    ck_assert_uint_eq(s.ues[0].profile.alg_int[1], INT_NONE);
    ck_assert_uint_eq(s.ues[1].profile.alg_int[0], INT_CMAC64);
    ck_assert_uint_eq(s.ues[0].profile.te2e_ue_ms, 3000);
    ck_assert_uint_eq(s.ues[1].profile.te2e_ue_ms, 0);
    ck_assert_uint_eq(s.ues[1].profile.te2e_pair_ms, 1500);
    ck_assert_uint_eq(s.ues[0].profile.te2e_default_ms, 2000);
    ck_assert_uint_eq(s.ues[1].profile.te2e_floor_ms, 500);
    ck_assert_uint_eq(s.ues[1].profile.te2e_ceiling_ms, 3600000);
    ck_assert_uint_eq(s.ues[1].profile.rand_protect, RAND_MASK);
    ck_assert_uint_eq(s.ues[1].profile.alg_enc_len, 1);
    ck_assert_uint_eq(s.ues[1].profile.alg_enc[0], ENC_EEA0);
    ck_assert_uint_eq(s.ues[1].profile.conf_default, CONF_ON_LI);
    ck_assert_uint_eq(s.ues[1].profile.n_msg, 100);
    ck_assert_uint_eq(s.ues[1].profile.conf_rules_len, 1);
    ck_assert_uint_eq(s.ues[1].profile.conf_rules[0].mode, CONF_OFF);
    ck_assert_uint_eq(s.ues[0].profile.conf_rules[0].mode, CONF_ON);
    scenario_free(&s);
}
END_TEST

START_TEST(the_enterprise_has_wishes_of_its_own)
{
    parse(HEAD "enterprise te2e 500ms\nenterprise te2e 700ms for UE2\n"
               "enterprise integrity EIA2 CMAC-64\nenterprise confidentiality EEA0 EEA2\n");
    ck_assert_uint_eq(s.te2e_wish_ms, 500);
    ck_assert_uint_eq(s.ues[0].te2e_wish_ms, 0);
    ck_assert_uint_eq(s.ues[1].te2e_wish_ms, 700);
    ck_assert_uint_eq(s.wish.alg_int[0], INT_EIA2);
    ck_assert_uint_eq(s.wish.alg_int[1], INT_CMAC64);
    ck_assert_uint_eq(s.wish.alg_enc_len, 2);
    ck_assert_uint_eq(s.wish.alg_enc[0], ENC_EEA0);
    scenario_free(&s);
}
END_TEST

START_TEST(a_timed_policy_is_a_whole_profile_of_the_next_version)
{
    parse(HEAD "policy te2e 2s\nat 1s policy te2e 3s\nat 2s policy rand mask for UE2\n");
    ck_assert_uint_eq(s.actions_count, 3);
    ck_assert_int_eq(s.actions[1].role, ROLE_HSS);
    ck_assert_int_eq(s.actions[1].order.kind, ORDER_POLICY);
    ck_assert_int_eq(s.actions[0].ue, 0);
    ck_assert_int_eq(s.actions[1].ue, 1);
    ck_assert_uint_eq(s.actions[1].order.profile.version, 2);
    ck_assert_uint_eq(s.actions[1].order.profile.te2e_default_ms, 3000);
    ck_assert_uint_eq(s.actions[2].order.profile.version, 3);
    ck_assert_uint_eq(s.actions[2].order.profile.te2e_default_ms, 3000);
    ck_assert_uint_eq(s.actions[2].order.profile.rand_protect, RAND_MASK);
    ck_assert_uint_eq(s.ues[1].profile.te2e_default_ms, 2000);
    scenario_free(&s);
}
END_TEST

START_TEST(links_are_set_one_way_or_both)
{
    parse(HEAD "link EMSE->UE loss 20%\nlink UE-EESE delay 40ms jitter 10ms loss 0.5%\n"
               "every link loss 1% duplicate 2%\nlink HSS-EMSE cut\nlink HSS->EMSE restored\n");
    ck_assert_uint_eq(s.links[ROLE_EMSE][ROLE_UE].loss_ppm, 200000);
    ck_assert_uint_eq(s.links[ROLE_UE][ROLE_EMSE].loss_ppm, 10000);
    ck_assert_uint_eq(s.links[ROLE_EESE][ROLE_UE].loss_ppm, 5000);
    ck_assert_uint_eq(s.links[ROLE_UE][ROLE_EESE].delay_us, 40000);
    ck_assert_uint_eq(s.links[ROLE_UE][ROLE_EESE].jitter_us, 10000);
    ck_assert_uint_eq(s.links[ROLE_UE][ROLE_EESE].dup_ppm, 20000);
    ck_assert(s.links[ROLE_EMSE][ROLE_HSS].cut);
    ck_assert(!s.links[ROLE_HSS][ROLE_EMSE].cut);
    ck_assert_uint_eq(s.links[ROLE_UE][ROLE_HSS].loss_ppm, 0);
    scenario_free(&s);
}
END_TEST

START_TEST(link_conditions_can_change_for_a_while)
{
    parse(HEAD "at 2s link UE->EESE loss 20% for 3s\nat 3s every link cut\n");
    ck_assert_int_eq(s.actions[0].kind, ACTION_LINK);
    ck_assert_int_eq(s.actions[0].from, ROLE_UE);
    ck_assert_int_eq(s.actions[0].to, ROLE_EESE);
    ck_assert(!s.actions[0].both);
    ck_assert_uint_eq(s.actions[0].set, LINK_SET_LOSS);
    ck_assert_uint_eq(s.actions[0].link.loss_ppm, 200000);
    ck_assert_uint_eq(s.actions[0].for_us, 3000000);
    ck_assert_uint_eq(s.actions_count, 1 + 6);
    ck_assert_uint_eq(s.actions[6].set, LINK_SET_CUT);
    ck_assert(s.actions[6].both && s.actions[6].link.cut);
    scenario_free(&s);
}
END_TEST

START_TEST(actions_follow_times_periods_and_conditions)
{
    parse(HEAD "every 500ms from 1s until 10s UE1 sends 24 bytes\n"
               "when UE1 and EESE share epoch 1 or later: UE2 sends \"43\"\n"
               "300ms after EESE is EXPIRED for UE1: link UE-EESE cut for 1s\n"
               "when 2nd KEY_EXPIRED from EESE to UE2: EESE rekeys UE2\n"
               "at 4s UE1 moves to 262-01\nat 5s VN registers UE2 in 262-01\n");
    ck_assert_uint_eq(s.actions[0].trigger.at_us, 1000000);
    ck_assert_uint_eq(s.actions[0].trigger.every_us, 500000);
    ck_assert_uint_eq(s.actions[0].trigger.until_us, 10000000);
    ck_assert_uint_eq(s.actions[0].random_len, 24);
    ck_assert_uint_eq(s.actions[0].order.len, 0);
    ck_assert(s.actions[1].trigger.on_cond && s.actions[1].trigger.cond.at_least);
    ck_assert_int_eq(s.actions[1].trigger.cond.ue, 0);
    ck_assert_int_eq(s.actions[1].ue, 1);
    ck_assert_uint_eq(s.actions[1].trigger.at_us, 0);
    ck_assert_uint_eq(s.actions[2].trigger.at_us, 300000);
    ck_assert_int_eq(s.actions[2].trigger.cond.kind, COND_STATE);
    ck_assert_int_eq(s.actions[2].trigger.cond.role, ROLE_EESE);
    ck_assert_str_eq(s.actions[2].trigger.cond.state, "EXPIRED");
    ck_assert_uint_eq(s.actions[2].for_us, 1000000);
    ck_assert_uint_eq(s.actions[3].trigger.cond.match.nth, 2);
    ck_assert_int_eq(s.actions[3].order.kind, ORDER_REKEY);
    ck_assert_int_eq(s.actions[4].order.kind, ORDER_MOVE);
    ck_assert_mem_eq(s.actions[4].order.plmn, "\x62\xf2\x10", PLMN_LEN);
    ck_assert_int_eq(s.actions[5].role, ROLE_VN);
    scenario_free(&s);
}
END_TEST

START_TEST(faults_name_the_datagram_and_what_befalls_it)
{
    parse(HEAD "on 2nd RAND_PUSH from EMSE to UE1 drop\n"
               "on every RAND_PUSH to UE2 epoch 2 duplicate 3 times after 50ms\n"
               "on any message from HSS delay 2s\non DATA_UL from UE1 corrupt bit 17\n"
               "on DATA_UL corrupt mac\non 1st KEY_TRIGGER for UE2 replay after 1s\n");
    ck_assert_uint_eq(s.faults[0].match.nth, 2);
    ck_assert_int_eq(s.faults[0].match.type, MSG_RAND_PUSH);
    ck_assert_int_eq(s.faults[0].match.ue, 0);
    ck_assert_int_eq(s.faults[0].kind, FAULT_DROP);
    ck_assert_uint_eq(s.faults[1].match.nth, 0);
    ck_assert(s.faults[1].match.has_epoch);
    ck_assert_uint_eq(s.faults[1].match.epoch, 2);
    ck_assert_uint_eq(s.faults[1].copies, 3);
    ck_assert_uint_eq(s.faults[1].after_us, 50000);
    ck_assert_int_eq(s.faults[2].match.type, MSG_TYPE_COUNT);
    ck_assert_int_eq(s.faults[2].match.from, ROLE_HSS);
    ck_assert_int_eq(s.faults[2].match.to, ROLE_COUNT);
    ck_assert_int_eq(s.faults[2].match.ue, -1);
    ck_assert_int_eq(s.faults[3].field, FIELD_BIT);
    ck_assert_uint_eq(s.faults[3].bit, 17);
    ck_assert_int_eq(s.faults[4].field, FIELD_MAC);
    ck_assert_int_eq(s.faults[5].kind, FAULT_REPLAY);
    ck_assert_int_eq(s.faults[5].match.ue, 1);
    ck_assert_uint_eq(s.faults[5].copies, 1);
    scenario_free(&s);
}
END_TEST

START_TEST(expectations_have_a_mode_a_count_and_a_variant)
{
    parse(HEAD "expect UE1 is attached within 2s\nexpect EESE delivers \"42\" from UE1 once\n"
               "in literal expect EESE delivers 20 messages from UE1\n"
               "in hardened expect finally every UE and EESE share an epoch\n"
               "expect EESE reports FAIL_MIC for UE1 at least 2 times\n"
               "expect EMSE notes ALG_ENC value 2 for UE2\nexpect UE1 receives data twice\n"
               "expect no RAND_PUSH sent after 2s\nexpect EESE sees TE2E_EXPIRED for UE1\n"
               "expect at most 3 DATA_UL from UE2 epoch 1 # and a comment\n");
    ck_assert_int_eq(s.expects[0].mode, EXPECT_WITHIN);
    ck_assert_int_eq(s.expects[0].cond.kind, COND_ATTACHED);
    ck_assert_int_eq(s.expects[1].mode, EXPECT_EXACTLY);
    ck_assert_uint_eq(s.expects[1].count, 1);
    ck_assert_uint_eq(s.expects[1].cond.len, 2);
    ck_assert(s.expects[2].in_literal && !s.expects[2].in_hardened);
    ck_assert_uint_eq(s.expects[2].count, 20);
    ck_assert_int_eq(s.expects[2].cond.kind, COND_DELIVER);
    ck_assert_int_eq(s.expects[2].cond.role, ROLE_EESE);
    ck_assert(!s.expects[3].in_literal && s.expects[3].cond.all_ues);
    ck_assert(!s.expects[3].cond.has_epoch);
    ck_assert_int_eq(s.expects[4].mode, EXPECT_AT_LEAST);
    ck_assert_uint_eq(s.expects[4].count, 2);
    ck_assert_int_eq(s.expects[4].cond.verdict, VERDICT_FAIL_MIC);
    ck_assert(s.expects[5].cond.has_value);
    ck_assert_uint_eq(s.expects[5].cond.value, 2);
    ck_assert_int_eq(s.expects[6].cond.role, ROLE_UE);
    ck_assert_uint_eq(s.expects[6].count, 2);
    ck_assert_int_eq(s.expects[7].mode, EXPECT_NEVER);
    ck_assert_uint_eq(s.expects[7].after_us, 2000000);
    ck_assert(s.expects[7].cond.any_fate);
    ck_assert_int_eq(s.expects[8].cond.kind, COND_EVENT);
    ck_assert_int_eq(s.expects[9].mode, EXPECT_AT_MOST);
    ck_assert_str_eq(s.expects[9].text, "expect at most 3 DATA_UL from UE2 epoch 1");
    scenario_free(&s);
}
END_TEST

START_TEST(pace_scales_timers_and_a_timer_sentence_wins)
{
    parse("timer PUSH 2s\n" HEAD "pace 10%\n");
    ck_assert_uint_eq(s.timing.ms[TIMER_DATA], 300);
    ck_assert_uint_eq(s.timing.cap_ms[TIMER_DATA], 6000);
    ck_assert_uint_eq(s.timing.ms[TIMER_PUSH], 2000);
    ck_assert_uint_eq(s.timing.cap_ms[TIMER_PUSH], 40000);
    ck_assert_uint_eq(s.timing.ms[TIMER_TE2E], 3600000);
    scenario_free(&s);
}
END_TEST

START_TEST(corrections_are_switched_for_the_variant_that_runs)
{
    enum sw bad = SW_COUNT;

    parse(HEAD "without eese-first\nin literal with retransmit\nin hardened with soft-trigger\n");
    ck_assert(!sw_on(&s.variant, SW_EESE_FIRST));
    ck_assert(sw_on(&s.variant, SW_SOFT_TRIGGER));
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_LITERAL, 0, 0, &bad), ERR_OK);
    ck_assert_uint_eq(s.variant.switches, UINT32_C(1) << SW_RETRANSMIT);
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_LITERAL, 0, 1u << SW_RETRANSMIT, &bad),
                     ERR_OK);
    ck_assert_uint_eq(s.variant.switches, 0);
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_LITERAL, 1u << SW_INDEX, 0, &bad),
                     ERR_BAD_FIELD);
    ck_assert_int_eq(bad, SW_INDEX);
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_HARDENED, 1u << SW_EESE_FIRST, 0, &bad),
                     ERR_OK);
    ck_assert(sw_on(&s.variant, SW_EESE_FIRST));
    scenario_free(&s);
    parse(HEAD "with soft-trigger\n");
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_LITERAL, 0, 0, &bad), ERR_BAD_FIELD);
    ck_assert_int_eq(bad, SW_SOFT_TRIGGER);
    scenario_free(&s);
}
END_TEST

START_TEST(a_file_states_the_verdict_of_each_variant)
{
    enum sw bad;

    parse(HEAD);
    ck_assert_int_eq(scenario_stated(&s), STATED_PASS);
    scenario_free(&s);
    parse(HEAD "in literal this run fails\nin hardened this run passes\nwithout overlap\n");
    ck_assert(s.fails[VARIANT_LITERAL] && !s.fails[VARIANT_HARDENED]);
    ck_assert_int_eq(scenario_stated(&s), STATED_PASS);
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_LITERAL, 0, 0, &bad), ERR_OK);
    ck_assert_int_eq(scenario_stated(&s), STATED_FAIL);
    scenario_free(&s);
}
END_TEST

START_TEST(of_other_switches_a_file_states_nothing)
{
    const uint32_t retransmit = UINT32_C(1) << SW_RETRANSMIT;
    enum sw bad;

    parse(HEAD "in literal this run fails\nin literal with retransmit\nwithout overlap\n");
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_LITERAL, 0, retransmit, &bad), ERR_OK);
    ck_assert_int_eq(scenario_stated(&s), STATED_NOTHING);
    ck_assert_ptr_null(stated_name(scenario_stated(&s)));
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_LITERAL, retransmit, 0, &bad), ERR_OK);
    ck_assert_int_eq(scenario_stated(&s), STATED_FAIL);
    ck_assert_int_eq(scenario_set_variant(&s, VARIANT_HARDENED, UINT32_C(1) << SW_OVERLAP, 0, &bad),
                     ERR_OK);
    ck_assert_int_eq(scenario_stated(&s), STATED_NOTHING);
    scenario_free(&s);
}
END_TEST

START_TEST(set_overrides_a_let_and_only_a_let)
{
    const char text[] = HEAD "let LOSS 20%\nlet WORDS \"read now\"\nlink UE-EESE loss $LOSS\n"
                             "at 1s EESE contacts UE1 $WORDS\n";
    const struct script_option good[] = {{"LOSS", "30%"}, {"WORDS", "now"}};
    const struct script_option unknown[] = {{"LOS", "30%"}};
    const struct script_option wrong[] = {{"LOSS", "30"}};

    parse(text);
    ck_assert_uint_eq(s.links[ROLE_UE][ROLE_EESE].loss_ppm, 200000);
    ck_assert_uint_eq(s.actions[0].order.len, 8);
    scenario_free(&s);
    parse_with(text, good, 2);
    ck_assert_uint_eq(s.links[ROLE_UE][ROLE_EESE].loss_ppm, 300000);
    ck_assert_uint_eq(s.actions[0].order.len, 3);
    scenario_free(&s);
    ck_assert(!parses(text, unknown, 1));
    ck_assert(!parses(text, wrong, 1));
}
END_TEST

START_TEST(the_default_limit_is_a_minute_after_the_latest_time)
{
    parse(HEAD "at 5s UE1 sends \"42\"\nexpect within 7s UE1 is attached\n");
    ck_assert_uint_eq(s.limit_us, 67000000);
    scenario_free(&s);
    parse(HEAD "end at 2min\n");
    ck_assert_uint_eq(s.limit_us, 180000000);
    scenario_free(&s);
}
END_TEST

START_TEST(line_ends_of_windows_and_a_missing_last_one_are_fine)
{
    parse("title \"t\"\r\nue UE1\r\nat 1s UE1 sends \"4\\x00\\\"\\\\2\"");
    ck_assert_uint_eq(s.actions[0].order.len, 5);
    ck_assert_mem_eq(s.actions[0].order.payload, "4\0\"\\2", 5);
    scenario_free(&s);
}
END_TEST

START_TEST(networks_have_two_or_three_digits_of_mnc)
{
    static const char *const good[] = {"262-01", "262-001", "001-01", "310-410"};
    static const char *const bad[] = {"",       "26201",  "262-1", "262-0001",
                                      "2a2-01", "262_01", "262-0a"};
    uint8_t plmn[PLMN_LEN];
    char text[PLMN_TEXT_MAX + 1];

    for (size_t i = 0; i < COUNT_OF(good); i++) {
        ck_assert(scn_plmn_parse(good[i], plmn));
        scn_plmn_text(plmn, text);
        ck_assert_str_eq(text, good[i]);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ck_assert(!scn_plmn_parse(bad[i], plmn));
    }
}
END_TEST

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, the_sentences_of_the_order_parse_as_they_stand);
    tcase_add_test(tc, what_is_not_said_has_its_default);
    tcase_add_test(tc, a_subscription_is_taken_as_written);
    tcase_add_test(tc, a_range_of_ues_spreads_its_start);
    tcase_add_test(tc, ten_thousand_ues_are_found_by_label_and_imsi);
    tcase_add_test(tc, a_ue_attaches_by_itself_unless_the_script_says_when);
    tcase_add_test(tc, policy_for_one_beats_policy_for_all_wherever_it_stands);
    tcase_add_test(tc, the_enterprise_has_wishes_of_its_own);
    tcase_add_test(tc, a_timed_policy_is_a_whole_profile_of_the_next_version);
    tcase_add_test(tc, links_are_set_one_way_or_both);
    tcase_add_test(tc, link_conditions_can_change_for_a_while);
    tcase_add_test(tc, actions_follow_times_periods_and_conditions);
    tcase_add_test(tc, faults_name_the_datagram_and_what_befalls_it);
    tcase_add_test(tc, expectations_have_a_mode_a_count_and_a_variant);
    tcase_add_test(tc, pace_scales_timers_and_a_timer_sentence_wins);
    tcase_add_test(tc, corrections_are_switched_for_the_variant_that_runs);
    tcase_add_test(tc, a_file_states_the_verdict_of_each_variant);
    tcase_add_test(tc, of_other_switches_a_file_states_nothing);
    tcase_add_test(tc, set_overrides_a_let_and_only_a_let);
    tcase_add_test(tc, the_default_limit_is_a_minute_after_the_latest_time);
    tcase_add_test(tc, line_ends_of_windows_and_a_missing_last_one_are_fine);
    tcase_add_test(tc, networks_have_two_or_three_digits_of_mnc);
}

Suite *test_script_suite(void)
{
    Suite *suite = suite_create("script");
    TCase *tc = tcase_create("script");

    add_tests(tc);
    suite_add_tcase(suite, tc);
    return suite;
}
