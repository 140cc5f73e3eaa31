/* "Did you mean": the word closest to what was found. */
#include "scenarios/sim/script/value.h"

#include <string.h>

enum { DISTANCE_LEN_MAX = 40 };

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned word_distance(const char *a, const char *b, unsigned most)
{
    size_t la = strlen(a);
    size_t lb = strlen(b);
    unsigned d[3][DISTANCE_LEN_MAX + 1];

    if (la > DISTANCE_LEN_MAX || lb > DISTANCE_LEN_MAX) {
        return most + 1;
    }
    for (unsigned j = 0; j <= lb; j++) {
        d[0][j] = j;
    }
    for (unsigned i = 1; i <= la; i++) {
        unsigned *row = d[i % 3];
        const unsigned *up = d[(i + 2) % 3];
        const unsigned *upper = d[(i + 1) % 3];

        row[0] = i;
        for (unsigned j = 1; j <= lb; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);

            row[j] = least(least(up[j], row[j - 1]) + 1, up[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = least(row[j], upper[j - 2] + 1);
            }
        }
    }
    return least(d[la % 3][lb], most + 1);
}

const char *value_closest(const struct value_type *type, const struct scenario *s,
                          const char *found, unsigned *distance)
{
    const char *best = NULL;

    for (unsigned i = 0; type->word != NULL && type->word(s, i) != NULL; i++) {
        unsigned d = word_distance(found, type->word(s, i), *distance);

        if (d < *distance + (best == NULL ? 1 : 0)) {
            best = type->word(s, i);
            *distance = d;
        }
    }
    return best;
}
