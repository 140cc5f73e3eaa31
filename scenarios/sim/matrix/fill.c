#include "scenarios/sim/matrix/fill.h"

#include "common/base/ensure.h"
#include "scenarios/sim/cli/court.h"

#include <stdio.h>

/* Puts in force what column |c| stands for. */
static void turn(struct matrix_row *r, enum column c)
{
    const enum variant v = c == COLUMN_LITERAL ? VARIANT_LITERAL : VARIANT_HARDENED;
    const uint32_t bit = c < COLUMN_TURNED ? 0 : UINT32_C(1) << (c - COLUMN_TURNED);
    enum sw bad;

    ENSURE(scenario_set_variant(r->scn, v, bit & ~r->has, bit & r->has, &bad) == ERR_OK);
}

static bool note_judgements(struct matrix_cell *c, const struct judge *j)
{
    for (unsigned i = 0; i < judge_count(j); i++) {
        const struct judgement *g = judge_get(j, i);
        struct matrix_reason *r;

        if (g->verdict != JUDGED_FAILED) {
            continue;
        }
        r = cell_add(c, g->vacuous ? REASON_RULE : REASON_EXPECTATION, g->text);
        if (r == NULL) {
            return false;
        }
        r->line = g->line;
    }
    return true;
}

static bool note_invariants(struct matrix_cell *c, const struct invariants *v)
{
    for (unsigned i = 0; i < invariants_count(v); i++) {
        const struct invariant *inv = invariants_get(v, i);
        struct matrix_reason *r;

        if (inv->broken == 0) {
            continue;
        }
        r = cell_add(c, REASON_INVARIANT, inv->sentence);
        if (r == NULL) {
            return false;
        }
        r->id = inv->id;
        r->finding = !invariants_binding(v);
    }
    return true;
}

static enum cell_verdict verdict_of(const struct court *c)
{
    static const enum cell_verdict verdicts[] = {
        [RUN_PASS] = CELL_PASS, [RUN_FAIL] = CELL_FAIL, [RUN_ERROR] = CELL_ERROR};

    return c->verdict == RUN_FAIL && judge_vacuities(c->judge) > 0 ? CELL_VACUOUS
                                                                   : verdicts[c->verdict];
}

static enum err note_all(struct matrix_cell *cell, const struct court *c)
{
    bool noted = note_judgements(cell, c->judge) && note_invariants(cell, c->invariants);

    cell->verdict = verdict_of(c);
    if (cell->verdict == CELL_ERROR) {
        noted = noted && cell_add(cell, REASON_ERROR, c->played.why) != NULL;
    }
    return noted ? ERR_OK : ERR_NO_ROOM;
}

static enum err fill_one(struct matrix_row *r, enum column column, char why[PLAY_WHY_MAX])
{
    struct court c;
    enum err e;

    turn(r, column);
    snprintf(why, PLAY_WHY_MAX, "memory is short");
    e = court_open(&c, r->scn, PLAY_VIRTUAL);
    if (e == ERR_OK) {
        e = court_play(&c, NULL, why);
    }
    if (e == ERR_OK) {
        e = note_all(&r->cell[column], &c);
    }
    court_close(&c);
    return e;
}

enum err row_fill(struct matrix_row *r, char why[PLAY_WHY_MAX])
{
    enum err e = ERR_OK;

    turn(r, COLUMN_HARDENED);
    r->has = r->scn->variant.switches;
    for (enum column c = 0; c < COLUMN_COUNT && e == ERR_OK; c++) {
        e = fill_one(r, c, why);
    }
    turn(r, COLUMN_HARDENED);
    return e;
}
