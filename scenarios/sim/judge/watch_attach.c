/* Keys and algorithms of an attach. */
#include "common/core/policy.h"
#include "common/crypto/aka.h"
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

/* ---- I9 ---- */

/* Octets 0..15 and 16..31 of a keyset. */
static void learn_keyset(struct watch *w, enum needle_kind kind, const uint8_t key[KEYSET_LEN])
{
    const int ue = (int)(w->at - w->ue);

    needles_add(&w->needles, kind, ue, key);
    needles_add(&w->needles, kind, ue, key + NEEDLE_LEN);
}

static void learn_vector(struct watch *w, const struct msg_av_rsp *r)
{
    static const uint8_t amf[2]; /* is no part of CK and IK, nor is the SQN */
    const int ue = (int)(w->at - w->ue);
    struct aka_vector v;

    if (r->cause != CAUSE_NONE) {
        return;
    }
    aka_vector(&w->run->scn->ues[ue].secret, r->rand, 0, amf, &v);
    needles_add(&w->needles, NEEDLE_AKA, ue, v.ck);
    needles_add(&w->needles, NEEDLE_AKA, ue, v.ik);
    bytes_wipe(&v, sizeof v);
    learn_keyset(w, r->purpose == PURPOSE_E2M ? NEEDLE_E2M : NEEDLE_ASME, r->key);
}

/* Where a key may go by the wire: the e2mKEYSET and K_ASME from the HSS, with the vector; the
 * e2eKEYSET from the EMSE to the EESE. One that a rule has made unreadable has still gone there. */
static bool may_go(const struct trace_msg *m, enum needle_kind kind)
{
    const bool with_vector =
        m->from == ROLE_HSS && (m->type == MSG_AV_RSP || m->type == MSG_TYPE_COUNT);

    switch (kind) {
    case NEEDLE_E2M: return with_vector && m->to == ROLE_EMSE;
    case NEEDLE_ASME: return with_vector && m->to == ROLE_VN;
    case NEEDLE_E2E: return m->from == ROLE_EMSE && m->to == ROLE_EESE;
    case NEEDLE_SUBSCRIBER:
    case NEEDLE_AKA:
    case NEEDLE_KIND_COUNT:
    default: return false;
    }
}

static unsigned search(struct watch *w, const struct trace_msg *m, struct breach *b)
{
    const struct needle *s;
    unsigned broken = 0;
    size_t from = 0;

    while ((s = needles_find(&w->needles, m->octets, m->bytes, &from)) != NULL) {
        if (!may_go(m, s->kind)) {
            broken +=
                breach(b, "%s of %s is in a datagram from %s to %s (%s)", needle_name(s->kind),
                       w->run->scn->ues[s->ue].label, role_name(m->from), role_name(m->to),
                       m->type < MSG_TYPE_COUNT ? msg_name(m->type) : "unreadable");
        }
    }
    return broken;
}

unsigned watch_secrecy(struct watch *w, const struct trace_event *e, struct breach *b)
{
    if (e->kind != TRACE_MSG || e->u.msg.octets == NULL) {
        return 0;
    }
    if (w->genuine && w->at != NULL) {
        if (w->msg.type == MSG_AV_RSP) {
            learn_vector(w, &w->msg.u.av_rsp);
        } else if (w->msg.type == MSG_KEYSET_FWD) {
            learn_keyset(w, NEEDLE_E2E, w->msg.u.keyset_fwd.key);
        }
    }
    return search(w, &e->u.msg, b);
}

/* ---- I10 ---- */

static uint64_t vector_key(const struct watch *w, const uint8_t rand[RAND_LEN],
                           const uint8_t autn[AUTN_LEN])
{
    return watch_key(w->at, w, watch_hash(rand, RAND_LEN), watch_hash(autn, AUTN_LEN));
}

static void learn_purpose(struct watch *w, const struct msg_av_rsp *r)
{
    uint32_t *purpose =
        r->cause == CAUSE_NONE ? dict_at(&w->vectors, vector_key(w, r->rand, r->autn)) : NULL;

    if (purpose != NULL) {
        *purpose = r->purpose;
    }
}

/* A challenge that no vector in the trace explains is nobody's; the USIM does not take it. */
static void take_challenge(struct watch *w, enum av_purpose use, const uint8_t rand[RAND_LEN],
                           const uint8_t autn[AUTN_LEN])
{
    uint32_t purpose = use;

    (void)dict_get(&w->vectors, vector_key(w, rand, autn), &purpose);
    watch_may_take(w, &w->at->chal[use], purpose == use, 0);
}

static unsigned take_answer(struct watch *w, enum av_purpose use, struct breach *b)
{
    const struct watch_taken t = w->at->chal[use];

    w->at->chal[use] = (struct watch_taken){0};
    if (!t.bad || t.good) {
        return 0;
    }
    return breach(b, "%s accepts a vector made for %s in its AKA run for %s", watch_label(w, w->at),
                  use == PURPOSE_E2M ? "access" : "e2m", use == PURPOSE_E2M ? "e2m" : "access");
}

unsigned watch_separation(struct watch *w, const struct trace_event *e, struct breach *b)
{
    if (w->at == NULL) {
        return 0;
    }
    if (e->kind == TRACE_MSG && w->readable) {
        if (w->msg.type == MSG_AV_RSP && w->genuine) {
            learn_purpose(w, &w->msg.u.av_rsp);
        } else if (w->msg.type == MSG_AKA_CHAL && w->arrives) {
            take_challenge(w, PURPOSE_E2M, w->msg.u.aka_chal.rand, w->msg.u.aka_chal.autn);
        } else if (w->msg.type == MSG_ACCESS_CHAL && w->arrives) {
            take_challenge(w, PURPOSE_ACCESS, w->msg.u.access_chal.rand, w->msg.u.access_chal.autn);
        }
        return 0;
    }
    if (watch_is_step(e, ROLE_UE, "RX_CHAL")) {
        return take_answer(w, PURPOSE_E2M, b);
    }
    return watch_is_step(e, ROLE_UE, "RX_ACCESS_CHAL") ? take_answer(w, PURPOSE_ACCESS, b) : 0;
}

/* ---- I11 ---- */

static uint32_t octets_of(const struct choice *c)
{
    return (uint32_t)c->alg_int << 24 | (uint32_t)c->alg_enc << 16 | (uint32_t)c->conf << 8 |
           c->rand_protect;
}

static bool is_ciphered(const struct choice *c)
{
    return c->alg_enc != ENC_EEA0 && c->conf != CONF_OFF;
}

/* The profile that the EMSE goes by: the highest version. */
static void learn_profile(struct watch_choice *c, const struct profile *p)
{
    if (p->version > c->profile.version) {
        c->profile = *p;
    }
}

/* The EMSE is satisfied with the UE's answer and chooses. What would it choose for what the UE can
 * really do, in the network where it really is? Its notes come next. */
static void begin_choice(struct watch *w)
{
    struct watch_choice *c = &w->at->choice;
    const struct scenario *scn = w->run->scn;

    c->noted = (struct choice){0};
    c->has_noted = true;
    effects_reset(&w->fx);
    c->has_wanted = !c->lost && c->profile.version != 0 &&
                    policy_choose(&c->profile, &scn->wish, scn->ues[w->at - w->ue].caps, c->plmn,
                                  &c->wanted, &w->fx);
}

static void take_note(struct watch_choice *c, const struct occur *o)
{
    const uint8_t value = (uint8_t)o->value;

    if (o->note == NOTE_ALG_INT) {
        c->noted.alg_int = value;
    } else if (o->note == NOTE_ALG_ENC) {
        c->noted.alg_enc = value;
    } else if (o->note == NOTE_CONF_NETWORK || o->note == NOTE_CONF_DEFAULT ||
               o->note == NOTE_CONF_CLAMPED) {
        c->noted.conf = value;
    }
}

/* The choice as KEYSET_FWD or ATTACH_ACC names it for a root: the same each time, and the first
 * time what the EMSE has noted. How RAND travels is noted only when it is masked. */
static unsigned compare(struct watch *w, const struct choice *named, struct breach *b)
{
    struct watch_root *root = w->at->root;
    struct watch_choice *c = &w->at->choice;
    struct choice noted = c->noted;
    bool differs;

    if (root == NULL || watch_is_ambiguous(w->at, root->sid)) {
        return 0;
    }
    if (root->has_choice) {
        differs = octets_of(&root->choice) != octets_of(named);
    } else {
        noted.rand_protect = named->rand_protect;
        differs =
            c->has_noted && noted.alg_int != INT_NONE && octets_of(&noted) != octets_of(named);
        c->has_noted = false;
        root->has_choice = true;
        root->choice = *named;
    }
    if (!differs) {
        return 0;
    }
    return breach(b, "%s names algorithms for %s that are not those agreed on",
                  msg_name(w->msg.type), watch_label(w, w->at));
}

/* Does a data frame look as the choice for its root says? */
static unsigned fit(struct watch *w, struct breach *b)
{
    const struct watch_root *root = w->at->root;
    const bool ciphered = (w->msg.flags & MSG_FLAG_C) != 0;
    unsigned mac_len;

    if (root == NULL || !root->has_choice || watch_is_ambiguous(w->at, root->sid)) {
        return 0;
    }
    mac_len = root->choice.alg_int == INT_EIA2 ? 4 : MAC_MAX;
    if (ciphered == is_ciphered(&root->choice) && w->msg.mac_len == mac_len) {
        return 0;
    }
    return breach(b, "%s of %s is %s and has a MAC of %u octets, which is not what was agreed on",
                  msg_name(w->msg.type), watch_label(w, w->at),
                  ciphered ? "ciphered" : "not ciphered", (unsigned)w->msg.mac_len);
}

static unsigned take_msg(struct watch *w, struct breach *b)
{
    struct watch_choice *c = &w->at->choice;

    if (w->msg.type == MSG_ATTACH_ACC && w->arrives) {
        c->has_offered = true;
        c->offered = w->msg.u.attach_acc.choice;
    }
    if (w->genuine && w->arrives && w->msg.type == MSG_AV_RSP &&
        w->msg.u.av_rsp.purpose == PURPOSE_E2M) {
        learn_profile(c, &w->msg.u.av_rsp.profile);
    } else if (w->genuine && w->arrives && w->msg.type == MSG_POLICY) {
        learn_profile(c, &w->msg.u.policy.profile);
    }
    if (!w->as_sent) {
        return 0;
    }
    if (w->msg.type == MSG_KEYSET_FWD) {
        return compare(w, &w->msg.u.keyset_fwd.choice, b);
    }
    if (w->msg.type == MSG_ATTACH_ACC) {
        return compare(w, &w->msg.u.attach_acc.choice, b);
    }
    return w->msg.type == MSG_DATA_UL || w->msg.type == MSG_DATA_DL ? fit(w, b) : 0;
}

static unsigned accept(struct watch *w, struct breach *b)
{
    struct watch_choice *c = &w->at->choice;
    const bool differs =
        c->has_wanted && c->has_offered && octets_of(&c->wanted) != octets_of(&c->offered);

    if (!differs) {
        return 0;
    }
    return breach(b,
                  "%s takes algorithms %u, %u, mode %u; by the policy and what it can do they are "
                  "%u, %u, mode %u",
                  watch_label(w, w->at), c->offered.alg_int, c->offered.alg_enc, c->offered.conf,
                  c->wanted.alg_int, c->wanted.alg_enc, c->wanted.conf);
}

/* The trace does not show where a UE goes; the script does. */
static void order_move(struct watch *w, const struct trace_event *e)
{
    const struct scenario *scn = w->run->scn;

    for (unsigned i = 0; i < scn->actions_count; i++) {
        if (scn->actions[i].line == e->u.order.line && scn->actions[i].kind == ACTION_ORDER) {
            memcpy(w->at->choice.plmn_next, scn->actions[i].order.plmn, PLMN_LEN);
        }
    }
}

/* An EMSE without its memory has no profile; a UE may not remember where it had gone. */
static void take_start(struct watch *w, enum role role, enum state_left left)
{
    const struct scenario *scn = w->run->scn;

    for (unsigned i = 0; i < w->count; i++) {
        struct watch_choice *c = &w->ue[i].choice;

        c->profile.version = role == ROLE_EMSE && left != LEFT_ALL ? 0 : c->profile.version;
        c->has_wanted = c->has_wanted && role != ROLE_EMSE; /* it may have chosen and not told */
        c->has_noted = c->has_noted && role != ROLE_EMSE;
        c->lost =
            c->lost || (role == ROLE_UE && memcmp(c->plmn, scn->ues[i].plmn, sizeof c->plmn) != 0);
    }
}

unsigned watch_no_downgrade(struct watch *w, const struct trace_event *e, struct breach *b)
{
    if (e->kind == TRACE_PROCESS && e->u.process.what == PROCESS_STARTS) {
        take_start(w, e->u.process.role, e->u.process.left);
    }
    if (w->at == NULL) {
        return 0;
    }
    if (e->kind == TRACE_MSG) {
        return w->readable ? take_msg(w, b) : 0;
    }
    if (e->kind == TRACE_ORDER && e->u.order.role == ROLE_UE && e->u.order.kind == ORDER_MOVE) {
        order_move(w, e);
    } else if (watch_is_step(e, ROLE_UE, "MOVED")) {
        memcpy(w->at->choice.plmn, w->at->choice.plmn_next, PLMN_LEN);
    } else if (watch_is_step(e, ROLE_UE, "RX_ACCEPT")) {
        return accept(w, b);
    } else if (watch_is_step(e, ROLE_EMSE, "RX_RESP")) {
        begin_choice(w);
    } else if (e->kind == TRACE_OCCUR && e->u.occur.kind == OCCUR_NOTE &&
               e->u.occur.role == ROLE_EMSE) {
        take_note(&w->at->choice, &e->u.occur);
    }
    return 0;
}
