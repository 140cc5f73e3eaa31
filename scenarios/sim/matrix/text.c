/* The table for people. */
#include "scenarios/sim/matrix/matrix.h"

#include "scenarios/sim/cli/options.h"

#include <stdarg.h>
#include <string.h>

enum { WIDTH = 100, NAME_MAX_COLUMNS = 32, RULE_COLUMNS = 7 };

/* A list of items with commas, wrapped. */
struct list {
    FILE *out;
    unsigned indent;
    unsigned column;
    unsigned items;
};

static void list_begin(struct list *l, unsigned indent, FILE *out)
{
    *l = (struct list){.out = out, .indent = indent, .column = indent};
}

__attribute__((format(printf, 2, 3))) static void list_add(struct list *l, const char *format, ...)
{
    char item[NAME_TEXT_MAX + 64];
    va_list args;
    unsigned len;

    va_start(args, format);
    vsnprintf(item, sizeof item, format, args);
    va_end(args);
    len = (unsigned)strlen(item);
    if (l->items > 0 && l->column + 2 + len + 1 > WIDTH) {
        fprintf(l->out, ",\n%*s", (int)l->indent, "");
        l->column = l->indent;
    } else if (l->items > 0) {
        fputs(", ", l->out);
        l->column += 2;
    }
    fputs(item, l->out);
    l->column += len;
    l->items++;
}

static void list_end(struct list *l)
{
    fputs(l->items > 0 ? "\n" : "-\n", l->out);
}

static void heading(const char *words, FILE *out)
{
    fprintf(out, "\n%s\n", words);
}

/* A paragraph in front of a list. */
static void finding(struct list *l, const char *words, FILE *out)
{
    options_wrap(words, 0, WIDTH, out);
    fputs("    ", out);
    list_begin(l, 4, out);
}

/* ---- races ---- */

static unsigned name_columns(const struct matrix *m)
{
    unsigned widest = 8;

    for (unsigned i = 0; i < m->count; i++) {
        const unsigned len = (unsigned)strlen(m->rows[i].scn->name);

        widest = len > widest ? len : widest;
    }
    return (widest < NAME_MAX_COLUMNS ? widest : NAME_MAX_COLUMNS) + 2;
}

static void print_turned(const struct matrix_row *r, struct list *l)
{
    for (enum sw s = 0; s < SW_COUNT; s++) {
        const char *name = switch_info[s].name;
        const char *sign = row_has(r, s) ? "" : "+";

        if (row_needs(r, s)) {
            list_add(l, "%s%s", name, row_needs_otherwise(r, s) ? "*" : "");
        } else if (row_minds(r, s)) {
            list_add(l, "+%s", name);
        } else if (r->cell[COLUMN_HARDENED].verdict == CELL_PASS &&
                   r->cell[COLUMN_TURNED + s].verdict != CELL_PASS) {
            list_add(l, "(%s%s)", sign, name);
        }
    }
}

/* |text| and spaces up to |columns|; one that is longer has a line of its own. */
static void print_name(const char *text, unsigned columns, FILE *out)
{
    const unsigned len = (unsigned)strlen(text);

    if (len + 2 > columns) {
        fprintf(out, "%s\n%*s", text, (int)columns, "");
    } else {
        fprintf(out, "%-*s", (int)columns, text);
    }
}

static void print_races(const struct matrix *m, FILE *out)
{
    const unsigned columns = name_columns(m);

    fputc('\n', out);
    print_name("scenario", columns, out);
    fputs("literal  hardened  fails without\n", out);
    for (unsigned i = 0; i < m->count; i++) {
        const struct matrix_row *r = &m->rows[i];
        struct list l;

        print_name(r->scn->name, columns, out);
        fprintf(out, "%-9s%-10s", cell_verdict_name(r->cell[COLUMN_LITERAL].verdict),
                cell_verdict_name(r->cell[COLUMN_HARDENED].verdict));
        list_begin(&l, columns + 19, out);
        print_turned(r, &l);
        list_end(&l);
    }
}

/* ---- corrections ---- */

static void print_correction(const struct matrix *m, enum sw s, unsigned columns, FILE *out)
{
    struct list l;
    unsigned minding = 0;

    fprintf(out, "%-*s%-*s", (int)columns, switch_info[s].name, RULE_COLUMNS, switch_info[s].rule);
    list_begin(&l, columns + RULE_COLUMNS, out);
    for (unsigned i = 0; i < m->count; i++) {
        if (row_needs(&m->rows[i], s)) {
            list_add(&l, "%s%s", m->rows[i].scn->name,
                     row_needs_otherwise(&m->rows[i], s) ? "*" : "");
        }
        minding += row_minds(&m->rows[i], s);
    }
    list_end(&l);
    if (minding > 0) {
        fprintf(out, "%*sput in force, these fail: ", (int)(columns + RULE_COLUMNS), "");
        list_begin(&l, columns + RULE_COLUMNS, out);
        l.column += (unsigned)strlen("put in force, these fail: ");
        for (unsigned i = 0; i < m->count; i++) {
            if (row_minds(&m->rows[i], s)) {
                list_add(&l, "%s", m->rows[i].scn->name);
            }
        }
        list_end(&l);
    }
}

static void print_corrections(const struct matrix *m, FILE *out)
{
    const unsigned columns = 21;

    fprintf(out, "\n%-*s%-*s%s\n", (int)columns, "correction", RULE_COLUMNS, "rule", "cures");
    for (enum sw s = 0; s < SW_COUNT; s++) {
        print_correction(m, s, columns, out);
    }
}

/* ---- reasons ---- */

static void print_reason(const struct matrix_reason *r, FILE *out)
{
    char text[REASON_TEXT_MAX + 64];

    snprintf(text, sizeof text, "%s%s%s%s", r->id != NULL ? r->id : "", r->id != NULL ? ": " : "",
             r->text, r->finding ? " (a finding)" : "");
    fputs("    ", out);
    options_wrap(text, 4, WIDTH, out);
}

static void print_reasons(const struct matrix *m, FILE *out)
{
    heading("what goes wrong", out);
    for (unsigned i = 0; i < m->count; i++) {
        for (enum column c = COLUMN_LITERAL; c < COLUMN_TURNED; c++) {
            const struct matrix_cell *cell = &m->rows[i].cell[c];

            if (cell->count > 0) {
                fprintf(out, "%s, %s: %s\n", m->rows[i].scn->name, column_name(c),
                        cell_verdict_name(cell->verdict));
            }
            for (unsigned k = 0; k < cell->count; k++) {
                print_reason(&cell->reasons[k], out);
            }
        }
    }
}

/* ---- findings ---- */

static void print_idle(const struct matrix *m, FILE *out)
{
    struct list l;

    finding(&l, "No race of this catalogue needs these corrections:", out);
    for (enum sw s = 0; s < SW_COUNT; s++) {
        if (matrix_idle(m, s)) {
            list_add(&l, "%s", switch_info[s].name);
        }
    }
    list_end(&l);
}

static void print_in_depth(const struct matrix *m, FILE *out)
{
    struct list l;

    finding(&l, "No single correction cures these races; they pass without any one of them:", out);
    for (unsigned i = 0; i < m->count; i++) {
        if (row_needs_no_single_one(&m->rows[i])) {
            list_add(&l, "%s", m->rows[i].scn->name);
        }
    }
    list_end(&l);
}

static void print_vacuous(const struct matrix *m, FILE *out)
{
    struct list l;

    finding(
        &l,
        "These runs prove nothing: a rule of the file never fires in them, or they break (error):",
        out);
    for (unsigned i = 0; i < m->count; i++) {
        const struct matrix_row *r = &m->rows[i];

        for (enum column c = 0; c < COLUMN_COUNT; c++) {
            const char *how = c < COLUMN_TURNED                          ? "in"
                              : row_has(r, (enum sw)(c - COLUMN_TURNED)) ? "without"
                                                                         : "with";

            if (r->cell[c].verdict == CELL_VACUOUS || r->cell[c].verdict == CELL_ERROR) {
                list_add(&l, "%s %s %s%s", r->scn->name, how, column_name(c),
                         r->cell[c].verdict == CELL_ERROR ? " (error)" : "");
            }
        }
    }
    list_end(&l);
}

static void print_differences(const struct matrix *m, FILE *out)
{
    struct list l;

    if (matrix_as_stated(m)) {
        fputs("Every verdict is the one that its file states.\n", out);
        return;
    }
    finding(&l, "These verdicts are not those that the files state:", out);
    for (unsigned i = 0; i < m->count; i++) {
        const struct matrix_row *r = &m->rows[i];

        for (enum variant v = 0; v < VARIANT_COUNT; v++) {
            if (!row_as_stated(r, v)) {
                list_add(&l, "%s in %s (stated: %s)", r->scn->name, variant_name(v),
                         stated_name(r->scn->fails[v] ? STATED_FAIL : STATED_PASS));
            }
        }
    }
    list_end(&l);
}

void matrix_text(const struct matrix *m, const char *seed, FILE *out)
{
    char intro[256];

    snprintf(intro, sizeof intro,
             "%u scenarios in virtual time, %s: in the literal variant, in the hardened one, and "
             "in the hardened one with one correction turned over, %u runs.",
             m->count, seed, m->count * COLUMN_COUNT);
    options_wrap(intro, 0, WIDTH, out);
    fputs("\n    X   the hardened variant fails without correction X\n"
          "    X*  it does, but by nothing that goes wrong in the literal variant\n"
          "    +X  it fails with X, which the file does without\n"
          "    (X) a rule of the file never fires without X, or the run breaks: proves nothing\n",
          out);
    print_races(m, out);
    print_corrections(m, out);
    print_reasons(m, out);
    heading("findings", out);
    print_idle(m, out);
    print_in_depth(m, out);
    print_vacuous(m, out);
    print_differences(m, out);
}
