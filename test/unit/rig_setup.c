#include "test/unit/rig.h"

#include <check.h>
#include <string.h>

enum { START_US = 1000000 };

static const struct ident *imsi(void)
{
    static struct ident id;

    if (id.len == 0) {
        ck_assert_int_eq(ident_set(&id, "001010123456789"), ERR_OK);
    }
    return &id;
}

static void provision_hss(struct rig *r)
{
    struct aka_secret secret = {.amf = {0x80, 0x00}};
    struct profile profile;

    memset(secret.k, 0x11, sizeof secret.k);
    memset(secret.opc, 0x22, sizeof secret.opc);
    profile_default(&profile);
    hss_machine.init(&r->hss_conf, &r->hss, imsi(), 0);
    hss_provision(&r->hss, &secret, 0, &profile);
}

static void provision_ue(struct rig *r)
{
    struct ue_card card = {.caps = CAP_ALL, .plmn = {0x00, 0xf1, 0x10}};

    memset(card.secret.k, 0x11, sizeof card.secret.k);
    memset(card.secret.opc, 0x22, sizeof card.secret.opc);
    card.emse = r->emse_conf.name;
    card.eese = r->eese_conf.name;
    ue_machine.init(&r->ue_conf, &r->ue, imsi(), 0);
    ue_provision(&r->ue, &card);
}

void rig_init(struct rig *r, enum variant v)
{
    memset(r, 0, sizeof *r);
    for (unsigned role = 0; role < RIG_ROLES; role++) {
        rig_conf(r, (enum role)role)->variant = variant_default(v);
        timing_default(&rig_conf(r, (enum role)role)->timing);
    }
    memset(r->hss_conf.k_rand, 0x33, sizeof r->hss_conf.k_rand);
    ck_assert_int_eq(ident_set(&r->emse_conf.name, "emse.home"), ERR_OK);
    ck_assert_int_eq(ident_set(&r->eese_conf.name, "eese.plant1"), ERR_OK);
    r->emse_conf.eese[0].name = r->eese_conf.name;
    r->emse_conf.eese[0].handle = eese_handle(&r->eese_conf.name);
    r->emse_conf.eese_count = 1;
    r->now_us = START_US;
    provision_hss(r);
    emse_machine.init(&r->emse_conf, &r->emse, imsi(), 0);
    eese_machine.init(&r->eese_conf, &r->eese, imsi(), 0);
    provision_ue(r);
    rig_plan(r);
}

void rig_switch(struct rig *r, enum sw s, bool on)
{
    for (unsigned role = 0; role < RIG_ROLES; role++) {
        struct variant_set *v = &rig_conf(r, (enum role)role)->variant;

        v->switches = on ? v->switches | 1U << s : v->switches & ~(1U << s);
    }
}

/* ---- crashes ---- */

void rig_amnesia(struct rig *r, enum role role)
{
    memset(rig_ctx(r, role), 0, rig_machine[role]->ctx_size);
    memset(r->due_us[role], 0, sizeof r->due_us[role]);
    if (role == ROLE_UE) {
        provision_ue(r);
    } else if (role == ROLE_HSS) {
        provision_hss(r);
    } else {
        rig_machine[role]->init(rig_conf(r, role), rig_ctx(r, role), imsi(), 0);
    }
}

void rig_crash(struct rig *r, enum role role)
{
    rig_amnesia(r, role);
    if (r->has_saved[role]) {
        memcpy(rig_ctx(r, role), rig_saved(r, role), rig_machine[role]->ctx_size);
    }
    rig_order(r, role, ORDER_START);
}

/* ---- common beginnings and judgements ---- */

void rig_attach(struct rig *r)
{
    rig_order(r, ROLE_UE, ORDER_ATTACH);
    rig_settle(r, 200);
    rig_must_agree(r);
}

void rig_expire(struct rig *r)
{
    rig_fire(r, ROLE_EESE, TIMER_TE2E);
    ck_assert_str_eq(rig_state(r, ROLE_EESE), "EXPIRED");
}

void rig_rekey(struct rig *r)
{
    uint32_t n = rig_epoch(r, ROLE_EESE);

    rig_order(r, ROLE_EESE, ORDER_REKEY);
    rig_settle(r, 200);
    rig_must_agree(r);
    ck_assert_uint_eq(rig_epoch(r, ROLE_EESE), n + 1);
}

bool rig_agrees(const struct rig *r)
{
    return rig_fp(r, ROLE_UE) != 0 && rig_fp(r, ROLE_UE) == rig_fp(r, ROLE_EESE) &&
           rig_epoch(r, ROLE_UE) == rig_epoch(r, ROLE_EESE) && r->eese.cur.have &&
           !r->eese.next.have && strcmp(rig_state(r, ROLE_EMSE), "IDLE") == 0 &&
           strcmp(rig_state(r, ROLE_UE), "READY") == 0;
}

void rig_must_agree(const struct rig *r)
{
    ck_assert_msg(rig_agrees(r), "UE %s %u %08x, EMSE %s %u, EESE %s %u %08x",
                  rig_state(r, ROLE_UE), rig_epoch(r, ROLE_UE), rig_fp(r, ROLE_UE),
                  rig_state(r, ROLE_EMSE), rig_epoch(r, ROLE_EMSE), rig_state(r, ROLE_EESE),
                  rig_epoch(r, ROLE_EESE), rig_fp(r, ROLE_EESE));
}

unsigned rig_delivered(const struct rig *r, enum role at, const char *text)
{
    unsigned count = 0;

    for (unsigned i = 0; i < r->data_count; i++) {
        const struct fx_data *d = &r->data[i].data;

        count += r->data[i].at == at && d->verdict == VERDICT_OK && d->len == strlen(text) &&
                 memcmp(d->payload, text, d->len) == 0;
    }
    return count;
}

unsigned rig_reported(const struct rig *r, enum verdict v)
{
    unsigned count = 0;

    for (unsigned i = 0; i < r->data_count; i++) {
        count += r->data[i].data.verdict == v;
    }
    return count;
}
