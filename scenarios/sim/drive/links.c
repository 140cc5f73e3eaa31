#include "scenarios/sim/drive/links.h"

#include "common/base/ensure.h"

#include <stdlib.h>
#include <string.h>

struct standing {
    unsigned action;
    uint64_t end_us; /* UINT64_MAX: for good */
};

struct links {
    const struct scenario *scn;
    struct standing *list; /* in the order in which they were done */
    unsigned count;
};

struct links *links_new(const struct scenario *scn)
{
    struct links *l = calloc(1, sizeof *l);
    unsigned room = 1;

    if (l == NULL) {
        return NULL;
    }
    for (unsigned i = 0; i < scn->actions_count; i++) {
        room += scn->actions[i].kind == ACTION_LINK;
    }
    l->scn = scn;
    l->list = calloc(room, sizeof *l->list);
    if (l->list == NULL) {
        links_free(l);
        return NULL;
    }
    return l;
}

void links_free(struct links *l)
{
    if (l != NULL) {
        free(l->list);
        free(l);
    }
}

static void take_out(struct links *l, unsigned i)
{
    l->count--;
    memmove(&l->list[i], &l->list[i + 1], (l->count - i) * sizeof *l->list);
}

void links_apply(struct links *l, unsigned action, uint64_t now_us)
{
    const struct scn_action *a = &l->scn->actions[action];

    ENSURE(a->kind == ACTION_LINK);
    for (unsigned i = 0; i < l->count; i++) {
        if (l->list[i].action == action) {
            take_out(l, i);
            break;
        }
    }
    l->list[l->count].action = action;
    l->list[l->count].end_us = a->for_us == 0 ? UINT64_MAX : now_us + a->for_us;
    l->count++;
}

static unsigned first_to_end(const struct links *l)
{
    unsigned first = 0;

    for (unsigned i = 1; i < l->count; i++) {
        if (l->list[i].end_us < l->list[first].end_us) {
            first = i;
        }
    }
    return first;
}

uint64_t links_next_end(const struct links *l)
{
    return l->count == 0 ? UINT64_MAX : l->list[first_to_end(l)].end_us;
}

unsigned links_end(struct links *l)
{
    unsigned i = first_to_end(l);
    unsigned action;

    ENSURE(l->count > 0 && l->list[i].end_us != UINT64_MAX);
    action = l->list[i].action;
    take_out(l, i);
    return action;
}

struct scn_link links_now(const struct links *l, enum role from, enum role to)
{
    struct scn_link link = l->scn->links[from][to];

    for (unsigned i = 0; i < l->count; i++) {
        const struct scn_action *a = &l->scn->actions[l->list[i].action];

        if ((a->from == from && a->to == to) || (a->both && a->from == to && a->to == from)) {
            scn_link_set(&link, &a->link, a->set);
        }
    }
    return link;
}
