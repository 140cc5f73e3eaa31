#include "scenarios/sim/net/flights.h"

#include "common/base/ensure.h"

#include <stdlib.h>

enum { BLOCK = 64 };

void flights_free(struct flights *f)
{
    for (uint32_t i = 0; i < f->room / BLOCK; i++) {
        free(f->blocks[i]);
    }
    free(f->blocks);
    free(f->free);
    free(f->heap);
    *f = (struct flights){0};
}

struct flight *flights_at(const struct flights *f, uint32_t place)
{
    return &f->blocks[place / BLOCK][place % BLOCK];
}

/* One block more. What was got of it before memory ran short is kept for the next attempt. */
static bool grow(struct flights *f)
{
    const uint32_t room = f->room + BLOCK;
    struct flights_entry *heap = realloc(f->heap, room * sizeof *heap);
    uint32_t *spare;
    struct flight **blocks;
    struct flight *block;

    if (heap == NULL) {
        return false;
    }
    f->heap = heap;
    spare = realloc(f->free, room * sizeof *spare);
    if (spare == NULL) {
        return false;
    }
    f->free = spare;
    blocks = realloc(f->blocks, room / BLOCK * sizeof(struct flight *));
    if (blocks == NULL) {
        return false;
    }
    f->blocks = blocks;
    block = malloc(BLOCK * sizeof *block);
    if (block == NULL) {
        return false;
    }
    f->blocks[f->room / BLOCK] = block;
    for (uint32_t i = room; i > f->room; i--) {
        f->free[f->free_count++] = i - 1;
    }
    f->room = room;
    return true;
}

struct flight *flights_take(struct flights *f, uint32_t *place)
{
    if (f->free_count == 0 && !grow(f)) {
        return NULL;
    }
    *place = f->free[--f->free_count];
    return flights_at(f, *place);
}

static bool before(const struct flights_entry *a, const struct flights_entry *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->number < b->number;
}

void flights_push(struct flights *f, uint32_t place, uint64_t due_us)
{
    const struct flights_entry e = {.due_us = due_us, .number = f->pushed++, .place = place};
    uint32_t i = f->count++;

    for (; i > 0 && before(&e, &f->heap[(i - 1) / 2]); i = (i - 1) / 2) {
        f->heap[i] = f->heap[(i - 1) / 2];
    }
    f->heap[i] = e;
}

uint64_t flights_deadline(const struct flights *f)
{
    return f->count == 0 ? UINT64_MAX : f->heap[0].due_us;
}

const struct flight *flights_pop(struct flights *f)
{
    struct flights_entry first;
    struct flights_entry last;
    uint32_t i = 0;

    ENSURE(f->count > 0);
    first = f->heap[0];
    last = f->heap[--f->count];
    for (uint32_t child = 1; child < f->count; child = 2 * i + 1) {
        if (child + 1 < f->count && before(&f->heap[child + 1], &f->heap[child])) {
            child++;
        }
        if (!before(&f->heap[child], &last)) {
            break;
        }
        f->heap[i] = f->heap[child];
        i = child;
    }
    f->heap[i] = last;
    f->free[f->free_count++] = first.place;
    return flights_at(f, first.place);
}
