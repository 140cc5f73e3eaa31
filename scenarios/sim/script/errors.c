#include "scenarios/sim/script/parse.h"

#include "common/base/ensure.h"

#include <stdlib.h>
#include <string.h>

enum { LISTED_MAX = 14, LIST_TEXT_MAX = 300 };

void script_errors_add(struct script_errors *errors, const struct place *place,
                       const char *line_text, size_t line_len, const char *format, va_list args)
{
    struct script_error *e;

    if (errors->list == NULL) {
        errors->list = calloc(SCRIPT_ERRORS_MAX, sizeof *errors->list);
    }
    if (errors->list == NULL || errors->count == SCRIPT_ERRORS_MAX) {
        errors->left_out++;
        return;
    }
    e = &errors->list[errors->count++];
    e->line = place->line;
    e->column = place->column;
    e->width = place->width > 0 ? place->width : 1;
    vsnprintf(e->message, sizeof e->message, format, args);
    if (line_text != NULL) {
        line_len = line_len < SCRIPT_LINE_MAX ? line_len : SCRIPT_LINE_MAX;
        memcpy(e->source, line_text, line_len);
        e->source[line_len] = '\0';
    }
}

static int by_place(const void *a, const void *b)
{
    const struct script_error *x = a;
    const struct script_error *y = b;

    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return x->column < y->column ? -1 : x->column > y->column;
}

void script_errors_sort(struct script_errors *errors)
{
    if (errors->count > 1) {
        qsort(errors->list, errors->count, sizeof *errors->list, by_place);
    }
}

/* Only characters reach the terminal, whatever is in the file. */
static void print_clean(const char *text, FILE *to)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t len = character_len(text, left);

        if (len == 0) {
            fputc('?', to);
            len = 1;
        } else {
            fwrite(text, 1, len, to);
        }
        text += len;
        left -= len;
    }
}

/* Spaces up to the column, with the tabs of the line kept, then ^~~~. */
static void print_caret(const struct script_error *e, FILE *to)
{
    const char *p = e->source;

    fputs("  ", to);
    for (unsigned i = 1; i < e->column; i++) {
        fputc(*p == '\t' ? '\t' : ' ', to);
        while (*p != '\0' && ((unsigned char)*++p & 0xc0) == 0x80) {
        }
    }
    fputc('^', to);
    for (unsigned i = 1; i < e->width; i++) {
        fputc('~', to);
    }
    fputc('\n', to);
}

void script_errors_print(const struct script_errors *errors, FILE *to)
{
    for (unsigned i = 0; i < errors->count; i++) {
        const struct script_error *e = &errors->list[i];

        print_clean(errors->file, to);
        if (e->line > 0) {
            fprintf(to, ":%u:%u", e->line, e->column);
        }
        fputs(": error: ", to);
        print_clean(e->message, to);
        fputc('\n', to);
        if (e->line > 0) {
            fputs("  ", to);
            print_clean(e->source, to);
            fputc('\n', to);
            print_caret(e, to);
        }
    }
    if (errors->left_out > 0) {
        print_clean(errors->file, to);
        fprintf(to, ": error: and %u more\n", errors->left_out);
    }
}

void script_errors_free(struct script_errors *errors)
{
    free(errors->list);
    memset(errors, 0, sizeof *errors);
}

/* Why a line is no sentence. */

struct list_text {
    size_t len;
    char text[LIST_TEXT_MAX];
};

static void put(struct list_text *l, const char *text, size_t len)
{
    size_t room = sizeof l->text - 1 - l->len;

    len = len < room ? len : room;
    memcpy(l->text + l->len, text, len);
    l->len += len;
    l->text[l->len] = '\0';
}

static void put_text(struct list_text *l, const char *text)
{
    put(l, text, strlen(text));
}

static void put_expected(struct list_text *l, const struct expected *e)
{
    if (e->type != NULL) {
        put_text(l, e->type->words);
    } else if (e->word == NULL) {
        put_text(l, "the end of the line");
    } else {
        put_text(l, "'");
        put(l, e->word, e->len);
        put_text(l, "'");
    }
}

/* The word closest to what was found, within two changes (one in short words), and the expected
 * item it belongs to. */
static const char *closest(const struct match *m, const char *found, char literal[LABEL_MAX + 1],
                           unsigned *item)
{
    unsigned best = strlen(found) <= 3 ? 1 : 2;
    const char *hint = NULL;

    for (unsigned i = 0; i < m->expected_count; i++) {
        const struct expected *e = &m->expected[i];
        const char *word = NULL;
        unsigned distance = best - (hint != NULL && best > 0 ? 1 : 0);

        if (e->type != NULL) {
            word = value_closest(e->type, m->s, found, &distance);
        } else if (e->word != NULL && e->len <= LABEL_MAX) {
            char candidate[LABEL_MAX + 1];

            memcpy(candidate, e->word, e->len);
            candidate[e->len] = '\0';
            if (word_distance(found, candidate, distance) <= distance) {
                distance = word_distance(found, candidate, distance);
                memcpy(literal, candidate, sizeof candidate);
                word = literal;
            }
        }
        if (word != NULL && (hint == NULL || distance < best)) {
            hint = word;
            best = distance;
            *item = i;
        }
    }
    return hint;
}

/* "expected 'from', 'to' or a time": the item of the hint first, and not more than a handful. */
static void list_expected(const struct match *m, unsigned first, struct list_text *l)
{
    unsigned listed = m->expected_count <= LISTED_MAX ? m->expected_count : LISTED_MAX - 1;

    for (unsigned n = 0; n < listed; n++) {
        unsigned i = n == 0 ? first : n <= first ? n - 1 : n;

        if (n > 0) {
            put_text(l, n + 1 == m->expected_count ? " or " : ", ");
        }
        put_expected(l, &m->expected[i]);
    }
    if (listed < m->expected_count) {
        put_text(l, ", ...");
    }
}

void report_mismatch(struct parse *p)
{
    const struct match *m = &p->match;
    bool at_end = m->furthest >= p->tokens.count;
    const struct token *t = at_end ? NULL : &p->tokens.list[m->furthest];
    struct place place = {p->line, at_end ? p->tokens.end_column : t->column,
                          at_end ? 1 : t->width};
    struct list_text list = {0};
    char literal[LABEL_MAX + 1];
    unsigned item = 0;
    const char *hint = at_end || t->kind == TOKEN_TEXT ? NULL : closest(m, t->text, literal, &item);
    const char *quote = at_end ? "" : t->kind == TOKEN_TEXT ? "\"" : "'";

    if (m->furthest == 0) {
        put_text(&list, "a sentence ('ue', 'policy', 'link', 'on', 'at', 'when', 'expect', ...)");
    } else {
        list_expected(m, item, &list);
    }
    problem_at(p, place, "expected %s, found %s%.60s%s%s%s%s%s%s%s", list.text, quote,
               at_end ? "the end of the line" : t->text, quote,
               at_end || t->let == NULL ? "" : " (the value of $",
               at_end || t->let == NULL ? "" : t->let, at_end || t->let == NULL ? "" : ")",
               hint == NULL ? "" : "; did you mean '", hint == NULL ? "" : hint,
               hint == NULL ? "" : "'?");
}
