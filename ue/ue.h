/* UE, a device of the enterprise with its USIM: one context per UE. It answers both AKA runs,
 * derives e2m and e2e keysets, sends and receives data, holds a message when the EESE says that the
 * key has expired, and derives the next key from RAND (clauses 6.x.2.1 to 6.x.2.3). Source:
 * TS 33.102 6.3.3, PROTOCOL.md 5, 7.1 and 7.2. */
#ifndef UE_UE_H
#define UE_UE_H

#include "common/core/epoch.h"
#include "common/core/machine.h"
#include "common/core/window.h"
#include "common/crypto/aka.h"
#include "common/crypto/keyset_e2m.h"

struct ue_conf {
    struct machine_conf base;
};

/* What is personal: the card and the settings of the device. */
struct ue_card {
    struct aka_secret secret;
    uint64_t sqn; /* highest SQN the USIM has accepted, 0: none */
    uint8_t caps; /* enum cap_bit */
    uint8_t plmn[PLMN_LEN];
    struct ident emse;
    struct ident eese;
};

struct ue_message { /* an application message not yet known to be kept by the EESE */
    uint32_t ctr;   /* its number */
    uint16_t len;
    uint8_t sent; /* at least once, under any epoch */
    uint8_t pad;
    uint8_t payload[PAYLOAD_MAX];
};

struct ue_root { /* what one e2m AKA run has given */
    uint32_t g;  /* 0: none (literal: 1) */
    uint32_t sid;
    uint32_t ul_ctr;  /* last used towards the EMSE */
    uint32_t dl_seen; /* highest accepted from it */
    struct e2m_keyset e2m;
    struct e2m_traffic keys;
};

struct ue {
    uint8_t state;
    uint8_t starts; /* has been told to attach */
    uint8_t attach_tries;
    uint8_t data_tries;
    uint8_t sync_tries;
    uint8_t sync_rounds; /* synchronised without data getting through since */
    uint8_t queued;
    uint8_t answered;     /* a challenge of |xid| was answered; the fields below are its */
    uint8_t ack_owed;     /* RAND_ACK is due unless data goes first */
    uint8_t attach_fails; /* in a row, for the backoff of REATTACH */
    uint8_t waited;       /* a wait for a key has ended without one: the next ends in SYNC */
    uint8_t pad;
    uint32_t slot;
    uint32_t attaches; /* attaches begun, makes |xid| */
    uint32_t xid;      /* of the run in progress or last done */
    uint32_t ul_ctr;   /* last number given to a message */
    uint32_t te2e_s;
    uint8_t rand[RAND_LEN]; /* the challenge answered */
    uint8_t autn[AUTN_LEN];
    uint8_t res[RES_LEN];
    struct ue_root next_root; /* from that challenge; in use when the EMSE accepts */
    struct ue_root root;
    struct epoch cur, prev;
    struct window seen; /* downlink numbers */
    struct ident imsi;
    struct ue_card card;
    struct usim_sqn usim;
    struct ue_message outbox[OUTBOX_MAX];
};

/* Puts the card and settings into |ctx| (a context of ue_machine). */
void ue_provision(struct ue *ctx, const struct ue_card *card);

extern const struct machine ue_machine;

#endif
