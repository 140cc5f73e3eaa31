/* SHA-256 and HMAC-SHA-256 over mbedTLS's sha256 with the context on the stack: mbedtls_md_hmac
 * allocates at each call, and a role core never does.
 * Source: FIPS 180-4, RFC 2104; vectors RFC 4231. */
#ifndef COMMON_CRYPTO_SHA256_H
#define COMMON_CRYPTO_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_LEN = 32 };

/* |out| may overlap any input of either function. */
void sha256(const void *in, size_t len, uint8_t out[SHA256_LEN]);
void hmac_sha256(const uint8_t *key, size_t key_len, const void *in, size_t len,
                 uint8_t out[SHA256_LEN]);

#endif
