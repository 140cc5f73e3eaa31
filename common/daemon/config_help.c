/* The settings as --help shows them. */
#include "common/daemon/config_table.h"

#include <string.h>

enum { GRAMMAR_MAX = 200, WORDS_COLUMN = 34, COLUMNS = 80 };

extern const struct config_setting config_shared_settings[];

static bool is_last(const struct config_arg *a)
{
    return a->key == NULL && a->type == NULL && a->group == NULL;
}

/* Writes the grammar of one setting: "subscriber IMSI [count N] k HEX32 (opc HEX32|op HEX32)". */
static void grammar(const struct config_setting *s, char text[GRAMMAR_MAX])
{
    size_t len = (size_t)snprintf(text, GRAMMAR_MAX, "%s", s->name);

    for (const struct config_arg *a = s->args; !is_last(a) && len < GRAMMAR_MAX; a++) {
        bool first = a->either != 0 && (a == s->args || a[-1].either != a->either);
        bool last = a->either != 0 && a[1].either != a->either;
        bool maybe = a->need != NEED_ONE && a->group == NULL;
        const char *open = first ? " (" : a->either != 0 ? "|" : maybe ? " [" : " ";
        const char *close = last ? ")" : maybe ? "]" : "";

        if (a->group != NULL) {
            len += (size_t)snprintf(text + len, GRAMMAR_MAX - len, " KEY VALUE...");
            continue;
        }
        len += (size_t)snprintf(
            text + len, GRAMMAR_MAX - len, "%s%s%s%s%s%s", open, a->key == NULL ? "" : a->key,
            a->key != NULL && a->type != NULL ? " " : "", a->type == NULL ? "" : a->type->shape,
            close, a->need == NEED_MANY ? "..." : "");
    }
}

/* Prints |words| from column |at| on; further lines begin at |indent|. */
static void print_wrapped(FILE *to, const char *words, unsigned at, unsigned indent)
{
    bool first = true; /* of its line */

    while (*words != '\0') {
        unsigned len = (unsigned)strcspn(words, " ");

        if (!first && at + 1 + len > COLUMNS) {
            (void)fprintf(to, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            (void)fputc(' ', to);
            at++;
        }
        (void)fprintf(to, "%.*s", (int)len, words);
        first = false;
        at += len;
        words += len + strspn(words + len, " ");
    }
    (void)fputc('\n', to);
}

static void print_row(FILE *to, unsigned indent, bool repeats, const char *left, const char *words)
{
    (void)fprintf(to, "%*s%s", (int)indent - 2, "", repeats ? "* " : "  ");
    if (indent + strlen(left) + 2 <= WORDS_COLUMN) {
        (void)fprintf(to, "%-*s", WORDS_COLUMN - (int)indent, left);
    } else {
        print_wrapped(to, left, indent, indent + 4);
        (void)fprintf(to, "%*s", WORDS_COLUMN, "");
    }
    print_wrapped(to, words, WORDS_COLUMN, WORDS_COLUMN);
}

static void print_group(FILE *to, const struct config_arg *group)
{
    for (const struct config_arg *a = group; !is_last(a); a++) {
        char left[GRAMMAR_MAX];

        (void)snprintf(left, sizeof left, "%s %s", a->key, a->type->shape);
        print_row(to, 6, a->need == NEED_MANY, left, a->words);
    }
}

static void print_table(FILE *to, const struct config_setting *table)
{
    for (const struct config_setting *s = table; s->name != NULL; s++) {
        char left[GRAMMAR_MAX];

        grammar(s, left);
        print_row(to, 2, s->repeats, left, s->words);
        for (const struct config_arg *a = s->args; !is_last(a); a++) {
            if (a->group != NULL) {
                print_group(to, a->group);
            }
        }
    }
}

void config_help(FILE *to, const struct config_setting *own)
{
    (void)fputs("settings, one a line; # begins a comment; those with * may stand repeatedly:\n",
                to);
    print_table(to, own);
    print_table(to, config_shared_settings);
    (void)fputs("TIME is 2s, 500ms, 10m or 1h; HEX32 is 32 hexadecimal digits; ADDRESS is\n"
                "127.0.0.1:4001, [::1]:4001 or host.name:4001; count N is that many consecutive\n"
                "IMSIs that share the rest of the line.\n",
                to);
}
