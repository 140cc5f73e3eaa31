/* How long the parts of a step take: prints "NAME NANOSECONDS" for each. */
#include "common/base/ensure.h"
#include "common/core/epoch.h"
#include "common/crypto/keyset_e2e.h"
#include "common/crypto/seal.h"
#include "common/wire/codec.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 20, LEAST_NS = 5000000 };

static uint64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static struct msg data;
static uint8_t octets[DATAGRAM_MAX];
static size_t octets_len;
static struct epoch one;
static struct ident ue;
static struct ident eese;

static void encode(void)
{
    ENSURE(codec_encode(&data, ROLE_UE, ROLE_EESE, octets, &octets_len) == ERR_OK);
}

static void decode(void)
{
    struct msg m;

    ENSURE(codec_decode(octets, octets_len, ROLE_UE, ROLE_EESE, &m) == ERR_OK);
}

static void mac(void)
{
    static const uint8_t key[16];
    uint8_t tag[16];

    cmac_aes128(key, NULL, 0, octets, octets_len, tag);
}

/* The next epoch and its five traffic keys: six derivations. */
static void rekey(void)
{
    static const uint8_t rand[RAND_LEN];
    const struct variant_set hardened = variant_default(VARIANT_HARDENED);

    epoch_refresh(&one, &hardened, rand, one.n + 1, &ue, &eese, &one);
}

/* The shortest of some rounds, each long enough for the clock. */
static double time_of(void (*op)(void))
{
    double best = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t begun = now_ns();
        uint64_t count = 0;
        double each;

        do {
            op();
            count++;
        } while (now_ns() - begun < LEAST_NS);
        each = (double)(now_ns() - begun) / (double)count;
        best = i == 0 || each < best ? each : best;
    }
    return best;
}

int main(void)
{
    static const struct {
        const char *name;
        void (*op)(void);
    } ops[] = {{"encode", encode}, {"decode", decode}, {"mac", mac}, {"rekey", rekey}};
    const struct variant_set hardened = variant_default(VARIANT_HARDENED);
    const struct choice choice = {.alg_int = INT_CMAC64, .rand_protect = RAND_ENC};
    const struct e2e_keyset first = {{0}};

    data = (struct msg){.type = MSG_DATA_UL, .sid = 9, .kid = 1, .ctr = 1, .mac_len = 8};
    data.u.data.len = 16;
    ENSURE(ident_set(&ue, "001010000000001") == ERR_OK &&
           ident_set(&eese, "eese.plant1") == ERR_OK);
    epoch_make(&one, &hardened, 0, 1, 9, &choice, &first);
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        printf("%s %.0f\n", ops[i].name, time_of(ops[i].op));
    }
    return 0;
}
