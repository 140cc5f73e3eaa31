/* What a daemon finds of its real state files after each loss. */
#include "common/daemon/store.h"
#include "scenarios/sim/drive/live_state.h"

#include "common/base/ensure.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *test_live_state_suite(void);

static char dir[64];
static char path[96];
static char copy[96];
static char why[STORE_WHY_MAX];
static const struct store_owner owner = {.role = ROLE_EESE, .name = "eese.plant1", .size = 4};

static void setup(void)
{
    strcpy(dir, "/tmp/e2e-live-state-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/eesed.db", dir);
    snprintf(copy, sizeof copy, "%s/copy", dir);
}

static void teardown(void)
{
    ck_assert_int_eq(live_state_wipe(path, why), ERR_OK);
    ck_assert_int_eq(live_state_wipe(copy, why), ERR_OK);
    ck_assert_int_eq(rmdir(dir), 0);
}

static void put(struct store *s, const char *value)
{
    struct node_record r = {.slot = 3, .ctx = value};

    ENSURE(ident_set(&r.ue, "001010000000001") == ERR_OK);
    ck_assert_int_eq(store_put(s, &r, why), ERR_OK);
    ck_assert_int_eq(store_commit(s, why), ERR_OK);
}

/* A life that keeps |values| one after the other and is killed; copies its state before the value
 * that begins with '!'. */
static void live(const char *const *values)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        struct store *s;

        if (store_open(path, &owner, &s, why) != ERR_OK) {
            _exit(1);
        }
        for (; *values != NULL; values++) {
            if (**values == '!' && live_state_copy(path, copy, why) != ERR_OK) {
                _exit(2);
            }
            put(s, *values);
        }
        (void)raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static bool note(void *arg, const struct node_record *r)
{
    memcpy(arg, r->ctx, 4);
    return true;
}

static const char *found(void)
{
    static char value[5];
    struct store *s;

    strcpy(value, "none");
    ck_assert_msg(store_open(path, &owner, &s, why) == ERR_OK, "%s", why);
    ck_assert_int_eq(store_load(s, note, value, why), ERR_OK);
    store_close(s);
    return value;
}

static const char *const three[] = {"one.", "two.", "!ree", NULL};

START_TEST(a_killed_life_leaves_all_that_it_has_committed)
{
    live(three);
    ck_assert_str_eq(found(), "!ree");
}
END_TEST

START_TEST(the_last_commit_can_be_lost_and_then_the_one_before)
{
    live(three);
    ck_assert_int_eq(live_state_lose_last(path, why), ERR_OK);
    ck_assert_int_eq(live_state_lose_last(path, why), ERR_OK);
    ck_assert_str_eq(found(), "one.");
}
END_TEST

START_TEST(what_an_earlier_life_kept_is_no_last_commit_of_this_one)
{
    static const char *const more[] = {"four", NULL};

    live(three);
    live(more);
    ck_assert_int_eq(live_state_lose_last(path, why), ERR_OK);
    ck_assert_str_eq(found(), "!ree");
}
END_TEST

START_TEST(a_copy_of_a_running_daemons_state_is_whole)
{
    live(three);
    ck_assert_int_eq(live_state_copy(copy, path, why), ERR_OK);
    ck_assert_str_eq(found(), "two.");
}
END_TEST

START_TEST(a_wiped_state_is_none)
{
    live(three);
    ck_assert_int_eq(live_state_wipe(path, why), ERR_OK);
    ck_assert_int_eq(live_state_wipe(path, why), ERR_OK);
    ck_assert_str_eq(found(), "none");
}
END_TEST

START_TEST(where_there_is_no_state_nothing_can_be_lost_or_copied)
{
    ck_assert_int_eq(live_state_lose_last(path, why), ERR_OK);
    ck_assert_int_eq(live_state_copy(path, copy, why), ERR_IO);
    ck_assert_ptr_nonnull(strstr(why, "cannot read"));
}
END_TEST

/* SQLite moves a long log into the database by itself; then nobody can take its last commit back.
 * Its header says pages of 512 octets; the frames hold nothing but what makes them count. */
START_TEST(a_log_that_is_too_long_is_refused)
{
    static uint8_t log[32 + 1000 * (24 + 512)] = {[10] = 2};
    char file[112];
    FILE *f;

    for (unsigned i = 0; i < 1000; i++) {
        log[32 + i * 536 + 7] = 1;
    }
    snprintf(file, sizeof file, "%s-wal", path);
    f = fopen(file, "wb");
    ck_assert(f != NULL && fwrite(log, sizeof log, 1, f) == 1 && fclose(f) == 0);
    ck_assert_int_eq(live_state_lose_last(path, why), ERR_IO);
    ck_assert_ptr_nonnull(strstr(why, "too large"));
}
END_TEST

Suite *test_live_state_suite(void)
{
    Suite *s = suite_create("live_state");
    TCase *t = tcase_create("live_state");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_killed_life_leaves_all_that_it_has_committed);
    tcase_add_test(t, the_last_commit_can_be_lost_and_then_the_one_before);
    tcase_add_test(t, what_an_earlier_life_kept_is_no_last_commit_of_this_one);
    tcase_add_test(t, a_copy_of_a_running_daemons_state_is_whole);
    tcase_add_test(t, a_wiped_state_is_none);
    tcase_add_test(t, where_there_is_no_state_nothing_can_be_lost_or_copied);
    tcase_add_test(t, a_log_that_is_too_long_is_refused);
    suite_add_tcase(s, t);
    return s;
}
