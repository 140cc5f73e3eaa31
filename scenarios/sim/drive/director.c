#include "scenarios/sim/drive/director.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "scenarios/sim/drive/cond.h"
#include "scenarios/sim/drive/links.h"

#include <stdlib.h>
#include <string.h>

/* An action in progress, or a UE that attaches by itself. There is one for each of them at most. */
struct task {
    uint64_t at_us;
    uint64_t number;   /* equal times: in the order of their making */
    int action;        /* index, -1: attach |ue| */
    unsigned ue;       /* of `each UE`: whose turn it is */
    uint64_t round_us; /* when this repetition began */
    uint32_t round;
};

struct wait {
    unsigned action;
    struct cond *cond;
};

struct director {
    const struct scenario *scn;
    struct director_hooks hooks;
    struct task *tasks; /* a heap, the first one first */
    unsigned tasks_count;
    uint64_t numbers;
    struct wait *waits; /* in the order of the file */
    unsigned waits_count;
    struct links *links;
    uint64_t last_us;  /* of the last event */
    uint64_t asked_us; /* when it was last asked whether all is quiet */
};

/* ---- tasks ---- */

static bool before(const struct task *a, const struct task *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->number < b->number;
}

static void add(struct director *d, struct task t)
{
    unsigned i = d->tasks_count++;

    t.number = d->numbers++;
    for (; i > 0 && before(&t, &d->tasks[(i - 1) / 2]); i = (i - 1) / 2) {
        d->tasks[i] = d->tasks[(i - 1) / 2];
    }
    d->tasks[i] = t;
}

static struct task take(struct director *d)
{
    const struct task first = d->tasks[0];
    const struct task last = d->tasks[--d->tasks_count];
    unsigned i = 0;

    for (unsigned child = 1; child < d->tasks_count; child = 2 * i + 1) {
        if (child + 1 < d->tasks_count && before(&d->tasks[child + 1], &d->tasks[child])) {
            child++;
        }
        if (!before(&d->tasks[child], &last)) {
            break;
        }
        d->tasks[i] = d->tasks[child];
        i = child;
    }
    d->tasks[i] = last;
    return first;
}

/* ---- begin and end ---- */

/* UEs that attach by themselves, those of the same time in turn. */
static void add_attaches(struct director *d)
{
    uint64_t at_us = UINT64_MAX;
    uint64_t turn = 0;

    for (unsigned i = 0; i < d->scn->ues_count; i++) {
        const struct scn_ue *ue = &d->scn->ues[i];

        if (!ue->starts_attached) {
            continue;
        }
        turn = ue->attach_at_us == at_us ? turn + 1 : 0;
        at_us = ue->attach_at_us;
        add(d, (struct task){.at_us = at_us + turn * DIRECTOR_TURN_US, .action = -1, .ue = i});
    }
}

static bool add_actions(struct director *d)
{
    for (unsigned i = 0; i < d->scn->actions_count; i++) {
        const struct scn_trigger *t = &d->scn->actions[i].trigger;

        if (!t->on_cond) {
            add(d, (struct task){.at_us = t->at_us, .round_us = t->at_us, .action = (int)i});
            continue;
        }
        d->waits[d->waits_count].action = i;
        d->waits[d->waits_count].cond = cond_new(d->scn, &t->cond);
        if (d->waits[d->waits_count].cond == NULL) {
            return false;
        }
        d->waits_count++;
    }
    return true;
}

struct director *director_new(const struct scenario *scn, const struct director_hooks *hooks)
{
    struct director *d = calloc(1, sizeof *d);

    if (d == NULL) {
        return NULL;
    }
    d->scn = scn;
    d->hooks = *hooks;
    d->tasks = calloc((size_t)scn->ues_count + scn->actions_count + 1, sizeof *d->tasks);
    d->waits = calloc((size_t)scn->actions_count + 1, sizeof *d->waits);
    d->links = links_new(scn);
    if (d->tasks == NULL || d->waits == NULL || d->links == NULL) {
        director_free(d);
        return NULL;
    }
    add_attaches(d);
    if (!add_actions(d)) {
        director_free(d);
        return NULL;
    }
    return d;
}

void director_free(struct director *d)
{
    if (d == NULL) {
        return;
    }
    for (unsigned i = 0; i < d->waits_count; i++) {
        cond_free(d->waits[i].cond);
    }
    links_free(d->links);
    free(d->waits);
    free(d->tasks);
    free(d);
}

/* ---- what happens ---- */

void director_event(struct director *d, const struct trace_event *e)
{
    unsigned kept = 0;

    d->last_us = e->t_us;
    for (unsigned i = 0; i < d->waits_count; i++) {
        struct wait w = d->waits[i];

        if (cond_meets(w.cond, e) == 0) {
            d->waits[kept++] = w;
            continue;
        }
        cond_free(w.cond);
        add(d, (struct task){.at_us = e->t_us + d->scn->actions[w.action].trigger.at_us,
                             .round_us = e->t_us + d->scn->actions[w.action].trigger.at_us,
                             .action = (int)w.action});
    }
    d->waits_count = kept;
}

static void give(struct director *d, const struct task *t, const struct scn_action *a, unsigned ue)
{
    struct order o = a->order;

    if (a->random_len > 0) {
        uint64_t key = prng_key(prng_key_text(d->scn->seed, "payload"), a->line);

        o.len = a->random_len;
        key = prng_key(prng_key_text(key, d->scn->ues[ue].imsi.s), t->round);
        prng_fill(key, o.payload, o.len);
    }
    d->hooks.order(d->hooks.arg, a->role, ue, &o, a->line);
}

static void tell_links(struct director *d, const struct scn_action *a)
{
    struct scn_link now = links_now(d->links, a->from, a->to);

    d->hooks.link(d->hooks.arg, a->from, a->to, &now, a->line);
    if (a->both) {
        now = links_now(d->links, a->to, a->from);
        d->hooks.link(d->hooks.arg, a->to, a->from, &now, a->line);
    }
}

static void act(struct director *d, const struct task *t, const struct scn_action *a)
{
    if (a->kind == ACTION_LINK) {
        links_apply(d->links, (unsigned)t->action, t->at_us);
        tell_links(d, a);
    } else if (a->kind == ACTION_INJECT) {
        d->hooks.inject(d->hooks.arg, a->fault);
    } else if (a->kind == ACTION_PROCESS || a->kind == ACTION_COPY) {
        d->hooks.process(d->hooks.arg, a);
    } else if (a->ue >= 0) {
        give(d, t, a, (unsigned)a->ue);
    } else if (t->ue < d->scn->ues_count) {
        give(d, t, a, t->ue);
    }
}

/* What follows from |t|, which has been done: the next UE's turn, else the next repetition. */
static void follow(struct director *d, struct task t, const struct scn_action *a)
{
    if (a->kind == ACTION_ORDER && a->ue < 0 && t.ue + 1 < d->scn->ues_count) {
        t.ue++;
        t.at_us += DIRECTOR_TURN_US;
        add(d, t);
        return;
    }
    t.round_us += a->trigger.every_us;
    t.round++;
    if (a->trigger.every_us == 0 ||
        (a->trigger.times > 0 ? t.round >= a->trigger.times : t.round_us > a->trigger.until_us)) {
        return;
    }
    t.at_us = t.round_us > t.at_us ? t.round_us : t.at_us;
    t.ue = 0;
    add(d, t);
}

static void perform(struct director *d, const struct task *t)
{
    static const struct order attach = {.kind = ORDER_ATTACH};

    if (t->action < 0) {
        d->hooks.order(d->hooks.arg, ROLE_UE, t->ue, &attach, 0);
        return;
    }
    act(d, t, &d->scn->actions[t->action]);
    follow(d, *t, &d->scn->actions[t->action]);
}

/* ---- time ---- */

static uint64_t next_task(const struct director *d)
{
    return d->tasks_count > 0 ? d->tasks[0].at_us : UINT64_MAX;
}

bool director_busy(const struct director *d)
{
    return d->tasks_count > 0 || links_next_end(d->links) != UINT64_MAX;
}

static bool all_done(const struct director *d)
{
    return d->waits_count == 0 && !director_busy(d);
}

/* Whether all is settled can change with an event, or with the deadline of an expectation. */
static uint64_t next_asking(const struct director *d)
{
    uint64_t at_us = d->last_us + DIRECTOR_IDLE_US;
    uint64_t next = UINT64_MAX;

    if (at_us > d->asked_us) {
        return at_us;
    }
    for (unsigned i = 0; i < d->scn->expects_count; i++) {
        const struct scn_expect *x = &d->scn->expects[i];

        if (x->mode == EXPECT_WITHIN && x->at_us + 1 > d->asked_us && x->at_us + 1 < next) {
            next = x->at_us + 1;
        }
    }
    return next;
}

uint64_t director_deadline(const struct director *d)
{
    const struct scenario *s = d->scn;
    uint64_t end_us = s->end_us != 0 && s->end_us < s->limit_us ? s->end_us : s->limit_us;
    uint64_t next = next_task(d);

    if (links_next_end(d->links) < next) {
        next = links_next_end(d->links);
    }
    if (s->end_us == 0 && all_done(d) && next_asking(d) < next) {
        next = next_asking(d);
    }
    return next < end_us ? next : end_us;
}

static bool is_quiet(struct director *d, uint64_t now_us)
{
    if (!all_done(d) || now_us < d->last_us + DIRECTOR_IDLE_US) {
        return false;
    }
    d->asked_us = now_us;
    return d->hooks.in_flight(d->hooks.arg) == 0 &&
           (d->hooks.settled == NULL || d->hooks.settled(d->hooks.arg, now_us));
}

enum over director_run(struct director *d, uint64_t now_us)
{
    while (next_task(d) <= now_us || links_next_end(d->links) <= now_us) {
        if (links_next_end(d->links) <= next_task(d)) {
            tell_links(d, &d->scn->actions[links_end(d->links)]);
        } else {
            struct task t = take(d);

            perform(d, &t);
        }
    }
    if (d->scn->end_us != 0 && now_us >= d->scn->end_us) {
        return OVER_END;
    }
    if (now_us >= d->scn->limit_us) {
        return OVER_LIMIT;
    }
    return d->scn->end_us == 0 && is_quiet(d, now_us) ? OVER_QUIET : OVER_NOT;
}

unsigned director_waiting(const struct director *d)
{
    return d->waits_count;
}
