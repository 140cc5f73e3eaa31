#include "eese/eese.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"
#include "eese/actions.h"

#include <string.h>

/* the same in all keyed states, changing none */
#define KEYED(event, act, clause) \
    ROW(VALID, event, act, VALID, clause), ROW(VALID_NEXT, event, act, VALID_NEXT, clause), \
        ROW(EXPIRED, event, act, EXPIRED, clause), \
        ROW(EXPIRED_NEXT, event, act, EXPIRED_NEXT, clause)

/* clang-format off */
static const struct fsm_row literal_rows[] = {
/*      in state       when                do                       then           because */
/* 6.x.2.1 the keyset arrives */
    ROW(NO_KEY,        RX_KEYSET,          install_keyset,          VALID,         C_6X23_1),
    ROW(VALID,         RX_KEYSET,          install_keyset,          VALID,         C_6X23_1),
    ROW(EXPIRED,       RX_KEYSET,          install_keyset,          VALID,         C_6X23_1),
/* 6.x.2.3 the five steps */
    ROW(VALID,         TE2E_EXPIRED,       invalidate_keyset,       EXPIRED,       C_6X23_2),
    ROW(EXPIRED,       RX_DATA,            error_and_trigger,       EXPIRED,       C_6X23_3),
    ROW(EXPIRED,       APP_SEND,           queue_and_trigger,       EXPIRED,       C_6X23_3_SKIP),
    ROW(EXPIRED,       RX_RAND,            derive_next,             VALID,         C_6X23_4),
    ROW(VALID,         RX_RAND,            derive_next,             VALID,         C_6X22_REFRESH),
    ROW(VALID,         RX_DATA,            deliver,                 VALID,         C_6X23_5),
    ROW(VALID,         APP_SEND,           send_data,               VALID,         C_6X23_5),
    ROW(EXPIRED,       APP_SEND_FULL,      refuse_message,          EXPIRED,       C_6X23_5),
/* `--with retransmit` only: what a hurried implementer would add (L1x) */
    ROW(EXPIRED,       TRIGGER_DUE,        repeat_trigger,          EXPIRED,       GAP_RETRY),
    ROW(VALID,         TRIGGER_DUE,        repeat_trigger,          VALID,         GAP_RETRY),
/* elsewhere in the text */
    ROW(VALID,         RX_DATA_BAD,        report_tampered,         VALID,         C_2_VERDICT),
    ROW(VALID,         APP_REKEY,          trigger_rekey,           VALID,         C_2_FRESH),
    ROW(EXPIRED,       APP_REKEY,          trigger_rekey,           EXPIRED,       C_2_FRESH),
    ROW(NO_KEY,        APP_SEND,           refuse_message,          NO_KEY,        GAP_NO_KEY),
    ROW(NO_KEY,        APP_REKEY,          refuse_message,          NO_KEY,        GAP_NO_KEY),
    ROW(VALID,         RX_POLICY,          apply_policy,            VALID,         C_6X24),
    ROW(EXPIRED,       RX_POLICY,          apply_policy,            EXPIRED,       C_6X24),
};

static const struct fsm_row hardened_rows[] = {
/*      in state       when                do                       then           because */
/* 6.x.2.1 the keyset arrives; it counts when the UE uses it */
    ROW(NO_KEY,        RX_KEYSET,          install_first,           FIRST,         C_6X23_1),
    ROW(FIRST,         RX_KEYSET,          install_first,           FIRST,         GAP_REROOT),
    ROW(FIRST,         RX_KEYSET_HELD,     acknowledge,             FIRST,         GAP_RETRY),
    ROW(FIRST,         RX_DATA_NEXT,       commit_and_deliver,      VALID,         GAP_COMMIT),
    ROW(FIRST,         RX_CONFIRM,         commit,                  VALID,         GAP_COMMIT),
    ROW(FIRST,         TE2E_EXPIRED,       restart_te2e,            FIRST,         GAP_UNUSED_KEY),
/* 6.x.2.3 the five steps */
    ROW(VALID,         TE2E_EXPIRED,       invalidate_keyset,       EXPIRED,       C_6X23_2),
    ROW(VALID_NEXT,    TE2E_EXPIRED,       invalidate_keyset,       EXPIRED_NEXT,  C_6X23_2),
    ROW(EXPIRED,       RX_DATA,            error_and_trigger,       EXPIRED,       C_6X23_3),
    ROW(EXPIRED_NEXT,  RX_DATA,            error_and_trigger,       EXPIRED_NEXT,  C_6X23_3),
    ROW(EXPIRED,       APP_SEND,           queue_and_trigger,       EXPIRED,       C_6X23_3_SKIP),
    ROW(EXPIRED_NEXT,  APP_SEND,           queue_and_trigger,       EXPIRED_NEXT,  C_6X23_3_SKIP),
    ROW(EXPIRED,       RX_RAND,            install_rand,            EXPIRED_NEXT,  C_6X23_4),
    ROW(VALID,         RX_RAND,            install_rand,            VALID_NEXT,    C_6X22_REFRESH),
    ROW(EXPIRED,       RX_RAND_SWITCH,     install_and_switch,      VALID,         GAP_COMMIT),
    ROW(VALID,         RX_RAND_SWITCH,     install_and_switch,      VALID,         GAP_COMMIT),
    ROW(EXPIRED_NEXT,  RX_RAND,            install_rand,            EXPIRED_NEXT,  GAP_INDEX),
    ROW(VALID_NEXT,    RX_RAND,            install_rand,            VALID_NEXT,    GAP_INDEX),
    ROW(EXPIRED_NEXT,  RX_DATA_NEXT,       commit_and_deliver,      VALID,         C_6X23_5),
    ROW(VALID_NEXT,    RX_DATA_NEXT,       commit_and_deliver,      VALID,         C_6X23_5),
    ROW(EXPIRED_NEXT,  RX_CONFIRM,         commit,                  VALID,         C_6X23_1),
    ROW(VALID_NEXT,    RX_CONFIRM,         commit,                  VALID,         C_6X23_1),
    ROW(VALID,         RX_DATA,            deliver,                 VALID,         C_6X23_5),
    ROW(VALID_NEXT,    RX_DATA,            deliver,                 VALID_NEXT,    C_6X23_5),
    ROW(VALID,         APP_SEND,           send_data,               VALID,         C_6X23_5),
    ROW(VALID_NEXT,    APP_SEND,           send_data,               VALID_NEXT,    C_6X23_5),
/* a fresh key before te2e runs out */
    KEYED(             APP_REKEY,          trigger_rekey,                          C_2_FRESH),
    ROW(VALID,         SOFT_DUE,           soft_trigger,            VALID,         GAP_SOFT),
    ROW(VALID_NEXT,    SOFT_DUE,           soft_trigger,            VALID_NEXT,    GAP_SOFT),
    ROW(VALID,         TRIGGER_DUE,        repeat_trigger,          VALID,         GAP_RETRY),
    ROW(VALID_NEXT,    TRIGGER_DUE,        repeat_trigger,          VALID_NEXT,    GAP_RETRY),
    ROW(EXPIRED,       TRIGGER_DUE,        repeat_trigger,          EXPIRED,       GAP_RETRY),
    ROW(EXPIRED_NEXT,  TRIGGER_DUE,        repeat_trigger,          EXPIRED_NEXT,  GAP_RETRY),
/* a new AKA run: the root waits as the next keyset until the UE uses it */
    ROW(VALID,         RX_KEYSET,          install_root,            VALID_NEXT,    GAP_REROOT),
    ROW(VALID_NEXT,    RX_KEYSET,          install_root,            VALID_NEXT,    GAP_REROOT),
    ROW(EXPIRED,       RX_KEYSET,          install_root,            EXPIRED_NEXT,  GAP_REROOT),
    ROW(EXPIRED_NEXT,  RX_KEYSET,          install_root,            EXPIRED_NEXT,  GAP_REROOT),
/* data that is not simply new under the current keyset */
    KEYED(             RX_DATA_SEEN,       acknowledge_data,                       GAP_ACK),
    KEYED(             RX_DATA_PREV_SEEN,  acknowledge_data,                       GAP_ACK),
    ROW(VALID,         RX_DATA_PREV,       deliver,                 VALID,         GAP_OVERLAP),
    ROW(VALID_NEXT,    RX_DATA_PREV,       deliver,                 VALID_NEXT,    GAP_OVERLAP),
    ROW(EXPIRED_NEXT,  RX_DATA_NEXT_SEEN,  commit_and_acknowledge,  VALID,         GAP_ACK),
    ROW(VALID_NEXT,    RX_DATA_NEXT_SEEN,  commit_and_acknowledge,  VALID,         GAP_ACK),
    ROW(FIRST,         RX_DATA_NEXT_SEEN,  commit_and_acknowledge,  VALID,         GAP_ACK),
    KEYED(             RX_DATA_OLD,        report_replay,                          GAP_REPLAY),
    ROW(FIRST,         RX_DATA_OLD,        report_replay,           FIRST,         GAP_REPLAY),
    KEYED(             RX_DATA_LATE,       report_late,                            GAP_RESYNC),
    KEYED(             RX_DATA_UNKNOWN,    nak_unknown,                            GAP_RESYNC),
    ROW(FIRST,         RX_DATA_UNKNOWN,    nak_unknown,             FIRST,         GAP_RESYNC),
    KEYED(             RX_DATA_BAD,        report_tampered,                        C_2_VERDICT),
    ROW(FIRST,         RX_DATA_BAD,        report_tampered,         FIRST,         C_2_VERDICT),
    KEYED(             RX_DATA_MODE,       report_mode,                            C_2_LI),
    ROW(FIRST,         RX_DATA_MODE,       report_mode,             FIRST,         C_2_LI),
    KEYED(             OVERLAP_DUE,        retire_previous,                        GAP_OVERLAP),
/* the EMSE repeats itself, or asks about what is not here */
    KEYED(             RX_KEYSET_HELD,     acknowledge,                            GAP_RETRY),
    KEYED(             RX_RAND_HELD,       acknowledge,                            GAP_REPEAT_RAND),
    KEYED(             RX_RAND_AHEAD,      lack,                                   GAP_RESYNC),
    KEYED(             RX_CONFIRM_HELD,    acknowledge,                            GAP_RETRY),
    KEYED(             RX_CONFIRM_LACK,    lack,                                   GAP_RESYNC),
    ROW(FIRST,         RX_RAND_AHEAD,      lack,                    FIRST,         GAP_RESYNC),
    ROW(FIRST,         RX_RAND_HELD,       acknowledge,             FIRST,         GAP_REPEAT_RAND),
    ROW(FIRST,         RX_CONFIRM_LACK,    lack,                    FIRST,         GAP_RESYNC),
    ROW(NO_KEY,        RX_RAND_AHEAD,      lack,                    NO_KEY,        GAP_RESYNC),
    ROW(NO_KEY,        RX_CONFIRM_LACK,    lack,                    NO_KEY,        GAP_RESYNC),
/* downlink, policy, restart */
    ROW(FIRST,         APP_SEND,           queue_message,           FIRST,         GAP_COMMIT),
    ROW(NO_KEY,        APP_SEND,           queue_message,           NO_KEY,        GAP_NO_KEY),
    ROW(NO_KEY,        APP_SEND_FULL,      refuse_message,          NO_KEY,        GAP_HOLD),
    ROW(NO_KEY,        APP_REKEY,          refuse_message,          NO_KEY,        GAP_NO_KEY),
    KEYED(             APP_SEND_FULL,      refuse_message,                         GAP_HOLD),
    ROW(FIRST,         APP_SEND_FULL,      refuse_message,          FIRST,         GAP_HOLD),
    KEYED(             RX_DACK,            message_kept,                           GAP_ACK),
    ROW(VALID,         DATA_DUE,           repeat_data,             VALID,         GAP_RETRY),
    ROW(VALID_NEXT,    DATA_DUE,           repeat_data,             VALID_NEXT,    GAP_RETRY),
    KEYED(             RX_POLICY,          apply_policy,                           C_6X24),
    ROW(FIRST,         RX_POLICY,          apply_policy,            FIRST,         C_6X24),
    KEYED(             STARTED,            resume,                                 GAP_RESTART),
    ROW(FIRST,         STARTED,            resume,                  FIRST,         GAP_RESTART),
    ROW(VALID,         STARTED_LATE,       resume_expired,          EXPIRED,       GAP_RESTART),
    ROW(VALID_NEXT,    STARTED_LATE,       resume_expired,          EXPIRED_NEXT,  GAP_RESTART),
};
/* clang-format on */

static const char *const state_names[] = {
#define STATE_NAME(name) #name,
    STATES(STATE_NAME)};

static const char *const event_names[] = {
#define EVENT_NAME(name) #name,
    EVENTS(EVENT_NAME)};

static const struct fsm tables[VARIANT_COUNT] = {
    [VARIANT_LITERAL] = {"EESE, literal", literal_rows, COUNT_OF(literal_rows), state_names,
                         STATE_COUNT, event_names, EVENT_COUNT},
    [VARIANT_HARDENED] = {"EESE, hardened", hardened_rows, COUNT_OF(hardened_rows), state_names,
                          STATE_COUNT, event_names, EVENT_COUNT},
};

/* ---- the machine ---- */

static const struct fsm *eese_fsm(enum variant v)
{
    return &tables[v];
}

static void eese_init(const void *conf, void *ctx, const struct ident *id, uint32_t slot)
{
    struct eese_ue *ue = ctx;

    (void)conf;
    (void)slot;
    ue->state = S_NO_KEY;
    ue->assoc.ue = *id;
}

static void eese_step(const void *conf, void *ctx, const struct event *ev, struct effects *fx)
{
    const struct eese_conf *c = conf;
    struct eese_ue *ue = ctx;
    struct eese_found found = {.epoch = NULL};
    struct step s = {.conf = conf, .ctx = ctx, .ev = ev, .fx = fx, .found = &found};

    fsm_step(eese_fsm(c->base.variant.variant), &ue->state,
             (uint8_t)eese_classify(c, ue, ev, &found), &s);
}

static void eese_route(const struct msg *m, enum role from, struct route *out)
{
    (void)from;
    out->by = ROUTE_UE;
    out->may_create = true; /* only the EMSE can: its link is trusted with keysets anyway */
    if (m->type == MSG_KEYSET_FWD) {
        out->ue = m->u.keyset_fwd.assoc.ue;
    } else if (m->type == MSG_RAND_FWD) {
        out->ue = m->u.rand_fwd.assoc.ue;
    } else if (m->type == MSG_UE_CONFIRM) {
        out->ue = m->u.ue_confirm.assoc.ue;
    } else if (m->type == MSG_POLICY) {
        out->ue = m->u.policy.assoc.ue;
        out->may_create = false;
    } else {
        out->by = ROUTE_SID;
        out->number = m->sid;
        out->may_create = false;
    }
}

static void eese_handles(const void *ctx, struct handles *out)
{
    const struct eese_ue *ue = ctx;

    out->sid[0] = ue->cur.have ? ue->cur.sid : 0;
    out->sid[1] = ue->next.have ? ue->next.sid : 0;
    out->sid[2] = ue->prev.have ? ue->prev.sid : 0;
}

static void eese_show(const void *ctx, struct shown *out)
{
    const struct eese_ue *ue = ctx;
    const struct epoch *e = ue->cur.have ? &ue->cur : &ue->next;

    out->state = ue->state;
    out->has_epoch = e->have;
    out->epoch = e->n;
    out->fp = e->have ? e2e_fingerprint(&e->chain) : 0;
}

static bool eese_disposable(const void *ctx)
{
    const struct eese_ue *ue = ctx;

    return ue->state == S_NO_KEY && ue->queued == 0;
}

const struct machine eese_machine = {
    .role = ROLE_EESE,
    .ctx_size = sizeof(struct eese_ue),
    .init = eese_init,
    .step = eese_step,
    .route = eese_route,
    .handles = eese_handles,
    .show = eese_show,
    .disposable = eese_disposable,
    .orders_create = true, /* the enterprise learns that the UE has no key yet */
    .fsm = eese_fsm,
};
