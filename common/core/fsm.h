/* The machine engine: look up (state, event) in a table of rows, run the row's action, move to the
 * row's next state. Guards became event names in classify, so (state, event) is a key; actions
 * cannot fail and cannot choose the next state, so the table never lies. */
#ifndef COMMON_CORE_FSM_H
#define COMMON_CORE_FSM_H

#include "common/base/clauses.h"
#include "common/core/event.h"

struct effects;

/* One step of a core in progress: what actions work on. */
struct step {
    const void *conf; /* the role's configuration */
    void *ctx;        /* the UE's context in this role */
    const struct event *ev;
    struct effects *fx;
    void *found; /* what classify has found out, role specific */
};

typedef void fsm_action(struct step *s);

struct fsm_row {
    uint8_t state;
    uint8_t event;
    uint8_t next;
    uint8_t clause; /* enum clause */
    fsm_action *act;
    const char *act_name;
};

struct fsm {
    const char *title; /* "EESE, literal" */
    const struct fsm_row *rows;
    unsigned rows_count;
    const char *const *state_names;
    unsigned states;
    const char *const *event_names;
    unsigned events;
};

/* The row for (state, event), or NULL: not expected there. */
const struct fsm_row *fsm_find(const struct fsm *m, uint8_t state, uint8_t event);

/* Runs one step on *|state|. With no row: a NOTE UNEXPECTED and nothing else. Fills the step fields
 * of |s->fx|. */
void fsm_step(const struct fsm *m, uint8_t *state, uint8_t event, struct step *s);

#endif
