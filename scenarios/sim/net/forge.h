/* Datagrams of somebody who makes them up: what he says is the scenario's, what is in clear on the
 * air he has overheard, and what he has a key for he seals; else there are random octets. */
#ifndef SIM_NET_FORGE_H
#define SIM_NET_FORGE_H

#include "scenarios/sim/attacker/mind.h"
#include "scenarios/sim/net/name.h"

/* What he can seal with at the moment. */
struct forge_keys {
    bool has_e2e; /* of the epoch that the sentence names, or the last one that he knows */
    bool has_e2m;
    bool has_vector;
    struct epoch e2e;
    struct mind_e2m e2m;
    uint8_t rand[RAND_LEN]; /* of the vector */
    uint8_t autn[AUTN_LEN];
};

/* Makes up what |what|, a FAULT_FORGE, says, for the |nth| time (0..); |key| decides what is
 * random. Returns: ERR_OK; ERR_BAD_FIELD when no such message can be made, or not with what he
 * knows. */
enum err forge(const struct namer *n, const struct scn_fault *what, const struct forge_keys *keys,
               uint64_t key, uint32_t nth, uint8_t octets[DATAGRAM_MAX], size_t *len) MUST_USE;

/* As which message one of that type would be taken by its sender, were it sent back to him;
 * MSG_TYPE_COUNT: as none. */
enum msg_type forge_reflected(enum msg_type t);

/* True when forge() knows how to make one; and how to make it with that secret. */
bool forge_knows(enum msg_type t);
bool forge_takes(enum msg_type t, enum secret with);

#endif
