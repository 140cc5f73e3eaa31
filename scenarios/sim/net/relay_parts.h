/* The relay from within: what its parts share. passing.c takes a datagram in, to where it waits
 * for its time; rules.c finds and applies the rules that strike it; swap.c lets two change places;
 * inject.c makes datagrams of its own; relay.c lets out, and releases what was held. Private to
 * them. */
#ifndef SIM_NET_RELAY_PARTS_H
#define SIM_NET_RELAY_PARTS_H

#include "scenarios/sim/drive/cond.h"
#include "scenarios/sim/net/held.h"
#include "scenarios/sim/net/relay.h"
#include "scenarios/sim/net/wire.h"

/* A datagram that an action may replay. */
struct record {
    enum role from;
    enum role to;
    struct name name;
    size_t len;
    uint8_t octets[DATAGRAM_MAX];
};

struct rule {
    uint32_t matched;
    uint32_t fired;
    struct cond *until;    /* HOLD */
    struct record *record; /* RECALL: the one to replay; NULL: none has been seen */
};

struct relay {
    const struct scenario *scn;
    struct trace_sink sink;
    struct namer namer;
    struct flights flights;
    struct held_list held;
    struct wire wires[ROLE_COUNT][ROLE_COUNT]; /* [from][to] */
    struct radio *radios;                      /* by UE */
    struct rule *rules;
    unsigned *struck;     /* room for the rules that strike one datagram */
    uint64_t *ue_keys;    /* 1 + index of the UE: seed and identity; 0: unknown UE */
    struct dict ordinals; /* how many were decided of each kind */
    struct dict attempts; /* how often a message with a number of its own was sent */
    struct dict bursts;   /* how it stands with losses of each kind */
    struct relay_counters counters;
    uint64_t ids;
    bool down[ROLE_COUNT];
    unsigned down_line[ROLE_COUNT];
    unsigned killed[ROLE_COUNT]; /* line of the rule that has killed a sender; 0: none has */
};

/* Tells the fate of a datagram that shows as |octets|. */
void relay_tell(struct relay *r, uint64_t t_us, const struct flight *f, const uint8_t *octets,
                enum fate fate);

/* The |i|-th of those that wait goes on. */
void relay_release(struct relay *r, uint32_t i, uint64_t now_us);

/* Which draw of a datagram's stream decides what. */
enum draw {
    DRAW_LOSS,
    DRAW_COPY,
    DRAW_JITTER,
    DRAW_FIELD,
    DRAW_COPY_JITTER,
    DRAW_REORDER,
    DRAW_SAME_FIELD /* and all after: of further rules for one field */
};
/* A datagram on its way in. */
struct passing {
    struct relay *r;
    uint64_t now_us;
    enum role from;
    enum role to;
    struct name name;
    uint64_t id;
    uint64_t key;      /* of its random decisions */
    bool lost;         /* by the rate of its link, unless a rule names it */
    uint64_t ready_us; /* its last bit leaves the sender */
    const uint8_t *octets;
    size_t len;
    /* what the rules want; 0: nothing */
    unsigned struck;   /* how many, in r->struck; `drop` apart */
    bool named;        /* a rule has struck: no rate does */
    unsigned drop;     /* line */
    unsigned delay;    /* line */
    uint64_t delay_us; /* of all such rules */
    unsigned alter;    /* line */
    enum fate altered;
    unsigned altered_fields[FIELD_COUNT]; /* how often */
    enum kill kill;                       /* of the receiver */
    unsigned kill_rule;
    unsigned kill_line; /* of a rule that kills its sender or its receiver */
    bool hold;
    struct held held;
    unsigned hold_line;
    enum fate hold_fate;
    uint8_t changed[DATAGRAM_MAX];
};

/* Puts |p| as |octets| on the way, to arrive at |due_us|. Returns: ERR_OK; ERR_NO_ROOM. */
enum err passing_go(struct passing *p, const uint8_t *octets, uint64_t due_us, enum fate fate,
                    unsigned line) MUST_USE;
/* Holds it back as |h| says, from now on. Returns: ERR_OK; ERR_NO_ROOM. */
enum err passing_hold(struct passing *p, struct held h, uint64_t due_us, enum fate fate,
                      unsigned line) MUST_USE;
void passing_drop(struct passing *p, unsigned line);

/* Finds the rules that strike: the first `drop` goes to |p->drop|, all others to r->struck. */
void rules_collect(struct passing *p);
/* Does what they want, but for `drop` and the copies. */
void rules_apply(struct passing *p);
/* Swaps it with one of another UE that waits for such a one, if there is. */
void swap_with_waiting(struct passing *p);
/* Makes the copies of what arrives at |due_us|. Returns: ERR_OK; ERR_NO_ROOM. */
enum err rules_copy(struct passing *p, uint64_t due_us) MUST_USE;

#endif
