/* What the invariants remember of a run, and their checks. Each check is called with every event,
 * keeps its own part of the memory, and returns true when this event breaks its statement, with one
 * sentence in |what|. Private to the judge. */
#ifndef SIM_JUDGE_WATCH_H
#define SIM_JUDGE_WATCH_H

#include "scenarios/sim/drive/cond.h"
#include "scenarios/sim/judge/invariants.h"

enum { WATCH_HISTORY = 8 };

struct watch_key {
    uint32_t epoch;
    uint32_t fp;
};

/* The keys an end has had. */
struct watch_end {
    unsigned generation; /* counts how often its numbers began again (literal, after an attach) */
    unsigned count;      /* of this generation; had[] is a ring */
    struct watch_key had[WATCH_HISTORY];
};

/* Message numbers delivered, sorted. */
struct watch_numbers {
    uint32_t *list;
    size_t count;
    size_t cap;
};

/* When something last happened at a role, for one UE. */
struct watch_reply {
    bool tainted;        /* an altered frame has arrived ... */
    uint64_t tainted_us; /* ... last at this time */
    bool other;          /* and so has something else that may cause a frame */
    uint64_t other_us;
};

struct watch_ue {
    struct watch_end end[ROLE_COUNT];           /* UE and EESE */
    struct watch_numbers delivered[ROLE_COUNT]; /* at UE and EESE */
    uint32_t altered[ROLE_COUNT];               /* frames that may well fail its check */
    bool has_epoch;                             /* the EESE has one: */
    uint32_t epoch;
    uint32_t causes;
    uint32_t increments;
    struct watch_reply reply[ROLE_COUNT];
};

struct watch {
    const struct trace_run *run;
    bool hardened;
    struct scn_cond what; /* of I3, ... */
    struct cond *accept_expired;
    bool corrupts; /* the scenario has a rule that alters datagrams */
    unsigned count;
    struct watch_ue *ue;
    uint32_t altered[ROLE_COUNT]; /* frames of unknown UEs */
    struct watch_ue *at;          /* of the event being checked; NULL: of an unknown UE */
};

typedef bool watch_check(struct watch *w, const struct trace_event *e,
                         char what[INVARIANT_WHAT_MAX]);

/* Returns: ERR_OK; ERR_NO_ROOM when memory is short. */
enum err watch_init(struct watch *w, const struct trace_run *run) MUST_USE;
void watch_free(struct watch *w);

/* Prepares the checks of |e|. */
void watch_event(struct watch *w, const struct trace_event *e);

bool watch_agreement(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX]);
bool watch_no_old_key(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX]);
bool watch_once(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX]);
bool watch_no_false_alarm(struct watch *w, const struct trace_event *e,
                          char what[INVARIANT_WHAT_MAX]);
bool watch_one_for_one(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX]);
bool watch_no_answer(struct watch *w, const struct trace_event *e, char what[INVARIANT_WHAT_MAX]);

#endif
