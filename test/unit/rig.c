#include "test/unit/rig.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "common/wire/codec.h"

#include <check.h>
#include <string.h>

const struct machine *const rig_machine[RIG_ROLES] = {
    [ROLE_HSS] = &hss_machine,
    [ROLE_EMSE] = &emse_machine,
    [ROLE_EESE] = &eese_machine,
    [ROLE_UE] = &ue_machine,
};

/* ---- the parts of one role ---- */

void *rig_ctx(struct rig *r, enum role role)
{
    void *const ctx[RIG_ROLES] = {&r->hss, &r->emse, &r->eese, &r->ue};

    return ctx[role];
}

void *rig_saved(struct rig *r, enum role role)
{
    void *const saved[RIG_ROLES] = {&r->saved_hss, &r->saved_emse, &r->saved_eese, &r->saved_ue};

    return saved[role];
}

struct machine_conf *rig_conf(struct rig *r, enum role role)
{
    struct machine_conf *const conf[RIG_ROLES] = {&r->hss_conf.base, &r->emse_conf.base,
                                                  &r->eese_conf.base, &r->ue_conf.base};

    return conf[role];
}

static const struct fsm *fsm_of(struct rig *r, enum role role)
{
    return rig_machine[role]->fsm(rig_conf(r, role)->variant.variant);
}

static struct shown shown_of(const struct rig *r, enum role role)
{
    const void *const ctx[RIG_ROLES] = {&r->hss, &r->emse, &r->eese, &r->ue};
    struct shown s = {0};

    rig_machine[role]->show(ctx[role], &s);
    return s;
}

const char *rig_state(const struct rig *r, enum role role)
{
    return rig_machine[role]->fsm(VARIANT_HARDENED)->state_names[shown_of(r, role).state];
}

uint32_t rig_epoch(const struct rig *r, enum role role)
{
    return shown_of(r, role).epoch;
}

uint32_t rig_fp(const struct rig *r, enum role role)
{
    return shown_of(r, role).fp;
}

/* ---- what every step must keep ---- */

static void eese_is_consistent(const struct rig *r)
{
    static const struct {
        const char *state;
        bool cur, next;
    } keys[] = {{"NO_KEY", false, false},   {"FIRST", false, true},   {"VALID", true, false},
                {"VALID_NEXT", true, true}, {"EXPIRED", true, false}, {"EXPIRED_NEXT", true, true}};

    ck_assert_str_eq(keys[r->eese.state].state, rig_state(r, ROLE_EESE));
    ck_assert_int_eq(r->eese.cur.have, keys[r->eese.state].cur);
    ck_assert_int_eq(r->eese.next.have, keys[r->eese.state].next);
    ck_assert_uint_le(r->eese.queued, EESE_QUEUE_MAX);
}

static void emse_is_consistent(const struct rig *r)
{
    static const char *const states[] = {"DETACHED", "AV",  "CHAL", "IDLE",
                                         "RAND",     "FWD", "PUSH", "CONF"};
    bool pending = r->emse.state >= 4;

    ck_assert_str_eq(states[r->emse.state], rig_state(r, ROLE_EMSE));
    ck_assert_int_eq(r->emse.has_pending, pending);
    ck_assert(r->emse.state < 3 || r->emse.root.g != 0);
}

static void ue_is_consistent(const struct rig *r)
{
    bool keyed = strcmp(rig_state(r, ROLE_UE), "DETACHED") != 0 &&
                 strcmp(rig_state(r, ROLE_UE), "ATTACHING") != 0;

    ck_assert(!keyed || (r->ue.cur.have && r->ue.root.g != 0));
    ck_assert_uint_le(r->ue.queued, OUTBOX_MAX);
}

static void is_consistent(const struct rig *r, enum role role)
{
    static void (*const check[RIG_ROLES])(const struct rig *) = {[ROLE_EMSE] = emse_is_consistent,
                                                                 [ROLE_EESE] = eese_is_consistent,
                                                                 [ROLE_UE] = ue_is_consistent};

    if (check[role] != NULL) {
        check[role](r);
    }
}

/* ---- effects ---- */

static void fly(struct rig *r, enum role from, enum role to, const struct msg *m, int number)
{
    ck_assert_uint_lt(r->flying, RIG_WIRE_MAX);
    r->wire[r->flying++] = (struct rig_flight){.from = from, .to = to, .msg = *m, .number = number};
}

static void take_send(struct rig *r, enum role role, const struct fx_send *s)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len;
    int number = (int)r->sent++;

    ck_assert_msg(codec_encode(&s->msg, role, s->to, octets, &len) == ERR_OK,
                  "%s cannot be encoded", msg_name(s->msg.type));
    r->messages[s->msg.type]++;
    for (unsigned i = 0; i < RIG_LOSSES_MAX; i++) {
        if (r->lose[i] == number) {
            return;
        }
    }
    fly(r, role, s->to, &s->msg, number);
    if (r->twice == number) {
        fly(r, role, s->to, &s->msg, number);
    }
}

static void take_effect(struct rig *r, enum role role, const struct effect *e)
{
    switch (e->kind) {
    case FX_SEND: take_send(r, role, &e->u.send); break;
    case FX_ARM: r->due_us[role][e->u.timer.id] = e->u.timer.at_us; break;
    case FX_DISARM: r->due_us[role][e->u.timer.id] = 0; break;
    case FX_SAVE:
        memcpy(rig_saved(r, role), rig_ctx(r, role), rig_machine[role]->ctx_size);
        r->has_saved[role] = true;
        break;
    case FX_DELIVER:
    case FX_REPORT:
        ck_assert_uint_lt(r->data_count, RIG_DATA_MAX);
        r->data[r->data_count++] = (struct rig_data){.at = role, .data = e->u.data};
        break;
    case FX_NOTE: r->notes[e->u.note.note]++; break;
    case FX_BIND: break;
    }
}

static void step(struct rig *r, enum role role, struct event *ev)
{
    static uint8_t before[sizeof(struct ue) + sizeof(struct eese_ue)];
    const struct machine *m = rig_machine[role];
    const struct fsm *fsm = fsm_of(r, role);

    ENSURE(m->ctx_size <= sizeof before);
    memcpy(before, rig_ctx(r, role), m->ctx_size);
    ev->now_us = r->now_us;
    prng_fill(prng_key(prng_key(7, role), r->draws[role]), ev->entropy, sizeof ev->entropy);
    effects_reset(&r->fx);
    m->step(rig_conf(r, role), rig_ctx(r, role), ev, &r->fx);
    r->draws[role] += r->fx.entropy_used;
    if (r->fx.stepped) {
        r->hit[role][r->fx.row - fsm->rows] = true;
        ck_assert_uint_eq(shown_of(r, role).state, r->fx.row->next);
    } else {
        ck_assert_mem_eq(before, rig_ctx(r, role), m->ctx_size);
        ck_assert_uint_eq(r->fx.list[r->fx.count - 1].u.note.note, NOTE_UNEXPECTED);
        for (unsigned i = 0; i < r->fx.count; i++) {
            ck_assert_int_eq(r->fx.list[i].kind, FX_NOTE);
        }
    }
    is_consistent(r, role);
    for (unsigned i = 0; i < r->fx.count; i++) {
        take_effect(r, role, &r->fx.list[i]);
    }
    if (r->crash_at != RIG_NEVER && (int)r->sent > r->crash_at) {
        r->crash_at = RIG_NEVER;
        rig_crash(r, r->crash_role);
    }
}

/* ---- orders ---- */

static void give(struct rig *r, enum role role, const struct order *o)
{
    struct event ev = {.input = IN_ORDER, .order = o};

    step(r, role, &ev);
}

void rig_order(struct rig *r, enum role role, enum order_kind kind)
{
    struct order o = {.kind = kind};

    give(r, role, &o);
}

void rig_boot(struct rig *r, enum role role)
{
    struct order o = {.kind = ORDER_START, .clock_lost = true};

    give(r, role, &o);
}

void rig_send(struct rig *r, enum role role, const char *text)
{
    struct order o = {.kind = ORDER_SEND, .len = (uint16_t)strlen(text)};

    memcpy(o.payload, text, o.len);
    give(r, role, &o);
}

void rig_move(struct rig *r, uint8_t mcc_digit)
{
    struct order o = {.kind = ORDER_MOVE, .plmn = {0x00, 0xf0, mcc_digit}};

    give(r, ROLE_UE, &o);
}

void rig_policy(struct rig *r, const struct profile *p)
{
    struct order o = {.kind = ORDER_POLICY, .profile = *p};

    give(r, ROLE_HSS, &o);
}

/* ---- the wire ---- */

/* The place of the first message of that type; |flying| when there is none. */
static unsigned find(const struct rig *r, enum msg_type type)
{
    unsigned i = 0;

    while (i < r->flying && r->wire[i].msg.type != type) {
        i++;
    }
    return i;
}

bool rig_flies(const struct rig *r, enum msg_type type)
{
    return find(r, type) < r->flying;
}

static struct rig_flight *must_find(struct rig *r, enum msg_type type)
{
    unsigned i = find(r, type);

    ck_assert_msg(i < r->flying, "no %s in flight", msg_name(type));
    return &r->wire[i];
}

static struct rig_flight take_out(struct rig *r, struct rig_flight *f)
{
    struct rig_flight out = *f;
    unsigned i = (unsigned)(f - r->wire);

    r->flying--;
    memmove(f, f + 1, (r->flying - i) * sizeof *f);
    return out;
}

struct msg *rig_peek(struct rig *r, enum msg_type type)
{
    return &must_find(r, type)->msg;
}

struct msg rig_take(struct rig *r, enum msg_type type)
{
    return take_out(r, must_find(r, type)).msg;
}

void rig_inject(struct rig *r, enum role from, enum role to, const struct msg *m)
{
    struct event ev = {.input = IN_MSG, .from = from, .msg = m};

    step(r, to, &ev);
}

/* Does the message find the context, as a node would look for it? */
static bool is_routed(struct rig *r, const struct rig_flight *f)
{
    struct route route = {.by = ROUTE_NONE};
    struct handles h = {.xid = 0};
    bool found = false;

    rig_machine[f->to]->route(&f->msg, f->from, &route);
    rig_machine[f->to]->handles(rig_ctx(r, f->to), &h);
    if (route.by == ROUTE_UE) {
        return ident_equal(&route.ue, &r->ue.imsi);
    }
    if (route.by == ROUTE_XID) {
        return route.number != 0 && route.number == h.xid;
    }
    for (unsigned i = 0; i < HANDLES_MAX && route.by == ROUTE_SID; i++) {
        found = found || (route.number != 0 && route.number == h.sid[i]);
    }
    return found;
}

static void deliver(struct rig *r, const struct rig_flight *f)
{
    if (f->to == ROLE_VN) {
        return; /* it ends there */
    }
    if (is_routed(r, f)) {
        rig_inject(r, f->from, f->to, &f->msg);
    } else {
        r->unrouted++;
    }
}

void rig_deliver(struct rig *r, enum msg_type type)
{
    struct rig_flight f = take_out(r, must_find(r, type));

    deliver(r, &f);
}

void rig_double(struct rig *r, enum msg_type type)
{
    struct rig_flight f = *must_find(r, type);

    deliver(r, &f);
}

void rig_drop(struct rig *r, enum msg_type type)
{
    (void)rig_take(r, type);
}

/* The next to arrive: the oldest, but the one that is |late| lets all others pass. */
static void deliver_next(struct rig *r)
{
    bool overtaken = r->late != RIG_NEVER && r->wire[0].number == r->late && r->flying > 1;
    struct rig_flight f = take_out(r, &r->wire[overtaken ? 1 : 0]);

    deliver(r, &f);
}

void rig_run(struct rig *r)
{
    for (unsigned i = 0; r->flying > 0; i++) {
        ck_assert_msg(i < 1000, "messages breed messages");
        deliver_next(r);
    }
}

void rig_plan(struct rig *r)
{
    r->sent = 0;
    r->twice = RIG_NEVER;
    r->late = RIG_NEVER;
    r->late_timers = 0;
    r->crash_at = RIG_NEVER;
    for (unsigned i = 0; i < RIG_LOSSES_MAX; i++) {
        r->lose[i] = RIG_NEVER;
    }
}

/* ---- time ---- */

bool rig_armed(const struct rig *r, enum role role, enum timer_id id)
{
    return r->due_us[role][id] != 0;
}

void rig_fire(struct rig *r, enum role role, enum timer_id id)
{
    struct event ev = {.input = IN_TIMER, .timer = id};

    ck_assert_msg(rig_armed(r, role, id), "%s %s does not run", role_name(role),
                  timer_info[id].name);
    if (r->due_us[role][id] > r->now_us) {
        r->now_us = r->due_us[role][id];
    }
    r->due_us[role][id] = 0;
    step(r, role, &ev);
}

static bool is_background(enum timer_id id)
{
    return id == TIMER_TE2E || id == TIMER_SOFT || id == TIMER_OVERLAP;
}

/* Fires the earliest timer. False when only those are left that run for ever. */
static bool fire_next(struct rig *r)
{
    enum role role = ROLE_COUNT;
    enum timer_id id = TIMER_COUNT;
    bool waits = false;

    for (unsigned i = 0; i < RIG_ROLES; i++) {
        for (unsigned t = 0; t < TIMER_COUNT; t++) {
            uint64_t due = r->due_us[i][t];

            waits = waits || (due != 0 && !is_background((enum timer_id)t));
            if (due != 0 && (role == ROLE_COUNT || due < r->due_us[role][id])) {
                role = (enum role)i;
                id = (enum timer_id)t;
            }
        }
    }
    if (!waits) {
        return false;
    }
    rig_fire(r, role, id);
    return true;
}

void rig_settle(struct rig *r, unsigned steps)
{
    for (unsigned i = 0;; i++) {
        ck_assert_msg(i < steps, "no rest after %u steps: HSS %s EMSE %s EESE %s UE %s", steps,
                      rig_state(r, ROLE_HSS), rig_state(r, ROLE_EMSE), rig_state(r, ROLE_EESE),
                      rig_state(r, ROLE_UE));
        bool waits = r->flying == 1 && r->wire[0].number == r->late && r->late_timers > 0;

        if (waits && fire_next(r)) {
            r->late_timers--;
        } else if (r->flying > 0) {
            deliver_next(r);
        } else if (!fire_next(r)) {
            return;
        }
    }
}
