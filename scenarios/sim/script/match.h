/* Matches a line against the templates, and says what could have stood where it stopped fitting. */
#ifndef SIM_SCRIPT_MATCH_H
#define SIM_SCRIPT_MATCH_H

#include "scenarios/sim/script/template.h"
#include "scenarios/sim/script/value.h"

enum { EXPECTED_MAX = 96 };

/* What one token of a matched line is: the literal word, or the name of the value. */
struct binding {
    const char *name; /* in the template, not NUL-terminated */
    size_t name_len;
    bool is_word;
    struct value value;
};

/* A part of the line and the template that it fits. */
struct span {
    const struct template *t;
    unsigned first;
    unsigned end; /* one past the last token */
};

struct expected {
    const struct value_type *type; /* NULL: the literal word */
    const char *word;              /* not NUL-terminated; NULL and no type: the end of the line */
    size_t len;
};

struct match {
    const struct scenario *s; /* its UEs are known labels */
    bool lax;                 /* any label will do */
    const struct tokens *tokens;
    unsigned at;
    struct binding bind[SCRIPT_WORDS_MAX];
    struct span hit[RULE_COUNT];     /* by rule, the last one; t NULL: not in this sentence */
    struct span earlier[RULE_COUNT]; /* likewise, the one before the last */
    unsigned furthest;
    unsigned expected_count;
    struct expected expected[EXPECTED_MAX];
};

/* Finds the sentence that |tokens| are. True: |m->hit[RULE_SENTENCE]| and the bindings are set;
 * false: |m->furthest| and |m->expected| say what was wrong. */
bool match_line(struct match *m, const struct scenario *s, bool lax, const struct tokens *tokens);

/* The first value called |name| in |span| after |after| (NULL: from its start), or NULL. */
const struct binding *match_next(const struct match *m, const struct span *span, const char *name,
                                 const struct binding *after);
/* The first place in |span| where the template's own word |name| stands, or NULL. */
const struct binding *match_word(const struct match *m, const struct span *span, const char *name);

#endif
