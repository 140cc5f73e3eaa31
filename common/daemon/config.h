/* The configuration of a daemon: a text with one setting a line, from which <role>_setup() makes
 * the role's configuration and its node. It is read from memory, so the daemons (from a file) and
 * the virtual driver (from a scenario) use the very same code.
 *
 * Words are separated by blanks; # at the start of a word begins a comment. A setting may stand
 * once unless it is repeatable (...). Units are mandatory: TIME is 2s, 500ms, 1.5s, 10m or 1h;
 * PERCENT is 10%. HEXn is n hexadecimal digits. IMSI has 5 to 15 digits, PLMN (MCC and MNC) 5 or 6,
 * as 26201 or 262-01. ADDRESS is 127.0.0.1:4001, [::1]:4001 or host.name:4001.
 * A range, IMSI count N, is N consecutive IMSIs that share everything else.
 *
 * all     name NAME                       HSS, EMSE, EESE; EMSE and EESE must have one
 *         listen ADDRESS                  default 127.0.0.1:0, a port that is free
 *         peer ROLE ADDRESS               ... the first of a role is where own requests go
 *         variant literal|hardened        default hardened
 *         with SWITCH, without SWITCH     ...
 *         pace PERCENT                    of every timer but te2e; before `timer`, wherever it is
 *         timer TIMER TIME [cap TIME]     ... without cap the backoff keeps its shape
 *         seed N                          predictable keys; for simulations
 *         state FILE                      keep what must survive a restart in this SQLite file;
 *                                         absent: nothing is kept. See common/daemon/durable.h
 *         contexts N                      room in the table; default: as many as are configured,
 *                                         in EMSE and EESE 10000
 * hssd    k-rand HEX64                    drawn at the start when absent (from the seed, if any),
 *                                         and kept with the state
 *         subscriber IMSI [count N] k HEX32 (opc HEX32|op HEX32) [amf HEX4] [sqn HEX12]    ...
 *         profile IMSI|* [count N] KEY VALUE...                                            ...
 *           `profile *` is the ground of all other profiles and comes before them. Keys:
 *             te2e TIME|none              te2e-pair TIME|none      te2e-default TIME|none
 *             te2e-floor TIME|none        te2e-ceiling TIME|none   messages N|none
 *             integrity CMAC-64,EIA2      confidentiality EEA2,EEA0    in order of preference
 *             default-mode off|on|on-li   network PLMN=off|on|on-li ... or network none
 *             rand enc|mask|mac-only|clear                         version N
 * emsed   eese NAME [integrity LIST] [confidentiality LIST]                                ...
 * eesed   te2e TIME                       the enterprise's wish for all UEs
 *         te2e-ue IMSI TIME [count N]     ... and for these
 * ued     ue IMSI [count N] k HEX32 (opc HEX32|op HEX32) emse NAME eese NAME [amf HEX4]
 *            [sqn HEX12] [caps LIST] [plmn PLMN] [attach]                                  ...
 *           sqn: the highest the card has accepted; caps: of CMAC-64,EIA2,EEA0,EEA2, default all;
 *           plmn: default 001-01; attach: at once when the daemon starts.
 *
 * Nothing is applied when anything is wrong; every error is told, as
 *     FILE:LINE:COLUMN: error: expected ..., found '...'; did you mean '...'?
 * and what may be a key is never repeated. */
#ifndef COMMON_DAEMON_CONFIG_H
#define COMMON_DAEMON_CONFIG_H

#include "common/core/machine.h"
#include "common/node/node.h"

enum {
    CONFIG_HOST_MAX = 253,
    CONFIG_FILE_MAX = 400,
    CONFIG_PEERS_MAX = 16,
    CONFIG_LINE_MAX = 1024, /* octets of one line */
    CONFIG_CONTEXTS_DEFAULT = 10000,
    CONFIG_CONTEXTS_MAX = 10000000,
};

struct config_endpoint {
    char host[CONFIG_HOST_MAX + 1]; /* a name or a number, not yet resolved */
    uint16_t port;
};

struct config_peer {
    enum role role;
    struct config_endpoint at;
};

/* What every daemon has. */
struct config_shared {
    struct machine_conf base; /* variant, switches and timing in force */
    struct ident name;        /* empty when absent */
    struct config_endpoint listen;
    struct config_peer peers[CONFIG_PEERS_MAX];
    unsigned peers_count;
    bool has_seed;
    uint64_t seed;
    char state[CONFIG_FILE_MAX + 1]; /* file of durable state; empty: none */
    uint32_t contexts;               /* 0: not said */
};

/* What <role>_setup() makes. */
struct setup {
    struct node *node;
    void *conf; /* the role's configuration, which the node borrows */
    size_t conf_size;
    struct config_shared shared;
    struct ident *attach; /* UEs that are to attach when the daemon starts */
    uint32_t attach_count;
    uint8_t *drawn; /* of |conf|: octets drawn at random because the text has none; NULL: none */
    size_t drawn_len;
};

/* Each role's setup.h declares one:
 *   enum err <role>_setup(const char *text, size_t len, const char *name,
 *                         const struct node_hooks *hooks, struct setup *out,
 *                         char *errors, size_t cap);
 * |text| needs no NUL; |name| is what errors call it. On ERR_OK the caller owns |out|. On
 * ERR_SYNTAX |errors| has one line for each error, cut at |cap| octets (its NUL included) with the
 * number of those left out. On ERR_NO_ROOM memory is short. */
typedef enum err config_setup(const char *text, size_t len, const char *name,
                              const struct node_hooks *hooks, struct setup *out, char *errors,
                              size_t cap);

/* Frees the node and wipes and frees its configuration; harmless on a zeroed one. */
void setup_free(struct setup *s);

enum { CONFIG_PROFILE_TEXT_MAX = 512 };

/* Writes |p| whole as the KEY VALUE... of `profile` and of the order `policy`: reading it back, on
 * top of any profile, gives |p|. Returns its length. */
size_t config_profile_text(const struct profile *p, char text[CONFIG_PROFILE_TEXT_MAX]);

#endif
