#include "scenarios/sim/net/coverage.h"

#include "common/base/ensure.h"

const struct coverage_class *coverage_class(enum coverage c)
{
    /* sqrt(28000 * 370), sqrt(170000 * 2500), sqrt(120 ms * 1212 ms) */
    static const struct coverage_class classes[COVERAGE_COUNT] = {
        [COVERAGE_144] = {"144dB", 28000, 170000, 120000, false},
        [COVERAGE_154] = {"154dB", 3219, 20616, 381366, true},
        [COVERAGE_164] = {"164dB", 370, 2500, 1212000, false},
    };

    ENSURE(c > COVERAGE_NONE && c < COVERAGE_COUNT);
    return &classes[c];
}
