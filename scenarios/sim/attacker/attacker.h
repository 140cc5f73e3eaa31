/* The attacker of a run: he listens to some links, is given secrets by the script, and derives what
 * follows (mind.h). He acts on nothing: the relay injects what he sends.
 *
 * Beside what he knows there is the truth: another mind, which hears all links and knows K. It says
 * what a leaked key is, and which e2mKEYSETs the UE uses. Both hear a datagram when the trace tells
 * it, as it travelled on, lost ones too. Only UEs that a sentence names are followed. */
#ifndef SIM_ATTACKER_ATTACKER_H
#define SIM_ATTACKER_ATTACKER_H

#include "scenarios/sim/net/forge.h"
#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/trace.h"

struct attacker;

/* |scn| is borrowed. |sink| gets TRACE_LEAK and TRACE_KNOWS. Returns NULL when memory is short. */
struct attacker *attacker_new(const struct scenario *scn, const struct trace_sink *sink);
void attacker_free(struct attacker *a);

/* Each event of the trace, after all others have been told of it. */
void attacker_event(struct attacker *a, const struct trace_event *e);

/* The |fault|-th fault of the scenario, a LEAK, is to happen now. It does not when there is nothing
 * to leak yet. */
void attacker_leak(struct attacker *a, uint64_t now_us, unsigned fault);
/* How often it has happened. */
uint32_t attacker_leaked(const struct attacker *a, unsigned fault);

/* What he can make the |fault|-th fault of the scenario with, a FORGE, at the moment. */
void attacker_keys(const struct attacker *a, unsigned fault, struct forge_keys *out);

/* False when he has lost track: "he does not know" would prove nothing. */
bool attacker_is_whole(const struct attacker *a);

#endif
