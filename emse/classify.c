#include "emse/events.h"

#include <string.h>

static bool is_literal(const struct emse_conf *conf)
{
    return conf->base.variant.variant == VARIANT_LITERAL;
}

static bool on(const struct emse_conf *conf, enum sw s)
{
    return sw_on(&conf->base.variant, s);
}

size_t emse_echo(const struct emse_conf *conf, const struct emse_root *root, uint8_t out[4])
{
    if (!on(conf, SW_ECHO_NEGOTIATION)) {
        return 0;
    }
    out[0] = root->caps;
    memcpy(out + 1, root->plmn, PLMN_LEN);
    return 4;
}

bool emse_bucket_ok(uint64_t bucket_us, uint64_t now_us, uint64_t period_us, unsigned burst)
{
    return bucket_us <= now_us + period_us * (burst - 1);
}

uint64_t emse_bucket_take(uint64_t bucket_us, uint64_t now_us, uint64_t period_us)
{
    return (bucket_us > now_us ? bucket_us : now_us) + period_us;
}

struct assoc emse_assoc(const struct emse_conf *conf, const struct emse_ue *ue, uint8_t eese)
{
    return (struct assoc){.ue = ue->ue, .emse = conf->name, .eese = conf->eese[eese].name};
}

/* A frame of the UE under |root|: its MAC is good and its number was not used before. */
static bool root_verifies(const struct emse_root *root, const struct msg *m)
{
    struct protect_key k = {
        .int_key = root->keys.int_ul, .index = root->g, .alg_int = INT_CMAC64, .has_kid = 1};

    return root->g != 0 && m->sid == root->sid && m->ctr > root->ul_seen &&
           protect_is_good(m, &k, DIR_UL, NULL, 0);
}

/* ---- the AKA run ---- */

static bool is_running(const struct emse_ue *ue)
{
    return ue->state == S_AV || ue->state == S_CHAL;
}

/* A run ends without success: its tries are used up, or a restart has cut it short. */
static enum emse_event run_spent(const struct emse_ue *ue)
{
    return ue->root.g == 0 ? E_RUN_SPENT : ue->root_epoch ? E_RUN_SPENT_ROOT : E_RUN_SPENT_HELD;
}

static enum emse_event classify_attach(const struct emse_conf *conf, const struct emse_ue *ue,
                                       const struct event *ev, struct emse_found *found)
{
    const struct msg_attach_req *r = &ev->msg->u.attach_req;
    bool pushing = ue->root_epoch && ue->has_pending;

    if ((is_running(ue) && ue->run.xid == r->xid) || (pushing && ue->acc_xid == r->xid)) {
        return E_RX_ATTACH_AGAIN;
    }
    found->eese = conf->eese_count;
    for (uint8_t i = 0; i < conf->eese_count; i++) {
        if (conf->eese[i].handle == r->eese) {
            found->eese = i;
        }
    }
    if (found->eese == conf->eese_count) {
        return E_RX_ATTACH_NO_EESE;
    }
    found->authenticated = ev->msg->mac_len != 0 && (root_verifies(&ue->root, ev->msg) ||
                                                     root_verifies(&ue->old_root, ev->msg));
    if (!is_literal(conf) && (ue->root.used || ue->old_root.used) && !found->authenticated &&
        !emse_bucket_ok(ue->attach_us, ev->now_us, ATTACH_PERIOD_US, ATTACH_BURST)) {
        return E_RX_ATTACH_LIMITED;
    }
    return E_RX_ATTACH;
}

static enum emse_event classify_av(const struct emse_ue *ue, const struct msg_av_rsp *r)
{
    if (ue->state != S_AV || r->xid != ue->run.av_xid) {
        return E_OTHER;
    }
    if (r->cause != CAUSE_NONE) {
        return E_RX_AV_REFUSED;
    }
    return r->g != 0 ? E_RX_AV : E_OTHER; /* roots count from 1; 0 means that there is none */
}

static enum emse_event classify_resp(const struct emse_conf *conf, const struct emse_ue *ue,
                                     const struct msg *m, struct emse_found *found,
                                     struct effects *fx)
{
    const struct emse_run *run = &ue->run;
    struct protect_key k = {
        .int_key = run->root.keys.int_ul, .index = 0, .alg_int = INT_CMAC64, .has_kid = 0};

    if (ue->state != S_CHAL || ue->free_n > EPOCH_MAX) {
        return E_OTHER;
    }
    if (!bytes_equal(m->u.aka_resp.res, run->xres, RES_LEN) || m->sid != 0 ||
        !protect_is_good(m, &k, DIR_UL, NULL, 0)) {
        return E_RX_RESP_BAD;
    }
    if (!policy_choose(&ue->profile, &conf->eese[run->eese].wish, run->caps, run->plmn,
                       &found->choice, fx)) {
        return E_RX_RESP_NO_ALG;
    }
    return E_RX_RESP;
}

/* ---- frames of the EESE: the status decides, not the type (H2) ---- */

static enum emse_event classify_pending(const struct emse_conf *conf, const struct emse_ue *ue,
                                        const struct msg *m)
{
    const struct eese_status *st = &m->u.eese.status;
    bool has_cur = (st->flags & STATUS_HAS_CUR) != 0;
    bool has_next = (st->flags & STATUS_HAS_NEXT) != 0;
    bool other_root = st->g != ue->root.g;

    if (m->type == MSG_KEY_TRIGGER && !on(conf, SW_SINGLE_FLIGHT) && ue->free_n <= EPOCH_MAX) {
        return E_RX_TRIGGER_OVER;
    }
    if (m->type == MSG_KEY_TRIGGER && !on(conf, SW_IDEMPOTENT_RAND) && !ue->root_epoch) {
        return E_RX_TRIGGER_FRESH;
    }
    if (has_next && st->next == ue->pending && !other_root) {
        return (st->flags & STATUS_CONTACT) != 0 ? E_RX_EESE_CONTACT : E_RX_EESE_NEXT;
    }
    if (ue->root_epoch && other_root &&
        ((has_cur && st->cur >= ue->pending) || (has_next && st->next >= ue->pending))) {
        return E_RX_EESE_CLASH;
    }
    if (has_cur && st->cur >= ue->pending && (!ue->root_epoch || !other_root)) {
        return on(conf, SW_COMMIT_ON_USE) || ue->root_epoch || ue->state == S_CONF ? E_RX_EESE_CUR
                                                                                   : E_RX_EESE_NEXT;
    }
    if (m->type == MSG_NAK && !ue->root_epoch &&
        (!has_cur || other_root || st->cur + 1 < ue->pending)) {
        return E_RX_EESE_LOST; /* the chain cannot take it from there to the pending epoch */
    }
    return E_RX_EESE_LACKS;
}

/* Does the status name an index after which there is none? Whoever sends that shall not bring our
 * numbering to its end. */
static bool beyond_end(const struct eese_status *st)
{
    return ((st->flags & STATUS_HAS_CUR) != 0 && st->cur >= EPOCH_MAX) ||
           ((st->flags & STATUS_HAS_NEXT) != 0 && st->next >= EPOCH_MAX);
}

/* The EESE asks, or lacks what it was asked about. A NAK never leads to a new epoch (9.3). */
static enum emse_event classify_idle(const struct emse_ue *ue, const struct event *ev)
{
    const struct msg *m = ev->msg;
    const struct eese_status *st = &m->u.eese.status;
    bool asks = m->type == MSG_KEY_TRIGGER;
    bool same_root = st->g == ue->root.g;
    bool has_cur = (st->flags & STATUS_HAS_CUR) != 0 && same_root;
    bool has_next = (st->flags & STATUS_HAS_NEXT) != 0 && same_root;

    if (!asks && m->type != MSG_NAK) {
        return E_RX_EESE_SAME;
    }
    if (has_next) {
        return st->next == ue->root_n ? E_RX_TRIGGER_ROOT : E_RX_TRIGGER_RESUME;
    }
    if (!has_cur && (!ue->has_cur || ue->cur < ue->root_n)) {
        return E_RX_TRIGGER_ROOT; /* the root has not reached it yet */
    }
    if (has_cur && (!ue->has_cur || st->cur >= ue->cur)) {
        return !asks ? E_RX_EESE_SAME
               : emse_bucket_ok(ue->rate_us, ev->now_us, (uint64_t)ue->profile.te2e_floor_ms * 1000,
                                RATE_BURST)
                   ? E_RX_TRIGGER
                   : E_RX_TRIGGER_LIMITED;
    }
    if (has_cur && st->cur + 1 == ue->cur) {
        return E_RX_EESE_BEHIND;
    }
    return asks ? E_RX_TRIGGER_STALE : E_RX_EESE_LOST;
}

static enum emse_event classify_eese(const struct emse_conf *conf, const struct emse_ue *ue,
                                     const struct event *ev)
{
    const struct msg *m = ev->msg;
    struct assoc own = emse_assoc(conf, ue, ue->root.eese);

    if (ue->root.g == 0 || !ident_equal(&m->u.eese.assoc.eese, &own.eese) ||
        !ident_equal(&m->u.eese.assoc.emse, &own.emse)) {
        return E_OTHER; /* only the EESE of the association may trigger (H15, B52) */
    }
    if (is_literal(conf)) {
        return m->type == MSG_KEY_TRIGGER ? E_RX_TRIGGER : E_OTHER;
    }
    if (beyond_end(&m->u.eese.status)) {
        return E_OTHER;
    }
    if (is_running(ue)) {
        return E_RX_EESE_SAME; /* the new root answers whatever it wants */
    }
    if (m->type == MSG_RSYNC && !ue->has_pending) {
        return ue->has_cur && m->u.eese.ue_n < ue->cur && m->u.eese.ue_n >= ue->root_n
                   ? E_RX_SYNC_BEHIND
                   : E_RX_EESE_SAME;
    }
    return ue->has_pending ? classify_pending(conf, ue, m) : classify_idle(ue, ev);
}

/* ---- RAND of the HSS, index frames of the UE ---- */

static enum emse_event classify_rand(const struct emse_conf *conf, const struct emse_ue *ue,
                                     const struct msg_rand_rsp *r)
{
    if (is_literal(conf)) {
        return E_RX_RAND;
    }
    if (r->g != ue->root.g || r->count == 0) {
        return E_OTHER;
    }
    if (ue->has_pending && !ue->root_epoch && r->n_first == ue->pending) {
        return ue->state == S_RAND             ? E_RX_RAND
               : !on(conf, SW_IDEMPOTENT_RAND) ? E_RX_RAND_FRESH
                                               : E_OTHER;
    }
    return ue->catching_up && r->n_first == ue->catch_n ? E_RX_RAND_CATCH : E_OTHER;
}

static enum emse_event classify_index(const struct emse_ue *ue, const struct msg *m)
{
    uint32_t n = m->u.index.n;
    bool sync = m->type == MSG_SYNC;

    if (!root_verifies(&ue->root, m)) {
        return root_verifies(&ue->old_root, m) ? E_RX_OLD_ROOT : E_RX_FORGED;
    }
    if (n >= EPOCH_MAX) {
        return E_OTHER;
    }
    if (ue->has_pending) {
        if (n >= ue->pending) {
            return E_RX_ACK;
        }
        return n + 1 == ue->pending || ue->root_epoch ? E_RX_SYNC_WAITS : E_RX_SYNC_BEHIND;
    }
    if (n < ue->root_n) {
        return E_RX_SYNC_UNKNOWN;
    }
    if (ue->has_cur && n < ue->cur) {
        return sync ? E_RX_SYNC_BEHIND : E_RX_ACK_BEHIND;
    }
    if (!ue->has_cur || n > ue->cur) {
        return E_RX_SYNC_AHEAD;
    }
    return sync ? E_RX_SYNC : E_RX_ACK_SAME;
}

/* ---- all ---- */

static enum emse_event classify_msg(const struct emse_conf *conf, const struct emse_ue *ue,
                                    const struct event *ev, struct emse_found *found,
                                    struct effects *fx)
{
    const struct msg *m = ev->msg;

    if (ev->from == ROLE_EESE) {
        return classify_eese(conf, ue, ev);
    }
    if (m->type == MSG_ATTACH_REQ) {
        return classify_attach(conf, ue, ev, found);
    }
    if (m->type == MSG_AV_RSP) {
        return classify_av(ue, &m->u.av_rsp);
    }
    if (m->type == MSG_AKA_RESP) {
        return classify_resp(conf, ue, m, found, fx);
    }
    if (m->type == MSG_SYNCFAIL) {
        return ue->state == S_CHAL && !ue->run.resynced ? E_RX_SYNCFAIL : E_OTHER;
    }
    if (m->type == MSG_RAND_RSP) {
        return classify_rand(conf, ue, &m->u.rand_rsp);
    }
    return m->type == MSG_POLICY ? E_RX_POLICY : classify_index(ue, m);
}

enum emse_event emse_classify(const struct emse_conf *conf, const struct emse_ue *ue,
                              const struct event *ev, struct emse_found *found, struct effects *fx)
{
    static const enum emse_event by_timer[TIMER_COUNT] = {
        [TIMER_AV] = E_AV_DUE,     [TIMER_CHAL] = E_CHAL_DUE, [TIMER_FWD] = E_FWD_DUE,
        [TIMER_RAND] = E_RAND_DUE, [TIMER_PUSH] = E_PUSH_DUE,
    };

    if (ev->input == IN_MSG) {
        return classify_msg(conf, ue, ev, found, fx);
    }
    if (ev->input == IN_ORDER) {
        return ev->order->kind != ORDER_START ? E_OTHER
               : is_running(ue)               ? run_spent(ue)
                                              : E_STARTED;
    }
    if ((ev->timer == TIMER_AV || ev->timer == TIMER_CHAL) &&
        ue->tries >= (ue->run.doubtful ? DOUBT_TRIES_MAX : RUN_TRIES_MAX)) {
        return run_spent(ue);
    }
    return by_timer[ev->timer];
}
