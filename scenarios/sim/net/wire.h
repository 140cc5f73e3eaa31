/* One directed link and one radio: how long a datagram takes, and whether there is room for it.
 * Integers only; what is random is drawn by the caller. Private to the relay. */
#ifndef SIM_NET_WIRE_H
#define SIM_NET_WIRE_H

#include "scenarios/sim/net/coverage.h"

struct wire {
    struct scn_link link;
    uint64_t free_us; /* the sender of a link with a rate is busy until then */
    uint64_t last_us; /* latest arrival of what keeps its order */
};

/* The radio of one UE; both directions have their own rate. */
struct radio {
    uint64_t free_us[2]; /* from the UE, to it */
    uint64_t awake_us;   /* connected until then; 0: it has not been yet */
};

/* When the last bit of |len| octets, there at |now_us|, has left the sender. False: it would have
 * to wait for longer than the queue allows, and |patient| is false; nothing is changed then. */
bool wire_transmit(struct wire *w, uint64_t now_us, size_t len, bool patient, uint64_t *sent_us);

/* The same for a radio of class |c|; it has no bound. */
uint64_t radio_transmit(struct radio *r, enum coverage c, bool up, uint64_t now_us, size_t len);

/* How long the way is for a datagram that the |i|-th draw of |key| is for. */
uint64_t wire_way_us(const struct scn_link *l, uint64_t key, uint64_t i);
/* True when datagrams may overtake each other on it by themselves. */
bool wire_overtakes(const struct scn_link *l);

/* The probability, in parts per million, that a datagram is lost after one that was not, on a link
 * with bursts (Gilbert-Elliott, nothing is lost between them); with |after_loss|, after one that
 * was.
 * Source: E. N. Gilbert, Capacity of a burst-noise channel, 1960. */
uint32_t wire_burst_ppm(const struct scn_link *l, bool after_loss);

#endif
