/* The private folder of a live run, made below $TMPDIR (or /tmp) and gone afterwards in every case:
 * a small watcher process makes it, and removes it when the last process that holds |keep| has
 * ended, be it the runner or a daemon, be it by exit, crash or kill -9. */
#ifndef SIM_DRIVE_LIVE_DIR_H
#define SIM_DRIVE_LIVE_DIR_H

#include "common/base/err.h"

#include <sys/types.h>

enum { LIVE_DIR_MAX = 1024, LIVE_DIR_WHY_MAX = 512 };

struct live_dir {
    char path[LIVE_DIR_MAX];
    int keep;      /* close-on-exec here; the daemons inherit it on purpose */
    pid_t watcher; /* 0: none */
};

/* Returns: ERR_OK; ERR_IO with a sentence in |why|, nothing is left then. */
enum err live_dir_make(struct live_dir *d, char why[LIVE_DIR_WHY_MAX]) MUST_USE;

/* To be called when the daemons have ended: returns when the folder is gone. Harmless on {0}. */
void live_dir_remove(struct live_dir *d);

#endif
