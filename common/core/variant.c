#include "common/core/variant.h"

#include "common/base/ensure.h"

#include <string.h>

const struct switch_info switch_info[SW_COUNT] = {
#define SWITCH_INFO(id, name_, rule_, on_, literal_, words_) \
    [SW_##id] = { \
        .name = (name_), .rule = (rule_), .words = (words_), .on = (on_), .literal = (literal_)},
    SWITCH_LIST(SWITCH_INFO)
#undef SWITCH_INFO
};

static const char *const variant_names[VARIANT_COUNT] = {
    [VARIANT_LITERAL] = "literal",
    [VARIANT_HARDENED] = "hardened",
};

struct variant_set variant_default(enum variant v)
{
    struct variant_set set = {.variant = v, .switches = 0};

    for (unsigned s = 0; v == VARIANT_HARDENED && s < SW_COUNT; s++) {
        set.switches |= (uint32_t)switch_info[s].on << s;
    }
    return set;
}

const char *variant_name(enum variant v)
{
    ENSURE(v < VARIANT_COUNT);
    return variant_names[v];
}

enum variant variant_by_name(const char *name)
{
    for (unsigned v = 0; v < VARIANT_COUNT; v++) {
        if (strcmp(variant_names[v], name) == 0) {
            return (enum variant)v;
        }
    }
    return VARIANT_COUNT;
}

enum sw switch_by_name(const char *name)
{
    for (unsigned s = 0; s < SW_COUNT; s++) {
        if (strcmp(switch_info[s].name, name) == 0) {
            return (enum sw)s;
        }
    }
    return SW_COUNT;
}
