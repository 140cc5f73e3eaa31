/* Authentication and key agreement: the vector at the HSS, the answer at the USIM,
 * resynchronisation, and the management of sequence numbers.
 * Source: TS 33.102 6.3 and Annex C, TS 33.401 6.1 (K_ASME).
 *
 * SQN = SEQ (43 bits) || IND (5 bits). The HSS keeps one SQN per subscriber and gives each purpose
 * its own IND values, so a late vector of one run never spoils the other (C.1.2, C.2.2). The USIM
 * keeps SEQ_MS for each of the 32 IND.
 *
 * Purpose bits in the AMF: bit 0 (0x8000) is the separation bit of TS 33.102 Annex H and is set in
 * EPS access vectors; bit 8 (0x0080), proprietary, marks a vector of the CIoT e2m run (H15). Both
 * are covered by MAC-A. */
#ifndef COMMON_CRYPTO_AKA_H
#define COMMON_CRYPTO_AKA_H

#include "common/base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    AKA_IND_BITS = 5,
    AKA_IND_COUNT = 1 << AKA_IND_BITS,
    AKA_AMF_SEPARATION = 0x8000,
    AKA_AMF_E2M = 0x0080,
    AKA_IND_ACCESS = 0, /* IND values are taken in turn from 0..15 for access, */
    AKA_IND_E2M = 16,   /* and 16..31 for the e2m run */
    AKA_IND_PER_PURPOSE = 16,
};
/* Largest jump of SEQ a USIM accepts (C.2.1, suggested value). */
#define AKA_DELTA (UINT64_C(1) << 28)

/* What the card and the HSS share. */
struct aka_secret {
    uint8_t k[16];
    uint8_t opc[16];
    uint8_t amf[2]; /* the subscriber's AMF; purpose bits are set or cleared on top of it */
};

struct aka_vector {
    uint8_t rand[16];
    uint8_t autn[16]; /* SQN xor AK | AMF | MAC-A */
    uint8_t xres[8];
    uint8_t ck[16];
    uint8_t ik[16];
    uint8_t sqn_xor_ak[6];
};

/* The next SQN after |sqn| with IND |ind|: SEQ one higher.
 * Returns: ERR_OK; ERR_EXHAUSTED when SEQ would wrap. */
enum err aka_sqn_next(uint64_t sqn, unsigned ind, uint64_t *next) MUST_USE;

/* Makes a vector with |sqn| and |amf| (TS 33.102 6.3.2). */
void aka_vector(const struct aka_secret *s, const uint8_t rand[16], uint64_t sqn,
                const uint8_t amf[2], struct aka_vector *out);

/* HSS: verifies AUTS for the |rand| it answers (6.3.5).
 * Returns: ERR_OK and SQN_MS; ERR_BAD_AUTS. */
enum err aka_auts_open(const struct aka_secret *s, const uint8_t rand[16], const uint8_t auts[14],
                       uint64_t *sqn_ms) MUST_USE;

/* The sequence numbers of a USIM; all zero when new. */
struct usim_sqn {
    uint64_t seq_ms[AKA_IND_COUNT]; /* highest SEQ accepted for each IND */
};

/* What is not meaningful for the result of aka_check() is zero: a challenge that is not fresh
 * yields no RES, CK or IK. */
struct aka_answer {
    uint8_t res[8];
    uint8_t ck[16];
    uint8_t ik[16];
    uint8_t sqn_xor_ak[6];
    uint8_t amf[2];
    uint64_t sqn;     /* as recovered */
    uint8_t auts[14]; /* meaningful after ERR_SQN_NOT_FRESH only */
};

/* USIM: checks a challenge (6.3.3): MAC-A first, and only then SQN: not more than AKA_DELTA above
 * the highest SEQ accepted (C.2.1), and higher than the last SEQ of its IND (C.2.2). There is no
 * age limit. Changes nothing; aka_accept() does.
 * Returns: ERR_OK; ERR_BAD_AUTN (|out| untouched); ERR_SQN_NOT_FRESH, and then out->auts, with the
 *          highest SQN accepted as SQN_MS, out->sqn, out->amf and out->sqn_xor_ak are set. */
enum err aka_check(const struct aka_secret *s, const struct usim_sqn *usim, const uint8_t rand[16],
                   const uint8_t autn[16], struct aka_answer *out) MUST_USE;

/* USIM: records that |sqn| has been used: that of a challenge which passed aka_check(), or what a
 * card is said to have accepted before. Never lowers an entry. */
void aka_accept(struct usim_sqn *usim, uint64_t sqn);

/* K_ASME = KDF(CK||IK, 0x10, SN id, SQN xor AK) (TS 33.401 A.2). |plmn| is the SN id as TS 24.301
 * codes MCC and MNC. */
void aka_k_asme(const uint8_t ck[16], const uint8_t ik[16], const uint8_t plmn[3],
                const uint8_t sqn_xor_ak[6], uint8_t out[32]);

#endif
