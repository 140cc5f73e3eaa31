/* Datagrams of all kinds to a mind that has been given keys: whatever it comes to know is what an
 * end has shown, and it says so when it has had to give up. The input is a list of records: what
 * happens, a length, and so many octets. */
#include "common/base/ensure.h"
#include "common/wire/codec.h"
#include "scenarios/sim/attacker/mind.h"

#include <string.h>

enum { RECORDS_MAX = 200, GUESSES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Beside the one under test, one who knows more, to leak from. */
struct minds {
    struct mind *mind;
    struct mind *truth;
    unsigned lessons;
};

static void learn(void *arg, const struct trace_knows *k)
{
    struct minds *m = arg;

    ENSURE(k->what < SECRET_COUNT && k->by_count > 0 && k->by_count <= TRACE_SOURCES_MAX);
    ENSURE(k->what != SECRET_E2E || (k->has_epoch && k->fp != 0));
    ENSURE(k->len <= PAYLOAD_MAX);
    m->lessons++;
}

static void hear(struct minds *m, bool both, const uint8_t *octets, size_t len, uint64_t id)
{
    struct msg msg;
    const struct mind_heard h = {.msg = &msg,
                                 .id = id,
                                 .t_us = id,
                                 .genuine = len % 3 != 0,
                                 .own = len % 3 == 0,
                                 .has_epoch = len % 2 == 0,
                                 .epoch = (uint32_t)len};

    if (codec_peek(octets, len, &msg) == ERR_OK) {
        mind_hear(m->truth, &h);
        if (both) {
            mind_hear(m->mind, &h);
        }
    }
}

static void show(struct minds *m, const uint8_t *octets, size_t len)
{
    struct epoch e;

    if (mind_e2e(m->truth, NULL, &e)) { /* one that is shown already */
        mind_show(m->mind, e.n, e2e_fingerprint(&e.chain));
    }
    if (len >= 5 && get_be32(octets + 1) != 0) {
        mind_show(m->truth, octets[0], get_be32(octets + 1));
        mind_show(m->mind, octets[0], get_be32(octets + 1));
    }
}

static void leak(struct minds *m, const uint8_t *octets, size_t len)
{
    static const enum secret secrets[] = {SECRET_E2E, SECRET_E2M, SECRET_VECTOR};
    const struct scn_secret secret = {
        .what = secrets[len % 3], .has_epoch = len > 3, .epoch = len > 3 ? octets[0] : 0};
    struct aka_secret k;
    struct trace_source what;

    memset(&k, 0x5a, sizeof k);
    (void)mind_leak(m->mind, m->truth, &secret, len > 7 ? get_be32(octets + 4) : 0, &what);
    if (len % 5 == 0) {
        mind_give_k(m->mind, &k);
    }
    mind_settle(m->mind);
}

/* The keysets that a KEYSET_FWD would give are shown, so that there is something to know. */
static void show_keyset(struct minds *m, const uint8_t *octets, size_t len)
{
    struct e2e_keyset chain;
    struct msg msg;

    if (codec_peek(octets, len, &msg) == ERR_OK && msg.type == MSG_KEYSET_FWD) {
        memcpy(chain.octets, msg.u.keyset_fwd.key, sizeof chain.octets);
        mind_show(m->truth, msg.u.keyset_fwd.n, e2e_fingerprint(&chain));
        mind_show(m->mind, msg.u.keyset_fwd.n, e2e_fingerprint(&chain));
    }
}

static void open_minds(struct minds *m, enum variant v)
{
    struct mind_conf conf = {
        .variant = variant_default(v), .texts = true, .guesses_max = GUESSES_MAX};

    ENSURE(ident_set(&conf.ue, "001010000000001") == ERR_OK);
    ENSURE(ident_set(&conf.emse, "emse.home") == ERR_OK);
    ENSURE(ident_set(&conf.eese, "eese.plant1") == ERR_OK);
    m->lessons = 0;
    m->truth = mind_new(&conf, NULL, NULL);
    m->mind = mind_new(&conf, learn, m);
    ENSURE(m->truth != NULL && m->mind != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct minds m;
    struct epoch e;

    open_minds(&m, size % 2 == 0 ? VARIANT_LITERAL : VARIANT_HARDENED);
    for (unsigned i = 1; i <= RECORDS_MAX && size >= 3; i++) {
        const uint8_t what = data[0];
        size_t len = get_be16(data + 1);

        data += 3;
        size -= 3;
        len = len > size ? size : len;
        if (what % 8 < 4) {
            hear(&m, what % 2 == 0, data, len, i);
        } else if (what % 8 == 4) {
            show(&m, data, len);
        } else if (what % 8 == 5) {
            show_keyset(&m, data, len);
        } else {
            leak(&m, data, len);
        }
        data += len;
        size -= len;
    }
    if (mind_e2e(m.mind, NULL, &e)) {
        ENSURE(m.lessons > 0 && e.have && e.has_chain);
    }
    mind_free(m.mind);
    mind_free(m.truth);
    return 0;
}
