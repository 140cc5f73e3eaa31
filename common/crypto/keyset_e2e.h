/* The e2eKEYSET between UE and EESE, its refresh by RAND (clause 6.x.2.2), and the keys that touch
 * data. Source: PROTOCOL.md 3. In the literal variant the 32 octets are both the chain and the
 * keys; in the hardened one they are the chain key C_n, which never touches data.
 *
 * Functions named ..._input write the KDF input octets S of the derivation beside them and return
 * their number; the derivation uses exactly these. */
#ifndef COMMON_CRYPTO_KEYSET_E2E_H
#define COMMON_CRYPTO_KEYSET_E2E_H

#include "common/base/bytes.h"
#include "common/crypto/kdf.h"

struct e2e_keyset {
    uint8_t octets[32];
};

/* Keys of one epoch. In the literal variant one MAC key and one cipher key serve both directions
 * and err_dl is unused. */
struct e2e_traffic {
    uint8_t int_ul[16];
    uint8_t int_dl[16];
    uint8_t enc_ul[16];
    uint8_t enc_dl[16];
    uint8_t err_dl[16];
};

/* literal: e2e_n+1 = KDF(e2e_n, F2, RAND). |next| may be |cur|. */
void e2e_refresh_literal(const struct e2e_keyset *cur, const uint8_t rand[16],
                         struct e2e_keyset *next);
size_t e2e_refresh_literal_input(const uint8_t rand[16], uint8_t s[KDF_INPUT_MAX]);

/* hardened: C_n = KDF(C_n-1, F4, RAND_n, n, UE, EESE, g, ctx). |next| may be |cur|. With
 * |bind_eese| false the EESE's identity is an empty string. */
void e2e_refresh(const struct e2e_keyset *cur, const uint8_t rand[16], uint32_t n,
                 const struct ident *ue, const struct ident *eese, bool bind_eese, uint32_t g,
                 const uint8_t ctx[4], struct e2e_keyset *next);
size_t e2e_refresh_input(const uint8_t rand[16], uint32_t n, const struct ident *ue,
                         const struct ident *eese, bool bind_eese, uint32_t g, const uint8_t ctx[4],
                         uint8_t s[KDF_INPUT_MAX]);

/* literal: octets 0..15 cipher, 16..31 MAC, both directions; err_dl is zero. */
void e2e_traffic_literal(const struct e2e_keyset *ks, struct e2e_traffic *out);

/* hardened: KDF(C_n, F5, label, alg), last 16 octets; labels int-ul int-dl enc-ul enc-dl err-dl.
 * PROTOCOL.md's vector uses alg=01 for every label: so do we, the enc labels too take |alg_int|
 * (the choice itself is bound by ctx). */
void e2e_traffic_derive(const struct e2e_keyset *ks, uint8_t alg_int, struct e2e_traffic *out);

/* RAND_n = KDF(K_rand, F7, "e2e-rand", UE, EMSE, EESE, g, n), last 16 octets (H4). For the HSS. */
void e2e_rand(const uint8_t k_rand[32], const struct ident *ue, const struct ident *emse,
              const struct ident *eese, uint32_t g, uint32_t n, uint8_t out[16]);

/* The handle of an EESE on air: first 4 octets of SHA-256(identity), big-endian. */
uint32_t eese_handle(const struct ident *eese);

/* The only function that takes a key for show: first 4 octets of SHA-256("fp" || key), big-endian.
 * Never 0, which means "no key" wherever fingerprints are shown. */
uint32_t e2e_fingerprint(const struct e2e_keyset *ks);

#endif
