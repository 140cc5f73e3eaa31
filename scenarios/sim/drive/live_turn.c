#include "scenarios/sim/drive/live_turn.h"

#include "common/base/ensure.h"

#include <stdlib.h>
#include <string.h>

void live_turn_free(struct live_turn *t)
{
    free(t->held);
    memset(t, 0, sizeof *t);
}

enum err live_turn_add(struct live_turn *t, uint64_t now_us, uint64_t sent_ns, enum role to,
                       const uint8_t *octets, size_t len)
{
    struct live_held *h;

    ENSURE(len <= DATAGRAM_MAX);
    t->arrived++;
    if (t->held_count == t->held_cap) {
        unsigned cap = t->held_cap == 0 ? 64 : 2 * t->held_cap;
        struct live_held *held = realloc(t->held, cap * sizeof *held);

        if (held == NULL) {
            return ERR_NO_ROOM;
        }
        t->held = held;
        t->held_cap = cap;
    }
    if (t->held_count == 0) {
        t->since_us = now_us;
    }
    h = &t->held[t->held_count];
    h->sent_ns = sent_ns;
    h->place = t->held_count++;
    h->to = to;
    h->len = (uint16_t)len;
    memcpy(h->octets, octets, len);
    return ERR_OK;
}

bool live_turn_complete(const struct live_turn *t)
{
    return t->held_count > 0 && t->arrived >= t->announced;
}

static int by_sending(const void *a, const void *b)
{
    const struct live_held *x = a;
    const struct live_held *y = b;

    if (x->sent_ns != y->sent_ns) {
        return x->sent_ns < y->sent_ns ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

void live_turn_sort(struct live_turn *t)
{
    if (t->held_count > 1) {
        qsort(t->held, t->held_count, sizeof *t->held, by_sending);
    }
}

void live_turn_clear(struct live_turn *t)
{
    t->held_count = 0;
}
