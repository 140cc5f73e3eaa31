/* libFuzzer target: a UE's context at the EESE, an EMSE that says anything, and a UE with or
 * without the right keys. */
#include "eese/eese.h"
#include "test/fuzz/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct eese_conf conf;
static struct eese_ue ue;

static void from_ue(struct host *h, struct msg *m)
{
    const struct epoch *slots[] = {&ue.cur, &ue.next, &ue.prev};
    const struct epoch *e = slots[host_octet(h) % COUNT_OF(slots)];
    struct protect_key k = epoch_data_key(e, &conf.base.variant, DIR_UL);

    if (!e->have) {
        return;
    }
    m->type = host_octet(h) % 4 == 0 ? MSG_DACK : MSG_DATA_UL;
    m->sid = e->sid;
    if (m->type == MSG_DATA_UL) {
        m->flags = host_octet(h) % 8 == 0 ? MSG_FLAG_REKEY : 0;
        m->u.data.len = host_octet(h) % 4;
    }
    if (host_octet(h) % 8 == 0) {
        k.enc_key = NULL;
    }
    protect_seal(m, &k, DIR_UL, m->type == MSG_DACK ? ue.queue[0].ctr : host_near(h, ue.seen.high),
                 NULL, 0);
    m->mac[0] ^= host_octet(h) % 16 == 15;
}

static void keyset(struct host *h, struct msg_keyset_fwd *f)
{
    f->assoc = host_assoc();
    f->sid = 1 + host_octet(h) % 4;
    f->g = host_octet(h) % 4;
    f->n = host_octet(h) % 4 == 0 ? host_number(h) : host_near(h, ue.cur.n + 1);
    f->key[0] = host_octet(h);
    f->choice =
        (struct choice){1 + host_octet(h) % 2, host_octet(h) % 2 * 2, host_octet(h) % 3, RAND_ENC};
    profile_default(&f->profile);
    f->profile.n_msg = host_octet(h) % 4;
    f->profile.version = 1 + host_octet(h);
}

static void craft(struct host *h, struct msg *m, enum role *from)
{
    static const enum msg_type types[] = {MSG_DATA_UL, MSG_KEYSET_FWD, MSG_RAND_FWD, MSG_UE_CONFIRM,
                                          MSG_POLICY};

    m->type = types[host_octet(h) % COUNT_OF(types)];
    *from = ROLE_EMSE;
    if (m->type == MSG_DATA_UL) {
        m->type = MSG_TYPE_COUNT;
        *from = ROLE_UE;
        from_ue(h, m);
    } else if (m->type == MSG_KEYSET_FWD) {
        keyset(h, &m->u.keyset_fwd);
    } else if (m->type == MSG_RAND_FWD) {
        m->u.rand_fwd.assoc = host_assoc();
        m->u.rand_fwd.n = host_near(h, ue.cur.n + 1);
        m->u.rand_fwd.rand[0] = host_octet(h);
    } else if (m->type == MSG_UE_CONFIRM) {
        m->u.ue_confirm.assoc = host_assoc();
        m->u.ue_confirm.n = host_near(h, ue.cur.n + 1);
    } else {
        m->u.policy.assoc = host_assoc();
        profile_default(&m->u.policy.profile);
        m->u.policy.profile.version = host_octet(h);
        m->u.policy.profile.te2e_ue_ms = 1000 * host_number(h);
    }
}

static void check(const void *ctx)
{
    const struct eese_ue *u = ctx;

    ENSURE(u->queued <= EESE_QUEUE_MAX);
    ENSURE(!u->prev_ok || u->prev.have);
    ENSURE(!u->next.have || !u->cur.have || u->next.n > u->cur.n);
    ENSURE(!u->prev.have || !u->prev.has_chain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct host h = {.machine = &eese_machine, .ctx = &ue, .craft = craft, .check = check};
    const struct ident id = host_assoc().ue;

    memset(&ue, 0, sizeof ue);
    host_begin(&h, &conf.base, data, size);
    conf.name = host_assoc().eese;
    eese_machine.init(&conf, &ue, &id, 0);
    host_run(&h);
    return 0;
}
