/* libFuzzer target: a UE's context at the EMSE, an HSS and an EESE that say anything, and a UE with
 * or without the right keys. */
#include "emse/emse.h"
#include "test/fuzz/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct emse_conf conf;
static struct emse_ue ue;

static void from_hss(struct host *h, struct msg *m)
{
    static const enum msg_type types[] = {MSG_AV_RSP, MSG_AV_RSP, MSG_RAND_RSP, MSG_POLICY};

    m->type = types[host_octet(h) % COUNT_OF(types)];
    if (m->type == MSG_AV_RSP) {
        m->u.av_rsp.xid = ue.run.av_xid;
        m->u.av_rsp.purpose = PURPOSE_E2M;
        m->u.av_rsp.cause = host_octet(h) % 8 == 7 ? CAUSE_UNKNOWN_SUBSCRIBER : CAUSE_NONE;
        m->u.av_rsp.g = ue.root.g + host_octet(h) % 3;
        m->u.av_rsp.ue = ue.ue;
        profile_default(&m->u.av_rsp.profile);
        m->u.av_rsp.profile.te2e_floor_ms = host_octet(h) % 2 * 1000;
    } else if (m->type == MSG_RAND_RSP) {
        m->u.rand_rsp.assoc = host_assoc();
        m->u.rand_rsp.g = ue.root.g;
        m->u.rand_rsp.n_first = host_octet(h) % 4 == 0 ? ue.catch_n : ue.pending;
        m->u.rand_rsp.count = 1 + host_octet(h) % 4;
    } else {
        m->u.policy.ue = ue.ue;
        profile_default(&m->u.policy.profile);
        m->u.policy.profile.version = host_octet(h);
    }
}

static void from_eese(struct host *h, struct msg *m)
{
    static const enum msg_type types[] = {MSG_KEYSET_ACK, MSG_KEY_TRIGGER, MSG_FWD_ACK,
                                          MSG_COMMIT,     MSG_NAK,         MSG_RSYNC};
    struct eese_status *st = &m->u.eese.status;

    m->type = types[host_octet(h) % COUNT_OF(types)];
    m->u.eese.assoc = host_assoc();
    st->flags = host_octet(h) % 64;
    st->g = host_octet(h) % 4 == 0 ? host_near(h, ue.root.g) : ue.root.g;
    st->cur = (st->flags & STATUS_HAS_CUR) == 0 ? 0 : host_near(h, ue.cur);
    st->next = (st->flags & STATUS_HAS_NEXT) == 0 ? 0 : host_near(h, ue.pending);
    m->u.eese.reason = m->type == MSG_KEY_TRIGGER ? host_octet(h) % TRIGGER_REASON_COUNT : 0;
    m->u.eese.ue_n = m->type == MSG_RSYNC ? host_near(h, ue.cur) : 0;
}

static void from_ue(struct host *h, struct msg *m)
{
    static const enum msg_type types[] = {MSG_ATTACH_REQ, MSG_AKA_RESP, MSG_SYNCFAIL, MSG_RAND_ACK,
                                          MSG_SYNC};
    const struct emse_root *root = host_octet(h) % 4 == 0 ? &ue.old_root : &ue.root;
    struct protect_key k = {
        .int_key = root->keys.int_ul, .index = root->g, .alg_int = INT_CMAC64, .has_kid = 1};

    m->type = types[host_octet(h) % COUNT_OF(types)];
    if (m->type == MSG_ATTACH_REQ) {
        m->u.attach_req.xid = host_octet(h) % 4;
        m->u.attach_req.caps = host_octet(h) % 16;
        m->u.attach_req.eese = conf.eese[0].handle ^ (host_octet(h) % 8 == 7);
        m->u.attach_req.ue = ue.ue;
        if (host_octet(h) % 2 == 0) {
            return;
        }
    } else if (m->type == MSG_SYNCFAIL) {
        return;
    } else if (m->type == MSG_AKA_RESP) {
        memcpy(m->u.aka_resp.res, ue.run.xres, RES_LEN);
        k = (struct protect_key){.int_key = ue.run.root.keys.int_ul, .alg_int = INT_CMAC64};
        protect_seal(m, &k, DIR_UL, 1, NULL, 0);
        return;
    } else {
        m->u.index.n = host_octet(h) % 4 == 0 ? host_number(h)
                                              : host_near(h, ue.has_pending ? ue.pending : ue.cur);
    }
    m->sid = root->sid;
    protect_seal(m, &k, DIR_UL, root->ul_seen + host_octet(h) % 3, NULL, 0);
}

static void craft(struct host *h, struct msg *m, enum role *from)
{
    static const enum role roles[] = {ROLE_HSS, ROLE_EESE, ROLE_UE};
    static void (*const by[])(struct host *, struct msg *) = {from_hss, from_eese, from_ue};
    unsigned i = host_octet(h) % COUNT_OF(roles);

    *from = roles[i];
    by[i](h, m);
}

static void check(const void *ctx)
{
    const struct emse_ue *u = ctx;

    ENSURE(!u->has_pending || u->root.g != 0);
    ENSURE(!u->has_pending || u->pending < u->free_n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct host h = {.machine = &emse_machine, .ctx = &ue, .craft = craft, .check = check};
    const struct ident id = host_assoc().ue;

    memset(&ue, 0, sizeof ue);
    host_begin(&h, &conf.base, data, size);
    conf.name = host_assoc().emse;
    conf.eese[0].name = host_assoc().eese;
    conf.eese[0].handle = eese_handle(&conf.eese[0].name);
    conf.eese_count = 1;
    emse_machine.init(&conf, &ue, &id, 0);
    host_run(&h);
    return 0;
}
