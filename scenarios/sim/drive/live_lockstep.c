/* Time that this program grants: a daemon does nothing but what it is let do, and says when that is
 * over. */
#include "scenarios/sim/drive/clockwork.h"
#include "scenarios/sim/drive/live_parts.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* How long all daemons may take, together, to do what follows from one event, in microseconds. */
#define REST_US UINT64_C(10000000)

static void grant(struct live *l, struct live_daemon *d, const char *what)
{
    char line[64];

    d->grants++;
    snprintf(line, sizeof line, "%s %" PRIu64, what, l->t0_us + l->now_us);
    live_daemon_say(d, line);
}

void live_grant(struct live *l, struct live_daemon *d)
{
    if (l->conf->lockstep) {
        grant(l, d, "step");
    }
}

void live_owe(struct live *l, struct live_daemon *d)
{
    d->owed = l->conf->lockstep;
}

/* Whether it does anything at all. */
static bool is_up(const struct live_daemon *d)
{
    return d->child.pid != 0 && !d->paused;
}

void live_take_idle(struct live *l, struct live_daemon *d, const char *words)
{
    char *end;
    uint64_t due_us;

    d->answered = strtoull(words, &end, 10);
    if (*end != ' ') {
        live_fail(l, "a daemon does not say when its next timer is due");
        return;
    }
    due_us = strtoull(end + 1, NULL, 10);
    d->due_us = due_us == UINT64_MAX ? due_us : due_us > l->t0_us ? due_us - l->t0_us : 0;
    if (d->starts && !d->owed && d->answered == d->grants) {
        d->starts = false;
        live_process_listens(l, d);
        stage_listens(l->stage, d->role);
    }
}

/* ---- rest ---- */

static bool all_rest(const struct live *l)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        const struct live_daemon *d = &l->daemons[i];

        if (is_up(d) && (d->doomed || d->deaf || d->starts || d->owed || d->answered != d->grants ||
                         l->turns[i].arrived < l->turns[i].announced)) {
            return false;
        }
    }
    return true;
}

/* What was sent to a daemon lies in its socket before it is told to look there. */
static void pay(struct live *l)
{
    live_net_flush(l->net);
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        struct live_daemon *d = &l->daemons[i];

        if (d->owed && is_up(d) && !d->deaf) {
            d->owed = false;
            grant(l, d, "step");
        }
    }
    live_watch_writing(l);
}

/* Waits for one thing to happen, until |until_us| at most. */
static void wait_for_one(struct live *l, uint64_t until_us)
{
    uint64_t now_us = live_clock_us();
    uint64_t left_us = until_us > now_us ? until_us - now_us : 0;
    struct timeval tv = {.tv_sec = (time_t)(left_us / 1000000),
                         .tv_usec = (suseconds_t)(left_us % 1000000)};

    if (left_us == 0) {
        live_fail(l, "a daemon does not come to rest in 10 s");
        return;
    }
    (void)event_add(l->timer, &tv);
    (void)event_base_loop(l->base, EVLOOP_ONCE);
}

void live_rest(struct live *l)
{
    uint64_t until_us;

    if (!l->conf->lockstep || l->resting || l->phase != PHASE_RUN) {
        return;
    }
    l->resting = true;
    until_us = live_clock_us() + REST_US;
    while (!live_is_stopped(l) && !all_rest(l)) {
        pay(l);
        wait_for_one(l, until_us);
    }
    l->resting = false;
}

/* ---- the clock ---- */

static uint64_t next_timer(void *arg)
{
    struct live *l = arg;
    uint64_t next_us = UINT64_MAX;

    live_rest(l);
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        const struct live_daemon *d = &l->daemons[i];

        next_us = is_up(d) && d->due_us < next_us ? d->due_us : next_us;
    }
    return next_us;
}

static bool run_timers(void *arg, uint64_t now_us)
{
    struct live *l = arg;

    for (unsigned i = 0; i < LIVE_DAEMONS && !live_is_stopped(l); i++) {
        struct live_daemon *d = &l->daemons[i];

        if (is_up(d) && d->due_us <= now_us) {
            live_tick(l, d);
            return true;
        }
    }
    return false;
}

void live_tick(struct live *l, struct live_daemon *d)
{
    grant(l, d, "tick");
    live_rest(l);
}

static bool is_stopped(void *arg)
{
    return live_is_stopped(arg);
}

void live_play_lockstep(struct live *l)
{
    const struct clockwork c = {
        .arg = l, .deadline = next_timer, .timers = run_timers, .stopped = is_stopped};

    clockwork_play(l->stage, &c, &l->now_us);
}
