#include "scenarios/sim/cli/options.h"

#include <string.h>

enum {
    NEAR_MAX = 32, /* longer words are not compared */
    NEAR_EDITS = 2,
};

/* Optimal string alignment: edits and swaps of neighbours, one row of the matrix at a time. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[3][NEAR_MAX + 1];
    size_t la = strlen(a);
    size_t lb = strlen(b);
    unsigned *before = row[0];
    unsigned *last = row[1];
    unsigned *now = row[2];

    if (la > NEAR_MAX || lb > NEAR_MAX) {
        return NEAR_EDITS + 1;
    }
    for (unsigned j = 0; j <= lb; j++) {
        before[j] = 0;
        last[j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        unsigned *spare = before;

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= lb; j++) {
            unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);

            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                best = before[j - 2] + 1 < best ? before[j - 2] + 1 : best;
            }
            now[j] = best;
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[lb];
}

const char *options_nearest(const char *word, options_names *names, const void *arg)
{
    const char *best = NULL;
    unsigned best_edits = NEAR_EDITS + 1;
    const char *name;

    for (unsigned i = 0; (name = names(arg, i)) != NULL; i++) {
        unsigned edits = distance(word, name);

        if (edits < best_edits && edits * 3 <= strlen(name)) {
            best = name;
            best_edits = edits;
        }
    }
    return best;
}

static const char *option_name(const void *arg, unsigned i)
{
    const struct verb *verb = arg;

    if (i < verb->options_count) {
        return verb->options[i].name;
    }
    return i == verb->options_count ? "help" : NULL;
}

static const struct option *find(const struct verb *verb, const char *name, size_t len)
{
    for (unsigned i = 0; i < verb->options_count; i++) {
        const char *n = verb->options[i].name;

        if (strlen(n) == len && memcmp(n, name, len) == 0) {
            return &verb->options[i];
        }
    }
    return NULL;
}

static enum err unknown_option(const struct verb *verb, const char *name, size_t len,
                               char why[WHY_MAX])
{
    char word[NEAR_MAX + 1];
    const char *near = NULL;

    if (len <= NEAR_MAX) {
        memcpy(word, name, len);
        word[len] = '\0';
        near = options_nearest(word, option_name, verb);
    }
    if (near != NULL) {
        snprintf(why, WHY_MAX, "unknown option '--%.*s'; did you mean '--%s'?", (int)len, name,
                 near);
    } else {
        snprintf(why, WHY_MAX, "unknown option '--%.*s'", (int)(len < 64 ? len : 64), name);
    }
    return ERR_SYNTAX;
}

static enum err add_operand(const struct verb *verb, const char *word, struct parsed *out,
                            char why[WHY_MAX])
{
    if (out->operands_count >= verb->operands_max || out->operands_count >= OPERANDS_MAX) {
        snprintf(why, WHY_MAX, "'%.100s' is one argument too many", word);
        return ERR_SYNTAX;
    }
    out->operands[out->operands_count++] = word;
    return ERR_OK;
}

/* One option word at argv[*i]; takes the next word too when that is its value. */
static enum err add_option(const struct verb *verb, int argc, char **argv, int *i,
                           struct parsed *out, char why[WHY_MAX])
{
    const char *name = argv[*i] + 2;
    const char *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct option *o = find(verb, name, len);
    struct given *g = &out->given[out->given_count];

    if (o == NULL) {
        return unknown_option(verb, name, len, why);
    }
    if (out->given_count == GIVEN_MAX) {
        snprintf(why, WHY_MAX, "more than %d options", GIVEN_MAX);
        return ERR_SYNTAX;
    }
    if (!o->repeats && options_has(out, o->name)) {
        snprintf(why, WHY_MAX, "option '--%s' is given twice", o->name);
        return ERR_SYNTAX;
    }
    g->option = o;
    g->value = NULL;
    if (o->value == NULL && equals != NULL) {
        snprintf(why, WHY_MAX, "option '--%s' takes no value", o->name);
        return ERR_SYNTAX;
    }
    if (o->value != NULL) {
        g->value = equals != NULL ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        if (g->value == NULL) {
            snprintf(why, WHY_MAX, "option '--%s' needs a value: %s", o->name, o->value);
            return ERR_SYNTAX;
        }
    }
    out->given_count++;
    return ERR_OK;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

enum err options_parse(const struct verb *verb, int argc, char **argv, struct parsed *out,
                       char why[WHY_MAX])
{
    bool only_operands = false;

    memset(out, 0, sizeof *out);
    out->help = wants_help(argc, argv);
    for (int i = 0; i < argc && !out->help; i++) {
        enum err e;

        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
            continue;
        }
        if (!only_operands && argv[i][0] == '-' && argv[i][1] == '-') {
            e = add_option(verb, argc, argv, &i, out, why);
        } else if (!only_operands && argv[i][0] == '-' && argv[i][1] != '\0') {
            snprintf(why, WHY_MAX,
                     "unknown option '%.64s'; options are written out, such as --help", argv[i]);
            e = ERR_SYNTAX;
        } else {
            e = add_operand(verb, argv[i], out, why);
        }
        if (e != ERR_OK) {
            return e;
        }
    }
    if (!out->help && out->operands_count < verb->operands_min) {
        snprintf(why, WHY_MAX, "needs %s", verb->operands);
        return ERR_SYNTAX;
    }
    return ERR_OK;
}

const char *options_value(const struct parsed *p, const char *name)
{
    for (unsigned i = p->given_count; i-- > 0;) {
        if (strcmp(p->given[i].option->name, name) == 0) {
            return p->given[i].value != NULL ? p->given[i].value : "";
        }
    }
    return NULL;
}

bool options_has(const struct parsed *p, const char *name)
{
    return options_value(p, name) != NULL;
}

void options_wrap(const char *words, unsigned indent, unsigned width, FILE *out)
{
    unsigned column = indent;

    while (*words != '\0') {
        size_t len = strcspn(words, " ");

        if (column > indent && column + 1 + len > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fwrite(words, 1, len, out);
        column += (unsigned)len;
        words += len;
        words += strspn(words, " ");
    }
    fputc('\n', out);
}

static void help_option(const struct option *o, unsigned column, unsigned width, FILE *out)
{
    int n = fprintf(out, "  --%s%s%s", o->name, o->value != NULL ? " " : "",
                    o->value != NULL ? o->value : "");

    if (n < 0 || (unsigned)n + 2 > column) {
        fprintf(out, "\n%*s", (int)column, "");
    } else {
        fprintf(out, "%*s", (int)(column - (unsigned)n), "");
    }
    options_wrap(o->words, column, width, out);
}

static void help_more(const char *more, unsigned width, FILE *out)
{
    char line[1024];

    while (*more != '\0') {
        size_t len = strcspn(more, "\n");

        snprintf(line, sizeof line, "%.*s", (int)len, more);
        if (line[0] == ' ') {
            fprintf(out, "%s\n", line);
        } else {
            options_wrap(line, 0, width, out);
        }
        more += len;
        more += *more == '\n';
    }
}

void options_help(const struct verb *verb, const char *program, unsigned width, FILE *out)
{
    static const struct option help = {"help", NULL, "this text", false};
    unsigned column = 24;

    fprintf(out, "usage: %s %s%s%s%s\n\n", program, verb->name,
            verb->options_count > 0 ? " [OPTION]..." : "", verb->operands != NULL ? " " : "",
            verb->operands != NULL ? verb->operands : "");
    options_wrap(verb->words, 0, width, out);
    fputc('\n', out);
    for (unsigned i = 0; i < verb->options_count; i++) {
        help_option(&verb->options[i], column, width, out);
    }
    help_option(&help, column, width, out);
    if (verb->more != NULL) {
        fputc('\n', out);
        help_more(verb->more, width, out);
    }
}
