/* The UE's part of a rekey: the error, RAND, the next key; and finding back (clause 6.x.2.3). */
#include "ue/actions.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"

#include <string.h>

/* Seals a frame to the EMSE under |root|; each takes a number of its own, so a repetition is not a
 * replay (H5). Numbers are reserved in blocks: the first of a block is durable before it is used,
 * and a restart skips more than a block (H11). */
void ue_seal_e2m(struct step *s, struct ue_root *root, struct msg *m, bool has_kid)
{
    struct protect_key k = {.int_key = root->keys.int_ul,
                            .index = has_kid ? root->g : 0,
                            .alg_int = INT_CMAC64,
                            .has_kid = has_kid};

    m->sid = root->sid;
    if (++root->ul_ctr % CTR_BLOCK == 1 && !step_is_literal(s)) {
        fx_save(s->fx);
    }
    protect_seal(m, &k, DIR_UL, root->ul_ctr, NULL, 0);
}

/* Makes |chain| the current keyset; the one before stays for downlink data still in flight. */
void ue_install(struct step *s, const struct epoch *next, bool old_expired)
{
    struct ue *ue = s->ctx;

    ue->prev = ue->cur;
    epoch_retire(&ue->prev);
    ue->prev.dl_ok = ue->prev.have && step_on(s, SW_OVERLAP) && !old_expired;
    ue->cur = *next;
    if (step_is_literal(s)) {
        memset(&ue->prev, 0, sizeof ue->prev); /* one key at a time */
        return;
    }
    if (ue->prev.dl_ok) {
        step_arm(s, TIMER_OVERLAP);
    }
    fx_save(s->fx);
}

/* The number of a RAND_PUSH counts as used, if there was a MAC over it. */
static void see_number(struct step *s)
{
    struct ue *ue = s->ctx;

    if (step_on(s, SW_PROTECT_RAND)) {
        ue->root.dl_seen = s->ev->msg->ctr;
    }
}

void ue_hold_literal(struct step *s)
{
    const struct ue *ue = s->ctx;

    fx_note(s->fx, NOTE_HELD, ue->queued > 0 ? ue->outbox[0].ctr : 0, 0);
}

void ue_note_held(struct step *s)
{
    ue_hold_literal(s);
}

/* The next epoch out of the current one and |rand|. */
static void derive_from(struct step *s, const uint8_t rand[RAND_LEN], bool old_expired)
{
    const struct ue *ue = s->ctx;
    const struct ue_conf *conf = s->conf;
    struct epoch next;

    epoch_refresh(&ue->cur, &conf->base.variant, rand, ue->cur.n + 1, &ue->imsi, &ue->card.eese,
                  &next);
    ue_install(s, &next, old_expired);
    bytes_wipe(&next, sizeof next);
}

void ue_derive_literal(struct step *s)
{
    see_number(s);
    derive_from(s, s->ev->msg->u.rand_push.rand, true);
    ue_send_all_unacknowledged(s);
}

void ue_owe_ack(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->ack_owed = 1;
    step_arm(s, TIMER_ACK);
}

void ue_send_ack(struct step *s)
{
    struct ue *ue = s->ctx;
    struct msg *m = fx_send(s->fx, ROLE_EMSE, MSG_RAND_ACK);

    ue->ack_owed = 0;
    m->u.index.n = ue->cur.n;
    ue_seal_e2m(s, &ue->root, m, true);
}

void ue_drop_forged(struct step *s)
{
    fx_note(s->fx, NOTE_FORGERY, s->ev->msg->type, 0);
}

/* Step 3 at the UE: keep the key (it is needed to derive the next), keep the message, listen (H6).
 */
void ue_hold(struct step *s)
{
    struct ue *ue = s->ctx;

    fx_note(s->fx, NOTE_HELD, ue->outbox[((const struct ue_found *)s->found)->index].ctr, 0);
    fx_disarm(s->fx, TIMER_DATA);
    fx_disarm(s->fx, TIMER_SYNC);
    if (step_on(s, SW_ERROR_TIMEOUT)) {
        step_arm(s, TIMER_WAITKEY);
    }
}

/* RAND as it enters the derivation: deciphered, or replaced by its mask (H9). */
static void rand_of(struct step *s, uint32_t n, uint8_t out[RAND_LEN])
{
    const struct ue *ue = s->ctx;
    struct msg m = *s->ev->msg;
    struct protect_key k = {.int_key = ue->root.keys.int_dl,
                            .enc_key = ue->root.keys.enc_dl,
                            .index = ue->root.g,
                            .alg_int = INT_CMAC64,
                            .has_kid = 1};

    protect_open(&m, &k, DIR_DL);
    memcpy(out, m.u.rand_push.rand, RAND_LEN);
    if (ue->cur.choice.rand_protect == RAND_MASK && step_on(s, SW_PROTECT_RAND)) {
        e2e_mask(&ue->root.e2m, m.u.rand_push.rand, n, &ue->card.eese, out);
    }
}

void ue_derive(struct step *s)
{
    struct ue *ue = s->ctx;
    uint8_t rand[RAND_LEN];

    see_number(s);
    rand_of(s, ue->cur.n + 1, rand);
    derive_from(s, rand, (s->ev->msg->flags & MSG_FLAG_EXPIRED) != 0);
    bytes_wipe(rand, sizeof rand);
    fx_disarm(s->fx, TIMER_WAITKEY);
    fx_disarm(s->fx, TIMER_SYNC);
    ue->data_tries = 0;
    ue->sync_tries = 0;
    ue->waited = 0;
    ue_owe_ack(s);
    ue_send_outbox(s);
}

void ue_acknowledge_rand(struct step *s)
{
    see_number(s);
    fx_disarm(s->fx, TIMER_ACK);
    ue_send_ack(s);
}

static void send_sync(struct step *s)
{
    struct ue *ue = s->ctx;
    struct msg *m = fx_send(s->fx, ROLE_EMSE, MSG_SYNC);

    m->u.index.n = ue->cur.n;
    ue_seal_e2m(s, &ue->root, m, true);
}

void ue_ask_status(struct step *s)
{
    see_number(s);
    if (step_on(s, SW_RESYNC)) {
        send_sync(s);
    }
}

void ue_start_sync(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->data_tries = 0;
    ue->sync_tries = 0;
    ue->sync_rounds++;
    if (step_on(s, SW_RESYNC)) {
        send_sync(s);
    }
    step_arm_retry(s, TIMER_SYNC, 0);
}

void ue_repeat_sync(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->sync_tries++;
    if (step_on(s, SW_RESYNC)) {
        send_sync(s);
    }
    step_arm_retry(s, TIMER_SYNC, ue->sync_tries);
}

/* Nobody answers under the old keyset: what is open waits for the new root. */
void ue_await_root(struct step *s)
{
    (void)s;
}

/* The EESE may have forgotten, or its RAND is lost for good: ask by sending once more (H6). */
void ue_end_wait(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->waited = 1;
    ue->data_tries = 0;
    ue_send_outbox(s);
}

void ue_retire_previous(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->prev.dl_ok = 0; /* its error key stays, to know a late KEY_EXPIRED from a forgery, until the
                           next switch */
}

/* After a restart: whatever is open goes again, and the EMSE is asked where it stands (B35). */
void ue_resume(struct step *s)
{
    struct ue *ue = s->ctx;

    if (!ue->starts) {
        return;
    }
    fx_note(s->fx, NOTE_RESTORED, ue->cur.n, 0);
    ue->root.ul_ctr = window_resume(ue->root.ul_ctr, s->ev->entropy);
    ue->ul_ctr = window_resume(ue->ul_ctr, s->ev->entropy + 2);
    ue->next_root.ul_ctr = window_resume(ue->next_root.ul_ctr, s->ev->entropy + 4);
    s->fx->entropy_used = true;
    fx_save(s->fx);
    if (s->fx->before == S_ATTACHING) {
        ue->attach_tries = 0;
        ue_send_attach(s);
    } else if (s->fx->before == S_DETACHED) {
        step_arm_retry(s, TIMER_REATTACH, 0);
    } else if (s->fx->before == S_SYNCING) {
        step_arm_retry(s, TIMER_SYNC, 0);
    } else if (s->fx->before == S_WAITKEY) {
        step_arm(s, TIMER_WAITKEY);
    }
    if (ue->prev.dl_ok) {
        step_arm(s, TIMER_OVERLAP);
    }
    if (s->fx->before == S_READY) {
        ue_send_ack(s);
        ue_send_outbox(s);
    }
}
