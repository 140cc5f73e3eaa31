#include "common/crypto/keyset_e2e.h"
#include "common/crypto/sha256.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <string.h>

Suite *test_keyset_e2e_suite(void);

static struct e2e_keyset keyset_of(const struct vector *v, const char *name)
{
    struct e2e_keyset ks = {{0}};

    vector_octets(v, name, ks.octets, sizeof ks.octets);
    return ks;
}

static void expect(const struct vector *v, const char *name, const struct e2e_keyset *ks)
{
    vector_expect(v, name, ks->octets, sizeof ks->octets);
}

static void check_literal(const struct vector *v)
{
    struct e2e_keyset ks = keyset_of(v, "literal_0");
    uint8_t rand_1[16];
    uint8_t rand_2[16];
    struct e2e_keyset twice;

    vector_octets(v, "rand_1", rand_1, sizeof rand_1);
    vector_octets(v, "rand_2", rand_2, sizeof rand_2);
    e2e_refresh_literal(&ks, rand_1, &ks);
    expect(v, "literal_1", &ks);
    e2e_refresh_literal(&ks, rand_1, &twice); /* the fault of a repeated RAND */
    expect(v, "literal_rand_1_twice", &twice);
    e2e_refresh_literal(&ks, rand_2, &ks);
    expect(v, "literal_2", &ks);
}

START_TEST(the_literal_chain_is_that_of_the_protocol)
{
    ck_assert_uint_eq(vector_each("e2e_chain.txt", check_literal), 1);
}
END_TEST

static void check_hardened(const struct vector *v)
{
    struct ident ue = vector_ident(v, "ue");
    struct ident eese = vector_ident(v, "eese");
    struct e2e_keyset ks = keyset_of(v, "c_0");
    uint32_t g = vector_number(v, "root");
    uint8_t ctx[4];
    uint8_t rand[16];

    vector_octets(v, "ctx", ctx, sizeof ctx);
    vector_octets(v, "rand_1", rand, sizeof rand);
    e2e_refresh(&ks, rand, 1, &ue, &eese, true, g, ctx, &ks);
    expect(v, "c_1", &ks);
    vector_octets(v, "rand_2", rand, sizeof rand);
    e2e_refresh(&ks, rand, 2, &ue, &eese, true, g, ctx, &ks);
    expect(v, "c_2", &ks);
}

START_TEST(the_hardened_chain_is_that_of_the_protocol)
{
    ck_assert_uint_eq(vector_each("e2e_chain.txt", check_hardened), 1);
}
END_TEST

static void check_traffic(const struct vector *v)
{
    struct e2e_keyset ks = keyset_of(v, "c_1");
    struct e2e_traffic t;

    e2e_traffic_derive(&ks, (uint8_t)vector_number(v, "alg"), &t);
    vector_expect(v, "int_ul_1", t.int_ul, sizeof t.int_ul);
    vector_expect(v, "int_dl_1", t.int_dl, sizeof t.int_dl);
    vector_expect(v, "enc_ul_1", t.enc_ul, sizeof t.enc_ul);
    vector_expect(v, "enc_dl_1", t.enc_dl, sizeof t.enc_dl);
    vector_expect(v, "err_dl_1", t.err_dl, sizeof t.err_dl);
}

START_TEST(traffic_keys_are_those_of_the_protocol)
{
    ck_assert_uint_eq(vector_each("e2e_chain.txt", check_traffic), 1);
}
END_TEST

static void check_rand(const struct vector *v)
{
    struct ident ue = vector_ident(v, "ue");
    struct ident emse = vector_ident(v, "emse");
    struct ident eese = vector_ident(v, "eese");
    uint8_t k_rand[32];
    uint8_t rand[16];
    uint8_t next[16];

    vector_octets(v, "k_rand", k_rand, sizeof k_rand);
    e2e_rand(k_rand, &ue, &emse, &eese, 1, 1, rand);
    vector_expect(v, "rand_from_k_rand", rand, sizeof rand);
    e2e_rand(k_rand, &ue, &emse, &eese, 1, 2, next);
    ck_assert_mem_ne(next, rand, sizeof rand);
    e2e_rand(k_rand, &ue, &emse, &eese, 2, 1, next);
    ck_assert_mem_ne(next, rand, sizeof rand);
}

START_TEST(a_rand_is_a_function_of_its_epoch)
{
    ck_assert_uint_eq(vector_each("e2e_chain.txt", check_rand), 1);
}
END_TEST

START_TEST(every_argument_of_a_refresh_counts)
{
    const struct e2e_keyset ks = {{1}};
    const uint8_t ctx[4] = {1, 0, 2, 1};
    const uint8_t other_ctx[4] = {1, 0, 2, 0};
    const uint8_t rand[16] = {2};
    const uint8_t other_rand[16] = {3};
    const struct e2e_keyset other_ks = {{2}};
    struct ident a;
    struct ident b;
    struct e2e_keyset was;
    struct e2e_keyset is[8];

    ck_assert_int_eq(ident_set(&a, "a"), ERR_OK);
    ck_assert_int_eq(ident_set(&b, "b"), ERR_OK);
    e2e_refresh(&ks, rand, 1, &a, &a, true, 1, ctx, &was);
    e2e_refresh(&other_ks, rand, 1, &a, &a, true, 1, ctx, &is[0]);
    e2e_refresh(&ks, other_rand, 1, &a, &a, true, 1, ctx, &is[1]);
    e2e_refresh(&ks, rand, 2, &a, &a, true, 1, ctx, &is[2]);
    e2e_refresh(&ks, rand, 1, &b, &a, true, 1, ctx, &is[3]);
    e2e_refresh(&ks, rand, 1, &a, &b, true, 1, ctx, &is[4]);
    e2e_refresh(&ks, rand, 1, &a, &a, false, 1, ctx, &is[5]);
    e2e_refresh(&ks, rand, 1, &a, &a, true, 2, ctx, &is[6]);
    e2e_refresh(&ks, rand, 1, &a, &a, true, 1, other_ctx, &is[7]);
    for (int i = 0; i < 8; i++) {
        ck_assert_mem_ne(&is[i], &was, sizeof was);
        for (int j = 0; j < i; j++) {
            ck_assert_mem_ne(&is[i], &is[j], sizeof was);
        }
    }
}
END_TEST

START_TEST(literal_traffic_keys_are_halves_and_serve_both_directions)
{
    struct e2e_keyset ks;
    struct e2e_traffic t;

    for (size_t i = 0; i < sizeof ks.octets; i++) {
        ks.octets[i] = (uint8_t)i;
    }
    memset(&t, 0xee, sizeof t);
    e2e_traffic_literal(&ks, &t);
    ck_assert_mem_eq(t.enc_ul, ks.octets, 16);
    ck_assert_mem_eq(t.enc_dl, ks.octets, 16);
    ck_assert_mem_eq(t.int_ul, ks.octets + 16, 16);
    ck_assert_mem_eq(t.int_dl, ks.octets + 16, 16);
    ck_assert(bytes_all_zero(t.err_dl, sizeof t.err_dl));
}
END_TEST

START_TEST(another_algorithm_has_other_traffic_keys)
{
    const struct e2e_keyset ks = {{1}};
    struct e2e_traffic a;
    struct e2e_traffic b;

    e2e_traffic_derive(&ks, 1, &a);
    e2e_traffic_derive(&ks, 2, &b);
    ck_assert_mem_ne(a.int_ul, b.int_ul, 16);
    ck_assert_mem_ne(a.enc_ul, b.enc_ul, 16);
    ck_assert_mem_ne(a.err_dl, b.err_dl, 16);
}
END_TEST

START_TEST(a_handle_is_the_start_of_the_hash_of_the_name)
{
    struct ident eese;

    ck_assert_int_eq(ident_set(&eese, "abc"), ERR_OK);
    ck_assert_uint_eq(eese_handle(&eese), 0xba7816bf); /* FIPS 180-4, SHA-256 of "abc" */
}
END_TEST

START_TEST(a_fingerprint_hashes_the_key_behind_a_label)
{
    struct e2e_keyset ks = {{0}};
    uint8_t in[34] = "fp";
    uint8_t hash[SHA256_LEN];
    uint32_t was = e2e_fingerprint(&ks);

    sha256(in, sizeof in, hash);
    ck_assert_uint_eq(was, get_be32(hash));
    ck_assert_uint_ne(was, get_be32(ks.octets));
    for (size_t bit = 0; bit < 8 * sizeof ks.octets; bit++) {
        ks.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_uint_ne(e2e_fingerprint(&ks), was);
        ck_assert_uint_ne(e2e_fingerprint(&ks), 0);
        ks.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}
END_TEST

Suite *test_keyset_e2e_suite(void)
{
    Suite *s = suite_create("keyset_e2e");
    TCase *tc = tcase_create("keyset_e2e");

    tcase_add_test(tc, the_literal_chain_is_that_of_the_protocol);
    tcase_add_test(tc, the_hardened_chain_is_that_of_the_protocol);
    tcase_add_test(tc, traffic_keys_are_those_of_the_protocol);
    tcase_add_test(tc, a_rand_is_a_function_of_its_epoch);
    tcase_add_test(tc, every_argument_of_a_refresh_counts);
    tcase_add_test(tc, literal_traffic_keys_are_halves_and_serve_both_directions);
    tcase_add_test(tc, another_algorithm_has_other_traffic_keys);
    tcase_add_test(tc, a_handle_is_the_start_of_the_hash_of_the_name);
    tcase_add_test(tc, a_fingerprint_hashes_the_key_behind_a_label);
    suite_add_tcase(s, tc);
    return s;
}
