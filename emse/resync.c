/* Ends that have lost each other, policy, restart: what the EMSE does about it (H5, H11, H12). */
#include "emse/actions.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"
#include "common/core/window.h"

#include <string.h>

/* A late frame costs one question. An EESE that has really lost its place answers with a NAK, and
 * that starts the repair. */
void emse_ask_eese(struct step *s)
{
    const struct emse_ue *ue = s->ctx;

    emse_send_confirm(s, ue->cur);
}

/* A genuine frame of the UE, under the root in force or the one before: its number is used up. */
void emse_heard(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    struct emse_root *root = s->ev->msg->sid == ue->root.sid ? &ue->root : &ue->old_root;

    root->ul_seen = s->ev->msg->ctr;
    root->used = 1;
    fx_bind(s->fx);
}

/* The UE has the pending epoch before we were ready to tell it: it need not be told. */
void emse_remember_ue(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    emse_heard(s);
    ue->ue_has = 1;
}

static void send_status(struct step *s, uint8_t flags)
{
    struct emse_ue *ue = s->ctx;
    struct msg *m = fx_reply(s->fx, ROLE_UE, MSG_STATUS);
    struct protect_key k = {
        .int_key = ue->root.keys.int_dl, .index = ue->root.g, .alg_int = INT_CMAC64, .has_kid = 1};

    m->sid = ue->root.sid;
    m->flags = flags;
    m->u.index.n = ue->cur;
    protect_seal(m, &k, DIR_DL, emse_next_dl(s), NULL, 0);
}

/* The ends agree as far as we know. The EESE is asked too: if it has lost the epoch, its answer
 * starts the repair. */
void emse_answer_sync(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    emse_heard(s);
    send_status(s, 0);
    if (s->fx->before == S_IDLE && ue->has_cur) {
        emse_send_confirm(s, ue->cur);
    }
}

void emse_answer_unknown(struct step *s)
{
    emse_heard(s);
    send_status(s, MSG_FLAG_UNKNOWN);
}

/* One epoch at a time; the UE's acknowledgement asks for the next. It asks again by itself, so
 * nothing is repeated here. */
void emse_catch_up(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    bool from_eese = s->ev->from == ROLE_EESE;

    if (!from_eese) {
        emse_heard(s);
    }
    ue->catching_up = 1;
    ue->catch_n = (from_eese ? s->ev->msg->u.eese.ue_n : s->ev->msg->u.index.n) + 1;
    emse_ask_hss(s, ue->catch_n);
}

void emse_push_caught(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    ue->catching_up = 0;
    emse_send_rand_push(s, ue->catch_n, s->ev->msg->u.rand_rsp.rand[0],
                        true); /* the one before was replaced long ago */
}

void emse_note_forged(struct step *s)
{
    fx_note(s->fx, NOTE_FORGERY, s->ev->msg->type, 0);
}

void emse_apply_policy(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    const struct profile *p = &s->ev->msg->u.policy.profile;
    struct msg_policy *f;

    if (p->version <= ue->profile.version) {
        return;
    }
    ue->profile = *p;
    fx_note(s->fx, NOTE_POLICY_APPLIED, p->version, 0);
    fx_save(s->fx);
    if (ue->root.g != 0) {
        f = &fx_send(s->fx, ROLE_EESE, MSG_POLICY)->u.policy;
        f->ue = ue->ue;
        f->assoc = emse_own_assoc(s);
        f->profile = *p;
    }
}

void emse_come_back(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    ue->root.dl_ctr = window_resume(ue->root.dl_ctr, s->ev->entropy);
    s->fx->entropy_used = true;
    fx_save(s->fx);
    if (s->ev->order->clock_lost) {
        ue->rate_us = 0;
        ue->attach_us = 0;
    }
}

/* After a restart: a pending epoch is distributed again from the start; every receiver is
 * idempotent (B36). */
void emse_resume(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    ue->tries = 0;
    emse_come_back(s);
    if (ue->root.g == 0) {
        return;
    }
    fx_note(s->fx, NOTE_RESTORED, ue->cur, 0);
    if (s->fx->before == S_RAND) {
        emse_send_rand_req(s, ue->pending);
    } else if (s->fx->before == S_FWD || s->fx->before == S_CONF) {
        emse_repeat_forward(s);
    } else if (s->fx->before == S_PUSH) {
        emse_send_push(s);
    }
}
