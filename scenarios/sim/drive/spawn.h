/* One child process of a live run: a daemon, its control socket, and what it says on stderr.
 *
 * No child outlives the runner: its control socket closes and the kernel sends it SIGTERM when the
 * runner dies, however that happens. It stands in a process group of its own, so that Ctrl-C
 * reaches the runner alone, which then stops its daemons in order. */
#ifndef SIM_DRIVE_SPAWN_H
#define SIM_DRIVE_SPAWN_H

#include "common/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
    SPAWN_PATH_MAX = 4096,
    SPAWN_WHY_MAX = 512,
    SPAWN_SAID_MAX = 16384, /* the end of what it has said on stderr */
};

struct spawn {
    const char *program; /* "hssd"; borrowed */
    pid_t pid;           /* 0: not running */
    int status;          /* as of waitpid(), once |ended| */
    bool ended;
    int control; /* our end of the socket pair, non-blocking; -1: none */
    int errors;  /* its stderr, non-blocking; -1: none */
    size_t said_len;
    char said[SPAWN_SAID_MAX];
};

/* A child that is not running; spawn_close() may be called on it. */
void spawn_init(struct spawn *s, const char *program);

/* Where |program| is: in $E2ESIM_BINDIR if set, else beside this program.
 * Returns: ERR_OK; ERR_IO with a sentence in |why| when it cannot be run. */
enum err spawn_find(const char *program, char path[SPAWN_PATH_MAX],
                    char why[SPAWN_WHY_MAX]) MUST_USE;

/* Starts `|path| --config |config| --control 3`; |keep| is a descriptor that the child shall
 * inherit besides, or -1. stdout and stderr of the child come to |errors|, stdin is empty. That
 * |path| could not be executed shows as an end with status 127 and a line on |errors|.
 * Returns: ERR_OK; ERR_IO with a sentence in |why|, nothing is open or running then. */
enum err spawn_start(struct spawn *s, const char *path, const char *config, int keep,
                     char why[SPAWN_WHY_MAX]) MUST_USE;

/* Keeps what the child has said on stderr since; never blocks. */
void spawn_listen(struct spawn *s);

/* True, once, when the child has ended since: |status| is set then, |pid| is 0. Never blocks. */
bool spawn_reap(struct spawn *s);

/* How it ended: "exited with code 3", "was killed by signal 9 (Killed)". */
void spawn_how(const struct spawn *s, char words[SPAWN_WHY_MAX]);

/* The last line that it said, or "" when it said nothing; cut to |cap|. */
void spawn_last_line(const struct spawn *s, char *line, size_t cap);

/* Closes the descriptors. The child must have been reaped or be doomed otherwise. */
void spawn_close(struct spawn *s);

#endif
