/* EMSE, the end-to-middle security endpoint in the home network: one context per UE. It runs the
 * separate AKA with the UE and keeps the e2mKEYSET, hands the e2eKEYSET derived from it to the EESE
 * (clause 6.x.2.1), and at the EESE's trigger fetches a RAND and carries it to EESE and UE
 * (clauses 6.x.2.2, 6.x.2.3). In the hardened variant it is the one who numbers epochs (H2).
 * Source: PROTOCOL.md 5, 7.1 and 7.4. */
#ifndef EMSE_EMSE_H
#define EMSE_EMSE_H

#include "common/core/machine.h"
#include "common/core/policy.h"
#include "common/crypto/keyset_e2m.h"

enum { EMSE_EESES_MAX = 8 };

struct emse_eese {
    struct ident name;
    uint32_t handle; /* eese_handle(name) */
    struct alg_wish wish;
};

struct emse_conf {
    struct machine_conf base;
    struct ident name;
    struct emse_eese eese[EMSE_EESES_MAX];
    uint8_t eese_count;
};

/* A root: what one AKA run has given. */
struct emse_root {
    uint32_t g; /* 0: none */
    uint32_t sid;
    uint32_t dl_ctr;  /* last used */
    uint32_t ul_seen; /* highest CTR accepted from the UE */
    struct e2m_keyset e2m;
    struct e2m_traffic keys;
    struct choice choice;
    uint8_t eese; /* index in the configuration */
    uint8_t caps; /* as the UE offered */
    uint8_t used; /* the UE has spoken under it: it is known to hold this root */
    uint8_t plmn[PLMN_LEN];
    uint8_t pad[2];
};

/* An attach in progress. */
struct emse_run {
    uint32_t xid;    /* the UE's; 0: the network started this run */
    uint32_t av_xid; /* towards the HSS, by chance */
    uint8_t eese;
    uint8_t caps;
    uint8_t plmn[PLMN_LEN];
    uint8_t has_auts;
    uint8_t resynced; /* one resynchronisation per run */
    uint8_t doubtful; /* asked for without a MAC, though the UE is known */
    uint8_t rand[RAND_LEN];
    uint8_t autn[AUTN_LEN];
    uint8_t xres[RES_LEN];
    uint8_t auts[AUTS_LEN];
    struct emse_root root; /* what it becomes when the UE answers well */
};

struct emse_ue {
    uint8_t state;
    uint8_t tries; /* of whatever is being repeated */
    uint8_t has_cur;
    uint8_t has_pending;
    uint8_t root_epoch;  /* the pending epoch is a root, told to the UE by ATTACH_ACC */
    uint8_t ue_has;      /* the UE is known to hold the pending epoch */
    uint8_t old_expired; /* the EESE's current epoch is expired: told to the UE with the push */
    uint8_t catching_up; /* |catch_n| is being fetched for a UE that is behind */
    uint32_t slot;
    uint32_t cur;     /* committed epoch, as far as known */
    uint32_t free_n;  /* lowest index never issued. Never goes back (H13) */
    uint32_t pending; /* epoch being distributed */
    uint32_t root_n;  /* epoch of the root in force */
    uint32_t catch_n;
    uint32_t acc_xid; /* xid of the ATTACH_ACC being repeated */
    uint32_t pad;
    uint64_t rate_us;       /* token buckets, as the time up to which they are spent: rekeys, */
    uint64_t attach_us;     /* and attaches without a MAC of a UE that is known */
    uint8_t rand[RAND_LEN]; /* of the pending epoch */
    struct ident ue;
    struct profile profile;
    struct emse_root root;
    struct emse_root
        old_root; /* the one before, to recognise a UE that has not heard of the new one */
    struct emse_run run;
};

extern const struct machine emse_machine;

#endif
