/* I14: when nothing disturbs them any more, the ends come to agree and have nothing left open.
 *
 * A pair is settled when the UE is attached, both ends use one key, no keyset waits for its first
 * use, no message is open and no rekey is wanted. It must be so by the end of the run, if for a
 * bound before it nothing has disturbed the pair: no datagram of it was lost, held, copied, altered
 * or made up, no link or process changed, nobody told a role to do anything, no timer began a
 * rekey, and nobody refused one for its rate. An EMSE that has lost state may not know the UE any
 * more: it finds it again when the UE attaches, which it does as soon as it has a message to send.
 *
 * The bound is what the timer register allows for the longest way back: unanswered data and SYNC
 * for as many rounds as the UE bears, an attach with all its repetitions, a wait for a key, twice,
 * and one wait of each hop of a rekey. The backoff of a timer is at most what it has grown to since
 * the run began. In the literal text nothing but te2e waits: there the bound is the way of two
 * rekeys. And there keys that have parted stay so, however long one waits. */
#include "common/base/ensure.h"
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

#include <inttypes.h>

/* As in the roles: unanswered messages before they do something else. */
enum { ROUNDS = 4, TRIES = 5, SYNC_TRIES = 3, HOPS = 12 };

/* ---- the bound ---- */

/* The |k|-th wait of a timer, counted from 0; the most that jitter makes of it. */
static uint64_t wait_us(const struct timing *t, enum timer_id id, unsigned k)
{
    uint64_t ms = t->ms[id];

    for (unsigned i = 0; i < k && ms < t->cap_ms[id]; i++) {
        ms *= 2;
    }
    ms = ms < t->cap_ms[id] || t->cap_ms[id] < t->ms[id] ? ms : t->cap_ms[id];
    return ms * 1000 + ms * 250;
}

static uint64_t waits_us(const struct timing *t, enum timer_id id, unsigned tries)
{
    uint64_t us = 0;

    for (unsigned k = 0; k < tries; k++) {
        us += wait_us(t, id, k);
    }
    return us;
}

/* The longest that a timer can wait when all its waits so far fit into |run_us|: each is at most
 * twice the one before it, and jitter makes up to a quarter of each. */
static uint64_t grown_us(const struct timing *t, enum timer_id id, uint64_t run_us)
{
    const uint64_t cap_us = (uint64_t)t->cap_ms[id] * 1250;
    const uint64_t us = (uint64_t)t->ms[id] * 1250 + run_us / 3 * 5 + 2;

    return us < cap_us ? us : cap_us;
}

static uint64_t bound_us(const struct watch *w, uint64_t run_us)
{
    static const enum timer_id hops[] = {TIMER_REATTACH, TIMER_TRIGGER, TIMER_RAND,
                                         TIMER_FWD,      TIMER_PUSH,    TIMER_DATA};
    const struct scenario *scn = w->run->scn;
    const struct timing *t = &scn->timing;
    uint64_t us = HOPS * w->way_us + watch_lag_us(w);

    if (!w->hardened && !sw_on(&scn->variant, SW_RETRANSMIT)) {
        return us;
    }
    us += ROUNDS * (waits_us(t, TIMER_DATA, TRIES) + waits_us(t, TIMER_SYNC, SYNC_TRIES));
    us += waits_us(t, TIMER_ATTACH, TRIES) + waits_us(t, TIMER_CHAL, TRIES) +
          waits_us(t, TIMER_AV, TRIES);
    us +=
        2 * wait_us(t, TIMER_WAITKEY, 0) + wait_us(t, TIMER_ACK, 0) + wait_us(t, TIMER_OVERLAP, 0);
    for (size_t i = 0; i < COUNT_OF(hops); i++) {
        us += grown_us(t, hops[i], run_us);
    }
    return us + ROUNDS * HOPS * w->way_us;
}

/* ---- while it runs ---- */

static const struct pair *pair_of(const struct watch *w, const struct watch_ue *ue)
{
    return &w->ends.pair[ue - w->ue];
}

static uint32_t open_of(const struct watch *w, const struct watch_ue *ue)
{
    return messages_open(w, ue, AT_UE) + messages_open(w, ue, AT_EESE);
}

static bool is_settled(const struct watch *w, const struct watch_ue *ue)
{
    const unsigned at_eese = ue->now[ROLE_EESE].is;

    return (ue->now[ROLE_UE].is & IS_READY) != 0 && (at_eese & (IS_VALID | IS_EXPIRED)) != 0 &&
           (at_eese & IS_NEXT) == 0 && pair_of(w, ue)->relation == ENDS_AGREE &&
           open_of(w, ue) == 0 && !ue->live.rekey;
}

static bool disturbs(const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    if (e->kind == TRACE_ORDER || (e->kind == TRACE_MSG && e->u.msg.fate != FATE_DELIVERED)) {
        return true;
    }
    return watch_is_step(e, ROLE_EESE, "SOFT_DUE") || watch_is_step(e, ROLE_EESE, "TE2E_EXPIRED") ||
           (e->kind == TRACE_OCCUR && o->kind == OCCUR_NOTE &&
            (o->note == NOTE_RATE_LIMITED || o->note == NOTE_EXHAUSTED));
}

/* The enterprise's wish, or the time, ask for a new epoch. */
static void follow_rekey(struct watch_ue *ue, const struct trace_event *e,
                         const struct ends_news *news)
{
    if ((watch_is_step(e, ROLE_EESE, "APP_REKEY") &&
         strcmp(e->u.occur.action, "trigger_rekey") == 0) ||
        watch_is_step(e, ROLE_EESE, "SOFT_DUE")) {
        ue->live.rekey = true;
    }
    if (news->changed && news->at == ROLE_EESE) {
        ue->live.rekey = false;
    }
}

static void follow_attach(struct watch_ue *ue, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    if (e->kind != TRACE_OCCUR || o->kind != OCCUR_NOTE) {
        return;
    }
    if (o->note == NOTE_ATTACHED && o->role == ROLE_UE) {
        ue->live.attached = true;
        ue->live.forgotten = false;
    } else if (o->note == NOTE_REJECTED || o->note == NOTE_RES_BAD || o->note == NOTE_AUTN_BAD ||
               o->note == NOTE_PURPOSE_BAD || o->note == NOTE_UNKNOWN_UE) {
        ue->live.attached = false;
    }
}

/* Where the keys have parted, and the loss before it, if there was one since they last agreed. */
static void follow_keys(struct watch *w, struct watch_ue *ue, const struct trace_event *e,
                        const struct ends_news *news)
{
    struct watch_live *l = &ue->live;

    if (news->meets) {
        l->lost = 0;
        l->parted = 0;
    } else if (l->lost == 0 && e->kind == TRACE_MSG && news->at != ROLE_COUNT) {
        l->lost = w->event;
        l->lost_us = e->t_us;
    }
    if (news->parts) {
        l->parted = w->event;
        l->parted_us = e->t_us;
    }
}

/* What the EESE asks for is not durable (H11): a command dies with it. */
static void follow_process(struct watch *w, const struct trace_event *e)
{
    const bool dies = e->u.process.what == PROCESS_DIES && e->u.process.role == ROLE_EESE;
    const bool forgets = e->u.process.what == PROCESS_STARTS && e->u.process.role == ROLE_EMSE &&
                         e->u.process.left != LEFT_ALL;

    for (unsigned i = 0; i < w->count; i++) {
        struct watch_live *l = &w->ue[i].live;

        l->rekey = l->rekey && !dies;
        l->forgotten = l->forgotten || forgets;
    }
}

static void follow(struct watch *w, const struct trace_event *e)
{
    struct watch_ue *ue = w->at;
    struct watch_live *l = &ue->live;
    const struct ends_news news = ends_event(&w->ends, e);
    bool settled;

    if (disturbs(e)) {
        l->disturbed_us = e->t_us;
    }
    follow_rekey(ue, e, &news);
    follow_attach(ue, e);
    follow_keys(w, ue, e, &news);
    settled = is_settled(w, ue);
    if (l->settled && !settled) {
        l->unsettled = w->event;
        l->unsettled_us = e->t_us;
    }
    l->settled = settled;
}

/* ---- the verdict ---- */

static bool is_undisturbed(const struct watch *w)
{
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        if (w->process[i].dead || w->process[i].paused || w->process[i].clock) {
            return false;
        }
    }
    return true;
}

static unsigned part(struct watch *w, const struct watch_ue *ue, struct breach *b)
{
    const struct watch_live *l = &ue->live;
    const struct pair *p = pair_of(w, ue);

    if (b->what[0] == '\0') {
        b->event = l->lost != 0 ? l->lost : l->parted;
        b->t_us = l->lost != 0 ? l->lost_us : l->parted_us;
        b->no_return = l->parted;
        b->no_return_us = l->parted_us;
    }
    return breach(b,
                  "the keys of %s have parted: epoch %u key %08x at the UE, %u %08x at the EESE; "
                  "recovery impossible since %" PRIu64 ".%03u s, event %" PRIu64,
                  watch_label(w, ue), (unsigned)p->ue.key.epoch, (unsigned)p->ue.key.fp,
                  (unsigned)p->eese.key.epoch, (unsigned)p->eese.key.fp, l->parted_us / 1000000,
                  (unsigned)(l->parted_us / 1000 % 1000), l->parted);
}

static const char *state_of_ue(const struct watch_ue *ue)
{
    const unsigned is = ue->now[ROLE_UE].is;

    return (is & IS_READY) != 0      ? "ready"
           : (is & IS_WAITING) != 0  ? "waiting for a key"
           : (is & IS_ATTACHED) != 0 ? "asking where it stands"
                                     : "not attached";
}

static unsigned stay(struct watch *w, const struct watch_ue *ue, uint64_t since_us,
                     struct breach *b)
{
    const struct watch_live *l = &ue->live;
    const struct pair *p = pair_of(w, ue);

    if (b->what[0] == '\0' && l->unsettled != 0) {
        b->event = l->unsettled;
        b->t_us = l->unsettled_us;
    }
    return breach(b,
                  "undisturbed since %" PRIu64 ".%03u s, %s is %s with epoch %u, the EESE has %u, "
                  "%u open messages%s",
                  since_us / 1000000, (unsigned)(since_us / 1000 % 1000), watch_label(w, ue),
                  state_of_ue(ue), (unsigned)p->ue.key.epoch, (unsigned)p->eese.key.epoch,
                  (unsigned)open_of(w, ue), l->rekey ? ", a rekey is wanted" : "");
}

static unsigned judge(struct watch *w, const struct watch_ue *ue, uint64_t end_us, struct breach *b)
{
    const struct watch_live *l = &ue->live;
    const uint64_t since_us = l->disturbed_us > w->disturbed_us ? l->disturbed_us : w->disturbed_us;

    if (!l->attached || ue->outbox[AT_UE].unsure || ue->outbox[AT_EESE].unsure ||
        (l->forgotten && messages_open(w, ue, AT_UE) == 0)) {
        return 0;
    }
    if (!w->hardened && pair_of(w, ue)->relation == ENDS_PARTED &&
        (ue->now[ROLE_UE].is & IS_ATTACHED) != 0) {
        w->live_judged = true;
        return part(w, ue, b);
    }
    if (end_us <= since_us + bound_us(w, since_us)) {
        return 0;
    }
    w->live_judged = true;
    return l->settled ? 0 : stay(w, ue, since_us, b);
}

unsigned watch_liveness(struct watch *w, const struct trace_event *e, struct breach *b)
{
    unsigned broken = 0;

    if (e->kind == TRACE_PROCESS) {
        follow_process(w, e);
    }
    if (w->at != NULL) {
        follow(w, e);
    }
    for (unsigned i = 0; e->kind == TRACE_END && is_undisturbed(w) && i < w->count; i++) {
        broken += judge(w, &w->ue[i], e->t_us, b);
    }
    return broken;
}
