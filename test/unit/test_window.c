#include "common/core/window.h"

#include "common/base/ensure.h"

#include <check.h>
#include <signal.h>

Suite *test_window_suite(void);

/* Numbers marked in this order, then the verdict on |number|. 0 ends the list. */
static const struct {
    uint32_t marked[4];
    uint32_t number;
    enum window_verdict verdict;
} cases[] = {
    /* an empty window */
    {{0}, 0, WINDOW_TOO_OLD},
    {{0}, 1, WINDOW_NEW},
    {{0}, 64, WINDOW_NEW},
    {{0}, UINT32_MAX, WINDOW_NEW},
    /* one number */
    {{1}, 1, WINDOW_SEEN},
    {{1}, 2, WINDOW_NEW},
    {{1}, 0, WINDOW_TOO_OLD},
    {{2}, 1, WINDOW_NEW},
    /* the lower edge: 64 wide */
    {{64}, 1, WINDOW_NEW},
    {{65}, 1, WINDOW_TOO_OLD},
    {{65}, 2, WINDOW_NEW},
    {{1, 64}, 1, WINDOW_SEEN},
    {{1, 65}, 1, WINDOW_TOO_OLD},
    {{2, 65}, 2, WINDOW_SEEN},
    /* out of order */
    {{5, 3}, 3, WINDOW_SEEN},
    {{5, 3}, 4, WINDOW_NEW},
    {{5, 3}, 5, WINDOW_SEEN},
    {{5, 3, 4}, 4, WINDOW_SEEN},
    /* jumps: by 63 and 64 keep and lose the mark, far ones forget everything */
    {{1, 64}, 64, WINDOW_SEEN},
    {{7, 71}, 7, WINDOW_TOO_OLD},
    {{7, 70}, 7, WINDOW_SEEN},
    {{7, 1000}, 999, WINDOW_NEW},
    {{7, 1000}, 937, WINDOW_NEW},
    {{7, 1000}, 936, WINDOW_TOO_OLD},
    /* the last numbers there are */
    {{UINT32_MAX}, UINT32_MAX, WINDOW_SEEN},
    {{UINT32_MAX}, UINT32_MAX - 63, WINDOW_NEW},
    {{UINT32_MAX}, UINT32_MAX - 64, WINDOW_TOO_OLD},
    {{UINT32_MAX - 1, UINT32_MAX}, UINT32_MAX - 1, WINDOW_SEEN},
    {{1, UINT32_MAX}, 1, WINDOW_TOO_OLD},
};

START_TEST(verdict_on_a_number)
{
    struct window w = {0};

    for (unsigned i = 0; i < COUNT_OF(cases[_i].marked) && cases[_i].marked[i] != 0; i++) {
        window_mark(&w, cases[_i].marked[i]);
    }
    ck_assert_int_eq(window_check(&w, cases[_i].number), cases[_i].verdict);
}
END_TEST

START_TEST(every_number_of_a_long_run_is_seen_once)
{
    struct window w = {0};

    for (uint32_t i = 1; i < 500; i++) {
        ck_assert_int_eq(window_check(&w, i), WINDOW_NEW);
        window_mark(&w, i);
        ck_assert_int_eq(window_check(&w, i), WINDOW_SEEN);
        ck_assert_int_eq(window_check(&w, i > WINDOW_WIDTH ? i - WINDOW_WIDTH : 0), WINDOW_TOO_OLD);
    }
}
END_TEST

START_TEST(marking_a_seen_number_is_our_own_error)
{
    struct window w = {0};

    window_mark(&w, 3);
    window_mark(&w, 3);
}
END_TEST

START_TEST(a_sender_without_memory_begins_above_its_former_roots)
{
    static const struct {
        uint32_t g;
        uint32_t skip;
    } skips[] = {{0, 0},
                 {1, 0},
                 {2, 1U << 20},
                 {3, 2U << 20},
                 {4096, 4095U << 20},
                 {4097, UINT32_MAX},
                 {UINT32_MAX, UINT32_MAX}};

    for (unsigned i = 0; i < COUNT_OF(skips); i++) {
        ck_assert_uint_eq(window_restart(skips[i].g), skips[i].skip);
    }
}
END_TEST

START_TEST(numbers_go_on_far_from_those_that_are_remembered)
{
    static const uint8_t least[2] = {0x10, 0x00};
    static const uint8_t most[2] = {0xff, 0xff};

    ck_assert_uint_eq(window_resume(0, least), 4096);
    ck_assert_uint_eq(window_resume(7, most), 7 + 8191);
    ck_assert_uint_eq(window_resume(UINT32_MAX - 8191, most), UINT32_MAX);
    ck_assert_uint_eq(window_resume(UINT32_MAX - 8190, most), UINT32_MAX);
    ck_assert_uint_eq(window_resume(UINT32_MAX, least), UINT32_MAX);
}
END_TEST

Suite *test_window_suite(void)
{
    Suite *s = suite_create("window");
    TCase *t = tcase_create("table");

    tcase_add_loop_test(t, verdict_on_a_number, 0, COUNT_OF(cases));
    tcase_add_test(t, every_number_of_a_long_run_is_seen_once);
    tcase_add_test_raise_signal(t, marking_a_seen_number_is_our_own_error, SIGABRT);
    tcase_add_test(t, a_sender_without_memory_begins_above_its_former_roots);
    tcase_add_test(t, numbers_go_on_far_from_those_that_are_remembered);
    suite_add_tcase(s, t);
    return s;
}
