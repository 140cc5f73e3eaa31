#include "common/daemon/daemon.h"
#include "hss/hss.h"
#include "hss/setup.h"

static const struct profile *profile_of(const void *ctx)
{
    const struct hss_ue *ue = ctx;

    return &ue->profile;
}

int main(int argc, char **argv)
{
    static const struct daemon_role role = {
        .program = "hssd",
        .words = "HSS: subscribers and their profiles, AKA vectors, the source of every RAND.",
        .role = ROLE_HSS,
        .setup = hss_setup,
        .settings = hss_settings,
        .profile = profile_of,
    };

    return daemon_main(&role, argc, argv);
}
