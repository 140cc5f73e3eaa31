/* Two datagrams of two UEs change places: each receiver gets what the other was to have. */
#include "scenarios/sim/net/relay_parts.h"

#include "common/wire/codec.h"

#include <string.h>

/* A datagram's octets, and how many. */
struct octets {
    size_t len;
    uint8_t at[DATAGRAM_MAX];
};

static bool decode(const uint8_t *octets, size_t len, struct msg *m)
{
    return codec_peek(octets, len, m) == ERR_OK;
}

static bool encode(const struct passing *p, const struct msg *m, struct octets *out)
{
    return codec_encode(m, p->from, p->to, out->at, &out->len) == ERR_OK;
}

/* Number and epoch are what the octets say; whose it is, the handle. */
static void swap_names(struct name *a, struct name *b)
{
    const struct name old = *a;

    a->ctr = b->ctr;
    a->has_epoch = b->has_epoch;
    a->epoch = b->epoch;
    b->ctr = old.ctr;
    b->has_epoch = old.has_epoch;
    b->epoch = old.epoch;
}

/* |p| and the waiting |f| get each other's octets, all but the handle. Returns false when one of
 * them cannot be read, or written so. */
static bool exchange(struct passing *p, struct flight *f)
{
    struct octets for_p;
    struct octets for_f;
    struct msg a;
    struct msg b;

    if (!decode(p->octets, p->len, &a) || !decode(f->octets, f->len, &b)) {
        return false;
    }
    name_swap_handles(&a, &b);
    if (!encode(p, &a, &for_f) || !encode(p, &b, &for_p)) {
        return false;
    }
    memcpy(p->changed, for_p.at, for_p.len);
    p->octets = p->changed;
    p->len = for_p.len;
    memcpy(f->octets, for_f.at, for_f.len);
    f->len = for_f.len;
    swap_names(&p->name, &f->name);
    return true;
}

void swap_with_waiting(struct passing *p)
{
    struct relay *r = p->r;

    for (uint32_t i = 0; i < r->held.count; i++) {
        const int rule = r->held.list[i].rule;
        struct flight *f = flights_at(&r->flights, r->held.list[i].place);

        if (rule == HELD_BY_RATE || r->scn->faults[rule].kind != FAULT_SWAP ||
            r->scn->faults[rule].other != p->name.ue || f->name.type != p->name.type ||
            f->from != p->from || f->to != p->to || !exchange(p, f)) {
            continue;
        }
        r->rules[rule].fired++;
        f->fate = FATE_SWAPPED;
        p->named = true;
        p->alter = r->scn->faults[rule].line;
        p->altered = FATE_SWAPPED;
        relay_release(r, i, p->now_us);
        return;
    }
}
