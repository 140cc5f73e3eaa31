#include "scenarios/sim/show/ladder.h"

#include "scenarios/sim/show/ends.h"
#include "scenarios/sim/show/ladder_words.h"
#include "test/unit/story.h"

#include <check.h>
#include <stdlib.h>

Suite *test_ladder_suite(void);

/* A ladder into memory. */
struct sheet {
    struct story story;
    struct ladder *ladder;
    char *text;
    size_t len;
    FILE *out;
};

static void sheet_open(struct sheet *s, enum variant v, unsigned ues, unsigned width, bool utf8,
                       bool colour, int only_ue)
{
    const struct ladder_conf conf = {
        .run = &s->story.run, .width = width, .look = {utf8, colour}, .only_ue = only_ue};
    struct ladder_conf full = conf;

    story_init(&s->story, v, ues);
    s->text = NULL;
    s->out = open_memstream(&s->text, &s->len);
    ck_assert_ptr_nonnull(s->out);
    full.out = s->out;
    s->ladder = ladder_new(&full);
    ck_assert_ptr_nonnull(s->ladder);
    story_listen(&s->story, s->ladder, ladder_event);
}

static void sheet_read(struct sheet *s)
{
    ck_assert_int_eq(fflush(s->out), 0);
}

static void sheet_close(struct sheet *s)
{
    ladder_free(s->ladder);
    fclose(s->out);
    free(s->text);
}

/* The run of the golden files: attach, a rekey with one loss, and an alteration. */
static void tell_all(struct story *s)
{
    story_plain(s, 0, TRACE_RUN);
    story_attach(s, 0);
    story_rekey(s, 2000);
    story_fate(s, 4000, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 1, 2, BY(FATE_CORRUPTED, 14));
    story_data(s, 4000, ROLE_EESE, ROLE_UE, VERDICT_FAIL_MIC, 1, 2, "");
    story_fate(s, 4100, ROLE_UE, ROLE_EMSE, MSG_SYNC, 1, 2, BY(FATE_DELAYED, 15));
    story_fate(s, 4200, ROLE_EMSE, ROLE_UE, MSG_STATUS, 1, 2, BY(FATE_DROPPED, 0));
    story_fate(s, 4300, ROLE_EESE, ROLE_UE, MSG_DATA_DL, 1, 1, BY(FATE_DUPLICATED, 16));
    story_data(s, 4300, ROLE_UE, ROLE_EESE, VERDICT_OK, 1, 1, "\001\002read");
    story_plain(s, 4400, TRACE_END);
}

static void check_golden(const char *path, unsigned width, bool utf8)
{
    struct sheet s;
    char want[16384];
    size_t len;
    FILE *f = fopen(path, "r");

    sheet_open(&s, VARIANT_HARDENED, 1, width, utf8, false, -1);
    tell_all(&s.story);
    sheet_read(&s);
    if (getenv("GOLDEN_WRITE") != NULL) {
        FILE *out = fopen(path, "w");

        ck_assert_ptr_nonnull(out);
        fwrite(s.text, 1, s.len, out);
        fclose(out);
    } else {
        ck_assert_ptr_nonnull(f);
        len = fread(want, 1, sizeof want - 1, f);
        want[len] = '\0';
        ck_assert_str_eq(s.text, want);
    }
    if (f != NULL) {
        fclose(f);
    }
    sheet_close(&s);
}

START_TEST(ladder_at_80_columns_is_the_golden_one)
{
    check_golden("test/golden/ladder_utf8_80.txt", 80, true);
}
END_TEST

START_TEST(ladder_in_ascii_is_the_golden_one)
{
    check_golden("test/golden/ladder_ascii_80.txt", 80, false);
}
END_TEST

START_TEST(ladder_at_120_columns_is_the_golden_one)
{
    check_golden("test/golden/ladder_utf8_120.txt", 120, true);
}
END_TEST

/* Columns of the widest line. */
static unsigned widest(const char *text)
{
    unsigned most = 0;

    while (*text != '\0') {
        char line[1024];
        const size_t len = strcspn(text, "\n");

        ck_assert_uint_lt(len, sizeof line);
        memcpy(line, text, len);
        line[len] = '\0';
        if (canvas_columns(line) > most) {
            most = canvas_columns(line);
        }
        text += len + (text[len] == '\n');
    }
    return most;
}

START_TEST(no_row_is_wider_than_the_terminal)
{
    static const unsigned widths[] = {60, 61, 72, 80, 99, 100, 132, 250};
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 3, widths[_i], true, false, -1);
    tell_all(&s.story);
    story_fate(&s.story, 5000, ROLE_VN, ROLE_UE, MSG_ACCESS_CHAL, -1, 0, BY(FATE_DROPPED, 9));
    story_knows(&s.story, 5000, 2, 0x5c0a91e7, 0x77d20014);
    sheet_read(&s);
    ck_assert_uint_le(widest(s.text), widths[_i]);
    sheet_close(&s);
}
END_TEST

START_TEST(a_terminal_below_60_columns_is_drawn_at_60)
{
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 1, 20, true, false, -1);
    tell_all(&s.story);
    sheet_read(&s);
    ck_assert_uint_le(widest(s.text), 60);
    ck_assert_ptr_nonnull(strstr(s.text, "KEY_TRIGGER"));
    sheet_close(&s);
}
END_TEST

START_TEST(ascii_output_holds_nothing_but_ascii)
{
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 1, 80, false, false, -1);
    tell_all(&s.story);
    sheet_read(&s);
    for (size_t i = 0; i < s.len; i++) {
        ck_assert(s.text[i] == '\n' || (s.text[i] >= 0x20 && s.text[i] < 0x7f));
    }
    sheet_close(&s);
}
END_TEST

START_TEST(colour_changes_no_character)
{
    struct sheet plain;
    struct sheet dressed;
    size_t at = 0;

    sheet_open(&plain, VARIANT_HARDENED, 1, 80, true, false, -1);
    sheet_open(&dressed, VARIANT_HARDENED, 1, 80, true, true, -1);
    tell_all(&plain.story);
    tell_all(&dressed.story);
    sheet_read(&plain);
    sheet_read(&dressed);
    ck_assert_ptr_nonnull(strstr(dressed.text, "\033[0;1;31m"));
    for (size_t i = 0; i < dressed.len; i++) {
        if (dressed.text[i] == '\033') {
            i += strcspn(dressed.text + i, "m");
            continue;
        }
        ck_assert_int_eq(dressed.text[i], plain.text[at]);
        at++;
    }
    ck_assert_uint_eq(at, plain.len);
    sheet_close(&plain);
    sheet_close(&dressed);
}
END_TEST

START_TEST(rows_name_their_ue_when_there_are_several)
{
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 2, 100, true, false, -1);
    story_plain(&s.story, 0, TRACE_RUN);
    s.story.ue = 1;
    story_msg(&s.story, 10, ROLE_UE, ROLE_EMSE, MSG_ATTACH_REQ, -1, 0);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "   0.010 UE2 ├─ATTACH_REQ"));
    sheet_close(&s);
}
END_TEST

START_TEST(of_more_than_eight_ues_the_first_is_drawn)
{
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 9, 100, true, false, -1);
    story_plain(&s.story, 0, TRACE_RUN);
    s.story.ue = 1;
    story_msg(&s.story, 10, ROLE_UE, ROLE_EMSE, MSG_ATTACH_REQ, -1, 0);
    s.story.ue = 0;
    story_msg(&s.story, 20, ROLE_UE, ROLE_EMSE, MSG_ATTACH_REQ, -1, 0);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "Only UE1 is drawn; 8 other UEs are not."));
    ck_assert_ptr_null(strstr(s.text, "0.010"));
    ck_assert_ptr_nonnull(strstr(s.text, "0.020"));
    sheet_close(&s);
}
END_TEST

START_TEST(another_ue_can_be_chosen)
{
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 9, 100, true, false, 3);
    story_plain(&s.story, 0, TRACE_RUN);
    s.story.ue = 3;
    story_msg(&s.story, 10, ROLE_UE, ROLE_EMSE, MSG_ATTACH_REQ, -1, 0);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "Only UE4 is drawn; 8 other UEs are not."));
    ck_assert_ptr_nonnull(strstr(s.text, "ATTACH_REQ"));
    sheet_close(&s);
}
END_TEST

START_TEST(the_visited_network_gets_a_lifeline_when_it_appears)
{
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 1, 100, true, false, -1);
    story_plain(&s.story, 0, TRACE_RUN);
    sheet_read(&s);
    ck_assert_ptr_null(strstr(s.text, "VN"));
    story_msg(&s.story, 10, ROLE_VN, ROLE_UE, MSG_ACCESS_CHAL, -1, 0);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "VN"));
    sheet_close(&s);
}
END_TEST

START_TEST(a_lost_rand_in_the_literal_variant_parts_the_keys_at_the_other_derivation)
{
    struct sheet s;
    struct story *t = &s.story;

    sheet_open(&s, VARIANT_LITERAL, 1, 100, true, false, -1);
    story_step(t, 0, ROLE_EESE, "NO_KEY RX_KEYSET VALID install_keyset", C_6X21_FORWARD, 0,
               0xaa000000);
    story_step(t, 10, ROLE_UE, "ATTACHING RX_ACCEPT READY take_first_literal", C_6X21_DERIVE, 0,
               0xaa000000);
    story_fate(t, 20, ROLE_EMSE, ROLE_EESE, MSG_RAND_FWD, 1, 0, BY(FATE_DROPPED, 7));
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "lost, line 7"));
    ck_assert_ptr_null(strstr(s.text, "keys part here"));
    story_step(t, 30, ROLE_UE, "WAITKEY RX_RAND READY derive_literal", C_6X23_4, 1, 0xbb000000);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "✗ keys part here  the EESE has epoch 0 key aa00"));
    story_plain(t, 40, TRACE_END);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "UE1 and EESE hold different keys since 0.030 s"));
    sheet_close(&s);
}
END_TEST

START_TEST(an_end_that_is_one_step_ahead_is_no_parting)
{
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 1, 100, true, false, -1);
    tell_all(&s.story);
    sheet_read(&s);
    ck_assert_ptr_null(strstr(s.text, "part"));
    ck_assert_ptr_nonnull(strstr(s.text, "epoch 1 key 77d2  the same at the UE"));
    sheet_close(&s);
}
END_TEST

START_TEST(a_decision_is_shown_again_only_when_it_changes)
{
    struct sheet s;

    sheet_open(&s, VARIANT_HARDENED, 1, 100, true, false, -1);
    story_note(&s.story, 10, ROLE_EESE, NOTE_TE2E_UE, 2000, 0);
    story_note(&s.story, 20, ROLE_EESE, NOTE_TE2E_UE, 2000, 0);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "0.010"));
    ck_assert_ptr_null(strstr(s.text, "0.020"));
    story_note(&s.story, 30, ROLE_EESE, NOTE_TE2E_UE, 3000, 0);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "te2e 3 s  profile of this UE"));
    sheet_close(&s);
}
END_TEST

START_TEST(different_keys_under_one_number_part)
{
    struct story t;
    struct ends ends;
    struct trace_event e;
    struct ends_news news;

    story_init(&t, VARIANT_HARDENED, 1);
    ck_assert_int_eq(ends_init(&ends, &t.run), ERR_OK);
    e = story_occur(&t, 10, ROLE_UE, OCCUR_STEP);
    e.u.occur.has_epoch = true;
    e.u.occur.epoch = 3;
    e.u.occur.fp = 1;
    news = ends_event(&ends, &e);
    ck_assert(news.changed && !news.parts);
    ck_assert_int_eq(news.pair->relation, ENDS_ALONE);
    e.u.occur.role = ROLE_EESE;
    e.u.occur.fp = 2;
    news = ends_event(&ends, &e);
    ck_assert(news.changed && news.parts);
    ck_assert_int_eq(news.pair->relation, ENDS_PARTED);
    e.u.occur.fp = 1;
    news = ends_event(&ends, &e);
    ck_assert(news.changed && news.meets);
    ck_assert_int_eq(news.pair->relation, ENDS_AGREE);
    ends_free(&ends);
}
END_TEST

/* A literal pair that shares epoch 0. */
static void literal_pair(struct story *t, struct ends *ends)
{
    story_init(t, VARIANT_LITERAL, 1);
    ck_assert_int_eq(ends_init(ends, &t->run), ERR_OK);
}

static struct ends_news has_key(struct ends *ends, const struct story *t, enum role role,
                                uint32_t epoch, uint32_t fp)
{
    struct trace_event e = story_occur(t, 10, role, OCCUR_STEP);

    e.u.occur.has_epoch = true;
    e.u.occur.epoch = epoch;
    e.u.occur.fp = fp;
    return ends_event(ends, &e);
}

static struct ends_news travels(struct ends *ends, enum role to, enum msg_type type, enum fate fate)
{
    struct trace_event e = {.kind = TRACE_MSG, .t_us = 10000};

    e.u.msg =
        (struct trace_msg){.from = ROLE_EMSE, .to = to, .type = type, .attempt = 1, .fate = fate};
    return ends_event(ends, &e);
}

START_TEST(literal_keys_part_when_no_rand_on_its_way_can_mend_it)
{
    struct story t;
    struct ends ends;

    literal_pair(&t, &ends);
    has_key(&ends, &t, ROLE_UE, 0, 1);
    ck_assert(has_key(&ends, &t, ROLE_EESE, 0, 1).meets);
    travels(&ends, ROLE_EMSE, MSG_RAND_RSP, FATE_DELIVERED); /* one for each end */
    travels(&ends, ROLE_EMSE, MSG_RAND_RSP, FATE_DELIVERED);
    travels(&ends, ROLE_EESE, MSG_RAND_FWD, FATE_DELIVERED);
    ck_assert(!has_key(&ends, &t, ROLE_EESE, 1, 2).parts);
    travels(&ends, ROLE_EESE, MSG_RAND_FWD, FATE_DELIVERED);
    ck_assert(!has_key(&ends, &t, ROLE_EESE, 2, 3).parts); /* two are on their way to the UE */
    travels(&ends, ROLE_UE, MSG_RAND_PUSH, FATE_DELIVERED);
    ck_assert(!has_key(&ends, &t, ROLE_UE, 1, 2).parts);
    if (_i == 0) {
        ck_assert(travels(&ends, ROLE_UE, MSG_RAND_PUSH, FATE_DROPPED).parts);
    } else {
        travels(&ends, ROLE_UE, MSG_RAND_PUSH, FATE_DELIVERED);
        ck_assert(has_key(&ends, &t, ROLE_UE, 2, 3).meets);
        travels(&ends, ROLE_UE, MSG_RAND_PUSH, FATE_DUPLICATED);
        ck_assert(has_key(&ends, &t, ROLE_UE, 3, 4).parts); /* the EESE has no such copy */
    }
    ends_free(&ends);
}
END_TEST

START_TEST(literal_a_new_attach_mends_what_has_parted)
{
    struct story t;
    struct ends ends;

    literal_pair(&t, &ends);
    has_key(&ends, &t, ROLE_UE, 0, 1);
    has_key(&ends, &t, ROLE_EESE, 0, 1);
    ck_assert(has_key(&ends, &t, ROLE_UE, 1, 2).parts); /* from a forged RAND */
    ck_assert_int_eq(has_key(&ends, &t, ROLE_UE, 0, 5).pair->relation, ENDS_APART);
    ck_assert(has_key(&ends, &t, ROLE_EESE, 0, 5).meets);
    ck_assert(has_key(&ends, &t, ROLE_UE, 1, 6).parts);
    ends_free(&ends);
}
END_TEST

START_TEST(a_payload_is_quoted_or_shown_in_hexadecimal)
{
    char text[WORDS_MAX];

    words_payload((const uint8_t *)"42", 2, text);
    ck_assert_str_eq(text, "\"42\"");
    words_payload((const uint8_t *)"", 0, text);
    ck_assert_str_eq(text, "\"\"");
    words_payload((const uint8_t *)"\x00\x1b[2J", 5, text);
    ck_assert_str_eq(text, "001b5b324a");
    words_payload((const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9, text);
    ck_assert_str_eq(text, "ffffffffffffffff… (9 octets)");
    words_payload((const uint8_t *)"abcdefghijklmnopqrstuvwxyz", 26, text);
    ck_assert_str_eq(text, "\"abcdefghijklmnopqrstuvwx…\"");
}
END_TEST

START_TEST(times_read_in_the_largest_exact_unit)
{
    static const struct {
        uint64_t ms;
        const char *text;
    } cases[] = {{0, "0 ms"},     {250, "250 ms"},   {1000, "1 s"},    {1500, "1500 ms"},
                 {90000, "90 s"}, {120000, "2 min"}, {3600000, "1 h"}, {86400000, "24 h"}};
    char text[24];

    words_ms(cases[_i].ms, text);
    ck_assert_str_eq(text, cases[_i].text);
}
END_TEST

START_TEST(a_leak_and_what_follows_from_it_have_rows_of_their_own)
{
    struct sheet s;

    sheet_open(&s, VARIANT_LITERAL, 1, 100, true, false, -1);
    story_leak(&s.story, 1000, 0, 0x5c0a91e7);
    story_knows(&s.story, 2850, 1, 0x77d20014, 0x5c0a91e7);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "▶ leak: the attacker gets epoch 0 key 5c0a, line 9 "));
    ck_assert_ptr_nonnull(strstr(s.text, "2.850 │ ◆ attacker knows epoch 1 key 77d2 "));
    ck_assert_ptr_nonnull(
        strstr(s.text, "from the leaked epoch 0 key 5c0a and RAND_PUSH heard at 2.850 s "));
    sheet_close(&s);
    sheet_open(&s, VARIANT_LITERAL, 1, 132, true, false, -1);
    story_knows(&s.story, 2850, 1, 0x77d20014, 0x5c0a91e7);
    sheet_read(&s);
    ck_assert_ptr_nonnull(strstr(s.text, "key 77d2 from the leaked epoch 0"));
    sheet_close(&s);
}
END_TEST

START_TEST(what_was_just_leaked_is_not_told_twice)
{
    struct trace_event e = {.kind = TRACE_KNOWS, .ue = 0};
    struct sheet s;

    sheet_open(&s, VARIANT_LITERAL, 1, 100, true, false, -1);
    e.u.knows.what = SECRET_E2M;
    e.u.knows.by_count = 1;
    e.u.knows.by[0] = (struct trace_source){.what = SECRET_E2M, .leaked = true};
    story_tell(&s.story, &e);
    sheet_read(&s);
    ck_assert_ptr_null(strstr(s.text, "attacker"));
    sheet_close(&s);
}
END_TEST

START_TEST(an_action_without_words_of_its_own_reads_as_its_name)
{
    struct occur o = {.role = ROLE_HSS, .action = "take_sqn_ms"};
    char text[WORDS_MAX];

    words_step(&o, text);
    ck_assert_str_eq(text, "take sqn ms");
}
END_TEST

Suite *test_ladder_suite(void)
{
    Suite *s = suite_create("ladder");
    TCase *t = tcase_create("ladder");

    tcase_add_test(t, ladder_at_80_columns_is_the_golden_one);
    tcase_add_test(t, ladder_in_ascii_is_the_golden_one);
    tcase_add_test(t, ladder_at_120_columns_is_the_golden_one);
    tcase_add_loop_test(t, no_row_is_wider_than_the_terminal, 0, 8);
    tcase_add_test(t, a_terminal_below_60_columns_is_drawn_at_60);
    tcase_add_test(t, ascii_output_holds_nothing_but_ascii);
    tcase_add_test(t, colour_changes_no_character);
    tcase_add_test(t, rows_name_their_ue_when_there_are_several);
    tcase_add_test(t, of_more_than_eight_ues_the_first_is_drawn);
    tcase_add_test(t, another_ue_can_be_chosen);
    tcase_add_test(t, the_visited_network_gets_a_lifeline_when_it_appears);
    tcase_add_test(t, a_lost_rand_in_the_literal_variant_parts_the_keys_at_the_other_derivation);
    tcase_add_test(t, an_end_that_is_one_step_ahead_is_no_parting);
    tcase_add_test(t, a_decision_is_shown_again_only_when_it_changes);
    tcase_add_test(t, different_keys_under_one_number_part);
    tcase_add_loop_test(t, literal_keys_part_when_no_rand_on_its_way_can_mend_it, 0, 2);
    tcase_add_test(t, literal_a_new_attach_mends_what_has_parted);
    tcase_add_test(t, a_payload_is_quoted_or_shown_in_hexadecimal);
    tcase_add_loop_test(t, times_read_in_the_largest_exact_unit, 0, 8);
    tcase_add_test(t, a_leak_and_what_follows_from_it_have_rows_of_their_own);
    tcase_add_test(t, what_was_just_leaked_is_not_told_twice);
    tcase_add_test(t, an_action_without_words_of_its_own_reads_as_its_name);
    suite_add_tcase(s, t);
    return s;
}
