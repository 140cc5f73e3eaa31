#include "scenarios/sim/cli/find.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* |path| belongs to |f| from then on; NULL: memory is short. */
static enum err add(struct found *f, char *path, char why[WHY_MAX])
{
    char **longer =
        path == NULL ? NULL : realloc(f->paths, ((size_t)f->count + 1) * sizeof *longer);

    if (longer == NULL) {
        free(path);
        snprintf(why, WHY_MAX, "memory is short");
        return ERR_NO_ROOM;
    }
    f->paths = longer;
    f->paths[f->count++] = path;
    return ERR_OK;
}

static int is_scenario(const struct dirent *e)
{
    const char *dot = strrchr(e->d_name, '.');

    return dot != NULL && strcmp(dot, ".scn") == 0;
}

enum err found_add_folder(struct found *f, const char *folder, char why[WHY_MAX])
{
    const char *slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    struct dirent **list;
    int n = scandir(folder, &list, is_scenario, alphasort);
    enum err e = ERR_OK;

    if (n < 0) {
        snprintf(why, WHY_MAX, "%.200s cannot be read: %s", folder, strerror(errno));
        return ERR_IO;
    }
    if (n == 0) {
        snprintf(why, WHY_MAX, "there is no .scn file in %.200s", folder);
        e = ERR_IO;
    }
    for (int i = 0; i < n; i++) {
        char *path = NULL;

        if (e == ERR_OK && asprintf(&path, "%s%s%s", folder, slash, list[i]->d_name) < 0) {
            path = NULL;
        }
        e = e == ERR_OK ? add(f, path, why) : e;
        free(list[i]);
    }
    free(list);
    return e;
}

enum err found_add(struct found *f, const char *operand, char why[WHY_MAX])
{
    return is_folder(operand) ? found_add_folder(f, operand, why) : add(f, strdup(operand), why);
}

void found_free(struct found *f)
{
    for (unsigned i = 0; i < f->count; i++) {
        free(f->paths[i]);
    }
    free(f->paths);
    *f = (struct found){0};
}
