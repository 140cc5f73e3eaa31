/* Reads scenario files together with what the command line says of them. */
#ifndef SIM_CLI_LOAD_H
#define SIM_CLI_LOAD_H

#include "scenarios/sim/cli/options.h"
#include "scenarios/sim/script/script.h"

/* What the command line changes in every file. */
struct load {
    enum variant variant; /* VARIANT_COUNT: as the file says */
    uint32_t with;        /* bits of enum sw */
    uint32_t without;
    bool has_seed;
    uint64_t seed;
    unsigned set_count;
    struct script_option set[GIVEN_MAX];
    char set_text[GIVEN_MAX][NAME_TEXT_MAX + 1]; /* the names in |set| */
};

/* The options that fill it, for the tables of verbs. */
/* clang-format off */
#define LOAD_OPTIONS \
    {"variant", "V", "literal or hardened, whatever the file says", false}, \
    {"with", "SWITCH", "put one correction in force (e2esim fsm --switches lists them)", true}, \
    {"without", "SWITCH", "take one correction away", true}, \
    {"seed", "N", "another seed: other keys, losses and delays", false}, \
    {"set", "NAME=VALUE", "another value for `let NAME` of the file", true}
/* clang-format on */

/* Reads the options. Returns: ERR_OK; ERR_SYNTAX with a sentence in |why|. */
enum err load_options(struct load *l, const struct parsed *p, char why[WHY_MAX]) MUST_USE;

/* Reads |path|, applies |l| and checks all that can be checked before a run; errors go to stderr.
 * Returns: an enum cli_exit; on CLI_OK |out| is the caller's to free. */
int load_scenario(const struct load *l, const char *path, struct scenario *out);

/* Puts variant |v| of |s| in force with the switches of its file, then |with| and |without|; what
 * cannot be goes to stderr. Returns: CLI_OK; CLI_WRONG when the literal text cannot have one. */
int load_variant(struct scenario *s, enum variant v, uint32_t with, uint32_t without);

/* Finds two of |list| that have one name. Returns: false when there are none; else their places in
 * |twins|. */
bool load_twins(const struct scenario *list, unsigned count, unsigned twins[2]);

#endif
