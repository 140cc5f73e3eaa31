/* A generator of our own, integers only, so that a seed means the same run on any compiler and
 * libc. Never for keys of a daemon that stands alone: those come from getrandom(2). Streams are
 * keyed by what they decide: mix the identity of the decision into the key with
 * prng_key(), then draw; one decision never shifts another. */
#ifndef COMMON_BASE_PRNG_H
#define COMMON_BASE_PRNG_H

#include <stddef.h>
#include <stdint.h>

/* Folds |value| into |key|. Order matters. Start from a seed. */
uint64_t prng_key(uint64_t key, uint64_t value);

/* Folds a text into |key|. */
uint64_t prng_key_text(uint64_t key, const char *text);

/* The |i|-th draw of the stream |key|; a pure function. */
uint64_t prng_draw(uint64_t key, uint64_t i);

/* The |i|-th draw, uniform in 0..|bound|-1 (bound > 0; bias below 2^-32 for bounds below 2^32). */
uint64_t prng_below(uint64_t key, uint64_t i, uint64_t bound);

/* Fills |out| with the stream |key|. */
void prng_fill(uint64_t key, uint8_t *out, size_t len);

#endif
