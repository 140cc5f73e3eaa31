/* The sockets of the network in a live run: for each directed link one UDP socket on the loopback.
 * What A sends to "B as A sees it" arrives at the socket of A->B; what the relay passes on to B
 * leaves from the socket of B->A, so that B sees A where it answers to. The visited network has no
 * process: its node is the runner's, and its end of a link has no socket.
 *
 * A datagram that does not come from the daemon at the other end is nobody's: counted, not read.
 * Datagrams to send are queued and leave in batches with live_net_flush(). */
#ifndef SIM_DRIVE_LIVE_NET_H
#define SIM_DRIVE_LIVE_NET_H

#include "common/base/err.h"
#include "common/base/role.h"
#include "common/wire/msg.h"

#include <netinet/in.h>

enum {
    LIVE_NET_WHY_MAX = 256,
    LIVE_NET_ADDRESS_MAX = 32, /* "127.0.0.1:65535" */
};

struct live_net;

/* A datagram that came out of the daemon of |from|, sent at |sent_ns| by the clock of the system.
 * */
typedef void live_net_take(void *arg, uint64_t sent_ns, enum role from, enum role to,
                           const uint8_t *octets, size_t len);

/* Binds a free port for each link. Returns: ERR_OK; ERR_IO, ERR_NO_ROOM: the reason is in |why|. */
enum err live_net_open(struct live_net **out, char why[LIVE_NET_WHY_MAX]) MUST_USE;
void live_net_close(struct live_net *n);

/* The socket of |from| -> |to|, for an event loop; -1 when there is none. */
int live_net_fd(const struct live_net *n, enum role from, enum role to);

/* How |from| is to call |to|: what belongs behind `peer` in its configuration. False: no link. */
bool live_net_address(const struct live_net *n, enum role from, enum role to,
                      char text[LIVE_NET_ADDRESS_MAX]);

/* The daemon of |who| is at |text|, such as "127.0.0.1:4001". Returns: ERR_OK; ERR_SYNTAX. */
enum err live_net_learn(struct live_net *n, enum role who, const char *text) MUST_USE;

/* Reads one batch from the socket of |from| -> |to|, never blocks. |before| is called once when
 * there is something, then |take| for each datagram. Returns: true when there may be more. */
bool live_net_receive(struct live_net *n, enum role from, enum role to,
                      void (*before)(void *arg, enum role from), live_net_take *take, void *arg);

/* Queues a datagram for the daemon of |to|, coming from |from|. */
void live_net_send(struct live_net *n, enum role from, enum role to, const uint8_t *octets,
                   size_t len);
void live_net_flush(struct live_net *n);

/* True when a receive buffer has run over since the start: the run shows less than has happened.
 * |link| then names one such link, as "UE->EMSE". */
bool live_net_overflowed(const struct live_net *n, char link[LIVE_NET_ADDRESS_MAX]);

/* Datagrams from strangers, or longer than any of ours. */
uint64_t live_net_strangers(const struct live_net *n);

#endif
