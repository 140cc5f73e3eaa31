#include "common/daemon/daemon.h"
#include "ue/setup.h"

int main(int argc, char **argv)
{
    static const struct daemon_role role = {
        .program = "ued",
        .words = "UE: any number of devices, each with its USIM.",
        .role = ROLE_UE,
        .setup = ue_setup,
        .settings = ue_settings,
    };

    return daemon_main(&role, argc, argv);
}
