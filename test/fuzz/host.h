/* Hosts one role core for a fuzzer: octets become orders, timers that run, decoded datagrams, and
 * messages that a peer who holds the right keys could send. After each step the core must be as its
 * driver may count on it to be. */
#ifndef TEST_FUZZ_HOST_H
#define TEST_FUZZ_HOST_H

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "common/core/machine.h"
#include "common/core/policy.h"
#include "common/core/protect.h"
#include "common/wire/codec.h"

#include <string.h>

enum { HOST_STEPS_MAX = 400, HOST_CTX_MAX = 16384 };

struct host {
    const struct machine *machine;
    const void *conf;
    void *ctx;
    /* Makes a message that the core may have to take seriously, and says from whom. */
    void (*craft)(struct host *h, struct msg *m, enum role *from);
    void (*check)(const void *ctx);
    const uint8_t *feed;
    size_t left;
    uint64_t now_us;
    uint64_t armed; /* a bit for each timer that runs */
    uint64_t draws;
};

static inline uint8_t host_octet(struct host *h)
{
    if (h->left == 0) {
        return 0;
    }
    h->left--;
    return *h->feed++;
}

/* Mostly small, now and then any. */
static inline uint32_t host_number(struct host *h)
{
    uint8_t first = host_octet(h);

    return first < 0xf0 ? first
                        : (uint32_t)first << 24 | (uint32_t)host_octet(h) << 16 | host_octet(h);
}

/* Near |about|: what a peer that is a little behind or ahead would say. */
static inline uint32_t host_near(struct host *h, uint32_t about)
{
    return about + host_octet(h) % 5 - 2;
}

static inline struct ident host_ident(const char *text)
{
    struct ident id = {.len = 0};

    ENSURE(ident_set(&id, text) == ERR_OK);
    return id;
}

static inline struct assoc host_assoc(void)
{
    return (struct assoc){.ue = host_ident("001010123456789"),
                          .emse = host_ident("emse.home"),
                          .eese = host_ident("eese.plant1")};
}

/* The first octet chooses: the literal text, all corrections, or all but one. */
static inline void host_begin(struct host *h, struct machine_conf *conf, const uint8_t *data,
                              size_t size)
{
    uint8_t which;

    h->feed = data;
    h->left = size;
    h->now_us = 1000000;
    which = host_octet(h) % (SW_COUNT + 2);
    conf->variant = variant_default(which == 0 ? VARIANT_LITERAL : VARIANT_HARDENED);
    if (which > 1) {
        conf->variant.switches ^= 1U << (which - 2);
    }
    timing_default(&conf->timing);
    h->conf = conf;
}

static inline void host_look(struct host *h, const struct effects *fx)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len;

    for (unsigned i = 0; i < fx->count; i++) {
        const struct effect *e = &fx->list[i];

        ENSURE(fx->stepped || e->kind == FX_NOTE);
        if (e->kind == FX_SEND) {
            ENSURE(codec_encode(&e->u.send.msg, h->machine->role, e->u.send.to, octets, &len) ==
                   ERR_OK);
        } else if (e->kind == FX_ARM) {
            h->armed |= UINT64_C(1) << e->u.timer.id;
        } else if (e->kind == FX_DISARM) {
            h->armed &= ~(UINT64_C(1) << e->u.timer.id);
        }
    }
}

static inline void host_step(struct host *h, struct event *ev)
{
    static uint8_t before[HOST_CTX_MAX];
    static struct effects fx;
    struct shown shown = {.state = 0};

    ENSURE(h->machine->ctx_size <= sizeof before);
    memcpy(before, h->ctx, h->machine->ctx_size);
    ev->now_us = h->now_us;
    prng_fill(h->draws, ev->entropy, sizeof ev->entropy);
    effects_reset(&fx);
    h->machine->step(h->conf, h->ctx, ev, &fx);
    h->draws += fx.entropy_used;
    h->machine->show(h->ctx, &shown);
    ENSURE(fx.stepped ? shown.state == fx.row->next
                      : memcmp(before, h->ctx, h->machine->ctx_size) == 0);
    host_look(h, &fx);
    h->check(h->ctx);
}

static inline void host_order(struct host *h)
{
    struct order o = {.kind = (enum order_kind)(host_octet(h) % ORDER_COUNT)};
    struct event ev = {.input = IN_ORDER, .order = &o};

    o.len = host_octet(h) % 8;
    o.plmn[2] = host_octet(h) % 10;
    profile_default(&o.profile);
    o.profile.te2e_ue_ms = 1000 * host_number(h);
    host_step(h, &ev);
}

static inline void host_timer(struct host *h)
{
    struct event ev = {.input = IN_TIMER, .timer = (enum timer_id)(host_octet(h) % TIMER_COUNT)};

    if ((h->armed >> ev.timer & 1) != 0) {
        h->armed &= ~(UINT64_C(1) << ev.timer);
        host_step(h, &ev);
    }
}

static inline void host_message(struct host *h, const struct msg *m, enum role from)
{
    struct event ev = {.input = IN_MSG, .from = from, .msg = m};

    host_step(h, &ev);
}

/* Octets of a datagram, with their length before them. */
static inline void host_datagram(struct host *h)
{
    enum role from = (enum role)(host_octet(h) % ROLE_COUNT);
    size_t len = host_octet(h);
    struct msg m;

    len = len < h->left ? len : h->left;
    if (codec_decode(h->feed, len, from, h->machine->role, &m) == ERR_OK) {
        host_message(h, &m, from);
    }
    h->feed += len;
    h->left -= len;
}

/* What a peer could not even encode never arrives. */
static inline void host_crafted(struct host *h)
{
    uint8_t octets[DATAGRAM_MAX];
    struct msg m = {.type = MSG_TYPE_COUNT};
    enum role from = ROLE_COUNT;
    struct msg got;
    size_t len;

    h->craft(h, &m, &from);
    if (m.type < MSG_TYPE_COUNT &&
        codec_encode(&m, from, h->machine->role, octets, &len) == ERR_OK) {
        ENSURE(codec_decode(octets, len, from, h->machine->role, &got) == ERR_OK);
        host_message(h, &got, from);
    }
}

static inline void host_run(struct host *h)
{
    static void (*const moves[])(struct host *) = {host_order,   host_timer,   host_datagram,
                                                   host_crafted, host_crafted, host_crafted};

    for (unsigned i = 0; i < HOST_STEPS_MAX && h->left > 0; i++) {
        uint8_t move = host_octet(h);

        h->now_us += (uint64_t)(move / COUNT_OF(moves)) * 100000;
        moves[move % COUNT_OF(moves)](h);
    }
}

#endif
