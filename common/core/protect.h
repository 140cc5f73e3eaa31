/* Sealing and opening an air frame: the MAC over its header and body (PROTOCOL.md 3), and the
 * cipher over its secret part (payload of data, RAND of RAND_PUSH). COUNT is the frame's ctr,
 * BEARER its field number of MSG type on air (below), DIRECTION 0 from the UE, 1 to it. */
#ifndef COMMON_CORE_PROTECT_H
#define COMMON_CORE_PROTECT_H

#include "common/wire/msg.h"

enum { DIR_UL = 0, DIR_DL = 1 };
enum {
    EPOCH_MAX = 0x7fffffff
}; /* the last index there is (PROTOCOL.md 5.2, Limits): a larger one cannot be encoded */

/* One key in use: which octets, which index (epoch n or root g), which algorithm. */
struct protect_key {
    const uint8_t *int_key; /* 16 octets */
    const uint8_t *enc_key; /* 16 octets, or NULL: nothing is ciphered */
    uint32_t index;
    uint8_t alg_int; /* enum alg_int: how long the MAC is */
    uint8_t has_kid; /* 0: no key id on air (literal) */
};

/* 1 + index mod 8 */
uint8_t kid_of(uint32_t index);

/* BEARER of TS 33.401 B.2.3: 5 bits, distinct for each air message. */
uint8_t protect_bearer(enum msg_type t);

/* Ciphers the secret part when there is an enc_key (and sets MSG_FLAG_C), then sets kid, ctr and
 * mac. |extra| is covered by the MAC but not sent (the echo of a negotiation); NULL when
 * |extra_len| is 0, at most 16. */
void protect_seal(struct msg *m, const struct protect_key *k, uint8_t direction, uint32_t ctr,
                  const uint8_t *extra, size_t extra_len);

/* True when the MAC verifies under |k| (with k's own length; a shorter one never does). |m| is as
 * received. */
bool protect_is_good(const struct msg *m, const struct protect_key *k, uint8_t direction,
                     const uint8_t *extra, size_t extra_len);

/* Deciphers the secret part of |m| in place when MSG_FLAG_C is set; call after protect_is_good()
 * only. */
void protect_open(struct msg *m, const struct protect_key *k, uint8_t direction);

#endif
