/* One epoch at a time from the HSS's RAND to both ends (clauses 6.x.2.2 and 6.x.2.3 step 4, H2,
 * H3). */
#include "emse/actions.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"

#include <string.h>

void emse_disarm_all(struct step *s)
{
    static const enum timer_id own[] = {TIMER_AV, TIMER_CHAL, TIMER_FWD, TIMER_RAND, TIMER_PUSH};

    for (unsigned i = 0; i < COUNT_OF(own); i++) {
        fx_disarm(s->fx, own[i]);
    }
}

/* The next number towards the UE under the root in force. Numbers are reserved in blocks: the first
 * of a block is durable before it is used, and a restart skips more than a block, so none is used
 * twice (H11). */
uint32_t emse_next_dl(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    if (++ue->root.dl_ctr % CTR_BLOCK == 1 && !step_is_literal(s)) {
        fx_save(s->fx);
    }
    return ue->root.dl_ctr;
}

struct assoc emse_own_assoc(const struct step *s)
{
    const struct emse_ue *ue = s->ctx;

    return emse_assoc(s->conf, ue, ue->root.eese);
}

/* Takes index |n| for a new epoch. It is durable before anybody hears of it, so it is never issued
 * twice (H13). */
void emse_allocate(struct step *s, uint32_t n, bool root)
{
    struct emse_ue *ue = s->ctx;

    ue->has_pending = 1;
    ue->root_epoch = root;
    ue->ue_has = 0;
    ue->pending = n;
    if (ue->free_n <= n) {
        ue->free_n = n + 1;
    }
    if (root) {
        ue->root_n = n;
    }
    ue->tries = 0;
    fx_save(s->fx);
}

void emse_ask_hss(struct step *s, uint32_t n)
{
    struct emse_ue *ue = s->ctx;
    struct msg_rand_req *r = &fx_send(s->fx, ROLE_HSS, MSG_RAND_REQ)->u.rand_req;

    r->assoc = emse_own_assoc(s);
    r->g = ue->root.g;
    r->n_first = n;
    r->count = 1;
}

void emse_send_rand_req(struct step *s, uint32_t n)
{
    struct emse_ue *ue = s->ctx;

    emse_ask_hss(s, n);
    step_arm_retry(s, TIMER_RAND, ue->tries);
}

void emse_fetch_rand(struct step *s)
{
    emse_send_rand_req(s, 0);
}

/* X_n in place of RAND where the radio leg may not be ciphered (H9). */
static void rand_for_eese(struct step *s, uint32_t n, uint8_t out[RAND_LEN])
{
    struct emse_ue *ue = s->ctx;
    struct assoc assoc = emse_own_assoc(s);

    memcpy(out, ue->rand, RAND_LEN);
    if (!step_is_literal(s) && step_on(s, SW_PROTECT_RAND) &&
        ue->root.choice.rand_protect == RAND_MASK) {
        e2e_mask(&ue->root.e2m, ue->rand, n, &assoc.eese, out);
    }
}

static void send_rand_fwd(struct step *s, uint32_t n)
{
    struct emse_ue *ue = s->ctx;
    struct msg_rand_fwd *f = &fx_send(s->fx, ROLE_EESE, MSG_RAND_FWD)->u.rand_fwd;

    f->assoc = emse_own_assoc(s);
    f->g = step_is_literal(s) ? 0 : ue->root.g;
    f->n = n;
    rand_for_eese(s, n, f->rand);
}

/* Each sending takes a new number, so the UE does not take a repetition for a replay (H5). */
void emse_send_rand_push(struct step *s, uint32_t n, const uint8_t rand[RAND_LEN], bool old_expired)
{
    struct emse_ue *ue = s->ctx;
    struct msg *m = fx_send(s->fx, ROLE_UE, MSG_RAND_PUSH);
    bool secret = !step_is_literal(s) && ue->root.choice.rand_protect == RAND_ENC;
    struct protect_key k = {.int_key = ue->root.keys.int_dl,
                            .enc_key = secret ? ue->root.keys.enc_dl : NULL,
                            .index = ue->root.g,
                            .alg_int = INT_CMAC64,
                            .has_kid = 1};

    m->sid = ue->root.sid;
    m->u.rand_push.n = n;
    memcpy(m->u.rand_push.rand, rand, RAND_LEN);
    if (!step_is_literal(s) && old_expired) {
        m->flags |= MSG_FLAG_EXPIRED;
    }
    if (step_on(s, SW_PROTECT_RAND)) {
        protect_seal(m, &k, DIR_DL, emse_next_dl(s), NULL, 0);
    }
}

/* Literal step 4: to the UE, and right after to the EESE; no order is kept and nothing is awaited.
 */
void emse_fan_out(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    memcpy(ue->rand, s->ev->msg->u.rand_rsp.rand[0], RAND_LEN);
    emse_send_rand_push(s, 0, ue->rand, false);
    send_rand_fwd(s, 0);
}

static void see_status(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    const struct eese_status *st = &s->ev->msg->u.eese.status;

    ue->old_expired = (st->flags & STATUS_HAS_CUR) != 0 && (st->flags & STATUS_CUR_VALID) == 0;
    if ((st->flags & STATUS_HAS_CUR) != 0 && st->g == ue->root.g) {
        ue->has_cur = 1;
        ue->cur = st->cur;
        if (ue->free_n <= st->cur) {
            ue->free_n = st->cur + 1;
        }
    }
}

void emse_next_epoch(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    see_status(s);
    ue->rate_us =
        emse_bucket_take(ue->rate_us, s->ev->now_us, (uint64_t)ue->profile.te2e_floor_ms * 1000);
    if (ue->has_cur) {
        ue->free_n =
            ue->cur + 1; /* the chain has no gaps; an index above was never derived by anybody */
    }
    emse_allocate(s, ue->free_n, false);
    emse_send_rand_req(s, ue->pending);
}

void emse_refetch(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    emse_ask_hss(s, ue->pending);
}

void emse_over_allocate(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    emse_disarm_all(s);
    emse_allocate(s, ue->free_n, false);
    emse_send_rand_req(s, ue->pending);
}

/* An epoch that is known somewhere is distributed (again): its RAND is a function of its index
 * (H4). */
static void take_up(struct step *s, uint32_t n)
{
    emse_allocate(s, n, false);
    emse_send_rand_req(s, n);
}

void emse_resume_epoch(struct step *s)
{
    see_status(s);
    take_up(s, s->ev->msg->u.eese.status.next);
}

void emse_resume_root(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    emse_allocate(s, ue->root_n, true);
    emse_send_keyset(s);
    step_arm_retry(s, TIMER_FWD, 0);
}

void emse_restore_eese(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    take_up(s, ue->cur);
    ue->ue_has = 1; /* it was in use: the UE need not be told */
}

void emse_recall_epoch(struct step *s)
{
    take_up(s, s->ev->msg->u.index.n);
    emse_remember_ue(s);
}

void emse_refuse_rate(struct step *s)
{
    const struct emse_ue *ue = s->ctx;

    fx_note(s->fx, NOTE_RATE_LIMITED, ue->profile.te2e_floor_ms, 0);
}

void emse_repeat_rand(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    ue->tries++;
    emse_send_rand_req(s, ue->pending);
}

void emse_forward(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    memcpy(ue->rand, s->ev->msg->u.rand_rsp.rand[0], RAND_LEN);
    ue->tries = 0;
    fx_disarm(s->fx, TIMER_RAND);
    fx_disarm(s->fx, TIMER_PUSH);
    send_rand_fwd(s, ue->pending);
    step_arm_retry(s, TIMER_FWD, 0);
    if (!step_on(s, SW_EESE_FIRST)) {
        emse_send_rand_push(s, ue->pending, ue->rand, ue->old_expired);
    }
}

void emse_send_confirm(struct step *s, uint32_t n)
{
    struct emse_ue *ue = s->ctx;
    struct msg_ue_confirm *c = &fx_send(s->fx, ROLE_EESE, MSG_UE_CONFIRM)->u.ue_confirm;

    c->assoc = emse_own_assoc(s);
    c->g = ue->root.g;
    c->n = n;
}

static void send_pending(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    if (ue->root_epoch) {
        emse_send_keyset(s);
    } else {
        send_rand_fwd(s, ue->pending);
    }
}

/* FWD: the epoch goes to the EESE again. CONF, and PUSH when the UE need not be told: the
 * confirmation does. */
void emse_repeat_forward(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    ue->tries++;
    if (s->fx->before == S_CONF || s->fx->before == S_PUSH) {
        emse_send_confirm(s, ue->pending);
    } else {
        send_pending(s);
    }
    step_arm_retry(s, TIMER_FWD, ue->tries);
}

void emse_forward_again(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    see_status(s);
    ue->tries = 0;
    fx_disarm(s->fx, TIMER_PUSH);
    send_pending(s);
    step_arm_retry(s, TIMER_FWD, 0);
}

void emse_send_push(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    if (ue->ue_has) {
        emse_send_confirm(s, ue->pending);
        step_arm_retry(s, TIMER_FWD, ue->tries);
        return;
    }
    if (ue->root_epoch) {
        emse_send_accept(s);
    } else {
        emse_send_rand_push(s, ue->pending, ue->rand, ue->old_expired);
    }
    step_arm_retry(s, TIMER_PUSH, ue->tries);
}

void emse_push(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    see_status(s);
    ue->tries = 0;
    fx_disarm(s->fx, TIMER_FWD);
    emse_send_push(s);
}

/* By its timer until the wake window is spent, and at once on any genuine sign of the UE (H5). */
void emse_push_again(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    if (s->ev->input == IN_MSG && s->ev->from == ROLE_UE && s->ev->msg->type != MSG_ATTACH_REQ) {
        emse_heard(s);
    }
    if (s->ev->input == IN_TIMER) {
        if (ue->tries < PUSH_TRIES_MAX) {
            ue->tries++; /* from then on at the cap of the backoff: a pending rekey must end (I14)
                          */
        }
    } else {
        ue->tries = 0;
    }
    emse_send_push(s);
}

void emse_confirm(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    emse_remember_ue(s);
    ue->tries = 0;
    fx_disarm(s->fx, TIMER_PUSH);
    emse_send_confirm(s, ue->pending);
    step_arm_retry(s, TIMER_FWD, 0);
}

void emse_finish(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    see_status(s);
    if (ue->root_epoch) {
        ue->root.used = 1;
    }
    ue->has_pending = 0;
    ue->root_epoch = 0;
    ue->tries = 0;
    emse_disarm_all(s);
    fx_save(s->fx);
}
