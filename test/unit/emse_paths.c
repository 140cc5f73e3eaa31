#include "common/core/protect.h"
#include "test/unit/paths.h"

#include <string.h>

/* ---- frames as the peers would send them ---- */

static struct assoc assoc_of(const struct rig *g)
{
    return (struct assoc){.ue = g->ue.imsi, .emse = g->emse_conf.name, .eese = g->eese_conf.name};
}

enum { NO = -1 };

/* A frame of the EESE with the status (root, cur, next); NO: it has none. */
static void eese_says(struct rig *g, enum msg_type type, uint32_t root, int64_t cur, int64_t next,
                      uint8_t flags)
{
    struct msg m = {.type = type};
    struct msg_eese *e = &m.u.eese;

    e->assoc = assoc_of(g);
    e->status.g = root;
    e->status.cur = cur == NO ? 0 : (uint32_t)cur;
    e->status.next = next == NO ? 0 : (uint32_t)next;
    e->status.flags =
        (uint8_t)(flags | (cur == NO ? 0 : STATUS_HAS_CUR) | (next == NO ? 0 : STATUS_HAS_NEXT));
    e->reason = type == MSG_KEY_TRIGGER ? TRIGGER_CONTACT : 0;
    rig_inject(g, ROLE_EESE, ROLE_EMSE, &m);
}

static void ue_says_under(struct rig *g, const struct emse_root *root, enum msg_type type,
                          uint32_t n)
{
    struct protect_key k = {
        .int_key = root->keys.int_ul, .index = root->g, .alg_int = INT_CMAC64, .has_kid = 1};
    struct msg m = {.type = type, .sid = root->sid};

    m.u.index.n = n;
    protect_seal(&m, &k, DIR_UL, root->ul_seen + 1, NULL, 0);
    rig_inject(g, ROLE_UE, ROLE_EMSE, &m);
}

static void ue_says(struct rig *g, enum msg_type type, uint32_t n)
{
    ue_says_under(g, &g->emse.root, type, n);
}

static void attach_says(struct rig *g, uint32_t xid, uint32_t eese)
{
    struct msg m = {.type = MSG_ATTACH_REQ};

    m.u.attach_req.xid = xid;
    m.u.attach_req.caps = CAP_ALL;
    m.u.attach_req.eese = eese;
    m.u.attach_req.ue = g->ue.imsi;
    rig_inject(g, ROLE_UE, ROLE_EMSE, &m);
}

/* ---- reaching states ---- */

static void reach_detached(struct rig *g)
{
    (void)g;
}

static void reach_av(struct rig *g)
{
    rig_order(g, ROLE_UE, ORDER_ATTACH);
    rig_deliver(g, MSG_ATTACH_REQ);
}

static void reach_chal(struct rig *g)
{
    reach_av(g);
    rig_deliver(g, MSG_AV_REQ);
    rig_deliver(g, MSG_AV_RSP);
}

/* Two roots and some epochs of life, so that there is a root before and an epoch before. */
static void reach_idle(struct rig *g)
{
    rig_attach(g);
    rig_rekey(g);
    rig_move(g, 0x22);
    rig_settle(g, 200);
    rig_must_agree(g);
    for (unsigned i = 0; i < 2; i++) {
        g->now_us += UINT64_C(15) * 1000000; /* out of the overlap */
        rig_order(g, ROLE_EESE, ORDER_REKEY);
        rig_settle(g, 200);
    }
    rig_must_agree(g);
}

static void reach_rand(struct rig *g)
{
    reach_idle(g);
    g->now_us += UINT64_C(60) * 1000000;
    rig_order(g, ROLE_EESE, ORDER_REKEY);
    if (rig_armed(g, ROLE_EESE, TIMER_TRIGGER) && !rig_flies(g, MSG_KEY_TRIGGER)) {
        rig_fire(g, ROLE_EESE, TIMER_TRIGGER);
    }
    rig_deliver(g, MSG_KEY_TRIGGER);
}

static void reach_fwd(struct rig *g)
{
    if (g->by_root) {
        reach_idle(g);
        rig_move(g, 0x33);
        rig_deliver(g, MSG_ATTACH_REQ);
        rig_deliver(g, MSG_AV_REQ);
        rig_deliver(g, MSG_AV_RSP);
        rig_deliver(g, MSG_AKA_CHAL);
        rig_deliver(g, MSG_AKA_RESP);
        return;
    }
    reach_rand(g);
    rig_deliver(g, MSG_RAND_REQ);
    rig_deliver(g, MSG_RAND_RSP);
}

static void reach_push(struct rig *g)
{
    reach_fwd(g);
    if (g->by_root) {
        rig_deliver(g, MSG_KEYSET_FWD);
        rig_deliver(g, MSG_KEYSET_ACK);
        return;
    }
    rig_deliver(g, MSG_RAND_FWD);
    rig_deliver(g, MSG_FWD_ACK);
}

static void reach_conf(struct rig *g)
{
    reach_push(g);
    rig_deliver(g, g->by_root ? MSG_ATTACH_ACC : MSG_RAND_PUSH);
    rig_fire(g, ROLE_UE, TIMER_ACK);
    rig_deliver(g, MSG_RAND_ACK);
}

const struct rig_path emse_reach[] = {
    {"DETACHED", reach_detached}, {"AV", reach_av},     {"CHAL", reach_chal},
    {"IDLE", reach_idle},         {"RAND", reach_rand}, {"FWD", reach_fwd},
    {"PUSH", reach_push},         {"CONF", reach_conf}, {NULL, NULL},
};

const struct rig_path emse_literal_reach[] = {
    {"DETACHED", reach_detached}, {"AV", reach_av}, {"CHAL", reach_chal},
    {"IDLE", reach_idle},         {NULL, NULL},
};

/* ---- causing events ---- */

static void attach(struct rig *g)
{
    attach_says(g, 0x7fff, g->emse_conf.eese[0].handle);
}

static void attach_again(struct rig *g)
{
    attach_says(g, g->emse.run.xid != 0 ? g->emse.run.xid : g->emse.acc_xid,
                g->emse_conf.eese[0].handle);
}

static void attach_elsewhere(struct rig *g)
{
    attach_says(g, 0x7fff, ~g->emse_conf.eese[0].handle);
}

static void vector_comes(struct rig *g)
{
    struct msg m = {.type = MSG_AV_RSP};

    if (rig_flies(g, MSG_AV_REQ)) {
        rig_deliver(g, MSG_AV_REQ);
        rig_deliver(g, MSG_AV_RSP);
        return;
    }
    m.u.av_rsp.xid = g->emse.run.av_xid;
    rig_inject(g, ROLE_HSS, ROLE_EMSE, &m);
}

static void vector_refused(struct rig *g)
{
    struct msg m = {.type = MSG_AV_RSP};

    m.u.av_rsp.xid = g->emse.run.av_xid;
    m.u.av_rsp.cause = CAUSE_UNKNOWN_SUBSCRIBER;
    rig_inject(g, ROLE_HSS, ROLE_EMSE, &m);
}

/* Lets the UE answer the challenge, if there is one. */
static struct msg answer_to_challenge(struct rig *g)
{
    if (rig_flies(g, MSG_AKA_CHAL)) {
        rig_deliver(g, MSG_AKA_CHAL);
        return rig_take(g, MSG_AKA_RESP);
    }
    return (struct msg){.type = MSG_AKA_RESP};
}

static void answer(struct rig *g)
{
    struct msg m = answer_to_challenge(g);

    rig_inject(g, ROLE_UE, ROLE_EMSE, &m);
}

static void answer_badly(struct rig *g)
{
    struct msg m = answer_to_challenge(g);

    m.u.aka_resp.res[0] ^= 1;
    rig_inject(g, ROLE_UE, ROLE_EMSE, &m);
}

/* The enterprise comes to want what this UE cannot do. */
static void answer_without_algorithm(struct rig *g)
{
    struct msg m = answer_to_challenge(g);

    g->emse_conf.eese[0].wish.alg_int[0] = INT_EIA2;
    g->emse.run.caps = CAP_CMAC64 | CAP_EEA2;
    rig_inject(g, ROLE_UE, ROLE_EMSE, &m);
}

static void card_is_ahead(struct rig *g)
{
    struct msg m = {.type = MSG_SYNCFAIL};

    m.u.syncfail.xid = g->emse.run.xid;
    rig_inject(g, ROLE_UE, ROLE_EMSE, &m);
}

static void trigger(struct rig *g)
{
    eese_says(g, MSG_KEY_TRIGGER, g->emse.root.g, g->emse.cur, NO, 0);
}

static void trigger_fetches_again(struct rig *g)
{
    rig_switch(g, SW_IDEMPOTENT_RAND, false);
    trigger(g);
}

static void trigger_overlaps(struct rig *g)
{
    rig_switch(g, SW_SINGLE_FLIGHT, false);
    trigger(g);
}

static void trigger_with_next(struct rig *g)
{
    eese_says(g, MSG_KEY_TRIGGER, g->emse.root.g, g->emse.cur, g->emse.cur + 1, 0);
}

static void trigger_with_root(struct rig *g)
{
    eese_says(g, MSG_KEY_TRIGGER, g->emse.root.g, g->emse.cur, g->emse.root_n, 0);
}

static void trigger_of_long_ago(struct rig *g)
{
    eese_says(g, MSG_KEY_TRIGGER, g->emse.root.g, (int64_t)g->emse.cur - 2, NO, 0);
}

static void trigger_too_often(struct rig *g)
{
    for (unsigned i = 0; i < 10 && strcmp(rig_state(g, ROLE_EMSE), "IDLE") == 0; i++) {
        eese_says(g, MSG_KEY_TRIGGER, g->emse.root.g, g->emse.cur, NO, 0);
        if (strcmp(rig_state(g, ROLE_EMSE), "RAND") == 0) {
            eese_says(g, MSG_COMMIT, g->emse.root.g, g->emse.pending, NO, 0);
        }
    }
}

static void eese_has_next(struct rig *g)
{
    eese_says(g, MSG_FWD_ACK, g->emse.root.g, g->emse.cur, g->emse.pending, 0);
}

static void eese_in_contact(struct rig *g)
{
    eese_says(g, MSG_FWD_ACK, g->emse.root.g, g->emse.cur, g->emse.pending, STATUS_CONTACT);
}

static void eese_commits(struct rig *g)
{
    eese_says(g, MSG_COMMIT, g->emse.root.g, g->emse.pending, NO, 0);
}

static void eese_clashes(struct rig *g)
{
    eese_says(g, MSG_KEYSET_ACK, g->emse.root.g + 7, g->emse.pending, NO, 0);
}

static void eese_lacks(struct rig *g)
{
    eese_says(g, MSG_NAK, g->emse.root.g, (int64_t)g->emse.pending - 1, NO, 0);
}

static void eese_is_behind(struct rig *g)
{
    eese_says(g, MSG_NAK, g->emse.root.g, (int64_t)g->emse.cur - 1, NO, 0);
}

static void eese_is_lost(struct rig *g)
{
    eese_says(g, MSG_NAK, 0, NO, NO, 0);
}

static void eese_is_fine(struct rig *g)
{
    eese_says(g, MSG_COMMIT, g->emse.root.g, g->emse.cur, NO, 0);
}

static void rand_comes(struct rig *g)
{
    struct msg m = {.type = MSG_RAND_RSP};

    m.u.rand_rsp.assoc = assoc_of(g);
    m.u.rand_rsp.g = g->emse.root.g;
    m.u.rand_rsp.n_first = g->emse.pending;
    m.u.rand_rsp.count = 1;
    rig_inject(g, ROLE_HSS, ROLE_EMSE, &m);
}

static void another_rand_comes(struct rig *g)
{
    rig_switch(g, SW_IDEMPOTENT_RAND, false);
    rand_comes(g);
}

static void ue_is_behind(struct rig *g)
{
    ue_says(g, MSG_SYNC, g->emse.has_pending ? g->emse.pending - 2 : g->emse.cur - 1);
}

static void rand_for_ue_behind(struct rig *g)
{
    ue_is_behind(g);
    while (rig_flies(g, MSG_RAND_REQ)) {
        rig_deliver(g, MSG_RAND_REQ);
    }
    while (rig_flies(g, MSG_RAND_RSP)) {
        struct msg m = rig_take(g, MSG_RAND_RSP);

        if (m.u.rand_rsp.n_first == g->emse.catch_n) {
            rig_inject(g, ROLE_HSS, ROLE_EMSE, &m);
        }
    }
}

static void ue_has_pending(struct rig *g)
{
    ue_says(g, MSG_RAND_ACK, g->emse.pending);
}

static void ue_has_current(struct rig *g)
{
    ue_says(g, MSG_RAND_ACK, g->emse.cur);
}

static void ue_acks_behind(struct rig *g)
{
    ue_says(g, MSG_RAND_ACK, g->emse.cur - 1);
}

static void ue_syncs(struct rig *g)
{
    ue_says(g, MSG_SYNC, g->emse.cur);
}

static void ue_waits(struct rig *g)
{
    ue_says(g, MSG_SYNC, g->emse.pending - 1);
}

static void ue_is_ahead(struct rig *g)
{
    ue_says(g, MSG_SYNC, g->emse.cur + 1);
}

static void ue_is_before_root(struct rig *g)
{
    ue_says(g, MSG_SYNC, g->emse.root_n - 1);
}

static void ue_under_old_root(struct rig *g)
{
    ue_says_under(g, &g->emse.old_root, MSG_SYNC, 1);
}

static void forgery(struct rig *g)
{
    struct msg m = {.type = MSG_SYNC, .sid = g->emse.root.sid, .kid = 1, .ctr = 1000, .mac_len = 8};

    rig_inject(g, ROLE_UE, ROLE_EMSE, &m);
}

static void new_policy(struct rig *g)
{
    struct profile p = g->hss.profile;

    p.te2e_ue_ms = 5000;
    rig_policy(g, &p);
    rig_deliver(g, MSG_POLICY);
}

static void fire_if_armed(struct rig *g, enum timer_id id)
{
    if (rig_armed(g, ROLE_EMSE, id)) {
        rig_fire(g, ROLE_EMSE, id);
    }
}

static void av_due(struct rig *g)
{
    fire_if_armed(g, TIMER_AV);
}

static void chal_due(struct rig *g)
{
    fire_if_armed(g, TIMER_CHAL);
}

static void run_is_spent(struct rig *g)
{
    for (unsigned i = 0; i < 6; i++) {
        av_due(g);
        chal_due(g);
    }
}

static void forward_due(struct rig *g)
{
    fire_if_armed(g, TIMER_FWD);
}

static void rand_due(struct rig *g)
{
    fire_if_armed(g, TIMER_RAND);
}

static void push_due(struct rig *g)
{
    fire_if_armed(g, TIMER_PUSH);
}

static void restart(struct rig *g)
{
    rig_order(g, ROLE_EMSE, ORDER_START);
}

const struct rig_path emse_cause[] = {
    {"RX_ATTACH", attach},
    {"RX_ATTACH_AGAIN", attach_again},
    {"RX_ATTACH_NO_EESE", attach_elsewhere},
    {"RX_ATTACH_LIMITED", attach},
    {"RX_AV", vector_comes},
    {"RX_AV_REFUSED", vector_refused},
    {"RX_RESP", answer},
    {"RX_RESP_NO_ALG", answer_without_algorithm},
    {"RX_RESP_BAD", answer_badly},
    {"RX_SYNCFAIL", card_is_ahead},
    {"RX_TRIGGER", trigger},
    {"RX_TRIGGER_FRESH", trigger_fetches_again},
    {"RX_TRIGGER_OVER", trigger_overlaps},
    {"RX_TRIGGER_RESUME", trigger_with_next},
    {"RX_TRIGGER_ROOT", trigger_with_root},
    {"RX_TRIGGER_STALE", trigger_of_long_ago},
    {"RX_TRIGGER_LIMITED", trigger_too_often},
    {"RX_EESE_NEXT", eese_has_next},
    {"RX_EESE_CONTACT", eese_in_contact},
    {"RX_EESE_CUR", eese_commits},
    {"RX_EESE_CLASH", eese_clashes},
    {"RX_EESE_LACKS", eese_lacks},
    {"RX_EESE_BEHIND", eese_is_behind},
    {"RX_EESE_LOST", eese_is_lost},
    {"RX_EESE_SAME", eese_is_fine},
    {"RX_RAND", rand_comes},
    {"RX_RAND_FRESH", another_rand_comes},
    {"RX_RAND_CATCH", rand_for_ue_behind},
    {"RX_ACK", ue_has_pending},
    {"RX_ACK_SAME", ue_has_current},
    {"RX_ACK_BEHIND", ue_acks_behind},
    {"RX_SYNC", ue_syncs},
    {"RX_SYNC_WAITS", ue_waits},
    {"RX_SYNC_BEHIND", ue_is_behind},
    {"RX_SYNC_AHEAD", ue_is_ahead},
    {"RX_SYNC_UNKNOWN", ue_is_before_root},
    {"RX_OLD_ROOT", ue_under_old_root},
    {"RX_FORGED", forgery},
    {"RX_POLICY", new_policy},
    {"AV_DUE", av_due},
    {"CHAL_DUE", chal_due},
    {"RUN_SPENT", run_is_spent},
    {"RUN_SPENT_HELD", run_is_spent},
    {"RUN_SPENT_ROOT", run_is_spent},
    {"FWD_DUE", forward_due},
    {"RAND_DUE", rand_due},
    {"PUSH_DUE", push_due},
    {"STARTED", restart},
    {NULL, NULL},
};
