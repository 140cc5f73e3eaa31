#include "common/base/prng.h"
#include "scenarios/sim/drive/deploy.h"
#include "scenarios/sim/drive/live_parts.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BATCHES_MAX = 4, /* of one socket before the others have their turn */
    SAID_LINES = 20, /* of a daemon, repeated after a failure */
};

static const int watched_signals[LIVE_SIGNALS] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};

/* Behind "emsed: ", with which the daemons begin what they say. */
static const char *behind_name(const struct live_daemon *d, const char *line)
{
    size_t len = strlen(d->child.program);

    return strncmp(line, d->child.program, len) == 0 && strncmp(line + len, ": ", 2) == 0
               ? line + len + 2
               : line;
}

void live_blame(const struct live_daemon *d, const char *words, char out[LIVE_WHY_MAX])
{
    char line[LIVE_WHY_MAX / 2];
    const char *last;

    spawn_last_line(&d->child, line, sizeof line);
    last = behind_name(d, line);
    snprintf(out, LIVE_WHY_MAX, "%s %.200s%s%s", d->child.program, words,
             last[0] != '\0' ? ": " : "", last);
}

/* ---- lines of a daemon ---- */

static void take_ready(struct live *l, struct live_daemon *d, const char *line)
{
    char role[16];
    char address[LIVE_NET_ADDRESS_MAX];

    if (sscanf(line, "ready %15s %31s", role, address) != 2 ||
        strcmp(role, role_name(d->role)) != 0 ||
        live_net_learn(l->net, d->role, address) != ERR_OK) {
        live_fail(l, "a daemon is ready somewhere else than on the loopback");
        return;
    }
    d->ready = true;
    if (l->phase == PHASE_RUN) {
        live_process_ready(l, d);
    }
}

/* Datagrams that a daemon could not even receive make the run worthless: it shows a loss that
 * nobody asked for. */
static void take_counters(struct live *l, struct live_daemon *d, const char *line)
{
    const char *overflow = strstr(line, " overflow=");
    char words[LIVE_WHY_MAX];

    d->counted = true;
    if (overflow == NULL || strtoull(overflow + strlen(" overflow="), NULL, 10) != 0) {
        snprintf(words, sizeof words, "the receive buffer of %s ran over", d->child.program);
        live_fail(l, words);
    }
}

/* What tells one delivery from another. */
static uint64_t delivery_key(const struct occur *o)
{
    uint64_t key = prng_key(prng_key_text((uint64_t)o->role, o->ue.s), o->ctr);

    key = prng_key(prng_key(key, (uint64_t)o->from), o->epoch);
    for (unsigned i = 0; i < o->len; i++) {
        key = prng_key(key, o->payload[i]);
    }
    return key;
}

/* A daemon that has been killed may not have told what it had made durable, and tells it again;
 * who is told has to know what he has (H16). */
static void take_occur(struct live *l, const struct occur *o, bool again)
{
    if (o->kind == OCCUR_DELIVER && l->mortal[o->role]) {
        uint32_t *times = dict_at(&l->told, delivery_key(o));

        if (times == NULL) {
            live_fail(l, "memory is short");
        } else if ((*times)++ > 0 && again) {
            return;
        }
    }
    stage_occur(l->stage, live_now(l), o);
}

static void take_line(void *arg, struct live_daemon *d, char *line)
{
    struct live *l = arg;
    struct occur o;
    char words[LIVE_WHY_MAX];
    bool again = strncmp(line, "again ", 6) == 0;

    if (strncmp(line, "ready ", 6) == 0) {
        take_ready(l, d, line);
    } else if (strcmp(line, "bye") == 0) {
        d->bye = true;
    } else if (strncmp(line, "counters ", 9) == 0) {
        take_counters(l, d, line);
    } else if (strncmp(line, "sends ", 6) == 0) {
        l->turns[d->role].announced += strtoull(line + 6, NULL, 10);
    } else if (l->phase != PHASE_RUN) {
        return; /* before its beginning or after its end nothing belongs to the run */
    } else if (strncmp(line, "idle ", 5) == 0) {
        live_take_idle(l, d, line + 5);
    } else if (strncmp(line, "dying ", 6) == 0) {
        live_process_listens(l, d);
    } else if (occur_parse(line + (again ? 6 : 0), &o) == ERR_OK && o.role == d->role) {
        take_occur(l, &o, again);
    } else {
        snprintf(words, sizeof words, "%s says: %.300s", d->child.program, line);
        live_fail(l, words);
    }
}

/* ---- watchers ---- */

static void before_datagrams(void *arg, enum role from)
{
    struct live *l = arg;

    live_daemon_drain(live_daemon_of(l, from), take_line, l);
}

static void take_datagram(void *arg, uint64_t sent_ns, enum role from, enum role to,
                          const uint8_t *octets, size_t len)
{
    struct live *l = arg;

    if (live_turn_add(&l->turns[from], live_now(l), sent_ns, to, octets, len) != ERR_OK) {
        live_fail(l, "memory is short");
    }
}

static void read_link(struct live *l, enum role from, enum role to)
{
    unsigned batches = 0;

    while (batches++ < BATCHES_MAX &&
           live_net_receive(l->net, from, to, before_datagrams, take_datagram, l)) {
    }
}

/* Carries on what |from| has sent, once it is whole turns. */
static void carry_on(struct live *l, enum role from)
{
    struct live_turn *t = &l->turns[from];
    uint64_t now = live_now(l);

    if (!live_turn_complete(t)) {
        return;
    }
    live_turn_sort(t);
    for (unsigned i = 0; l->phase == PHASE_RUN && i < t->held_count; i++) {
        stage_send(l->stage, now, from, t->held[i].to, t->held[i].octets, t->held[i].len);
    }
    live_turn_clear(t);
}

/* What was announced and not sent never will be. */
void live_read_last(struct live *l, enum role from)
{
    struct live_turn *t = &l->turns[from];

    for (unsigned to = 0; to < ROLE_COUNT; to++) {
        while (l->links[from][to].event != NULL &&
               live_net_receive(l->net, from, (enum role)to, before_datagrams, take_datagram, l)) {
        }
    }
    t->announced = t->arrived;
    carry_on(l, from);
}

static void on_datagrams(evutil_socket_t fd, short what, void *arg)
{
    struct live_link *link = arg;
    struct live *l = link->live;
    const struct live_turn *t = &l->turns[link->from];

    (void)fd;
    (void)what;
    read_link(l, link->from, link->to);
    for (unsigned to = 0; to < ROLE_COUNT && t->arrived < t->announced; to++) {
        if (l->links[link->from][to].event != NULL) {
            read_link(l, link->from, (enum role)to);
        }
    }
    carry_on(l, link->from);
}

static void on_lines(evutil_socket_t fd, short what, void *arg)
{
    struct live_watched *w = arg;

    (void)fd;
    (void)what;
    live_daemon_drain(w->daemon, take_line, w->live);
    if (w->daemon->unheard) {
        (void)event_del(w->reading); /* its end is on its way, and what is wrong told then */
    }
}

static void on_room(evutil_socket_t fd, short what, void *arg)
{
    struct live_watched *w = arg;

    (void)fd;
    (void)what;
    if (live_daemon_flush(w->daemon)) {
        (void)event_del(w->writing);
    }
}

static void on_errors(evutil_socket_t fd, short what, void *arg)
{
    struct live_watched *w = arg;

    (void)fd;
    (void)what;
    /* An end of file closes the descriptor: the event must go before. */
    (void)event_del(w->errors);
    spawn_listen(&w->daemon->child);
    if (w->daemon->child.errors >= 0) {
        (void)event_add(w->errors, NULL);
    }
}

static void forget(struct event **e)
{
    if (*e != NULL) {
        event_free(*e);
        *e = NULL;
    }
}

void live_unwatch_daemon(struct live *l, enum role role)
{
    struct live_watched *w = &l->watched[role];

    forget(&w->reading);
    forget(&w->writing);
    forget(&w->errors);
}

/* A daemon has ended. What it has still said comes first; its end is a failure unless it was told
 * to, and did so cleanly. */
static void on_end(struct live *l, struct live_daemon *d)
{
    char how[SPAWN_WHY_MAX];
    char words[LIVE_WHY_MAX];

    live_daemon_drain(d, take_line, l);
    if (live_process_ended(l, d)) {
        return;
    }
    live_unwatch_daemon(l, d->role);
    spawn_listen(&d->child);
    if (l->phase >= PHASE_QUIT && (d->child.status == 0 || d->doomed)) {
        return;
    }
    spawn_how(&d->child, how);
    live_blame(d, how, words);
    live_fail(l, words);
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct live *l = arg;

    (void)what;
    if (number == SIGCHLD) {
        for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
            if (spawn_reap(&l->daemons[i].child)) {
                on_end(l, &l->daemons[i]);
            }
        }
    } else if (l->signal == 0) {
        l->signal = (int)number;
    } else {
        l->until_us = 0; /* asked twice: no more patience */
    }
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

/* ---- begin and end ---- */

static bool watch_links(struct live *l)
{
    for (unsigned from = 0; from < ROLE_COUNT; from++) {
        for (unsigned to = 0; to < ROLE_COUNT; to++) {
            struct live_link *link = &l->links[from][to];
            int fd = live_net_fd(l->net, (enum role)from, (enum role)to);

            if (fd < 0) {
                continue;
            }
            link->live = l;
            link->from = (enum role)from;
            link->to = (enum role)to;
            link->event = event_new(l->base, fd, EV_READ | EV_PERSIST, on_datagrams, link);
            if (link->event == NULL || event_add(link->event, NULL) != 0) {
                return false;
            }
        }
    }
    return true;
}

/* The loop sleeps by epoll, whose millisecond is too coarse for delays of a link. */
static struct event_base *new_base(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (config != NULL && event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) == 0) {
        base = event_base_new_with_config(config);
    }
    if (config != NULL) {
        event_config_free(config);
    }
    return base;
}

/* What whoever started us wants ignored stays so: Ctrl-C in the background, SIGHUP under nohup. */
static bool is_ignored(int number)
{
    struct sigaction now;

    return number != SIGCHLD && sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

enum err live_watch(struct live *l)
{
    bool good;

    l->base = new_base();
    good = l->base != NULL && watch_links(l);
    if (good) {
        l->timer = evtimer_new(l->base, on_time, NULL);
        good = l->timer != NULL;
    }
    for (unsigned i = 0; good && i < LIVE_SIGNALS; i++) {
        if (is_ignored(watched_signals[i])) {
            continue;
        }
        l->signals[i] = evsignal_new(l->base, watched_signals[i], on_signal, l);
        good = l->signals[i] != NULL && event_add(l->signals[i], NULL) == 0;
    }
    if (!good) {
        snprintf(l->why, sizeof l->why, "cannot make an event loop: %s", strerror(errno));
        return ERR_NO_ROOM;
    }
    return ERR_OK;
}

static bool watch_daemon(struct live *l, struct live_daemon *d)
{
    struct live_watched *w = &l->watched[d->role];

    w->live = l;
    w->daemon = d;
    w->reading = event_new(l->base, d->child.control, EV_READ | EV_PERSIST, on_lines, w);
    w->writing = event_new(l->base, d->child.control, EV_WRITE | EV_PERSIST, on_room, w);
    w->errors = event_new(l->base, d->child.errors, EV_READ | EV_PERSIST, on_errors, w);
    return w->reading != NULL && w->writing != NULL && w->errors != NULL &&
           event_add(w->reading, NULL) == 0 && event_add(w->errors, NULL) == 0;
}

/* The configuration holds keys: only this user may read it. */
static bool write_whole(const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0;

    while (good && len > 0) {
        ssize_t n = write(fd, text, len);

        good = n > 0 || (n < 0 && errno == EINTR);
        text += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return fd >= 0 && close(fd) == 0 && good;
}

void live_state_path(const struct live *l, enum role role, char path[SPAWN_PATH_MAX])
{
    snprintf(path, SPAWN_PATH_MAX, "%s/%s.db", l->dir.path, l->daemons[role].child.program);
}

static enum err write_config(struct live *l, const struct live_daemon *d, const char *path)
{
    const enum role role = d->role;
    char state[SPAWN_PATH_MAX];
    char address[ROLE_COUNT][LIVE_NET_ADDRESS_MAX];
    struct deploy_net net = {.listen = "127.0.0.1:0"};
    char *text = NULL;
    size_t len = 0;
    enum err e;

    for (unsigned to = 0; to < ROLE_COUNT; to++) {
        if (live_net_address(l->net, role, (enum role)to, address[to])) {
            net.peers[to] = address[to];
        }
    }
    if (l->mortal[role]) {
        live_state_path(l, role, state);
        net.state = state;
    }
    e = deploy_text(l->conf->run->scn, role, d->life, &net, &text, &len);
    if (e != ERR_OK) {
        snprintf(l->why, sizeof l->why, "memory is short");
    } else if (!write_whole(path, text, len)) {
        snprintf(l->why, sizeof l->why, "cannot write %.300s: %s", path, strerror(errno));
        e = ERR_IO;
    }
    free(text);
    return e;
}

enum err live_start_daemon(struct live *l, struct live_daemon *d)
{
    char program[SPAWN_PATH_MAX];
    char config[SPAWN_PATH_MAX];
    enum err e = spawn_find(d->child.program, program, l->why);

    if (e == ERR_OK) {
        snprintf(config, sizeof config, "%s/%s-%u.conf", l->dir.path, d->child.program, d->life);
        e = write_config(l, d, config);
    }
    if (e == ERR_OK) {
        e = spawn_start(&d->child, program, config, l->dir.keep, l->why);
    }
    if (e == ERR_OK && !watch_daemon(l, d)) {
        snprintf(l->why, sizeof l->why, "cannot watch %s", d->child.program);
        e = ERR_NO_ROOM;
    }
    return e;
}

void live_watch_writing(struct live *l)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        if (l->daemons[i].out_len > 0 && l->watched[i].writing != NULL) {
            (void)event_add(l->watched[i].writing, NULL);
        }
    }
}

void live_unwatch(struct live *l)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        live_unwatch_daemon(l, (enum role)i);
    }
    for (unsigned from = 0; from < ROLE_COUNT; from++) {
        for (unsigned to = 0; to < ROLE_COUNT; to++) {
            forget(&l->links[from][to].event);
        }
    }
    for (unsigned i = 0; i < LIVE_SIGNALS; i++) {
        forget(&l->signals[i]);
    }
    forget(&l->timer);
    if (l->base != NULL) {
        event_base_free(l->base);
    }
}

/* Where the last |lines| lines of |said| begin. */
static size_t last_lines(const char *said, size_t len, unsigned lines)
{
    unsigned seen = 0;

    while (len > 0) {
        seen += said[len - 1] == '\n';
        if (seen > lines) {
            break;
        }
        len--;
    }
    return len;
}

void live_repeat_said(struct live *l)
{
    for (unsigned i = 0; i < LIVE_DAEMONS; i++) {
        struct live_daemon *d = &l->daemons[i];
        struct spawn *child = &d->child;
        char *line = child->said + last_lines(child->said, child->said_len, SAID_LINES);
        char *end = child->said + child->said_len;

        while (line < end) {
            char *newline = memchr(line, '\n', (size_t)(end - line));

            if (newline == NULL) {
                break; /* cut off in its middle */
            }
            *newline = '\0';
            fprintf(stderr, "%s: %s\n", child->program, behind_name(d, line));
            line = newline + 1;
        }
    }
}
