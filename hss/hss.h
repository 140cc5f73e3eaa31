/* HSS, the home subscriber server: one context per subscriber. It makes authentication vectors for
 * two separate AKA runs (access, and e2m for clause 6.x.2.1), derives the e2mKEYSET so that CK and
 * IK never leave it, is the source of every RAND (clause 6.x.2.2), and keeps the device profile
 * (clause 6.x.2.4). Source: TS 33.102 6.3 and Annex C, TS 33.401 A.2, PROTOCOL.md 7.4. */
#ifndef HSS_HSS_H
#define HSS_HSS_H

#include "common/core/machine.h"
#include "common/core/policy.h"
#include "common/crypto/aka.h"

struct hss_conf {
    struct machine_conf base;
    uint8_t k_rand[32]; /* secret of the RAND function (H4) */
};

/* The last answer of one purpose, kept to answer a repeated request with the same vector (B61). */
struct hss_answer {
    uint32_t xid; /* 0: none */
    uint32_t g;
    uint8_t rand[RAND_LEN];
    uint8_t autn[AUTN_LEN];
    uint8_t xres[RES_LEN];
    uint8_t key[KEYSET_LEN];
};

/* The context of one subscriber. */
struct hss_ue {
    uint8_t state;
    uint8_t provisioned;
    uint8_t ind_access; /* next IND of each purpose, counted from 0 */
    uint8_t ind_e2m;
    uint32_t g;   /* e2m runs started so far */
    uint64_t sqn; /* last one used */
    struct ident ue;
    struct aka_secret secret;
    struct profile profile;
    struct hss_answer last[PURPOSE_COUNT]; /* by purpose */
};

/* Enters the subscriber |ctx| (a context of hss_machine) with its secret, last used SQN and device
 * profile. */
void hss_provision(struct hss_ue *ctx, const struct aka_secret *secret, uint64_t sqn,
                   const struct profile *profile);

extern const struct machine hss_machine;

#endif
