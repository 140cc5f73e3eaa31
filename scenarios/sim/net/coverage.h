/* What the radio of a UE in each coverage class gives: NB-IoT, by maximum coupling loss.
 *
 * Source: draft-ietf-lake-reqs after R1-1701044 (Jan 2017) for 144 and 164 dB. The set-up is the
 * sum of its steps from idle to connected: synchronisation, system information, random access,
 * resume, and their acknowledgements. For 154 dB nothing is published: its figures are the
 * geometric mean of its neighbours', an interpolation, and the trace says so. */
#ifndef SIM_NET_COVERAGE_H
#define SIM_NET_COVERAGE_H

#include "scenarios/sim/script/scenario.h"

struct coverage_class {
    const char *name;  /* "144dB" */
    uint32_t up;       /* bit/s from the UE */
    uint32_t down;     /* bit/s to it */
    uint32_t setup_us; /* before the first datagram after a silence */
    bool interpolated;
};

/* A radio that was silent for so long is idle. An inactivity timer is the operator's choice, and
 * this value is ours. */
enum { COVERAGE_IDLE_US = 10 * 1000 * 1000 };

/* Of a class other than COVERAGE_NONE. */
const struct coverage_class *coverage_class(enum coverage c);

#endif
