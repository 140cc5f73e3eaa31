/* I18: each data frame that reaches the EESE gets one verdict. In virtual time the EESE answers a
 * datagram before anything else happens, so each verdict is that of the last one. In a live run
 * datagrams may wait in its socket: there verdicts are counted, at the end. */
#include "common/base/ensure.h"
#include "scenarios/sim/judge/watch.h"

/* Live: what has arrived so late before the end may not have been answered yet. */
#define LATE_US UINT64_C(1000000)

static bool is_verdict(const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    return e->kind == TRACE_OCCUR && o->role == ROLE_EESE && o->from == ROLE_UE &&
           (o->kind == OCCUR_DELIVER || o->kind == OCCUR_REPORT);
}

/* The datagram has reached no context with a key. */
static bool is_useless(const struct watch *w, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    if (e->kind != TRACE_OCCUR || o->role != ROLE_EESE) {
        return false;
    }
    if (o->kind == OCCUR_REFUSED) {
        return o->from == ROLE_UE;
    }
    return o->kind == OCCUR_NOTE && o->note == NOTE_UNEXPECTED && w->at != NULL &&
           (w->at->now[ROLE_EESE].is & (IS_FIRST | IS_VALID | IS_EXPIRED)) == 0;
}

static bool is_arrival(const struct watch *w, const struct trace_event *e)
{
    return e->kind == TRACE_MSG && w->arrives && e->u.msg.to == ROLE_EESE &&
           e->u.msg.type == MSG_DATA_UL;
}

/* Whose the EESE takes it for: an altered one may be anybody's. */
static int owner_of(const struct watch *w, const struct trace_msg *m)
{
    return w->honesty == HONEST && w->at != NULL ? m->ue : -1;
}

/* ---- virtual ---- */

static unsigned none_given(struct watch *w, struct breach *b)
{
    struct watch_pending *p = &w->pending;

    p->open = false;
    b->event = p->event;
    b->t_us = p->t_us;
    return breach(b, "data #%u%s%s reaches the EESE, which gives no verdict on it",
                  (unsigned)p->ctr, p->ue >= 0 ? " of " : "",
                  p->ue >= 0 ? watch_label(w, &w->ue[p->ue]) : "");
}

static unsigned given(struct watch *w, const struct occur *o, struct breach *b)
{
    struct watch_pending *p = &w->pending;

    if (p->open) {
        p->open = false;
        return 0;
    }
    if (w->forgiven > 0) {
        w->forgiven--;
        return 0;
    }
    if (w->process[ROLE_EESE].died) {
        return 0; /* what it had kept and not told, it tells when it lives again */
    }
    return breach(b, "EESE gives a verdict on #%u of %s without another frame", (unsigned)o->ctr,
                  w->at != NULL ? watch_label(w, w->at) : o->ue.s);
}

static unsigned judge_exactly(struct watch *w, const struct trace_event *e, struct breach *b)
{
    struct watch_pending *p = &w->pending;
    const struct watch_process *eese = &w->process[ROLE_EESE];
    unsigned broken = 0;

    if (p->open && !watch_is_by(e, ROLE_EESE)) {
        broken = none_given(w, b);
    }
    if (is_verdict(e)) {
        broken += given(w, &e->u.occur, b);
    } else if (is_useless(w, e) || eese->dead) {
        p->open = false;
    } else if (is_arrival(w, e) && eese->paused) {
        w->forgiven++; /* it waits */
    } else if (is_arrival(w, e)) {
        *p = (struct watch_pending){.open = true,
                                    .ue = owner_of(w, &e->u.msg),
                                    .event = w->event,
                                    .t_us = e->t_us,
                                    .ctr = e->u.msg.ctr};
    }
    return broken;
}

/* ---- live ---- */

static void count(struct watch *w, const struct trace_event *e)
{
    if (is_arrival(w, e)) {
        if (owner_of(w, &e->u.msg) < 0) {
            w->strange++;
        } else {
            w->at->verdicts.owed++;
            w->at->verdicts.last_us = e->t_us;
        }
    } else if (is_verdict(e) && w->at != NULL) {
        w->at->verdicts.owed--;
    } else if (is_useless(w, e)) {
        w->refused++;
    } else if (e->kind == TRACE_PROCESS && e->u.process.role == ROLE_EESE &&
               e->u.process.what == PROCESS_DIES) {
        for (unsigned i = 0; i < w->count; i++) {
            w->forgiven += w->ue[i].verdicts.owed > 0 ? (uint32_t)w->ue[i].verdicts.owed : 0;
            w->ue[i].verdicts.owed = 0;
        }
    }
}

static unsigned add_up(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct watch_ue *owing = NULL;
    const struct watch_ue *owed = NULL;
    uint32_t missing = 0;
    uint32_t surplus = 0;

    for (unsigned i = 0; i < w->count; i++) {
        const struct watch_ue *ue = &w->ue[i];

        if (ue->verdicts.owed > 0 && ue->verdicts.last_us + LATE_US < e->t_us) {
            missing += (uint32_t)ue->verdicts.owed;
            owing = owing != NULL ? owing : ue;
        } else if (ue->verdicts.owed < 0) {
            surplus += (uint32_t)-ue->verdicts.owed;
            owed = owed != NULL ? owed : ue;
        }
    }
    if (owing != NULL && missing > w->refused) {
        return breach(b, "%u data frames, the first of %s, have reached the EESE without a verdict",
                      (unsigned)missing, watch_label(w, owing));
    }
    if (owed != NULL && surplus > w->strange + w->forgiven) {
        return breach(b, "EESE gives %u verdicts, the first for %s, without a frame for each",
                      (unsigned)surplus, watch_label(w, owed));
    }
    return 0;
}

unsigned watch_verdict(struct watch *w, const struct trace_event *e, struct breach *b)
{
    if (w->exact) {
        return judge_exactly(w, e, b);
    }
    count(w, e);
    if (e->kind != TRACE_END || w->process[ROLE_EESE].paused || w->process[ROLE_EESE].dead) {
        return 0;
    }
    return add_up(w, e, b);
}
