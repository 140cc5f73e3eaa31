#include "scenarios/sim/show/report.h"

#include "test/unit/json_check.h"
#include "test/unit/story.h"

#include <check.h>
#include <stdlib.h>

Suite *test_report_suite(void);

/* A run with its three sinks. */
static struct story story;
static struct judge *judge;
static struct invariants *inv;
static struct report *report;

static void begin(enum variant v)
{
    struct scn_expect *x = &story.expects[0];

    story_init(&story, v, 1);
    story.scn.expects_count = 2;
    story.scn.faults_count = 1;
    story.faults[0].line = 30;
    for (unsigned i = 0; i < 2; i++) {
        x[i].in_literal = true;
        x[i].in_hardened = true;
        x[i].line = 20 + i;
        x[i].cond.kind = COND_DELIVER;
        x[i].cond.role = ROLE_EESE;
        x[i].cond.match.ue = -1;
    }
    x[0].mode = EXPECT_EVENTUALLY;
    snprintf(x[0].text, sizeof x[0].text, "expect EESE delivers");
    x[1].mode = EXPECT_NEVER;
    x[1].cond.len = 1;
    x[1].cond.payload[0] = '!';
    snprintf(x[1].text, sizeof x[1].text, "expect never EESE delivers \"!\"");
    judge = judge_new(&story.run);
    inv = invariants_new(&story.run);
    report = report_new(&story.run);
    ck_assert(judge != NULL && inv != NULL && report != NULL);
    story_listen(&story, judge, judge_event);
    story_listen(&story, inv, invariants_event);
    story_listen(&story, report, report_event);
    story_plain(&story, 0, TRACE_RUN);
}

static void setup(void)
{
    begin(VARIANT_HARDENED);
}

static void teardown(void)
{
    judge_free(judge);
    invariants_free(inv);
    report_free(report);
}

static void end(unsigned t_ms)
{
    story_plain(&story, t_ms, TRACE_END);
    judge_finish(judge, (uint64_t)t_ms * 1000);
}

/* The summary, to be freed. */
static char *printed(bool utf8)
{
    const struct look look = {.utf8 = utf8};
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(out);
    report_print(report, judge, inv, "the same command", &look, out);
    fclose(out);
    return text;
}

/* report.json, to be freed. */
static char *written(void)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(out);
    report_json(report, judge, inv, out);
    fclose(out);
    ck_assert_msg(json_is_valid(text), "%s", text);
    return text;
}

START_TEST(a_good_run_is_summed_up_in_one_line)
{
    char *text;

    story_attach(&story, 0);
    story_rekey(&story, 2000);
    end(4012);
    ck_assert_int_eq(report_verdict(report, judge, inv), RUN_PASS);
    text = printed(true);
    ck_assert_str_eq(text, "  ✓ holds      expect EESE delivers\n"
                           "  ✓ holds      expect never EESE delivers \"!\"\n"
                           "  invariants: 18 hold\n"
                           "PASS story (hardened, virtual, seed 42): 2 of 2 expectations hold, "
                           "21 datagrams, 400 bytes on air, 4.012 s\n");
    free(text);
}
END_TEST

START_TEST(a_failed_run_says_where_and_how_to_repeat_it)
{
    char *text;

    story_attach(&story, 0);
    end(4000);
    ck_assert_int_eq(report_verdict(report, judge, inv), RUN_FAIL);
    text = printed(false);
    ck_assert_ptr_nonnull(strstr(text, "  FAILED       expect EESE delivers\n"
                                       "               scenarios/flow/story.scn:20, at 4.000 s\n"
                                       "               expected before the end, seen 0 times\n"));
    ck_assert_ptr_nonnull(strstr(text, "FAIL story (hardened, virtual, seed 42): 1 of 2 "));
    ck_assert_ptr_nonnull(strstr(text, "\nagain: the same command\n"));
    for (const char *p = text; *p != '\0'; p++) {
        ck_assert(*p == '\n' || (*p >= 0x20 && *p < 0x7f));
    }
    free(text);
}
END_TEST

static void break_agreement(void)
{
    story_msg(&story, 1, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1);
    story_data(&story, 1, ROLE_EESE, ROLE_UE, VERDICT_OK, 0, 1, "42");
    story_step(&story, 10, ROLE_UE, "READY RX_RAND READY derive", C_6X23_4, 1, 0x11111111);
    story_step(&story, 20, ROLE_EESE, "VALID RX_KEYSET VALID commit", C_6X23_4, 1, 0x22222222);
    end(30);
}

START_TEST(a_broken_invariant_fails_the_hardened_run)
{
    char *text;

    break_agreement();
    ck_assert_int_eq(report_verdict(report, judge, inv), RUN_FAIL);
    text = printed(true);
    ck_assert_ptr_nonnull(strstr(text, "✗ broken     I1 agreement: UE and EESE never hold"));
    ck_assert_ptr_nonnull(strstr(text, "first at 0.020 s, event 5: EESE takes key 22222222"));
    ck_assert_ptr_nonnull(strstr(text, "invariants: 17 hold"));
    free(text);
}
END_TEST

START_TEST(a_broken_invariant_is_a_finding_in_the_literal_run)
{
    char *text;

    teardown();
    begin(VARIANT_LITERAL);
    break_agreement();
    ck_assert_int_eq(report_verdict(report, judge, inv), RUN_PASS);
    text = printed(true);
    ck_assert_ptr_nonnull(strstr(text, "; a finding (literal)"));
    ck_assert_ptr_nonnull(strstr(text, "PASS story (literal"));
    free(text);
}
END_TEST

/* The last line but the command to repeat it, to be freed. */
static char *summed_up(void)
{
    char *text = printed(true);
    char *again = strstr(text, "again: ");
    char *line;

    if (again != NULL) {
        *again = '\0';
    }
    text[strlen(text) - 1] = '\0';
    line = strdup(strrchr(text, '\n') + 1);
    free(text);
    return line;
}

static void assert_ends(const char *with)
{
    char *line = summed_up();

    ck_assert_msg(strcmp(line + strlen(line) - strlen(with), with) == 0, "%s", line);
    free(line);
}

START_TEST(a_failed_run_is_compared_with_what_the_file_says)
{
    char *text;

    story.scn.fails[VARIANT_LITERAL] = true; /* says nothing of this variant */
    end(4000);
    assert_ends(" 4.000 s, but the file says that it passes in this variant");
    story.scn.fails[VARIANT_HARDENED] = true;
    assert_ends(" 4.000 s, as the file says");
    text = written();
    ck_assert_ptr_nonnull(strstr(text, "\"variant\": \"hardened\",\n  \"stated\": \"fail\",\n"));
    free(text);
    story.scn.variant.switches &= ~(1U << SW_INDEX);
    assert_ends(" 4.000 s");
    text = written();
    ck_assert_ptr_null(strstr(text, "stated"));
    free(text);
}
END_TEST

START_TEST(a_run_that_passes_is_compared_with_what_the_file_says)
{
    story.scn.fails[VARIANT_HARDENED] = true;
    story_attach(&story, 0);
    story_rekey(&story, 2000);
    end(4012);
    assert_ends(" 4.012 s, but the file says that it fails in this variant");
    story.scn.fails[VARIANT_HARDENED] = false;
    assert_ends(" 4.012 s");
}
END_TEST

START_TEST(a_vacuous_rule_fails_the_run)
{
    story_attach(&story, 0);
    story_rekey(&story, 2000);
    end(4000);
    judge_vacuous(judge, 0);
    ck_assert_int_eq(report_verdict(report, judge, inv), RUN_FAIL);
    story.scn.fails[VARIANT_HARDENED] = true; /* but not like this */
    assert_ends(" 4.000 s");
}
END_TEST

START_TEST(a_run_that_broke_is_an_error)
{
    struct trace_event e = {.kind = TRACE_FAILED, .t_us = 5000, .ue = -1};
    char *text;

    snprintf(e.u.failed.words, sizeof e.u.failed.words, "eesed has died");
    story_tell(&story, &e);
    end(10);
    ck_assert_int_eq(report_verdict(report, judge, inv), RUN_ERROR);
    text = printed(true);
    ck_assert_ptr_nonnull(strstr(text, "ERROR story (hardened, virtual, seed 42): "
                                       "the run failed: eesed has died; "));
    free(text);
}
END_TEST

START_TEST(the_report_counts_what_roles_have_sent)
{
    static const char *const parts[] = {
        "{\n  \"verdict\": \"pass\",\n  \"scenario\": \"story\",",
        "\"duration\": 4.012000,",
        "\"datagrams\": 21,\n    \"bytes\": 840,\n    \"bytes_made\": 40,\n    \"bytes_on_air\": "
        "400,",
        "\"delivered\": 20,\n      \"dropped\": 1,\n      \"duplicated\": 1,",
        "\"datagrams\": 2,\n      \"bytes\": 80,\n      \"lost\": 0,\n      \"made\": 1,\n      "
        "\"bytes_made\": 40\n",
        "\"fp\": \"77d20014\"\n      },\n      \"keys\": \"agree\"",
    };
    char *text;

    story_attach(&story, 0);
    story_rekey(&story, 2000);
    story_fate(&story, 4000, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 1, 1, BY(FATE_DUPLICATED, 30));
    story_data(&story, 4000, ROLE_EESE, ROLE_UE, VERDICT_DUP, 1, 1, "");
    end(4012);
    text = written();
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        ck_assert_msg(strstr(text, parts[i]) != NULL, "no %s in %s", parts[i], text);
    }
    free(text);
}
END_TEST

START_TEST(the_report_of_a_failed_run_says_why)
{
    char *text;

    end(100);
    judge_vacuous(judge, 0);
    text = written();
    ck_assert_ptr_nonnull(strstr(text, "\"verdict\": \"failed\",\n      \"line\": 20,"));
    ck_assert_ptr_nonnull(strstr(text, "\"why\": \"expected before the end, seen 0 times\\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"text\": \"vacuous: line 30 never happened\""));
    free(text);
}
END_TEST

/* The command that repeats the run is |expected|. */
static void assert_command(const char *expected)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(out);
    report_repeat(&story.run, out);
    fclose(out);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(the_command_names_the_switches_that_differ)
{
    const uint32_t overlap = UINT32_C(1) << SW_OVERLAP;
    enum sw bad;

    assert_command("e2esim run scenarios/flow/story.scn --virtual --variant hardened --seed 42");
    story.scn.variant.switches &= ~(1U << SW_INDEX);
    story.scn.variant.switches |= 1U << SW_SOFT_TRIGGER;
    assert_command("e2esim run scenarios/flow/story.scn --virtual --variant hardened "
                   "--without index --with soft-trigger --seed 42");
    story.scn.switches[VARIANT_HARDENED].without = overlap; /* says the file */
    ck_assert_int_eq(scenario_set_variant(&story.scn, VARIANT_HARDENED, 0, 0, &bad), ERR_OK);
    assert_command("e2esim run scenarios/flow/story.scn --virtual --variant hardened --seed 42");
    ck_assert_int_eq(scenario_set_variant(&story.scn, VARIANT_HARDENED, overlap, 0, &bad), ERR_OK);
    assert_command("e2esim run scenarios/flow/story.scn --virtual --variant hardened "
                   "--with overlap --seed 42");
}
END_TEST

START_TEST(the_command_is_one_for_a_shell)
{
    static const struct {
        const char *file;
        const char *word;
    } cases[] = {
        {"a-b_c/1.scn", "a-b_c/1.scn"},
        {"a b.scn", "'a b.scn'"},
        {"it's $HOME.scn", "'it'\\''s $HOME.scn'"},
        {"-a.scn", "./-a.scn"},
        {"standard input", "-"},
    };
    const char *const file = cases[_i].file;
    char expected[128];

    snprintf(story.scn.file, sizeof story.scn.file, "%s", file);
    snprintf(expected, sizeof expected, "e2esim run %s --virtual --variant hardened --seed 42",
             cases[_i].word);
    assert_command(expected);
}
END_TEST

START_TEST(the_name_of_the_file_is_not_cut)
{
    char expected[SCN_FILE_MAX + 128];

    memset(story.scn.file, 'f', SCN_FILE_MAX);
    story.scn.file[SCN_FILE_MAX] = '\0';
    snprintf(expected, sizeof expected, "e2esim run %s --virtual --variant hardened --seed 42",
             story.scn.file);
    assert_command(expected);
}
END_TEST

Suite *test_report_suite(void)
{
    Suite *s = suite_create("report");
    TCase *t = tcase_create("report");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_good_run_is_summed_up_in_one_line);
    tcase_add_test(t, a_failed_run_says_where_and_how_to_repeat_it);
    tcase_add_test(t, a_broken_invariant_fails_the_hardened_run);
    tcase_add_test(t, a_broken_invariant_is_a_finding_in_the_literal_run);
    tcase_add_test(t, a_failed_run_is_compared_with_what_the_file_says);
    tcase_add_test(t, a_run_that_passes_is_compared_with_what_the_file_says);
    tcase_add_test(t, a_vacuous_rule_fails_the_run);
    tcase_add_test(t, a_run_that_broke_is_an_error);
    tcase_add_test(t, the_report_counts_what_roles_have_sent);
    tcase_add_test(t, the_report_of_a_failed_run_says_why);
    tcase_add_test(t, the_command_names_the_switches_that_differ);
    tcase_add_loop_test(t, the_command_is_one_for_a_shell, 0, 5);
    tcase_add_test(t, the_name_of_the_file_is_not_cut);
    suite_add_tcase(s, t);
    return s;
}
