#include "scenarios/sim/show/out.h"

#include "common/base/ensure.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static const char *const file_names[] = {"trace.jsonl", "report.json", "ladder.txt",
                                         "capture.pcapng"};

static FILE **slot(struct out *o, size_t i)
{
    FILE **const slots[COUNT_OF(file_names)] = {&o->trace, &o->report, &o->ladder, &o->capture};

    return slots[i];
}

static enum err make_folder(const char *path, char why[OUT_WHY_MAX])
{
    struct stat st;

    if (mkdir(path, 0777) == 0 ||
        (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))) {
        return ERR_OK;
    }
    snprintf(why, OUT_WHY_MAX, "cannot make the folder %.400s: %s", path,
             errno == EEXIST ? "a file of that name is in the way" : strerror(errno));
    return ERR_IO;
}

enum err out_folder(const char *dir, char why[OUT_WHY_MAX])
{
    char path[PATH_MAX];
    const size_t len = strlen(dir);

    if (len == 0 || len >= sizeof path) {
        snprintf(why, OUT_WHY_MAX, "the name of the folder is %s", len == 0 ? "empty" : "too long");
        return ERR_IO;
    }
    memcpy(path, dir, len + 1);
    for (size_t i = 1; i < len; i++) {
        if (path[i] == '/' && path[i - 1] != '/') {
            path[i] = '\0';
            if (make_folder(path, why) != ERR_OK) {
                return ERR_IO;
            }
            path[i] = '/';
        }
    }
    return make_folder(path, why);
}

static void abandon(struct out *o)
{
    for (size_t i = 0; i < COUNT_OF(file_names); i++) {
        if (*slot(o, i) != NULL) {
            fclose(*slot(o, i));
            *slot(o, i) = NULL;
        }
    }
}

enum err out_open(struct out *o, const char *dir, bool line_by_line, char why[OUT_WHY_MAX])
{
    memset(o, 0, sizeof *o);
    if (out_folder(dir, why) != ERR_OK) {
        return ERR_IO;
    }
    for (size_t i = 0; i < COUNT_OF(file_names); i++) {
        char path[PATH_MAX + NAME_MAX];
        FILE *f;

        snprintf(path, sizeof path, "%s/%s", dir, file_names[i]);
        f = fopen(path, "we"); /* daemons that are started later do not inherit it */
        if (f == NULL) {
            snprintf(why, OUT_WHY_MAX, "cannot write %.400s: %s", path, strerror(errno));
            abandon(o);
            return ERR_IO;
        }
        if (line_by_line) {
            setvbuf(f, NULL, _IOLBF, BUFSIZ);
        }
        *slot(o, i) = f;
    }
    return ERR_OK;
}

enum err out_close(struct out *o, char why[OUT_WHY_MAX])
{
    enum err result = ERR_OK;

    for (size_t i = 0; i < COUNT_OF(file_names); i++) {
        FILE *const f = *slot(o, i);
        bool failed;

        if (f == NULL) {
            continue;
        }
        errno = 0;
        failed = ferror(f) != 0;
        if (fclose(f) != 0) {
            failed = true;
        }
        *slot(o, i) = NULL;
        if (failed && result == ERR_OK) {
            snprintf(why, OUT_WHY_MAX, "%s is not complete: %s", file_names[i],
                     errno != 0 ? strerror(errno) : "writing to it failed");
            result = ERR_IO;
        }
    }
    return result;
}
