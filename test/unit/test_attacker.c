/* An attacker in whole runs, in virtual time. */
#include "scenarios/sim/attacker/attacker.h"

#include "common/base/ensure.h"
#include "scenarios/sim/drive/virtual.h"
#include "test/unit/scene.h"

#include <check.h>
#include <string.h>

Suite *test_attacker_suite(void);

/* What is kept of a run. */
static struct {
    struct outcome outcome;
    uint32_t fired[16];
    struct scene_trace trace; /* LEAK and KNOWS only */
    unsigned injected;
    unsigned evil; /* forged payloads delivered */
} seen;

static void look(void *arg, const struct trace_event *e)
{
    (void)arg;
    if (e->kind == TRACE_LEAK || e->kind == TRACE_KNOWS) {
        scene_event(&seen.trace, e);
    }
    seen.injected += e->kind == TRACE_MSG && e->u.msg.fate == FATE_INJECTED;
    if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_DELIVER && e->u.occur.len == 4 &&
        memcmp(e->u.occur.payload, "evil", 4) == 0) {
        seen.evil++;
    }
}

/* Plays |sentences| about one UE with a rekey at 1.5 s and another at 2.5 s. */
static void play(const char *variant, const char *sentences)
{
    const struct trace_sink sink = {.event = look};
    struct scenario scn;
    struct trace_run run = {.scn = &scn, .mode = "virtual"};
    char why[VIRTUAL_WHY_MAX] = "";
    char text[2048];

    memset(&seen, 0, sizeof seen);
    snprintf(text, sizeof text,
             "%space 10%%\npolicy te2e 1s\nue UE1\n"
             "link UE-EESE delay 20ms\nlink UE-EMSE delay 30ms\n"
             "at 500ms UE1 sends \"41\"\nat 1500ms UE1 sends \"42\"\nat 2600ms UE1 sends \"43\"\n"
             "end at 3s\n%s",
             variant, sentences);
    scene_open(&scn, text);
    ck_assert_msg(virtual_run(&run, &sink, 1, NULL, NULL, seen.fired, &seen.outcome, why) == ERR_OK,
                  "%s", why);
    ck_assert_msg(!seen.outcome.failed, "%s", seen.outcome.why);
    scenario_free(&scn);
}

#define LITERAL  "variant literal\n"
#define HARDENED "variant hardened\n"
#define MASKED   "variant hardened\npolicy rand mask\n"
#define MAC_ONLY "variant literal\nwith protect-rand\n"
#define CLEAR    "variant hardened\npolicy rand clear\n"
#define ASK      "expect never attacker knows e2mKEYSET\n"

/* How often he comes to know such a thing; |epoch| -1: of any. */
static unsigned knows(enum secret what, int epoch)
{
    unsigned n = 0;

    for (unsigned i = 0; i < seen.trace.count; i++) {
        const struct trace_event *e = &seen.trace.list[i];

        n += e->kind == TRACE_KNOWS && e->u.knows.what == what &&
             (epoch < 0 || e->u.knows.epoch == (uint32_t)epoch);
    }
    return n;
}

static bool knows_text(const char *text)
{
    for (unsigned i = 0; i < seen.trace.count; i++) {
        const struct trace_knows *k = &seen.trace.list[i].u.knows;

        if (seen.trace.list[i].kind == TRACE_KNOWS && k->what == SECRET_TEXT &&
            k->len == strlen(text) && memcmp(k->payload, text, k->len) == 0) {
            return true;
        }
    }
    return false;
}

/* PROTOCOL.md 8.2, by row and column: which epochs does he know who is given what? */
static const struct {
    const char *variant;
    const char *given;
    int from; /* first epoch that he knows; -1: none */
    int to;   /* last one */
} table[] = {
    /* one theft of a key, no ear: that key */
    {LITERAL, "attacker hears nothing\nat 1800ms leak e2eKEYSET of UE1\n", 1, 1},
    {HARDENED, "attacker hears nothing\nat 1800ms leak e2eKEYSET of UE1\n", 1, 1},
    {MASKED, "attacker hears nothing\nat 1800ms leak e2eKEYSET of UE1\n", 1, 1},
    /* theft of a key, and the air: never an earlier one; later ones if RAND is readable */
    {LITERAL, "at 1800ms leak e2eKEYSET of UE1\n", 1, 2},
    {MAC_ONLY, "at 1800ms leak e2eKEYSET of UE1\n", 1, 2},
    {CLEAR, "at 1800ms leak e2eKEYSET of UE1\n", 1, 2},
    {HARDENED, "at 1800ms leak e2eKEYSET of UE1\n", 1, 1},
    {MASKED, "at 1800ms leak e2eKEYSET of UE1\n", 1, 1},
    /* late: what was recorded counts */
    {LITERAL, "at 2900ms leak e2eKEYSET epoch 0 of UE1\n", 0, 2},
    {HARDENED, "at 2900ms leak e2eKEYSET epoch 0 of UE1\n", 0, 0},
    /* inside the EESE until 1.8 s, the air for good */
    {LITERAL, "attacker hears EMSE-EESE until 1800ms\n" ASK, 0, 2},
    {HARDENED, "attacker hears EMSE-EESE until 1800ms\n" ASK, 0, 1},
    {MASKED, "attacker hears EMSE-EESE until 1800ms\n" ASK, 0, 1},
    /* the e2mKEYSET: everything of that run */
    {LITERAL, "at 1800ms leak e2mKEYSET of UE1\n", 0, 2},
    {HARDENED, "at 1800ms leak e2mKEYSET of UE1\n", 0, 2},
    {MASKED, "at 1800ms leak e2mKEYSET of UE1\n", 0, 2},
    {HARDENED, "attacker hears nothing\nat 1800ms leak e2mKEYSET of UE1\n", 0, 0},
    {HARDENED, "attacker hears HSS->EMSE\n" ASK, 0, 2},
    /* K: everything */
    {LITERAL, "at 2900ms leak K of UE1\n", 0, 2},
    {HARDENED, "at 2900ms leak K of UE1\n", 0, 2},
    {MASKED, "at 2900ms leak K of UE1\n", 0, 2},
    /* nothing */
    {LITERAL, ASK, -1, -1},
    {HARDENED, ASK, -1, -1},
};

START_TEST(the_table_of_what_the_chain_gives)
{
    play(table[_i].variant, table[_i].given);
    for (int n = 0; n <= 2; n++) {
        ck_assert_msg(knows(SECRET_E2E, n) ==
                          (table[_i].from >= 0 && n >= table[_i].from && n <= table[_i].to),
                      "%s%sepoch %d", table[_i].variant, table[_i].given, n);
    }
    ck_assert_uint_eq(knows(SECRET_E2E, -1),
                      table[_i].from < 0 ? 0 : (unsigned)(table[_i].to - table[_i].from + 1));
}
END_TEST

START_TEST(a_leak_is_told_before_what_follows_from_it)
{
    const struct trace_event *e = seen.trace.list;

    play(LITERAL, "at 1800ms leak e2eKEYSET of UE1\n");
    ck_assert_int_eq(e[0].kind, TRACE_KNOWS); /* the RAND of epoch 1 */
    ck_assert_int_eq(e[1].kind, TRACE_LEAK);
    ck_assert_uint_eq(e[1].t_us, 1800000);
    ck_assert_uint_eq(e[1].u.leak.line, 13);
    ck_assert_uint_eq(e[1].u.leak.epoch, 1);
    ck_assert_int_eq(e[2].kind, TRACE_KNOWS);
    ck_assert_uint_eq(e[2].u.knows.fp, e[1].u.leak.fp);
    ck_assert(e[2].u.knows.by[0].leaked);
    ck_assert_uint_eq(seen.fired[0], 1);
}
END_TEST

START_TEST(what_is_not_there_cannot_be_leaked)
{
    play(HARDENED, "at 10ms leak e2eKEYSET of UE1\nat 10ms leak e2mKEYSET of UE1\n"
                   "at 900ms leak e2eKEYSET epoch 1 of UE1\nat 900ms leak access vector of UE1\n");
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(seen.fired[i], 0);
    }
    ck_assert_uint_eq(seen.trace.count, 0);
}
END_TEST

START_TEST(rand_is_readable_where_the_text_leaves_it_in_clear)
{
    play(LITERAL, ASK);
    ck_assert_uint_eq(knows(SECRET_RAND, 1), 1);
    ck_assert_uint_eq(knows(SECRET_RAND, 2), 1);
    play(MASKED, ASK);
    ck_assert_uint_eq(knows(SECRET_RAND, 1), 1);
    play(HARDENED, ASK);
    ck_assert_uint_eq(knows(SECRET_RAND, -1), 0);
}
END_TEST

START_TEST(data_is_read_with_its_key)
{
    play(HARDENED, "at 1800ms leak e2eKEYSET epoch 0 of UE1\nexpect attacker knows \"41\"\n");
    ck_assert(knows_text("41"));
    ck_assert(knows_text("42")); /* first sent under the key that had expired */
    ck_assert(!knows_text("43"));
    play(HARDENED, "expect attacker knows \"41\"\n");
    ck_assert(!knows_text("41"));
    play(HARDENED, "policy confidentiality off\nexpect attacker knows \"41\"\n");
    ck_assert(knows_text("41") && knows_text("43"));
}
END_TEST

START_TEST(a_new_aka_run_gives_keys_that_an_old_one_does_not_open)
{
    play((const char *[]){LITERAL, HARDENED}[_i],
         "at 600ms leak e2mKEYSET of UE1\nat 700ms UE1 moves to 262-01\n"
         "expect never attacker knows e2eKEYSET of UE1 after 700ms\n");
    ck_assert_uint_eq(knows(SECRET_E2E, -1), 1);
    ck_assert_uint_eq(knows(SECRET_E2M, -1), 1);
    play((const char *[]){LITERAL, HARDENED}[_i],
         "at 600ms leak K of UE1\nat 700ms UE1 moves to 262-01\n");
    ck_assert_uint_ge(knows(SECRET_E2E, -1), 3);
    ck_assert_uint_eq(knows(SECRET_E2M, -1), 2);
}
END_TEST

/* ---- what he sends ---- */

#define EVIL "at 700ms attacker sends DATA_UL to EESE for UE1 payload \"evil\" "

START_TEST(a_leaked_key_forges_reports_that_are_delivered)
{
    const char *const variant = (const char *[]){LITERAL, HARDENED}[_i];

    play(variant, "at 600ms leak e2eKEYSET of UE1\n" EVIL "with e2eKEYSET\n");
    ck_assert_uint_eq(seen.evil, 1);
    play(variant, EVIL "with e2eKEYSET\n");
    ck_assert_uint_eq(seen.injected, 0); /* without it there is nothing that he could send */
    ck_assert_uint_eq(seen.fired[0], 0);
    play(variant, EVIL "with e2eKEYSET if known\n");
    ck_assert_uint_eq(seen.fired[0], 1);
    ck_assert_uint_eq(seen.evil, 0);
    play(variant, "at 600ms leak e2eKEYSET of UE1\n" EVIL "epoch 1 with e2eKEYSET\n");
    ck_assert_uint_eq(seen.injected, 0);
}
END_TEST

START_TEST(he_sends_as_often_as_it_says)
{
    play(HARDENED, "at 600ms leak e2eKEYSET of UE1\n" EVIL "with e2eKEYSET 20 times\n");
    ck_assert_uint_eq(seen.injected, 20);
    ck_assert_uint_eq(seen.evil, 20); /* each has a number of its own */
}
END_TEST

/* B13 with a stolen key: he sets the next one. */
START_TEST(a_rand_of_his_own_gives_him_the_next_key_of_the_ue)
{
    play(LITERAL, "attacker hears nothing\nat 600ms leak e2eKEYSET of UE1\n"
                  "at 700ms attacker sends RAND_PUSH to UE1\n");
    ck_assert_uint_eq(knows(SECRET_E2E, 1), 1);
    ck_assert_uint_eq(knows(SECRET_RAND, -1), 0);
    play(HARDENED, "attacker hears nothing\nat 600ms leak e2eKEYSET of UE1\n"
                   "at 700ms attacker sends RAND_PUSH to UE1\n");
    ck_assert_uint_eq(knows(SECRET_E2E, 1), 0);
    play(HARDENED, "attacker hears nothing\nat 600ms leak e2eKEYSET of UE1\n"
                   "at 600ms leak e2mKEYSET of UE1\n"
                   "at 700ms attacker sends RAND_PUSH to UE1 with e2mKEYSET\n");
    ck_assert_uint_eq(knows(SECRET_E2E, 1), 1);
}
END_TEST

Suite *test_attacker_suite(void)
{
    Suite *suite = suite_create("attacker");
    TCase *t = tcase_create("attacker");

    tcase_add_loop_test(t, the_table_of_what_the_chain_gives, 0, COUNT_OF(table));
    tcase_add_test(t, a_leak_is_told_before_what_follows_from_it);
    tcase_add_test(t, what_is_not_there_cannot_be_leaked);
    tcase_add_test(t, rand_is_readable_where_the_text_leaves_it_in_clear);
    tcase_add_test(t, data_is_read_with_its_key);
    tcase_add_loop_test(t, a_new_aka_run_gives_keys_that_an_old_one_does_not_open, 0,
                        VARIANT_COUNT);
    tcase_add_loop_test(t, a_leaked_key_forges_reports_that_are_delivered, 0, VARIANT_COUNT);
    tcase_add_test(t, he_sends_as_often_as_it_says);
    tcase_add_test(t, a_rand_of_his_own_gives_him_the_next_key_of_the_ue);
    suite_add_tcase(suite, t);
    return suite;
}
