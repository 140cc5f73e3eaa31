#include "common/base/ensure.h"
#include "common/daemon/lines.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *test_lines_suite(void);

static struct lines_in in;
static unsigned lines;
static size_t last_len;
static char last[LINES_IN_MAX + 1];

static void keep(void *arg, const char *line, size_t len)
{
    (void)arg;
    lines++;
    last_len = len;
    if (line != NULL) {
        memcpy(last, line, len);
        last[len] = '\0';
    }
}

static void give(const char *octets, size_t n)
{
    lines_in_take(&in, octets, n, keep, NULL);
}

static void start(void)
{
    memset(&in, 0, sizeof in);
    lines = 0;
}

START_TEST(lines_come_whole_however_they_arrive)
{
    give("one\ntw", 6);
    ck_assert_uint_eq(lines, 1);
    ck_assert_str_eq(last, "one");
    give("o", 1);
    ck_assert_uint_eq(lines, 1);
    give("\n\n", 2);
    ck_assert_uint_eq(lines, 3);
    ck_assert_str_eq(last, "");
}
END_TEST

START_TEST(a_line_at_the_limit_is_taken_and_one_over_it_is_reported_once)
{
    char text[LINES_IN_MAX + 2];

    memset(text, 'x', sizeof text);
    give(text, LINES_IN_MAX);
    give("\n", 1);
    ck_assert_uint_eq(lines, 1);
    ck_assert_uint_eq(last_len, LINES_IN_MAX);
    give(text, sizeof text);
    give(text, sizeof text);
    ck_assert_uint_eq(lines, 1);
    give("\nnext\n", 6);
    ck_assert_uint_eq(lines, 3);
    ck_assert_str_eq(last, "next");
}
END_TEST

static struct lines_out out;

START_TEST(lines_are_written_together)
{
    int fd[2];
    char text[16] = "";

    ck_assert_int_eq(pipe(fd), 0);
    lines_out_init(&out, fd[1], 0);
    lines_out_put(&out, "ab", 2);
    lines_out_put(&out, "c", 1);
    ck_assert_uint_eq(lines_out_room(&out), LINES_OUT_MAX - 5);
    ck_assert_int_eq(lines_out_flush(&out), LINES_WRITTEN);
    ck_assert_int_eq(read(fd[0], text, sizeof text - 1), 5);
    ck_assert_str_eq(text, "ab\nc\n");
    (void)close(fd[0]);
    (void)close(fd[1]);
}
END_TEST

static void fill(void)
{
    static char line[1023];

    memset(line, 'x', sizeof line);
    while (lines_out_room(&out) > sizeof line + 1) {
        lines_out_put(&out, line, sizeof line);
    }
}

/* Makes a pipe (0) or a socketpair (1). */
static void connect_pair(int kind, int fd[2])
{
    ck_assert_int_eq(kind == 0 ? pipe(fd) : socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
}

START_TEST(a_reader_who_does_not_read_cannot_block_for_ever)
{
    int fd[2];

    connect_pair(_i, fd);
    lines_out_init(&out, fd[1], 1);
    do {
        fill();
    } while (lines_out_flush(&out) == LINES_WRITTEN);
    ck_assert(out.stuck);
    ck_assert_uint_eq(lines_out_room(&out), LINES_OUT_MAX);
    (void)close(fd[0]);
    (void)close(fd[1]);
}
END_TEST

START_TEST(a_reader_who_is_gone_is_noticed)
{
    int fd[2];

    (void)signal(SIGPIPE, SIG_IGN);
    connect_pair(_i, fd);
    lines_out_init(&out, fd[1], 0);
    (void)close(fd[0]);
    lines_out_put(&out, "x", 1);
    ck_assert_int_eq(lines_out_flush(&out), LINES_CLOSED);
    (void)close(fd[1]);
}
END_TEST

START_TEST(a_slow_reader_gets_every_octet)
{
    int fd[2];
    pid_t child;
    int status = 0;

    ck_assert_int_eq(pipe(fd), 0);
    lines_out_init(&out, fd[1], 60000);
    fill();
    child = fork();
    if (child == 0) {
        size_t total = 0;
        char text[777];
        ssize_t n;

        (void)close(fd[1]);
        while ((n = read(fd[0], text, sizeof text)) > 0) {
            total += (size_t)n;
        }
        _exit(total == (LINES_OUT_MAX - 1) / 1024 * 1024 ? 0 : 1);
    }
    (void)close(fd[0]);
    ck_assert_int_eq(lines_out_flush(&out), LINES_WRITTEN);
    (void)close(fd[1]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

Suite *test_lines_suite(void)
{
    Suite *s = suite_create("lines");
    TCase *tc = tcase_create("lines");

    tcase_add_checked_fixture(tc, start, NULL);
    tcase_add_test(tc, lines_come_whole_however_they_arrive);
    tcase_add_test(tc, a_line_at_the_limit_is_taken_and_one_over_it_is_reported_once);
    tcase_add_test(tc, lines_are_written_together);
    tcase_add_loop_test(tc, a_reader_who_does_not_read_cannot_block_for_ever, 0, 2);
    tcase_add_loop_test(tc, a_reader_who_is_gone_is_noticed, 0, 2);
    tcase_add_test(tc, a_slow_reader_gets_every_octet);
    suite_add_tcase(s, tc);
    return s;
}
