#include "scenarios/sim/cli/play.h"

#include "common/base/ensure.h"
#include "scenarios/sim/drive/cond.h"
#include "scenarios/sim/drive/live.h"
#include "scenarios/sim/drive/virtual.h"

#include <stdio.h>
#include <string.h>

const char *play_mode_name(enum play_mode m)
{
    static const char *const names[PLAY_MODE_COUNT] = {
        [PLAY_LIVE] = "live", [PLAY_LOCKSTEP] = "lockstep", [PLAY_VIRTUAL] = "virtual"};

    ENSURE(m < PLAY_MODE_COUNT);
    return names[m];
}

static void keep_outcome(struct played *out, const struct outcome *o)
{
    out->end_us = o->end_us;
    out->failed = o->failed;
    snprintf(out->why, sizeof out->why, "%s", o->why);
}

static enum err play_live(const struct play *p, uint32_t *fired, struct played *out,
                          char why[PLAY_WHY_MAX])
{
    const struct live_conf conf = {
        .lockstep = p->mode == PLAY_LOCKSTEP,
        .run = p->run,
        .sinks = p->sinks,
        .sinks_count = p->sinks_count,
        .settled = p->settled,
        .arg = p->arg,
        .stop = p->stop,
    };
    struct live_end end = {.signal = 0};
    enum err e = live_run(&conf, fired, &end, why);

    keep_outcome(out, &end.outcome);
    out->signal = end.signal;
    return e;
}

enum err play(const struct play *p, uint32_t *fired, struct played *out, char why[PLAY_WHY_MAX])
{
    struct outcome outcome = {0};
    enum err e;

    memset(out, 0, sizeof *out);
    if (p->mode != PLAY_VIRTUAL) {
        return play_live(p, fired, out, why);
    }
    e = virtual_run(p->run, p->sinks, p->sinks_count, p->settled, p->arg, fired, &outcome, why);
    keep_outcome(out, &outcome);
    return e;
}

static bool check_one(const struct scenario *scn, const struct scn_cond *cond, unsigned line)
{
    char why[COND_WHY_MAX];

    if (cond_check(scn, cond, why) == ERR_OK) {
        return true;
    }
    fprintf(stderr, "%s:%u: error: %s\n", scn->file, line, why);
    return false;
}

bool play_check(const struct scenario *scn)
{
    bool right = true;

    for (unsigned i = 0; i < scn->actions_count; i++) {
        const struct scn_action *a = &scn->actions[i];

        if (a->trigger.on_cond && !check_one(scn, &a->trigger.cond, a->line)) {
            right = false;
        }
    }
    for (unsigned i = 0; i < scn->faults_count; i++) {
        const struct scn_fault *f = &scn->faults[i];

        if (f->kind == FAULT_HOLD && !check_one(scn, &f->until, f->line)) {
            right = false;
        }
    }
    for (unsigned i = 0; i < scn->expects_count; i++) {
        if (!check_one(scn, &scn->expects[i].cond, scn->expects[i].line)) {
            right = false;
        }
    }
    return right;
}
