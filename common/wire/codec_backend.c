/* The messages between HSS, EMSE, EESE and the visited network. */
#include "common/base/ensure.h"
#include "common/wire/codec_table.h"

#include <string.h>

/* The flags of struct eese_status that say what is there: on the wire, which fields are. */
enum { STATUS_PRESENCE = STATUS_HAS_CUR | STATUS_HAS_NEXT };

static bool ident_to(const char *field, struct ident *id)
{
    size_t len = strlen(field);

    if (len > IDENT_MAX) {
        return false;
    }
    memcpy(id->s, field, len);
    id->len = (uint8_t)len;
    return true;
}

static E2e__Assoc *assoc_from(struct codec_pack *p, struct assoc *a)
{
    e2e__assoc__init(&p->assoc);
    p->assoc.ue = a->ue.s;
    p->assoc.emse = a->emse.s;
    p->assoc.eese = a->eese.s;
    return &p->assoc;
}

static bool assoc_to(const E2e__Assoc *field, struct assoc *a)
{
    return field != NULL && ident_to(field->ue, &a->ue) && ident_to(field->emse, &a->emse) &&
           ident_to(field->eese, &a->eese);
}

static E2e__Status *status_from(struct codec_pack *p, const struct eese_status *s)
{
    E2e__Status *b = &p->status;

    e2e__status__init(b);
    b->g = s->g;
    if ((s->flags & STATUS_HAS_CUR) != 0) {
        b->has_cur_case = E2E__STATUS__HAS_CUR_CUR;
        b->cur = s->cur;
    }
    if ((s->flags & STATUS_HAS_NEXT) != 0) {
        b->has_next_case = E2E__STATUS__HAS_NEXT_NEXT;
        b->next = s->next;
    }
    b->flags = s->flags & ~(unsigned)STATUS_PRESENCE;
    return b;
}

static bool status_to(const E2e__Status *b, struct eese_status *s)
{
    if (b == NULL || (b->flags & STATUS_PRESENCE) != 0 || !codec_octet_to(b->flags, &s->flags)) {
        return false;
    }
    s->g = b->g;
    if (b->has_cur_case == E2E__STATUS__HAS_CUR_CUR) {
        s->flags |= STATUS_HAS_CUR;
        s->cur = b->cur;
    }
    if (b->has_next_case == E2E__STATUS__HAS_NEXT_NEXT) {
        s->flags |= STATUS_HAS_NEXT;
        s->next = b->next;
    }
    return true;
}

static E2e__Profile *profile_from(struct codec_pack *p, struct profile *q)
{
    E2e__Profile *b = &p->profile;

    e2e__profile__init(b);
    b->version = q->version;
    b->te2e_pair_ms = q->te2e_pair_ms;
    b->te2e_ue_ms = q->te2e_ue_ms;
    b->te2e_default_ms = q->te2e_default_ms;
    b->te2e_floor_ms = q->te2e_floor_ms;
    b->te2e_ceiling_ms = q->te2e_ceiling_ms;
    b->n_msg = q->n_msg;
    b->alg_int = p->alg_int;
    while (b->n_alg_int < COUNT_OF(q->alg_int) && q->alg_int[b->n_alg_int] != INT_NONE) {
        p->alg_int[b->n_alg_int] = q->alg_int[b->n_alg_int];
        b->n_alg_int++;
    }
    b->alg_enc = p->alg_enc;
    for (; b->n_alg_enc < q->alg_enc_len; b->n_alg_enc++) {
        p->alg_enc[b->n_alg_enc] = q->alg_enc[b->n_alg_enc];
    }
    b->conf_default = q->conf_default;
    b->rand_protect = q->rand_protect;
    b->conf_rules = p->rule_list;
    for (; b->n_conf_rules < q->conf_rules_len; b->n_conf_rules++) {
        E2e__ConfRule *rule = &p->rules[b->n_conf_rules];

        e2e__conf_rule__init(rule);
        rule->plmn = codec_octets(q->conf_rules[b->n_conf_rules].plmn, PLMN_LEN);
        rule->mode = q->conf_rules[b->n_conf_rules].mode;
        p->rule_list[b->n_conf_rules] = rule;
    }
    return b;
}

static bool octet_list_to(const uint32_t *field, size_t count, uint8_t *out, size_t cap)
{
    if (count > cap) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!codec_octet_to(field[i], &out[i])) {
            return false;
        }
    }
    return true;
}

static bool profile_to(const E2e__Profile *b, struct profile *q)
{
    if (b == NULL || b->n_conf_rules > CONF_RULES_MAX ||
        !octet_list_to(b->alg_int, b->n_alg_int, q->alg_int, COUNT_OF(q->alg_int)) ||
        !octet_list_to(b->alg_enc, b->n_alg_enc, q->alg_enc, COUNT_OF(q->alg_enc)) ||
        !codec_octet_to(b->conf_default, &q->conf_default) ||
        !codec_octet_to(b->rand_protect, &q->rand_protect)) {
        return false;
    }
    q->version = b->version;
    q->te2e_pair_ms = b->te2e_pair_ms;
    q->te2e_ue_ms = b->te2e_ue_ms;
    q->te2e_default_ms = b->te2e_default_ms;
    q->te2e_floor_ms = b->te2e_floor_ms;
    q->te2e_ceiling_ms = b->te2e_ceiling_ms;
    q->n_msg = b->n_msg;
    q->alg_enc_len = (uint8_t)b->n_alg_enc;
    q->conf_rules_len = (uint8_t)b->n_conf_rules;
    for (size_t i = 0; i < b->n_conf_rules; i++) {
        const E2e__ConfRule *rule = b->conf_rules[i];

        if (!codec_octets_to(&rule->plmn, q->conf_rules[i].plmn, PLMN_LEN) ||
            !codec_octet_to(rule->mode, &q->conf_rules[i].mode)) {
            return false;
        }
    }
    return true;
}

static void put_av_req(struct codec_pack *p)
{
    struct msg_av_req *q = &p->m.u.av_req;
    E2e__AvReq *b = &p->body.av_req;

    e2e__av_req__init(b);
    b->xid = q->xid;
    b->purpose = q->purpose;
    b->ue = q->ue.s;
    if (q->purpose == PURPOSE_ACCESS) {
        b->plmn = codec_octets(q->plmn, PLMN_LEN);
    } else {
        b->emse = q->emse.s;
    }
    if (q->has_auts != 0) {
        b->rand = codec_octets(q->rand, RAND_LEN);
        b->auts = codec_octets(q->auts, AUTS_LEN);
    }
    p->env.av_req = b;
}

static bool get_av_req(const E2e__Envelope *env, struct msg *m)
{
    const E2e__AvReq *b = env->av_req;
    struct msg_av_req *q = &m->u.av_req;

    q->xid = b->xid;
    if (!codec_octet_to(b->purpose, &q->purpose) || !ident_to(b->ue, &q->ue)) {
        return false;
    }
    if (q->purpose == PURPOSE_ACCESS ? !codec_octets_to(&b->plmn, q->plmn, PLMN_LEN)
                                     : !ident_to(b->emse, &q->emse)) {
        return false;
    }
    q->has_auts = b->auts.len != 0;
    return q->has_auts == 0 || (codec_octets_to(&b->rand, q->rand, RAND_LEN) &&
                                codec_octets_to(&b->auts, q->auts, AUTS_LEN));
}

static void put_av_rsp(struct codec_pack *p)
{
    struct msg_av_rsp *q = &p->m.u.av_rsp;
    E2e__AvRsp *b = &p->body.av_rsp;

    e2e__av_rsp__init(b);
    b->xid = q->xid;
    b->purpose = q->purpose;
    b->ue = q->ue.s;
    b->cause = q->cause;
    if (q->cause == CAUSE_NONE) {
        b->rand = codec_octets(q->rand, RAND_LEN);
        b->autn = codec_octets(q->autn, AUTN_LEN);
        b->xres = codec_octets(q->xres, RES_LEN);
        b->key = codec_octets(q->key, KEYSET_LEN);
        if (q->purpose == PURPOSE_E2M) {
            b->g = q->g;
            b->profile = profile_from(p, &q->profile);
        }
    }
    p->env.av_rsp = b;
}

static bool get_av_rsp(const E2e__Envelope *env, struct msg *m)
{
    const E2e__AvRsp *b = env->av_rsp;
    struct msg_av_rsp *q = &m->u.av_rsp;

    q->xid = b->xid;
    if (!codec_octet_to(b->purpose, &q->purpose) || !codec_octet_to(b->cause, &q->cause) ||
        !ident_to(b->ue, &q->ue)) {
        return false;
    }
    if (q->cause != CAUSE_NONE) {
        return true;
    }
    if (!codec_octets_to(&b->rand, q->rand, RAND_LEN) ||
        !codec_octets_to(&b->autn, q->autn, AUTN_LEN) ||
        !codec_octets_to(&b->xres, q->xres, RES_LEN) ||
        !codec_octets_to(&b->key, q->key, KEYSET_LEN)) {
        return false;
    }
    if (q->purpose != PURPOSE_E2M) {
        return true;
    }
    q->g = b->g;
    return profile_to(b->profile, &q->profile);
}

static void put_keyset_fwd(struct codec_pack *p)
{
    struct msg_keyset_fwd *q = &p->m.u.keyset_fwd;
    E2e__KeysetFwd *b = &p->body.keyset_fwd;

    e2e__keyset_fwd__init(b);
    b->assoc = assoc_from(p, &q->assoc);
    b->sid = q->sid;
    b->g = q->g;
    b->has_n_case = E2E__KEYSET_FWD__HAS_N_N;
    b->n = q->n;
    b->key = codec_octets(q->key, KEYSET_LEN);
    b->choice = codec_choice_from(&q->choice);
    b->profile = profile_from(p, &q->profile);
    p->env.keyset_fwd = b;
}

static bool get_keyset_fwd(const E2e__Envelope *env, struct msg *m)
{
    const E2e__KeysetFwd *b = env->keyset_fwd;
    struct msg_keyset_fwd *q = &m->u.keyset_fwd;

    q->sid = b->sid;
    q->g = b->g;
    q->n = b->n;
    return b->has_n_case == E2E__KEYSET_FWD__HAS_N_N && assoc_to(b->assoc, &q->assoc) &&
           codec_octets_to(&b->key, q->key, KEYSET_LEN) && codec_choice_to(b->choice, &q->choice) &&
           profile_to(b->profile, &q->profile);
}

static E2e__EeseReport *eese_from(struct codec_pack *p)
{
    struct msg_eese *q = &p->m.u.eese;
    E2e__EeseReport *b = &p->body.eese;

    e2e__eese_report__init(b);
    b->assoc = assoc_from(p, &q->assoc);
    b->status = status_from(p, &q->status);
    if (p->m.type == MSG_KEY_TRIGGER) {
        b->reason = q->reason;
    }
    if (p->m.type == MSG_RSYNC) {
        b->has_ue_n_case = E2E__EESE_REPORT__HAS_UE_N_UE_N;
        b->ue_n = q->ue_n;
    }
    return b;
}

static bool eese_to(const E2e__EeseReport *b, struct msg *m)
{
    struct msg_eese *q = &m->u.eese;

    if (m->type == MSG_KEY_TRIGGER && !codec_octet_to(b->reason, &q->reason)) {
        return false;
    }
    if (m->type == MSG_RSYNC) {
        if (b->has_ue_n_case != E2E__EESE_REPORT__HAS_UE_N_UE_N) {
            return false;
        }
        q->ue_n = b->ue_n;
    }
    return assoc_to(b->assoc, &q->assoc) && status_to(b->status, &q->status);
}

/* The six reports differ only in the member of the oneof they stand in. */
#define EESE_REPORT(member) \
    static void put_##member(struct codec_pack *p) \
    { \
        p->env.member = eese_from(p); \
    } \
    static bool get_##member(const E2e__Envelope *env, struct msg *m) \
    { \
        return eese_to(env->member, m); \
    }
EESE_REPORT(keyset_ack)
EESE_REPORT(key_trigger)
EESE_REPORT(fwd_ack)
EESE_REPORT(commit)
EESE_REPORT(nak)
EESE_REPORT(rsync)
#undef EESE_REPORT

static void put_rand_req(struct codec_pack *p)
{
    struct msg_rand_req *q = &p->m.u.rand_req;
    E2e__RandReq *b = &p->body.rand_req;

    e2e__rand_req__init(b);
    b->assoc = assoc_from(p, &q->assoc);
    b->g = q->g;
    b->has_n_first_case = E2E__RAND_REQ__HAS_N_FIRST_N_FIRST;
    b->n_first = q->n_first;
    b->count = q->count;
    p->env.rand_req = b;
}

static bool get_rand_req(const E2e__Envelope *env, struct msg *m)
{
    const E2e__RandReq *b = env->rand_req;
    struct msg_rand_req *q = &m->u.rand_req;

    q->g = b->g;
    q->n_first = b->n_first;
    return b->has_n_first_case == E2E__RAND_REQ__HAS_N_FIRST_N_FIRST &&
           assoc_to(b->assoc, &q->assoc) && codec_octet_to(b->count, &q->count);
}

static void put_rand_rsp(struct codec_pack *p)
{
    struct msg_rand_rsp *q = &p->m.u.rand_rsp;
    E2e__RandRsp *b = &p->body.rand_rsp;

    e2e__rand_rsp__init(b);
    b->assoc = assoc_from(p, &q->assoc);
    b->g = q->g;
    b->has_n_first_case = E2E__RAND_RSP__HAS_N_FIRST_N_FIRST;
    b->n_first = q->n_first;
    b->rand = p->rands;
    for (; b->n_rand < q->count; b->n_rand++) {
        p->rands[b->n_rand] = codec_octets(q->rand[b->n_rand], RAND_LEN);
    }
    p->env.rand_rsp = b;
}

static bool get_rand_rsp(const E2e__Envelope *env, struct msg *m)
{
    const E2e__RandRsp *b = env->rand_rsp;
    struct msg_rand_rsp *q = &m->u.rand_rsp;

    if (b->has_n_first_case != E2E__RAND_RSP__HAS_N_FIRST_N_FIRST || b->n_rand > BATCH_MAX ||
        !assoc_to(b->assoc, &q->assoc)) {
        return false;
    }
    q->g = b->g;
    q->n_first = b->n_first;
    q->count = (uint8_t)b->n_rand;
    for (size_t i = 0; i < b->n_rand; i++) {
        if (!codec_octets_to(&b->rand[i], q->rand[i], RAND_LEN)) {
            return false;
        }
    }
    return true;
}

static void put_rand_fwd(struct codec_pack *p)
{
    struct msg_rand_fwd *q = &p->m.u.rand_fwd;
    E2e__RandFwd *b = &p->body.rand_fwd;

    e2e__rand_fwd__init(b);
    b->assoc = assoc_from(p, &q->assoc);
    b->g = q->g;
    b->has_n_case = E2E__RAND_FWD__HAS_N_N;
    b->n = q->n;
    b->rand = codec_octets(q->rand, RAND_LEN);
    p->env.rand_fwd = b;
}

static bool get_rand_fwd(const E2e__Envelope *env, struct msg *m)
{
    const E2e__RandFwd *b = env->rand_fwd;
    struct msg_rand_fwd *q = &m->u.rand_fwd;

    q->g = b->g;
    q->n = b->n;
    return b->has_n_case == E2E__RAND_FWD__HAS_N_N && assoc_to(b->assoc, &q->assoc) &&
           codec_octets_to(&b->rand, q->rand, RAND_LEN);
}

static void put_ue_confirm(struct codec_pack *p)
{
    struct msg_ue_confirm *q = &p->m.u.ue_confirm;
    E2e__UeConfirm *b = &p->body.ue_confirm;

    e2e__ue_confirm__init(b);
    b->assoc = assoc_from(p, &q->assoc);
    b->g = q->g;
    b->has_n_case = E2E__UE_CONFIRM__HAS_N_N;
    b->n = q->n;
    p->env.ue_confirm = b;
}

static bool get_ue_confirm(const E2e__Envelope *env, struct msg *m)
{
    const E2e__UeConfirm *b = env->ue_confirm;
    struct msg_ue_confirm *q = &m->u.ue_confirm;

    q->g = b->g;
    q->n = b->n;
    return b->has_n_case == E2E__UE_CONFIRM__HAS_N_N && assoc_to(b->assoc, &q->assoc);
}

/* The UE is named once: alone on its way to the EMSE, in the association on its way to the EESE. */
static void put_policy(struct codec_pack *p)
{
    struct msg_policy *q = &p->m.u.policy;
    E2e__Policy *b = &p->body.policy;

    e2e__policy__init(b);
    if (q->assoc.ue.len != 0) {
        b->assoc = assoc_from(p, &q->assoc);
    } else {
        b->ue = q->ue.s;
    }
    b->profile = profile_from(p, &q->profile);
    p->env.policy = b;
}

static bool get_policy(const E2e__Envelope *env, struct msg *m)
{
    const E2e__Policy *b = env->policy;
    struct msg_policy *q = &m->u.policy;

    if (b->assoc != NULL) {
        if (!assoc_to(b->assoc, &q->assoc)) {
            return false;
        }
        q->ue = q->assoc.ue;
    } else if (!ident_to(b->ue, &q->ue)) {
        return false;
    }
    return profile_to(b->profile, &q->profile);
}

const struct codec_row codec_backend[MSG_TYPE_COUNT] = {
    [MSG_AV_REQ] = {E2E__ENVELOPE__BODY_AV_REQ, put_av_req, get_av_req},
    [MSG_AV_RSP] = {E2E__ENVELOPE__BODY_AV_RSP, put_av_rsp, get_av_rsp},
    [MSG_KEYSET_FWD] = {E2E__ENVELOPE__BODY_KEYSET_FWD, put_keyset_fwd, get_keyset_fwd},
    [MSG_KEYSET_ACK] = {E2E__ENVELOPE__BODY_KEYSET_ACK, put_keyset_ack, get_keyset_ack},
    [MSG_KEY_TRIGGER] = {E2E__ENVELOPE__BODY_KEY_TRIGGER, put_key_trigger, get_key_trigger},
    [MSG_RAND_REQ] = {E2E__ENVELOPE__BODY_RAND_REQ, put_rand_req, get_rand_req},
    [MSG_RAND_RSP] = {E2E__ENVELOPE__BODY_RAND_RSP, put_rand_rsp, get_rand_rsp},
    [MSG_RAND_FWD] = {E2E__ENVELOPE__BODY_RAND_FWD, put_rand_fwd, get_rand_fwd},
    [MSG_FWD_ACK] = {E2E__ENVELOPE__BODY_FWD_ACK, put_fwd_ack, get_fwd_ack},
    [MSG_UE_CONFIRM] = {E2E__ENVELOPE__BODY_UE_CONFIRM, put_ue_confirm, get_ue_confirm},
    [MSG_COMMIT] = {E2E__ENVELOPE__BODY_COMMIT, put_commit, get_commit},
    [MSG_NAK] = {E2E__ENVELOPE__BODY_NAK, put_nak, get_nak},
    [MSG_RSYNC] = {E2E__ENVELOPE__BODY_RSYNC, put_rsync, get_rsync},
    [MSG_POLICY] = {E2E__ENVELOPE__BODY_POLICY, put_policy, get_policy},
};
