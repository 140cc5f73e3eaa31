/* A Wireshark profile with which Wireshark and tshark decode the captures of --out by name: a
 * folder for $WIRESHARK_CONFIG_DIR, or to be put among one's profiles. It holds ciot.proto too, so
 * that nothing but the folder is needed; Wireshark wants its absolute path, so a folder that was
 * moved is to be written anew. */
#ifndef SIM_SHOW_PROFILE_H
#define SIM_SHOW_PROFILE_H

#include "common/base/err.h"

#include <limits.h>
#include <stdio.h>

enum { PROFILE_WHY_MAX = 512 };

/* Makes |dir| and its parents when absent, and the files in it; |absolute| is where it is. An
 * earlier profile of ours is written anew. Returns: ERR_OK; with a sentence in |why| ERR_BAD_FIELD
 * when |dir| holds what is not ours, which is left as it is, or has a name that Wireshark cannot
 * read, and ERR_IO when it cannot be written. */
enum err profile_write(const char *dir, char absolute[PATH_MAX],
                       char why[PROFILE_WHY_MAX]) MUST_USE;

/* "WIRESHARK_CONFIG_DIR=... tshark -r capture.pcapng": how a shell uses the profile at |absolute|
 * with |program|. */
void profile_command(const char *absolute, const char *program, FILE *out);

#endif
