/* A line cut into words and quoted texts. */
#ifndef SIM_SCRIPT_TOKEN_H
#define SIM_SCRIPT_TOKEN_H

#include "scenarios/sim/script/script.h"

enum token_kind { TOKEN_WORD, TOKEN_TEXT };

struct token {
    enum token_kind kind;
    uint16_t len;     /* octets of |text| */
    unsigned column;  /* 1.., in characters */
    unsigned width;   /* in characters, quotes included */
    const char *text; /* NUL-terminated; a quoted text has its escapes undone and may hold NULs of
                         its own */
    const char *let;  /* the let whose value this is, or NULL */
};

struct tokens {
    unsigned count;
    unsigned end_column; /* one past the last word */
    size_t from;         /* where in the line the sentence begins, */
    size_t to;           /* and ends, in octets: without indentation and comment */
    struct token list[SCRIPT_WORDS_MAX];
    char pool[SCRIPT_LINE_MAX + SCRIPT_WORDS_MAX + 2];
};

/* Octets of the UTF-8 character at |s| (RFC 3629) with |left| octets to go; 0 when it is none, or a
 * control character other than the tab. */
size_t character_len(const char *s, size_t left);

/* Cuts |line| (without its newline). Words end at white space; ':' is a word of its own; '#' at the
 * start of a word begins a comment; a quoted text knows \" \\ \n and \xHH. Returns NULL, or what is
 * wrong, with |out->end_column| where. */
const char *tokens_cut(const char *line, size_t len, struct tokens *out);

#endif
