/* Files that are there whole or not at all: a reader, or a crash, never meets half of one. */
#ifndef SIM_SHOW_WHOLE_H
#define SIM_SHOW_WHOLE_H

#include "common/base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { WHOLE_WHY_MAX = 512 };

/* True when |path| is there and is no file but a device, a pipe or a socket: /dev/stdout. */
bool whole_is_special(const char *path);

/* Writes |len| octets beside |path| and then puts them in its place; a link is followed, and what
 * is special is written to as it is. Returns: ERR_OK; ERR_IO with a sentence in |why| that names
 * the path; what was there before is untouched then. */
enum err whole_write(const char *path, const void *octets, size_t len,
                     char why[WHOLE_WHY_MAX]) MUST_USE;

#endif
