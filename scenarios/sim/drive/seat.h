/* A role's process in virtual time: its node, its clock, its durable state, and its deaths. Between
 * deaths it is what common/daemon/daemon.c is around the same node: one event is one turn of its
 * loop, durable before anything of it is told, told before anything is sent, unless the correction
 * durable-<role> is off. All times are true ones, in microseconds since the start of the run. */
#ifndef SIM_DRIVE_SEAT_H
#define SIM_DRIVE_SEAT_H

#include "scenarios/sim/net/relay.h"
#include "scenarios/sim/script/scenario.h"

enum { SEAT_WHY_MAX = 512 };

/* What comes out of it; called from within seat_datagram(), seat_order() and seat_timers(). */
struct seat_hooks {
    void *arg;
    void (*send)(void *arg, enum role from, enum role to, const uint8_t *octets, size_t len);
    void (*occur)(void *arg, const struct occur *o);
};

struct seat;

/* Starts it. Returns: ERR_OK and |out|; ERR_NO_ROOM or ERR_SYNTAX with a sentence in |why|. |scn|
 * is borrowed. */
enum err seat_new(const struct scenario *scn, enum role role, const struct seat_hooks *hooks,
                  struct seat **out, char why[SEAT_WHY_MAX]) MUST_USE;
void seat_free(struct seat *s);

/* None of these does anything to a dead one; a paused one takes them when it goes on. Each may end
 * it: seat_is_up() says so then. Returns: ERR_OK; ERR_UNKNOWN when it has no such context;
 * ERR_NO_ROOM when memory is short. */
enum err seat_datagram(struct seat *s, uint64_t now_us, const struct relay_delivery *d) MUST_USE;
enum err seat_order(struct seat *s, uint64_t now_us, const struct ident *ue,
                    const struct order *o) MUST_USE;
enum err seat_timers(struct seat *s, uint64_t now_us) MUST_USE;
/* When its next timer is due; UINT64_MAX: none runs, it is dead, or it is paused. */
uint64_t seat_deadline(const struct seat *s);

bool seat_is_up(const struct seat *s);
/* Its process ends; within a call of the above, when that has been carried out. */
void seat_kill(struct seat *s);
/* It starts again, being dead, with what |p| leaves of its durable state. Returns: ERR_OK;
 * ERR_NO_ROOM, ERR_BAD_FIELD with a sentence in |why|. */
enum err seat_restart(struct seat *s, uint64_t now_us, const struct scn_process *p,
                      char why[SEAT_WHY_MAX]) MUST_USE;
void seat_copy(struct seat *s, unsigned copy);

void seat_pause(struct seat *s);
/* Returns as seat_datagram(). */
enum err seat_resume(struct seat *s, uint64_t now_us) MUST_USE;
void seat_clock(struct seat *s, uint64_t now_us, const struct scn_process *p);

#endif
