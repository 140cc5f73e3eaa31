/* The e2mKEYSET: the secret between UE and home network out of the separate AKA run (clause
 * 6.x.2.1), and the keys under it. It is a type of its own so that it can never be taken for an e2e
 * key, and eese/ may not include this file: higher level key material stays in the 3GPP domain
 * (clause 5.Y.3). Source: PROTOCOL.md 3.
 *
 * Functions named ..._input write the KDF input octets S of the derivation beside them and return
 * their number; the derivation uses exactly these. */
#ifndef COMMON_CRYPTO_KEYSET_E2M_H
#define COMMON_CRYPTO_KEYSET_E2M_H

#include "common/base/bytes.h"
#include "common/crypto/kdf.h"
#include "common/crypto/keyset_e2e.h"

struct e2m_keyset {
    uint8_t octets[32];
};

/* Keys of the UE-EMSE signalling. */
struct e2m_traffic {
    uint8_t int_ul[16];
    uint8_t int_dl[16];
    uint8_t enc_dl[16];
};

/* e2m = KDF(CK||IK, F0, "CIoT e2m", UE, EMSE, SQN xor AK). */
void e2m_derive(const uint8_t ck[16], const uint8_t ik[16], const struct ident *ue,
                const struct ident *emse, const uint8_t sqn_xor_ak[6], struct e2m_keyset *out);
size_t e2m_input(const struct ident *ue, const struct ident *emse, const uint8_t sqn_xor_ak[6],
                 uint8_t s[KDF_INPUT_MAX]);

/* KDF(e2m, F5, label, alg), last 16 octets, for labels m-int-ul, m-int-dl, m-enc-dl. |alg| is one
 * octet: enum alg_int; e2m signalling always uses CMAC-64 (1). */
void e2m_traffic_derive(const struct e2m_keyset *e2m, uint8_t alg, struct e2m_traffic *out);

/* literal: e2e_0 = KDF(e2m, F1, "CIoT End-to-end"), clause 6.x.2.1. Note that nothing names the
 * EESE (B50). */
void e2e_first_literal(const struct e2m_keyset *e2m, struct e2e_keyset *out);
size_t e2e_first_literal_input(uint8_t s[KDF_INPUT_MAX]);

/* hardened: C_n = KDF(e2m, F3, "CIoT End-to-end", UE, EESE, g, n, ctx). With |bind_eese| false the
 * EESE's identity is an empty string (correction `bind-eese` off). |ctx| is alg_int, alg_enc, conf,
 * rand_protect. */
void e2e_root(const struct e2m_keyset *e2m, const struct ident *ue, const struct ident *eese,
              bool bind_eese, uint32_t g, uint32_t n, const uint8_t ctx[4], struct e2e_keyset *out);
size_t e2e_root_input(const struct ident *ue, const struct ident *eese, bool bind_eese, uint32_t g,
                      uint32_t n, const uint8_t ctx[4], uint8_t s[KDF_INPUT_MAX]);

/* X_n = KDF(e2m, F6, RAND_n, n, EESE), last 16 octets: what replaces RAND where ciphering is
 * forbidden on the radio leg (H9). */
void e2e_mask(const struct e2m_keyset *e2m, const uint8_t rand[16], uint32_t n,
              const struct ident *eese, uint8_t out[16]);

#endif
