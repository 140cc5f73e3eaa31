#include "emse/emse.h"

#include "common/base/ensure.h"
#include "common/core/epoch.h"
#include "common/core/protect.h"
#include "emse/actions.h"

#include <string.h>

#define ROWS2(a, b, event, act, clause) ROW(a, event, act, a, clause), ROW(b, event, act, b, clause)
#define ROWS3(a, b, c, event, act, clause) \
    ROWS2(a, b, event, act, clause), ROW(c, event, act, c, clause)
#define ROWS4(a, b, c, d, event, act, clause) \
    ROWS2(a, b, event, act, clause), ROWS2(c, d, event, act, clause)
#define PENDING(event, act, clause) ROWS4(RAND, FWD, PUSH, CONF, event, act, clause)
#define ALL(event, act, clause) \
    ROWS4(DETACHED, AV, CHAL, IDLE, event, act, clause), PENDING(event, act, clause)

/* clang-format off */
static const struct fsm_row literal_rows[] = {
/*      in state   when                do                  then       because */
/* 6.x.2.1 the separate AKA run and the keyset */
    ROW(DETACHED,  RX_ATTACH,          start_run,          AV,        GAP_ATTACH),
    ROW(IDLE,      RX_ATTACH,          start_run,          AV,        GAP_REROOT),
    ROW(AV,        RX_ATTACH,          start_run,          AV,        GAP_ATTACH),
    ROW(CHAL,      RX_ATTACH,          start_run,          AV,        GAP_ATTACH),
    ROW(DETACHED,  RX_ATTACH_NO_EESE,  refuse_eese,        DETACHED,  GAP_NEGOTIATE),
    ROW(AV,        RX_AV,              challenge,          CHAL,      C_6X21_AKA),
    ROW(AV,        RX_AV_REFUSED,      refuse_subscriber,  DETACHED,  GAP_NEGOTIATE),
    ROW(CHAL,      RX_SYNCFAIL,        resynchronise,      AV,        S_AKA),
    ROW(CHAL,      RX_RESP,            hand_over_literal,  IDLE,      C_6X21_FORWARD),
    ROW(CHAL,      RX_RESP_NO_ALG,     refuse_algorithms,  DETACHED,  GAP_NEGOTIATE),
    ROW(CHAL,      RX_RESP_BAD,        refuse_answer,      CHAL,      S_AKA),
/* 6.x.2.3 step 4 */
    ROW(IDLE,      RX_TRIGGER,         fetch_rand,         IDLE,      C_6X22_SOURCE),
    ROW(IDLE,      RX_RAND,            fan_out,            IDLE,      C_6X22_CARRY),
/* 6.x.2.4 */
    ROW(IDLE,      RX_POLICY,          apply_policy,       IDLE,      C_6X24),
};

static const struct fsm_row hardened_rows[] = {
/*      in state   when                do                  then       because */
/* 6.x.2.1 the separate AKA run; an association in force goes on until it succeeds */
    ROW(DETACHED,  RX_ATTACH,          start_run,          AV,        GAP_ATTACH),
    ROW(AV,        RX_ATTACH,          start_run,          AV,        GAP_ATTACH),
    ROW(CHAL,      RX_ATTACH,          start_run,          AV,        GAP_ATTACH),
    ROW(IDLE,      RX_ATTACH,          start_run,          AV,        GAP_REROOT),
    ROW(RAND,      RX_ATTACH,          start_run,          AV,        GAP_REROOT),
    ROW(FWD,       RX_ATTACH,          start_run,          AV,        GAP_REROOT),
    ROW(PUSH,      RX_ATTACH,          start_run,          AV,        GAP_REROOT),
    ROW(CONF,      RX_ATTACH,          start_run,          AV,        GAP_REROOT),
    ROW(AV,        RX_ATTACH_AGAIN,    absorb,             AV,        GAP_RETRY),
    ROW(CHAL,      RX_ATTACH_AGAIN,    repeat_challenge,   CHAL,      GAP_RETRY),
    ROWS2(FWD, CONF, RX_ATTACH_AGAIN,  absorb,                        GAP_RETRY),
    ROW(PUSH,      RX_ATTACH_AGAIN,    push_again,         PUSH,      GAP_RETRY),
    ALL(           RX_ATTACH_NO_EESE,  refuse_eese,                   GAP_NEGOTIATE),
    ALL(           RX_ATTACH_LIMITED,  refuse_flood,                  GAP_WHO),
    ROW(AV,        RX_AV,              challenge,          CHAL,      C_6X21_AKA),
    ROW(AV,        RX_AV_REFUSED,      refuse_subscriber,  DETACHED,  GAP_NEGOTIATE),
    ROW(CHAL,      RX_SYNCFAIL,        resynchronise,      AV,        S_AKA),
    ROW(CHAL,      RX_RESP,            hand_over,          FWD,       C_6X21_FORWARD),
    ROW(CHAL,      RX_RESP_NO_ALG,     refuse_algorithms,  DETACHED,  GAP_NEGOTIATE),
    ROW(CHAL,      RX_RESP_BAD,        refuse_answer,      CHAL,      S_AKA),
    ROW(AV,        AV_DUE,             repeat_av,          AV,        GAP_RETRY),
    ROW(CHAL,      CHAL_DUE,           repeat_challenge,   CHAL,      GAP_RETRY),
    ROW(AV,        RUN_SPENT,          end_run,            DETACHED,  GAP_RETRY),
    ROW(CHAL,      RUN_SPENT,          end_run,            DETACHED,  GAP_RETRY),
    ROW(AV,        RUN_SPENT_HELD,     end_run,            IDLE,      GAP_RETRY),
    ROW(CHAL,      RUN_SPENT_HELD,     end_run,            IDLE,      GAP_RETRY),
    ROW(AV,        RUN_SPENT_ROOT,     go_on_with_root,    FWD,       GAP_REROOT),
    ROW(CHAL,      RUN_SPENT_ROOT,     go_on_with_root,    FWD,       GAP_REROOT),
/* 6.x.2.3 step 4: one epoch at a time, the EESE first, then the UE, then the switch */
    ROW(IDLE,      RX_TRIGGER,         next_epoch,         RAND,      C_6X22_SOURCE),
    ROW(RAND,      RX_RAND,            forward,            FWD,       C_6X22_CARRY),
    ROW(FWD,       RX_EESE_NEXT,       push,               PUSH,      GAP_ORDER),
    ROW(FWD,       RX_EESE_CONTACT,    push,               PUSH,      GAP_ORDER),
    ROW(PUSH,      RX_ACK,             confirm,            CONF,      GAP_COMMIT),
    ROW(PUSH,      RX_EESE_CUR,        finish,             IDLE,      GAP_COMMIT),
    ROW(CONF,      RX_EESE_CUR,        finish,             IDLE,      GAP_COMMIT),
    ROW(FWD,       RX_EESE_CUR,        finish,             IDLE,      GAP_COMMIT),
    ROW(RAND,      RX_EESE_CUR,        finish,             IDLE,      GAP_COMMIT),
/* what comes again, and what is not answered */
    ROW(IDLE,      RX_TRIGGER_RESUME,  resume_epoch,       RAND,      GAP_RESYNC),
    ROW(IDLE,      RX_TRIGGER_ROOT,    resume_root,        FWD,       GAP_REROOT),
    ROW(IDLE,      RX_TRIGGER_STALE,   ask_eese,           IDLE,      GAP_RESYNC),
    ROW(IDLE,      RX_TRIGGER_LIMITED, refuse_rate,        IDLE,      C_6X24),
    PENDING(       RX_TRIGGER_FRESH,   refetch,                       GAP_REPEAT_RAND),
    ROW(FWD,       RX_RAND_FRESH,      forward,            FWD,       GAP_REPEAT_RAND),
    ROW(PUSH,      RX_RAND_FRESH,      forward,            FWD,       GAP_REPEAT_RAND),
    ROW(CONF,      RX_RAND_FRESH,      forward,            FWD,       GAP_REPEAT_RAND),
    ROW(RAND,      RX_TRIGGER_OVER,    over_allocate,      RAND,      GAP_INDEX),
    ROW(FWD,       RX_TRIGGER_OVER,    over_allocate,      RAND,      GAP_INDEX),
    ROW(PUSH,      RX_TRIGGER_OVER,    over_allocate,      RAND,      GAP_INDEX),
    ROW(CONF,      RX_TRIGGER_OVER,    over_allocate,      RAND,      GAP_INDEX),
    ROWS3(RAND, PUSH, CONF, RX_EESE_NEXT, absorb,                     GAP_RETRY),
    ROWS2(RAND, CONF, RX_EESE_CONTACT, absorb,                        GAP_RETRY),
    ROW(PUSH,      RX_EESE_CONTACT,    push_again,         PUSH,      GAP_RETRY),
    ROWS2(RAND, FWD, RX_EESE_LACKS,    absorb,                        GAP_RETRY),
    ROW(PUSH,      RX_EESE_LACKS,      forward_again,      FWD,       GAP_RESYNC),
    ROW(CONF,      RX_EESE_LACKS,      forward_again,      FWD,       GAP_RESYNC),
    ROW(FWD,       RX_EESE_CLASH,      renumber,           FWD,       GAP_REROOT),
    ROW(PUSH,      RX_EESE_CLASH,      renumber,           FWD,       GAP_REROOT),
    ROW(RAND,      RAND_DUE,           repeat_rand,        RAND,      GAP_RETRY),
    ROWS3(FWD, PUSH, CONF, FWD_DUE,    repeat_forward,                GAP_RETRY),
    ROW(PUSH,      PUSH_DUE,           push_again,         PUSH,      GAP_RETRY),
    ROWS3(RAND, FWD, CONF, RX_ACK,     remember_ue,                   GAP_RETRY),
    ROW(IDLE,      RX_ACK_SAME,        heard,              IDLE,      GAP_RETRY),
/* who stands where: the EESE */
    ROWS3(AV, CHAL, IDLE, RX_EESE_SAME, absorb,                       GAP_RESYNC),
    ROW(IDLE,      RX_EESE_BEHIND,     restore_eese,       RAND,      GAP_RESYNC),
    ROW(IDLE,      RX_EESE_LOST,       reroot,             AV,        GAP_REROOT),
    ROW(RAND,      RX_EESE_LOST,       reroot,             AV,        GAP_REROOT),
    ROW(FWD,       RX_EESE_LOST,       reroot,             AV,        GAP_REROOT),
    ROW(PUSH,      RX_EESE_LOST,       reroot,             AV,        GAP_REROOT),
    ROW(CONF,      RX_EESE_LOST,       reroot,             AV,        GAP_REROOT),
/* who stands where: the UE */
    ROW(IDLE,      RX_SYNC,            answer_sync,        IDLE,      GAP_RESYNC),
    ROW(PUSH,      RX_SYNC_WAITS,      push_again,         PUSH,      GAP_RESYNC),
    ROWS3(RAND, FWD, CONF, RX_SYNC_WAITS, answer_sync,                GAP_RESYNC),
    ROW(IDLE,      RX_SYNC_BEHIND,     catch_up,           IDLE,      GAP_RESYNC),
    PENDING(       RX_SYNC_BEHIND,     catch_up,                      GAP_RESYNC),
    ROW(IDLE,      RX_ACK_BEHIND,      catch_up,           IDLE,      GAP_RESYNC),
    ROW(IDLE,      RX_RAND_CATCH,      push_caught,        IDLE,      GAP_RESYNC),
    PENDING(       RX_RAND_CATCH,      push_caught,                   GAP_RESYNC),
    ROW(IDLE,      RX_SYNC_AHEAD,      recall_epoch,       RAND,      GAP_RESYNC),
    ROW(IDLE,      RX_SYNC_UNKNOWN,    answer_unknown,     IDLE,      GAP_REROOT),
    ROW(PUSH,      RX_OLD_ROOT,        push_again,         PUSH,      GAP_REROOT),
    ROWS3(RAND, FWD, CONF, RX_OLD_ROOT, absorb,                       GAP_REROOT),
    ROW(IDLE,      RX_OLD_ROOT,        absorb,             IDLE,      GAP_REROOT),
    ALL(           RX_FORGED,          note_forged,                   GAP_UNPROTECTED),
/* policy and restart */
    ALL(           RX_POLICY,          apply_policy,                  C_6X24),
    ROW(DETACHED,  STARTED,            resume,             DETACHED,  GAP_RESTART),
    ROW(IDLE,      STARTED,            resume,             IDLE,      GAP_RESTART),
    PENDING(       STARTED,            resume,                        GAP_RESTART),
};
/* clang-format on */

static const char *const state_names[] = {
#define STATE_NAME(name) #name,
    STATES(STATE_NAME)};

static const char *const event_names[] = {
#define EVENT_NAME(name) #name,
    EVENTS(EVENT_NAME)};

static const struct fsm tables[VARIANT_COUNT] = {
    [VARIANT_LITERAL] = {"EMSE, literal", literal_rows, COUNT_OF(literal_rows), state_names,
                         STATE_COUNT, event_names, EVENT_COUNT},
    [VARIANT_HARDENED] = {"EMSE, hardened", hardened_rows, COUNT_OF(hardened_rows), state_names,
                          STATE_COUNT, event_names, EVENT_COUNT},
};

/* ---- the machine ---- */

static const struct fsm *emse_fsm(enum variant v)
{
    return &tables[v];
}

static void emse_init(const void *conf, void *ctx, const struct ident *id, uint32_t slot)
{
    struct emse_ue *ue = ctx;

    (void)conf;
    ue->state = S_DETACHED;
    ue->ue = *id;
    ue->slot = slot;
}

static void emse_step(const void *conf, void *ctx, const struct event *ev, struct effects *fx)
{
    const struct emse_conf *c = conf;
    struct emse_ue *ue = ctx;
    struct emse_found found = {0};
    struct step s = {.conf = conf, .ctx = ctx, .ev = ev, .fx = fx, .found = &found};

    fsm_step(emse_fsm(c->base.variant.variant), &ue->state,
             (uint8_t)emse_classify(c, ue, ev, &found, fx), &s);
}

static void emse_route(const struct msg *m, enum role from, struct route *out)
{
    out->by = ROUTE_UE;
    if (from == ROLE_EESE) {
        out->ue = m->u.eese.assoc.ue;
    } else if (m->type == MSG_ATTACH_REQ) {
        out->ue = m->u.attach_req.ue;
        out->may_create = true;
    } else if (m->type == MSG_AV_RSP) {
        out->ue = m->u.av_rsp.ue;
    } else if (m->type == MSG_RAND_RSP) {
        out->ue = m->u.rand_rsp.assoc.ue;
    } else if (m->type == MSG_POLICY) {
        out->ue = m->u.policy.ue;
    } else if (m->type == MSG_AKA_RESP || m->type == MSG_SYNCFAIL) {
        out->by = ROUTE_XID;
        out->number = m->type == MSG_AKA_RESP ? m->u.aka_resp.xid : m->u.syncfail.xid;
    } else {
        out->by = ROUTE_SID;
        out->number = m->sid;
    }
}

static void emse_handles(const void *ctx, struct handles *out)
{
    const struct emse_ue *ue = ctx;

    out->sid[0] = ue->root.g != 0 ? ue->root.sid : 0;
    out->sid[1] = ue->old_root.g != 0 ? ue->old_root.sid : 0;
    if (ue->state == S_AV || ue->state == S_CHAL) {
        out->xid = ue->run.xid != 0 ? ue->run.xid : emse_own_xid(ue);
    }
}

static void emse_show(const void *ctx, struct shown *out)
{
    const struct emse_ue *ue = ctx;

    out->state = ue->state;
    out->has_epoch = ue->has_cur;
    out->epoch = ue->cur;
}

/* EESEs are known by their place in the configuration. */
static bool emse_fits(const void *conf, const void *stored)
{
    const struct emse_conf *c = conf;
    const struct emse_ue *ue = stored;

    return ue->root.eese < c->eese_count && ue->old_root.eese < c->eese_count &&
           ue->run.eese < c->eese_count;
}

static bool emse_disposable(const void *ctx)
{
    const struct emse_ue *ue = ctx;

    return ue->state == S_DETACHED && ue->root.g == 0;
}

const struct machine emse_machine = {
    .role = ROLE_EMSE,
    .ctx_size = sizeof(struct emse_ue),
    .init = emse_init,
    .step = emse_step,
    .route = emse_route,
    .handles = emse_handles,
    .show = emse_show,
    .disposable = emse_disposable,
    .fits = emse_fits,
    .fsm = emse_fsm,
};
