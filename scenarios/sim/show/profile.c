#include "scenarios/sim/show/profile.h"

#include "common/base/ensure.h"
#include "scenarios/sim/show/out.h"
#include "scenarios/sim/show/pcapng.h"
#include "scenarios/sim/show/whole.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The text of proto/ciot.proto, so that an installed e2esim needs no other file. The path is that
 * of the build, which runs in the root folder. */
__asm__(".pushsection .rodata\n"
        ".global profile_proto\n"
        ".global profile_proto_end\n"
        "profile_proto:\n"
        ".incbin \"proto/ciot.proto\"\n"
        "profile_proto_end:\n"
        ".byte 0\n"
        ".popsection\n");
extern const char profile_proto[];
extern const char profile_proto_end[];

/* The first line of README tells that a folder is ours. */
#define MARK "A Wireshark profile, written by e2esim wireshark."

/* As one word of a shell. */
static void put_quoted(FILE *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+.,:/%@";

    if (text[strspn(text, plain)] == '\0') {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            fputs("'\\''", out);
        } else {
            fputc(*text, out);
        }
    }
    fputc('\'', out);
}

void profile_command(const char *absolute, const char *program, FILE *out)
{
    fputs("WIRESHARK_CONFIG_DIR=", out);
    put_quoted(out, absolute);
    fprintf(out, " %s capture.pcapng\n", program);
}

static void put_readme(FILE *out, const char *dir)
{
    fputs(MARK "\n\nIt decodes the capture.pcapng of `e2esim run --out` by the names of "
               "ciot.proto:\n\n    ",
          out);
    profile_command(dir, "wireshark", out);
    fputs("    ", out);
    profile_command(dir, "tshark -r", out);
    fputs("\nor, as one profile among yours, once:\n\n"
          "    mkdir -p ~/.config/wireshark/profiles\n    ln -s ",
          out);
    put_quoted(out, dir);
    fputs(" ~/.config/wireshark/profiles/e2esim\n"
          "    wireshark -C e2esim capture.pcapng\n"
          "\n"
          "Filters: frame.comment contains \"dropped\"; frame.interface_name == \"UE-EMSE\";\n"
          "pbf.e2e.Envelope.rand_push; pbf.e2e.RandFwd.n == 1.\n"
          "\n"
          "Wireshark needs the absolute path of ciot.proto: write the profile anew where you\n"
          "want it rather than move it.\n",
          out);
}

static void put_preferences(FILE *out, const char *dir)
{
    (void)dir;
    fputs("# Fields of messages can be filtered and printed (pbf.e2e.RandPush.n).\n"
          "protobuf.preload_protos: TRUE\n"
          "protobuf.pbf_as_hf: TRUE\n"
          "# The names of the parties are in the capture; nobody is asked for others.\n"
          "nameres.network_name: TRUE\n"
          "nameres.use_external_name_resolver: FALSE\n"
          "gui.column.format:\n"
          "\t\"No.\", \"%m\",\n"
          "\t\"Time\", \"%t\",\n"
          "\t\"Source\", \"%s\",\n"
          "\t\"Destination\", \"%d\",\n"
          "\t\"Info\", \"%i\",\n"
          "\t\"Fate\", \"%Cus:frame.comment:0:R\"\n",
          out);
}

static void put_paths(FILE *out, const char *dir)
{
    fputc('"', out);
    for (const char *c = dir; *c != '\0'; c++) {
        /* as Wireshark writes such tables */
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e || *c == '"' || *c == '\\') {
            fprintf(out, "\\x%02x", (unsigned)(unsigned char)*c);
        } else {
            fputc(*c, out);
        }
    }
    fputs("/proto\",\"TRUE\"\n", out);
}

static void put_ports(FILE *out, const char *dir)
{
    (void)dir;
    fprintf(out, "\"%d-%d\",\"e2e.Envelope\"\n", PCAPNG_PORT_FIRST, PCAPNG_PORT_LAST);
}

static void put_colours(FILE *out, const char *dir)
{
    (void)dir;
    fputs("@dropped@frame.comment contains \"dropped by\"@[65535,52428,52428][32768,0,0]\n"
          "@corrupted@frame.comment contains \"corrupted by\"@[65535,57054,46003][32768,16384,0]\n"
          "@injected@frame.comment contains \"injected by\"@[65535,57054,46003][32768,16384,0]\n"
          "@delayed@frame.comment contains \"delayed by\"@[65535,63222,49858][16384,16384,0]\n"
          "@duplicated@frame.comment contains \"duplicated by\"@[65535,63222,49858]"
          "[16384,16384,0]\n",
          out);
}

static void put_proto(FILE *out, const char *dir)
{
    (void)dir;
    fwrite(profile_proto, 1, (size_t)((uintptr_t)profile_proto_end - (uintptr_t)profile_proto),
           out);
}

/* README first: what is cut short by a full disk is known as ours. */
static const struct {
    const char *name;
    void (*put)(FILE *out, const char *dir);
} files[] = {
    {"README", put_readme},
    {"preferences", put_preferences},
    {"protobuf_search_paths", put_paths},
    {"protobuf_udp_message_types", put_ports},
    {"colorfilters", put_colours},
    {"proto/ciot.proto", put_proto},
};

/* What is no folder, or cannot be read, is told when it is written to. */
static bool holds_anything(const char *dir)
{
    DIR *const d = opendir(dir);
    unsigned found = 0;

    if (d == NULL) {
        return false;
    }
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        found += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    }
    closedir(d);
    return found > 0;
}

static bool is_ours(const char *dir)
{
    char path[PATH_MAX];
    char line[sizeof MARK] = "";
    FILE *f;

    if (snprintf(path, sizeof path, "%s/README", dir) >= (int)sizeof path) {
        return false;
    }
    f = fopen(path, "re");
    if (f == NULL) {
        return false;
    }
    if (fgets(line, sizeof line, f) == NULL) {
        line[0] = '\0';
    }
    fclose(f);
    return strcmp(line, MARK) == 0;
}

static enum err write_file(const char *dir, size_t i, char why[PROFILE_WHY_MAX])
{
    char path[PATH_MAX];
    char *text = NULL;
    size_t len = 0;
    FILE *const out = open_memstream(&text, &len);
    enum err e = ERR_IO;

    snprintf(why, PROFILE_WHY_MAX, "memory is short");
    if (out == NULL) {
        return ERR_IO;
    }
    files[i].put(out, dir);
    if (fclose(out) == 0) {
        if (snprintf(path, sizeof path, "%s/%s", dir, files[i].name) >= (int)sizeof path) {
            snprintf(why, PROFILE_WHY_MAX, "the name of the folder %.64s... is too long", dir);
        } else {
            e = whole_write(path, text, len, why);
        }
    }
    free(text);
    return e;
}

enum err profile_write(const char *dir, char absolute[PATH_MAX], char why[PROFILE_WHY_MAX])
{
    char proto[PATH_MAX + sizeof "/proto"];

    if (holds_anything(dir) && !is_ours(dir)) {
        snprintf(why, PROFILE_WHY_MAX,
                 "%.300s holds files that are not of a profile of e2esim; name a new or an empty "
                 "folder",
                 dir);
        return ERR_BAD_FIELD;
    }
    if (out_folder(dir, why) != ERR_OK) {
        return ERR_IO;
    }
    if (realpath(dir, absolute) == NULL) {
        snprintf(why, PROFILE_WHY_MAX, "cannot find the folder %.400s: %s", dir, strerror(errno));
        return ERR_IO;
    }
    if (strchr(absolute, '\\') != NULL) {
        snprintf(why, PROFILE_WHY_MAX, "Wireshark takes the backslash in %.400s for a slash",
                 absolute);
        return ERR_BAD_FIELD;
    }
    snprintf(proto, sizeof proto, "%s/proto", absolute);
    if (out_folder(proto, why) != ERR_OK) {
        return ERR_IO;
    }
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (write_file(absolute, i, why) != ERR_OK) {
            return ERR_IO;
        }
    }
    return ERR_OK;
}
