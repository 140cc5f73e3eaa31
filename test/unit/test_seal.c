#include "common/base/prng.h"
#include "common/crypto/seal.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <mbedtls/cmac.h>
#include <signal.h>
#include <string.h>

Suite *test_seal_suite(void);

enum { LEN_MAX = 200 };

static void check_cmac(const struct vector *v)
{
    uint8_t key[16];
    uint8_t data[LEN_MAX];
    uint8_t mac[16];
    size_t len = vector_all(v, "data", data, sizeof data);

    vector_octets(v, "key", key, sizeof key);
    cmac_aes128(key, NULL, 0, data, len, mac);
    vector_expect(v, "mac", mac, sizeof mac);
}

START_TEST(cmac_is_that_of_rfc_4493)
{
    ck_assert_uint_eq(vector_each("cmac.txt", check_cmac), 4);
}
END_TEST

START_TEST(cmac_agrees_with_mbedtls_for_every_length)
{
    const mbedtls_cipher_info_t *aes = mbedtls_cipher_info_from_type(MBEDTLS_CIPHER_AES_128_ECB);
    uint8_t key[16];
    uint8_t data[LEN_MAX];

    prng_fill(1, data, sizeof data);
    for (size_t len = 0; len <= LEN_MAX; len++) {
        uint8_t got[16];
        uint8_t want[16];

        prng_fill(100 + len, key, sizeof key); /* half of the keys double with a carry */
        cmac_aes128(key, NULL, 0, data, len, got);
        ck_assert_int_eq(mbedtls_cipher_cmac(aes, key, 128, data, len, want), 0);
        ck_assert_msg(memcmp(got, want, sizeof got) == 0, "length %zu", len);
    }
}
END_TEST

START_TEST(head_and_text_are_one_string_wherever_they_part)
{
    uint8_t key[16] = {7};
    uint8_t data[70];
    uint8_t whole[16];

    prng_fill(2, data, sizeof data);
    for (size_t len = 0; len <= sizeof data; len++) {
        cmac_aes128(key, NULL, 0, data, len, whole);
        for (size_t at = 0; at <= len; at++) {
            uint8_t parted[16];

            cmac_aes128(key, data, at, data + at, len - at, parted);
            ck_assert_msg(memcmp(parted, whole, sizeof whole) == 0, "%zu at %zu", len, at);
        }
    }
}
END_TEST

static struct seal_input seal_input_of(const struct vector *v)
{
    struct seal_input si = {
        .count = vector_number(v, "count"),
        .bearer = (uint8_t)vector_number(v, "bearer"),
        .direction = (uint8_t)vector_number(v, "direction"),
    };

    return si;
}

static void check_eia2(const struct vector *v)
{
    struct seal_input si = seal_input_of(v);
    uint8_t key[16];
    uint8_t data[LEN_MAX];
    uint8_t mac[4];
    size_t len = vector_all(v, "data", data, sizeof data);

    ck_assert_uint_eq(vector_number(v, "bitlen"), 8 * len);
    vector_octets(v, "key", key, sizeof key);
    seal_mac(key, &si, data, len, mac, sizeof mac);
    vector_expect(v, "mac", mac, sizeof mac);
    ck_assert(seal_mac_is_good(key, &si, data, len, mac, sizeof mac));
}

START_TEST(eia2_is_that_of_ts_33_401)
{
    ck_assert_uint_eq(vector_each("eia2.txt", check_eia2), 2);
}
END_TEST

static void check_eea2(const struct vector *v)
{
    struct seal_input si = seal_input_of(v);
    uint32_t spare = (8 - vector_number(v, "bitlen") % 8) % 8;
    uint8_t key[16];
    uint8_t data[LEN_MAX];
    size_t len = vector_all(v, "data", data, sizeof data);

    vector_octets(v, "key", key, sizeof key);
    seal_cipher(key, &si, data, len);
    data[len - 1] &= (uint8_t)(0xff << spare);
    vector_expect(v, "output", data, len);
    seal_cipher(key, &si, data, len);
    data[len - 1] &= (uint8_t)(0xff << spare);
    vector_expect(v, "data", data, len);
}

START_TEST(eea2_is_that_of_ts_33_401)
{
    ck_assert_uint_eq(vector_each("eea2.txt", check_eea2), 2);
}
END_TEST

START_TEST(ciphering_twice_gives_the_text_back_at_any_length)
{
    const struct seal_input si = {.count = UINT32_MAX, .bearer = 31, .direction = 1};
    uint8_t key[16] = {9};
    uint8_t text[LEN_MAX];

    prng_fill(3, text, sizeof text);
    for (size_t len = 0; len < LEN_MAX; len++) {
        uint8_t data[LEN_MAX];

        memcpy(data, text, sizeof data);
        seal_cipher(key, &si, data, len);
        ck_assert(len < 16 || memcmp(data, text, len) != 0);
        ck_assert_mem_eq(data + len, text + len, sizeof data - len);
        seal_cipher(key, &si, data, len);
        ck_assert_mem_eq(data, text, sizeof data);
    }
}
END_TEST

/* One frame and its MAC, for tampering. */
struct frame {
    uint8_t key[16];
    struct seal_input si;
    uint8_t data[40];
    uint8_t mac[8];
    size_t mac_len;
};

static bool frame_is_good(const struct frame *f)
{
    return seal_mac_is_good(f->key, &f->si, f->data, sizeof f->data, f->mac, f->mac_len);
}

static void tamper(struct frame *f, uint8_t *field, size_t len)
{
    for (size_t bit = 0; bit < 8 * len; bit++) {
        field[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert(!frame_is_good(f));
        field[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert(frame_is_good(f));
}

static void tamper_everything(size_t mac_len)
{
    struct frame f = {.si = {.count = 77, .bearer = 7, .direction = 0}, .mac_len = mac_len};

    prng_fill(4, f.key, sizeof f.key);
    prng_fill(5, f.data, sizeof f.data);
    seal_mac(f.key, &f.si, f.data, sizeof f.data, f.mac, mac_len);
    tamper(&f, f.mac, mac_len);
    tamper(&f, f.data, sizeof f.data);
    tamper(&f, f.key, sizeof f.key);
    for (uint32_t bit = 0; bit < 32; bit++) {
        f.si.count ^= UINT32_C(1) << bit;
        ck_assert(!frame_is_good(&f));
        f.si.count ^= UINT32_C(1) << bit;
    }
    for (uint8_t bearer = 0; bearer < 32; bearer++) {
        f.si.bearer = bearer;
        ck_assert_int_eq(frame_is_good(&f), bearer == 7);
    }
    f.si.bearer = 7;
    f.si.direction = 1;
    ck_assert(!frame_is_good(&f));
}

START_TEST(one_bit_changed_anywhere_is_refused)
{
    tamper_everything(4);
    tamper_everything(8);
}
END_TEST

START_TEST(a_shorter_or_longer_text_has_another_mac)
{
    const struct seal_input si = {.count = 1, .bearer = 1, .direction = 0};
    uint8_t key[16] = {1};
    uint8_t data[40] = {0};
    uint8_t mac[8];

    seal_mac(key, &si, data, 20, mac, sizeof mac);
    for (size_t len = 0; len <= sizeof data; len++) {
        ck_assert_int_eq(seal_mac_is_good(key, &si, data, len, mac, sizeof mac), len == 20);
    }
}
END_TEST

START_TEST(a_mac_of_4_octets_is_the_start_of_that_of_8)
{
    const struct seal_input si = {.count = 5, .bearer = 8, .direction = 1};
    uint8_t key[16] = {1};
    uint8_t mac4[5] = {[4] = 0x5a};
    uint8_t mac8[8];

    seal_mac(key, &si, NULL, 0, mac4, 4);
    seal_mac(key, &si, NULL, 0, mac8, 8);
    ck_assert_mem_eq(mac4, mac8, 4);
    ck_assert_uint_eq(mac4[4], 0x5a);
}
END_TEST

START_TEST(a_mac_of_no_octets_is_our_bug)
{
    const struct seal_input si = {.count = 5, .bearer = 8, .direction = 1};
    uint8_t key[16] = {1};
    uint8_t mac[8] = {0};

    (void)seal_mac_is_good(key, &si, NULL, 0, mac, 0);
}
END_TEST

START_TEST(a_bearer_of_6_bits_is_our_bug)
{
    const struct seal_input si = {.count = 5, .bearer = 32, .direction = 1};
    uint8_t key[16] = {1};
    uint8_t data[1] = {0};

    seal_cipher(key, &si, data, sizeof data);
}
END_TEST

Suite *test_seal_suite(void)
{
    Suite *s = suite_create("seal");
    TCase *tc = tcase_create("seal");

    tcase_add_test(tc, cmac_is_that_of_rfc_4493);
    tcase_add_test(tc, cmac_agrees_with_mbedtls_for_every_length);
    tcase_add_test(tc, head_and_text_are_one_string_wherever_they_part);
    tcase_add_test(tc, eia2_is_that_of_ts_33_401);
    tcase_add_test(tc, eea2_is_that_of_ts_33_401);
    tcase_add_test(tc, ciphering_twice_gives_the_text_back_at_any_length);
    tcase_add_test(tc, one_bit_changed_anywhere_is_refused);
    tcase_add_test(tc, a_shorter_or_longer_text_has_another_mac);
    tcase_add_test(tc, a_mac_of_4_octets_is_the_start_of_that_of_8);
    tcase_add_test_raise_signal(tc, a_mac_of_no_octets_is_our_bug, SIGABRT);
    tcase_add_test_raise_signal(tc, a_bearer_of_6_bits_is_our_bug, SIGABRT);
    suite_add_tcase(s, tc);
    return s;
}
