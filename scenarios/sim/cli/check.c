#include "scenarios/sim/cli/load.h"
#include "scenarios/sim/cli/say.h"
#include "scenarios/sim/cli/verbs.h"

#include "common/base/ensure.h"

static const struct option options[] = {
    LOAD_OPTIONS,
    {"json", NULL, "print each checked scenario as one JSON object, without its keys", false},
};

const struct verb cli_verb_check = {
    .name = "check",
    .operands = "FILE...",
    .words = "Reads scenario files whole and tells every error; runs nothing.",
    .more = "Exit code 0: all are right; 2: errors were told on stderr, each as FILE:LINE:COLUMN.\n"
            "FILE - is standard input. The language: e2esim grammar.",
    .options = options,
    .options_count = COUNT_OF(options),
    .operands_min = 1,
    .operands_max = OPERANDS_MAX,
};

int cli_check(int argc, char **argv)
{
    struct parsed p;
    struct load l;
    char why[WHY_MAX];
    int code;
    int worst = CLI_OK;

    if (!cli_parse(&cli_verb_check, argc, argv, &p, &code)) {
        return code;
    }
    if (load_options(&l, &p, why) != ERR_OK) {
        return cli_wrong(&cli_verb_check, "%s", why);
    }
    for (unsigned i = 0; i < p.operands_count; i++) {
        struct scenario s;

        code = load_scenario(&l, p.operands[i], &s);
        worst = code > worst ? code : worst;
        if (code != CLI_OK) {
            continue;
        }
        if (options_has(&p, "json")) {
            script_dump_json(stdout, &s);
        } else {
            printf("%s: right; %s: %u UEs, %u actions, %u faults, %u expectations\n", p.operands[i],
                   s.name, s.ues_count, s.actions_count, s.faults_count, s.expects_count);
        }
        scenario_free(&s);
    }
    return cli_end(worst);
}
