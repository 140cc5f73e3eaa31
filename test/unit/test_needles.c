#include "scenarios/sim/judge/needles.h"

#include "common/base/prng.h"

#include <check.h>
#include <string.h>

Suite *test_needles_suite(void);

static struct needles needles;

static void teardown(void)
{
    needles_free(&needles);
}

/* The |i|-th of many keys. */
static void key(unsigned i, uint8_t out[NEEDLE_LEN])
{
    prng_fill(prng_key(7, i), out, NEEDLE_LEN);
}

START_TEST(a_key_is_found_wherever_it_begins)
{
    uint8_t octets[100] = {0};
    uint8_t k[NEEDLE_LEN];

    key(1, k);
    needles_add(&needles, NEEDLE_E2M, 3, k);
    for (size_t at = 0; at + NEEDLE_LEN <= sizeof octets; at++) {
        const struct needle *s;
        size_t from = 0;

        memset(octets, 0xa5, sizeof octets);
        memcpy(octets + at, k, sizeof k);
        s = needles_find(&needles, octets, sizeof octets, &from);
        ck_assert_ptr_nonnull(s);
        ck_assert_int_eq(s->kind, NEEDLE_E2M);
        ck_assert_int_eq(s->ue, 3);
        ck_assert_uint_eq(from, at + 1);
        ck_assert_ptr_null(needles_find(&needles, octets, sizeof octets, &from));
    }
}
END_TEST

START_TEST(all_but_its_last_octet_is_no_key)
{
    uint8_t octets[NEEDLE_LEN];
    size_t from = 0;

    key(1, octets);
    needles_add(&needles, NEEDLE_AKA, 0, octets);
    octets[NEEDLE_LEN - 1] ^= 1;
    ck_assert_ptr_null(needles_find(&needles, octets, sizeof octets, &from));
    octets[NEEDLE_LEN - 1] ^= 1;
    from = 0;
    ck_assert_ptr_null(needles_find(&needles, octets, sizeof octets - 1, &from));
}
END_TEST

START_TEST(each_of_many_keys_is_found_and_nothing_else)
{
    uint8_t octets[NEEDLE_LEN];
    enum { MANY = 20000 };

    for (unsigned i = 0; i < MANY; i++) {
        key(i, octets);
        needles_add(&needles, NEEDLE_E2E, (int)i, octets);
        needles_add(&needles, NEEDLE_E2E, -1, octets); /* once more changes nothing */
    }
    ck_assert_uint_eq(needles.count, MANY);
    for (unsigned i = 0; i < 2 * MANY; i++) {
        size_t from = 0;
        const struct needle *s;

        key(i, octets);
        s = needles_find(&needles, octets, sizeof octets, &from);
        ck_assert_int_eq(s != NULL, i < MANY);
        ck_assert(s == NULL || s->ue == (int)i);
    }
}
END_TEST

START_TEST(sixteen_equal_octets_are_no_key)
{
    const uint8_t zero[2 * NEEDLE_LEN] = {0};
    size_t from = 0;

    needles_add(&needles, NEEDLE_SUBSCRIBER, 0, zero);
    ck_assert_ptr_null(needles_find(&needles, zero, sizeof zero, &from));
}
END_TEST

Suite *test_needles_suite(void)
{
    Suite *s = suite_create("needles");
    TCase *t = tcase_create("needles");

    tcase_add_checked_fixture(t, NULL, teardown);
    tcase_add_test(t, a_key_is_found_wherever_it_begins);
    tcase_add_test(t, all_but_its_last_octet_is_no_key);
    tcase_add_test(t, each_of_many_keys_is_found_and_nothing_else);
    tcase_add_test(t, sixteen_equal_octets_are_no_key);
    suite_add_tcase(s, t);
    return s;
}
