/* Datagrams of somebody who has no key: what he says is the scenario's, what is in clear on the air
 * he has overheard, and where a key would be needed there are random octets. */
#ifndef SIM_NET_FORGE_H
#define SIM_NET_FORGE_H

#include "scenarios/sim/net/name.h"

/* Makes up what |what|, a FAULT_FORGE, says; |key| decides what is random. Returns: ERR_OK;
 * ERR_BAD_FIELD when no such message can be made. */
enum err forge(const struct namer *n, const struct scn_fault *what, uint64_t key,
               uint8_t octets[DATAGRAM_MAX], size_t *len) MUST_USE;

/* True when forge() knows how to make one. */
bool forge_knows(enum msg_type t);

#endif
