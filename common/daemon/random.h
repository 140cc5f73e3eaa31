/* Octets of getrandom(2), drawn ahead so that a step does not cost a system call. */
#ifndef COMMON_DAEMON_RANDOM_H
#define COMMON_DAEMON_RANDOM_H

#include "common/core/event.h"

/* ENTROPY_LEN fresh octets. Ends the process when the system has none. */
void random_draw(uint8_t out[ENTROPY_LEN]);

#endif
