#include "common/core/timer.h"

#include <string.h>

const struct timer_info timer_info[TIMER_COUNT] = {
#define TIMER_INFO(id, def, cap, lo, hi, rule_, words_) \
    [TIMER_##id] = {#id, (def), (cap), (lo), (hi), (rule_), (words_)},
    TIMER_LIST(TIMER_INFO)
#undef TIMER_INFO
};

void timing_default(struct timing *t)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        t->ms[i] = timer_info[i].default_ms;
        t->cap_ms[i] = timer_info[i].cap_ms;
    }
}

static uint32_t clamp(uint64_t v, uint32_t lo, uint32_t hi)
{
    return v < lo ? lo : v > hi ? hi : (uint32_t)v;
}

void timing_scale(struct timing *t, unsigned percent)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        const struct timer_info *info = &timer_info[i];

        if (i == TIMER_TE2E || i == TIMER_SOFT) {
            continue;
        }
        t->ms[i] = clamp((uint64_t)info->default_ms * percent / 100, info->min_ms, info->max_ms);
        t->cap_ms[i] = clamp((uint64_t)info->cap_ms * percent / 100, t->ms[i], info->max_ms);
    }
}

enum timer_id timer_by_name(const char *name)
{
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        if (strcmp(timer_info[i].name, name) == 0) {
            return (enum timer_id)i;
        }
    }
    return TIMER_COUNT;
}

uint64_t timer_backoff_us(const struct timing *t, enum timer_id id, unsigned attempt,
                          uint8_t jitter)
{
    uint64_t ms = t->ms[id];
    uint64_t us;

    for (unsigned i = 0; i < attempt && ms < t->cap_ms[id]; i++) {
        ms *= 2;
    }
    if (ms > t->cap_ms[id]) {
        ms = t->cap_ms[id];
    }
    us = ms * 1000;
    if (t->cap_ms[id] == t->ms[id]) {
        return us; /* not a backoff timer: exact */
    }
    return us - us / 4 + us / 2 * jitter / 255;
}
