#include "scenarios/sim/drive/live_state.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_ROOM = 4096,
    WAL_HEADER = 32,   /* octets; page size at 8, salts at 16 */
    FRAME_HEADER = 24, /* octets; size of the database after a commit, else 0, at 4; salts at 8 */
    SALTS = 8,
    FRAMES_MAX = 1000, /* of a log that SQLite leaves alone (PRAGMA wal_autocheckpoint) */
    COPIES_MAX = 100,  /* before a daemon that never rests is given up */
};

static const char *const parts[] = {"", "-wal", "-told"};

static enum err fail(const char *doing, const char *path, char why[LIVE_STATE_WHY_MAX])
{
    snprintf(why, LIVE_STATE_WHY_MAX, "cannot %s %.200s: %s", doing, path, strerror(errno));
    return ERR_IO;
}

static void part_of(const char *path, unsigned i, char out[PATH_ROOM])
{
    snprintf(out, PATH_ROOM, "%s%s", path, parts[i]);
}

enum err live_state_wipe(const char *path, char why[LIVE_STATE_WHY_MAX])
{
    for (unsigned i = 0; i < COUNT_OF(parts); i++) {
        char file[PATH_ROOM];

        part_of(path, i, file);
        if (unlink(file) != 0 && errno != ENOENT) {
            return fail("remove", file, why);
        }
    }
    return ERR_OK;
}

/* Where the log ends without its last commit; 0: it has none; -1: it is too long to tell. */
static off_t end_without_last(int fd)
{
    unsigned frames = 0;
    uint8_t header[WAL_HEADER];
    uint8_t frame[FRAME_HEADER];
    off_t at = WAL_HEADER;
    off_t last = 0;
    off_t before = WAL_HEADER;
    off_t page;

    if (pread(fd, header, sizeof header, 0) != (ssize_t)sizeof header) {
        return 0;
    }
    page = (off_t)get_be32(header + 8);
    while (pread(fd, frame, sizeof frame, at) == (ssize_t)sizeof frame &&
           memcmp(frame + 8, header + 16, SALTS) == 0) {
        at += FRAME_HEADER + page;
        if (++frames >= FRAMES_MAX) {
            return -1;
        }
        if (get_be32(frame + 4) != 0) {
            before = last == 0 ? WAL_HEADER : last;
            last = at;
        }
    }
    return last == 0 ? 0 : before;
}

enum err live_state_lose_last(const char *path, char why[LIVE_STATE_WHY_MAX])
{
    char file[PATH_ROOM];
    enum err err = ERR_OK;
    off_t end;
    int fd;

    part_of(path, 1, file);
    fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? ERR_OK : fail("open", file, why);
    }
    end = end_without_last(fd);
    if (end < 0) {
        snprintf(why, LIVE_STATE_WHY_MAX,
                 "the last save cannot be lost: the state has grown too large");
        err = ERR_IO;
    } else if (end > 0 && ftruncate(fd, end) != 0) {
        err = fail("cut", file, why);
    }
    (void)close(fd);
    return err;
}

static bool copy_octets(int in, int out)
{
    char octets[65536];
    ssize_t n;

    while ((n = read(in, octets, sizeof octets)) > 0) {
        if (write(out, octets, (size_t)n) != n) {
            return false;
        }
    }
    return n == 0;
}

static enum err copy_file(const char *from, const char *to, char why[LIVE_STATE_WHY_MAX])
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out;
    enum err err = ERR_OK;

    if (in < 0) {
        return errno == ENOENT ? ERR_OK : fail("read", from, why);
    }
    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0 || !copy_octets(in, out)) {
        err = fail("write", to, why);
    }
    if (out >= 0 && close(out) != 0 && err == ERR_OK) {
        err = fail("write", to, why);
    }
    (void)close(in);
    return err;
}

static enum err copy_all(const char *from, const char *to, char why[LIVE_STATE_WHY_MAX])
{
    static const unsigned order[] = {2, 1, 0};
    enum err err = live_state_wipe(to, why);

    for (unsigned i = 0; err == ERR_OK && i < COUNT_OF(order); i++) {
        char source[PATH_ROOM];
        char target[PATH_ROOM];

        part_of(from, order[i], source);
        part_of(to, order[i], target);
        err = copy_file(source, target, why);
    }
    return err;
}

/* The log is copied before what it is the log of, so that a commit in between is in neither. When
 * the log was moved into the database meanwhile, which shows there, both are copied again. */
enum err live_state_copy(const char *from, const char *to, char why[LIVE_STATE_WHY_MAX])
{
    for (unsigned i = 0; i < COPIES_MAX; i++) {
        struct stat before;
        struct stat after;

        if (stat(from, &before) != 0) {
            return fail("read", from, why);
        }
        if (copy_all(from, to, why) != ERR_OK) {
            return ERR_IO;
        }
        if (stat(from, &after) == 0 && before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
            before.st_mtim.tv_nsec == after.st_mtim.tv_nsec) {
            return ERR_OK;
        }
    }
    snprintf(why, LIVE_STATE_WHY_MAX, "cannot copy %.200s: it never rests", from);
    return ERR_IO;
}
