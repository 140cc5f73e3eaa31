/* For the tests of the node: a toy EMSE that does at each step what the test has told it to and
 * remembers what came, and hooks that remember what the node did. One node at a time. */
#ifndef TEST_UNIT_NODE_TOY_H
#define TEST_UNIT_NODE_TOY_H

#include "common/node/node.h"

/* A context of the toy. */
struct toy {
    struct ident ue;
    uint32_t slot;
    unsigned steps;
    enum input input;
    enum timer_id timer;
    uint64_t now_us;
    uint8_t entropy;
    uint8_t state;
    bool kept; /* not disposable */
    struct handles handles;
};

/* What the next steps do. */
struct toy_plan {
    struct effects fx;
    struct handles handles;
    bool expected; /* there is a row for the event */
    bool draws;    /* entropy is used */
    bool keeps;    /* the context becomes one that must not be forgotten */
};
extern struct toy_plan toy_plan;

/* What the node did. */
struct toy_seen {
    char words[8192]; /* names of messages sent and of occurrences, "save", each with a space behind
                       */
    char stepped[256]; /* the last digit of whom each step was for */
    size_t steps;
    struct occur occur; /* the last of each */
    struct node_addr addr;
    unsigned saved;
    uint64_t draw;
};
extern struct toy_seen toy_seen;

extern const struct machine toy_machine;

/* A node of toys; plan and memory are emptied. */
struct node *toy_node(uint32_t max);
struct ident toy_ue(unsigned i);
/* NULL: there is none. */
const struct toy *toy_find(const struct node *n, unsigned i);

void toy_plan_nothing(void);
/* A STATUS to the UE, as an answer to the source or to where it is bound. */
void toy_plan_status(bool reply);

/* Datagrams from the address toy_port(|p|). */
struct node_addr toy_port(uint8_t p);
void toy_deliver(struct node *n, uint64_t now_us, enum role from, uint8_t p, const struct msg *m);
void toy_attach(struct node *n, uint64_t now_us, unsigned ue, uint8_t p);
void toy_aka_resp(struct node *n, uint32_t xid, uint8_t p);
void toy_sync(struct node *n, uint32_t sid);

#endif
