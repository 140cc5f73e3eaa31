/* The datagrams of one daemon, kept together by turns of its loop. A daemon says on its control
 * socket how many datagrams a turn sends before it sends them (`sends N`). They arrive one by one
 * on the sockets of several links, and the daemon may lose its processor between two of them; if
 * the first were carried on alone, its consequences could overtake the second, which no network
 * without delay allows. So they are held until the turn is complete: then all of it is under way
 * before anybody can answer any of it, whatever the machine is busy with, and in the order in which
 * it was sent. */
#ifndef SIM_DRIVE_LIVE_TURN_H
#define SIM_DRIVE_LIVE_TURN_H

#include "common/base/err.h"
#include "common/base/role.h"
#include "common/wire/msg.h"

struct live_held {
    uint64_t sent_ns; /* by the clock of the system */
    unsigned place;   /* in the order of arrival */
    enum role to;
    uint16_t len;
    uint8_t octets[DATAGRAM_MAX];
};

/* Start from {0}. */
struct live_turn {
    uint64_t announced; /* datagrams, since the start */
    uint64_t arrived;
    struct live_held *held;
    unsigned held_count;
    unsigned held_cap;
    uint64_t since_us; /* when the first one held arrived */
};

void live_turn_free(struct live_turn *t);

/* A datagram has arrived at |now_us|, sent at |sent_ns|. Returns: ERR_OK; ERR_NO_ROOM when memory
 * is short. */
enum err live_turn_add(struct live_turn *t, uint64_t now_us, uint64_t sent_ns, enum role to,
                       const uint8_t *octets, size_t len) MUST_USE;

/* True when all that was announced is here, and something is held: the held are then to be put in
 * order and carried on, and live_turn_clear() called. */
bool live_turn_complete(const struct live_turn *t);
/* Puts the held in the order of sending; those of one link arrive in it, those of several do not.
 * */
void live_turn_sort(struct live_turn *t);
void live_turn_clear(struct live_turn *t);

#endif
