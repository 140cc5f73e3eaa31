/* Ranges of IMSIs. */
#include "common/daemon/config_table.h"

#include "common/base/ensure.h"
#include "common/daemon/config_value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number_of(const struct ident *imsi)
{
    uint64_t v = 0;

    ENSURE(config_number_read(imsi->s, UINT64_MAX, &v));
    return v;
}

bool config_range_set(struct config *c, const struct ident *first, uint32_t count,
                      struct config_range *out)
{
    uint64_t end = 1; /* one past the last number of so many digits */

    for (unsigned i = 0; i < first->len; i++) {
        end *= 10;
    }
    out->first = *first;
    out->count = count == 0 ? 1 : count;
    out->at = config_at(c, 1);
    if (out->count > end - number_of(first)) {
        config_error(c, out->at, "there are no %" PRIu32 " IMSIs of %u digits from %s on",
                     out->count, first->len, first->s);
        return false;
    }
    return true;
}

void config_range_imsi(const struct config_range *r, uint32_t i, struct ident *out)
{
    uint64_t v = number_of(&r->first) + i;

    *out = r->first;
    for (unsigned at = out->len; at-- > 0; v /= 10) {
        out->s[at] = (char)('0' + v % 10);
    }
}

static const struct config_place whole_text = {0, 0};

uint32_t config_ranges_total(struct config *c, const void *items, unsigned n, size_t size)
{
    const unsigned char *p = items;
    uint64_t total = 0;

    for (unsigned i = 0; i < n; i++, p += size) {
        total += ((const struct config_range *)(const void *)p)->count;
    }
    if (total > CONFIG_CONTEXTS_MAX) {
        config_error(c, whole_text, "%" PRIu64 " IMSIs are too many; at most %d", total,
                     CONFIG_CONTEXTS_MAX);
        return 0;
    }
    return (uint32_t)total;
}

uint32_t config_ranges_room(struct config *c, const void *items, unsigned n, size_t size)
{
    uint32_t total = config_ranges_total(c, items, n, size);
    uint32_t room = c->shared->contexts;

    if (room != 0 && room < total) {
        config_error(c, whole_text, "%" PRIu32 " IMSIs need more room than 'contexts %" PRIu32 "'",
                     total, room);
    }
    return room != 0 ? room : total != 0 ? total : 1;
}

struct by_first {
    const struct config_range *range;
};

/* IMSIs of different length are different: order by length, then by number. */
static int compare(const void *a, const void *b)
{
    const struct config_range *x = ((const struct by_first *)a)->range;
    const struct config_range *y = ((const struct by_first *)b)->range;

    if (x->first.len != y->first.len) {
        return x->first.len < y->first.len ? -1 : 1;
    }
    if (number_of(&x->first) != number_of(&y->first)) {
        return number_of(&x->first) < number_of(&y->first) ? -1 : 1;
    }
    return x->at.line < y->at.line ? -1 : x->at.line > y->at.line;
}

static bool overlap(const struct config_range *a, const struct config_range *b)
{
    return a->first.len == b->first.len && number_of(&b->first) - number_of(&a->first) < a->count;
}

void config_ranges_check(struct config *c, const void *items, unsigned n, size_t size,
                         const char *what)
{
    struct by_first *sorted = calloc(n == 0 ? 1 : n, sizeof *sorted);
    const struct config_range *reach = NULL; /* of those before, the one that goes furthest */
    const unsigned char *p = items;

    if (sorted == NULL) {
        c->short_of_memory = true;
        return;
    }
    for (unsigned i = 0; i < n; i++, p += size) {
        sorted[i].range = (const struct config_range *)(const void *)p;
    }
    qsort(sorted, n, sizeof *sorted, compare);
    for (unsigned i = 0; i < n; i++) {
        const struct config_range *next = sorted[i].range;

        if (reach != NULL && overlap(reach, next)) {
            bool swapped = next->at.line < reach->at.line;

            config_error(c, swapped ? reach->at : next->at, "%s %s stands already in line %u", what,
                         next->first.s, swapped ? next->at.line : reach->at.line);
        }
        if (reach == NULL || reach->first.len != next->first.len ||
            number_of(&next->first) + next->count > number_of(&reach->first) + reach->count) {
            reach = next;
        }
    }
    free(sorted);
}
