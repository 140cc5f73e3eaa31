/* A condition of a scenario, watched over the trace of a run: the script's `when` and the judge's
 * `expect` ask the same question of the same events.
 *
 *   MSG            each datagram that matches and arrives, copies too; with any_fate each that was
 *                  sent. With nth only the n-th of them
 *   SHARE          the latest steps of the UE and of the EESE for it show one epoch with one
 *                  fingerprint; met when that begins, and again for each later epoch
 *   STATE          the context enters the state, or is first seen in it
 *   ATTACHED       the UE has noted ATTACHED and has not begun anew since
 *   PROCESS        the process of the role dies, or starts
 *   ACCEPT_EXPIRED data is delivered under an epoch that has expired in the EESE and has not come
 *                  back into use there (the literal text numbers from 0 again after an attach)
 *   KNOWS          the attacker comes to know it; what he knows he never forgets
 *
 * With all_ues the condition is met for the k-th time when the last UE has met it k times; as in
 * one condition for each UE, they need not meet it at the same moment. */
#ifndef SIM_DRIVE_COND_H
#define SIM_DRIVE_COND_H

#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/trace.h"

struct cond;

/* Both arguments are borrowed for its life. Returns NULL when memory is short. */
struct cond *cond_new(const struct scenario *scn, const struct scn_cond *what);
void cond_free(struct cond *c);

/* To be called with every event of the trace. Returns how often |e| meets the condition: 0 or 1. */
uint32_t cond_meets(struct cond *c, const struct trace_event *e);
/* The same; script/parse.h has a builder of this name. */
static inline uint32_t cond_event(struct cond *c, const struct trace_event *e)
{
    return cond_meets(c, e);
}

/* True when it is so now: SHARE, STATE and ATTACHED, of the UE, of any or of all. For the others:
 * that it has been met. */
bool cond_true(const struct cond *c);

/* Checks the words that only the roles' tables know: the state of STATE, the event of EVENT.
 * Returns: ERR_OK; ERR_UNKNOWN, with a sentence in |why| that names what there is. */
enum { COND_WHY_MAX = 640 };
enum err cond_check(const struct scenario *scn, const struct scn_cond *what,
                    char why[COND_WHY_MAX]) MUST_USE;

#endif
