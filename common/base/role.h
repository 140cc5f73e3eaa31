/* The parties of the protocol. HSS and EMSE are the home network, EESE is the enterprise's
 * endpoint. VN is the visited network of PROTOCOL.md 1: it runs its own `access` AKA and is played
 * by the runner, never by a daemon of ours. */
#ifndef COMMON_BASE_ROLE_H
#define COMMON_BASE_ROLE_H

#define ROLE_LIST(X) \
    X(HSS) \
    X(EMSE) \
    X(EESE) \
    X(UE) \
    X(VN)

enum role {
#define ROLE_ENUM(name) ROLE_##name,
    ROLE_LIST(ROLE_ENUM)
#undef ROLE_ENUM
        ROLE_COUNT
};

/* "HSS", "EMSE", "EESE", "UE", "VN"; a static string. */
const char *role_name(enum role r);

/* The role whose name is |name| (exact, upper case), or ROLE_COUNT when there is none. */
enum role role_by_name(const char *name);

#endif
