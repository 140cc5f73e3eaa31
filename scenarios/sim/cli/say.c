#include "scenarios/sim/cli/say.h"

#include "scenarios/sim/show/ladder.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH_MAX = 100 }; /* longer lines are hard to read */

int cli_wrong(const struct verb *verb, const char *format, ...)
{
    va_list args;

    fprintf(stderr, CLI_PROGRAM "%s%s: ", verb != NULL ? " " : "", verb != NULL ? verb->name : "");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (see " CLI_PROGRAM "%s%s --help)\n", verb != NULL ? " " : "",
            verb != NULL ? verb->name : "");
    return CLI_WRONG;
}

int cli_environment(const char *format, ...)
{
    va_list args;

    fprintf(stderr, CLI_PROGRAM ": ");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return CLI_ENVIRONMENT;
}

bool cli_parse(const struct verb *verb, int argc, char **argv, struct parsed *out, int *exit_code)
{
    char why[WHY_MAX];

    if (options_parse(verb, argc - 1, argv + 1, out, why) != ERR_OK) {
        *exit_code = cli_wrong(verb, "%s", why);
        return false;
    }
    if (out->help) {
        options_help(verb, CLI_PROGRAM, cli_width(), stdout);
        *exit_code = cli_end(CLI_OK);
        return false;
    }
    return true;
}

int cli_end(int code)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_environment("cannot write to standard output: %s", strerror(errno));
    }
    return code;
}

unsigned cli_width(void)
{
    unsigned width = ladder_width(STDOUT_FILENO);

    return width > WIDTH_MAX ? WIDTH_MAX : width;
}
