#include "scenarios/sim/drive/live.h"

#include "common/base/ensure.h"
#include "scenarios/sim/drive/live_parts.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long a phase may take, in microseconds. */
#define QUIT_US UINT64_C(5000000) /* to stop cleanly when told so */
#define TERM_US UINT64_C(1000000) /* to stop when told so by SIGTERM */
#define TURN_US UINT64_C(2000000) /* to send the datagrams that were announced */

uint64_t live_clock_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t live_now(const struct live *l)
{
    return l->conf->lockstep ? l->now_us : live_clock_us() - l->t0_us;
}

void live_fail(struct live *l, const char *words)
{
    if (l->why[0] == '\0') {
        snprintf(l->why, sizeof l->why, "%s", words);
    }
    if (l->stage != NULL) {
        stage_fail(l->stage, l->phase == PHASE_RUN ? live_now(l) : l->end_us, words);
    }
    l->failed = true;
}

bool live_is_stopped(const struct live *l)
{
    return l->failed || l->signal != 0 || (l->conf->stop != NULL && *l->conf->stop);
}

/* ---- what the stage wants ---- */

static bool settled(void *arg, uint64_t now_us)
{
    struct live *l = arg;

    return l->conf->settled == NULL || l->conf->settled(l->conf->arg, now_us);
}

/* ---- phases ---- */

static void say_all(struct live *l, const char *line)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (l->daemons[i].child.pid != 0) {
            live_daemon_say(&l->daemons[i], line);
        }
    }
}

static void signal_all(struct live *l, int number)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (l->daemons[i].child.pid != 0) {
            (void)kill(l->daemons[i].child.pid, number);
        }
    }
}

static bool all_ready(const struct live *l)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (!l->daemons[i].ready) {
            return false;
        }
    }
    return true;
}

static bool all_ended(const struct live *l)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (l->daemons[i].child.pid != 0) {
            return false;
        }
    }
    return true;
}

/* The daemons stand: time begins. */
static void begin(struct live *l)
{
    const struct stage_hooks hooks = {.arg = l,
                                      .deliver = live_deliver,
                                      .order = live_order,
                                      .process = live_process,
                                      .copy = live_copy,
                                      .settled = settled};
    char line[64];

    l->t0_us = live_clock_us();
    l->phase = PHASE_RUN;
    l->stage = stage_new(l->conf->run, l->conf->sinks, l->conf->sinks_count, &hooks);
    if (l->stage == NULL) {
        live_fail(l, "memory is short");
        return;
    }
    snprintf(line, sizeof line, "start %llu", (unsigned long long)l->t0_us);
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        live_grant(l, &l->daemons[i]);
        live_daemon_say(&l->daemons[i], line);
        live_owe(l, &l->daemons[i]);
    }
    live_rest(l);
}

static void stop(struct live *l)
{
    l->end_us = l->phase == PHASE_RUN ? live_now(l) : 0;
    l->phase = PHASE_QUIT;
    l->until_us = live_clock_us() + QUIT_US;
    live_process_release(l);
    say_all(l, "counters");
    say_all(l, "quit");
}

/* A daemon that does not stop cleanly in time is stopped, and that is told. */
static void press(struct live *l)
{
    char words[LIVE_WHY_MAX];

    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (l->daemons[i].child.pid != 0) {
            snprintf(words, sizeof words, "%s does not stop", l->daemons[i].child.program);
            live_fail(l, words);
        }
    }
    signal_all(l, l->phase == PHASE_QUIT ? SIGTERM : SIGKILL);
    l->until_us = live_clock_us() + TERM_US;
    l->phase = PHASE_KILL;
}

static void blame_start(struct live *l, unsigned daemon)
{
    char words[LIVE_WHY_MAX];

    live_blame(&l->daemons[daemon], "is not ready after 5 s", words);
    live_fail(l, words);
}

static void late_start(struct live *l)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (!l->daemons[i].ready) {
            blame_start(l, i);
            return;
        }
    }
}

/* The same for those that start again in the run. */
static void check_starts(struct live *l)
{
    unsigned daemon = 0;

    if (live_process_until_us(l, &daemon) <= live_clock_us()) {
        blame_start(l, daemon);
    }
}

/* When a daemon whose turn is not complete has had enough time for it, since the start. */
static uint64_t turns_until_us(const struct live *l, unsigned *daemon)
{
    uint64_t at = UINT64_MAX;

    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (l->turns[i].held_count > 0 && !l->daemons[i].paused && !l->daemons[i].doomed &&
            l->turns[i].since_us + TURN_US < at) {
            at = l->turns[i].since_us + TURN_US;
            *daemon = i;
        }
    }
    return at;
}

/* Datagrams of a daemon that were announced and did not arrive: the system has lost them. */
static void check_turns(struct live *l)
{
    unsigned i = 0;
    char words[LIVE_WHY_MAX];

    if (turns_until_us(l, &i) <= live_now(l)) {
        snprintf(words, sizeof words, "%llu datagrams of %s were lost on the loopback",
                 (unsigned long long)(l->turns[i].announced - l->turns[i].arrived),
                 l->daemons[i].child.program);
        live_fail(l, words);
    }
}

/* What is to be done now that something has happened or a time has come. */
static void turn(struct live *l)
{
    if (l->phase == PHASE_START && !l->failed && all_ready(l)) {
        begin(l);
    } else if (l->phase == PHASE_START && live_clock_us() >= l->until_us) {
        late_start(l);
    } else if (l->phase >= PHASE_QUIT && live_clock_us() >= l->until_us) {
        press(l);
    }
    if (l->phase == PHASE_RUN && !l->failed && l->conf->lockstep) {
        live_play_lockstep(l);
    } else if (l->phase == PHASE_RUN && !l->failed) {
        check_turns(l);
        check_starts(l);
        stage_run(l->stage, live_now(l));
        live_net_flush(l->net);
        live_watch_writing(l);
    }
    if (l->phase < PHASE_QUIT &&
        (live_is_stopped(l) || (l->phase == PHASE_RUN && stage_over(l->stage)))) {
        stop(l);
        live_watch_writing(l);
    }
}

/* Until when the loop may sleep, on CLOCK_MONOTONIC. */
static uint64_t wake_us(const struct live *l)
{
    uint64_t at = l->until_us;

    if (l->phase == PHASE_RUN) {
        unsigned i;
        uint64_t turns = turns_until_us(l, &i);

        at = stage_deadline(l->stage);
        at = turns < at ? turns : at;
        at = at > UINT64_MAX - l->t0_us ? UINT64_MAX : at + l->t0_us;
        turns = live_process_until_us(l, &i);
        at = turns < at ? turns : at;
    }
    return at;
}

static void loop(struct live *l)
{
    while (!(l->phase >= PHASE_QUIT && all_ended(l))) {
        uint64_t at = wake_us(l);
        uint64_t now = live_clock_us();

        if (at <= now) {
            (void)event_base_loop(l->base, EVLOOP_NONBLOCK);
        } else {
            /* At most a minute at once, so that no deadline is too far for the timer. */
            uint64_t wait = at - now < 60000000 ? at - now : 60000000;
            struct timeval tv = {.tv_sec = (time_t)(wait / 1000000),
                                 .tv_usec = (suseconds_t)(wait % 1000000)};

            (void)event_add(l->timer, &tv);
            (void)event_base_loop(l->base, EVLOOP_ONCE);
        }
        turn(l);
    }
}

/* ---- the whole ---- */

static enum err make_parts(struct live *l)
{
    static const char *const programs[ROLE_COUNT] = {
        [ROLE_HSS] = "hssd", [ROLE_EMSE] = "emsed", [ROLE_EESE] = "eesed", [ROLE_UE] = "ued"};

    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        live_daemon_init(&l->daemons[i], (enum role)i, programs[i]);
        l->mortal[i] = scenario_mortal(l->conf->run->scn, (enum role)i);
        ENSURE(programs[i] != NULL);
    }
    if (live_dir_make(&l->dir, l->why) != ERR_OK || live_net_open(&l->net, l->why) != ERR_OK) {
        return ERR_IO;
    }
    if (live_watch(l) != ERR_OK) {
        return ERR_NO_ROOM;
    }
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        enum err e = live_start_daemon(l, &l->daemons[i]);

        if (e != ERR_OK) {
            return e;
        }
    }
    l->until_us = live_clock_us() + LIVE_START_US;
    return ERR_OK;
}

static void free_parts(struct live *l)
{
    live_unwatch(l);
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        live_daemon_close(&l->daemons[i]);
        live_turn_free(&l->turns[i]);
    }
    live_net_close(l->net);
    live_dir_remove(&l->dir);
    dict_free(&l->told);
}

/* What can be known only now that all is quiet: whether a buffer has ever run over. */
static void judge_buffers(struct live *l)
{
    char link[LIVE_NET_ADDRESS_MAX];
    char words[128];

    if (live_net_overflowed(l->net, link)) {
        snprintf(words, sizeof words, "the receive buffer of the network for %s ran over", link);
        live_fail(l, words);
    }
    if (live_net_strangers(l->net) > 0) {
        fprintf(stderr, "e2esim: %llu datagrams from strangers were ignored\n",
                (unsigned long long)live_net_strangers(l->net));
    }
}

static void finish(struct live *l, uint32_t *fired, struct live_end *out)
{
    const struct scenario *scn = l->conf->run->scn;

    memset(out, 0, sizeof *out);
    judge_buffers(l);
    if (l->signal != 0) {
        char words[64];

        snprintf(words, sizeof words, "stopped by signal %d (%s)", l->signal, strsignal(l->signal));
        live_fail(l, words);
    }
    stage_end(l->stage, l->end_us, &out->outcome);
    for (unsigned i = 0; fired != NULL && i < scn->faults_count; i++) {
        fired[i] = stage_rule_fired(l->stage, i);
    }
    out->signal = l->signal;
}

enum err live_run(const struct live_conf *conf, uint32_t *fired, struct live_end *out,
                  char why[LIVE_WHY_MAX])
{
    struct live *l = calloc(1, sizeof *l);
    enum err e;

    if (l == NULL) {
        snprintf(why, LIVE_WHY_MAX, "memory is short");
        return ERR_NO_ROOM;
    }
    l->conf = conf;
    l->dir.keep = -1;
    e = make_parts(l);
    l->failed = e != ERR_OK;
    if (l->base != NULL) {
        loop(l);
    }
    if (l->failed && l->signal == 0) {
        live_repeat_said(l);
    }
    if (l->stage != NULL) {
        finish(l, fired, out);
        e = ERR_OK;
    } else {
        snprintf(why, LIVE_WHY_MAX, "%s", l->why);
        e = e != ERR_OK ? e : ERR_IO;
        out->signal = l->signal;
    }
    stage_free(l->stage);
    free_parts(l);
    free(l);
    return e;
}
