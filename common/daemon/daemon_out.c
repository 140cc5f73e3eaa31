#include "common/daemon/daemon_parts.h"

#include "common/base/ensure.h"
#include "common/daemon/control.h"
#include "common/daemon/counters.h"
#include "common/daemon/log.h"
#include "common/daemon/random.h"
#include "common/node/entropy.h"

#include <stdarg.h>
#include <stdio.h>

/* Octets of lines that one step can cause. */
enum { STEP_LINES_MAX = (EFFECTS_MAX + 2) * (OCCUR_LINE_MAX + 1) };

void daemon_flush_lines(struct daemon *d)
{
    bool was_stuck = d->out.stuck;
    enum lines_result result = d->silent ? LINES_CLOSED : lines_out_flush(&d->out);

    if (result == LINES_WRITTEN || d->silent) {
        d->out.len = 0;
        return;
    }
    if (d->by_runner) {
        if (result == LINES_STUCK) {
            fatalx("whoever started this daemon has not read its lines for %d s",
                   CONTROL_PATIENCE_MS / 1000);
        }
        d->stop = true;
    } else if (result == LINES_STUCK) {
        static const char lost[] = "error lines were lost here: they were not read in time";

        if (!was_stuck) {
            log_warnx("stdout is not read: lines are lost");
        }
        lines_out_put(&d->out, lost, sizeof lost - 1);
    } else {
        log_warnx("stdout is closed: it is quiet from now on");
        d->silent = true;
    }
}

/* Says how many datagrams follow, so that the runner can tell when it has a turn whole. */
static void announce(struct daemon *d)
{
    unsigned queued = UDP_QUEUE_MAX - udp_queue_room(d->udp);
    char line[32];

    if (d->by_runner && queued > 0) {
        if (lines_out_room(&d->out) <= sizeof line) {
            daemon_flush_lines(d);
        }
        lines_out_put(&d->out, line, (size_t)snprintf(line, sizeof line, "sends %u", queued));
    }
}

void daemon_show(struct daemon *d)
{
    announce(d);
    if (d->out.len > 0) {
        daemon_flush_lines(d);
    }
    if (d->begun) { /* before, what a former life has not told still waits for its turn */
        durable_told(&d->durable);
    }
    udp_flush(d->udp);
}

void daemon_settle(struct daemon *d)
{
    if (!d->durable.late) {
        durable_commit(&d->durable);
    }
    daemon_show(d);
    if (d->durable.late) {
        durable_commit(&d->durable);
    }
}

void daemon_say(struct daemon *d, const char *line, size_t len)
{
    if (len >= lines_out_room(&d->out)) {
        daemon_settle(d);
    }
    lines_out_put(&d->out, line, len);
}

void daemon_say_words(struct daemon *d, const char *format, ...)
{
    char line[OCCUR_LINE_MAX];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (len > 0) {
        daemon_say(d, line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1);
    }
}

void daemon_say_counters(struct daemon *d)
{
    char line[COUNTERS_TEXT_MAX];

    daemon_say(d, line, counters_text(d->setup.node, udp_counters(d->udp), line));
}

/* ---- the hooks of the node ---- */

static void hook_send(void *arg, enum role to, const struct node_addr *addr, const struct ident *ue,
                      const uint8_t *octets, size_t len)
{
    struct daemon *d = arg;

    (void)ue;
    ENSURE(udp_queue_room(d->udp) > 0); /* hook_occur() has made room for the whole step */
    udp_queue(d->udp, to, addr, octets, len);
}

/* A step is told before its effects: here, and only here, all steps before it are complete, so what
 * has gathered may be settled without parting a step's datagrams from what it made durable. */
static void hook_occur(void *arg, const struct occur *o)
{
    struct daemon *d = arg;
    struct occur shown = *o;
    char line[OCCUR_LINE_MAX];
    size_t len;

    if ((o->kind == OCCUR_STEP || o->kind == OCCUR_REFUSED) &&
        (udp_queue_room(d->udp) < EFFECTS_MAX || lines_out_room(&d->out) < STEP_LINES_MAX)) {
        daemon_settle(d);
    }
    shown.t_us = o->t_us > d->zero_us ? o->t_us - d->zero_us : 0;
    len = occur_format(&shown, line);
    if (o->kind == OCCUR_DELIVER) {
        durable_tell(&d->durable, line, len);
    }
    daemon_say(d, line, len);
}

static void hook_save(void *arg, const struct node_record *record)
{
    struct daemon *d = arg;

    durable_save(&d->durable, record);
}

static void hook_entropy(void *arg, const struct ident *ue, uint64_t nth, uint8_t out[ENTROPY_LEN])
{
    struct daemon *d = arg;

    if (d->setup.shared.has_seed) {
        entropy_seeded(d->setup.shared.seed, d->role->role, ue, nth, out);
    } else {
        random_draw(out);
    }
}

struct node_hooks daemon_hooks(struct daemon *d)
{
    return (struct node_hooks){.arg = d,
                               .send = hook_send,
                               .occur = hook_occur,
                               .entropy = hook_entropy,
                               .save = hook_save};
}
