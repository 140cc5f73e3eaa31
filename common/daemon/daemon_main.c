/* Options and the configuration file. */
#include "common/daemon/daemon.h"

#include "common/base/version.h"
#include "common/daemon/config_value.h"
#include "common/daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { CONFIG_TEXT_MAX = 64 * 1024 * 1024 };

struct options {
    const char *config;
    int control;
    bool verbose;
};

static void help(const struct daemon_role *role)
{
    (void)printf("usage: %s --config FILE [--control FD] [-v]\n\n"
                 "%s\n\n"
                 "  --config FILE   its configuration\n"
                 "  --control FD    take orders from this descriptor and print there, for e2esim;\n"
                 "                  otherwise from stdin and on stdout\n"
                 "  -v              tell more on stderr\n"
                 "  --help          this text\n"
                 "  --version       the version\n\n"
                 "It prints `ready %s ADDRESS`, then a line for each step of its machine.\n"
                 "It takes these lines:\n"
                 "  order IMSI attach | send \"text\" | send-hex HEX | rekey | move PLMN |\n"
                 "             register PLMN | policy KEY VALUE...\n"
                 "  counters\n"
                 "  quit\n"
                 "SIGTERM and SIGINT stop it, SIGUSR1 prints its counters.\n\n",
                 role->program, role->words, role_name(role->role));
    config_help(stdout, role->settings);
}

_Noreturn static void wrong_usage(const struct daemon_role *role, const char *what,
                                  const char *which)
{
    (void)fprintf(stderr, "%s: %s%s; %s --help tells how it is used\n", role->program, what, which,
                  role->program);
    exit(EXIT_WRONG_INPUT);
}

static int read_fd(const struct daemon_role *role, const char *text)
{
    uint64_t fd;

    if (!config_number_read(text, 65535, &fd) || fcntl((int)fd, F_GETFD) < 0) {
        wrong_usage(role, "--control wants an open descriptor, found ", text);
    }
    return (int)fd;
}

static struct options read_options(const struct daemon_role *role, int argc, char **argv)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'}, {"control", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},         {"version", no_argument, NULL, 'V'},
        {"verbose", no_argument, NULL, 'v'},      {NULL, 0, NULL, 0},
    };
    struct options o = {.config = NULL, .control = -1, .verbose = false};
    int opt;

    while ((opt = getopt_long(argc, argv, "vh", known, NULL)) != -1) {
        if (opt == 'c') {
            o.config = optarg;
        } else if (opt == 'f') {
            o.control = read_fd(role, optarg);
        } else if (opt == 'v') {
            o.verbose = true;
        } else if (opt == 'h') {
            help(role);
            exit(EXIT_SUCCESS);
        } else if (opt == 'V') {
            (void)printf("%s %s\n", role->program, E2ESIM_VERSION);
            exit(EXIT_SUCCESS);
        } else {
            exit(EXIT_WRONG_INPUT); /* getopt_long() has said why */
        }
    }
    if (optind < argc) {
        wrong_usage(role, "unexpected argument ", argv[optind]);
    }
    if (o.config == NULL) {
        wrong_usage(role, "--config FILE is missing", "");
    }
    return o;
}

_Noreturn static void no_config(const struct daemon_role *role, const char *path, const char *why)
{
    (void)fprintf(stderr, "%s: cannot read the configuration %s: %s\n", role->program, path, why);
    exit(EXIT_WRONG_INPUT);
}

/* Reads the file whole; a pipe will do. The caller wipes and frees it. */
static char *read_text(const struct daemon_role *role, const char *path, size_t *len)
{
    size_t cap = 64 * 1024;
    char *text = malloc(cap);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;

    if (fd < 0) {
        no_config(role, path, strerror(errno));
    }
    for (*len = 0; text != NULL; *len += (size_t)n) {
        if (*len == cap) {
            cap *= 2;
            text = cap > CONFIG_TEXT_MAX ? NULL : realloc(text, cap);
        }
        n = text == NULL ? 0 : read(fd, text + *len, cap - *len);
        if (n < 0) {
            no_config(role, path, strerror(errno));
        }
        if (n == 0) {
            break;
        }
    }
    if (text == NULL) {
        no_config(role, path, "more than 64 MiB, or not enough memory");
    }
    (void)close(fd);
    return text;
}

int daemon_main(const struct daemon_role *role, int argc, char **argv)
{
    struct options o = read_options(role, argc, argv);
    enum log_level level = o.verbose ? LOG_DEBUG_TOO : o.control >= 0 ? LOG_WARNINGS : LOG_NORMAL;
    size_t len;
    char *text = read_text(role, o.config, &len);

    if (o.control >= 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* nothing is left behind when the runner dies */
    }
    log_open(role->program, level);
    return daemon_run(role, text, len, o.config, o.control);
}
