#include "scenarios/sim/drive/director.h"

#include "test/unit/scene.h"

#include <check.h>
#include <string.h>

Suite *test_director_suite(void);

enum { GIVEN_MAX = 64 };

/* What the director has done. */
struct given {
    uint64_t at_us;
    bool is_link;
    enum role role; /* of a link: from */
    enum role to;
    unsigned ue;
    unsigned line;
    struct order order;
    struct scn_link link;
};

static struct {
    struct scenario scn;
    struct director *director;
    uint64_t now_us;
    bool settled;
    uint64_t in_flight;
    unsigned count;
    struct given given[GIVEN_MAX];
} play;

static struct given *next_given(void)
{
    ck_assert_uint_lt(play.count, GIVEN_MAX);
    play.given[play.count].at_us = play.now_us;
    return &play.given[play.count++];
}

static void take_order(void *arg, enum role role, unsigned ue, const struct order *o, unsigned line)
{
    struct given *g = next_given();

    (void)arg;
    g->role = role;
    g->ue = ue;
    g->order = *o;
    g->line = line;
}

static void take_link(void *arg, enum role from, enum role to, const struct scn_link *link,
                      unsigned line)
{
    struct given *g = next_given();

    (void)arg;
    g->is_link = true;
    g->role = from;
    g->to = to;
    g->link = *link;
    g->line = line;
}

static void take_injection(void *arg, unsigned fault)
{
    struct given *g = next_given();

    (void)arg;
    g->line = play.scn.faults[fault].line;
}

static bool settled(void *arg, uint64_t now_us)
{
    (void)arg;
    (void)now_us;
    return play.settled;
}

static uint64_t in_flight(void *arg)
{
    (void)arg;
    return play.in_flight;
}

static void open_play(const char *sentences)
{
    const struct director_hooks hooks = {.order = take_order,
                                         .link = take_link,
                                         .inject = take_injection,
                                         .settled = settled,
                                         .in_flight = in_flight};

    memset(&play, 0, sizeof play);
    scene_open(&play.scn, sentences);
    play.settled = true;
    play.director = director_new(&play.scn, &hooks);
    ck_assert_ptr_nonnull(play.director);
}

static void close_play(void)
{
    director_free(play.director);
    scenario_free(&play.scn);
}

/* Lets time pass from deadline to deadline, up to |until_us| or the end. */
static enum over run(uint64_t until_us)
{
    enum over over = OVER_NOT;

    while (over == OVER_NOT && director_deadline(play.director) <= until_us) {
        uint64_t at_us = director_deadline(play.director);

        play.now_us = at_us > play.now_us ? at_us : play.now_us;
        over = director_run(play.director, play.now_us);
    }
    return over;
}

static void tell_note(uint64_t t_us, int ue, enum role role, enum note note)
{
    struct trace_event e = {.kind = TRACE_OCCUR, .t_us = t_us, .ue = ue};

    e.u.occur.kind = OCCUR_NOTE;
    e.u.occur.role = role;
    e.u.occur.note = note;
    director_event(play.director, &e);
}

/* ---- actions ---- */

START_TEST(actions_happen_at_their_time_in_the_order_of_the_file)
{
    open_play("ue UE1\nue UE2\n"
              "at 2s UE2 sends \"b\"\nat 1s EESE rekeys UE1\nat 2s UE1 sends \"a\"\n");
    run(5000000);
    ck_assert_uint_eq(play.count, 5);
    ck_assert_int_eq(play.given[0].order.kind, ORDER_ATTACH);
    ck_assert_uint_eq(play.given[0].line, 0);
    ck_assert_uint_eq(play.given[1].ue, 1);
    ck_assert_uint_eq(play.given[2].at_us, 1000000);
    ck_assert_int_eq(play.given[2].role, ROLE_EESE);
    ck_assert_int_eq(play.given[2].order.kind, ORDER_REKEY);
    ck_assert_uint_eq(play.given[3].at_us, 2000000);
    ck_assert_uint_eq(play.given[3].ue, 1);
    ck_assert_uint_eq(play.given[3].line, 5);
    ck_assert_int_eq(play.given[4].order.payload[0], 'a');
    close_play();
}
END_TEST

START_TEST(an_action_is_not_done_a_tick_early)
{
    open_play("ue UE1\nat 1s UE1 sends \"a\"\n");
    director_run(play.director, 999999);
    ck_assert_uint_eq(play.count, 1); /* the attach */
    director_run(play.director, 1000000);
    ck_assert_uint_eq(play.count, 2);
    close_play();
}
END_TEST

START_TEST(each_ue_acts_in_turn)
{
    open_play("ues UE1..UE3 attach over 3s\nat 5s each UE sends \"x\"\n");
    run(6000000);
    ck_assert_uint_eq(play.count, 6);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(play.given[i].at_us, i * 1000000);
        ck_assert_uint_eq(play.given[3 + i].ue, i);
        ck_assert_uint_eq(play.given[3 + i].at_us, 5000000 + i * DIRECTOR_TURN_US);
    }
    close_play();
}
END_TEST

START_TEST(a_repetition_ends_with_its_last_time)
{
    open_play("ue UE1\nevery 1s from 2s until 4s UE1 sends 8 bytes\n");
    run(10000000);
    ck_assert_uint_eq(play.count, 4);
    for (unsigned i = 1; i < 4; i++) {
        ck_assert_uint_eq(play.given[i].at_us, (1 + i) * 1000000);
        ck_assert_uint_eq(play.given[i].order.len, 8);
    }
    ck_assert_mem_ne(play.given[1].order.payload, play.given[2].order.payload, 8);
    close_play();
}
END_TEST

START_TEST(random_payloads_come_from_the_seed)
{
    uint8_t first[20];

    open_play("seed 7\nue UE1\nat 1s UE1 sends 20 bytes\n");
    run(2000000);
    memcpy(first, play.given[1].order.payload, sizeof first);
    close_play();
    open_play("seed 7\nue UE1\nat 1s UE1 sends 20 bytes\n");
    run(2000000);
    ck_assert_mem_eq(first, play.given[1].order.payload, sizeof first);
    close_play();
    open_play("seed 8\nue UE1\nat 1s UE1 sends 20 bytes\n");
    run(2000000);
    ck_assert_mem_ne(first, play.given[1].order.payload, sizeof first);
    close_play();
}
END_TEST

START_TEST(a_condition_sets_off_its_action_once)
{
    open_play("ue UE1\n300ms after UE1 is attached: UE1 sends \"x\"\n");
    run(0);
    ck_assert_uint_eq(director_waiting(play.director), 1);
    tell_note(1000000, 0, ROLE_UE, NOTE_ATTACHED);
    tell_note(1100000, 0, ROLE_UE, NOTE_ATTACHED);
    ck_assert_uint_eq(director_waiting(play.director), 0);
    ck_assert_uint_eq(director_deadline(play.director), 1300000);
    run(3000000);
    ck_assert_uint_eq(play.count, 2);
    ck_assert_uint_eq(play.given[1].at_us, 1300000);
    close_play();
}
END_TEST

START_TEST(so_many_times_means_so_many)
{
    open_play("ue UE1\nat 2s attacker sends KEY_EXPIRED to UE1 3 times every 20ms\n"
              "when UE1 is attached: attacker sends RAND_PUSH to UE1 2 times\n");
    run(2000000);
    ck_assert_uint_eq(play.count, 2); /* the attach, and the first */
    tell_note(2030000, 0, ROLE_UE, NOTE_ATTACHED);
    run(9000000);
    ck_assert_uint_eq(play.count, 6);
    ck_assert_uint_eq(play.given[2].at_us, 2020000);
    ck_assert_uint_eq(play.given[3].at_us, 2030000);
    ck_assert_uint_eq(play.given[3].line, 5);
    ck_assert_uint_eq(play.given[4].at_us, 2031000);
    ck_assert_uint_eq(play.given[5].at_us, 2040000);
    ck_assert_uint_eq(play.given[5].line, 4);
    close_play();
}
END_TEST

/* ---- links ---- */

#define IDLE_UE "ue UE1\nat 50s UE1 attaches\n"

START_TEST(a_link_is_changed_both_ways_and_back)
{
    open_play(IDLE_UE "link UE-EESE delay 5ms\nat 1s link UE-EESE cut for 2s\n");
    run(10000000);
    ck_assert_uint_eq(play.count, 4);
    ck_assert_int_eq(play.given[0].role, ROLE_UE);
    ck_assert_int_eq(play.given[0].to, ROLE_EESE);
    ck_assert(play.given[0].link.cut);
    ck_assert_uint_eq(play.given[0].link.delay_us, 5000);
    ck_assert_int_eq(play.given[1].role, ROLE_EESE);
    ck_assert(play.given[1].link.cut);
    ck_assert_uint_eq(play.given[2].at_us, 3000000);
    ck_assert(!play.given[2].link.cut);
    ck_assert(!play.given[3].link.cut);
    close_play();
}
END_TEST

START_TEST(of_two_changes_of_a_link_the_later_counts_while_it_lasts)
{
    open_play(IDLE_UE "link UE->EESE delay 1ms\n"
                      "at 1s link UE->EESE delay 2ms for 10s\n"
                      "at 2s link UE->EESE delay 3ms for 1s\n"
                      "at 4s link UE->EESE loss 50%\n"
                      "at 5s link UE->EESE delay 4ms\n");
    run(40000000);
    ck_assert_uint_eq(play.count, 6);
    ck_assert_uint_eq(play.given[0].link.delay_us, 2000);
    ck_assert_uint_eq(play.given[1].link.delay_us, 3000);
    ck_assert_uint_eq(play.given[2].link.delay_us, 2000); /* at 3 s */
    ck_assert_uint_eq(play.given[3].link.delay_us, 2000);
    ck_assert_uint_eq(play.given[3].link.loss_ppm, 500000);
    ck_assert_uint_eq(play.given[4].link.delay_us, 4000);
    ck_assert_uint_eq(play.given[5].at_us, 11000000);
    ck_assert_uint_eq(play.given[5].link.delay_us, 4000);
    ck_assert_uint_eq(play.given[5].link.loss_ppm, 500000);
    close_play();
}
END_TEST

START_TEST(a_repeated_change_of_a_link_lasts_from_its_last_time)
{
    open_play(IDLE_UE "every 1s from 1s until 3s link UE->EESE cut for 5s\n");
    run(40000000);
    ck_assert_uint_eq(play.count, 4);
    ck_assert_uint_eq(play.given[3].at_us, 8000000);
    ck_assert(!play.given[3].link.cut);
    close_play();
}
END_TEST

/* ---- the end ---- */

START_TEST(the_run_ends_when_all_is_quiet)
{
    open_play("ue UE1\nat 1s UE1 sends \"x\"\n");
    tell_note(1000100, 0, ROLE_EESE, NOTE_ACKED);
    ck_assert_int_eq(run(1000100 + DIRECTOR_IDLE_US - 1), OVER_NOT);
    ck_assert_int_eq(run(1000100 + DIRECTOR_IDLE_US), OVER_QUIET);
    close_play();
}
END_TEST

START_TEST(the_run_goes_on_while_something_is_left)
{
    open_play("limit 9s\nue UE1\nwhen UE1 is attached: UE1 sends \"x\"\n");
    ck_assert_int_eq(run(8999999), OVER_NOT);
    ck_assert_int_eq(run(9000000), OVER_LIMIT);
    close_play();
    open_play("limit 9s\nue UE1\n");
    play.in_flight = 1;
    ck_assert_int_eq(run(8999999), OVER_NOT);
    play.in_flight = 0;
    tell_note(8999999, 0, ROLE_EESE, NOTE_ACKED);
    ck_assert_int_eq(run(9000000), OVER_LIMIT);
    close_play();
}
END_TEST

START_TEST(the_run_waits_for_what_is_expected_until_its_deadline)
{
    open_play("limit 90s\nue UE1\nexpect within 20s UE1 is attached\n");
    play.settled = false;
    ck_assert_int_eq(run(20000000), OVER_NOT);
    play.settled = true;
    ck_assert_int_eq(run(20000001), OVER_QUIET);
    close_play();
}
END_TEST

START_TEST(the_run_ends_where_the_file_says)
{
    open_play("end at 3s\nue UE1\nat 3s UE1 sends \"x\"\n");
    ck_assert_int_eq(run(2999999), OVER_NOT);
    ck_assert_int_eq(run(60000000), OVER_END);
    ck_assert_uint_eq(play.now_us, 3000000);
    ck_assert_uint_eq(play.count, 2); /* what is due at the end is done */
    close_play();
}
END_TEST

Suite *test_director_suite(void)
{
    Suite *s = suite_create("director");
    TCase *tc = tcase_create("director");

    tcase_add_test(tc, actions_happen_at_their_time_in_the_order_of_the_file);
    tcase_add_test(tc, an_action_is_not_done_a_tick_early);
    tcase_add_test(tc, each_ue_acts_in_turn);
    tcase_add_test(tc, a_repetition_ends_with_its_last_time);
    tcase_add_test(tc, random_payloads_come_from_the_seed);
    tcase_add_test(tc, a_condition_sets_off_its_action_once);
    tcase_add_test(tc, so_many_times_means_so_many);
    tcase_add_test(tc, a_link_is_changed_both_ways_and_back);
    tcase_add_test(tc, of_two_changes_of_a_link_the_later_counts_while_it_lasts);
    tcase_add_test(tc, a_repeated_change_of_a_link_lasts_from_its_last_time);
    tcase_add_test(tc, the_run_ends_when_all_is_quiet);
    tcase_add_test(tc, the_run_goes_on_while_something_is_left);
    tcase_add_test(tc, the_run_waits_for_what_is_expected_until_its_deadline);
    tcase_add_test(tc, the_run_ends_where_the_file_says);
    suite_add_tcase(s, tc);
    return s;
}
