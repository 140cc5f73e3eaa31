/* VN, the visited network: one context per UE. It runs its own access AKA with the UE, apart from
 * the e2m run of clause 6.x.2.1, and keeps the K_ASME that comes of it. It is played by the runner,
 * in live runs too: no daemon of ours is a visited network.
 * Source: TS 33.102 6.3, TS 33.401 6.1; PROTOCOL.md 1. */
#ifndef SIM_VISITED_VN_H
#define SIM_VISITED_VN_H

#include "common/core/machine.h"

struct vn_conf {
    struct machine_conf base;
};

struct vn_ue {
    uint8_t state;
    uint8_t tries;    /* of what is being repeated */
    uint8_t resynced; /* the UE has answered with AUTS in this run */
    uint8_t plmn[PLMN_LEN];
    uint8_t pad[2];
    uint32_t xid; /* of the request in progress, or of the last one */
    struct ident ue;
    uint8_t rand[RAND_LEN];
    uint8_t autn[AUTN_LEN];
    uint8_t xres[RES_LEN];
    uint8_t auts[AUTS_LEN];
    uint8_t k_asme[KEYSET_LEN];      /* of the challenge that is out */
    uint8_t k_asme_held[KEYSET_LEN]; /* of the last run that ended well */
};

extern const struct machine vn_machine;

#endif
