#include "test/unit/flows.h"

#include "common/base/ensure.h"

#include <check.h>

static void nothing(struct rig *g)
{
    (void)g;
}

static void attach(struct rig *g)
{
    rig_order(g, ROLE_UE, ORDER_ATTACH);
}

static void attach_and_send(struct rig *g)
{
    attach(g);
    rig_send(g, ROLE_UE, "up");
}

static void attached_and_expired(struct rig *g)
{
    rig_attach(g);
    rig_expire(g);
}

static void send_up(struct rig *g)
{
    rig_send(g, ROLE_UE, "up");
}

static void send_down(struct rig *g)
{
    rig_send(g, ROLE_EESE, "down");
}

static void send_both(struct rig *g)
{
    send_up(g);
    send_down(g);
}

static void send_up_after_many(struct rig *g)
{
    send_up(g);
    rig_order(g, ROLE_EESE, ORDER_REKEY);
}

static void command(struct rig *g)
{
    rig_order(g, ROLE_EESE, ORDER_REKEY);
}

static void expire_in_flight(struct rig *g)
{
    send_up(g);
    rig_fire(g, ROLE_EESE, TIMER_TE2E);
}

static void move_and_send(struct rig *g)
{
    rig_move(g, 0x22);
    send_up(g);
}

static void move_while_expired(struct rig *g)
{
    send_up(g);
    rig_move(g, 0x22);
}

static void soft(struct rig *g)
{
    rig_switch(g, SW_SOFT_TRIGGER, true);
    rig_attach(g);
}

static void soft_due(struct rig *g)
{
    rig_fire(g, ROLE_EESE, TIMER_SOFT);
    send_up(g);
}

const struct flow flows[] = {
    {"attach", nothing, attach, 0, 0},
    {"attach and send", nothing, attach_and_send, 1, 0},
    {"the five steps, by the UE's contact", attached_and_expired, send_up, 1, 0},
    {"by the EESE's contact", attached_and_expired, send_down, 0, 1},
    {"both make contact", attached_and_expired, send_both, 1, 1},
    {"te2e runs out with data in flight", rig_attach, expire_in_flight, 1, 0},
    {"the enterprise's command", rig_attach, command, 0, 0},
    {"command with data in flight", rig_attach, send_up_after_many, 1, 0},
    {"roaming", rig_attach, move_and_send, 1, 0},
    {"roaming while expired", attached_and_expired, move_while_expired, 1, 0},
    {"soft trigger", soft, soft_due, 1, 0},
    {"data both ways", rig_attach, send_both, 1, 1},
};

const unsigned flows_count = COUNT_OF(flows);

void flow_begin(struct rig *r, const struct flow *f)
{
    rig_init(r, VARIANT_HARDENED);
    f->before(r);
    rig_plan(r);
}

void flow_must_be_complete(const struct rig *r, const struct flow *f)
{
    rig_must_agree(r);
    ck_assert_uint_eq(rig_delivered(r, ROLE_EESE, "up"), f->up);
    ck_assert_uint_eq(rig_delivered(r, ROLE_UE, "down"), f->down);
    ck_assert_uint_eq(r->ue.queued, 0);
    ck_assert_uint_eq(r->eese.queued, 0);
    ck_assert_uint_eq(rig_reported(r, VERDICT_FAIL_MIC), 0);
}
