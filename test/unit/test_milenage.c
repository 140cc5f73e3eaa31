#include "common/crypto/milenage.h"
#include "test/unit/vector_file.h"

#include <check.h>
#include <string.h>

Suite *test_milenage_suite(void);

struct input {
    uint8_t k[16];
    uint8_t opc[16];
    uint8_t rand[16];
    uint8_t sqn[6];
    uint8_t amf[2];
};

static struct input input_of(const struct vector *v)
{
    struct input in = {.k = {0}};

    vector_octets(v, "k", in.k, sizeof in.k);
    vector_octets(v, "opc", in.opc, sizeof in.opc);
    vector_octets(v, "rand", in.rand, sizeof in.rand);
    vector_octets(v, "sqn", in.sqn, sizeof in.sqn);
    vector_octets(v, "amf", in.amf, sizeof in.amf);
    return in;
}

static void check_set(const struct vector *v)
{
    struct input in = input_of(v);
    struct milenage_out f;

    milenage(in.k, in.opc, in.rand, in.sqn, in.amf, &f);
    vector_expect(v, "f1", f.f1, sizeof f.f1);
    vector_expect(v, "f1star", f.f1star, sizeof f.f1star);
    vector_expect(v, "f2", f.f2, sizeof f.f2);
    vector_expect(v, "f3", f.f3, sizeof f.f3);
    vector_expect(v, "f4", f.f4, sizeof f.f4);
    vector_expect(v, "f5", f.f5, sizeof f.f5);
    vector_expect(v, "f5star", f.f5star, sizeof f.f5star);
}

START_TEST(all_functions_are_those_of_ts_35_207_and_35_208)
{
    ck_assert_uint_eq(vector_each("milenage.txt", check_set), 20);
}
END_TEST

static void check_opc(const struct vector *v)
{
    uint8_t k[16];
    uint8_t op[16];
    uint8_t opc[16];

    if (!vector_has(v, "op")) {
        return; /* sets 7 to 20 give OPc only */
    }
    vector_octets(v, "k", k, sizeof k);
    vector_octets(v, "op", op, sizeof op);
    milenage_opc(k, op, opc);
    vector_expect(v, "opc", opc, sizeof opc);
    milenage_opc(k, op, op); /* in place */
    vector_expect(v, "opc", op, sizeof op);
}

START_TEST(opc_binds_op_to_the_key)
{
    ck_assert_uint_eq(vector_each("milenage.txt", check_opc), 20);
}
END_TEST

/* Flips each bit of |field| in turn; with it the MACs must change, and the rest exactly when
 * |all| says so. */
static void flip_each_bit(struct input *in, uint8_t *field, size_t len, bool all)
{
    struct milenage_out was;
    struct milenage_out is;

    milenage(in->k, in->opc, in->rand, in->sqn, in->amf, &was);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        field[bit / 8] ^= (uint8_t)(1 << bit % 8);
        milenage(in->k, in->opc, in->rand, in->sqn, in->amf, &is);
        field[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_mem_ne(is.f1, was.f1, sizeof is.f1);
        ck_assert_mem_ne(is.f1star, was.f1star, sizeof is.f1star);
        ck_assert_int_eq(memcmp(is.f2, was.f2, sizeof is.f2) != 0, all);
        ck_assert_int_eq(memcmp(is.f3, was.f3, sizeof is.f3) != 0, all);
        ck_assert_int_eq(memcmp(is.f4, was.f4, sizeof is.f4) != 0, all);
        ck_assert_int_eq(memcmp(is.f5, was.f5, sizeof is.f5) != 0, all);
        ck_assert_int_eq(memcmp(is.f5star, was.f5star, sizeof is.f5star) != 0, all);
    }
}

START_TEST(sqn_and_amf_enter_the_macs_only_and_every_bit_of_each_input_counts)
{
    struct input in = {.k = {1}, .opc = {2}, .rand = {3}, .sqn = {4}, .amf = {5}};

    flip_each_bit(&in, in.k, sizeof in.k, true);
    flip_each_bit(&in, in.opc, sizeof in.opc, true);
    flip_each_bit(&in, in.rand, sizeof in.rand, true);
    flip_each_bit(&in, in.sqn, sizeof in.sqn, false);
    flip_each_bit(&in, in.amf, sizeof in.amf, false);
}
END_TEST

Suite *test_milenage_suite(void)
{
    Suite *s = suite_create("milenage");
    TCase *tc = tcase_create("milenage");

    tcase_add_test(tc, all_functions_are_those_of_ts_35_207_and_35_208);
    tcase_add_test(tc, opc_binds_op_to_the_key);
    tcase_add_test(tc, sqn_and_amf_enter_the_macs_only_and_every_bit_of_each_input_counts);
    suite_add_tcase(s, tc);
    return s;
}
