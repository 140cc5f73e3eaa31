#include "scenarios/sim/visited/vn.h"

#include "common/base/ensure.h"

#include <string.h>

enum { TRIES_MAX = 16 }; /* requests and challenges of one run */

#define STATES(X) \
    X(IDLE)       /* knows nothing of the UE, or has given up */ \
    X(VECTOR)     /* has asked the HSS for a vector */ \
    X(CHALLENGED) /* waits for the UE's answer */ \
    X(REGISTERED) /* holds K_ASME */

#define EVENTS(X) \
    X(REGISTER)      /* the UE shows up in this network */ \
    X(RX_VECTOR)     /* the vector asked for */ \
    X(RX_REFUSED)    /* the HSS has none for this UE */ \
    X(RX_RES)        /* the answer is right */ \
    X(RX_RES_BAD)    /* the answer is wrong */ \
    X(RX_AUTS)       /* the SQN is not fresh: back to the HSS, once */ \
    X(RX_AUTS_AGAIN) /* ... and not even after that */ \
    X(ACCESS_DUE)    /* no answer */ \
    X(ACCESS_SPENT)  /* ... after many attempts */ \
    X(OTHER)

#define AS_ENUM_STATE(name) S_##name,
#define AS_ENUM_EVENT(name) E_##name,
#define AS_NAME(name)       #name,
enum { STATES(AS_ENUM_STATE) STATE_COUNT };
enum { EVENTS(AS_ENUM_EVENT) EVENT_COUNT };
static const char *const state_names[] = {STATES(AS_NAME)};
static const char *const event_names[] = {EVENTS(AS_NAME)};

static fsm_action ask_vector, challenge, note_unknown, take_key, refuse_answer, resynchronise,
    repeat_request, ask_another, give_up;

#define ROW(state, event, act, next, clause) \
    { \
        S_##state, E_##event, S_##next, clause, act, #act \
    }

/* clang-format off */
/* One table for both variants: the access run is none of the contribution's. Only with `retransmit`
 * does a timer run. */
static const struct fsm_row rows[] = {
/*      in state     when            do                then         because */
    ROW(IDLE,        REGISTER,       ask_vector,       VECTOR,      S_AKA),
    ROW(VECTOR,      REGISTER,       ask_vector,       VECTOR,      S_AKA),
    ROW(CHALLENGED,  REGISTER,       ask_vector,       VECTOR,      S_AKA),
    ROW(REGISTERED,  REGISTER,       ask_vector,       VECTOR,      S_AKA),
    ROW(VECTOR,      RX_VECTOR,      challenge,        CHALLENGED,  S_AKA),
    ROW(VECTOR,      RX_REFUSED,     note_unknown,     IDLE,        S_AKA),
    ROW(CHALLENGED,  RX_RES,         take_key,         REGISTERED,  S_AKA),
    ROW(CHALLENGED,  RX_RES_BAD,     refuse_answer,    IDLE,        S_AKA),
    ROW(CHALLENGED,  RX_AUTS,        resynchronise,    VECTOR,      S_AKA),
    ROW(CHALLENGED,  RX_AUTS_AGAIN,  give_up,          IDLE,        S_AKA),
    ROW(VECTOR,      ACCESS_DUE,     repeat_request,   VECTOR,      GAP_RETRY),
    ROW(CHALLENGED,  ACCESS_DUE,     ask_another,      VECTOR,      GAP_RETRY),
    ROW(VECTOR,      ACCESS_SPENT,   give_up,          IDLE,        GAP_RETRY),
    ROW(CHALLENGED,  ACCESS_SPENT,   give_up,          IDLE,        GAP_RETRY),
};
/* clang-format on */

static const struct fsm table = {"VN",        rows,        COUNT_OF(rows), state_names,
                                 STATE_COUNT, event_names, EVENT_COUNT};

/* ---- classify ---- */

static uint8_t classify_vector(const struct vn_ue *ue, const struct msg_av_rsp *r)
{
    if (r->purpose != PURPOSE_ACCESS || r->xid != ue->xid) {
        return E_OTHER;
    }
    return r->cause == CAUSE_NONE ? E_RX_VECTOR : E_RX_REFUSED;
}

static uint8_t classify_answer(const struct vn_ue *ue, const struct msg_access_resp *r)
{
    if (r->has_auts) {
        return ue->resynced ? E_RX_AUTS_AGAIN : E_RX_AUTS;
    }
    return bytes_equal(r->res, ue->xres, sizeof ue->xres) ? E_RX_RES : E_RX_RES_BAD;
}

static uint8_t classify(const struct vn_ue *ue, const struct event *ev)
{
    if (ev->input == IN_ORDER) {
        return ev->order->kind == ORDER_REGISTER ? E_REGISTER : E_OTHER;
    }
    if (ev->input == IN_TIMER) {
        return ue->tries < TRIES_MAX ? E_ACCESS_DUE : E_ACCESS_SPENT;
    }
    if (ev->msg->type == MSG_AV_RSP) {
        return classify_vector(ue, &ev->msg->u.av_rsp);
    }
    return ev->msg->type == MSG_ACCESS_RESP ? classify_answer(ue, &ev->msg->u.access_resp)
                                            : E_OTHER;
}

/* ---- actions ---- */

static void arm(struct step *s)
{
    const struct vn_conf *conf = s->conf;
    struct vn_ue *ue = s->ctx;

    if (sw_on(&conf->base.variant, SW_RETRANSMIT)) {
        s->fx->entropy_used = true;
        fx_arm(s->fx, TIMER_ACCESS,
               s->ev->now_us + timer_backoff_us(&conf->base.timing, TIMER_ACCESS, ue->tries / 2,
                                                s->ev->entropy[0]));
        ue->tries++;
    }
}

static void send_request(struct step *s)
{
    struct vn_ue *ue = s->ctx;
    struct msg_av_req *r = &fx_send(s->fx, ROLE_HSS, MSG_AV_REQ)->u.av_req;

    r->xid = ue->xid;
    r->purpose = PURPOSE_ACCESS;
    r->ue = ue->ue;
    memcpy(r->plmn, ue->plmn, sizeof r->plmn);
    if (ue->resynced) {
        r->has_auts = 1;
        memcpy(r->rand, ue->rand, sizeof r->rand);
        memcpy(r->auts, ue->auts, sizeof r->auts);
    }
    arm(s);
}

static void send_challenge(struct step *s)
{
    const struct vn_ue *ue = s->ctx;
    struct msg_access_chal *c = &fx_send(s->fx, ROLE_UE, MSG_ACCESS_CHAL)->u.access_chal;

    c->ue = ue->ue;
    memcpy(c->rand, ue->rand, sizeof c->rand);
    memcpy(c->autn, ue->autn, sizeof c->autn);
    arm(s);
}

static void ask_vector(struct step *s)
{
    struct vn_ue *ue = s->ctx;

    ue->xid++;
    ue->tries = 0;
    ue->resynced = 0;
    memcpy(ue->plmn, s->ev->order->plmn, sizeof ue->plmn);
    send_request(s);
}

static void challenge(struct step *s)
{
    struct vn_ue *ue = s->ctx;
    const struct msg_av_rsp *r = &s->ev->msg->u.av_rsp;

    memcpy(ue->rand, r->rand, sizeof ue->rand);
    memcpy(ue->autn, r->autn, sizeof ue->autn);
    memcpy(ue->xres, r->xres, sizeof ue->xres);
    memcpy(ue->k_asme, r->key, sizeof ue->k_asme);
    send_challenge(s);
}

static void forget_run(struct step *s)
{
    struct vn_ue *ue = s->ctx;

    bytes_wipe(ue->xres, sizeof ue->xres);
    bytes_wipe(ue->k_asme, sizeof ue->k_asme);
    fx_disarm(s->fx, TIMER_ACCESS);
}

static void note_unknown(struct step *s)
{
    forget_run(s);
    fx_note(s->fx, NOTE_UNKNOWN_UE, 0, 0);
}

static void take_key(struct step *s)
{
    struct vn_ue *ue = s->ctx;

    memcpy(ue->k_asme_held, ue->k_asme, sizeof ue->k_asme_held);
    forget_run(s);
    fx_note(s->fx, NOTE_ACCESS_DONE, 0, 0);
}

static void refuse_answer(struct step *s)
{
    forget_run(s);
    fx_note(s->fx, NOTE_RES_BAD, 0, 0);
}

/* TS 33.102 6.3.5: the AUTS goes to the HSS with the RAND that it answers. */
static void resynchronise(struct step *s)
{
    struct vn_ue *ue = s->ctx;

    ue->resynced = 1;
    ue->xid++;
    memcpy(ue->auts, s->ev->msg->u.access_resp.auts, sizeof ue->auts);
    send_request(s);
}

static void repeat_request(struct step *s)
{
    send_request(s);
}

/* A fresh vector, not the same challenge: if only the answer was lost, the USIM has used up that
 * SQN. */
static void ask_another(struct step *s)
{
    struct vn_ue *ue = s->ctx;

    ue->xid++;
    ue->resynced = 0;
    send_request(s);
}

static void give_up(struct step *s)
{
    forget_run(s);
}

/* ---- the machine ---- */

static const struct fsm *vn_fsm(enum variant v)
{
    (void)v;
    return &table;
}

static void vn_init(const void *conf, void *ctx, const struct ident *id, uint32_t slot)
{
    struct vn_ue *ue = ctx;

    (void)conf;
    (void)slot;
    ue->state = S_IDLE;
    ue->ue = *id;
}

static void vn_step(const void *conf, void *ctx, const struct event *ev, struct effects *fx)
{
    struct vn_ue *ue = ctx;
    struct step s = {.conf = conf, .ctx = ctx, .ev = ev, .fx = fx};

    fsm_step(&table, &ue->state, classify(ue, ev), &s);
}

static void vn_route(const struct msg *m, enum role from, struct route *out)
{
    (void)from;
    if (m->type == MSG_AV_RSP) {
        out->by = ROUTE_UE;
        out->ue = m->u.av_rsp.ue;
    } else if (m->type == MSG_ACCESS_RESP) {
        out->by = ROUTE_UE;
        out->ue = m->u.access_resp.ue;
    }
}

static void vn_handles(const void *ctx, struct handles *out)
{
    (void)ctx;
    (void)out; /* found by identity only */
}

static void vn_show(const void *ctx, struct shown *out)
{
    out->state = ((const struct vn_ue *)ctx)->state;
}

static bool vn_disposable(const void *ctx)
{
    return ((const struct vn_ue *)ctx)->state == S_IDLE;
}

const struct machine vn_machine = {
    .role = ROLE_VN,
    .ctx_size = sizeof(struct vn_ue),
    .init = vn_init,
    .step = vn_step,
    .route = vn_route,
    .handles = vn_handles,
    .show = vn_show,
    .disposable = vn_disposable,
    .fsm = vn_fsm,
};
