#include "common/daemon/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Priorities of syslog(3). */
enum { PRIORITY_CRIT = 2, PRIORITY_WARNING = 4, PRIORITY_INFO = 6, PRIORITY_DEBUG = 7 };

static struct {
    const char *name;
    enum log_level level;
    bool journal;
} state = {.name = "daemon", .level = LOG_NORMAL};

void log_open(const char *name, enum log_level level)
{
    state.name = name;
    state.level = level;
    state.journal = getenv("JOURNAL_STREAM") != NULL;
}

unsigned log_format(char line[LOG_LINE_MAX], bool journal, int priority, const char *name,
                    const char *words, int error)
{
    char prefix[8] = "";
    int len;

    if (journal) {
        (void)snprintf(prefix, sizeof prefix, "<%d>", priority);
    }
    len = snprintf(line, LOG_LINE_MAX - 1, "%s%s: %s%s%s", prefix, name, words,
                   error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
    if (len < 0) {
        len = 0;
    }
    if (len > LOG_LINE_MAX - 2) {
        len = LOG_LINE_MAX - 2;
    }
    for (int i = 0; i < len; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) {
            line[i] = '?';
        }
    }
    line[len] = '\n';
    line[len + 1] = '\0';
    return (unsigned)len + 1;
}

__attribute__((format(printf, 3, 0))) static void write_line(int priority, int error,
                                                             const char *format, va_list args)
{
    char words[LOG_LINE_MAX];
    char line[LOG_LINE_MAX];
    unsigned len;

    (void)vsnprintf(words, sizeof words, format, args);
    len = log_format(line, state.journal, priority, state.name, words, error);
    /* One write a line, so that lines of several daemons never mix. Nobody can be told when it
     * fails. */
    if (write(STDERR_FILENO, line, len) < 0) {
        errno = 0;
    }
}

void fatal(const char *format, ...)
{
    int error = errno;
    va_list args;

    va_start(args, format);
    write_line(PRIORITY_CRIT, error, format, args);
    va_end(args);
    exit(EXIT_ENVIRONMENT);
}

void fatalx(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line(PRIORITY_CRIT, 0, format, args);
    va_end(args);
    exit(EXIT_ENVIRONMENT);
}

void log_warn(const char *format, ...)
{
    int error = errno;
    va_list args;

    va_start(args, format);
    write_line(PRIORITY_WARNING, error, format, args);
    va_end(args);
}

void log_warnx(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line(PRIORITY_WARNING, 0, format, args);
    va_end(args);
}

void log_info(const char *format, ...)
{
    va_list args;

    if (state.level < LOG_NORMAL) {
        return;
    }
    va_start(args, format);
    write_line(PRIORITY_INFO, 0, format, args);
    va_end(args);
}

void log_debug(const char *format, ...)
{
    va_list args;

    if (state.level < LOG_DEBUG_TOO) {
        return;
    }
    va_start(args, format);
    write_line(PRIORITY_DEBUG, 0, format, args);
    va_end(args);
}
