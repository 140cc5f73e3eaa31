#include "common/crypto/aka.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"
#include "common/crypto/kdf.h"
#include "common/crypto/milenage.h"

#include <string.h>

enum { SQN_BITS = 48, SEQ_BITS = SQN_BITS - AKA_IND_BITS };
#define SEQ_MAX ((UINT64_C(1) << SEQ_BITS) - 1)

/* MAC-S is computed with a dummy AMF of all zeros (TS 33.102 6.3.3). */
static const uint8_t resync_amf[2] = {0, 0};

static uint64_t seq_of(uint64_t sqn)
{
    return sqn >> AKA_IND_BITS;
}

static unsigned ind_of(uint64_t sqn)
{
    return (unsigned)(sqn & (AKA_IND_COUNT - 1));
}

static void xor6(const uint8_t a[6], const uint8_t b[6], uint8_t out[6])
{
    for (size_t i = 0; i < 6; i++) {
        out[i] = a[i] ^ b[i];
    }
}

enum err aka_sqn_next(uint64_t sqn, unsigned ind, uint64_t *next)
{
    ENSURE(seq_of(sqn) <= SEQ_MAX && ind < AKA_IND_COUNT);
    if (seq_of(sqn) == SEQ_MAX) {
        return ERR_EXHAUSTED;
    }
    *next = (seq_of(sqn) + 1) << AKA_IND_BITS | ind;
    return ERR_OK;
}

void aka_vector(const struct aka_secret *s, const uint8_t rand[16], uint64_t sqn,
                const uint8_t amf[2], struct aka_vector *out)
{
    struct milenage_out f;
    uint8_t sqn6[6];

    ENSURE(seq_of(sqn) <= SEQ_MAX);
    put_be48(sqn6, sqn);
    milenage(s->k, s->opc, rand, sqn6, amf, &f);
    memcpy(out->rand, rand, 16);
    xor6(sqn6, f.f5, out->sqn_xor_ak);
    memcpy(out->autn, out->sqn_xor_ak, 6);
    memcpy(out->autn + 6, amf, 2);
    memcpy(out->autn + 8, f.f1, 8);
    memcpy(out->xres, f.f2, 8);
    memcpy(out->ck, f.f3, 16);
    memcpy(out->ik, f.f4, 16);
    bytes_wipe(&f, sizeof f);
}

enum err aka_auts_open(const struct aka_secret *s, const uint8_t rand[16], const uint8_t auts[14],
                       uint64_t *sqn_ms)
{
    static const uint8_t any_sqn[6];
    struct milenage_out f;
    uint8_t sqn6[6];
    bool good;

    milenage(s->k, s->opc, rand, any_sqn, resync_amf, &f); /* f5star does not depend on SQN */
    xor6(auts, f.f5star, sqn6);
    milenage(s->k, s->opc, rand, sqn6, resync_amf, &f);
    good = bytes_equal(f.f1star, auts + 6, 8);
    bytes_wipe(&f, sizeof f);
    if (!good) {
        return ERR_BAD_AUTS;
    }
    *sqn_ms = get_be48(sqn6);
    return ERR_OK;
}

/* The highest SQN ever accepted, 0 before the first (C.2.2). SEQ 0 is never fresh, so an entry of 0
 * is one that was never used. */
static uint64_t highest(const struct usim_sqn *usim)
{
    uint64_t best = 0;

    for (unsigned ind = 0; ind < AKA_IND_COUNT; ind++) {
        uint64_t sqn = usim->seq_ms[ind] << AKA_IND_BITS | ind;

        if (usim->seq_ms[ind] != 0 && sqn > best) {
            best = sqn;
        }
    }
    return best;
}

/* C.2.1 and C.2.2. The jump is a difference only when SEQ is the larger: unsigned subtraction the
 * other way round would make every late vector look like a huge jump. */
static bool is_fresh(const struct usim_sqn *usim, uint64_t sqn)
{
    uint64_t seq = seq_of(sqn);
    uint64_t seq_ms = seq_of(highest(usim));

    if (seq > seq_ms && seq - seq_ms > AKA_DELTA) {
        return false;
    }
    return seq > usim->seq_ms[ind_of(sqn)];
}

static void make_auts(const struct aka_secret *s, const struct usim_sqn *usim,
                      const uint8_t rand[16], uint8_t auts[14])
{
    struct milenage_out f;
    uint8_t sqn6[6];

    put_be48(sqn6, highest(usim));
    milenage(s->k, s->opc, rand, sqn6, resync_amf, &f);
    xor6(sqn6, f.f5star, auts);
    memcpy(auts + 6, f.f1star, 8);
    bytes_wipe(&f, sizeof f);
}

enum err aka_check(const struct aka_secret *s, const struct usim_sqn *usim, const uint8_t rand[16],
                   const uint8_t autn[16], struct aka_answer *out)
{
    static const uint8_t any_sqn[6];
    const uint8_t *amf = autn + 6;
    struct milenage_out f;
    uint8_t sqn6[6];
    enum err e = ERR_OK;

    milenage(s->k, s->opc, rand, any_sqn, amf, &f); /* for AK, which conceals SQN */
    xor6(autn, f.f5, sqn6);
    milenage(s->k, s->opc, rand, sqn6, amf, &f);
    if (!bytes_equal(f.f1, autn + 8, 8)) {
        bytes_wipe(&f, sizeof f);
        return ERR_BAD_AUTN;
    }
    memset(out, 0, sizeof *out);
    out->sqn = get_be48(sqn6);
    memcpy(out->amf, amf, 2);
    memcpy(out->sqn_xor_ak, autn, 6);
    if (is_fresh(usim, out->sqn)) {
        memcpy(out->res, f.f2, 8);
        memcpy(out->ck, f.f3, 16);
        memcpy(out->ik, f.f4, 16);
    } else {
        make_auts(s, usim, rand, out->auts);
        e = ERR_SQN_NOT_FRESH;
    }
    bytes_wipe(&f, sizeof f);
    return e;
}

void aka_accept(struct usim_sqn *usim, uint64_t sqn)
{
    uint64_t *seq_ms = &usim->seq_ms[ind_of(sqn)];

    ENSURE(seq_of(sqn) <= SEQ_MAX);
    if (seq_of(sqn) > *seq_ms) {
        *seq_ms = seq_of(sqn);
    }
}

void aka_k_asme(const uint8_t ck[16], const uint8_t ik[16], const uint8_t plmn[3],
                const uint8_t sqn_xor_ak[6], uint8_t out[32])
{
    const struct kdf_param p[] = {{plmn, 3}, {sqn_xor_ak, 6}};
    uint8_t ck_ik[32];

    memcpy(ck_ik, ck, 16);
    memcpy(ck_ik + 16, ik, 16);
    kdf(ck_ik, sizeof ck_ik, FC_K_ASME, p, COUNT_OF(p), out);
    bytes_wipe(ck_ik, sizeof ck_ik);
}
