#include "scenarios/sim/script/secret.h"

#include "common/base/ensure.h"

const char *secret_name(enum secret s)
{
    static const char *const names[SECRET_COUNT] = {
        [SECRET_E2E] = "e2eKEYSET",        [SECRET_E2M] = "e2mKEYSET", [SECRET_K] = "K",
        [SECRET_VECTOR] = "access vector", [SECRET_RAND] = "RAND",     [SECRET_TEXT] = "text",
    };

    ENSURE(s < SECRET_COUNT);
    return names[s];
}
