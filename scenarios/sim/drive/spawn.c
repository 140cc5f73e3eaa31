#include "scenarios/sim/drive/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CONTROL_FD = 3, /* what the child knows its control socket as */
    KEEP_FD = 4,
    CANNOT_EXECUTE = 127, /* as shells say it */
    CONTROL_BUFFER = 1 << 20,
};

void spawn_init(struct spawn *s, const char *program)
{
    memset(s, 0, sizeof *s);
    s->program = program;
    s->control = -1;
    s->errors = -1;
}

/* The folder of this program in |dir|, without a slash at its end. */
static bool own_folder(char dir[SPAWN_PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", dir, SPAWN_PATH_MAX - 1);
    char *slash;

    if (n <= 0) {
        return false;
    }
    dir[n] = '\0';
    slash = strrchr(dir, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    return true;
}

enum err spawn_find(const char *program, char path[SPAWN_PATH_MAX], char why[SPAWN_WHY_MAX])
{
    const char *given = getenv("E2ESIM_BINDIR");
    size_t len = strlen(program) + 1;

    if (given != NULL && *given != '\0') {
        snprintf(path, SPAWN_PATH_MAX, "%s", given);
    } else if (!own_folder(path)) {
        path[0] = '\0';
    }
    if (path[0] == '\0' || strlen(path) + 1 + len > SPAWN_PATH_MAX) {
        snprintf(why, SPAWN_WHY_MAX, "cannot tell where %s is; set E2ESIM_BINDIR", program);
        return ERR_IO;
    }
    len = strlen(path);
    snprintf(path + len, SPAWN_PATH_MAX - len, "/%s", program);
    if (access(path, X_OK) != 0) {
        snprintf(why, SPAWN_WHY_MAX, "cannot run %.200s: %s; build it (make), or set E2ESIM_BINDIR",
                 path, strerror(errno));
        return ERR_IO;
    }
    return ERR_OK;
}

/* Puts |fd| at |number|, inherited. Both ends being the same needs the flag cleared by hand. */
static bool place(int fd, int number)
{
    if (fd == number) {
        return fcntl(fd, F_SETFD, 0) == 0;
    }
    return dup2(fd, number) == number;
}

static _Noreturn void child_failed(const char *path)
{
    const char *words = strerror(errno);

    dprintf(STDERR_FILENO, "cannot run %s: %s\n", path, words);
    _exit(CANNOT_EXECUTE);
}

/* In the child, between fork and exec. Descriptors move above their final numbers first, so that
 * none is overwritten before it has been moved. */
static _Noreturn void child_run(const char *path, const char *config, int control, int errors,
                                int keep, pid_t parent)
{
    char number[] = "3";
    char flag_config[] = "--config";
    char flag_control[] = "--control";
    char *words[6];
    char *own_path = strdup(path);
    char *own_config = strdup(config);
    sigset_t none;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    control = fcntl(control, F_DUPFD_CLOEXEC, KEEP_FD + 1);
    errors = fcntl(errors, F_DUPFD_CLOEXEC, KEEP_FD + 1);
    if (errors < 0 || !place(errors, STDERR_FILENO) || !place(errors, STDOUT_FILENO)) {
        _exit(CANNOT_EXECUTE);
    }
    if (keep >= 0) {
        keep = fcntl(keep, F_DUPFD_CLOEXEC, KEEP_FD + 1);
        if (keep < 0 || !place(keep, KEEP_FD)) {
            child_failed(path);
        }
    }
    if (null < 0 || control < 0 || !place(null, STDIN_FILENO) || !place(control, CONTROL_FD) ||
        own_path == NULL || own_config == NULL) {
        child_failed(path);
    }
    (void)close_range(KEEP_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    (void)setpgid(0, 0);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    /* The runner may have died before the request stood. */
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent) {
        _exit(CANNOT_EXECUTE);
    }
    words[0] = own_path;
    words[1] = flag_config;
    words[2] = own_config;
    words[3] = flag_control;
    words[4] = number;
    words[5] = NULL;
    execv(path, words);
    child_failed(path);
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* A large buffer on both ends: a burst of lines must not make a daemon wait for the runner. */
static void widen(int fd)
{
    int size = CONTROL_BUFFER;

    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

enum err spawn_start(struct spawn *s, const char *path, const char *config, int keep,
                     char why[SPAWN_WHY_MAX])
{
    int pair[2] = {-1, -1};
    int said[2] = {-1, -1};
    pid_t parent = getpid();
    pid_t pid = -1;

    /* The child's end stays blocking: a daemon that gets ahead of the runner waits for it. */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0 &&
        pipe2(said, O_CLOEXEC) == 0 && fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0 &&
        fcntl(said[0], F_SETFL, O_NONBLOCK) == 0) {
        widen(pair[0]);
        widen(pair[1]);
        pid = fork();
    }
    if (pid == 0) {
        child_run(path, config, pair[1], said[1], keep, parent);
    }
    if (pid < 0) {
        snprintf(why, SPAWN_WHY_MAX, "cannot start %s: %s", s->program, strerror(errno));
        close_fd(&pair[0]);
        close_fd(&said[0]);
    }
    close_fd(&pair[1]);
    close_fd(&said[1]);
    if (pid < 0) {
        return ERR_IO;
    }
    s->pid = pid;
    s->ended = false;
    s->status = 0;
    s->said_len = 0;
    s->control = pair[0];
    s->errors = said[0];
    return ERR_OK;
}

/* Drops the older half when |said| is full, so that its end is always there. */
static void make_room(struct spawn *s)
{
    size_t half = SPAWN_SAID_MAX / 2;

    if (s->said_len == SPAWN_SAID_MAX) {
        memmove(s->said, s->said + half, SPAWN_SAID_MAX - half);
        s->said_len -= half;
    }
}

void spawn_listen(struct spawn *s)
{
    while (s->errors >= 0) {
        ssize_t n;

        make_room(s);
        n = read(s->errors, s->said + s->said_len, SPAWN_SAID_MAX - s->said_len);
        if (n > 0) {
            s->said_len += (size_t)n;
        } else if (n == 0) {
            close_fd(&s->errors);
        } else if (errno != EINTR) {
            return;
        }
    }
}

bool spawn_reap(struct spawn *s)
{
    int status = 0;

    if (s->pid == 0 || waitpid(s->pid, &status, WNOHANG) != s->pid) {
        return false;
    }
    s->pid = 0;
    s->status = status;
    s->ended = true;
    return true;
}

void spawn_how(const struct spawn *s, char words[SPAWN_WHY_MAX])
{
    if (WIFSIGNALED(s->status)) {
        snprintf(words, SPAWN_WHY_MAX, "was killed by signal %d (%s)", WTERMSIG(s->status),
                 strsignal(WTERMSIG(s->status)));
    } else {
        snprintf(words, SPAWN_WHY_MAX, "exited with code %d", WEXITSTATUS(s->status));
    }
}

void spawn_last_line(const struct spawn *s, char *line, size_t cap)
{
    size_t end = s->said_len;
    size_t start;

    while (end > 0 && s->said[end - 1] == '\n') {
        end--;
    }
    start = end;
    while (start > 0 && s->said[start - 1] != '\n') {
        start--;
    }
    snprintf(line, cap, "%.*s", (int)(end - start), s->said + start);
}

void spawn_close(struct spawn *s)
{
    close_fd(&s->control);
    close_fd(&s->errors);
}
