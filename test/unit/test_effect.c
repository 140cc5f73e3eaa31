#include "common/core/effect.h"

#include "common/base/ensure.h"

#include <check.h>
#include <signal.h>
#include <string.h>

Suite *test_effect_suite(void);

static struct effects fx;

START_TEST(effects_keep_their_order)
{
    const uint8_t payload[] = {1, 2, 3};

    effects_reset(&fx);
    fx_send(&fx, ROLE_UE, MSG_STATUS)->u.index.n = 7;
    fx_reply(&fx, ROLE_UE, MSG_DACK);
    fx_arm(&fx, TIMER_PUSH, 99);
    fx_disarm(&fx, TIMER_FWD);
    fx_save(&fx);
    fx_bind(&fx);
    fx_deliver(&fx, ROLE_UE, 4, 5, payload, sizeof payload);
    fx_report(&fx, VERDICT_REPLAY, ROLE_UE, 6, 8);
    fx_note(&fx, NOTE_HELD, 10, 11);
    for (unsigned i = 0; i < fx.count; i++) {
        static const enum effect_kind kinds[] = {FX_SEND, FX_SEND,    FX_ARM,    FX_DISARM, FX_SAVE,
                                                 FX_BIND, FX_DELIVER, FX_REPORT, FX_NOTE};

        ck_assert_int_eq(fx.list[i].kind, kinds[i]);
    }
    ck_assert_uint_eq(fx.count, 9);
    ck_assert_uint_eq(fx.list[0].u.send.msg.u.index.n, 7);
    ck_assert(!fx.list[0].u.send.to_source);
    ck_assert(fx.list[1].u.send.to_source);
    ck_assert_uint_eq(fx.list[2].u.timer.at_us, 99);
    ck_assert_int_eq(fx.list[3].u.timer.id, TIMER_FWD);
    ck_assert_mem_eq(fx.list[6].u.data.payload, payload, sizeof payload);
    ck_assert_int_eq(fx.list[6].u.data.verdict, VERDICT_OK);
    ck_assert_int_eq(fx.list[7].u.data.verdict, VERDICT_REPLAY);
    ck_assert_uint_eq(fx.list[7].u.data.len, 0);
    ck_assert_uint_eq(fx.list[8].u.note.more, 11);
}
END_TEST

START_TEST(a_reset_list_shows_nothing_of_the_step_before)
{
    effects_reset(&fx);
    fx_send(&fx, ROLE_UE, MSG_STATUS)->u.index.n = 7;
    fx.stepped = true;
    fx.entropy_used = true;
    effects_reset(&fx);
    ck_assert_uint_eq(fx.count, 0);
    ck_assert(!fx.stepped);
    ck_assert(!fx.entropy_used);
    ck_assert_uint_eq(fx_send(&fx, ROLE_UE, MSG_STATUS)->u.index.n, 0);
}
END_TEST

START_TEST(one_effect_too_many_is_our_own_error)
{
    effects_reset(&fx);
    for (unsigned i = 0; i <= EFFECTS_MAX; i++) {
        fx_bind(&fx);
    }
}
END_TEST

START_TEST(a_step_saves_once)
{
    effects_reset(&fx);
    for (unsigned i = 0; i <= EFFECTS_MAX; i++) {
        fx_save(&fx);
    }
    ck_assert_uint_eq(fx.count, 1);
    effects_reset(&fx);
    fx_save(&fx);
    ck_assert_uint_eq(fx.count, 1);
}
END_TEST

START_TEST(verdicts_have_names)
{
    ck_assert_str_eq(verdict_name(VERDICT_FAIL_MIC), "FAIL_MIC");
    for (unsigned i = 0; i < VERDICT_COUNT; i++) {
        ck_assert_uint_gt(strlen(verdict_name((enum verdict)i)), 0);
    }
}
END_TEST

START_TEST(notes_have_names_and_words)
{
    ck_assert_str_eq(note_name(NOTE_AUTN_BAD), "AUTN_BAD");
    for (unsigned i = 0; i < NOTE_COUNT; i++) {
        ck_assert_uint_gt(strlen(note_name((enum note)i)), 0);
        ck_assert_uint_gt(strlen(note_words((enum note)i)), 0);
    }
}
END_TEST

Suite *test_effect_suite(void)
{
    Suite *s = suite_create("effect");
    TCase *t = tcase_create("list");

    tcase_add_test(t, effects_keep_their_order);
    tcase_add_test(t, a_reset_list_shows_nothing_of_the_step_before);
    tcase_add_test_raise_signal(t, one_effect_too_many_is_our_own_error, SIGABRT);
    tcase_add_test(t, a_step_saves_once);
    tcase_add_test(t, verdicts_have_names);
    tcase_add_test(t, notes_have_names_and_words);
    suite_add_tcase(s, t);
    return s;
}
