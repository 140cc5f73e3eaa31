/* What goes over the air, and why. */
#include "common/base/ensure.h"
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

#include <inttypes.h>

/* ---- I7 ---- */

/* A frame shows its epoch modulo KID_MODULO, and is named after the newest one. Its sender may have
 * come back with an older one. */
static bool is_misnamed(const struct watch_ue *ue, const struct trace_msg *m)
{
    const struct watch_now *sender = &ue->now[m->from];
    const uint32_t apart =
        m->epoch > sender->epoch ? m->epoch - sender->epoch : sender->epoch - m->epoch;

    return sender->has_epoch && apart >= KID_MODULO / 2;
}

/* What tells the key of the frame: the epoch or the root, and the SID, which is the root's. Frames
 * before the UE has a root are under keys that have no number yet. Returns false for those, and for
 * frames without a MAC. */
static bool key_of(const struct watch *w, const struct trace_msg *m, uint64_t *key)
{
    const struct watch_root *root = w->at->root;
    const uint64_t label = (uint64_t)m->type << 8 | (uint64_t)m->from;
    uint64_t number = m->epoch;

    if (w->msg.mac_len == 0 || w->msg.ctr == 0 || w->msg.sid == 0 ||
        watch_is_ambiguous(w->at, w->msg.sid)) {
        return false;
    }
    if (!watch_is_e2e(m->type)) {
        if (root == NULL || root->g == 0) {
            return false;
        }
        number = root->g;
    } else if (!m->has_epoch || is_misnamed(w->at, m)) {
        return false;
    }
    *key = watch_key(w->at, w, label << 32 | w->msg.sid, number << 32 | w->msg.ctr);
    return true;
}

unsigned watch_nonce(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct trace_msg *m = &e->u.msg;
    uint32_t hash;
    uint32_t *seen;
    uint64_t key;

    if (e->kind != TRACE_MSG || w->at == NULL || !w->readable || !w->as_sent ||
        !msg_on_air(m->type) || !key_of(w, m, &key)) {
        return 0;
    }
    seen = dict_at(&w->nonces, key);
    if (seen == NULL) {
        return 0;
    }
    hash = (uint32_t)watch_hash(m->octets, m->bytes) | 1;
    if (*seen == 0) {
        *seen = hash;
    }
    if (*seen == hash) {
        return 0;
    }
    return breach(b, "%s sends two different %s with number %u under one key of %s",
                  role_name(m->from), msg_name(m->type), (unsigned)m->ctr, watch_label(w, w->at));
}

/* ---- I12 ---- */

/* What is wrong with this error, NULL: nothing. */
static const char *flaw_of(const struct watch *w, const struct trace_msg *m)
{
    const struct watch_now *ue = &w->at->now[ROLE_UE];

    if (w->honesty == HONEST_NOT) {
        return "that the EESE has not sent";
    }
    if (m->has_epoch && ue->has_epoch && m->epoch != ue->epoch) {
        return "about another epoch than its own";
    }
    if (m->ctr != 0 && numbers_have(&w->at->acked, m->ctr)) {
        return "about a message that the EESE has acknowledged";
    }
    return NULL;
}

unsigned watch_error(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = &e->u.occur;
    struct watch_taken *t;
    bool wrong;

    if (w->at == NULL) {
        return 0;
    }
    t = &w->at->error;
    if (e->kind == TRACE_MSG && e->u.msg.type == MSG_KEY_EXPIRED && w->arrives) {
        const char *flaw = flaw_of(w, &e->u.msg);

        watch_may_take(w, t, flaw == NULL, 0);
        w->at->error_flaw = flaw != NULL ? flaw : w->at->error_flaw;
        return 0;
    }
    if (e->kind != TRACE_OCCUR || o->kind != OCCUR_STEP || o->role != ROLE_UE ||
        strncmp(o->event, "RX_KEY_EXPIRED", strlen("RX_KEY_EXPIRED")) != 0) {
        return 0;
    }
    wrong = t->bad && !t->good && (watch_is(ROLE_UE, o->next) & IS_WAITING) != 0 &&
            (watch_is(ROLE_UE, o->state) & IS_WAITING) == 0;
    *t = (struct watch_taken){0};
    if (!wrong) {
        return 0;
    }
    return breach(b, "%s waits for a key because of an error %s", watch_label(w, w->at),
                  w->at->error_flaw);
}

/* ---- I15 ---- */

/* How long something may still be done about what is settled: an acknowledgement of RAND that
 * waits for data, and answers to what is under way. */
static uint64_t tail_us(const struct watch *w)
{
    return 2 * (uint64_t)w->run->scn->timing.ms[TIMER_ACK] * 1000 + 8 * w->way_us + 1000000;
}

static bool is_busy(const struct watch *w, const struct watch_ue *ue)
{
    const unsigned at_eese = ue->now[ROLE_EESE].is;

    return (ue->now[ROLE_UE].is & IS_READY) == 0 || (ue->now[ROLE_EMSE].is & IS_IDLE) == 0 ||
           (at_eese & (IS_VALID | IS_EXPIRED)) == 0 || (at_eese & IS_NEXT) != 0 ||
           messages_may_be_open(w, ue, AT_UE) || messages_may_be_open(w, ue, AT_EESE);
}

/* A cause of frames that the states do not show. */
static bool is_cause(const struct trace_event *e)
{
    static const char *const starts[] = {"SOFT_DUE", "STARTED", "STARTED_LATE", "TE2E_EXPIRED",
                                         "TRIGGER_DUE"};

    if (e->kind == TRACE_ORDER || (e->kind == TRACE_MSG && e->u.msg.fate != FATE_DELIVERED)) {
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        if (watch_is_step(e, ROLE_EESE, starts[i]) || watch_is_step(e, ROLE_UE, starts[i]) ||
            watch_is_step(e, ROLE_EMSE, starts[i])) {
            return true;
        }
    }
    return false;
}

/* What belongs to an attach names the UE in clear: where datagrams are altered it may be about
 * another one. */
static bool is_about(const struct watch *w, const struct trace_msg *m)
{
    static const bool in_clear[MSG_TYPE_COUNT] = {
        [MSG_ATTACH_REQ] = true, [MSG_AKA_CHAL] = true,   [MSG_AKA_RESP] = true,
        [MSG_SYNCFAIL] = true,   [MSG_ATTACH_REJ] = true, [MSG_ATTACH_ACC] = true,
    };

    return m->type < MSG_TYPE_COUNT && !(w->corrupts && in_clear[m->type]);
}

unsigned watch_quiet(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct trace_msg *m = &e->u.msg;
    struct watch_ue *ue = w->at;
    uint64_t since_us;

    if (ue == NULL) {
        return 0;
    }
    if (is_cause(e) || is_busy(w, ue)) {
        ue->quiet_us = e->t_us;
        return 0;
    }
    since_us = ue->quiet_us > w->disturbed_us ? ue->quiet_us : w->disturbed_us;
    if (e->kind != TRACE_MSG || !msg_on_air(m->type) || m->from == ROLE_VN || m->to == ROLE_VN ||
        m->sent_us <= since_us + tail_us(w) || !is_about(w, m)) {
        return 0;
    }
    return breach(b, "%s sends %s %" PRIu64 " ms after there was nothing left to do for %s",
                  role_name(m->from), msg_name(m->type), (m->sent_us - since_us) / 1000,
                  watch_label(w, ue));
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

/* Something else has happened at |t_us|: what leaves then may be because of that. */
static void note_other(struct watch_reply *r, uint64_t t_us)
{
    r->other = true;
    r->other_us = t_us;
    r->tainted = r->tainted && r->tainted_us != t_us;
}

static void note_reply(struct watch_ue *ue, const struct trace_msg *m, uint64_t t_us)
{
    struct watch_reply *r = &ue->reply[m->to];

    if (!fate_alters(m->fate) || !needs_mac(m->type) || (r->tainted && r->tainted_us == t_us)) {
        if (fate_arrives(m->fate)) {
            note_other(r, t_us);
        }
    } else if (!r->other || r->other_us != t_us) {
        r->tainted = true;
        r->tainted_us = t_us;
    }
}

/* In virtual time an answer leaves at the very time at which its cause arrived. */
unsigned watch_no_answer(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct trace_msg *m = &e->u.msg;
    const struct watch_reply *r;

    if (w->at == NULL) {
        return 0;
    }
    if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_STEP &&
        strncmp(e->u.occur.event, "RX_", 3) != 0) {
        note_other(&w->at->reply[e->u.occur.role], e->t_us);
    }
    if (e->kind == TRACE_ORDER) {
        note_other(&w->at->reply[e->u.order.role], e->t_us);
    }
    if (e->kind != TRACE_MSG) {
        return 0;
    }
    note_reply(w->at, m, e->t_us);
    r = &w->at->reply[m->from];
    if ((m->from != ROLE_UE && m->to != ROLE_UE) || m->fate == FATE_INJECTED || !r->tainted ||
        r->tainted_us != m->sent_us) {
        return 0;
    }
    return breach(b, "%s answers an altered frame of %s with %s", role_name(m->from),
                  watch_label(w, w->at), m->type < MSG_TYPE_COUNT ? msg_name(m->type) : "a frame");
}
