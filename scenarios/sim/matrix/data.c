/* The table for machines. */
#include "scenarios/sim/matrix/matrix.h"
#include "scenarios/sim/show/jout.h"

#include <string.h>

/* ---- CSV ---- */

static void put_field(const char *text, FILE *out)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        fputs(*text == '"' ? "\"" : "", out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void matrix_csv(const struct matrix *m, FILE *out)
{
    fputs("file,scenario", out);
    for (enum column c = 0; c < COLUMN_COUNT; c++) {
        fprintf(out, ",%s", column_name(c));
    }
    fputs("\r\n", out);
    for (unsigned i = 0; i < m->count; i++) {
        const struct matrix_row *r = &m->rows[i];

        put_field(r->scn->file, out);
        fputc(',', out);
        put_field(r->scn->name, out);
        for (enum column c = 0; c < COLUMN_COUNT; c++) {
            fprintf(out, ",%s", cell_verdict_name(r->cell[c].verdict));
        }
        fputs("\r\n", out);
    }
}

/* ---- JSON ---- */

static void put_reasons(struct jout *j, const struct matrix_cell *c)
{
    static const char *const kinds[] = {[REASON_EXPECTATION] = "expectation",
                                        [REASON_RULE] = "rule",
                                        [REASON_INVARIANT] = "invariant",
                                        [REASON_ERROR] = "error"};

    jout_array(j, "reasons");
    for (unsigned i = 0; i < c->count; i++) {
        const struct matrix_reason *r = &c->reasons[i];

        jout_object(j, NULL);
        jout_text(j, "kind", kinds[r->kind]);
        if (r->line > 0) {
            jout_uint(j, "line", r->line);
        }
        if (r->id != NULL) {
            jout_text(j, "id", r->id);
            jout_bool(j, "finding", r->finding);
        }
        jout_text(j, "text", r->text);
        jout_end(j);
    }
    jout_end(j);
}

static void put_cells(struct jout *j, const struct matrix_row *r)
{
    jout_array(j, "cells");
    for (enum column c = 0; c < COLUMN_COUNT; c++) {
        jout_object(j, NULL);
        jout_text(j, "column", column_name(c));
        if (c >= COLUMN_TURNED) {
            jout_bool(j, "in_force", !row_has(r, (enum sw)(c - COLUMN_TURNED)));
        }
        jout_text(j, "verdict", cell_verdict_name(r->cell[c].verdict));
        put_reasons(j, &r->cell[c]);
        jout_end(j);
    }
    jout_end(j);
}

static void put_row(struct jout *j, const struct matrix_row *r)
{
    jout_object(j, NULL);
    jout_text(j, "file", r->scn->file);
    jout_text(j, "scenario", r->scn->name);
    jout_text(j, "title", r->scn->title);
    jout_uint(j, "seed", r->scn->seed);
    jout_object(j, "stated");
    for (enum variant v = 0; v < VARIANT_COUNT; v++) {
        jout_text(j, variant_name(v), stated_name(r->scn->fails[v] ? STATED_FAIL : STATED_PASS));
    }
    jout_end(j);
    jout_bool(j, "as_stated",
              row_as_stated(r, VARIANT_LITERAL) && row_as_stated(r, VARIANT_HARDENED));
    jout_array(j, "needs");
    for (enum sw s = 0; s < SW_COUNT; s++) {
        if (row_needs(r, s)) {
            jout_object(j, NULL);
            jout_text(j, "correction", switch_info[s].name);
            jout_bool(j, "otherwise", row_needs_otherwise(r, s));
            jout_end(j);
        }
    }
    jout_end(j);
    jout_bool(j, "needs_no_single_one", row_needs_no_single_one(r));
    put_cells(j, r);
    jout_end(j);
}

static void put_correction(struct jout *j, const struct matrix *m, enum sw s)
{
    jout_object(j, NULL);
    jout_text(j, "correction", switch_info[s].name);
    jout_text(j, "rule", switch_info[s].rule);
    jout_array(j, "cures");
    for (unsigned i = 0; i < m->count; i++) {
        if (row_needs(&m->rows[i], s)) {
            jout_text(j, NULL, m->rows[i].scn->name);
        }
    }
    jout_end(j);
    jout_array(j, "fails");
    for (unsigned i = 0; i < m->count; i++) {
        if (row_minds(&m->rows[i], s)) {
            jout_text(j, NULL, m->rows[i].scn->name);
        }
    }
    jout_end(j);
    jout_end(j);
}

void matrix_json(const struct matrix *m, FILE *out)
{
    struct jout j;

    jout_begin(&j, out, true);
    jout_object(&j, NULL);
    jout_bool(&j, "as_stated", matrix_as_stated(m));
    jout_array(&j, "scenarios");
    for (unsigned i = 0; i < m->count; i++) {
        put_row(&j, &m->rows[i]);
    }
    jout_end(&j);
    jout_array(&j, "corrections");
    for (enum sw s = 0; s < SW_COUNT; s++) {
        put_correction(&j, m, s);
    }
    jout_end(&j);
    jout_end(&j);
}
