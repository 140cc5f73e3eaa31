/* A writer of JSON (RFC 8259) onto a FILE, integers only: times are printed from microseconds,
 * never through floating point, so that the same run gives the same octets anywhere. Text may be
 * any octets: what is not UTF-8 becomes U+FFFD. The stream's own error flag tells whether all of
 * it could be written; the caller asks when closing.
 *
 * Usage: jout_begin(), then one value: jout_object() ... jout_end(). |key| is NULL inside arrays
 * and for the outermost value. */
#ifndef SIM_SHOW_JOUT_H
#define SIM_SHOW_JOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { JOUT_DEPTH_MAX = 12 };

struct jout {
    FILE *out;
    bool pretty; /* a line for each member, indented by two; else all on one line */
    unsigned depth;
    struct {
        char close; /* '}' or ']' */
        bool used;  /* has a member already */
    } level[JOUT_DEPTH_MAX];
};

void jout_begin(struct jout *j, FILE *out, bool pretty);

void jout_object(struct jout *j, const char *key);
void jout_array(struct jout *j, const char *key);
/* Closes the innermost object or array. */
void jout_end(struct jout *j);

void jout_text(struct jout *j, const char *key, const char *text);
void jout_uint(struct jout *j, const char *key, uint64_t v);
void jout_bool(struct jout *j, const char *key, bool v);
void jout_null(struct jout *j, const char *key);
/* Lower-case hexadecimal text of |len| octets. */
void jout_hex(struct jout *j, const char *key, const uint8_t *octets, size_t len);
/* |us| microseconds as seconds with six decimals. */
void jout_seconds(struct jout *j, const char *key, uint64_t us);

/* Length of the UTF-8 sequence at the start of |s| (NUL-terminated): 1 to 4; 0 when it is not
 * valid (RFC 3629: no surrogates, no overlong forms). */
unsigned utf8_length(const char *s);

#endif
