/* Hand-made traces for the tests of what listens to a run: a scenario with a few UEs, and short
 * functions that tell what happens in it to one sink. Times are milliseconds. */
#ifndef TEST_UNIT_STORY_H
#define TEST_UNIT_STORY_H

#include "common/base/ensure.h"
#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/trace.h"

#include <stdio.h>
#include <string.h>

enum { STORY_UES = 12, STORY_EXPECTS = 16, STORY_FAULTS = 4 };

struct story {
    struct scenario scn;
    struct scn_ue ues[STORY_UES];
    struct scn_expect expects[STORY_EXPECTS];
    struct scn_fault faults[STORY_FAULTS];
    struct trace_run run;
    struct trace_sink sink[4];
    unsigned sinks;
    uint64_t ids;
    int ue; /* whose story goes on */
};

static inline void story_init(struct story *s, enum variant v, unsigned ues)
{
    memset(s, 0, sizeof *s);
    snprintf(s->scn.file, sizeof s->scn.file, "scenarios/flow/story.scn");
    snprintf(s->scn.name, sizeof s->scn.name, "story");
    snprintf(s->scn.title, sizeof s->scn.title, "One rekey, told by hand");
    s->scn.variant = variant_default(v);
    s->scn.seed = 42;
    s->scn.ues = s->ues;
    s->scn.ues_count = ues;
    s->scn.expects = s->expects;
    s->scn.faults = s->faults;
    for (unsigned i = 0; i < ues; i++) {
        char imsi[24];

        snprintf(s->ues[i].label, sizeof s->ues[i].label, "UE%u", i + 1);
        snprintf(imsi, sizeof imsi, "0010100000000%02u", i + 1);
        ENSURE(ident_set(&s->ues[i].imsi, imsi) == ERR_OK);
    }
    s->run.scn = &s->scn;
    s->run.mode = "virtual";
}

static inline void story_listen(struct story *s, void *arg,
                                void (*event)(void *, const struct trace_event *))
{
    ENSURE(s->sinks < COUNT_OF(s->sink));
    s->sink[s->sinks].arg = arg;
    s->sink[s->sinks].event = event;
    s->sinks++;
}

static inline void story_tell(struct story *s, const struct trace_event *e)
{
    for (unsigned i = 0; i < s->sinks; i++) {
        s->sink[i].event(s->sink[i].arg, e);
    }
}

static inline void story_plain(struct story *s, unsigned t_ms, enum trace_kind kind)
{
    const struct trace_event e = {.kind = kind, .t_us = (uint64_t)t_ms * 1000, .ue = -1};

    story_tell(s, &e);
}

/* What became of a datagram, and the scenario line that decided (0: none). */
struct story_by {
    enum fate fate;
    unsigned line;
};
#define BY(what, where) ((struct story_by){.fate = (what), .line = (where)})

/* A datagram that took 10 ms. |epoch| -1: it names none. */
static inline void story_fate(struct story *s, unsigned t_ms, enum role from, enum role to,
                              enum msg_type type, int epoch, uint32_t ctr, struct story_by by)
{
    struct trace_event e = {.kind = TRACE_MSG, .t_us = (uint64_t)t_ms * 1000, .ue = s->ue};
    struct trace_msg *m = &e.u.msg;

    m->id = ++s->ids;
    m->from = from;
    m->to = to;
    m->type = type;
    m->ue = s->ue;
    m->has_epoch = epoch >= 0;
    m->epoch = epoch >= 0 ? (uint32_t)epoch : 0;
    m->ctr = ctr;
    m->attempt = by.fate != FATE_INJECTED;
    m->bytes = 40;
    m->fate = by.fate;
    m->sent_us = t_ms >= 10 ? e.t_us - 10000 : 0;
    m->line = by.line;
    story_tell(s, &e);
}

static inline void story_msg(struct story *s, unsigned t_ms, enum role from, enum role to,
                             enum msg_type type, int epoch, uint32_t ctr)
{
    story_fate(s, t_ms, from, to, type, epoch, ctr, BY(FATE_DELIVERED, 0));
}

static inline struct trace_event story_occur(const struct story *s, unsigned t_ms, enum role role,
                                             enum occur_kind kind)
{
    struct trace_event e = {.kind = TRACE_OCCUR, .t_us = (uint64_t)t_ms * 1000, .ue = s->ue};

    e.u.occur.kind = kind;
    e.u.occur.role = role;
    e.u.occur.t_us = e.t_us;
    e.u.occur.ue = s->ues[s->ue].imsi;
    return e;
}

/* |how| is "STATE EVENT NEXT action"; |epoch| -1: no key yet. */
static inline void story_step(struct story *s, unsigned t_ms, enum role role, const char *how,
                              enum clause clause, int epoch, uint32_t fp)
{
    struct trace_event e = story_occur(s, t_ms, role, OCCUR_STEP);
    struct occur *o = &e.u.occur;

    ENSURE(sscanf(how, "%31s %31s %31s %31s", o->state, o->event, o->next, o->action) == 4);
    o->clause = clause;
    o->has_epoch = epoch >= 0;
    o->epoch = epoch >= 0 ? (uint32_t)epoch : 0;
    o->fp = fp;
    story_tell(s, &e);
}

static inline void story_data(struct story *s, unsigned t_ms, enum role role, enum role from,
                              enum verdict verdict, uint32_t epoch, uint32_t ctr, const char *text)
{
    struct trace_event e =
        story_occur(s, t_ms, role, verdict == VERDICT_OK ? OCCUR_DELIVER : OCCUR_REPORT);
    struct occur *o = &e.u.occur;

    o->from = from;
    o->verdict = verdict;
    o->has_epoch = true;
    o->epoch = epoch;
    o->ctr = ctr;
    o->len = (uint16_t)strlen(text);
    memcpy(o->payload, text, o->len);
    story_tell(s, &e);
}

static inline void story_note(struct story *s, unsigned t_ms, enum role role, enum note note,
                              uint64_t value, uint64_t more)
{
    struct trace_event e = story_occur(s, t_ms, role, OCCUR_NOTE);

    e.u.occur.note = note;
    e.u.occur.value = value;
    e.u.occur.more = more;
    story_tell(s, &e);
}

static inline void story_order(struct story *s, unsigned t_ms, enum role role, enum order_kind kind,
                               const char *text)
{
    struct trace_event e = {.kind = TRACE_ORDER, .t_us = (uint64_t)t_ms * 1000, .ue = s->ue};

    e.u.order.role = role;
    e.u.order.kind = kind;
    e.u.order.len = (uint16_t)strlen(text);
    memcpy(e.u.order.payload, text, e.u.order.len);
    story_tell(s, &e);
}

/* An e2eKEYSET is leaked by line 9. */
static inline void story_leak(struct story *s, unsigned t_ms, uint32_t epoch, uint32_t fp)
{
    struct trace_event e = {.kind = TRACE_LEAK, .t_us = (uint64_t)t_ms * 1000, .ue = s->ue};

    e.u.leak.what = SECRET_E2E;
    e.u.leak.has_epoch = true;
    e.u.leak.epoch = epoch;
    e.u.leak.fp = fp;
    e.u.leak.line = 9;
    story_tell(s, &e);
}

/* The attacker derives the key of |epoch| from that before it, |old|, and a RAND_PUSH just heard.
 */
static inline void story_knows(struct story *s, unsigned t_ms, uint32_t epoch, uint32_t fp,
                               uint32_t old)
{
    struct trace_event e = {.kind = TRACE_KNOWS, .t_us = (uint64_t)t_ms * 1000, .ue = s->ue};
    struct trace_knows *k = &e.u.knows;

    k->what = SECRET_E2E;
    k->has_epoch = true;
    k->epoch = epoch;
    k->fp = fp;
    k->by_count = 2;
    k->by[0] = (struct trace_source){
        .what = SECRET_E2E, .leaked = true, .has_epoch = true, .epoch = epoch - 1, .fp = old};
    k->by[1] =
        (struct trace_source){.is_msg = true, .type = MSG_RAND_PUSH, .id = s->ids, .t_us = e.t_us};
    story_tell(s, &e);
}

/* The attach of the hardened variant, up to epoch 0 with fingerprint 5c0a91e7 at both ends. */
static inline void story_attach(struct story *s, unsigned t)
{
    story_order(s, t, ROLE_UE, ORDER_ATTACH, "");
    story_step(s, t, ROLE_UE, "DETACHED ATTACH ATTACHING start_attach", GAP_ATTACH, -1, 0);
    story_msg(s, t + 10, ROLE_UE, ROLE_EMSE, MSG_ATTACH_REQ, -1, 0);
    story_step(s, t + 10, ROLE_EMSE, "DETACHED RX_ATTACH AV start_run", GAP_ATTACH, -1, 0);
    story_msg(s, t + 20, ROLE_EMSE, ROLE_HSS, MSG_AV_REQ, -1, 0);
    story_msg(s, t + 30, ROLE_HSS, ROLE_EMSE, MSG_AV_RSP, -1, 0);
    story_step(s, t + 30, ROLE_EMSE, "AV RX_AV CHAL challenge", C_6X21_AKA, -1, 0);
    story_msg(s, t + 40, ROLE_EMSE, ROLE_UE, MSG_AKA_CHAL, -1, 0);
    story_msg(s, t + 50, ROLE_UE, ROLE_EMSE, MSG_AKA_RESP, -1, 0);
    story_note(s, t + 50, ROLE_EMSE, NOTE_ALG_INT, INT_CMAC64, 0);
    story_msg(s, t + 60, ROLE_EMSE, ROLE_EESE, MSG_KEYSET_FWD, 0, 0);
    story_step(s, t + 60, ROLE_EESE, "NO_KEY RX_KEYSET FIRST install_first", C_6X21_FORWARD, 0,
               0x5c0a91e7);
    story_note(s, t + 60, ROLE_EESE, NOTE_TE2E_FLOOR, 2000, 500);
    story_msg(s, t + 70, ROLE_EESE, ROLE_EMSE, MSG_KEYSET_ACK, 0, 0);
    story_msg(s, t + 80, ROLE_EMSE, ROLE_UE, MSG_ATTACH_ACC, 0, 1);
    story_step(s, t + 80, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", C_6X21_DERIVE, 0,
               0x5c0a91e7);
    story_msg(s, t + 90, ROLE_UE, ROLE_EMSE, MSG_RAND_ACK, 0, 1);
    story_msg(s, t + 100, ROLE_EMSE, ROLE_EESE, MSG_UE_CONFIRM, 0, 0);
    story_step(s, t + 100, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", GAP_COMMIT, 0, 0x5c0a91e7);
}

/* te2e runs out, the UE comes, epoch 1 with fingerprint 77d20014 is made, the message delivered. */
static inline void story_rekey(struct story *s, unsigned t)
{
    story_step(s, t, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED invalidate_keyset", C_6X23_2, 0,
               0x5c0a91e7);
    story_order(s, t + 500, ROLE_UE, ORDER_SEND, "42");
    story_msg(s, t + 510, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1);
    story_data(s, t + 510, ROLE_EESE, ROLE_UE, VERDICT_EXPIRED, 0, 1, "");
    story_msg(s, t + 520, ROLE_EESE, ROLE_UE, MSG_KEY_EXPIRED, 0, 1);
    story_step(s, t + 520, ROLE_UE, "READY RX_KEY_EXPIRED WAITKEY hold", C_6X23_3, 0, 0x5c0a91e7);
    story_msg(s, t + 520, ROLE_EESE, ROLE_EMSE, MSG_KEY_TRIGGER, 0, 0);
    story_msg(s, t + 530, ROLE_EMSE, ROLE_HSS, MSG_RAND_REQ, 1, 0);
    story_msg(s, t + 540, ROLE_HSS, ROLE_EMSE, MSG_RAND_RSP, 1, 0);
    story_fate(s, t + 545, ROLE_EMSE, ROLE_EESE, MSG_RAND_FWD, 1, 0, BY(FATE_DROPPED, 12));
    story_msg(s, t + 1050, ROLE_EMSE, ROLE_EESE, MSG_RAND_FWD, 1, 0);
    story_step(s, t + 1050, ROLE_EESE, "EXPIRED RX_RAND EXPIRED_NEXT install_rand", C_6X23_4, 0,
               0x5c0a91e7);
    story_msg(s, t + 1060, ROLE_EESE, ROLE_EMSE, MSG_FWD_ACK, 1, 0);
    story_msg(s, t + 1070, ROLE_EMSE, ROLE_UE, MSG_RAND_PUSH, 1, 2);
    story_step(s, t + 1070, ROLE_UE, "WAITKEY RX_RAND READY derive", C_6X23_4, 1, 0x77d20014);
    story_msg(s, t + 1080, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 1, 1);
    story_step(s, t + 1080, ROLE_EESE, "EXPIRED_NEXT RX_DATA_NEXT VALID commit_and_deliver",
               C_6X23_5, 1, 0x77d20014);
    story_data(s, t + 1080, ROLE_EESE, ROLE_UE, VERDICT_OK, 1, 1, "42");
    story_msg(s, t + 1090, ROLE_EESE, ROLE_UE, MSG_DACK, 1, 1);
}

#endif
