#include "scenarios/sim/cli/fsm_print.h"

#include "common/base/clauses.h"
#include "common/base/ensure.h"
#include "common/core/timer.h"
#include "common/core/variant.h"

#include <string.h>

enum { COLUMNS = 4 };

static const char *const head[COLUMNS] = {"in state", "when", "do", "then"};

static int widest(int width, const char *word)
{
    return (int)strlen(word) > width ? (int)strlen(word) : width;
}

static void cell_words(const struct fsm *m, const struct fsm_row *row, const char *words[COLUMNS])
{
    words[0] = m->state_names[row->state];
    words[1] = m->event_names[row->event];
    words[2] = row->act_name;
    words[3] = m->state_names[row->next];
}

static void print_line(const int width[COLUMNS], const char *const words[COLUMNS],
                       const char *where, const char *why, FILE *out)
{
    for (unsigned c = 0; c < COLUMNS; c++) {
        fprintf(out, "%-*s  ", width[c], words[c]);
    }
    if (*why == '\0') {
        fprintf(out, "%s\n", where);
    } else {
        fprintf(out, "%-14s  %s\n", where, why);
    }
}

static void print_rows(const struct fsm *m, FILE *out)
{
    int width[COLUMNS];
    const char *words[COLUMNS];

    for (unsigned c = 0; c < COLUMNS; c++) {
        width[c] = (int)strlen(head[c]);
    }
    for (unsigned i = 0; i < m->rows_count; i++) {
        cell_words(m, &m->rows[i], words);
        for (unsigned c = 0; c < COLUMNS; c++) {
            width[c] = widest(width[c], words[c]);
        }
    }
    print_line(width, head, "because", "", out);
    for (unsigned i = 0; i < m->rows_count; i++) {
        const struct fsm_row *row = &m->rows[i];

        ENSURE(row->clause < CLAUSE_COUNT);
        cell_words(m, row, words);
        print_line(width, words, clause_info[row->clause].where, clause_info[row->clause].words,
                   out);
    }
}

/* What stands in the matrix for |event| in |state|. */
static const char *cell(const struct fsm *m, unsigned state, unsigned event)
{
    const struct fsm_row *row = fsm_find(m, (uint8_t)state, (uint8_t)event);

    return row != NULL ? m->state_names[row->next] : ".";
}

static int column_width(const struct fsm *m, unsigned state)
{
    int width = (int)strlen(m->state_names[state]);

    for (unsigned e = 0; e < m->events; e++) {
        width = widest(width, cell(m, state, e));
    }
    return width;
}

/* Prints |word| in a column; blanks are owed and paid before the next word only, so that no line
 * ends in them. */
static void print_cell(const char *word, int width, int *owed, FILE *out)
{
    fprintf(out, "%*s%s", *owed, "", word);
    *owed = width - (int)strlen(word) + 2;
}

static void print_matrix(const struct fsm *m, FILE *out)
{
    int width[UINT8_MAX + 1];
    int first = 0;
    int owed = 0;

    ENSURE(m->states <= UINT8_MAX);
    for (unsigned e = 0; e < m->events; e++) {
        first = widest(first, m->event_names[e]);
    }
    print_cell("", first, &owed, out);
    for (unsigned s = 0; s < m->states; s++) {
        width[s] = column_width(m, s);
        print_cell(m->state_names[s], width[s], &owed, out);
    }
    fputc('\n', out);
    for (unsigned e = 0; e < m->events; e++) {
        owed = 0;
        print_cell(m->event_names[e], first, &owed, out);
        for (unsigned s = 0; s < m->states; s++) {
            print_cell(cell(m, s, e), width[s], &owed, out);
        }
        fputc('\n', out);
    }
}

void fsm_print(const struct fsm *m, FILE *out)
{
    fprintf(out, "%s: %u states, %u events, %u rows\n\n", m->title, m->states, m->events,
            m->rows_count);
    print_rows(m, out);
    fprintf(
        out,
        "\nThe next state for each event and state; '.' is not expected, noted and dropped\n\n");
    print_matrix(m, out);
}

void fsm_print_timers(FILE *out)
{
    fprintf(out, "timers: %d\n\n%-9s  %10s  %10s  %10s  %-9s  %s\n", TIMER_COUNT, "timer", "ms",
            "cap ms", "largest ms", "rule", "what it is");
    for (unsigned t = 0; t < TIMER_COUNT; t++) {
        const struct timer_info *i = &timer_info[t];

        fprintf(out, "%-9s  %10u  %10u  %10u  %-9s  %s\n", i->name, i->default_ms, i->cap_ms,
                i->max_ms, i->rule, i->words);
    }
}

void fsm_print_switches(FILE *out)
{
    fprintf(out, "switches: %d\n\n%-20s  %-6s  %-8s  %-7s  %s\n", SW_COUNT, "switch", "rule",
            "hardened", "literal", "what it does");
    for (unsigned s = 0; s < SW_COUNT; s++) {
        const struct switch_info *i = &switch_info[s];

        fprintf(out, "%-20s  %-6s  %-8s  %-7s  %s\n", i->name, i->rule, i->on ? "on" : "off",
                i->literal ? "may be" : "never", i->words);
    }
}
