/* The scenario language: one sentence a line. One table of templates (template.c) is the grammar,
 * the help, the completion and the source of every error message. A file is read and checked whole
 * before anything starts; all its errors are reported at once.
 *
 *   struct script_errors errors = {0};
 *   struct scenario s;
 *   if (script_load(path, NULL, 0, &s, &errors) != ERR_OK) {
 *       script_errors_print(&errors, stderr);
 *   }
 *   script_errors_free(&errors);
 *   scenario_free(&s); */
#ifndef SIM_SCRIPT_SCRIPT_H
#define SIM_SCRIPT_SCRIPT_H

#include "scenarios/sim/script/scenario.h"

#include <stdio.h>

/* What "-" is called in what is read from there. */
#define SCRIPT_STDIN "standard input"

enum {
    SCRIPT_LINE_MAX = 400,     /* octets of one line */
    SCRIPT_WORDS_MAX = 64,     /* words of one line */
    SCRIPT_LINES_MAX = 20000,  /* lines of one file */
    SCRIPT_FILE_MAX = 1 << 20, /* octets of one file */
    SCRIPT_LETS_MAX = 64,      /* lets of one file, and options given to it */
    SCRIPT_ERRORS_MAX = 100,   /* reported for one file; the rest is counted */
    SCRIPT_MESSAGE_MAX = 400,
};

/* `--set NAME=VALUE`: overrides `let NAME`. |value| is read like a word (or a quoted text) of the
 * file. */
struct script_option {
    const char *name;
    const char *value;
};

struct script_error {
    unsigned line;   /* 1..; 0: about the file as a whole */
    unsigned column; /* 1.., in characters */
    unsigned width;  /* in characters, at least 1 */
    char message[SCRIPT_MESSAGE_MAX];
    char source[SCRIPT_LINE_MAX + 1]; /* the line, for the caret */
};

/* All errors of one file, in the order of its lines. Start from {0}. */
struct script_errors {
    char file[SCN_FILE_MAX + 1];
    unsigned count;
    unsigned left_out; /* beyond SCRIPT_ERRORS_MAX, or no memory for them */
    struct script_error *list;
};

/* Reads |len| octets of |text|. Returns: ERR_OK and |out|, to be freed with scenario_free();
 * ERR_SYNTAX when |errors| holds at least one; ERR_NO_ROOM when memory is short (told in |errors|
 * too). On error |out| is empty. */
enum err script_parse(const char *file_name, const char *text, size_t len,
                      const struct script_option *set, unsigned set_count, struct scenario *out,
                      struct script_errors *errors) MUST_USE;

/* The same from a file; "-" is standard input. Also returns: ERR_IO when it cannot be read;
 * ERR_OVERSIZE over SCRIPT_FILE_MAX; both told in |errors|. */
enum err script_load(const char *path, const struct script_option *set, unsigned set_count,
                     struct scenario *out, struct script_errors *errors) MUST_USE;

/* "file:line:column: error: words", the line, and a caret line. */
void script_errors_print(const struct script_errors *errors, FILE *to);
void script_errors_free(struct script_errors *errors);

/* Every sentence with what it means, then its parts, then the words and values: the manual of the
 * language. */
void script_print_grammar(FILE *to);

/* What may follow |words|, the beginning of a sentence that ends between two words: one possibility
 * a line, a literal word as it is, a value as "<what it is>". For shells and editors. */
void script_complete(const char *words, FILE *to);

/* The checked scenario as one JSON object, without any K, OP or OPc. */
void script_dump_json(FILE *to, const struct scenario *s);

#endif
