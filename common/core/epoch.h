/* One epoch of the chain as UE and EESE hold it: its number, its key, what was agreed for it. */
#ifndef COMMON_CORE_EPOCH_H
#define COMMON_CORE_EPOCH_H

#include "common/core/protect.h"
#include "common/core/variant.h"
#include "common/crypto/keyset_e2e.h"

struct epoch {
    uint8_t have;
    uint8_t has_chain; /* |chain| is set; a retired epoch keeps its traffic keys only */
    uint8_t dl_ok;     /* UE: downlink data is accepted under it */
    uint8_t pad;
    uint32_t n;
    uint32_t g;   /* the root it descends from */
    uint32_t sid; /* under which its frames travel */
    struct choice choice;
    struct e2e_keyset chain;
    struct e2e_traffic keys;
};

/* Makes |e| the epoch |n| with keyset |chain| and derives its traffic keys as |v| does. */
void epoch_make(struct epoch *e, const struct variant_set *v, uint32_t n, uint32_t g, uint32_t sid,
                const struct choice *choice, const struct e2e_keyset *chain);

/* Forgets the chain key; the traffic keys stay. */
void epoch_retire(struct epoch *e);

/* The epoch after |e|: literal KDF(e2eKEYSET, RAND), hardened bound to number, root, choice and
 * both ends (clause 6.x.2.2, H1). |next| may be |e|. */
void epoch_refresh(const struct epoch *e, const struct variant_set *v, const uint8_t rand[16],
                   uint32_t n, const struct ident *ue, const struct ident *eese,
                   struct epoch *next);

/* The key of data in |direction| under |e|. */
struct protect_key epoch_data_key(const struct epoch *e, const struct variant_set *v,
                                  uint8_t direction);

/* The key of KEY_EXPIRED under |e|; it has no other use (H6). */
struct protect_key epoch_error_key(const struct epoch *e);

/* Does the frame's C bit fit the mode agreed for |e| (H14)? */
bool epoch_mode_fits(const struct epoch *e, const struct msg *m);

/* `ctx` of PROTOCOL.md 3: the choice as it enters the key derivation. */
void choice_octets(const struct choice *c, uint8_t out[4]);

#endif
