/* What a report is made of. Private to report.c and report_json.c. */
#ifndef SIM_SHOW_REPORT_PARTS_H
#define SIM_SHOW_REPORT_PARTS_H

#include "scenarios/sim/show/ends.h"
#include "scenarios/sim/show/report.h"
#include "scenarios/sim/show/tally.h"

struct report {
    const struct trace_run *run;
    struct tally tally;
    struct ends ends;
};

#endif
