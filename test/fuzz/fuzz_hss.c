/* libFuzzer target: a subscriber's context at the HSS and whatever an EMSE or a visited network
 * asks. */
#include "hss/hss.h"
#include "test/fuzz/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hss_conf conf;
static struct hss_ue ue;

static void craft(struct host *h, struct msg *m, enum role *from)
{
    *from = ROLE_EMSE;
    if (host_octet(h) % 2 == 0) {
        m->type = MSG_RAND_REQ;
        m->u.rand_req.assoc = host_assoc();
        m->u.rand_req.g = host_number(h);
        m->u.rand_req.n_first = host_number(h);
        m->u.rand_req.count = host_octet(h);
        return;
    }
    m->type = MSG_AV_REQ;
    m->u.av_req.xid = host_octet(h) % 4;
    m->u.av_req.purpose = host_octet(h) % PURPOSE_COUNT;
    m->u.av_req.has_auts = host_octet(h) % 2;
    m->u.av_req.ue = host_assoc().ue;
    if (m->u.av_req.purpose == PURPOSE_ACCESS) {
        *from = ROLE_VN;
    } else {
        m->u.av_req.emse = host_assoc().emse;
    }
    if (m->u.av_req.has_auts != 0) {
        struct usim_sqn card = {{0}};
        struct aka_vector v;
        struct aka_answer a;

        aka_accept(&card, (uint64_t)host_number(h) << 16 | AKA_IND_E2M | 1U << AKA_IND_BITS);
        aka_vector(&ue.secret, m->u.av_req.rand, AKA_IND_E2M, ue.secret.amf, &v);
        ENSURE(aka_check(&ue.secret, &card, v.rand, v.autn, &a) == ERR_SQN_NOT_FRESH);
        memcpy(m->u.av_req.auts, a.auts, AUTS_LEN);
        m->u.av_req.auts[0] ^= host_octet(h) % 8 == 7;
    }
}

static void check(const void *ctx)
{
    const struct hss_ue *u = ctx;

    ENSURE(u->sqn >> 48 == 0 && u->ind_e2m < AKA_IND_PER_PURPOSE &&
           u->ind_access < AKA_IND_PER_PURPOSE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct host h = {.machine = &hss_machine, .ctx = &ue, .craft = craft, .check = check};
    const struct aka_secret secret = {.k = {1}, .opc = {2}, .amf = {0x80, 0}};
    const struct ident id = host_assoc().ue;
    struct profile profile;

    memset(&ue, 0, sizeof ue);
    host_begin(&h, &conf.base, data, size);
    profile_default(&profile);
    hss_machine.init(&conf, &ue, &id, 0);
    if (host_octet(&h) % 8 != 7) {
        hss_provision(&ue, &secret, (uint64_t)host_number(&h) << 16, &profile);
    }
    host_run(&h);
    return 0;
}
