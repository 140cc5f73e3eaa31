#include "scenarios/sim/drive/live_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
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

/* What the watcher tells the runner once. */
struct made {
    int error; /* 0: the folder is there */
    char path[LIVE_DIR_MAX];
};

static void close_all_but(int fd)
{
    if (fd > 0) {
        (void)close_range(0, (unsigned)fd - 1, 0);
    }
    (void)close_range((unsigned)fd + 1, ~0U, 0);
}

/* The watcher's life. It makes the folder, so that there is none without a watcher, whenever the
 * runner dies. It leaves the runner's session and all its descriptors but |keep|, so that neither
 * Ctrl-C nor a reader of the runner's output takes notice of it. */
static _Noreturn void watch(int keep, int tell, struct made *m)
{
    char octet;
    ssize_t n;

    (void)setsid();
    (void)prctl(PR_SET_NAME, "e2esim-tidy");
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    m->error = mkdtemp(m->path) == NULL ? errno : 0;
    (void)!write(tell, m, sizeof *m);
    if (m->error != 0) {
        _exit(1);
    }
    close_all_but(keep);
    do {
        n = read(keep, &octet, 1);
    } while (n > 0 || (n < 0 && errno == EINTR));
    remove_tree(m->path);
    _exit(0);
}

static bool hear(int fd, struct made *m)
{
    ssize_t n;

    do {
        n = read(fd, m, sizeof *m);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *m;
}

/* Starts the watcher and hears what it has made. Returns 0, or errno. */
static int start_watcher(struct live_dir *d, struct made *m)
{
    int keep[2];
    int told[2];
    bool heard;

    if (pipe2(keep, O_CLOEXEC) != 0) {
        return errno;
    }
    if (pipe2(told, O_CLOEXEC) != 0) {
        close(keep[0]);
        close(keep[1]);
        return errno;
    }
    d->watcher = fork();
    if (d->watcher == 0) {
        close(keep[1]);
        watch(keep[0], told[1], m);
    }
    m->error = d->watcher < 0 ? errno : ECHILD;
    close(keep[0]);
    close(told[1]);
    heard = d->watcher > 0 && hear(told[0], m);
    close(told[0]);
    if (heard && m->error == 0) {
        d->keep = keep[1];
        return 0;
    }
    close(keep[1]);
    if (d->watcher > 0) {
        (void)waitpid(d->watcher, NULL, 0);
    }
    d->watcher = 0;
    return m->error;
}

enum err live_dir_make(struct live_dir *d, char why[LIVE_DIR_WHY_MAX])
{
    const char *tmp = getenv("TMPDIR");
    struct made m = {.error = ENAMETOOLONG};
    int n;

    memset(d, 0, sizeof *d);
    d->keep = -1;
    n = snprintf(m.path, sizeof m.path, "%s/e2esim-XXXXXX",
                 tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
    if (n > 0 && (size_t)n < sizeof m.path) {
        m.error = start_watcher(d, &m);
    }
    if (m.error != 0) {
        snprintf(why, LIVE_DIR_WHY_MAX, "cannot make the folder %.200s: %s", m.path,
                 strerror(m.error));
        return ERR_IO;
    }
    snprintf(d->path, sizeof d->path, "%s", m.path);
    return ERR_OK;
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
