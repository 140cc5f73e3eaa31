#include "scenarios/sim/net/held.h"

#include "common/base/ensure.h"

#include <stdlib.h>
#include <string.h>

void held_free(struct held_list *h)
{
    free(h->list);
    *h = (struct held_list){0};
}

bool held_reserve(struct held_list *h)
{
    uint32_t room = h->room == 0 ? 16 : 2 * h->room;
    struct held *list;

    if (h->count < h->room) {
        return true;
    }
    list = realloc(h->list, room * sizeof *list);
    if (list == NULL) {
        return false;
    }
    h->list = list;
    h->room = room;
    return true;
}

void held_add(struct held_list *h, const struct held *one)
{
    ENSURE(h->count < h->room);
    h->list[h->count++] = *one;
}

struct held held_take(struct held_list *h, uint32_t i)
{
    struct held one;

    ENSURE(i < h->count);
    one = h->list[i];
    h->count--;
    memmove(&h->list[i], &h->list[i + 1], (h->count - i) * sizeof *h->list);
    return one;
}

uint64_t held_deadline(const struct held_list *h)
{
    uint64_t first = UINT64_MAX;

    for (uint32_t i = 0; i < h->count; i++) {
        first = h->list[i].until_us < first ? h->list[i].until_us : first;
    }
    return first;
}
