/* The network between the roles, the same for live and virtual runs: it names each datagram,
 * applies the scenario's faults and link conditions, and says when it arrives. No socket and no
 * clock: the driver gives what was sent, asks when something is due, and carries it on.
 *
 * Order. A link without jitter is a pipe: first in, first out, also when its delay shrinks. Jitter,
 * `delay` rules and copies may overtake and be overtaken. Equal times: in the order of sending.
 *
 * Rules come before rates: a datagram that a rule has named is neither lost nor copied by the rates
 * of its link, only by a cut. A rule counts its matches over what the roles send, repetitions
 * included; copies and replays are made by rules and match none. Of several rules that strike one
 * datagram, `drop` wins, else all are applied; of those that hold it back, the first.
 *
 * What is held back arrives when it is released, but not before its time. It waits for a later
 * datagram of its link to arrive, for one of another UE to be swapped with, or for an event; what
 * is so already, or an n-th that has been, holds nothing back. When nothing happens any more it is
 * released in vain, one at a time.
 *
 * Randomness. Each decision is a function of (seed, link, message, UE, epoch, how many of those
 * before it), so that no decision shifts another; rules are no part of it. Bursts of losses are
 * runs of consecutive sendings of one message kind of one UE in one epoch, for the same reason. */
#ifndef SIM_NET_RELAY_H
#define SIM_NET_RELAY_H

#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/trace.h"

struct forge_keys;
struct relay;

struct relay_delivery {
    uint64_t id; /* number of the datagram in this run */
    enum role from;
    enum role to;
    enum kill kill; /* its receiver dies of it */
    unsigned line;  /* by this line of the scenario */
    size_t len;
    uint8_t octets[DATAGRAM_MAX];
};

/* sent + duplicated + injected = delivered + dropped + in_flight + held */
struct relay_counters {
    uint64_t sent;       /* by a role */
    uint64_t duplicated; /* copies made by a rule or a rate */
    uint64_t injected;   /* replays and forgeries */
    uint64_t delivered;  /* arrived, whatever befell it before */
    uint64_t dropped;
    uint64_t in_flight;
    uint64_t held; /* waiting for an event or for later ones */
};

/* |scn| is borrowed. |sink| gets a TRACE_MSG for each datagram when its fate is final. Returns NULL
 * when memory is short. */
struct relay *relay_new(const struct scenario *scn, const struct trace_sink *sink);
void relay_free(struct relay *r);

/* A role has sent a datagram; |now_us| never goes back. One longer than DATAGRAM_MAX is dropped.
 * Returns: ERR_OK; ERR_NO_ROOM when memory is short, the datagram is lost then. */
enum err relay_send(struct relay *r, uint64_t now_us, enum role from, enum role to,
                    const uint8_t *octets, size_t len) MUST_USE;

/* The |i|-th fault of the scenario, a RECALL, REFLECT or FORGE, is to be injected now, made with
 * |keys| if it demands one. It does not fire when there is nothing to replay, a key is lacking, or
 * no such message can be made. Returns: ERR_OK; ERR_NO_ROOM. */
enum err relay_inject(struct relay *r, uint64_t now_us, unsigned i,
                      const struct forge_keys *keys) MUST_USE;

/* When the next datagram arrives, or waits no longer; UINT64_MAX when none does. */
uint64_t relay_deadline(const struct relay *r);

/* Takes the next datagram that is due at |now_us|; its trace event comes first. False: none is. */
bool relay_pop(struct relay *r, uint64_t now_us, struct relay_delivery *out);

/* Each event of the trace, those of the relay itself too: it may release what is held. */
void relay_event(struct relay *r, const struct trace_event *e);

/* How long nothing must have happened before what is held is released in vain: the longest timer
 * of the run and a second, at most 10 s. */
uint64_t relay_idle_us(const struct relay *r);
/* Releases the first of what is held. */
void relay_release_idle(struct relay *r, uint64_t now_us);

/* Tells what is held still, at the end of the run. */
void relay_finish(struct relay *r, uint64_t now_us);

/* What occurred in a role; the steps tell the relay epochs that datagrams do not show. */
void relay_observe(struct relay *r, const struct occur *o);

/* From now on the process of |who| is not there (or is again): what arrives for it is lost, by line
 * |line| of the scenario. */
void relay_set_down(struct relay *r, enum role who, bool down, unsigned line);

/* A rule has killed the sender of a datagram since the last call: who it is, and the rule's line.
 * False: none has. */
bool relay_killed(struct relay *r, enum role *who, unsigned *line);

/* The conditions of the directed link for what is sent from now on. */
void relay_set_link(struct relay *r, enum role from, enum role to, const struct scn_link *link);

/* How often the |i|-th fault of the scenario has struck. */
uint32_t relay_rule_fired(const struct relay *r, unsigned i);

const struct relay_counters *relay_counters(const struct relay *r);
/* True when the counters add up. */
bool relay_adds_up(const struct relay *r);

#endif
