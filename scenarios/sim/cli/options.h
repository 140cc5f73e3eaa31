/* The command line of one verb. A verb is one table: from it come its help text, the parsing, the
 * completion of a wrong word ("did you mean") and the order in which options are named everywhere.
 * Nothing here knows what an option does.
 *
 * Options are `--name`, `--name VALUE` or `--name=VALUE`; `--` ends them; `--help` and `-h` belong
 * to every verb. Options and operands may be mixed. */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include "common/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    GIVEN_MAX = 64,     /* options on one command line */
    OPERANDS_MAX = 512, /* files on one command line */
    WHY_MAX = 320,      /* an error sentence */
};

struct option {
    const char *name;  /* "seed" */
    const char *value; /* what its value is called in the help, "N"; NULL when it takes none */
    const char *words; /* the help, one sentence */
    bool repeats;      /* may be given more than once */
};

struct verb {
    const char *name;     /* "run" */
    const char *operands; /* "FILE..."; NULL when it takes none */
    const char *words;    /* one line for the list of verbs */
    const char *more; /* paragraphs below the options, separated by '\n'; a line that begins with a
                         space is printed as it stands; may be NULL */
    const struct option *options;
    unsigned options_count;
    unsigned operands_min;
    unsigned operands_max;
};

struct given {
    const struct option *option;
    const char *value; /* NULL when the option takes none */
};

struct parsed {
    bool help; /* --help was given: nothing else was checked */
    struct given given[GIVEN_MAX];
    unsigned given_count;
    const char *operands[OPERANDS_MAX];
    unsigned operands_count;
};

/* Reads |argv| (argc words after the verb).
 * Returns: ERR_OK; ERR_SYNTAX with a sentence in |why| that names the word, its hint and no
 * newline. The strings in |out| are those of |argv|. */
enum err options_parse(const struct verb *verb, int argc, char **argv, struct parsed *out,
                       char why[WHY_MAX]) MUST_USE;

/* The last value given to |name|, or NULL. A flag gives "" when present. */
const char *options_value(const struct parsed *p, const char *name);
bool options_has(const struct parsed *p, const char *name);

/* Prints the help of |verb| of |program|, wrapped at |width| columns. */
void options_help(const struct verb *verb, const char *program, unsigned width, FILE *out);

/* Prints |words| wrapped at |width|, each line indented by |indent|; the first line is taken to be
 * there already. */
void options_wrap(const char *words, unsigned indent, unsigned width, FILE *out);

/* What a wrong word is compared with: the |i|-th name, or NULL past the end. */
typedef const char *options_names(const void *arg, unsigned i);

/* The name nearest to |word|: at most two letters inserted, left out or changed, or two neighbours
 * swapped, and not more than a third of it. Returns: NULL when nothing is near. */
const char *options_nearest(const char *word, options_names *names, const void *arg);

#endif
