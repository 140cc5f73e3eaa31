#include "scenarios/sim/net/dict.h"

#include "common/base/prng.h"

#include <stdlib.h>

enum { SIZE_MIN = 64 };

void dict_free(struct dict *d)
{
    free(d->entries);
    d->entries = NULL;
    d->size = 0;
    d->used = 0;
}

/* The entry of |key|, or the free one where it belongs; the table is never full. */
static struct dict_entry *find(const struct dict *d, uint64_t key)
{
    uint32_t i = (uint32_t)prng_draw(key, 0) & (d->size - 1);

    while (d->entries[i].used && d->entries[i].key != key) {
        i = (i + 1) & (d->size - 1);
    }
    return &d->entries[i];
}

static bool grow(struct dict *d)
{
    struct dict bigger = {.size = d->size == 0 ? SIZE_MIN : 2 * d->size, .used = d->used};

    bigger.entries = calloc(bigger.size, sizeof *bigger.entries);
    if (bigger.entries == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < d->size; i++) {
        if (d->entries[i].used) {
            *find(&bigger, d->entries[i].key) = d->entries[i];
        }
    }
    free(d->entries);
    *d = bigger;
    return true;
}

uint32_t *dict_at(struct dict *d, uint64_t key)
{
    struct dict_entry *e;

    if (d->used >= d->size / 2 && !grow(d)) {
        return NULL;
    }
    e = find(d, key);
    if (!e->used) {
        e->used = true;
        e->key = key;
        d->used++;
    }
    return &e->value;
}

bool dict_get(const struct dict *d, uint64_t key, uint32_t *value)
{
    const struct dict_entry *e = d->size == 0 ? NULL : find(d, key);

    if (e == NULL || !e->used) {
        return false;
    }
    *value = e->value;
    return true;
}
