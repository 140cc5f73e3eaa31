#include "common/daemon/udp.h"

#include "common/base/ensure.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An address as node_addr holds it: |len| octets of |a|. */
union sock_addr {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};
_Static_assert(sizeof(union sock_addr) <= sizeof((struct node_addr){0}.octets),
               "a node_addr holds an IPv6 address");

struct peer {
    enum role role;
    struct node_addr addr;
};

struct udp {
    int fd;
    int family;
    enum role self;
    unsigned rcvbuf;
    struct udp_counters counters;
    struct peer peers[UDP_PEERS_MAX];
    unsigned peers_count;
    unsigned queued;
    struct mmsghdr in_hdr[UDP_BATCH];
    struct iovec in_iov[UDP_BATCH];
    union sock_addr in_addr[UDP_BATCH];
    uint8_t in[UDP_BATCH][UDP_SLOT];
    struct mmsghdr out_hdr[UDP_QUEUE_MAX];
    struct iovec out_iov[UDP_QUEUE_MAX];
    union sock_addr out_addr[UDP_QUEUE_MAX];
    uint8_t out[UDP_QUEUE_MAX][DATAGRAM_MAX];
};

/* ---- addresses ---- */

/* The one form of an address, so that equal ones have equal octets. */
static void addr_from_sock(const union sock_addr *sa, struct node_addr *out)
{
    union sock_addr clean;

    memset(&clean, 0, sizeof clean);
    memset(out, 0, sizeof *out);
    if (sa->any.sa_family == AF_INET6) {
        clean.in6.sin6_family = AF_INET6;
        clean.in6.sin6_port = sa->in6.sin6_port;
        clean.in6.sin6_addr = sa->in6.sin6_addr;
        clean.in6.sin6_scope_id = sa->in6.sin6_scope_id;
        out->len = sizeof clean.in6;
    } else {
        clean.in.sin_family = AF_INET;
        clean.in.sin_port = sa->in.sin_port;
        clean.in.sin_addr = sa->in.sin_addr;
        out->len = sizeof clean.in;
    }
    memcpy(out->octets, &clean, out->len);
}

static bool addr_equal(const struct node_addr *a, const struct node_addr *b)
{
    return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

static void sock_text(const union sock_addr *sa, char text[UDP_ADDRESS_MAX])
{
    bool v6 = sa->any.sa_family == AF_INET6;
    char host[UDP_ADDRESS_MAX - 10];
    char port[8];

    if (getnameinfo(&sa->any, v6 ? sizeof sa->in6 : sizeof sa->in, host, sizeof host, port,
                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        host[0] = port[0] = '?';
        host[1] = port[1] = '\0';
    }
    (void)snprintf(text, UDP_ADDRESS_MAX, v6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* |family| AF_UNSPEC takes what the name gives first. */
static enum err resolve(const char *host, uint16_t port, int family, union sock_addr *out,
                        char why[UDP_WHY_MAX])
{
    const struct addrinfo hints = {
        .ai_family = family,
        .ai_socktype = SOCK_DGRAM,
        .ai_flags = AI_NUMERICSERV | (family == AF_INET6 ? AI_V4MAPPED : 0),
    };
    struct addrinfo *list = NULL;
    char service[8];
    int rc;

    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    rc = getaddrinfo(host, service, &hints, &list);
    if (rc != 0) {
        (void)snprintf(why, UDP_WHY_MAX, "cannot resolve %s: %s%s", host, gai_strerror(rc),
                       family == AF_INET ? " (we listen on an IPv4 address)" : "");
        return ERR_IO;
    }
    memset(out, 0, sizeof *out);
    memcpy(out, list->ai_addr, list->ai_addrlen < sizeof *out ? list->ai_addrlen : sizeof *out);
    freeaddrinfo(list);
    return ERR_OK;
}

/* ---- opening ---- */

static void say_not_bound(const char *host, uint16_t port, int error, char why[UDP_WHY_MAX])
{
    bool v6 = strchr(host, ':') != NULL;
    const char *cure = "";

    if (error == EADDRINUSE) {
        cure = "; another process has this port: stop it (ss -lunp names it), or choose another "
               "in `listen`";
    } else if (error == EADDRNOTAVAIL) {
        cure = "; this host has no such address (ip addr lists what it has)";
    } else if (error == EACCES) {
        cure = "; ports below 1024 are the superuser's: choose a higher one in `listen`";
    }
    (void)snprintf(why, UDP_WHY_MAX, "cannot listen on %s%s%s:%u: %s%s", v6 ? "[" : "", host,
                   v6 ? "]" : "", (unsigned)port, strerror(error), cure);
}

static void set_options(struct udp *u)
{
    const int asked = UDP_RCVBUF;
    const int off = 0;
    int granted = 0;
    socklen_t len = sizeof granted;

    /* Each only makes it better; without it we still run. */
    (void)setsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &asked, sizeof asked);
    (void)setsockopt(u->fd, SOL_SOCKET, SO_SNDBUF, &asked, sizeof asked);
    if (u->family == AF_INET6) {
        (void)setsockopt(u->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    if (getsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &granted, &len) == 0 && granted > 0) {
        u->rcvbuf = (unsigned)granted;
    }
}

/* What never changes of the arrays that the system calls take. */
static void lay_out(struct udp *u)
{
    for (unsigned i = 0; i < UDP_BATCH; i++) {
        u->in_iov[i].iov_base = u->in[i];
        u->in_iov[i].iov_len = UDP_SLOT;
        u->in_hdr[i].msg_hdr.msg_iov = &u->in_iov[i];
        u->in_hdr[i].msg_hdr.msg_iovlen = 1;
        u->in_hdr[i].msg_hdr.msg_name = &u->in_addr[i];
    }
    for (unsigned i = 0; i < UDP_QUEUE_MAX; i++) {
        u->out_iov[i].iov_base = u->out[i];
        u->out_hdr[i].msg_hdr.msg_iov = &u->out_iov[i];
        u->out_hdr[i].msg_hdr.msg_iovlen = 1;
        u->out_hdr[i].msg_hdr.msg_name = &u->out_addr[i];
    }
}

enum err udp_open(enum role self, const char *host, uint16_t port, struct udp **out,
                  char why[UDP_WHY_MAX])
{
    union sock_addr sa;
    struct udp *u;
    enum err err = resolve(host, port, AF_UNSPEC, &sa, why);

    if (err != ERR_OK) {
        return err;
    }
    u = calloc(1, sizeof *u);
    if (u == NULL) {
        (void)snprintf(why, UDP_WHY_MAX, "not enough memory");
        return ERR_NO_ROOM;
    }
    u->self = self;
    u->family = sa.any.sa_family;
    u->fd = socket(u->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (u->fd >= 0) {
        set_options(u);
    }
    if (u->fd < 0 ||
        bind(u->fd, &sa.any, u->family == AF_INET6 ? sizeof sa.in6 : sizeof sa.in) != 0) {
        say_not_bound(host, port, errno, why);
        udp_close(u);
        return ERR_IO;
    }
    lay_out(u);
    *out = u;
    return ERR_OK;
}

void udp_close(struct udp *u)
{
    if (u != NULL) {
        if (u->fd >= 0) {
            (void)close(u->fd);
        }
        free(u);
    }
}

enum err udp_add_peer(struct udp *u, enum role role, const char *host, uint16_t port,
                      char why[UDP_WHY_MAX])
{
    union sock_addr sa;
    enum err err;

    if (u->peers_count == UDP_PEERS_MAX) {
        (void)snprintf(why, UDP_WHY_MAX, "more than %d peers", UDP_PEERS_MAX);
        return ERR_NO_ROOM;
    }
    err = resolve(host, port, u->family, &sa, why);
    if (err == ERR_OK) {
        u->peers[u->peers_count].role = role;
        addr_from_sock(&sa, &u->peers[u->peers_count].addr);
        u->peers_count++;
    }
    return err;
}

int udp_fd(const struct udp *u)
{
    return u->fd;
}

void udp_address(const struct udp *u, char text[UDP_ADDRESS_MAX])
{
    union sock_addr sa;
    socklen_t len = sizeof sa;

    memset(&sa, 0, sizeof sa);
    ENSURE(getsockname(u->fd, &sa.any, &len) == 0);
    sock_text(&sa, text);
}

unsigned udp_rcvbuf(const struct udp *u)
{
    return u->rcvbuf;
}

/* ---- receiving ---- */

/* The role behind |addr|, or ROLE_COUNT for a stranger. */
static enum role role_of(const struct udp *u, const struct node_addr *addr)
{
    for (unsigned i = 0; i < u->peers_count; i++) {
        if (addr_equal(&u->peers[i].addr, addr)) {
            return u->peers[i].role;
        }
    }
    return u->self == ROLE_EMSE || u->self == ROLE_EESE ? ROLE_UE : ROLE_COUNT;
}

static void take(struct udp *u, unsigned i, udp_handler *handler, void *arg)
{
    struct msghdr *hdr = &u->in_hdr[i].msg_hdr;
    struct node_addr addr;
    enum role from;

    addr_from_sock(&u->in_addr[i], &addr);
    from = role_of(u, &addr);
    if (from == ROLE_COUNT) {
        u->counters.stranger++;
    } else if ((hdr->msg_flags & MSG_TRUNC) != 0 || u->in_hdr[i].msg_len > DATAGRAM_MAX) {
        u->counters.oversize++;
    } else {
        u->counters.received++;
        handler(arg, from, &addr, u->in[i], u->in_hdr[i].msg_len);
    }
}

void udp_receive(struct udp *u, udp_handler *handler, void *arg)
{
    for (unsigned batch = 0; batch < UDP_BATCHES_MAX; batch++) {
        int n;

        for (unsigned i = 0; i < UDP_BATCH; i++) {
            u->in_hdr[i].msg_hdr.msg_namelen = sizeof u->in_addr[i];
            u->in_hdr[i].msg_hdr.msg_flags = 0;
        }
        n = recvmmsg(u->fd, u->in_hdr, UDP_BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < n; i++) {
            take(u, (unsigned)i, handler, arg);
        }
        if (n < UDP_BATCH) {
            return; /* all read; an error here is an earlier send's, and that was loss */
        }
    }
}

/* ---- sending ---- */

static const struct node_addr *address_of(const struct udp *u, enum role to)
{
    for (unsigned i = 0; i < u->peers_count; i++) {
        if (u->peers[i].role == to) {
            return &u->peers[i].addr;
        }
    }
    return NULL;
}

void udp_queue(struct udp *u, enum role to, const struct node_addr *addr, const uint8_t *octets,
               size_t len)
{
    const struct node_addr *dest = addr->len > 0 ? addr : address_of(u, to);
    unsigned i = u->queued;

    ENSURE(i < UDP_QUEUE_MAX && len <= DATAGRAM_MAX);
    if (dest == NULL) {
        u->counters.no_address++;
        return;
    }
    memcpy(&u->out_addr[i], dest->octets, dest->len);
    memcpy(u->out[i], octets, len);
    u->out_hdr[i].msg_hdr.msg_namelen = dest->len;
    u->out_iov[i].iov_len = len;
    u->queued++;
}

unsigned udp_queue_room(const struct udp *u)
{
    return UDP_QUEUE_MAX - u->queued;
}

void udp_flush(struct udp *u)
{
    unsigned at = 0;

    while (at < u->queued) {
        int n = sendmmsg(u->fd, u->out_hdr + at, u->queued - at, MSG_DONTWAIT);

        if (n > 0) {
            u->counters.sent += (unsigned)n;
            at += (unsigned)n;
        } else if (errno != EINTR) {
            u->counters.send_lost++; /* ECONNREFUSED, EAGAIN, ENOBUFS, ...: this one is lost */
            at++;
        }
    }
    u->queued = 0;
}

/* The socket counts what it drops since it was opened, in 32 bits that may wrap. It is asked, for
 * what comes with a datagram (SO_RXQ_OVFL) does not tell of the last ones dropped. */
const struct udp_counters *udp_counters(struct udp *u)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t len = sizeof info;

    if (getsockopt(u->fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0) {
        uint32_t more = info[SK_MEMINFO_DROPS] - (uint32_t)u->counters.overflow;

        u->counters.overflow += more;
    }
    return &u->counters;
}
