/* What the invariants remember of a run, and their checks. Private to the judge.
 *
 * watch.c and watch_messages.c keep the facts that several checks need, up to date with the event
 * being checked. Each check is called with every event, keeps its own part of the memory, and
 * returns how often this event breaks its statement; the first time is told in the struct breach.
 *
 * Without memory a check forgets, and says nothing: that is sound. */
#ifndef SIM_JUDGE_WATCH_H
#define SIM_JUDGE_WATCH_H

#include "scenarios/sim/drive/cond.h"
#include "scenarios/sim/judge/invariants.h"
#include "scenarios/sim/judge/needles.h"
#include "scenarios/sim/net/dict.h"
#include "scenarios/sim/show/ends.h"

#include <string.h>

/* How a statement is broken; filled in for the event being checked, and a check that knows that it
 * began with an earlier one says so. */
struct breach {
    uint64_t event; /* its number in the trace, 1.. */
    uint64_t t_us;
    uint64_t no_return; /* number of the event after which nothing could mend it, 0: unknown */
    uint64_t no_return_us;
    char what[INVARIANT_WHAT_MAX]; /* the first one counts */
};
/* Tells how, unless something has been told already. Returns 1. */
__attribute__((format(printf, 2, 3))) unsigned breach(struct breach *b, const char *form, ...);

/* ---- facts ---- */

enum {
    WATCH_HISTORY = 8,
    WATCH_ROOTS = 4,
    WATCH_ARRIVALS = 8,
    KID_MODULO = 8, /* a frame shows its epoch modulo this */
    AT_UE = 0,
    AT_EESE = 1,
    WATCH_SIDES = 2, /* the two ends, as senders and receivers of data */
};

/* Is what arrives what a role has sent? A rule that alters can meet a copy too, and the trace names
 * one of both fates. */
enum honesty {
    HONEST_NOT, /* altered, or made up */
    HONEST_MAYBE,
    HONEST,
};

/* What has befallen the process of a role. */
struct watch_process {
    bool dead;
    bool paused;
    bool died;        /* at least once */
    bool clock;       /* its clock is not the run's */
    uint32_t losses;  /* times it has come back without all it had saved, */
    uint64_t lost_us; /* the last time then */
};

/* What the state of a machine says. */
enum watch_is {
    IS_ATTACHED = 1, /* UE: READY, WAITKEY, SYNCING */
    IS_READY = 2,
    IS_WAITING = 4, /* UE: WAITKEY */
    IS_IDLE = 8,    /* EMSE: nothing is on its way */
    IS_FIRST = 16,  /* EESE: a keyset that nobody has used yet */
    IS_VALID = 32,
    IS_EXPIRED = 64,
    IS_NEXT = 128, /* EESE: and the next one is installed */
};
unsigned watch_is(enum role role, const char *state);

/* What a role has shown last for one UE. */
struct watch_now {
    unsigned is; /* enum watch_is */
    bool has_epoch;
    uint32_t epoch;
};

/* Numbers, sorted. */
struct watch_numbers {
    uint32_t *list;
    uint32_t count;
    uint32_t cap;
};
/* Enters |n|. Returns false when it was there already. */
bool numbers_enter(struct watch_numbers *s, uint32_t n);
bool numbers_have(const struct watch_numbers *s, uint32_t n);
void numbers_free(struct watch_numbers *s);

/* An order to send, and what has become of it. */
struct watch_message {
    uint64_t event; /* of the order */
    uint64_t t_us;
    uint64_t payload; /* its hash */
    uint32_t next;    /* 1 + index of the next one with the same content; 0: none */
    bool refused;
    bool delivered;
};

/* All messages that one end was told to send to the other. */
struct watch_outbox {
    struct watch_message *list; /* in the order of the orders */
    uint32_t count;
    uint32_t cap;
    uint32_t taken; /* so many of them has the sender taken, or refused */
    uint32_t accepted;
    uint32_t acked;
    uint32_t gone;  /* without acknowledgements: those before are not its sender's any more */
    bool may_again; /* an end has lost the memory of what was delivered */
    bool unsure;    /* its sender has lost messages with its state */
};

/* A root as it goes over the wires. */
struct watch_root {
    uint32_t sid;
    uint32_t g; /* 0: not known yet */
    bool has_choice;
    struct choice choice;
    uint64_t since_us; /* when the EMSE handed it over */
};

/* ---- memory of the checks ---- */

struct watch_key {
    uint32_t epoch;
    uint32_t fp;
};

/* I1: the keys an end has had. */
struct watch_keys {
    unsigned generation; /* counts how often its numbers began again (literal, after an attach) */
    unsigned count;      /* of this generation; had[] is a ring */
    struct watch_key had[WATCH_HISTORY];
};

/* I2 */
struct watch_window {
    bool has_next;
    bool doubt; /* an end has come back without all its state, and is not where it was before yet */
    bool outside;
    uint32_t next;    /* of the EESE */
    uint32_t keyset;  /* epoch of the last KEYSET_FWD that has reached the EESE */
    uint32_t at_ue;   /* the highest that the UE has had, */
    uint32_t at_eese; /* and the EESE */
};

/* I17: when something last happened at a role. */
struct watch_reply {
    bool tainted;        /* an altered frame has arrived, and nothing else at the same time, ... */
    uint64_t tainted_us; /* ... last then */
    bool other;          /* something else that may cause a frame has happened, */
    uint64_t other_us;   /* last then */
};

/* What has arrived and may be what the next step takes, good and bad ones. */
struct watch_taken {
    bool good;
    bool bad;
    uint32_t count;
    uint64_t what; /* the last one, as a hash */
};

/* I16: data that has reached the EESE. */
struct watch_arrival {
    uint32_t ctr;
    enum honesty honesty;
    uint64_t sent_us;
    uint64_t way_us;
};

/* I18, live */
struct watch_verdicts {
    int32_t owed; /* arrivals without a verdict; below 0: verdicts without an arrival */
    uint64_t last_us;
};

/* I19 */
struct watch_limits {
    uint32_t version; /* of the profile that sets them, 0: none */
    uint32_t floor_ms;
    uint32_t ceiling_ms;
};
struct watch_te2e {
    bool noted; /* by the step before, */
    bool arms;
    bool by_data; /* which data has caused */
    bool armed;
    uint32_t ms;
    uint32_t epoch;
    uint64_t step_us;
    uint64_t armed_us;
    uint64_t note_event;
    uint64_t note_us;
    uint64_t expires_us;
    struct watch_limits limits;      /* of the EESE; */
    struct watch_limits with_keyset; /* they came last with a keyset, */
    struct watch_limits by_itself;   /* and by themselves */
};

/* I11 */
struct watch_choice {
    bool has_noted; /* |noted| is of the hand-over at |handed_us|, and not compared yet */
    bool has_wanted;
    bool has_offered;
    bool lost;             /* where the UE is, is not known any more */
    struct choice noted;   /* by the EMSE */
    struct choice wanted;  /* what the profiles make of what the UE can really do */
    struct choice offered; /* by the ATTACH_ACC that has reached the UE last */
    uint8_t plmn[PLMN_LEN];
    uint8_t plmn_next[PLMN_LEN]; /* ordered */
    struct profile profile;      /* of the EMSE; version 0: none */
};

/* I14 */
struct watch_live {
    bool attached;  /* it has been, and was not refused since */
    bool rekey;     /* a rekey is wanted that has not come */
    bool forgotten; /* the EMSE has lost state since it attached */
    bool settled;
    uint64_t disturbed_us;
    uint64_t unsettled; /* event with which it ceased to be settled */
    uint64_t unsettled_us;
    uint64_t lost; /* the loss that starved an end since both last agreed, 0: none */
    uint64_t lost_us;
    uint64_t parted;
    uint64_t parted_us;
};

struct watch_ue {
    struct watch_now now[ROLE_COUNT];
    uint64_t last_us;                              /* of its last event */
    uint64_t handed_us;                            /* when the EMSE last handed a keyset over */
    struct watch_outbox outbox[WATCH_SIDES];       /* by sender */
    struct watch_numbers delivered[WATCH_SIDES];   /* by receiver: ever, */
    struct watch_numbers redelivered[WATCH_SIDES]; /* and since it has lost its memory */
    struct watch_numbers acked;                    /* of the UE's messages */
    struct watch_root roots[WATCH_ROOTS];          /* a ring */
    unsigned roots_count;
    struct watch_root *root; /* of the datagram being checked, NULL: none */

    struct watch_keys keys[WATCH_SIDES];
    struct watch_window window;
    struct watch_numbers owed[WATCH_SIDES]; /* I5: acknowledged by a process that has died */
    uint32_t altered[WATCH_SIDES];          /* I6: frames that may well fail its check */
    bool has_epoch;                         /* I13: the EESE has one: */
    uint32_t epoch;
    uint32_t causes;
    uint32_t increments;
    struct watch_reply reply[ROLE_COUNT];
    struct watch_taken rand[WATCH_SIDES];   /* I8 */
    bool rand_unsure;                       /* the EMSE may have got a RAND of another UE */
    struct watch_taken chal[PURPOSE_COUNT]; /* I10 */
    struct watch_taken error;               /* I12 */
    const char *error_flaw;                 /* what is wrong with the last one that is */
    uint64_t quiet_us;                      /* I15: when it last was not quiet */
    bool hard_expired;                      /* I16: a keyset has expired here, */
    uint64_t attach_us;                     /* and when the UE was last in an attach */
    struct watch_arrival arrivals[WATCH_ARRIVALS];
    unsigned arrivals_count;
    struct watch_verdicts verdicts;
    struct watch_te2e te2e;
    struct watch_choice choice;
    struct watch_live live;
};

/* What the HSS has handed out, in the order of its coming. */
struct watch_rand {
    uint8_t octets[RAND_LEN];
    int ue;
    uint32_t g;
    uint32_t n;
};
struct watch_rands {
    struct watch_rand *list;
    uint32_t count;
    uint32_t cap;
    struct dict by_value; /* 1 + index */
    struct dict by_index; /* of (UE, life of the HSS, g, n): 1 + index */
    struct dict used;     /* of (UE, end, RAND): 1 + the epoch made of it */
};

/* The e2mKEYSETs, to see what travels under them. */
struct watch_e2m {
    uint8_t e2m[KEYSET_LEN];
    bool has_enc;
    uint8_t enc_dl[16]; /* what ciphers RAND_PUSH under it */
};
struct watch_e2ms {
    struct watch_e2m *list;
    uint32_t count;
    uint32_t cap;
    struct dict by_root; /* of (UE, life of the HSS, g): 1 + index */
};

/* A datagram of which more is to be told: what has reached the EESE and has no verdict yet (I18,
 * virtual), or an acknowledgement that was lost at once (I5). */
struct watch_pending {
    bool open;
    enum role role;
    int ue; /* -1: it may be taken for anybody's */
    uint64_t event;
    uint64_t t_us;
    uint32_t ctr;
};

struct watch {
    const struct trace_run *run;
    bool hardened;
    bool exact;      /* times are: the run is a virtual one */
    bool acks;       /* data is acknowledged */
    bool corrupts;   /* the scenario has a rule that alters datagrams, */
    bool swaps;      /* one that gives a UE those of another */
    uint64_t way_us; /* longest way of a datagram that nothing holds up */
    unsigned count;
    struct watch_ue *ue;
    struct watch_process process[ROLE_COUNT];
    uint64_t disturbed_us; /* when something last befell all UEs */

    /* of the event being checked */
    uint64_t event;      /* its number */
    struct watch_ue *at; /* whose it is; NULL: of an unknown UE */
    bool readable;       /* |msg| is its datagram */
    bool as_sent;        /* a role has sent this octet string, whether it arrives or not */
    bool genuine;        /* |msg| says what a role has said: it is as sent, or a true copy */
    bool arrives;
    enum honesty honesty; /* of one that arrives */
    bool again;           /* its content has been delivered before, as often as it was ordered */
    struct msg msg;

    struct dict
        contents; /* messages by content: 1 + index of the first not delivered, and the last */

    /* of the checks */
    struct scn_cond what; /* I3 */
    struct cond *accept_expired;
    uint32_t altered[WATCH_SIDES]; /* I6, of unknown UEs */
    struct dict nonces;            /* I7 */
    struct watch_rands rands;      /* I8 */
    struct watch_e2ms e2ms;        /* I8 */
    struct needles needles;        /* I9 */
    struct dict vectors;           /* I10: purpose */
    struct effects fx;             /* I11: what policy_choose() notes */
    struct ends ends;              /* I14 */
    bool live_judged;              /* I14: there was ground to judge it */
    struct watch_pending lost_ack; /* I5 */
    struct watch_pending pending;  /* I18 */
    uint32_t refused;              /* I18: datagrams of UEs that the EESE could not use */
    uint32_t strange;              /* I18: data that may be taken for anybody's */
    uint32_t forgiven;             /* I18: what died with the EESE without a verdict */
    struct dict material;          /* I20 */
};

/* |b| is filled in for the event |e|. */
typedef unsigned watch_check(struct watch *w, const struct trace_event *e, struct breach *b);

/* Returns: ERR_OK; ERR_NO_ROOM when memory is short. */
enum err watch_init(struct watch *w, const struct trace_run *run) MUST_USE;
void watch_free(struct watch *w);

/* Prepares the checks of |e|, the |number|-th event of the run. */
void watch_event(struct watch *w, const struct trace_event *e, uint64_t number);

/* ---- watch.c, for the checks ---- */

const char *watch_label(const struct watch *w, const struct watch_ue *ue);
/* The step of |e| at UE or EESE, or NULL. */
const struct occur *watch_step_of_end(const struct watch *w, const struct trace_event *e);
bool watch_is_step(const struct trace_event *e, enum role role, const char *event);
/* True for what |role| does, or suffers, in the course of one step: what is lost at once is told in
 * the midst of it. */
bool watch_is_by(const struct trace_event *e, enum role role);
/* True for data, acknowledgements and errors, which travel under e2e keys. */
bool watch_is_e2e(enum msg_type t);
/* The fault of the scenario that is in that line, NULL: none is. */
const struct scn_fault *watch_fault(const struct watch *w, unsigned line);
uint64_t watch_hash(const uint8_t *octets, size_t len);
/* A key of watch's dictionaries. */
uint64_t watch_key(const struct watch_ue *ue, const struct watch *w, uint64_t a, uint64_t b);
/* In which life, since it last lost state, a role has sent what left it at |sent_us|. */
static inline uint32_t watch_life(const struct watch *w, enum role r, uint64_t sent_us)
{
    const struct watch_process *p = &w->process[r];

    return p->losses > 0 && sent_us <= p->lost_us ? p->losses - 1 : p->losses;
}
/* May one number stand for two epochs? Epochs are numbered by EMSE and EESE: when both have lost
 * their memory, they begin again. And an HSS that has lost its own makes other RANDs for old
 * numbers, which only one who has lost an epoch needs. */
bool watch_numbers_lost(const struct watch *w);
/* The root whose frames have |sid|, of what was sent at |sent_us|; NULL: unknown. */
struct watch_root *watch_root(struct watch_ue *ue, uint32_t sid, uint64_t sent_us);
/* An HSS without all its state gives an old number to a new root, and the EMSE an old SID: then a
 * SID does not tell the root any more. */
bool watch_is_ambiguous(const struct watch_ue *ue, uint32_t sid);
/* One more has arrived that the next step of its receiver may be about. In a live run several may
 * be on their way through the receiver's socket: then any of them may be meant. */
void watch_may_take(const struct watch *w, struct watch_taken *t, bool good, uint64_t what);

static inline unsigned watch_side(enum role r)
{
    return r == ROLE_UE ? AT_UE : AT_EESE;
}

/* How far a process may be behind the network at the end of a live run. */
static inline uint64_t watch_lag_us(const struct watch *w)
{
    return w->exact ? 0 : 250000;
}

/* ---- watch_messages.c ---- */

void messages_event(struct watch *w, const struct trace_event *e);
/* How many messages |ue|'s end |side| still has to send, at least; and could it be any? */
uint32_t messages_open(const struct watch *w, const struct watch_ue *ue, unsigned side);
bool messages_may_be_open(const struct watch *w, const struct watch_ue *ue, unsigned side);
void messages_free(struct watch_ue *ue);

/* ---- the checks ---- */

/* watch_keys.c */
watch_check watch_agreement, watch_window, watch_no_old_key, watch_one_for_one;
/* watch_policy.c */
watch_check watch_policy;
/* watch_data.c */
watch_check watch_exactly_once, watch_kept, watch_no_false_alarm, watch_no_refusal;
/* watch_verdict.c */
watch_check watch_verdict;
/* watch_air.c */
watch_check watch_nonce, watch_error, watch_quiet, watch_no_answer;
/* watch_rand.c */
watch_check watch_origin, watch_material;
/* watch_attach.c */
watch_check watch_secrecy, watch_separation, watch_no_downgrade;
/* watch_live.c */
watch_check watch_liveness;

#endif
