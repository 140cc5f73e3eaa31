/* Keysets at the EESE: te2e, the trigger, the next key, the switch (clause 6.x.2.3 steps 1, 2 and
 * 4). */
#include "eese/actions.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"

#include <string.h>

const struct variant_set *eese_variant_of(const struct step *s)
{
    return &((const struct eese_conf *)s->conf)->base.variant;
}

static const struct timing *timing_of(const struct step *s)
{
    return &((const struct eese_conf *)s->conf)->base.timing;
}

static bool is_expired(uint8_t state)
{
    return state == S_EXPIRED || state == S_EXPIRED_NEXT;
}

bool eese_was_expired(const struct step *s)
{
    return is_expired(s->fx->before);
}

static struct eese_status status_of(const struct step *s)
{
    const struct eese_ue *ue = s->ctx;
    struct eese_status st = {0};

    if (ue->cur.have) {
        st.g = ue->cur.g;
        st.cur = ue->cur.n;
        st.flags |= STATUS_HAS_CUR;
        st.flags |= is_expired(s->fx->row->next) ? 0 : STATUS_CUR_VALID;
    }
    if (ue->next.have) {
        st.g = ue->next.g;
        st.next = ue->next.n;
        st.flags |= STATUS_HAS_NEXT;
    }
    st.flags |= ue->contact ? STATUS_CONTACT : 0;
    st.flags |= ue->queued > 0 ? STATUS_PAGE : 0;
    return st;
}

/* Every frame to the EMSE carries the status, and the EMSE acts on that, not on the frame's type
 * (H2). */
struct msg_eese *eese_tell_emse(struct step *s, enum msg_type type)
{
    struct eese_ue *ue = s->ctx;
    struct msg_eese *m = &fx_send(s->fx, ROLE_EMSE, type)->u.eese;

    m->assoc = ue->assoc;
    m->status = status_of(s);
    ue->contact = 0;
    return m;
}

static void send_trigger(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    eese_tell_emse(s, MSG_KEY_TRIGGER)->reason = ue->trig;
    if (step_on(s, SW_RETRANSMIT)) {
        step_arm_backoff(s, TIMER_TRIGGER, ue->trig_tries); /* in the literal variant too: L1x */
    }
}

/* Asks for a new epoch. A rekey already on its way satisfies any further cause (H2, I13). A planned
 * one waits until the overlap has closed: only two keysets may be accepted at a time (H7). */
void eese_trigger(struct step *s, enum trigger_reason reason)
{
    struct eese_ue *ue = s->ctx;
    bool planned = reason == TRIGGER_SOFT || reason == TRIGGER_VOLUME || reason == TRIGGER_COMMAND;
    bool waits =
        planned && step_on(s, SW_SPACING) && ue->prev_ok && s->ev->now_us < ue->overlap_end_us;

    if (ue->trig != 0 && ue->trig_waits && waits) {
        return;
    }
    if (step_on(s, SW_SINGLE_FLIGHT) && ue->trig != 0 && !ue->trig_waits) {
        if (ue->contact) {
            send_trigger(s); /* the UE is awake: the EMSE may push now (H5) */
        }
        return;
    }
    ue->trig = (uint8_t)reason;
    ue->trig_tries = 0;
    ue->trig_waits = waits;
    if (waits) {
        fx_arm(s->fx, TIMER_TRIGGER, ue->overlap_end_us);
    } else {
        send_trigger(s);
    }
}

static void trigger_ends(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    ue->trig = 0;
    ue->trig_tries = 0;
    ue->trig_waits = 0;
    fx_disarm(s->fx, TIMER_TRIGGER);
}

static uint32_t te2e_ms(struct step *s)
{
    const struct eese_conf *conf = s->conf;
    const struct eese_ue *ue = s->ctx;
    uint32_t wish = 0;

    for (uint32_t i = 0; i < conf->wish_count; i++) {
        if (ident_equal(&conf->wish[i].ue, &ue->assoc.ue)) {
            wish = conf->wish[i].te2e_ms;
        }
    }
    return policy_te2e_ms(&ue->profile, wish, conf->te2e_wish_ms, s->fx);
}

/* With soft-trigger, the moment of the rekey that never refuses data: a tenth before the end of
 * te2e, and never less than the register's SOFT (H10). */
static void arm_soft(struct step *s)
{
    const struct eese_ue *ue = s->ctx;
    uint32_t floor = timing_of(s)->ms[TIMER_SOFT];
    uint32_t margin = ue->te2e_ms / 10 > floor ? ue->te2e_ms / 10 : floor;

    if (step_on(s, SW_SOFT_TRIGGER)) {
        fx_arm(s->fx, TIMER_SOFT,
               ue->expires_us - (uint64_t)(margin < ue->te2e_ms ? margin : ue->te2e_ms) * 1000);
    }
}

/* 6.x.2.3 step 1. */
static void arm_te2e(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    ue->te2e_ms = te2e_ms(s);
    ue->expires_us = s->ev->now_us + (uint64_t)ue->te2e_ms * 1000;
    fx_arm(s->fx, TIMER_TE2E, ue->expires_us);
}

static void take_keyset(struct step *s, struct epoch *e)
{
    struct eese_ue *ue = s->ctx;
    const struct msg_keyset_fwd *f = &s->ev->msg->u.keyset_fwd;
    struct e2e_keyset chain;

    memcpy(chain.octets, f->key, sizeof chain.octets);
    ue->assoc = f->assoc;
    if (f->profile.version >= ue->profile.version) {
        ue->profile = f->profile; /* a POLICY may have overtaken the keyset */
    }
    epoch_make(e, eese_variant_of(s), f->n, f->g, f->sid, &f->choice, &chain);
    bytes_wipe(&chain, sizeof chain);
}

void eese_install_keyset(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    take_keyset(s, &ue->cur);
    arm_te2e(s);
    eese_send_queue(s);
}

void eese_invalidate_keyset(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    ue->prev_ok = 0;
    fx_save(s->fx);
    fx_disarm(s->fx, TIMER_SOFT);
    fx_disarm(s->fx, TIMER_DATA);
    if (ue->queued > 0 && !step_is_literal(s)) {
        eese_trigger(s, TRIGGER_PAGE); /* a downlink message waits: the EESE starts the contact */
    }
}

void eese_derive_next(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    epoch_refresh(&ue->cur, eese_variant_of(s), s->ev->msg->u.rand_fwd.rand, ue->cur.n + 1,
                  &ue->assoc.ue, &ue->assoc.eese, &ue->cur);
    trigger_ends(s);
    arm_te2e(s);
    eese_send_queue(s);
}

void eese_trigger_rekey(struct step *s)
{
    eese_trigger(s, TRIGGER_COMMAND);
}

/* A new te2e counts from the next arming, unless it has run out already (H12); algorithms change
 * with the next root. */
void eese_apply_policy(struct step *s)
{
    struct eese_ue *ue = s->ctx;
    const struct profile *p = &s->ev->msg->u.policy.profile;
    uint64_t armed_us = ue->expires_us - (uint64_t)ue->te2e_ms * 1000;

    if (p->version <= ue->profile.version) {
        return;
    }
    ue->profile = *p;
    fx_note(s->fx, NOTE_POLICY_APPLIED, p->version, 0);
    fx_save(s->fx);
    if (!eese_was_expired(s) && armed_us + (uint64_t)te2e_ms(s) * 1000 <= s->ev->now_us) {
        ue->expires_us = s->ev->now_us;
        fx_arm(s->fx, TIMER_TE2E, ue->expires_us);
    }
}

void eese_install_first(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    take_keyset(s, &ue->next);
    if (s->fx->before == S_NO_KEY && ue->next.n != 0) {
        ue->dl_ctr =
            window_restart(ue->next.g); /* this UE has epochs behind it that are forgotten here */
    }
    arm_te2e(s);
    fx_save(s->fx);
    eese_tell_emse(s, MSG_KEYSET_ACK);
}

void eese_acknowledge(struct step *s)
{
    const enum msg_type type = s->ev->msg->type;

    eese_tell_emse(s, type == MSG_KEYSET_FWD ? MSG_KEYSET_ACK
                      : type == MSG_RAND_FWD ? MSG_FWD_ACK
                                             : MSG_COMMIT);
}

/* The switch. The old keyset is kept for the overlap only if it was not expired (H7). */
static void switch_epoch(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    ue->prev = ue->cur;
    epoch_retire(&ue->prev);
    ue->prev_ok = ue->prev.have && step_on(s, SW_OVERLAP) && !eese_was_expired(s);
    ue->cur = ue->next;
    memset(&ue->next, 0, sizeof ue->next);
    ue->messages = 0;
    ue->data_tries = 0;
    trigger_ends(s);
    arm_te2e(s);
    arm_soft(s);
    if (ue->prev_ok) {
        ue->overlap_end_us = s->ev->now_us + (uint64_t)timing_of(s)->ms[TIMER_OVERLAP] * 1000;
        fx_arm(s->fx, TIMER_OVERLAP, ue->overlap_end_us);
    }
    fx_save(s->fx);
}

void eese_commit_and_deliver(struct step *s)
{
    struct eese_ue *ue = s->ctx;
    struct eese_found *found = s->found;

    switch_epoch(s);
    found->epoch = &ue->cur;
    eese_deliver(s);
    eese_tell_emse(s, MSG_COMMIT);
    eese_send_queue(s);
}

void eese_commit(struct step *s)
{
    switch_epoch(s);
    eese_tell_emse(s, MSG_COMMIT);
    eese_send_queue(s);
}

void eese_commit_and_acknowledge(struct step *s)
{
    struct eese_ue *ue = s->ctx;
    struct eese_found *found = s->found;

    switch_epoch(s);
    found->epoch = &ue->cur;
    eese_acknowledge_data(s);
    eese_tell_emse(s, MSG_COMMIT);
    eese_send_queue(s);
}

void eese_restart_te2e(struct step *s)
{
    arm_te2e(s);
    fx_save(s->fx);
}

static void derive_rand(struct step *s)
{
    struct eese_ue *ue = s->ctx;
    const struct epoch *base = ue->next.have ? &ue->next : &ue->cur;

    epoch_refresh(base, eese_variant_of(s), s->ev->msg->u.rand_fwd.rand, ue->cur.n + 1,
                  &ue->assoc.ue, &ue->assoc.eese, &ue->next);
}

void eese_install_rand(struct step *s)
{
    derive_rand(s);
    fx_save(s->fx);
    if (!step_on(s, SW_LEVEL_TRIGGER)) {
        trigger_ends(
            s); /* correction off: satisfied when a RAND is seen, not when the epoch commits */
    }
    eese_tell_emse(s, MSG_FWD_ACK);
}

void eese_install_and_switch(struct step *s)
{
    derive_rand(s);
    switch_epoch(s);
    eese_tell_emse(s, MSG_FWD_ACK);
    eese_send_queue(s);
}

void eese_soft_trigger(struct step *s)
{
    eese_trigger(s, TRIGGER_SOFT);
}

void eese_repeat_trigger(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    if (ue->trig == 0) {
        return;
    }
    if (ue->trig_waits) {
        ue->trig_waits = 0;
    } else if (ue->trig_tries < UINT8_MAX) {
        ue->trig_tries++;
    }
    send_trigger(s);
}

void eese_install_root(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    take_keyset(s, &ue->next);
    fx_note(s->fx, NOTE_ROOT_CHANGED, ue->next.g, 0);
    fx_save(s->fx);
    eese_tell_emse(s, MSG_KEYSET_ACK);
}

void eese_retire_previous(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    ue->prev_ok =
        0; /* its uplink key stays, to tell a genuine straggler from junk, until the next switch */
    fx_save(s->fx);
}

void eese_lack(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    if (ue->assoc.eese.len == 0) {
        ue->assoc = s->ev->msg->type == MSG_RAND_FWD ? s->ev->msg->u.rand_fwd.assoc
                                                     : s->ev->msg->u.ue_confirm.assoc;
    }
    if (step_on(s, SW_RESYNC)) {
        eese_tell_emse(s, MSG_NAK);
    }
}

/* What a restart may have set back goes on where it was never used (H11). */
static void resume_numbers(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    ue->dl_ctr = window_resume(ue->dl_ctr, s->ev->entropy);
    s->fx->entropy_used = true;
    fx_save(s->fx);
}

/* After a restart: deadlines are on the machine's monotonic clock, so te2e has gone on running
 * while we were away. */
void eese_resume(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    fx_note(s->fx, NOTE_RESTORED, ue->cur.n, 0);
    resume_numbers(s);
    if (!eese_was_expired(s)) {
        fx_arm(s->fx, TIMER_TE2E, ue->expires_us);
        arm_soft(s);
    }
    if (ue->prev_ok) {
        fx_arm(s->fx, TIMER_OVERLAP, ue->overlap_end_us);
    }
    if (ue->trig != 0) {
        eese_repeat_trigger(s);
    }
    if (ue->queued > 0 && !eese_was_expired(s) && s->fx->before != S_FIRST) {
        eese_send_queue(s);
    }
}

/* A key of doubtful age is an expired key (H10, B20, B21). */
void eese_resume_expired(struct step *s)
{
    struct eese_ue *ue = s->ctx;

    fx_note(s->fx, NOTE_EXPIRED_ON_RESTORE, ue->cur.n, 0);
    resume_numbers(s);
    if (ue->trig != 0) {
        eese_repeat_trigger(s);
    }
    eese_invalidate_keyset(s);
}
