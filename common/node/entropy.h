/* What the entropy hook of a node gives in a run with a seed. The live daemon and the virtual
 * driver both call this, so that they derive the same keys. Never for a daemon that stands alone:
 * its octets come from getrandom(2). */
#ifndef COMMON_NODE_ENTROPY_H
#define COMMON_NODE_ENTROPY_H

#include "common/base/role.h"
#include "common/core/event.h"

/* The octets of the |draw|-th step of |ue|'s context in |role| that uses some: a pure function. */
void entropy_seeded(uint64_t seed, enum role role, const struct ident *ue, uint64_t draw,
                    uint8_t out[ENTROPY_LEN]);

/* The seed of a process that has been started |starts| times, counted from 1, on one durable state:
 * draws are counted anew in each life and must not repeat. The first life has |seed| itself. */
uint64_t entropy_life_seed(uint64_t seed, uint64_t starts);

#endif
