#include "common/crypto/sha256.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"

#include <mbedtls/sha256.h>
#include <mbedtls/version.h>
#include <string.h>

/* The functions that return a status have a suffix in mbedTLS 2.28 and the plain name in 3. */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define sha256_starts mbedtls_sha256_starts_ret
#define sha256_update mbedtls_sha256_update_ret
#define sha256_finish mbedtls_sha256_finish_ret
#else
#define sha256_starts mbedtls_sha256_starts
#define sha256_update mbedtls_sha256_update
#define sha256_finish mbedtls_sha256_finish
#endif

enum { BLOCK_LEN = 64, IPAD = 0x36, OPAD = 0x5c };

/* SHA-256 of head || in. */
static void digest(const uint8_t *head, size_t head_len, const void *in, size_t len,
                   uint8_t out[SHA256_LEN])
{
    mbedtls_sha256_context c;

    mbedtls_sha256_init(&c);
    ENSURE(sha256_starts(&c, 0) == 0);
    if (head_len > 0) {
        ENSURE(sha256_update(&c, head, head_len) == 0);
    }
    if (len > 0) {
        ENSURE(sha256_update(&c, in, len) == 0);
    }
    ENSURE(sha256_finish(&c, out) == 0);
    mbedtls_sha256_free(&c); /* wipes it */
}

void sha256(const void *in, size_t len, uint8_t out[SHA256_LEN])
{
    digest(NULL, 0, in, len, out);
}

static void xor_pad(uint8_t block[BLOCK_LEN], uint8_t pad)
{
    for (size_t i = 0; i < BLOCK_LEN; i++) {
        block[i] ^= pad;
    }
}

void hmac_sha256(const uint8_t *key, size_t key_len, const void *in, size_t len,
                 uint8_t out[SHA256_LEN])
{
    uint8_t block[BLOCK_LEN] = {0};
    uint8_t inner[SHA256_LEN];

    if (key_len > BLOCK_LEN) {
        sha256(key, key_len, block);
    } else if (key_len > 0) {
        memcpy(block, key, key_len);
    }
    xor_pad(block, IPAD);
    digest(block, sizeof block, in, len, inner);
    xor_pad(block, IPAD ^ OPAD);
    digest(block, sizeof block, inner, sizeof inner, out);
    bytes_wipe(block, sizeof block);
    bytes_wipe(inner, sizeof inner);
}
