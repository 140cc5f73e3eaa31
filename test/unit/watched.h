/* Hand-made traces for the tests of invariants: a story that invariants listen to, with datagrams
 * that have octets and processes that die. */
#ifndef TEST_UNIT_WATCHED_H
#define TEST_UNIT_WATCHED_H

#include "common/wire/codec.h"
#include "scenarios/sim/judge/invariants.h"
#include "test/unit/story.h"

#include <check.h>

struct watched {
    struct story story;
    struct invariants *inv;
};

/* Change what the scenario says between the two. */
static inline void watched_init(struct watched *w, enum variant v)
{
    story_init(&w->story, v, 2);
    timing_default(&w->story.scn.timing);
    for (unsigned i = 0; i < 2; i++) {
        w->story.ues[i].caps = CAP_ALL;
        memset(w->story.ues[i].secret.k, (int)(0x50 + i), sizeof w->story.ues[i].secret.k);
        w->story.ues[i].secret.k[0] = 1;
        memset(w->story.ues[i].secret.opc, (int)(0x70 + i), sizeof w->story.ues[i].secret.opc);
        w->story.ues[i].secret.opc[0] = 2;
    }
    ENSURE(ident_set(&w->story.scn.emse, "emse.home") == ERR_OK);
    ENSURE(ident_set(&w->story.scn.eese, "eese.plant1") == ERR_OK);
}

static inline void watched_begin(struct watched *w)
{
    w->inv = invariants_new(&w->story.run);
    ck_assert_ptr_nonnull(w->inv);
    w->story.sinks = 0;
    story_listen(&w->story, w->inv, invariants_event);
}

static inline void watched_open(struct watched *w, enum variant v)
{
    watched_init(w, v);
    watched_begin(w);
}

static inline void watched_close(struct watched *w)
{
    invariants_free(w->inv);
    w->inv = NULL;
}

static inline const struct invariant *watched_by_id(const struct watched *w, const char *id)
{
    for (unsigned i = 0; i < invariants_count(w->inv); i++) {
        if (strcmp(invariants_get(w->inv, i)->id, id) == 0) {
            return invariants_get(w->inv, i);
        }
    }
    ck_abort_msg("no invariant %s", id);
    return NULL;
}

/* It has been broken |times| times. */
#define holds(w, id) breaks((w), (id), 0)
#define breaks(w, id, times) \
    ck_assert_msg(watched_by_id((w), (id))->broken == (times), "%s: broken %u times: %s", (id), \
                  (unsigned)watched_by_id((w), (id))->broken, watched_by_id((w), (id))->what)
/* ... and this is said of the first time. */
#define says(w, id, number, words) \
    do { \
        ck_assert_str_eq(watched_by_id((w), (id))->what, (words)); \
        ck_assert_uint_eq(watched_by_id((w), (id))->event, (number)); \
    } while (0)

/* A datagram that took 10 ms, with its octets. |epoch| -1: it names none. */
static inline void watched_datagram(struct watched *w, unsigned t_ms, enum role from, enum role to,
                                    const struct msg *m, int epoch, enum fate fate)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len;
    struct trace_event e = {.kind = TRACE_MSG, .t_us = (uint64_t)t_ms * 1000, .ue = w->story.ue};

    ck_assert_int_eq(codec_encode(m, from, to, octets, &len), ERR_OK);
    e.u.msg = (struct trace_msg){.id = ++w->story.ids,
                                 .from = from,
                                 .to = to,
                                 .type = m->type,
                                 .ue = w->story.ue,
                                 .has_epoch = epoch >= 0,
                                 .epoch = epoch >= 0 ? (uint32_t)epoch : 0,
                                 .ctr = m->ctr,
                                 .attempt = fate != FATE_INJECTED,
                                 .bytes = (uint16_t)len,
                                 .fate = fate,
                                 .sent_us = t_ms >= 10 ? e.t_us - 10000 : 0,
                                 .octets = octets};
    story_tell(&w->story, &e);
}

static inline void watched_process(struct watched *w, unsigned t_ms, enum role role,
                                   enum process_change what, enum state_left left)
{
    struct trace_event e = {.kind = TRACE_PROCESS, .t_us = (uint64_t)t_ms * 1000, .ue = -1};

    e.u.process.role = role;
    e.u.process.what = what;
    e.u.process.left = left;
    story_tell(&w->story, &e);
}

/* A role takes a step: "STATE EVENT NEXT action". */
static inline void watched_step(struct watched *w, unsigned t_ms, enum role role, const char *how,
                                int epoch)
{
    story_step(&w->story, t_ms, role, how, C_6X23_4, epoch,
               epoch < 0 ? 0 : 0x1000 + (unsigned)epoch);
}

static inline struct assoc watched_assoc(const struct watched *w)
{
    return (struct assoc){
        .ue = w->story.ues[w->story.ue].imsi, .emse = w->story.scn.emse, .eese = w->story.scn.eese};
}

/* The profile of a subscriber of whom nothing was said. */
static inline struct profile watched_profile(void)
{
    struct profile p;

    profile_default(&p);
    return p;
}

/* The EMSE hands the keyset of |octet| over, for root |g| and epoch |n|. */
static inline struct msg watched_keyset(const struct watched *w, uint32_t g, uint32_t n,
                                        uint8_t octet)
{
    struct msg m = {.type = MSG_KEYSET_FWD};
    struct msg_keyset_fwd *k = &m.u.keyset_fwd;

    k->assoc = watched_assoc(w);
    k->sid = 0x20 + g;
    k->g = g;
    k->n = n;
    memset(k->key, octet, sizeof k->key);
    k->key[0] = 1;
    k->key[16] = 1;
    k->choice = (struct choice){INT_CMAC64, ENC_EEA2, CONF_ON, RAND_ENC};
    k->profile = watched_profile();
    return m;
}

/* A frame on air under SID |sid|, which looks as the default choice says. */
static inline struct msg watched_frame(enum msg_type type, uint32_t sid, uint32_t ctr,
                                       const char *text)
{
    struct msg m = {.type = type, .sid = sid, .ctr = ctr, .kid = 1, .mac_len = 8};

    if (type == MSG_DATA_UL || type == MSG_DATA_DL) {
        m.flags = MSG_FLAG_C;
        m.u.data.len = (uint16_t)strlen(text);
        memcpy(m.u.data.payload, text, m.u.data.len);
    } else if (type == MSG_KEY_EXPIRED) {
        m.u.key_expired.reason = 1;
    }
    return m;
}

/* ... that accepts the attach to root |g|. */
static inline struct msg watched_accept(uint32_t g, uint32_t ctr)
{
    struct msg m = watched_frame(MSG_ATTACH_ACC, 0x20 + g, ctr, "");

    m.u.attach_acc.xid = 1;
    m.u.attach_acc.g = g;
    m.u.attach_acc.choice = (struct choice){INT_CMAC64, ENC_EEA2, CONF_ON, RAND_ENC};
    return m;
}

/* What the HSS answers: a vector whose octets are |octet|, of root |g|. */
static inline struct msg watched_vector(const struct watched *w, uint8_t purpose, uint8_t octet,
                                        uint32_t g)
{
    struct msg m = {.type = MSG_AV_RSP};
    struct msg_av_rsp *r = &m.u.av_rsp;

    r->xid = 1;
    r->purpose = purpose;
    r->ue = w->story.ues[w->story.ue].imsi;
    memset(r->rand, octet, sizeof r->rand);
    memset(r->autn, octet, sizeof r->autn);
    memset(r->xres, octet, sizeof r->xres);
    memset(r->key, octet, sizeof r->key);
    r->key[0] = 2;
    r->key[16] = 2;
    if (purpose == PURPOSE_E2M) {
        r->g = g;
        r->profile = watched_profile();
    }
    return m;
}

#endif
