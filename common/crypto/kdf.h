/* The generic key derivation function of 3GPP: TS 33.220 Annex B.2,
 * derived key = HMAC-SHA-256(Key, S), S = FC || P0 || L0 || P1 || L1 || ..., Li two octets
 * big-endian. FC is one octet, or two octets 0xFF || FC2; this project's own values use the second
 * form, so that they can never collide with an allocated one (PROTOCOL.md 3).
 *
 * Every derivation of the keysets has a function that builds its S, and derives from what that
 * function returns; `e2esim derive` prints the same octets. */
#ifndef COMMON_CRYPTO_KDF_H
#define COMMON_CRYPTO_KDF_H

#include <stddef.h>
#include <stdint.h>

enum kdf_fc {
    FC_K_ASME = 0x10, /* TS 33.401 A.2 */
    FC_E2M = 0xFFF0,  /* the rest: PROTOCOL.md 3, not allocated by 3GPP */
    FC_E2E_LITERAL = 0xFFF1,
    FC_REFRESH_LITERAL = 0xFFF2,
    FC_E2E_ROOT = 0xFFF3,
    FC_E2E_CHAIN = 0xFFF4,
    FC_TRAFFIC = 0xFFF5,
    FC_MASK = 0xFFF6,
    FC_RAND = 0xFFF7,
};

enum { KDF_OUT_LEN = 32, KDF_INPUT_MAX = 256, KDF_PARAMS_MAX = 8 };

struct kdf_param {
    const void *p; /* may be NULL when |len| is 0 */
    size_t len;    /* 0..65535 */
};

/* Values of a parameter: a string literal without its NUL, an identity, an octet array. */
#define KDF_TEXT(literal) ((struct kdf_param){(literal), sizeof(literal) - 1})
#define KDF_IDENT(id)     ((struct kdf_param){(id)->s, (id)->len})
#define KDF_OCTETS(array) ((struct kdf_param){(array), sizeof(array)})

/* Builds S. |fc| below 0x100 is one octet, otherwise two. Returns its length; S must fit in
 * KDF_INPUT_MAX (a bound the callers' identities keep; asserted). */
size_t kdf_input(unsigned fc, const struct kdf_param *param, size_t params,
                 uint8_t out[KDF_INPUT_MAX]);

/* The whole function. |out| may overlap |key|. */
void kdf(const uint8_t *key, size_t key_len, unsigned fc, const struct kdf_param *param,
         size_t params, uint8_t out[KDF_OUT_LEN]);

/* Its last 16 octets: an n-bit key is the n least significant bits of the derived key. */
void kdf_low128(const uint8_t *key, size_t key_len, unsigned fc, const struct kdf_param *param,
                size_t params, uint8_t out[16]);

/* KDF(key, F5, label, alg), last 16 octets: a key that touches data, of either keyset. |label| is
 * NUL-terminated. */
void kdf_traffic(const uint8_t key[32], const char *label, uint8_t alg, uint8_t out[16]);

#endif
