/* Variants are data given to one core: a table and a set of switches that classify
 * and the actions consult. `literal` is the contribution's text with nothing added; `hardened` has
 * every correction of PROTOCOL.md 5.3, each a named switch. */
#ifndef COMMON_CORE_VARIANT_H
#define COMMON_CORE_VARIANT_H

#include <stdbool.h>
#include <stdint.h>

enum variant { VARIANT_LITERAL, VARIANT_HARDENED, VARIANT_COUNT };

/* name, rule, on by default in the hardened variant, may be switched on in the literal one, what it
 * does */
#define SWITCH_LIST(X) \
    X(INDEX, "index", "H1", 1, 0, "RAND is bound to an epoch") \
    X(IDEMPOTENT_RAND, "idempotent-rand", "H1 H4", 1, 0, \
      "a repeated trigger or RAND changes nothing") \
    X(SINGLE_FLIGHT, "single-flight", "H2", 1, 0, "one rekey at a time") \
    X(EESE_FIRST, "eese-first", "H3", 1, 0, "the EESE installs before the UE is told") \
    X(COMMIT_ON_USE, "commit-on-use", "H3", 1, 0, "the EESE switches at the UE's first use") \
    X(RETRANSMIT, "retransmit", "H5", 1, 1, "what is not answered is sent again") \
    X(LEVEL_TRIGGER, "level-trigger", "H5", 1, 0, \
      "the trigger is repeated until the epoch commits") \
    X(AUTHENTICATED_ERROR, "authenticated-error", "H6", 1, 0, "KEY_EXPIRED carries a MAC") \
    X(ERROR_NAMES_EPOCH, "error-names-epoch", "H6", 1, 0, \
      "a stale KEY_EXPIRED does not make the UE wait") \
    X(ERROR_TIMEOUT, "error-timeout", "H6", 1, 0, "the wait for a key ends") \
    X(VERIFY_BEFORE_ERROR, "verify-before-error", "H6", 1, 0, \
      "junk on an expired key starts nothing") \
    X(OVERLAP, "overlap", "H7", 1, 0, "the previous epoch is accepted for a while") \
    X(SPACING, "spacing", "H7", 1, 0, "no planned rekey inside the overlap") \
    X(CTR_IDENTITY, "ctr-identity", "H8", 1, 0, "a re-sent message keeps its number") \
    X(DATA_ACK, "data-ack", "H8", 1, 0, "data is acknowledged") \
    X(PROTECT_RAND, "protect-rand", "H9", 1, 1, \
      "RAND is authenticated, and secret if policy allows") \
    X(SOFT_TRIGGER, "soft-trigger", "H10", 0, 0, "rekey before te2e runs out") \
    X(DURABLE_UE, "durable-ue", "H11", 1, 0, "the UE answers only when durable") \
    X(DURABLE_EESE, "durable-eese", "H11", 1, 0, "the EESE answers only when durable") \
    X(DURABLE_EMSE, "durable-emse", "H11", 1, 0, "the EMSE answers only when durable") \
    X(DURABLE_HSS, "durable-hss", "H11", 1, 0, "the HSS answers only when durable") \
    X(RESYNC, "resync", "H5 H8", 1, 0, "SYNC, STATUS, RSYNC and NAK exist") \
    X(FRESH_ROOT_INDEX, "fresh-root-index", "H13", 1, 0, "a new root never reuses an epoch index") \
    X(BIND_EESE, "bind-eese", "H1", 1, 0, "the EESE's identity is in the key derivation") \
    X(PURPOSE_BIT, "purpose-bit", "H15", 1, 1, "a vector is good for one purpose only") \
    X(ECHO_NEGOTIATION, "echo-negotiation", "H14", 1, 0, \
      "what the UE offered is echoed under a MAC")

enum sw {
#define SWITCH_ENUM(id, name, rule, on, literal, words) SW_##id,
    SWITCH_LIST(SWITCH_ENUM)
#undef SWITCH_ENUM
        SW_COUNT
};

struct switch_info {
    const char *name;
    const char *rule;
    const char *words;
    bool on;      /* in the hardened variant */
    bool literal; /* may be switched on in the literal one */
};
extern const struct switch_info switch_info[SW_COUNT];

struct variant_set {
    enum variant variant;
    uint32_t switches; /* bit 1 << enum sw */
};

/* The variant with its default switches. */
struct variant_set variant_default(enum variant v);
const char *variant_name(enum variant v);
/* VARIANT_COUNT, SW_COUNT when there is no such name. */
enum variant variant_by_name(const char *name);
enum sw switch_by_name(const char *name);

static inline bool sw_on(const struct variant_set *v, enum sw s)
{
    return (v->switches >> s & 1) != 0;
}

#endif
