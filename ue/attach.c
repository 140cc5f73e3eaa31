/* The two AKA runs of a UE, and the keyset that an attach gives it (clause 6.x.2.1). */
#include "ue/actions.h"

#include "common/base/ensure.h"
#include "common/core/protect.h"

#include <string.h>

void ue_send_attach(struct step *s)
{
    struct ue *ue = s->ctx;
    struct msg *m = fx_send(s->fx, ROLE_EMSE, MSG_ATTACH_REQ);

    m->u.attach_req.xid = ue->xid;
    m->u.attach_req.caps = ue->card.caps;
    memcpy(m->u.attach_req.plmn, ue->card.plmn, PLMN_LEN);
    m->u.attach_req.eese = eese_handle(&ue->card.eese);
    m->u.attach_req.ue = ue->imsi;
    if (ue->root.g != 0) {
        ue_seal_e2m(s, &ue->root, m,
                    true); /* an EMSE that knows the root need not fear a forger (H15) */
    }
    step_arm_retry(s, TIMER_ATTACH, ue->attach_tries);
}

void ue_start_attach(struct step *s)
{
    struct ue *ue = s->ctx;

    if (!ue->starts && !step_is_literal(s)) {
        fx_save(s->fx); /* a device that has once been told to attach does so after a restart */
    }
    ue->starts = 1;
    ue->xid = ((ue->attaches++ << 20) + ue->slot + 1) &
              0x7fffffff; /* unique in this process; small at first */
    ue->answered = 0;
    ue->attach_tries = 0;
    fx_disarm(s->fx, TIMER_REATTACH);
    ue_send_attach(s);
}

void ue_repeat_attach(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->attach_tries++;
    ue_send_attach(s);
}

void ue_give_up_attach(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->answered = 0;
    fx_disarm(s->fx, TIMER_ATTACH);
    fx_disarm(s->fx, TIMER_DATA);
    fx_disarm(s->fx, TIMER_ACK);
    if (s->ev->input == IN_MSG) {
        fx_note(s->fx, NOTE_REJECTED, s->ev->msg->u.attach_rej.cause, 0);
    }
    step_arm_retry(s, TIMER_REATTACH, ue->attach_fails);
    if (ue->attach_fails < UINT8_MAX) {
        ue->attach_fails++;
    }
}

void ue_attach_again(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->sync_rounds = 0;
    ue->sync_tries = 0;
    fx_disarm(s->fx, TIMER_SYNC);
    fx_disarm(s->fx, TIMER_WAITKEY);
    ue_start_attach(s);
}

void ue_moved(struct step *s)
{
    struct ue *ue = s->ctx;

    memcpy(ue->card.plmn, s->ev->order->plmn, PLMN_LEN);
}

void ue_moved_attached(struct step *s)
{
    ue_moved(s);
    ue_attach_again(s);
}

void ue_answer_challenge(struct step *s)
{
    struct ue *ue = s->ctx;
    const struct ue_found *found = s->found;
    const struct msg_aka_chal *c = &s->ev->msg->u.aka_chal;

    if (s->ev->msg->mac_len != 0) {
        ue->root.dl_seen = s->ev->msg->ctr;
    }
    aka_accept(&ue->usim, found->answer.sqn);
    ue->xid = c->xid;
    ue->answered = 1;
    memcpy(ue->rand, c->rand, RAND_LEN);
    memcpy(ue->autn, c->autn, AUTN_LEN);
    memcpy(ue->res, found->answer.res, RES_LEN);
    memset(&ue->next_root, 0, sizeof ue->next_root);
    e2m_derive(found->answer.ck, found->answer.ik, &ue->imsi, &ue->card.emse,
               found->answer.sqn_xor_ak, &ue->next_root.e2m);
    e2m_traffic_derive(&ue->next_root.e2m, INT_CMAC64, &ue->next_root.keys);
    fx_save(s->fx);
    ue_repeat_answer(s);
}

/* The same answer to the same challenge, to the octet (B61): its number stays 1, wherever the
 * numbers under the new root will go on. */
void ue_repeat_answer(struct step *s)
{
    struct ue *ue = s->ctx;
    struct msg *m = fx_send(s->fx, ROLE_EMSE, MSG_AKA_RESP);
    const uint32_t last = ue->next_root.ul_ctr;

    m->u.aka_resp.xid = ue->xid;
    memcpy(m->u.aka_resp.res, ue->res, RES_LEN);
    ue->next_root.ul_ctr = 0;
    ue_seal_e2m(s, &ue->next_root, m, false);
    ue->next_root.ul_ctr = last > 1 ? last : 1;
}

void ue_resync_challenge(struct step *s)
{
    const struct ue_found *found = s->found;
    struct ue *ue = s->ctx;
    struct msg *m = fx_send(s->fx, ROLE_EMSE, MSG_SYNCFAIL);
    uint64_t seq = found->answer.sqn >> AKA_IND_BITS;
    uint64_t seq_ms = 0;

    for (unsigned i = 0; i < AKA_IND_COUNT; i++) {
        seq_ms = ue->usim.seq_ms[i] > seq_ms ? ue->usim.seq_ms[i] : seq_ms;
    }
    m->u.syncfail.xid = s->ev->msg->u.aka_chal.xid;
    memcpy(m->u.syncfail.auts, found->answer.auts, AUTS_LEN);
    fx_note(s->fx, NOTE_SQN_NOT_FRESH, seq_ms, seq);
}

void ue_refuse_challenge(struct step *s)
{
    fx_note(s->fx, NOTE_AUTN_BAD, 0, 0);
}

void ue_refuse_purpose(struct step *s)
{
    fx_note(s->fx, NOTE_PURPOSE_BAD, 0, 0);
}

static struct msg_access_resp *access_answer(struct step *s)
{
    const struct ue *ue = s->ctx;
    struct msg_access_resp *r = &fx_reply(s->fx, ROLE_VN, MSG_ACCESS_RESP)->u.access_resp;

    r->ue = ue->imsi;
    return r;
}

void ue_answer_access(struct step *s)
{
    struct ue *ue = s->ctx;
    const struct ue_found *found = s->found;

    aka_accept(&ue->usim, found->answer.sqn);
    fx_save(s->fx);
    memcpy(access_answer(s)->res, found->answer.res, RES_LEN);
}

void ue_resync_access(struct step *s)
{
    const struct ue_found *found = s->found;
    struct msg_access_resp *r = access_answer(s);

    r->has_auts = 1;
    memcpy(r->auts, found->answer.auts, AUTS_LEN);
}

void ue_refuse_access(struct step *s)
{
    fx_note(s->fx, NOTE_AUTN_BAD, 0, 0);
}

static void enter_root(struct step *s)
{
    struct ue *ue = s->ctx;
    const struct msg_attach_acc *a = &s->ev->msg->u.attach_acc;

    ue->root = ue->next_root;
    ue->root.g = a->g;
    ue->root.sid = s->ev->msg->sid;
    ue->root.dl_seen = s->ev->msg->ctr;
    ue->te2e_s = a->te2e_s;
    ue->answered = 0;
    ue->attach_tries = 0;
    ue->attach_fails = 0;
    ue->sync_tries = 0;
    ue->sync_rounds = 0;
    bytes_wipe(&ue->next_root, sizeof ue->next_root);
    fx_disarm(s->fx, TIMER_ATTACH);
    fx_disarm(s->fx, TIMER_SYNC);
    fx_disarm(s->fx, TIMER_WAITKEY);
    fx_note(s->fx, NOTE_ATTACHED, a->g, a->n);
}

/* A UE without a root is given an epoch that is not the first: it has lost its state. The EESE
 * remembers the numbers of its former life, and would take a new message for one that it has
 * already (H8). */
static void renumber(struct step *s)
{
    struct ue *ue = s->ctx;
    const struct msg_attach_acc *a = &s->ev->msg->u.attach_acc;
    uint32_t skip = ue->root.g == 0 && a->n != 0 ? window_restart(a->g) : 0;

    if (skip == 0 || skip > UINT32_MAX - ue->ul_ctr) {
        return;
    }
    ue->ul_ctr += skip;
    for (unsigned i = 0; i < ue->queued; i++) {
        ue->outbox[i].ctr += skip;
    }
}

static void install_root(struct step *s, const struct e2e_keyset *chain, uint32_t n,
                         bool old_expired)
{
    const struct ue *ue = s->ctx;
    const struct ue_conf *conf = s->conf;
    struct epoch next;

    epoch_make(&next, &conf->base.variant, n, ue->root.g, ue->root.sid,
               &s->ev->msg->u.attach_acc.choice, chain);
    ue_install(s, &next, old_expired);
    bytes_wipe(&next, sizeof next);
}

void ue_take_first_literal(struct step *s)
{
    struct ue *ue = s->ctx;
    struct e2e_keyset chain;

    enter_root(s);
    e2e_first_literal(&ue->root.e2m, &chain);
    install_root(s, &chain, 0, true);
    bytes_wipe(&chain, sizeof chain);
    ue_send_all_unacknowledged(s);
}

void ue_take_root(struct step *s)
{
    struct ue *ue = s->ctx;
    const struct msg_attach_acc *a = &s->ev->msg->u.attach_acc;
    struct e2e_keyset chain;
    uint8_t ctx[4];

    renumber(s);
    enter_root(s);
    choice_octets(&a->choice, ctx);
    e2e_root(&ue->root.e2m, &ue->imsi, &ue->card.eese, step_on(s, SW_BIND_EESE), a->g, a->n, ctx,
             &chain);
    install_root(s, &chain, a->n, false);
    bytes_wipe(&chain, sizeof chain);
    ue->data_tries = 0;
    ue_owe_ack(s);
    ue_send_outbox(s);
}

void ue_acknowledge_again(struct step *s)
{
    struct ue *ue = s->ctx;

    ue->root.dl_seen = s->ev->msg->ctr;
    ue_send_ack(s);
}
