#include "ue/ue.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"
#include "ue/actions.h"

#include <string.h>

#define ALL(event, act, clause) \
    ROW(DETACHED, event, act, DETACHED, clause), ROW(ATTACHING, event, act, ATTACHING, clause), \
        ROW(READY, event, act, READY, clause), ROW(WAITKEY, event, act, WAITKEY, clause)
#define ALL_H(event, act, clause) ALL(event, act, clause), ROW(SYNCING, event, act, SYNCING, clause)
/* states of an attached UE, each kept */
#define HELD(event, act, clause) \
    ROW(READY, event, act, READY, clause), ROW(WAITKEY, event, act, WAITKEY, clause), \
        ROW(SYNCING, event, act, SYNCING, clause)

/* clang-format off */
static const struct fsm_row literal_rows[] = {
/*      in state     when                  do                   then        because */
/* the visited network's own AKA, at any time */
    ALL(             RX_ACCESS_CHAL,       answer_access,                   S_AKA),
    ALL(             RX_ACCESS_STALE,      resync_access,                   S_AKA),
    ALL(             RX_ACCESS_BAD,        refuse_access,                   S_AKA),
/* 6.x.2.1 the separate AKA run and the first keyset */
    ROW(DETACHED,    ATTACH,               start_attach,        ATTACHING,  GAP_ATTACH),
    ROW(ATTACHING,   RX_CHAL,              answer_challenge,    ATTACHING,  C_6X21_AKA),
    ROW(ATTACHING,   RX_CHAL_AGAIN,        repeat_answer,       ATTACHING,  S_AKA),
    ROW(ATTACHING,   RX_CHAL_STALE,        resync_challenge,    ATTACHING,  S_AKA),
    ROW(ATTACHING,   RX_CHAL_BAD,          refuse_challenge,    ATTACHING,  S_AKA),
    ROW(ATTACHING,   RX_CHAL_PURPOSE,      refuse_purpose,      ATTACHING,  GAP_WHO),
    ROW(ATTACHING,   RX_ACCEPT,            take_first_literal,  READY,      C_6X21_DERIVE),
    ROW(ATTACHING,   RX_REJECT,            give_up_attach,      DETACHED,   GAP_NEGOTIATE),
    ROW(READY,       MOVED,                moved_attached,      ATTACHING,  C_2_LI),
    ROW(DETACHED,    MOVED,                moved,               DETACHED,   C_2_LI),
    ROW(DETACHED,    APP_SEND,             keep_message,        DETACHED,   GAP_NO_KEY),
    ROW(ATTACHING,   APP_SEND,             keep_message,        ATTACHING,  GAP_NO_KEY),
/* 6.x.2.3 the UE's part of the five steps */
    ROW(READY,       APP_SEND,             send_literal,        READY,      C_6X23_5),
    ROW(READY,       RX_KEY_EXPIRED,       hold_literal,        WAITKEY,    C_6X23_3),
    ROW(WAITKEY,     RX_KEY_EXPIRED,       note_held,           WAITKEY,    C_6X23_3),
    ROW(WAITKEY,     APP_SEND,             queue_behind,        WAITKEY,    GAP_HOLD),
    ROW(READY,       RX_RAND,              derive_literal,      READY,      C_6X22_REFRESH),
    ROW(WAITKEY,     RX_RAND,              derive_literal,      READY,      C_6X23_5),
    ROW(READY,       RX_DATA,              deliver_literal,     READY,      C_6X23_5),
    ROW(WAITKEY,     RX_DATA,              deliver_literal,     WAITKEY,    C_6X23_5),
    ALL(             RX_FORGED,            drop_forged,                     GAP_UNPROTECTED),
    ALL(             APP_SEND_FULL,        refuse_message,                  GAP_HOLD),
};

static const struct fsm_row hardened_rows[] = {
/*      in state     when                  do                   then        because */
/* the visited network's own AKA, at any time */
    ALL_H(           RX_ACCESS_CHAL,       answer_access,                   S_AKA),
    ALL_H(           RX_ACCESS_STALE,      resync_access,                   S_AKA),
    ALL_H(           RX_ACCESS_BAD,        refuse_access,                   S_AKA),
/* 6.x.2.1 the separate AKA run and the keyset; again later for a new root */
    ROW(DETACHED,    ATTACH,               start_attach,        ATTACHING,  GAP_ATTACH),
    ROW(ATTACHING,   RX_CHAL,              answer_challenge,    ATTACHING,  C_6X21_AKA),
    HELD(            RX_CHAL,              answer_challenge,                GAP_REROOT),
    ROW(ATTACHING,   RX_CHAL_AGAIN,        repeat_answer,       ATTACHING,  GAP_RETRY),
    HELD(            RX_CHAL_AGAIN,        repeat_answer,                   GAP_RETRY),
    ROW(ATTACHING,   RX_CHAL_STALE,        resync_challenge,    ATTACHING,  S_AKA),
    HELD(            RX_CHAL_STALE,        resync_challenge,                S_AKA),
    ROW(ATTACHING,   RX_CHAL_BAD,          refuse_challenge,    ATTACHING,  S_AKA),
    HELD(            RX_CHAL_BAD,          refuse_challenge,                S_AKA),
    ROW(ATTACHING,   RX_CHAL_PURPOSE,      refuse_purpose,      ATTACHING,  GAP_WHO),
    HELD(            RX_CHAL_PURPOSE,      refuse_purpose,                  GAP_WHO),
    ROW(ATTACHING,   RX_ACCEPT,            take_root,           READY,      C_6X21_DERIVE),
    ROW(READY,       RX_ACCEPT,            take_root,           READY,      GAP_REROOT),
    ROW(WAITKEY,     RX_ACCEPT,            take_root,           READY,      GAP_REROOT),
    ROW(SYNCING,     RX_ACCEPT,            take_root,           READY,      GAP_REROOT),
    HELD(            RX_ACCEPT_AGAIN,      acknowledge_again,               GAP_RETRY),
    ROW(ATTACHING,   RX_ACCEPT_AGAIN,      acknowledge_again,   ATTACHING,  GAP_RETRY),
    ROW(ATTACHING,   RX_REJECT,            give_up_attach,      DETACHED,   GAP_NEGOTIATE),
    ROW(ATTACHING,   ATTACH_DUE,           repeat_attach,       ATTACHING,  GAP_RETRY),
    ROW(ATTACHING,   ATTACH_SPENT,         give_up_attach,      DETACHED,   GAP_RETRY),
    ROW(DETACHED,    REATTACH_DUE,         start_attach,        ATTACHING,  GAP_RETRY),
/* a roaming UE attaches again, so that the mode follows the serving network */
    ROW(DETACHED,    MOVED,                moved,               DETACHED,   C_2_LI),
    ROW(ATTACHING,   MOVED,                moved_attached,      ATTACHING,  C_2_LI),
    ROW(READY,       MOVED,                moved_attached,      ATTACHING,  C_2_LI),
    ROW(WAITKEY,     MOVED,                moved_attached,      ATTACHING,  C_2_LI),
    ROW(SYNCING,     MOVED,                moved_attached,      ATTACHING,  C_2_LI),
/* 6.x.2.3 the UE's part of the five steps */
    ROW(READY,       APP_SEND,             send_message,        READY,      C_6X23_5),
    ROW(READY,       RX_KEY_EXPIRED,       hold,                WAITKEY,    C_6X23_3),
    ROW(WAITKEY,     RX_KEY_EXPIRED,       note_held,           WAITKEY,    C_6X23_3),
    ROW(SYNCING,     RX_KEY_EXPIRED,       hold,                WAITKEY,    C_6X23_3),
    ROW(WAITKEY,     RX_RAND,              derive,              READY,      C_6X23_4),
    ROW(READY,       RX_RAND,              derive,              READY,      C_6X22_REFRESH),
    ROW(SYNCING,     RX_RAND,              derive,              READY,      C_6X23_4),
    ROW(ATTACHING,   RX_RAND,              derive,              ATTACHING,  GAP_REROOT),
/* an error or a RAND that comes late, twice or too early */
    HELD(            RX_KEY_EXPIRED_STALE, resend_one,                      GAP_ERROR_STALE),
    HELD(            RX_RAND_HELD,         acknowledge_rand,                GAP_REPEAT_RAND),
    ROW(ATTACHING,   RX_RAND_HELD,         acknowledge_rand,    ATTACHING,  GAP_REPEAT_RAND),
    HELD(            RX_RAND_AHEAD,        ask_status,                      GAP_RESYNC),
    ROW(WAITKEY,     WAITKEY_DUE,          end_wait,            READY,      GAP_ERROR_WAIT),
    ROW(WAITKEY,     WAITKEY_SPENT,        start_sync,          SYNCING,    GAP_RESYNC),
    ROW(READY,       ACK_DUE,              send_ack,            READY,      GAP_RETRY),
    ROW(ATTACHING,   ACK_DUE,              send_ack,            ATTACHING,  GAP_RETRY),
/* messages are open until the EESE has them */
    ROW(DETACHED,    APP_SEND,             keep_message,        DETACHED,   GAP_NO_KEY),
    ROW(ATTACHING,   APP_SEND,             send_message,        ATTACHING,  GAP_NO_KEY),
    ROW(WAITKEY,     APP_SEND,             keep_message,        WAITKEY,    GAP_HOLD),
    ROW(SYNCING,     APP_SEND,             keep_message,        SYNCING,    GAP_HOLD),
    ALL_H(           APP_SEND_FULL,        refuse_message,                  GAP_HOLD),
    ALL_H(           RX_DACK,              message_kept,                    GAP_ACK),
    ROW(READY,       DATA_DUE,             repeat_data,         READY,      GAP_RETRY),
    ROW(ATTACHING,   DATA_DUE,             repeat_data,         ATTACHING,  GAP_RETRY),
    ROW(ATTACHING,   DATA_SPENT,           await_root,          ATTACHING,  GAP_REROOT),
    ROW(READY,       DATA_SPENT,           start_sync,          SYNCING,    GAP_RESYNC),
/* where do we stand? */
    ROW(SYNCING,     SYNC_DUE,             repeat_sync,         SYNCING,    GAP_RESYNC),
    ROW(SYNCING,     SYNC_SPENT,           attach_again,        ATTACHING,  GAP_REROOT),
    ROW(SYNCING,     RX_STATUS,            resend_all,          READY,      GAP_RESYNC),
    ROW(SYNCING,     RX_STATUS_STALLED,    attach_again,        ATTACHING,  GAP_REROOT),
    ROW(READY,       RX_STATUS_UNKNOWN,    attach_again,        ATTACHING,  GAP_REROOT),
    ROW(WAITKEY,     RX_STATUS_UNKNOWN,    attach_again,        ATTACHING,  GAP_REROOT),
    ROW(SYNCING,     RX_STATUS_UNKNOWN,    attach_again,        ATTACHING,  GAP_REROOT),
    ROW(READY,       RX_STATUS,            resend_all,          READY,      GAP_RESYNC),
/* downlink, forgeries, restart */
    HELD(            RX_DATA,              deliver_down,                    C_6X23_5),
    ROW(ATTACHING,   RX_DATA,              deliver_down,        ATTACHING,  C_6X23_5),
    HELD(            RX_DATA_SEEN,         acknowledge_down,                GAP_ACK),
    ROW(ATTACHING,   RX_DATA_SEEN,         acknowledge_down,    ATTACHING,  GAP_ACK),
    ALL_H(           RX_FORGED,            drop_forged,                     GAP_UNPROTECTED),
    ALL_H(           OVERLAP_DUE,          retire_previous,                 GAP_OVERLAP),
    ALL_H(           STARTED,              resume,                          GAP_RESTART),
};
/* clang-format on */

static const char *const state_names[] = {
#define STATE_NAME(name) #name,
    STATES(STATE_NAME)};

static const char *const event_names[] = {
#define EVENT_NAME(name) #name,
    EVENTS(EVENT_NAME)};

static const struct fsm tables[VARIANT_COUNT] = {
    [VARIANT_LITERAL] = {"UE, literal", literal_rows, COUNT_OF(literal_rows), state_names,
                         STATE_COUNT, event_names, EVENT_COUNT},
    [VARIANT_HARDENED] = {"UE, hardened", hardened_rows, COUNT_OF(hardened_rows), state_names,
                          STATE_COUNT, event_names, EVENT_COUNT},
};

/* ---- the machine ---- */

static const struct fsm *ue_fsm(enum variant v)
{
    return &tables[v];
}

static void ue_init(const void *conf, void *ctx, const struct ident *id, uint32_t slot)
{
    struct ue *ue = ctx;

    (void)conf;
    ue->state = S_DETACHED;
    ue->imsi = *id;
    ue->slot = slot;
}

void ue_provision(struct ue *ctx, const struct ue_card *card)
{
    ctx->card = *card;
    if (card->sqn != 0) {
        aka_accept(&ctx->usim, card->sqn);
    }
}

/* The secret and the capabilities are the configuration's. With other endpoints than those it was
 * stored with the UE starts anew, but for the card. */
static void ue_restore(void *ctx, const void *stored)
{
    struct ue *ue = ctx;
    const struct ue_card card = ue->card;
    uint32_t slot = ue->slot;
    struct ue old;

    memcpy(&old, stored, sizeof old);
    if (ident_equal(&old.card.emse, &card.emse) && ident_equal(&old.card.eese, &card.eese)) {
        *ue = old;
    }
    ue->usim = old.usim;
    ue->slot = slot;
    ue->card.secret = card.secret;
    ue->card.caps = card.caps;
    bytes_wipe(&old, sizeof old);
}

static void ue_step(const void *conf, void *ctx, const struct event *ev, struct effects *fx)
{
    const struct ue_conf *c = conf;
    struct ue *ue = ctx;
    struct ue_found found = {.epoch = NULL};
    struct step s = {.conf = conf, .ctx = ctx, .ev = ev, .fx = fx, .found = &found};

    fsm_step(ue_fsm(c->base.variant.variant), &ue->state, (uint8_t)ue_classify(c, ue, ev, &found),
             &s);
    bytes_wipe(&found.answer, sizeof found.answer);
}

static void ue_route(const struct msg *m, enum role from, struct route *out)
{
    if (from == ROLE_VN) {
        out->by = ROUTE_UE;
        out->ue = m->u.access_chal.ue;
        return;
    }
    if (m->type == MSG_ATTACH_ACC || m->type == MSG_ATTACH_REJ ||
        (m->type == MSG_AKA_CHAL && m->sid == 0)) {
        out->by = ROUTE_XID;
        out->number = m->type == MSG_ATTACH_ACC   ? m->u.attach_acc.xid
                      : m->type == MSG_ATTACH_REJ ? m->u.attach_rej.xid
                                                  : m->u.aka_chal.xid;
        return;
    }
    out->by = ROUTE_SID;
    out->number = m->sid;
}

static void ue_handles(const void *ctx, struct handles *out)
{
    const struct ue *ue = ctx;

    out->sid[0] = ue->cur.have ? ue->cur.sid : 0;
    out->sid[1] = ue->prev.have ? ue->prev.sid : 0;
    out->xid = ue->xid;
}

static void ue_show(const void *ctx, struct shown *out)
{
    const struct ue *ue = ctx;

    out->state = ue->state;
    out->has_epoch = ue->cur.have;
    out->epoch = ue->cur.n;
    out->fp = ue->cur.have ? e2e_fingerprint(&ue->cur.chain) : 0;
}

static bool ue_disposable(const void *ctx)
{
    (void)ctx;
    return false; /* UEs are made from the configuration only */
}

const struct machine ue_machine = {
    .role = ROLE_UE,
    .ctx_size = sizeof(struct ue),
    .init = ue_init,
    .step = ue_step,
    .route = ue_route,
    .handles = ue_handles,
    .show = ue_show,
    .disposable = ue_disposable,
    .restore = ue_restore,
    .fsm = ue_fsm,
};
