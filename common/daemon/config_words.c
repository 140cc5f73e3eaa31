#include "common/daemon/config_words.h"

#include "common/base/bytes.h"

#include <string.h>
#include <strings.h>

enum { LINE_MAX_OCTETS = 2048, WORD_DISTANCE_MAX = 40 };

/* Where the cutting of a line has come to. */
struct cut {
    const char *line;
    size_t len;
    size_t at;
    char *to; /* in the pool */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Undoes one escape; |c->at| is after the backslash. */
static bool unescape(struct cut *c)
{
    char kind = '\0';
    char digits[3] = "";
    uint8_t octet;

    if (c->at < c->len) {
        kind = c->line[c->at++];
    }
    if (kind == 'x' && c->at + 2 <= c->len) {
        memcpy(digits, c->line + c->at, 2);
        if (hex_decode(digits, &octet, 1) != ERR_OK) {
            return false;
        }
        c->at += 2;
        *c->to++ = (char)octet;
        return true;
    }
    if (kind == 'n') {
        kind = '\n';
    } else if (kind != '"' && kind != '\\') {
        return false;
    }
    *c->to++ = kind;
    return true;
}

static const char *cut_quoted(struct cut *c)
{
    c->at++;
    while (c->at < c->len && c->line[c->at] != '"') {
        char ch = c->line[c->at++];

        if (ch == '\\') {
            if (!unescape(c)) {
                return "an escape is one of \\\" \\\\ \\n \\xHH";
            }
        } else {
            *c->to++ = ch;
        }
    }
    if (c->at == c->len) {
        return "this text has no closing quote";
    }
    c->at++;
    if (c->at < c->len && !is_blank(c->line[c->at])) {
        return "a blank must follow a closing quote";
    }
    return NULL;
}

static const char *cut_plain(struct cut *c)
{
    while (c->at < c->len && !is_blank(c->line[c->at])) {
        if (is_control(c->line[c->at])) {
            return "a control character";
        }
        *c->to++ = c->line[c->at++];
    }
    return NULL;
}

const char *config_words_cut(const char *line, size_t len, struct config_words *out)
{
    struct cut c = {.line = line, .len = len, .at = 0, .to = out->pool};

    out->count = 0;
    out->end = 1;
    if (len > 0 && line[len - 1] == '\r') {
        c.len--;
    }
    if (c.len > LINE_MAX_OCTETS) {
        return "this line is too long";
    }
    for (;;) {
        struct config_word *w;
        const char *wrong;

        while (c.at < c.len && is_blank(c.line[c.at])) {
            c.at++;
        }
        if (c.at == c.len || c.line[c.at] == '#') {
            return NULL;
        }
        out->end = (unsigned)c.at + 1;
        if (out->count == CONFIG_WORDS_MAX) {
            return "too many words in one line";
        }
        w = &out->list[out->count];
        w->text = c.to;
        w->column = (unsigned)c.at + 1;
        w->quoted = c.line[c.at] == '"';
        wrong = w->quoted ? cut_quoted(&c) : cut_plain(&c);
        if (wrong != NULL) {
            out->end = (unsigned)c.at + 1;
            return wrong;
        }
        w->len = (size_t)(c.to - w->text);
        *c.to++ = '\0';
        out->end = (unsigned)c.at + 1;
        out->count++;
    }
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return strncasecmp(&a, &b, 1) == 0;
}

unsigned config_distance(const char *a, const char *b, unsigned most)
{
    size_t la = strlen(a);
    size_t lb = strlen(b);
    unsigned d[3][WORD_DISTANCE_MAX + 1]; /* the last two rows of the table, and the next */

    if (la > WORD_DISTANCE_MAX || lb > WORD_DISTANCE_MAX) {
        return most + 1;
    }
    for (unsigned j = 0; j <= lb; j++) {
        d[0][j] = j;
        d[2][j] = 0;
    }
    for (unsigned i = 1; i <= la; i++) {
        unsigned *row = d[i % 3];
        const unsigned *above = d[(i + 2) % 3];
        const unsigned *above2 = d[(i + 1) % 3];

        row[0] = i;
        for (unsigned j = 1; j <= lb; j++) {
            bool same = same_letter(a[i - 1], b[j - 1]);

            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1])) {
                row[j] = least(row[j], above2[j - 2] + 1);
            }
        }
    }
    return least(d[la % 3][lb], most + 1);
}
