/* What a daemon tells whoever runs it, on stderr; what its role does goes to the control output
 * instead. Never a key. Under systemd each line begins with its priority (sd-daemon(3)). */
#ifndef COMMON_DAEMON_LOG_H
#define COMMON_DAEMON_LOG_H

#include <stdbool.h>

/* Exit codes of every program here. */
enum {
    EXIT_WRONG_INPUT = 2, /* command line, configuration or scenario */
    EXIT_ENVIRONMENT = 3, /* a port, a file, a process */
};

enum log_level { LOG_WARNINGS, LOG_NORMAL, LOG_DEBUG_TOO };

/* |name| begins each line; it is kept by reference. */
void log_open(const char *name, enum log_level level);

/* fatal and log_warn add the words of errno; fatal and fatalx end with EXIT_ENVIRONMENT. */
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fatalx(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum { LOG_LINE_MAX = 1024 };

/* Writes one line to |line|, newline included, cut when longer: "<4>emsed: words: No such file\n",
 * the priority only with |journal|, the words of |error| only when it is not 0. Control characters
 * become '?'. Returns its length. For log.c and its test. */
unsigned log_format(char line[LOG_LINE_MAX], bool journal, int priority, const char *name,
                    const char *words, int error);

#endif
