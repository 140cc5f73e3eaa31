#include "common/crypto/keyset_e2e.h"

#include "common/base/ensure.h"
#include "common/crypto/sha256.h"

#include <string.h>

size_t e2e_refresh_literal_input(const uint8_t rand[16], uint8_t s[KDF_INPUT_MAX])
{
    const struct kdf_param p[] = {{rand, 16}};

    return kdf_input(FC_REFRESH_LITERAL, p, COUNT_OF(p), s);
}

void e2e_refresh_literal(const struct e2e_keyset *cur, const uint8_t rand[16],
                         struct e2e_keyset *next)
{
    uint8_t s[KDF_INPUT_MAX];
    size_t len = e2e_refresh_literal_input(rand, s);

    hmac_sha256(cur->octets, sizeof cur->octets, s, len, next->octets);
    bytes_wipe(s, len); /* who knows e2e_n and RAND knows e2e_n+1 */
}

size_t e2e_refresh_input(const uint8_t rand[16], uint32_t n, const struct ident *ue,
                         const struct ident *eese, bool bind_eese, uint32_t g, const uint8_t ctx[4],
                         uint8_t s[KDF_INPUT_MAX])
{
    uint8_t n4[4];
    uint8_t g4[4];
    const struct kdf_param p[] = {
        {rand, 16},     KDF_OCTETS(n4), KDF_IDENT(ue), {eese->s, bind_eese ? eese->len : 0},
        KDF_OCTETS(g4), {ctx, 4},
    };

    put_be32(n4, n);
    put_be32(g4, g);
    return kdf_input(FC_E2E_CHAIN, p, COUNT_OF(p), s);
}

/* NOLINTNEXTLINE(readability-function-size): nine parameters are what the formula takes. */
void e2e_refresh(const struct e2e_keyset *cur, const uint8_t rand[16], uint32_t n,
                 const struct ident *ue, const struct ident *eese, bool bind_eese, uint32_t g,
                 const uint8_t ctx[4], struct e2e_keyset *next)
{
    uint8_t s[KDF_INPUT_MAX];
    size_t len = e2e_refresh_input(rand, n, ue, eese, bind_eese, g, ctx, s);

    hmac_sha256(cur->octets, sizeof cur->octets, s, len, next->octets);
    bytes_wipe(s, len);
}

void e2e_traffic_literal(const struct e2e_keyset *ks, struct e2e_traffic *out)
{
    memcpy(out->enc_ul, ks->octets, 16);
    memcpy(out->enc_dl, ks->octets, 16);
    memcpy(out->int_ul, ks->octets + 16, 16);
    memcpy(out->int_dl, ks->octets + 16, 16);
    memset(out->err_dl, 0, 16);
}

void e2e_traffic_derive(const struct e2e_keyset *ks, uint8_t alg_int, struct e2e_traffic *out)
{
    kdf_traffic(ks->octets, "int-ul", alg_int, out->int_ul);
    kdf_traffic(ks->octets, "int-dl", alg_int, out->int_dl);
    kdf_traffic(ks->octets, "enc-ul", alg_int, out->enc_ul);
    kdf_traffic(ks->octets, "enc-dl", alg_int, out->enc_dl);
    kdf_traffic(ks->octets, "err-dl", alg_int, out->err_dl);
}

void e2e_rand(const uint8_t k_rand[32], const struct ident *ue, const struct ident *emse,
              const struct ident *eese, uint32_t g, uint32_t n, uint8_t out[16])
{
    uint8_t g4[4];
    uint8_t n4[4];
    const struct kdf_param p[] = {
        KDF_TEXT("e2e-rand"), KDF_IDENT(ue),  KDF_IDENT(emse),
        KDF_IDENT(eese),      KDF_OCTETS(g4), KDF_OCTETS(n4),
    };

    put_be32(g4, g);
    put_be32(n4, n);
    kdf_low128(k_rand, 32, FC_RAND, p, COUNT_OF(p), out);
}

uint32_t eese_handle(const struct ident *eese)
{
    uint8_t hash[SHA256_LEN];

    sha256(eese->s, eese->len, hash);
    return get_be32(hash);
}

uint32_t e2e_fingerprint(const struct e2e_keyset *ks)
{
    uint8_t in[2 + sizeof ks->octets] = "fp";
    uint8_t hash[SHA256_LEN];
    uint32_t fp;

    memcpy(in + 2, ks->octets, sizeof ks->octets);
    sha256(in, sizeof in, hash);
    fp = get_be32(hash);
    bytes_wipe(in, sizeof in);
    bytes_wipe(hash, sizeof hash);
    return fp != 0 ? fp : 1;
}
