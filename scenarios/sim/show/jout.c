#include "scenarios/sim/show/jout.h"

#include "common/base/ensure.h"

#include <inttypes.h>

void jout_begin(struct jout *j, FILE *out, bool pretty)
{
    j->out = out;
    j->pretty = pretty;
    j->depth = 0;
}

static bool is_tail(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

unsigned utf8_length(const char *s)
{
    const unsigned char c = (unsigned char)s[0];
    const unsigned char next = c == 0 ? 0 : (unsigned char)s[1];

    if (c < 0x80) {
        return 1;
    }
    if (c < 0xc2 || c > 0xf4 || !is_tail(s[1])) {
        return 0;
    }
    if (c < 0xe0) {
        return 2;
    }
    if ((c == 0xe0 && next < 0xa0) || (c == 0xed && next > 0x9f) || !is_tail(s[2])) {
        return 0;
    }
    if (c < 0xf0) {
        return 3;
    }
    if ((c == 0xf0 && next < 0x90) || (c == 0xf4 && next > 0x8f) || !is_tail(s[3])) {
        return 0;
    }
    return 4;
}

static void put_char(FILE *out, char c)
{
    static const char short_from[] = "\"\\\n\t\r\b\f";
    static const char short_to[] = "\"\\ntrbf";

    for (size_t i = 0; short_from[i] != '\0'; i++) {
        if (c == short_from[i]) {
            fprintf(out, "\\%c", short_to[i]);
            return;
        }
    }
    if ((unsigned char)c < 0x20 || c == 0x7f) {
        fprintf(out, "\\u%04x", (unsigned)(unsigned char)c);
        return;
    }
    fputc(c, out);
}

static void put_text(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text != '\0') {
        const unsigned len = utf8_length(text);

        if (len == 0) {
            fputs("\\ufffd", out);
            text++;
        } else if (len == 1) {
            put_char(out, *text++);
        } else {
            fwrite(text, 1, len, out);
            text += len;
        }
    }
    fputc('"', out);
}

static void new_line(struct jout *j)
{
    if (j->pretty) {
        fprintf(j->out, "\n%*s", (int)(2 * j->depth), "");
    }
}

/* Whatever comes before a value: the comma, the line, the key. */
static void lead(struct jout *j, const char *key)
{
    if (j->depth > 0) {
        if (j->level[j->depth - 1].used) {
            fputc(',', j->out);
        }
        j->level[j->depth - 1].used = true;
        new_line(j);
    }
    if (key != NULL) {
        put_text(j->out, key);
        fputs(j->pretty ? ": " : ":", j->out);
    }
}

static void open_level(struct jout *j, const char *key, char open, char close)
{
    ENSURE(j->depth < JOUT_DEPTH_MAX);
    lead(j, key);
    fputc(open, j->out);
    j->level[j->depth].close = close;
    j->level[j->depth].used = false;
    j->depth++;
}

void jout_object(struct jout *j, const char *key)
{
    open_level(j, key, '{', '}');
}

void jout_array(struct jout *j, const char *key)
{
    open_level(j, key, '[', ']');
}

void jout_end(struct jout *j)
{
    ENSURE(j->depth > 0);
    j->depth--;
    if (j->level[j->depth].used) {
        new_line(j);
    }
    fputc(j->level[j->depth].close, j->out);
    if (j->depth == 0) {
        fputc('\n', j->out);
    }
}

void jout_text(struct jout *j, const char *key, const char *text)
{
    lead(j, key);
    put_text(j->out, text);
}

void jout_uint(struct jout *j, const char *key, uint64_t v)
{
    lead(j, key);
    fprintf(j->out, "%" PRIu64, v);
}

void jout_bool(struct jout *j, const char *key, bool v)
{
    lead(j, key);
    fputs(v ? "true" : "false", j->out);
}

void jout_null(struct jout *j, const char *key)
{
    lead(j, key);
    fputs("null", j->out);
}

void jout_hex(struct jout *j, const char *key, const uint8_t *octets, size_t len)
{
    lead(j, key);
    fputc('"', j->out);
    for (size_t i = 0; i < len; i++) {
        fprintf(j->out, "%02x", octets[i]);
    }
    fputc('"', j->out);
}

void jout_seconds(struct jout *j, const char *key, uint64_t us)
{
    lead(j, key);
    fprintf(j->out, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}
