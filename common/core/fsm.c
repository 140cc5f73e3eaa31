#include "common/core/fsm.h"

#include "common/base/ensure.h"
#include "common/core/effect.h"

const struct fsm_row *fsm_find(const struct fsm *m, uint8_t state, uint8_t event)
{
    for (unsigned i = 0; i < m->rows_count; i++) {
        if (m->rows[i].state == state && m->rows[i].event == event) {
            return &m->rows[i];
        }
    }
    return NULL;
}

void fsm_step(const struct fsm *m, uint8_t *state, uint8_t event, struct step *s)
{
    const struct fsm_row *row;

    ENSURE(*state < m->states);
    ENSURE(event < m->events);
    row = fsm_find(m, *state, event);
    s->fx->event = event;
    s->fx->before = *state;
    if (row == NULL) {
        fx_note(s->fx, NOTE_UNEXPECTED, event, *state);
        return;
    }
    s->fx->row = row;
    s->fx->stepped = true;
    row->act(s);
    *state = row->next;
}
