#include "scenarios/sim/show/trace_json.h"

#include "scenarios/sim/show/jout.h"
#include "scenarios/sim/show/out.h"
#include "test/unit/json_check.h"
#include "test/unit/story.h"

#include <check.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *test_trace_json_suite(void);

static struct story story;
static struct trace_json writer;
static char *text;
static size_t len;
static FILE *out;

static void setup(void)
{
    story_init(&story, VARIANT_HARDENED, 2);
    out = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(out);
    trace_json_init(&writer, &story.run, out);
    story_listen(&story, &writer, trace_json_event);
}

static void teardown(void)
{
    fclose(out);
    free(text);
}

static const char *written(void)
{
    ck_assert_int_eq(fflush(out), 0);
    return text;
}

START_TEST(a_datagram_has_the_documented_members)
{
    story_fate(&story, 2545, ROLE_EMSE, ROLE_EESE, MSG_RAND_FWD, 1, 0, BY(FATE_DROPPED, 12));
    ck_assert_str_eq(written(),
                     "{\"t\":2.545000,\"ev\":\"msg\",\"from\":\"EMSE\",\"to\":\"EESE\","
                     "\"msg\":\"RAND_FWD\",\"ue\":\"UE1\",\"epoch\":1,\"ctr\":null,\"bytes\":40,"
                     "\"fate\":\"dropped\",\"sent\":2.535000,\"id\":1,\"rule\":12}\n");
}
END_TEST

START_TEST(an_unreadable_datagram_has_no_name)
{
    struct trace_event e = {.kind = TRACE_MSG, .t_us = 7, .ue = -1};

    e.u.msg.from = ROLE_UE;
    e.u.msg.to = ROLE_EESE;
    e.u.msg.type = MSG_TYPE_COUNT;
    e.u.msg.ue = -1;
    e.u.msg.fate = FATE_INJECTED;
    e.u.msg.id = 3;
    story_tell(&story, &e);
    ck_assert_str_eq(written(),
                     "{\"t\":0.000007,\"ev\":\"msg\",\"from\":\"UE\",\"to\":\"EESE\",\"msg\":null,"
                     "\"ue\":null,\"epoch\":null,\"ctr\":null,\"bytes\":0,\"fate\":\"injected\","
                     "\"sent\":0.000000,\"id\":3}\n");
}
END_TEST

START_TEST(a_step_has_the_documented_members)
{
    story.ue = 1;
    story_step(&story, 2000, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED invalidate_keyset", C_6X23_2, 0,
               0x0c0a91e7);
    ck_assert_str_eq(written(),
                     "{\"t\":2.000000,\"ev\":\"step\",\"role\":\"EESE\",\"ue\":\"UE2\","
                     "\"state\":\"VALID\",\"event\":\"TE2E_EXPIRED\",\"next\":\"EXPIRED\","
                     "\"action\":\"invalidate_keyset\",\"clause\":\"6.x.2.3 step 2\","
                     "\"because\":\"C_6X23_2\",\"epoch\":0,\"fp\":\"0c0a91e7\"}\n");
}
END_TEST

START_TEST(a_leak_has_the_documented_members)
{
    story_leak(&story, 2000, 0, 0x0c0a91e7);
    ck_assert_str_eq(written(),
                     "{\"t\":2.000000,\"ev\":\"leak\",\"ue\":\"UE1\",\"what\":\"e2eKEYSET\","
                     "\"epoch\":0,\"fp\":\"0c0a91e7\",\"rule\":9}\n");
}
END_TEST

START_TEST(what_the_attacker_knows_has_the_documented_members)
{
    story.ids = 14;
    story_knows(&story, 2850, 1, 0x77d20014, 0x0c0a91e7);
    ck_assert_str_eq(written(),
                     "{\"t\":2.850000,\"ev\":\"knows\",\"ue\":\"UE1\",\"what\":\"e2eKEYSET\","
                     "\"epoch\":1,\"fp\":\"77d20014\",\"by\":["
                     "{\"what\":\"e2eKEYSET\",\"epoch\":0,\"fp\":\"0c0a91e7\",\"leaked\":true},"
                     "{\"msg\":\"RAND_PUSH\",\"id\":14,\"heard\":2.850000}]}\n");
}
END_TEST

START_TEST(a_text_that_the_attacker_reads_is_in_hexadecimal)
{
    struct trace_event e = {.kind = TRACE_KNOWS, .t_us = 7, .ue = 0};

    e.u.knows.what = SECRET_TEXT;
    e.u.knows.len = 2;
    memcpy(e.u.knows.payload, "42", 2);
    e.u.knows.by_count = 1;
    e.u.knows.by[0] =
        (struct trace_source){.is_msg = true, .type = MSG_DATA_UL, .id = 3, .t_us = 5, .own = true};
    story_tell(&story, &e);
    ck_assert_str_eq(written(), "{\"t\":0.000007,\"ev\":\"knows\",\"ue\":\"UE1\",\"what\":\"text\","
                                "\"payload\":\"3432\",\"by\":["
                                "{\"msg\":\"DATA_UL\",\"id\":3,\"sent\":0.000005}]}\n");
}
END_TEST

START_TEST(every_line_of_a_run_is_an_object_with_time_and_kind)
{
    char *line;
    char *rest;
    unsigned lines = 0;

    story_plain(&story, 0, TRACE_RUN);
    story_attach(&story, 0);
    story_rekey(&story, 2000);
    story_plain(&story, 4000, TRACE_END);
    written();
    for (line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        ck_assert_msg(json_is_valid(line), "%s", line);
        ck_assert_int_eq(strncmp(line, "{\"t\":", 5), 0);
        ck_assert_ptr_nonnull(strstr(line, ",\"ev\":\""));
        lines++;
    }
    ck_assert_uint_gt(lines, 30);
}
END_TEST

START_TEST(the_first_line_tells_what_is_run)
{
    story_plain(&story, 0, TRACE_RUN);
    ck_assert(json_is_valid(written()));
    ck_assert_ptr_nonnull(strstr(text, "{\"t\":0.000000,\"ev\":\"run\",\"scenario\":\"story\","));
    ck_assert_ptr_nonnull(
        strstr(text, "\"variant\":\"hardened\",\"stated\":\"pass\",\"switches\":{\"index\":true,"));
    ck_assert_ptr_nonnull(strstr(text, "\"soft-trigger\":false"));
    ck_assert_ptr_nonnull(strstr(text, "\"seed\":42,\"mode\":\"virtual\",\"ues\":["));
    ck_assert_ptr_nonnull(strstr(text, "{\"ue\":\"UE2\",\"imsi\":\"001010000000002\"}"));
}
END_TEST

START_TEST(any_text_is_written_as_valid_json)
{
    static const struct {
        const char *text;
        const char *json;
    } cases[] = {
        {"", "\"\"\n"},
        {"say \"hi\"\\", "\"say \\\"hi\\\"\\\\\"\n"},
        {"a\nb\tc\r\b\f", "\"a\\nb\\tc\\r\\b\\f\"\n"},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"\n"},
        {"ü→😀", "\"ü→😀\"\n"},
        {"\xff", "\"\\ufffd\"\n"},                                  /* never in UTF-8 */
        {"\xc3", "\"\\ufffd\"\n"},                                  /* cut short */
        {"\xc0\xaf", "\"\\ufffd\\ufffd\"\n"},                       /* overlong */
        {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"\n"},            /* a surrogate */
        {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"\n"}, /* above U+10FFFF */
    };
    struct jout j;

    jout_begin(&j, out, false);
    jout_text(&j, NULL, cases[_i].text);
    fputc('\n', out);
    ck_assert_str_eq(written(), cases[_i].json);
    ck_assert(json_is_valid(text));
}
END_TEST

START_TEST(nested_values_are_separated)
{
    struct jout j;

    jout_begin(&j, out, true);
    jout_object(&j, NULL);
    jout_uint(&j, "a", UINT64_MAX);
    jout_array(&j, "b");
    jout_bool(&j, NULL, true);
    jout_null(&j, NULL);
    jout_end(&j);
    jout_array(&j, "c");
    jout_end(&j);
    jout_end(&j);
    ck_assert(json_is_valid(written()));
    ck_assert_str_eq(text, "{\n  \"a\": 18446744073709551615,\n  \"b\": [\n    true,\n"
                           "    null\n  ],\n  \"c\": []\n}\n");
}
END_TEST

/* ---- the folder ---- */

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/test_out.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_folder(void)
{
    ck_assert_int_eq(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

START_TEST(missing_folders_are_made)
{
    char path[128];
    char why[OUT_WHY_MAX];
    struct stat st;
    struct out o;

    snprintf(path, sizeof path, "%s/a//b/c/", folder);
    ck_assert_int_eq(out_open(&o, path, true, why), ERR_OK);
    fputs("{}\n", o.trace);
    ck_assert_int_eq(out_close(&o, why), ERR_OK);
    snprintf(path, sizeof path, "%s/a/b/c/trace.jsonl", folder);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_size, 3);
}
END_TEST

START_TEST(a_file_in_the_way_is_named)
{
    char path[128];
    char why[OUT_WHY_MAX];
    struct out o;
    FILE *f;

    snprintf(path, sizeof path, "%s/a", folder);
    f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fclose(f);
    snprintf(path, sizeof path, "%s/a/b", folder);
    ck_assert_int_eq(out_open(&o, path, false, why), ERR_IO);
    ck_assert_ptr_nonnull(strstr(why, "/a: a file of that name is in the way"));
    ck_assert_int_eq(out_open(&o, "", false, why), ERR_IO);
}
END_TEST

START_TEST(a_full_disk_is_told_at_the_end)
{
    char path[128];
    char why[OUT_WHY_MAX];
    struct out o;

    snprintf(path, sizeof path, "%s/ladder.txt", folder);
    ck_assert_int_eq(symlink("/dev/full", path), 0);
    ck_assert_int_eq(out_open(&o, folder, false, why), ERR_OK);
    fputs("a row\n", o.ladder);
    ck_assert_int_eq(out_close(&o, why), ERR_IO);
    ck_assert_str_eq(why, "ladder.txt is not complete: No space left on device");
}
END_TEST

Suite *test_trace_json_suite(void)
{
    Suite *s = suite_create("trace_json");
    TCase *t = tcase_create("lines");
    TCase *o = tcase_create("folder");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_datagram_has_the_documented_members);
    tcase_add_test(t, an_unreadable_datagram_has_no_name);
    tcase_add_test(t, a_step_has_the_documented_members);
    tcase_add_test(t, a_leak_has_the_documented_members);
    tcase_add_test(t, what_the_attacker_knows_has_the_documented_members);
    tcase_add_test(t, a_text_that_the_attacker_reads_is_in_hexadecimal);
    tcase_add_test(t, every_line_of_a_run_is_an_object_with_time_and_kind);
    tcase_add_test(t, the_first_line_tells_what_is_run);
    tcase_add_loop_test(t, any_text_is_written_as_valid_json, 0, 10);
    tcase_add_test(t, nested_values_are_separated);
    suite_add_tcase(s, t);
    tcase_add_checked_fixture(o, make_folder, remove_folder);
    tcase_add_test(o, missing_folders_are_made);
    tcase_add_test(o, a_file_in_the_way_is_named);
    tcase_add_test(o, a_full_disk_is_told_at_the_end);
    suite_add_tcase(s, o);
    return s;
}
