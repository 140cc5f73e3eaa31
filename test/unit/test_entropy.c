#include "common/node/entropy.h"

#include <check.h>
#include <string.h>

Suite *test_entropy_suite(void);

static struct ident named(const char *text)
{
    struct ident id;

    ck_assert_int_eq(ident_set(&id, text), ERR_OK);
    return id;
}

START_TEST(equal_draws_are_equal_and_all_else_differs)
{
    struct ident a = named("001010000000001");
    struct ident b = named("001010000000002");
    uint8_t out[6][ENTROPY_LEN];

    entropy_seeded(42, ROLE_HSS, &a, 0, out[0]);
    entropy_seeded(42, ROLE_HSS, &a, 0, out[1]);
    ck_assert_mem_eq(out[0], out[1], ENTROPY_LEN);
    entropy_seeded(43, ROLE_HSS, &a, 0, out[1]);
    entropy_seeded(42, ROLE_UE, &a, 0, out[2]);
    entropy_seeded(42, ROLE_HSS, &b, 0, out[3]);
    entropy_seeded(42, ROLE_HSS, &a, 1, out[4]);
    entropy_seeded(42, ROLE_HSS, &a, 2, out[5]);
    for (unsigned i = 0; i < 6; i++) {
        for (unsigned j = i + 1; j < 6; j++) {
            ck_assert_mem_ne(out[i], out[j], ENTROPY_LEN);
        }
    }
}
END_TEST

START_TEST(each_life_draws_from_a_seed_of_its_own_and_the_first_from_the_seed)
{
    ck_assert_uint_eq(entropy_life_seed(42, 1), 42);
    ck_assert_uint_ne(entropy_life_seed(42, 2), 42);
    ck_assert_uint_ne(entropy_life_seed(42, 2), entropy_life_seed(42, 3));
    ck_assert_uint_ne(entropy_life_seed(42, 2), entropy_life_seed(43, 2));
}
END_TEST

Suite *test_entropy_suite(void)
{
    Suite *s = suite_create("entropy");
    TCase *tc = tcase_create("entropy");

    tcase_add_test(tc, equal_draws_are_equal_and_all_else_differs);
    tcase_add_test(tc, each_life_draws_from_a_seed_of_its_own_and_the_first_from_the_seed);
    suite_add_tcase(s, tc);
    return s;
}
