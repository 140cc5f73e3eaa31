#include "common/daemon/clock.h"

#include "common/base/ensure.h"

#include <time.h>

uint64_t clock_true_us(const struct clock *c)
{
    struct timespec ts;

    if (c->granted) {
        return c->granted_us;
    }
    ENSURE(clock_gettime(CLOCK_MONOTONIC, &ts) == 0);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t clock_shown_us(const struct clock *c)
{
    return skew_local(&c->skew, clock_true_us(c));
}
