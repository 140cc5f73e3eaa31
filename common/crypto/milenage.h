/* MILENAGE, the example algorithm set of 3GPP AKA.
 * Source: TS 35.205, 35.206; test sets TS 35.207, 35.208. */
#ifndef COMMON_CRYPTO_MILENAGE_H
#define COMMON_CRYPTO_MILENAGE_H

#include <stdint.h>

/* OPc = OP xor E_K(OP). */
void milenage_opc(const uint8_t k[16], const uint8_t op[16], uint8_t opc[16]);

struct milenage_out {
    uint8_t f1[8];     /* MAC-A */
    uint8_t f1star[8]; /* MAC-S */
    uint8_t f2[8];     /* RES */
    uint8_t f3[16];    /* CK */
    uint8_t f4[16];    /* IK */
    uint8_t f5[6];     /* AK */
    uint8_t f5star[6]; /* AK for resynchronisation */
};

/* All functions at once; |sqn| and |amf| enter f1 and f1star only. */
void milenage(const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
              const uint8_t sqn[6], const uint8_t amf[2], struct milenage_out *out);

#endif
