/* The engine, and what every table of every role must be: one row at most for each pair, each state
 * reachable, each reason a registered one. */
#include "common/base/ensure.h"
#include "test/unit/rig.h"

#include <check.h>
#include <string.h>

Suite *test_fsm_suite(void);

/* ---- the engine ---- */

static unsigned acted;

static void act(struct step *s)
{
    (void)s;
    acted++;
}

static const struct fsm_row rows[] = {
    {.state = 0, .event = 1, .next = 1, .act = act, .act_name = "act"},
    {.state = 1, .event = 1, .next = 1, .act = act, .act_name = "act"},
};
static const char *const names[] = {"a", "b"};
static const struct fsm toy = {"toy", rows, COUNT_OF(rows), names, 2, names, 2};

static struct effects fx;

START_TEST(a_row_acts_and_moves_on)
{
    struct step s = {.fx = &fx};
    uint8_t state = 0;

    effects_reset(&fx);
    fsm_step(&toy, &state, 1, &s);
    ck_assert_uint_eq(acted, 1);
    ck_assert_uint_eq(state, 1);
    ck_assert_ptr_eq(fx.row, &rows[0]);
    ck_assert_uint_eq(fx.before, 0);
    ck_assert_uint_eq(fx.event, 1);
    ck_assert(fx.stepped);
}
END_TEST

START_TEST(without_a_row_nothing_happens_but_a_note)
{
    struct step s = {.fx = &fx};
    uint8_t state = 1;

    effects_reset(&fx);
    fsm_step(&toy, &state, 0, &s);
    ck_assert_uint_eq(acted, 0);
    ck_assert_uint_eq(state, 1);
    ck_assert(!fx.stepped);
    ck_assert_uint_eq(fx.count, 1);
    ck_assert_int_eq(fx.list[0].u.note.note, NOTE_UNEXPECTED);
    ck_assert_uint_eq(fx.list[0].u.note.value, 0);
    ck_assert_uint_eq(fx.list[0].u.note.more, 1);
}
END_TEST

START_TEST(a_row_is_found_by_its_pair)
{
    ck_assert_ptr_eq(fsm_find(&toy, 1, 1), &rows[1]);
    ck_assert_ptr_null(fsm_find(&toy, 1, 0));
}
END_TEST

/* ---- the tables: role * variants + variant ---- */

static const struct fsm *table(int i)
{
    return rig_machine[i / VARIANT_COUNT]->fsm((enum variant)(i % VARIANT_COUNT));
}

enum { TABLES = RIG_ROLES * VARIANT_COUNT, STATES_MAX = 16 };

START_TEST(no_pair_has_two_rows)
{
    const struct fsm *m = table(_i);

    for (unsigned i = 0; i < m->rows_count; i++) {
        ck_assert_msg(fsm_find(m, m->rows[i].state, m->rows[i].event) == &m->rows[i],
                      "%s: %s %s twice", m->title, m->state_names[m->rows[i].state],
                      m->event_names[m->rows[i].event]);
    }
}
END_TEST

START_TEST(every_row_is_whole)
{
    const struct fsm *m = table(_i);

    for (unsigned i = 0; i < m->rows_count; i++) {
        const struct fsm_row *row = &m->rows[i];

        ck_assert_uint_lt(row->state, m->states);
        ck_assert_uint_lt(row->event, m->events);
        ck_assert_uint_lt(row->next, m->states);
        ck_assert_uint_lt(row->clause, CLAUSE_COUNT);
        ck_assert(row->act != NULL);
        ck_assert_uint_gt(strlen(row->act_name), 0);
    }
    ck_assert_uint_lt(m->rows_count, RIG_ROWS_MAX);
}
END_TEST

/* A hardened machine uses all its states, a literal one those of its rows. The first is where a
 * context begins; the HSS's second is entered by provisioning. */
START_TEST(every_state_is_reachable)
{
    const struct fsm *m = table(_i);
    bool reached[STATES_MAX] = {true, m->states == 2};
    bool grew = true;

    ck_assert_uint_le(m->states, STATES_MAX);
    while (grew) {
        grew = false;
        for (unsigned i = 0; i < m->rows_count; i++) {
            if (reached[m->rows[i].state] && !reached[m->rows[i].next]) {
                reached[m->rows[i].next] = true;
                grew = true;
            }
        }
    }
    for (unsigned i = 0; i < m->rows_count; i++) {
        ck_assert_msg(reached[m->rows[i].state], "%s: %s", m->title,
                      m->state_names[m->rows[i].state]);
    }
    for (unsigned i = 0; i < m->states && _i % VARIANT_COUNT == VARIANT_HARDENED; i++) {
        ck_assert_msg(reached[i], "%s: %s", m->title, m->state_names[i]);
    }
}
END_TEST

/* A state that no row leaves would be the end of an association. */
START_TEST(every_state_can_be_left)
{
    const struct fsm *m = table(_i);

    for (unsigned state = 0; state < m->states && m->states > 2; state++) {
        bool entered = false;
        bool left = false;

        for (unsigned i = 0; i < m->rows_count; i++) {
            entered = entered || m->rows[i].next == state;
            left = left || (m->rows[i].state == state && m->rows[i].next != state);
        }
        ck_assert_msg(left || !entered, "%s: %s", m->title, m->state_names[state]);
    }
}
END_TEST

Suite *test_fsm_suite(void)
{
    Suite *s = suite_create("fsm");
    TCase *t = tcase_create("engine");
    TCase *r = tcase_create("tables");

    tcase_add_test(t, a_row_acts_and_moves_on);
    tcase_add_test(t, without_a_row_nothing_happens_but_a_note);
    tcase_add_test(t, a_row_is_found_by_its_pair);
    suite_add_tcase(s, t);
    tcase_add_loop_test(r, no_pair_has_two_rows, 0, TABLES);
    tcase_add_loop_test(r, every_row_is_whole, 0, TABLES);
    tcase_add_loop_test(r, every_state_is_reachable, 0, TABLES);
    tcase_add_loop_test(r, every_state_can_be_left, 0, TABLES);
    suite_add_tcase(s, r);
    return s;
}
