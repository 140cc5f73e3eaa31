#include "scenarios/sim/cli/fsm_print.h"

#include "common/base/ensure.h"
#include "common/core/effect.h"

#include <check.h>
#include <stdlib.h>

Suite *test_fsm_print_suite(void);

static void go(struct step *s)
{
    (void)s;
}

static const char *const states[] = {"A", "LONGER"};
static const char *const events[] = {"TICK", "MESSAGE"};
static const struct fsm_row rows[] = {
    {.state = 0, .event = 1, .next = 1, .clause = C_6X23_1, .act = go, .act_name = "go"},
    {.state = 1, .event = 0, .next = 0, .clause = S_AKA, .act = go, .act_name = "go"},
};
static const struct fsm machine = {
    .title = "TEST, literal",
    .rows = rows,
    .rows_count = 2,
    .state_names = states,
    .states = 2,
    .event_names = events,
    .events = 2,
};

START_TEST(table_and_matrix_are_stable_text)
{
    static const char expected[] =
        "TEST, literal: 2 states, 2 events, 2 rows\n"
        "\n"
        "in state  when     do  then    because\n"
        "A         MESSAGE  go  LONGER  6.x.2.3 step 1  deriving the keyset starts te2e in the "
        "EESE\n"
        "LONGER    TICK     go  A       TS 33.102 6.3   authentication and key agreement, "
        "resynchronisation\n"
        "\n"
        "The next state for each event and state; '.' is not expected, noted and dropped\n"
        "\n"
        "         A       LONGER\n"
        "TICK     .       A\n"
        "MESSAGE  LONGER  .\n";
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    fsm_print(&machine, out);
    fclose(out);
    ck_assert_str_eq(text, expected);
    free(text);
}
END_TEST

Suite *test_fsm_print_suite(void)
{
    Suite *s = suite_create("fsm_print");
    TCase *t = tcase_create("fsm_print");

    tcase_add_test(t, table_and_matrix_are_stable_text);
    suite_add_tcase(s, t);
    return s;
}
