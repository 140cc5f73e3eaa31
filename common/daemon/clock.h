/* The clock of a daemon: CLOCK_MONOTONIC, and what the daemon shows its role of it, which may be
 * wrong on purpose (skew.h). All in microseconds; {0} is right. */
#ifndef COMMON_DAEMON_CLOCK_H
#define COMMON_DAEMON_CLOCK_H

#include "common/node/skew.h"

struct clock {
    struct skew skew;
};

uint64_t clock_true_us(const struct clock *c);

/* What it shows: all that the role goes by. */
uint64_t clock_shown_us(const struct clock *c);

#endif
