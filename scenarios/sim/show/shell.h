/* Words for a shell (POSIX 2.2). */
#ifndef SIM_SHOW_SHELL_H
#define SIM_SHOW_SHELL_H

#include <stdio.h>

/* |word| as one word: as it is where a shell takes it so, else in single quotes. */
void shell_word(FILE *out, const char *word);

#endif
