/* Everything that can go out of a role core: a bounded list of effects, in order. The driver
 * carries them out in order, with one rule: if the list holds a SAVE, no SEND, DELIVER or REPORT of
 * the list leaves before the save is durable (durable before visible, H11). */
#ifndef COMMON_CORE_EFFECT_H
#define COMMON_CORE_EFFECT_H

#include "common/core/event.h"
#include "common/core/fsm.h"

enum {
    DATA_TRIES_MAX =
        5, /* unanswered sendings of one data message before its sender waits for a contact (H5) */
    OUTBOX_MAX = 16,               /* data messages a UE keeps until they are acknowledged */
    EFFECTS_MAX = OUTBOX_MAX + 16, /* worst step: a new key releases all messages that wait */
};

enum effect_kind {
    FX_SEND,
    FX_ARM,     /* (re)start timer |id| */
    FX_DISARM,  /* harmless when it does not run */
    FX_SAVE,    /* make the context durable */
    FX_BIND,    /* the source of this datagram is where the UE is (its MAC verified), for all that
                   this step sends and saves too */
    FX_DELIVER, /* application data, integrity verdict OK */
    FX_REPORT,  /* a verdict on a data unit that is not delivered */
    FX_NOTE,    /* a decision and the rule that made it, or a fact worth a line */
};

/* Verdicts to the application (H16). All but FAIL_MIC are housekeeping, not attacks. */
#define VERDICT_LIST(X) \
    X(OK, "integrity good, delivered") \
    X(FAIL_MIC, "integrity check failed") \
    X(EXPIRED, "genuine, but under an expired key; refused") \
    X(DUP, "already delivered; acknowledged again") \
    X(REPLAY, "older than the replay window, or a number used before") \
    X(UNKNOWN_EPOCH, "genuine, but under an epoch no longer in use") \
    X(MODE, "ciphered where it must not be, or the other way round")

enum verdict {
#define VERDICT_ENUM(id, words) VERDICT_##id,
    VERDICT_LIST(VERDICT_ENUM)
#undef VERDICT_ENUM
        VERDICT_COUNT
};
const char *verdict_name(enum verdict v);

/* Notes: |value| and |more| as the words say. */
#define NOTE_LIST(X) \
    X(UNEXPECTED, "message not expected in this state; dropped") \
    X(TE2E_ENTERPRISE_UE, "te2e from the enterprise's wish for this UE; value ms") \
    X(TE2E_ENTERPRISE, "te2e from the enterprise's wish for all its UEs; value ms") \
    X(TE2E_PAIR, "te2e from the profile of this EMSE-UE pair (6.x.2.4); value ms") \
    X(TE2E_UE, "te2e from the profile of this UE (6.x.2.4); value ms") \
    X(TE2E_DEFAULT, "te2e from the operator's default; value ms") \
    X(TE2E_FLOOR, "te2e raised to the operator's floor; value ms, more the wish") \
    X(TE2E_CEILING, "te2e lowered to the operator's ceiling; value ms, more the wish") \
    X(ALG_INT, "integrity algorithm chosen: first of the enterprise's list allowed by operator " \
               "and UE; value id") \
    X(ALG_ENC, "confidentiality algorithm chosen likewise; value id") \
    X(ALG_NONE, "no algorithm is common to operator, enterprise and UE; attach refused") \
    X(CONF_NETWORK, "confidentiality mode from the rule of the serving network; value mode") \
    X(CONF_DEFAULT, "confidentiality mode from the profile's default; value mode") \
    X(CONF_CLAMPED, \
      "profile allows confidentiality but no cipher is common: mode off; value mode") \
    X(RAND_MASKED, "no ciphering on this radio leg: RAND travels in clear, X derived from it is " \
                   "used (H9); value mode") \
    X(SQN_RESYNC, "HSS takes SQN_MS out of the AUTS; value SEQ of the HSS, more SEQ_MS") \
    X(SQN_NOT_FRESH, "USIM refuses the SQN; value its SEQ_MS, more SEQ received") \
    X(AUTN_BAD, "USIM refuses the challenge: MAC-A does not verify, the key or RAND is not ours") \
    X(AUTS_BAD, "HSS refuses the AUTS: MAC-S does not verify") \
    X(PURPOSE_BAD, "challenge made for another purpose; refused") \
    X(RES_BAD, "the answer to the challenge is wrong") \
    X(UNKNOWN_UE, "no such subscriber") \
    X(ACCESS_DONE, "visited network: access AKA done, K_ASME held") \
    X(ATTACHED, "attached; value root, more first epoch") \
    X(REJECTED, "attach refused; value cause") \
    X(OUTBOX_FULL, "application data refused: the outbox is full; value its size") \
    X(NOT_ATTACHED, "application data kept until the UE is attached") \
    X(NO_KEYSET, "application data refused: there is no keyset for this UE yet") \
    X(ACKED, "application data is kept by the peer; value its number") \
    X(HELD, "message held until the next key; value its number") \
    X(OVERWRITTEN, "held message replaced by a later one: lost without report (literal)") \
    X(RATE_LIMITED, "rekey refused: the operator's rate limit") \
    X(ROOT_CHANGED, "a new AKA run replaces the root; value root") \
    X(POLICY_APPLIED, "device profile version in force; value version") \
    X(RESTORED, "context restored from durable state; value epoch") \
    X(EXPIRED_ON_RESTORE, "te2e in doubt after a restart: treated as expired") \
    X(EXHAUSTED, "a counter has reached its end") \
    X(FORGERY, "a frame whose MAC does not verify; dropped without answer")

enum note {
#define NOTE_ENUM(id, words) NOTE_##id,
    NOTE_LIST(NOTE_ENUM)
#undef NOTE_ENUM
        NOTE_COUNT
};
const char *note_name(enum note n);
const char *note_words(enum note n);

struct fx_send {
    enum role to;
    bool to_source; /* answer to where this datagram came from, not to the bound address */
    struct msg msg;
};
struct fx_timer {
    enum timer_id id;
    uint64_t at_us;
};
struct fx_data { /* DELIVER and REPORT */
    enum verdict verdict;
    enum role from; /* who sent the data unit */
    uint32_t n;     /* epoch, as far as known */
    uint32_t ctr;
    uint16_t len; /* DELIVER only */
    uint8_t payload[PAYLOAD_MAX];
};
struct fx_note {
    enum note note;
    uint64_t value;
    uint64_t more;
};

struct effect {
    enum effect_kind kind;
    union {
        struct fx_send send;
        struct fx_timer timer;
        struct fx_data data;
        struct fx_note note;
    } u;
};

struct effects {
    unsigned count;
    bool entropy_used;
    bool stepped; /* a row ran: |row| and |before| are set */
    bool saved;   /* the list holds a SAVE: one keeps the whole context as the step leaves it */
    const struct fsm_row *row;
    uint8_t event; /* what classify decided, also when no row took it */
    uint8_t before;
    struct effect list[EFFECTS_MAX];
};

void effects_reset(struct effects *fx);

/* Each appends one effect; running over EFFECTS_MAX is our own error (ENSURE). */
struct msg *fx_send(struct effects *fx, enum role to,
                    enum msg_type type); /* zeroed message to fill in */
struct msg *fx_reply(struct effects *fx, enum role to, enum msg_type type);
void fx_arm(struct effects *fx, enum timer_id id, uint64_t at_us);
void fx_disarm(struct effects *fx, enum timer_id id);
void fx_save(struct effects *fx);
void fx_bind(struct effects *fx);
void fx_deliver(struct effects *fx, enum role from, uint32_t n, uint32_t ctr,
                const uint8_t *payload, uint16_t len);
void fx_report(struct effects *fx, enum verdict v, enum role from, uint32_t n, uint32_t ctr);
void fx_note(struct effects *fx, enum note note, uint64_t value, uint64_t more);

#endif
