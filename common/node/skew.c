#include "common/node/skew.h"

#define MILLION UINT64_C(1000000)

/* In two parts, so that years do not overflow. */
static uint64_t stretch(uint64_t us, uint64_t by)
{
    return us / MILLION * by + us % MILLION * by / MILLION;
}

static uint64_t rate(const struct skew *s)
{
    return (uint64_t)((int64_t)MILLION + s->ppm);
}

uint64_t skew_local(const struct skew *s, uint64_t real_us)
{
    return real_us <= s->real_us ? s->local_us
                                 : s->local_us + stretch(real_us - s->real_us, rate(s));
}

uint64_t skew_real(const struct skew *s, uint64_t local_us)
{
    uint64_t ahead_us;
    uint64_t real_us;

    if (local_us == UINT64_MAX) {
        return UINT64_MAX;
    }
    if (local_us <= s->local_us) {
        return s->real_us;
    }
    ahead_us = local_us - s->local_us;
    real_us = s->real_us + ahead_us / rate(s) * MILLION + ahead_us % rate(s) * MILLION / rate(s);
    while (skew_local(s, real_us) < local_us) {
        real_us++; /* divisions have rounded down */
    }
    return real_us;
}

struct skew skew_change(const struct skew *s, uint64_t real_us, int32_t ppm, int64_t jump_us)
{
    struct skew now = {.real_us = real_us, .local_us = skew_local(s, real_us), .ppm = ppm};
    uint64_t back_us = jump_us < 0 ? (uint64_t)-jump_us : 0;

    if (jump_us > 0) {
        now.local_us += (uint64_t)jump_us;
    } else {
        now.local_us -= back_us < now.local_us ? back_us : now.local_us;
    }
    return now;
}
