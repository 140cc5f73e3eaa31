#include "common/core/protect.h"
#include "test/unit/paths.h"

#include <string.h>

/* ---- frames as the peers would send them ---- */

static bool is_literal(const struct rig *g)
{
    return g->ue_conf.base.variant.variant == VARIANT_LITERAL;
}

/* A frame of the EMSE under the UE's root, with the next number. */
static void emse_says(struct rig *g, struct msg *m)
{
    const struct ue_root *root = &g->ue.root;
    struct protect_key k = {
        .int_key = root->keys.int_dl, .index = root->g, .alg_int = INT_CMAC64, .has_kid = 1};

    m->sid = root->sid;
    protect_seal(m, &k, DIR_DL, root->dl_seen + 1, NULL, 0);
    rig_inject(g, ROLE_EMSE, ROLE_UE, m);
}

static void push_of(struct rig *g, uint32_t n)
{
    struct msg m = {.type = MSG_RAND_PUSH};

    m.u.rand_push.n = n;
    if (is_literal(g)) {
        m.sid = g->ue.root.sid;
        rig_inject(g, ROLE_EMSE, ROLE_UE, &m);
        return;
    }
    emse_says(g, &m);
}

static void eese_says(struct rig *g, enum msg_type type, const struct epoch *e, uint32_t ctr)
{
    bool ciphered = e->choice.alg_enc != ENC_EEA0;
    struct protect_key k = {.int_key = type == MSG_KEY_EXPIRED ? e->keys.err_dl : e->keys.int_dl,
                            .enc_key = ciphered ? e->keys.enc_dl : NULL,
                            .index = is_literal(g) ? 0 : e->n,
                            .alg_int =
                                type == MSG_KEY_EXPIRED ? (uint8_t)INT_CMAC64 : e->choice.alg_int,
                            .has_kid = !is_literal(g)};
    struct msg m = {.type = type, .sid = e->sid};

    if (type == MSG_KEY_EXPIRED) {
        m.u.key_expired.reason = 1;
    } else if (type == MSG_DATA_DL) {
        m.u.data.len = 2;
    }
    protect_seal(&m, &k, DIR_DL, ctr, NULL, 0);
    rig_inject(g, ROLE_EESE, ROLE_UE, &m);
}

/* A vector out of the home network, for the challenge a test needs. */
static struct aka_vector vector(struct rig *g, uint64_t sqn, bool e2m)
{
    const uint8_t amf[2] = {0x80, e2m ? AKA_AMF_E2M : 0};
    struct aka_vector v;
    uint8_t rand[16];

    memset(rand, 0x77, sizeof rand);
    aka_vector(&g->ue.card.secret, rand, sqn, amf, &v);
    return v;
}

static void access_chal(struct rig *g, const struct aka_vector *v)
{
    struct msg m = {.type = MSG_ACCESS_CHAL};

    m.u.access_chal.ue = g->ue.imsi;
    memcpy(m.u.access_chal.rand, v->rand, RAND_LEN);
    memcpy(m.u.access_chal.autn, v->autn, AUTN_LEN);
    rig_inject(g, ROLE_VN, ROLE_UE, &m);
}

/* The EMSE's challenge: plain while the UE attaches, under the root in force when the network
 * starts the run. */
static void e2m_chal(struct rig *g, const struct aka_vector *v)
{
    struct msg m = {.type = MSG_AKA_CHAL};

    memcpy(m.u.aka_chal.rand, v->rand, RAND_LEN);
    memcpy(m.u.aka_chal.autn, v->autn, AUTN_LEN);
    m.u.aka_chal.xid = g->ue.xid;
    if (strcmp(rig_state(g, ROLE_UE), "ATTACHING") == 0) {
        rig_inject(g, ROLE_EMSE, ROLE_UE, &m);
        return;
    }
    m.u.aka_chal.xid = 0x80000001;
    emse_says(g, &m);
}

/* ---- reaching states ---- */

static void reach_detached(struct rig *g)
{
    (void)g;
}

/* From a serving network just left, so an old keyset is in use. */
static void reach_attaching(struct rig *g)
{
    rig_attach(g);
    rig_rekey(g);
    rig_move(g, 0x22);
}

static void reach_ready(struct rig *g)
{
    rig_attach(g);
    rig_rekey(g);
}

static void error_about(struct rig *g, const struct epoch *e)
{
    eese_says(g, MSG_KEY_EXPIRED, e, g->ue.queued > 0 ? g->ue.outbox[0].ctr : 1);
}

static void reach_waitkey(struct rig *g)
{
    reach_ready(g);
    rig_send(g, ROLE_UE, "up");
    error_about(g, &g->ue.cur);
}

static void spend_data(struct rig *g)
{
    for (unsigned i = 0; i <= DATA_TRIES_MAX && rig_armed(g, ROLE_UE, TIMER_DATA); i++) {
        rig_fire(g, ROLE_UE, TIMER_DATA);
    }
    g->flying = 0;
}

static void reach_syncing(struct rig *g)
{
    reach_ready(g);
    rig_send(g, ROLE_UE, "up");
    spend_data(g);
}

const struct rig_path ue_reach[] = {
    {"DETACHED", reach_detached}, {"ATTACHING", reach_attaching}, {"READY", reach_ready},
    {"WAITKEY", reach_waitkey},   {"SYNCING", reach_syncing},     {NULL, NULL},
};

static void reach_literal_attaching(struct rig *g)
{
    rig_order(g, ROLE_UE, ORDER_ATTACH);
}

static void reach_literal_waitkey(struct rig *g)
{
    rig_attach(g);
    rig_expire(g);
    rig_send(g, ROLE_UE, "up");
    rig_deliver(g, MSG_DATA_UL);
    rig_deliver(g, MSG_KEY_EXPIRED);
}

const struct rig_path ue_literal_reach[] = {
    {"DETACHED", reach_detached},
    {"ATTACHING", reach_literal_attaching},
    {"READY", rig_attach},
    {"WAITKEY", reach_literal_waitkey},
    {NULL, NULL},
};

/* ---- causing events ---- */

enum { FRESH_SQN = 1000 << AKA_IND_BITS, STALE_SQN = 0 };

static void attach(struct rig *g)
{
    rig_order(g, ROLE_UE, ORDER_ATTACH);
}

static void access_good(struct rig *g)
{
    struct aka_vector v = vector(g, FRESH_SQN, false);

    access_chal(g, &v);
}

static void access_stale(struct rig *g)
{
    struct aka_vector v = vector(g, STALE_SQN, false);

    access_chal(g, &v);
}

static void access_bad(struct rig *g)
{
    struct aka_vector v = vector(g, FRESH_SQN, false);

    v.autn[15] ^= 1;
    access_chal(g, &v);
}

static void chal_good(struct rig *g)
{
    struct aka_vector v = vector(g, FRESH_SQN, true);

    e2m_chal(g, &v);
}

static void chal_again(struct rig *g)
{
    chal_good(g);
    chal_good(g);
}

static void chal_stale(struct rig *g)
{
    struct aka_vector v = vector(g, STALE_SQN, true);

    e2m_chal(g, &v);
}

static void chal_bad(struct rig *g)
{
    struct aka_vector v = vector(g, FRESH_SQN, true);

    v.autn[15] ^= 1;
    e2m_chal(g, &v);
}

static void chal_for_access(struct rig *g)
{
    struct aka_vector v = vector(g, FRESH_SQN, false);

    rig_switch(g, SW_PURPOSE_BIT, true); /* may be added to the literal variant */
    e2m_chal(g, &v);
}

/* The EMSE's accept after a challenge that the UE has answered. */
static void accept_run(struct rig *g)
{
    const uint8_t echo[4] = {g->ue.card.caps, g->ue.card.plmn[0], g->ue.card.plmn[1],
                             g->ue.card.plmn[2]};
    struct protect_key k = {.index = 9, .alg_int = INT_CMAC64, .has_kid = 1};
    struct msg m = {.type = MSG_ATTACH_ACC, .sid = 77};

    chal_good(g);
    k.int_key = g->ue.next_root.keys.int_dl;
    m.u.attach_acc.xid = g->ue.xid;
    m.u.attach_acc.g = 9;
    m.u.attach_acc.n = 12;
    m.u.attach_acc.choice = (struct choice){INT_CMAC64, ENC_EEA2, CONF_ON, RAND_ENC};
    protect_seal(&m, &k, DIR_DL, 1, echo, is_literal(g) ? 0 : sizeof echo);
    rig_inject(g, ROLE_EMSE, ROLE_UE, &m);
}

static void accept_again(struct rig *g)
{
    const uint8_t echo[4] = {g->ue.card.caps, g->ue.card.plmn[0], g->ue.card.plmn[1],
                             g->ue.card.plmn[2]};
    const struct ue_root *root = &g->ue.root;
    struct protect_key k = {
        .int_key = root->keys.int_dl, .index = root->g, .alg_int = INT_CMAC64, .has_kid = 1};
    struct msg m = {.type = MSG_ATTACH_ACC, .sid = root->sid};

    m.u.attach_acc.xid = g->ue.xid;
    protect_seal(&m, &k, DIR_DL, root->dl_seen + 1, echo, sizeof echo);
    rig_inject(g, ROLE_EMSE, ROLE_UE, &m);
}

static void reject(struct rig *g)
{
    struct msg m = {.type = MSG_ATTACH_REJ};

    m.u.attach_rej.xid = g->ue.xid;
    m.u.attach_rej.cause = CAUSE_UNKNOWN_EESE;
    rig_inject(g, ROLE_EMSE, ROLE_UE, &m);
}

static void forgery(struct rig *g)
{
    struct msg m = {.type = MSG_DATA_DL, .sid = g->ue.cur.sid, .kid = 1, .ctr = 1000, .mac_len = 8};

    rig_inject(g, ROLE_EESE, ROLE_UE, &m);
}

/* A message is open, from before. */
static void dack(struct rig *g)
{
    if (g->ue.queued == 0) {
        rig_send(g, ROLE_UE, "up");
    }
    eese_says(g, MSG_DACK, &g->ue.cur, g->ue.outbox[0].ctr);
}

static void key_expired(struct rig *g)
{
    if (g->ue.queued == 0) {
        rig_send(g, ROLE_UE, "up");
    }
    error_about(g, &g->ue.cur);
}

static void key_expired_stale(struct rig *g)
{
    if (g->ue.queued == 0) {
        rig_send(g, ROLE_UE, "up");
    }
    error_about(g, &g->ue.prev);
}

static void rand_next(struct rig *g)
{
    push_of(g, g->ue.cur.n + 1);
}

static void rand_held(struct rig *g)
{
    push_of(g, g->ue.cur.n);
}

static void rand_ahead(struct rig *g)
{
    push_of(g, g->ue.cur.n + 2);
}

static void status(struct rig *g)
{
    struct msg m = {.type = MSG_STATUS};

    emse_says(g, &m);
}

static void status_unknown(struct rig *g)
{
    struct msg m = {.type = MSG_STATUS, .flags = MSG_FLAG_UNKNOWN};

    emse_says(g, &m);
}

/* "You agree", and no data gets through, three times over. */
static void status_stalled(struct rig *g)
{
    for (unsigned i = 0; i < 3 && strcmp(rig_state(g, ROLE_UE), "SYNCING") == 0; i++) {
        status(g);
        spend_data(g);
    }
}

static void data_down(struct rig *g)
{
    eese_says(g, MSG_DATA_DL, &g->ue.cur, g->ue.seen.high + 1);
}

static void data_down_seen(struct rig *g)
{
    data_down(g);
    eese_says(g, MSG_DATA_DL, &g->ue.cur, g->ue.seen.high);
}

static void app_send(struct rig *g)
{
    rig_send(g, ROLE_UE, "more");
}

static void app_send_full(struct rig *g)
{
    for (unsigned i = 0; i <= OUTBOX_MAX; i++) {
        app_send(g);
    }
}

static void move(struct rig *g)
{
    rig_move(g, 0x55);
}

static void restart(struct rig *g)
{
    rig_order(g, ROLE_UE, ORDER_START);
}

static void fire_if_armed(struct rig *g, enum timer_id id)
{
    if (rig_armed(g, ROLE_UE, id)) {
        rig_fire(g, ROLE_UE, id);
    }
}

static void attach_due(struct rig *g)
{
    fire_if_armed(g, TIMER_ATTACH);
}

static void attach_spent(struct rig *g)
{
    for (unsigned i = 0; i < 6; i++) {
        attach_due(g);
    }
}

static void reattach_due(struct rig *g)
{
    rig_order(g, ROLE_UE, ORDER_ATTACH);
    attach_spent(g);
    fire_if_armed(g, TIMER_REATTACH);
}

static void data_due(struct rig *g)
{
    app_send(g);
    fire_if_armed(g, TIMER_DATA);
}

static void data_spent(struct rig *g)
{
    app_send(g);
    spend_data(g);
}

static void waitkey_due(struct rig *g)
{
    fire_if_armed(g, TIMER_WAITKEY);
}

static void waitkey_spent(struct rig *g)
{
    waitkey_due(g);
    error_about(g, &g->ue.cur);
    waitkey_due(g);
}

static void ack_due(struct rig *g)
{
    if (strcmp(rig_state(g, ROLE_UE), "READY") == 0) {
        rand_next(g);
    }
    fire_if_armed(g, TIMER_ACK);
}

static void sync_due(struct rig *g)
{
    fire_if_armed(g, TIMER_SYNC);
}

static void sync_spent(struct rig *g)
{
    for (unsigned i = 0; i < 4; i++) {
        sync_due(g);
    }
}

static void overlap_due(struct rig *g)
{
    fire_if_armed(g, TIMER_OVERLAP);
}

const struct rig_path ue_cause[] = {
    {"ATTACH", attach},
    {"RX_ACCESS_CHAL", access_good},
    {"RX_ACCESS_STALE", access_stale},
    {"RX_ACCESS_BAD", access_bad},
    {"RX_CHAL", chal_good},
    {"RX_CHAL_AGAIN", chal_again},
    {"RX_CHAL_STALE", chal_stale},
    {"RX_CHAL_BAD", chal_bad},
    {"RX_CHAL_PURPOSE", chal_for_access},
    {"RX_ACCEPT", accept_run},
    {"RX_ACCEPT_AGAIN", accept_again},
    {"RX_REJECT", reject},
    {"RX_FORGED", forgery},
    {"RX_DACK", dack},
    {"RX_KEY_EXPIRED", key_expired},
    {"RX_KEY_EXPIRED_STALE", key_expired_stale},
    {"RX_RAND", rand_next},
    {"RX_RAND_HELD", rand_held},
    {"RX_RAND_AHEAD", rand_ahead},
    {"RX_STATUS", status},
    {"RX_STATUS_STALLED", status_stalled},
    {"RX_STATUS_UNKNOWN", status_unknown},
    {"RX_DATA", data_down},
    {"RX_DATA_SEEN", data_down_seen},
    {"APP_SEND", app_send},
    {"APP_SEND_FULL", app_send_full},
    {"MOVED", move},
    {"STARTED", restart},
    {"ATTACH_DUE", attach_due},
    {"ATTACH_SPENT", attach_spent},
    {"REATTACH_DUE", reattach_due},
    {"DATA_DUE", data_due},
    {"DATA_SPENT", data_spent},
    {"WAITKEY_DUE", waitkey_due},
    {"WAITKEY_SPENT", waitkey_spent},
    {"ACK_DUE", ack_due},
    {"SYNC_DUE", sync_due},
    {"SYNC_SPENT", sync_spent},
    {"OVERLAP_DUE", overlap_due},
    {NULL, NULL},
};
