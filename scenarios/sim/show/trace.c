#include "scenarios/sim/show/trace.h"

#include "common/base/ensure.h"

const char *fate_name(enum fate f)
{
    static const char *const names[FATE_COUNT] = {
        [FATE_DELIVERED] = "delivered",   [FATE_DROPPED] = "dropped",
        [FATE_DUPLICATED] = "duplicated", [FATE_DELAYED] = "delayed",
        [FATE_CORRUPTED] = "corrupted",   [FATE_INJECTED] = "injected",
        [FATE_TRUNCATED] = "truncated",   [FATE_HELD] = "held",
        [FATE_REORDERED] = "reordered",   [FATE_SWAPPED] = "swapped",
        [FATE_RELEASED] = "released",     [FATE_KEPT] = "kept",
    };

    ENSURE(f < FATE_COUNT);
    return names[f];
}

bool fate_arrives(enum fate f)
{
    return f != FATE_DROPPED && f != FATE_KEPT;
}

bool fate_alters(enum fate f)
{
    return f == FATE_CORRUPTED || f == FATE_TRUNCATED || f == FATE_SWAPPED;
}

/* A forgery can be lost too, where its link is cut. */
bool trace_is_sent(const struct trace_msg *m)
{
    return !fate_alters(m->fate) && m->fate != FATE_INJECTED && m->fate != FATE_DUPLICATED &&
           !(m->fate == FATE_DROPPED && m->attempt == 0);
}

int trace_ue(const struct trace_event *e)
{
    return e->kind == TRACE_MSG ? e->u.msg.ue : e->ue;
}
