#include "scenarios/sim/drive/live_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 8 };

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    (void)remove(path);
    return 0;
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

/* Leaves the runner's session and all its descriptors but |pipe|, so that neither Ctrl-C nor a
 * reader of the runner's output takes notice of it. */
static _Noreturn void watch(int pipe, const char *path)
{
    char octet;
    ssize_t n;

    (void)setsid();
    (void)prctl(PR_SET_NAME, "e2esim-tidy");
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    if (pipe > 0) {
        (void)close_range(0, (unsigned)pipe - 1, 0);
    }
    (void)close_range((unsigned)pipe + 1, ~0U, 0);
    do {
        n = read(pipe, &octet, 1);
    } while (n > 0 || (n < 0 && errno == EINTR));
    remove_tree(path);
    _exit(0);
}

enum err live_dir_make(struct live_dir *d, char why[LIVE_DIR_WHY_MAX])
{
    const char *tmp = getenv("TMPDIR");
    int ends[2];
    int n;

    memset(d, 0, sizeof *d);
    d->keep = -1;
    n = snprintf(d->path, sizeof d->path, "%s/e2esim-XXXXXX",
                 tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
    if (n < 0 || (size_t)n >= sizeof d->path || mkdtemp(d->path) == NULL) {
        snprintf(why, LIVE_DIR_WHY_MAX, "cannot make the folder %.200s: %s", d->path,
                 strerror((size_t)n >= sizeof d->path ? ENAMETOOLONG : errno));
        d->path[0] = '\0';
        return ERR_IO;
    }
    if (pipe2(ends, O_CLOEXEC) == 0) {
        d->watcher = fork();
        if (d->watcher == 0) {
            close(ends[1]);
            watch(ends[0], d->path);
        }
        close(ends[0]);
        if (d->watcher > 0) {
            d->keep = ends[1];
            return ERR_OK;
        }
        close(ends[1]);
    }
    snprintf(why, LIVE_DIR_WHY_MAX, "cannot watch the folder %.200s: %s", d->path, strerror(errno));
    d->watcher = 0;
    live_dir_remove(d);
    return ERR_IO;
}

void live_dir_remove(struct live_dir *d)
{
    if (d->path[0] == '\0') {
        return;
    }
    if (d->watcher > 0) {
        close(d->keep);
        while (waitpid(d->watcher, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    remove_tree(d->path); /* nothing to do, unless the watcher was killed */
    memset(d, 0, sizeof *d);
    d->keep = -1;
}
