#include "common/daemon/store.h"

#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *test_store_suite(void);

struct thing {
    uint32_t a;
    uint32_t b;
};

static char dir[64];
static char path[96];
static char why[STORE_WHY_MAX];

static void make_dir(void)
{
    snprintf(dir, sizeof dir, "/tmp/e2e-store-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/state.db", dir);
}

static void remove_dir(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", "-told"};
    char file[128];

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

static struct ident id_of(const char *text)
{
    struct ident id;

    ck_assert_int_eq(ident_set(&id, text), ERR_OK);
    return id;
}

static struct store *opened(enum role role, size_t size)
{
    struct store *s = NULL;
    const struct store_owner owner = {.role = role, .name = "plant1", .size = size};

    ck_assert_msg(store_open(path, &owner, &s, why) == ERR_OK, "%s", why);
    return s;
}

static void put(struct store *s, const char *ue, uint32_t a, uint32_t b)
{
    struct thing t = {a, b};
    const struct node_record r = {
        .ue = id_of(ue), .slot = a, .addr = {.len = 2, .octets = {9, 8}}, .ctx = &t};

    ck_assert_msg(store_put(s, &r, why) == ERR_OK, "%s", why);
}

struct found {
    unsigned count;
    struct ident ue[4];
    struct thing thing[4];
};

static bool each(void *arg, const struct node_record *r)
{
    struct found *f = arg;

    ck_assert_uint_lt(f->count, 4);
    f->ue[f->count] = r->ue;
    memcpy(&f->thing[f->count++], r->ctx, sizeof f->thing[0]);
    ck_assert_uint_eq(r->slot, f->thing[f->count - 1].a);
    ck_assert_uint_eq(r->addr.len, 2);
    ck_assert_uint_eq(r->addr.octets[1], 8);
    return true;
}

static struct found loaded(struct store *s)
{
    struct found f = {0};

    ck_assert_msg(store_load(s, each, &f, why) == ERR_OK, "%s", why);
    return f;
}

START_TEST(what_was_committed_is_there_after_reopening)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));
    struct found f;

    put(s, "ue2", 3, 4);
    put(s, "ue1", 1, 2);
    put(s, "ue2", 5, 6);
    ck_assert_int_eq(store_commit(s, why), ERR_OK);
    store_close(s);
    s = opened(ROLE_EESE, sizeof(struct thing));
    f = loaded(s);
    store_close(s);
    ck_assert_uint_eq(f.count, 2);
    ck_assert_str_eq(f.ue[0].s, "ue1"); /* by slot */
    ck_assert_uint_eq(f.thing[0].a, 1);
    ck_assert_uint_eq(f.thing[1].a, 5);
    ck_assert_uint_eq(f.thing[1].b, 6);
}
END_TEST

START_TEST(what_was_not_committed_is_not_there)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));
    struct found f;

    put(s, "ue1", 1, 2);
    ck_assert_int_eq(store_commit(s, why), ERR_OK);
    put(s, "ue1", 9, 9);
    store_close(s);
    s = opened(ROLE_EESE, sizeof(struct thing));
    f = loaded(s);
    store_close(s);
    ck_assert_uint_eq(f.count, 1);
    ck_assert_uint_eq(f.thing[0].a, 1);
}
END_TEST

static void begin(struct store *s, const char *clock, uint64_t starts, bool lost)
{
    uint64_t n = 0;
    bool clock_lost = !lost;

    ck_assert_msg(store_begin(s, clock, &n, &clock_lost, why) == ERR_OK, "%s", why);
    ck_assert_uint_eq(n, starts);
    ck_assert(clock_lost == lost);
}

START_TEST(starts_are_counted_and_a_changed_clock_is_told)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));

    begin(s, "boot 1", 1, false);
    store_close(s);
    s = opened(ROLE_EESE, sizeof(struct thing));
    begin(s, "boot 1", 2, false);
    store_close(s);
    s = opened(ROLE_EESE, sizeof(struct thing));
    begin(s, "boot 2", 3, true);
    store_close(s);
}
END_TEST

START_TEST(what_was_drawn_first_is_kept)
{
    struct store *s = opened(ROLE_HSS, sizeof(struct thing));
    uint8_t first[4] = {1, 2, 3, 4};
    uint8_t second[4] = {5, 6, 7, 8};

    ck_assert_int_eq(store_keep(s, first, sizeof first, why), ERR_OK);
    store_close(s);
    s = opened(ROLE_HSS, sizeof(struct thing));
    ck_assert_int_eq(store_keep(s, second, sizeof second, why), ERR_OK);
    ck_assert_mem_eq(first, second, sizeof first);
    store_close(s);
}
END_TEST

static char untold[64];

static void hear(void *arg, const void *octets, size_t len)
{
    (void)arg;
    ck_assert_uint_lt(strlen(untold) + len, sizeof untold);
    strncat(untold, octets, len);
}

static struct store *reopened_untold(struct store *s)
{
    store_close(s);
    s = opened(ROLE_EESE, sizeof(struct thing));
    untold[0] = '\0';
    ck_assert_int_eq(store_untold(s, hear, NULL, why), ERR_OK);
    return s;
}

static void tell(struct store *s, const char *words)
{
    ck_assert_int_eq(store_tell(s, words, strlen(words), why), ERR_OK);
    ck_assert_int_eq(store_commit(s, why), ERR_OK);
}

START_TEST(what_was_durable_and_not_told_is_told_once)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));

    tell(s, "a");
    ck_assert_int_eq(store_told(s, why), ERR_OK);
    tell(s, "b");
    tell(s, "c");
    s = reopened_untold(s);
    ck_assert_str_eq(untold, "bc");
    ck_assert_int_eq(store_told(s, why), ERR_OK);
    s = reopened_untold(s);
    ck_assert_str_eq(untold, "");
    tell(s, "d");
    s = reopened_untold(s);
    ck_assert_str_eq(untold, "d");
    store_close(s);
}
END_TEST

START_TEST(a_new_file_beside_the_rest_of_an_old_one_loses_nothing)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));

    tell(s, "a");
    ck_assert_int_eq(store_told(s, why), ERR_OK);
    store_close(s);
    ck_assert_int_eq(unlink(path), 0);
    s = opened(ROLE_EESE, sizeof(struct thing));
    tell(s, "b");
    s = reopened_untold(s);
    ck_assert_str_eq(untold, "b");
    store_close(s);
}
END_TEST

START_TEST(the_files_are_for_their_owner_only)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));
    struct stat st;

    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0077, 0);
    store_close(s);
}
END_TEST

static void refused_of(enum role role, const char *name, size_t size, const char *words)
{
    struct store *s = NULL;
    const struct store_owner owner = {.role = role, .name = name, .size = size};

    ck_assert_int_eq(store_open(path, &owner, &s, why), ERR_IO);
    ck_assert_ptr_null(s);
    ck_assert_msg(strstr(why, words) != NULL, "%s", why);
    ck_assert_msg(strstr(why, path) != NULL, "%s", why);
}

static void refused(enum role role, size_t size, const char *words)
{
    refused_of(role, "plant1", size, words);
}

START_TEST(state_of_another_role_or_layout_is_refused)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));

    put(s, "ue1", 1, 2);
    ck_assert_int_eq(store_commit(s, why), ERR_OK);
    store_close(s);
    refused(ROLE_EMSE, sizeof(struct thing), "another role");
    refused(ROLE_EESE, sizeof(struct thing) + 4, "another version");
    refused_of(ROLE_EESE, "plant2", sizeof(struct thing), "another EESE than plant2");
    s = opened(ROLE_EESE, sizeof(struct thing));
    ck_assert_uint_eq(loaded(s).count, 1);
    store_close(s);
}
END_TEST

START_TEST(two_processes_cannot_hold_the_same_state)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));

    put(s, "ue1", 1, 2);
    ck_assert_int_eq(store_commit(s, why), ERR_OK);
    refused(ROLE_EESE, sizeof(struct thing), "locked");
    store_close(s);
}
END_TEST

static long file_size(void)
{
    struct stat st;

    ck_assert_int_eq(stat(path, &st), 0);
    return (long)st.st_size;
}

START_TEST(a_file_that_is_no_database_is_refused_and_kept)
{
    FILE *f = fopen(path, "w");

    ck_assert_ptr_nonnull(f);
    for (int i = 0; i < 500; i++) {
        fputs("not a database\n", f);
    }
    fclose(f);
    refused(ROLE_EESE, sizeof(struct thing), "not a database");
    ck_assert_int_eq(file_size(), 7500);
}
END_TEST

START_TEST(a_database_of_another_program_is_refused_and_kept)
{
    char before[512];
    char after[512];
    sqlite3 *db;
    FILE *f;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE mine(x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    f = fopen(path, "r");
    ck_assert_uint_eq(fread(before, 1, sizeof before, f), sizeof before);
    fclose(f);
    refused(ROLE_EESE, sizeof(struct thing), "another program");
    f = fopen(path, "r");
    ck_assert_uint_eq(fread(after, 1, sizeof after, f), sizeof after);
    fclose(f);
    ck_assert_mem_eq(before, after, sizeof before);
}
END_TEST

START_TEST(a_damaged_file_is_refused)
{
    struct store *s = opened(ROLE_EESE, sizeof(struct thing));
    FILE *f;

    for (uint32_t i = 0; i < 200; i++) {
        char name[16];

        snprintf(name, sizeof name, "ue%u", i);
        put(s, name, i, i);
    }
    ck_assert_int_eq(store_commit(s, why), ERR_OK);
    store_close(s);
    f = fopen(path, "r+");
    ck_assert_ptr_nonnull(f);
    for (long at = 4096; at < file_size(); at += 512) {
        fseek(f, at, SEEK_SET);
        fputs("damage", f);
    }
    fclose(f);
    refused(ROLE_EESE, sizeof(struct thing), "damaged");
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_named)
{
    snprintf(path, sizeof path, "%s/none/state.db", dir);
    refused(ROLE_EESE, sizeof(struct thing), "unable to open");
}
END_TEST

Suite *test_store_suite(void)
{
    Suite *s = suite_create("store");
    TCase *t = tcase_create("store");

    tcase_add_checked_fixture(t, make_dir, remove_dir);
    tcase_add_test(t, what_was_committed_is_there_after_reopening);
    tcase_add_test(t, what_was_not_committed_is_not_there);
    tcase_add_test(t, starts_are_counted_and_a_changed_clock_is_told);
    tcase_add_test(t, what_was_drawn_first_is_kept);
    tcase_add_test(t, what_was_durable_and_not_told_is_told_once);
    tcase_add_test(t, a_new_file_beside_the_rest_of_an_old_one_loses_nothing);
    tcase_add_test(t, the_files_are_for_their_owner_only);
    tcase_add_test(t, state_of_another_role_or_layout_is_refused);
    tcase_add_test(t, two_processes_cannot_hold_the_same_state);
    tcase_add_test(t, a_file_that_is_no_database_is_refused_and_kept);
    tcase_add_test(t, a_database_of_another_program_is_refused_and_kept);
    tcase_add_test(t, a_damaged_file_is_refused);
    tcase_add_test(t, a_place_that_cannot_be_written_is_named);
    suite_add_tcase(s, t);
    return s;
}
