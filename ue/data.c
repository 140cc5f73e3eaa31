/* Application data of a UE, both ways (clause 6.x.2.3 step 5, H8). */
#include "ue/actions.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"

#include <string.h>

static void send_open(struct step *s, struct ue_message *o)
{
    struct ue *ue = s->ctx;
    struct protect_key k =
        epoch_data_key(&ue->cur, &((const struct ue_conf *)s->conf)->base.variant, DIR_UL);
    struct msg *m = fx_send(s->fx, ROLE_EESE, MSG_DATA_UL);

    if (o->sent && !step_on(s, SW_CTR_IDENTITY) && !step_is_literal(s)) {
        o->ctr =
            ++ue->ul_ctr; /* correction off: a re-sent message is a new one to the EESE (B48) */
    }
    o->sent = 1;
    m->sid = ue->cur.sid;
    m->u.data.len = o->len;
    memcpy(m->u.data.payload, o->payload, o->len);
    protect_seal(m, &k, DIR_UL, o->ctr, NULL, 0);
}

/* The EESE remembers so many numbers: what is that far ahead of the oldest open message waits, or
 * that one could come too late to be told from a replay. Only a restart makes numbers jump (H11).
 * */
static bool may_go(const struct ue *ue, const struct ue_message *o)
{
    return (int32_t)(o->ctr - ue->outbox[0].ctr) < WINDOW_WIDTH;
}

static struct ue_message *enqueue(struct step *s)
{
    struct ue *ue = s->ctx;
    struct ue_message *o = &ue->outbox[ue->queued++];

    memset(o, 0, sizeof *o);
    o->ctr = ++ue->ul_ctr;
    o->len = s->ev->order->len;
    memcpy(o->payload, s->ev->order->payload, o->len);
    return o;
}

/* Data under a new epoch is the acknowledgement of its RAND. */
static void acknowledge_by_use(struct step *s)
{
    struct ue *ue = s->ctx;

    if (ue->ack_owed) {
        ue->ack_owed = 0;
        fx_disarm(s->fx, TIMER_ACK);
    }
}

/* Where nothing is acknowledged, the last message sent stays at the head of the outbox, for step 3
 * (L6). */
static void keep_last(struct ue *ue)
{
    if (ue->queued > 1) {
        ue->outbox[0] = ue->outbox[ue->queued - 1];
        memset(&ue->outbox[1], 0, (ue->queued - 1U) * sizeof ue->outbox[0]);
        ue->queued = 1;
    }
}

void ue_send_all_unacknowledged(struct step *s)
{
    struct ue *ue = s->ctx;
    bool refused = s->fx->before == S_WAITKEY;

    for (unsigned i = 0; i < ue->queued; i++) {
        if (refused || !ue->outbox[i].sent) {
            send_open(s, &ue->outbox[i]);
            acknowledge_by_use(s);
        }
    }
    keep_last(ue);
}

/* Everything open goes (again) under the current keyset. */
void ue_send_outbox(struct step *s)
{
    struct ue *ue = s->ctx;

    if (!step_on(s, SW_DATA_ACK)) {
        ue_send_all_unacknowledged(s);
        return;
    }
    for (unsigned i = 0; i < ue->queued && may_go(ue, &ue->outbox[i]); i++) {
        send_open(s, &ue->outbox[i]);
    }
    if (ue->queued > 0) {
        acknowledge_by_use(s);
        step_arm_retry(s, TIMER_DATA, ue->data_tries);
    }
}

void ue_send_literal(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->queued = 0; /* L6: only the last message sent can be held */
    enqueue(s);
    ue_send_all_unacknowledged(s);
}

void ue_queue_behind(struct step *s)
{
    enqueue(s);
}

static void open_down(struct step *s)
{
    struct ue_found *found = s->found;
    struct protect_key k =
        epoch_data_key(found->epoch, &((const struct ue_conf *)s->conf)->base.variant, DIR_DL);

    protect_open(&found->open, &k, DIR_DL);
    fx_deliver(s->fx, ROLE_EESE, found->epoch->n, found->open.ctr, found->open.u.data.payload,
               found->open.u.data.len);
}

void ue_deliver_literal(struct step *s)
{
    open_down(s);
}

void ue_keep_message(struct step *s)
{
    enqueue(s);
    if (!step_is_literal(s)) {
        fx_save(s->fx);
    }
}

void ue_send_message(struct step *s)
{
    struct ue *ue = s->ctx;
    bool first = ue->queued == 0;
    struct ue_message *o;

    if (!step_on(s, SW_DATA_ACK) && !first && ue->outbox[0].sent) {
        ue->queued = 0; /* correction off: nobody will say whether it has arrived (B31) */
    }
    o = enqueue(s);
    fx_save(s->fx);
    if (!ue->cur.have) {
        fx_note(s->fx, NOTE_NOT_ATTACHED, o->ctr, 0);
        return;
    }
    if (may_go(ue, o)) {
        send_open(s, o);
        acknowledge_by_use(s);
    }
    if (first && step_on(s, SW_DATA_ACK)) {
        ue->data_tries = 0;
        step_arm_retry(s, TIMER_DATA, 0);
    }
}

void ue_refuse_message(struct step *s)
{
    const struct ue *ue = s->ctx;

    fx_note(s->fx, ue->queued == OUTBOX_MAX ? NOTE_OUTBOX_FULL : NOTE_EXHAUSTED, ue->queued, 0);
}

/* What could not go before the message that has just been kept. */
static void send_waiting(struct step *s)
{
    struct ue *ue = s->ctx;

    for (unsigned i = 0; i < ue->queued && may_go(ue, &ue->outbox[i]); i++) {
        if (!ue->outbox[i].sent) {
            send_open(s, &ue->outbox[i]);
        }
    }
}

void ue_message_kept(struct step *s)
{
    struct ue *ue = s->ctx;
    unsigned i = ((const struct ue_found *)s->found)->index;

    fx_note(s->fx, NOTE_ACKED, ue->outbox[i].ctr, 0);
    ue->queued--;
    memmove(&ue->outbox[i], &ue->outbox[i + 1], (ue->queued - i) * sizeof ue->outbox[0]);
    memset(&ue->outbox[ue->queued], 0, sizeof ue->outbox[0]);
    ue->data_tries = 0;
    ue->sync_rounds = 0;
    ue->waited = 0;
    fx_save(s->fx);
    if (ue->queued == 0) {
        fx_disarm(s->fx, TIMER_DATA);
    } else if (s->fx->before == S_READY) {
        send_waiting(s);
        step_arm_retry(s, TIMER_DATA, 0);
    }
}

void ue_resend_one(struct step *s)
{
    struct ue *ue = s->ctx;

    send_open(s, &ue->outbox[((const struct ue_found *)s->found)->index]);
}

void ue_resend_all(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->root.dl_seen = s->ev->msg->ctr;
    ue->sync_tries = 0;
    ue->data_tries = 0;
    fx_disarm(s->fx, TIMER_SYNC);
    ue_send_outbox(s);
}

void ue_repeat_data(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->data_tries++;
    if (ue->queued > 0 && ue->cur.have) {
        ue_send_outbox(s);
    }
}

void ue_deliver_down(struct step *s)
{
    const struct ue_found *found = s->found;
    struct ue *ue = s->ctx;

    window_mark(&ue->seen, found->open.ctr);
    fx_save(s->fx);
    ue_acknowledge_down(s);
    open_down(s);
}

void ue_acknowledge_down(struct step *s)
{
    const struct epoch *e = ((const struct ue_found *)s->found)->epoch;
    struct protect_key k =
        epoch_data_key(e, &((const struct ue_conf *)s->conf)->base.variant, DIR_UL);
    struct msg *m;

    if (!step_on(s, SW_DATA_ACK)) {
        return;
    }
    m = fx_send(s->fx, ROLE_EESE, MSG_DACK);
    m->sid = e->sid;
    protect_seal(m, &k, DIR_UL, s->ev->msg->ctr, NULL, 0);
}
