/* The application messages of a run: ordered, taken or refused by their sender, delivered,
 * acknowledged. A message is known by its content, for the trace does not show which number an
 * order gets: of equal ones the first that is not delivered counts as delivered. */
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

#include <stdlib.h>

/* Two entries of the dictionary for each content. */
enum which { FIRST_OPEN, LAST };

static uint32_t *content(struct watch *w, unsigned side, uint64_t payload, enum which which)
{
    return dict_at(&w->contents, watch_key(w->at, w, payload, side << 1 | which));
}

static void messages_lost(struct watch_outbox *b)
{
    b->unsure = true;
    b->may_again = true;
}

/* Puts the new message behind those with the same content. */
static void link_up(struct watch *w, unsigned side, uint32_t i)
{
    struct watch_outbox *b = &w->at->outbox[side];
    uint32_t *last = content(w, side, b->list[i].payload, LAST);
    uint32_t *first;

    if (last == NULL) {
        messages_lost(b);
        return;
    }
    if (*last != 0) {
        b->list[*last - 1].next = i + 1;
    }
    *last = i + 1;
    first = content(w, side, b->list[i].payload, FIRST_OPEN);
    if (first == NULL) {
        messages_lost(b);
    } else if (*first == 0) {
        *first = i + 1;
    }
}

static void take_order(struct watch *w, const struct trace_event *e)
{
    const unsigned side = watch_side(e->u.order.role);
    struct watch_outbox *b = &w->at->outbox[side];

    if (e->u.order.kind != ORDER_SEND) {
        return; /* one for a process that is dead waits until it lives again */
    }
    if (b->count == b->cap) {
        const uint32_t cap = b->cap == 0 ? 8 : 2 * b->cap;
        struct watch_message *list = realloc(b->list, cap * sizeof *list);

        if (list == NULL) {
            messages_lost(b);
            return;
        }
        b->list = list;
        b->cap = cap;
    }
    b->list[b->count++] =
        (struct watch_message){.event = w->event,
                               .t_us = e->t_us,
                               .payload = watch_hash(e->u.order.payload, e->u.order.len)};
    link_up(w, side, b->count - 1);
}

/* The sender's answer to the order: it takes the message, or refuses it aloud. */
static void take_answer(struct watch_outbox *b, const struct occur *o)
{
    if (b->taken < b->count) {
        b->list[b->taken].refused = strcmp(o->action, "refuse_message") == 0;
        b->accepted += !b->list[b->taken].refused;
        b->taken++;
    }
}

/* Where nothing is acknowledged a UE has nothing left to do for what it has sent, but for the last
 * one if the error comes: that one it sends again with the next key. */
static void let_go_at_ue(struct watch_outbox *b, const struct occur *o)
{
    const unsigned was = watch_is(ROLE_UE, o->state);
    const unsigned is = watch_is(ROLE_UE, o->next);

    if ((is & IS_READY) != 0 ||
        ((is & IS_ATTACHED) == 0 && o->has_epoch && strcmp(o->action, "send_message") == 0)) {
        b->gone = b->taken;
    } else if ((is & IS_WAITING) != 0 && (was & IS_WAITING) == 0) {
        while (b->gone > 0 && b->list[--b->gone].refused) {
        }
    }
}

static void take_step(struct watch *w, const struct occur *o)
{
    struct watch_outbox *b = &w->at->outbox[watch_side(o->role)];

    if (strncmp(o->event, "APP_SEND", strlen("APP_SEND")) == 0) {
        take_answer(b, o);
    }
    if (w->acks) {
        return;
    }
    if (o->role == ROLE_UE) {
        let_go_at_ue(b, o);
    } else if ((watch_is(ROLE_EESE, o->next) & IS_VALID) != 0) {
        b->gone = b->taken;
    }
}

static void take_delivery(struct watch *w, const struct occur *o)
{
    const unsigned side = o->role == ROLE_UE ? AT_EESE : AT_UE;
    struct watch_outbox *b = &w->at->outbox[side];
    const uint64_t payload = watch_hash(o->payload, o->len);
    const uint32_t *last = content(w, side, payload, LAST);
    uint32_t *first;

    if (last == NULL || *last == 0) {
        return; /* nobody has ordered it */
    }
    first = content(w, side, payload, FIRST_OPEN);
    if (first == NULL) {
        return;
    }
    while (*first != 0 && b->list[*first - 1].refused) {
        *first = b->list[*first - 1].next;
    }
    if (*first == 0) {
        w->again = !b->may_again;
        return;
    }
    b->list[*first - 1].delivered = true;
    *first = b->list[*first - 1].next;
}

/* Who seals with a stolen key may say what the owner says. */
static void take_forgery(struct watch *w, const struct trace_msg *m)
{
    const struct scn_fault *f = watch_fault(w, m->line);

    if (f != NULL && f->kind == FAULT_FORGE && f->forged.seals &&
        (m->type == MSG_DATA_UL || m->type == MSG_DATA_DL)) {
        w->at->outbox[watch_side(m->from)].may_again = true;
    }
}

static void take_occur(struct watch *w, const struct occur *o)
{
    if (w->at == NULL || (o->role != ROLE_UE && o->role != ROLE_EESE)) {
        return;
    }
    if (o->kind == OCCUR_STEP) {
        take_step(w, o);
    } else if (o->kind == OCCUR_DELIVER) {
        take_delivery(w, o);
    } else if (o->kind == OCCUR_NOTE && o->note == NOTE_ACKED) {
        w->at->outbox[watch_side(o->role)].acked++;
        if (o->role == ROLE_UE) {
            numbers_enter(&w->at->acked, (uint32_t)o->value);
        }
    }
}

/* Orders that a process has not answered before it died die with it. What it finds of its durable
 * state when it starts again may lack messages, or the memory of what it had delivered. */
static void take_process(struct watch *w, const struct trace_event *e)
{
    const unsigned side = watch_side(e->u.process.role);

    for (unsigned i = 0; i < w->count; i++) {
        struct watch_ue *ue = &w->ue[i];

        if (e->u.process.what == PROCESS_DIES) {
            for (uint32_t k = ue->outbox[side].taken; k < ue->outbox[side].count; k++) {
                ue->outbox[side].list[k].refused = true;
            }
            ue->outbox[side].taken = ue->outbox[side].count;
        } else if (e->u.process.what == PROCESS_STARTS && e->u.process.left != LEFT_ALL) {
            ue->outbox[side].unsure = true;
            ue->outbox[side].may_again = true; /* it may have open again what was delivered */
            ue->outbox[side == AT_UE ? AT_EESE : AT_UE].may_again = true;
            numbers_free(&ue->redelivered[side]);
            if (side == AT_UE) {
                numbers_free(&ue->acked); /* it may have them open again */
            }
        }
    }
}

void messages_event(struct watch *w, const struct trace_event *e)
{
    if (e->kind == TRACE_ORDER && w->at != NULL &&
        (e->u.order.role == ROLE_UE || e->u.order.role == ROLE_EESE)) {
        take_order(w, e);
    } else if (e->kind == TRACE_MSG && w->at != NULL && e->u.msg.fate == FATE_INJECTED) {
        take_forgery(w, &e->u.msg);
    } else if (e->kind == TRACE_OCCUR) {
        take_occur(w, &e->u.occur);
    } else if (e->kind == TRACE_PROCESS &&
               (e->u.process.role == ROLE_UE || e->u.process.role == ROLE_EESE)) {
        take_process(w, e);
    }
}

/* A sender that has died may have taken note of an acknowledgement before, and not told it: what
 * was delivered counts as acknowledged then. */
uint32_t messages_open(const struct watch *w, const struct watch_ue *ue, unsigned side)
{
    const struct watch_outbox *b = &ue->outbox[side];
    uint32_t open = 0;

    if (b->unsure) {
        return 0;
    }
    if (w->acks && !w->process[side == AT_UE ? ROLE_UE : ROLE_EESE].died) {
        return b->accepted > b->acked ? b->accepted - b->acked : 0;
    }
    for (uint32_t i = w->acks ? 0 : b->gone; i < b->taken; i++) {
        open += !b->list[i].refused && !(w->acks && b->list[i].delivered);
    }
    return open;
}

bool messages_may_be_open(const struct watch *w, const struct watch_ue *ue, unsigned side)
{
    const struct watch_outbox *b = &ue->outbox[side];

    return b->unsure || (w->acks ? b->accepted > b->acked : messages_open(w, ue, side) > 0);
}

void messages_free(struct watch_ue *ue)
{
    for (unsigned side = 0; side < WATCH_SIDES; side++) {
        free(ue->outbox[side].list);
        numbers_free(&ue->delivered[side]);
        numbers_free(&ue->redelivered[side]);
    }
    numbers_free(&ue->acked);
}
