/* What an observer of the network can say of a datagram: message, UE, epoch, number. It learns from
 * what goes by which UE stands behind a transaction number or a SID. Private to the relay. */
#ifndef SIM_NET_NAME_H
#define SIM_NET_NAME_H

#include "scenarios/sim/net/dict.h"
#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/trace.h"

struct name {
    enum msg_type type; /* MSG_TYPE_COUNT: not decodable */
    int ue;             /* index in the scenario, -1: unknown */
    bool has_epoch;
    uint32_t epoch;
    uint32_t ctr;
    uint32_t attempt; /* the relay counts them; 0: none */
};

/* What is known of one UE. */
struct name_ue {
    bool has[ROLE_COUNT];
    uint32_t epoch[ROLE_COUNT]; /* as in the last step of that role */
    uint32_t newest;            /* highest seen anywhere */
    /* What an eavesdropper has seen last. */
    uint32_t sid;
    uint32_t xid;
    uint32_t g;
    uint32_t ctr[ROLE_COUNT][2]; /* by the other end: from the UE, to it */
    uint8_t mac_len;             /* of data */
    struct choice choice;        /* as the EMSE accepted it */
};

struct namer {
    const struct scenario *scn;
    struct name_ue *ues;
    struct dict by_xid;
    struct dict by_sid;
};

/* False when memory is short; namer_free() is due in any case. */
bool namer_init(struct namer *n, const struct scenario *scn);
void namer_free(struct namer *n);

/* Names a datagram and learns from it. Epochs: the one that the message is about, if it has a
 * number for it; for a frame under e2e keys the one behind its kid, taken to be the nearest to the
 * newest known. The literal variant has no numbers on air: there a frame has the epoch of its
 * sender, and a RAND the epoch that its receiver will make of it. */
void namer_datagram(struct namer *n, enum role from, enum role to, const uint8_t *octets,
                    size_t len, struct name *out);

/* Names a forgery for |ue|. Only what answers to it will need is learnt: a transaction number, a
 * SID. */
void namer_forgery(struct namer *n, int ue, const uint8_t *octets, size_t len, struct name *out);

/* Exchanges what names the UE in two messages of one type: SID, transaction number, identity. */
void name_swap_handles(struct msg *a, struct msg *b);

void namer_observe(struct namer *n, const struct occur *o);

/* True when all of |m| but its nth fits. */
bool name_matches(const struct scn_match *m, enum role from, enum role to, const struct name *n);

#endif
