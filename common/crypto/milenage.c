#include "common/crypto/milenage.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"

#include <mbedtls/aes.h>
#include <string.h>

static void encrypt(mbedtls_aes_context *aes, const uint8_t in[16], uint8_t out[16])
{
    ENSURE(mbedtls_aes_crypt_ecb(aes, MBEDTLS_AES_ENCRYPT, in, out) == 0);
}

static void set_key(mbedtls_aes_context *aes, const uint8_t k[16])
{
    mbedtls_aes_init(aes);
    ENSURE(mbedtls_aes_setkey_enc(aes, k, 128) == 0);
}

static void xor16(const uint8_t a[16], const uint8_t b[16], uint8_t out[16])
{
    for (size_t i = 0; i < 16; i++) {
        out[i] = a[i] ^ b[i];
    }
}

/* Cyclic rotation by whole octets towards the most significant bit; every r of MILENAGE is a
 * multiple of 8. */
static void rotate(const uint8_t in[16], size_t octets, uint8_t out[16])
{
    for (size_t i = 0; i < 16; i++) {
        out[i] = in[(i + octets) % 16];
    }
}

void milenage_opc(const uint8_t k[16], const uint8_t op[16], uint8_t opc[16])
{
    mbedtls_aes_context aes;
    uint8_t e[16];

    set_key(&aes, k);
    encrypt(&aes, op, e);
    xor16(op, e, opc);
    mbedtls_aes_free(&aes); /* wipes it */
    bytes_wipe(e, sizeof e);
}

/* OUT1 = E_K(TEMP xor rot(IN1 xor OPc, r1) xor c1) xor OPc, r1 = 64 bits, c1 = 0. */
static void out1(mbedtls_aes_context *aes, const uint8_t opc[16], const uint8_t temp[16],
                 const uint8_t sqn[6], const uint8_t amf[2], uint8_t out[16])
{
    uint8_t in[16];
    uint8_t block[16];

    memcpy(in, sqn, 6);
    memcpy(in + 6, amf, 2);
    memcpy(in + 8, in, 8);
    xor16(in, opc, in);
    rotate(in, 8, block);
    xor16(block, temp, block);
    encrypt(aes, block, out);
    xor16(out, opc, out);
    bytes_wipe(in, sizeof in);
    bytes_wipe(block, sizeof block);
}

/* OUTi = E_K(rot(TEMP xor OPc, ri) xor ci) xor OPc for i = 2..5; each ci is one low octet. */
static void out2to5(mbedtls_aes_context *aes, const uint8_t opc[16], const uint8_t temp[16],
                    size_t r_octets, uint8_t c, uint8_t out[16])
{
    uint8_t in[16];
    uint8_t block[16];

    xor16(temp, opc, in);
    rotate(in, r_octets, block);
    block[15] ^= c;
    encrypt(aes, block, out);
    xor16(out, opc, out);
    bytes_wipe(in, sizeof in);
    bytes_wipe(block, sizeof block);
}

void milenage(const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
              const uint8_t sqn[6], const uint8_t amf[2], struct milenage_out *out)
{
    mbedtls_aes_context aes;
    uint8_t temp[16];
    uint8_t block[16];

    set_key(&aes, k);
    xor16(rand, opc, block);
    encrypt(&aes, block, temp);

    out1(&aes, opc, temp, sqn, amf, block);
    memcpy(out->f1, block, sizeof out->f1);
    memcpy(out->f1star, block + 8, sizeof out->f1star);
    out2to5(&aes, opc, temp, 0, 1, block);
    memcpy(out->f5, block, sizeof out->f5);
    memcpy(out->f2, block + 8, sizeof out->f2);
    out2to5(&aes, opc, temp, 4, 2, out->f3);
    out2to5(&aes, opc, temp, 8, 4, out->f4);
    out2to5(&aes, opc, temp, 12, 8, block);
    memcpy(out->f5star, block, sizeof out->f5star);

    mbedtls_aes_free(&aes);
    bytes_wipe(temp, sizeof temp);
    bytes_wipe(block, sizeof block);
}
