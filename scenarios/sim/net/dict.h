/* A growing map from 64-bit keys to 32-bit numbers. Keys are spread by the caller or not: they are
 * mixed here. */
#ifndef SIM_NET_DICT_H
#define SIM_NET_DICT_H

#include <stdbool.h>
#include <stdint.h>

struct dict_entry {
    uint64_t key;
    uint32_t value;
    bool used;
};

struct dict { /* {0} is an empty one */
    struct dict_entry *entries;
    uint32_t size; /* a power of two, or 0 */
    uint32_t used;
};

void dict_free(struct dict *d);

/* The place of |key|'s value, 0 at first; it is good until the next call. Returns NULL when memory
 * is short. */
uint32_t *dict_at(struct dict *d, uint64_t key);

/* True, with its value, when |key| is there. */
bool dict_get(const struct dict *d, uint64_t key, uint32_t *value);

#endif
