#include "common/base/ensure.h"
#include "common/core/policy.h"
#include "common/daemon/control.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *test_control_suite(void);

static struct profile ground_profile;
static struct control_line got;
static char why[CONTROL_WORDS_MAX];

static const struct profile *ground(void *arg, const struct ident *ue)
{
    (void)arg;
    return strcmp(ue->s, "001010000000001") == 0 ? &ground_profile : NULL;
}

static enum err parse(const char *line)
{
    memset(&got, 0xa5, sizeof got);
    memset(why, 0, sizeof why);
    return control_parse(line, strlen(line), ground, NULL, &got, why);
}

#define UE "001010000000001"

START_TEST(each_verb_is_understood)
{
    ck_assert_int_eq(parse("start 1234567"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_START);
    ck_assert_uint_eq(got.time_us, 1234567);
    ck_assert_int_eq(parse("step 7"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_STEP);
    ck_assert_uint_eq(got.time_us, 7);
    ck_assert_int_eq(parse("tick 8"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_TICK);
    ck_assert_uint_eq(got.time_us, 8);
    ck_assert_int_eq(parse("counters"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_COUNTERS);
    ck_assert_int_eq(parse(" quit # enough\r"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_QUIT);
    ck_assert_int_eq(parse("  # nothing"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_NOTHING);
}
END_TEST

START_TEST(a_clock_may_be_set_wrong)
{
    ck_assert_int_eq(parse("clock 1000 2000 -500000"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_CLOCK);
    ck_assert_uint_eq(got.clock.real_us, 1000);
    ck_assert_uint_eq(got.clock.local_us, 2000);
    ck_assert_int_eq(got.clock.ppm, -500000);
    ck_assert_int_eq(parse("clock 0 0 99000000"), ERR_OK);
    ck_assert_int_eq(got.clock.ppm, 99000000);
    ck_assert_int_eq(parse("clock 0 0 -990001"), ERR_SYNTAX);
    ck_assert_int_eq(parse("clock 0 0 99000001"), ERR_SYNTAX);
    ck_assert_int_eq(parse("clock 0 0 -"), ERR_SYNTAX);
    ck_assert_int_eq(parse("clock 0 0"), ERR_SYNTAX);
    ck_assert_int_eq(parse("clock 0 x 1"), ERR_SYNTAX);
}
END_TEST

START_TEST(a_death_may_be_ordered)
{
    ck_assert_int_eq(parse("die 7 before"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_DIE);
    ck_assert_uint_eq(got.nth, 7);
    ck_assert(!got.when_durable);
    ck_assert_int_eq(parse("die 1 after"), ERR_OK);
    ck_assert(got.when_durable);
    ck_assert_int_eq(parse("die 0 after"), ERR_SYNTAX);
    ck_assert_int_eq(parse("die 1 during"), ERR_SYNTAX);
    ck_assert_int_eq(parse("die 1"), ERR_SYNTAX);
}
END_TEST

START_TEST(each_order_is_understood)
{
    static const uint8_t plmn[PLMN_LEN] = {0x62, 0xf2, 0x10};

    ck_assert_int_eq(parse("order " UE " attach"), ERR_OK);
    ck_assert_int_eq(got.verb, CONTROL_ORDER);
    ck_assert_str_eq(got.ue.s, UE);
    ck_assert_int_eq(got.order.kind, ORDER_ATTACH);
    ck_assert_int_eq(parse("order " UE " rekey"), ERR_OK);
    ck_assert_int_eq(got.order.kind, ORDER_REKEY);
    ck_assert_int_eq(parse("order " UE " move 26201"), ERR_OK);
    ck_assert_int_eq(got.order.kind, ORDER_MOVE);
    ck_assert_mem_eq(got.order.plmn, plmn, PLMN_LEN);
    ck_assert_int_eq(parse("order " UE " register 262-01"), ERR_OK);
    ck_assert_int_eq(got.order.kind, ORDER_REGISTER);
    ck_assert_mem_eq(got.order.plmn, plmn, PLMN_LEN);
    ck_assert_int_eq(parse("order " UE " send-hex 00ff0A"), ERR_OK);
    ck_assert_int_eq(got.order.kind, ORDER_SEND);
    ck_assert_uint_eq(got.order.len, 3);
    ck_assert_mem_eq(got.order.payload, "\x00\xff\x0a", 3);
}
END_TEST

START_TEST(a_text_may_hold_any_octet)
{
    ck_assert_int_eq(parse("order " UE " send \"a # \\\"b\\\\\\n\\x00\xc3\xa9\""), ERR_OK);
    ck_assert_uint_eq(got.order.len, 11);
    ck_assert_mem_eq(got.order.payload, "a # \"b\\\n\0\xc3\xa9", 11);
    ck_assert_int_eq(parse("order " UE " send \"\""), ERR_OK);
    ck_assert_uint_eq(got.order.len, 0);
}
END_TEST

START_TEST(a_policy_is_the_ground_with_changes_and_a_higher_version)
{
    struct profile want;

    profile_default(&ground_profile);
    ground_profile.version = 4;
    want = ground_profile;
    want.version = 5;
    want.te2e_ue_ms = 2000;
    want.conf_default = CONF_OFF;
    ck_assert_int_eq(parse("order " UE " policy te2e 2s default-mode off"), ERR_OK);
    ck_assert_int_eq(got.order.kind, ORDER_POLICY);
    ck_assert_mem_eq(&got.order.profile, &want, sizeof want);
    ck_assert_int_eq(parse("order " UE " policy version 9"), ERR_OK);
    ck_assert_uint_eq(got.order.profile.version, 9);
    ck_assert_int_eq(parse("order 12345 policy te2e 2s"), ERR_UNKNOWN);
    ck_assert_str_eq(why, "there is no subscriber 12345");
}
END_TEST

START_TEST(an_order_as_text_reads_back_the_same)
{
    static const enum order_kind kinds[] = {ORDER_ATTACH, ORDER_SEND,     ORDER_REKEY,
                                            ORDER_MOVE,   ORDER_REGISTER, ORDER_POLICY};
    struct ident ue;
    char line[CONTROL_LINE_MAX];
    char again[CONTROL_LINE_MAX];

    ck_assert_int_eq(ident_set(&ue, UE), ERR_OK);
    profile_default(&ground_profile);
    for (unsigned i = 0; i < COUNT_OF(kinds); i++) {
        for (unsigned len = 0; len <= PAYLOAD_MAX; len += PAYLOAD_MAX / 2) {
            struct order o = {.kind = kinds[i]};

            if (o.kind == ORDER_SEND) {
                o.len = (uint16_t)len;
                memset(o.payload, '"', len);
            } else if (o.kind == ORDER_MOVE || o.kind == ORDER_REGISTER) {
                memcpy(o.plmn, "\x13\x00\x14", PLMN_LEN);
            } else if (o.kind == ORDER_POLICY) {
                o.profile = ground_profile;
                o.profile.te2e_ceiling_ms = 0;
                o.profile.version = 12;
            }
            ck_assert_uint_eq(control_order_text(&ue, &o, line), strlen(line));
            ck_assert_msg(parse(line) == ERR_OK, "%s: %s", line, why);
            ck_assert_mem_eq(&got.ue, &ue, sizeof ue);
            ck_assert_uint_eq(got.order.len, o.len);
            (void)control_order_text(&got.ue, &got.order, again);
            ck_assert_str_eq(again, line);
        }
    }
}
END_TEST

static const struct {
    const char *line;
    const char *why;
} garbage[] = {
    {"strat 1", "expected start, order, clock, die, step, tick, counters or quit, found 'strat'"},
    {"start", "start: expected a number of microseconds"},
    {"start -1", "start: expected a number of microseconds"},
    {"start 1 2", "start: expected a number of microseconds"},
    {"step", "step: expected a number of microseconds"},
    {"tick soon", "tick: expected a number of microseconds"},
    {"quit now", "quit: expected the end of the line"},
    {"order", "order: expected an IMSI and what to do"},
    {"order 1234 attach", "order: expected an IMSI and what to do"},
    {"order " UE, "order: expected an IMSI and what to do"},
    {"order " UE " atach", "'atach' is no order; did you mean 'attach'?"},
    {"order " UE " attach now", "attach: expected the end of the line"},
    {"order " UE " send", "send: expected one word after it"},
    {"order " UE " send 42", "send: expected a text in quotes"},
    {"order " UE " send \"42", "column 31: this text has no closing quote"},
    {"order " UE " send \"\\q\"", "column 31: an escape is one of \\\" \\\\ \\n \\xHH"},
    {"order " UE " send-hex 123", "send-hex: expected 1 to 256 pairs of hexadecimal digits"},
    {"order " UE " send-hex xy", "send-hex: expected 1 to 256 pairs of hexadecimal digits"},
    {"order " UE " move 2620", "expected MCC and MNC such as 26201 or 262-01"},
    {"order " UE " policy te2e 2", "policy: expected a time such as 2s, 500ms, 10m or 1h, or "
                                   "none, found '2'"},
    {"order " UE " policy te2e-floor 25h", "policy: te2e-floor is above te2e-ceiling"},
    {"\"a\\nb\"", "expected start, order, clock, die, step, tick, counters or quit, found 'a?b'"},
};

START_TEST(garbage_is_refused_with_the_reason)
{
    profile_default(&ground_profile);
    ck_assert_int_eq(parse(garbage[_i].line), ERR_SYNTAX);
    ck_assert_str_eq(why, garbage[_i].why);
}
END_TEST

START_TEST(only_who_keeps_profiles_takes_a_policy)
{
    static const char line[] = "order " UE " policy te2e 2s";

    ck_assert_int_eq(control_parse(line, strlen(line), NULL, NULL, &got, why), ERR_SYNTAX);
    ck_assert_str_eq(why, "policy: only the HSS keeps device profiles");
}
END_TEST

START_TEST(a_payload_or_a_line_too_long_is_refused)
{
    char line[CONTROL_LINE_MAX + 1];
    size_t at = (size_t)snprintf(line, sizeof line, "order " UE " send \"");

    memset(line + at, 'x', PAYLOAD_MAX + 1);
    memcpy(line + at + PAYLOAD_MAX + 1, "\"", 2);
    ck_assert_int_eq(parse(line), ERR_SYNTAX);
    ck_assert_str_eq(why, "send: 257 octets are more than 256");
    memcpy(line + at + PAYLOAD_MAX, "\"", 2);
    ck_assert_int_eq(parse(line), ERR_OK);
    ck_assert_uint_eq(got.order.len, PAYLOAD_MAX);
    memset(line, 'x', sizeof line);
    ck_assert_int_eq(control_parse(line, sizeof line, NULL, NULL, &got, why), ERR_SYNTAX);
    ck_assert_str_eq(why, "a line of more than 2048 octets");
    ck_assert_int_eq(control_parse(line, CONTROL_LINE_MAX, NULL, NULL, &got, why), ERR_SYNTAX);
}
END_TEST

Suite *test_control_suite(void)
{
    Suite *s = suite_create("control");
    TCase *tc = tcase_create("control");

    tcase_add_test(tc, each_verb_is_understood);
    tcase_add_test(tc, a_clock_may_be_set_wrong);
    tcase_add_test(tc, a_death_may_be_ordered);
    tcase_add_test(tc, each_order_is_understood);
    tcase_add_test(tc, a_text_may_hold_any_octet);
    tcase_add_test(tc, a_policy_is_the_ground_with_changes_and_a_higher_version);
    tcase_add_test(tc, an_order_as_text_reads_back_the_same);
    tcase_add_loop_test(tc, garbage_is_refused_with_the_reason, 0, (int)COUNT_OF(garbage));
    tcase_add_test(tc, only_who_keeps_profiles_takes_a_policy);
    tcase_add_test(tc, a_payload_or_a_line_too_long_is_refused);
    suite_add_tcase(s, tc);
    return s;
}
