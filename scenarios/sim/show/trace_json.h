/* The writer of trace.jsonl: one JSON object on a line for each event of a run. The schema is in
 * README.md beside this file. No key ever enters it: the events hold fingerprints only. */
#ifndef SIM_SHOW_TRACE_JSON_H
#define SIM_SHOW_TRACE_JSON_H

#include "scenarios/sim/show/trace.h"

#include <stdio.h>

struct trace_json {
    const struct trace_run *run; /* borrowed */
    FILE *out;                   /* borrowed; errors stay in its error flag */
};

void trace_json_init(struct trace_json *t, const struct trace_run *run, FILE *out);

/* A trace_sink; |arg| is the struct trace_json. */
void trace_json_event(void *arg, const struct trace_event *e);

#endif
