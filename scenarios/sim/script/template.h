/* The one table of the language: every sentence and every part of one, what it means, and who
 * builds it. Matching, help, completion and error messages all come from it; a new kind of fault or
 * expectation is a new row. */
#ifndef SIM_SCRIPT_TEMPLATE_H
#define SIM_SCRIPT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct parse;
struct span;

enum rule {
    RULE_SENTENCE,
    RULE_ACTION,
    RULE_CONDITION,
    RULE_DATAGRAM,
    RULE_FAULT,
    RULE_POLICY,
    RULE_LINK_CONDITIONS,
    RULE_COUNT
};

/* A file is read once for each pass, so that no order of sentences is demanded but "a let before
 * its use". */
enum pass {
    PASS_DECLARE, /* names, variant, lets, limits */
    PASS_UES,     /* who is there */
    PASS_GENERAL, /* what holds for all */
    PASS_SPECIAL, /* what holds for one beats it, wherever it stands */
    PASS_SCRIPT,  /* what happens and what must hold */
    PASS_COUNT
};

/* Makes the part of the scenario that |span| of the line says. */
typedef void build_function(struct parse *p, const struct span *span);

struct template
{
    enum rule rule;
    const char *pattern; /* NULL ends the table; its form is explained in match.c and README.md */
    build_function *build;
    const char *words;   /* what it means */
    enum pass pass;      /* sentences only, as are the next two */
    bool once;           /* at most once in a file */
    const char *heading; /* begins a group */
};

extern const struct template templates[];

/* "condition" and so on; RULE_COUNT when there is no such rule. */
enum rule rule_by_name(const char *name, size_t len);

#endif
