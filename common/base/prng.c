#include "common/base/prng.h"

__extension__ typedef unsigned __int128 wide; /* the one non-ISO type; ISO C has no 64x64->128 */

/* splitmix64 (Steele, Lea, Flood 2014): its finaliser is a bijection that passes BigCrush on a
 * counter. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t prng_key(uint64_t key, uint64_t value)
{
    return mix(key * UINT64_C(0x9e3779b97f4a7c15) + mix(value + UINT64_C(0x632be59bd9b4e019)));
}

uint64_t prng_key_text(uint64_t key, const char *text)
{
    for (; *text != '\0'; text++) {
        key = prng_key(key, (uint8_t)*text);
    }
    return key;
}

uint64_t prng_draw(uint64_t key, uint64_t i)
{
    return mix(key + (i + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t prng_below(uint64_t key, uint64_t i, uint64_t bound)
{
    return (uint64_t)(((wide)prng_draw(key, i) * bound) >> 64);
}

void prng_fill(uint64_t key, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(prng_draw(key, i / 8) >> (8 * (i % 8)));
    }
}
