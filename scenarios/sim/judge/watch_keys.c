/* What the ends' keys must be, and te2e. */
#include "common/base/ensure.h"
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

/* ---- I1 ---- */

static const struct watch_key *latest(const struct watch_keys *end)
{
    return end->count > 0 ? &end->had[(end->count - 1) % WATCH_HISTORY] : NULL;
}

/* The other key that |end| has had under the number of |key|, or NULL. */
static const struct watch_key *rival(const struct watch_keys *end, const struct watch_key *key)
{
    for (unsigned i = 0; i < end->count && i < WATCH_HISTORY; i++) {
        if (end->had[i].epoch == key->epoch && end->had[i].fp != key->fp) {
            return &end->had[i];
        }
    }
    return NULL;
}

/* Literal epochs are counted by each end from its attach; only runs of the same attach compare. */
static bool begins_again(const struct watch_keys *end, const struct watch_key *key)
{
    const struct watch_key *last = latest(end);

    return last != NULL && (key->epoch < last->epoch || rival(end, key) != NULL);
}

unsigned watch_agreement(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = watch_step_of_end(w, e);
    const struct watch_key key = {.epoch = o != NULL ? o->epoch : 0, .fp = o != NULL ? o->fp : 0};
    struct watch_keys *mine;
    const struct watch_keys *other;
    const struct watch_key *against;

    if (o == NULL || !o->has_epoch || o->fp == 0 || watch_numbers_lost(w)) {
        return 0;
    }
    mine = &w->at->keys[watch_side(o->role)];
    other = &w->at->keys[o->role == ROLE_UE ? AT_EESE : AT_UE];
    if (latest(mine) != NULL && memcmp(latest(mine), &key, sizeof key) == 0) {
        return 0;
    }
    against = w->hardened ? rival(mine, &key) : NULL;
    if (!w->hardened && begins_again(mine, &key)) {
        mine->generation++;
        mine->count = 0;
    }
    mine->had[mine->count++ % WATCH_HISTORY] = key;
    if (against == NULL && mine->generation == other->generation) {
        against = rival(other, &key);
    }
    if (against == NULL) {
        return 0;
    }
    return breach(b, "%s takes key %08x of %s as epoch %u, which has been key %08x",
                  role_name(o->role), (unsigned)key.fp, watch_label(w, w->at), (unsigned)key.epoch,
                  (unsigned)against->fp);
}

/* ---- I2 ---- */

/* The epoch that the EESE has installed and does not use yet. */
static void follow_next(struct watch_ue *ue, const struct occur *o)
{
    struct watch_window *v = &ue->window;
    const unsigned is = ue->now[ROLE_EESE].is;

    if ((is & IS_FIRST) != 0 && o->has_epoch) {
        v->has_next = true;
        v->next = o->epoch;
    } else if ((is & IS_NEXT) == 0) {
        v->has_next = false;
    } else if (strncmp(o->event, "RX_RAND", strlen("RX_RAND")) == 0 &&
               strcmp(o->action, "install_rand") == 0) {
        v->has_next = true;
        v->next = o->epoch + 1;
    } else if (strcmp(o->event, "RX_KEYSET") == 0) {
        v->has_next = true;
        v->next = v->keyset;
    }
}

/* Is the epoch of the UE between the one that the EESE uses and the one it has ready? Without
 * knowing the latter, nothing is too high. */
static bool is_inside(const struct watch_ue *ue)
{
    const struct watch_now *at_ue = &ue->now[ROLE_UE];
    const struct watch_now *at_eese = &ue->now[ROLE_EESE];
    const bool uses = (at_eese->is & (IS_VALID | IS_EXPIRED)) != 0 && at_eese->has_epoch;
    const bool ready = (at_eese->is & (IS_NEXT | IS_FIRST)) != 0;

    if (!at_ue->has_epoch || (at_ue->is & IS_ATTACHED) == 0 || !(uses || ready)) {
        return true;
    }
    if (uses && at_ue->epoch < at_eese->epoch) {
        return false;
    }
    if (ready && !ue->window.has_next) {
        return true;
    }
    return (uses && at_ue->epoch <= at_eese->epoch) || (ready && at_ue->epoch <= ue->window.next);
}

/* Remembers how far each end has come. True when both are there, or further, now. */
static bool is_as_far_as_ever(struct watch_ue *ue)
{
    struct watch_window *v = &ue->window;
    const uint32_t at_ue = ue->now[ROLE_UE].has_epoch ? ue->now[ROLE_UE].epoch : 0;
    uint32_t at_eese = ue->now[ROLE_EESE].has_epoch ? ue->now[ROLE_EESE].epoch : 0;

    if (v->has_next && v->next > at_eese) {
        at_eese = v->next;
    }
    v->at_ue = at_ue > v->at_ue ? at_ue : v->at_ue;
    v->at_eese = at_eese > v->at_eese ? at_eese : v->at_eese;
    return at_ue == v->at_ue && at_eese == v->at_eese;
}

static void doubt_windows(struct watch *w, enum role role)
{
    for (unsigned i = 0; i < w->count; i++) {
        w->ue[i].window.doubt = true;
        w->ue[i].window.has_next = w->ue[i].window.has_next && role != ROLE_EESE;
    }
}

unsigned watch_window(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = watch_step_of_end(w, e);
    bool was_outside;
    bool back;

    if (e->kind == TRACE_PROCESS && e->u.process.what == PROCESS_STARTS &&
        e->u.process.left != LEFT_ALL &&
        (e->u.process.role == ROLE_UE || e->u.process.role == ROLE_EESE)) {
        doubt_windows(w, e->u.process.role);
    }
    if (w->at == NULL) {
        return 0;
    }
    if (e->kind == TRACE_MSG && e->u.msg.type == MSG_KEYSET_FWD && w->arrives &&
        e->u.msg.has_epoch) {
        w->at->window.keyset = e->u.msg.epoch;
    }
    if (o == NULL) {
        return 0;
    }
    if (o->role == ROLE_EESE) {
        follow_next(w->at, o);
    }
    was_outside = w->at->window.outside;
    w->at->window.outside = !is_inside(w->at);
    back = is_as_far_as_ever(w->at);
    w->at->window.doubt = w->at->window.doubt && (w->at->window.outside || !back);
    if (!w->at->window.outside || was_outside || w->at->window.doubt) {
        return 0;
    }
    return breach(b, "%s is at epoch %u while the EESE uses %u%s", watch_label(w, w->at),
                  (unsigned)w->at->now[ROLE_UE].epoch, (unsigned)w->at->now[ROLE_EESE].epoch,
                  w->at->window.has_next ? " and has the next one" : " and has no other");
}

/* ---- I3 ---- */

unsigned watch_no_old_key(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = &e->u.occur;

    if (cond_event(w->accept_expired, e) == 0) {
        return 0;
    }
    return breach(b, "EESE delivers #%u of %s under epoch %u, which has expired", (unsigned)o->ctr,
                  w->at != NULL ? watch_label(w, w->at) : o->ue.s, (unsigned)o->epoch);
}

/* ---- I13 ---- */

static bool is_cause(const struct occur *o)
{
    static const char *const causes[] = {"SOFT_DUE", "APP_REKEY", "RX_KEYSET", "STARTED"};

    if ((watch_is(ROLE_EESE, o->state) & IS_EXPIRED) == 0 &&
        (watch_is(ROLE_EESE, o->next) & IS_EXPIRED) != 0) {
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(causes); i++) {
        if (strcmp(o->event, causes[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What the EESE shows when it starts is what it has kept, be it an older epoch: no new one. */
static bool begins(const struct occur *o)
{
    return strncmp(o->event, "STARTED", strlen("STARTED")) == 0;
}

unsigned watch_one_for_one(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = watch_step_of_end(w, e);
    unsigned increments;
    unsigned causes;

    if (o == NULL || o->role != ROLE_EESE) {
        return 0;
    }
    if (w->run->scn->ues[w->at - w->ue].profile.n_msg > 0) {
        return 0; /* volume is a cause that the trace does not show */
    }
    w->at->causes += is_cause(o);
    if (!o->has_epoch || (w->at->has_epoch && w->at->epoch == o->epoch)) {
        return 0;
    }
    w->at->has_epoch = true;
    w->at->epoch = o->epoch;
    if (begins(o) || ++w->at->increments <= w->at->causes) {
        return 0;
    }
    increments = w->at->increments;
    causes = w->at->causes;
    w->at->causes = w->at->increments; /* each surplus epoch is told once */
    return breach(b, "EESE takes epoch %u for %s: %u new epochs, %u causes", (unsigned)o->epoch,
                  watch_label(w, w->at), increments, causes);
}
