#include "common/daemon/log.h"

#include <check.h>
#include <errno.h>
#include <string.h>

Suite *test_log_suite(void);

static char line[LOG_LINE_MAX];

START_TEST(a_line_names_the_program_and_the_error)
{
    ck_assert_uint_eq(log_format(line, false, 4, "emsed", "cannot open x", ENOENT), strlen(line));
    ck_assert_str_eq(line, "emsed: cannot open x: No such file or directory\n");
    (void)log_format(line, false, 4, "emsed", "words", 0);
    ck_assert_str_eq(line, "emsed: words\n");
}
END_TEST

START_TEST(the_journal_gets_a_priority)
{
    (void)log_format(line, true, 6, "ued", "words", 0);
    ck_assert_str_eq(line, "<6>ued: words\n");
}
END_TEST

START_TEST(it_is_always_one_line)
{
    char words[2 * LOG_LINE_MAX];

    (void)log_format(line, false, 6, "ued", "a\nb\033[2J", 0);
    ck_assert_str_eq(line, "ued: a?b?[2J\n");
    memset(words, 'x', sizeof words);
    words[sizeof words - 1] = '\0';
    ck_assert_uint_eq(log_format(line, false, 6, "ued", words, ENOENT), LOG_LINE_MAX - 1);
    ck_assert_int_eq(line[LOG_LINE_MAX - 2], '\n');
    ck_assert_int_eq(line[LOG_LINE_MAX - 1], '\0');
}
END_TEST

Suite *test_log_suite(void)
{
    Suite *s = suite_create("log");
    TCase *tc = tcase_create("log");

    tcase_add_test(tc, a_line_names_the_program_and_the_error);
    tcase_add_test(tc, the_journal_gets_a_priority);
    tcase_add_test(tc, it_is_always_one_line);
    suite_add_tcase(s, tc);
    return s;
}
