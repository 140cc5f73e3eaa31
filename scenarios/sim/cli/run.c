#include "scenarios/sim/cli/load.h"
#include "scenarios/sim/cli/say.h"
#include "scenarios/sim/cli/session.h"
#include "scenarios/sim/cli/verbs.h"
#include "scenarios/sim/show/ladder.h"
#include "scenarios/sim/show/shell.h"

#include "common/base/ensure.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIR_MAX = 4096 };

static const struct option options[] = {
    {"live", NULL, "four daemons over UDP, in real time (the default)", false},
    {"lockstep", NULL,
     "four daemons over UDP, one thing after another, on a clock that jumps: shows what --virtual "
     "shows, to the octet",
     false},
    {"virtual", NULL, "the same roles in one process, on a clock that jumps", false},
    LOAD_OPTIONS,
    {"out", "DIR",
     "write trace.jsonl, report.json, ladder.txt and capture.pcapng there; with several files into "
     "a folder each, named after the scenario",
     false},
    {"junit", "FILE", "write the verdicts as JUnit XML, also when something fails", false},
    {"color", "WHEN", "auto (the default), always or never", false},
    {"quiet", NULL, "no ladder, and one line for a run that passes", false},
};

const struct verb cli_verb_run = {
    .name = "run",
    .operands = "FILE...",
    .words = "Runs scenarios and judges them.",
    .more =
        "All files are read and checked before the first one runs; then they run in turn, each "
        "with "
        "its ladder, its expectations and a line that sums it up. FILE - is standard input.\n"
        "\n"
        "The exit code is the worst of all runs: 0 everything holds; 1 an expectation or invariant "
        "failed, or a fault rule never fired; 2 a scenario or the command line is wrong; 3 the "
        "environment failed. A run stopped by a signal (Ctrl-C), or whose reader went away, cleans "
        "up and then dies of that signal, as shells expect.\n"
        "\n"
        "The daemons are sought beside this program, or in $E2ESIM_BINDIR; their files are in "
        "$TMPDIR (or /tmp) for as long as the run lasts. NO_COLOR and TERM=dumb mean --color "
        "never, "
        "unless it is given.",
    .options = options,
    .options_count = COUNT_OF(options),
    .operands_min = 1,
    .operands_max = OPERANDS_MAX,
};

/* Colour is for terminals, and for those who do not refuse it (no-color.org). */
static bool wants_colour(const char *when)
{
    const char *refused = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (when != NULL && strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    return isatty(STDOUT_FILENO) && (refused == NULL || *refused == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

static int take_mode(const struct parsed *p, enum play_mode *mode)
{
    unsigned given = 0;

    *mode = PLAY_LIVE;
    for (enum play_mode m = 0; m < PLAY_MODE_COUNT; m++) {
        if (options_has(p, play_mode_name(m)) && given++ > 0) {
            return cli_wrong(&cli_verb_run, "both '--%s' and '--%s' are given",
                             play_mode_name(*mode), play_mode_name(m));
        }
        *mode = options_has(p, play_mode_name(m)) ? m : *mode;
    }
    return CLI_OK;
}

static int take_options(const struct parsed *p, struct session_conf *conf)
{
    const char *when = options_value(p, "color");

    if (when != NULL && strcmp(when, "auto") != 0 && strcmp(when, "always") != 0 &&
        strcmp(when, "never") != 0) {
        return cli_wrong(&cli_verb_run, "option '--color': '%.32s' is none of auto, always, never",
                         when);
    }
    conf->quiet = options_has(p, "quiet");
    conf->look.colour = wants_colour(when);
    conf->look.utf8 = ladder_utf8();
    conf->width = ladder_width(STDOUT_FILENO);
    return take_mode(p, &conf->mode);
}

/* The --set options once more, for a shell, to be freed; NULL: memory is short. */
static char *write_again(const struct load *l)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);

    for (unsigned i = 0; memory != NULL && i < l->set_count; i++) {
        fputs(" --set ", memory);
        shell_word(memory, l->set[i].name);
        fputc('=', memory);
        shell_word(memory, l->set[i].value);
    }
    if (memory != NULL && fclose(memory) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

/* With several files the folder of one is named after its scenario, so two may not share a name. */
static int check_names(const struct scenario *list, unsigned count)
{
    unsigned twins[2];

    if (load_twins(list, count, twins)) {
        return cli_wrong(&cli_verb_run,
                         "%.300s and %.300s are both called '%s'; --out needs a folder for each",
                         list[twins[0]].file, list[twins[1]].file, list[twins[0]].name);
    }
    return CLI_OK;
}

static int load_all(const struct load *l, const struct parsed *p, struct junit *junit,
                    struct scenario *list, unsigned *count)
{
    int worst = CLI_OK;

    for (unsigned i = 0; i < p->operands_count; i++) {
        int code = load_scenario(l, p->operands[i], &list[*count]);

        if (code == CLI_OK) {
            (*count)++;
        } else {
            junit_error(junit, p->operands[i], "the file is wrong; standard error says where");
        }
        worst = code > worst ? code : worst;
    }
    if (worst == CLI_OK && options_has(p, "out") && *count > 1) {
        worst = check_names(list, *count);
        if (worst != CLI_OK) {
            junit_error(junit, "e2esim", "two scenarios have one name; --out needs two");
        }
    }
    return worst;
}

/* The way out for a process that others watch: cleaned up, but dead of what hit it. */
static _Noreturn void die_of(int number)
{
    (void)signal(number, SIG_DFL);
    (void)raise(number);
    _exit(128 + number);
}

/* |end| is that of the last run: after one that was stopped there is no other. */
static int run_all(const struct session_conf *all, const char *out, const struct scenario *list,
                   unsigned count, struct session_end *end)
{
    int worst = CLI_OK;

    for (unsigned i = 0; i < count; i++) {
        char dir[DIR_MAX];
        struct session_conf one = *all;
        int code;

        if (end->signal != 0 || end->no_reader) {
            junit_skipped(all->junit, list[i].name, "stopped before it was run");
            continue;
        }

        if (out != NULL) {
            int n = snprintf(dir, sizeof dir, "%s%s%s", out, count > 1 ? "/" : "",
                             count > 1 ? list[i].name : "");

            if (n < 0 || n >= DIR_MAX) {
                return cli_environment("the name of the folder %.64s... is too long", out);
            }
            one.out_dir = dir;
        }
        code = session_run(&one, &list[i], end);
        worst = code > worst ? code : worst;
    }
    return worst;
}

int cli_run(int argc, char **argv)
{
    static struct parsed p;
    static struct load l;
    struct session_conf conf = {0};
    char why[WHY_MAX];
    char failed[WHOLE_WHY_MAX];
    struct session_end end = {0};
    struct scenario *list;
    char *again;
    unsigned count = 0;
    int code;

    if (!cli_parse(&cli_verb_run, argc, argv, &p, &code)) {
        return code;
    }
    if (load_options(&l, &p, why) != ERR_OK) {
        return cli_wrong(&cli_verb_run, "%s", why);
    }
    code = take_options(&p, &conf);
    if (code != CLI_OK) {
        return code;
    }
    if (options_has(&p, "junit")) {
        conf.junit = junit_new(options_value(&p, "junit"), failed);
        if (conf.junit == NULL) {
            return cli_environment("%s", failed);
        }
    }
    list = calloc(p.operands_count, sizeof *list);
    again = write_again(&l);
    if (list == NULL || again == NULL) {
        free(list);
        free(again);
        junit_free(conf.junit);
        return cli_environment("memory is short");
    }
    conf.again = again;
    /* A reader that goes away is an error of a write here: there may be daemons to stop first. */
    (void)signal(SIGPIPE, SIG_IGN);
    code = load_all(&l, &p, conf.junit, list, &count);
    if (code == CLI_OK) {
        code = run_all(&conf, options_value(&p, "out"), list, count, &end);
    }
    if (junit_write(conf.junit, failed) != ERR_OK) {
        code = cli_environment("%s", failed);
    }
    junit_free(conf.junit);
    for (unsigned i = 0; i < count; i++) {
        scenario_free(&list[i]);
    }
    free(list);
    free(again);
    if (end.signal != 0 || end.no_reader) {
        die_of(end.signal != 0 ? end.signal : SIGPIPE);
    }
    return code;
}
