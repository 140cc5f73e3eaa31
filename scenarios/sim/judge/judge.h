/* Judges the expectations of a scenario while its trace goes by. A verdict is given at the first
 * moment when it can no longer change, the others in judge_finish(). A failed expectation explains
 * itself: what was expected, how often it was seen, what both ends held and the last messages. */
#ifndef SIM_JUDGE_JUDGE_H
#define SIM_JUDGE_JUDGE_H

#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/trace.h"

enum { JUDGE_WHY_MAX = 1536 };

enum judged {
    JUDGED_PENDING,
    JUDGED_HELD,
    JUDGED_FAILED,
    JUDGED_NOT_ASKED /* it binds the other variant only */
};
/* "pending", "held", "failed", "not asked"; a static string. */
const char *judged_name(enum judged j);

struct judgement {
    enum judged verdict;
    bool vacuous;                 /* no expectation: a rule that never fired */
    unsigned line;                /* of the scenario file */
    char text[NAME_TEXT_MAX + 1]; /* the sentence as written, or `vacuous: ...` */
    uint64_t at_us;               /* when the verdict was reached */
    uint32_t count;               /* how often its condition was met by then */
    char why[JUDGE_WHY_MAX];      /* of a failed one: lines, each ended by a newline; else "" */
};

struct judge;

/* Returns NULL when memory is short. */
struct judge *judge_new(const struct trace_run *run);
void judge_free(struct judge *j);

/* A trace_sink; |arg| is the struct judge. */
void judge_event(void *arg, const struct trace_event *e);

/* True when waiting longer cannot turn a pending expectation into a held one: each positive one is
 * met or its deadline has passed at |now_us|. The driver may then end the run once it is quiet. */
bool judge_settled(const struct judge *j, uint64_t now_us);

/* The run is over: gives the verdicts still pending. */
void judge_finish(struct judge *j, uint64_t end_us);

/* After the run: rule |fault| of the scenario never fired, so what it was to test was not tested.
 * Adds a failed judgement. */
void judge_vacuous(struct judge *j, unsigned fault);

unsigned judge_count(const struct judge *j);
const struct judgement *judge_get(const struct judge *j, unsigned i);

/* How many have that verdict. */
unsigned judge_tally(const struct judge *j, enum judged verdict);
/* How many rules never fired: then the run did not test what its file says. */
unsigned judge_vacuities(const struct judge *j);

#endif
