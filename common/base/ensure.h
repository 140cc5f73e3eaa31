/* Assertions that stay on in every build: what WE did wrong. What a peer did is an
 * event or an enum err; what the world did (socket, file) belongs to the daemon shell. Never these.
 */
#ifndef COMMON_BASE_ENSURE_H
#define COMMON_BASE_ENSURE_H

/* Prints the broken claim with its place to stderr and aborts. */
_Noreturn void ensure_failed(const char *claim, const char *file, int line);

#define ENSURE(claim)   ((claim) ? (void)0 : ensure_failed(#claim, __FILE__, __LINE__))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
