/* A relay under test with two UEs, and what is sent through it. */
#ifndef TEST_UNIT_NET_H
#define TEST_UNIT_NET_H

#include "common/base/ensure.h"
#include "common/wire/codec.h"
#include "scenarios/sim/net/relay.h"
#include "test/unit/scene.h"

#define IMSI_1 "001010000000001"
#define IMSI_2 "001010000000002"

/* A relay under test, what it told, and what it handed over last. */
static struct {
    struct scenario scn;
    struct relay *relay;
    struct scene_trace trace;
    struct relay_delivery got;
} net;

static inline void open_net(const char *sentences)
{
    const struct trace_sink sink = {.arg = &net.trace, .event = scene_event};
    char text[2048];

    memset(&net, 0, sizeof net);
    snprintf(text, sizeof text, "ue UE1\nue UE2\n%s", sentences);
    scene_open(&net.scn, text);
    net.relay = relay_new(&net.scn, &sink);
    ck_assert_ptr_nonnull(net.relay);
}

static inline void close_net(void)
{
    ck_assert(relay_adds_up(net.relay));
    relay_free(net.relay);
    scenario_free(&net.scn);
}

static inline void send_msg(uint64_t now_us, enum role from, enum role to, const struct msg *m)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len = 0;

    ck_assert_int_eq(codec_encode(m, from, to, octets, &len), ERR_OK);
    ck_assert_int_eq(relay_send(net.relay, now_us, from, to, octets, len), ERR_OK);
}

static inline void send_data(uint64_t now_us, uint32_t sid, uint32_t ctr)
{
    struct msg m = {.type = MSG_DATA_UL, .sid = sid, .kid = 1, .ctr = ctr, .mac_len = 8};

    m.u.data.len = 4;
    memcpy(m.u.data.payload, "data", 4);
    send_msg(now_us, ROLE_UE, ROLE_EESE, &m);
}

static inline void name_assoc(struct assoc *a, const char *imsi)
{
    ENSURE(ident_set(&a->ue, imsi) == ERR_OK);
    a->emse = net.scn.emse;
    a->eese = net.scn.eese;
}

/* The EMSE hands over a keyset: now the relay knows whose SID this is. */
static inline void introduce(const char *imsi, uint32_t sid, uint32_t n)
{
    struct msg m = {.type = MSG_KEYSET_FWD};

    name_assoc(&m.u.keyset_fwd.assoc, imsi);
    m.u.keyset_fwd.sid = sid;
    m.u.keyset_fwd.g = net.scn.variant.variant == VARIANT_HARDENED;
    m.u.keyset_fwd.n = n;
    m.u.keyset_fwd.choice.alg_int = INT_CMAC64;
    m.u.keyset_fwd.choice.rand_protect = RAND_ENC;
    profile_default(&m.u.keyset_fwd.profile);
    send_msg(0, ROLE_EMSE, ROLE_EESE, &m);
    while (relay_pop(net.relay, UINT64_MAX - 1, &net.got)) {
    }
    net.trace.count = 0;
}

static inline const struct trace_msg *told(unsigned i)
{
    ck_assert_uint_lt(i, net.trace.count);
    ck_assert_int_eq(net.trace.list[i].kind, TRACE_MSG);
    return &net.trace.list[i].u.msg;
}

/* Takes the next one out, which must be due at |at_us|, not before. */
static inline void arrives(uint64_t at_us)
{
    ck_assert_uint_eq(relay_deadline(net.relay), at_us);
    if (at_us > 0) {
        ck_assert(!relay_pop(net.relay, at_us - 1, &net.got));
    }
    ck_assert(relay_pop(net.relay, at_us, &net.got));
}

static inline void nothing_is_left(void)
{
    ck_assert_uint_eq(relay_deadline(net.relay), UINT64_MAX);
    ck_assert(!relay_pop(net.relay, UINT64_MAX, &net.got));
}

static inline uint32_t ctr_of_got(void)
{
    struct msg m;

    ck_assert_int_eq(codec_peek(net.got.octets, net.got.len, &m), ERR_OK);
    return m.ctr;
}

#endif
