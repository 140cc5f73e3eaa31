/* Random schedules: for a while anything may happen to a message, any timer may be the next, the
 * owners want things and processes die; then the network behaves, and everything must come to rest
 * in agreement. A seed names a schedule. */
#include "common/base/prng.h"
#include "test/unit/rig.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *test_chaos_suite(void);

enum { SEEDS = 800, MOVES = 80, STEPS_MAX = 5000, BATCHES = 8, NAME_MAX_LEN = 12 };

struct chaos {
    struct rig rig;
    uint64_t key;
    uint64_t draws;
    unsigned ups; /* messages accepted from the owners, named "u0", "u1", ... and "d0", ... */
    unsigned downs;
    bool crashes;
};

static unsigned choose(struct chaos *c, unsigned bound)
{
    return (unsigned)prng_below(c->key, c->draws++, bound);
}

static void name_of(char out[NAME_MAX_LEN], char kind, unsigned i)
{
    snprintf(out, NAME_MAX_LEN, "%c%u", kind, i);
}

static void send_up(struct chaos *c)
{
    char text[NAME_MAX_LEN];

    if (c->rig.ue.queued < OUTBOX_MAX) {
        name_of(text, 'u', c->ups++);
        rig_send(&c->rig, ROLE_UE, text);
    }
}

static void send_down(struct chaos *c)
{
    char text[NAME_MAX_LEN];

    if (c->rig.eese.queued < EESE_QUEUE_MAX &&
        strcmp(rig_state(&c->rig, ROLE_EESE), "NO_KEY") != 0) {
        name_of(text, 'd', c->downs++);
        rig_send(&c->rig, ROLE_EESE, text);
    }
}

static void fire_some(struct chaos *c)
{
    struct rig *r = &c->rig;
    unsigned armed = 0;
    unsigned pick;

    for (unsigned i = 0; i < RIG_ROLES * TIMER_COUNT; i++) {
        armed += r->due_us[i / TIMER_COUNT][i % TIMER_COUNT] != 0;
    }
    if (armed == 0) {
        return;
    }
    pick = choose(c, armed);
    for (unsigned i = 0; i < RIG_ROLES * TIMER_COUNT; i++) {
        if (r->due_us[i / TIMER_COUNT][i % TIMER_COUNT] != 0 && pick-- == 0) {
            /* its deadline comes before that of any other: clocks of different hosts need not agree
             */
            r->due_us[i / TIMER_COUNT][i % TIMER_COUNT] = r->now_us + 1;
            rig_fire(r, (enum role)(i / TIMER_COUNT), (enum timer_id)(i % TIMER_COUNT));
            return;
        }
    }
}

static void meddle(struct chaos *c)
{
    struct rig *r = &c->rig;
    struct rig_flight f;
    unsigned i;

    if (r->flying == 0) {
        return;
    }
    i = choose(c, r->flying);
    f = r->wire[i];
    if (choose(c, 3) != 0) { /* else it stays in flight and comes again */
        r->flying--;
        memmove(&r->wire[i], &r->wire[i + 1], (r->flying - i) * sizeof r->wire[0]);
    }
    if (choose(c, 4) != 0) {
        rig_inject(r, f.from, f.to, &f.msg);
    }
}

static void one_move(struct chaos *c)
{
    struct rig *r = &c->rig;
    unsigned what = choose(c, 40);

    if (r->flying > 90) {
        r->flying = 10;
    }
    if (what < 14 && r->flying > 0) {
        rig_deliver(r, r->wire[0].msg.type);
    } else if (what < 26) {
        meddle(c);
    } else if (what < 31) {
        fire_some(c);
    } else if (what < 33) {
        send_up(c);
    } else if (what < 34) {
        send_down(c);
    } else if (what < 35) {
        rig_order(r, ROLE_EESE, ORDER_REKEY);
    } else if (what < 36) {
        rig_move(r, (uint8_t)choose(c, 10));
    } else if (what < 37 && c->crashes) {
        rig_crash(r, (enum role)choose(c, RIG_ROLES));
    }
}

static void must_be_exactly_once(const struct chaos *c)
{
    char text[NAME_MAX_LEN];

    for (unsigned i = 0; i < c->ups; i++) {
        name_of(text, 'u', i);
        ck_assert_msg(rig_delivered(&c->rig, ROLE_EESE, text) == 1, "%s delivered %u times", text,
                      rig_delivered(&c->rig, ROLE_EESE, text));
    }
    for (unsigned i = 0; i < c->downs; i++) {
        name_of(text, 'd', i);
        ck_assert_msg(rig_delivered(&c->rig, ROLE_UE, text) == 1, "%s delivered %u times", text,
                      rig_delivered(&c->rig, ROLE_UE, text));
    }
    ck_assert_uint_eq(rig_reported(&c->rig, VERDICT_FAIL_MIC), 0);
}

static void run_seed(struct chaos *c, unsigned seed, bool crashes)
{
    memset(c, 0, sizeof *c);
    c->key = prng_key(4711, seed);
    c->crashes = crashes;
    rig_init(&c->rig, VARIANT_HARDENED);
    rig_order(&c->rig, ROLE_UE, ORDER_ATTACH);
    for (unsigned i = 0; i < MOVES; i++) {
        one_move(c);
    }
    if (!c->rig.ue.starts) {
        rig_order(&c->rig, ROLE_UE, ORDER_ATTACH);
    }
    rig_settle(&c->rig, STEPS_MAX);
    send_up(c);
    rig_settle(&c->rig, STEPS_MAX);
    send_down(c);
    rig_settle(&c->rig, STEPS_MAX);
    rig_must_agree(&c->rig);
    must_be_exactly_once(c);
}

static struct chaos chaos;

START_TEST(chaos_of_the_network_ends_in_agreement)
{
    for (unsigned i = 0; i < SEEDS / BATCHES; i++) {
        run_seed(&chaos, (unsigned)_i * SEEDS + i, false);
    }
}
END_TEST

START_TEST(chaos_of_network_and_processes_ends_in_agreement)
{
    for (unsigned i = 0; i < SEEDS / BATCHES; i++) {
        run_seed(&chaos, (unsigned)_i * SEEDS + i, true);
    }
}
END_TEST

Suite *test_chaos_suite(void)
{
    Suite *s = suite_create("chaos");
    TCase *t = tcase_create("hardened");

    tcase_add_loop_test(t, chaos_of_the_network_ends_in_agreement, 0, BATCHES);
    tcase_add_loop_test(t, chaos_of_network_and_processes_ends_in_agreement, 0, BATCHES);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    return s;
}
