#include "scenarios/sim/cli/fsm_print.h"
#include "scenarios/sim/cli/say.h"
#include "scenarios/sim/cli/verbs.h"

#include "common/base/ensure.h"
#include "common/core/timer.h"
#include "eese/eese.h"
#include "emse/emse.h"
#include "hss/hss.h"
#include "ue/ue.h"

#include <string.h>
#include <strings.h>

static const struct option options[] = {
    {"variant", "V", "literal or hardened; without it both, one after the other", false},
    {"timers", NULL, "print the register of timers instead", false},
    {"switches", NULL, "print the switches of the variants instead", false},
};

const struct verb cli_verb_fsm = {
    .name = "fsm",
    .operands = "[ROLE]",
    .words = "Prints a role's state machine as compiled, each row with the clause it serves.",
    .more =
        "ROLE is HSS, EMSE, EESE or UE. First the rows: in which state, when what happens, what "
        "is done, what the state is then, because of which clause. Then every event in every "
        "state; '.' is what the role does not expect there.",
    .options = options,
    .options_count = COUNT_OF(options),
    .operands_max = 1,
};

static const struct machine *const machines[] = {&hss_machine, &emse_machine, &eese_machine,
                                                 &ue_machine};

static const char *machine_name(const void *arg, unsigned i)
{
    (void)arg;
    return i < COUNT_OF(machines) ? role_name(machines[i]->role) : NULL;
}

static int print_role(const char *name, enum variant only)
{
    const char *near = options_nearest(name, machine_name, NULL);
    const char *gap = "";

    for (unsigned i = 0; i < COUNT_OF(machines); i++) {
        if (strcasecmp(role_name(machines[i]->role), name) != 0) {
            continue;
        }
        for (unsigned v = 0; v < VARIANT_COUNT; v++) {
            if (only == VARIANT_COUNT || only == v) {
                fputs(gap, stdout);
                fsm_print(machines[i]->fsm((enum variant)v), stdout);
                gap = "\n";
            }
        }
        return CLI_OK;
    }
    return cli_wrong(&cli_verb_fsm, "'%.64s' is no role with a machine (HSS, EMSE, EESE, UE)%s%s%s",
                     name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                     near != NULL ? "'?" : "");
}

int cli_fsm(int argc, char **argv)
{
    struct parsed p;
    enum variant only = VARIANT_COUNT;
    int code;

    if (!cli_parse(&cli_verb_fsm, argc, argv, &p, &code)) {
        return code;
    }
    if (options_has(&p, "variant")) {
        only = variant_by_name(options_value(&p, "variant"));
        if (only == VARIANT_COUNT) {
            return cli_wrong(&cli_verb_fsm,
                             "option '--variant': '%.64s' is neither literal nor "
                             "hardened",
                             options_value(&p, "variant"));
        }
    }
    if (options_has(&p, "timers")) {
        fsm_print_timers(stdout);
    } else if (options_has(&p, "switches")) {
        fsm_print_switches(stdout);
    } else if (p.operands_count == 0) {
        return cli_wrong(&cli_verb_fsm, "needs ROLE: HSS, EMSE, EESE or UE");
    } else {
        code = print_role(p.operands[0], only);
        return code == CLI_OK ? cli_end(code) : code;
    }
    return cli_end(CLI_OK);
}
