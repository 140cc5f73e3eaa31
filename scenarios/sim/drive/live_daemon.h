/* A daemon as the runner of a live run knows it: its process, and the lines of its control socket
 * (common/daemon/control.h) in both directions, each through a large buffer. */
#ifndef SIM_DRIVE_LIVE_DAEMON_H
#define SIM_DRIVE_LIVE_DAEMON_H

#include "common/base/role.h"
#include "scenarios/sim/drive/spawn.h"

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
};

/* A line of |d|, without its newline; the callee may change it. */
typedef void live_daemon_line(void *arg, struct live_daemon *d, char *line);

void live_daemon_init(struct live_daemon *d, enum role role, const char *program);
/* Closes and frees; the process must have ended. */
void live_daemon_close(struct live_daemon *d);

/* Reads all that is there and gives it line by line to |take|; never blocks. */
void live_daemon_drain(struct live_daemon *d, live_daemon_line *take, void *arg);

/* Sends |line| and a newline, later if need be; never blocks. */
void live_daemon_say(struct live_daemon *d, const char *line);

/* Sends what waits. Returns: true when nothing waits any more. */
bool live_daemon_flush(struct live_daemon *d);

#endif
