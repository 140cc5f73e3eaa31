/* The relay's way in: one datagram from its sender to where it waits for its time. */
#include "scenarios/sim/net/relay_parts.h"

#include "common/base/prng.h"

#include <string.h>

/* How long a rate of reordering lets a datagram wait for the next one to pass. */
#define REORDER_WAIT_US UINT64_C(1000000)

enum burst { BURST_NEW, BURST_NO, BURST_YES };

/* ---- decisions ---- */

/* Data and its answers are known by their number; of the others, those of one kind, UE and epoch
 * are attempts of one message. */
static bool has_number(const struct name *n)
{
    return n->ctr != 0 && (n->type == MSG_DATA_UL || n->type == MSG_DATA_DL ||
                           n->type == MSG_DACK || n->type == MSG_KEY_EXPIRED);
}

static bool happens(const struct passing *p, enum draw draw, uint32_t ppm)
{
    return prng_below(p->key, draw, 1000000) < ppm;
}

/* Whether the rate of the link takes it: in bursts, the fate of the one before counts. */
static bool is_lost(struct passing *p, uint64_t stream)
{
    const struct scn_link *l = &p->r->wires[p->from][p->to].link;
    uint32_t ppm = l->loss_ppm;
    uint32_t *burst;
    bool lost;

    if (l->burst == 0 || ppm == 0) {
        return happens(p, DRAW_LOSS, ppm);
    }
    burst = dict_at(&p->r->bursts, stream);
    if (burst == NULL) {
        return happens(p, DRAW_LOSS, ppm); /* memory is short: as if each were alone */
    }
    lost =
        happens(p, DRAW_LOSS, *burst == BURST_NEW ? ppm : wire_burst_ppm(l, *burst == BURST_YES));
    *burst = lost ? BURST_YES : BURST_NO;
    return lost;
}

/* The stream of this datagram: by what it is, and by how many such there were before. All that the
 * rates decide is decided here, whatever rules do, so that no rule shifts what befalls others. */
static bool decide(struct passing *p)
{
    struct relay *r = p->r;
    uint64_t key = prng_key(r->ue_keys[p->name.ue + 1], (uint64_t)p->from << 8 | (uint64_t)p->to);
    uint32_t *count;

    key = prng_key(key, (uint64_t)p->name.type);
    key = prng_key(key, p->name.has_epoch ? (uint64_t)p->name.epoch + 1 : 0);
    count = dict_at(&r->ordinals, key);
    if (count == NULL) {
        return false;
    }
    p->key = prng_key(key, *count);
    p->name.attempt = ++*count;
    if (has_number(&p->name)) {
        count = dict_at(&r->attempts, prng_key(key, p->name.ctr));
        if (count == NULL) {
            return false;
        }
        p->name.attempt = ++*count;
    }
    p->lost = is_lost(p, key);
    return true;
}

/* ---- on the way ---- */

/* A flight with a copy of |octets|; NULL when memory is short. */
static struct flight *prepare(struct passing *p, const uint8_t *octets, enum fate fate,
                              unsigned line, uint32_t *place)
{
    struct relay *r = p->r;
    struct flight *f = flights_take(&r->flights, place);

    if (f == NULL) {
        return NULL;
    }
    f->id = fate == FATE_DUPLICATED || fate == FATE_INJECTED ? ++r->ids : p->id;
    f->sent_us = p->now_us;
    f->from = p->from;
    f->to = p->to;
    f->name = p->name;
    f->fate = fate;
    f->line = line;
    f->kill = f->id == p->id ? p->kill : KILL_NOBODY;
    f->rule = p->kill_rule;
    f->len = p->len;
    memcpy(f->octets, octets, p->len);
    r->counters.duplicated += fate == FATE_DUPLICATED;
    r->counters.injected += fate == FATE_INJECTED;
    return f;
}

enum err passing_go(struct passing *p, const uint8_t *octets, uint64_t due_us, enum fate fate,
                    unsigned line)
{
    uint32_t place;

    if (prepare(p, octets, fate, line, &place) == NULL) {
        return ERR_NO_ROOM;
    }
    flights_push(&p->r->flights, place, due_us);
    p->r->counters.in_flight++;
    return ERR_OK;
}

enum err passing_hold(struct passing *p, struct held h, uint64_t due_us, enum fate fate,
                      unsigned line)
{
    if (!held_reserve(&p->r->held) || prepare(p, p->octets, fate, line, &h.place) == NULL) {
        return ERR_NO_ROOM;
    }
    h.after = p->id;
    h.due_us = due_us;
    held_add(&p->r->held, &h);
    p->r->counters.held++;
    return ERR_OK;
}

void passing_drop(struct passing *p, unsigned line)
{
    struct flight lost = {.id = p->id,
                          .sent_us = p->now_us,
                          .from = p->from,
                          .to = p->to,
                          .name = p->name,
                          .line = line,
                          .len = p->len > UINT16_MAX ? UINT16_MAX : p->len};

    p->r->counters.dropped++;
    relay_tell(p->r, p->now_us, &lost, p->octets, FATE_DROPPED);
}

/* ---- time ---- */

static enum coverage coverage_of(const struct passing *p)
{
    return p->name.ue >= 0 && (p->from == ROLE_UE || p->to == ROLE_UE)
               ? p->r->scn->ues[p->name.ue].coverage
               : COVERAGE_NONE;
}

/* Takes its turn at the sender. False: the queue is full. What is lost later on the way has taken
 * its turn too. */
static bool transmit(struct passing *p)
{
    uint64_t ready_us = p->now_us;

    if (coverage_of(p) != COVERAGE_NONE) {
        ready_us = radio_transmit(&p->r->radios[p->name.ue], coverage_of(p), p->from == ROLE_UE,
                                  ready_us, p->len);
    }
    return wire_transmit(&p->r->wires[p->from][p->to], ready_us, p->len,
                         p->struck > 0 || p->drop != 0, &p->ready_us);
}

/* When it arrives. Only what nothing has held up keeps its place in the order of the link; each
 * radio has an order of its own. */
static uint64_t due(struct passing *p)
{
    struct wire *w = &p->r->wires[p->from][p->to];
    uint64_t due_us = p->ready_us + wire_way_us(&w->link, p->key, DRAW_JITTER);

    if (p->delay != 0 || p->hold || coverage_of(p) != COVERAGE_NONE) {
        return due_us + p->delay_us;
    }
    if (!wire_overtakes(&w->link) && due_us < w->last_us) {
        due_us = w->last_us;
    }
    if (due_us > w->last_us) {
        w->last_us = due_us;
    }
    return due_us;
}

/* Some are let wait until the next one has passed, by the rate of the link. */
static void reorder(struct passing *p)
{
    const struct scn_link *l = &p->r->wires[p->from][p->to].link;

    if (!p->named && happens(p, DRAW_REORDER, l->reorder_ppm)) {
        p->hold = true;
        p->hold_fate = FATE_REORDERED;
        p->held = (struct held){.rule = HELD_BY_RATE,
                                .later = 1,
                                .until_us = p->ready_us + l->delay_us + REORDER_WAIT_US};
    }
}

static enum err depart(struct passing *p, uint64_t due_us)
{
    enum fate fate = p->delay != 0 ? FATE_DELAYED : FATE_DELIVERED;
    unsigned line = p->delay != 0 ? p->delay : p->kill_line;

    if (p->hold) {
        fate = p->hold_fate;
        line = p->hold_line;
    }
    if (p->alter != 0) {
        fate = p->altered;
        line = p->alter;
    }
    return p->hold ? passing_hold(p, p->held, due_us, fate, line)
                   : passing_go(p, p->octets, due_us, fate, line);
}

static enum err pass(struct passing *p)
{
    const struct scn_link *l = &p->r->wires[p->from][p->to].link;
    uint64_t due_us;
    enum err err;

    if (!p->named && p->lost) {
        passing_drop(p, 0);
        return ERR_OK;
    }
    reorder(p);
    due_us = due(p);
    err = depart(p, due_us);
    if (err != ERR_OK) {
        passing_drop(p, 0);
        return err;
    }
    if (!p->named && happens(p, DRAW_COPY, l->dup_ppm)) {
        uint64_t extra_us = wire_overtakes(l) ? wire_way_us(l, p->key, DRAW_COPY_JITTER) : 0;

        return passing_go(p, p->octets, due_us + extra_us, FATE_DUPLICATED, 0);
    }
    return rules_copy(p, due_us);
}

enum err relay_send(struct relay *r, uint64_t now_us, enum role from, enum role to,
                    const uint8_t *octets, size_t len)
{
    struct passing p = {
        .r = r, .now_us = now_us, .from = from, .to = to, .octets = octets, .len = len};
    bool room;

    r->counters.sent++;
    p.id = ++r->ids;
    namer_datagram(&r->namer, from, to, octets, len, &p.name);
    if (!decide(&p)) {
        passing_drop(&p, 0);
        return ERR_NO_ROOM;
    }
    rules_collect(&p);
    if (r->wires[from][to].link.cut || len > DATAGRAM_MAX) {
        passing_drop(&p, p.drop);
        return ERR_OK;
    }
    room = transmit(&p);
    if (p.drop != 0 || !room) {
        passing_drop(&p, p.drop);
        return ERR_OK;
    }
    rules_apply(&p);
    swap_with_waiting(&p);
    return pass(&p);
}
