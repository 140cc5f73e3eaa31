#include "scenarios/sim/cli/court.h"

#include "common/base/ensure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err court_open(struct court *c, const struct scenario *scn, enum play_mode mode)
{
    memset(c, 0, sizeof *c);
    c->run.scn = scn;
    c->run.mode = play_mode_name(mode);
    c->mode = mode;
    c->judge = judge_new(&c->run);
    c->invariants = invariants_new(&c->run);
    c->report = report_new(&c->run);
    if (c->judge == NULL || c->invariants == NULL || c->report == NULL) {
        return ERR_NO_ROOM;
    }
    court_listen(c, judge_event, c->judge);
    court_listen(c, invariants_event, c->invariants);
    court_listen(c, report_event, c->report);
    return ERR_OK;
}

void court_close(struct court *c)
{
    judge_free(c->judge);
    invariants_free(c->invariants);
    report_free(c->report);
}

void court_listen(struct court *c, void (*event)(void *, const struct trace_event *), void *arg)
{
    ENSURE(c->sinks_count < COURT_SINKS_MAX);
    c->sinks[c->sinks_count].event = event;
    c->sinks[c->sinks_count].arg = arg;
    c->sinks_count++;
}

static bool settled(void *arg, uint64_t now_us)
{
    const struct court *c = arg;

    return judge_settled(c->judge, now_us);
}

enum err court_play(struct court *c, const bool *stop, char why[PLAY_WHY_MAX])
{
    const struct play conf = {
        .mode = c->mode,
        .run = &c->run,
        .sinks = c->sinks,
        .sinks_count = c->sinks_count,
        .settled = settled,
        .arg = c,
        .stop = stop,
    };
    uint32_t *fired = calloc(c->run.scn->faults_count + 1, sizeof *fired);
    enum err e;

    if (fired == NULL) {
        snprintf(why, PLAY_WHY_MAX, "memory is short");
        return ERR_NO_ROOM;
    }
    e = play(&conf, fired, &c->played, why);
    if (e == ERR_OK) {
        judge_finish(c->judge, c->played.end_us);
        for (unsigned i = 0; !c->played.failed && i < c->run.scn->faults_count; i++) {
            if (fired[i] == 0) {
                judge_vacuous(c->judge, i);
            }
        }
        c->verdict = report_verdict(c->report, c->judge, c->invariants);
    }
    free(fired);
    return e;
}
