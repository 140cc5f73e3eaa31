#include "common/daemon/random.h"

#include "common/base/bytes.h"
#include "common/daemon/log.h"

#include <string.h>
#include <sys/random.h>

enum { POOL = 256 /* what getrandom(2) always gives whole */ };

void random_draw(uint8_t out[ENTROPY_LEN])
{
    static uint8_t pool[POOL];
    static size_t used = POOL;

    if (used + ENTROPY_LEN > POOL) {
        if (getrandom(pool, POOL, 0) != POOL) {
            fatal("getrandom(2)");
        }
        used = 0;
    }
    memcpy(out, pool + used, ENTROPY_LEN);
    bytes_wipe(pool + used, ENTROPY_LEN);
    used += ENTROPY_LEN;
}
