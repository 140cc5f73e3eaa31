#include "common/crypto/keyset_e2m.h"

#include "common/base/ensure.h"
#include "common/crypto/sha256.h"

#include <string.h>

/* The string of clause 6.x.2.1, without NUL. */
#define FIXED_STRING "CIoT End-to-end"

size_t e2m_input(const struct ident *ue, const struct ident *emse, const uint8_t sqn_xor_ak[6],
                 uint8_t s[KDF_INPUT_MAX])
{
    const struct kdf_param p[] = {
        KDF_TEXT("CIoT e2m"),
        KDF_IDENT(ue),
        KDF_IDENT(emse),
        {sqn_xor_ak, 6},
    };

    return kdf_input(FC_E2M, p, COUNT_OF(p), s);
}

void e2m_derive(const uint8_t ck[16], const uint8_t ik[16], const struct ident *ue,
                const struct ident *emse, const uint8_t sqn_xor_ak[6], struct e2m_keyset *out)
{
    uint8_t ck_ik[32];
    uint8_t s[KDF_INPUT_MAX];
    size_t len = e2m_input(ue, emse, sqn_xor_ak, s);

    memcpy(ck_ik, ck, 16);
    memcpy(ck_ik + 16, ik, 16);
    hmac_sha256(ck_ik, sizeof ck_ik, s, len, out->octets);
    bytes_wipe(ck_ik, sizeof ck_ik);
}

void e2m_traffic_derive(const struct e2m_keyset *e2m, uint8_t alg, struct e2m_traffic *out)
{
    kdf_traffic(e2m->octets, "m-int-ul", alg, out->int_ul);
    kdf_traffic(e2m->octets, "m-int-dl", alg, out->int_dl);
    kdf_traffic(e2m->octets, "m-enc-dl", alg, out->enc_dl);
}

size_t e2e_first_literal_input(uint8_t s[KDF_INPUT_MAX])
{
    const struct kdf_param p[] = {KDF_TEXT(FIXED_STRING)};

    return kdf_input(FC_E2E_LITERAL, p, COUNT_OF(p), s);
}

void e2e_first_literal(const struct e2m_keyset *e2m, struct e2e_keyset *out)
{
    uint8_t s[KDF_INPUT_MAX];
    size_t len = e2e_first_literal_input(s);

    hmac_sha256(e2m->octets, sizeof e2m->octets, s, len, out->octets);
}

size_t e2e_root_input(const struct ident *ue, const struct ident *eese, bool bind_eese, uint32_t g,
                      uint32_t n, const uint8_t ctx[4], uint8_t s[KDF_INPUT_MAX])
{
    uint8_t g4[4];
    uint8_t n4[4];
    const struct kdf_param p[] = {
        KDF_TEXT(FIXED_STRING), KDF_IDENT(ue),  {eese->s, bind_eese ? eese->len : 0},
        KDF_OCTETS(g4),         KDF_OCTETS(n4), {ctx, 4},
    };

    put_be32(g4, g);
    put_be32(n4, n);
    return kdf_input(FC_E2E_ROOT, p, COUNT_OF(p), s);
}

void e2e_root(const struct e2m_keyset *e2m, const struct ident *ue, const struct ident *eese,
              bool bind_eese, uint32_t g, uint32_t n, const uint8_t ctx[4], struct e2e_keyset *out)
{
    uint8_t s[KDF_INPUT_MAX];
    size_t len = e2e_root_input(ue, eese, bind_eese, g, n, ctx, s);

    hmac_sha256(e2m->octets, sizeof e2m->octets, s, len, out->octets);
}

void e2e_mask(const struct e2m_keyset *e2m, const uint8_t rand[16], uint32_t n,
              const struct ident *eese, uint8_t out[16])
{
    uint8_t n4[4];
    const struct kdf_param p[] = {{rand, 16}, KDF_OCTETS(n4), KDF_IDENT(eese)};

    put_be32(n4, n);
    kdf_low128(e2m->octets, sizeof e2m->octets, FC_MASK, p, COUNT_OF(p), out);
}
