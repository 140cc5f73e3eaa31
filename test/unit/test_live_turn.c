#include "scenarios/sim/drive/live_turn.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *test_live_turn_suite(void);

static struct live_turn turn;

static void arrive_late(uint64_t sent_ns, enum role to, const char *text)
{
    ck_assert_int_eq(live_turn_add(&turn, 7, sent_ns, to, (const uint8_t *)text, strlen(text)),
                     ERR_OK);
}

static void arrive(enum role to, const char *text)
{
    arrive_late(1, to, text);
}

static void setup(void)
{
    memset(&turn, 0, sizeof turn);
}

static void teardown(void)
{
    live_turn_free(&turn);
}

START_TEST(turn_is_complete_with_its_last_datagram)
{
    turn.announced = 2;
    ck_assert(!live_turn_complete(&turn));
    arrive(ROLE_UE, "RAND_PUSH");
    ck_assert(!live_turn_complete(&turn));
    arrive(ROLE_EESE, "RAND_FWD");
    ck_assert(live_turn_complete(&turn));
    ck_assert_uint_eq(turn.held_count, 2);
    ck_assert_uint_eq(turn.since_us, 7);
    ck_assert_int_eq(turn.held[1].to, ROLE_EESE);
    ck_assert_uint_eq(turn.held[1].len, 8);
    ck_assert_mem_eq(turn.held[1].octets, "RAND_FWD", 8);
}
END_TEST

START_TEST(nothing_is_complete_when_nothing_is_held)
{
    turn.announced = 1;
    arrive(ROLE_UE, "x");
    live_turn_clear(&turn);
    ck_assert(!live_turn_complete(&turn));
}
END_TEST

START_TEST(next_turn_is_counted_anew)
{
    turn.announced = 1;
    arrive(ROLE_UE, "x");
    live_turn_clear(&turn);
    turn.announced += 2;
    arrive(ROLE_UE, "y");
    ck_assert(!live_turn_complete(&turn));
    arrive(ROLE_UE, "z");
    ck_assert(live_turn_complete(&turn));
}
END_TEST

START_TEST(daemon_that_announces_nothing_is_not_held_up)
{
    arrive(ROLE_UE, "x");
    ck_assert(live_turn_complete(&turn));
}
END_TEST

START_TEST(turn_of_any_length_is_kept_in_order)
{
    turn.announced = 300;
    for (unsigned i = 0; i < 300; i++) {
        char text[8];

        ck_assert(!live_turn_complete(&turn));
        snprintf(text, sizeof text, "%u", i);
        arrive(ROLE_UE, text);
    }
    ck_assert(live_turn_complete(&turn));
    ck_assert_mem_eq(turn.held[299].octets, "299", 3);
    ck_assert_mem_eq(turn.held[0].octets, "0", 1);
}
END_TEST

START_TEST(turn_goes_on_in_the_order_of_sending)
{
    turn.announced = 4;
    arrive_late(2, ROLE_UE, "b");
    arrive_late(4, ROLE_UE, "d");
    arrive_late(4, ROLE_UE, "e");
    arrive_late(3, ROLE_EESE, "c");
    live_turn_sort(&turn);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_int_eq(turn.held[i].octets[0], "bcde"[i]);
    }
}
END_TEST

Suite *test_live_turn_suite(void)
{
    Suite *s = suite_create("live_turn");
    TCase *t = tcase_create("live_turn");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, turn_is_complete_with_its_last_datagram);
    tcase_add_test(t, nothing_is_complete_when_nothing_is_held);
    tcase_add_test(t, next_turn_is_counted_anew);
    tcase_add_test(t, daemon_that_announces_nothing_is_not_held_up);
    tcase_add_test(t, turn_of_any_length_is_kept_in_order);
    tcase_add_test(t, turn_goes_on_in_the_order_of_sending);
    suite_add_tcase(s, t);
    return s;
}
