/* A daemon from within: what its halves share. daemon.c has its life and what comes in,
 * daemon_out.c what goes out: lines, datagrams and durable state. Private to them. */
#ifndef COMMON_DAEMON_DAEMON_PARTS_H
#define COMMON_DAEMON_DAEMON_PARTS_H

#include "common/daemon/clock.h"
#include "common/daemon/daemon.h"
#include "common/daemon/durable.h"
#include "common/daemon/lines.h"
#include "common/daemon/udp.h"

struct event;
struct event_base;

enum { DAEMON_EVENTS_MAX = 8 };

struct daemon {
    const struct daemon_role *role;
    struct setup setup;
    struct durable durable;
    struct udp *udp;
    struct lines_out out;
    struct lines_in in;
    bool by_runner;
    bool begun; /* the socket is read, and what was restored goes on */
    bool stop;
    bool silent; /* stdout has no reader any more */
    uint64_t zero_us;
    uint32_t attached; /* of those that attach at the start: how many have been told */
    uint64_t overflow_told;
    uint64_t now_us; /* of the batch of datagrams being handled, on its own clock */
    struct clock clock;
    uint64_t grants;   /* of time, by the runner */
    uint64_t answered; /* how many of them */
    uint64_t heard;    /* datagrams since the start */
    uint64_t die_at;   /* of which of them it is to die; 0: of none */
    bool die_durable;  /* ... when what it changes is durable */
    struct event_base *base;
    struct event *events[DAEMON_EVENTS_MAX]; /* all, to free them */
    unsigned events_count;
    struct event *control_event;
    struct event *readable;
    struct event *timer;
    uint64_t timer_us; /* when it fires; UINT64_MAX: not armed */
};

/* The hooks of its node. */
struct node_hooks daemon_hooks(struct daemon *d);

/* Lines first, then datagrams, so that who reads the lines sees a cause before its consequence. */
void daemon_show(struct daemon *d);
/* Ends a turn. Durable state comes first, for those who keep any. Where the correction is off the
 * role answers before it is durable. */
void daemon_settle(struct daemon *d);

/* A line, with the next turn that is shown; a whole buffer is settled before. */
void daemon_say(struct daemon *d, const char *line, size_t len);
__attribute__((format(printf, 2, 3))) void daemon_say_words(struct daemon *d, const char *format,
                                                            ...);
void daemon_say_counters(struct daemon *d);
/* Writes the lines that have gathered. */
void daemon_flush_lines(struct daemon *d);

#endif
