#include "common/base/prng.h"
#include "common/crypto/kdf.h"
#include "common/crypto/keyset_e2m.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <string.h>

Suite *test_keyset_e2m_suite(void);

/* What the e2mKEYSET is made of. */
struct origin {
    uint8_t ck[16];
    uint8_t ik[16];
    uint8_t sqn_xor_ak[6];
    struct ident ue;
    struct ident emse;
    struct ident eese;
    uint32_t root;
    uint8_t ctx[4];
};

static struct origin origin_of(const struct vector *v)
{
    struct origin o = {
        .ue = vector_ident(v, "ue"),
        .emse = vector_ident(v, "emse"),
        .eese = vector_ident(v, "eese"),
        .root = vector_number(v, "root"),
    };

    vector_octets(v, "ck", o.ck, sizeof o.ck);
    vector_octets(v, "ik", o.ik, sizeof o.ik);
    vector_octets(v, "sqn_xor_ak", o.sqn_xor_ak, sizeof o.sqn_xor_ak);
    vector_octets(v, "ctx", o.ctx, sizeof o.ctx);
    return o;
}

static struct e2m_keyset e2m_of(const struct origin *o)
{
    struct e2m_keyset ks;

    e2m_derive(o->ck, o->ik, &o->ue, &o->emse, o->sqn_xor_ak, &ks);
    return ks;
}

static void check_e2m(const struct vector *v)
{
    struct origin o = origin_of(v);
    struct e2m_keyset e2m = e2m_of(&o);
    struct e2e_keyset first;
    uint8_t s[KDF_INPUT_MAX];
    uint8_t x[16];
    uint8_t rand[16];

    vector_expect(v, "e2m", e2m.octets, sizeof e2m.octets);
    vector_expect(v, "e2m_input", s, e2m_input(&o.ue, &o.emse, o.sqn_xor_ak, s));
    e2e_first_literal(&e2m, &first);
    vector_expect(v, "literal_0", first.octets, sizeof first.octets);
    e2e_root(&e2m, &o.ue, &o.eese, true, o.root, 0, o.ctx, &first);
    vector_expect(v, "c_0", first.octets, sizeof first.octets);
    vector_octets(v, "rand_1", rand, sizeof rand);
    e2e_mask(&e2m, rand, 1, &o.eese, x);
    vector_expect(v, "mask_1", x, sizeof x);
}

START_TEST(e2m_root_and_mask_are_those_of_the_protocol)
{
    ck_assert_uint_eq(vector_each("e2e_chain.txt", check_e2m), 1);
}
END_TEST

static void check_e2m_binds(const struct vector *v)
{
    struct origin o = origin_of(v);
    struct e2m_keyset was = e2m_of(&o);
    struct {
        uint8_t *octets;
        size_t len;
    } part[] = {
        {o.ck, sizeof o.ck},
        {o.ik, sizeof o.ik},
        {o.sqn_xor_ak, sizeof o.sqn_xor_ak},
        {(uint8_t *)o.ue.s, o.ue.len},
        {(uint8_t *)o.emse.s, o.emse.len},
    };

    for (size_t p = 0; p < sizeof part / sizeof part[0]; p++) {
        for (size_t bit = 0; bit < 8 * part[p].len; bit++) {
            struct e2m_keyset is;

            part[p].octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
            is = e2m_of(&o);
            ck_assert_mem_ne(&is, &was, sizeof is);
            part[p].octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

START_TEST(every_bit_of_its_origin_changes_e2m)
{
    ck_assert_uint_eq(vector_each("e2e_chain.txt", check_e2m_binds), 1);
}
END_TEST

START_TEST(two_enterprises_share_the_literal_key_and_not_the_hardened_one)
{
    const struct e2m_keyset e2m = {{1}};
    const uint8_t ctx[4] = {1, 0, 2, 1};
    struct ident ue;
    struct ident eese[2];
    struct e2e_keyset ks[2];

    ck_assert_int_eq(ident_set(&ue, "001010123456789"), ERR_OK);
    ck_assert_int_eq(ident_set(&eese[0], "eese.plant1"), ERR_OK);
    ck_assert_int_eq(ident_set(&eese[1], "eese.plant2"), ERR_OK);
    for (int i = 0; i < 2; i++) {
        e2e_root(&e2m, &ue, &eese[i], true, 1, 0, ctx, &ks[i]);
    }
    ck_assert_mem_ne(&ks[0], &ks[1], sizeof ks[0]);
    for (int i = 0; i < 2; i++) {
        e2e_root(&e2m, &ue, &eese[i], false, 1, 0, ctx, &ks[i]);
    }
    ck_assert_mem_eq(&ks[0], &ks[1], sizeof ks[0]); /* B50, with `bind-eese` off */
}
END_TEST

START_TEST(root_number_epoch_and_choice_change_the_root_key)
{
    const struct e2m_keyset e2m = {{1}};
    const uint8_t ctx[4] = {1, 0, 2, 1};
    struct ident ue;
    struct ident eese;
    struct e2e_keyset was;
    struct e2e_keyset is;

    ck_assert_int_eq(ident_set(&ue, "001010123456789"), ERR_OK);
    ck_assert_int_eq(ident_set(&eese, "eese.plant1"), ERR_OK);
    e2e_root(&e2m, &ue, &eese, true, 1, 0, ctx, &was);
    e2e_root(&e2m, &ue, &eese, true, 2, 0, ctx, &is);
    ck_assert_mem_ne(&is, &was, sizeof is);
    e2e_root(&e2m, &ue, &eese, true, 1, 1, ctx, &is);
    ck_assert_mem_ne(&is, &was, sizeof is);
    for (int i = 0; i < 4; i++) {
        uint8_t other[4];

        memcpy(other, ctx, sizeof other);
        other[i] ^= 1;
        e2e_root(&e2m, &ue, &eese, true, 1, 0, other, &is);
        ck_assert_mem_ne(&is, &was, sizeof is);
    }
}
END_TEST

START_TEST(signalling_keys_are_the_labelled_last_halves)
{
    struct e2m_keyset e2m;
    struct e2m_traffic t;
    uint8_t want[16];

    prng_fill(1, e2m.octets, sizeof e2m.octets);
    e2m_traffic_derive(&e2m, 1, &t);
    kdf_traffic(e2m.octets, "m-int-ul", 1, want);
    ck_assert_mem_eq(t.int_ul, want, sizeof want);
    kdf_traffic(e2m.octets, "m-int-dl", 1, want);
    ck_assert_mem_eq(t.int_dl, want, sizeof want);
    kdf_traffic(e2m.octets, "m-enc-dl", 1, want);
    ck_assert_mem_eq(t.enc_dl, want, sizeof want);
    ck_assert_mem_ne(t.int_ul, t.int_dl, sizeof want);
    ck_assert_mem_ne(t.int_dl, t.enc_dl, sizeof want);
}
END_TEST

START_TEST(a_mask_is_for_one_rand_one_epoch_and_one_enterprise)
{
    const struct e2m_keyset e2m = {{1}};
    uint8_t rand[16] = {3};
    struct ident eese;
    uint8_t was[16];
    uint8_t is[16];

    ck_assert_int_eq(ident_set(&eese, "eese.plant1"), ERR_OK);
    e2e_mask(&e2m, rand, 1, &eese, was);
    e2e_mask(&e2m, rand, 2, &eese, is);
    ck_assert_mem_ne(is, was, sizeof is);
    rand[15] ^= 1;
    e2e_mask(&e2m, rand, 1, &eese, is);
    ck_assert_mem_ne(is, was, sizeof is);
    rand[15] ^= 1;
    ck_assert_int_eq(ident_set(&eese, "eese.plant2"), ERR_OK);
    e2e_mask(&e2m, rand, 1, &eese, is);
    ck_assert_mem_ne(is, was, sizeof is);
}
END_TEST

Suite *test_keyset_e2m_suite(void)
{
    Suite *s = suite_create("keyset_e2m");
    TCase *tc = tcase_create("keyset_e2m");

    tcase_add_test(tc, e2m_root_and_mask_are_those_of_the_protocol);
    tcase_add_test(tc, every_bit_of_its_origin_changes_e2m);
    tcase_add_test(tc, two_enterprises_share_the_literal_key_and_not_the_hardened_one);
    tcase_add_test(tc, root_number_epoch_and_choice_change_the_root_key);
    tcase_add_test(tc, signalling_keys_are_the_labelled_last_halves);
    tcase_add_test(tc, a_mask_is_for_one_rand_one_epoch_and_one_enterprise);
    suite_add_tcase(s, tc);
    return s;
}
