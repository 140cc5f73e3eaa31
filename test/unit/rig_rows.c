#include "test/unit/rig.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static const struct rig_path *find_path(const struct rig_path *list, const char *name)
{
    for (; list != NULL && list->name != NULL; list++) {
        if (strcmp(list->name, name) == 0) {
            return list;
        }
    }
    return NULL;
}

void rig_go(const struct rig_path *list, const char *name, struct rig *r)
{
    const struct rig_path *path = find_path(list, name);

    ck_assert_msg(path != NULL, "no path %s", name);
    path->go(r);
}

static const struct fsm *fsm_of(const struct rig_rows *t)
{
    return rig_machine[t->role]->fsm(t->variant);
}

int rig_rows_count(const struct rig_rows *t)
{
    return (int)fsm_of(t)->rows_count;
}

/* Leads a new rig to |state|; with |event|, what that needs is done first. */
static void reach(const struct rig_rows *t, struct rig *r, const char *state, const char *event)
{
    const struct rig_path *before = event == NULL ? NULL : find_path(t->before, event);
    const struct rig_path *path = find_path(t->reach, state);

    ck_assert_msg(path != NULL, "no path to state %s", state);
    rig_init(r, t->variant);
    if (before != NULL) {
        before->go(r);
    }
    path->go(r);
    ck_assert_str_eq(rig_state(r, t->role), state);
}

void rig_row(const struct rig_rows *t, int i)
{
    static struct rig r;
    const struct fsm *fsm = fsm_of(t);
    const char *state = fsm->state_names[fsm->rows[i].state];
    const char *event = fsm->event_names[fsm->rows[i].event];
    char both[80];
    const struct rig_path *own;

    snprintf(both, sizeof both, "%s %s", state, event);
    own = find_path(t->own, both);
    if (own != NULL) {
        rig_init(&r, t->variant);
        own->go(&r);
    } else {
        const struct rig_path *cause = find_path(t->cause, event);

        ck_assert_msg(cause != NULL, "nothing causes %s", event);
        reach(t, &r, state, event);
        memset(r.hit, 0, sizeof r.hit);
        cause->go(&r);
    }
    ck_assert_msg(r.hit[t->role][i], "row %s was not reached", both);
}

void rig_all_pairs(const struct rig_rows *t)
{
    static struct rig r;

    for (const struct rig_path *state = t->reach; state->name != NULL; state++) {
        for (const struct rig_path *cause = t->cause; cause->name != NULL; cause++) {
            reach(t, &r, state->name, NULL);
            cause->go(&r);
        }
    }
}
