/* The scenario files that operands of a command line mean. */
#ifndef SIM_CLI_FIND_H
#define SIM_CLI_FIND_H

#include "scenarios/sim/cli/options.h"

struct found {
    char **paths;
    unsigned count;
};

/* Adds the .scn files in |folder|, in the order of their names. Returns: ERR_OK; ERR_IO, with a
 * sentence in |why|, when it cannot be read or has none; ERR_NO_ROOM likewise. In any case
 * found_free() must follow. */
enum err found_add_folder(struct found *f, const char *folder, char why[WHY_MAX]) MUST_USE;
/* Adds |operand|, a folder like this, or a file; that it can be read is not looked at. */
enum err found_add(struct found *f, const char *operand, char why[WHY_MAX]) MUST_USE;
void found_free(struct found *f);

#endif
