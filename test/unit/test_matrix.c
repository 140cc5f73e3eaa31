#include "scenarios/sim/matrix/fill.h"
#include "scenarios/sim/script/script.h"

#include "common/base/ensure.h"
#include "test/unit/json_check.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *test_matrix_suite(void);

enum { ROWS = 3 };
static struct scenario list[ROWS];
static struct matrix m;

static void setup(void)
{
    static const char *const names[ROWS] = {"first", "second", "third"};

    for (unsigned i = 0; i < ROWS; i++) {
        scenario_default(&list[i]);
        snprintf(list[i].name, sizeof list[i].name, "%s", names[i]);
        snprintf(list[i].file, sizeof list[i].file, "a/%s.scn", names[i]);
    }
    ck_assert_int_eq(matrix_init(&m, list, ROWS), ERR_OK);
    for (unsigned i = 0; i < ROWS; i++) {
        m.rows[i].has = variant_default(VARIANT_HARDENED).switches;
    }
}

static void teardown(void)
{
    matrix_free(&m);
    for (unsigned i = 0; i < ROWS; i++) {
        scenario_free(&list[i]);
    }
}

/* Row |i| has |v| in column |c|, for |reason|. */
static void put(unsigned i, unsigned c, enum cell_verdict v, const char *reason)
{
    m.rows[i].cell[c].verdict = v;
    ck_assert_ptr_nonnull(cell_add(&m.rows[i].cell[c], REASON_EXPECTATION, reason));
}

/* What |print| writes, to be freed. */
static char *printed(void (*print)(const struct matrix *, FILE *))
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(out);
    print(&m, out);
    fclose(out);
    return text;
}

static void text(const struct matrix *t, FILE *out)
{
    matrix_text(t, "with seed 7", out);
}

START_TEST(a_race_needs_the_correction_without_which_it_fails)
{
    put(0, COLUMN_LITERAL, CELL_FAIL, "a");
    put(0, COLUMN_TURNED + SW_INDEX, CELL_FAIL, "a");
    ck_assert(row_needs(&m.rows[0], SW_INDEX));
    ck_assert(!row_needs(&m.rows[0], SW_OVERLAP));
    ck_assert(!row_minds(&m.rows[0], SW_INDEX));
    ck_assert(!matrix_idle(&m, SW_INDEX));
    ck_assert(matrix_idle(&m, SW_OVERLAP));
    m.rows[0].cell[COLUMN_HARDENED].verdict = CELL_FAIL; /* then nothing cures it */
    ck_assert(!row_needs(&m.rows[0], SW_INDEX));
}
END_TEST

START_TEST(what_the_file_does_without_is_minded_not_needed)
{
    put(0, COLUMN_TURNED + SW_SOFT_TRIGGER, CELL_FAIL, "a");
    ck_assert(!row_needs(&m.rows[0], SW_SOFT_TRIGGER));
    ck_assert(row_minds(&m.rows[0], SW_SOFT_TRIGGER));
    ck_assert(!matrix_idle(&m, SW_SOFT_TRIGGER)); /* nobody has it, so nobody can need it */
}
END_TEST

START_TEST(what_fails_for_another_reason_than_the_literal_text_is_told_apart)
{
    put(0, COLUMN_LITERAL, CELL_FAIL, "a");
    put(0, COLUMN_LITERAL, CELL_FAIL, "b");
    put(0, COLUMN_TURNED + SW_INDEX, CELL_FAIL, "c");
    put(0, COLUMN_TURNED + SW_OVERLAP, CELL_FAIL, "c");
    put(0, COLUMN_TURNED + SW_OVERLAP, CELL_FAIL, "b");
    ck_assert(row_needs_otherwise(&m.rows[0], SW_INDEX));
    ck_assert(!row_needs_otherwise(&m.rows[0], SW_OVERLAP));
    ck_assert(!row_needs_otherwise(&m.rows[0], SW_SPACING));
    put(1, COLUMN_TURNED + SW_INDEX, CELL_FAIL, "c"); /* its literal text does not fail */
    ck_assert(!row_needs_otherwise(&m.rows[1], SW_INDEX));
}
END_TEST

START_TEST(a_vacuous_run_proves_nothing)
{
    put(0, COLUMN_LITERAL, CELL_FAIL, "a");
    put(0, COLUMN_TURNED + SW_INDEX, CELL_VACUOUS, "a");
    ck_assert(!row_needs(&m.rows[0], SW_INDEX));
    ck_assert(matrix_idle(&m, SW_INDEX));
    ck_assert(!row_needs_no_single_one(&m.rows[0]));
    list[0].fails[VARIANT_LITERAL] = true;
    ck_assert(row_as_stated(&m.rows[0], VARIANT_LITERAL));
    m.rows[0].cell[COLUMN_LITERAL].verdict = CELL_VACUOUS;
    ck_assert(!row_as_stated(&m.rows[0], VARIANT_LITERAL));
    list[0].fails[VARIANT_LITERAL] = false;
    ck_assert(!row_as_stated(&m.rows[0], VARIANT_LITERAL));
}
END_TEST

START_TEST(defence_in_depth_is_what_no_single_correction_cures)
{
    put(0, COLUMN_LITERAL, CELL_FAIL, "a");
    put(0, COLUMN_TURNED + SW_SOFT_TRIGGER, CELL_FAIL, "a"); /* it has not */
    ck_assert(row_needs_no_single_one(&m.rows[0]));
    put(0, COLUMN_TURNED + SW_INDEX, CELL_FAIL, "a");
    ck_assert(!row_needs_no_single_one(&m.rows[0]));
    ck_assert(!row_needs_no_single_one(&m.rows[1])); /* passes in literal: no race */
}
END_TEST

START_TEST(verdicts_are_compared_with_those_of_the_files)
{
    ck_assert(matrix_as_stated(&m));
    list[1].fails[VARIANT_HARDENED] = true;
    ck_assert(row_as_stated(&m.rows[1], VARIANT_LITERAL));
    ck_assert(!row_as_stated(&m.rows[1], VARIANT_HARDENED));
    ck_assert(!matrix_as_stated(&m));
    put(1, COLUMN_HARDENED, CELL_FAIL, "a");
    ck_assert(matrix_as_stated(&m));
}
END_TEST

/* |text| has a line that begins with |words|. */
static void assert_line(const char *whole, const char *words)
{
    const char *at = strstr(whole, words);

    ck_assert_msg(at != NULL && (at == whole || at[-1] == '\n'), "no line '%s' in\n%s", words,
                  whole);
}

START_TEST(the_text_tells_races_corrections_reasons_and_findings)
{
    char *t;

    list[2].fails[VARIANT_LITERAL] = true;
    put(0, COLUMN_LITERAL, CELL_FAIL, "expect this");
    put(0, COLUMN_TURNED + SW_INDEX, CELL_FAIL, "expect that");
    put(0, COLUMN_TURNED + SW_OVERLAP, CELL_FAIL, "expect this");
    put(0, COLUMN_TURNED + SW_SPACING, CELL_VACUOUS, "expect this");
    put(0, COLUMN_TURNED + SW_SOFT_TRIGGER, CELL_FAIL, "expect this");
    put(1, COLUMN_TURNED + SW_INDEX, CELL_ERROR, "it broke");
    put(2, COLUMN_LITERAL, CELL_FAIL, "expect this");
    t = printed(text);
    assert_line(t, "3 scenarios in virtual time, with seed 7: in the literal variant");
    assert_line(t, "first     fail     pass      index*, overlap, (spacing), +soft-trigger\n");
    assert_line(t, "second    pass     pass      (index)\n");
    assert_line(t, "third     fail     pass      -\n");
    assert_line(t, "index                H1     first*\n");
    assert_line(t, "spacing              H7     -\n");
    assert_line(t, "soft-trigger         H10    -\n"
                   "                            put in force, these fail: first\n");
    assert_line(t, "first, literal: fail\n    expect this\n");
    assert_line(t, "No single correction cures these races; they pass without any one of them:\n"
                   "    third\n");
    assert_line(t, "    first without spacing, second without index (error)\n");
    assert_line(t, "    first in literal (stated: pass)\n");
    ck_assert_ptr_null(strstr(t, "Every verdict"));
    free(t);
    list[0].fails[VARIANT_LITERAL] = true;
    t = printed(text);
    assert_line(t, "Every verdict is the one that its file states.\n");
    free(t);
}
END_TEST

START_TEST(no_line_of_the_text_is_longer_than_100_columns)
{
    char *t;

    memset(list[1].name, 'n', 60); /* then the table has two lines for it */
    for (enum sw s = 0; s < SW_COUNT; s++) {
        for (unsigned i = 0; i < ROWS; i++) {
            put(i, COLUMN_TURNED + s, s % 2 == 0 ? CELL_FAIL : CELL_VACUOUS, "a");
        }
    }
    put(0, COLUMN_LITERAL, CELL_FAIL,
        "expect a sentence with so many words that it cannot stand in one line of a hundred "
        "columns, whoever writes it and wherever it begins");
    t = printed(text);
    for (const char *p = t; *p != '\0'; p += strcspn(p, "\n") + 1) {
        ck_assert_msg(strcspn(p, "\n") <= 100, "%.*s", (int)strcspn(p, "\n"), p);
    }
    free(t);
}
END_TEST

START_TEST(the_csv_has_a_column_for_each_way_and_a_line_for_each_file)
{
    unsigned commas = 0;
    char *t;

    snprintf(list[1].file, sizeof list[1].file, "a,\"b\".scn");
    put(1, COLUMN_LITERAL, CELL_FAIL, "a");
    put(1, COLUMN_TURNED, CELL_VACUOUS, "a");
    put(1, COLUMN_TURNED + 1, CELL_ERROR, "a");
    t = printed(matrix_csv);
    assert_line(t, "file,scenario,literal,hardened,index,idempotent-rand,");
    assert_line(t, "a/first.scn,first,pass,pass,pass,");
    assert_line(t, "\"a,\"\"b\"\".scn\",second,fail,pass,vacuous,error,pass,");
    for (const char *p = t; *p != '\r'; p++) {
        commas += *p == ',';
    }
    ck_assert_uint_eq(commas, 1 + COLUMN_COUNT);
    free(t);
}
END_TEST

START_TEST(the_json_has_everything)
{
    char *t;

    put(0, COLUMN_LITERAL, CELL_FAIL, "expect \"this\"");
    m.rows[0].cell[COLUMN_LITERAL].reasons[0].line = 12;
    ck_assert_ptr_nonnull(cell_add(&m.rows[0].cell[COLUMN_LITERAL], REASON_INVARIANT, "so"));
    m.rows[0].cell[COLUMN_LITERAL].reasons[1].id = "I1";
    m.rows[0].cell[COLUMN_LITERAL].reasons[1].finding = true;
    put(0, COLUMN_TURNED + SW_OVERLAP, CELL_FAIL, "another");
    t = printed(matrix_json);
    ck_assert_msg(json_is_valid(t), "%s", t);
    ck_assert_ptr_nonnull(strstr(t, "{\n  \"as_stated\": false,\n"));
    ck_assert_ptr_nonnull(strstr(t, "\"kind\": \"expectation\",\n              \"line\": 12,\n"));
    ck_assert_ptr_nonnull(strstr(t, "\"id\": \"I1\",\n              \"finding\": true,\n"));
    ck_assert_ptr_nonnull(
        strstr(t, "\"correction\": \"overlap\",\n          \"otherwise\": true\n"));
    ck_assert_ptr_nonnull(
        strstr(t, "\"column\": \"soft-trigger\",\n          \"in_force\": true,"));
    free(t);
}
END_TEST

/* ---- runs ---- */

/* A trigger is lost; without repetition the UE waits for ever. The rule about the first error never
 * fires with soft-trigger. */
#define LOST \
    "scenario lost\ntitle \"t\"\nin literal this run fails\npace 10%\npolicy te2e 1s\nue UE1\n" \
    "on 1st KEY_TRIGGER drop\non 1st KEY_EXPIRED error duplicate after 10ms\n" \
    "at 500ms UE1 sends \"41\"\nat 1600ms UE1 sends \"42\"\n" \
    "expect EESE delivers \"42\" from UE1 once\nend at 2500ms\n"
#define CALM \
    "scenario calm\ntitle \"t\"\nin hardened without overlap spacing\nue UE1\nat 500ms UE1 sends " \
    "\"41\"\nexpect EESE delivers \"41\" from UE1 once\n"

static void parse(unsigned i, const char *script)
{
    struct script_errors errors = {0};

    scenario_free(&list[i]);
    ck_assert_int_eq(script_parse("t.scn", script, strlen(script), NULL, 0, &list[i], &errors),
                     ERR_OK);
}

static void fill(unsigned i)
{
    char why[PLAY_WHY_MAX];

    ck_assert_msg(row_fill(&m.rows[i], why) == ERR_OK, "%s", why);
}

START_TEST(a_row_is_filled_by_running_it_in_every_column)
{
    const struct matrix_row *r = &m.rows[0];

    parse(0, LOST);
    fill(0);
    ck_assert_uint_eq(r->has, variant_default(VARIANT_HARDENED).switches);
    ck_assert_int_eq(r->cell[COLUMN_LITERAL].verdict, CELL_FAIL);
    ck_assert_uint_eq(r->cell[COLUMN_LITERAL].count, 2);
    ck_assert_str_eq(r->cell[COLUMN_LITERAL].reasons[1].id, "I14"); /* it waits for ever */
    ck_assert(r->cell[COLUMN_LITERAL].reasons[1].finding);
    ck_assert_int_eq(r->cell[COLUMN_LITERAL].reasons[0].kind, REASON_EXPECTATION);
    ck_assert_uint_eq(r->cell[COLUMN_LITERAL].reasons[0].line, 11);
    ck_assert_str_eq(r->cell[COLUMN_LITERAL].reasons[0].text,
                     "expect EESE delivers \"42\" from UE1 once");
    ck_assert_int_eq(r->cell[COLUMN_HARDENED].verdict, CELL_PASS);
    ck_assert(row_needs(r, SW_RETRANSMIT));
    ck_assert(!row_needs(r, SW_INDEX));
    ck_assert_int_eq(r->cell[COLUMN_TURNED + SW_SOFT_TRIGGER].verdict, CELL_VACUOUS);
    ck_assert_int_eq(list[0].variant.variant, VARIANT_HARDENED);
    ck_assert_uint_eq(list[0].variant.switches, r->has);
}
END_TEST

START_TEST(a_correction_that_the_file_does_without_is_put_in_force)
{
    parse(0, CALM);
    fill(0);
    ck_assert(!row_has(&m.rows[0], SW_OVERLAP) && row_has(&m.rows[0], SW_INDEX));
    for (enum column c = 0; c < COLUMN_COUNT; c++) {
        ck_assert_int_eq(m.rows[0].cell[c].verdict, CELL_PASS);
    }
}
END_TEST

START_TEST(runs_leave_nothing_behind_for_the_next)
{
    parse(0, LOST);
    parse(1, CALM);
    parse(2, LOST);
    for (unsigned i = 0; i < ROWS; i++) {
        fill(i);
    }
    for (enum column c = 0; c < COLUMN_COUNT; c++) {
        const struct matrix_cell *a = &m.rows[0].cell[c];
        const struct matrix_cell *b = &m.rows[2].cell[c];

        ck_assert_int_eq(a->verdict, b->verdict);
        ck_assert_uint_eq(a->count, b->count);
        ck_assert(a->count == 0 ||
                  memcmp(a->reasons, b->reasons, a->count * sizeof *a->reasons) == 0);
    }
}
END_TEST

Suite *test_matrix_suite(void)
{
    Suite *s = suite_create("matrix");
    TCase *t = tcase_create("matrix");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_race_needs_the_correction_without_which_it_fails);
    tcase_add_test(t, what_the_file_does_without_is_minded_not_needed);
    tcase_add_test(t, what_fails_for_another_reason_than_the_literal_text_is_told_apart);
    tcase_add_test(t, a_vacuous_run_proves_nothing);
    tcase_add_test(t, defence_in_depth_is_what_no_single_correction_cures);
    tcase_add_test(t, verdicts_are_compared_with_those_of_the_files);
    tcase_add_test(t, the_text_tells_races_corrections_reasons_and_findings);
    tcase_add_test(t, no_line_of_the_text_is_longer_than_100_columns);
    tcase_add_test(t, the_csv_has_a_column_for_each_way_and_a_line_for_each_file);
    tcase_add_test(t, the_json_has_everything);
    tcase_add_test(t, a_row_is_filled_by_running_it_in_every_column);
    tcase_add_test(t, a_correction_that_the_file_does_without_is_put_in_force);
    tcase_add_test(t, runs_leave_nothing_behind_for_the_next);
    suite_add_tcase(s, t);
    return s;
}
