/* One row of text on a terminal, put together from cells: what is put later covers what was there.
 * Everything is composed in UTF-8; where the terminal has none, each glyph is replaced by one ASCII
 * character, so that both forms have the same columns. A style never says anything alone: colour is
 * an addition to words and marks. */
#ifndef SIM_SHOW_CANVAS_H
#define SIM_SHOW_CANVAS_H

#include <stdbool.h>
#include <stdio.h>

enum { CANVAS_WIDTH_MAX = 250 };

enum style {
    STYLE_PLAIN,
    STYLE_FAINT, /* lifelines, times, clauses */
    STYLE_STRONG,
    STYLE_GOOD,
    STYLE_WARN,
    STYLE_BAD,
    STYLE_KEY, /* epochs and fingerprints */
    STYLE_COUNT
};

/* How it may look where it goes. */
struct look {
    bool utf8;
    bool colour;
};

struct cell {
    char glyph[5];
    unsigned char style;
};

struct canvas {
    unsigned width;
    struct cell cell[CANVAS_WIDTH_MAX];
};

/* Blanks |width| columns, at most CANVAS_WIDTH_MAX. */
void canvas_clear(struct canvas *c, unsigned width);

/* Puts |text| (UTF-8, each character one column wide) from column |col| on, clipped at the width.
 * Returns the column behind it. */
unsigned canvas_text(struct canvas *c, unsigned col, enum style style, const char *text);

/* Columns that |text| takes. */
unsigned canvas_columns(const char *text);

/* Prints the row without blanks at its end, and a newline. */
void canvas_print(const struct canvas *c, const struct look *look, FILE *out);

/* Prints |text| in |style|, without a newline. */
void styled_print(const struct look *look, enum style style, const char *text, FILE *out);

/* Prints |text| as it is, or in ASCII when |look| has no UTF-8. */
void plain_print(const struct look *look, const char *text, FILE *out);

#endif
