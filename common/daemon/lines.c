#include "common/daemon/lines.h"

#include "common/base/ensure.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void lines_out_init(struct lines_out *o, int fd, int patience_ms)
{
    struct stat st;

    o->fd = fd;
    o->patience_ms = patience_ms;
    o->socket = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
    o->stuck = false;
    o->len = 0;
}

size_t lines_out_room(const struct lines_out *o)
{
    return LINES_OUT_MAX - o->len;
}

void lines_out_put(struct lines_out *o, const char *line, size_t len)
{
    ENSURE(len < lines_out_room(o));
    memcpy(o->text + o->len, line, len);
    o->text[o->len + len] = '\n';
    o->len += len + 1;
}

static int64_t ms_now(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* One write that does not block: a pipe that poll() finds writable takes PIPE_BUF octets. The
 * descriptor itself is not made non-blocking, for it may be shared with a shell. */
static ssize_t write_some(const struct lines_out *o, size_t at)
{
    size_t left = o->len - at;

    if (o->socket) {
        return send(o->fd, o->text + at, left, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    return write(o->fd, o->text + at, left < PIPE_BUF ? left : PIPE_BUF);
}

enum lines_result lines_out_flush(struct lines_out *o)
{
    enum lines_result result = LINES_WRITTEN;
    int64_t until = ms_now() + (o->stuck ? 0 : o->patience_ms);
    size_t at = 0;

    while (at < o->len && result == LINES_WRITTEN) {
        struct pollfd pfd = {.fd = o->fd, .events = POLLOUT};
        int64_t left = until - ms_now();
        int ready = poll(&pfd, 1, left > 0 ? (int)left : 0);
        ssize_t n;

        if (ready == 0) {
            result = LINES_STUCK;
        } else if (ready > 0) {
            n = write_some(o, at);
            if (n > 0) {
                at += (size_t)n;
            } else if (n < 0 && errno != EINTR && errno != EAGAIN) {
                result = LINES_CLOSED;
            }
        }
    }
    o->stuck = result == LINES_STUCK;
    o->len = 0;
    return result;
}

void lines_in_take(struct lines_in *in, const char *octets, size_t n, lines_handler *handler,
                   void *arg)
{
    for (size_t i = 0; i < n; i++) {
        if (octets[i] == '\n') {
            if (in->skipping) {
                handler(arg, NULL, LINES_IN_MAX + 1);
            } else {
                handler(arg, in->text, in->len);
            }
            in->len = 0;
            in->skipping = false;
        } else if (in->len == LINES_IN_MAX) {
            in->skipping = true;
        } else {
            in->text[in->len++] = octets[i];
        }
    }
}
