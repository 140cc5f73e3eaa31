/* The message ladder: lifelines of UE, EESE, EMSE and HSS (and of the visited network, VN, when it
 * plays a part), time going down, one row for each datagram and one for each change that matters.
 * On a terminal it appears as things happen; the same rows make ladder.txt.
 *
 *      0.120 ├─AKA_RESP─────┼────────→│
 *      2.143 │              ● VALID → EXPIRED  te2e runs out      6.x.2.3 step 2
 *
 * A datagram has its row when its fate is known: at arrival, or when it is lost. Words behind an
 * arrow tell what a rule did to it. "e1" is epoch 1, "#7" the number of a data message; the right
 * margin names the clause that a row serves. Keys are told apart by the first four digits of their
 * fingerprints. Colour only repeats what marks and words say. */
#ifndef SIM_SHOW_LADDER_H
#define SIM_SHOW_LADDER_H

#include "scenarios/sim/show/canvas.h"
#include "scenarios/sim/show/trace.h"

enum {
    LADDER_WIDTH_MIN = 60,
    LADDER_WIDTH_DEFAULT = 80,
    LADDER_WIDTH_FILE = 100, /* for ladder.txt */
    LADDER_UES_MAX = 8,      /* with more UEs only one is drawn */
};

struct ladder_conf {
    const struct trace_run *run; /* borrowed */
    FILE *out;                   /* borrowed */
    unsigned width;              /* columns; kept within LADDER_WIDTH_MIN..CANVAS_WIDTH_MAX */
    struct look look;
    int only_ue; /* index of the one UE to draw; -1: all, or the first when they are too many */
};

struct ladder;

/* Returns NULL when memory is short. */
struct ladder *ladder_new(const struct ladder_conf *conf);
void ladder_free(struct ladder *l);

/* A trace_sink; |arg| is the struct ladder. */
void ladder_event(void *arg, const struct trace_event *e);

/* Width of the terminal behind |fd| (TIOCGWINSZ), else $COLUMNS, else LADDER_WIDTH_DEFAULT. */
unsigned ladder_width(int fd);

/* True when the locale's character set is UTF-8. The caller has called setlocale(LC_CTYPE, ""). */
bool ladder_utf8(void);

#endif
