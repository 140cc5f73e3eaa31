#include "common/crypto/seal.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"

#include <mbedtls/aes.h>
#include <string.h>

enum { BLOCK_LEN = 16, HEAD_LEN = 8 };

struct cmac {
    mbedtls_aes_context aes;
    uint8_t x[BLOCK_LEN]; /* the chaining value with the open block already folded in */
    size_t fill;          /* octets in the open block */
};

static void encrypt(mbedtls_aes_context *aes, uint8_t block[BLOCK_LEN])
{
    ENSURE(mbedtls_aes_crypt_ecb(aes, MBEDTLS_AES_ENCRYPT, block, block) == 0);
}

/* Multiplication by x in GF(2^128) (RFC 4493 2.3), without a branch on the key. */
static void twice(uint8_t v[BLOCK_LEN])
{
    uint8_t carry = v[0] >> 7;

    for (size_t i = 0; i < BLOCK_LEN; i++) {
        uint8_t in = i + 1 < BLOCK_LEN ? v[i + 1] >> 7 : 0;

        v[i] = (uint8_t)(v[i] << 1 | in);
    }
    v[BLOCK_LEN - 1] ^= (uint8_t)(0x87 & -carry);
}

/* A full block stays open until more octets come, because the last block is treated apart. */
static void cmac_add(struct cmac *c, const uint8_t *in, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (c->fill == BLOCK_LEN) {
            encrypt(&c->aes, c->x);
            c->fill = 0;
        }
        c->x[c->fill++] ^= in[i];
    }
}

static void cmac_end(struct cmac *c, uint8_t out[BLOCK_LEN])
{
    uint8_t subkey[BLOCK_LEN] = {0};

    encrypt(&c->aes, subkey);
    twice(subkey);
    if (c->fill < BLOCK_LEN) {
        c->x[c->fill] ^= 0x80;
        twice(subkey);
    }
    for (size_t i = 0; i < BLOCK_LEN; i++) {
        c->x[i] ^= subkey[i];
    }
    encrypt(&c->aes, c->x);
    memcpy(out, c->x, BLOCK_LEN);
    bytes_wipe(subkey, sizeof subkey);
}

void cmac_aes128(const uint8_t key[16], const uint8_t *head, size_t head_len, const uint8_t *in,
                 size_t len, uint8_t out[16])
{
    struct cmac c = {.fill = 0};

    mbedtls_aes_init(&c.aes);
    ENSURE(mbedtls_aes_setkey_enc(&c.aes, key, 128) == 0);
    cmac_add(&c, head, head_len);
    cmac_add(&c, in, len);
    cmac_end(&c, out);
    mbedtls_aes_free(&c.aes); /* wipes it */
    bytes_wipe(c.x, sizeof c.x);
}

/* COUNT (32 bits) | BEARER (5) | DIRECTION (1) | 26 zero bits. */
static void put_head(const struct seal_input *si, uint8_t out[HEAD_LEN])
{
    ENSURE(si->bearer < 32 && si->direction < 2);
    put_be32(out, si->count);
    put_be32(out + 4, (uint32_t)si->bearer << 27 | (uint32_t)si->direction << 26);
}

void seal_mac(const uint8_t key[16], const struct seal_input *si, const uint8_t *in, size_t len,
              uint8_t *mac, size_t mac_len)
{
    uint8_t head[HEAD_LEN];
    uint8_t whole[BLOCK_LEN];

    ENSURE(mac_len == 4 || mac_len == 8);
    put_head(si, head);
    cmac_aes128(key, head, sizeof head, in, len, whole);
    memcpy(mac, whole, mac_len);
    bytes_wipe(whole, sizeof whole);
}

bool seal_mac_is_good(const uint8_t key[16], const struct seal_input *si, const uint8_t *in,
                      size_t len, const uint8_t *mac, size_t mac_len)
{
    uint8_t own[8];
    bool good;

    seal_mac(key, si, in, len, own, mac_len);
    good = bytes_equal(own, mac, mac_len);
    bytes_wipe(own, sizeof own); /* it would be a forgery's missing piece */
    return good;
}

void seal_cipher(const uint8_t key[16], const struct seal_input *si, uint8_t *data, size_t len)
{
    mbedtls_aes_context aes;
    uint8_t counter[BLOCK_LEN] = {0};
    uint8_t stream[BLOCK_LEN] = {0};
    size_t used = 0;

    if (len == 0) {
        return; /* |data| may be NULL then */
    }
    put_head(si, counter);
    mbedtls_aes_init(&aes);
    ENSURE(mbedtls_aes_setkey_enc(&aes, key, 128) == 0);
    /* EEA2 counts in the low 64 bits, mbedTLS in all 128: equal for the first 2^64 blocks. */
    ENSURE(mbedtls_aes_crypt_ctr(&aes, len, &used, counter, stream, data, data) == 0);
    mbedtls_aes_free(&aes);
    bytes_wipe(stream, sizeof stream);
}
