#include "common/base/ensure.h"
#include "common/daemon/config_table.h"
#include "eese/setup.h"
#include "emse/setup.h"
#include "hss/setup.h"
#include "ue/setup.h"

#include <check.h>
#include <string.h>

Suite *test_config_errors_suite(void);

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

/* The errors of |text|, which must be wrong. */
static const char *wrong(config_setup *setup, const char *text)
{
    struct setup s;

    ck_assert_int_eq(setup(text, strlen(text), "t", &hooks, &s, errors, sizeof errors), ERR_SYNTAX);
    return errors;
}

#define K    "465b5ce8b199b49faa5f0a2ee238a6bc"
#define OPC  "cd63cb71954a9f4e48a5994e37a02baf"
#define OP   "cdc202d5123e20f62b6d676ac72cb318"
#define AKA  "k " K " opc " OPC
#define EMSE "name emse.home\neese eese.plant1\n"
#define SUB  "subscriber 001010000000001 " AKA "\n"

static const struct {
    config_setup *setup;
    const char *text;
    const char *error;
} mistakes[] = {
    {hss_setup, "seeed 1",
     "t:1:1: error: expected a setting (listen, peer, variant, with, "
     "without, pace, timer, seed, state, contexts, subscriber, profile, k-rand, "
     "name), found 'seeed'; did you mean 'seed'?\n"},
    {hss_setup, "\n  seed", "t:2:7: error: expected a number, found the end of the line\n"},
    {hss_setup, "seed 1 2", "t:1:8: error: expected the end of the line, found '2'\n"},
    {hss_setup, "seed -1", "t:1:6: error: expected a number, found '-1'\n"},
    {hss_setup, "seed 18446744073709551616",
     "t:1:6: error: expected a number, found a word of 20 characters\n"},
    {hss_setup, "seed 1\nseed 2", "t:2:1: error: 'seed' stands already in line 1\n"},
    {hss_setup, "pace 10", "t:1:6: error: expected a percentage from 1% to 10000%, found '10'\n"},
    {hss_setup, "pace 0%", "t:1:6: error: expected a percentage from 1% to 10000%, found '0%'\n"},
    {hss_setup, "timer PUSH 3",
     "t:1:12: error: expected a time such as 2s, 500ms, 10m or 1h, found '3'\n"},
    {hss_setup, "timer PUSH 0.0005s",
     "t:1:12: error: expected a time such as 2s, 500ms, 10m or 1h, found '0.0005s'\n"},
    {hss_setup, "timer PUSH 99999999h",
     "t:1:12: error: expected a time such as 2s, 500ms, 10m or 1h, found '99999999h'\n"},
    {hss_setup, "timer PUHS 3s",
     "t:1:7: error: expected a timer such as PUSH (te2e is part of "
     "the profile), found 'PUHS'; did you mean 'PUSH'?\n"},
    {hss_setup, "timer PUSH 1ms", "t:1:12: error: timer PUSH is from 10ms to 3600000ms\n"},
    {hss_setup, "timer PUSH 3s cap 1s",
     "t:1:19: error: the cap of timer PUSH is from its value to 3600000ms\n"},
    {hss_setup, "timer PUSH 3s\ntimer PUSH 3s", "t:2:7: error: timer PUSH is set twice\n"},
    {hss_setup, "variant hard", "t:1:9: error: expected literal or hardened, found 'hard'\n"},
    {hss_setup, "variant literl",
     "t:1:9: error: expected literal or hardened, found 'literl'; did you mean 'literal'?\n"},
    {hss_setup, "with index\nwithout index", "t:2:9: error: 'index' stands already in line 1\n"},
    {hss_setup, "with index\nvariant literal",
     "t:1:6: error: the literal variant cannot have 'index'\n"},
    {hss_setup, "listen 127.0.0.1",
     "t:1:8: error: expected an address such as 127.0.0.1:4001 or "
     "[::1]:4001, found '127.0.0.1'\n"},
    {hss_setup, "listen ::1:4001",
     "t:1:8: error: expected an address such as 127.0.0.1:4001 or "
     "[::1]:4001, found '::1:4001'\n"},
    {hss_setup, "listen [::1]:65536",
     "t:1:8: error: expected an address such as 127.0.0.1:4001 "
     "or [::1]:4001, found '[::1]:65536'\n"},
    {hss_setup, "peer EMS 127.0.0.1:1",
     "t:1:6: error: expected a role (HSS, EMSE, EESE, UE, VN), "
     "found 'EMS'; did you mean 'EMSE'?\n"},
    {hss_setup, "peer EMSE 127.0.0.1:0", "t:1:11: error: a peer cannot be reached at port 0\n"},
    {hss_setup, "seed \"1\"", "t:1:6: error: expected a number, found a quoted text\n"},
    {hss_setup, "seed \"1", "t:1:8: error: this text has no closing quote\n"},
    {hss_setup, "seed \001", "t:1:6: error: a control character\n"},
    {hss_setup, "subscriber 1234 " AKA,
     "t:1:12: error: expected an IMSI of 5 to 15 digits, found '1234'\n"},
    {hss_setup, "subscriber 12345",
     "t:1:17: error: expected 'k', 'opc', 'op', found the end of the line\n"},
    {hss_setup, "subscriber 12345 k " K,
     "t:1:52: error: expected 'opc', 'op', found the end of the line\n"},
    {hss_setup, "subscriber 12345 " AKA " op " OP,
     "t:1:90: error: 'op' cannot stand beside its alternative\n"},
    {hss_setup, "subscriber 12345 " AKA " k " K, "t:1:90: error: 'k' stands twice in this line\n"},
    {hss_setup, "subscriber 12345 amff 8000",
     "t:1:18: error: expected 'count', 'k', 'opc', 'op', "
     "'amf', 'sqn', found 'amff'; did you mean 'amf'?\n"},
    {hss_setup, "subscriber 99998 count 3 " AKA,
     "t:1:12: error: there are no 3 IMSIs of 5 digits from 99998 on\n"},
    {hss_setup, "subscriber 10000 count 3 " AKA "\nsubscriber 10002 " AKA,
     "t:2:12: error: subscriber 10002 stands already in line 1\n"},
    {hss_setup, "subscriber 10002 " AKA "\nsubscriber 10000 count 3 " AKA,
     "t:2:12: error: subscriber 10002 stands already in line 1\n"},
    {hss_setup, "subscriber 10000 count 3 " AKA "\ncontexts 2",
     "t: error: 3 IMSIs need more room than 'contexts 2'\n"},
    {hss_setup, "profile 12345 te2e 1s", "t:1:9: error: there is no subscriber 12345\n"},
    {hss_setup, SUB "profile 001010000000001 te2e 1s\nprofile *",
     "t:3:9: error: 'profile *' comes before all other profiles\n"},
    {hss_setup, "profile * te2e-floor 25h", "t:1:1: error: te2e-floor is above te2e-ceiling\n"},
    {hss_setup, "profile * integrity EIA0",
     "t:1:21: error: expected CMAC-64 or EIA2, or both with "
     "a comma between (null integrity does not exist), "
     "found 'EIA0'\n"},
    {hss_setup, "profile * rand ecn",
     "t:1:16: error: expected enc, mask, mac-only or clear, found "
     "'ecn'; did you mean 'enc'?\n"},
    {hss_setup, "profile * network 26201",
     "t:1:19: error: expected such as 26201=off, for at most 8 networks, or none, found "
     "'26201'\n"},
    {emse_setup, "",
     "t: error: 'name NAME' is missing: the EMSE's own, such as emse.home\n"
     "t: error: 'eese NAME' is missing: which EESE UEs may attach to\n"},
    {emse_setup, EMSE "eese eese.plant1",
     "t:3:6: error: its handle 8ef98ada is that of "
     "'eese.plant1', which stands above\n"},
    {eese_setup, "te2e 1s",
     "t: error: 'name NAME' is missing: the EESE's own, such as eese.plant1\n"},
    {eese_setup, "name e\nte2e 0s",
     "t:2:6: error: expected a time such as 2s, 500ms, 10m or 1h, found '0s'\n"},
    {eese_setup, "name e\nte2e-ue 12345 1s\nte2e-ue 12345 2s",
     "t:3:9: error: te2e-ue 12345 stands already in line 2\n"},
    {ue_setup, "name x",
     "t:1:1: error: expected a setting (listen, peer, variant, with, without, "
     "pace, timer, seed, state, contexts, ue), found 'name'; did you mean 'pace'?\n"},
    {ue_setup, "ue 12345 " AKA,
     "t:1:81: error: expected 'emse', 'eese', found the end of the line\n"},
};

START_TEST(a_mistake_is_told_with_its_place_and_what_was_expected)
{
    ck_assert_str_eq(wrong(mistakes[_i].setup, mistakes[_i].text), mistakes[_i].error);
}
END_TEST

START_TEST(all_mistakes_are_told_at_once_in_their_order)
{
    ck_assert_str_eq(wrong(hss_setup, "seed x\npace 1\nprofile 12345 te2e 1s\nseed 2\n"
                                      "with index\nvariant literal\nsubscriber 12345 " AKA),
                     "t:1:6: error: expected a number, found 'x'\n"
                     "t:2:6: error: expected a percentage from 1% to 10000%, found '1'\n"
                     "t:4:1: error: 'seed' stands already in line 1\n"
                     "t:5:6: error: the literal variant cannot have 'index'\n");
}
END_TEST

START_TEST(what_may_be_a_key_is_never_repeated)
{
    ck_assert_str_eq(wrong(hss_setup, "subscriber 12345 k 465b5ce8b199b49g opc " OPC),
                     "t:1:20: error: expected 32 hexadecimal digits, found a word of 16 "
                     "characters\n");
    ck_assert_str_eq(wrong(hss_setup, "subscriber 12345 " K),
                     "t:1:18: error: expected 'count', 'k', 'opc', 'op', 'amf', 'sqn', found a "
                     "word of 32 characters\n");
    ck_assert_ptr_null(strstr(wrong(hss_setup, K), K));
}
END_TEST

START_TEST(errors_that_do_not_fit_are_counted)
{
    const char text[] = "seed x\nseed x\nseed x\nseed x\n";
    char few[100];
    struct setup s;

    ck_assert_int_eq(hss_setup(text, strlen(text), "t", &hooks, &s, few, sizeof few), ERR_SYNTAX);
    ck_assert_str_eq(few, "t:1:6: error: expected a number, found 'x'\nand 3 more\n");
    ck_assert_int_eq(hss_setup(text, strlen(text), "t", &hooks, &s, few, 0), ERR_SYNTAX);
}
END_TEST

START_TEST(hundreds_of_errors_are_bounded)
{
    static char text[200 * 7 + 1];
    const char *told;

    for (unsigned i = 0; i < 200; i++) {
        memcpy(text + (size_t)i * 7, "seed x\n", 8);
    }
    told = wrong(hss_setup, text);
    ck_assert_ptr_nonnull(strstr(told, "and 160 more\n"));
}
END_TEST

START_TEST(a_line_too_long_is_an_error)
{
    char text[CONFIG_LINE_MAX + 2];
    struct setup s;

    memset(text, ' ', sizeof text);
    text[CONFIG_LINE_MAX] = '\0';
    (void)memcpy(text, "seed 1", 6);
    ck_assert_int_eq(hss_setup(text, strlen(text), "t", &hooks, &s, errors, sizeof errors), ERR_OK);
    setup_free(&s);
    text[CONFIG_LINE_MAX] = ' ';
    text[CONFIG_LINE_MAX + 1] = '\0';
    ck_assert_str_eq(wrong(hss_setup, text), "t:1:1: error: this line is too long\n");
}
END_TEST

Suite *test_config_errors_suite(void)
{
    Suite *s = suite_create("config errors");
    TCase *tc = tcase_create("config errors");

    tcase_add_loop_test(tc, a_mistake_is_told_with_its_place_and_what_was_expected, 0,
                        (int)COUNT_OF(mistakes));
    tcase_add_test(tc, all_mistakes_are_told_at_once_in_their_order);
    tcase_add_test(tc, what_may_be_a_key_is_never_repeated);
    tcase_add_test(tc, errors_that_do_not_fit_are_counted);
    tcase_add_test(tc, hundreds_of_errors_are_bounded);
    tcase_add_test(tc, a_line_too_long_is_an_error);
    suite_add_tcase(s, tc);
    return s;
}
