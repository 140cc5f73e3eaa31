#include "scenarios/sim/script/process.h"

#include "common/base/ensure.h"

const char *process_change_name(enum process_change c)
{
    static const char *const names[PROCESS_CHANGE_COUNT] = {
        [PROCESS_DIES] = "dies",       [PROCESS_STARTS] = "starts", [PROCESS_PAUSES] = "pauses",
        [PROCESS_RESUMES] = "resumes", [PROCESS_CLOCK] = "clock",
    };

    ENSURE(c < PROCESS_CHANGE_COUNT);
    return names[c];
}

const char *state_left_name(enum state_left l)
{
    static const char *const names[LEFT_COUNT] = {
        [LEFT_ALL] = "all",
        [LEFT_BUT_LAST] = "all but the last save",
        [LEFT_OLD] = "an old copy",
        [LEFT_NOTHING] = "nothing",
    };

    ENSURE(l < LEFT_COUNT);
    return names[l];
}
