#include "common/base/prng.h"
#include "common/node/agenda.h"

#include <check.h>
#include <string.h>

Suite *test_agenda_suite(void);

START_TEST(an_agenda_gives_the_earliest_of_what_runs)
{
    enum { SLOTS = 9, ROUNDS = 20000 };
    struct agenda_entry running[SLOTS][TIMER_COUNT];
    struct agenda a;
    uint64_t order = 0;

    memset(running, 0, sizeof running);
    ck_assert(agenda_init(&a, SLOTS));
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint32_t slot = (uint32_t)prng_below(1, round, SLOTS);
        uint32_t timer = (uint32_t)prng_below(2, round, TIMER_COUNT);
        uint64_t at = 1 + prng_below(3, round, 50);
        struct agenda_entry best = {.at_us = UINT64_MAX};

        if (prng_below(4, round, 3) == 0) {
            agenda_disarm(&a, slot, (enum timer_id)timer);
            running[slot][timer].at_us = 0;
        } else {
            agenda_arm(&a, slot, (enum timer_id)timer, at);
            running[slot][timer] =
                (struct agenda_entry){.at_us = at, .order = order++, .slot = slot, .timer = timer};
        }
        for (unsigned i = 0; i < SLOTS * TIMER_COUNT; i++) {
            struct agenda_entry e = running[i / TIMER_COUNT][i % TIMER_COUNT];

            if (e.at_us != 0 &&
                (e.at_us < best.at_us || (e.at_us == best.at_us && e.order < best.order))) {
                best = e;
            }
        }
        ck_assert_uint_eq(agenda_deadline(&a), best.at_us);
        if (best.at_us != UINT64_MAX && prng_below(5, round, 4) == 0) {
            struct agenda_entry first = agenda_pop(&a);

            ck_assert_mem_eq(&first, &best, sizeof first);
            running[best.slot][best.timer].at_us = 0;
        }
    }
    agenda_free(&a);
}
END_TEST

Suite *test_agenda_suite(void)
{
    Suite *s = suite_create("agenda");
    TCase *tc = tcase_create("agenda");

    tcase_add_test(tc, an_agenda_gives_the_earliest_of_what_runs);
    suite_add_tcase(s, tc);
    return s;
}
