#include "scenarios/sim/net/name.h"

#include "common/wire/codec.h"

#include <stdlib.h>
#include <string.h>

enum { KID_MODULO = 8 };

bool namer_init(struct namer *n, const struct scenario *scn)
{
    memset(n, 0, sizeof *n);
    n->scn = scn;
    n->ues = calloc(scn->ues_count + 1, sizeof *n->ues);
    return n->ues != NULL;
}

void namer_free(struct namer *n)
{
    dict_free(&n->by_xid);
    dict_free(&n->by_sid);
    free(n->ues);
    n->ues = NULL;
}

/* ---- whose datagram ---- */

enum who { WHO_SID, WHO_XID, WHO_IDENT };

/* Where a message says whose it is. WHO_IDENT: |at| in the struct msg is a struct ident, be it on
 * its own or the first of a struct assoc. WHO_XID: |at| is the transaction number. */
static const struct whose {
    enum who who;
    size_t at;
} whose[MSG_TYPE_COUNT] = {
    [MSG_ACCESS_CHAL] = {WHO_IDENT, offsetof(struct msg, u.access_chal.ue)},
    [MSG_ACCESS_RESP] = {WHO_IDENT, offsetof(struct msg, u.access_resp.ue)},
    [MSG_ATTACH_REQ] = {WHO_IDENT, offsetof(struct msg, u.attach_req.ue)},
    [MSG_AV_REQ] = {WHO_IDENT, offsetof(struct msg, u.av_req.ue)},
    [MSG_AV_RSP] = {WHO_IDENT, offsetof(struct msg, u.av_rsp.ue)},
    [MSG_AKA_CHAL] = {WHO_XID, offsetof(struct msg, u.aka_chal.xid)},
    [MSG_AKA_RESP] = {WHO_XID, offsetof(struct msg, u.aka_resp.xid)},
    [MSG_SYNCFAIL] = {WHO_XID, offsetof(struct msg, u.syncfail.xid)},
    [MSG_ATTACH_ACC] = {WHO_XID, offsetof(struct msg, u.attach_acc.xid)},
    [MSG_ATTACH_REJ] = {WHO_XID, offsetof(struct msg, u.attach_rej.xid)},
    [MSG_KEYSET_FWD] = {WHO_IDENT, offsetof(struct msg, u.keyset_fwd.assoc.ue)},
    [MSG_KEYSET_ACK] = {WHO_IDENT, offsetof(struct msg, u.eese.assoc.ue)},
    [MSG_KEY_TRIGGER] = {WHO_IDENT, offsetof(struct msg, u.eese.assoc.ue)},
    [MSG_FWD_ACK] = {WHO_IDENT, offsetof(struct msg, u.eese.assoc.ue)},
    [MSG_COMMIT] = {WHO_IDENT, offsetof(struct msg, u.eese.assoc.ue)},
    [MSG_NAK] = {WHO_IDENT, offsetof(struct msg, u.eese.assoc.ue)},
    [MSG_RSYNC] = {WHO_IDENT, offsetof(struct msg, u.eese.assoc.ue)},
    [MSG_RAND_REQ] = {WHO_IDENT, offsetof(struct msg, u.rand_req.assoc.ue)},
    [MSG_RAND_RSP] = {WHO_IDENT, offsetof(struct msg, u.rand_rsp.assoc.ue)},
    [MSG_RAND_FWD] = {WHO_IDENT, offsetof(struct msg, u.rand_fwd.assoc.ue)},
    [MSG_UE_CONFIRM] = {WHO_IDENT, offsetof(struct msg, u.ue_confirm.assoc.ue)},
    [MSG_POLICY] = {WHO_IDENT, offsetof(struct msg, u.policy.ue)},
};

static int look_up(const struct dict *d, uint32_t number)
{
    uint32_t ue;

    return number != 0 && dict_get(d, number, &ue) ? (int)ue : -1;
}

static int ue_of(const struct namer *n, const struct msg *m)
{
    const struct whose *w = &whose[m->type];
    const uint8_t *at = (const uint8_t *)m + w->at;
    struct ident id;
    uint32_t xid;
    int ue = -1;

    if (w->who == WHO_IDENT) {
        memcpy(&id, at, sizeof id);
        if (id.len == 0 && m->type == MSG_POLICY) {
            id = m->u.policy.assoc.ue;
        }
        return scenario_ue(n->scn, id.s);
    }
    if (w->who == WHO_XID) {
        memcpy(&xid, at, sizeof xid);
        ue = look_up(&n->by_xid, xid);
    }
    return ue >= 0 ? ue : look_up(&n->by_sid, m->sid);
}

void name_swap_handles(struct msg *a, struct msg *b)
{
    const struct whose *w = &whose[a->type];
    const size_t len = w->who == WHO_IDENT ? sizeof(struct ident)
                       : w->who == WHO_XID ? sizeof(uint32_t)
                                           : 0;
    const uint32_t sid = a->sid;
    uint8_t *at_a = (uint8_t *)a + w->at;
    uint8_t *at_b = (uint8_t *)b + w->at;
    uint8_t kept[sizeof(struct ident)];

    a->sid = b->sid;
    b->sid = sid;
    memcpy(kept, at_a, len);
    memcpy(at_a, at_b, len);
    memcpy(at_b, kept, len);
}

static void learn(struct dict *d, uint32_t number, int ue)
{
    uint32_t *at = number == 0 ? NULL : dict_at(d, number);

    if (at != NULL) {
        *at = (uint32_t)ue; /* without memory it stays unnamed */
    }
}

static void learn_handles(struct namer *n, const struct msg *m, int ue)
{
    struct name_ue *u = &n->ues[ue];

    if (m->type == MSG_ATTACH_REQ) {
        learn(&n->by_xid, m->u.attach_req.xid, ue);
        u->xid = m->u.attach_req.xid;
    } else if (m->type == MSG_ATTACH_ACC) {
        learn(&n->by_sid, m->sid, ue);
        u->sid = m->sid;
        u->g = m->u.attach_acc.g;
        u->choice = m->u.attach_acc.choice;
    } else if (m->type == MSG_KEYSET_FWD) {
        learn(&n->by_sid, m->u.keyset_fwd.sid, ue);
    } else if (m->type == MSG_AKA_CHAL) {
        u->xid = m->u.aka_chal.xid;
    }
}

static void overhear(struct name_ue *u, enum role from, enum role to, const struct msg *m)
{
    if (msg_on_air(m->type) && m->ctr != 0) {
        u->ctr[from == ROLE_UE ? to : from][from != ROLE_UE] = m->ctr;
    }
    if (m->type == MSG_DATA_UL || m->type == MSG_DATA_DL) {
        u->mac_len = m->mac_len;
    }
}

/* ---- which epoch ---- */

typedef bool epoch_rule(const struct msg *m, uint32_t *n);

static bool of_accept(const struct msg *m, uint32_t *n)
{
    *n = m->u.attach_acc.n;
    return true;
}

static bool of_keyset(const struct msg *m, uint32_t *n)
{
    *n = m->u.keyset_fwd.n;
    return true;
}

static bool of_rand_req(const struct msg *m, uint32_t *n)
{
    *n = m->u.rand_req.n_first;
    return true;
}

static bool of_rand_rsp(const struct msg *m, uint32_t *n)
{
    *n = m->u.rand_rsp.n_first;
    return true;
}

static bool of_rand_fwd(const struct msg *m, uint32_t *n)
{
    *n = m->u.rand_fwd.n;
    return true;
}

static bool of_rand_push(const struct msg *m, uint32_t *n)
{
    *n = m->u.rand_push.n;
    return true;
}

static bool of_index(const struct msg *m, uint32_t *n)
{
    *n = m->u.index.n;
    return true;
}

static bool of_confirm(const struct msg *m, uint32_t *n)
{
    *n = m->u.ue_confirm.n;
    return true;
}

static bool of_cur(const struct msg *m, uint32_t *n)
{
    *n = m->u.eese.status.cur;
    return (m->u.eese.status.flags & STATUS_HAS_CUR) != 0;
}

/* What has just been installed; when it is in use already, that. */
static bool of_next(const struct msg *m, uint32_t *n)
{
    *n = m->u.eese.status.next;
    return (m->u.eese.status.flags & STATUS_HAS_NEXT) != 0 || of_cur(m, n);
}

static epoch_rule *const epoch_rules[MSG_TYPE_COUNT] = {
    [MSG_KEYSET_FWD] = of_keyset, [MSG_KEYSET_ACK] = of_next,    [MSG_ATTACH_ACC] = of_accept,
    [MSG_KEY_TRIGGER] = of_cur,   [MSG_RAND_REQ] = of_rand_req,  [MSG_RAND_RSP] = of_rand_rsp,
    [MSG_RAND_FWD] = of_rand_fwd, [MSG_FWD_ACK] = of_next,       [MSG_RAND_PUSH] = of_rand_push,
    [MSG_RAND_ACK] = of_index,    [MSG_UE_CONFIRM] = of_confirm, [MSG_COMMIT] = of_cur,
    [MSG_NAK] = of_cur,           [MSG_RSYNC] = of_cur,          [MSG_SYNC] = of_index,
    [MSG_STATUS] = of_index,
};

/* Frames under e2e keys: the kid is all that they show. */
static bool is_e2e(enum msg_type t)
{
    return t == MSG_DATA_UL || t == MSG_DATA_DL || t == MSG_DACK || t == MSG_KEY_EXPIRED;
}

/* The epoch with this kid that is nearest to |newest|, the lower one of two. */
static uint32_t unwrap(uint8_t kid, uint32_t newest)
{
    uint32_t low = newest < KID_MODULO / 2 ? 0 : newest - KID_MODULO / 2;

    while (low % KID_MODULO != (kid - 1u) % KID_MODULO) {
        low++;
    }
    return low;
}

/* Literal: the role whose next epoch this message makes. ROLE_COUNT: it makes none. */
static enum role maker_of(enum msg_type t)
{
    if (t == MSG_RAND_PUSH) {
        return ROLE_UE;
    }
    return t == MSG_RAND_REQ || t == MSG_RAND_RSP || t == MSG_RAND_FWD ? ROLE_EESE : ROLE_COUNT;
}

static bool literal_epoch(const struct name_ue *u, enum role from, const struct msg *m, uint32_t *n)
{
    enum role maker = maker_of(m->type);

    if (m->type == MSG_KEYSET_FWD || m->type == MSG_ATTACH_ACC) {
        *n = 0; /* the first of a new chain */
        return true;
    }
    if (maker != ROLE_COUNT) {
        *n = u->epoch[maker] + 1;
        return u->has[maker];
    }
    *n = u->epoch[from];
    return u->has[from] && (is_e2e(m->type) || epoch_rules[m->type] != NULL);
}

static bool hardened_epoch(const struct name_ue *u, const struct msg *m, uint32_t *n)
{
    if (is_e2e(m->type)) {
        *n = unwrap(m->kid, u->newest);
        return m->kid != 0;
    }
    return epoch_rules[m->type] != NULL && epoch_rules[m->type](m, n);
}

/* ---- the whole ---- */

/* What the EMSE and the EESE tell each other is true; what the air carries may be forged. */
static bool is_trusted(enum msg_type t)
{
    return t == MSG_KEYSET_FWD || t == MSG_RAND_FWD;
}

void namer_datagram(struct namer *n, enum role from, enum role to, const uint8_t *octets,
                    size_t len, struct name *out)
{
    struct name_ue *u;
    struct msg m;

    *out = (struct name){.type = MSG_TYPE_COUNT, .ue = -1};
    if (codec_peek(octets, len, &m) != ERR_OK) {
        return;
    }
    out->type = m.type;
    out->ctr = m.ctr;
    out->ue = ue_of(n, &m);
    if (out->ue < 0) {
        return;
    }
    learn_handles(n, &m, out->ue);
    u = &n->ues[out->ue];
    overhear(u, from, to, &m);
    out->has_epoch = n->scn->variant.variant == VARIANT_LITERAL
                         ? literal_epoch(u, from, &m, &out->epoch)
                         : hardened_epoch(u, &m, &out->epoch);
    if (!out->has_epoch) {
        out->epoch = 0;
    } else if (is_trusted(m.type) && out->epoch > u->newest) {
        u->newest = out->epoch;
    }
}

void namer_forgery(struct namer *n, int ue, const uint8_t *octets, size_t len, struct name *out)
{
    struct name_ue *u = &n->ues[ue];
    struct msg m;

    *out = (struct name){.type = MSG_TYPE_COUNT, .ue = ue};
    if (codec_peek(octets, len, &m) != ERR_OK) {
        return;
    }
    out->type = m.type;
    out->ctr = m.ctr;
    if (m.type == MSG_ATTACH_REQ) {
        learn(&n->by_xid, m.u.attach_req.xid, ue);
    } else if (m.type == MSG_ATTACH_ACC) {
        learn(&n->by_sid, m.sid, ue);
    }
    out->has_epoch =
        n->scn->variant.variant == VARIANT_HARDENED && hardened_epoch(u, &m, &out->epoch);
    if (!out->has_epoch) {
        out->epoch = 0;
    }
}

void namer_observe(struct namer *n, const struct occur *o)
{
    int ue = o->kind == OCCUR_STEP && o->has_epoch ? scenario_ue(n->scn, o->ue.s) : -1;
    struct name_ue *u;

    if (ue < 0) {
        return;
    }
    u = &n->ues[ue];
    u->has[o->role] = true;
    u->epoch[o->role] = o->epoch;
    if (o->epoch > u->newest) {
        u->newest = o->epoch;
    }
}

bool name_matches(const struct scn_match *m, enum role from, enum role to, const struct name *n)
{
    return (m->type == MSG_TYPE_COUNT || m->type == n->type) &&
           (m->from == ROLE_COUNT || m->from == from) && (m->to == ROLE_COUNT || m->to == to) &&
           (m->ue < 0 || m->ue == n->ue) && (m->attempt == 0 || m->attempt == n->attempt) &&
           (!m->has_epoch || (n->has_epoch && m->epoch == n->epoch));
}
