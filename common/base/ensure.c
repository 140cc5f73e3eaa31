#include "common/base/ensure.h"

#include <stdio.h>
#include <stdlib.h>

void ensure_failed(const char *claim, const char *file, int line)
{
    fprintf(stderr, "%s:%d: broken assumption: %s\n", file, line, claim);
    abort();
}
