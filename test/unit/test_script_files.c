/* The files that go with the language: shipped scenarios, the grammar in the README, the dump. */
#include "common/base/ensure.h"
#include "scenarios/sim/script/match.h"
#include "scenarios/sim/script/script.h"
#include "test/unit/json_check.h"

#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

Suite *test_script_files_suite(void);

static struct scenario s;

START_TEST(every_shipped_scenario_parses_and_expects_something)
{
    glob_t found;

    ck_assert_int_eq(glob("scenarios/*/*.scn", 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 15);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct script_errors errors = {0};
        char name[NAME_TEXT_MAX + 8];
        enum err e = script_load(found.gl_pathv[i], NULL, 0, &s, &errors);

        script_errors_print(&errors, stderr);
        ck_assert_msg(e == ERR_OK, "%s", found.gl_pathv[i]);
        ck_assert_msg(s.expects_count > 0, "%s expects nothing", found.gl_pathv[i]);
        snprintf(name, sizeof name, "/%s.scn", s.name);
        ck_assert_msg(strstr(found.gl_pathv[i], name) != NULL, "%s is called %s", found.gl_pathv[i],
                      s.name);
        script_errors_free(&errors);
        scenario_free(&s);
    }
    globfree(&found);
}
END_TEST

/* Marks the rows that the lines of |path| use. */
static void mark_rows(const char *path, bool *used)
{
    FILE *f = fopen(path, "rb");
    char line[SCRIPT_LINE_MAX + 2];
    struct scenario none;

    ck_assert_ptr_nonnull(f);
    scenario_default(&none);
    while (fgets(line, sizeof line, f) != NULL) {
        struct tokens tokens;
        struct match m;

        ck_assert_ptr_null(tokens_cut(line, strcspn(line, "\n"), &tokens));
        if (tokens.count == 0 || strchr(line, '$') != NULL) {
            continue; /* nothing there, or a word only the whole parser knows */
        }
        ck_assert_msg(match_line(&m, &none, true, &tokens), "%s", line);
        for (unsigned r = 0; r < RULE_COUNT; r++) {
            if (m.hit[r].t != NULL) {
                used[m.hit[r].t - templates] = true;
            }
        }
    }
    fclose(f);
}

START_TEST(every_row_of_the_grammar_has_an_example)
{
    bool used[200] = {false};
    unsigned rows = 0;

    mark_rows("test/golden/every_sentence.scn", used);
    for (; templates[rows].pattern != NULL; rows++) {
        ck_assert_uint_lt(rows, COUNT_OF(used));
        ck_assert_msg(used[rows] || templates[rows].heading != NULL, "no example of: %s",
                      templates[rows].pattern);
    }
}
END_TEST

/* What |print| writes, to be freed. */
static char *printed(void (*print)(FILE *to))
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(out);
    print(out);
    fclose(out);
    return text;
}

START_TEST(the_readme_holds_the_grammar_as_it_is)
{
    char *grammar = printed(script_print_grammar);
    char *readme = malloc(SCRIPT_FILE_MAX);
    FILE *f = fopen("scenarios/README.md", "rb");

    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(readme);
    readme[fread(readme, 1, SCRIPT_FILE_MAX - 1, f)] = '\0';
    fclose(f);
    ck_assert_msg(strstr(readme, grammar) != NULL,
                  "put the output of `e2esim grammar` into scenarios/README.md");
    free(readme);
    free(grammar);
}
END_TEST

static void complete_expect(FILE *to)
{
    script_complete("on 1st RAND_PUSH to UE1 corrupt", to);
}

START_TEST(completion_names_what_may_follow)
{
    char *text = printed(complete_expect);

    ck_assert_str_eq(text, "payload\nmac\nrand\nctr\nbit\nbits\n");
    free(text);
}
END_TEST

static void dump(FILE *to)
{
    script_dump_json(to, &s);
}

START_TEST(the_dump_is_json_and_holds_no_secret)
{
    struct script_errors errors = {0};
    char *text;
    char k[33];

    ck_assert_int_eq(script_load("test/golden/every_sentence.scn", NULL, 0, &s, &errors), ERR_OK);
    text = printed(dump);
    ck_assert_msg(json_is_valid(text), "%s", text);
    hex_encode(s.ues[0].secret.k, 16, k, sizeof k);
    ck_assert_ptr_null(strstr(text, k));
    hex_encode(s.ues[0].secret.opc, 16, k, sizeof k);
    ck_assert_ptr_null(strstr(text, k));
    ck_assert_ptr_nonnull(
        strstr(text, ",\"stated\":{\"literal\":\"fail\",\"hardened\":\"pass\"},"));
    free(text);
    scenario_free(&s);
    script_errors_free(&errors);
}
END_TEST

Suite *test_script_files_suite(void)
{
    Suite *suite = suite_create("script_files");
    TCase *tc = tcase_create("script_files");

    tcase_add_test(tc, every_shipped_scenario_parses_and_expects_something);
    tcase_add_test(tc, every_row_of_the_grammar_has_an_example);
    tcase_add_test(tc, the_readme_holds_the_grammar_as_it_is);
    tcase_add_test(tc, completion_names_what_may_follow);
    tcase_add_test(tc, the_dump_is_json_and_holds_no_secret);
    suite_add_tcase(suite, tc);
    return suite;
}
