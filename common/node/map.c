#include "common/node/map.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"

#include <stdlib.h>

bool map_init(struct map *m, uint32_t entries, uint64_t seed)
{
    uint64_t size = 4;

    while (size < 2 * (uint64_t)entries) {
        size *= 2;
    }
    ENSURE(size <= (uint64_t)UINT32_MAX + 1);
    m->mask = (uint32_t)(size - 1);
    m->seed = seed;
    m->keys = calloc(size, sizeof *m->keys);
    m->slots = calloc(size, sizeof *m->slots);
    return m->keys != NULL && m->slots != NULL;
}

void map_free(struct map *m)
{
    free(m->keys);
    free(m->slots);
}

static uint32_t home_of(const struct map *m, uint64_t key)
{
    return (uint32_t)prng_key(m->seed, key) & m->mask;
}

uint32_t map_next(const struct map *m, uint64_t key, uint32_t *cursor)
{
    uint32_t home = home_of(m, key);

    for (;;) {
        uint32_t i = (home + *cursor) & m->mask;

        if (m->slots[i] == 0) {
            return MAP_NONE;
        }
        ++*cursor;
        if (m->keys[i] == key) {
            return m->slots[i] - 1;
        }
    }
}

void map_add(struct map *m, uint64_t key, uint32_t slot)
{
    uint32_t i = home_of(m, key);
    uint32_t probes = 0;

    while (m->slots[i] != 0) {
        i = (i + 1) & m->mask;
        ENSURE(++probes < m->mask); /* a free place always ends a search */
    }
    m->keys[i] = key;
    m->slots[i] = slot + 1;
}

/* Frees place |hole| and moves back what a search could no longer reach across it (Knuth 6.4,
 * algorithm R). */
static void close_hole(struct map *m, uint32_t hole)
{
    uint32_t i = hole;

    for (;;) {
        uint32_t from_home;

        i = (i + 1) & m->mask;
        if (m->slots[i] == 0) {
            break;
        }
        from_home = (i - home_of(m, m->keys[i])) & m->mask;
        if (from_home >= ((i - hole) & m->mask)) {
            m->keys[hole] = m->keys[i];
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = 0;
}

void map_remove(struct map *m, uint64_t key, uint32_t slot)
{
    for (uint32_t i = home_of(m, key); m->slots[i] != 0; i = (i + 1) & m->mask) {
        if (m->keys[i] == key && m->slots[i] == slot + 1) {
            close_hole(m, i);
            return;
        }
    }
}

void map_claim(struct map *m, uint64_t key, uint32_t slot)
{
    uint32_t cursor = 0;
    uint32_t holder = map_next(m, key, &cursor);

    while (holder != MAP_NONE) {
        map_remove(m, key, holder);
        cursor = 0;
        holder = map_next(m, key, &cursor);
    }
    map_add(m, key, slot);
}
