#include "scenarios/sim/drive/live_daemon.h"

#include "common/base/ensure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void live_daemon_init(struct live_daemon *d, enum role role, const char *program)
{
    memset(d, 0, sizeof *d);
    d->role = role;
    d->due_us = UINT64_MAX;
    spawn_init(&d->child, program);
}

void live_daemon_close(struct live_daemon *d)
{
    spawn_close(&d->child);
    free(d->out);
    d->out = NULL;
    d->out_len = 0;
    d->out_cap = 0;
    free(d->inbox);
    d->inbox = NULL;
    d->inbox_first = 0;
    d->inbox_count = 0;
    d->inbox_cap = 0;
}

void live_daemon_renew(struct live_daemon *d)
{
    const char *program = d->child.program;
    const struct scn_process next = d->next;
    const struct skew clock = d->clock;
    unsigned life = d->life;

    live_daemon_close(d);
    live_daemon_init(d, d->role, program);
    d->life = life;
    d->clock = clock;
    d->next = next;
}

enum err live_daemon_wait(struct live_daemon *d, bool is_line, enum role from, const void *octets,
                          size_t len)
{
    struct live_item *item;

    ENSURE(len <= sizeof item->octets);
    if (d->inbox_count == d->inbox_cap) {
        unsigned cap = d->inbox_cap == 0 ? 16 : 2 * d->inbox_cap;
        struct live_item *inbox = realloc(d->inbox, cap * sizeof *inbox);

        if (inbox == NULL) {
            return ERR_NO_ROOM;
        }
        d->inbox = inbox;
        d->inbox_cap = cap;
    }
    item = &d->inbox[d->inbox_count++];
    item->is_line = is_line;
    item->from = from;
    item->len = len;
    memcpy(item->octets, octets, len);
    return ERR_OK;
}

/* Gives the whole lines of the buffer away and keeps the rest. */
static void give_lines(struct live_daemon *d, live_daemon_line *take, void *arg)
{
    char *line = d->in;
    char *end = d->in + d->in_len;
    char *newline;

    while ((newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        *newline = '\0';
        take(arg, d, line);
        line = newline + 1;
    }
    d->in_len = (size_t)(end - line);
    if (line != d->in) {
        memmove(d->in, line, d->in_len);
    }
}

void live_daemon_drain(struct live_daemon *d, live_daemon_line *take, void *arg)
{
    while (d->child.control >= 0 && !d->unheard) {
        ssize_t n = read(d->child.control, d->in + d->in_len, sizeof d->in - d->in_len);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        }
        if (n <= 0) {
            d->unheard = true;
            return;
        }
        d->in_len += (size_t)n;
        give_lines(d, take, arg);
        d->unheard = d->in_len == sizeof d->in;
    }
}

/* Sends without SIGPIPE. Returns how much went; a daemon that is gone takes everything. */
static size_t send_some(struct live_daemon *d, const char *octets, size_t len)
{
    size_t sent = 0;

    while (sent < len) {
        ssize_t n = send(d->child.control, octets + sent, len - sent, MSG_NOSIGNAL);

        if (n >= 0) {
            sent += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return sent;
        } else if (errno != EINTR) {
            return len;
        }
    }
    return sent;
}

/* Keeps |len| octets for later; a daemon for which memory is short goes without, and is unheard. */
static void keep(struct live_daemon *d, const char *octets, size_t len)
{
    if (d->out_len + len > d->out_cap) {
        size_t cap = 2 * (d->out_len + len);
        char *out = realloc(d->out, cap);

        if (out == NULL) {
            d->unheard = true;
            return;
        }
        d->out = out;
        d->out_cap = cap;
    }
    memcpy(d->out + d->out_len, octets, len);
    d->out_len += len;
}

void live_daemon_say(struct live_daemon *d, const char *line)
{
    keep(d, line, strlen(line));
    keep(d, "\n", 1);
    (void)live_daemon_flush(d);
}

bool live_daemon_flush(struct live_daemon *d)
{
    size_t sent;

    if (d->child.control < 0) {
        d->out_len = 0;
    }
    if (d->out_len == 0) {
        return true;
    }
    sent = send_some(d, d->out, d->out_len);
    d->out_len -= sent;
    memmove(d->out, d->out + sent, d->out_len);
    return d->out_len == 0;
}
