#include "scenarios/sim/show/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool whole_is_special(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static enum err failed(const char *path, char why[WHOLE_WHY_MAX])
{
    snprintf(why, WHOLE_WHY_MAX, "cannot write %.400s: %s", path, strerror(errno));
    return ERR_IO;
}

/* Leaves errno as the first failure set it. */
static bool fill(int fd, const char *octets, size_t len)
{
    bool good = true;
    int first;

    while (good && len > 0) {
        const ssize_t n = write(fd, octets, len);

        if (n >= 0) {
            octets += n;
            len -= (size_t)n;
        } else {
            good = errno == EINTR;
        }
    }
    first = errno;
    if (close(fd) != 0) {
        return false;
    }
    errno = first;
    return good;
}

enum err whole_write(const char *path, const void *octets, size_t len, char why[WHOLE_WHY_MAX])
{
    const bool special = whole_is_special(path);
    char target[PATH_MAX];
    char beside[PATH_MAX + 32];
    int fd;

    if (special || realpath(path, target) == NULL) {
        if (snprintf(target, sizeof target, "%s", path) >= (int)sizeof target) {
            errno = ENAMETOOLONG;
            return failed(path, why);
        }
    }
    if (special) {
        fd = open(target, O_WRONLY | O_CLOEXEC);
        return fd >= 0 && fill(fd, octets, len) ? ERR_OK : failed(path, why);
    }
    snprintf(beside, sizeof beside, "%s.%ld.tmp", target, (long)getpid());
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0) {
        return failed(path, why);
    }
    if (!fill(fd, octets, len) || rename(beside, target) != 0) {
        const int first = errno;

        unlink(beside);
        errno = first;
        return failed(path, why);
    }
    return ERR_OK;
}
