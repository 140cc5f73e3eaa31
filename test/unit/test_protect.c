#include "common/core/protect.h"

#include "common/base/ensure.h"

#include <check.h>
#include <signal.h>
#include <string.h>

Suite *test_protect_suite(void);

static const uint8_t int_key[16] = {1, 2, 3};
static const uint8_t enc_key[16] = {4, 5, 6};

static struct protect_key key(void)
{
    return (struct protect_key){
        .int_key = int_key, .enc_key = enc_key, .index = 12, .alg_int = INT_CMAC64, .has_kid = 1};
}

static struct msg data_frame(const char *text)
{
    struct msg m = {.type = MSG_DATA_UL, .sid = 5};

    m.u.data.len = (uint16_t)strlen(text);
    memcpy(m.u.data.payload, text, strlen(text));
    return m;
}

START_TEST(what_is_sealed_verifies_and_opens)
{
    struct protect_key k = key();
    struct msg m = data_frame("attack at dawn");

    protect_seal(&m, &k, DIR_UL, 7, NULL, 0);
    ck_assert_uint_eq(m.ctr, 7);
    ck_assert_uint_eq(m.kid, 1 + 12 % 8);
    ck_assert_uint_eq(m.mac_len, 8);
    ck_assert_uint_eq(m.flags, MSG_FLAG_C);
    ck_assert_mem_ne(m.u.data.payload, "attack at dawn", 14);
    ck_assert(protect_is_good(&m, &k, DIR_UL, NULL, 0));
    protect_open(&m, &k, DIR_UL);
    ck_assert_mem_eq(m.u.data.payload, "attack at dawn", 14);
}
END_TEST

START_TEST(without_a_cipher_key_nothing_is_ciphered)
{
    struct protect_key k = key();
    struct msg m = data_frame("plain");

    k.enc_key = NULL;
    protect_seal(&m, &k, DIR_UL, 7, NULL, 0);
    ck_assert_uint_eq(m.flags, 0);
    ck_assert_mem_eq(m.u.data.payload, "plain", 5);
    protect_open(&m, &k, DIR_UL);
    ck_assert_mem_eq(m.u.data.payload, "plain", 5);
}
END_TEST

START_TEST(a_frame_without_a_secret_part_is_not_marked_as_ciphered)
{
    struct protect_key k = key();
    struct msg m = {.type = MSG_RAND_ACK, .sid = 5};

    protect_seal(&m, &k, DIR_UL, 7, NULL, 0);
    ck_assert_uint_eq(m.flags, 0);
    ck_assert(protect_is_good(&m, &k, DIR_UL, NULL, 0));
    m.flags = MSG_FLAG_C;
    protect_open(&m, &k, DIR_UL); /* harmless */
    ck_assert(!protect_is_good(&m, &k, DIR_UL, NULL, 0));
}
END_TEST

START_TEST(eia2_makes_a_mac_of_four_octets)
{
    struct protect_key k = key();
    struct msg m = data_frame("x");

    k.alg_int = INT_EIA2;
    protect_seal(&m, &k, DIR_UL, 7, NULL, 0);
    ck_assert_uint_eq(m.mac_len, 4);
    ck_assert(protect_is_good(&m, &k, DIR_UL, NULL, 0));
    k.alg_int = INT_CMAC64;
    ck_assert(!protect_is_good(&m, &k, DIR_UL, NULL, 0));
}
END_TEST

START_TEST(direction_index_and_key_are_under_the_mac)
{
    struct protect_key k = key();
    struct protect_key other = key();
    struct msg m = data_frame("x");

    protect_seal(&m, &k, DIR_UL, 7, NULL, 0);
    ck_assert(!protect_is_good(&m, &k, DIR_DL, NULL, 0));
    other.index = 12 + 8; /* the same key id on air */
    ck_assert(!protect_is_good(&m, &other, DIR_UL, NULL, 0));
    other = key();
    other.int_key = enc_key;
    ck_assert(!protect_is_good(&m, &other, DIR_UL, NULL, 0));
    other = key();
    other.has_kid = 0;
    ck_assert(!protect_is_good(&m, &other, DIR_UL, NULL, 0));
}
END_TEST

START_TEST(what_is_not_sent_is_under_the_mac_too)
{
    const uint8_t echo[4] = {1, 2, 3, 4};
    const uint8_t edited[4] = {1, 2, 3, 5};
    struct protect_key k = key();
    struct msg m = {.type = MSG_ATTACH_ACC};

    protect_seal(&m, &k, DIR_DL, 1, echo, sizeof echo);
    ck_assert(protect_is_good(&m, &k, DIR_DL, echo, sizeof echo));
    ck_assert(!protect_is_good(&m, &k, DIR_DL, edited, sizeof edited));
    ck_assert(!protect_is_good(&m, &k, DIR_DL, echo, 3));
    ck_assert(!protect_is_good(&m, &k, DIR_DL, NULL, 0));
}
END_TEST

START_TEST(two_messages_under_one_number_have_two_key_streams)
{
    struct protect_key k = key();
    struct msg data = {.type = MSG_DATA_DL};
    struct msg push = {.type = MSG_RAND_PUSH};

    data.u.data.len = RAND_LEN;
    protect_seal(&data, &k, DIR_DL, 7, NULL, 0);
    protect_seal(&push, &k, DIR_DL, 7, NULL, 0);
    ck_assert_mem_ne(data.u.data.payload, push.u.rand_push.rand, RAND_LEN);
}
END_TEST

START_TEST(every_air_message_has_a_bearer_of_its_own)
{
    unsigned seen = 0;

    for (unsigned t = 0; t < MSG_TYPE_COUNT; t++) {
        if (msg_on_air((enum msg_type)t) && t != MSG_ACCESS_CHAL && t != MSG_ACCESS_RESP) {
            uint8_t bearer = protect_bearer((enum msg_type)t);

            ck_assert_uint_lt(bearer, 32);
            ck_assert_uint_eq(seen >> bearer & 1, 0);
            seen |= 1U << bearer;
        }
    }
}
END_TEST

START_TEST(a_backend_message_has_no_bearer)
{
    (void)protect_bearer(MSG_KEYSET_FWD);
}
END_TEST

START_TEST(the_key_id_tells_eight_indices_apart)
{
    unsigned seen = 0;

    for (uint32_t n = 0; n < 8; n++) {
        seen |= 1U << kid_of(n);
        ck_assert_uint_eq(kid_of(n), kid_of(n + 8));
    }
    ck_assert_uint_eq(seen, 0x1fe);
    ck_assert_uint_ne(kid_of(UINT32_MAX), 0);
}
END_TEST

Suite *test_protect_suite(void)
{
    Suite *s = suite_create("protect");
    TCase *t = tcase_create("frames");

    tcase_add_test(t, what_is_sealed_verifies_and_opens);
    tcase_add_test(t, without_a_cipher_key_nothing_is_ciphered);
    tcase_add_test(t, a_frame_without_a_secret_part_is_not_marked_as_ciphered);
    tcase_add_test(t, eia2_makes_a_mac_of_four_octets);
    tcase_add_test(t, direction_index_and_key_are_under_the_mac);
    tcase_add_test(t, what_is_not_sent_is_under_the_mac_too);
    tcase_add_test(t, two_messages_under_one_number_have_two_key_streams);
    tcase_add_test(t, every_air_message_has_a_bearer_of_its_own);
    tcase_add_test_raise_signal(t, a_backend_message_has_no_bearer, SIGABRT);
    tcase_add_test(t, the_key_id_tells_eight_indices_apart);
    suite_add_tcase(s, t);
    return s;
}
