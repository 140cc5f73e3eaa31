#include "scenarios/sim/drive/live_daemon.h"
#include "scenarios/sim/drive/spawn.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *test_spawn_suite(void);

enum { FOREVER = -1 };

static char path[] = "/tmp/e2esim-test-XXXXXX";
static char why[SPAWN_WHY_MAX];
static struct live_daemon daemon_under_test;
static char heard[4096];

/* A program made of |script|, run by the shell, that sees the arguments of a daemon. */
static void make_program(const char *script)
{
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_gt(dprintf(fd, "#!/bin/sh\n%s\n", script), 0);
    ck_assert_int_eq(fchmod(fd, 0700), 0);
    close(fd);
}

static void start(const char *script)
{
    make_program(script);
    live_daemon_init(&daemon_under_test, ROLE_HSS, "hssd");
    ck_assert_int_eq(spawn_start(&daemon_under_test.child, path, "some.conf", -1, why), ERR_OK);
}

static void wait_readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    ck_assert_int_eq(poll(&p, 1, FOREVER), 1);
}

/* Waits for the end without taking it from spawn_reap(). */
static void wait_end(const struct spawn *s)
{
    siginfo_t info;

    ck_assert_int_eq(waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOWAIT), 0);
}

static void finish(void)
{
    live_daemon_close(&daemon_under_test);
    unlink(path);
}

static void hear(void *arg, struct live_daemon *d, char *line)
{
    (void)arg;
    (void)d;
    strncat(heard, line, sizeof heard - strlen(heard) - 1);
    strncat(heard, "|", sizeof heard - strlen(heard) - 1);
}

START_TEST(child_gets_config_and_control_and_nothing_else)
{
    struct spawn *s = &daemon_under_test.child;

    ck_assert_int_eq(dup2(STDIN_FILENO, 200), 200);
    start("read line; echo \"$* $line\" >&3; [ -e /proc/$$/fd/200 ] && echo leaked >&2; exit 0");
    live_daemon_say(&daemon_under_test, "hello");
    wait_end(s);
    live_daemon_drain(&daemon_under_test, hear, NULL);
    ck_assert_str_eq(heard, "--config some.conf --control 3 |");
    ck_assert(daemon_under_test.unheard);
    ck_assert(spawn_reap(s));
    ck_assert(!spawn_reap(s));
    spawn_listen(s);
    ck_assert_uint_eq(s->said_len, 0);
    close(200);
    finish();
}
END_TEST

START_TEST(lines_cross_the_control_socket)
{
    start("while read -r line <&3; do echo \"got $line\" >&3; "
          "[ \"$line\" = quit ] && exit 3; done");
    live_daemon_say(&daemon_under_test, "one");
    live_daemon_say(&daemon_under_test, "quit");
    wait_end(&daemon_under_test.child);
    live_daemon_drain(&daemon_under_test, hear, NULL);
    ck_assert_str_eq(heard, "got one|got quit|");
    ck_assert(spawn_reap(&daemon_under_test.child));
    spawn_how(&daemon_under_test.child, why);
    ck_assert_str_eq(why, "exited with code 3");
    finish();
}
END_TEST

START_TEST(whole_lines_only_are_given)
{
    start("printf 'half' >&3; read -r line <&3; printf ' and half\\nrest' >&3");
    wait_readable(daemon_under_test.child.control);
    live_daemon_drain(&daemon_under_test, hear, NULL);
    ck_assert_str_eq(heard, "");
    live_daemon_say(&daemon_under_test, "go on");
    wait_end(&daemon_under_test.child);
    live_daemon_drain(&daemon_under_test, hear, NULL);
    ck_assert_str_eq(heard, "half and half|");
    ck_assert(spawn_reap(&daemon_under_test.child));
    finish();
}
END_TEST

START_TEST(more_than_the_socket_takes_is_sent_later)
{
    static char line[1001];
    unsigned said = 0;

    memset(line, 'x', sizeof line - 1);
    start("read -r line <&0; wc -l <&3 >&3");
    do {
        live_daemon_say(&daemon_under_test, line);
        said++;
    } while (daemon_under_test.out_len == 0);
    ck_assert_uint_gt(said, 10);
    while (!live_daemon_flush(&daemon_under_test)) {
        struct pollfd p = {.fd = daemon_under_test.child.control, .events = POLLOUT};

        ck_assert_int_eq(poll(&p, 1, FOREVER), 1);
    }
    ck_assert_int_eq(kill(daemon_under_test.child.pid, SIGKILL), 0);
    wait_end(&daemon_under_test.child);
    ck_assert(spawn_reap(&daemon_under_test.child));
    spawn_how(&daemon_under_test.child, why);
    ck_assert_str_eq(why, "was killed by signal 9 (Killed)");
    finish();
}
END_TEST

START_TEST(last_line_of_a_talkative_child_is_kept)
{
    struct spawn *s = &daemon_under_test.child;
    char line[64];

    start("i=0; while [ $i -lt 4000 ]; do echo \"line $i of many\" >&2; i=$((i+1)); done; exit 1");
    while (s->errors >= 0) {
        wait_readable(s->errors);
        spawn_listen(s);
    }
    spawn_last_line(s, line, sizeof line);
    ck_assert_str_eq(line, "line 3999 of many");
    wait_end(s);
    ck_assert(spawn_reap(s));
    finish();
}
END_TEST

START_TEST(what_cannot_be_executed_says_so)
{
    struct spawn *s = &daemon_under_test.child;
    char line[128];

    spawn_init(s, "hssd");
    ck_assert_int_eq(spawn_start(s, "/nonexistent/hssd", "c", -1, why), ERR_OK);
    wait_end(s);
    ck_assert(spawn_reap(s));
    spawn_listen(s);
    spawn_how(s, why);
    ck_assert_str_eq(why, "exited with code 127");
    spawn_last_line(s, line, sizeof line);
    ck_assert_str_eq(line, "cannot run /nonexistent/hssd: No such file or directory");
    spawn_close(s);
}
END_TEST

START_TEST(program_is_sought_where_the_environment_says)
{
    char found[SPAWN_PATH_MAX];

    ck_assert_int_eq(setenv("E2ESIM_BINDIR", "/bin", 1), 0);
    ck_assert_int_eq(spawn_find("sh", found, why), ERR_OK);
    ck_assert_str_eq(found, "/bin/sh");
    ck_assert_int_eq(spawn_find("no-such-daemon", found, why), ERR_IO);
    ck_assert_ptr_nonnull(strstr(why, "cannot run /bin/no-such-daemon: No such file"));
    ck_assert_int_eq(unsetenv("E2ESIM_BINDIR"), 0);
    ck_assert_int_eq(spawn_find("no-such-daemon", found, why), ERR_IO);
}
END_TEST

START_TEST(folder_longer_than_a_path_is_refused)
{
    static char dir[2 * SPAWN_PATH_MAX];
    char found[SPAWN_PATH_MAX];

    memset(dir, 'x', sizeof dir - 1);
    ck_assert_int_eq(setenv("E2ESIM_BINDIR", dir, 1), 0);
    ck_assert_int_eq(spawn_find("hssd", found, why), ERR_IO);
}
END_TEST

Suite *test_spawn_suite(void)
{
    Suite *s = suite_create("spawn");
    TCase *t = tcase_create("spawn");

    tcase_add_test(t, child_gets_config_and_control_and_nothing_else);
    tcase_add_test(t, lines_cross_the_control_socket);
    tcase_add_test(t, whole_lines_only_are_given);
    tcase_add_test(t, more_than_the_socket_takes_is_sent_later);
    tcase_add_test(t, last_line_of_a_talkative_child_is_kept);
    tcase_add_test(t, what_cannot_be_executed_says_so);
    tcase_add_test(t, program_is_sought_where_the_environment_says);
    tcase_add_test(t, folder_longer_than_a_path_is_refused);
    suite_add_tcase(s, t);
    return s;
}
