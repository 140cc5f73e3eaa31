/* A daemon as the runner of a live run knows it: its process, and the lines of its control socket
 * (common/daemon/control.h) in both directions, each through a large buffer. */
#ifndef SIM_DRIVE_LIVE_DAEMON_H
#define SIM_DRIVE_LIVE_DAEMON_H

#include "common/daemon/control.h"
#include "common/node/skew.h"
#include "scenarios/sim/drive/spawn.h"
#include "scenarios/sim/script/scenario.h"

enum { LIVE_DAEMON_IN = 1 << 16 };

struct live_daemon {
    enum role role;
    struct spawn child;
    bool ready;    /* has said where it is */
    bool counted;  /* has told its counters */
    bool bye;      /* has said that it stops cleanly */
    bool unheard;  /* closed its end, or sent a line longer than any */
    size_t in_len; /* a line that is not yet whole */
    char in[LIVE_DAEMON_IN];
    char *out; /* what its socket had no room for */
    size_t out_len;
    size_t out_cap;
    /* in lockstep (live_lockstep.c) */
    uint64_t grants;   /* of time, that it was told */
    uint64_t answered; /* how many of them */
    uint64_t due_us; /* when its next timer is, since the start of the run; UINT64_MAX: none runs */
    bool owed;       /* it has to be let take in what it got */
    /* of a process that the script may end (live_process.c) */
    unsigned life;           /* from 0 */
    bool doomed;             /* it is to die, or has been told of what */
    bool paused;             /* by SIGSTOP */
    bool deaf;               /* it has to answer first: what is for it waits in |inbox| */
    bool starts;             /* in lockstep: its orders wait for all that its start brings */
    uint64_t until_us;       /* when an answer to a start is overdue, on CLOCK_MONOTONIC */
    uint64_t handed;         /* datagrams given to it in this life */
    struct skew clock;       /* from the start of the run */
    bool restarts;           /* when it has died: */
    struct scn_process next; /* ... like this */
    struct live_item *inbox;
    unsigned inbox_first; /* those before it have been given */
    unsigned inbox_count;
    unsigned inbox_cap;
};

/* A datagram, or a control line, that waits. */
struct live_item {
    bool is_line;
    enum role from;
    size_t len;
    char octets[CONTROL_LINE_MAX];
};

/* A line of |d|, without its newline; the callee may change it. */
typedef void live_daemon_line(void *arg, struct live_daemon *d, char *line);

void live_daemon_init(struct live_daemon *d, enum role role, const char *program);
/* Closes and frees; the process must have ended. */
void live_daemon_close(struct live_daemon *d);
/* Makes |d|, whose process has ended, ready for its next life; clock and count of lives go on. */
void live_daemon_renew(struct live_daemon *d);

/* Lets a datagram or a line wait. Returns: ERR_OK; ERR_NO_ROOM when memory is short. */
enum err live_daemon_wait(struct live_daemon *d, bool is_line, enum role from, const void *octets,
                          size_t len) MUST_USE;

/* Reads all that is there and gives it line by line to |take|; never blocks. */
void live_daemon_drain(struct live_daemon *d, live_daemon_line *take, void *arg);

/* Sends |line| and a newline, later if need be; never blocks. */
void live_daemon_say(struct live_daemon *d, const char *line);

/* Sends what waits. Returns: true when nothing waits any more. */
bool live_daemon_flush(struct live_daemon *d);

#endif
