#include "scenarios/sim/judge/watch.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "common/crypto/keyset_e2m.h"
#include "common/wire/codec.h"
#include "scenarios/sim/net/coverage.h"
#include "scenarios/sim/script/scenario.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

unsigned breach(struct breach *b, const char *form, ...)
{
    va_list args;

    va_start(args, form);
    if (b->what[0] == '\0') {
        vsnprintf(b->what, sizeof b->what, form, args);
    }
    va_end(args);
    return 1;
}

/* ---- numbers ---- */

/* Where |n| is, or belongs. Numbers come nearly in order. */
static uint32_t place(const struct watch_numbers *s, uint32_t n)
{
    uint32_t low = 0;
    uint32_t high = s->count;

    if (high > 0 && s->list[high - 1] < n) {
        return high;
    }
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (s->list[mid] < n) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

bool numbers_have(const struct watch_numbers *s, uint32_t n)
{
    uint32_t at = place(s, n);

    return at < s->count && s->list[at] == n;
}

bool numbers_enter(struct watch_numbers *s, uint32_t n)
{
    uint32_t at = place(s, n);

    if (at < s->count && s->list[at] == n) {
        return false;
    }
    if (s->count == s->cap) {
        const uint32_t cap = s->cap == 0 ? 16 : 2 * s->cap;
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

void numbers_free(struct watch_numbers *s)
{
    free(s->list);
    *s = (struct watch_numbers){0};
}

/* ---- begin and end ---- */

/* A bound for what a link does to a datagram by itself. */
static uint64_t way_of(const struct scn_link *l)
{
    uint64_t us = l->delay_us + l->jitter_us + 8 * l->mean_us;

    if (l->rate != 0) {
        us += l->queue_us + (uint64_t)DATAGRAM_MAX * 8 * 1000000 / l->rate;
    }
    return us;
}

static uint64_t way_of_radio(enum coverage c)
{
    const struct coverage_class *k = c != COVERAGE_NONE ? coverage_class(c) : NULL;

    return k == NULL ? 0 : k->setup_us + (uint64_t)DATAGRAM_MAX * 8 * 1000000 / k->up;
}

static void longer(struct watch *w, uint64_t us)
{
    w->way_us = us > w->way_us ? us : w->way_us;
}

static void know_ways(struct watch *w)
{
    const struct scenario *scn = w->run->scn;

    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        longer(w, way_of(&scn->links[i / ROLE_COUNT][i % ROLE_COUNT]));
    }
    for (unsigned i = 0; i < scn->actions_count; i++) {
        if (scn->actions[i].kind == ACTION_LINK) {
            longer(w, way_of(&scn->actions[i].link));
        }
    }
    for (unsigned i = 0; i < scn->ues_count; i++) {
        longer(w, way_of_radio(scn->ues[i].coverage));
    }
}

static void know_ue(struct watch *w, unsigned i)
{
    const struct scn_ue *ue = &w->run->scn->ues[i];

    memcpy(w->ue[i].choice.plmn, ue->plmn, PLMN_LEN);
    memcpy(w->ue[i].choice.plmn_next, ue->plmn, PLMN_LEN);
    needles_add(&w->needles, NEEDLE_SUBSCRIBER, (int)i, ue->secret.k);
    needles_add(&w->needles, NEEDLE_SUBSCRIBER, (int)i, ue->secret.opc);
}

enum err watch_init(struct watch *w, const struct trace_run *run)
{
    const struct scenario *scn = run->scn;

    memset(w, 0, sizeof *w);
    w->run = run;
    w->hardened = scn->variant.variant == VARIANT_HARDENED;
    w->exact = strcmp(run->mode, "live") != 0;
    w->acks = sw_on(&scn->variant, SW_DATA_ACK);
    w->count = scn->ues_count;
    for (unsigned i = 0; i < scn->faults_count; i++) {
        const enum scn_fault_kind kind = scn->faults[i].kind;

        w->swaps = w->swaps || kind == FAULT_SWAP;
        w->corrupts =
            w->corrupts || kind == FAULT_SWAP || kind == FAULT_CORRUPT || kind == FAULT_TRUNCATE;
    }
    w->what = (struct scn_cond){.kind = COND_ACCEPT_EXPIRED, .role = ROLE_EESE, .ue = -1};
    w->accept_expired = cond_new(scn, &w->what);
    w->ue = calloc(w->count + 1, sizeof *w->ue);
    if (w->ue == NULL || w->accept_expired == NULL || ends_init(&w->ends, run) != ERR_OK) {
        watch_free(w);
        return ERR_NO_ROOM;
    }
    know_ways(w);
    for (unsigned i = 0; i < w->count; i++) {
        know_ue(w, i);
    }
    return ERR_OK;
}

void watch_free(struct watch *w)
{
    for (unsigned i = 0; w->ue != NULL && i < w->count; i++) {
        messages_free(&w->ue[i]);
        for (unsigned side = 0; side < WATCH_SIDES; side++) {
            numbers_free(&w->ue[i].owed[side]);
        }
    }
    free(w->ue);
    cond_free(w->accept_expired);
    ends_free(&w->ends);
    needles_free(&w->needles);
    free(w->rands.list);
    if (w->e2ms.list != NULL) {
        bytes_wipe(w->e2ms.list, w->e2ms.cap * sizeof *w->e2ms.list);
    }
    free(w->e2ms.list);
    dict_free(&w->rands.by_value);
    dict_free(&w->rands.by_index);
    dict_free(&w->rands.used);
    dict_free(&w->e2ms.by_root);
    dict_free(&w->contents);
    dict_free(&w->nonces);
    dict_free(&w->vectors);
    dict_free(&w->material);
    memset(w, 0, sizeof *w);
}

/* ---- for the checks ---- */

const char *watch_label(const struct watch *w, const struct watch_ue *ue)
{
    return w->run->scn->ues[ue - w->ue].label;
}

const struct occur *watch_step_of_end(const struct watch *w, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    if (e->kind != TRACE_OCCUR || w->at == NULL || o->kind != OCCUR_STEP ||
        (o->role != ROLE_UE && o->role != ROLE_EESE)) {
        return NULL;
    }
    return o;
}

bool watch_is_step(const struct trace_event *e, enum role role, const char *event)
{
    return e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP && e->u.occur.role == role &&
           strcmp(e->u.occur.event, event) == 0;
}

bool watch_is_by(const struct trace_event *e, enum role role)
{
    if (e->kind == TRACE_KNOWS) {
        return true; /* the attacker learns while a datagram passes */
    }
    if (e->kind == TRACE_OCCUR) {
        return e->u.occur.role == role;
    }
    if (e->kind == TRACE_MSG) {
        return e->u.msg.from == role && e->u.msg.fate == FATE_DROPPED;
    }
    return e->kind == TRACE_PROCESS && e->u.process.role == role;
}

bool watch_is_e2e(enum msg_type t)
{
    return t == MSG_DATA_UL || t == MSG_DATA_DL || t == MSG_DACK || t == MSG_KEY_EXPIRED;
}

bool watch_numbers_lost(const struct watch *w)
{
    const uint32_t at_emse = w->process[ROLE_EMSE].losses;
    const uint32_t at_eese = w->process[ROLE_EESE].losses;

    return (at_emse > 0 && at_eese > 0) ||
           (w->process[ROLE_HSS].losses > 0 && at_emse + at_eese + w->process[ROLE_UE].losses > 0);
}

const struct scn_fault *watch_fault(const struct watch *w, unsigned line)
{
    const struct scenario *scn = w->run->scn;

    for (unsigned i = 0; line != 0 && i < scn->faults_count; i++) {
        if (scn->faults[i].line == line) {
            return &scn->faults[i];
        }
    }
    return NULL;
}

uint64_t watch_hash(const uint8_t *octets, size_t len)
{
    uint64_t key = prng_key(0, len);
    uint8_t last[8] = {0};

    for (; len >= sizeof last; octets += sizeof last, len -= sizeof last) {
        key = prng_key(key, get_be64(octets));
    }
    memcpy(last, octets, len);
    return prng_key(key, get_be64(last));
}

uint64_t watch_key(const struct watch_ue *ue, const struct watch *w, uint64_t a, uint64_t b)
{
    return prng_key(prng_key((uint64_t)(ue - w->ue) + 1, a), b);
}

struct watch_root *watch_root(struct watch_ue *ue, uint32_t sid, uint64_t sent_us)
{
    for (unsigned i = 0; sid != 0 && i < ue->roots_count && i < WATCH_ROOTS; i++) {
        struct watch_root *r = &ue->roots[(ue->roots_count - 1 - i) % WATCH_ROOTS];

        if (r->sid == sid && r->since_us <= sent_us) {
            return r;
        }
    }
    return NULL;
}

bool watch_is_ambiguous(const struct watch_ue *ue, uint32_t sid)
{
    unsigned roots = 0;

    for (unsigned i = 0; i < ue->roots_count && i < WATCH_ROOTS; i++) {
        roots += ue->roots[i].sid == sid;
    }
    return roots > 1;
}

void watch_may_take(const struct watch *w, struct watch_taken *t, bool good, uint64_t what)
{
    if (w->exact) {
        *t = (struct watch_taken){0};
    }
    t->good = t->good || good;
    t->bad = t->bad || !good;
    t->count++;
    t->what = what;
}

/* ---- facts ---- */

unsigned watch_is(enum role role, const char *state)
{
    static const struct {
        const char *state;
        enum role role;
        unsigned is;
    } words[] = {
        {"READY", ROLE_UE, IS_ATTACHED | IS_READY},
        {"WAITKEY", ROLE_UE, IS_ATTACHED | IS_WAITING},
        {"SYNCING", ROLE_UE, IS_ATTACHED},
        {"DETACHED", ROLE_EMSE, IS_IDLE},
        {"IDLE", ROLE_EMSE, IS_IDLE},
        {"FIRST", ROLE_EESE, IS_FIRST},
        {"VALID", ROLE_EESE, IS_VALID},
        {"VALID_NEXT", ROLE_EESE, IS_VALID | IS_NEXT},
        {"EXPIRED", ROLE_EESE, IS_EXPIRED},
        {"EXPIRED_NEXT", ROLE_EESE, IS_EXPIRED | IS_NEXT},
    };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (words[i].role == role && strcmp(words[i].state, state) == 0) {
            return words[i].is;
        }
    }
    return 0;
}

/* Copies of a rule that alters too, and replays, are what a role has sent unless the rule has met
 * them; the trace does not say. */
static enum honesty honesty_of(const struct watch *w, const struct trace_msg *m)
{
    if (fate_alters(m->fate) || (m->fate == FATE_INJECTED && m->attempt == 0)) {
        return HONEST_NOT;
    }
    if (m->fate == FATE_INJECTED || m->fate == FATE_DUPLICATED) {
        return w->corrupts ? HONEST_MAYBE : HONEST;
    }
    return HONEST;
}

/* What is lost because nobody is there to receive it, or held to the end, may have been altered, or
 * copied, before. */
static bool is_lost_late(const struct watch *w, const struct trace_msg *m)
{
    return w->corrupts &&
           (m->fate == FATE_KEPT || (m->fate == FATE_DROPPED && w->process[m->to].dead));
}

/* A message of the backend has a check of its own: altered, but for a swap, nobody could read
 * it. */
static bool is_true_copy(const struct watch *w, const struct trace_msg *m)
{
    return w->honesty == HONEST ||
           (w->honesty == HONEST_MAYBE && !w->swaps && !msg_on_air(m->type));
}

/* Frames of a root that the EMSE has just handed over name a root that is not known yet. */
static struct watch_root *learn_root(struct watch_ue *ue, uint32_t sid, uint64_t sent_us)
{
    struct watch_root *r = watch_root(ue, sid, sent_us);

    if (sid == 0 || (r != NULL && (r->since_us == ue->handed_us || sent_us < ue->handed_us))) {
        return r;
    }
    r = &ue->roots[ue->roots_count++ % WATCH_ROOTS];
    *r = (struct watch_root){.sid = sid, .since_us = ue->handed_us};
    return r;
}

/* Of the others the checks need no more than the trace says. */
static bool is_to_read(enum msg_type t)
{
    static const bool not [MSG_TYPE_COUNT] = {
        [MSG_ACCESS_RESP] = true, [MSG_AV_REQ] = true,     [MSG_AKA_RESP] = true,
        [MSG_SYNCFAIL] = true,    [MSG_KEYSET_ACK] = true, [MSG_ATTACH_REJ] = true,
        [MSG_KEY_TRIGGER] = true, [MSG_RAND_REQ] = true,   [MSG_FWD_ACK] = true,
        [MSG_UE_CONFIRM] = true,  [MSG_COMMIT] = true,     [MSG_NAK] = true,
        [MSG_RSYNC] = true,
    };

    return t < MSG_TYPE_COUNT && !not [t];
}

static void look_at_msg(struct watch *w, const struct trace_event *e)
{
    const struct trace_msg *m = &e->u.msg;

    w->readable = m->octets != NULL && is_to_read(m->type) &&
                  codec_peek(m->octets, m->bytes, &w->msg) == ERR_OK;
    w->as_sent = trace_is_sent(m) && !is_lost_late(w, m);
    w->arrives = fate_arrives(m->fate);
    w->honesty = honesty_of(w, m);
    w->genuine = w->readable && (w->as_sent || (w->arrives && is_true_copy(w, m)));
    if (m->fate == FATE_DELIVERED) {
        longer(w, e->t_us - m->sent_us);
    }
    if (w->at == NULL || !w->readable) {
        return;
    }
    w->at->root = watch_root(w->at, w->msg.sid, m->sent_us);
    if (w->as_sent && m->type == MSG_KEYSET_FWD) {
        w->at->root = learn_root(w->at, w->msg.u.keyset_fwd.sid, m->sent_us);
    } else if (w->as_sent && m->type == MSG_ATTACH_ACC) {
        w->at->root = learn_root(w->at, w->msg.sid, m->sent_us);
        if (w->at->root != NULL) {
            w->at->root->g = w->msg.u.attach_acc.g;
        }
    }
}

static void look_at_occur(struct watch *w, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    if (w->at == NULL || o->kind != OCCUR_STEP) {
        return;
    }
    w->at->now[o->role] = (struct watch_now){
        .is = watch_is(o->role, o->next), .has_epoch = o->has_epoch, .epoch = o->epoch};
    if (o->role == ROLE_EMSE && strcmp(o->event, "RX_RESP") == 0) {
        w->at->handed_us = e->t_us;
    }
}

/* What an end without its memory has shown before says nothing of it any more. */
static void forget(struct watch *w, enum role role)
{
    for (unsigned i = 0; i < w->count; i++) {
        w->ue[i].now[role] = (struct watch_now){0};
    }
}

static void look_at_process(struct watch *w, const struct trace_event *e)
{
    struct watch_process *p = &w->process[e->u.process.role];

    switch (e->u.process.what) {
    case PROCESS_DIES:
        p->dead = true;
        p->died = true;
        p->paused = false;
        break;
    case PROCESS_STARTS:
        p->dead = false;
        p->died = true;
        if (e->u.process.left != LEFT_ALL) {
            p->losses++;
            p->lost_us = e->t_us;
        }
        if (e->u.process.left == LEFT_NOTHING) {
            forget(w, e->u.process.role);
        }
        break;
    case PROCESS_PAUSES: p->paused = true; break;
    case PROCESS_RESUMES: p->paused = false; break;
    case PROCESS_CLOCK: p->clock = true; break;
    case PROCESS_CHANGE_COUNT:
    default: break;
    }
}

void watch_event(struct watch *w, const struct trace_event *e, uint64_t number)
{
    const int ue = trace_ue(e);

    w->event = number;
    w->at = ue >= 0 && (unsigned)ue < w->count ? &w->ue[ue] : NULL;
    w->readable = false;
    w->as_sent = false;
    w->genuine = false;
    w->arrives = false;
    w->again = false;
    if (e->kind == TRACE_MSG) {
        look_at_msg(w, e);
    } else if (e->kind == TRACE_OCCUR) {
        look_at_occur(w, e);
    } else if (e->kind == TRACE_PROCESS) {
        look_at_process(w, e);
    }
    if (e->kind == TRACE_PROCESS || e->kind == TRACE_LINK) {
        w->disturbed_us = e->t_us;
    }
    messages_event(w, e);
    if (w->at != NULL) {
        w->at->last_us = e->t_us;
    }
}
