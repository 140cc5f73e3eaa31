/* A node hosts one role: its contexts, how a datagram finds one, its timers, its effects. No
 * socket, no clock, no file: the daemon shell and the virtual driver each give it hooks. All memory
 * is taken in node_new(); afterwards nothing allocates, and the tables bound what a peer can cause.
 *
 * A driver must call, in any order, node_datagram(), node_order(), and node_run_timers() whenever
 * node_deadline() has come; then carry out what the hooks queued: first make saves durable, then
 * send (durable before visible, H11). */
#ifndef COMMON_NODE_NODE_H
#define COMMON_NODE_NODE_H

#include "common/core/machine.h"
#include "common/node/occur.h"

/* Where a datagram came from or goes; opaque to the node (a sockaddr in the daemon, a port number
 * in a simulation). */
struct node_addr {
    uint8_t len; /* 0: none */
    uint8_t octets[28];
};

/* A context as it is kept: what a save hands over, and node_restore() takes back. */
struct node_record {
    struct ident ue;
    uint32_t slot;         /* number of the context in its table */
    struct node_addr addr; /* where this UE was last heard */
    const void *ctx;       /* plain octets, of the machine's ctx_size */
};

/* What a node does to the world. A hook must not call back into its node. */
struct node_hooks {
    void *arg;
    /* One datagram to |to|, on behalf of |ue|. |addr| is the source of the datagram it answers, or
     * where that UE was last heard; len 0: the configured peer. */
    void (*send)(void *arg, enum role to, const struct node_addr *addr, const struct ident *ue,
                 const uint8_t *octets, size_t len);
    void (*occur)(void *arg, const struct occur *o);
    /* 32 fresh octets. A live daemon takes them from getrandom(2); a run with a seed gives
     * prng_fill of (seed, role, ue, draw), so that live and virtual runs of a scenario derive the
     * same keys. */
    void (*entropy)(void *arg, const struct ident *ue, uint64_t draw, uint8_t out[ENTROPY_LEN]);
    /* Make this context durable; may be NULL when the daemon keeps no state. The hardened variant
     * saves where its rules say so. The literal text says nothing of restarts: there every step
     * saves, but nothing is resumed. */
    void (*save)(void *arg, const struct node_record *record);
};

struct node_counters {
    uint64_t datagrams; /* received */
    uint64_t refused[ERR_COUNT];
    uint64_t unrouted;   /* well formed, for nobody here */
    uint64_t unexpected; /* no row for it */
    uint64_t steps;
    uint64_t sent;
    uint64_t table_full;
};

struct node;

/* |conf| (the role's, with struct machine_conf first) and |m| are borrowed for the node's life.
 * Returns NULL when memory is short. |contexts_max| bounds the table. */
struct node *node_new(const struct machine *m, const void *conf, uint32_t contexts_max,
                      const struct node_hooks *hooks);
void node_free(struct node *n);

/* The context of |ue|, made if absent. Returns NULL when the table is full. For provisioning
 * (cards, subscribers) and tests. */
void *node_context(struct node *n, const struct ident *ue);
/* Reads without making; NULL when absent. */
const void *node_find(const struct node *n, const struct ident *ue);

/* Takes back a context that was saved in another life of this daemon, before anything else happens
 * here; SIDs and the rest find it at once. Where contexts are provisioned from the configuration
 * (machine.restore), the configuration keeps what is its own. Returns: ERR_OK; ERR_UNKNOWN, nothing
 * done: the configuration has no such UE any more; ERR_NO_ROOM: its slot is beyond the table;
 * ERR_BAD_FIELD: it does not go with the configuration, or its slot is taken. */
enum err node_restore(struct node *n, const struct node_record *record) MUST_USE;

/* Gives ORDER_START |o| to at most |max| of the restored contexts; one for which something comes
 * before its turn gets it then. Returns true when all have had it. |o| is borrowed until then. */
bool node_resume(struct node *n, uint64_t now_us, const struct order *o, unsigned max);

/* A datagram from |from| at |addr|. Never fails: what is wrong with it is counted and told to the
 * occur hook. Timers that are due by |now_us| run before it. */
void node_datagram(struct node *n, uint64_t now_us, enum role from, const struct node_addr *addr,
                   const uint8_t *octets, size_t len);

/* An order for |ue|'s context. Returns: ERR_OK; ERR_UNKNOWN when there is no such context. */
enum err node_order(struct node *n, uint64_t now_us, const struct ident *ue,
                    const struct order *o) MUST_USE;

/* When the earliest timer is due; UINT64_MAX when none runs. */
uint64_t node_deadline(const struct node *n);
/* Runs every timer due at |now_us|, earliest first; equal deadlines in the order they were armed.
 * What is armed meanwhile waits for the next call, even when it is due already, so that no timer
 * can hold up a node by starting itself anew. */
void node_run_timers(struct node *n, uint64_t now_us);

const struct node_counters *node_counters(const struct node *n);
const struct machine *node_machine(const struct node *n);

/* The contexts in slot order, for walking: returns the number of used slots; |ue| and context of
 * slot |i|. After node_restore() some slots may be vacant: |ue| is empty. */
uint32_t node_size(const struct node *n);
const void *node_slot(const struct node *n, uint32_t i, struct ident *ue);

#endif
