/* The one UDP socket of a daemon, without blocking: datagrams come in batches (recvmmsg) and leave
 * in one (sendmmsg). All memory is taken in udp_open(). Nothing that a peer or the network does is
 * fatal: what cannot be sent is loss, and is counted. IPv4 and IPv6. */
#ifndef COMMON_DAEMON_UDP_H
#define COMMON_DAEMON_UDP_H

#include "common/node/node.h"

enum {
    UDP_BATCH = 64,      /* datagrams of one recvmmsg */
    UDP_BATCHES_MAX = 4, /* in one callback, so that timers and orders get their turn */
    UDP_SLOT = 1280,     /* octets kept of one datagram; DATAGRAM_MAX of them are ever used */
    UDP_QUEUE_MAX = 512, /* datagrams waiting for udp_flush() */
    UDP_PEERS_MAX = 32,
    UDP_RCVBUF = 4 * 1024 * 1024, /* asked for; the system may grant less */
    UDP_ADDRESS_MAX = 56,         /* octets of an address as text, its NUL included */
    UDP_WHY_MAX = 400,
};

struct udp_counters {
    uint64_t received; /* handed over */
    uint64_t oversize; /* more than DATAGRAM_MAX octets; ignored */
    uint64_t stranger; /* from no known peer, where only those are heard; ignored */
    uint64_t overflow; /* lost before they were read, because the receive buffer was full */
    uint64_t sent;
    uint64_t send_lost;  /* the system would not take them */
    uint64_t no_address; /* for a role of which no address is known */
};

struct udp;

/* Called for each datagram. */
typedef void udp_handler(void *arg, enum role from, const struct node_addr *addr,
                         const uint8_t *octets, size_t len);

/* Opens the socket of role |self| at |host|:|port| (0: any free port). In EMSE and EESE a source
 * that is no known peer is a UE, for UEs change their addresses; elsewhere it is a stranger.
 * Returns: ERR_OK; ERR_IO or ERR_NO_ROOM with the reason, and the cure, in |why|. */
enum err udp_open(enum role self, const char *host, uint16_t port, struct udp **out,
                  char why[UDP_WHY_MAX]) MUST_USE;
void udp_close(struct udp *u);

/* Adds a peer; several may have one role. Resolves |host|, which can take time.
 * Returns: ERR_OK; ERR_IO with the reason in |why|; ERR_NO_ROOM. */
enum err udp_add_peer(struct udp *u, enum role role, const char *host, uint16_t port,
                      char why[UDP_WHY_MAX]) MUST_USE;

/* Readable when it is. */
int udp_fd(const struct udp *u);
/* Where it listens: "127.0.0.1:4001", "[::1]:4001". */
void udp_address(const struct udp *u, char text[UDP_ADDRESS_MAX]);
/* Octets of receive buffer that the system has granted, overhead included. */
unsigned udp_rcvbuf(const struct udp *u);

/* Hands over what has arrived, at most UDP_BATCHES_MAX batches. */
void udp_receive(struct udp *u, udp_handler *handler, void *arg);

/* Appends a datagram to the queue: to |addr|, or with len 0 to the first peer of role |to|. There
 * must be room. */
void udp_queue(struct udp *u, enum role to, const struct node_addr *addr, const uint8_t *octets,
               size_t len);
/* How many more the queue can take. */
unsigned udp_queue_room(const struct udp *u);
/* Sends the queue. */
void udp_flush(struct udp *u);

/* As of now; valid until the next call. */
const struct udp_counters *udp_counters(struct udp *u);

#endif
