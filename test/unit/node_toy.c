#include "test/unit/node_toy.h"

#include "common/base/ensure.h"
#include "common/wire/codec.h"
#include "test/unit/wire_sample.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

struct toy_plan toy_plan;
struct toy_seen toy_seen;

static struct machine_conf toy_conf;

static void toy_act(struct step *s)
{
    for (unsigned i = 0; i < toy_plan.fx.count; i++) {
        s->fx->list[s->fx->count++] = toy_plan.fx.list[i];
    }
}

static const char *const toy_states[] = {"IDLE", "BUSY"};
static const char *const toy_events[] = {"KNOCK", "NOISE"};
static const struct fsm_row toy_rows[] = {
    {0, 0, 1, GAP_ATTACH, toy_act, "answer"},
    {1, 0, 1, C_6X23_4, toy_act, "go_on"},
};
static const struct fsm toy_table = {"toy", toy_rows, 2, toy_states, 2, toy_events, 2};

static void toy_init(const void *conf, void *ctx, const struct ident *ue, uint32_t slot)
{
    struct toy *t = ctx;

    ck_assert_ptr_eq(conf, &toy_conf);
    ck_assert(bytes_all_zero(t, sizeof *t));
    t->ue = *ue;
    t->slot = slot;
}

static void toy_step(const void *conf, void *ctx, const struct event *ev, struct effects *fx)
{
    struct toy *t = ctx;
    struct step s = {.conf = conf, .ctx = ctx, .ev = ev, .fx = fx, .found = NULL};

    ck_assert_uint_eq(ev->slot, t->slot);
    t->steps++;
    t->input = ev->input;
    t->timer = ev->timer;
    t->now_us = ev->now_us;
    t->entropy = ev->entropy[0];
    t->handles = toy_plan.handles;
    t->kept = toy_plan.keeps;
    fx->entropy_used = toy_plan.draws;
    fsm_step(&toy_table, &t->state, toy_plan.expected ? 0 : 1, &s);
}

static void toy_route(const struct msg *m, enum role from, struct route *out)
{
    if (m->type == MSG_ATTACH_REQ) {
        out->by = ROUTE_UE;
        out->ue = m->u.attach_req.ue;
        out->may_create = true;
    } else if (m->type == MSG_AKA_RESP) {
        out->by = ROUTE_XID;
        out->number = m->u.aka_resp.xid;
    } else if (from == ROLE_HSS) {
        out->by = ROUTE_UE;
        out->ue = m->u.av_rsp.ue;
    } else {
        out->by = ROUTE_SID;
        out->number = m->sid;
    }
}

static void toy_handles(const void *ctx, struct handles *out)
{
    *out = ((const struct toy *)ctx)->handles;
}

static void toy_show(const void *ctx, struct shown *out)
{
    const struct toy *t = ctx;

    out->state = t->state;
    out->has_epoch = t->steps > 1;
    out->epoch = t->steps;
    out->fp = t->steps > 1 ? 0xabcd : 0;
}

static bool toy_disposable(const void *ctx)
{
    return !((const struct toy *)ctx)->kept;
}

static const struct fsm *toy_fsm(enum variant v)
{
    ck_assert_int_eq(v, VARIANT_HARDENED);
    return &toy_table;
}

const struct machine toy_machine = {
    .role = ROLE_EMSE,
    .ctx_size = sizeof(struct toy),
    .init = toy_init,
    .step = toy_step,
    .route = toy_route,
    .handles = toy_handles,
    .show = toy_show,
    .disposable = toy_disposable,
    .fsm = toy_fsm,
};

static void word(const char *text)
{
    size_t len = strlen(toy_seen.words);
    int n = snprintf(toy_seen.words + len, sizeof toy_seen.words - len, "%s ", text);

    ck_assert(n >= 0 && (size_t)n < sizeof toy_seen.words - len);
}

static void on_send(void *arg, enum role to, const struct node_addr *addr, const struct ident *ue,
                    const uint8_t *octets, size_t len)
{
    struct msg m;

    ck_assert_ptr_eq(arg, &toy_seen);
    ck_assert_uint_gt(ue->len, 0);
    ck_assert_int_eq(codec_decode(octets, len, ROLE_EMSE, to, &m), ERR_OK);
    toy_seen.addr = *addr;
    word(msg_name(m.type));
}

static void on_occur(void *arg, const struct occur *o)
{
    static const char *const names[] = {"step", "deliver", "report", "note", "refused"};

    ck_assert_ptr_eq(arg, &toy_seen);
    ck_assert_int_eq(o->role, ROLE_EMSE);
    toy_seen.occur = *o;
    word(names[o->kind]);
    if (o->kind == OCCUR_STEP) {
        toy_seen.stepped[toy_seen.steps++ % COUNT_OF(toy_seen.stepped)] = o->ue.s[o->ue.len - 1];
    }
}

static void on_entropy(void *arg, const struct ident *ue, uint64_t draw, uint8_t out[ENTROPY_LEN])
{
    ck_assert_ptr_eq(arg, &toy_seen);
    ck_assert_uint_gt(ue->len, 0);
    memset(out, (int)draw + 1, ENTROPY_LEN);
    toy_seen.draw = draw;
}

static void on_save(void *arg, const struct node_record *record)
{
    const struct toy *t = record->ctx;

    ck_assert_ptr_eq(arg, &toy_seen);
    ck_assert(ident_equal(&t->ue, &record->ue));
    ck_assert_uint_eq(t->slot, record->slot);
    toy_seen.saved++;
    word("save");
}

struct node *toy_node(uint32_t max)
{
    static const struct node_hooks hooks = {&toy_seen, on_send, on_occur, on_entropy, on_save};
    struct node *n;

    memset(&toy_plan, 0, sizeof toy_plan);
    memset(&toy_seen, 0, sizeof toy_seen);
    toy_plan.expected = true;
    toy_conf.variant = variant_default(VARIANT_HARDENED);
    n = node_new(&toy_machine, &toy_conf, max, &hooks);
    ck_assert_ptr_nonnull(n);
    return n;
}

struct ident toy_ue(unsigned i)
{
    struct ident ue;
    char text[24];

    snprintf(text, sizeof text, "0010100000%05u", i);
    memset(&ue, 0, sizeof ue);
    ck_assert_int_eq(ident_set(&ue, text), ERR_OK);
    return ue;
}

const struct toy *toy_find(const struct node *n, unsigned i)
{
    struct ident ue = toy_ue(i);

    return node_find(n, &ue);
}

struct node_addr toy_port(uint8_t p)
{
    return (struct node_addr){.len = 2, .octets = {10, p}};
}

void toy_deliver(struct node *n, uint64_t now_us, enum role from, uint8_t p, const struct msg *m)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len;
    struct node_addr addr = toy_port(p);

    ck_assert_int_eq(codec_encode(m, from, ROLE_EMSE, octets, &len), ERR_OK);
    node_datagram(n, now_us, from, &addr, octets, len);
}

void toy_attach(struct node *n, uint64_t now_us, unsigned ue, uint8_t p)
{
    struct msg m;

    wire_sample(&m, MSG_ATTACH_REQ, ROLE_UE, ROLE_EMSE, 1);
    m.u.attach_req.ue = toy_ue(ue);
    toy_deliver(n, now_us, ROLE_UE, p, &m);
}

void toy_aka_resp(struct node *n, uint32_t xid, uint8_t p)
{
    struct msg m;

    wire_sample(&m, MSG_AKA_RESP, ROLE_UE, ROLE_EMSE, 1);
    m.u.aka_resp.xid = xid;
    toy_deliver(n, 0, ROLE_UE, p, &m);
}

void toy_sync(struct node *n, uint32_t sid)
{
    struct msg m;

    wire_sample(&m, MSG_SYNC, ROLE_UE, ROLE_EMSE, 1);
    m.sid = sid;
    toy_deliver(n, 0, ROLE_UE, 1, &m);
}

void toy_plan_nothing(void)
{
    effects_reset(&toy_plan.fx);
    memset(&toy_plan.handles, 0, sizeof toy_plan.handles);
}

void toy_plan_status(bool reply)
{
    struct msg *m = reply ? fx_reply(&toy_plan.fx, ROLE_UE, MSG_STATUS)
                          : fx_send(&toy_plan.fx, ROLE_UE, MSG_STATUS);

    m->sid = 1;
}
