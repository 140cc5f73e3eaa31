/* The geometry of the ladder and the drawing of single rows. Private to the ladder. */
#ifndef SIM_SHOW_LADDER_ROWS_H
#define SIM_SHOW_LADDER_ROWS_H

#include "scenarios/sim/show/canvas.h"
#include "scenarios/sim/show/trace.h"

enum { LADDER_LABEL_MAX = 8 };

/* Where everything stands. */
struct rows {
    FILE *out;
    struct look look;
    unsigned width;
    unsigned label_width;    /* of the UE's name in front of each row, 0: one UE only */
    unsigned lifelines;      /* 4, or 5 with the visited network */
    unsigned at[ROLE_COUNT]; /* column of each lifeline */
    unsigned margin;         /* first column of the clauses; |width| when they have no room */
    bool has_time;           /* a row was printed at |last_us| */
    uint64_t last_us;
    char last_label[LADDER_LABEL_MAX + 1];
};

/* What stands at the left edge of a row. */
struct row_head {
    uint64_t t_us;
    const char *label; /* the UE's, "" for none */
};

struct row_arrow {
    enum role from;
    enum role to;
    bool lost;
    enum style style;
    const char *name;   /* "DATA_UL" */
    const char *epoch;  /* "e1", or "" */
    const char *number; /* "#7", or "" */
    const char *remark; /* what a rule did to it, or "" */
    const char *clause; /* or "" */
};

struct row_mark {
    enum role at;
    const char *mark; /* one character on the lifeline */
    enum style style;
    const char *text;
    const char *more; /* goes to a row of its own when there is no room, or "" */
    bool brief;       /* ... or is left out then */
    const char *clause;
};

/* Lays out |lifelines| for |width|. */
void rows_layout(struct rows *r, unsigned width, unsigned lifelines, unsigned label_width);
/* The names above the lifelines. */
void rows_names(struct rows *r);
void rows_arrow(struct rows *r, const struct row_head *head, const struct row_arrow *a);
void rows_mark(struct rows *r, const struct row_head *head, const struct row_mark *m);
/* A sentence that belongs to no lifeline. */
void rows_sentence(struct rows *r, const struct row_head *head, enum style style, const char *text);
/* The same with what it rests on, which goes to a row of its own when there is no room. */
void rows_reasoned(struct rows *r, const struct row_head *head, enum style style, const char *text,
                   const char *by);

#endif
