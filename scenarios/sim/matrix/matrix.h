/* The catalogue as a table: a row for each scenario, a column for each way to run it: the literal
 * variant, the hardened one, and the hardened one with one correction turned over, taken away where
 * the file has it and put in force where it has not. What the table says of a race and of a
 * correction follows from its cells alone. */
#ifndef SIM_MATRIX_MATRIX_H
#define SIM_MATRIX_MATRIX_H

#include "scenarios/sim/script/scenario.h"

#include <stdio.h>

enum column {
    COLUMN_LITERAL,
    COLUMN_HARDENED,
    COLUMN_TURNED, /* and one more for each enum sw */
    COLUMN_COUNT = COLUMN_TURNED + SW_COUNT
};
/* "literal", "hardened", or the name of the correction; a static string. */
const char *column_name(enum column c);

enum cell_verdict {
    CELL_PASS,
    CELL_FAIL,
    CELL_VACUOUS, /* a rule of the file never fired: whatever else it shows, it proves nothing */
    CELL_ERROR    /* the run itself failed */
};
/* "pass", "fail", "vacuous", "error"; a static string. */
const char *cell_verdict_name(enum cell_verdict v);

enum { REASON_TEXT_MAX = 256 };

enum reason_kind {
    REASON_EXPECTATION, /* failed */
    REASON_RULE,        /* never fired */
    REASON_INVARIANT,   /* broken */
    REASON_ERROR        /* of the run itself */
};

/* Something that went wrong in a run. */
struct matrix_reason {
    enum reason_kind kind;
    unsigned line;  /* of the file; 0: of no line */
    const char *id; /* of an invariant, a static string, else NULL */
    bool finding;   /* it binds the hardened variant only, and fails nothing here */
    char text[REASON_TEXT_MAX];
};

struct matrix_cell {
    enum cell_verdict verdict;
    struct matrix_reason *reasons;
    unsigned count;
};

struct matrix_row {
    struct scenario *scn; /* borrowed */
    uint32_t has; /* what the file has in force in the hardened variant, bits 1 << enum sw */
    struct matrix_cell cell[COLUMN_COUNT];
};

struct matrix {
    struct matrix_row *rows;
    unsigned count;
};

/* Returns: ERR_OK; ERR_NO_ROOM. In either case matrix_free() must follow. */
enum err matrix_init(struct matrix *m, struct scenario *list, unsigned count) MUST_USE;
void matrix_free(struct matrix *m);

/* Appends to the reasons of |c|; NULL when memory is short. */
struct matrix_reason *cell_add(struct matrix_cell *c, enum reason_kind kind, const char *text);

/* True when the file has |s| in force in the hardened variant. */
bool row_has(const struct matrix_row *r, enum sw s);
/* True when the race passes in the hardened variant and fails without |s|: |s| cures it. A vacuous
 * run does not fail. */
bool row_needs(const struct matrix_row *r, enum sw s);
/* Of a race that needs |s|: true when the literal text fails too, but by nothing that goes wrong
 * without |s|, which then cures something else than what the race is about. */
bool row_needs_otherwise(const struct matrix_row *r, enum sw s);
/* True when the file does without |s|, passes in the hardened variant, and fails with |s|. */
bool row_minds(const struct matrix_row *r, enum sw s);
/* True when the literal variant fails, the hardened one passes, and passes without each single
 * correction too: defence in depth. */
bool row_needs_no_single_one(const struct matrix_row *r);
/* True when the verdict of |v| is the one that the file states; a vacuous run has none. */
bool row_as_stated(const struct matrix_row *r, enum variant v);
bool matrix_as_stated(const struct matrix *m);
/* True when a file has |s| in force, and none needs it. */
bool matrix_idle(const struct matrix *m, enum sw s);

/* The table for people, 100 columns of ASCII. |seed| of all runs, in words. */
void matrix_text(const struct matrix *m, const char *seed, FILE *out);
/* RFC 4180: a line that names the columns, then one for each row. */
void matrix_csv(const struct matrix *m, FILE *out);
/* Everything; the members are in scenarios/README.md. */
void matrix_json(const struct matrix *m, FILE *out);

#endif
