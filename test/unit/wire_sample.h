/* Random messages that the codec must carry, from a seed: for tests only. */
#ifndef TEST_UNIT_WIRE_SAMPLE_H
#define TEST_UNIT_WIRE_SAMPLE_H

#include "common/wire/msg.h"

/* Fills |m| with valid content for the arrow |from| -> |to|, which must be allowed for |t|. Octets
 * that the message does not carry are zero, so a round trip gives the same struct. */
void wire_sample(struct msg *m, enum msg_type t, enum role from, enum role to, uint64_t seed);

#endif
