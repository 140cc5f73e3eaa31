/* The messages of the UE link. */
#include "common/wire/codec_table.h"

enum {
    IMSI_DIGITS_MAX = 15,
    IMSI_NIBBLES = 16,
    NIBBLE_FILLER = 0xF,
};

/* BCD as in TS 24.301 9.9.3.12: digit i is the i-th half octet. codec_check() saw the digits. */
static uint64_t imsi_from(const struct ident *ue)
{
    uint64_t v = 0;

    for (unsigned i = IMSI_NIBBLES; i-- > 0;) {
        v = v << 4 | (i < ue->len ? (uint64_t)(ue->s[i] - '0') : NIBBLE_FILLER);
    }
    return v;
}

static bool imsi_to(uint64_t v, struct ident *ue)
{
    unsigned i;

    for (i = 0; i < IMSI_DIGITS_MAX && (v & 0xF) <= 9; i++, v >>= 4) {
        ue->s[i] = (char)('0' + (v & 0xF));
    }
    ue->len = (uint8_t)i;
    return v == UINT64_MAX >> (4 * i);
}

static void put_access_chal(struct codec_pack *p)
{
    struct msg_access_chal *q = &p->m.u.access_chal;
    E2e__AccessChal *b = &p->body.access_chal;

    e2e__access_chal__init(b);
    b->imsi = imsi_from(&q->ue);
    b->rand = codec_octets(q->rand, RAND_LEN);
    b->autn = codec_octets(q->autn, AUTN_LEN);
    p->env.access_chal = b;
}

static bool get_access_chal(const E2e__Envelope *env, struct msg *m)
{
    const E2e__AccessChal *b = env->access_chal;
    struct msg_access_chal *q = &m->u.access_chal;

    return imsi_to(b->imsi, &q->ue) && codec_octets_to(&b->rand, q->rand, RAND_LEN) &&
           codec_octets_to(&b->autn, q->autn, AUTN_LEN);
}

static void put_access_resp(struct codec_pack *p)
{
    struct msg_access_resp *q = &p->m.u.access_resp;
    E2e__AccessResp *b = &p->body.access_resp;

    e2e__access_resp__init(b);
    b->imsi = imsi_from(&q->ue);
    if (q->has_auts != 0) {
        b->answer_case = E2E__ACCESS_RESP__ANSWER_AUTS;
        b->auts = codec_octets(q->auts, AUTS_LEN);
    } else {
        b->answer_case = E2E__ACCESS_RESP__ANSWER_RES;
        b->res = codec_fixed_from(q->res, RES_LEN);
    }
    p->env.access_resp = b;
}

static bool get_access_resp(const E2e__Envelope *env, struct msg *m)
{
    const E2e__AccessResp *b = env->access_resp;
    struct msg_access_resp *q = &m->u.access_resp;

    if (!imsi_to(b->imsi, &q->ue)) {
        return false;
    }
    if (b->answer_case == E2E__ACCESS_RESP__ANSWER_AUTS) {
        q->has_auts = 1;
        return codec_octets_to(&b->auts, q->auts, AUTS_LEN);
    }
    if (b->answer_case == E2E__ACCESS_RESP__ANSWER_RES) {
        codec_fixed_to(b->res, q->res, RES_LEN);
        return true;
    }
    return false;
}

static void put_attach_req(struct codec_pack *p)
{
    const struct msg_attach_req *q = &p->m.u.attach_req;
    E2e__AttachReq *b = &p->body.attach_req;

    e2e__attach_req__init(b);
    b->xid = q->xid;
    b->plmn_caps = (uint32_t)codec_fixed_from(q->plmn, PLMN_LEN) | (uint32_t)q->caps << 24;
    b->eese = q->eese;
    b->imsi = imsi_from(&q->ue);
    p->env.attach_req = b;
}

static bool get_attach_req(const E2e__Envelope *env, struct msg *m)
{
    const E2e__AttachReq *b = env->attach_req;
    struct msg_attach_req *q = &m->u.attach_req;

    q->xid = b->xid;
    codec_fixed_to(b->plmn_caps, q->plmn, PLMN_LEN);
    q->caps = (uint8_t)(b->plmn_caps >> 24);
    q->eese = b->eese;
    return imsi_to(b->imsi, &q->ue);
}

static void put_aka_chal(struct codec_pack *p)
{
    struct msg_aka_chal *q = &p->m.u.aka_chal;
    E2e__AkaChal *b = &p->body.aka_chal;

    e2e__aka_chal__init(b);
    b->xid = q->xid;
    b->rand = codec_octets(q->rand, RAND_LEN);
    b->autn = codec_octets(q->autn, AUTN_LEN);
    p->env.aka_chal = b;
}

static bool get_aka_chal(const E2e__Envelope *env, struct msg *m)
{
    const E2e__AkaChal *b = env->aka_chal;
    struct msg_aka_chal *q = &m->u.aka_chal;

    q->xid = b->xid;
    return codec_octets_to(&b->rand, q->rand, RAND_LEN) &&
           codec_octets_to(&b->autn, q->autn, AUTN_LEN);
}

static void put_aka_resp(struct codec_pack *p)
{
    const struct msg_aka_resp *q = &p->m.u.aka_resp;
    E2e__AkaResp *b = &p->body.aka_resp;

    e2e__aka_resp__init(b);
    b->xid = q->xid;
    b->has_res_case = E2E__AKA_RESP__HAS_RES_RES;
    b->res = codec_fixed_from(q->res, RES_LEN);
    p->env.aka_resp = b;
}

static bool get_aka_resp(const E2e__Envelope *env, struct msg *m)
{
    m->u.aka_resp.xid = env->aka_resp->xid;
    codec_fixed_to(env->aka_resp->res, m->u.aka_resp.res, RES_LEN);
    return env->aka_resp->has_res_case == E2E__AKA_RESP__HAS_RES_RES;
}

static void put_syncfail(struct codec_pack *p)
{
    struct msg_syncfail *q = &p->m.u.syncfail;
    E2e__SyncFail *b = &p->body.syncfail;

    e2e__sync_fail__init(b);
    b->xid = q->xid;
    b->auts = codec_octets(q->auts, AUTS_LEN);
    p->env.syncfail = b;
}

static bool get_syncfail(const E2e__Envelope *env, struct msg *m)
{
    m->u.syncfail.xid = env->syncfail->xid;
    return codec_octets_to(&env->syncfail->auts, m->u.syncfail.auts, AUTS_LEN);
}

static void put_attach_acc(struct codec_pack *p)
{
    const struct msg_attach_acc *q = &p->m.u.attach_acc;
    E2e__AttachAcc *b = &p->body.attach_acc;

    e2e__attach_acc__init(b);
    b->xid = q->xid;
    b->g = q->g;
    b->has_n_case = E2E__ATTACH_ACC__HAS_N_N;
    b->n = q->n;
    b->te2e_s = q->te2e_s;
    b->choice = codec_choice_from(&q->choice);
    p->env.attach_acc = b;
}

static bool get_attach_acc(const E2e__Envelope *env, struct msg *m)
{
    const E2e__AttachAcc *b = env->attach_acc;
    struct msg_attach_acc *q = &m->u.attach_acc;

    q->xid = b->xid;
    q->g = b->g;
    q->n = b->n;
    q->te2e_s = b->te2e_s;
    return b->has_n_case == E2E__ATTACH_ACC__HAS_N_N && codec_choice_to(b->choice, &q->choice);
}

static void put_attach_rej(struct codec_pack *p)
{
    E2e__AttachRej *b = &p->body.attach_rej;

    e2e__attach_rej__init(b);
    b->xid = p->m.u.attach_rej.xid;
    b->cause = p->m.u.attach_rej.cause;
    p->env.attach_rej = b;
}

static bool get_attach_rej(const E2e__Envelope *env, struct msg *m)
{
    m->u.attach_rej.xid = env->attach_rej->xid;
    return codec_octet_to(env->attach_rej->cause, &m->u.attach_rej.cause);
}

static bool get_data(const ProtobufCBinaryData *field, struct msg *m)
{
    if (field->len > PAYLOAD_MAX) {
        return false;
    }
    m->u.data.len = (uint16_t)field->len;
    return codec_octets_to(field, m->u.data.payload, field->len);
}

static void put_data_ul(struct codec_pack *p)
{
    p->env.data_ul = codec_octets(p->m.u.data.payload, p->m.u.data.len);
}

static bool get_data_ul(const E2e__Envelope *env, struct msg *m)
{
    return get_data(&env->data_ul, m);
}

static void put_data_dl(struct codec_pack *p)
{
    p->env.data_dl = codec_octets(p->m.u.data.payload, p->m.u.data.len);
}

static bool get_data_dl(const E2e__Envelope *env, struct msg *m)
{
    return get_data(&env->data_dl, m);
}

static void put_dack(struct codec_pack *p)
{
    p->env.dack = 1;
}

static bool get_dack(const E2e__Envelope *env, struct msg *m)
{
    (void)m;
    return env->dack == 1;
}

static void put_key_expired(struct codec_pack *p)
{
    p->env.key_expired = p->m.u.key_expired.reason;
}

static bool get_key_expired(const E2e__Envelope *env, struct msg *m)
{
    return codec_octet_to(env->key_expired, &m->u.key_expired.reason);
}

static void put_rand_push(struct codec_pack *p)
{
    E2e__RandPush *b = &p->body.rand_push;

    e2e__rand_push__init(b);
    b->has_n_case = E2E__RAND_PUSH__HAS_N_N;
    b->n = p->m.u.rand_push.n;
    b->rand = codec_octets(p->m.u.rand_push.rand, RAND_LEN);
    p->env.rand_push = b;
}

static bool get_rand_push(const E2e__Envelope *env, struct msg *m)
{
    const E2e__RandPush *b = env->rand_push;

    m->u.rand_push.n = b->n;
    return b->has_n_case == E2E__RAND_PUSH__HAS_N_N &&
           codec_octets_to(&b->rand, m->u.rand_push.rand, RAND_LEN);
}

static void put_rand_ack(struct codec_pack *p)
{
    p->env.rand_ack = p->m.u.index.n;
}

static bool get_rand_ack(const E2e__Envelope *env, struct msg *m)
{
    m->u.index.n = env->rand_ack;
    return true;
}

static void put_sync(struct codec_pack *p)
{
    p->env.sync = p->m.u.index.n;
}

static bool get_sync(const E2e__Envelope *env, struct msg *m)
{
    m->u.index.n = env->sync;
    return true;
}

static void put_status(struct codec_pack *p)
{
    p->env.status = p->m.u.index.n;
}

static bool get_status(const E2e__Envelope *env, struct msg *m)
{
    m->u.index.n = env->status;
    return true;
}

const struct codec_row codec_air[MSG_TYPE_COUNT] = {
    [MSG_ACCESS_CHAL] = {E2E__ENVELOPE__BODY_ACCESS_CHAL, put_access_chal, get_access_chal},
    [MSG_ACCESS_RESP] = {E2E__ENVELOPE__BODY_ACCESS_RESP, put_access_resp, get_access_resp},
    [MSG_ATTACH_REQ] = {E2E__ENVELOPE__BODY_ATTACH_REQ, put_attach_req, get_attach_req},
    [MSG_AKA_CHAL] = {E2E__ENVELOPE__BODY_AKA_CHAL, put_aka_chal, get_aka_chal},
    [MSG_AKA_RESP] = {E2E__ENVELOPE__BODY_AKA_RESP, put_aka_resp, get_aka_resp},
    [MSG_SYNCFAIL] = {E2E__ENVELOPE__BODY_SYNCFAIL, put_syncfail, get_syncfail},
    [MSG_ATTACH_ACC] = {E2E__ENVELOPE__BODY_ATTACH_ACC, put_attach_acc, get_attach_acc},
    [MSG_ATTACH_REJ] = {E2E__ENVELOPE__BODY_ATTACH_REJ, put_attach_rej, get_attach_rej},
    [MSG_DATA_UL] = {E2E__ENVELOPE__BODY_DATA_UL, put_data_ul, get_data_ul},
    [MSG_DATA_DL] = {E2E__ENVELOPE__BODY_DATA_DL, put_data_dl, get_data_dl},
    [MSG_DACK] = {E2E__ENVELOPE__BODY_DACK, put_dack, get_dack},
    [MSG_KEY_EXPIRED] = {E2E__ENVELOPE__BODY_KEY_EXPIRED, put_key_expired, get_key_expired},
    [MSG_RAND_PUSH] = {E2E__ENVELOPE__BODY_RAND_PUSH, put_rand_push, get_rand_push},
    [MSG_RAND_ACK] = {E2E__ENVELOPE__BODY_RAND_ACK, put_rand_ack, get_rand_ack},
    [MSG_SYNC] = {E2E__ENVELOPE__BODY_SYNC, put_sync, get_sync},
    [MSG_STATUS] = {E2E__ENVELOPE__BODY_STATUS, put_status, get_status},
};
