#include "common/node/entropy.h"

#include "common/base/prng.h"

void entropy_seeded(uint64_t seed, enum role role, const struct ident *ue, uint64_t draw,
                    uint8_t out[ENTROPY_LEN])
{
    uint64_t key = prng_key(prng_key_text(prng_key(seed, role), ue->s), draw);

    prng_fill(key, out, ENTROPY_LEN);
}

uint64_t entropy_life_seed(uint64_t seed, uint64_t starts)
{
    return starts <= 1 ? seed : prng_key(prng_key_text(seed, "life"), starts);
}
