#include "scenarios/sim/cli/say.h"
#include "scenarios/sim/cli/verbs.h"
#include "scenarios/sim/script/script.h"

#include "common/base/ensure.h"

static const struct option options[] = {
    {"complete", "WORDS", "print what may follow WORDS, the beginning of a sentence", false},
};

const struct verb cli_verb_grammar = {
    .name = "grammar",
    .words = "Prints the language of scenario files.",
    .options = options,
    .options_count = COUNT_OF(options),
};

int cli_grammar(int argc, char **argv)
{
    struct parsed p;
    int code;

    if (!cli_parse(&cli_verb_grammar, argc, argv, &p, &code)) {
        return code;
    }
    if (options_has(&p, "complete")) {
        script_complete(options_value(&p, "complete"), stdout);
    } else {
        script_print_grammar(stdout);
    }
    return cli_end(CLI_OK);
}
