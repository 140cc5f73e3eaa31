/* A live run from within: what its two halves share. live.c has the phases of a run and its end,
 * live_watch.c the event loop's watchers, which turn what comes from sockets, control lines, stderr
 * and signals into calls of the stage, live_process.c the ends and starts of processes that the
 * script wants, live_lockstep.c the time that is granted. Private to them. */
#ifndef SIM_DRIVE_LIVE_PARTS_H
#define SIM_DRIVE_LIVE_PARTS_H

#include "scenarios/sim/drive/live.h"
#include "scenarios/sim/drive/live_daemon.h"
#include "scenarios/sim/drive/live_dir.h"
#include "scenarios/sim/drive/live_net.h"
#include "scenarios/sim/drive/live_turn.h"
#include "scenarios/sim/net/dict.h"

enum { LIVE_DAEMONS = ROLE_VN }; /* the roles before VN have one each */

enum phase {
    PHASE_START, /* waiting for the daemons to be ready */
    PHASE_RUN,
    PHASE_QUIT, /* told to stop */
    PHASE_KILL, /* made to stop */
};

struct event;
struct event_base;
struct live;

/* A link's socket as an event's argument. */
struct live_link {
    struct live *live;
    enum role from;
    enum role to;
    struct event *event;
};

/* A daemon likewise. */
struct live_watched {
    struct live *live;
    struct live_daemon *daemon;
    struct event *reading; /* its lines */
    struct event *writing; /* room for ours */
    struct event *errors;  /* its stderr */
};

enum { LIVE_SIGNALS = 4 };

struct live {
    const struct live_conf *conf;
    struct stage *stage;       /* NULL before PHASE_RUN */
    struct live_dir dir;       /* configurations and durable states */
    bool mortal[LIVE_DAEMONS]; /* by role: scenario_mortal() */
    struct dict told; /* deliveries of those that the trace has: they may tell them again */
    struct live_net *net;
    struct live_daemon daemons[LIVE_DAEMONS]; /* by role */
    struct live_turn turns[LIVE_DAEMONS];     /* by role */
    enum phase phase;
    uint64_t t0_us;    /* zero of the run, on CLOCK_MONOTONIC */
    uint64_t now_us;   /* in lockstep: since |t0_us| */
    bool resting;      /* in lockstep: waits until the daemons rest */
    uint64_t until_us; /* when the phase (but RUN) has taken too long, on CLOCK_MONOTONIC */
    uint64_t end_us;   /* when the run was over, since |t0_us| */
    int signal;
    bool failed;
    char why[LIVE_WHY_MAX]; /* the first reason */
    struct event_base *base;
    struct event *timer;
    struct event *signals[LIVE_SIGNALS];
    struct live_link links[ROLE_COUNT][ROLE_COUNT];
    struct live_watched watched[LIVE_DAEMONS];
};

static inline struct live_daemon *live_daemon_of(struct live *l, enum role role)
{
    return &l->daemons[role];
}

/* Microseconds since the start of the run, or what of them is granted. */
uint64_t live_now(const struct live *l);

/* The run has failed for that reason; the first one counts. */
void live_fail(struct live *l, const char *words);

/* The run ends here, whatever its stage says. */
bool live_is_stopped(const struct live *l);

/* "|program| |words|: the last line it said", or without the line. */
void live_blame(const struct live_daemon *d, const char *words, char out[LIVE_WHY_MAX]);

/* Makes the event loop with sockets, signals and timer. Returns: ERR_OK; ERR_NO_ROOM. */
enum err live_watch(struct live *l) MUST_USE;
/* Writes the configuration of |d|, starts it and watches it. Returns: ERR_OK; ERR_IO, ERR_NO_ROOM
 * with a sentence in |l->why|. */
enum err live_start_daemon(struct live *l, struct live_daemon *d) MUST_USE;
void live_unwatch_daemon(struct live *l, enum role role);
/* Reads and carries on all that has come from |from|, whose process has ended. */
void live_read_last(struct live *l, enum role from);
/* The file of the durable state of |role|. */
void live_state_path(const struct live *l, enum role role, char path[SPAWN_PATH_MAX]);
/* Watches for room where orders wait to be written. */
void live_watch_writing(struct live *l);
void live_unwatch(struct live *l);

/* How long a daemon may take to start, in microseconds. */
#define LIVE_START_US UINT64_C(5000000)

uint64_t live_clock_us(void); /* CLOCK_MONOTONIC */

/* Hooks of the stage, live_process.c. */
void live_deliver(void *arg, uint64_t now_us, const struct relay_delivery *r);
void live_order(void *arg, uint64_t now_us, enum role role, unsigned ue, const struct order *o);
void live_process(void *arg, uint64_t now_us, enum role role, const struct scn_process *p);
void live_copy(void *arg, enum role role, unsigned copy);

/* |d| says, in the run, that it is ready, or that it will die of what it has been told of: it gets
 * what has waited. */
void live_process_ready(struct live *l, struct live_daemon *d);
void live_process_listens(struct live *l, struct live_daemon *d);
/* |d| has ended. Returns: true when the script wanted that; then it is told, and it starts again if
 * it is to. */
bool live_process_ended(struct live *l, struct live_daemon *d);
/* When the start of a daemon in the run is overdue, on CLOCK_MONOTONIC; UINT64_MAX: none starts. */
uint64_t live_process_until_us(const struct live *l, unsigned *daemon);
/* Lets all that are paused go on, so that they can stop. */
void live_process_release(struct live *l);

/* The run in lockstep, live_lockstep.c: from its begin to its end. */
void live_play_lockstep(struct live *l);
/* |d| is told the time, before what it is to do now; or has to take in what it got. Nothing in real
 * time. */
void live_grant(struct live *l, struct live_daemon *d);
void live_owe(struct live *l, struct live_daemon *d);
/* Runs the timers of |d| that are due; in lockstep only. */
void live_tick(struct live *l, struct live_daemon *d);
/* Lets all daemons do what follows from what they got, until they rest. Nothing in real time. */
void live_rest(struct live *l);
/* |d| says "idle ...", the rest of that line is |words|. */
void live_take_idle(struct live *l, struct live_daemon *d, const char *words);

/* Repeats on stderr the end of what each daemon has said. */
void live_repeat_said(struct live *l);

#endif
