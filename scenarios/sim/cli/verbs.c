#include "scenarios/sim/cli/verbs.h"

#include "common/base/ensure.h"
#include "common/base/version.h"
#include "scenarios/sim/calc/calc.h"
#include "scenarios/sim/cli/say.h"

#include <string.h>

static int help(int argc, char **argv);

static const struct verb verb_help = {
    .name = "help",
    .operands = "[VERB]",
    .words = "Tells what a verb does and takes.",
    .operands_max = 1,
};

static const struct {
    const struct verb *verb;
    int (*run)(int argc, char **argv);
} verbs[] = {
    {&cli_verb_run, cli_run},
    {&cli_verb_check, cli_check},
    {&cli_verb_matrix, cli_matrix},
    {&cli_verb_grammar, cli_grammar},
    {&cli_verb_fsm, cli_fsm},
    {&calc_verb_auc, calc_auc},
    {&calc_verb_derive, calc_derive},
    {&cli_verb_wireshark, cli_wireshark},
    {&verb_help, help},
};

static const char *verb_name(const void *arg, unsigned i)
{
    (void)arg;
    return i < COUNT_OF(verbs) ? verbs[i].verb->name : NULL;
}

static int find(const char *name)
{
    for (unsigned i = 0; i < COUNT_OF(verbs); i++) {
        if (strcmp(verbs[i].verb->name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void overview(FILE *out)
{
    static const char intro[] =
        "Runs the end-to-enterprise security of cellular IoT (UE, EESE, EMSE, HSS) from scenario "
        "files, over four daemons and UDP or in virtual time, and judges what it sees.";
    unsigned width = cli_width();

    fprintf(out, "usage: " CLI_PROGRAM " VERB [OPTION]... [ARGUMENT]...\n\n");
    options_wrap(intro, 0, width, out);
    fputc('\n', out);
    for (unsigned i = 0; i < COUNT_OF(verbs); i++) {
        fprintf(out, "  %-10s", verbs[i].verb->name);
        options_wrap(verbs[i].verb->words, 12, width, out);
    }
    fprintf(out, "\n  --help      this text; " CLI_PROGRAM " VERB --help tells of one verb\n"
                 "  --version   the version\n\n"
                 "exit codes: 0 everything holds, 1 an expectation or invariant failed,\n"
                 "  2 the scenario or the command line is wrong, 3 the environment failed\n");
}

static int help(int argc, char **argv)
{
    struct parsed p;
    int code;
    int i;

    if (!cli_parse(&verb_help, argc, argv, &p, &code)) {
        return code;
    }
    if (p.operands_count == 0) {
        overview(stdout);
        return cli_end(CLI_OK);
    }
    i = find(p.operands[0]);
    if (i < 0) {
        return cli_wrong(NULL, "there is no verb '%.64s'", p.operands[0]);
    }
    options_help(verbs[i].verb, CLI_PROGRAM, cli_width(), stdout);
    return cli_end(CLI_OK);
}

static int unknown_verb(const char *word)
{
    const char *near = options_nearest(word, verb_name, NULL);
    const char *dot = strrchr(word, '.');

    if (near != NULL) {
        return cli_wrong(NULL, "there is no verb '%.64s'; did you mean '%s'?", word, near);
    }
    if (dot != NULL && strcmp(dot, ".scn") == 0) {
        return cli_wrong(NULL,
                         "there is no verb '%.200s'; did you mean '" CLI_PROGRAM " run %.200s'?",
                         word, word);
    }
    return cli_wrong(NULL, "there is no verb '%.64s'", word);
}

int cli_main(int argc, char **argv)
{
    int i;

    if (argc < 2) {
        overview(stderr);
        return CLI_WRONG;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        overview(stdout);
        return cli_end(CLI_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf(CLI_PROGRAM " %s\n", E2ESIM_VERSION);
        return cli_end(CLI_OK);
    }
    if (argv[1][0] == '-') {
        return cli_wrong(NULL, "options stand behind a verb, '%.64s' does not", argv[1]);
    }
    i = find(argv[1]);
    return i < 0 ? unknown_verb(argv[1]) : verbs[i].run(argc - 1, argv + 1);
}
