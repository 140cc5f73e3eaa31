/* A mind from within: its facts, each of a kind, in the order of their coming. hear.c makes them of
 * messages, rules.c of each other; mind.c holds all together. Private to them. */
#ifndef SIM_ATTACKER_FACTS_H
#define SIM_ATTACKER_FACTS_H

#include "scenarios/sim/attacker/mind.h"
#include "scenarios/sim/net/dict.h"

/* From what he has it. */
struct origin {
    uint8_t count;
    struct trace_source by[TRACE_SOURCES_MAX];
};

enum fact {
    FACT_K,
    FACT_CHALLENGE,
    FACT_VECTOR,
    FACT_E2M,
    FACT_ANSWER, /* AKA_RESP: it shows which e2mKEYSET the UE has */
    FACT_ACCEPT, /* what the EMSE accepts: root, first epoch, algorithms */
    FACT_PUSH,   /* RAND_PUSH with its RAND under a cipher */
    FACT_RAND,
    FACT_GIVEN, /* an e2eKEYSET that no rule gave him, guess or not */
    FACT_E2E,   /* that an end has shown */
    FACT_FRAME, /* data */
    FACT_GUESS,
    FACT_SHOWN,
    FACT_USED,
    FACT_TEXT,
    FACT_COUNT
};

struct fact_k {
    struct aka_secret secret;
    struct origin origin;
};

struct fact_challenge {
    uint8_t rand[RAND_LEN];
    uint8_t autn[AUTN_LEN];
    bool access;  /* of the visited network's run */
    uint32_t xid; /* of the e2m run, 0: not seen */
    struct origin origin;
};

struct fact_vector {
    uint8_t rand[RAND_LEN];
    uint8_t autn[AUTN_LEN];
    uint8_t ck[16];
    uint8_t ik[16];
    bool access;
    uint32_t xid;
    struct origin origin;
};

struct fact_e2m {
    struct mind_e2m e2m;
    uint32_t xid; /* of the run that gave it, 0: not seen */
    bool used;
    struct origin origin;
};

struct fact_accept {
    uint32_t g;
    uint32_t n;
    uint32_t sid;
    uint32_t xid; /* 0: not seen */
    struct choice choice;
    struct origin origin;
};

/* ANSWER, PUSH, FRAME */
struct fact_msg {
    struct msg msg;
    uint8_t direction;
    bool genuine;
    bool has_epoch;
    uint32_t epoch;
    struct origin origin;
};

struct fact_rand {
    uint8_t rand[RAND_LEN];
    bool has_n; /* the index of the epoch that it makes is known (hardened) */
    uint32_t n;
    bool masked; /* it is X, not RAND */
    struct origin origin;
};

/* GIVEN, E2E */
struct fact_e2e {
    struct epoch epoch;
    uint32_t shown; /* its number as the ends count */
    uint32_t fp;
    struct origin origin;
};

/* How to derive it again, should an end show it. */
struct fact_guess {
    enum { GUESS_ROOT, GUESS_NEXT, GUESS_GIVEN } how;
    uint32_t a; /* E2M, E2E, GIVEN */
    uint32_t b; /* ACCEPT, RAND, - */
};

struct fact_shown {
    uint32_t epoch;
    uint32_t fp;
    bool known;
};

struct fact_text {
    uint16_t len;
    uint8_t octets[PAYLOAD_MAX];
};

struct facts {
    void *list;
    uint32_t count;
    uint32_t cap;
};

struct mind {
    struct mind_conf conf;
    void (*learn)(void *arg, const struct trace_knows *k);
    void *arg;
    struct facts facts[FACT_COUNT];
    struct dict rands;   /* value and index: 1 + its place */
    struct dict guesses; /* fingerprint: 1 + its place */
    struct dict shown;   /* likewise */
    uint32_t (*done)[2]; /* by rule: of each premise, how many have met all of the other */
    bool broken;
};

/* The |i|-th fact of that kind; it is good until the next one is added. */
void *fact_at(const struct mind *m, enum fact kind, uint32_t i);
/* Adds a fact. Without memory the mind is broken. */
void fact_add(struct mind *m, enum fact kind, const void *fact);

bool mind_is_literal(const struct mind *m);

/* ---- mind.c: additions that look whether it is known already ---- */

void mind_add_vector(struct mind *m, const struct fact_vector *v);
void mind_add_e2m(struct mind *m, const struct fact_e2m *f);
void mind_add_accept(struct mind *m, const struct fact_accept *f);
/* Returns true when it is new. */
bool mind_add_rand(struct mind *m, const struct fact_rand *f);
/* A keyset that follows from the facts |guess| names. */
void mind_guess(struct mind *m, const struct fact_guess *guess);
/* The UE has used the |i|-th e2mKEYSET. */
void mind_mark_used(struct mind *m, uint32_t i);

/* ---- rules.c ---- */

/* Room for |m->done|. */
unsigned rules_count(void);
/* Derives what |guess| stands for. */
void rules_derive(const struct mind *m, const struct fact_guess *guess, struct epoch *out);
/* From what: the facts that |guess| names. */
struct origin rules_origin(const struct mind *m, const struct fact_guess *guess);

/* ---- lessons and their reasons ---- */

struct origin origin_of_msg(const struct mind_heard *h);
struct origin origin_leaked(enum secret what);
/* |a| and |b| together, as far as they fit. */
struct origin origin_both(const struct origin *a, const struct origin *b);
struct origin origin_cite_e2e(const struct fact_e2e *f);
struct origin origin_cite_e2m(const struct fact_e2m *f);

void mind_learn_rand(struct mind *m, uint32_t epoch, const struct origin *origin);
void mind_learn_text(struct mind *m, const struct msg_data *d, const struct origin *origin);

#endif
