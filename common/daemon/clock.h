/* The clock of a daemon. The true time is CLOCK_MONOTONIC, or what a runner grants: then it stands
 * until the runner grants more. What the daemon shows its role may be wrong on purpose (skew.h).
 * All in microseconds; {0} is CLOCK_MONOTONIC, and right. */
#ifndef COMMON_DAEMON_CLOCK_H
#define COMMON_DAEMON_CLOCK_H

#include "common/node/skew.h"

#include <stdbool.h>

struct clock {
    struct skew skew;
    bool granted; /* time is the runner's, and stands at ... */
    uint64_t granted_us;
};

uint64_t clock_true_us(const struct clock *c);

/* What it shows: all that the role goes by. */
uint64_t clock_shown_us(const struct clock *c);

#endif
