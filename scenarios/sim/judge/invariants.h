/* The statements of PROTOCOL.md 8.3 that can be judged from the trace alone, watched in every run.
 * All of them hold in the hardened variant, where a broken one fails the run. The literal text
 * breaks some of them: there a broken one is a finding, shown, and fails nothing.
 *
 * Each is sound: it speaks only when the trace leaves no other reading. README.md has a table of
 * them: what each says, what relaxes it, and what of it has to be checked elsewhere. */
#ifndef SIM_JUDGE_INVARIANTS_H
#define SIM_JUDGE_INVARIANTS_H

#include "scenarios/sim/show/trace.h"

enum { INVARIANT_WHAT_MAX = 256 };

struct invariant {
    const char *id;       /* "I1" */
    const char *name;     /* "agreement" */
    const char *sentence; /* what always holds */
    const char *clause;   /* of the contribution, that it protects */
    bool watched;         /* false: this run gives no ground to judge it */
    uint32_t broken;      /* how often it was broken; 0: it holds */
    uint64_t event;       /* the first one: its number in the trace (line of trace.jsonl), 1.. */
    uint64_t t_us;
    char what[INVARIANT_WHAT_MAX]; /* ... and what happened */
    uint64_t no_return;            /* the event after which nothing could mend it; 0: unknown */
    uint64_t no_return_us;
};

struct invariants;

/* Returns NULL when memory is short. */
struct invariants *invariants_new(const struct trace_run *run);
void invariants_free(struct invariants *v);

/* A trace_sink; |arg| is the struct invariants. */
void invariants_event(void *arg, const struct trace_event *e);

unsigned invariants_count(const struct invariants *v);
const struct invariant *invariants_get(const struct invariants *v, unsigned i);

/* True when a broken one fails the run: in the hardened variant. */
bool invariants_binding(const struct invariants *v);
/* How many are broken. */
unsigned invariants_broken(const struct invariants *v);

#endif
