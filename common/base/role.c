#include "common/base/role.h"

#include "common/base/ensure.h"

#include <string.h>

static const char *const names[ROLE_COUNT] = {
#define ROLE_NAME(name) [ROLE_##name] = #name,
    ROLE_LIST(ROLE_NAME)
#undef ROLE_NAME
};

const char *role_name(enum role r)
{
    ENSURE(r < ROLE_COUNT);
    return names[r];
}

enum role role_by_name(const char *name)
{
    for (unsigned r = 0; r < ROLE_COUNT; r++) {
        if (strcmp(names[r], name) == 0) {
            return (enum role)r;
        }
    }
    return ROLE_COUNT;
}
