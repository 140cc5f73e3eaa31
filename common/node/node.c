#include "common/node/node.h"

#include "common/base/ensure.h"
#include "common/node/agenda.h"
#include "common/node/table.h"
#include "common/wire/codec.h"

#include <stdlib.h>
#include <string.h>

struct node {
    struct table table;
    struct agenda agenda;
    struct node_hooks hooks;
    struct node_counters counters;
    uint64_t now_us;
    const struct order *start; /* for those that are dormant */
    uint32_t started;          /* slots below have had it */
    bool busy;                 /* a hook must not call back into its node */
    struct effects fx;
    struct occur occur;
};

static const struct node_addr nowhere;

struct node *node_new(const struct machine *m, const void *conf, uint32_t contexts_max,
                      const struct node_hooks *hooks)
{
    struct node *n = calloc(1, sizeof *n);

    ENSURE(hooks->send != NULL && hooks->occur != NULL && hooks->entropy != NULL);
    if (n == NULL) {
        return NULL;
    }
    n->hooks = *hooks;
    if (!table_init(&n->table, m, conf, contexts_max) || !agenda_init(&n->agenda, contexts_max)) {
        node_free(n);
        return NULL;
    }
    return n;
}

void node_free(struct node *n)
{
    if (n == NULL) {
        return;
    }
    agenda_free(&n->agenda);
    table_free(&n->table);
    free(n);
}

void *node_context(struct node *n, const struct ident *ue)
{
    uint32_t slot = table_find_ue(&n->table, ue);

    if (slot == TABLE_NONE) {
        slot = table_add(&n->table, ue);
    }
    return slot == TABLE_NONE ? NULL : table_context(&n->table, slot);
}

const void *node_find(const struct node *n, const struct ident *ue)
{
    uint32_t slot = table_find_ue(&n->table, ue);

    return slot == TABLE_NONE ? NULL : table_context(&n->table, slot);
}

/* Empties the one struct occur and fills in what all kinds share. */
static struct occur *new_occur(struct node *n, enum occur_kind kind, const struct ident *ue)
{
    struct occur *o = &n->occur;

    memset(o, 0, sizeof *o);
    o->kind = kind;
    o->role = n->table.machine->role;
    o->t_us = n->now_us;
    if (ue != NULL) {
        o->ue = *ue;
    }
    return o;
}

static void tell(struct node *n)
{
    n->hooks.occur(n->hooks.arg, &n->occur);
}

static void set_name(char out[OCCUR_NAME_MAX + 1], const char *name)
{
    size_t len = strlen(name);

    ENSURE(len <= OCCUR_NAME_MAX);
    memcpy(out, name, len + 1);
}

static void tell_step(struct node *n, uint32_t slot)
{
    const struct machine_conf *conf = n->table.conf;
    const struct fsm *fsm = n->table.machine->fsm(conf->variant.variant);
    const struct fsm_row *row = n->fx.row;
    struct occur *o = new_occur(n, OCCUR_STEP, &n->table.slots[slot].ue);
    struct shown shown;

    memset(&shown, 0, sizeof shown);
    n->table.machine->show(table_context(&n->table, slot), &shown);
    set_name(o->state, fsm->state_names[n->fx.before]);
    set_name(o->event, fsm->event_names[n->fx.event]);
    set_name(o->next, fsm->state_names[row->next]);
    set_name(o->action, row->act_name);
    o->clause = (enum clause)row->clause;
    o->has_epoch = shown.has_epoch;
    o->epoch = shown.has_epoch ? shown.epoch : 0;
    o->fp = shown.fp;
    tell(n);
}

static void tell_data(struct node *n, uint32_t slot, enum occur_kind kind, const struct fx_data *d)
{
    struct occur *o = new_occur(n, kind, &n->table.slots[slot].ue);

    o->from = d->from;
    o->has_epoch = true;
    o->epoch = d->n;
    o->ctr = d->ctr;
    o->verdict = d->verdict;
    if (kind == OCCUR_DELIVER) {
        o->len = d->len;
        memcpy(o->payload, d->payload, d->len);
    }
    tell(n);
}

static void tell_note(struct node *n, uint32_t slot, const struct fx_note *note)
{
    struct occur *o = new_occur(n, OCCUR_NOTE, &n->table.slots[slot].ue);

    o->note = note->note;
    o->value = note->value;
    o->more = note->more;
    tell(n);
}

static void tell_refused(struct node *n, enum role from, enum err err, size_t len)
{
    struct occur *o = new_occur(n, OCCUR_REFUSED, NULL);

    o->from = from;
    o->err = err;
    o->len = len > UINT16_MAX ? UINT16_MAX : (uint16_t)len;
    tell(n);
}

/* A step whose effects are being carried out. |source| is NULL when no datagram caused it. */
struct outcome {
    struct node *n;
    uint32_t slot;
    const struct node_addr *source;
    bool from_ue;
};

static void do_send(const struct outcome *s, const struct effect *e)
{
    const struct fx_send *send = &e->u.send;
    const struct node_addr *addr = &nowhere;
    struct node *n = s->n;
    uint8_t octets[DATAGRAM_MAX];
    size_t len = 0;

    if (send->to_source && s->source != NULL) {
        addr = s->source;
    } else if (send->to == ROLE_UE) {
        addr = &n->table.slots[s->slot].addr;
    }
    /* A core fills in only what it has decoded, derived or been configured with. */
    ENSURE(codec_encode(&send->msg, n->table.machine->role, send->to, octets, &len) == ERR_OK);
    n->counters.sent++;
    n->hooks.send(n->hooks.arg, send->to, addr, &n->table.slots[s->slot].ue, octets, len);
}

static void do_arm(const struct outcome *s, const struct effect *e)
{
    uint64_t now_us = s->n->now_us;
    uint64_t at_us = e->u.timer.at_us;

    agenda_arm(&s->n->agenda, s->slot, e->u.timer.id, at_us > now_us ? at_us : now_us);
}

static void do_disarm(const struct outcome *s, const struct effect *e)
{
    agenda_disarm(&s->n->agenda, s->slot, e->u.timer.id);
}

static void do_save(const struct outcome *s, const struct effect *e)
{
    struct node *n = s->n;

    (void)e;
    if (n->hooks.save != NULL) {
        const struct node_record record = {.ue = n->table.slots[s->slot].ue,
                                           .slot = s->slot,
                                           .addr = n->table.slots[s->slot].addr,
                                           .ctx = table_context(&n->table, s->slot)};

        n->hooks.save(n->hooks.arg, &record);
    }
}

/* The literal text names nothing that is to be durable, so all is kept; of strangers nothing. */
static void save_literal(const struct outcome *s)
{
    const struct machine_conf *conf = s->n->table.conf;

    if (conf->variant.variant == VARIANT_LITERAL && s->n->fx.stepped &&
        !s->n->table.machine->disposable(table_context(&s->n->table, s->slot))) {
        do_save(s, NULL);
    }
}

static void bind(const struct outcome *s)
{
    for (unsigned i = 0; s->from_ue && i < s->n->fx.count; i++) {
        if (s->n->fx.list[i].kind == FX_BIND) {
            s->n->table.slots[s->slot].addr = *s->source;
        }
    }
}

static void do_nothing(const struct outcome *s, const struct effect *e)
{
    (void)s; /* a BIND: done before all else */
    (void)e;
}

static void do_deliver(const struct outcome *s, const struct effect *e)
{
    tell_data(s->n, s->slot, OCCUR_DELIVER, &e->u.data);
}

static void do_report(const struct outcome *s, const struct effect *e)
{
    tell_data(s->n, s->slot, OCCUR_REPORT, &e->u.data);
}

static void do_note(const struct outcome *s, const struct effect *e)
{
    tell_note(s->n, s->slot, &e->u.note);
}

static void (*const carry_out[])(const struct outcome *s, const struct effect *e) = {
    [FX_SEND] = do_send,    [FX_ARM] = do_arm,         [FX_DISARM] = do_disarm, [FX_SAVE] = do_save,
    [FX_BIND] = do_nothing, [FX_DELIVER] = do_deliver, [FX_REPORT] = do_report, [FX_NOTE] = do_note,
};

static void run_step(struct node *n, uint32_t slot, struct event *ev,
                     const struct node_addr *source)
{
    struct outcome s = {.n = n, .slot = slot, .source = source};

    s.from_ue = source != NULL && ev->from == ROLE_UE;
    ev->now_us = n->now_us;
    ev->slot = slot;
    n->hooks.entropy(n->hooks.arg, &n->table.slots[slot].ue, n->table.slots[slot].draw,
                     ev->entropy);
    effects_reset(&n->fx);
    n->table.machine->step(n->table.conf, table_context(&n->table, slot), ev, &n->fx);
    bytes_wipe(ev->entropy, sizeof ev->entropy);
    n->counters.steps++;
    if (n->fx.entropy_used) {
        n->table.slots[slot].draw++;
    }
    if (n->fx.stepped) {
        tell_step(n, slot);
    } else {
        n->counters.unexpected++;
    }
    bind(&s); /* first: what is saved and sent of this step goes by it */
    for (unsigned i = 0; i < n->fx.count; i++) {
        carry_out[n->fx.list[i].kind](&s, &n->fx.list[i]);
    }
    save_literal(&s);
    table_reindex(&n->table, slot);
}

static void start(struct node *n, uint32_t slot)
{
    struct event ev;

    n->table.slots[slot].dormant = false;
    memset(&ev, 0, sizeof ev);
    ev.input = IN_ORDER;
    ev.order = n->start;
    run_step(n, slot, &ev, NULL);
}

static void run(struct node *n, uint32_t slot, struct event *ev, const struct node_addr *source)
{
    if (n->table.slots[slot].dormant && n->start != NULL) {
        start(n, slot);
    }
    run_step(n, slot, ev, source);
}

/* The clock of a node never goes back, whatever its driver's does. */
static void enter(struct node *n, uint64_t now_us)
{
    ENSURE(!n->busy);
    n->busy = true;
    if (now_us > n->now_us) {
        n->now_us = now_us;
    }
}

static void leave(struct node *n)
{
    n->busy = false;
}

/* Finds or makes the context a message is for. Returns false, with the reason counted, when there
 * is none. */
static bool route_message(struct node *n, const struct msg *msg, enum role from,
                          const struct node_addr *addr, uint32_t *slot, enum err *why)
{
    struct route route;

    memset(&route, 0, sizeof route);
    n->table.machine->route(msg, from, &route);
    *slot = table_find_route(&n->table, &route, from, addr);
    *why = ERR_UNKNOWN;
    if (*slot == TABLE_NONE && route.by == ROUTE_UE && route.may_create) {
        *slot = table_add_or_reuse(&n->table, &route.ue);
        *why = ERR_NO_ROOM;
        if (*slot != TABLE_NONE) {
            agenda_disarm_all(&n->agenda, *slot); /* the timers of whom it was taken from */
        }
    }
    if (*slot != TABLE_NONE) {
        return true;
    }
    if (*why == ERR_NO_ROOM) {
        n->counters.table_full++;
    } else {
        n->counters.unrouted++;
    }
    return false;
}

static void take_datagram(struct node *n, enum role from, const struct node_addr *addr,
                          const uint8_t *octets, size_t len)
{
    struct msg msg;
    struct event ev;
    uint32_t slot;
    enum err err = codec_decode(octets, len, from, n->table.machine->role, &msg);

    n->counters.datagrams++;
    if (err != ERR_OK) {
        n->counters.refused[err]++;
        tell_refused(n, from, err, len);
        return;
    }
    if (!route_message(n, &msg, from, addr, &slot, &err)) {
        tell_refused(n, from, err, len);
        return;
    }
    memset(&ev, 0, sizeof ev);
    ev.input = IN_MSG;
    ev.from = from;
    ev.msg = &msg;
    run(n, slot, &ev, addr);
}

void node_datagram(struct node *n, uint64_t now_us, enum role from, const struct node_addr *addr,
                   const uint8_t *octets, size_t len)
{
    node_run_timers(n, now_us); /* what is due comes first: nothing is accepted under an expired key
                                 * because its timer was served late */
    enter(n, now_us);
    take_datagram(n, from, addr, octets, len);
    leave(n);
}

enum err node_order(struct node *n, uint64_t now_us, const struct ident *ue, const struct order *o)
{
    uint32_t slot = table_find_ue(&n->table, ue);
    struct event ev;

    if (slot == TABLE_NONE && n->table.machine->orders_create) {
        slot = table_add(&n->table, ue);
    }
    if (slot == TABLE_NONE) {
        return ERR_UNKNOWN;
    }
    enter(n, now_us);
    memset(&ev, 0, sizeof ev);
    ev.input = IN_ORDER;
    ev.order = o;
    run(n, slot, &ev, NULL);
    leave(n);
    return ERR_OK;
}

/* The slot that |record| goes to, with a context in it. */
static enum err restored_slot(struct node *n, const struct node_record *record, uint32_t *out)
{
    uint32_t slot = table_find_ue(&n->table, &record->ue);
    bool provisioned = n->table.machine->restore != NULL;

    if (provisioned && slot == TABLE_NONE) {
        return ERR_UNKNOWN;
    }
    if (!provisioned && record->slot >= n->table.max) {
        return ERR_NO_ROOM;
    }
    if (!provisioned &&
        (slot != TABLE_NONE || !table_add_at(&n->table, &record->ue, record->slot))) {
        return ERR_BAD_FIELD;
    }
    *out = provisioned ? slot : record->slot;
    return ERR_OK;
}

enum err node_restore(struct node *n, const struct node_record *record)
{
    const struct machine *m = n->table.machine;
    uint32_t slot;
    enum err err = ERR_BAD_FIELD;

    if (m->fits == NULL || m->fits(n->table.conf, record->ctx)) {
        err = restored_slot(n, record, &slot);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (m->restore != NULL) {
        m->restore(table_context(&n->table, slot), record->ctx);
    } else {
        memcpy(table_context(&n->table, slot), record->ctx, m->ctx_size);
    }
    n->table.slots[slot].addr = record->addr;
    n->table.slots[slot].dormant = true;
    table_reindex(&n->table, slot);
    return ERR_OK;
}

bool node_resume(struct node *n, uint64_t now_us, const struct order *o, unsigned max)
{
    enter(n, now_us);
    n->start = o;
    for (; max > 0 && n->started < n->table.used; n->started++) {
        if (n->table.slots[n->started].dormant) {
            start(n, n->started);
            max--;
        }
    }
    leave(n);
    return n->started == n->table.used;
}

uint64_t node_deadline(const struct node *n)
{
    return agenda_deadline(&n->agenda);
}

void node_run_timers(struct node *n, uint64_t now_us)
{
    uint64_t armed = n->agenda.armed;

    enter(n, now_us);
    /* Deadlines are never in the past when armed, so what is armed from here on comes after all
     * that is due now. */
    while (agenda_deadline(&n->agenda) <= n->now_us && n->agenda.heap[0].order < armed) {
        struct agenda_entry due = agenda_pop(&n->agenda);
        struct event ev;

        memset(&ev, 0, sizeof ev);
        ev.input = IN_TIMER;
        ev.timer = (enum timer_id)due.timer;
        run(n, due.slot, &ev, NULL);
    }
    leave(n);
}

const struct node_counters *node_counters(const struct node *n)
{
    return &n->counters;
}

const struct machine *node_machine(const struct node *n)
{
    return n->table.machine;
}

uint32_t node_size(const struct node *n)
{
    return n->table.used;
}

const void *node_slot(const struct node *n, uint32_t i, struct ident *ue)
{
    ENSURE(i < n->table.used);
    *ue = n->table.slots[i].ue;
    return table_context(&n->table, i);
}
