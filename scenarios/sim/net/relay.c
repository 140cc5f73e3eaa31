/* The relay: its life, its way out, and what it holds back. */
#include "scenarios/sim/net/relay_parts.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"

#include <stdlib.h>
#include <string.h>

/* Nothing is held for longer than this after the last event, whatever timers there are. */
#define IDLE_MAX_US UINT64_C(10000000)
#define SECOND_US   UINT64_C(1000000)

static bool make_conditions(struct relay *r)
{
    for (unsigned i = 0; i < r->scn->faults_count; i++) {
        if (r->scn->faults[i].kind == FAULT_HOLD) {
            r->rules[i].until = cond_new(r->scn, &r->scn->faults[i].until);
            if (r->rules[i].until == NULL) {
                return false;
            }
        }
    }
    return true;
}

struct relay *relay_new(const struct scenario *scn, const struct trace_sink *sink)
{
    struct relay *r = calloc(1, sizeof *r);

    if (r == NULL) {
        return NULL;
    }
    r->scn = scn;
    r->sink = *sink;
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        r->wires[i / ROLE_COUNT][i % ROLE_COUNT].link = scn->links[i / ROLE_COUNT][i % ROLE_COUNT];
    }
    r->rules = calloc(scn->faults_count + 1, sizeof *r->rules);
    r->struck = calloc(scn->faults_count + 1, sizeof *r->struck);
    r->ue_keys = calloc((size_t)scn->ues_count + 1, sizeof *r->ue_keys);
    r->radios = calloc((size_t)scn->ues_count + 1, sizeof *r->radios);
    if (!namer_init(&r->namer, scn) || r->rules == NULL || r->struck == NULL ||
        r->ue_keys == NULL || r->radios == NULL || !make_conditions(r)) {
        relay_free(r);
        return NULL;
    }
    r->ue_keys[0] = prng_key(scn->seed, 0);
    for (unsigned i = 0; i < scn->ues_count; i++) {
        r->ue_keys[i + 1] = prng_key_text(scn->seed, scn->ues[i].imsi.s);
    }
    return r;
}

void relay_free(struct relay *r)
{
    if (r == NULL) {
        return;
    }
    for (unsigned i = 0; r->rules != NULL && i < r->scn->faults_count; i++) {
        cond_free(r->rules[i].until);
        free(r->rules[i].record);
    }
    namer_free(&r->namer);
    flights_free(&r->flights);
    held_free(&r->held);
    dict_free(&r->ordinals);
    dict_free(&r->attempts);
    dict_free(&r->bursts);
    free(r->radios);
    free(r->rules);
    free(r->struck);
    free(r->ue_keys);
    free(r);
}

void relay_tell(struct relay *r, uint64_t t_us, const struct flight *f, const uint8_t *octets,
                enum fate fate)
{
    struct trace_event e = {.kind = TRACE_MSG, .t_us = t_us, .ue = f->name.ue};

    e.u.msg = (struct trace_msg){
        .id = f->id,
        .from = f->from,
        .to = f->to,
        .type = f->name.type,
        .ue = f->name.ue,
        .has_epoch = f->name.has_epoch,
        .epoch = f->name.epoch,
        .ctr = f->name.ctr,
        .attempt = f->name.attempt,
        .bytes = (uint16_t)f->len,
        .fate = fate,
        .sent_us = f->sent_us,
        .line = f->line,
        .octets = octets,
    };
    r->sink.event(r->sink.arg, &e);
}

/* ---- out ---- */

uint64_t relay_deadline(const struct relay *r)
{
    const uint64_t flight_us = flights_deadline(&r->flights);
    const uint64_t held_us = held_deadline(&r->held);

    return held_us < flight_us ? held_us : flight_us;
}

void relay_release(struct relay *r, uint32_t i, uint64_t now_us)
{
    const struct held h = held_take(&r->held, i);

    flights_push(&r->flights, h.place, h.due_us > now_us ? h.due_us : now_us);
    r->counters.held--;
    r->counters.in_flight++;
}

static void release_late(struct relay *r, uint64_t now_us)
{
    for (uint32_t i = 0; i < r->held.count;) {
        if (r->held.list[i].until_us <= now_us) {
            relay_release(r, i, now_us);
        } else {
            i++;
        }
    }
}

/* |f|, which a role has sent, has arrived: those that wait for later ones have let it pass. */
static void count_later(struct relay *r, const struct flight *f, uint64_t now_us)
{
    for (uint32_t i = 0; i < r->held.count;) {
        struct held *h = &r->held.list[i];
        const struct flight *waits = flights_at(&r->flights, h->place);

        if (h->later == 0 || waits->from != f->from || waits->to != f->to || f->id <= h->after ||
            --h->later > 0) {
            i++;
        } else {
            relay_release(r, i, now_us);
        }
    }
}

void relay_event(struct relay *r, const struct trace_event *e)
{
    for (unsigned rule = 0; rule < r->scn->faults_count; rule++) {
        if (r->rules[rule].until == NULL || cond_meets(r->rules[rule].until, e) == 0) {
            continue;
        }
        for (uint32_t i = 0; i < r->held.count;) {
            if (r->held.list[i].rule == (int)rule) {
                relay_release(r, i, e->t_us);
            } else {
                i++;
            }
        }
    }
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* What te2e can come to, but for limits. */
static uint64_t longest_te2e_ms(const struct scenario *scn)
{
    uint64_t ms = scn->te2e_wish_ms;

    for (unsigned i = 0; i < scn->ues_count; i++) {
        const struct profile *p = &scn->ues[i].profile;

        ms = larger(ms, larger(larger(p->te2e_pair_ms, p->te2e_ue_ms), p->te2e_default_ms));
        ms = larger(ms, scn->ues[i].te2e_wish_ms);
    }
    return ms;
}

uint64_t relay_idle_us(const struct relay *r)
{
    const struct scenario *scn = r->scn;
    bool repeats = scn->variant.variant == VARIANT_HARDENED || sw_on(&scn->variant, SW_RETRANSMIT);
    uint64_t longest_us = longest_te2e_ms(scn) * UINT64_C(1000);

    for (unsigned i = 0; repeats && i < TIMER_COUNT; i++) {
        if (i != TIMER_TE2E && i != TIMER_SOFT) {
            longest_us = larger(longest_us, scn->timing.ms[i] * UINT64_C(1000));
        }
    }
    return longest_us + SECOND_US < IDLE_MAX_US ? longest_us + SECOND_US : IDLE_MAX_US;
}

void relay_release_idle(struct relay *r, uint64_t now_us)
{
    if (r->held.count > 0) {
        struct flight *f = flights_at(&r->flights, r->held.list[0].place);

        if (f->fate == FATE_HELD || f->fate == FATE_REORDERED || f->fate == FATE_SWAPPED) {
            f->fate = FATE_RELEASED;
        }
        relay_release(r, 0, now_us);
    }
}

void relay_finish(struct relay *r, uint64_t now_us)
{
    for (uint32_t i = 0; i < r->held.count; i++) {
        const struct flight *f = flights_at(&r->flights, r->held.list[i].place);

        if (f->fate != FATE_DUPLICATED && f->fate != FATE_INJECTED) {
            relay_tell(r, now_us, f, f->octets, FATE_KEPT);
        }
    }
}

/* |f| has come to where nobody is. */
static void lose(struct relay *r, const struct flight *f, uint64_t now_us)
{
    struct flight lost = *f;

    lost.line = r->down_line[f->to];
    r->counters.dropped++;
    relay_tell(r, now_us, &lost, f->octets, FATE_DROPPED);
}

/* The next one that is due and finds its receiver, or NULL. */
static const struct flight *next_arrival(struct relay *r, uint64_t now_us)
{
    while (r->flights.count > 0 && flights_deadline(&r->flights) <= now_us) {
        const struct flight *f = flights_pop(&r->flights);

        r->counters.in_flight--;
        if (f->fate != FATE_DUPLICATED && f->fate != FATE_INJECTED) {
            count_later(r, f, now_us);
        }
        if (!r->down[f->to]) {
            return f;
        }
        lose(r, f, now_us);
    }
    return NULL;
}

bool relay_pop(struct relay *r, uint64_t now_us, struct relay_delivery *out)
{
    const struct flight *f;

    release_late(r, now_us);
    f = next_arrival(r, now_us);
    if (f == NULL) {
        return false;
    }
    r->counters.delivered++;
    out->id = f->id;
    out->from = f->from;
    out->to = f->to;
    out->kill = f->kill;
    out->line = f->kill == KILL_NOBODY ? 0 : r->scn->faults[f->rule].line;
    out->len = f->len;
    memcpy(out->octets, f->octets, f->len);
    r->rules[f->rule].fired += f->kill != KILL_NOBODY;
    relay_tell(r, now_us, f, f->octets, f->fate);
    return true;
}

void relay_set_down(struct relay *r, enum role who, bool down, unsigned line)
{
    r->down[who] = down;
    r->down_line[who] = line;
}

bool relay_killed(struct relay *r, enum role *who, unsigned *line)
{
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        if (r->killed[i] != 0) {
            *who = (enum role)i;
            *line = r->killed[i];
            r->killed[i] = 0;
            return true;
        }
    }
    return false;
}

void relay_observe(struct relay *r, const struct occur *o)
{
    namer_observe(&r->namer, o);
}

void relay_set_link(struct relay *r, enum role from, enum role to, const struct scn_link *link)
{
    ENSURE(from < ROLE_COUNT && to < ROLE_COUNT);
    r->wires[from][to].link = *link;
}

uint32_t relay_rule_fired(const struct relay *r, unsigned i)
{
    ENSURE(i < r->scn->faults_count);
    return r->rules[i].fired;
}

const struct relay_counters *relay_counters(const struct relay *r)
{
    return &r->counters;
}

bool relay_adds_up(const struct relay *r)
{
    const struct relay_counters *c = &r->counters;

    return c->sent + c->duplicated + c->injected ==
               c->delivered + c->dropped + c->in_flight + c->held &&
           c->in_flight == r->flights.count && c->held == r->held.count;
}
