#include "scenarios/sim/show/canvas.h"

#include "common/base/ensure.h"
#include "scenarios/sim/show/jout.h"

#include <string.h>

static const char *const sgr[STYLE_COUNT] = {
    [STYLE_PLAIN] = "0",   [STYLE_FAINT] = "0;2",  [STYLE_STRONG] = "0;1", [STYLE_GOOD] = "0;32",
    [STYLE_WARN] = "0;33", [STYLE_BAD] = "0;1;31", [STYLE_KEY] = "0;36",
};

static const struct {
    const char *glyph;
    char ascii;
} stand_ins[] = {
    /* lifelines */
    {"│", '|'},
    {"┊", ':'},
    {"├", '|'},
    {"┤", '|'},
    {"┼", '+'},
    /* arrows */
    {"─", '-'},
    {"╌", '.'},
    {"→", '>'},
    {"←", '<'},
    /* marks */
    {"✗", 'x'},
    {"✓", '+'},
    {"●", '*'},
    {"▶", '>'},
    {"◆", '#'},
    /* in words */
    {"·", '-'},
    {"…", '~'},
};

void canvas_clear(struct canvas *c, unsigned width)
{
    c->width = width < CANVAS_WIDTH_MAX ? width : CANVAS_WIDTH_MAX;
    for (unsigned i = 0; i < c->width; i++) {
        memcpy(c->cell[i].glyph, " ", 2);
        c->cell[i].style = STYLE_PLAIN;
    }
}

/* Octets of the character at the start of |text|; what is not UTF-8 counts singly. */
static unsigned step_of(const char *text)
{
    const unsigned len = utf8_length(text);

    return len > 0 ? len : 1;
}

unsigned canvas_text(struct canvas *c, unsigned col, enum style style, const char *text)
{
    while (*text != '\0' && col < c->width) {
        const unsigned len = step_of(text);
        struct cell *const cell = &c->cell[col++];

        memcpy(cell->glyph, text, len);
        cell->glyph[len] = '\0';
        cell->style = (unsigned char)style;
        text += len;
    }
    return col;
}

unsigned canvas_columns(const char *text)
{
    unsigned n = 0;

    for (; *text != '\0'; text += step_of(text)) {
        n++;
    }
    return n;
}

static char stand_in(const char *glyph, unsigned len)
{
    for (size_t i = 0; i < COUNT_OF(stand_ins); i++) {
        if (strlen(stand_ins[i].glyph) == len && memcmp(stand_ins[i].glyph, glyph, len) == 0) {
            return stand_ins[i].ascii;
        }
    }
    return '?';
}

static void print_glyph(const struct look *look, const char *glyph, unsigned len, FILE *out)
{
    const unsigned char c = (unsigned char)glyph[0];

    if (len == 1) {
        fputc(c < 0x20 || c >= 0x7f ? '?' : c, out);
    } else if (look->utf8) {
        fwrite(glyph, 1, len, out);
    } else {
        fputc(stand_in(glyph, len), out);
    }
}

void plain_print(const struct look *look, const char *text, FILE *out)
{
    while (*text != '\0') {
        const unsigned len = step_of(text);

        if (*text == '\n') {
            fputc('\n', out);
        } else {
            print_glyph(look, text, len, out);
        }
        text += len;
    }
}

void styled_print(const struct look *look, enum style style, const char *text, FILE *out)
{
    const bool dressed = look->colour && style != STYLE_PLAIN;

    if (dressed) {
        fprintf(out, "\033[%sm", sgr[style]);
    }
    plain_print(look, text, out);
    if (dressed) {
        fputs("\033[0m", out);
    }
}

void canvas_print(const struct canvas *c, const struct look *look, FILE *out)
{
    unsigned used = c->width;
    unsigned char style = STYLE_PLAIN;

    while (used > 0 && strcmp(c->cell[used - 1].glyph, " ") == 0) {
        used--;
    }
    for (unsigned i = 0; i < used; i++) {
        const struct cell *const cell = &c->cell[i];

        if (look->colour && cell->style != style) {
            style = cell->style;
            fprintf(out, "\033[%sm", sgr[style]);
        }
        print_glyph(look, cell->glyph, (unsigned)strlen(cell->glyph), out);
    }
    if (style != STYLE_PLAIN) {
        fputs("\033[0m", out);
    }
    fputc('\n', out);
}
