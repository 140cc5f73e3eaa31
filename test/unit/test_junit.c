#include "scenarios/sim/show/junit.h"

#include "scenarios/sim/show/xml.h"
#include "test/unit/story.h"

#include <check.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *test_junit_suite(void);

static char folder[64];
static char path[128];
static char why[WHOLE_WHY_MAX];

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/test_junit.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/junit.xml", folder);
}

static int remove_one(const char *name, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(name);
}

static void teardown(void)
{
    ck_assert_int_eq(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static const char *content(void)
{
    static char text[16384];
    FILE *const f = fopen(path, "r");
    size_t n;

    ck_assert_ptr_nonnull(f);
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

START_TEST(any_text_is_written_as_valid_xml)
{
    static const struct {
        const char *text;
        const char *xml;
        const char *attribute;
    } cases[] = {
        {"a<b> & \"c\" 'd'", "a&lt;b&gt; &amp; \"c\" 'd'",
         " n=\"a&lt;b&gt; &amp; &quot;c&quot; 'd'\""},
        {"]]>", "]]&gt;", " n=\"]]&gt;\""},
        {"a\n\tb\r", "a\n\tb&#13;", " n=\"a&#10;&#9;b&#13;\""},
        {"\x01\x1b\x7f", "\xef\xbf\xbd\xef\xbf\xbd\x7f", " n=\"\xef\xbf\xbd\xef\xbf\xbd\x7f\""},
        {"ü→😀", "ü→😀", " n=\"ü→😀\""},
        {"\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd", " n=\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xef\xbf\xbf", "\xef\xbf\xbd", " n=\"\xef\xbf\xbd\""},
    };
    char text[256] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    xml_text(out, cases[_i].text);
    fclose(out);
    ck_assert_str_eq(text, cases[_i].xml);
    out = fmemopen(text, sizeof text, "w");
    xml_attribute(out, "n", cases[_i].text);
    fclose(out);
    ck_assert_str_eq(text, cases[_i].attribute);
}
END_TEST

START_TEST(before_the_end_the_file_holds_an_error)
{
    struct junit *const j = junit_new(path, why);

    ck_assert_ptr_nonnull(j);
    ck_assert_ptr_nonnull(strstr(content(), "<error message=\"e2esim did not come to its end\"/>"));
    junit_free(j);
}
END_TEST

START_TEST(a_run_that_failed_by_itself_is_an_error)
{
    struct trace_event broke = {.kind = TRACE_FAILED, .t_us = 1000, .ue = -1};
    struct story story;
    struct junit *const j = junit_new(path, why);
    struct judge *judge;
    struct invariants *inv;
    struct report *report;

    story_init(&story, VARIANT_LITERAL, 1);
    judge = judge_new(&story.run);
    inv = invariants_new(&story.run);
    report = report_new(&story.run);
    ck_assert(j != NULL && judge != NULL && inv != NULL && report != NULL);
    snprintf(broke.u.failed.words, sizeof broke.u.failed.words, "hssd died of <11>");
    report_event(report, &broke);
    junit_run(j, report, judge, inv, "the same command");
    junit_error(j, "other", "memory is short");
    junit_skipped(j, "third", "no time");
    ck_assert_int_eq(junit_write(j, why), ERR_OK);
    ck_assert_ptr_nonnull(strstr(content(), "<error type=\"environment\" message=\"hssd died of "
                                            "&lt;11&gt;\">hssd died of &lt;11&gt;\nagain: the same "
                                            "command</error>"));
    ck_assert_ptr_nonnull(strstr(content(), "<testsuites tests=\"23\" failures=\"0\" errors=\"2\" "
                                            "skipped=\"5\" time=\"0.001000\">"));
    ck_assert_ptr_nonnull(strstr(content(), "<skipped message=\"no time\"></skipped>"));
    junit_free(j);
    judge_free(judge);
    invariants_free(inv);
    report_free(report);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_told_at_once)
{
    snprintf(path, sizeof path, "%s/no/such.xml", folder);
    ck_assert_ptr_null(junit_new(path, why));
    ck_assert_ptr_nonnull(strstr(why, "/no/such.xml: No such file or directory"));
}
END_TEST

START_TEST(without_a_file_nothing_happens)
{
    junit_error(NULL, "a", "b");
    junit_skipped(NULL, "a", "b");
    ck_assert_int_eq(junit_write(NULL, why), ERR_OK);
    junit_free(NULL);
}
END_TEST

START_TEST(what_cannot_be_replaced_stays)
{
    ck_assert_int_eq(whole_write(path, "old", 3, why), ERR_OK);
    ck_assert_int_eq(whole_write(folder, "new", 3, why), ERR_IO);
    ck_assert_int_eq(whole_write(path, "new", 3, why), ERR_OK);
    ck_assert_str_eq(content(), "new");
}
END_TEST

START_TEST(a_link_is_followed_and_a_device_stays_one)
{
    char link[128];
    struct stat st;

    snprintf(link, sizeof link, "%s/link", folder);
    ck_assert_int_eq(whole_write(path, "old", 3, why), ERR_OK);
    ck_assert_int_eq(symlink(path, link), 0);
    ck_assert_int_eq(whole_write(link, "new", 3, why), ERR_OK);
    ck_assert_str_eq(content(), "new");
    ck_assert_int_eq(lstat(link, &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert(whole_is_special("/dev/null") && !whole_is_special(path));
    ck_assert_int_eq(whole_write("/dev/null", "new", 3, why), ERR_OK);
    ck_assert_int_eq(lstat("/dev/null", &st), 0);
    ck_assert(S_ISCHR(st.st_mode));
}
END_TEST

Suite *test_junit_suite(void)
{
    Suite *s = suite_create("junit");
    TCase *t = tcase_create("file");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, any_text_is_written_as_valid_xml, 0, 7);
    tcase_add_test(t, before_the_end_the_file_holds_an_error);
    tcase_add_test(t, a_run_that_failed_by_itself_is_an_error);
    tcase_add_test(t, a_folder_that_is_not_there_is_told_at_once);
    tcase_add_test(t, without_a_file_nothing_happens);
    tcase_add_test(t, what_cannot_be_replaced_stays);
    tcase_add_test(t, a_link_is_followed_and_a_device_stays_one);
    suite_add_tcase(s, t);
    return s;
}
