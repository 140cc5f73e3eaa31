#include "common/core/protect.h"

#include "common/base/ensure.h"
#include "common/crypto/seal.h"

#include <string.h>

enum { EXTRA_MAX = 16 };

uint8_t kid_of(uint32_t index)
{
    return (uint8_t)(1 + index % 8);
}

uint8_t protect_bearer(enum msg_type t)
{
    static const uint8_t bearer[MSG_TYPE_COUNT] = {
        [MSG_ATTACH_REQ] = 1, [MSG_AKA_CHAL] = 2,     [MSG_AKA_RESP] = 3,   [MSG_SYNCFAIL] = 4,
        [MSG_ATTACH_ACC] = 5, [MSG_ATTACH_REJ] = 6,   [MSG_DATA_UL] = 7,    [MSG_DATA_DL] = 8,
        [MSG_DACK] = 9,       [MSG_KEY_EXPIRED] = 10, [MSG_RAND_PUSH] = 11, [MSG_RAND_ACK] = 12,
        [MSG_SYNC] = 13,      [MSG_STATUS] = 14,
    };

    ENSURE(t < MSG_TYPE_COUNT && bearer[t] != 0);
    return bearer[t];
}

static size_t mac_len_of(uint8_t alg_int)
{
    return alg_int == INT_EIA2 ? 4 : 8;
}

/* The octets a MAC covers, with the unsent echo at their end. */
static size_t covered(const struct msg *m, uint32_t index, const uint8_t *extra, size_t extra_len,
                      uint8_t *out)
{
    size_t len = msg_air_octets(m, index, out);

    ENSURE(extra_len <= EXTRA_MAX);
    if (extra_len > 0) {
        memcpy(out + len, extra, extra_len);
    }
    return len + extra_len;
}

static uint8_t *secret_part(struct msg *m, size_t *len)
{
    if (m->type == MSG_DATA_UL || m->type == MSG_DATA_DL) {
        *len = m->u.data.len;
        return m->u.data.payload;
    }
    if (m->type == MSG_RAND_PUSH) {
        *len = RAND_LEN;
        return m->u.rand_push.rand;
    }
    *len = 0;
    return NULL;
}

void protect_seal(struct msg *m, const struct protect_key *k, uint8_t direction, uint32_t ctr,
                  const uint8_t *extra, size_t extra_len)
{
    const struct seal_input si = {
        .count = ctr, .bearer = protect_bearer(m->type), .direction = direction};
    uint8_t octets[AIR_OCTETS_MAX + EXTRA_MAX];
    size_t secret_len;
    uint8_t *secret = secret_part(m, &secret_len);
    size_t len;

    if (k->enc_key != NULL && secret != NULL) {
        m->flags |= MSG_FLAG_C;
        seal_cipher(k->enc_key, &si, secret, secret_len);
    }
    m->kid = k->has_kid ? kid_of(k->index) : 0;
    m->ctr = ctr;
    m->mac_len = (uint8_t)mac_len_of(k->alg_int);
    len = covered(m, k->index, extra, extra_len, octets);
    seal_mac(k->int_key, &si, octets, len, m->mac, m->mac_len);
}

bool protect_is_good(const struct msg *m, const struct protect_key *k, uint8_t direction,
                     const uint8_t *extra, size_t extra_len)
{
    const struct seal_input si = {
        .count = m->ctr, .bearer = protect_bearer(m->type), .direction = direction};
    uint8_t octets[AIR_OCTETS_MAX + EXTRA_MAX];
    size_t len;

    if (m->mac_len != mac_len_of(k->alg_int) || m->kid != (k->has_kid ? kid_of(k->index) : 0)) {
        return false;
    }
    len = covered(m, k->index, extra, extra_len, octets);
    return seal_mac_is_good(k->int_key, &si, octets, len, m->mac, m->mac_len);
}

void protect_open(struct msg *m, const struct protect_key *k, uint8_t direction)
{
    const struct seal_input si = {
        .count = m->ctr, .bearer = protect_bearer(m->type), .direction = direction};
    size_t secret_len;
    uint8_t *secret = secret_part(m, &secret_len);

    if ((m->flags & MSG_FLAG_C) == 0 || secret == NULL) {
        return;
    }
    ENSURE(k->enc_key != NULL);
    seal_cipher(k->enc_key, &si, secret, secret_len);
}
