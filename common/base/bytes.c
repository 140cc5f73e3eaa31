#include "common/base/bytes.h"

#include "common/base/ensure.h"

#include <string.h>

enum err ident_set(struct ident *id, const char *text)
{
    size_t len = strlen(text);

    if (len == 0) {
        return ERR_BAD_FIELD;
    }
    if (len > IDENT_MAX) {
        return ERR_OVERSIZE;
    }
    memset(id, 0, sizeof *id);
    memcpy(id->s, text, len);
    id->len = (uint8_t)len;
    return ERR_OK;
}

bool ident_equal(const struct ident *a, const struct ident *b)
{
    return a->len == b->len && memcmp(a->s, b->s, a->len) == 0;
}

static void put_be(uint8_t *out, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++) {
        out[i] = (uint8_t)(v >> (8 * (width - 1 - i)));
    }
}

static uint64_t get_be(const uint8_t *in, unsigned width)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < width; i++) {
        v = v << 8 | in[i];
    }
    return v;
}

void put_be16(uint8_t out[2], uint16_t v)
{
    put_be(out, v, 2);
}

void put_be32(uint8_t out[4], uint32_t v)
{
    put_be(out, v, 4);
}

void put_be48(uint8_t out[6], uint64_t v)
{
    put_be(out, v, 6);
}

void put_be64(uint8_t out[8], uint64_t v)
{
    put_be(out, v, 8);
}

uint16_t get_be16(const uint8_t in[2])
{
    return (uint16_t)get_be(in, 2);
}

uint32_t get_be32(const uint8_t in[4])
{
    return (uint32_t)get_be(in, 4);
}

uint64_t get_be48(const uint8_t in[6])
{
    return get_be(in, 6);
}

uint64_t get_be64(const uint8_t in[8])
{
    return get_be(in, 8);
}

bool bytes_equal(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    uint8_t diff = 0;

    for (size_t i = 0; i < len; i++) {
        diff |= (uint8_t)(x[i] ^ y[i]);
    }
    return diff == 0;
}

bool bytes_all_zero(const void *p, size_t len)
{
    const uint8_t *b = p;
    uint8_t any = 0;

    for (size_t i = 0; i < len; i++) {
        any |= b[i];
    }
    return any == 0;
}

void bytes_wipe(void *p, size_t len)
{
    volatile uint8_t *b = p;

    while (len-- > 0) {
        *b++ = 0;
    }
}

void hex_encode(const uint8_t *in, size_t len, char *out, size_t cap)
{
    static const char digit[] = "0123456789abcdef";

    ENSURE(cap >= 2 * len + 1);
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digit[in[i] >> 4];
        out[2 * i + 1] = digit[in[i] & 15];
    }
    out[2 * len] = '\0';
}

/* 16 when |c| is no digit */
static unsigned hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a' + 10);
    }
    if (c >= 'A' && c <= 'F') {
        return (unsigned)(c - 'A' + 10);
    }
    return 16;
}

enum err hex_decode(const char *text, uint8_t *out, size_t len)
{
    size_t digits = strlen(text);

    for (size_t i = 0; i < digits; i++) {
        if (hex_digit(text[i]) > 15) {
            return ERR_BAD_HEX;
        }
    }
    if (digits != 2 * len) {
        return digits < 2 * len ? ERR_TRUNCATED : ERR_OVERSIZE;
    }
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    }
    return ERR_OK;
}
