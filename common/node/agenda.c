#include "common/node/agenda.h"

#include "common/base/ensure.h"

#include <stdlib.h>

bool agenda_init(struct agenda *a, uint32_t slots)
{
    size_t timers = (size_t)slots * TIMER_COUNT;

    a->count = 0;
    a->armed = 0;
    a->heap = calloc(timers, sizeof *a->heap);
    a->place = calloc(timers, sizeof *a->place);
    return a->heap != NULL && a->place != NULL;
}

void agenda_free(struct agenda *a)
{
    free(a->heap);
    free(a->place);
}

static uint32_t *place_of(struct agenda *a, uint32_t slot, uint32_t timer)
{
    ENSURE(timer < TIMER_COUNT);
    return &a->place[(size_t)slot * TIMER_COUNT + timer];
}

static bool is_before(const struct agenda_entry *a, const struct agenda_entry *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void put(struct agenda *a, uint32_t i, struct agenda_entry e)
{
    a->heap[i] = e;
    *place_of(a, e.slot, e.timer) = i + 1;
}

/* Puts |e| where it belongs, given that place |i| is free and all but |i| is a heap. */
static void settle(struct agenda *a, uint32_t i, struct agenda_entry e)
{
    while (i > 0 && is_before(&e, &a->heap[(i - 1) / 2])) {
        put(a, i, a->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    for (;;) {
        uint32_t child = 2 * i + 1;

        if (child + 1 < a->count && is_before(&a->heap[child + 1], &a->heap[child])) {
            child++;
        }
        if (child >= a->count || is_before(&e, &a->heap[child])) {
            break;
        }
        put(a, i, a->heap[child]);
        i = child;
    }
    put(a, i, e);
}

static void take(struct agenda *a, uint32_t i)
{
    struct agenda_entry last;

    *place_of(a, a->heap[i].slot, a->heap[i].timer) = 0;
    last = a->heap[--a->count];
    if (i < a->count) {
        settle(a, i, last);
    }
}

void agenda_arm(struct agenda *a, uint32_t slot, enum timer_id timer, uint64_t at_us)
{
    uint32_t place = *place_of(a, slot, timer);
    struct agenda_entry e = {.at_us = at_us, .order = a->armed++, .slot = slot, .timer = timer};

    settle(a, place != 0 ? place - 1 : a->count++, e);
}

void agenda_disarm(struct agenda *a, uint32_t slot, enum timer_id timer)
{
    uint32_t place = *place_of(a, slot, timer);

    if (place != 0) {
        take(a, place - 1);
    }
}

void agenda_disarm_all(struct agenda *a, uint32_t slot)
{
    for (unsigned t = 0; t < TIMER_COUNT; t++) {
        agenda_disarm(a, slot, (enum timer_id)t);
    }
}

uint64_t agenda_deadline(const struct agenda *a)
{
    return a->count == 0 ? UINT64_MAX : a->heap[0].at_us;
}

struct agenda_entry agenda_pop(struct agenda *a)
{
    struct agenda_entry first;

    ENSURE(a->count > 0);
    first = a->heap[0];
    take(a, 0);
    return first;
}
