#include "common/base/ensure.h"
#include "common/node/occur.h"

#include <check.h>
#include <string.h>

Suite *test_occur_suite(void);

static const char *const lines[] = {
    "EESE t=3.000500 step ue=1 state=S event=T next=OLD action=d clause=C_5Y3 epoch=1 fp=5c0a91e7",
    "EMSE t=0.000000 step ue=00101 state=A event=ATTACH next=AV action=start clause=GAP_ATTACH",
    "UE t=0.000001 step ue=1 state=A event=B next=A action=c clause=C_6X23_5 epoch=0 fp=00000001",
    "EESE t=4.100000 deliver ue=001010000000001 from=UE epoch=1 ctr=7 payload=3432",
    "EESE t=4.100000 deliver ue=001010000000001 from=UE epoch=0 ctr=4294967295 payload=",
    "UE t=4.100000 report ue=001010000000001 from=EESE epoch=1 ctr=7 verdict=FAIL_MIC",
    "EESE t=18446744073708.999999 note ue=1 note=TE2E_FLOOR value=9 more=18446744073709551615",
    "HSS t=12.345678 refused from=VN err=NOT_CANONICAL bytes=73",
};

START_TEST(every_line_comes_back_as_it_was)
{
    char again[OCCUR_LINE_MAX];
    struct occur o;

    ck_assert_int_eq(occur_parse(lines[_i], &o), ERR_OK);
    ck_assert_uint_eq(occur_format(&o, again), strlen(lines[_i]));
    ck_assert_str_eq(again, lines[_i]);
}
END_TEST

START_TEST(a_line_says_what_happened)
{
    struct occur o;

    ck_assert_int_eq(occur_parse(lines[0], &o), ERR_OK);
    ck_assert_int_eq(o.kind, OCCUR_STEP);
    ck_assert_int_eq(o.role, ROLE_EESE);
    ck_assert_uint_eq(o.t_us, 3000500);
    ck_assert_str_eq(o.ue.s, "1");
    ck_assert_str_eq(o.next, "OLD");
    ck_assert_str_eq(o.action, "d");
    ck_assert_int_eq(o.clause, C_5Y3);
    ck_assert(o.has_epoch);
    ck_assert_uint_eq(o.epoch, 1);
    ck_assert_uint_eq(o.fp, 0x5c0a91e7);

    ck_assert_int_eq(occur_parse(lines[3], &o), ERR_OK);
    ck_assert_int_eq(o.kind, OCCUR_DELIVER);
    ck_assert_int_eq(o.from, ROLE_UE);
    ck_assert_uint_eq(o.ctr, 7);
    ck_assert_uint_eq(o.len, 2);
    ck_assert_mem_eq(o.payload, "42", 2);

    ck_assert_int_eq(occur_parse(lines[7], &o), ERR_OK);
    ck_assert_int_eq(o.err, ERR_NOT_CANONICAL);
    ck_assert_uint_eq(o.len, 73);
    ck_assert_uint_eq(o.ue.len, 0);
}
END_TEST

START_TEST(the_longest_payload_fits_a_line)
{
    char line[OCCUR_LINE_MAX];
    struct occur o;
    struct occur back;

    memset(&o, 0, sizeof o);
    o.kind = OCCUR_DELIVER;
    o.role = ROLE_EESE;
    o.t_us = UINT64_MAX / 2;
    o.from = ROLE_UE;
    o.has_epoch = true;
    o.epoch = UINT32_MAX;
    o.ctr = UINT32_MAX;
    o.len = PAYLOAD_MAX;
    memset(o.payload, 0xff, sizeof o.payload);
    ck_assert_int_eq(ident_set(&o.ue, "abcdefghijklmnopqrstuvwxyz1234"), ERR_OK);
    occur_format(&o, line);
    ck_assert_int_eq(occur_parse(line, &back), ERR_OK);
    ck_assert_mem_eq(&back, &o, sizeof o);
}
END_TEST

START_TEST(every_name_of_a_register_is_read)
{
    char line[OCCUR_LINE_MAX];
    struct occur o;
    struct occur back;

    memset(&o, 0, sizeof o);
    ck_assert_int_eq(ident_set(&o.ue, "1"), ERR_OK);
    o.kind = OCCUR_NOTE;
    for (unsigned i = 0; i < NOTE_COUNT; i++) {
        o.note = (enum note)i;
        occur_format(&o, line);
        ck_assert_int_eq(occur_parse(line, &back), ERR_OK);
        ck_assert_mem_eq(&back, &o, sizeof o);
    }
    o.note = (enum note)0;
    o.kind = OCCUR_REPORT;
    for (unsigned i = 0; i < VERDICT_COUNT; i++) {
        o.verdict = (enum verdict)i;
        occur_format(&o, line);
        ck_assert_int_eq(occur_parse(line, &back), ERR_OK);
        ck_assert_mem_eq(&back, &o, sizeof o);
    }
    memset(&o, 0, sizeof o);
    o.kind = OCCUR_REFUSED;
    for (unsigned i = 0; i < ERR_COUNT; i++) {
        o.err = (enum err)i;
        occur_format(&o, line);
        ck_assert_int_eq(occur_parse(line, &back), ERR_OK);
        ck_assert_mem_eq(&back, &o, sizeof o);
    }
}
END_TEST

static const char *const garbage[] = {
    "",
    " ",
    "EESE",
    "EESE t=1.000000",
    "EESE t=1.000000 ",
    "EESE t=1.000000 note",
    "eese t=1.000000 note ue=1 note=FORGERY value=1 more=2",
    "MME t=1.000000 note ue=1 note=FORGERY value=1 more=2",
    "EESE t=1.00000 note ue=1 note=FORGERY value=1 more=2",
    "EESE t=1 note ue=1 note=FORGERY value=1 more=2",
    "EESE t=.000000 note ue=1 note=FORGERY value=1 more=2",
    "EESE t=1.-00001 note ue=1 note=FORGERY value=1 more=2",
    "EESE t=18446744073710.000000 note ue=1 note=FORGERY value=1 more=2",
    "EESE t=000000000000000000000000000001.000000 note ue=1 note=FORGERY value=1 more=2",
    "EESE 1.000000 note ue=1 note=FORGERY value=1 more=2",
    "EESE t=1.000000 gossip ue=1 note=FORGERY value=1 more=2",
    "EESE t=1.000000 note ue=1 note=FORGERY value=1",
    "EESE t=1.000000 note ue=1 note=FORGERY value=1 more=2 ",
    "EESE t=1.000000 note ue=1 note=FORGERY value=1 more=2\n",
    "EESE t=1.000000 note ue=1 note=FORGERY value=1 more=2 more=2",
    "EESE t=1.000000 note ue=1 note=FORGERY more=2 value=1",
    "EESE t=1.000000  note ue=1 note=FORGERY value=1 more=2",
    "EESE t=1.000000 note ue= note=FORGERY value=1 more=2",
    "EESE t=1.000000 note ue=1234567890123456789012345678901 note=FORGERY value=1 more=2",
    "EESE t=1.000000 note ue=1 note=NONSENSE value=1 more=2",
    "EESE t=1.000000 note ue=1 note=FORGERY value=01 more=2",
    "EESE t=1.000000 note ue=1 note=FORGERY value=-1 more=2",
    "EESE t=1.000000 note ue=1 note=FORGERY value= more=2",
    "EESE t=1.000000 note ue=1 note=FORGERY value=1x more=2",
    "EESE t=1.000000 note ue=1 note=FORGERY value=18446744073709551616 more=2",
    "EESE t=1.000000 note ue=1 note=FORGERY value more=2",
    "EESE t=1.000000 report ue=1 from=EMS epoch=1 ctr=7 verdict=OK",
    "EESE t=1.000000 report ue=1 from=UE epoch=4294967296 ctr=7 verdict=OK",
    "EESE t=1.000000 report ue=1 from=UE epoch=1 ctr=7 verdict=FINE",
    "EESE t=1.000000 deliver ue=1 from=UE epoch=1 ctr=7 payload=343",
    "EESE t=1.000000 deliver ue=1 from=UE epoch=1 ctr=7 payload=3G",
    "EESE t=1.000000 deliver ue=1 from=UE epoch=1 ctr=7 payload=AB",
    "EESE t=1.000000 step ue=1 state= event=B next=A action=c clause=C_6X23_5",
    "EESE t=1.000000 step ue=1 state=A event=B next=A action=c clause=C_NONE",
    "EESE t=1.000000 step ue=1 state=A event=B next=A action=c clause=C_6X23_5 fp=1",
    "EESE t=1.000000 step ue=1 state=A event=B next=A action=c clause=C_6X23_5 fp=00000000",
    "UE t=1.000000 step ue=1 state=A2345678901234567890123456789012 event=B next=A action=c",
    "EESE t=1.000000 refused from=UE err=BAD bytes=1",
    "EESE t=1.000000 refused from=UE err=MALFORMED bytes=65536",
};

START_TEST(garbage_is_refused_and_changes_nothing)
{
    struct occur o;
    struct occur before;

    memset(&o, 0x5A, sizeof o);
    before = o;
    ck_assert_int_eq(occur_parse(garbage[_i], &o), ERR_SYNTAX);
    ck_assert_mem_eq(&o, &before, sizeof o);
}
END_TEST

START_TEST(a_line_cut_short_or_too_long_is_refused_or_is_another_line)
{
    char cut[OCCUR_LINE_MAX + 16];
    struct occur o;

    for (size_t len = 0; len < strlen(lines[_i]); len++) {
        memcpy(cut, lines[_i], len);
        cut[len] = '\0';
        if (occur_parse(cut, &o) == ERR_OK) {
            char again[OCCUR_LINE_MAX];

            occur_format(&o, again);
            ck_assert_str_eq(again, cut);
        }
    }
    memset(cut, 'a', sizeof cut - 1);
    memcpy(cut, lines[_i], strlen(lines[_i]));
    cut[sizeof cut - 1] = '\0';
    ck_assert_int_eq(occur_parse(cut, &o), ERR_SYNTAX);
}
END_TEST

Suite *test_occur_suite(void)
{
    Suite *s = suite_create("occur");
    TCase *tc = tcase_create("occur");

    tcase_add_loop_test(tc, every_line_comes_back_as_it_was, 0, (int)COUNT_OF(lines));
    tcase_add_test(tc, a_line_says_what_happened);
    tcase_add_test(tc, the_longest_payload_fits_a_line);
    tcase_add_test(tc, every_name_of_a_register_is_read);
    tcase_add_loop_test(tc, garbage_is_refused_and_changes_nothing, 0, (int)COUNT_OF(garbage));
    tcase_add_loop_test(tc, a_line_cut_short_or_too_long_is_refused_or_is_another_line, 0,
                        (int)COUNT_OF(lines));
    suite_add_tcase(s, tc);
    return s;
}
