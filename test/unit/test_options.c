#include "scenarios/sim/cli/options.h"

#include "common/base/ensure.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *test_options_suite(void);

static const struct option options[] = {
    {"seed", "N", "another seed", false},
    {"with", "SWITCH", "one more", true},
    {"quiet", NULL, "say less, in a sentence long enough to be wrapped at forty columns", false},
};
static const struct verb verb = {
    .name = "run",
    .operands = "FILE...",
    .words = "run something",
    .more = "A paragraph.\n  as it stands",
    .options = options,
    .options_count = COUNT_OF(options),
    .operands_min = 1,
    .operands_max = 2,
};

static struct parsed parsed;
static char why[WHY_MAX];

/* Parses words separated by blanks. */
static enum err parse(const char *text)
{
    static char copy[256];
    char *argv[32];
    int argc = 0;
    char *rest = copy;
    char *word;

    why[0] = '\0';
    snprintf(copy, sizeof copy, "%s", text);
    while ((word = strsep(&rest, " ")) != NULL) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    return options_parse(&verb, argc, argv, &parsed, why);
}

START_TEST(value_stands_behind_equals_or_in_the_next_word)
{
    ck_assert_int_eq(parse("--seed=7 a --with x --with=y --quiet"), ERR_OK);
    ck_assert_str_eq(options_value(&parsed, "seed"), "7");
    ck_assert_str_eq(options_value(&parsed, "with"), "y");
    ck_assert(options_has(&parsed, "quiet"));
    ck_assert_uint_eq(parsed.given_count, 4);
    ck_assert_uint_eq(parsed.operands_count, 1);
    ck_assert_str_eq(parsed.operands[0], "a");
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    ck_assert_int_eq(parse("-- --seed --help"), ERR_OK);
    ck_assert_uint_eq(parsed.operands_count, 2);
    ck_assert(!parsed.help);
}
END_TEST

START_TEST(single_dash_is_an_operand)
{
    ck_assert_int_eq(parse("-"), ERR_OK);
    ck_assert_str_eq(parsed.operands[0], "-");
}
END_TEST

START_TEST(help_comes_before_every_complaint)
{
    ck_assert_int_eq(parse("--nonsense --help"), ERR_OK);
    ck_assert(parsed.help);
    ck_assert_int_eq(parse("a -h"), ERR_OK);
    ck_assert(parsed.help);
}
END_TEST

static const struct {
    const char *words;
    const char *why;
} wrong[] = {
    {"a --sede 3", "unknown option '--sede'; did you mean '--seed'?"},
    {"a --zzz", "unknown option '--zzz'"},
    {"a -x", "unknown option '-x'; options are written out, such as --help"},
    {"a --seed", "option '--seed' needs a value: N"},
    {"a --seed 1 --seed 2", "option '--seed' is given twice"},
    {"a --quiet=yes", "option '--quiet' takes no value"},
    {"a b c", "'c' is one argument too many"},
    {"--quiet", "needs FILE..."},
};

START_TEST(wrong_words_are_named)
{
    ck_assert_int_eq(parse(wrong[_i].words), ERR_SYNTAX);
    ck_assert_str_eq(why, wrong[_i].why);
}
END_TEST

START_TEST(more_options_than_there_is_room_for_are_refused)
{
    char word[] = "--with=x";
    char *argv[GIVEN_MAX + 1];

    for (unsigned i = 0; i <= GIVEN_MAX; i++) {
        argv[i] = word;
    }
    ck_assert_int_eq(options_parse(&verb, GIVEN_MAX + 1, argv, &parsed, why), ERR_SYNTAX);
    ck_assert_str_eq(why, "more than 64 options");
}
END_TEST

static const char *const names[] = {"literal", "hardened", "at", NULL};
static const char *name(const void *arg, unsigned i)
{
    (void)arg;
    return names[i];
}

START_TEST(nearest_knows_swaps_and_gives_up_in_time)
{
    ck_assert_str_eq(options_nearest("litreal", name, NULL), "literal");
    ck_assert_str_eq(options_nearest("harden", name, NULL), "hardened");
    ck_assert_ptr_null(options_nearest("lateral thinking", name, NULL));
    ck_assert_ptr_null(options_nearest("it", name, NULL));
    ck_assert_ptr_null(options_nearest("a word far longer than any that is compared", name, NULL));
}
END_TEST

START_TEST(help_is_the_table_wrapped)
{
    static const char expected[] = "usage: e2esim run [OPTION]... FILE...\n"
                                   "\n"
                                   "run something\n"
                                   "\n"
                                   "  --seed N              another seed\n"
                                   "  --with SWITCH         one more\n"
                                   "  --quiet               say less, in a\n"
                                   "                        sentence long\n"
                                   "                        enough to be\n"
                                   "                        wrapped at forty\n"
                                   "                        columns\n"
                                   "  --help                this text\n"
                                   "\n"
                                   "A paragraph.\n"
                                   "  as it stands\n";
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    options_help(&verb, "e2esim", 40, out);
    fclose(out);
    ck_assert_str_eq(text, expected);
    free(text);
}
END_TEST

Suite *test_options_suite(void)
{
    Suite *s = suite_create("options");
    TCase *t = tcase_create("options");

    tcase_add_test(t, value_stands_behind_equals_or_in_the_next_word);
    tcase_add_test(t, two_dashes_end_the_options);
    tcase_add_test(t, single_dash_is_an_operand);
    tcase_add_test(t, help_comes_before_every_complaint);
    tcase_add_loop_test(t, wrong_words_are_named, 0, COUNT_OF(wrong));
    tcase_add_test(t, more_options_than_there_is_room_for_are_refused);
    tcase_add_test(t, nearest_knows_swaps_and_gives_up_in_time);
    tcase_add_test(t, help_is_the_table_wrapped);
    suite_add_tcase(s, t);
    return s;
}
