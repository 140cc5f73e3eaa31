#include "common/base/ensure.h"
#include "common/wire/codec.h"
#include "test/unit/wire_sample.h"

#include <check.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

Suite *test_codec_suite(void);

enum { SEEDS = 40 };

struct datagram {
    uint8_t octets[DATAGRAM_MAX];
    size_t len;
};

static void encode(const struct msg *m, enum role from, enum role to, struct datagram *d)
{
    ck_assert_int_eq(codec_encode(m, from, to, d->octets, &d->len), ERR_OK);
}

typedef void arrow_test(enum msg_type t, enum role from, enum role to);

static void for_each_arrow(arrow_test *test)
{
    for (unsigned t = 0; t < MSG_TYPE_COUNT; t++) {
        for (unsigned from = 0; from < ROLE_COUNT; from++) {
            for (unsigned to = 0; to < ROLE_COUNT; to++) {
                if (msg_arrow_allowed((enum msg_type)t, (enum role)from, (enum role)to)) {
                    test((enum msg_type)t, (enum role)from, (enum role)to);
                }
            }
        }
    }
}

static void round_trip(enum msg_type t, enum role from, enum role to)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct msg m;
        struct msg back;
        struct datagram d;

        wire_sample(&m, t, from, to, seed);
        encode(&m, from, to, &d);
        ck_assert_int_eq(codec_decode(d.octets, d.len, from, to, &back), ERR_OK);
        ck_assert_mem_eq(&back, &m, sizeof m);
        ck_assert_int_eq(codec_peek(d.octets, d.len, &back), ERR_OK);
        ck_assert_mem_eq(&back, &m, sizeof m);
    }
}

START_TEST(every_message_comes_back_as_it_was)
{
    for_each_arrow(round_trip);
}
END_TEST

static void truncations(enum msg_type t, enum role from, enum role to)
{
    for (uint64_t seed = 0; seed < SEEDS / 10; seed++) {
        struct msg m;
        struct msg back;
        struct datagram d;

        wire_sample(&m, t, from, to, seed);
        encode(&m, from, to, &d);
        for (size_t len = 0; len < d.len; len++) {
            ck_assert_int_ne(codec_decode(d.octets, len, from, to, &back), ERR_OK);
        }
    }
}

START_TEST(every_truncation_is_refused)
{
    for_each_arrow(truncations);
}
END_TEST

/* On air a flipped bit may give another valid datagram (the MAC is for that), never the same
 * message: whatever is accepted is what encoding gives again. On the backend, the check finds it.
 */
static void flips(enum msg_type t, enum role from, enum role to)
{
    struct msg m;
    struct msg got;
    struct datagram d;

    wire_sample(&m, t, from, to, 7);
    encode(&m, from, to, &d);
    for (size_t bit = 0; bit < 8 * d.len; bit++) {
        struct datagram again;

        d.octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (codec_decode(d.octets, d.len, from, to, &got) == ERR_OK) {
            ck_assert(msg_on_air(t));
            ck_assert_mem_ne(&got, &m, sizeof m);
            encode(&got, from, to, &again);
            ck_assert_uint_eq(again.len, d.len);
            ck_assert_mem_eq(again.octets, d.octets, d.len);
        }
        d.octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

START_TEST(every_flipped_bit_is_refused_or_is_another_message)
{
    for_each_arrow(flips);
}
END_TEST

static void extensions(enum msg_type t, enum role from, enum role to)
{
    struct msg m;
    struct msg got;
    struct datagram d;

    wire_sample(&m, t, from, to, 3);
    encode(&m, from, to, &d);
    for (unsigned octet = 0; octet <= UINT8_MAX; octet++) {
        d.octets[d.len] = (uint8_t)octet;
        ck_assert_int_ne(codec_decode(d.octets, d.len + 1, from, to, &got), ERR_OK);
    }
}

START_TEST(a_trailing_octet_is_refused)
{
    for_each_arrow(extensions);
}
END_TEST

static enum err decode_hex(const char *text, enum role from, enum role to, struct msg *m)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len = strlen(text) / 2;

    ck_assert_int_eq(hex_decode(text, octets, len), ERR_OK);
    return codec_decode(octets, len, from, to, m);
}

START_TEST(only_the_canonical_form_is_accepted)
{
    /* RAND_ACK of epoch 5 with sid 9, kid 6, ctr 3 and no MAC, then what is wrong with it. */
    static const struct {
        const char *octets;
        enum err err;
    } cases[] = {
        {"08091006"
         "1803"
         "6005",
         ERR_OK},
        {"08091006"
         "1803"
         "608500",
         ERR_NOT_CANONICAL}, /* a long varint */
        {"0809"
         "0809"
         "1006"
         "1803"
         "6005",
         ERR_NOT_CANONICAL}, /* a field twice */
        {"1006"
         "0809"
         "1803"
         "6005",
         ERR_NOT_CANONICAL}, /* another order */
        {"08091006"
         "18032000"
         "6005",
         ERR_NOT_CANONICAL}, /* a default value sent */
        {"08091006"
         "1803"
         "6005"
         "c03e01",
         ERR_NOT_CANONICAL}, /* an unknown field, 1000 */
        {"08091006"
         "1803"
         "6005"
         "6006",
         ERR_NOT_CANONICAL}, /* the body twice */
        {"08091006"
         "1803"
         "4801"
         "6005",
         ERR_NOT_CANONICAL}, /* two bodies */
        {"08091006"
         "1803"
         "7d00000000"
         "6005",
         ERR_MALFORMED}, /* wire type of another field */
        {"08091006"
         "1803"
         "6085808080"
         "70",
         ERR_NOT_CANONICAL}, /* more than 32 bits */
        {"08091009"
         "1803"
         "6005",
         ERR_BAD_FIELD}, /* kid 9 */
        {"0809108606"
         "1803"
         "6005",
         ERR_BAD_FIELD}, /* kid 774 is not 6 */
        {"08091006"
         "18032001"
         "6005",
         ERR_BAD_FIELD}, /* a flag that RAND_ACK has not */
        {"08091006"
         "1803"
         "608080808008",
         ERR_BAD_FIELD}, /* epoch 2^31 */
        {"08091006"
         "1803",
         ERR_NO_BODY},
        {"", ERR_NO_BODY},
        {"c03e01", ERR_NO_BODY},
        {"08091006"
         "1803"
         "60",
         ERR_MALFORMED},
        {"ffffffff", ERR_MALFORMED},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct msg m;

        ck_assert_msg(decode_hex(cases[i].octets, ROLE_UE, ROLE_EMSE, &m) == cases[i].err, "%s",
                      cases[i].octets);
    }
}
END_TEST

START_TEST(epoch_zero_and_no_epoch_differ)
{
    /* RAND_PUSH: sid 1, RAND of zeroes, with and without its epoch 0. */
    struct msg m;

    ck_assert_int_eq(decode_hex("08015a140800"
                                "1210"
                                "00000000000000000000000000000000",
                                ROLE_EMSE, ROLE_UE, &m),
                     ERR_OK);
    ck_assert_uint_eq(m.u.rand_push.n, 0);
    ck_assert_int_eq(decode_hex("08015a12"
                                "1210"
                                "00000000000000000000000000000000",
                                ROLE_EMSE, ROLE_UE, &m),
                     ERR_BAD_FIELD);
    ck_assert_int_eq(decode_hex("08016000", ROLE_UE, ROLE_EMSE, &m), ERR_OK);
    ck_assert_uint_eq(m.u.index.n, 0);
}
END_TEST

START_TEST(a_failed_decode_leaves_the_message_alone)
{
    struct msg m;
    struct msg before;

    memset(&m, 0xA5, sizeof m);
    before = m;
    ck_assert_int_ne(decode_hex("0801", ROLE_UE, ROLE_EMSE, &m), ERR_OK);
    ck_assert_int_ne(decode_hex("08016000", ROLE_UE, ROLE_EESE, &m), ERR_OK);
    ck_assert_mem_eq(&m, &before, sizeof m);
}
END_TEST

START_TEST(long_datagrams_are_refused)
{
    static uint8_t octets[65507];
    struct msg m;

    ck_assert_int_eq(codec_peek(octets, sizeof octets, &m), ERR_OVERSIZE);
    ck_assert_int_eq(codec_peek(octets, DATAGRAM_MAX + 1, &m), ERR_OVERSIZE);
    ck_assert_int_ne(codec_peek(octets, DATAGRAM_MAX, &m), ERR_OVERSIZE);
}
END_TEST

START_TEST(a_datagram_cannot_exhaust_the_arena)
{
    /* POLICY stuffed with empty rules, as many as one datagram takes; then with unknown fields. */
    uint8_t octets[DATAGRAM_MAX];
    size_t inner = DATAGRAM_MAX - 7;
    struct msg m;

    for (unsigned unknown = 0; unknown < 2; unknown++) {
        octets[0] = 0xa2; /* field 36, length-delimited */
        octets[1] = 0x02;
        octets[2] = (uint8_t)(0x80 | ((inner + 3) & 0x7f));
        octets[3] = (uint8_t)((inner + 3) >> 7);
        octets[4] = 0x1a; /* profile */
        octets[5] = (uint8_t)(0x80 | (inner & 0x7f));
        octets[6] = (uint8_t)(inner >> 7);
        for (size_t i = 7; i < DATAGRAM_MAX; i++) {
            octets[i] = i % 2 == 0 ? 0 : unknown != 0 ? 0x68 : 0x5a;
        }
        ck_assert_int_ne(codec_decode(octets, DATAGRAM_MAX - 1, ROLE_HSS, ROLE_EMSE, &m), ERR_OK);
    }
}
END_TEST

static void other_arrows(enum msg_type t, enum role from, enum role to)
{
    struct msg m;
    struct msg back;
    struct datagram d;

    wire_sample(&m, t, from, to, 11);
    encode(&m, from, to, &d);
    for (unsigned f = 0; f < ROLE_COUNT; f++) {
        for (unsigned o = 0; o < ROLE_COUNT; o++) {
            bool same = f == from && o == to;
            bool twin = t == MSG_DACK && f == to &&
                        o == from; /* carries nothing that names its direction */
            bool fits = same || twin;
            uint8_t out[DATAGRAM_MAX];
            size_t len;

            ck_assert_int_eq(
                codec_decode(d.octets, d.len, (enum role)f, (enum role)o, &back) == ERR_OK, fits);
            ck_assert_int_eq(codec_encode(&m, (enum role)f, (enum role)o, out, &len) == ERR_OK,
                             fits);
        }
    }
}

START_TEST(a_message_of_one_arrow_is_refused_on_every_other)
{
    for_each_arrow(other_arrows);
}
END_TEST

START_TEST(no_heap_is_used)
{
    struct mallinfo2 before;
    struct mallinfo2 after;

    before = mallinfo2();
    for_each_arrow(round_trip);
    after = mallinfo2();
    ck_assert_uint_eq(after.uordblks, before.uordblks);
    ck_assert_uint_eq(after.arena, before.arena);
}
END_TEST

Suite *test_codec_suite(void)
{
    TCase *tc = tcase_create("codec");
    Suite *s = suite_create("codec");

    tcase_add_test(tc, every_message_comes_back_as_it_was);
    tcase_add_test(tc, every_truncation_is_refused);
    tcase_add_test(tc, every_flipped_bit_is_refused_or_is_another_message);
    tcase_add_test(tc, a_trailing_octet_is_refused);
    tcase_add_test(tc, only_the_canonical_form_is_accepted);
    tcase_add_test(tc, epoch_zero_and_no_epoch_differ);
    tcase_add_test(tc, a_failed_decode_leaves_the_message_alone);
    tcase_add_test(tc, long_datagrams_are_refused);
    tcase_add_test(tc, a_datagram_cannot_exhaust_the_arena);
    tcase_add_test(tc, a_message_of_one_arrow_is_refused_on_every_other);
    tcase_add_test(tc, no_heap_is_used);
    suite_add_tcase(s, tc);
    return s;
}
