/* The verdict of a shipped scenario does not hang on a few milliseconds: it is the stated one also
 * where every datagram may be late by chance. Whoever plays it live counts on that. */
#include "scenarios/sim/cli/court.h"
#include "scenarios/sim/script/script.h"
#include "test/unit/scene.h"

#include <check.h>
#include <glob.h>

Suite *test_steady_suite(void);

/* How late a datagram may be taken in when the machine does other things besides. */
#define LATE_US UINT64_C(6000)

enum { DRAWS = 10 };

static glob_t files;

static void load(const char *path, enum variant v, struct scenario *scn)
{
    struct script_errors errors = {0};
    enum sw bad;

    ck_assert_msg(script_load(path, NULL, 0, scn, &errors) == ERR_OK, "%s", path);
    script_errors_free(&errors);
    ck_assert_int_eq(scenario_set_variant(scn, v, 0, 0, &bad), ERR_OK);
}

/* Up to LATE_US more than the links say, by chance. */
static void make_late(struct scenario *scn)
{
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        struct scn_link *l = &scn->links[i / ROLE_COUNT][i % ROLE_COUNT];

        l->delay_us += LATE_US / 2;
        l->jitter_us += LATE_US / 2;
    }
}

static enum run_verdict verdict_of(struct scenario *scn)
{
    struct court court;
    char why[PLAY_WHY_MAX] = "memory is short";
    enum run_verdict verdict;

    ck_assert_msg(court_open(&court, scn, PLAY_VIRTUAL) == ERR_OK &&
                      court_play(&court, NULL, why) == ERR_OK,
                  "%s", why);
    verdict = court.verdict;
    court_close(&court);
    return verdict;
}

START_TEST(its_verdict_is_the_stated_one_on_a_busy_machine)
{
    const char *path = files.gl_pathv[_i / VARIANT_COUNT];
    enum variant v = (enum variant)(_i % VARIANT_COUNT);
    struct scenario scn;
    unsigned wrong = 0;

    load(path, v, &scn);
    make_late(&scn);
    for (scn.seed = 1; scn.seed <= DRAWS; scn.seed++) {
        wrong += verdict_of(&scn) != (scn.fails[v] ? RUN_FAIL : RUN_PASS);
    }
    ck_assert_msg(wrong == 0, "%s, %s: %u of %d runs where all is up to %u ms late end otherwise",
                  path, variant_name(v), wrong, DRAWS, (unsigned)(LATE_US / 1000));
    scenario_free(&scn);
}
END_TEST

START_TEST(a_verdict_that_hangs_on_milliseconds_changes)
{
    struct scenario scn;

    scene_open(&scn, "ue UE1\nlink UE-EMSE delay 10ms\n"
                     "expect within 42ms UE1 is attached\nend at 1s\n");
    ck_assert_int_eq(verdict_of(&scn), RUN_PASS);
    make_late(&scn);
    ck_assert_int_eq(verdict_of(&scn), RUN_FAIL);
    scenario_free(&scn);
}
END_TEST

Suite *test_steady_suite(void)
{
    Suite *s = suite_create("steady");
    TCase *tc = tcase_create("steady");

    if (glob("scenarios/*/*.scn", 0, NULL, &files) == 0) {
        tcase_add_loop_test(tc, its_verdict_is_the_stated_one_on_a_busy_machine, 0,
                            (int)files.gl_pathc * VARIANT_COUNT);
    }
    tcase_add_test(tc, a_verdict_that_hangs_on_milliseconds_changes);
    suite_add_tcase(s, tc);
    return s;
}
