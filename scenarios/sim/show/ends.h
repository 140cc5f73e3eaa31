/* What the two ends of an association hold, UE and EESE, as seen in the trace: their epochs and key
 * fingerprints, whether these agree, and where they part. The ladder, the report and the judge's
 * explanations all look here.
 *
 * During every rekey one end is a step ahead of the other: that is ENDS_APART and no news to worry
 * about. The keys part (ENDS_PARTED) when no further step of the protocol can bring the same key to
 * both:
 *   both ends have had different keys under one number;
 *   or what would bring one end its next key was lost in a variant that repeats nothing, and the
 *   other end goes on;
 *   or, in the literal text, one end is more derivations ahead than RANDs are on their way to the
 *   other: whatever RAND comes later, both derive from it;
 *   or, in the hardened variant without an index, one end is two derivations ahead. */
#ifndef SIM_SHOW_ENDS_H
#define SIM_SHOW_ENDS_H

#include "scenarios/sim/show/trace.h"

enum { ENDS_HISTORY = 8 };

enum ends_relation {
    ENDS_ALONE, /* one end has no key yet */
    ENDS_APART, /* different numbers, may come together */
    ENDS_AGREE, /* same number, same fingerprint */
    ENDS_PARTED
};

struct end_key {
    uint32_t epoch;
    uint32_t fp;
};

/* One end: its key now, and the latest ones it has had. */
struct end {
    bool has_key;
    struct end_key key;
    uint64_t since_us;
    unsigned had_count; /* counts on; had[] is a ring */
    struct end_key had[ENDS_HISTORY];
    bool starved;       /* the message that would have brought its next key was lost for good */
    bool renewed;       /* literal: it has a new first key, the other end not yet */
    uint32_t under_way; /* literal: RANDs that the EMSE has for it and that have not come yet */
};

struct pair {
    struct end ue;
    struct end eese;
    enum ends_relation relation;
    uint64_t parted_us; /* when ENDS_PARTED began */
};

struct ends {
    const struct trace_run *run; /* borrowed */
    unsigned count;
    struct pair *pair; /* by UE of the scenario */
};

/* What one event changed. */
struct ends_news {
    bool changed;            /* |at| holds another key than before */
    bool parts;              /* the keys part with this event */
    bool meets;              /* the ends agree with this event and did not before */
    enum role at;            /* ROLE_UE or ROLE_EESE */
    const struct pair *pair; /* NULL when the event says nothing about keys */
};

/* Returns: ERR_OK; ERR_NO_ROOM when memory is short. */
enum err ends_init(struct ends *e, const struct trace_run *run) MUST_USE;
void ends_free(struct ends *e);
struct ends_news ends_event(struct ends *e, const struct trace_event *ev);

#endif
