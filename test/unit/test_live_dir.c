#include "scenarios/sim/drive/live_dir.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *test_live_dir_suite(void);

static char why[LIVE_DIR_WHY_MAX];

static void put_file(const struct live_dir *d, const char *name)
{
    char path[LIVE_DIR_MAX + 32];
    int fd;

    snprintf(path, sizeof path, "%s/%s", d->path, name);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

START_TEST(folder_is_private_and_goes_with_all_that_is_in_it)
{
    struct live_dir d;
    struct stat st;
    char path[LIVE_DIR_MAX];

    ck_assert_int_eq(live_dir_make(&d, why), ERR_OK);
    ck_assert_int_eq(stat(d.path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0700);
    put_file(&d, "hss.conf");
    snprintf(path, sizeof path, "%s", d.path);
    live_dir_remove(&d);
    ck_assert_int_ne(access(path, F_OK), 0);
    live_dir_remove(&d);
}
END_TEST

/* Returns when |path| is gone; Check ends a test that hangs. */
static void wait_gone(const char *path)
{
    struct inotify_event event;
    int fd = inotify_init1(IN_CLOEXEC);

    /* When it is gone already there is nothing to watch. */
    while (inotify_add_watch(fd, path, IN_DELETE_SELF) >= 0 && access(path, F_OK) == 0) {
        ck_assert_int_gt(read(fd, &event, sizeof event), 0);
    }
    close(fd);
}

START_TEST(folder_goes_when_its_owner_is_killed)
{
    int told[2];
    char path[LIVE_DIR_MAX] = "";
    pid_t owner;

    ck_assert_int_eq(pipe(told), 0);
    owner = fork();
    if (owner == 0) {
        struct live_dir d;

        if (live_dir_make(&d, why) == ERR_OK) {
            put_file(&d, "ue.conf");
            (void)!write(told[1], d.path, strlen(d.path));
        }
        kill(getpid(), SIGKILL);
    }
    close(told[1]);
    ck_assert_int_eq(waitpid(owner, NULL, 0), owner);
    ck_assert_int_gt(read(told[0], path, sizeof path - 1), 0);
    wait_gone(path);
    close(told[0]);
}
END_TEST

START_TEST(folder_that_cannot_be_made_says_so)
{
    struct live_dir d;

    ck_assert_int_eq(setenv("TMPDIR", "/nonexistent", 1), 0);
    ck_assert_int_eq(live_dir_make(&d, why), ERR_IO);
    ck_assert_ptr_nonnull(strstr(why, "cannot make the folder /nonexistent/e2esim-"));
    live_dir_remove(&d);
}
END_TEST

Suite *test_live_dir_suite(void)
{
    Suite *s = suite_create("live_dir");
    TCase *t = tcase_create("live_dir");

    tcase_add_test(t, folder_is_private_and_goes_with_all_that_is_in_it);
    tcase_add_test(t, folder_goes_when_its_owner_is_killed);
    tcase_add_test(t, folder_that_cannot_be_made_says_so);
    suite_add_tcase(s, t);
    return s;
}
