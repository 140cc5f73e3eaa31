/* Octets: big-endian numbers, hexadecimal, comparison that leaks no timing, wiping, identities.
 * All lengths in this project are octets. */
#ifndef COMMON_BASE_BYTES_H
#define COMMON_BASE_BYTES_H

#include "common/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IDENT_MAX = 30, /* longest identity (IMSI, EMSE or EESE name); 31 octets with its NUL */
};

/* An identity as the KDF sees it: its UTF-8 octets. Unused octets are zero, so structs that hold
 * one compare with memcmp. |len| is 0 when absent. */
struct ident {
    uint8_t len;
    char s[IDENT_MAX + 1]; /* always NUL-terminated */
};

/* Fills |id| from the NUL-terminated |text|.
 * Returns: ERR_OK; ERR_OVERSIZE over IDENT_MAX octets; ERR_BAD_FIELD when empty. */
enum err ident_set(struct ident *id, const char *text) MUST_USE;
bool ident_equal(const struct ident *a, const struct ident *b);

void put_be16(uint8_t out[2], uint16_t v);
void put_be32(uint8_t out[4], uint32_t v);
void put_be48(uint8_t out[6], uint64_t v); /* the low 48 bits: an SQN */
void put_be64(uint8_t out[8], uint64_t v);
uint16_t get_be16(const uint8_t in[2]);
uint32_t get_be32(const uint8_t in[4]);
uint64_t get_be48(const uint8_t in[6]);
uint64_t get_be64(const uint8_t in[8]);

/* Compares |len| octets in time that depends on |len| only. */
bool bytes_equal(const void *a, const void *b, size_t len);

/* True when all |len| octets are zero. */
bool bytes_all_zero(const void *p, size_t len);

/* Overwrites |len| octets with zero; never optimised away. */
void bytes_wipe(void *p, size_t len);

/* Writes 2 * |len| lower-case digits and a NUL to |out|; |cap| must be at least 2 * |len| + 1. */
void hex_encode(const uint8_t *in, size_t len, char *out, size_t cap);

/* Reads exactly 2 * |len| digits (either case) from |text|.
 * Returns: ERR_OK; ERR_BAD_HEX on another character; ERR_TRUNCATED or ERR_OVERSIZE on another
 * length. */
enum err hex_decode(const char *text, uint8_t *out, size_t len) MUST_USE;

#endif
