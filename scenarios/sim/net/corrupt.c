#include "scenarios/sim/net/corrupt.h"

#include "common/base/prng.h"
#include "common/wire/codec.h"

#include <string.h>

static bool flip(uint8_t *field, size_t len, uint64_t key)
{
    uint64_t bit = len == 0 ? 0 : prng_below(key, 0, 8 * len);

    if (len == 0) {
        return false;
    }
    field[bit / 8] ^= (uint8_t)(1u << bit % 8);
    return true;
}

static bool flip_payload(struct msg *m, uint64_t key)
{
    return (m->type == MSG_DATA_UL || m->type == MSG_DATA_DL) &&
           flip(m->u.data.payload, m->u.data.len, key);
}

static bool flip_mac(struct msg *m, uint64_t key)
{
    return flip(m->mac, m->mac_len, key);
}

static bool flip_rand(struct msg *m, uint64_t key)
{
    static const size_t at[MSG_TYPE_COUNT] = {
        [MSG_ACCESS_CHAL] = offsetof(struct msg, u.access_chal.rand),
        [MSG_AKA_CHAL] = offsetof(struct msg, u.aka_chal.rand),
        [MSG_AV_RSP] = offsetof(struct msg, u.av_rsp.rand),
        [MSG_RAND_RSP] = offsetof(struct msg, u.rand_rsp.rand),
        [MSG_RAND_FWD] = offsetof(struct msg, u.rand_fwd.rand),
        [MSG_RAND_PUSH] = offsetof(struct msg, u.rand_push.rand),
    };

    return at[m->type] != 0 && flip((uint8_t *)m + at[m->type], RAND_LEN, key);
}

/* Never to 0, which would mean that the frame has none. */
static bool flip_ctr(struct msg *m, uint64_t key)
{
    unsigned bit = (unsigned)prng_below(key, 0, 8);

    if (m->ctr == 0) {
        return false;
    }
    m->ctr ^= m->ctr == 1u << bit ? 1u << (bit + 1) : 1u << bit;
    return true;
}

static bool (*const flips[FIELD_COUNT])(struct msg *m, uint64_t key) = {
    [FIELD_PAYLOAD] = flip_payload,
    [FIELD_MAC] = flip_mac,
    [FIELD_RAND] = flip_rand,
    [FIELD_CTR] = flip_ctr,
};

/* Those that the datagram does not have are left alone. */
static bool flip_bits(const struct scn_fault *f, uint8_t *octets, size_t len)
{
    bool any = false;

    for (unsigned i = 0; i < f->bits_count; i++) {
        for (uint32_t bit = f->bits[i].first; bit <= f->bits[i].last && bit < 8 * len; bit++) {
            octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            any = true;
        }
    }
    return any;
}

bool corrupt(const struct scn_fault *fault, uint64_t key, enum role from, enum role to,
             uint8_t octets[DATAGRAM_MAX], size_t *len)
{
    uint8_t changed[DATAGRAM_MAX];
    size_t changed_len = 0;
    struct msg m;

    if (fault->field == FIELD_BITS) {
        return flip_bits(fault, octets, *len);
    }
    if (fault->field == FIELD_BIT) {
        if (fault->bit >= 8 * *len) {
            return false;
        }
        octets[fault->bit / 8] ^= (uint8_t)(1u << fault->bit % 8);
        return true;
    }
    if (codec_decode(octets, *len, from, to, &m) != ERR_OK || !flips[fault->field](&m, key) ||
        codec_encode(&m, from, to, changed, &changed_len) != ERR_OK) {
        return false;
    }
    memcpy(octets, changed, changed_len);
    *len = changed_len;
    return true;
}
