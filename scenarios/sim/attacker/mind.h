/* What somebody knows of the keys of one UE, and all that follows from it. Facts come in by what he
 * hears and by what is leaked to him; the rules derive from them, with the protocol's own key
 * derivation, until nothing new follows. When a fact came makes no difference: a key that is leaked
 * late opens what was recorded early.
 *
 *   K, challenge             -> vector         MILENAGE; MAC-A must verify
 *   vector                   -> e2mKEYSET      F0
 *   e2mKEYSET, accept        -> e2eKEYSET      F1 literal, F3 hardened
 *   e2mKEYSET, RAND_PUSH     -> RAND           the MAC must verify
 *   e2mKEYSET, RAND          -> mask X         F6
 *   e2eKEYSET, RAND          -> e2eKEYSET      F2 literal, F4 hardened
 *   e2eKEYSET, data          -> plain text     the MAC must verify
 *
 * Literal, any RAND may have been applied to any key; hardened, the index says to which. So a
 * derived e2eKEYSET is a guess until an end shows its fingerprint, and nothing is derived from a
 * guess. An e2mKEYSET counts when the UE has answered a challenge under it.
 *
 * Everybody knows the variant, its switches and the names of the parties. What does not follow is
 * what no rule gives: he breaks no algorithm and guesses no key.
 * Source: PROTOCOL.md 3 and 8.1. */
#ifndef SIM_ATTACKER_MIND_H
#define SIM_ATTACKER_MIND_H

#include "common/core/epoch.h"
#include "common/crypto/aka.h"
#include "common/crypto/keyset_e2m.h"
#include "scenarios/sim/show/trace.h"

struct mind_conf {
    struct variant_set variant;
    struct ident ue;
    struct ident emse;
    struct ident eese;
    bool texts;           /* plain texts of data matter; else frames with data are not kept */
    uint32_t guesses_max; /* keys derived that no end has shown; with more he gives up */
};

/* A datagram that he has heard. */
struct mind_heard {
    const struct msg *msg;
    uint64_t id;
    uint64_t t_us;
    bool genuine; /* as an honest node has sent it */
    bool own;     /* he has sent it himself */
    bool has_epoch;
    uint32_t epoch; /* as the trace names it */
};

struct mind;

/* |learn| is told what he comes to know, in the order of the derivation; NULL: nobody is. It must
 * not call back. Returns NULL when memory is short. */
struct mind *mind_new(const struct mind_conf *conf,
                      void (*learn)(void *arg, const struct trace_knows *k), void *arg);
void mind_free(struct mind *m);

void mind_hear(struct mind *m, const struct mind_heard *h);
/* An end holds the key with this fingerprint, and counts it as |epoch|. */
void mind_show(struct mind *m, uint32_t epoch, uint32_t fp);
/* The UE has used this e2mKEYSET. */
void mind_use_e2m(struct mind *m, const struct e2m_keyset *e2m);

/* Leaks: what follows from one comes with mind_settle(). */

/* K and OPc are given to him. */
void mind_give_k(struct mind *m, const struct aka_secret *secret);

/* Gives |m| the secret of |truth|, who knows it: an e2eKEYSET as the EESE has it, with number, root
 * and algorithms; an e2mKEYSET, the last that the UE has used, as the EMSE has it; the last access
 * vector with CK and IK. K is not among them. Without an epoch, |in_use| is the fingerprint of the
 * e2eKEYSET that is meant. |what| gets epoch and fingerprint. Returns: false when there is no such
 * thing to give. */
bool mind_leak(struct mind *m, const struct mind *truth, const struct scn_secret *secret,
               uint32_t in_use, struct trace_source *what);

/* Applies the rules until nothing new follows. */
void mind_settle(struct mind *m);

/* What he can seal with now: the last key that he came to know, or with |epoch| the last of that
 * number. Returns: false when he knows none. */
struct mind_e2m {
    struct e2m_keyset keyset;
    struct e2m_traffic keys;
    bool has_g; /* the number of its AKA run is known */
    uint32_t g;
};
bool mind_e2e(const struct mind *m, const uint32_t *epoch, struct epoch *out);
bool mind_e2m(const struct mind *m, struct mind_e2m *out);
/* The e2mKEYSETs that the UE is seen to use; |i| counts from 0. Returns: false after the last. */
bool mind_used_e2m(const struct mind *m, unsigned i, struct e2m_keyset *out);
/* The last access vector that he knows: its challenge. */
bool mind_vector(const struct mind *m, uint8_t rand[16], uint8_t autn[16]);

/* False when memory was short, or he has given up: what he knows is no longer all that
 * follows. */
bool mind_is_whole(const struct mind *m);

#endif
