#include "common/wire/codec.h"

#include "common/base/ensure.h"
#include "common/wire/codec_table.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

/* The arena of one unpacking, many times what our largest message needs. A datagram that makes
 * protobuf-c want more is none of ours and counts as malformed. */
enum { ARENA_SIZE = 64 * 1024 };

static struct {
    alignas(max_align_t) uint8_t octets[ARENA_SIZE];
    size_t used;
} arena;

static void *arena_alloc(void *data, size_t size)
{
    size_t rounded =
        (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    void *p;

    (void)data;
    if (size > ARENA_SIZE || rounded > ARENA_SIZE - arena.used) {
        return NULL;
    }
    p = arena.octets + arena.used;
    arena.used += rounded;
    return p;
}

static void arena_free(void *data, void *p)
{
    (void)data;
    (void)p;
}

static ProtobufCAllocator arena_allocator = {.alloc = arena_alloc, .free = arena_free};

uint64_t codec_fixed_from(const uint8_t *octets, unsigned len)
{
    uint64_t v = 0;

    for (unsigned i = len; i-- > 0;) {
        v = v << 8 | octets[i];
    }
    return v;
}

void codec_fixed_to(uint64_t v, uint8_t *octets, unsigned len)
{
    for (unsigned i = 0; i < len; i++, v >>= 8) {
        octets[i] = (uint8_t)v;
    }
}

ProtobufCBinaryData codec_octets(uint8_t *octets, size_t len)
{
    return (ProtobufCBinaryData){.len = len, .data = octets};
}

bool codec_octets_to(const ProtobufCBinaryData *field, uint8_t *octets, size_t len)
{
    if (field->len != len) {
        return false;
    }
    if (len != 0) { /* protobuf-c gives an empty field as NULL */
        memcpy(octets, field->data, len);
    }
    return true;
}

bool codec_octet_to(uint32_t v, uint8_t *out)
{
    *out = (uint8_t)v;
    return v <= UINT8_MAX;
}

uint32_t codec_choice_from(const struct choice *c)
{
    return c->alg_int | (uint32_t)(c->alg_enc == ENC_EEA2) << 2 | (uint32_t)c->conf << 3 |
           (uint32_t)(c->rand_protect - RAND_ENC) << 5;
}

bool codec_choice_to(uint32_t v, struct choice *c)
{
    c->alg_int = v & 3;
    c->alg_enc = (v >> 2 & 1) != 0 ? ENC_EEA2 : ENC_EEA0;
    c->conf = v >> 3 & 3;
    c->rand_protect = (uint8_t)(RAND_ENC + (v >> 5 & 3));
    return v >> 7 == 0;
}

static const struct codec_row *row_of(enum msg_type t)
{
    return codec_air[t].put != NULL ? &codec_air[t] : &codec_backend[t];
}

static void put_header(struct codec_pack *p)
{
    E2e__Envelope *env = &p->env;

    env->sid = p->m.sid;
    env->kid = p->m.kid;
    env->ctr = p->m.ctr;
    env->flags = p->m.flags;
    if (p->m.mac_len == MAC_MAX) {
        env->integrity_case = E2E__ENVELOPE__INTEGRITY_MAC;
        env->mac = codec_fixed_from(p->m.mac, MAC_MAX);
    } else if (p->m.mac_len != 0) {
        env->integrity_case = E2E__ENVELOPE__INTEGRITY_MAC32;
        env->mac32 = (uint32_t)codec_fixed_from(p->m.mac, MAC_MAX / 2);
    }
}

static bool get_header(const E2e__Envelope *env, struct msg *m)
{
    m->sid = env->sid;
    m->ctr = env->ctr;
    if (env->integrity_case == E2E__ENVELOPE__INTEGRITY_MAC) {
        m->mac_len = MAC_MAX;
        codec_fixed_to(env->mac, m->mac, m->mac_len);
    } else if (env->integrity_case == E2E__ENVELOPE__INTEGRITY_MAC32) {
        m->mac_len = MAC_MAX / 2;
        codec_fixed_to(env->mac32, m->mac, m->mac_len);
    }
    return codec_octet_to(env->kid, &m->kid) && codec_octet_to(env->flags, &m->flags);
}

/* CRC-32 of IEEE 802.3, four bits at a time. */
static uint32_t crc32_of(const uint8_t *octets, size_t len)
{
    static const uint32_t step[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < len; i++) {
        crc = step[(crc ^ octets[i]) & 15] ^ crc >> 4;
        crc = step[(crc ^ octets[i] >> 4) & 15] ^ crc >> 4;
    }
    return ~crc;
}

/* Fills in the check of a backend message: its value is the last four octets. A receiver encodes
 * what it has decoded again, so a wrong check is one more way not to be canonical. */
static void put_check(uint8_t *octets, size_t len)
{
    uint32_t crc = crc32_of(octets, len - 4);

    if (crc == 0) {
        crc = 1; /* zero would be left out */
    }
    for (unsigned i = 0; i < 4; i++) {
        octets[len - 4 + i] = (uint8_t)(crc >> 8 * i);
    }
}

/* Returns the length, which may be over DATAGRAM_MAX: then nothing was written. */
static size_t pack(const struct msg *m, uint8_t out[DATAGRAM_MAX])
{
    const struct codec_row *row = row_of(m->type);
    struct codec_pack p;
    size_t len;

    p.m = *m;
    e2e__envelope__init(&p.env);
    put_header(&p);
    p.env.body_case = row->body;
    row->put(&p);
    p.env.check = !msg_on_air(m->type);
    len = e2e__envelope__get_packed_size(&p.env);
    if (len <= DATAGRAM_MAX) {
        e2e__envelope__pack(&p.env, out);
        if (p.env.check != 0) {
            put_check(out, len);
        }
    }
    return len;
}

static enum err unpack(const E2e__Envelope *env, struct msg *m)
{
    for (unsigned t = 0; t < MSG_TYPE_COUNT; t++) {
        const struct codec_row *row = row_of((enum msg_type)t);

        if (row->body == env->body_case) {
            m->type = (enum msg_type)t;
            if (!get_header(env, m) || !row->get(env, m) || !codec_check(m)) {
                return ERR_BAD_FIELD;
            }
            return ERR_OK;
        }
    }
    return ERR_NO_BODY;
}

/* What a field must be because of who sends to whom. */
static bool fits_arrow(const struct msg *m, enum role from, enum role to)
{
    enum role client = from == ROLE_HSS ? to : from;
    uint8_t purpose = client == ROLE_VN ? PURPOSE_ACCESS : PURPOSE_E2M;

    if (m->type == MSG_AV_REQ) {
        return m->u.av_req.purpose == purpose;
    }
    if (m->type == MSG_AV_RSP) {
        return m->u.av_rsp.purpose == purpose;
    }
    if (m->type == MSG_POLICY) {
        return (m->u.policy.assoc.ue.len != 0) == (to == ROLE_EESE);
    }
    return true;
}

enum err codec_encode(const struct msg *m, enum role from, enum role to, uint8_t out[DATAGRAM_MAX],
                      size_t *len)
{
    size_t packed;

    ENSURE(m->type < MSG_TYPE_COUNT);
    if (!msg_arrow_allowed(m->type, from, to)) {
        return ERR_FORBIDDEN_ARROW;
    }
    if (!codec_check(m) || !fits_arrow(m, from, to)) {
        return ERR_BAD_FIELD;
    }
    packed = pack(m, out);
    if (packed > DATAGRAM_MAX) {
        return ERR_OVERSIZE;
    }
    *len = packed;
    return ERR_OK;
}

enum err codec_peek(const uint8_t *octets, size_t len, struct msg *m)
{
    static uint8_t again[DATAGRAM_MAX];
    struct msg got;
    const E2e__Envelope *env;
    enum err err;

    if (len > DATAGRAM_MAX) {
        return ERR_OVERSIZE;
    }
    arena.used = 0;
    env = e2e__envelope__unpack(&arena_allocator, len, octets);
    if (env == NULL) {
        return ERR_MALFORMED;
    }
    memset(&got, 0, sizeof got);
    err = unpack(env, &got);
    if (err != ERR_OK) {
        return err;
    }
    if (pack(&got, again) != len || memcmp(again, octets, len) != 0) {
        return ERR_NOT_CANONICAL;
    }
    *m = got;
    return ERR_OK;
}

enum err codec_decode(const uint8_t *octets, size_t len, enum role from, enum role to,
                      struct msg *m)
{
    struct msg got;
    enum err err = codec_peek(octets, len, &got);

    if (err != ERR_OK) {
        return err;
    }
    if (!msg_arrow_allowed(got.type, from, to)) {
        return ERR_FORBIDDEN_ARROW;
    }
    if (!fits_arrow(&got, from, to)) {
        return ERR_BAD_FIELD;
    }
    *m = got;
    return ERR_OK;
}
