#include "hss/hss.h"

#include "common/base/ensure.h"
#include "common/crypto/keyset_e2m.h"

#include <string.h>

#define STATES(X) \
    X(UNKNOWN) \
    X(SERVING)

#define EVENTS(X) \
    X(RX_AV_REQ_ACCESS) \
    X(RX_AV_REQ_E2M) \
    X(RX_AV_REQ_AGAIN) \
    X(RX_RESYNC) \
    X(RX_RESYNC_BAD) \
    X(RX_RAND_REQ) \
    X(NEW_POLICY) \
    X(STARTED) \
    X(OTHER)

#define AS_ENUM_STATE(name) S_##name,
#define AS_ENUM_EVENT(name) E_##name,
#define AS_NAME(name)       #name,
enum { STATES(AS_ENUM_STATE) STATE_COUNT };
enum { EVENTS(AS_ENUM_EVENT) EVENT_COUNT };
static const char *const state_names[] = {STATES(AS_NAME)};
static const char *const event_names[] = {EVENTS(AS_NAME)};

static fsm_action refuse_unknown, make_access_vector, make_e2m_vector, repeat_answer, take_sqn_ms,
    ignore_auts, draw_rand, compute_rand, publish_policy, serve;

#define ROW(state, event, act, next, clause) \
    { \
        S_##state, E_##event, S_##next, clause, act, #act \
    }

/* clang-format off */
static const struct fsm_row literal_rows[] = {
/*      in state   when               do                  then       because */
    ROW(SERVING,   STARTED,           serve,              SERVING,   S_AKA),
    ROW(SERVING,   RX_AV_REQ_ACCESS,  make_access_vector, SERVING,   S_AKA),
    ROW(SERVING,   RX_AV_REQ_E2M,     make_e2m_vector,    SERVING,   C_6X21_HAND),
    ROW(SERVING,   RX_AV_REQ_AGAIN,   repeat_answer,      SERVING,   S_AKA),
    ROW(SERVING,   RX_RESYNC,         take_sqn_ms,        SERVING,   S_AKA),
    ROW(SERVING,   RX_RESYNC_BAD,     ignore_auts,        SERVING,   S_AKA),
    ROW(SERVING,   RX_RAND_REQ,       draw_rand,          SERVING,   C_6X22_SOURCE),
    ROW(SERVING,   NEW_POLICY,        publish_policy,     SERVING,   C_6X24),
    ROW(UNKNOWN,   RX_AV_REQ_ACCESS,  refuse_unknown,     UNKNOWN,   S_AKA),
    ROW(UNKNOWN,   RX_AV_REQ_E2M,     refuse_unknown,     UNKNOWN,   S_AKA),
};

static const struct fsm_row hardened_rows[] = {
/*      in state   when               do                  then       because */
    ROW(SERVING,   STARTED,           serve,              SERVING,   S_AKA),
    ROW(SERVING,   RX_AV_REQ_ACCESS,  make_access_vector, SERVING,   S_AKA),
    ROW(SERVING,   RX_AV_REQ_E2M,     make_e2m_vector,    SERVING,   C_6X21_HAND),
    ROW(SERVING,   RX_AV_REQ_AGAIN,   repeat_answer,      SERVING,   GAP_RETRY),
    ROW(SERVING,   RX_RESYNC,         take_sqn_ms,        SERVING,   S_AKA),
    ROW(SERVING,   RX_RESYNC_BAD,     ignore_auts,        SERVING,   S_AKA),
    ROW(SERVING,   RX_RAND_REQ,       compute_rand,       SERVING,   C_6X22_SOURCE),
    ROW(SERVING,   NEW_POLICY,        publish_policy,     SERVING,   C_6X24),
    ROW(UNKNOWN,   RX_AV_REQ_ACCESS,  refuse_unknown,     UNKNOWN,   GAP_NEGOTIATE),
    ROW(UNKNOWN,   RX_AV_REQ_E2M,     refuse_unknown,     UNKNOWN,   GAP_NEGOTIATE),
};
/* clang-format on */

static const struct fsm tables[VARIANT_COUNT] = {
    [VARIANT_LITERAL] = {"HSS, literal", literal_rows, COUNT_OF(literal_rows), state_names,
                         STATE_COUNT, event_names, EVENT_COUNT},
    [VARIANT_HARDENED] = {"HSS, hardened", hardened_rows, COUNT_OF(hardened_rows), state_names,
                          STATE_COUNT, event_names, EVENT_COUNT},
};

/* ---- classify ---- */

static uint8_t classify_av_req(const struct hss_ue *ue, const struct msg_av_req *r,
                               uint64_t *sqn_ms)
{
    if (r->has_auts) {
        if (aka_auts_open(&ue->secret, r->rand, r->auts, sqn_ms) != ERR_OK) {
            return E_RX_RESYNC_BAD;
        }
        return E_RX_RESYNC;
    }
    if (r->xid != 0 && ue->last[r->purpose].xid == r->xid && ue->state == S_SERVING) {
        return E_RX_AV_REQ_AGAIN;
    }
    return r->purpose == PURPOSE_ACCESS ? E_RX_AV_REQ_ACCESS : E_RX_AV_REQ_E2M;
}

static uint8_t classify(const struct hss_ue *ue, const struct event *ev, uint64_t *sqn_ms)
{
    if (ev->input == IN_ORDER) {
        return ev->order->kind == ORDER_POLICY  ? E_NEW_POLICY
               : ev->order->kind == ORDER_START ? E_STARTED
                                                : E_OTHER;
    }
    if (ev->input == IN_MSG && ev->msg->type == MSG_AV_REQ) {
        return classify_av_req(ue, &ev->msg->u.av_req, sqn_ms);
    }
    if (ev->input == IN_MSG && ev->msg->type == MSG_RAND_REQ) {
        return E_RX_RAND_REQ;
    }
    return E_OTHER;
}

/* ---- actions, in table order ---- */

static void serve(struct step *s)
{
    (void)s; /* a vector made before a restart is not repeated, a RAND is a function of its index:
                nothing to resume */
}

static struct msg_av_rsp *answer(struct step *s)
{
    const struct msg_av_req *r = &s->ev->msg->u.av_req;
    struct msg_av_rsp *a = &fx_reply(s->fx, s->ev->from, MSG_AV_RSP)->u.av_rsp;

    a->xid = r->xid;
    a->purpose = r->purpose;
    a->ue = r->ue;
    return a;
}

static void send_cached(struct step *s)
{
    const struct hss_ue *ue = s->ctx;
    struct msg_av_rsp *a = answer(s);
    const struct hss_answer *last = &ue->last[a->purpose];

    memcpy(a->rand, last->rand, sizeof a->rand);
    memcpy(a->autn, last->autn, sizeof a->autn);
    memcpy(a->xres, last->xres, sizeof a->xres);
    memcpy(a->key, last->key, sizeof a->key);
    if (a->purpose == PURPOSE_E2M) {
        a->g = last->g;
        a->profile = ue->profile;
    }
}

/* AMF of a vector: the purpose is told to the USIM under MAC-A (TS 33.102 Annex H, H15). */
static void amf_for(const struct hss_conf *conf, const struct hss_ue *ue, uint8_t purpose,
                    uint8_t amf[2])
{
    unsigned v = get_be16(ue->secret.amf);

    if (purpose == PURPOSE_ACCESS) {
        v |= AKA_AMF_SEPARATION;
    }
    if (sw_on(&conf->base.variant, SW_PURPOSE_BIT)) {
        v = purpose == PURPOSE_E2M ? v | AKA_AMF_E2M : v & ~(unsigned)AKA_AMF_E2M;
    }
    put_be16(amf, (uint16_t)v);
}

static void make_vector(struct step *s)
{
    struct hss_ue *ue = s->ctx;
    const struct msg_av_req *r = &s->ev->msg->u.av_req;
    struct hss_answer *last = &ue->last[r->purpose];
    bool e2m = r->purpose == PURPOSE_E2M;
    uint8_t *turn = e2m ? &ue->ind_e2m : &ue->ind_access;
    unsigned ind = (unsigned)(e2m ? AKA_IND_E2M : AKA_IND_ACCESS) + *turn;
    struct aka_vector v;
    uint8_t amf[2];
    uint64_t sqn;

    if (aka_sqn_next(ue->sqn, ind, &sqn) != ERR_OK) {
        fx_note(s->fx, NOTE_EXHAUSTED, ue->sqn >> AKA_IND_BITS, 0);
        return;
    }
    *turn = (uint8_t)((*turn + 1) % AKA_IND_PER_PURPOSE);
    ue->sqn = sqn;
    s->fx->entropy_used = true;
    amf_for(s->conf, ue, r->purpose, amf);
    aka_vector(&ue->secret, s->ev->entropy, sqn, amf, &v);
    last->xid = r->xid;
    memcpy(last->rand, v.rand, sizeof last->rand);
    memcpy(last->autn, v.autn, sizeof last->autn);
    memcpy(last->xres, v.xres, sizeof last->xres);
    if (e2m) {
        struct e2m_keyset ks;

        e2m_derive(v.ck, v.ik, &r->ue, &r->emse, v.sqn_xor_ak, &ks);
        memcpy(last->key, ks.octets, sizeof last->key);
        last->g = ++ue->g;
        bytes_wipe(&ks, sizeof ks);
    } else {
        aka_k_asme(v.ck, v.ik, r->plmn, v.sqn_xor_ak, last->key);
    }
    bytes_wipe(&v, sizeof v);
    fx_save(s->fx);
    send_cached(s);
}

static void make_access_vector(struct step *s)
{
    make_vector(s);
}

static void make_e2m_vector(struct step *s)
{
    make_vector(s);
}

static void repeat_answer(struct step *s)
{
    send_cached(s);
}

static void take_sqn_ms(struct step *s)
{
    struct hss_ue *ue = s->ctx;
    const uint64_t *sqn_ms = s->found;

    fx_note(s->fx, NOTE_SQN_RESYNC, ue->sqn >> AKA_IND_BITS, *sqn_ms >> AKA_IND_BITS);
    /* 6.3.5: only when the HSS's own next SQN would be refused; a card that is behind within its
     * window needs no change */
    if (*sqn_ms >> AKA_IND_BITS >= ue->sqn >> AKA_IND_BITS ||
        (ue->sqn >> AKA_IND_BITS) - (*sqn_ms >> AKA_IND_BITS) >= AKA_DELTA) {
        ue->sqn = *sqn_ms;
    }
    make_vector(s);
}

static void ignore_auts(struct step *s)
{
    fx_note(s->fx, NOTE_AUTS_BAD, 0, 0);
}

static struct msg_rand_rsp *rand_answer(struct step *s)
{
    const struct msg_rand_req *r = &s->ev->msg->u.rand_req;
    struct msg_rand_rsp *a = &fx_reply(s->fx, s->ev->from, MSG_RAND_RSP)->u.rand_rsp;

    a->assoc = r->assoc;
    a->g = r->g;
    a->n_first = r->n_first;
    a->count = r->count;
    return a;
}

/* Literal: a fresh random each time it is asked. A request names no index, so one RAND answers one
 * request. */
static void draw_rand(struct step *s)
{
    struct msg_rand_rsp *a = rand_answer(s);

    s->fx->entropy_used = true;
    a->count = 1;
    memcpy(a->rand[0], s->ev->entropy, RAND_LEN);
}

/* Hardened: RAND is a function of the index (H4): the same answer after any crash, nothing to
 * store. */
static void compute_rand(struct step *s)
{
    const struct hss_conf *conf = s->conf;
    struct msg_rand_rsp *a;

    if (!sw_on(&conf->base.variant, SW_IDEMPOTENT_RAND)) {
        draw_rand(s);
        return;
    }
    a = rand_answer(s);
    for (unsigned i = 0; i < a->count; i++) {
        e2e_rand(conf->k_rand, &a->assoc.ue, &a->assoc.emse, &a->assoc.eese, a->g, a->n_first + i,
                 a->rand[i]);
    }
}

static void publish_policy(struct step *s)
{
    struct hss_ue *ue = s->ctx;
    uint32_t version = ue->profile.version;
    struct msg_policy *p;

    ue->profile = s->ev->order->profile;
    ue->profile.version = version + 1;
    fx_save(s->fx);
    fx_note(s->fx, NOTE_POLICY_APPLIED, ue->profile.version, 0);
    p = &fx_send(s->fx, ROLE_EMSE, MSG_POLICY)->u.policy;
    p->ue = ue->ue;
    p->profile = ue->profile;
}

static void refuse_unknown(struct step *s)
{
    fx_note(s->fx, NOTE_UNKNOWN_UE, 0, 0);
    answer(s)->cause = CAUSE_UNKNOWN_SUBSCRIBER;
}

/* ---- the machine ---- */

static const struct fsm *hss_fsm(enum variant v)
{
    return &tables[v];
}

static void hss_init(const void *conf, void *ctx, const struct ident *id, uint32_t slot)
{
    struct hss_ue *ue = ctx;

    (void)conf;
    (void)slot;
    ue->state = S_UNKNOWN;
    ue->ue = *id;
}

void hss_provision(struct hss_ue *ctx, const struct aka_secret *secret, uint64_t sqn,
                   const struct profile *profile)
{
    ENSURE(profile_is_valid(profile));
    ctx->state = S_SERVING;
    ctx->provisioned = 1;
    ctx->secret = *secret;
    ctx->sqn = sqn;
    ctx->profile = *profile;
}

/* The secret is the configuration's; a vector made with another one is not repeated. So is a
 * profile of a higher version; otherwise what an order `policy` has made of it lives on. */
static void hss_restore(void *ctx, const void *stored)
{
    struct hss_ue *ue = ctx;
    const struct hss_ue provisioned = *ue;

    memcpy(ue, stored, sizeof *ue);
    if (memcmp(&ue->secret, &provisioned.secret, sizeof ue->secret) != 0) {
        ue->secret = provisioned.secret;
        memset(ue->last, 0, sizeof ue->last);
    }
    if (provisioned.profile.version > ue->profile.version) {
        ue->profile = provisioned.profile;
    }
}

static void hss_step(const void *conf, void *ctx, const struct event *ev, struct effects *fx)
{
    const struct hss_conf *c = conf;
    struct hss_ue *ue = ctx;
    uint64_t sqn_ms = 0;
    struct step s = {.conf = conf, .ctx = ctx, .ev = ev, .fx = fx, .found = &sqn_ms};

    fsm_step(hss_fsm(c->base.variant.variant), &ue->state, classify(ue, ev, &sqn_ms), &s);
}

static void hss_route(const struct msg *m, enum role from, struct route *out)
{
    (void)from;
    if (m->type == MSG_AV_REQ) {
        out->by = ROUTE_UE;
        out->ue = m->u.av_req.ue;
        out->may_create =
            true; /* an unknown subscriber is answered, from a context that is forgotten first */
    } else if (m->type == MSG_RAND_REQ) {
        out->by = ROUTE_UE;
        out->ue = m->u.rand_req.assoc.ue;
    }
}

static void hss_handles(const void *ctx, struct handles *out)
{
    (void)ctx;
    (void)out; /* found by identity only */
}

static void hss_show(const void *ctx, struct shown *out)
{
    out->state = ((const struct hss_ue *)ctx)->state;
}

static bool hss_disposable(const void *ctx)
{
    return ((const struct hss_ue *)ctx)->state == S_UNKNOWN;
}

const struct machine hss_machine = {
    .role = ROLE_HSS,
    .ctx_size = sizeof(struct hss_ue),
    .init = hss_init,
    .step = hss_step,
    .route = hss_route,
    .handles = hss_handles,
    .show = hss_show,
    .disposable = hss_disposable,
    .restore = hss_restore,
    .fsm = hss_fsm,
};
