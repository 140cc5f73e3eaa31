#include "common/node/table.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    REUSE_SCAN = 64
}; /* slots looked at for a disposable one: bounds the work a peer can cause */

bool table_init(struct table *t, const struct machine *m, const void *conf, uint32_t max)
{
    size_t align = alignof(max_align_t);
    uint64_t seed = (uintptr_t)t; /* so that nobody outside can choose identities that collide */

    ENSURE(max > 0 && max <= TABLE_MAX);
    t->machine = m;
    t->conf = conf;
    t->max = max;
    t->stride = (m->ctx_size + align - 1) / align * align;
    t->contexts = calloc(max, t->stride);
    t->slots = calloc(max, sizeof *t->slots);
    return t->contexts != NULL && t->slots != NULL && map_init(&t->by_ue, max, seed) &&
           map_init(&t->by_sid, HANDLES_MAX * max, seed) && map_init(&t->by_xid, max, seed);
}

void table_free(struct table *t)
{
    if (t->contexts != NULL) {
        bytes_wipe(t->contexts, (size_t)t->used * t->stride);
    }
    map_free(&t->by_xid);
    map_free(&t->by_sid);
    map_free(&t->by_ue);
    free(t->slots);
    free(t->contexts);
}

void *table_context(const struct table *t, uint32_t slot)
{
    return t->contexts + (size_t)slot * t->stride;
}

static uint64_t ue_key(const struct ident *ue)
{
    return prng_key_text(ue->len, ue->s);
}

/* Transactions are numbered by the UE process that starts them, and two processes may use one
 * number. So a UE's transaction is kept under the address where that UE is bound as well, and
 * looked for under the one it speaks from. At a node that binds nobody, and for datagrams of the
 * others, the number alone is unique. */
static uint64_t xid_key(uint32_t xid, const struct node_addr *ue_addr)
{
    uint64_t key = xid;

    for (unsigned i = 0; i < ue_addr->len; i++) {
        key = prng_key(key, ue_addr->octets[i]);
    }
    return key;
}

uint32_t table_find_ue(const struct table *t, const struct ident *ue)
{
    uint64_t key = ue_key(ue);
    uint32_t cursor = 0;
    uint32_t slot = map_next(&t->by_ue, key, &cursor);

    while (slot != MAP_NONE && !ident_equal(&t->slots[slot].ue, ue)) {
        slot = map_next(&t->by_ue, key, &cursor);
    }
    return slot;
}

uint32_t table_find_route(const struct table *t, const struct route *r, enum role from,
                          const struct node_addr *addr)
{
    static const struct node_addr nowhere;
    uint32_t cursor = 0;

    if (r->by == ROUTE_UE) {
        return table_find_ue(t, &r->ue);
    }
    if (r->number == 0 || r->by == ROUTE_NONE) {
        return MAP_NONE;
    }
    if (r->by == ROUTE_SID) {
        return map_next(&t->by_sid, r->number, &cursor);
    }
    return map_next(&t->by_xid, xid_key(r->number, from == ROLE_UE ? addr : &nowhere), &cursor);
}

static bool has_sid(const struct handles *h, uint32_t sid)
{
    for (unsigned i = 0; i < HANDLES_MAX; i++) {
        if (h->sid[i] == sid) {
            return true;
        }
    }
    return false;
}

/* Makes the context of |slot| known under |now| instead of what it was known under. A handle that
 * another context has claimed since is left with that one. */
static void index_under(struct table *t, uint32_t slot, const struct handles *now)
{
    struct slot *s = &t->slots[slot];
    uint64_t key = xid_key(now->xid, &s->addr);

    for (unsigned i = 0; i < HANDLES_MAX; i++) {
        if (s->handles.sid[i] != 0 && !has_sid(now, s->handles.sid[i])) {
            map_remove(&t->by_sid, s->handles.sid[i], slot);
        }
    }
    for (unsigned i = 0; i < HANDLES_MAX; i++) {
        if (now->sid[i] != 0 && !has_sid(&s->handles, now->sid[i])) {
            map_claim(&t->by_sid, now->sid[i], slot);
        }
    }
    if (now->xid != s->handles.xid || key != s->xid_key) {
        if (s->handles.xid != 0) {
            map_remove(&t->by_xid, s->xid_key, slot);
        }
        if (now->xid != 0) {
            map_claim(&t->by_xid, key, slot);
        }
    }
    s->handles = *now;
    s->xid_key = key;
}

/* A fresh context for |ue| in |slot|, which is not in use. */
static void occupy(struct table *t, uint32_t slot, const struct ident *ue)
{
    struct slot *s = &t->slots[slot];

    memset(s, 0, sizeof *s);
    memset(table_context(t, slot), 0, t->stride);
    s->ue = *ue;
    s->draw = t->draw_base;
    map_add(&t->by_ue, ue_key(ue), slot);
    t->machine->init(t->conf, table_context(t, slot), ue, slot);
}

static void forget(struct table *t, uint32_t slot)
{
    static const struct handles none;
    struct slot *s = &t->slots[slot];

    if (s->draw > t->draw_base) {
        t->draw_base =
            s->draw; /* the same UE may come back, and must not draw the same octets again */
    }
    index_under(t, slot, &none);
    map_remove(&t->by_ue, ue_key(&s->ue), slot);
}

/* Vacant slots are found from the front, once each: a slot never becomes vacant again. */
static uint32_t fill_vacant(struct table *t, const struct ident *ue)
{
    while (t->slots[t->front].ue.len != 0) {
        t->front++;
    }
    occupy(t, t->front, ue);
    t->vacant--;
    return t->front;
}

bool table_add_at(struct table *t, const struct ident *ue, uint32_t slot)
{
    if (slot >= t->max || (slot < t->used && t->slots[slot].ue.len != 0)) {
        return false;
    }
    if (slot < t->used) {
        t->vacant--;
    } else {
        t->vacant += slot - t->used;
        t->used = slot + 1;
    }
    occupy(t, slot, ue);
    return true;
}

uint32_t table_add(struct table *t, const struct ident *ue)
{
    if (t->vacant > 0) {
        return fill_vacant(t, ue);
    }
    if (t->used == t->max) {
        return MAP_NONE;
    }
    occupy(t, t->used, ue);
    return t->used++;
}

uint32_t table_add_or_reuse(struct table *t, const struct ident *ue)
{
    uint32_t slot = table_add(t, ue);

    for (unsigned i = 0; slot == MAP_NONE && i < REUSE_SCAN; i++) {
        uint32_t candidate = t->hand;

        t->hand = (t->hand + 1) % t->max;
        if (t->machine->disposable(table_context(t, candidate))) {
            forget(t, candidate);
            occupy(t, candidate, ue);
            slot = candidate;
        }
    }
    return slot;
}

void table_reindex(struct table *t, uint32_t slot)
{
    struct handles now;

    memset(&now, 0, sizeof now);
    t->machine->handles(table_context(t, slot), &now);
    index_under(t, slot, &now);
}
