/* How long a step of each role takes, with its node around it: a run in virtual time is listened
 * to, then what came to one role is given to it again, alone and at once. Prints "ROLE
 * STEPS_PER_SECOND" for each. */
#include "common/base/ensure.h"
#include "scenarios/sim/drive/seat.h"
#include "scenarios/sim/drive/virtual.h"
#include "scenarios/sim/script/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 10 };

static const char text[] = "scenario cores\ntitle \"Attach, data both ways, rekeys\"\n"
                           "policy te2e 10s\nues UE1..UE200\nevery link delay 10ms\n"
                           "every 2s from 2s until 60s each UE sends 24 bytes\n"
                           "every 20s from 5s until 60s EESE contacts UE1 \"read now\"\n"
                           "end at 61s\n";

struct given {
    uint64_t t_us;
    bool is_order;
    struct relay_delivery delivery;
    struct ident ue;
    struct order order;
};

/* What came to each role, and how many steps it took then. */
static struct {
    uint64_t steps;
    struct given *list;
    unsigned count;
    unsigned cap;
} roles[ROLE_VN];

static struct scenario scn;
static uint64_t steps;

static uint64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static struct given *add(enum role role, uint64_t t_us)
{
    struct given *in;

    if (roles[role].count == roles[role].cap) {
        roles[role].cap = roles[role].cap == 0 ? 1024 : 2 * roles[role].cap;
        roles[role].list = realloc(roles[role].list, roles[role].cap * sizeof *roles[role].list);
        ENSURE(roles[role].list != NULL);
    }
    in = &roles[role].list[roles[role].count++];
    memset(in, 0, sizeof *in);
    in->t_us = t_us;
    return in;
}

static void listen(void *arg, const struct trace_event *e)
{
    (void)arg;
    if (e->kind == TRACE_MSG && e->u.msg.to < ROLE_VN) {
        struct relay_delivery *d = &add(e->u.msg.to, e->t_us)->delivery;

        d->from = e->u.msg.from;
        d->to = e->u.msg.to;
        d->len = e->u.msg.bytes;
        memcpy(d->octets, e->u.msg.octets, d->len);
    } else if (e->kind == TRACE_ORDER && e->u.order.role < ROLE_VN) {
        struct given *in = add(e->u.order.role, e->t_us);

        in->is_order = true;
        in->ue = scn.ues[e->ue].imsi;
        in->order.kind = e->u.order.kind;
        in->order.len = e->u.order.len;
        memcpy(in->order.payload, e->u.order.payload, e->u.order.len);
    } else if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP &&
               e->u.occur.role < ROLE_VN) {
        roles[e->u.occur.role].steps++;
    }
}

static void sends(void *arg, enum role from, enum role to, const uint8_t *octets, size_t len)
{
    (void)arg;
    (void)from;
    (void)to;
    (void)octets;
    (void)len;
}

static void occurs(void *arg, const struct occur *o)
{
    (void)arg;
    steps += o->kind == OCCUR_STEP;
}

static void run_timers(struct seat *s, uint64_t until_us)
{
    while (seat_deadline(s) <= until_us) {
        ENSURE(seat_timers(s, seat_deadline(s)) == ERR_OK);
    }
}

/* Returns steps per second. */
static double replay(enum role role)
{
    const struct seat_hooks hooks = {.send = sends, .occur = occurs};
    char why[SEAT_WHY_MAX];
    struct seat *s = NULL;
    uint64_t begun;
    double rate;

    ENSURE(seat_new(&scn, role, &hooks, &s, why) == ERR_OK);
    steps = 0;
    begun = now_ns();
    for (unsigned i = 0; i < roles[role].count; i++) {
        const struct given *in = &roles[role].list[i];

        run_timers(s, in->t_us);
        ENSURE((in->is_order ? seat_order(s, in->t_us, &in->ue, &in->order)
                             : seat_datagram(s, in->t_us, &in->delivery)) == ERR_OK);
    }
    run_timers(s, scn.end_us - 1);
    rate = (double)steps * 1e9 / (double)(now_ns() - begun);
    seat_free(s);
    ENSURE(steps == roles[role].steps); /* the same ones */
    return rate;
}

int main(void)
{
    const struct trace_run run = {.scn = &scn, .mode = "virtual"};
    const struct trace_sink sink = {.event = listen};
    struct script_errors errors = {0};
    struct outcome outcome;
    char why[VIRTUAL_WHY_MAX];

    ENSURE(script_parse("cores", text, strlen(text), NULL, 0, &scn, &errors) == ERR_OK);
    ENSURE(virtual_run(&run, &sink, 1, NULL, NULL, NULL, &outcome, why) == ERR_OK);
    for (enum role r = 0; r < ROLE_VN; r++) {
        double best = 0;

        for (unsigned i = 0; i < ROUNDS; i++) {
            double rate = replay(r);

            best = rate > best ? rate : best;
        }
        printf("%s %.0f\n", role_name(r), best);
        free(roles[r].list);
    }
    scenario_free(&scn);
    return 0;
}
