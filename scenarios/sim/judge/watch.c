#include "scenarios/sim/judge/watch.h"

#include "common/base/ensure.h"
#include "scenarios/sim/script/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err watch_init(struct watch *w, const struct trace_run *run)
{
    const struct scenario *scn = run->scn;

    memset(w, 0, sizeof *w);
    w->run = run;
    w->hardened = scn->variant.variant == VARIANT_HARDENED;
    w->count = scn->ues_count;
    for (unsigned i = 0; i < scn->faults_count; i++) {
        w->corrupts = w->corrupts || scn->faults[i].kind == FAULT_CORRUPT ||
                      scn->faults[i].kind == FAULT_TRUNCATE;
    }
    w->what = (struct scn_cond){.kind = COND_ACCEPT_EXPIRED, .role = ROLE_EESE, .ue = -1};
    w->accept_expired = cond_new(scn, &w->what);
    w->ue = calloc(w->count + 1, sizeof *w->ue);
    if (w->ue == NULL || w->accept_expired == NULL) {
        watch_free(w);
        return ERR_NO_ROOM;
    }
    return ERR_OK;
}

void watch_free(struct watch *w)
{
    for (unsigned i = 0; w->ue != NULL && i < w->count; i++) {
        free(w->ue[i].delivered[ROLE_UE].list);
        free(w->ue[i].delivered[ROLE_EESE].list);
    }
    free(w->ue);
    cond_free(w->accept_expired);
    w->ue = NULL;
    w->accept_expired = NULL;
    w->count = 0;
}

void watch_event(struct watch *w, const struct trace_event *e)
{
    const int ue = trace_ue(e);

    w->at = ue >= 0 && (unsigned)ue < w->count ? &w->ue[ue] : NULL;
}

static const char *label(const struct watch *w)
{
    return w->run->scn->ues[w->at - w->ue].label;
}

/* The step of |e| at UE or EESE, or NULL. */
static const struct occur *step_of_end(const struct watch *w, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    if (e->kind != TRACE_OCCUR || w->at == NULL || o->kind != OCCUR_STEP ||
        (o->role != ROLE_UE && o->role != ROLE_EESE)) {
        return NULL;
    }
    return o;
}

/* ---- I1 ---- */

static const struct watch_key *latest(const struct watch_end *end)
{
    return end->count > 0 ? &end->had[(end->count - 1) % WATCH_HISTORY] : NULL;
}

/* The other key that |end| has had under the number of |key|, or NULL. */
static const struct watch_key *rival(const struct watch_end *end, const struct watch_key *key)
{
    for (unsigned i = 0; i < end->count && i < WATCH_HISTORY; i++) {
        if (end->had[i].epoch == key->epoch && end->had[i].fp != key->fp) {
            return &end->had[i];
        }
    }
    return NULL;
}

/* Literal epochs are counted by each end from its attach; only runs of the same attach compare. */
static bool begins_again(const struct watch_end *end, const struct watch_key *key)
{
    const struct watch_key *last = latest(end);

    return last != NULL && (key->epoch < last->epoch || rival(end, key) != NULL);
}

bool watch_agreement(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX])
{
    const struct occur *o = step_of_end(w, e);
    const struct watch_key key = {.epoch = o != NULL ? o->epoch : 0, .fp = o != NULL ? o->fp : 0};
    struct watch_end *mine;
    const struct watch_end *other;
    const struct watch_key *against;

    if (o == NULL || !o->has_epoch || o->fp == 0) {
        return false;
    }
    mine = &w->at->end[o->role];
    other = &w->at->end[o->role == ROLE_UE ? ROLE_EESE : ROLE_UE];
    if (latest(mine) != NULL && memcmp(latest(mine), &key, sizeof key) == 0) {
        return false;
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
        return false;
    }
    snprintf(what, INVARIANT_WHAT_MAX,
             "%s takes key %08x of %s as epoch %u, which has been key %08x", role_name(o->role),
             (unsigned)key.fp, label(w), (unsigned)key.epoch, (unsigned)against->fp);
    return true;
}

/* ---- I3 ---- */

bool watch_no_old_key(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX])
{
    const struct occur *o = &e->u.occur;

    if (cond_event(w->accept_expired, e) == 0) {
        return false;
    }
    snprintf(what, INVARIANT_WHAT_MAX, "EESE delivers #%u of %s under epoch %u, which has expired",
             (unsigned)o->ctr, w->at != NULL ? label(w) : o->ue.s, (unsigned)o->epoch);
    return true;
}

/* ---- I4 ---- */

/* Enters |n|. Returns false when it was there already. Without memory it forgets: that is sound. */
static bool enter(struct watch_numbers *s, uint32_t n)
{
    size_t at = s->count;

    while (at > 0 && s->list[at - 1] >= n) { /* numbers come nearly in order */
        at--;
        if (s->list[at] == n) {
            return false;
        }
    }
    if (s->count == s->cap) {
        const size_t cap = s->cap == 0 ? 16 : 2 * s->cap;
        uint32_t *list = realloc(s->list, cap * sizeof *list);

        if (list == NULL) {
            return true;
        }
        s->list = list;
        s->cap = cap;
    }
    memmove(&s->list[at + 1], &s->list[at], (s->count - at) * sizeof *s->list);
    s->list[at] = n;
    s->count++;
    return true;
}

bool watch_once(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX])
{
    const struct occur *o = &e->u.occur;

    if (e->kind != TRACE_OCCUR || w->at == NULL || o->kind != OCCUR_DELIVER || o->ctr == 0 ||
        (o->role != ROLE_UE && o->role != ROLE_EESE)) {
        return false;
    }
    if (enter(&w->at->delivered[o->role], o->ctr)) {
        return false;
    }
    snprintf(what, INVARIANT_WHAT_MAX, "%s delivers #%u of %s a second time", role_name(o->role),
             (unsigned)o->ctr, label(w));
    return true;
}

/* ---- I6 ---- */

/* True when the frame may differ from what an honest end has sent. A rule that alters can meet a
 * copy or a delayed frame too, and then the trace names only one of both fates. */
static bool may_be_altered(const struct watch *w, const struct trace_msg *m)
{
    if (fate_alters(m->fate) || m->fate == FATE_INJECTED) {
        return true;
    }
    return w->corrupts && (m->fate == FATE_DUPLICATED || m->fate == FATE_DELAYED);
}

static bool between_ends(const struct trace_msg *m)
{
    return (m->from == ROLE_UE && m->to == ROLE_EESE) || (m->from == ROLE_EESE && m->to == ROLE_UE);
}

bool watch_no_false_alarm(struct watch *w, const struct trace_event *e,
                          char what[INVARIANT_WHAT_MAX])
{
    const struct occur *o = &e->u.occur;
    uint32_t *altered = w->at != NULL ? w->at->altered : w->altered;

    if (e->kind == TRACE_MSG) {
        if (may_be_altered(w, &e->u.msg) && between_ends(&e->u.msg)) {
            altered[e->u.msg.to]++;
        }
        return false;
    }
    if (e->kind != TRACE_OCCUR || w->at == NULL || o->kind != OCCUR_REPORT ||
        o->verdict != VERDICT_FAIL_MIC) {
        return false;
    }
    if (altered[o->role] > 0) {
        altered[o->role]--;
        return false;
    }
    if (w->altered[o->role] > 0) {
        w->altered[o->role]--;
        return false;
    }
    snprintf(what, INVARIANT_WHAT_MAX, "%s reports FAIL_MIC for #%u of %s, which nothing altered",
             role_name(o->role), (unsigned)o->ctr, label(w));
    return true;
}

/* ---- I13 ---- */

static bool is_expired_state(const char *state)
{
    return strncmp(state, "EXPIRED", strlen("EXPIRED")) == 0;
}

static bool is_cause(const struct occur *o)
{
    static const char *const causes[] = {"SOFT_DUE", "APP_REKEY", "RX_KEYSET", "STARTED"};

    if (!is_expired_state(o->state) && is_expired_state(o->next)) {
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

bool watch_one_for_one(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX])
{
    const struct occur *o = step_of_end(w, e);

    if (o == NULL || o->role != ROLE_EESE) {
        return false;
    }
    if (w->run->scn->ues[w->at - w->ue].profile.n_msg > 0) {
        return false; /* volume is a cause that the trace does not show */
    }
    w->at->causes += is_cause(o);
    if (!o->has_epoch || (w->at->has_epoch && w->at->epoch == o->epoch)) {
        return false;
    }
    w->at->has_epoch = true;
    w->at->epoch = o->epoch;
    if (begins(o) || ++w->at->increments <= w->at->causes) {
        return false;
    }
    snprintf(what, INVARIANT_WHAT_MAX, "EESE takes epoch %u for %s: %u new epochs, %u causes",
             (unsigned)o->epoch, label(w), (unsigned)w->at->increments, (unsigned)w->at->causes);
    w->at->causes = w->at->increments; /* each surplus epoch is told once */
    return true;
}

/* ---- I17 ---- */

/* Messages that nobody may answer unless their MAC verifies. Attach and resynchronisation are
 * answered before there is a common key, by rate limit (H15). */
static bool needs_mac(enum msg_type t)
{
    static const bool needs[MSG_TYPE_COUNT] = {
        [MSG_DATA_UL] = true,     [MSG_DATA_DL] = true,   [MSG_DACK] = true,
        [MSG_KEY_EXPIRED] = true, [MSG_RAND_PUSH] = true, [MSG_RAND_ACK] = true,
    };

    return t < MSG_TYPE_COUNT && needs[t];
}

static void note_other(struct watch_reply *r, uint64_t t_us)
{
    r->other = true;
    r->other_us = t_us;
}

static void note_arrival(struct watch_ue *ue, const struct trace_msg *m, uint64_t t_us)
{
    struct watch_reply *r = &ue->reply[m->to];

    if (fate_alters(m->fate) && needs_mac(m->type) && !(r->tainted && r->tainted_us == t_us)) {
        r->tainted = true;
        r->tainted_us = t_us;
    } else if (fate_arrives(m->fate)) {
        note_other(r, t_us);
    }
}

/* In virtual time an answer leaves at the very time at which its cause arrived. */
bool watch_no_answer(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX])
{
    const struct trace_msg *m = &e->u.msg;
    const struct watch_reply *r;

    if (w->at == NULL) {
        return false;
    }
    if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP &&
        strncmp(e->u.occur.event, "RX_", 3) != 0) {
        note_other(&w->at->reply[e->u.occur.role], e->t_us);
    }
    if (e->kind == TRACE_ORDER) {
        note_other(&w->at->reply[e->u.order.role], e->t_us);
    }
    if (e->kind != TRACE_MSG) {
        return false;
    }
    note_arrival(w->at, m, e->t_us);
    r = &w->at->reply[m->from];
    if ((m->from != ROLE_UE && m->to != ROLE_UE) || m->fate == FATE_INJECTED || !r->tainted ||
        r->tainted_us != m->sent_us || (r->other && r->other_us == m->sent_us)) {
        return false;
    }
    snprintf(what, INVARIANT_WHAT_MAX, "%s answers an altered frame of %s with %s",
             role_name(m->from), label(w),
             m->type < MSG_TYPE_COUNT ? msg_name(m->type) : "a frame");
    return true;
}
