#include "common/daemon/daemon.h"
#include "emse/setup.h"

int main(int argc, char **argv)
{
    static const struct daemon_role role = {
        .program = "emsed",
        .words = "EMSE: the home network's endpoint; runs the AKA with UEs and carries RANDs.",
        .role = ROLE_EMSE,
        .setup = emse_setup,
        .settings = emse_settings,
    };

    return daemon_main(&role, argc, argv);
}
