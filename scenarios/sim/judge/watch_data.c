/* What becomes of application data. */
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

#include <inttypes.h>

static bool is_delivery(const struct watch *w, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    return e->kind == TRACE_OCCUR && w->at != NULL && o->kind == OCCUR_DELIVER &&
           (o->role == ROLE_UE || o->role == ROLE_EESE);
}

/* ---- I4 ---- */

static unsigned deliver(struct watch *w, const struct occur *o, struct breach *b)
{
    const unsigned side = watch_side(o->role);
    const bool lost = w->process[o->role].losses > 0;
    bool fresh = true;

    if (o->ctr != 0) {
        fresh = numbers_enter(&w->at->delivered[side], o->ctr);
        if (lost) { /* it may have to be told once more, but not twice */
            fresh = numbers_enter(&w->at->redelivered[side], o->ctr);
        }
    }
    if (!fresh) {
        return breach(b, "%s delivers #%u of %s a second time", role_name(o->role),
                      (unsigned)o->ctr, watch_label(w, w->at));
    }
    if (w->again) {
        return breach(b, "%s delivers a message of %s a second time, as #%u", role_name(o->role),
                      watch_label(w, w->at), (unsigned)o->ctr);
    }
    return 0;
}

/* Longer than anything can be under way that nothing holds up. */
static uint64_t rest_us(const struct watch *w)
{
    return 2 * w->way_us + watch_lag_us(w);
}

/* Without acknowledgements: what its sender has let go, and nothing can deliver any more. With
 * them a message is its sender's until it has been acknowledged, and then it must have been
 * delivered: that is I5. */
static unsigned find_lost(struct watch *w, const struct watch_ue *ue, unsigned side,
                          struct breach *b)
{
    const struct watch_outbox *box = &ue->outbox[side];
    unsigned broken = 0;

    for (uint32_t i = 0; i < box->gone && !box->unsure; i++) {
        const struct watch_message *m = &box->list[i];

        if (m->delivered || m->refused) {
            continue;
        }
        if (broken++ == 0 && b->what[0] == '\0') {
            b->event = m->event;
            b->t_us = m->t_us;
            breach(b,
                   side == AT_UE
                       ? "what %s is told to send here is never delivered, and nobody has "
                         "it any more"
                       : "what the EESE is told to send to %s here is never delivered, "
                         "and nobody has it any more",
                   watch_label(w, ue));
        }
    }
    return broken;
}

unsigned watch_exactly_once(struct watch *w, const struct trace_event *e, struct breach *b)
{
    unsigned broken = 0;

    if (is_delivery(w, e)) {
        return deliver(w, &e->u.occur, b);
    }
    for (unsigned i = 0; e->kind == TRACE_END && !w->acks && i < w->count; i++) {
        if (w->ue[i].last_us + rest_us(w) < e->t_us) {
            broken += find_lost(w, &w->ue[i], AT_UE, b);
            broken += find_lost(w, &w->ue[i], AT_EESE, b);
        }
    }
    return broken;
}

/* ---- I5 ---- */

/* |receiver| has acknowledged number |ctr| of |ue|. One that has died since may have been about to
 * tell of it, and does when it lives again. */
static unsigned acknowledged(struct watch *w, struct watch_ue *ue, enum role receiver, uint32_t ctr,
                             struct breach *b)
{
    const unsigned side = watch_side(receiver);

    if (ctr == 0 || numbers_have(&ue->delivered[side], ctr)) {
        return 0;
    }
    if (w->process[receiver].died) {
        numbers_enter(&ue->owed[side], ctr);
        return 0;
    }
    return breach(b, "#%u of %s counts as acknowledged by the %s, which has not delivered it",
                  (unsigned)ctr, watch_label(w, ue), role_name(receiver));
}

/* A datagram that is lost at once is told while its sender's step goes on: what else comes of the
 * step is told next. */
static unsigned settle_lost(struct watch *w, const struct trace_event *e, struct breach *b)
{
    struct watch_pending *p = &w->lost_ack;

    if (!p->open || watch_is_by(e, p->role)) {
        return 0;
    }
    p->open = false;
    b->event = p->event;
    b->t_us = p->t_us;
    return acknowledged(w, &w->ue[p->ue], p->role, p->ctr, b);
}

static unsigned take_ack(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct trace_msg *m = &e->u.msg;

    if (m->fate != FATE_DROPPED) {
        return acknowledged(w, w->at, m->from, m->ctr, b);
    }
    w->lost_ack = (struct watch_pending){.open = true,
                                         .role = m->from,
                                         .ue = m->ue,
                                         .event = w->event,
                                         .t_us = e->t_us,
                                         .ctr = m->ctr};
    return 0;
}

static unsigned find_owed(struct watch *w, const struct watch_ue *ue, enum role receiver,
                          struct breach *b)
{
    const unsigned side = watch_side(receiver);
    const struct watch_process *p = &w->process[receiver];
    unsigned broken = 0;

    for (uint32_t i = 0; i < ue->owed[side].count && !p->dead && p->losses == 0; i++) {
        const uint32_t ctr = ue->owed[side].list[i];

        if (!numbers_have(&ue->delivered[side], ctr)) {
            broken += breach(b,
                             "#%u of %s was acknowledged by the %s, which lives again and has "
                             "not delivered it",
                             (unsigned)ctr, watch_label(w, ue), role_name(receiver));
        }
    }
    return broken;
}

unsigned watch_kept(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = &e->u.occur;
    unsigned broken = settle_lost(w, e, b);

    if (broken > 0) {
        return broken; /* one breach is told at a time */
    }
    if (e->kind == TRACE_MSG && w->at != NULL && e->u.msg.type == MSG_DACK &&
        (w->as_sent || (w->arrives && w->honesty == HONEST))) {
        return take_ack(w, e, b);
    }
    if (e->kind == TRACE_OCCUR && w->at != NULL && o->kind == OCCUR_NOTE && o->note == NOTE_ACKED &&
        (o->role == ROLE_UE || o->role == ROLE_EESE)) {
        return acknowledged(w, w->at, o->role == ROLE_UE ? ROLE_EESE : ROLE_UE, (uint32_t)o->value,
                            b);
    }
    for (unsigned i = 0; e->kind == TRACE_END && i < w->count; i++) {
        broken += find_owed(w, &w->ue[i], ROLE_EESE, b);
        broken += find_owed(w, &w->ue[i], ROLE_UE, b);
    }
    return broken;
}

/* ---- I6 ---- */

static bool between_ends(const struct trace_msg *m)
{
    return (m->from == ROLE_UE && m->to == ROLE_EESE) || (m->from == ROLE_EESE && m->to == ROLE_UE);
}

/* True when the frame may differ from what an honest end has sent. A rule that alters can meet a
 * copy or a delayed frame too, and then the trace names only one of both fates. */
static bool may_be_altered(const struct watch *w, const struct trace_msg *m)
{
    if (fate_alters(m->fate) || m->fate == FATE_INJECTED) {
        return true;
    }
    return w->corrupts && (m->fate == FATE_DUPLICATED || m->fate == FATE_DELAYED);
}

/* An end that has come back with a state of long ago takes frames under a key that is KID_MODULO
 * epochs away from one that it has for frames under that. And where numbers are lost the ends may
 * have two keys under one. */
static bool may_mistake(const struct watch *w)
{
    const struct watch_now *at_ue = &w->at->now[ROLE_UE];
    const struct watch_now *at_eese = &w->at->now[ROLE_EESE];
    const uint32_t apart = at_ue->epoch > at_eese->epoch ? at_ue->epoch - at_eese->epoch
                                                         : at_eese->epoch - at_ue->epoch;

    return watch_numbers_lost(w) ||
           (w->process[ROLE_UE].losses + w->process[ROLE_EESE].losses > 0 &&
            apart + 1 >= KID_MODULO);
}

unsigned watch_no_false_alarm(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = &e->u.occur;
    uint32_t *altered = w->at != NULL ? w->at->altered : w->altered;
    unsigned side;

    if (e->kind == TRACE_MSG) {
        if (may_be_altered(w, &e->u.msg) && between_ends(&e->u.msg)) {
            altered[watch_side(e->u.msg.to)]++;
        }
        return 0;
    }
    if (e->kind != TRACE_OCCUR || w->at == NULL || o->kind != OCCUR_REPORT ||
        o->verdict != VERDICT_FAIL_MIC) {
        return 0;
    }
    side = watch_side(o->role);
    if (altered[side] > 0) {
        altered[side]--;
        return 0;
    }
    if (w->altered[side] > 0) {
        w->altered[side]--;
        return 0;
    }
    if (may_mistake(w)) {
        return 0;
    }
    return breach(b, "%s reports FAIL_MIC for #%u of %s, which nothing altered", role_name(o->role),
                  (unsigned)o->ctr, watch_label(w, w->at));
}

/* ---- I16 ---- */

static void note_arrival(struct watch *w, const struct trace_event *e)
{
    const struct trace_msg *m = &e->u.msg;

    w->at->arrivals[w->at->arrivals_count++ % WATCH_ARRIVALS] = (struct watch_arrival){
        .ctr = m->ctr,
        .honesty = m->fate == FATE_INJECTED || m->fate == FATE_DUPLICATED ? HONEST_NOT : w->honesty,
        .sent_us = m->sent_us,
        .way_us = e->t_us - m->sent_us};
}

/* The latest data with number |ctr|, or NULL. */
static const struct watch_arrival *arrival_of(const struct watch_ue *ue, uint32_t ctr)
{
    for (unsigned i = 0; i < ue->arrivals_count && i < WATCH_ARRIVALS; i++) {
        const struct watch_arrival *a =
            &ue->arrivals[(ue->arrivals_count - 1 - i) % WATCH_ARRIVALS];

        if (a->ctr == ctr) {
            return a;
        }
    }
    return NULL;
}

/* Whoever has come back without all it had saved may use numbers or epochs of before. */
static bool has_lost_state(const struct watch *w)
{
    return w->process[ROLE_UE].losses + w->process[ROLE_EESE].losses +
               w->process[ROLE_EMSE].losses >
           0;
}

/* A new root replaces the epoch that a refresh has just given to the UE, at the EESE first; what
 * the UE sends meanwhile may be under that. */
static bool is_in_attach(const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    return e->kind == TRACE_OCCUR && o->kind == OCCUR_STEP && o->role == ROLE_UE &&
           ((watch_is(ROLE_UE, o->state) & IS_ATTACHED) == 0 ||
            (watch_is(ROLE_UE, o->next) & IS_ATTACHED) == 0);
}

unsigned watch_no_refusal(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = &e->u.occur;
    const uint64_t overlap_us = (uint64_t)w->run->scn->timing.ms[TIMER_OVERLAP] * 1000;
    const struct watch_arrival *a;

    if (w->at == NULL) {
        return 0;
    }
    if (e->kind == TRACE_MSG && e->u.msg.type == MSG_DATA_UL && w->arrives) {
        note_arrival(w, e);
    }
    if (is_in_attach(e)) {
        w->at->attach_us = e->t_us;
    }
    if (e->kind != TRACE_OCCUR || o->role != ROLE_EESE) {
        return 0;
    }
    w->at->hard_expired = w->at->hard_expired ||
                          (o->kind == OCCUR_STEP && (watch_is(ROLE_EESE, o->next) & IS_EXPIRED));
    if (o->kind != OCCUR_REPORT || o->verdict == VERDICT_DUP || w->at->hard_expired ||
        has_lost_state(w)) {
        return 0;
    }
    a = arrival_of(w->at, o->ctr);
    if (a == NULL || a->honesty != HONEST || a->way_us > overlap_us ||
        (w->at->attach_us > 0 && a->sent_us <= w->at->attach_us)) {
        return 0;
    }
    return breach(b, "EESE refuses #%u of %s (%s), though no key of it has expired",
                  (unsigned)o->ctr, watch_label(w, w->at), verdict_name(o->verdict));
}
