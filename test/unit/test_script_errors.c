#include "common/base/ensure.h"
#include "scenarios/sim/script/script.h"
#include "scenarios/sim/script/value.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

Suite *test_script_errors_suite(void);

#define GOLDEN "test/golden/script_errors/"

/* What is printed about |path|, to be freed. */
static char *errors_of(const char *path, const char *name)
{
    struct script_errors errors = {0};
    struct scenario s;
    char *text = NULL;
    size_t len;
    FILE *out;

    ck_assert_int_ne(script_load(path, NULL, 0, &s, &errors), ERR_OK);
    ck_assert_ptr_null(s.ues);
    snprintf(errors.file, sizeof errors.file, "%s", name);
    out = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(out);
    script_errors_print(&errors, out);
    fclose(out);
    script_errors_free(&errors);
    return text;
}

static void read_whole(const char *path, char *text, size_t cap)
{
    FILE *f = fopen(path, "rb");

    ck_assert_msg(f != NULL, "%s is missing; write it with test/golden/write", path);
    text[fread(text, 1, cap - 1, f)] = '\0';
    fclose(f);
}

/* With GOLDEN_WRITE in the environment the files are written anew: look at the difference. */
START_TEST(every_bad_file_gives_its_recorded_messages)
{
    struct dirent **list;
    int count = scandir(GOLDEN, &list, NULL, alphasort);
    unsigned seen = 0;

    ck_assert_int_gt(count, 0);
    for (int i = 0; i < count; i++) {
        char *name = list[i]->d_name;
        char *dot = strrchr(name, '.');
        char path[512];
        char want[16384];

        if (dot != NULL && strcmp(dot, ".scn") == 0) {
            char *got;

            snprintf(path, sizeof path, GOLDEN "%s", name);
            got = errors_of(path, name);
            snprintf(path, sizeof path, GOLDEN "%.*s.txt", (int)(dot - name), name);
            if (getenv("GOLDEN_WRITE") != NULL) {
                FILE *f = fopen(path, "wb");

                ck_assert_ptr_nonnull(f);
                fputs(got, f);
                fclose(f);
            }
            read_whole(path, want, sizeof want);
            ck_assert_msg(strcmp(got, want) == 0, "%s\n--- got\n%s--- recorded\n%s", name, got,
                          want);
            free(got);
            seen++;
        }
        free(list[i]);
    }
    free(list);
    ck_assert_uint_gt(seen, 10);
}
END_TEST

/* One of the errors of |text| contains |words|. */
static bool complains(const char *text, size_t len, const char *words)
{
    struct script_errors errors = {0};
    struct scenario s;
    bool found = false;

    ck_assert_int_eq(script_parse("t.scn", text, len, NULL, 0, &s, &errors), ERR_SYNTAX);
    for (unsigned i = 0; i < errors.count; i++) {
        found = found || strstr(errors.list[i].message, words) != NULL;
    }
    script_errors_free(&errors);
    return found;
}

START_TEST(a_line_may_have_400_octets_and_no_more)
{
    char line[SCRIPT_LINE_MAX + 2];

    memset(line, '#', sizeof line);
    line[SCRIPT_LINE_MAX] = '\n';
    ck_assert(complains(line, SCRIPT_LINE_MAX + 1, "expected a title"));
    line[SCRIPT_LINE_MAX] = '#';
    ck_assert(complains(line, SCRIPT_LINE_MAX + 1, "a line longer than 400 octets"));
}
END_TEST

START_TEST(a_line_may_have_64_words_and_no_more)
{
    char line[] = "with a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a"
                  " a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a";

    ck_assert(complains(line, strlen(line) - 2, "expected the name of a correction"));
    ck_assert(complains(line, strlen(line), "too many words in one line (64 is the most)"));
}
END_TEST

START_TEST(a_file_is_bounded_in_octets_and_lines)
{
    char *text = malloc(SCRIPT_FILE_MAX + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, '\n', SCRIPT_FILE_MAX + 1);
    ck_assert(complains(text, SCRIPT_FILE_MAX + 1, "at most 1048576 octets"));
    ck_assert(complains(text, SCRIPT_LINES_MAX + 1, "at most 20000 lines, this has 20001"));
    ck_assert(complains(text, SCRIPT_LINES_MAX, "expected a title"));
    free(text);
}
END_TEST

START_TEST(a_scenario_is_bounded_in_ues_and_actions)
{
    const char ues[] = "title \"t\"\nues UE1..UE100001\n";
    const char more[] = "title \"t\"\nues UE1..UE100000\nue A\n";
    const char actions[] =
        "title \"t\"\nues UE1..UE50001\nat 1s policy te2e 2s\nat 2s policy te2e 3s\n";

    ck_assert(complains(ues, sizeof ues - 1, "a scenario has at most 100000 UEs"));
    ck_assert(complains(more, sizeof more - 1, "a scenario has at most 100000 UEs"));
    ck_assert(complains(actions, sizeof actions - 1, "a scenario has at most 100000 actions"));
}
END_TEST

START_TEST(more_than_a_hundred_errors_are_counted)
{
    char text[150 * 2];
    struct script_errors errors = {0};
    struct scenario s;
    char *printed = NULL;
    size_t len;
    FILE *out;

    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = i % 2 == 0 ? 'x' : '\n';
    }
    ck_assert_int_eq(script_parse("t.scn", text, sizeof text, NULL, 0, &s, &errors), ERR_SYNTAX);
    ck_assert_uint_eq(errors.count, SCRIPT_ERRORS_MAX);
    out = open_memstream(&printed, &len);
    ck_assert_ptr_nonnull(out);
    script_errors_print(&errors, out);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(printed, "t.scn: error: and 52 more\n"));
    free(printed);
    script_errors_free(&errors);
}
END_TEST

START_TEST(a_missing_file_is_told_with_the_reason)
{
    char *text = errors_of("test/no/such.scn", "such.scn");

    ck_assert_str_eq(text, "such.scn: error: cannot be opened: No such file or directory\n");
    free(text);
    text = errors_of("test", "test");
    ck_assert_str_eq(text, "test: error: cannot be read: Is a directory\n");
    free(text);
}
END_TEST

START_TEST(a_swap_of_neighbours_is_one_change)
{
    ck_assert_uint_eq(word_distance("varaint", "variant", 2), 1);
    ck_assert_uint_eq(word_distance("expct", "expect", 2), 1);
    ck_assert_uint_eq(word_distance("UE1", "ue1", 2), 0);
    ck_assert_uint_eq(word_distance("drop", "drop", 2), 0);
    ck_assert_uint_eq(word_distance("drop", "delay", 2), 3);
    ck_assert_uint_eq(word_distance("", "ab", 2), 2);
}
END_TEST

Suite *test_script_errors_suite(void)
{
    Suite *suite = suite_create("script errors");
    TCase *tc = tcase_create("script errors");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_bad_file_gives_its_recorded_messages);
    tcase_add_test(tc, a_line_may_have_400_octets_and_no_more);
    tcase_add_test(tc, a_line_may_have_64_words_and_no_more);
    tcase_add_test(tc, a_file_is_bounded_in_octets_and_lines);
    tcase_add_test(tc, a_scenario_is_bounded_in_ues_and_actions);
    tcase_add_test(tc, more_than_a_hundred_errors_are_counted);
    tcase_add_test(tc, a_missing_file_is_told_with_the_reason);
    tcase_add_test(tc, a_swap_of_neighbours_is_one_change);
    suite_add_tcase(suite, tc);
    return suite;
}
