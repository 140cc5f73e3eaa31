/* The e2m AKA run at the EMSE, and the keyset it hands over (clause 6.x.2.1). */
#include "emse/actions.h"

#include "common/base/ensure.h"
#include "common/core/epoch.h"
#include "common/core/protect.h"

#include <string.h>

void emse_absorb(struct step *s)
{
    (void)s; /* right, and nothing to do */
}

static void send_av_req(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    struct msg_av_req *r = &fx_send(s->fx, ROLE_HSS, MSG_AV_REQ)->u.av_req;

    r->xid = ue->run.av_xid;
    r->purpose = PURPOSE_E2M;
    r->ue = ue->ue;
    r->emse = ((const struct emse_conf *)s->conf)->name;
    if (ue->run.has_auts) {
        r->has_auts = 1;
        memcpy(r->rand, ue->run.rand, RAND_LEN);
        memcpy(r->auts, ue->run.auts, AUTS_LEN);
    }
    step_arm_retry(s, TIMER_AV, ue->tries);
}

/* Names the run towards the HSS, by chance: an EMSE that has lost its state must not give a run the
 * name of an earlier one, or the HSS would repeat that one's vector and root number (B61). */
static void name_run(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    uint32_t number = get_be32(s->ev->entropy);

    ue->run.av_xid = number != 0 ? number : 1;
    s->fx->entropy_used = true;
}

static void begin_run(struct step *s, uint32_t xid)
{
    struct emse_ue *ue = s->ctx;

    emse_disarm_all(s);
    ue->has_pending = 0; /* what is on its way is overtaken. If the run fails, an epoch comes back
                            with the EESE's status, and a root, which nobody asks for, by itself */
    ue->catching_up = 0;
    ue->tries = 0;
    memset(&ue->run, 0, sizeof ue->run);
    ue->run.xid = xid;
    name_run(s);
}

void emse_start_run(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    const struct emse_found *found = s->found;
    const struct msg_attach_req *r = &s->ev->msg->u.attach_req;
    bool known = ue->root.used || ue->old_root.used;

    if (found->authenticated) {
        struct emse_root *root = s->ev->msg->sid == ue->root.sid ? &ue->root : &ue->old_root;

        root->ul_seen = s->ev->msg->ctr;
        root->used = 1;
    } else if (known) {
        ue->attach_us = emse_bucket_take(ue->attach_us, s->ev->now_us, ATTACH_PERIOD_US);
    }
    if (found->authenticated || !known) {
        fx_bind(s->fx);
    }
    begin_run(s, r->xid);
    ue->run.doubtful = known && !found->authenticated; /* a replay must not keep a rekey waiting */
    ue->run.eese = found->eese;
    ue->run.caps = r->caps;
    memcpy(ue->run.plmn, r->plmn, PLMN_LEN);
    send_av_req(s);
}

/* The EESE has lost the association: only a new root can agree with it again. The challenge goes
 * out under the current e2m keys, so the UE knows that it is its own EMSE who asks (H15). */
void emse_reroot(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    begin_run(s, 0);
    ue->run.eese = ue->root.eese;
    ue->run.caps = ue->root.caps;
    memcpy(ue->run.plmn, ue->root.plmn, PLMN_LEN);
    send_av_req(s);
}

void emse_repeat_av(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    ue->tries++;
    send_av_req(s);
}

/* xids of the network's own runs have the top bit, which a UE never sets. */
uint32_t emse_own_xid(const struct emse_ue *ue)
{
    return UINT32_C(0x80000000) | ue->root.sid;
}

static void send_challenge(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    bool answering = s->ev->input == IN_MSG && s->ev->msg->type == MSG_ATTACH_REQ;
    struct msg *m =
        answering ? fx_reply(s->fx, ROLE_UE, MSG_AKA_CHAL) : fx_send(s->fx, ROLE_UE, MSG_AKA_CHAL);

    memcpy(m->u.aka_chal.rand, ue->run.rand, RAND_LEN);
    memcpy(m->u.aka_chal.autn, ue->run.autn, AUTN_LEN);
    m->u.aka_chal.xid = ue->run.xid;
    if (ue->run.xid == 0) {
        struct protect_key k = {.int_key = ue->root.keys.int_dl,
                                .index = ue->root.g,
                                .alg_int = INT_CMAC64,
                                .has_kid = 1};

        m->u.aka_chal.xid = emse_own_xid(ue);
        m->sid = ue->root.sid;
        protect_seal(m, &k, DIR_DL, emse_next_dl(s), NULL, 0);
    }
    step_arm_retry(s, TIMER_CHAL, ue->tries);
}

void emse_challenge(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    const struct msg_av_rsp *r = &s->ev->msg->u.av_rsp;

    ue->tries = 0;
    if (r->profile.version > ue->profile.version) {
        ue->profile = r->profile; /* a POLICY may have overtaken the vector */
    }
    memcpy(ue->run.rand, r->rand, RAND_LEN);
    memcpy(ue->run.autn, r->autn, AUTN_LEN);
    memcpy(ue->run.xres, r->xres, RES_LEN);
    memset(&ue->run.root, 0, sizeof ue->run.root);
    ue->run.root.g = r->g;
    memcpy(ue->run.root.e2m.octets, r->key, KEYSET_LEN);
    e2m_traffic_derive(&ue->run.root.e2m, INT_CMAC64, &ue->run.root.keys);
    fx_disarm(s->fx, TIMER_AV);
    send_challenge(s);
}

void emse_repeat_challenge(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    if (s->ev->input == IN_TIMER) {
        ue->tries++;
    }
    send_challenge(s);
}

void emse_resynchronise(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    ue->run.resynced = 1;
    ue->run.has_auts = 1;
    memcpy(ue->run.auts, s->ev->msg->u.syncfail.auts, AUTS_LEN);
    name_run(s);
    ue->tries = 0;
    fx_disarm(s->fx, TIMER_CHAL);
    send_av_req(s);
}

void emse_end_run(struct step *s)
{
    struct emse_ue *ue = s->ctx;

    bytes_wipe(&ue->run, sizeof ue->run);
    emse_disarm_all(s);
    if (s->ev->input == IN_ORDER) {
        emse_come_back(s); /* a restart has cut the run short */
    }
}

/* A forged request must not leave UE and EESE with a root that only one of them uses. */
void emse_go_on_with_root(struct step *s)
{
    emse_end_run(s);
    emse_resume_root(s);
}

static void reject(struct step *s, enum reject_cause cause, bool sealed)
{
    struct emse_ue *ue = s->ctx;
    bool answering = s->ev->from == ROLE_UE;
    struct msg *m = answering ? fx_reply(s->fx, ROLE_UE, MSG_ATTACH_REJ)
                              : fx_send(s->fx, ROLE_UE, MSG_ATTACH_REJ);

    m->u.attach_rej.cause = (uint8_t)cause;
    m->u.attach_rej.xid =
        s->ev->msg->type == MSG_ATTACH_REQ ? s->ev->msg->u.attach_req.xid : ue->run.xid;
    fx_note(s->fx, NOTE_REJECTED, cause, 0);
    if (sealed) {
        struct protect_key k = {
            .int_key = ue->run.root.keys.int_dl, .index = 0, .alg_int = INT_CMAC64, .has_kid = 0};

        protect_seal(m, &k, DIR_DL, 1, NULL, 0);
    }
}

void emse_refuse_eese(struct step *s)
{
    reject(s, CAUSE_UNKNOWN_EESE, false);
}

void emse_refuse_flood(struct step *s)
{
    fx_note(s->fx, NOTE_RATE_LIMITED, ATTACH_BURST, 0);
}

void emse_refuse_subscriber(struct step *s)
{
    reject(s, (enum reject_cause)s->ev->msg->u.av_rsp.cause, false);
    emse_end_run(s);
}

void emse_refuse_algorithms(struct step *s)
{
    reject(s, CAUSE_NO_COMMON_ALGORITHM, true);
    emse_end_run(s);
}

void emse_refuse_answer(struct step *s)
{
    fx_note(s->fx, NOTE_RES_BAD, 0, 0);
}

void emse_send_keyset(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    struct msg_keyset_fwd *f = &fx_send(s->fx, ROLE_EESE, MSG_KEYSET_FWD)->u.keyset_fwd;
    struct e2e_keyset ks;
    uint8_t ctx[4];

    f->assoc = emse_own_assoc(s);
    f->sid = ue->root.sid;
    f->choice = ue->root.choice;
    f->profile = ue->profile;
    if (step_is_literal(s)) {
        e2e_first_literal(&ue->root.e2m, &ks);
    } else {
        f->g = ue->root.g;
        f->n = ue->pending;
        choice_octets(&ue->root.choice, ctx);
        e2e_root(&ue->root.e2m, &ue->ue, &f->assoc.eese, step_on(s, SW_BIND_EESE), f->g, f->n, ctx,
                 &ks);
    }
    memcpy(f->key, ks.octets, KEYSET_LEN);
    bytes_wipe(&ks, sizeof ks);
}

void emse_send_accept(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    struct msg *m = fx_send(s->fx, ROLE_UE, MSG_ATTACH_ACC);
    struct msg_attach_acc *a = &m->u.attach_acc;
    struct protect_key k = {
        .int_key = ue->root.keys.int_dl, .index = ue->root.g, .alg_int = INT_CMAC64, .has_kid = 1};
    uint8_t echo[4];
    size_t echo_len = emse_echo(s->conf, &ue->root, echo);
    uint32_t ms = ue->profile.te2e_pair_ms != 0 ? ue->profile.te2e_pair_ms
                  : ue->profile.te2e_ue_ms != 0 ? ue->profile.te2e_ue_ms
                                                : ue->profile.te2e_default_ms;

    a->xid = ue->acc_xid;
    a->g = ue->root.g;
    a->n = step_is_literal(s) ? 0 : ue->pending;
    a->te2e_s = ms / 1000;
    a->choice = ue->root.choice;
    m->sid = ue->root.sid;
    protect_seal(m, &k, DIR_DL, emse_next_dl(s), echo, echo_len);
}

static void enter_root(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    const struct emse_found *found = s->found;

    if (ue->root.used || ue->run.xid == 0 || ue->old_root.g == 0) {
        ue->old_root = ue->root; /* a root that the UE never used is not worth remembering */
    }
    ue->root = ue->run.root;
    ue->root.choice = found->choice;
    ue->root.eese = ue->run.eese;
    ue->root.caps = ue->run.caps;
    memcpy(ue->root.plmn, ue->run.plmn, PLMN_LEN);
    ue->root.sid = (ue->slot << 3 | (ue->root.g & 7)) + 1;
    ue->root.ul_seen = s->ev->msg->ctr;
    ue->acc_xid =
        ue->run.xid == 0 ? emse_own_xid(&(struct emse_ue){.root = ue->old_root}) : ue->run.xid;
    bytes_wipe(&ue->run, sizeof ue->run);
    fx_bind(s->fx);
    fx_disarm(s->fx, TIMER_CHAL);
    fx_note(s->fx, NOTE_ATTACHED, ue->root.g, step_is_literal(s) ? 0 : ue->free_n);
}

void emse_hand_over_literal(struct step *s)
{
    enter_root(s);
    emse_send_keyset(s);
    emse_send_accept(s);
}

void emse_hand_over(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    /* correction off: an index that a chain epoch may have used already (B63) */
    bool reuse = !step_on(s, SW_FRESH_ROOT_INDEX) && ue->has_cur;

    enter_root(s);
    emse_allocate(s, reuse ? ue->cur + 1 : ue->free_n, true);
    emse_send_keyset(s);
    if (!step_on(s, SW_EESE_FIRST)) {
        emse_send_accept(s);
    }
    step_arm_retry(s, TIMER_FWD, ue->tries);
}

/* The EESE has used this index under another root that we have forgotten: take one above all it
 * holds. */
void emse_renumber(struct step *s)
{
    struct emse_ue *ue = s->ctx;
    const struct eese_status *st = &s->ev->msg->u.eese.status;
    uint32_t top = 0;

    if ((st->flags & STATUS_HAS_CUR) != 0) {
        top = st->cur;
    }
    if ((st->flags & STATUS_HAS_NEXT) != 0 && st->next > top) {
        top = st->next;
    }
    if (ue->free_n <= top) {
        ue->free_n = top + 1;
    }
    emse_allocate(s, ue->free_n, true);
    emse_send_keyset(s);
    step_arm_retry(s, TIMER_FWD, 0);
}
