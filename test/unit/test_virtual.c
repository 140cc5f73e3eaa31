#include "scenarios/sim/drive/virtual.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "scenarios/sim/judge/judge.h"
#include "test/unit/scene.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *test_virtual_suite(void);

/* What is kept of a run. */
static struct {
    struct outcome outcome;
    uint32_t fired[16];
    struct scene_trace trace;
    uint64_t hash; /* of all that the trace says */
    uint64_t events;
    uint64_t last_us;
    uint32_t nameless;
    uint32_t delivered; /* application messages, at the EESE */
    uint32_t epoch;     /* latest of the EESE */
} seen;

static uint64_t fold(uint64_t key, const void *p, size_t len)
{
    const uint8_t *octets = p;

    for (size_t i = 0; i < len; i++) {
        key = prng_key(key, octets[i]);
    }
    return key;
}

static void look(void *arg, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    (void)arg;
    ck_assert_uint_ge(e->t_us, seen.last_us);
    seen.last_us = e->t_us;
    seen.events++;
    seen.hash = prng_key(prng_key(seen.hash, e->t_us), (uint64_t)e->kind);
    if (e->kind == TRACE_MSG) {
        seen.nameless += e->u.msg.ue < 0;
        seen.hash = fold(seen.hash, e->u.msg.octets, e->u.msg.bytes);
    } else if (e->kind == TRACE_OCCUR) {
        char line[OCCUR_LINE_MAX];

        seen.hash = fold(seen.hash, line, occur_format(o, line));
        seen.delivered += o->kind == OCCUR_DELIVER && o->role == ROLE_EESE;
        if (o->role == ROLE_EESE && o->kind == OCCUR_STEP && o->has_epoch) {
            seen.epoch = o->epoch;
        }
    }
    if (seen.trace.count < SCENE_TRACE_MAX) {
        scene_event(&seen.trace, e);
    }
}

static bool judge_says(void *arg, uint64_t now_us)
{
    return judge_settled(arg, now_us);
}

/* Plays the sentences; every expectation must hold. */
static void play(const char *sentences)
{
    struct scenario scn;
    struct trace_run run = {.scn = &scn, .mode = "virtual"};
    struct trace_sink sinks[2] = {{.arg = NULL, .event = look}, {.event = judge_event}};
    char why[VIRTUAL_WHY_MAX] = "";
    struct judge *judge;

    memset(&seen, 0, sizeof seen);
    scene_open(&scn, sentences);
    ck_assert_uint_le(scn.faults_count, COUNT_OF(seen.fired));
    judge = judge_new(&run);
    ck_assert_ptr_nonnull(judge);
    sinks[1].arg = judge;
    ck_assert_msg(virtual_run(&run, sinks, 2, judge_says, judge, seen.fired, &seen.outcome, why) ==
                      ERR_OK,
                  "%s", why);
    judge_finish(judge, seen.outcome.end_us);
    for (unsigned i = 0; i < judge_count(judge); i++) {
        ck_assert_msg(judge_get(judge, i)->verdict == JUDGED_HELD, "%s\n%s",
                      judge_get(judge, i)->text, judge_get(judge, i)->why);
    }
    ck_assert(!seen.outcome.failed);
    judge_free(judge);
    scenario_free(&scn);
}

/* Index in the trace of the first order SEND, or of the first step with that event. */
static unsigned index_of(enum trace_kind kind, const char *event)
{
    for (unsigned i = 0; i < seen.trace.count; i++) {
        const struct trace_event *e = &seen.trace.list[i];

        if (e->kind == kind && kind == TRACE_ORDER && e->u.order.kind == ORDER_SEND) {
            return i;
        }
        if (e->kind == kind && kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP &&
            strcmp(e->u.occur.event, event) == 0) {
            return i;
        }
    }
    ck_abort_msg("it never happened");
    return 0;
}

#define FLOW \
    "policy te2e 2s\nevery link delay 10ms\nue UE1\nue UE2\n" \
    "at 500ms each UE sends \"41\"\nat 3s each UE sends \"42\"\n" \
    "at 100ms VN registers UE1 in 262-01\n"
#define REKEY \
    FLOW "expect every UE and EESE share epoch 1\nexpect EESE delivers 4 messages\n" \
         "expect VN notes ACCESS_DONE for UE1\n"

START_TEST(one_seed_gives_one_trace)
{
    uint64_t first;

    play("every link loss 10% jitter 5ms\nseed 5\nend at 9s\n" FLOW);
    first = seen.hash;
    play("every link loss 10% jitter 5ms\nseed 5\nend at 9s\n" FLOW);
    ck_assert_uint_eq(seen.hash, first);
    play("every link loss 10% jitter 5ms\nseed 6\nend at 9s\n" FLOW);
    ck_assert_uint_ne(seen.hash, first);
}
END_TEST

START_TEST(both_variants_play_the_whole_flow_and_every_datagram_has_a_name)
{
    play("variant literal\n" REKEY);
    ck_assert_uint_eq(seen.nameless, 0);
    ck_assert_int_eq(seen.outcome.over, OVER_QUIET);
    play("variant hardened\n" REKEY);
    ck_assert_uint_eq(seen.nameless, 0);
    ck_assert_int_eq(seen.outcome.over, OVER_QUIET);
    ck_assert_uint_eq(seen.outcome.net.in_flight, 0);
}
END_TEST

START_TEST(a_day_of_hourly_rekeys_is_played_whole)
{
    play("policy te2e 1h\nue UE1\nlimit 30h\n"
         "every 10min from 1min until 25h UE1 sends 20 bytes\n"
         "expect UE1 and EESE share epoch 24\n");
    ck_assert_uint_eq(seen.epoch, 24);
    ck_assert_uint_eq(seen.delivered, 150);
    ck_assert_uint_lt(seen.events, 3000);
}
END_TEST

START_TEST(data_that_arrives_when_te2e_runs_out_is_too_late)
{
    /* literal: te2e runs from 0 s to 2 s; the message arrives at 2 s, then a microsecond before */
    play("variant literal\npolicy te2e 2s\nue UE1\n"
         "at 900ms link UE-EESE delay 1s\nat 1s UE1 sends \"x\"\n"
         "expect 1 KEY_EXPIRED sent\nexpect EESE is EXPIRED for UE1\n");
    ck_assert_uint_lt(index_of(TRACE_OCCUR, "TE2E_EXPIRED"), index_of(TRACE_OCCUR, "RX_DATA"));
    ck_assert_uint_eq(seen.trace.list[index_of(TRACE_OCCUR, "RX_DATA")].t_us, 2000000);
    play("variant literal\npolicy te2e 2s\nue UE1\n"
         "at 900ms link UE-EESE delay 999999us\nat 1s UE1 sends \"x\"\n"
         "expect EESE delivers \"x\" from UE1\nexpect EESE is EXPIRED for UE1\n");
}
END_TEST

START_TEST(at_one_instant_timers_come_before_the_script)
{
    play("variant literal\npolicy te2e 2s\nue UE1\nat 2s UE1 sends \"x\"\n"
         "expect EESE is EXPIRED for UE1\nexpect 1 KEY_EXPIRED\n");
    ck_assert_uint_lt(index_of(TRACE_OCCUR, "TE2E_EXPIRED"), index_of(TRACE_ORDER, NULL));
}
END_TEST

START_TEST(a_run_in_which_nothing_can_happen_any_more_ends)
{
    play("variant literal\npolicy te2e 2s\nue UE1\nlimit 100h\n"
         "when UE1 notes SQN_NOT_FRESH: UE1 sends \"x\"\n");
    ck_assert_int_eq(seen.outcome.over, OVER_QUIET);
    ck_assert_uint_eq(seen.outcome.waiting, 1);
    ck_assert_uint_lt(seen.outcome.end_us, 10000000);
}
END_TEST

START_TEST(rules_tell_how_often_they_struck)
{
    play("policy te2e 2s\nue UE1\nat 500ms UE1 sends \"1\"\nat 3s UE1 sends \"2\"\n"
         "on 1st RAND_PUSH from EMSE to UE1 drop\non 7th ATTACH_REQ drop\n"
         "expect EESE delivers 2 messages\n");
    ck_assert_uint_eq(seen.fired[0], 1);
    ck_assert_uint_eq(seen.fired[1], 0);
    ck_assert_uint_eq(seen.outcome.net.dropped, 1);
}
END_TEST

#define FAULTS \
    "pace 10%\npolicy te2e 2s\nevery link delay 20ms\nue UE1\nue UE2\n" \
    "coverage of UE2 144dB\n" \
    "link UE-EESE loss 10% in bursts of 2 reorder 5% rate 100000 bit/s\n" \
    "on 1st RAND_PUSH to UE1 hold until RAND_PUSH to UE2\n" \
    "on 2nd attempt of RAND_PUSH to UE2 duplicate after 1 message\n" \
    "on 2nd DATA_UL from UE1 reorder past 1 message\n" \
    "on 1st DATA_DL to UE1 truncate to 5 bytes\n" \
    "on 1st DACK to UE2 corrupt bits 0..7,20\n" \
    "on 1st RAND_PUSH to UE2 drop\n" \
    "when RAND_PUSH to UE1: replay 1st DATA_UL from UE1\n" \
    "at 3s attacker sends KEY_EXPIRED to UE1\n" \
    "at 500ms each UE sends \"41\"\nat 1s each UE sends \"42\"\n" \
    "at 2600ms each UE sends \"43\"\nat 4500ms EESE contacts UE1 \"go\"\n" \
    "expect EESE delivers 6 messages\nexpect UE1 receives \"go\" once\n" \
    "expect every UE and EESE share epoch 1 or later\n"

START_TEST(every_kind_of_fault_strikes_and_a_run_repeats_to_the_octet)
{
    uint64_t first;
    const struct relay_counters *c = &seen.outcome.net;

    play(FAULTS);
    first = seen.hash;
    for (unsigned i = 0; i < 8; i++) {
        ck_assert_msg(seen.fired[i] > 0, "fault %u never struck", i);
    }
    ck_assert_uint_eq(c->injected, 2);
    ck_assert_uint_eq(c->sent + c->duplicated + c->injected,
                      c->delivered + c->dropped + c->in_flight + c->held);
    play(FAULTS);
    ck_assert_uint_eq(seen.hash, first);
}
END_TEST

START_TEST(what_is_held_in_vain_does_not_hold_up_the_run)
{
    play("pace 10%\npolicy te2e 2s\nue UE1\nat 500ms UE1 sends \"41\"\n"
         "variant literal\non 1st DATA_UL hold until EMSE notes EXHAUSTED\n"
         "expect EESE delivers \"41\" from UE1 once\n");
    ck_assert_int_eq(seen.outcome.over, OVER_QUIET);
    ck_assert_uint_eq(seen.fired[0], 1);
    play("pace 10%\npolicy te2e 2s\nue UE1\nat 500ms UE1 sends \"41\"\nend at 1s\n"
         "variant literal\non 1st DATA_UL hold until EMSE notes EXHAUSTED\n"
         "expect at least 1 DATA_UL sent\n");
    ck_assert_uint_eq(seen.outcome.net.held, 1);
}
END_TEST

START_TEST(a_thousand_ues_rekey_in_one_run)
{
    play("policy te2e 2s\nues UE1..UE1000 attach over 1s\n"
         "at 1500ms each UE sends 24 bytes\nat 4s each UE sends 24 bytes\n"
         "expect every UE and EESE share epoch 1\nexpect EESE delivers 2000 messages\n");
    ck_assert_uint_eq(seen.nameless, 0);
}
END_TEST

Suite *test_virtual_suite(void)
{
    Suite *s = suite_create("virtual");
    TCase *tc = tcase_create("virtual");

    tcase_add_test(tc, one_seed_gives_one_trace);
    tcase_add_test(tc, both_variants_play_the_whole_flow_and_every_datagram_has_a_name);
    tcase_add_test(tc, a_day_of_hourly_rekeys_is_played_whole);
    tcase_add_test(tc, data_that_arrives_when_te2e_runs_out_is_too_late);
    tcase_add_test(tc, at_one_instant_timers_come_before_the_script);
    tcase_add_test(tc, a_run_in_which_nothing_can_happen_any_more_ends);
    tcase_add_test(tc, rules_tell_how_often_they_struck);
    tcase_add_test(tc, every_kind_of_fault_strikes_and_a_run_repeats_to_the_octet);
    tcase_add_test(tc, what_is_held_in_vain_does_not_hold_up_the_run);
    tcase_add_test(tc, a_thousand_ues_rekey_in_one_run);
    suite_add_tcase(s, tc);
    return s;
}
