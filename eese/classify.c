#include "eese/events.h"

#include "common/base/ensure.h"

#include <string.h>

static bool is_literal(const struct eese_conf *conf)
{
    return conf->base.variant.variant == VARIANT_LITERAL;
}

static bool on(const struct eese_conf *conf, enum sw s)
{
    return sw_on(&conf->base.variant, s);
}

/* True when |m| claims to be under |e|: its SID and key id. */
static bool names(const struct eese_conf *conf, const struct epoch *e, const struct msg *m)
{
    return e->have && m->sid == e->sid && (is_literal(conf) || m->kid == kid_of(e->n));
}

static bool verifies(const struct eese_conf *conf, const struct epoch *e, const struct msg *m)
{
    struct protect_key k = epoch_data_key(e, &conf->base.variant, DIR_UL);

    return protect_is_good(m, &k, DIR_UL, NULL, 0);
}

/* Data under an epoch that is here: new, seen or too old? */
static enum eese_event by_window(const struct eese_ue *ue, uint32_t ctr, enum eese_event fresh,
                                 enum eese_event seen)
{
    switch (window_check(&ue->seen, ctr)) {
    case WINDOW_NEW: return fresh;
    case WINDOW_SEEN: return seen;
    case WINDOW_TOO_OLD:
    default: return E_RX_DATA_OLD;
    }
}

static enum eese_event classify_literal_data(const struct eese_conf *conf, const struct eese_ue *ue,
                                             const struct msg *m, struct eese_found *found)
{
    if (ue->state == S_EXPIRED) {
        return E_RX_DATA; /* the text answers any contact with the error; nothing says that it is
                             verified first */
    }
    if (!names(conf, &ue->cur, m) || !epoch_mode_fits(&ue->cur, m) ||
        !verifies(conf, &ue->cur, m)) {
        return E_RX_DATA_BAD;
    }
    found->epoch = &ue->cur;
    return E_RX_DATA;
}

static enum eese_event classify_data(const struct eese_conf *conf, const struct eese_ue *ue,
                                     const struct msg *m, struct eese_found *found)
{
    const struct epoch *e = names(conf, &ue->cur, m)    ? &ue->cur
                            : names(conf, &ue->next, m) ? &ue->next
                            : names(conf, &ue->prev, m) ? &ue->prev
                                                        : NULL;

    if (e == NULL) {
        return E_RX_DATA_UNKNOWN;
    }
    found->epoch = e;
    if (!verifies(conf, e, m)) {
        bool expired = ue->state == S_EXPIRED || ue->state == S_EXPIRED_NEXT;

        /* correction `verify-before-error` off: any contact with a flagged EESE is answered (B32)
         */
        return expired && e == &ue->cur && !on(conf, SW_VERIFY_BEFORE_ERROR) ? E_RX_DATA
                                                                             : E_RX_DATA_BAD;
    }
    if (!epoch_mode_fits(e, m)) {
        return E_RX_DATA_MODE;
    }
    if (e == &ue->cur) {
        return by_window(ue, m->ctr, E_RX_DATA, E_RX_DATA_SEEN);
    }
    if (e == &ue->next) {
        return by_window(ue, m->ctr, E_RX_DATA_NEXT, E_RX_DATA_NEXT_SEEN);
    }
    if (ue->prev_ok) {
        return by_window(ue, m->ctr, E_RX_DATA_PREV, E_RX_DATA_PREV_SEEN);
    }
    return window_check(&ue->seen, m->ctr) == WINDOW_SEEN ? E_RX_DATA_PREV_SEEN : E_RX_DATA_LATE;
}

static enum eese_event classify_dack(const struct eese_conf *conf, const struct eese_ue *ue,
                                     const struct msg *m)
{
    const struct epoch *slots[] = {&ue->cur, &ue->next, &ue->prev};

    if (ue->queued == 0 || ue->queue[0].ctr != m->ctr) {
        return E_OTHER;
    }
    for (unsigned i = 0; i < COUNT_OF(slots); i++) {
        if (names(conf, slots[i], m) && verifies(conf, slots[i], m)) {
            return E_RX_DACK;
        }
    }
    return E_OTHER;
}

/* Is epoch |n| here already, or older than what is? */
static bool held(const struct eese_ue *ue, uint32_t n)
{
    return (ue->cur.have && n <= ue->cur.n) || (ue->next.have && n <= ue->next.n);
}

static enum eese_event next_event(const struct eese_conf *conf)
{
    return on(conf, SW_COMMIT_ON_USE) ? E_RX_RAND : E_RX_RAND_SWITCH;
}

static enum eese_event classify_rand(const struct eese_conf *conf, const struct eese_ue *ue,
                                     uint32_t n)
{
    if (ue->cur.have && ue->cur.n >= EPOCH_MAX) {
        return E_RX_RAND_AHEAD;
    }
    if (is_literal(conf)) {
        return E_RX_RAND;
    }
    if (!on(conf, SW_INDEX)) {
        return ue->cur.have ? next_event(conf)
                            : E_RX_RAND_AHEAD; /* no number: every RAND derives (B4) */
    }
    if (held(ue, n)) {
        return E_RX_RAND_HELD;
    }
    return ue->cur.have && !ue->next.have && n == ue->cur.n + 1 ? next_event(conf)
                                                                : E_RX_RAND_AHEAD;
}

static enum eese_event classify_confirm(const struct eese_ue *ue, uint32_t n)
{
    if (ue->next.have && n == ue->next.n) {
        return E_RX_CONFIRM;
    }
    return ue->cur.have && n <= ue->cur.n ? E_RX_CONFIRM_HELD : E_RX_CONFIRM_LACK;
}

static enum eese_event classify_msg(const struct eese_conf *conf, const struct eese_ue *ue,
                                    const struct msg *m, struct eese_found *found)
{
    const struct assoc *assoc;

    if (m->type == MSG_DATA_UL) {
        found->open = *m;
        return is_literal(conf) ? classify_literal_data(conf, ue, m, found)
                                : classify_data(conf, ue, m, found);
    }
    if (m->type == MSG_DACK) {
        return classify_dack(conf, ue, m);
    }
    if (m->type == MSG_KEYSET_FWD) {
        assoc = &m->u.keyset_fwd.assoc;
    } else if (m->type == MSG_RAND_FWD) {
        assoc = &m->u.rand_fwd.assoc;
    } else if (m->type == MSG_UE_CONFIRM) {
        assoc = &m->u.ue_confirm.assoc;
    } else {
        assoc = &m->u.policy.assoc;
    }
    if (!ident_equal(&assoc->eese, &conf->name)) {
        return E_OTHER; /* meant for another enterprise (H15) */
    }
    if (m->type == MSG_KEYSET_FWD) {
        return !is_literal(conf) && held(ue, m->u.keyset_fwd.n) ? E_RX_KEYSET_HELD : E_RX_KEYSET;
    }
    if (m->type == MSG_RAND_FWD) {
        return classify_rand(conf, ue, m->u.rand_fwd.n);
    }
    return m->type == MSG_UE_CONFIRM ? classify_confirm(ue, m->u.ue_confirm.n) : E_RX_POLICY;
}

bool eese_is_full(const struct eese_ue *ue)
{
    return ue->queued == EESE_QUEUE_MAX || ue->dl_ctr >= UINT32_MAX - EESE_QUEUE_MAX;
}

/* After a restart the clock must lie between the arming of te2e and its end, or nobody knows how
 * old the key is (H10). */
static bool te2e_in_doubt(const struct eese_ue *ue, const struct event *ev)
{
    bool keyed = ue->state == S_VALID || ue->state == S_VALID_NEXT;

    return keyed && (ev->order->clock_lost || ev->now_us >= ue->expires_us ||
                     ue->expires_us - ev->now_us > (uint64_t)ue->te2e_ms * 1000);
}

enum eese_event eese_classify(const struct eese_conf *conf, const struct eese_ue *ue,
                              const struct event *ev, struct eese_found *found)
{
    static const enum eese_event by_timer[TIMER_COUNT] = {
        [TIMER_TE2E] = E_TE2E_EXPIRED,   [TIMER_SOFT] = E_SOFT_DUE,
        [TIMER_TRIGGER] = E_TRIGGER_DUE, [TIMER_DATA] = E_DATA_DUE,
        [TIMER_OVERLAP] = E_OVERLAP_DUE,
    };

    if (ev->input == IN_MSG) {
        return classify_msg(conf, ue, ev->msg, found);
    }
    if (ev->input == IN_TIMER) {
        return by_timer[ev->timer];
    }
    if (ev->order->kind == ORDER_SEND) {
        return eese_is_full(ue) ? E_APP_SEND_FULL : E_APP_SEND;
    }
    if (ev->order->kind == ORDER_START) {
        return te2e_in_doubt(ue, ev) ? E_STARTED_LATE : E_STARTED;
    }
    return ev->order->kind == ORDER_REKEY ? E_APP_REKEY : E_OTHER;
}
