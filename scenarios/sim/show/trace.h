/* The stream of everything a run shows, the same for live and virtual runs: datagrams with their
 * fate, and what occurred in the roles. The judge, the ladder and the writers of --out are sinks
 * of it. Times are microseconds since the start of the run and never go back within a stream. */
#ifndef SIM_SHOW_TRACE_H
#define SIM_SHOW_TRACE_H

#include "common/node/occur.h"
#include "scenarios/sim/script/process.h"
#include "scenarios/sim/script/secret.h"

struct scenario;

enum trace_kind {
    TRACE_RUN,     /* first of all: the sinks know the run from struct trace_run */
    TRACE_ORDER,   /* the script told a role to do something */
    TRACE_MSG,     /* a datagram met its fate */
    TRACE_OCCUR,   /* a role did something */
    TRACE_LINK,    /* link conditions changed */
    TRACE_PROCESS, /* the script has killed, started, paused, ... the process of a role */
    TRACE_LEAK,    /* the script has given a secret to the attacker */
    TRACE_KNOWS,   /* the attacker has come to know something, by a leak or by himself */
    TRACE_FAILED,  /* the run itself failed: a daemon died by itself, a receive buffer ran over */
    TRACE_END      /* last of all */
};

enum fate {
    FATE_DELIVERED,
    FATE_DROPPED,
    FATE_DUPLICATED,
    FATE_DELAYED,
    FATE_CORRUPTED,
    FATE_INJECTED,
    FATE_TRUNCATED,
    FATE_HELD,      /* until what its rule waits for had happened */
    FATE_REORDERED, /* until later ones of its link had arrived */
    FATE_SWAPPED,   /* all but the handle is that of another UE's, for which it has waited */
    FATE_RELEASED,  /* held or reordered, until nothing else happened any more */
    FATE_KEPT,      /* held or reordered still when the run ended */
    FATE_COUNT
};
/* "delivered" ...; a static string. */
const char *fate_name(enum fate f);
/* True when an octet string of that fate reaches its receiver: all but DROPPED and KEPT. */
bool fate_arrives(enum fate f);
/* True when a rule has changed its octets: CORRUPTED, TRUNCATED and SWAPPED. */
bool fate_alters(enum fate f);

struct trace_msg;
/* True when a role has sent the octets that it shows, whether they arrive or not: it is no copy, no
 * replay and no forgery, and no rule has changed it. */
bool trace_is_sent(const struct trace_msg *m);

/* What every sink may know of the run from the start. Borrowed for the life of the sink. */
struct trace_run {
    const struct scenario *scn; /* with variant, switches and seed as they are in force */
    const char *mode;           /* "live", "lockstep", "virtual" */
};

/* One event for each datagram, when its fate is final: at once when it is dropped, at the end when
 * it is held until then, else when it reaches its receiver. A copy made by a rule is a datagram of
 * its own (DUPLICATED), so is a forged or replayed one (INJECTED). All the others have arrived too,
 * after what a rule did to them; of several, what changed the octets is told first, then what held
 * it. */
struct trace_msg {
    uint64_t id; /* number of the datagram in this run, 1.. ; copies have numbers of their own */
    enum role from;
    enum role to;
    enum msg_type type; /* MSG_TYPE_COUNT: not decodable */
    int ue;             /* index in the scenario, -1 unknown */
    bool has_epoch;
    uint32_t epoch;
    uint32_t ctr;     /* 0: none */
    uint32_t attempt; /* which sending of this message for this UE and epoch, 1..; 0: a forgery */
    uint16_t bytes;
    enum fate fate;
    uint64_t sent_us;
    unsigned line;         /* scenario line of the rule that decided, 0: none (or a rate) */
    const uint8_t *octets; /* as it travels on; valid during the call; may be NULL */
};

/* One of the things from which the attacker has it: a secret that he had, or a datagram. */
struct trace_source {
    bool is_msg;
    enum secret what; /* a secret */
    bool leaked;
    bool has_epoch; /* E2E, when its number is known */
    uint32_t epoch;
    uint32_t fp;
    enum msg_type type; /* a datagram: which, its number in the run, and when it passed him */
    uint64_t id;
    uint64_t t_us;
    bool own; /* he has sent it himself */
};
enum { TRACE_SOURCES_MAX = 3 };

/* A key that counts: one that an end has shown, by its fingerprint, or has used. */
struct trace_knows {
    enum secret what;
    bool has_epoch; /* E2E, RAND: as the ends count them */
    uint32_t epoch;
    uint32_t fp;  /* E2E */
    uint16_t len; /* TEXT */
    uint8_t payload[PAYLOAD_MAX];
    uint8_t by_count;
    struct trace_source by[TRACE_SOURCES_MAX];
};

struct trace_event {
    enum trace_kind kind;
    uint64_t t_us;
    int ue; /* index in the scenario, -1: none */
    union {
        struct trace_msg msg;
        struct occur occur;
        struct {
            enum role role;
            enum order_kind kind;
            uint16_t len;
            uint8_t payload[PAYLOAD_MAX];
            unsigned line;
        } order;
        struct {
            enum role from;
            enum role to;
            unsigned line;
        } link;
        struct {
            enum role role;
            enum process_change what;
            enum state_left left; /* STARTS */
            unsigned line;
        } process;
        struct {
            enum secret what;
            bool has_epoch;
            uint32_t epoch;
            uint32_t fp; /* E2E */
            unsigned line;
        } leak;
        struct trace_knows knows;
        struct {
            char words[256];
        } failed;
    } u;
};

/* Whose event it is: index of the UE in the scenario, -1: nobody's. */
int trace_ue(const struct trace_event *e);

/* A sink borrows the event for the call. */
struct trace_sink {
    void *arg;
    void (*event)(void *arg, const struct trace_event *e);
};

#endif
