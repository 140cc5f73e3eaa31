#include "common/core/protect.h"
#include "test/unit/paths.h"

#include <string.h>

/* ---- frames as the peers would send them ---- */

static struct assoc assoc_of(const struct rig *g)
{
    return (struct assoc){.ue = g->ue.imsi, .emse = g->emse_conf.name, .eese = g->eese_conf.name};
}

/* Data of the UE under |e|, with number |ctr|. */
static struct msg data_under(const struct rig *g, const struct epoch *e, uint32_t ctr)
{
    bool literal = g->eese_conf.base.variant.variant == VARIANT_LITERAL;
    struct protect_key k = {.int_key = e->keys.int_ul,
                            .enc_key = e->choice.alg_enc == ENC_EEA0 ? NULL : e->keys.enc_ul,
                            .index = literal ? 0 : e->n,
                            .alg_int = e->choice.alg_int,
                            .has_kid = !literal};
    struct msg m = {.type = MSG_DATA_UL, .sid = e->sid};

    m.u.data.len = 3;
    protect_seal(&m, &k, DIR_UL, ctr, NULL, 0);
    return m;
}

static void data(struct rig *g, const struct epoch *e, uint32_t ctr)
{
    struct msg m = data_under(g, e, ctr);

    rig_inject(g, ROLE_UE, ROLE_EESE, &m);
}

static uint32_t new_ctr(const struct rig *g)
{
    return g->eese.seen.high + 1;
}

static void keyset(struct rig *g, uint32_t n)
{
    struct msg m = {.type = MSG_KEYSET_FWD};
    struct msg_keyset_fwd *f = &m.u.keyset_fwd;

    f->assoc = assoc_of(g);
    f->sid = 40;
    f->g = 9;
    f->n = n;
    f->choice = (struct choice){INT_CMAC64, ENC_EEA2, CONF_ON, RAND_ENC};
    f->profile = g->hss.profile;
    memset(f->key, 0x5a, sizeof f->key);
    rig_inject(g, ROLE_EMSE, ROLE_EESE, &m);
}

static void rand_for(struct rig *g, uint32_t n)
{
    struct msg m = {.type = MSG_RAND_FWD};

    m.u.rand_fwd.assoc = assoc_of(g);
    m.u.rand_fwd.g = g->emse.root.g;
    m.u.rand_fwd.n = n;
    rig_inject(g, ROLE_EMSE, ROLE_EESE, &m);
}

static void confirm_of(struct rig *g, uint32_t n)
{
    struct msg m = {.type = MSG_UE_CONFIRM};

    m.u.ue_confirm.assoc = assoc_of(g);
    m.u.ue_confirm.n = n;
    rig_inject(g, ROLE_EMSE, ROLE_EESE, &m);
}

/* ---- reaching states ---- */

static void reach_no_key(struct rig *g)
{
    (void)g;
}

static void reach_first(struct rig *g)
{
    rig_order(g, ROLE_UE, ORDER_ATTACH);
    while (!rig_flies(g, MSG_KEYSET_FWD)) {
        rig_deliver(g, g->wire[0].msg.type);
    }
    rig_deliver(g, MSG_KEYSET_FWD);
}

/* With an epoch before, still accepted, and a message received under it. */
static void reach_valid(struct rig *g)
{
    rig_attach(g);
    rig_send(g, ROLE_UE, "one");
    rig_settle(g, 200);
    rig_rekey(g);
    rig_send(g, ROLE_UE, "two");
    rig_settle(g, 200);
}

static void reach_expired(struct rig *g)
{
    rig_attach(g);
    rig_rekey(g);
    rig_send(g, ROLE_UE, "two");
    rig_settle(g, 200);
    rig_expire(g);
}

static void install_next(struct rig *g)
{
    rand_for(g, g->eese.cur.n + 1);
}

static void reach_valid_next(struct rig *g)
{
    reach_valid(g);
    install_next(g);
}

static void reach_expired_next(struct rig *g)
{
    reach_expired(g);
    install_next(g);
}

const struct rig_path eese_reach[] = {
    {"NO_KEY", reach_no_key},
    {"FIRST", reach_first},
    {"VALID", reach_valid},
    {"VALID_NEXT", reach_valid_next},
    {"EXPIRED", reach_expired},
    {"EXPIRED_NEXT", reach_expired_next},
    {NULL, NULL},
};

static void reach_literal_valid(struct rig *g)
{
    rig_attach(g);
}

static void reach_literal_expired(struct rig *g)
{
    rig_attach(g);
    rig_expire(g);
}

const struct rig_path eese_literal_reach[] = {
    {"NO_KEY", reach_no_key},
    {"VALID", reach_literal_valid},
    {"EXPIRED", reach_literal_expired},
    {NULL, NULL},
};

/* ---- causing events ---- */

static void new_keyset(struct rig *g)
{
    keyset(g, g->eese.cur.n + g->eese.next.n + 5);
}

static void held_keyset(struct rig *g)
{
    keyset(g, g->eese.next.have ? g->eese.next.n : g->eese.cur.n);
}

static void next_rand(struct rig *g)
{
    install_next(g);
}

static void rand_switches(struct rig *g)
{
    rig_switch(g, SW_COMMIT_ON_USE, false);
    install_next(g);
}

static void held_rand(struct rig *g)
{
    rand_for(g, g->eese.next.have ? g->eese.next.n : g->eese.cur.n);
}

static void rand_ahead(struct rig *g)
{
    rand_for(g, g->eese.cur.n + 9);
}

static void confirm(struct rig *g)
{
    confirm_of(g, g->eese.next.n);
}

static void confirm_held(struct rig *g)
{
    confirm_of(g, g->eese.cur.n);
}

static void confirm_lack(struct rig *g)
{
    confirm_of(g, g->eese.cur.n + 9);
}

static void data_cur(struct rig *g)
{
    data(g, &g->eese.cur, new_ctr(g));
}

static void data_seen(struct rig *g)
{
    data(g, &g->eese.cur, g->eese.seen.high);
}

static void data_old(struct rig *g)
{
    data(g, g->eese.cur.have ? &g->eese.cur : &g->eese.next, 0);
}

static void data_next(struct rig *g)
{
    data(g, &g->eese.next, new_ctr(g));
}

/* The UE's message was received under one keyset, and comes again under the next. */
static void data_next_seen(struct rig *g)
{
    if (g->eese.seen.high == 0) {
        g->eese.seen = (struct window){.bits = 1, .high = 1};
    }
    data(g, &g->eese.next, g->eese.seen.high);
}

static void data_prev(struct rig *g)
{
    data(g, &g->eese.prev, new_ctr(g));
}

static void data_prev_seen(struct rig *g)
{
    data(g, &g->eese.prev, g->eese.seen.high);
}

static void end_overlap(struct rig *g)
{
    if (rig_armed(g, ROLE_EESE, TIMER_OVERLAP)) {
        rig_fire(g, ROLE_EESE, TIMER_OVERLAP);
    }
}

static void data_late(struct rig *g)
{
    end_overlap(g);
    data(g, &g->eese.prev, new_ctr(g));
}

static void data_unknown(struct rig *g)
{
    struct epoch other = g->eese.cur;

    other.sid = 99;
    data(g, &other, new_ctr(g));
}

static void data_bad(struct rig *g)
{
    struct msg m = data_under(g, g->eese.cur.have ? &g->eese.cur : &g->eese.next, new_ctr(g));

    m.u.data.payload[0] ^= 1;
    rig_inject(g, ROLE_UE, ROLE_EESE, &m);
}

static void data_in_clear(struct rig *g)
{
    struct epoch e = g->eese.cur.have ? g->eese.cur : g->eese.next;

    e.choice.alg_enc = ENC_EEA0;
    data(g, &e, new_ctr(g));
}

static void app_send(struct rig *g)
{
    rig_send(g, ROLE_EESE, "down");
}

static void app_send_full(struct rig *g)
{
    for (unsigned i = 0; i <= EESE_QUEUE_MAX; i++) {
        app_send(g);
    }
}

/* The UE acknowledges the message at the head of the queue, under the keyset in use. */
static void dack(struct rig *g)
{
    const struct epoch *e = &g->eese.cur;
    struct protect_key k = {
        .int_key = e->keys.int_ul, .index = e->n, .alg_int = e->choice.alg_int, .has_kid = 1};
    struct msg m = {.type = MSG_DACK, .sid = e->sid};

    g->eese.queue[0].ctr = ++g->eese.dl_ctr;
    g->eese.queued = 1;
    protect_seal(&m, &k, DIR_UL, g->eese.queue[0].ctr, NULL, 0);
    rig_inject(g, ROLE_UE, ROLE_EESE, &m);
}

static void policy(struct rig *g)
{
    struct msg m = {.type = MSG_POLICY};

    m.u.policy.assoc = assoc_of(g);
    m.u.policy.profile = g->hss.profile;
    m.u.policy.profile.version = 9;
    rig_inject(g, ROLE_EMSE, ROLE_EESE, &m);
}

static void command(struct rig *g)
{
    rig_order(g, ROLE_EESE, ORDER_REKEY);
}

static void fire_if_armed(struct rig *g, enum timer_id id)
{
    if (rig_armed(g, ROLE_EESE, id)) {
        rig_fire(g, ROLE_EESE, id);
    }
}

static void te2e_expires(struct rig *g)
{
    fire_if_armed(g, TIMER_TE2E);
}

/* Soft-trigger was armed when the keyset came into use, with that correction on. */
static void soft_due(struct rig *g)
{
    g->due_us[ROLE_EESE][TIMER_SOFT] = g->now_us;
    rig_fire(g, ROLE_EESE, TIMER_SOFT);
}

static void trigger_due(struct rig *g)
{
    end_overlap(g);
    command(g);
    fire_if_armed(g, TIMER_TRIGGER);
}

static void data_due(struct rig *g)
{
    app_send(g);
    fire_if_armed(g, TIMER_DATA);
}

static void restart(struct rig *g)
{
    rig_order(g, ROLE_EESE, ORDER_START);
}

static void restart_late(struct rig *g)
{
    g->now_us = g->eese.expires_us;
    restart(g);
}

static void retransmit_literal(struct rig *g)
{
    rig_switch(g, SW_RETRANSMIT, true);
    command(g);
    fire_if_armed(g, TIMER_TRIGGER);
}

const struct rig_path eese_cause[] = {
    {"RX_KEYSET", new_keyset},
    {"RX_KEYSET_HELD", held_keyset},
    {"RX_RAND", next_rand},
    {"RX_RAND_SWITCH", rand_switches},
    {"RX_RAND_HELD", held_rand},
    {"RX_RAND_AHEAD", rand_ahead},
    {"RX_CONFIRM", confirm},
    {"RX_CONFIRM_HELD", confirm_held},
    {"RX_CONFIRM_LACK", confirm_lack},
    {"RX_DATA", data_cur},
    {"RX_DATA_SEEN", data_seen},
    {"RX_DATA_OLD", data_old},
    {"RX_DATA_NEXT", data_next},
    {"RX_DATA_NEXT_SEEN", data_next_seen},
    {"RX_DATA_PREV", data_prev},
    {"RX_DATA_PREV_SEEN", data_prev_seen},
    {"RX_DATA_LATE", data_late},
    {"RX_DATA_UNKNOWN", data_unknown},
    {"RX_DATA_BAD", data_bad},
    {"RX_DATA_MODE", data_in_clear},
    {"RX_DACK", dack},
    {"RX_POLICY", policy},
    {"APP_SEND", app_send},
    {"APP_SEND_FULL", app_send_full},
    {"APP_REKEY", command},
    {"TE2E_EXPIRED", te2e_expires},
    {"SOFT_DUE", soft_due},
    {"TRIGGER_DUE", trigger_due},
    {"DATA_DUE", data_due},
    {"OVERLAP_DUE", end_overlap},
    {"STARTED", restart},
    {"STARTED_LATE", restart_late},
    {NULL, NULL},
};

const struct rig_path eese_literal_cause[] = {
    {"RX_KEYSET", new_keyset},           {"RX_RAND", next_rand}, {"RX_DATA", data_cur},
    {"RX_DATA_BAD", data_bad},           {"RX_POLICY", policy},  {"APP_SEND", app_send},
    {"APP_SEND_FULL", app_send_full},    {"APP_REKEY", command}, {"TE2E_EXPIRED", te2e_expires},
    {"TRIGGER_DUE", retransmit_literal}, {NULL, NULL},
};
