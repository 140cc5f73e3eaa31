/* libFuzzer target: any octets at all. What an observer can name travels on some arrow, and what an
 * arrow accepts encodes to the same octets again. */
#include "common/base/ensure.h"
#include "common/wire/codec.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_arrow(const uint8_t *data, size_t size, enum role from, enum role to, bool *taken)
{
    uint8_t out[DATAGRAM_MAX];
    size_t len;
    struct msg m;

    if (codec_decode(data, size, from, to, &m) != ERR_OK) {
        return;
    }
    *taken = true;
    ENSURE(codec_encode(&m, from, to, out, &len) == ERR_OK);
    ENSURE(len == size && memcmp(out, data, len) == 0);
    if (msg_on_air(m.type) && m.type != MSG_ACCESS_CHAL && m.type != MSG_ACCESS_RESP) {
        uint8_t octets[AIR_OCTETS_MAX];

        ENSURE(msg_air_octets(&m, 0, octets) <= sizeof octets);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct msg m;
    bool known = codec_peek(data, size, &m) == ERR_OK;
    bool taken = false;

    for (unsigned from = 0; from < ROLE_COUNT; from++) {
        for (unsigned to = 0; to < ROLE_COUNT; to++) {
            try_arrow(data, size, (enum role)from, (enum role)to, &taken);
        }
    }
    ENSURE(known == taken);
    return 0;
}
