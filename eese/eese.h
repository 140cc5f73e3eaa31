/* EESE, the end-to-end security endpoint at the enterprise: one context per UE. It holds
 * e2eKEYSETs, runs te2e, flags the keys invalid when it runs out, answers the next contact with the
 * error, triggers the rekey, and gives data and integrity verdicts to the application
 * (clauses 6.x.2.1, 6.x.2.3). It never sees an e2m key (clause 5.Y.3). Source: PROTOCOL.md 5, 7.1
 * and 7.3. */
#ifndef EESE_EESE_H
#define EESE_EESE_H

#include "common/core/epoch.h"
#include "common/core/machine.h"
#include "common/core/policy.h"
#include "common/core/window.h"
#include "common/crypto/keyset_e2e.h"

enum { EESE_QUEUE_MAX = 16 }; /* as many as a UE keeps */

/* The enterprise's wish of te2e for one UE. */
struct eese_wish {
    struct ident ue;
    uint32_t te2e_ms;
};

struct eese_conf {
    struct machine_conf base;
    struct ident name;
    uint32_t te2e_wish_ms; /* for all its UEs, 0: none */
    const struct eese_wish *wish;
    uint32_t wish_count;
};

struct eese_down { /* a message to the UE */
    uint32_t ctr;  /* 0: not sent yet */
    uint16_t len;
    uint8_t payload[PAYLOAD_MAX];
};

struct eese_ue {
    uint8_t state;
    uint8_t trig; /* enum trigger_reason of the pending rekey, 0: none */
    uint8_t trig_tries;
    uint8_t data_tries;
    uint8_t prev_ok; /* prev is accepted for data */
    uint8_t queued;
    uint8_t trig_waits; /* the rekey is put off until the overlap has closed */
    uint8_t pad;
    uint32_t dl_ctr;   /* last number given to a downlink message */
    uint32_t messages; /* accepted under cur, for the volume limit */
    uint32_t contact;  /* the UE has been heard since the last status: 1 */
    uint32_t te2e_ms;  /* as last armed */
    uint64_t expires_us;
    uint64_t overlap_end_us;
    struct window seen; /* uplink numbers, across epochs (H8) */
    struct assoc assoc;
    struct profile profile;
    struct epoch cur;  /* in use */
    struct epoch next; /* installed, the UE may begin to use it */
    struct epoch prev; /* accepted for the overlap, then kept to recognise genuine old frames */
    struct eese_down queue[EESE_QUEUE_MAX];
};

extern const struct machine eese_machine;

#endif
