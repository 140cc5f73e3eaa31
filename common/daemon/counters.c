#include "common/daemon/counters.h"

#include "common/base/ensure.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const err_names[ERR_COUNT] = {
#define ERR_NAME(name, words) [ERR_##name] = #name,
    ERR_LIST(ERR_NAME)
#undef ERR_NAME
};

size_t counters_text(const struct node *n, const struct udp_counters *u,
                     char line[COUNTERS_TEXT_MAX])
{
    const struct node_counters *c = node_counters(n);
    uint64_t refused = 0;
    size_t len = 0;

    for (unsigned e = 0; e < ERR_COUNT; e++) {
        refused += c->refused[e];
    }
    const struct {
        const char *name;
        uint64_t value;
    } all[] = {
        {"contexts", node_size(n)}, {"steps", c->steps},           {"unexpected", c->unexpected},
        {"unrouted", c->unrouted},  {"table_full", c->table_full}, {"received", u->received},
        {"oversize", u->oversize},  {"stranger", u->stranger},     {"overflow", u->overflow},
        {"sent", u->sent},          {"send_lost", u->send_lost},   {"no_address", u->no_address},
        {"refused", refused},
    };

    len += (size_t)snprintf(line, COUNTERS_TEXT_MAX, "counters");
    for (unsigned i = 0; i < COUNT_OF(all); i++) {
        len += (size_t)snprintf(line + len, COUNTERS_TEXT_MAX - len, " %s=%" PRIu64, all[i].name,
                                all[i].value);
    }
    for (unsigned e = 0; e < ERR_COUNT; e++) {
        if (c->refused[e] != 0) {
            len += (size_t)snprintf(line + len, COUNTERS_TEXT_MAX - len, " refused_%s=%" PRIu64,
                                    err_names[e], c->refused[e]);
        }
        ENSURE(len < COUNTERS_TEXT_MAX);
    }
    return len;
}
