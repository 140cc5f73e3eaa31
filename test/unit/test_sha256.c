#include "common/base/prng.h"
#include "common/crypto/sha256.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <mbedtls/md.h>
#include <string.h>

Suite *test_sha256_suite(void);

enum { LEN_MAX = 300 };

static void expect_sha256(const char *text, const char *want_hex)
{
    uint8_t want[SHA256_LEN];
    uint8_t got[SHA256_LEN];

    ck_assert_int_eq(hex_decode(want_hex, want, sizeof want), ERR_OK);
    sha256(text, strlen(text), got);
    ck_assert_mem_eq(got, want, sizeof want);
}

START_TEST(sha256_is_that_of_fips_180_4)
{
    expect_sha256("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect_sha256("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

static void check_hmac(const struct vector *v)
{
    uint8_t key[LEN_MAX];
    uint8_t data[LEN_MAX];
    uint8_t mac[SHA256_LEN];
    size_t key_len = vector_all(v, "key", key, sizeof key);
    size_t len = vector_all(v, "data", data, sizeof data);

    hmac_sha256(key, key_len, data, len, mac);
    vector_expect(v, "mac", mac, strlen(vector_text(v, "mac")) / 2);
}

START_TEST(hmac_is_that_of_rfc_4231)
{
    ck_assert_uint_eq(vector_each("hmac.txt", check_hmac), 7);
}
END_TEST

START_TEST(hmac_agrees_with_mbedtls_for_keys_around_the_block_and_any_data)
{
    static const size_t key_len[] = {0, 1, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, LEN_MAX};
    uint8_t key[LEN_MAX];
    uint8_t data[LEN_MAX];

    prng_fill(1, key, sizeof key);
    prng_fill(2, data, sizeof data);
    for (size_t k = 0; k < sizeof key_len / sizeof key_len[0]; k++) {
        for (size_t len = 0; len <= LEN_MAX; len++) {
            uint8_t got[SHA256_LEN];
            uint8_t want[SHA256_LEN];

            hmac_sha256(key, key_len[k], data, len, got);
            ck_assert_int_eq(mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key,
                                             key_len[k], data, len, want),
                             0);
            ck_assert_msg(memcmp(got, want, sizeof got) == 0, "key %zu, data %zu", key_len[k], len);
        }
    }
}
END_TEST

START_TEST(the_output_may_lie_over_key_or_data)
{
    uint8_t buf[64];
    uint8_t copy[64];
    uint8_t want[SHA256_LEN];

    prng_fill(3, copy, sizeof copy);
    hmac_sha256(copy, 32, copy + 32, 32, want);
    memcpy(buf, copy, sizeof buf);
    hmac_sha256(buf, 32, buf + 32, 32, buf);
    ck_assert_mem_eq(buf, want, sizeof want);
    memcpy(buf, copy, sizeof buf);
    hmac_sha256(buf, 32, buf + 32, 32, buf + 32);
    ck_assert_mem_eq(buf + 32, want, sizeof want);
}
END_TEST

Suite *test_sha256_suite(void)
{
    Suite *s = suite_create("sha256");
    TCase *tc = tcase_create("sha256");

    tcase_add_test(tc, sha256_is_that_of_fips_180_4);
    tcase_add_test(tc, hmac_is_that_of_rfc_4231);
    tcase_add_test(tc, hmac_agrees_with_mbedtls_for_keys_around_the_block_and_any_data);
    tcase_add_test(tc, the_output_may_lie_over_key_or_data);
    suite_add_tcase(s, tc);
    return s;
}
