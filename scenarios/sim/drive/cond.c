#include "scenarios/sim/drive/cond.h"

#include "common/base/ensure.h"
#include "eese/eese.h"
#include "emse/emse.h"
#include "hss/hss.h"
#include "scenarios/sim/script/value.h"
#include "scenarios/sim/visited/vn.h"
#include "ue/ue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPIRED_MAX = 8 };

/* The key that an end has shown last. */
struct shown_key {
    uint32_t epoch;
    uint32_t fp; /* 0: none */
};

/* What has been seen of one UE. */
struct cond_ue {
    bool now;       /* it is so: SHARE, STATE, ATTACHED */
    uint32_t times; /* met so far */
    unsigned expired_count;
    uint32_t expired[EXPIRED_MAX]; /* epochs expired in the EESE */
    struct shown_key at_ue;
    struct shown_key at_eese;
    uint32_t shared; /* epoch shared when |now| */
};

struct cond {
    const struct scenario *scn;
    const struct scn_cond *what;
    bool ever;        /* met at least once */
    uint32_t matched; /* MSG: those that fit but for nth */
    uint32_t rounds;  /* all_ues: how often all have met it */
    unsigned ahead;   /* all_ues: UEs that have met it more often than that */
    unsigned first;   /* index of the UE behind ues[0] */
    unsigned count;
    struct cond_ue *ues;
};

static const struct machine *const machines[ROLE_COUNT] = {
    [ROLE_HSS] = &hss_machine, [ROLE_EMSE] = &emse_machine, [ROLE_EESE] = &eese_machine,
    [ROLE_UE] = &ue_machine,   [ROLE_VN] = &vn_machine,
};

static const struct fsm *machine_of(const struct scenario *scn, enum role r)
{
    return machines[r]->fsm(scn->variant.variant);
}

/* ---- the words of STATE and EVENT ---- */

/* The word of |names| that |word| may be meant to be, or NULL. */
static const char *closest(const char *const *names, unsigned count, const char *word)
{
    unsigned best = 1 + (unsigned)strlen(word) / 3;
    const char *hint = NULL;

    for (unsigned i = 0; i < count; i++) {
        unsigned distance = word_distance(word, names[i], best);

        if (distance <= best && (hint == NULL || distance < best)) {
            hint = names[i];
            best = distance;
        }
    }
    return hint;
}

enum err cond_check(const struct scenario *scn, const struct scn_cond *what, char why[COND_WHY_MAX])
{
    const struct fsm *m;
    const char *const *names;
    const char *hint;
    unsigned count;
    size_t len;

    if (what->kind != COND_STATE && what->kind != COND_EVENT) {
        return ERR_OK;
    }
    m = machine_of(scn, what->role);
    names = what->kind == COND_STATE ? m->state_names : m->event_names;
    count = what->kind == COND_STATE ? m->states : m->events;
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], what->state) == 0) {
            return ERR_OK;
        }
    }
    hint = closest(names, count, what->state);
    len = (size_t)snprintf(
        why, COND_WHY_MAX, "%s has no %s '%s'%s%s%s; it has:", role_name(what->role),
        what->kind == COND_STATE ? "state" : "event", what->state,
        hint == NULL ? "" : "; did you mean '", hint == NULL ? "" : hint, hint == NULL ? "" : "'?");
    for (unsigned i = 0; i < count && len < COND_WHY_MAX; i++) {
        len +=
            (size_t)snprintf(why + len, COND_WHY_MAX - len, "%s %s", i == 0 ? "" : ",", names[i]);
    }
    return ERR_UNKNOWN;
}

/* ---- begin and end ---- */

/* Contexts that nothing has happened to are in their first state; a subscriber of the HSS has been
 * provisioned. */
static const char *initial_state(const struct scenario *scn, enum role r)
{
    return r == ROLE_HSS ? "SERVING" : machine_of(scn, r)->state_names[0];
}

struct cond *cond_new(const struct scenario *scn, const struct scn_cond *what)
{
    struct cond *c = calloc(1, sizeof *c);
    const bool one = what->ue >= 0 && !what->all_ues;

    if (c == NULL) {
        return NULL;
    }
    c->scn = scn;
    c->what = what;
    c->first = one ? (unsigned)what->ue : 0;
    c->count = one ? 1 : scn->ues_count;
    c->ues = calloc(c->count + 1, sizeof *c->ues);
    if (c->ues == NULL) {
        cond_free(c);
        return NULL;
    }
    if (what->kind == COND_STATE) {
        for (unsigned i = 0; i < c->count; i++) {
            c->ues[i].now = strcmp(initial_state(scn, what->role), what->state) == 0;
        }
    }
    return c;
}

void cond_free(struct cond *c)
{
    if (c != NULL) {
        free(c->ues);
        free(c);
    }
}

/* ---- one event ---- */

static bool match_fits(const struct scn_match *m, const struct trace_msg *t)
{
    return (m->type == MSG_TYPE_COUNT || m->type == t->type) &&
           (m->from == ROLE_COUNT || m->from == t->from) &&
           (m->to == ROLE_COUNT || m->to == t->to) && (m->ue < 0 || m->ue == t->ue) &&
           (m->attempt == 0 || m->attempt == t->attempt) &&
           (!m->has_epoch || (t->has_epoch && m->epoch == t->epoch));
}

static bool meets_msg(struct cond *c, const struct trace_event *e)
{
    const struct scn_match *m = &c->what->match;

    if (e->kind != TRACE_MSG || !match_fits(m, &e->u.msg) ||
        (!c->what->any_fate && !fate_arrives(e->u.msg.fate))) {
        return false;
    }
    c->matched++;
    return m->nth == 0 || m->nth == c->matched;
}

/* True when |o| is of the kind and role that the condition speaks of. */
static bool fits(const struct cond *c, const struct occur *o, enum occur_kind kind)
{
    return o->kind == kind && (c->what->role == ROLE_COUNT || c->what->role == o->role) &&
           (!c->what->has_epoch || (o->has_epoch && o->epoch == c->what->epoch));
}

static bool meets_share(struct cond *c, struct cond_ue *u, const struct occur *o)
{
    const struct scn_cond *w = c->what;
    struct shown_key *end = o->role == ROLE_UE ? &u->at_ue : &u->at_eese;
    bool was = u->now;

    if (o->kind != OCCUR_STEP || (o->role != ROLE_UE && o->role != ROLE_EESE)) {
        return false;
    }
    end->epoch = o->epoch;
    end->fp = o->has_epoch ? o->fp : 0;
    u->now = u->at_ue.fp != 0 && u->at_ue.fp == u->at_eese.fp &&
             u->at_ue.epoch == u->at_eese.epoch &&
             (!w->has_epoch || w->epoch == o->epoch || (w->at_least && o->epoch > w->epoch));
    if (!u->now || (was && u->shared == o->epoch)) {
        return false;
    }
    u->shared = o->epoch;
    return true;
}

static bool meets_state(struct cond *c, struct cond_ue *u, const struct occur *o)
{
    bool was = u->now && u->times > 0;

    if (!fits(c, o, OCCUR_STEP)) {
        return false;
    }
    u->now = strcmp(o->next, c->what->state) == 0;
    return u->now && !was;
}

static bool meets_attached(struct cond *c, struct cond_ue *u, const struct occur *o)
{
    (void)c;
    if (o->role == ROLE_UE && o->kind == OCCUR_STEP &&
        (strcmp(o->next, "DETACHED") == 0 || strcmp(o->next, "ATTACHING") == 0)) {
        u->now = false;
    }
    if (o->role == ROLE_UE && o->kind == OCCUR_NOTE && o->note == NOTE_ATTACHED) {
        u->now = true;
        return true;
    }
    return false;
}

static bool meets_event(struct cond *c, struct cond_ue *u, const struct occur *o)
{
    (void)u;
    return fits(c, o, OCCUR_STEP) && strcmp(o->event, c->what->state) == 0;
}

static bool meets_deliver(struct cond *c, struct cond_ue *u, const struct occur *o)
{
    const struct scn_cond *w = c->what;

    (void)u;
    return fits(c, o, OCCUR_DELIVER) &&
           (w->len == 0 || (w->len == o->len && memcmp(w->payload, o->payload, w->len) == 0));
}

static bool meets_report(struct cond *c, struct cond_ue *u, const struct occur *o)
{
    (void)u;
    return fits(c, o, OCCUR_REPORT) && o->verdict == c->what->verdict;
}

static bool meets_note(struct cond *c, struct cond_ue *u, const struct occur *o)
{
    (void)u;
    return fits(c, o, OCCUR_NOTE) && o->note == c->what->note &&
           (!c->what->has_value || o->value == c->what->value);
}

/* The EESE's step shows whether the epoch it has is expired. */
static void note_expiry(struct cond_ue *u, const struct occur *o)
{
    bool expired = strncmp(o->next, "EXPIRED", strlen("EXPIRED")) == 0;

    for (unsigned i = 0; i < u->expired_count && i < EXPIRED_MAX; i++) {
        if (u->expired[i] == o->epoch) {
            u->expired[i] = expired ? o->epoch : UINT32_MAX;
            return;
        }
    }
    if (expired) {
        u->expired[u->expired_count++ % EXPIRED_MAX] = o->epoch;
    }
}

static bool meets_accept_expired(struct cond *c, struct cond_ue *u, const struct occur *o)
{
    if (o->kind == OCCUR_STEP && o->role == ROLE_EESE && o->has_epoch) {
        note_expiry(u, o);
    }
    if (!fits(c, o, OCCUR_DELIVER)) {
        return false;
    }
    for (unsigned i = 0; i < u->expired_count && i < EXPIRED_MAX; i++) {
        if (u->expired[i] == o->epoch) {
            return true;
        }
    }
    return false;
}

static bool (*const meets[COND_KIND_COUNT])(struct cond *c, struct cond_ue *u,
                                            const struct occur *o) = {
    [COND_SHARE] = meets_share,       [COND_STATE] = meets_state,
    [COND_EVENT] = meets_event,       [COND_DELIVER] = meets_deliver,
    [COND_REPORT] = meets_report,     [COND_NOTE] = meets_note,
    [COND_ATTACHED] = meets_attached, [COND_ACCEPT_EXPIRED] = meets_accept_expired,
};

/* One UE has met it once more. True when that makes it so for all. */
static bool completes(struct cond *c, const struct cond_ue *u)
{
    if (!c->what->all_ues) {
        return true;
    }
    if (u->times != c->rounds + 1) {
        return false;
    }
    c->ahead++;
    if (c->ahead < c->count) {
        return false;
    }
    c->rounds++;
    c->ahead = 0;
    for (unsigned i = 0; i < c->count; i++) {
        c->ahead += c->ues[i].times > c->rounds;
    }
    return true;
}

static bool meets_process(const struct cond *c, const struct trace_event *e)
{
    return e->kind == TRACE_PROCESS && e->u.process.role == c->what->role &&
           e->u.process.what == c->what->process;
}

static bool meets_occur(struct cond *c, const struct trace_event *e)
{
    struct cond_ue *u;

    if (e->kind != TRACE_OCCUR || e->ue < (int)c->first || e->ue >= (int)(c->first + c->count)) {
        return false;
    }
    u = &c->ues[e->ue - (int)c->first];
    if (!meets[c->what->kind](c, u, &e->u.occur)) {
        return false;
    }
    u->times++;
    return completes(c, u);
}

static bool meets_knows(const struct cond *c, const struct trace_event *e)
{
    const struct scn_cond *w = c->what;
    const struct trace_knows *k = &e->u.knows;

    return e->kind == TRACE_KNOWS && (w->ue < 0 || w->ue == e->ue) && w->secret == k->what &&
           (!w->has_epoch || w->epoch == k->epoch || (w->at_least && k->epoch > w->epoch)) &&
           w->len == k->len && memcmp(w->payload, k->payload, w->len) == 0;
}

uint32_t cond_meets(struct cond *c, const struct trace_event *e)
{
    bool met = c->what->kind == COND_MSG       ? meets_msg(c, e)
               : c->what->kind == COND_PROCESS ? meets_process(c, e)
               : c->what->kind == COND_KNOWS   ? meets_knows(c, e)
                                               : meets_occur(c, e);

    c->ever = c->ever || met;
    return met;
}

bool cond_true(const struct cond *c)
{
    const struct scn_cond *w = c->what;
    unsigned so = 0;

    if (w->kind != COND_SHARE && w->kind != COND_STATE && w->kind != COND_ATTACHED) {
        return c->ever;
    }
    for (unsigned i = 0; i < c->count; i++) {
        so += c->ues[i].now;
    }
    return w->all_ues ? so == c->count : so > 0;
}
