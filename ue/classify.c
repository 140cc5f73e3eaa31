#include "ue/events.h"

#include "common/base/ensure.h"

#include <string.h>

static bool is_literal(const struct ue_conf *conf)
{
    return conf->base.variant.variant == VARIANT_LITERAL;
}

static bool on(const struct ue_conf *conf, enum sw s)
{
    return sw_on(&conf->base.variant, s);
}

size_t ue_echo(const struct ue_conf *conf, const struct ue *ue, uint8_t out[4])
{
    if (!on(conf, SW_ECHO_NEGOTIATION)) {
        return 0;
    }
    out[0] = ue->card.caps;
    memcpy(out + 1, ue->card.plmn, PLMN_LEN);
    return 4;
}

/* A frame of the EMSE under |root|: MAC good, number not used before. */
static bool root_verifies(const struct ue_root *root, const struct msg *m, const uint8_t *extra,
                          size_t extra_len)
{
    struct protect_key k = {
        .int_key = root->keys.int_dl, .index = root->g, .alg_int = INT_CMAC64, .has_kid = 1};

    return root->g != 0 && m->ctr > root->dl_seen &&
           protect_is_good(m, &k, DIR_DL, extra, extra_len);
}

/* ---- the two AKA runs ---- */

static enum ue_event classify_access(const struct ue_conf *conf, const struct ue *ue,
                                     const struct msg *m, struct ue_found *found)
{
    const struct msg_access_chal *c = &m->u.access_chal;
    enum err e = aka_check(&ue->card.secret, &ue->usim, c->rand, c->autn, &found->answer);

    if (e == ERR_BAD_AUTN) {
        return E_RX_ACCESS_BAD;
    }
    if (on(conf, SW_PURPOSE_BIT) && (c->autn[7] & AKA_AMF_E2M) != 0) {
        return E_RX_ACCESS_BAD;
    }
    return e == ERR_OK ? E_RX_ACCESS_CHAL : E_RX_ACCESS_STALE;
}

static enum ue_event classify_chal(const struct ue_conf *conf, const struct ue *ue,
                                   const struct msg *m, struct ue_found *found)
{
    const struct msg_aka_chal *c = &m->u.aka_chal;
    bool own_run = ue->state == S_ATTACHING && c->xid == ue->xid && m->mac_len == 0;
    enum err e;

    if (ue->answered && bytes_equal(c->rand, ue->rand, RAND_LEN) &&
        bytes_equal(c->autn, ue->autn, AUTN_LEN)) {
        return E_RX_CHAL_AGAIN;
    }
    if (!own_run && !root_verifies(&ue->root, m, NULL, 0)) {
        return E_RX_FORGED; /* nobody may make this UE run AKA but itself and its own EMSE (H15,
                               B64) */
    }
    e = aka_check(&ue->card.secret, &ue->usim, c->rand, c->autn, &found->answer);
    if (e == ERR_BAD_AUTN) {
        return E_RX_CHAL_BAD;
    }
    if (on(conf, SW_PURPOSE_BIT) && (c->autn[7] & AKA_AMF_E2M) == 0) {
        return E_RX_CHAL_PURPOSE;
    }
    return e == ERR_OK ? E_RX_CHAL : E_RX_CHAL_STALE;
}

static enum ue_event classify_accept(const struct ue_conf *conf, const struct ue *ue,
                                     const struct msg *m)
{
    const struct msg_attach_acc *a = &m->u.attach_acc;
    struct ue_root candidate = ue->next_root;
    uint8_t echo[4];
    size_t echo_len = ue_echo(conf, ue, echo);

    if (a->xid != ue->xid) {
        return E_OTHER;
    }
    if (ue->answered) {
        candidate.g = a->g;
        return root_verifies(&candidate, m, echo, echo_len) ? E_RX_ACCEPT : E_RX_FORGED;
    }
    return root_verifies(&ue->root, m, echo, echo_len) ? E_RX_ACCEPT_AGAIN : E_RX_FORGED;
}

/* Before the AKA there is no key that a refusal could be under; after it there is. */
static enum ue_event classify_reject(const struct ue *ue, const struct msg *m)
{
    struct protect_key k = {
        .int_key = ue->next_root.keys.int_dl, .index = 0, .alg_int = INT_CMAC64, .has_kid = 0};

    if (m->u.attach_rej.xid != ue->xid || ue->state != S_ATTACHING) {
        return E_OTHER;
    }
    if (!ue->answered) {
        return m->mac_len == 0 ? E_RX_REJECT : E_RX_FORGED;
    }
    return protect_is_good(m, &k, DIR_DL, NULL, 0) ? E_RX_REJECT : E_RX_FORGED;
}

/* ---- frames of the EESE ---- */

static bool find_open(const struct ue *ue, uint32_t ctr, unsigned *index)
{
    for (unsigned i = 0; i < ue->queued; i++) {
        if (ue->outbox[i].ctr == ctr && ue->outbox[i].sent) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* The epoch whose SID and key id the frame carries and whose MAC verifies, or NULL. */
static const struct epoch *verified_by(const struct ue_conf *conf, const struct ue *ue,
                                       const struct msg *m)
{
    const struct epoch *slots[] = {&ue->cur, &ue->prev};

    for (unsigned i = 0; i < COUNT_OF(slots); i++) {
        struct protect_key k = epoch_data_key(slots[i], &conf->base.variant, DIR_DL);

        if (slots[i]->have && m->sid == slots[i]->sid && protect_is_good(m, &k, DIR_DL, NULL, 0)) {
            return slots[i];
        }
    }
    return NULL;
}

static bool error_verifies(const struct epoch *e, const struct msg *m)
{
    struct protect_key k = epoch_error_key(e);

    return e->have && m->sid == e->sid && protect_is_good(m, &k, DIR_DL, NULL, 0);
}

static enum ue_event classify_error(const struct ue_conf *conf, const struct ue *ue,
                                    const struct msg *m, struct ue_found *found)
{
    bool authenticated = on(conf, SW_AUTHENTICATED_ERROR);
    bool current;
    bool previous;

    if (is_literal(conf)) {
        return E_RX_KEY_EXPIRED; /* the text gives it neither a key nor a number: it is believed
                                    (B28) */
    }
    if (!find_open(ue, m->ctr, &found->index)) {
        return E_OTHER;
    }
    current = authenticated ? error_verifies(&ue->cur, m) : m->kid == kid_of(ue->cur.n);
    previous = authenticated ? error_verifies(&ue->prev, m) : !current;
    if (current || (previous && !on(conf, SW_ERROR_NAMES_EPOCH))) {
        return E_RX_KEY_EXPIRED;
    }
    return previous ? E_RX_KEY_EXPIRED_STALE : E_RX_FORGED;
}

static enum ue_event classify_down(const struct ue_conf *conf, const struct ue *ue,
                                   const struct msg *m, struct ue_found *found)
{
    found->open = *m;
    found->epoch = verified_by(conf, ue, m);
    if (found->epoch == NULL || !found->epoch->dl_ok) {
        return E_RX_FORGED;
    }
    if (!epoch_mode_fits(found->epoch, m)) {
        return E_RX_FORGED; /* a silent change of mode is no better than a forgery (H14) */
    }
    if (is_literal(conf)) {
        return E_RX_DATA;
    }
    switch (window_check(&ue->seen, m->ctr)) {
    case WINDOW_NEW: return E_RX_DATA;
    case WINDOW_SEEN: return E_RX_DATA_SEEN;
    case WINDOW_TOO_OLD:
    default: return E_RX_FORGED;
    }
}

/* ---- frames of the EMSE ---- */

static enum ue_event classify_rand(const struct ue_conf *conf, const struct ue *ue,
                                   const struct msg *m)
{
    uint32_t n = m->u.rand_push.n;

    if (!ue->cur.have || m->sid != ue->root.sid) {
        return E_OTHER;
    }
    if (on(conf, SW_PROTECT_RAND) && !root_verifies(&ue->root, m, NULL, 0)) {
        return E_RX_FORGED;
    }
    if (ue->cur.n >= EPOCH_MAX) {
        return E_OTHER;
    }
    if (is_literal(conf) || !on(conf, SW_INDEX)) {
        return E_RX_RAND; /* no number: any RAND derives (B3, B12) */
    }
    if (n <= ue->cur.n) {
        return E_RX_RAND_HELD;
    }
    return n == ue->cur.n + 1 ? E_RX_RAND : E_RX_RAND_AHEAD;
}

static enum ue_event classify_status(const struct ue *ue, const struct msg *m)
{
    if (!root_verifies(&ue->root, m, NULL, 0)) {
        return E_RX_FORGED;
    }
    if ((m->flags & MSG_FLAG_UNKNOWN) != 0) {
        return E_RX_STATUS_UNKNOWN;
    }
    return ue->sync_rounds >= SYNC_ROUNDS_MAX ? E_RX_STATUS_STALLED : E_RX_STATUS;
}

static enum ue_event classify_msg(const struct ue_conf *conf, const struct ue *ue,
                                  const struct msg *m, struct ue_found *found)
{
    if (m->type == MSG_ACCESS_CHAL) {
        return classify_access(conf, ue, m, found);
    }
    if (m->type == MSG_AKA_CHAL) {
        return classify_chal(conf, ue, m, found);
    }
    if (m->type == MSG_ATTACH_ACC) {
        return classify_accept(conf, ue, m);
    }
    if (m->type == MSG_ATTACH_REJ) {
        return classify_reject(ue, m);
    }
    if (m->type == MSG_DACK) {
        if (!find_open(ue, m->ctr, &found->index)) {
            return E_OTHER;
        }
        return verified_by(conf, ue, m) != NULL ? E_RX_DACK : E_RX_FORGED;
    }
    if (m->type == MSG_KEY_EXPIRED) {
        return classify_error(conf, ue, m, found);
    }
    if (m->type == MSG_RAND_PUSH) {
        return classify_rand(conf, ue, m);
    }
    return m->type == MSG_STATUS ? classify_status(ue, m) : classify_down(conf, ue, m, found);
}

static enum ue_event classify_timer(const struct ue *ue, enum timer_id id)
{
    static const enum ue_event by_timer[TIMER_COUNT] = {
        [TIMER_ATTACH] = E_ATTACH_DUE,   [TIMER_REATTACH] = E_REATTACH_DUE,
        [TIMER_DATA] = E_DATA_DUE,       [TIMER_WAITKEY] = E_WAITKEY_DUE,
        [TIMER_ACK] = E_ACK_DUE,         [TIMER_SYNC] = E_SYNC_DUE,
        [TIMER_OVERLAP] = E_OVERLAP_DUE,
    };

    if (id == TIMER_ATTACH && ue->attach_tries >= ATTACH_TRIES_MAX) {
        return E_ATTACH_SPENT;
    }
    if (id == TIMER_DATA && ue->data_tries >= DATA_TRIES_MAX) {
        return E_DATA_SPENT;
    }
    if (id == TIMER_WAITKEY && ue->waited) {
        return E_WAITKEY_SPENT;
    }
    if (id == TIMER_SYNC && ue->sync_tries >= SYNC_TRIES_MAX) {
        return E_SYNC_SPENT;
    }
    return by_timer[id];
}

enum ue_event ue_classify(const struct ue_conf *conf, const struct ue *ue, const struct event *ev,
                          struct ue_found *found)
{
    if (ev->input == IN_MSG) {
        return classify_msg(conf, ue, ev->msg, found);
    }
    if (ev->input == IN_TIMER) {
        return classify_timer(ue, ev->timer);
    }
    if (ev->order->kind == ORDER_SEND) {
        return ue->queued == OUTBOX_MAX || ue->ul_ctr == UINT32_MAX ? E_APP_SEND_FULL : E_APP_SEND;
    }
    return ev->order->kind == ORDER_ATTACH  ? E_ATTACH
           : ev->order->kind == ORDER_MOVE  ? E_MOVED
           : ev->order->kind == ORDER_START ? E_STARTED
                                            : E_OTHER;
}
