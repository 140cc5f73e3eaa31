#include "common/daemon/daemon_parts.h"

#include "common/base/ensure.h"
#include "common/base/version.h"
#include "common/daemon/control.h"
#include "common/daemon/log.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(LINES_IN_MAX >= (size_t)CONTROL_LINE_MAX, "a control line fits");

enum {
    ERRORS_TEXT_MAX = 16 * 1024,
    START_PER_TURN = 64, /* UEs, so that many of them do not fill the EMSE's buffer at once */
};

/* The one daemon of this process; large, so not on the stack. */
static struct daemon daemon_state = {.timer_us = UINT64_MAX};

/* ---- the beginning ---- */

/* Data that a former life has made durable and may not have told. */
static void tell_again(void *arg, const void *line, size_t len)
{
    struct daemon *d = arg;
    char text[OCCUR_LINE_MAX];
    struct occur o;

    if (len >= sizeof text) {
        return;
    }
    memcpy(text, line, len);
    text[len] = '\0';
    if (occur_parse(text, &o) == ERR_OK) {
        uint64_t now = clock_shown_us(&d->clock);

        o.t_us = now > d->zero_us ? now - d->zero_us : 0;
        (void)occur_format(&o, text);
        daemon_say_words(d, "again %s", text);
    }
}

/* What was restored has to wait for the runner's `start`, for all times count from there. */
static void begin(struct daemon *d)
{
    if (d->begun) {
        return;
    }
    d->begun = true;
    if (!d->clock.granted && event_add(d->readable, NULL) != 0) {
        fatalx("cannot watch the socket");
    }
    durable_untold(&d->durable, tell_again, d);
}

/* ---- datagrams ---- */

/* The end that the control line `die` has ordered, for this datagram is the last one. */
static _Noreturn void die(struct daemon *d)
{
    if (d->durable.late) {
        daemon_show(d);
    }
    if (d->die_durable) {
        durable_commit(&d->durable);
    }
    (void)raise(SIGKILL);
    abort();
}

static void on_datagram(void *arg, enum role from, const struct node_addr *addr,
                        const uint8_t *octets, size_t len)
{
    struct daemon *d = arg;
    bool last = ++d->heard == d->die_at;

    if (last) {
        daemon_settle(d); /* all before it is complete */
    }
    node_datagram(d->setup.node, d->now_us, from, addr, octets, len);
    if (last) {
        die(d);
    }
}

/* Takes in what has arrived. */
static void receive(struct daemon *d)
{
    uint64_t lost;

    d->now_us = clock_shown_us(&d->clock);
    udp_receive(d->udp, on_datagram, d);
    lost = udp_counters(d->udp)->overflow;
    if (lost != d->overflow_told) {
        log_warnx("the receive buffer was full: %" PRIu64 " datagrams lost so far; raise "
                  "net.core.rmem_max (now %u octets are granted)",
                  lost, udp_rcvbuf(d->udp));
        d->overflow_told = lost;
    }
}

/* ---- control lines ---- */

static const struct profile *ground_profile(void *arg, const struct ident *ue)
{
    struct daemon *d = arg;
    const void *ctx = node_find(d->setup.node, ue);

    return ctx == NULL ? NULL : d->role->profile(ctx);
}

/* Time is the runner's: nothing is done by itself any more. */
static void take_grant(struct daemon *d, const struct control_line *read)
{
    d->clock.granted = true;
    d->clock.granted_us = read->time_us;
    d->grants++;
    (void)event_del(d->readable);
    (void)event_del(d->timer);
    if (d->begun && read->verb == CONTROL_STEP) {
        receive(d);
    } else if (d->begun) {
        node_run_timers(d->setup.node, clock_shown_us(&d->clock));
    }
}

static void take_line(void *arg, const char *line, size_t len)
{
    struct daemon *d = arg;
    struct control_line read;
    char why[CONTROL_WORDS_MAX];
    enum err err =
        control_parse(line, len, d->role->profile == NULL ? NULL : ground_profile, d, &read, why);

    if (err == ERR_OK && read.verb == CONTROL_ORDER) {
        err = node_order(d->setup.node, clock_shown_us(&d->clock), &read.ue, &read.order);
        (void)snprintf(why, sizeof why, "there is no context of %s here", read.ue.s);
    }
    if (err != ERR_OK) {
        daemon_say_words(d, "error %s", why);
    } else if (read.verb == CONTROL_START) {
        d->zero_us = read.time_us;
        begin(d);
    } else if (read.verb == CONTROL_STEP || read.verb == CONTROL_TICK) {
        take_grant(d, &read);
    } else if (read.verb == CONTROL_CLOCK) {
        d->clock.skew = read.clock;
        d->timer_us = 0; /* nobody's deadline: the timer is armed anew */
    } else if (read.verb == CONTROL_DIE) {
        d->die_at = read.nth;
        d->die_durable = read.when_durable;
        daemon_say_words(d, "dying %llu", (unsigned long long)read.nth);
    } else if (read.verb == CONTROL_COUNTERS) {
        daemon_say_counters(d);
    } else if (read.verb == CONTROL_QUIT) {
        d->stop = true;
    }
}

/* Reads once; false at the end of the input. */
static bool read_control(struct daemon *d, int fd)
{
    char octets[4096];
    ssize_t n = read(fd, octets, sizeof octets);

    if (n > 0) {
        lines_in_take(&d->in, octets, (size_t)n, take_line, d);
    }
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static void on_control(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *d = arg;

    (void)what;
    if (read_control(d, fd)) {
        return;
    }
    (void)event_del(d->control_event);
    if (d->by_runner) {
        d->silent = true; /* the runner is gone: nothing is left behind */
        d->stop = true;
    }
}

/* ---- events ---- */

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    receive(arg);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *d = arg;

    (void)fd;
    (void)what;
    d->timer_us = UINT64_MAX;
    node_run_timers(d->setup.node, clock_shown_us(&d->clock));
}

static void on_signal(evutil_socket_t signal_number, short what, void *arg)
{
    struct daemon *d = arg;

    (void)what;
    if (signal_number == SIGUSR1) {
        daemon_say_counters(d);
    } else if (signal_number == SIGHUP) {
        log_info("SIGHUP: there is nothing to reload; restart it to change its configuration");
    } else {
        log_info("%s: stopping", strsignal(signal_number));
        d->stop = true;
    }
}

/* Puts the one timer where the node's next deadline is. */
static void arm_timer(struct daemon *d)
{
    uint64_t deadline = node_deadline(d->setup.node);
    uint64_t now;
    uint64_t wait;
    struct timeval tv;

    if (d->clock.granted || deadline == d->timer_us) {
        return;
    }
    d->timer_us = deadline;
    if (deadline == UINT64_MAX) {
        (void)event_del(d->timer);
        return;
    }
    deadline = skew_real(&d->clock.skew, deadline);
    now = clock_true_us(&d->clock);
    wait = deadline > now ? deadline - now : 0;
    tv.tv_sec = (time_t)(wait / 1000000);
    tv.tv_usec = (suseconds_t)(wait % 1000000);
    if (event_add(d->timer, &tv) != 0) {
        fatalx("cannot arm a timer");
    }
}

static struct event *make_event(struct daemon *d, int fd, short what, event_callback_fn callback)
{
    struct event *e = event_new(d->base, fd, what, callback, d);

    ENSURE(d->events_count < DAEMON_EVENTS_MAX);
    if (e == NULL) {
        fatalx("not enough memory");
    }
    d->events[d->events_count++] = e;
    return e;
}

static struct event *watch(struct daemon *d, int fd, short what, event_callback_fn callback)
{
    struct event *e = make_event(d, fd, what, callback);

    if (event_add(e, NULL) != 0) {
        fatalx("cannot watch descriptor or signal %d", fd);
    }
    return e;
}

/* What epoll cannot watch is read to its end now (a file), or not at all (/dev/null). */
static void watch_control(struct daemon *d, int fd)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return; /* closed */
    }
    if (S_ISREG(st.st_mode)) {
        while (read_control(d, fd)) {
        }
    } else if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(fd)) {
        d->control_event = watch(d, fd, EV_READ | EV_PERSIST, on_control);
    }
}

static void watch_all(struct daemon *d, int control)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    struct event_config *config = event_config_new();

    (void)signal(SIGPIPE, SIG_IGN);
    if (config != NULL) {
        /* Without it timers have milliseconds of a coarse clock. */
        (void)event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
        d->base = event_base_new_with_config(config);
        event_config_free(config);
    }
    if (d->base == NULL) {
        fatalx("cannot make an event loop");
    }
    for (unsigned i = 0; i < COUNT_OF(signals); i++) {
        (void)watch(d, signals[i], EV_SIGNAL | EV_PERSIST, on_signal);
    }
    d->readable = make_event(d, udp_fd(d->udp), EV_READ | EV_PERSIST, on_readable);
    d->timer = make_event(d, -1, 0, on_timer);
    watch_control(d, control);
}

/* ---- from start to stop ---- */

/* False, with every error told, when the text is wrong. */
static bool configure(struct daemon *d, char *text, size_t len, const char *name)
{
    const struct node_hooks hooks = daemon_hooks(d);
    static char errors[ERRORS_TEXT_MAX];
    enum err err = d->role->setup(text, len, name, &hooks, &d->setup, errors, sizeof errors);

    bytes_wipe(text, len);
    free(text);
    if (err != ERR_OK) {
        (void)fputs(errors[0] != '\0' ? errors : "not enough memory\n", stderr);
    }
    return err == ERR_OK;
}

static void open_socket(struct daemon *d)
{
    const struct config_shared *shared = &d->setup.shared;
    char why[UDP_WHY_MAX];
    char address[UDP_ADDRESS_MAX];

    if (udp_open(d->role->role, shared->listen.host, shared->listen.port, &d->udp, why) != ERR_OK) {
        fatalx("%s", why);
    }
    for (unsigned i = 0; i < shared->peers_count; i++) {
        const struct config_peer *p = &shared->peers[i];

        if (udp_add_peer(d->udp, p->role, p->at.host, p->at.port, why) != ERR_OK) {
            fatalx("peer %s: %s", role_name(p->role), why);
        }
    }
    udp_address(d->udp, address);
    log_info("%s%sversion %s on %s, %u octets of receive buffer", shared->name.s,
             shared->name.len > 0 ? ", " : "", E2ESIM_VERSION, address, udp_rcvbuf(d->udp));
    daemon_say_words(d, "ready %s %s", role_name(d->role->role), address);
    daemon_flush_lines(d);
}

/* Those that were restored go on, then those attach that are to. True when all have been told. */
static bool start_some(struct daemon *d)
{
    const struct order order = {.kind = ORDER_ATTACH};
    uint64_t now = clock_shown_us(&d->clock);

    if (!d->begun) {
        return true;
    }
    if (d->durable.restored > 0 &&
        !node_resume(d->setup.node, now, &d->durable.start, START_PER_TURN)) {
        return false;
    }
    for (unsigned i = 0; i < START_PER_TURN && d->attached < d->setup.attach_count; i++) {
        ENSURE(node_order(d->setup.node, now, &d->setup.attach[d->attached++], &order) == ERR_OK);
    }
    return d->attached == d->setup.attach_count;
}

/* Tells the runner that all that follows from what it has granted is told and sent. */
static void answer_grants(struct daemon *d)
{
    if (d->answered != d->grants) {
        d->answered = d->grants;
        daemon_say_words(d, "idle %" PRIu64 " %" PRIu64, d->grants,
                         skew_real(&d->clock.skew, node_deadline(d->setup.node)));
        daemon_flush_lines(d);
    }
}

static void loop(struct daemon *d)
{
    while (!d->stop) {
        bool all_told = start_some(d);

        daemon_settle(d);
        if (all_told) {
            answer_grants(d);
        }
        arm_timer(d);
        if (!d->stop && event_base_loop(d->base, all_told ? EVLOOP_ONCE : EVLOOP_NONBLOCK) < 0) {
            fatalx("the event loop failed");
        }
    }
}

int daemon_run(const struct daemon_role *role, char *text, size_t len, const char *name,
               int control)
{
    struct daemon *d = &daemon_state;

    d->role = role;
    d->by_runner = control >= 0;
    d->zero_us = clock_shown_us(&d->clock);
    if (!configure(d, text, len, name)) {
        return EXIT_WRONG_INPUT;
    }
    if (d->setup.shared.has_seed) {
        (d->by_runner ? log_debug : log_warnx)("keys come from the seed: for simulations only");
    }
    durable_open(&d->durable, role->role, &d->setup);
    lines_out_init(&d->out, control >= 0 ? control : STDOUT_FILENO, CONTROL_PATIENCE_MS);
    open_socket(d);
    watch_all(d, control >= 0 ? control : STDIN_FILENO);
    if (!d->by_runner || d->durable.store == NULL) {
        begin(d);
    }
    loop(d);
    daemon_say_words(d, "bye");
    daemon_settle(d);
    for (unsigned i = 0; i < d->events_count; i++) {
        event_free(d->events[i]);
    }
    event_base_free(d->base);
    udp_close(d->udp);
    durable_close(&d->durable);
    setup_free(&d->setup);
    return EXIT_SUCCESS;
}
