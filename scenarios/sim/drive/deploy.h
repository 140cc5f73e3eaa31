/* A scenario as the configurations of its daemons, in the language of common/daemon/config.h: the
 * same text for the daemons of a live run and for the nodes of a virtual one. */
#ifndef SIM_DRIVE_DEPLOY_H
#define SIM_DRIVE_DEPLOY_H

#include "scenarios/sim/script/scenario.h"

/* Where a daemon listens and finds the others: "127.0.0.1:4001"; NULL: not said. */
struct deploy_net {
    const char *listen;
    const char *peers[ROLE_COUNT];
    const char *state; /* file of its durable state */
};

/* Writes the configuration of |role|'s daemon; it is not ROLE_VN. |life| counts its starts in this
 * run, from 0: each life draws other entropy, also when it has lost its state. |net| may be NULL.
 * The caller frees |text|; it holds keys. Returns: ERR_OK; ERR_NO_ROOM when memory is short. */
enum err deploy_text(const struct scenario *scn, enum role role, unsigned life,
                     const struct deploy_net *net, char **text, size_t *len) MUST_USE;

#endif
