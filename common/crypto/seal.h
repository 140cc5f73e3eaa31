/* Integrity and confidentiality of one frame: AES-CMAC, 128-EIA2 and 128-EEA2.
 * Source: RFC 4493, TS 33.401 Annex B.1.3 (EEA2) and B.2.3 (EIA2), test sets TS 33.401 Annex C;
 * PROTOCOL.md 3. */
#ifndef COMMON_CRYPTO_SEAL_H
#define COMMON_CRYPTO_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* AES-CMAC (RFC 4493) of head || in; either part may be NULL when its length is 0. No heap. */
void cmac_aes128(const uint8_t key[16], const uint8_t *head, size_t head_len, const uint8_t *in,
                 size_t len, uint8_t out[16]);

/* COUNT, BEARER, DIRECTION of TS 33.401 Annex B. */
struct seal_input {
    uint32_t count;
    uint8_t bearer;    /* 0..31 */
    uint8_t direction; /* 0 uplink, 1 downlink */
};

/* Writes the first |mac_len| (4 or 8) octets of the CMAC over COUNT|BEARER|DIRECTION|0.. || in;
 * with 4 it is 128-EIA2. */
void seal_mac(const uint8_t key[16], const struct seal_input *si, const uint8_t *in, size_t len,
              uint8_t *mac, size_t mac_len);

/* The same comparison in constant time. */
bool seal_mac_is_good(const uint8_t key[16], const struct seal_input *si, const uint8_t *in,
                      size_t len, const uint8_t *mac, size_t mac_len);

/* 128-EEA2 in place; applying it twice gives the plain text back. */
void seal_cipher(const uint8_t key[16], const struct seal_input *si, uint8_t *data, size_t len);

#endif
