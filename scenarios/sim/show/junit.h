/* The verdicts of `e2esim run` as JUnit XML, which CI systems read: a testsuite for each run of a
 * scenario, in it a testcase for each expectation and each invariant. README.md has the members.
 *
 * The file says from the beginning that the runs have not ended, and is replaced at the end: what
 * is killed in between leaves an error, and never the verdicts of an earlier run. All functions but
 * junit_new() do nothing when |j| is NULL. */
#ifndef SIM_SHOW_JUNIT_H
#define SIM_SHOW_JUNIT_H

#include "scenarios/sim/show/report.h"
#include "scenarios/sim/show/whole.h"

struct junit;

/* |path| is borrowed. Returns NULL with a sentence in |why| when |path| cannot be written. */
struct junit *junit_new(const char *path, char why[WHOLE_WHY_MAX]);
void junit_free(struct junit *j);

/* A run that was judged; |repeat| is the command that runs it again. */
void junit_run(struct junit *j, const struct report *r, const struct judge *judge,
               const struct invariants *v, const char *repeat);

/* What went wrong beside the judging of |name|: its file is wrong, or the machine failed. */
void junit_error(struct junit *j, const char *name, const char *words);

/* |name| was not run. */
void junit_skipped(struct junit *j, const char *name, const char *words);

/* Writes the file. Returns: ERR_OK; ERR_IO with a sentence in |why|. */
enum err junit_write(struct junit *j, char why[WHOLE_WHY_MAX]) MUST_USE;

#endif
