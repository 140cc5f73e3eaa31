/* Lines of text out of and into a descriptor, for the control protocol. Output is gathered and
 * written once a turn; writing waits for a slow reader, but not for ever. */
#ifndef COMMON_DAEMON_LINES_H
#define COMMON_DAEMON_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum { LINES_OUT_MAX = 256 * 1024 };

struct lines_out {
    int fd;
    int patience_ms; /* how long one flush waits for the reader */
    bool socket;
    bool stuck; /* the last flush ran out of patience: the next does not wait */
    size_t len;
    char text[LINES_OUT_MAX];
};

enum lines_result { LINES_WRITTEN, LINES_STUCK, LINES_CLOSED };

void lines_out_init(struct lines_out *o, int fd, int patience_ms);
size_t lines_out_room(const struct lines_out *o);
/* Appends |len| octets and a newline; there must be room for both. */
void lines_out_put(struct lines_out *o, const char *line, size_t len);
/* Writes all. LINES_STUCK: the reader did not take it in time, what it did not take is dropped.
 * LINES_CLOSED: there is no reader any more. */
enum lines_result lines_out_flush(struct lines_out *o);

enum { LINES_IN_MAX = 2048 };

struct lines_in {
    size_t len;
    bool skipping; /* the rest of a line that was too long */
    char text[LINES_IN_MAX];
};

/* Called for each line without its newline. |len| over LINES_IN_MAX: it was too long and |line| is
 * NULL. */
typedef void lines_handler(void *arg, const char *line, size_t len);

/* Takes |n| octets that were read, in pieces of any size. */
void lines_in_take(struct lines_in *in, const char *octets, size_t n, lines_handler *handler,
                   void *arg);

#endif
