/* Application data at the EESE, both ways: verdicts, acknowledgements, the error (clause 6.x.2.3
 * steps 3 and 5). */
#include "eese/actions.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"

#include <string.h>

/* Step 3, and step 4 begins. The error echoes the number of the refused message; hardened signs it
 * with a key of the expired epoch that has no other use (H6). */
void eese_error_and_trigger(struct step *s)
{
    struct eese_ue *ue = s->ctx;
    const struct msg *refused = s->ev->msg;
    struct msg *m = fx_reply(s->fx, ROLE_UE, MSG_KEY_EXPIRED);

    m->sid = refused->sid;
    m->u.key_expired.reason = 1;
    if (!step_is_literal(s)) {
        struct protect_key k = {.int_key = ue->cur.keys.err_dl,
                                .index = ue->cur.n,
                                .alg_int = INT_CMAC64,
                                .has_kid = 1};

        if (step_on(s, SW_AUTHENTICATED_ERROR)) {
            protect_seal(m, &k, DIR_DL, refused->ctr, NULL, 0);
        } else {
            m->kid = kid_of(ue->cur.n);
            m->ctr = refused->ctr;
        }
        if (((const struct eese_found *)s->found)->epoch != NULL) {
            fx_bind(s->fx);
            ue->contact = 1;
        }
    }
    fx_report(s->fx, VERDICT_EXPIRED, ROLE_UE, ue->cur.n, refused->ctr);
    eese_trigger(s, TRIGGER_CONTACT);
}

static void enqueue(struct step *s)
{
    struct eese_ue *ue = s->ctx;
    struct eese_down *d = &ue->queue[ue->queued++];

    memset(d, 0, sizeof *d);
    d->len = s->ev->order->len;
    memcpy(d->payload, s->ev->order->payload, d->len);
}

void eese_queue_message(struct step *s)
{
    enqueue(s);
    fx_save(s->fx);
}

void eese_queue_and_trigger(struct step *s)
{
    enqueue(s);
    fx_save(s->fx);
    eese_trigger(s, TRIGGER_PAGE);
}

static void send_dack(struct step *s, const struct epoch *e)
{
    const struct msg *data = s->ev->msg;
    struct protect_key k = epoch_data_key(e, eese_variant_of(s), DIR_DL);
    struct msg *m;

    if (!step_on(s, SW_DATA_ACK)) {
        return;
    }
    m = fx_reply(s->fx, ROLE_UE, MSG_DACK);
    m->sid = data->sid;
    protect_seal(m, &k, DIR_DL, data->ctr, NULL, 0);
}

/* Verified data: journal, acknowledge, then the application (H8). */
void eese_deliver(struct step *s)
{
    struct eese_ue *ue = s->ctx;
    struct eese_found *found = s->found;
    const struct epoch *e = found->epoch;
    struct protect_key k = epoch_data_key(e, eese_variant_of(s), DIR_UL);

    protect_open(&found->open, &k, DIR_UL);
    fx_bind(s->fx);
    if (!step_is_literal(s)) {
        window_mark(&ue->seen, found->open.ctr);
        fx_save(s->fx);
        send_dack(s, e);
    }
    fx_deliver(s->fx, ROLE_UE, e->n, found->open.ctr, found->open.u.data.payload,
               found->open.u.data.len);
    ue->messages++;
    if (!step_is_literal(s) && ue->profile.n_msg != 0 && ue->messages >= ue->profile.n_msg &&
        !ue->next.have) {
        eese_trigger(s, TRIGGER_VOLUME);
    } else if (!step_is_literal(s) && (found->open.flags & MSG_FLAG_REKEY) != 0 && !ue->next.have) {
        eese_trigger(s, TRIGGER_SOFT);
    }
    if (!step_is_literal(s) && ue->queued > 0 && ue->data_tries > 0) {
        ue->data_tries = 0; /* the UE is awake: the held downlink message goes again (H5) */
        eese_send_queue(s);
    }
}

/* Sends the head of the queue (again), or in the literal variant, where nothing is acknowledged,
 * all of it. */
void eese_send_queue(struct step *s)
{
    struct eese_ue *ue = s->ctx;
    struct protect_key k = epoch_data_key(&ue->cur, eese_variant_of(s), DIR_DL);
    bool acked = !step_is_literal(s) && step_on(s, SW_DATA_ACK);
    unsigned count = acked && ue->queued > 1 ? 1 : ue->queued;

    for (unsigned i = 0; i < count; i++) {
        struct eese_down *d = &ue->queue[i];
        struct msg *m = fx_send(s->fx, ROLE_UE, MSG_DATA_DL);

        if (d->ctr == 0) {
            d->ctr = ++ue->dl_ctr;
            fx_save(s->fx); /* the number is durable before it is used (H11) */
        }
        m->sid = ue->cur.sid;
        m->u.data.len = d->len;
        memcpy(m->u.data.payload, d->payload, d->len);
        protect_seal(m, &k, DIR_DL, d->ctr, NULL, 0);
    }
    if (!acked) {
        ue->queued = 0;
    } else if (count > 0) {
        step_arm_retry(s, TIMER_DATA, ue->data_tries);
    }
}

void eese_send_data(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    enqueue(s);
    fx_save(s->fx);
    if (ue->queued == 1 || step_is_literal(s) || !step_on(s, SW_DATA_ACK)) {
        ue->data_tries = 0;
        eese_send_queue(s);
    }
}

void eese_refuse_message(struct step *s)
{
    const struct eese_ue *ue = s->ctx;

    fx_note(s->fx,
            !eese_is_full(ue)              ? NOTE_NO_KEYSET
            : ue->queued == EESE_QUEUE_MAX ? NOTE_OUTBOX_FULL
                                           : NOTE_EXHAUSTED,
            ue->queued, 0);
}

void eese_report_tampered(struct step *s)
{
    const struct eese_ue *ue = s->ctx;
    const struct epoch *e = ((const struct eese_found *)s->found)->epoch;

    fx_report(s->fx, VERDICT_FAIL_MIC, ROLE_UE, e != NULL ? e->n : ue->cur.n, s->ev->msg->ctr);
}

void eese_acknowledge_data(struct step *s)
{
    const struct epoch *e = ((const struct eese_found *)s->found)->epoch;

    send_dack(
        s,
        e); /* to where this came from; it may be a replay, so it does not tell where the UE is */
    fx_report(s->fx, VERDICT_DUP, ROLE_UE, e->n, s->ev->msg->ctr);
}

void eese_report_replay(struct step *s)
{
    fx_report(s->fx, VERDICT_REPLAY, ROLE_UE, ((const struct eese_found *)s->found)->epoch->n,
              s->ev->msg->ctr);
}

void eese_report_late(struct step *s)
{
    const struct epoch *e = ((const struct eese_found *)s->found)->epoch;

    fx_report(s->fx, VERDICT_UNKNOWN_EPOCH, ROLE_UE, e->n, s->ev->msg->ctr);
    if (step_on(s, SW_RESYNC)) {
        eese_tell_emse(s, MSG_RSYNC)->ue_n = e->n;
    }
}

/* Never a trigger: the frame cannot be verified and may be forged; a trigger here would let junk
 * cause rekeys (9.3). */
void eese_nak_unknown(struct step *s)
{
    const struct eese_ue *ue = s->ctx;

    fx_report(s->fx, VERDICT_UNKNOWN_EPOCH, ROLE_UE, ue->cur.n, s->ev->msg->ctr);
    if (step_on(s, SW_RESYNC)) {
        eese_tell_emse(s, MSG_NAK);
    }
}

void eese_report_mode(struct step *s)
{
    fx_report(s->fx, VERDICT_MODE, ROLE_UE, ((const struct eese_found *)s->found)->epoch->n,
              s->ev->msg->ctr);
}

void eese_message_kept(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    fx_note(s->fx, NOTE_ACKED, ue->queue[0].ctr, 0);
    ue->queued--;
    memmove(&ue->queue[0], &ue->queue[1], ue->queued * sizeof ue->queue[0]);
    memset(&ue->queue[ue->queued], 0, sizeof ue->queue[0]);
    ue->data_tries = 0;
    fx_save(s->fx);
    fx_disarm(s->fx, TIMER_DATA);
    if (!eese_was_expired(s)) {
        eese_send_queue(s);
    }
}

void eese_repeat_data(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    if (ue->queued == 0) {
        return;
    }
    if (ue->data_tries < DATA_TRIES_MAX) {
        ue->data_tries++; /* from then on at the cap of the backoff */
    }
    eese_send_queue(s);
}
