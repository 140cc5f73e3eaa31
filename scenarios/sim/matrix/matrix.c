#include "scenarios/sim/matrix/matrix.h"

#include "common/base/ensure.h"

#include <stdlib.h>
#include <string.h>

const char *column_name(enum column c)
{
    ENSURE(c < COLUMN_COUNT);
    if (c == COLUMN_LITERAL) {
        return variant_name(VARIANT_LITERAL);
    }
    return c == COLUMN_HARDENED ? variant_name(VARIANT_HARDENED)
                                : switch_info[c - COLUMN_TURNED].name;
}

const char *cell_verdict_name(enum cell_verdict v)
{
    static const char *const names[] = {[CELL_PASS] = "pass",
                                        [CELL_FAIL] = "fail",
                                        [CELL_VACUOUS] = "vacuous",
                                        [CELL_ERROR] = "error"};

    return names[v];
}

enum err matrix_init(struct matrix *m, struct scenario *list, unsigned count)
{
    m->count = count;
    m->rows = calloc((size_t)count + 1, sizeof *m->rows);
    for (unsigned i = 0; m->rows != NULL && i < count; i++) {
        m->rows[i].scn = &list[i];
    }
    return m->rows != NULL ? ERR_OK : ERR_NO_ROOM;
}

void matrix_free(struct matrix *m)
{
    for (unsigned i = 0; m->rows != NULL && i < m->count; i++) {
        for (unsigned c = 0; c < COLUMN_COUNT; c++) {
            free(m->rows[i].cell[c].reasons);
        }
    }
    free(m->rows);
    memset(m, 0, sizeof *m);
}

struct matrix_reason *cell_add(struct matrix_cell *c, enum reason_kind kind, const char *text)
{
    struct matrix_reason *longer = realloc(c->reasons, ((size_t)c->count + 1) * sizeof *longer);
    struct matrix_reason *r;

    if (longer == NULL) {
        return NULL;
    }
    c->reasons = longer;
    r = &c->reasons[c->count++];
    memset(r, 0, sizeof *r);
    r->kind = kind;
    snprintf(r->text, sizeof r->text, "%s", text);
    return r;
}

bool row_has(const struct matrix_row *r, enum sw s)
{
    return (r->has >> s & 1) != 0;
}

/* It passes in the hardened variant, and fails with |s| turned over. */
static bool turns(const struct matrix_row *r, enum sw s)
{
    return r->cell[COLUMN_HARDENED].verdict == CELL_PASS &&
           r->cell[COLUMN_TURNED + s].verdict == CELL_FAIL;
}

bool row_needs(const struct matrix_row *r, enum sw s)
{
    return row_has(r, s) && turns(r, s);
}

static bool same(const struct matrix_reason *a, const struct matrix_reason *b)
{
    return a->kind == b->kind && a->line == b->line && strcmp(a->text, b->text) == 0;
}

static bool have_common_reason(const struct matrix_cell *a, const struct matrix_cell *b)
{
    for (unsigned i = 0; i < a->count; i++) {
        for (unsigned k = 0; k < b->count; k++) {
            if (same(&a->reasons[i], &b->reasons[k])) {
                return true;
            }
        }
    }
    return false;
}

bool row_needs_otherwise(const struct matrix_row *r, enum sw s)
{
    const struct matrix_cell *literal = &r->cell[COLUMN_LITERAL];

    return row_needs(r, s) && literal->verdict == CELL_FAIL &&
           !have_common_reason(literal, &r->cell[COLUMN_TURNED + s]);
}

bool row_minds(const struct matrix_row *r, enum sw s)
{
    return !row_has(r, s) && turns(r, s);
}

bool row_needs_no_single_one(const struct matrix_row *r)
{
    for (enum sw s = 0; s < SW_COUNT; s++) {
        if (row_has(r, s) && r->cell[COLUMN_TURNED + s].verdict != CELL_PASS) {
            return false;
        }
    }
    return r->cell[COLUMN_LITERAL].verdict == CELL_FAIL &&
           r->cell[COLUMN_HARDENED].verdict == CELL_PASS;
}

bool row_as_stated(const struct matrix_row *r, enum variant v)
{
    const enum column c = v == VARIANT_LITERAL ? COLUMN_LITERAL : COLUMN_HARDENED;

    return r->cell[c].verdict == (r->scn->fails[v] ? CELL_FAIL : CELL_PASS);
}

bool matrix_as_stated(const struct matrix *m)
{
    for (unsigned i = 0; i < m->count; i++) {
        for (enum variant v = 0; v < VARIANT_COUNT; v++) {
            if (!row_as_stated(&m->rows[i], v)) {
                return false;
            }
        }
    }
    return true;
}

bool matrix_idle(const struct matrix *m, enum sw s)
{
    bool in_force = false;

    for (unsigned i = 0; i < m->count; i++) {
        if (row_needs(&m->rows[i], s)) {
            return false;
        }
        in_force = in_force || row_has(&m->rows[i], s);
    }
    return in_force;
}
