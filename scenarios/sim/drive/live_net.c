#include "scenarios/sim/drive/live_net.h"

#include "common/base/ensure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    BATCH = 64,
    RECEIVE_BUFFER = 4 << 20,
    SLOT = DATAGRAM_MAX + 1, /* one more, so that a longer one shows */
};

/* The links, as daemon and the peer that it sees there. */
static const struct {
    enum role from;
    enum role to;
} links[] = {
    {ROLE_UE, ROLE_EMSE},   {ROLE_EMSE, ROLE_UE},   {ROLE_UE, ROLE_EESE},  {ROLE_EESE, ROLE_UE},
    {ROLE_EMSE, ROLE_EESE}, {ROLE_EESE, ROLE_EMSE}, {ROLE_EMSE, ROLE_HSS}, {ROLE_HSS, ROLE_EMSE},
    {ROLE_UE, ROLE_VN},     {ROLE_HSS, ROLE_VN},
};
enum { LINKS = COUNT_OF(links) };

/* Room for what comes with a datagram: how many were lost, and when it was sent. */
struct ancillary {
    alignas(struct cmsghdr)
        uint8_t octets[CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(struct timespec))];
};

struct wire {
    int fd;
    struct sockaddr_in here;
    uint32_t overflow; /* datagrams that its receive buffer had no room for */
    unsigned queued;
    uint8_t out[BATCH][DATAGRAM_MAX];
    struct iovec out_at[BATCH];
    struct mmsghdr out_head[BATCH];
};

struct live_net {
    struct wire wires[LINKS];
    struct sockaddr_in daemon[ROLE_COUNT];
    uint64_t strangers;
    uint8_t in[BATCH][SLOT];
    struct ancillary in_control[BATCH];
    struct sockaddr_in in_from[BATCH];
    struct iovec in_at[BATCH];
    struct mmsghdr in_head[BATCH];
};

static int link_index(enum role from, enum role to)
{
    for (unsigned i = 0; i < LINKS; i++) {
        if (links[i].from == from && links[i].to == to) {
            return (int)i;
        }
    }
    return -1;
}

/* Asks for a large receive buffer: beyond the system's limit when privileged, up to it when not. */
static void widen(int fd)
{
    int size = RECEIVE_BUFFER;

    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
}

static enum err wire_open(struct wire *w)
{
    socklen_t len = sizeof w->here;
    int on = 1;

    w->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    w->here.sin_family = AF_INET;
    w->here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (w->fd < 0 || bind(w->fd, (const struct sockaddr *)&w->here, sizeof w->here) != 0 ||
        getsockname(w->fd, (struct sockaddr *)&w->here, &len) != 0 ||
        setsockopt(w->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) != 0 ||
        setsockopt(w->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) {
        return ERR_IO;
    }
    widen(w->fd);
    return ERR_OK;
}

static void wire_prepare(struct wire *w, struct sockaddr_in *to)
{
    for (unsigned i = 0; i < BATCH; i++) {
        w->out_at[i].iov_base = w->out[i];
        w->out_head[i].msg_hdr.msg_name = to;
        w->out_head[i].msg_hdr.msg_namelen = sizeof *to;
        w->out_head[i].msg_hdr.msg_iov = &w->out_at[i];
        w->out_head[i].msg_hdr.msg_iovlen = 1;
    }
}

enum err live_net_open(struct live_net **out, char why[LIVE_NET_WHY_MAX])
{
    struct live_net *n = calloc(1, sizeof *n);

    if (n == NULL) {
        snprintf(why, LIVE_NET_WHY_MAX, "memory is short");
        return ERR_NO_ROOM;
    }
    for (unsigned i = 0; i < LINKS; i++) {
        n->wires[i].fd = -1;
    }
    for (unsigned i = 0; i < LINKS; i++) {
        if (wire_open(&n->wires[i]) != ERR_OK) {
            snprintf(why, LIVE_NET_WHY_MAX, "cannot open a UDP socket on 127.0.0.1: %s",
                     strerror(errno));
            live_net_close(n);
            return ERR_IO;
        }
        wire_prepare(&n->wires[i], &n->daemon[links[i].from]);
    }
    for (unsigned i = 0; i < BATCH; i++) {
        n->in_at[i].iov_base = n->in[i];
        n->in_at[i].iov_len = SLOT;
    }
    *out = n;
    return ERR_OK;
}

void live_net_close(struct live_net *n)
{
    for (unsigned i = 0; n != NULL && i < LINKS; i++) {
        if (n->wires[i].fd >= 0) {
            close(n->wires[i].fd);
        }
    }
    free(n);
}

int live_net_fd(const struct live_net *n, enum role from, enum role to)
{
    int i = link_index(from, to);

    return i < 0 ? -1 : n->wires[i].fd;
}

bool live_net_address(const struct live_net *n, enum role from, enum role to,
                      char text[LIVE_NET_ADDRESS_MAX])
{
    int i = link_index(from, to);

    if (i < 0) {
        return false;
    }
    snprintf(text, LIVE_NET_ADDRESS_MAX, "127.0.0.1:%u", ntohs(n->wires[i].here.sin_port));
    return true;
}

enum err live_net_learn(struct live_net *n, enum role who, const char *text)
{
    const char *colon = strrchr(text, ':');
    struct sockaddr_in at = {.sin_family = AF_INET};
    char host[LIVE_NET_ADDRESS_MAX];
    char *end;
    unsigned long port;

    if (colon == NULL || (size_t)(colon - text) >= sizeof host) {
        return ERR_SYNTAX;
    }
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    errno = 0;
    port = strtoul(colon + 1, &end, 10);
    if (inet_pton(AF_INET, host, &at.sin_addr) != 1 || *end != '\0' || errno != 0 || port == 0 ||
        port > UINT16_MAX) {
        return ERR_SYNTAX;
    }
    at.sin_port = htons((uint16_t)port);
    n->daemon[who] = at;
    return ERR_OK;
}

/* Notes what comes with a datagram. Returns when it was sent, in nanoseconds. */
static uint64_t take_ancillary(struct wire *w, struct msghdr *head)
{
    struct timespec sent = {0};

    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c != NULL; c = CMSG_NXTHDR(head, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&w->overflow, CMSG_DATA(c), sizeof w->overflow);
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&sent, CMSG_DATA(c), sizeof sent);
        }
    }
    return (uint64_t)sent.tv_sec * 1000000000 + (uint64_t)sent.tv_nsec;
}

bool live_net_receive(struct live_net *n, enum role from, enum role to,
                      void (*before)(void *arg, enum role from), live_net_take *take, void *arg)
{
    int link = link_index(from, to);
    struct wire *w;
    int got;

    ENSURE(link >= 0);
    w = &n->wires[link];
    for (unsigned i = 0; i < BATCH; i++) {
        struct msghdr *head = &n->in_head[i].msg_hdr;

        head->msg_name = &n->in_from[i];
        head->msg_namelen = sizeof n->in_from[i];
        head->msg_iov = &n->in_at[i];
        head->msg_iovlen = 1;
        head->msg_control = &n->in_control[i];
        head->msg_controllen = sizeof n->in_control[i];
    }
    got = recvmmsg(w->fd, n->in_head, BATCH, 0, NULL);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    before(arg, from);
    for (int i = 0; i < got; i++) {
        const struct sockaddr_in *known = &n->daemon[from];
        uint64_t sent_ns = take_ancillary(w, &n->in_head[i].msg_hdr);

        if (n->in_from[i].sin_port != known->sin_port ||
            n->in_from[i].sin_addr.s_addr != known->sin_addr.s_addr ||
            n->in_head[i].msg_len > DATAGRAM_MAX) {
            n->strangers++;
            continue;
        }
        take(arg, sent_ns, from, to, n->in[i], n->in_head[i].msg_len);
    }
    return got == BATCH;
}

/* What cannot be sent now is lost, as on any network: ECONNREFUSED tells of a daemon that has just
 * gone, which the runner notices by other means. */
static void wire_flush(struct wire *w)
{
    unsigned sent = 0;

    while (sent < w->queued) {
        int n = sendmmsg(w->fd, w->out_head + sent, w->queued - sent, 0);

        if (n > 0) {
            sent += (unsigned)n;
        } else if (errno != EINTR) {
            sent++;
        }
    }
    w->queued = 0;
}

void live_net_send(struct live_net *n, enum role from, enum role to, const uint8_t *octets,
                   size_t len)
{
    int link = link_index(to, from);
    struct wire *w;

    ENSURE(link >= 0 && len <= DATAGRAM_MAX);
    w = &n->wires[link];
    for (unsigned i = 0; i < LINKS; i++) {
        if (links[i].from == to && n->wires[i].queued > 0 && i != (unsigned)link) {
            wire_flush(&n->wires[i]); /* one daemon gets all its datagrams in order */
        }
    }
    if (w->queued == BATCH) {
        wire_flush(w);
    }
    memcpy(w->out[w->queued], octets, len);
    w->out_at[w->queued].iov_len = len;
    w->queued++;
}

void live_net_flush(struct live_net *n)
{
    for (unsigned i = 0; i < LINKS; i++) {
        if (n->wires[i].queued > 0) {
            wire_flush(&n->wires[i]);
        }
    }
}

/* SO_RXQ_OVFL tells of a loss with the next datagram only; the socket itself knows of the last. */
static uint32_t drops(const struct wire *w)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t len = sizeof info;

    if (getsockopt(w->fd, SOL_SOCKET, SO_MEMINFO, info, &len) != 0) {
        return w->overflow;
    }
    return info[SK_MEMINFO_DROPS] > w->overflow ? info[SK_MEMINFO_DROPS] : w->overflow;
}

bool live_net_overflowed(const struct live_net *n, char link[LIVE_NET_ADDRESS_MAX])
{
    for (unsigned i = 0; i < LINKS; i++) {
        if (drops(&n->wires[i]) > 0) {
            snprintf(link, LIVE_NET_ADDRESS_MAX, "%s->%s", role_name(links[i].from),
                     role_name(links[i].to));
            return true;
        }
    }
    return false;
}

uint64_t live_net_strangers(const struct live_net *n)
{
    return n->strangers;
}
