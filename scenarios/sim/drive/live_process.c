/* Processes that the script ends, starts again, stops and sets wrong, and what is sent to them
 * meanwhile. */
#include "scenarios/sim/drive/live_parts.h"
#include "scenarios/sim/drive/live_state.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* ---- what is for a daemon ---- */

static void say(struct live *l, struct live_daemon *d, const char *line)
{
    if (!d->deaf) {
        live_daemon_say(d, line);
    } else if (live_daemon_wait(d, true, ROLE_COUNT, line, strlen(line) + 1) != ERR_OK) {
        live_fail(l, "memory is short");
    }
}

/* A daemon is to die of its N-th datagram: it has to know that before it gets it. */
static void announce_death(struct live *l, struct live_daemon *d, enum kill kill)
{
    char line[64];

    snprintf(line, sizeof line, "die %" PRIu64 " %s", d->handed,
             kill == KILL_RECEIVER_BEFORE ? "before" : "after");
    say(l, d, line);
    d->doomed = true;
    d->deaf = true;
}

void live_deliver(void *arg, uint64_t now_us, const struct relay_delivery *r)
{
    struct live *l = arg;
    struct live_daemon *d = live_daemon_of(l, r->to);

    (void)now_us;
    d->handed++;
    if (r->kill != KILL_NOBODY) {
        announce_death(l, d, r->kill);
    }
    if (!d->deaf) {
        live_net_send(l->net, r->from, r->to, r->octets, r->len);
        live_owe(l, d);
    } else if (live_daemon_wait(d, false, r->from, r->octets, r->len) != ERR_OK) {
        live_fail(l, "memory is short");
    }
    live_rest(l);
}

void live_order(void *arg, uint64_t now_us, enum role role, unsigned ue, const struct order *o)
{
    struct live *l = arg;
    struct live_daemon *d = live_daemon_of(l, role);
    char line[CONTROL_LINE_MAX];

    (void)now_us;
    (void)control_order_text(&l->conf->run->scn->ues[ue].imsi, o, line);
    if (!d->deaf) {
        live_grant(l, d);
    }
    say(l, d, line);
    live_owe(l, d);
    live_rest(l);
}

static void give(struct live *l, struct live_daemon *d, const struct live_item *item)
{
    if (!item->is_line) {
        live_net_send(l->net, item->from, d->role, (const uint8_t *)item->octets, item->len);
        live_owe(l, d);
    } else if (strncmp(item->octets, "die ", 4) == 0) {
        live_daemon_say(d, item->octets);
        d->deaf = true; /* until it says that it will */
    } else {
        live_grant(l, d);
        live_daemon_say(d, item->octets);
        live_owe(l, d);
    }
}

void live_process_listens(struct live *l, struct live_daemon *d)
{
    d->deaf = false;
    while (d->inbox_first < d->inbox_count && !d->deaf) {
        give(l, d, &d->inbox[d->inbox_first++]);
        live_rest(l);
    }
    if (d->inbox_first == d->inbox_count) {
        d->inbox_first = 0;
        d->inbox_count = 0;
    }
}

/* ---- lives ---- */

static enum err leave(struct live *l, const struct live_daemon *d, char why[LIVE_STATE_WHY_MAX])
{
    char state[SPAWN_PATH_MAX];
    char copy[SPAWN_PATH_MAX + 16];

    live_state_path(l, d->role, state);
    if (d->next.left == LEFT_NOTHING) {
        return live_state_wipe(state, why);
    }
    if (d->next.left == LEFT_BUT_LAST) {
        return live_state_lose_last(state, why);
    }
    if (d->next.left == LEFT_OLD) {
        snprintf(copy, sizeof copy, "%s-copy-%u", state, d->next.copy);
        return live_state_copy(copy, state, why);
    }
    return ERR_OK;
}

static void start_again(struct live *l, struct live_daemon *d)
{
    char why[LIVE_STATE_WHY_MAX];

    live_daemon_renew(d);
    d->life++;
    d->deaf = true;
    d->until_us = live_clock_us() + LIVE_START_US;
    stage_started(l->stage, live_now(l), d->role, d->next.left);
    if (leave(l, d, why) != ERR_OK) {
        live_fail(l, why);
    } else if (live_start_daemon(l, d) != ERR_OK) {
        live_fail(l, l->why[0] != '\0' ? l->why : "a daemon does not start again");
    }
}

static void say_clock(struct live *l, struct live_daemon *d)
{
    char line[96];

    snprintf(line, sizeof line, "clock %" PRIu64 " %" PRIu64 " %" PRId32,
             d->clock.real_us + l->t0_us, d->clock.local_us + l->t0_us, d->clock.ppm);
    live_daemon_say(d, line);
}

static bool is_right(const struct skew *s)
{
    return s->real_us == s->local_us && s->ppm == 0;
}

void live_process_ready(struct live *l, struct live_daemon *d)
{
    char line[64];

    d->until_us = 0;
    live_grant(l, d);
    if (!is_right(&d->clock)) {
        say_clock(l, d);
    }
    snprintf(line, sizeof line, "start %" PRIu64, l->t0_us);
    live_daemon_say(d, line);
    if (l->conf->lockstep) {
        d->deaf = false;
        d->starts = true;
        live_owe(l, d);
        return;
    }
    live_process_listens(l, d);
    stage_listens(l->stage, d->role);
}

bool live_process_ended(struct live *l, struct live_daemon *d)
{
    bool again = d->restarts;

    if (!d->doomed || l->phase != PHASE_RUN) {
        return false;
    }
    live_read_last(l, d->role);
    live_unwatch_daemon(l, d->role);
    d->doomed = false;
    d->ready = false;
    stage_died(l->stage, live_now(l), d->role);
    if (again) {
        start_again(l, d);
    }
    return true;
}

uint64_t live_process_until_us(const struct live *l, unsigned *daemon)
{
    uint64_t at = UINT64_MAX;

    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (l->daemons[i].until_us != 0 && l->daemons[i].until_us < at) {
            at = l->daemons[i].until_us;
            *daemon = i;
        }
    }
    return at;
}

/* ---- the script's sentences ---- */

static void end_life(struct live *l, struct live_daemon *d, uint64_t now_us,
                     const struct scn_process *p)
{
    (void)l;
    (void)now_us;
    (void)p;
    d->doomed = true;
    d->paused = false;
    (void)kill(d->child.pid, SIGKILL);
}

static void begin_life(struct live *l, struct live_daemon *d, uint64_t now_us,
                       const struct scn_process *p)
{
    d->next = *p;
    if (d->child.pid != 0) {
        d->restarts = true; /* it is still dying */
        if (d->paused) {    /* the datagram it should die of not taken yet */
            end_life(l, d, now_us, p);
        }
    } else {
        start_again(l, d);
    }
}

static void stop_life(struct live *l, struct live_daemon *d, uint64_t now_us,
                      const struct scn_process *p)
{
    (void)now_us;
    (void)p;
    d->paused = true;
    d->deaf = d->deaf || l->conf->lockstep; /* what it gets is then given to it one by one */
    (void)kill(d->child.pid, SIGSTOP);
}

static void resume_life(struct live *l, struct live_daemon *d, uint64_t now_us,
                        const struct scn_process *p)
{
    (void)p;
    d->paused = false;
    l->turns[d->role].since_us = now_us;
    (void)kill(d->child.pid, SIGCONT);
    if (l->conf->lockstep) {
        d->deaf = false;
        live_tick(l, d);
        live_process_listens(l, d);
    }
}

static void change_clock(struct live *l, struct live_daemon *d, uint64_t now_us,
                         const struct scn_process *p)
{
    d->clock = p->jumps ? skew_change(&d->clock, now_us, d->clock.ppm, p->jump_us)
                        : skew_change(&d->clock, now_us, p->ppm, 0);
    if (d->ready) {
        say_clock(l, d);
        live_owe(l, d);
    }
}

void live_process(void *arg, uint64_t now_us, enum role role, const struct scn_process *p)
{
    static void (*const changes[PROCESS_CHANGE_COUNT])(
        struct live * l, struct live_daemon * d, uint64_t now_us, const struct scn_process *p) = {
        [PROCESS_DIES] = end_life,      [PROCESS_STARTS] = begin_life,
        [PROCESS_PAUSES] = stop_life,   [PROCESS_RESUMES] = resume_life,
        [PROCESS_CLOCK] = change_clock,
    };
    struct live *l = arg;

    changes[p->what](l, live_daemon_of(l, role), now_us, p);
    live_rest(l);
}

void live_copy(void *arg, enum role role, unsigned copy)
{
    struct live *l = arg;
    char state[SPAWN_PATH_MAX];
    char to[SPAWN_PATH_MAX + 16];
    char why[LIVE_STATE_WHY_MAX];

    live_state_path(l, role, state);
    snprintf(to, sizeof to, "%s-copy-%u", state, copy);
    if (live_state_copy(state, to, why) != ERR_OK) {
        live_fail(l, why);
    }
}

void live_process_release(struct live *l)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (l->daemons[i].paused && l->daemons[i].child.pid != 0) {
            (void)kill(l->daemons[i].child.pid, SIGCONT);
        }
    }
}
