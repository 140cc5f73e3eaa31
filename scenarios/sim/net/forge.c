#include "scenarios/sim/net/forge.h"

#include "common/base/prng.h"
#include "common/core/protect.h"
#include "common/crypto/sha256.h"
#include "common/wire/codec.h"

#include <string.h>

enum draw { DRAW_MAC, DRAW_RAND, DRAW_AUTN, DRAW_PAYLOAD, DRAW_XID };
enum { FORGED_PAYLOAD = 8 };
/* Handles that he gives out himself, where the EMSE has none. */
#define FORGED_SID UINT32_C(0x40000000)

/* A forgery in the making. */
struct forgery {
    const struct namer *namer;
    const struct scn_fault *what;
    const struct scn_ue *ue;
    const struct name_ue *seen;    /* of that UE */
    const struct forge_keys *keys; /* NULL: none, or of no use here */
    uint64_t key;
    uint32_t nth;
    bool literal;
};

static uint32_t epoch_of(const struct forgery *f, uint32_t otherwise)
{
    return f->what->match.has_epoch ? f->what->match.epoch : otherwise;
}

static void put_random(const struct forgery *f, enum draw draw, uint8_t *out, size_t len)
{
    prng_fill(prng_key(f->key, draw), out, len);
}

static void put_rand(const struct forgery *f, uint8_t out[RAND_LEN])
{
    if (f->what->forged.has_rand) {
        memcpy(out, f->what->forged.rand, RAND_LEN);
    } else {
        put_random(f, DRAW_RAND, out, RAND_LEN);
    }
}

/* ---- bodies ---- */

static void put_attach_req(const struct forgery *f, struct msg *m)
{
    struct msg_attach_req *b = &m->u.attach_req;
    uint8_t digest[32];

    b->xid = 1 + (uint32_t)prng_below(f->key, DRAW_XID, 0x7fffffff);
    b->caps = f->ue->caps;
    b->ue = f->ue->imsi;
    memcpy(b->plmn, f->ue->plmn, PLMN_LEN);
    sha256((const uint8_t *)f->namer->scn->eese.s, f->namer->scn->eese.len, digest);
    b->eese = get_be32(digest);
}

static void put_aka_chal(const struct forgery *f, struct msg *m)
{
    m->u.aka_chal.xid = f->seen->xid;
    put_rand(f, m->u.aka_chal.rand);
    put_random(f, DRAW_AUTN, m->u.aka_chal.autn, AUTN_LEN);
    if (f->keys != NULL) {
        memcpy(m->u.aka_chal.rand, f->keys->rand, RAND_LEN);
        memcpy(m->u.aka_chal.autn, f->keys->autn, AUTN_LEN);
    }
}

/* Who plays the EMSE chooses what suits him. */
static void put_attach_acc(const struct forgery *f, struct msg *m)
{
    m->u.attach_acc.xid = f->seen->xid;
    m->u.attach_acc.g = f->seen->g + 1;
    m->u.attach_acc.n = epoch_of(f, 0);
    m->u.attach_acc.choice = (struct choice){INT_CMAC64, ENC_EEA0, CONF_OFF, RAND_CLEAR};
}

static void put_attach_rej(const struct forgery *f, struct msg *m)
{
    m->u.attach_rej.xid = f->seen->xid;
    m->u.attach_rej.cause = CAUSE_UNKNOWN_SUBSCRIBER;
}

static void put_data(const struct forgery *f, struct msg *m)
{
    m->u.data.len = f->what->forged.len;
    memcpy(m->u.data.payload, f->what->forged.payload, m->u.data.len);
    if (m->u.data.len == 0) {
        m->u.data.len = FORGED_PAYLOAD;
        put_random(f, DRAW_PAYLOAD, m->u.data.payload, FORGED_PAYLOAD);
    }
}

static void put_nothing(const struct forgery *f, struct msg *m)
{
    (void)f;
    (void)m;
}

static void put_key_expired(const struct forgery *f, struct msg *m)
{
    (void)f;
    m->u.key_expired.reason = 1;
}

static void put_rand_push(const struct forgery *f, struct msg *m)
{
    m->u.rand_push.n = f->literal ? 0 : epoch_of(f, f->seen->newest + 1);
    put_rand(f, m->u.rand_push.rand);
}

static void put_index(const struct forgery *f, struct msg *m)
{
    m->u.index.n = epoch_of(f, f->seen->newest);
}

/* Between the EESE and the EMSE nothing but the link itself is protected. */
static void put_key_trigger(const struct forgery *f, struct msg *m)
{
    struct msg_eese *b = &m->u.eese;

    b->assoc.ue = f->ue->imsi;
    b->assoc.emse = f->namer->scn->emse;
    b->assoc.eese = f->what->forged.has_eese ? f->what->forged.eese : f->namer->scn->eese;
    b->status.g = f->literal ? 0 : f->seen->g;
    b->status.cur = f->literal ? 0 : epoch_of(f, f->seen->newest);
    b->status.flags = f->literal ? 0 : STATUS_HAS_CUR;
    b->reason = TRIGGER_CONTACT;
}

/* ---- headers and seals ---- */

enum key_name {
    KEY_NONE, /* the frame has none: the UE has no key yet, or the link is the EESE's */
    KEY_E2E,  /* that of the epoch */
    KEY_E2M   /* that of the root */
};

static const struct form {
    void (*body)(const struct forgery *f, struct msg *m);
    enum key_name key;
    bool echoes;  /* its number is that of a message the other way */
    bool literal; /* has a MAC in the literal variant too */
} forms[MSG_TYPE_COUNT] = {
    [MSG_ATTACH_REQ] = {put_attach_req, KEY_NONE, false, false},
    [MSG_AKA_CHAL] = {put_aka_chal, KEY_NONE, false, false},
    [MSG_ATTACH_ACC] = {put_attach_acc, KEY_E2M, false, true},
    [MSG_ATTACH_REJ] = {put_attach_rej, KEY_NONE, false, false},
    [MSG_DATA_UL] = {put_data, KEY_E2E, false, true},
    [MSG_DATA_DL] = {put_data, KEY_E2E, false, true},
    [MSG_DACK] = {put_nothing, KEY_E2E, true, true},
    [MSG_KEY_EXPIRED] = {put_key_expired, KEY_E2E, true, false},
    [MSG_KEY_TRIGGER] = {put_key_trigger, KEY_NONE, false, false},
    [MSG_RAND_PUSH] = {put_rand_push, KEY_E2M, false, false},
    [MSG_RAND_ACK] = {put_index, KEY_E2M, false, false},
    [MSG_SYNC] = {put_index, KEY_E2M, false, false},
    [MSG_STATUS] = {put_index, KEY_E2M, false, false},
};

bool forge_knows(enum msg_type t)
{
    return t < MSG_TYPE_COUNT && forms[t].body != NULL;
}

enum msg_type forge_reflected(enum msg_type t)
{
    return t == MSG_DATA_UL   ? MSG_DATA_DL
           : t == MSG_DATA_DL ? MSG_DATA_UL
           : t == MSG_DACK    ? MSG_DACK
                              : MSG_TYPE_COUNT;
}

bool forge_takes(enum msg_type t, enum secret with)
{
    if (with == SECRET_VECTOR) {
        return t == MSG_AKA_CHAL;
    }
    return forms[t].key == (with == SECRET_E2E ? KEY_E2E : KEY_E2M);
}

static bool has_mac(const struct forgery *f, const struct form *form)
{
    if (f->what->match.type == MSG_RAND_PUSH) {
        return sw_on(&f->namer->scn->variant, SW_PROTECT_RAND);
    }
    return !f->literal || form->literal;
}

static void put_header(const struct forgery *f, const struct form *form, struct msg *m)
{
    const struct scn_match *arrow = &f->what->match;
    const bool up = arrow->from == ROLE_UE;
    const uint32_t *seen = f->seen->ctr[up ? arrow->to : arrow->from];

    if (form->key == KEY_NONE) {
        return;
    }
    m->sid = f->seen->sid != 0 ? f->seen->sid : FORGED_SID + (uint32_t)arrow->ue;
    m->ctr = form->echoes ? seen[up] : seen[!up] + 1 + f->nth;
    if (f->what->forged.has_ctr) {
        m->ctr = f->what->forged.ctr;
    }
    if (!f->literal) {
        m->kid = kid_of(form->key == KEY_E2M ? f->seen->g : epoch_of(f, f->seen->newest));
    }
    if (has_mac(f, form)) {
        m->mac_len = form->key == KEY_E2E && f->seen->mac_len != 0 ? f->seen->mac_len : MAC_MAX;
        put_random(f, DRAW_MAC, m->mac, m->mac_len);
    }
}

static void seal_e2e(const struct forgery *f, struct msg *m, uint8_t direction)
{
    const struct epoch *e = &f->keys->e2e;
    const struct protect_key k = m->type == MSG_KEY_EXPIRED
                                     ? epoch_error_key(e)
                                     : epoch_data_key(e, &f->namer->scn->variant, direction);

    if (e->sid != 0) {
        m->sid = e->sid;
    }
    protect_seal(m, &k, direction, m->ctr, NULL, 0);
}

static void seal_e2m(const struct forgery *f, struct msg *m, uint8_t direction)
{
    const struct mind_e2m *e2m = &f->keys->e2m;
    const bool accepts = m->type == MSG_ATTACH_ACC;
    const bool secret = !f->literal && f->seen->choice.rand_protect == RAND_ENC;
    const struct protect_key k = {
        .int_key = direction == DIR_UL ? e2m->keys.int_ul : e2m->keys.int_dl,
        .enc_key = m->type == MSG_RAND_PUSH && secret ? e2m->keys.enc_dl : NULL,
        .index = e2m->has_g ? e2m->g : f->seen->g + accepts,
        .alg_int = INT_CMAC64,
        .has_kid = 1};
    uint8_t echo[4] = {f->ue->caps};

    memcpy(echo + 1, f->ue->plmn, PLMN_LEN);
    if (accepts) {
        m->u.attach_acc.g = k.index;
    }
    protect_seal(m, &k, direction, m->ctr, echo,
                 accepts && sw_on(&f->namer->scn->variant, SW_ECHO_NEGOTIATION) ? sizeof echo : 0);
}

static bool has_key(const struct scn_fault *what, const struct forge_keys *keys)
{
    if (!what->forged.seals) {
        return false;
    }
    return what->forged.with == SECRET_E2E   ? keys->has_e2e
           : what->forged.with == SECRET_E2M ? keys->has_e2m
                                             : keys->has_vector;
}

enum err forge(const struct namer *n, const struct scn_fault *what, const struct forge_keys *keys,
               uint64_t key, uint32_t nth, uint8_t octets[DATAGRAM_MAX], size_t *len)
{
    const struct form *form = &forms[what->match.type];
    const uint8_t direction = what->match.from == ROLE_UE ? DIR_UL : DIR_DL;
    const struct forgery f = {
        .namer = n,
        .what = what,
        .ue = &n->scn->ues[what->match.ue],
        .seen = &n->ues[what->match.ue],
        .keys = has_key(what, keys) ? keys : NULL,
        .key = key,
        .nth = nth,
        .literal = n->scn->variant.variant == VARIANT_LITERAL,
    };
    struct msg m = {.type = what->match.type};

    if (form->body == NULL || (what->forged.seals && !what->forged.if_known && f.keys == NULL)) {
        return ERR_BAD_FIELD;
    }
    put_header(&f, form, &m);
    form->body(&f, &m);
    if (f.keys != NULL && form->key == KEY_E2E && has_mac(&f, form)) {
        seal_e2e(&f, &m, direction);
    } else if (f.keys != NULL && form->key == KEY_E2M && has_mac(&f, form)) {
        seal_e2m(&f, &m, direction);
    }
    return codec_encode(&m, what->match.from, what->match.to, octets, len);
}
