/* The datagrams that are under way: a heap by the time of arrival, then in the order of pushing. */
#ifndef SIM_NET_FLIGHTS_H
#define SIM_NET_FLIGHTS_H

#include "scenarios/sim/net/name.h"

struct flight {
    uint64_t id;
    uint64_t sent_us;
    enum role from;
    enum role to;
    struct name name;
    enum fate fate; /* when it arrives */
    unsigned line;
    enum kill kill; /* of its receiver */
    unsigned rule;  /* which one kills */
    size_t len;
    uint8_t octets[DATAGRAM_MAX];
};

struct flights_entry {
    uint64_t due_us;
    uint64_t number;
    uint32_t place;
};

struct flights { /* {0} is empty */
    struct flights_entry *heap;
    uint32_t count;
    uint32_t room;          /* places that exist */
    struct flight **blocks; /* of BLOCK places each; they never move */
    uint32_t *free;         /* places not in use */
    uint32_t free_count;
    uint64_t pushed;
};

void flights_free(struct flights *f);

/* A place for one more, to be filled in and pushed. Returns NULL when memory is short. */
struct flight *flights_take(struct flights *f, uint32_t *place);
void flights_push(struct flights *f, uint32_t place, uint64_t due_us);
/* What is at |place|, which has been taken and not popped. */
struct flight *flights_at(const struct flights *f, uint32_t place);

/* When the first arrives; UINT64_MAX when there is none. */
uint64_t flights_deadline(const struct flights *f);
/* The first one, there must be one; valid until the next flights_take(). */
const struct flight *flights_pop(struct flights *f);

#endif
