/* A line cut into words and quoted texts: of a configuration, or of the control protocol. */
#ifndef COMMON_DAEMON_CONFIG_WORDS_H
#define COMMON_DAEMON_CONFIG_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_WORDS_MAX = 80, CONFIG_POOL_MAX = 2048 + CONFIG_WORDS_MAX };

struct config_word {
    const char *text; /* NUL-terminated; of a quoted text with its escapes undone */
    size_t len;       /* a quoted text may hold NULs of its own */
    unsigned column;  /* 1.., in octets */
    bool quoted;
};

struct config_words {
    unsigned count;
    unsigned end; /* column one past the last word */
    struct config_word list[CONFIG_WORDS_MAX];
    char pool[CONFIG_POOL_MAX];
};

/* Cuts |line|, at most 2048 octets, without its newline (a CR before it is ignored). # at the start
 * of a word begins a comment. A quoted text knows \" \\ \n and \xHH; it stands by itself. Returns
 * NULL, or what is wrong, with |out->end| where. */
const char *config_words_cut(const char *line, size_t len, struct config_words *out);

/* Changes (one letter put in, left out, replaced, or two neighbours swapped) that make |a| of |b|,
 * without regard to case; more than |most| gives |most| + 1. For "did you mean". */
unsigned config_distance(const char *a, const char *b, unsigned most);

#endif
