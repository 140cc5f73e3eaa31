/* What befalls processes, in virtual time: ends and starts at the exact point, what is durable by
 * then, what waits for whom, and clocks. */
#include "scenarios/sim/drive/virtual.h"

#include "common/base/ensure.h"
#include "test/unit/scene.h"

#include <check.h>

Suite *test_process_suite(void);

static struct {
    struct scenario scn;
    struct scene_trace trace;
    struct outcome outcome;
    uint32_t fired[8];
} ran;

/* Plays |sentences| with one UE, whose key lives for a second. */
static void play_as(enum variant v, const char *sentences)
{
    const struct trace_sink sink = {.arg = &ran.trace, .event = scene_event};
    struct trace_run run = {.scn = &ran.scn, .mode = "virtual"};
    char text[2048];
    char why[VIRTUAL_WHY_MAX] = "";
    enum sw bad;

    memset(&ran, 0, sizeof ran);
    snprintf(text, sizeof text,
             "pace 10%%\npolicy te2e 1s\nue UE1\nlink UE-EESE delay 20ms\n"
             "link UE-EMSE delay 30ms\n%s",
             sentences);
    scene_open(&ran.scn, text);
    ck_assert_int_eq(scenario_set_variant(&ran.scn, v, 0, 0, &bad), ERR_OK);
    ck_assert_msg(virtual_run(&run, &sink, 1, NULL, NULL, ran.fired, &ran.outcome, why) == ERR_OK,
                  "%s", why);
}

static void play(const char *sentences)
{
    play_as(VARIANT_HARDENED, sentences);
    ck_assert_msg(!ran.outcome.failed, "%s", ran.outcome.why);
}

static void teardown(void)
{
    scenario_free(&ran.scn);
}

/* The next event of that kind from |from| on; fails the test when there is none. */
static unsigned next(unsigned from, enum trace_kind kind)
{
    while (from < ran.trace.count && ran.trace.list[from].kind != kind) {
        from++;
    }
    ck_assert_uint_lt(from, ran.trace.count);
    return from;
}

static unsigned befalls(enum role role, enum process_change what)
{
    unsigned at = 0;

    do {
        at = next(at, TRACE_PROCESS) + 1;
    } while (ran.trace.list[at - 1].u.process.role != role ||
             ran.trace.list[at - 1].u.process.what != what);
    return at - 1;
}

static unsigned steps(enum role role, unsigned from, unsigned to)
{
    unsigned n = 0;

    for (unsigned i = from; i < to; i++) {
        const struct trace_event *e = &ran.trace.list[i];

        n += e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP && e->u.occur.role == role;
    }
    return n;
}

static unsigned delivered(enum role role, const char *payload)
{
    unsigned n = 0;

    for (unsigned i = 0; i < ran.trace.count; i++) {
        const struct trace_event *e = &ran.trace.list[i];

        n += e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_DELIVER &&
             e->u.occur.role == role && e->u.occur.len == strlen(payload) &&
             memcmp(e->u.occur.payload, payload, e->u.occur.len) == 0;
    }
    return n;
}

static bool noted(enum note note)
{
    for (unsigned i = 0; i < ran.trace.count; i++) {
        const struct trace_event *e = &ran.trace.list[i];

        if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_NOTE && e->u.occur.note == note) {
            return true;
        }
    }
    return false;
}

static unsigned sent(enum msg_type t, unsigned from)
{
    unsigned n = 0;

    for (unsigned i = from; i < ran.trace.count; i++) {
        n += ran.trace.list[i].kind == TRACE_MSG && ran.trace.list[i].u.msg.type == t;
    }
    return n;
}

#define TRAFFIC "at 500ms UE1 sends \"41\"\nat 1500ms UE1 sends \"42\"\nend at 3s\n"

START_TEST(a_process_that_dies_before_it_is_durable_has_never_got_the_datagram)
{
    unsigned died;

    play("on 1st RAND_FWD from EMSE to EESE kill receiver before it is durable\n"
         "100ms after EESE dies: restart EESE\n" TRAFFIC);
    died = befalls(ROLE_EESE, PROCESS_DIES);
    ck_assert_uint_eq(ran.fired[0], 1);
    ck_assert_int_eq(ran.trace.list[died - 1].kind, TRACE_MSG);
    ck_assert_int_eq(ran.trace.list[died - 1].u.msg.type, MSG_RAND_FWD);
    ck_assert_uint_eq(ran.trace.list[died].u.process.line, 8);
    ck_assert_uint_eq(ran.trace.list[befalls(ROLE_EESE, PROCESS_STARTS)].t_us,
                      ran.trace.list[died].t_us + 100000);
    ck_assert_uint_eq(steps(ROLE_EESE, died, befalls(ROLE_EESE, PROCESS_STARTS)), 0);
    ck_assert(noted(NOTE_RESTORED));
    ck_assert_uint_ge(sent(MSG_FWD_ACK, died), 1); /* it derives when RAND comes again */
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 1);
}
END_TEST

START_TEST(a_process_that_dies_when_it_is_durable_keeps_what_it_has_not_told)
{
    unsigned died;

    play("on 3rd DATA_UL from UE1 kill receiver after it is durable\n"
         "100ms after EESE dies: restart EESE\n" TRAFFIC);
    died = befalls(ROLE_EESE, PROCESS_DIES);
    ck_assert_int_eq(ran.trace.list[died - 1].u.msg.type, MSG_DATA_UL); /* nothing is told of it */
    /* The next life tells what the last one has delivered, and knows the repetition for one. */
    ck_assert_int_eq(ran.trace.list[befalls(ROLE_EESE, PROCESS_STARTS) + 1].u.occur.kind,
                     OCCUR_DELIVER);
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 1);
}
END_TEST

START_TEST(where_the_correction_is_off_what_is_seen_is_not_yet_durable)
{
    unsigned died;

    play("without durable-eese\n"
         "on 1st RAND_FWD from EMSE to EESE kill receiver before it is durable\n"
         "100ms after EESE dies: restart EESE\n" TRAFFIC);
    died = befalls(ROLE_EESE, PROCESS_DIES);
    ck_assert_int_eq(ran.trace.list[died - 1].kind, TRACE_OCCUR); /* it has told its step ... */
    ck_assert_uint_ge(sent(MSG_FWD_ACK, died), 1);                /* ... and answered */
    ck_assert(noted(NOTE_RESTORED));
}
END_TEST

START_TEST(a_sender_dies_with_its_datagram_on_the_way)
{
    unsigned died;

    play("on 1st RAND_PUSH from EMSE to UE1 kill sender\n"
         "100ms after EMSE dies: restart EMSE\n" TRAFFIC);
    died = befalls(ROLE_EMSE, PROCESS_DIES);
    ck_assert_uint_ge(sent(MSG_RAND_PUSH, died), 1);
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 1);
}
END_TEST

START_TEST(what_comes_for_a_dead_process_is_lost_by_the_line_that_killed_it)
{
    unsigned lost = 0;

    play("at 1400ms kill EESE\nat 1700ms restart EESE\n" TRAFFIC);
    for (unsigned i = 0; i < ran.trace.count; i++) {
        const struct trace_event *e = &ran.trace.list[i];

        if (e->kind == TRACE_MSG && e->u.msg.fate == FATE_DROPPED) {
            ck_assert_int_eq(e->u.msg.to, ROLE_EESE);
            ck_assert_uint_eq(e->u.msg.line, 8);
            lost++;
        }
    }
    ck_assert_uint_ge(lost, 1);
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 1);
}
END_TEST

START_TEST(an_order_for_a_dead_process_waits_until_it_has_started)
{
    play("at 400ms kill UE\nat 700ms restart UE\n" TRAFFIC);
    ck_assert_uint_eq(delivered(ROLE_EESE, "41"), 1);
    ck_assert_uint_gt(ran.trace.list[next(befalls(ROLE_UE, PROCESS_STARTS), TRACE_MSG)].t_us,
                      700000);
}
END_TEST

START_TEST(a_device_that_was_told_to_attach_does_so_after_a_restart)
{
    play("on 1st ATTACH_REQ drop\nat 10ms kill UE\nat 200ms restart UE\n" TRAFFIC);
    ck_assert_uint_eq(delivered(ROLE_EESE, "41"), 1);
}
END_TEST

START_TEST(a_restart_of_a_living_process_kills_it_first)
{
    play("at 800ms restart EMSE\n" TRAFFIC);
    ck_assert_uint_lt(befalls(ROLE_EMSE, PROCESS_DIES), befalls(ROLE_EMSE, PROCESS_STARTS));
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 1);
}
END_TEST

/* The EESE has committed epoch 1 in its last save, and so has the UE. */
START_TEST(a_lost_save_an_old_copy_and_a_wiped_state_are_what_they_say)
{
    play("at 1800ms restart EESE without its last save\n" TRAFFIC);
    ck_assert_int_eq(ran.trace.list[befalls(ROLE_EESE, PROCESS_STARTS)].u.process.left,
                     LEFT_BUT_LAST);
    ck_assert(noted(NOTE_RESTORED) || noted(NOTE_EXPIRED_ON_RESTORE));
    scenario_free(&ran.scn);
    play("at 1s restart EESE as it was at 100ms\n" TRAFFIC);
    ck_assert(noted(NOTE_RESTORED)); /* the first key was there, and not yet used */
    scenario_free(&ran.scn);
    play("at 1s restart EESE wiped\n" TRAFFIC);
    ck_assert(!noted(NOTE_RESTORED));
}
END_TEST

START_TEST(a_copy_that_was_never_made_ends_the_run)
{
    play_as(VARIANT_HARDENED, "when KEYSET_FWD: restart EESE as it was at 2s\n" TRAFFIC);
    ck_assert(ran.outcome.failed);
    ck_assert_ptr_nonnull(strstr(ran.outcome.why, "before it was made"));
}
END_TEST

START_TEST(a_paused_process_takes_everything_when_it_goes_on)
{
    unsigned pauses;
    unsigned resumes;

    play("at 1100ms pause EESE\nat 1700ms resume EESE\n" TRAFFIC);
    pauses = befalls(ROLE_EESE, PROCESS_PAUSES);
    resumes = befalls(ROLE_EESE, PROCESS_RESUMES);
    ck_assert_uint_eq(steps(ROLE_EESE, pauses, resumes), 0);
    /* te2e ran out meanwhile: that comes first, and the data of 1.52 s is too late. */
    ck_assert_str_eq(ran.trace.list[next(resumes, TRACE_OCCUR)].u.occur.event, "TE2E_EXPIRED");
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 1);
}
END_TEST

/* When te2e of the first key runs out, in milliseconds. */
static unsigned expiry_ms(void)
{
    for (unsigned i = 0; i < ran.trace.count; i++) {
        const struct trace_event *e = &ran.trace.list[i];

        if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP &&
            strcmp(e->u.occur.event, "TE2E_EXPIRED") == 0) {
            return (unsigned)(e->t_us / 1000);
        }
    }
    return 0;
}

START_TEST(a_clock_that_is_wrong_moves_te2e)
{
    unsigned right;

    play("end at 4s\n");
    right = expiry_ms();
    scenario_free(&ran.scn);
    play("at 500ms clock of EESE runs 100% fast\nend at 4s\n");
    ck_assert_uint_eq(expiry_ms(), 500 + (right - 500) / 2);
    scenario_free(&ran.scn);
    play("at 500ms clock of EESE runs 50% slow\nend at 4s\n");
    ck_assert_uint_eq(expiry_ms(), 500 + (right - 500) * 2);
    scenario_free(&ran.scn);
    play("at 500ms clock of EESE jumps 1h ahead\nend at 4s\n");
    ck_assert_uint_eq(expiry_ms(), 500);
    scenario_free(&ran.scn);
    play("at 500ms clock of EESE jumps 300ms back\nend at 4s\n");
    ck_assert_uint_eq(expiry_ms(), right + 300);
    scenario_free(&ran.scn);
    play("at 500ms clock of EMSE jumps 1h ahead\nend at 4s\n");
    ck_assert_uint_eq(expiry_ms(), right);
}
END_TEST

/* A life draws other entropy than the one before, also when it has forgotten that there was one. */
START_TEST(no_life_draws_the_challenge_of_another)
{
    uint32_t fp[2] = {0, 0};

    play("at 600ms restart HSS wiped\nat 650ms restart EMSE wiped\n"
         "at 700ms UE1 moves to 262-01\nend at 3s\n");
    for (unsigned i = 0; i < ran.trace.count; i++) {
        const struct trace_event *e = &ran.trace.list[i];

        if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP && e->u.occur.role == ROLE_UE &&
            e->u.occur.fp != 0) {
            fp[e->t_us > 600000] = e->u.occur.fp;
        }
    }
    ck_assert_uint_ne(fp[0], 0);
    ck_assert_uint_ne(fp[0], fp[1]);
}
END_TEST

START_TEST(sentences_about_the_dead_and_the_standing_do_nothing)
{
    play("at 600ms kill EMSE\nat 610ms kill EMSE\nat 620ms pause EMSE\nat 630ms resume EMSE\n"
         "at 700ms restart EMSE\nat 710ms resume EMSE\nat 720ms pause EMSE\nat 730ms pause EMSE\n"
         "at 740ms restart EMSE\n" TRAFFIC);
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 1);
}
END_TEST

START_TEST(a_standing_process_is_restarted_before_it_takes_what_it_should_die_of)
{
    play("at 600ms pause UE\nat 700ms EESE rekeys UE1\nat 900ms restart UE\n"
         "on 1st RAND_PUSH from EMSE to UE1 kill receiver before it is durable\n" TRAFFIC);
    ck_assert(!ran.outcome.failed);
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 1);
}
END_TEST

START_TEST(the_literal_text_loses_what_it_has_only_shown)
{
    play_as(VARIANT_LITERAL, "on 1st RAND_FWD from EMSE to EESE kill receiver before it is "
                             "durable\n100ms after EESE dies: restart EESE\n" TRAFFIC);
    ck_assert(!ran.outcome.failed);
    ck_assert_uint_eq(delivered(ROLE_EESE, "42"), 0); /* it is back at epoch 0, the UE is not */
}
END_TEST

Suite *test_process_suite(void)
{
    Suite *s = suite_create("process");
    TCase *t = tcase_create("process");

    tcase_add_checked_fixture(t, NULL, teardown);
    tcase_add_test(t, a_process_that_dies_before_it_is_durable_has_never_got_the_datagram);
    tcase_add_test(t, a_process_that_dies_when_it_is_durable_keeps_what_it_has_not_told);
    tcase_add_test(t, where_the_correction_is_off_what_is_seen_is_not_yet_durable);
    tcase_add_test(t, a_sender_dies_with_its_datagram_on_the_way);
    tcase_add_test(t, what_comes_for_a_dead_process_is_lost_by_the_line_that_killed_it);
    tcase_add_test(t, an_order_for_a_dead_process_waits_until_it_has_started);
    tcase_add_test(t, a_device_that_was_told_to_attach_does_so_after_a_restart);
    tcase_add_test(t, a_restart_of_a_living_process_kills_it_first);
    tcase_add_test(t, a_lost_save_an_old_copy_and_a_wiped_state_are_what_they_say);
    tcase_add_test(t, a_copy_that_was_never_made_ends_the_run);
    tcase_add_test(t, a_paused_process_takes_everything_when_it_goes_on);
    tcase_add_test(t, a_clock_that_is_wrong_moves_te2e);
    tcase_add_test(t, no_life_draws_the_challenge_of_another);
    tcase_add_test(t, sentences_about_the_dead_and_the_standing_do_nothing);
    tcase_add_test(t, a_standing_process_is_restarted_before_it_takes_what_it_should_die_of);
    tcase_add_test(t, the_literal_text_loses_what_it_has_only_shown);
    suite_add_tcase(s, t);
    return s;
}
