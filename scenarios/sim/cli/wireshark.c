#include "scenarios/sim/cli/say.h"
#include "scenarios/sim/cli/verbs.h"
#include "scenarios/sim/show/profile.h"

const struct verb cli_verb_wireshark = {
    .name = "wireshark",
    .operands = "DIR",
    .words = "Writes a Wireshark profile that decodes captures by name.",
    .more = "DIR is made when absent; an earlier profile in it is written anew, and any other "
            "folder that is not empty is refused. The captures are those of " CLI_PROGRAM
            " run --out.\n"
            "\n"
            " WIRESHARK_CONFIG_DIR=DIR wireshark capture.pcapng\n"
            " WIRESHARK_CONFIG_DIR=DIR tshark -r capture.pcapng\n"
            "\n"
            "DIR/README tells more: the profile beside others, and filters. Exit code 0: written; "
            "2: DIR is not ours; 3: it cannot be written.",
    .operands_min = 1,
    .operands_max = 1,
};

int cli_wireshark(int argc, char **argv)
{
    struct parsed p;
    char absolute[PATH_MAX];
    char why[PROFILE_WHY_MAX];
    enum err e;
    int code;

    if (!cli_parse(&cli_verb_wireshark, argc, argv, &p, &code)) {
        return code;
    }
    e = profile_write(p.operands[0], absolute, why);
    if (e == ERR_BAD_FIELD) {
        return cli_wrong(&cli_verb_wireshark, "%s", why);
    }
    if (e != ERR_OK) {
        return cli_environment("%s", why);
    }
    fputs("written; to use it: ", stdout);
    profile_command(absolute, "wireshark", stdout);
    return cli_end(CLI_OK);
}
