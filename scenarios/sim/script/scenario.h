/* A scenario as data: what a .scn file says, checked whole. The grammar is in template.c and
 * scenarios/README.md. Everything here is plain values; arrays grow while parsing and are constant
 * afterwards. Times are microseconds since the start of the run; rates are parts per million. */
#ifndef SIM_SCRIPT_SCENARIO_H
#define SIM_SCRIPT_SCENARIO_H

#include "common/core/effect.h"
#include "common/core/machine.h"
#include "common/core/policy.h"
#include "common/crypto/aka.h"
#include "scenarios/sim/script/process.h"
#include "scenarios/sim/script/secret.h"

enum {
    LABEL_MAX = 31,
    NAME_TEXT_MAX = 127,
    SCN_FILE_MAX = 4095,  /* of the name of a file: PATH_MAX less its end */
    UES_MAX = 100000,     /* in one scenario */
    ACTIONS_MAX = 100000, /* a policy for all UEs is one action for each of them */
};

/* Coverage class of a UE's radio by its coupling loss: net/coverage.c has the figures. */
enum coverage { COVERAGE_NONE, COVERAGE_144, COVERAGE_154, COVERAGE_164, COVERAGE_COUNT };

/* One UE with its subscription. */
struct scn_ue {
    char label[LABEL_MAX + 1]; /* "UE1" */
    struct ident imsi;
    struct aka_secret secret; /* what the HSS has */
    struct aka_secret card;   /* what the USIM has; differs in wrong-key scenarios only */
    uint64_t sqn_hss;
    uint64_t sqn_usim;      /* highest SQN the card has accepted */
    uint8_t caps;           /* enum cap_bit */
    uint8_t plmn[PLMN_LEN]; /* serving network at the start */
    struct profile profile;
    uint32_t te2e_wish_ms; /* the enterprise's for this UE, 0 none */
    bool starts_attached;  /* the driver orders ATTACH at attach_at_us; else only an action does */
    uint64_t attach_at_us;
    enum coverage coverage; /* of its radio */
    unsigned line;
};

/* A directed link between two roles. */
struct scn_link {
    uint64_t delay_us;
    uint64_t jitter_us; /* uniform, plus or minus */
    uint64_t mean_us;   /* of what comes on top of the delay, exponentially distributed; 0: none */
    uint32_t loss_ppm;
    uint32_t burst; /* mean length of a burst of losses, 0: each is lost or not by itself */
    uint32_t dup_ppm;
    uint32_t reorder_ppm; /* let the next one pass first */
    uint32_t rate;        /* bit/s, 0: no limit */
    uint64_t queue_us;    /* with a rate: what would have to wait longer is lost */
    bool cut;             /* partition: nothing passes */
};

/* When an attacker listens to a directed link: a sentence about it, if one is said. */
struct scn_ear {
    bool said;
    uint64_t from_us;
    uint64_t until_us; /* UINT64_MAX: for good */
};

/* Which datagrams a rule or a condition means. Fields left at "any" match all. */
struct scn_match {
    enum msg_type
        type;       /* MSG_TYPE_COUNT: any; arrows that cannot exist were refused while parsing */
    enum role from; /* ROLE_COUNT: any */
    enum role to;   /* ROLE_COUNT: any */
    int ue;         /* index into ues, -1: any */
    bool has_epoch;
    uint32_t epoch;
    uint32_t nth;     /* only the n-th that matches the rest, repetitions counted; 0: every */
    uint32_t attempt; /* only the n-th sending of one message for one UE and epoch; 0: each */
};

enum scn_fault_kind {
    FAULT_DROP,
    FAULT_DUPLICATE,
    FAULT_DELAY,
    FAULT_CORRUPT,
    FAULT_REPLAY,
    FAULT_HOLD,
    FAULT_REORDER,
    FAULT_TRUNCATE,
    FAULT_KILL,
    FAULT_SWAP,
    FAULT_RECALL,  /* no rule: what an action replays */
    FAULT_REFLECT, /* no rule: what an action sends back to its sender */
    FAULT_FORGE,   /* no rule: what an action makes up */
    FAULT_LEAK,    /* no rule: what an action gives to the attacker */
    FAULT_KIND_COUNT
};
enum scn_field {
    FIELD_PAYLOAD,
    FIELD_MAC,
    FIELD_RAND,
    FIELD_CTR,
    FIELD_BIT,
    FIELD_BITS,
    FIELD_COUNT
};

/* Something observable, for `when` and `expect`. */
enum scn_cond_kind {
    COND_MSG,      /* a datagram that matches arrives (or meets any fate, see |any_fate|) */
    COND_SHARE,    /* UE and EESE hold the same epoch with the same fingerprint; |epoch| if
                      |has_epoch|, or a later one if |at_least| */
    COND_STATE,    /* role's context of the UE enters |state| */
    COND_EVENT,    /* role's machine takes |state| as an event name */
    COND_DELIVER,  /* role (EESE, UE) delivers data of, or to, the UE; |payload| if |len| > 0 */
    COND_REPORT,   /* role reports |verdict| */
    COND_NOTE,     /* role notes |note| */
    COND_ATTACHED, /* the UE is attached */
    COND_ACCEPT_EXPIRED, /* role delivers data under an epoch after it expired there */
    COND_PROCESS,        /* |process| befalls the process of the role */
    COND_KNOWS, /* the attacker comes to know |secret| of the UE; of |epoch| if |has_epoch| (or a
                   later one if |at_least|), the text |payload| */
    COND_KIND_COUNT
};

struct scn_cond {
    enum scn_cond_kind kind;
    struct scn_match match; /* MSG */
    bool any_fate;          /* MSG: dropped ones count too */
    enum role role;
    int ue;       /* -1: any UE; with |all_ues| every UE must satisfy it */
    bool all_ues; /* SHARE, STATE, ATTACHED, DELIVER to the UE */
    bool has_epoch;
    bool at_least;
    uint32_t epoch;
    char state[LABEL_MAX + 1]; /* STATE, EVENT: a word in capitals; the tables know which */
    enum verdict verdict;
    enum note note;
    enum process_change process;
    bool has_value;
    uint64_t value;     /* NOTE: its value */
    enum secret secret; /* KNOWS */
    uint16_t len;
    uint8_t payload[PAYLOAD_MAX];
};

/* When an action happens: at a time, or |at_us| after a condition is first met since the start. */
struct scn_trigger {
    bool on_cond;
    struct scn_cond cond;
    uint64_t at_us;
    uint64_t every_us; /* repeats with this period, 0: once */
    uint64_t until_us; /* last repetition not after this */
    uint32_t times;    /* so many in all, whatever |until_us|; 0: not counted */
};

/* Bits of a datagram, both included; bit 0 is the lowest of the first octet. */
struct scn_bits {
    uint16_t first;
    uint16_t last;
};
enum { BITS_MAX = 8 };

/* What a forger says; the rest is what he has overheard, and random where he would need a key. */
struct scn_forged {
    bool seals;    /* with |with|, if he knows it: E2E, of the epoch if one is said; E2M; VECTOR */
    bool if_known; /* else as if nothing were said of a key; or he sends nothing */
    enum secret with;
    bool has_eese;
    struct ident eese; /* KEY_TRIGGER: in whose name */
    bool has_ctr;
    bool has_rand;
    uint32_t ctr;
    uint8_t rand[RAND_LEN];
    uint16_t len; /* of |payload|, 0: random */
    uint8_t payload[PAYLOAD_MAX];
};

/* `on 2nd RAND_PUSH from EMSE to UE1 drop`. A rule that never fires makes the run fail (vacuous).
 * An action that injects or leaks has an entry here too, so that it is counted in the same way. */
struct scn_fault {
    struct scn_match match; /* FORGE: all but |ue| and the epoch are given; LEAK: |ue|, epoch */
    enum scn_fault_kind kind;
    uint32_t copies;   /* DUPLICATE, REPLAY */
    uint64_t after_us; /* DELAY, DUPLICATE, REPLAY: how much later */
    uint32_t later; /* DUPLICATE, REPLAY, REORDER: after so many later ones of the link, 0: not */
    enum scn_field field; /* CORRUPT: one bit of that field is flipped */
    uint32_t bit;         /* CORRUPT with FIELD_BIT: which bit of the datagram */
    uint8_t bits_count;   /* CORRUPT with FIELD_BITS: which bits of it */
    struct scn_bits bits[BITS_MAX];
    uint32_t len;             /* TRUNCATE: octets left */
    enum kill kill;           /* KILL */
    int other;                /* SWAP: the UE with whose datagram */
    struct scn_cond until;    /* HOLD */
    struct scn_forged forged; /* FORGE */
    enum secret secret;       /* LEAK */
    unsigned line;
};

enum scn_action_kind {
    ACTION_ORDER,
    ACTION_LINK,
    ACTION_INJECT,
    ACTION_PROCESS,
    ACTION_COPY, /* the durable state of |role| is copied, for a restart with an old one */
    ACTION_COUNT
};

struct scn_process {
    enum process_change what;
    enum state_left left; /* STARTS */
    unsigned copy;        /* STARTS with LEFT_OLD, COPY: which copy, from 0 */
    bool jumps;           /* CLOCK: by |jump_us|, at the rate it has; else it runs at |ppm| */
    int64_t jump_us;      /* ahead; negative: back */
    int32_t ppm;          /* millionths that it gains; negative: loses */
};

struct scn_action {
    struct scn_trigger trigger;
    enum scn_action_kind kind;
    enum role role;      /* ORDER: who gets it; PROCESS, COPY: whose */
    int ue;              /* ORDER: for which UE; -1: each UE in turn */
    struct order order;  /* ORDER */
    uint16_t random_len; /* ORDER SEND: so many octets made from the seed, not order.payload */
    /* LINK: overrides for from->to (and to->from when |both|), for |for_us| (0: for good) */
    enum role from;
    enum role to;
    bool both;
    uint8_t set; /* which fields of |link| count: LINK_SET_* */
    struct scn_link link;
    uint64_t for_us;
    struct scn_process process; /* PROCESS, COPY */
    unsigned fault;             /* INJECT: index of what is replayed, forged or leaked */
    unsigned line;
};
enum {
    LINK_SET_DELAY = 1,
    LINK_SET_JITTER = 2, /* jitter or mean */
    LINK_SET_LOSS = 4,   /* with the bursts */
    LINK_SET_DUP = 8,
    LINK_SET_CUT = 16,
    LINK_SET_REORDER = 32,
    LINK_SET_RATE = 64, /* with the queue */
};

enum scn_expect_mode {
    EXPECT_WITHIN,     /* met before |at_us| */
    EXPECT_EVENTUALLY, /* met before the end */
    EXPECT_NEVER,
    EXPECT_EXACTLY, /* |count| times by the end */
    EXPECT_AT_LEAST,
    EXPECT_AT_MOST,
    EXPECT_FINALLY /* true at the end: SHARE, STATE, ATTACHED */
};

struct scn_expect {
    enum scn_expect_mode mode;
    bool in_literal; /* which variants it binds; both by default */
    bool in_hardened;
    uint64_t at_us;
    uint64_t after_us; /* NEVER: only counts from here on */
    uint32_t count;
    struct scn_cond cond;
    unsigned line;
    char text[NAME_TEXT_MAX + 1]; /* the sentence as written, for the verdict; cut when longer */
};

/* The corrections that the file switches for one variant: bits 1 << enum sw. */
struct scn_switches {
    uint32_t with;
    uint32_t without;
};

/* The verdict that a file states of its run. */
enum scn_stated {
    STATED_NOTHING, /* other switches are in force than the file says */
    STATED_PASS,
    STATED_FAIL
};
/* "pass", "fail"; NULL for STATED_NOTHING. A static string. */
const char *stated_name(enum scn_stated s);

struct scenario {
    char file[SCN_FILE_MAX + 1]; /* as it was given; SCRIPT_STDIN: standard input */
    char name[NAME_TEXT_MAX + 1];
    char title[NAME_TEXT_MAX + 1]; /* its claim */
    struct variant_set variant;    /* in force; change it with scenario_set_variant() */
    struct scn_switches switches[VARIANT_COUNT]; /* as the file says, for each variant */
    bool fails[VARIANT_COUNT];                   /* `in literal this run fails` */
    struct timing timing;                        /* pace and `timer` applied */
    unsigned pace_percent;
    uint64_t seed;
    struct ident emse;
    struct ident eese;
    struct alg_wish wish;  /* the enterprise's algorithms */
    uint32_t te2e_wish_ms; /* the enterprise's for all its UEs */
    uint8_t home_plmn[PLMN_LEN];
    struct scn_link links[ROLE_COUNT][ROLE_COUNT]; /* [from][to] at the start */
    bool deaf;                                   /* the attacker does not hear the air by itself */
    struct scn_ear ears[ROLE_COUNT][ROLE_COUNT]; /* [from][to] */
    uint64_t end_us;                             /* `end at`, 0: by itself */
    uint64_t limit_us;                           /* gives up here, always set */
    struct scn_ue *ues;
    unsigned ues_count;
    struct scn_action *actions;
    unsigned actions_count;
    struct scn_fault *faults;
    unsigned faults_count;
    struct scn_expect *expects;
    unsigned expects_count;
    unsigned copies_count; /* of durable states that ACTION_COPY makes */
    uint32_t *ue_slots;    /* scenario.c: hash of labels and IMSIs, 1 + index into ues, 0 free */
    uint32_t ue_slots_len;
};

/* An empty scenario with the defaults of README.md; nothing in it is allocated. */
void scenario_default(struct scenario *s);
void scenario_free(struct scenario *s);

/* Appends a copy of |ue|. Returns: ERR_OK; ERR_BAD_FIELD when its label or IMSI is taken (*|taken|
 * says by which index); ERR_OVERSIZE over UES_MAX; ERR_NO_ROOM when memory is short. */
enum err scenario_add_ue(struct scenario *s, const struct scn_ue *ue, unsigned *taken) MUST_USE;

/* True when |f| is a rule that may end the process of |role|. */
bool scn_fault_kills(const struct scn_fault *f, enum role role);

/* True when the scenario may end the process of |role|: then it keeps durable state. */
bool scenario_mortal(const struct scenario *s, enum role role);

/* Index of the UE with that label or IMSI, or -1. One look-up in a hash. */
int scenario_ue(const struct scenario *s, const char *label);

/* Puts variant |v| in force: its default switches, the file's sentences for it, then |with| and
 * |without| (bits of enum sw) from a command line. Returns: ERR_OK; ERR_BAD_FIELD when the literal
 * text cannot have a switch: *|bad| names it. */
enum err scenario_set_variant(struct scenario *s, enum variant v, uint32_t with, uint32_t without,
                              enum sw *bad) MUST_USE;

/* The switches that the file itself puts in force in variant |v|, bits 1 << enum sw. */
uint32_t scenario_switches(const struct scenario *s, enum variant v);

/* What the file states of the variant in force; its statement is about the switches that it sets
 * itself, and about no others. */
enum scn_stated scenario_stated(const struct scenario *s);

/* Gives |link| those fields of |from| that |set| (LINK_SET_*) names. */
void scn_link_set(struct scn_link *link, const struct scn_link *from, uint8_t set);

/* Marks in |followed|, one for each UE, those of which a sentence leaks something, asks what an
 * attacker knows, or has him use it; it may be NULL. Returns: whether there is such a sentence. */
bool scenario_followed(const struct scenario *s, bool *followed);
/* True when he listens to the link |from|->|to| at that time. By default he hears the air: what
 * goes to or from a UE. */
bool scenario_hears(const struct scenario *s, enum role from, enum role to, uint64_t t_us);
/* Calls |see| with each condition of the file, until it returns true. Returns: whether it did. */
bool scenario_any_condition(const struct scenario *s,
                            bool (*see)(void *arg, const struct scn_cond *c), void *arg);

/* "262-01" and back. TS 24.301 9.9.3.32: MCC2|MCC1, MNC3|MCC3, MNC2|MNC1; no MNC3 is 0xf. */
bool scn_plmn_parse(const char *text, uint8_t plmn[PLMN_LEN]);
enum { PLMN_TEXT_MAX = 7 };
void scn_plmn_text(const uint8_t plmn[PLMN_LEN], char text[PLMN_TEXT_MAX + 1]);

#endif
