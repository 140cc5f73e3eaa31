#include "test/unit/wire_sample.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"

#include <string.h>

struct source {
    uint64_t key;
    uint64_t drawn;
};

static uint64_t below(struct source *s, uint64_t bound)
{
    return prng_below(s->key, s->drawn++, bound);
}

/* Small and large numbers alike, so that varints of every length occur. */
static uint32_t number(struct source *s, uint32_t most)
{
    uint64_t v = prng_draw(s->key, s->drawn++) >> (32 + below(s, 32));

    return v > most ? most : (uint32_t)v;
}

static uint32_t epoch(struct source *s)
{
    return number(s, 0x7ffffff0);
}

static void octets(struct source *s, uint8_t *out, size_t len)
{
    prng_fill(prng_key(s->key, s->drawn++), out, len);
}

static void imsi(struct source *s, struct ident *id)
{
    id->len = (uint8_t)(5 + below(s, 11));
    for (unsigned i = 0; i < id->len; i++) {
        id->s[i] = (char)('0' + below(s, 10));
    }
}

static void name(struct source *s, struct ident *id)
{
    id->len = (uint8_t)(1 + below(s, IDENT_MAX));
    for (unsigned i = 0; i < id->len; i++) {
        id->s[i] = (char)('!' + below(s, '~' - '!' + 1));
    }
}

static void plmn(struct source *s, uint8_t out[PLMN_LEN])
{
    for (unsigned i = 0; i < PLMN_LEN; i++) {
        uint64_t high = i == 1 && below(s, 2) == 0 ? 0xF : below(s, 10);

        out[i] = (uint8_t)(high << 4 | below(s, 10));
    }
}

static void assoc(struct source *s, struct assoc *a)
{
    imsi(s, &a->ue);
    name(s, &a->emse);
    name(s, &a->eese);
}

static void choice(struct source *s, struct choice *c)
{
    c->alg_int = (uint8_t)(1 + below(s, 2));
    c->alg_enc = below(s, 2) == 0 ? ENC_EEA0 : ENC_EEA2;
    c->conf = (uint8_t)below(s, CONF_MODE_COUNT);
    c->rand_protect = (uint8_t)(RAND_ENC + below(s, 4));
}

static void profile(struct source *s, struct profile *p)
{
    uint64_t int_len = below(s, 3);

    p->version = number(s, UINT32_MAX - 1) + 1;
    p->te2e_pair_ms = number(s, UINT32_MAX);
    p->te2e_ue_ms = number(s, UINT32_MAX);
    p->te2e_default_ms = number(s, UINT32_MAX);
    p->te2e_floor_ms = number(s, UINT32_MAX);
    p->te2e_ceiling_ms = number(s, UINT32_MAX);
    p->n_msg = number(s, UINT32_MAX);
    for (unsigned i = 0; i < int_len; i++) {
        p->alg_int[i] = (uint8_t)(1 + below(s, 2));
    }
    p->alg_enc_len = (uint8_t)below(s, 3);
    for (unsigned i = 0; i < p->alg_enc_len; i++) {
        p->alg_enc[i] = below(s, 2) == 0 ? ENC_EEA0 : ENC_EEA2;
    }
    p->conf_default = (uint8_t)below(s, CONF_MODE_COUNT);
    p->rand_protect = (uint8_t)(RAND_ENC + below(s, 4));
    p->conf_rules_len = (uint8_t)below(s, CONF_RULES_MAX + 1);
    for (unsigned i = 0; i < p->conf_rules_len; i++) {
        plmn(s, p->conf_rules[i].plmn);
        p->conf_rules[i].mode = (uint8_t)below(s, CONF_MODE_COUNT);
    }
}

static void header(struct source *s, struct msg *m)
{
    static const uint8_t flags[MSG_TYPE_COUNT] = {
        [MSG_DATA_UL] = MSG_FLAG_C | MSG_FLAG_REKEY,
        [MSG_DATA_DL] = MSG_FLAG_C,
        [MSG_RAND_PUSH] = MSG_FLAG_C | MSG_FLAG_EXPIRED,
        [MSG_STATUS] = MSG_FLAG_UNKNOWN,
    };

    m->sid = number(s, UINT32_MAX);
    m->kid = (uint8_t)below(s, 9);
    m->ctr = number(s, UINT32_MAX);
    m->flags = (uint8_t)(below(s, 16) & flags[m->type]);
    m->mac_len = (uint8_t)(4 * below(s, 3));
    octets(s, m->mac, m->mac_len);
}

static void access_chal(struct source *s, struct msg *m)
{
    imsi(s, &m->u.access_chal.ue);
    octets(s, m->u.access_chal.rand, RAND_LEN);
    octets(s, m->u.access_chal.autn, AUTN_LEN);
}

static void access_resp(struct source *s, struct msg *m)
{
    imsi(s, &m->u.access_resp.ue);
    m->u.access_resp.has_auts = (uint8_t)below(s, 2);
    if (m->u.access_resp.has_auts != 0) {
        octets(s, m->u.access_resp.auts, AUTS_LEN);
    } else {
        octets(s, m->u.access_resp.res, RES_LEN);
    }
}

static void attach_req(struct source *s, struct msg *m)
{
    header(s, m);
    m->u.attach_req.xid = number(s, UINT32_MAX);
    m->u.attach_req.caps = (uint8_t)below(s, CAP_ALL + 1);
    plmn(s, m->u.attach_req.plmn);
    m->u.attach_req.eese = number(s, UINT32_MAX);
    imsi(s, &m->u.attach_req.ue);
}

static void av_req(struct source *s, struct msg *m, enum role client)
{
    struct msg_av_req *b = &m->u.av_req;

    b->xid = number(s, UINT32_MAX);
    imsi(s, &b->ue);
    if (client == ROLE_VN) {
        b->purpose = PURPOSE_ACCESS;
        plmn(s, b->plmn);
    } else {
        b->purpose = PURPOSE_E2M;
        name(s, &b->emse);
    }
    b->has_auts = (uint8_t)below(s, 2);
    if (b->has_auts != 0) {
        octets(s, b->rand, RAND_LEN);
        octets(s, b->auts, AUTS_LEN);
    }
}

static void av_rsp(struct source *s, struct msg *m, enum role client)
{
    struct msg_av_rsp *b = &m->u.av_rsp;

    b->xid = number(s, UINT32_MAX);
    b->purpose = client == ROLE_VN ? PURPOSE_ACCESS : PURPOSE_E2M;
    b->cause = (uint8_t)(below(s, 2) * below(s, CAUSE_COUNT));
    imsi(s, &b->ue);
    if (b->cause != CAUSE_NONE) {
        return;
    }
    octets(s, b->rand, RAND_LEN);
    octets(s, b->autn, AUTN_LEN);
    octets(s, b->xres, RES_LEN);
    octets(s, b->key, KEYSET_LEN);
    if (b->purpose == PURPOSE_E2M) {
        b->g = number(s, UINT32_MAX);
        profile(s, &b->profile);
    }
}

static void attach_acc(struct source *s, struct msg *m)
{
    header(s, m);
    m->u.attach_acc.xid = number(s, UINT32_MAX);
    m->u.attach_acc.g = number(s, UINT32_MAX);
    m->u.attach_acc.n = epoch(s);
    m->u.attach_acc.te2e_s = number(s, UINT32_MAX);
    choice(s, &m->u.attach_acc.choice);
}

static void keyset_fwd(struct source *s, struct msg *m)
{
    struct msg_keyset_fwd *b = &m->u.keyset_fwd;

    assoc(s, &b->assoc);
    b->sid = number(s, UINT32_MAX - 1) + 1;
    b->g = number(s, UINT32_MAX);
    b->n = epoch(s);
    octets(s, b->key, KEYSET_LEN);
    choice(s, &b->choice);
    profile(s, &b->profile);
}

static void rands(struct source *s, struct msg *m)
{
    struct msg_rand_rsp *b = &m->u.rand_rsp;

    assoc(s, &b->assoc);
    b->g = number(s, UINT32_MAX);
    b->n_first = epoch(s);
    b->count = (uint8_t)(1 + below(s, BATCH_MAX));
    for (unsigned i = 0; i < b->count; i++) {
        octets(s, b->rand[i], RAND_LEN);
    }
}

static void report(struct source *s, struct msg *m)
{
    struct msg_eese *b = &m->u.eese;

    assoc(s, &b->assoc);
    b->status.g = number(s, UINT32_MAX);
    b->status.flags = (uint8_t)below(s, 2 * STATUS_PAGE);
    b->status.cur = (b->status.flags & STATUS_HAS_CUR) != 0 ? epoch(s) : 0;
    b->status.next = (b->status.flags & STATUS_HAS_NEXT) != 0 ? epoch(s) : 0;
    if (m->type == MSG_KEY_TRIGGER) {
        b->reason = (uint8_t)(1 + below(s, TRIGGER_REASON_COUNT - 1));
    }
    if (m->type == MSG_RSYNC) {
        b->ue_n = epoch(s);
    }
}

static void policy(struct source *s, struct msg *m, enum role to)
{
    struct msg_policy *b = &m->u.policy;

    if (to == ROLE_EESE) {
        assoc(s, &b->assoc);
        b->ue = b->assoc.ue;
    } else {
        imsi(s, &b->ue);
    }
    profile(s, &b->profile);
}

static void backend(struct source *s, struct msg *m)
{
    switch ((int)m->type) {
    case MSG_KEYSET_FWD: keyset_fwd(s, m); break;
    case MSG_RAND_REQ:
        assoc(s, &m->u.rand_req.assoc);
        m->u.rand_req.g = number(s, UINT32_MAX);
        m->u.rand_req.n_first = epoch(s);
        m->u.rand_req.count = (uint8_t)(1 + below(s, BATCH_MAX));
        break;
    case MSG_RAND_RSP: rands(s, m); break;
    case MSG_RAND_FWD:
        assoc(s, &m->u.rand_fwd.assoc);
        m->u.rand_fwd.g = number(s, UINT32_MAX);
        m->u.rand_fwd.n = epoch(s);
        octets(s, m->u.rand_fwd.rand, RAND_LEN);
        break;
    case MSG_UE_CONFIRM:
        assoc(s, &m->u.ue_confirm.assoc);
        m->u.ue_confirm.g = number(s, UINT32_MAX);
        m->u.ue_confirm.n = epoch(s);
        break;
    default: /* KEYSET_ACK, KEY_TRIGGER, FWD_ACK, COMMIT, NAK, RSYNC */ report(s, m); break;
    }
}

static void air(struct source *s, struct msg *m)
{
    header(s, m);
    switch ((int)m->type) {
    case MSG_AKA_CHAL:
        m->u.aka_chal.xid = number(s, UINT32_MAX);
        octets(s, m->u.aka_chal.rand, RAND_LEN);
        octets(s, m->u.aka_chal.autn, AUTN_LEN);
        break;
    case MSG_AKA_RESP:
        m->u.aka_resp.xid = number(s, UINT32_MAX);
        octets(s, m->u.aka_resp.res, RES_LEN);
        break;
    case MSG_SYNCFAIL:
        m->u.syncfail.xid = number(s, UINT32_MAX);
        octets(s, m->u.syncfail.auts, AUTS_LEN);
        break;
    case MSG_ATTACH_REJ:
        m->u.attach_rej.xid = number(s, UINT32_MAX);
        m->u.attach_rej.cause = (uint8_t)(1 + below(s, CAUSE_COUNT - 1));
        break;
    case MSG_DATA_UL:
    case MSG_DATA_DL:
        m->u.data.len = (uint16_t)below(s, PAYLOAD_MAX + 1);
        octets(s, m->u.data.payload, m->u.data.len);
        break;
    case MSG_DACK: break;
    case MSG_KEY_EXPIRED: m->u.key_expired.reason = 1; break;
    case MSG_RAND_PUSH:
        m->u.rand_push.n = epoch(s);
        octets(s, m->u.rand_push.rand, RAND_LEN);
        break;
    default: /* RAND_ACK, SYNC, STATUS */ m->u.index.n = epoch(s); break;
    }
}

void wire_sample(struct msg *m, enum msg_type t, enum role from, enum role to, uint64_t seed)
{
    struct source s = {.key = prng_key(prng_key(seed, t), (uint64_t)from * ROLE_COUNT + to),
                       .drawn = 0};
    enum role client = from == ROLE_HSS ? to : from;

    ENSURE(msg_arrow_allowed(t, from, to));
    memset(m, 0, sizeof *m);
    m->type = t;
    switch ((int)t) {
    case MSG_ACCESS_CHAL: access_chal(&s, m); break;
    case MSG_ACCESS_RESP: access_resp(&s, m); break;
    case MSG_ATTACH_REQ: attach_req(&s, m); break;
    case MSG_ATTACH_ACC: attach_acc(&s, m); break;
    case MSG_AV_REQ: av_req(&s, m, client); break;
    case MSG_AV_RSP: av_rsp(&s, m, client); break;
    case MSG_POLICY: policy(&s, m, to); break;
    default:
        if (msg_on_air(t)) {
            air(&s, m);
        } else {
            backend(&s, m);
        }
        break;
    }
}
