/* Remembers enough of a run to explain a failed expectation: the keys of both ends and the last few
 * messages of each UE. Private to the judge. */
#ifndef SIM_JUDGE_EXPLAIN_H
#define SIM_JUDGE_EXPLAIN_H

#include "scenarios/sim/judge/judge.h"
#include "scenarios/sim/show/ends.h"

enum { EXPLAIN_MESSAGES = 6 };

/* The last messages; a ring. Their octets are gone. */
struct explain_log {
    unsigned count;
    struct {
        uint64_t t_us;
        struct trace_msg msg;
    } last[EXPLAIN_MESSAGES];
};

struct explain {
    const struct trace_run *run;
    struct ends ends;
    struct explain_log *log; /* by UE, and the last one for all together */
    uint64_t now_us;
};

/* Returns: ERR_OK; ERR_NO_ROOM when memory is short. */
enum err explain_init(struct explain *x, const struct trace_run *run) MUST_USE;
void explain_free(struct explain *x);
void explain_event(struct explain *x, const struct trace_event *e);

/* Writes lines, each ended by a newline, on why |expect|, met |count| times so far, has failed. */
void explain_failure(const struct explain *x, const struct scn_expect *expect, uint32_t count,
                     char why[JUDGE_WHY_MAX]);

#endif
