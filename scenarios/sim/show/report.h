/* The verdict of a run: report.json and the summary on the terminal. It counts while the trace goes
 * by, and asks judge and invariants at the end. The schema of report.json is in README.md. */
#ifndef SIM_SHOW_REPORT_H
#define SIM_SHOW_REPORT_H

#include "scenarios/sim/judge/invariants.h"
#include "scenarios/sim/judge/judge.h"
#include "scenarios/sim/show/canvas.h"

enum run_verdict {
    RUN_PASS,
    RUN_FAIL,  /* an expectation, a binding invariant or a rule that never fired */
    RUN_ERROR, /* the run itself failed: what it shows counts for nothing */
};
/* "pass", "fail", "error"; a static string. */
const char *run_verdict_name(enum run_verdict o);

struct report;

/* Returns NULL when memory is short. */
struct report *report_new(const struct trace_run *run);
void report_free(struct report *r);

/* A trace_sink; |arg| is the struct report. */
void report_event(void *arg, const struct trace_event *e);

/* After judge_finish() and judge_vacuous(). */
enum run_verdict report_verdict(const struct report *r, const struct judge *j,
                                const struct invariants *v);

/* Writes report.json; errors stay in the stream's error flag. */
void report_json(const struct report *r, const struct judge *j, const struct invariants *v,
                 FILE *out);

/* Prints each expectation with its verdict, what failed and why, broken invariants, and one line
 * that sums it up; after a failure the command |repeat| that runs it again. */
void report_print(const struct report *r, const struct judge *j, const struct invariants *v,
                  const char *repeat, const struct look *look, FILE *out);

/* Writes the command that repeats the run, for a shell: file, mode, variant, switches that differ
 * from those of the file, seed. What else was on the command line (--set) the caller appends. */
void report_repeat(const struct trace_run *run, FILE *out);

#endif
