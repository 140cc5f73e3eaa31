/* Private to the node: an open-addressing map from 64-bit keys to slots, of fixed size. A key may
 * stand for several slots (identities are kept under their hash), so what is found has to be
 * compared. */
#ifndef COMMON_NODE_MAP_H
#define COMMON_NODE_MAP_H

#include <stdbool.h>
#include <stdint.h>

enum { MAP_NONE = INT32_MAX }; /* no slot; those count from 0 and stay below */

struct map {
    uint64_t *keys;
    uint32_t *slots; /* slot + 1; 0: free */
    uint64_t seed;
    uint32_t mask;
};

/* Room for |entries|, at most half full. |seed| decides where keys fall, nothing else. False when
 * memory is short. */
bool map_init(struct map *m, uint32_t entries, uint64_t seed);
void map_free(struct map *m);

/* Walks the slots kept under |key|: start with *|cursor| 0, until MAP_NONE. The map must not change
 * meanwhile. */
uint32_t map_next(const struct map *m, uint64_t key, uint32_t *cursor);

/* Adds one entry; more than |entries| at once is our own error. */
void map_add(struct map *m, uint64_t key, uint32_t slot);
/* Removes the entry (|key|, |slot|) if it is there. */
void map_remove(struct map *m, uint64_t key, uint32_t slot);
/* Makes |slot| the only one under |key|. */
void map_claim(struct map *m, uint64_t key, uint32_t slot);

#endif
