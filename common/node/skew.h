/* A clock that is wrong on purpose: what a role's clock shows when it runs at another rate than the
 * true one, or has jumped. Pure; a daemon and the virtual driver both keep one. All times are
 * microseconds. {0} is a clock that is right. */
#ifndef COMMON_NODE_SKEW_H
#define COMMON_NODE_SKEW_H

#include <stdint.h>

enum { SKEW_PPM_MIN = -990000, SKEW_PPM_MAX = 99000000 }; /* a hundredth, and a hundred times */

struct skew {
    uint64_t real_us;  /* at this true time ... */
    uint64_t local_us; /* ... it shows this ... */
    int32_t ppm;       /* ... and from then on gains so many millionths (negative: it loses) */
};

/* What it shows at |real_us|; before its own |real_us| what it showed then. */
uint64_t skew_local(const struct skew *s, uint64_t real_us);

/* The earliest true time at which it shows |local_us| or more. UINT64_MAX, "never", stays so. */
uint64_t skew_real(const struct skew *s, uint64_t local_us);

/* The same clock from |real_us| on, now gaining |ppm| and |jump_us| ahead (negative: back, to zero
 * at most). */
struct skew skew_change(const struct skew *s, uint64_t real_us, int32_t ppm, int64_t jump_us);

#endif
