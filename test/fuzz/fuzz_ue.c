/* libFuzzer target: one UE, and an EMSE, an EESE and a visited network with or without the right
 * keys. */
#include "test/fuzz/host.h"
#include "ue/ue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ue_conf conf;
static struct ue ue;

static void challenge(struct host *h, uint8_t rand[RAND_LEN], uint8_t autn[AUTN_LEN])
{
    const uint8_t amf[2] = {0x80, host_octet(h) % 8 == 7 ? 0 : AKA_AMF_E2M};
    struct aka_vector v;

    rand[0] = host_octet(h);
    aka_vector(&ue.card.secret, rand, (uint64_t)host_number(h) << AKA_IND_BITS, amf, &v);
    memcpy(autn, v.autn, AUTN_LEN);
}

static void accept_attach(struct host *h, struct msg *m, struct protect_key *k)
{
    bool fresh = host_octet(h) % 4 != 0 && ue.answered;

    m->u.attach_acc.xid = ue.xid;
    m->u.attach_acc.g = fresh ? ue.root.g + 1 : ue.root.g;
    m->u.attach_acc.n = host_octet(h) % 4 == 0 ? host_number(h) : host_near(h, ue.cur.n + 2);
    m->u.attach_acc.choice = (struct choice){1 + host_octet(h) % 2, host_octet(h) % 2 * 2,
                                             host_octet(h) % 3, 1 + host_octet(h) % 4};
    k->int_key = fresh ? ue.next_root.keys.int_dl : ue.root.keys.int_dl;
    k->index = m->u.attach_acc.g;
    m->sid = fresh ? 1 + host_octet(h) % 4 : ue.root.sid;
}

static void from_emse(struct host *h, struct msg *m)
{
    static const enum msg_type types[] = {MSG_AKA_CHAL, MSG_ATTACH_ACC, MSG_ATTACH_REJ,
                                          MSG_RAND_PUSH, MSG_STATUS};
    const uint8_t echo[4] = {ue.card.caps, ue.card.plmn[0], ue.card.plmn[1], ue.card.plmn[2]};
    struct protect_key k = {
        .int_key = ue.root.keys.int_dl, .index = ue.root.g, .alg_int = INT_CMAC64, .has_kid = 1};
    size_t echo_len = 0;

    m->type = types[host_octet(h) % COUNT_OF(types)];
    m->sid = ue.root.sid;
    if (m->type == MSG_AKA_CHAL) {
        challenge(h, m->u.aka_chal.rand, m->u.aka_chal.autn);
        m->u.aka_chal.xid = ue.xid;
        if (host_octet(h) % 2 == 0) {
            m->sid = 0;
            return;
        }
    } else if (m->type == MSG_ATTACH_ACC) {
        accept_attach(h, m, &k);
        echo_len = sw_on(&conf.base.variant, SW_ECHO_NEGOTIATION) ? sizeof echo : 0;
    } else if (m->type == MSG_ATTACH_REJ) {
        m->sid = 0;
        m->u.attach_rej.xid = ue.xid;
        m->u.attach_rej.cause = host_octet(h) % CAUSE_COUNT;
        return;
    } else if (m->type == MSG_RAND_PUSH) {
        m->u.rand_push.n = host_near(h, ue.cur.n + 1);
        k.enc_key = host_octet(h) % 2 == 0 ? ue.root.keys.enc_dl : NULL;
    } else {
        m->flags = host_octet(h) % 8 == 0 ? MSG_FLAG_UNKNOWN : 0;
    }
    protect_seal(m, &k, DIR_DL, ue.root.dl_seen + host_octet(h) % 3, echo_len == 0 ? NULL : echo,
                 echo_len);
}

static void from_eese(struct host *h, struct msg *m)
{
    static const enum msg_type types[] = {MSG_DATA_DL, MSG_DACK, MSG_KEY_EXPIRED};
    const struct epoch *e = host_octet(h) % 4 == 0 ? &ue.prev : &ue.cur;
    struct protect_key k = epoch_data_key(e, &conf.base.variant, DIR_DL);
    uint32_t ctr = ue.outbox[host_octet(h) % OUTBOX_MAX].ctr;

    m->type = types[host_octet(h) % COUNT_OF(types)];
    m->sid = e->sid;
    if (m->type == MSG_KEY_EXPIRED) {
        m->u.key_expired.reason = 1;
        k = epoch_error_key(e);
    } else if (m->type == MSG_DATA_DL) {
        m->u.data.len = host_octet(h) % 4;
        ctr = host_near(h, ue.seen.high);
    }
    protect_seal(m, &k, DIR_DL, ctr, NULL, 0);
}

static void craft(struct host *h, struct msg *m, enum role *from)
{
    uint8_t who = host_octet(h) % 5;

    if (who == 0) {
        *from = ROLE_VN;
        m->type = MSG_ACCESS_CHAL;
        m->u.access_chal.ue = ue.imsi;
        challenge(h, m->u.access_chal.rand, m->u.access_chal.autn);
    } else if (who < 3) {
        *from = ROLE_EMSE;
        from_emse(h, m);
    } else {
        *from = ROLE_EESE;
        from_eese(h, m);
    }
}

static void check(const void *ctx)
{
    const struct ue *u = ctx;

    ENSURE(u->queued <= OUTBOX_MAX);
    ENSURE(!u->cur.have || u->root.g != 0 || conf.base.variant.variant == VARIANT_LITERAL);
    for (unsigned i = 0; i < u->queued; i++) {
        ENSURE(u->outbox[i].ctr != 0 && u->outbox[i].len <= PAYLOAD_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct host h = {.machine = &ue_machine, .ctx = &ue, .craft = craft, .check = check};
    const struct ue_card card = {.secret = {.k = {1}, .opc = {2}},
                                 .caps = CAP_ALL,
                                 .emse = host_assoc().emse,
                                 .eese = host_assoc().eese};
    const struct ident id = host_assoc().ue;

    memset(&ue, 0, sizeof ue);
    host_begin(&h, &conf.base, data, size);
    ue_machine.init(&conf, &ue, &id, 0);
    ue_provision(&ue, &card);
    host_run(&h);
    return 0;
}
