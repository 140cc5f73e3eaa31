#include "scenarios/sim/script/token.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"

#include <string.h>

struct cutter {
    const char *s;
    size_t len;
    size_t at;
    unsigned column;
    size_t used; /* of the pool */
    struct tokens *out;
};

size_t character_len(const char *s, size_t left)
{
    unsigned char lead = (unsigned char)s[0];
    size_t n = lead < 0x80                   ? 1
               : lead >= 0xc2 && lead < 0xe0 ? 2
               : lead >= 0xe0 && lead < 0xf0 ? 3
                                             : 4;
    uint32_t code = n == 1 ? lead : lead & (0x7fu >> n);

    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || n > left || lead == 0x7f ||
        (lead < 0x20 && lead != '\t')) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)s[i] & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | ((unsigned char)s[i] & 0x3fu);
    }
    if ((n == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) ||
        (n == 4 && (code < 0x10000 || code > 0x10ffff)) || (code >= 0x80 && code < 0xa0)) {
        return 0;
    }
    return n;
}

/* The octet at the cutter, or 0 at the end of the line. */
static char look(const struct cutter *c)
{
    if (c->at == c->len) {
        return '\0';
    }
    return c->s[c->at];
}

static void step(struct cutter *c)
{
    c->at += character_len(c->s + c->at, c->len - c->at);
    c->column++;
}

static void keep(struct cutter *c, char octet)
{
    ENSURE(c->used < sizeof c->out->pool);
    c->out->pool[c->used++] = octet;
}

static bool ends_word(char ch)
{
    return ch == '\0' || ch == ' ' || ch == '\t' || ch == ':' || ch == '"';
}

static void cut_word(struct cutter *c)
{
    if (look(c) == ':') {
        keep(c, ':');
        step(c);
        return;
    }
    while (!ends_word(look(c))) {
        size_t from = c->at;

        step(c);
        for (size_t i = from; i < c->at; i++) {
            keep(c, c->s[i]);
        }
    }
}

/* After a backslash. Returns NULL or what is wrong. */
static const char *cut_escape(struct cutter *c)
{
    char ch = look(c);

    if (ch == '"' || ch == '\\') {
        keep(c, ch);
    } else if (ch == 'n') {
        keep(c, '\n');
    } else if (ch == 'x') {
        char hex[3] = {0};
        uint8_t octet;

        memcpy(hex, c->s + c->at + 1, c->len - c->at > 2 ? 2 : 0);
        if (hex_decode(hex, &octet, 1) != ERR_OK) {
            return "expected two hexadecimal digits after '\\x'";
        }
        keep(c, (char)octet);
        step(c);
        step(c);
    } else {
        return "expected one of \\\" \\\\ \\n \\xHH in a quoted text";
    }
    step(c);
    return NULL;
}

static const char *cut_text(struct cutter *c)
{
    step(c);
    while (look(c) != '"') {
        size_t from = c->at;
        bool escape = look(c) == '\\';

        if (c->at == c->len) {
            return "expected '\"' at the end of the quoted text, found the end of the line";
        }
        step(c);
        if (escape) {
            const char *wrong = cut_escape(c);

            if (wrong != NULL) {
                return wrong;
            }
            continue;
        }
        for (size_t i = from; i < c->at; i++) {
            keep(c, c->s[i]);
        }
    }
    step(c);
    return NULL;
}

static const char *cut_token(struct cutter *c)
{
    struct token *t = &c->out->list[c->out->count];
    size_t start = c->used;
    const char *wrong = NULL;

    if (c->out->count == SCRIPT_WORDS_MAX) {
        return "too many words in one line (64 is the most)";
    }
    memset(t, 0, sizeof *t);
    t->column = c->column;
    t->text = c->out->pool + c->used;
    if (look(c) == '"') {
        t->kind = TOKEN_TEXT;
        wrong = cut_text(c);
    } else {
        t->kind = TOKEN_WORD;
        cut_word(c);
    }
    t->len = (uint16_t)(c->used - start);
    t->width = c->column - t->column;
    keep(c, '\0');
    c->out->count++;
    return wrong;
}

/* Returns NULL when the line is short enough and made of characters. */
static const char *check_characters(struct cutter *c)
{
    const char *wrong = c->len > SCRIPT_LINE_MAX ? "a line longer than 400 octets" : NULL;

    while (wrong == NULL && c->at < c->len) {
        if (character_len(c->s + c->at, c->len - c->at) == 0) {
            wrong = "a control character, or not UTF-8";
        } else {
            step(c);
        }
    }
    c->out->end_column = c->column;
    c->at = 0;
    c->column = 1;
    return wrong;
}

const char *tokens_cut(const char *line, size_t len, struct tokens *out)
{
    struct cutter c = {.s = line, .len = len, .column = 1, .out = out};
    const char *wrong;

    out->count = 0;
    out->from = 0;
    out->to = 0;
    wrong = check_characters(&c);
    if (wrong != NULL) {
        return wrong;
    }
    while (wrong == NULL) {
        while (look(&c) == ' ' || look(&c) == '\t') {
            step(&c);
        }
        if (c.at == c.len || look(&c) == '#') {
            break;
        }
        out->from = out->count == 0 ? c.at : out->from;
        wrong = cut_token(&c);
        out->end_column = c.column;
        out->to = c.at;
    }
    if (out->count == 0) {
        out->end_column = 1;
    }
    return wrong;
}
