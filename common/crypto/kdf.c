#include "common/crypto/kdf.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"
#include "common/crypto/sha256.h"

#include <string.h>

size_t kdf_input(unsigned fc, const struct kdf_param *param, size_t params,
                 uint8_t out[KDF_INPUT_MAX])
{
    size_t at = 0;

    ENSURE(fc < 0xFF || fc >> 8 == 0xFF); /* a lone 0xFF would announce a second octet */
    ENSURE(params <= KDF_PARAMS_MAX);
    if (fc > 0xFF) {
        out[at++] = (uint8_t)(fc >> 8);
    }
    out[at++] = (uint8_t)fc;
    for (size_t i = 0; i < params; i++) {
        ENSURE(param[i].len <= KDF_INPUT_MAX && at + param[i].len + 2 <= KDF_INPUT_MAX);
        if (param[i].len > 0) {
            memcpy(out + at, param[i].p, param[i].len);
        }
        at += param[i].len;
        put_be16(out + at, (uint16_t)param[i].len);
        at += 2;
    }
    return at;
}

void kdf(const uint8_t *key, size_t key_len, unsigned fc, const struct kdf_param *param,
         size_t params, uint8_t out[KDF_OUT_LEN])
{
    uint8_t s[KDF_INPUT_MAX];
    size_t len = kdf_input(fc, param, params, s);

    hmac_sha256(key, key_len, s, len, out);
    bytes_wipe(s, len); /* a RAND in it may be secret */
}

void kdf_low128(const uint8_t *key, size_t key_len, unsigned fc, const struct kdf_param *param,
                size_t params, uint8_t out[16])
{
    uint8_t whole[KDF_OUT_LEN];

    kdf(key, key_len, fc, param, params, whole);
    memcpy(out, whole + KDF_OUT_LEN - 16, 16);
    bytes_wipe(whole, sizeof whole);
}

void kdf_traffic(const uint8_t key[32], const char *label, uint8_t alg, uint8_t out[16])
{
    const struct kdf_param p[] = {{label, strlen(label)}, {&alg, 1}};

    kdf_low128(key, 32, FC_TRAFFIC, p, COUNT_OF(p), out);
}
