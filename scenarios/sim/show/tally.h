/* Counts of a run, from its trace: datagrams by message and fate, octets by message and by link.
 * A datagram that a role has sent counts where it was sent, lost or not; copies and forgeries that
 * a rule made are counted apart, because nobody paid for them. */
#ifndef SIM_SHOW_TALLY_H
#define SIM_SHOW_TALLY_H

#include "scenarios/sim/show/trace.h"

enum { TALLY_TYPES = MSG_TYPE_COUNT + 1 }; /* the last one: not decodable */

struct tally_link {
    uint64_t datagrams; /* sent by a role */
    uint64_t bytes;
    uint64_t lost;
    uint64_t made; /* copies and forgeries */
    uint64_t made_bytes;
};

struct tally {
    uint64_t fate[FATE_COUNT];
    uint64_t type_fate[TALLY_TYPES][FATE_COUNT];
    uint64_t type_bytes[TALLY_TYPES];
    struct tally_link link[ROLE_COUNT][ROLE_COUNT]; /* [from][to] */
    uint64_t datagrams;                             /* sent by a role */
    uint64_t bytes;
    uint64_t made_bytes; /* of copies and forgeries */
    uint64_t air_bytes;  /* of those, on the radio: to or from a UE */
    uint64_t delivered;  /* application messages */
    uint64_t verdicts[VERDICT_COUNT];
    uint64_t refused; /* datagrams that reached no context */
    uint64_t steps;
    uint64_t events;
    uint64_t end_us;
    bool broke; /* the run itself failed */
    char broke_words[256];
};

void tally_init(struct tally *t);

/* A trace_sink; |arg| is the struct tally. */
void tally_event(void *arg, const struct trace_event *e);

#endif
