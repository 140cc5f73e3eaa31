/* Flipping one bit of a named field of a datagram. */
#ifndef SIM_NET_CORRUPT_H
#define SIM_NET_CORRUPT_H

#include "scenarios/sim/script/scenario.h"

/* Changes |octets| (*|len| of them, room for DATAGRAM_MAX), as sent from |from| to |to|, as
 * |fault| says; |key| decides which bit of the field. Returns false, having changed nothing, when
 * the datagram has no such field. */
bool corrupt(const struct scn_fault *fault, uint64_t key, enum role from, enum role to,
             uint8_t octets[DATAGRAM_MAX], size_t *len);

#endif
