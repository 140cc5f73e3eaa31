/* capture.pcapng: every datagram of a run, for Wireshark, tshark and editcap. A trace_sink.
 *
 * The file is little endian, after draft-ietf-opsawg-pcapng: a section header with what was run,
 * one interface for each link, the names of the addresses, then a packet for each datagram when
 * its fate is final. Addresses and ports are made up, the same in every run, so that a profile
 * (`e2esim wireshark`) and a filter serve any capture:
 *
 *     HSS 192.0.2.1:4101   EMSE 192.0.2.2:4102   EESE 192.0.2.3:4103
 *     UE  192.0.2.4:4104   VN   192.0.2.5:4105   (RFC 5737; all UEs have one address)
 *
 * Of a virtual run the file is the same octets each time. */
#ifndef SIM_SHOW_PCAPNG_H
#define SIM_SHOW_PCAPNG_H

#include "scenarios/sim/show/trace.h"

#include <stdio.h>

enum {
    PCAPNG_PORT_FIRST = 4101, /* of the first role; one each, in the order of enum role */
    PCAPNG_PORT_LAST = PCAPNG_PORT_FIRST + ROLE_COUNT - 1,
    PCAPNG_HEADERS = 20 + 8, /* IPv4 and UDP, before each datagram */
};

struct pcapng {
    const struct trace_run *run;
    FILE *out;
    bool live;
    uint64_t zero_us; /* when the run began, since 1970; of a virtual run 0 */
};

/* Writes all that comes before the first packet. Errors stay in the error flag of |out|. In a live
 * run each packet reaches the file at once. */
void pcapng_init(struct pcapng *p, const struct trace_run *run, FILE *out);

/* A trace_sink; |arg| is the struct pcapng. */
void pcapng_event(void *arg, const struct trace_event *e);

#endif
