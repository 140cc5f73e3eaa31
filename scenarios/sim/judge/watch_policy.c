/* te2e as the EESE notes it, within the operator's limits, and as it lives by it (6.x.2.4). */
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

#include <inttypes.h>

/* The operator's limits travel with keysets and by themselves. */
static void take_msg(struct watch *w)
{
    struct watch_te2e *t = &w->at->te2e;
    const bool keyset = w->msg.type == MSG_KEYSET_FWD;
    const struct profile *p = keyset ? &w->msg.u.keyset_fwd.profile : &w->msg.u.policy.profile;

    *(keyset ? &t->with_keyset : &t->by_itself) =
        (struct watch_limits){p->version, p->te2e_floor_ms, p->te2e_ceiling_ms};
}

/* The EESE takes those of a keyset that it installs, unless it has newer ones, and newer ones that
 * come by themselves. */
static void take_limits(struct watch_te2e *t, const struct occur *o)
{
    if (strcmp(o->event, "RX_KEYSET") == 0 && t->with_keyset.version >= t->limits.version) {
        t->limits = t->with_keyset;
    } else if (strcmp(o->event, "RX_POLICY") == 0 && t->by_itself.version > t->limits.version) {
        t->limits = t->by_itself;
    }
}

static bool is_te2e(enum note n)
{
    return n == NOTE_TE2E_ENTERPRISE_UE || n == NOTE_TE2E_ENTERPRISE || n == NOTE_TE2E_PAIR ||
           n == NOTE_TE2E_UE || n == NOTE_TE2E_DEFAULT || n == NOTE_TE2E_FLOOR ||
           n == NOTE_TE2E_CEILING;
}

static void take_note(struct watch *w, const struct trace_event *e)
{
    struct watch_te2e *t = &w->at->te2e;

    t->noted = true;
    t->ms = (uint32_t)e->u.occur.value;
    t->note_event = w->event;
    t->note_us = e->t_us;
}

/* All that a step decides is noted right after it: what was noted last counts. A changed profile
 * does not start te2e again; but where it has run out by the new one, it runs out now (H12). */
static unsigned conclude(struct watch *w, struct breach *b)
{
    struct watch_te2e *t = &w->at->te2e;
    const struct watch_limits *l = &t->limits;
    const uint64_t us = (uint64_t)t->ms * 1000;

    if (!t->noted) {
        return 0;
    }
    t->noted = false;
    if (t->arms) {
        t->armed = true;
        t->armed_us = t->step_us;
        t->expires_us = t->step_us + us;
    } else if (t->armed && t->armed_us + us <= t->step_us) {
        t->expires_us = t->step_us;
    }
    if (l->version == 0 || ((l->floor_ms == 0 || t->ms >= l->floor_ms) &&
                            (l->ceiling_ms == 0 || t->ms <= l->ceiling_ms))) {
        return 0;
    }
    b->event = t->note_event;
    b->t_us = t->note_us;
    return breach(b, "te2e of %s is %u ms; the operator allows %u to %u ms", watch_label(w, w->at),
                  (unsigned)t->ms, (unsigned)l->floor_ms, (unsigned)l->ceiling_ms);
}

/* Another epoch comes into use, and te2e starts again with what is noted next. */
static bool begins(const struct watch_te2e *t, const struct occur *o)
{
    const bool was_first = (watch_is(ROLE_EESE, o->state) & IS_FIRST) != 0;
    const bool is_first = (watch_is(ROLE_EESE, o->next) & IS_FIRST) != 0;

    return o->has_epoch && (o->epoch != t->epoch || (was_first && !is_first));
}

static unsigned take_step(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = &e->u.occur;
    struct watch_te2e *t = &w->at->te2e;
    const bool early = w->exact && !w->process[ROLE_EESE].clock && t->armed &&
                       strcmp(o->event, "TE2E_EXPIRED") == 0 && e->t_us < t->expires_us;

    take_limits(t, o);
    if (begins(t, o)) {
        t->armed = false;
        t->epoch = o->epoch;
    }
    t->by_data = strncmp(o->event, "RX_DATA", strlen("RX_DATA")) == 0;
    t->step_us = e->t_us;
    t->arms = strcmp(o->event, "RX_POLICY") != 0;
    if (!early) {
        return 0;
    }
    return breach(b, "te2e of %s runs out %" PRIu64 " us too early", watch_label(w, w->at),
                  t->expires_us - e->t_us);
}

/* Timers that are due come before what arrives, so nothing is delivered at the very end either.
 * What an EESE tells when it lives again it had accepted before: no step of it is at that time. */
static unsigned take_delivery(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = &e->u.occur;
    const struct watch_te2e *t = &w->at->te2e;
    const struct watch_now *now = &w->at->now[ROLE_EESE];

    if (!w->exact || w->process[ROLE_EESE].clock || !t->armed || e->t_us < t->expires_us ||
        !t->by_data || t->step_us != e->t_us || (now->is & IS_VALID) == 0 ||
        now->epoch != o->epoch) {
        return 0;
    }
    return breach(
        b, "EESE delivers #%u of %s under epoch %u, whose te2e has run out %" PRIu64 " us ago",
        (unsigned)o->ctr, watch_label(w, w->at), (unsigned)o->epoch, e->t_us - t->expires_us);
}

/* An EESE that starts again without all its state does not know when te2e began, and of one that
 * dies over a datagram nobody knows whether it has begun again. */
static void take_process(struct watch *w, const struct trace_event *e)
{
    const struct scn_fault *f = watch_fault(w, e->u.process.line);
    const bool dies = e->u.process.what == PROCESS_DIES && f != NULL && f->kind == FAULT_KILL;
    const bool forgets = e->u.process.what == PROCESS_STARTS && e->u.process.left != LEFT_ALL;

    if (e->u.process.role == ROLE_EESE && (dies || forgets)) {
        for (unsigned i = 0; i < w->count; i++) {
            w->ue[i].te2e.noted = false;
            w->ue[i].te2e.armed = false;
            w->ue[i].te2e.limits.version = 0;
        }
    }
}

unsigned watch_policy(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = &e->u.occur;
    unsigned broken = 0;

    if (e->kind == TRACE_PROCESS) {
        take_process(w, e);
    }
    if (w->at == NULL) {
        return 0;
    }
    if (e->kind == TRACE_MSG && e->u.msg.to == ROLE_EESE && w->genuine && w->arrives &&
        (w->msg.type == MSG_KEYSET_FWD || w->msg.type == MSG_POLICY)) {
        take_msg(w);
    }
    if (e->kind != TRACE_OCCUR || o->role != ROLE_EESE) {
        return 0;
    }
    if (o->kind == OCCUR_NOTE && is_te2e(o->note)) {
        take_note(w, e);
        return 0;
    }
    broken = conclude(w, b);
    if (o->kind == OCCUR_STEP) {
        broken += take_step(w, e, b);
    } else if (o->kind == OCCUR_DELIVER && o->from == ROLE_UE) {
        broken += take_delivery(w, e, b);
    }
    return broken;
}
