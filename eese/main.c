#include "common/daemon/daemon.h"
#include "eese/setup.h"

int main(int argc, char **argv)
{
    static const struct daemon_role role = {
        .program = "eesed",
        .words = "EESE: the endpoint at the enterprise; holds e2eKEYSETs, runs te2e.",
        .role = ROLE_EESE,
        .setup = eese_setup,
        .settings = eese_settings,
    };

    return daemon_main(&role, argc, argv);
}
