#include "scenarios/sim/drive/disk.h"

#include "common/base/ensure.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *test_disk_suite(void);

static struct disk *disk;
static char found[128]; /* what a load or the untold have given, in order */

static void save(uint32_t slot, char value)
{
    const struct node_record r = {.slot = slot, .ctx = &value};

    ck_assert_int_eq(disk_save(disk, &r), ERR_OK);
}

static enum err note(void *arg, const struct node_record *r)
{
    size_t len = strlen(found);

    (void)arg;
    snprintf(found + len, sizeof found - len, "%u%c ", (unsigned)r->slot, *(const char *)r->ctx);
    return ERR_OK;
}

static const char *load(void)
{
    found[0] = '\0';
    ck_assert_int_eq(disk_load(disk, note, NULL), ERR_OK);
    return found;
}

static void setup(void)
{
    disk = disk_new(1, 2);
    ck_assert_ptr_nonnull(disk);
}

static void teardown(void)
{
    disk_free(disk);
}

START_TEST(the_last_save_of_each_slot_comes_back_in_their_order)
{
    save(7, 'a');
    save(2, 'b');
    disk_commit(disk);
    save(7, 'c');
    disk_commit(disk);
    ck_assert_str_eq(load(), "2b 7c ");
}
END_TEST

START_TEST(a_turn_that_is_not_committed_has_never_been)
{
    save(1, 'a');
    disk_commit(disk);
    save(1, 'b');
    save(2, 'b');
    disk_forget(disk);
    ck_assert_str_eq(load(), "1a ");
}
END_TEST

START_TEST(a_disk_may_lose_its_last_turn_that_changed_anything)
{
    save(1, 'a');
    disk_commit(disk);
    save(1, 'b');
    save(2, 'b');
    disk_commit(disk);
    disk_commit(disk);
    ck_assert(disk_lose(disk, LEFT_BUT_LAST, 0));
    ck_assert_str_eq(load(), "1a ");
    ck_assert(disk_lose(disk, LEFT_ALL, 0));
    ck_assert_str_eq(load(), "1a ");
}
END_TEST

START_TEST(a_copy_is_what_was_durable_when_it_was_made)
{
    save(1, 'a');
    disk_commit(disk);
    disk_copy(disk, 1);
    save(1, 'b');
    disk_commit(disk);
    ck_assert(!disk_lose(disk, LEFT_OLD, 0)); /* never made */
    save(3, 'c');
    disk_commit(disk);
    disk_copy(disk, 0);
    ck_assert(disk_lose(disk, LEFT_OLD, 0));
    ck_assert_str_eq(load(), "3c ");
}
END_TEST

START_TEST(a_wiped_disk_counts_its_starts_anew_and_draws_again)
{
    uint8_t drawn[4] = {1, 2, 3, 4};

    ck_assert_uint_eq(disk_start(disk), 1);
    disk_keep(disk, drawn, sizeof drawn);
    save(1, 'a');
    disk_commit(disk);
    ck_assert_uint_eq(disk_start(disk), 2);
    memset(drawn, 9, sizeof drawn);
    disk_keep(disk, drawn, sizeof drawn);
    ck_assert_uint_eq(drawn[3], 4);
    ck_assert(disk_lose(disk, LEFT_NOTHING, 0));
    ck_assert_str_eq(load(), "");
    ck_assert_uint_eq(disk_start(disk), 1);
    memset(drawn, 9, sizeof drawn);
    disk_keep(disk, drawn, sizeof drawn);
    ck_assert_uint_eq(drawn[3], 9);
}
END_TEST

static void note_untold(void *arg, const struct occur *o)
{
    size_t len = strlen(found);

    (void)arg;
    snprintf(found + len, sizeof found - len, "#%u ", (unsigned)o->ctr);
}

START_TEST(what_nobody_was_told_of_is_told_once)
{
    struct occur o = {.kind = OCCUR_DELIVER, .ctr = 5};

    ck_assert_int_eq(disk_tell_later(disk, &o), ERR_OK);
    save(1, 'a');
    disk_commit(disk);
    o.ctr = 6;
    ck_assert_int_eq(disk_tell_later(disk, &o), ERR_OK);
    disk_forget(disk);
    found[0] = '\0';
    disk_untold(disk, note_untold, NULL);
    disk_untold(disk, note_untold, NULL);
    ck_assert_str_eq(found, "#5 ");
    ck_assert_str_eq(load(), "1a ");
}
END_TEST

Suite *test_disk_suite(void)
{
    Suite *s = suite_create("disk");
    TCase *t = tcase_create("disk");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_last_save_of_each_slot_comes_back_in_their_order);
    tcase_add_test(t, a_turn_that_is_not_committed_has_never_been);
    tcase_add_test(t, a_disk_may_lose_its_last_turn_that_changed_anything);
    tcase_add_test(t, a_copy_is_what_was_durable_when_it_was_made);
    tcase_add_test(t, a_wiped_disk_counts_its_starts_anew_and_draws_again);
    tcase_add_test(t, what_nobody_was_told_of_is_told_once);
    suite_add_tcase(s, t);
    return s;
}
