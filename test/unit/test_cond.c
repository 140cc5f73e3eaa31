#include "scenarios/sim/drive/cond.h"

#include "test/unit/scene.h"

#include <check.h>
#include <string.h>

Suite *test_cond_suite(void);

/* A condition under test, as the first `expect` of a scenario with three UEs, and how often it has
 * been met. */
static struct {
    struct scenario scn;
    struct cond *cond;
    unsigned met;
} it;

static void open_cond(const char *expect)
{
    char text[256];

    snprintf(text, sizeof text, "ue UE1\nue UE2\nue UE3\n%s\n", expect);
    scene_open(&it.scn, text);
    ck_assert_uint_eq(it.scn.expects_count, 1);
    it.cond = cond_new(&it.scn, &it.scn.expects[0].cond);
    ck_assert_ptr_nonnull(it.cond);
    it.met = 0;
}

static void close_cond(void)
{
    cond_free(it.cond);
    scenario_free(&it.scn);
}

static void tell(const struct trace_event *e)
{
    it.met += cond_meets(it.cond, e);
}

static struct trace_event occur(int ue, enum role role, enum occur_kind kind)
{
    struct trace_event e = {.kind = TRACE_OCCUR, .ue = ue};

    e.u.occur.kind = kind;
    e.u.occur.role = role;
    e.u.occur.ue = it.scn.ues[ue].imsi;
    return e;
}

/* |how| is "STATE EVENT NEXT"; |fp| 0: no key. */
static void step(int ue, enum role role, const char *how, uint32_t epoch, uint32_t fp)
{
    struct trace_event e = occur(ue, role, OCCUR_STEP);
    struct occur *o = &e.u.occur;

    ck_assert_int_eq(sscanf(how, "%31s %31s %31s", o->state, o->event, o->next), 3);
    o->has_epoch = fp != 0;
    o->epoch = epoch;
    o->fp = fp;
    tell(&e);
}

static void deliver(int ue, enum role role, uint32_t epoch, const char *text)
{
    struct trace_event e = occur(ue, role, OCCUR_DELIVER);

    e.u.occur.has_epoch = true;
    e.u.occur.epoch = epoch;
    e.u.occur.len = (uint16_t)strlen(text);
    memcpy(e.u.occur.payload, text, e.u.occur.len);
    tell(&e);
}

static void note(int ue, enum role role, enum note n, uint64_t value)
{
    struct trace_event e = occur(ue, role, OCCUR_NOTE);

    e.u.occur.note = n;
    e.u.occur.value = value;
    tell(&e);
}

static void push(int ue, uint32_t epoch, enum fate fate)
{
    struct trace_event e = {.kind = TRACE_MSG, .ue = ue};

    e.u.msg = (struct trace_msg){.from = ROLE_EMSE,
                                 .to = ROLE_UE,
                                 .type = MSG_RAND_PUSH,
                                 .ue = ue,
                                 .has_epoch = true,
                                 .epoch = epoch,
                                 .fate = fate};
    tell(&e);
}

/* ---- datagrams ---- */

START_TEST(a_datagram_counts_when_it_arrives)
{
    open_cond("expect 3 RAND_PUSH to UE1");
    push(0, 1, FATE_DROPPED);
    push(1, 1, FATE_DELIVERED);
    ck_assert_uint_eq(it.met, 0);
    ck_assert(!cond_true(it.cond));
    push(0, 1, FATE_DELIVERED);
    push(0, 1, FATE_DUPLICATED);
    push(0, 2, FATE_CORRUPTED);
    ck_assert_uint_eq(it.met, 3);
    ck_assert(cond_true(it.cond));
    close_cond();
}
END_TEST

START_TEST(a_sent_datagram_counts_when_it_is_lost_too)
{
    open_cond("expect 2 RAND_PUSH sent to UE1");
    push(0, 1, FATE_DROPPED);
    push(0, 1, FATE_DELIVERED);
    ck_assert_uint_eq(it.met, 2);
    close_cond();
}
END_TEST

START_TEST(the_nth_is_met_once)
{
    open_cond("expect 2nd RAND_PUSH epoch 4");
    push(0, 4, FATE_DELIVERED);
    push(0, 3, FATE_DELIVERED);
    ck_assert_uint_eq(it.met, 0);
    push(1, 4, FATE_DELIVERED);
    ck_assert_uint_eq(it.met, 1);
    push(0, 4, FATE_DELIVERED);
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

/* ---- keys ---- */

START_TEST(a_share_is_one_epoch_with_one_key)
{
    open_cond("expect UE1 and EESE share an epoch");
    step(0, ROLE_EESE, "NO_KEY RX_KEYSET FIRST", 0, 0xa);
    step(0, ROLE_UE, "ATTACHING RX_ACCEPT READY", 0, 0xb);
    step(1, ROLE_UE, "ATTACHING RX_ACCEPT READY", 0, 0xa);
    ck_assert_uint_eq(it.met, 0);
    step(0, ROLE_UE, "READY RX_ACCEPT READY", 0, 0xa);
    ck_assert_uint_eq(it.met, 1);
    ck_assert(cond_true(it.cond));
    step(0, ROLE_UE, "READY APP_SEND READY", 0, 0xa);
    ck_assert_uint_eq(it.met, 1);
    step(0, ROLE_UE, "READY RX_RAND READY", 1, 0xc);
    ck_assert(!cond_true(it.cond));
    step(0, ROLE_EESE, "EXPIRED_NEXT RX_DATA_NEXT VALID", 1, 0xc);
    ck_assert_uint_eq(it.met, 2);
    close_cond();
}
END_TEST

START_TEST(a_share_of_a_later_epoch_will_do_when_it_says_so)
{
    open_cond("expect UE1 and EESE share epoch 3 or later");
    step(0, ROLE_EESE, "A B C", 2, 0xa);
    step(0, ROLE_UE, "A B C", 2, 0xa);
    ck_assert_uint_eq(it.met, 0);
    step(0, ROLE_EESE, "A B C", 4, 0xb);
    step(0, ROLE_UE, "A B C", 4, 0xb);
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

START_TEST(every_ue_may_meet_it_at_its_own_time)
{
    open_cond("expect every UE and EESE share epoch 1");
    for (int ue = 0; ue < 3; ue++) {
        ck_assert_uint_eq(it.met, 0);
        step(ue, ROLE_EESE, "A B C", 1, 0xa);
        step(ue, ROLE_UE, "A B C", 1, 0xa);
        if (ue == 0) {
            step(0, ROLE_UE, "A B C", 2, 0xd);
        }
    }
    ck_assert_uint_eq(it.met, 1);
    ck_assert(!cond_true(it.cond)); /* UE1 is ahead by now */
    step(0, ROLE_UE, "A B C", 1, 0xa);
    ck_assert(cond_true(it.cond));
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

START_TEST(data_under_an_expired_epoch_is_found)
{
    open_cond("expect never EESE accepts data under an expired key");
    step(0, ROLE_EESE, "FIRST RX_DATA_NEXT VALID", 0, 0xa);
    deliver(0, ROLE_EESE, 0, "x");
    step(0, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED", 0, 0xa);
    deliver(1, ROLE_EESE, 0, "x");
    ck_assert_uint_eq(it.met, 0);
    step(0, ROLE_EESE, "EXPIRED_NEXT RX_DATA_NEXT VALID", 1, 0xb);
    deliver(0, ROLE_EESE, 1, "x");
    ck_assert_uint_eq(it.met, 0);
    deliver(0, ROLE_EESE, 0, "x");
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

START_TEST(an_epoch_that_comes_back_into_use_is_not_expired)
{
    open_cond("expect never EESE accepts data under an expired key");
    step(0, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED", 0, 0xa);
    step(0, ROLE_EESE, "EXPIRED RX_KEYSET VALID", 0, 0xb);
    deliver(0, ROLE_EESE, 0, "x");
    ck_assert_uint_eq(it.met, 0);
    close_cond();
}
END_TEST

/* ---- contexts ---- */

START_TEST(a_state_is_entered_not_kept)
{
    open_cond("expect EESE is EXPIRED for UE2 twice");
    step(1, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED", 0, 0xa);
    step(1, ROLE_EESE, "EXPIRED RX_DATA EXPIRED", 0, 0xa);
    step(0, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED", 0, 0xa);
    ck_assert_uint_eq(it.met, 1);
    step(1, ROLE_EESE, "EXPIRED RX_RAND VALID", 1, 0xb);
    ck_assert(!cond_true(it.cond));
    step(1, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED", 1, 0xb);
    ck_assert_uint_eq(it.met, 2);
    ck_assert(cond_true(it.cond));
    close_cond();
}
END_TEST

START_TEST(a_context_begins_in_its_first_state)
{
    open_cond("expect finally EESE is NO_KEY for UE1");
    ck_assert(cond_true(it.cond));
    step(0, ROLE_EESE, "NO_KEY RX_KEYSET FIRST", 0, 0xa);
    ck_assert(!cond_true(it.cond));
    close_cond();
}
END_TEST

START_TEST(attached_lasts_until_the_ue_begins_anew)
{
    open_cond("expect UE1 is attached");
    step(0, ROLE_UE, "ATTACHING RX_ACCEPT READY", 0, 0xa);
    ck_assert_uint_eq(it.met, 0);
    note(0, ROLE_UE, NOTE_ATTACHED, 1);
    ck_assert_uint_eq(it.met, 1);
    step(0, ROLE_UE, "READY APP_SEND READY", 0, 0xa);
    ck_assert(cond_true(it.cond));
    step(0, ROLE_UE, "READY MOVED ATTACHING", 0, 0xa);
    ck_assert(!cond_true(it.cond));
    note(0, ROLE_EMSE, NOTE_ATTACHED, 1);
    ck_assert(!cond_true(it.cond));
    close_cond();
}
END_TEST

START_TEST(an_event_is_seen_by_its_role)
{
    open_cond("expect EESE sees TE2E_EXPIRED for UE1");
    step(0, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED", 0, 0xa);
    step(0, ROLE_EESE, "EXPIRED RX_RAND VALID", 1, 0xb);
    step(1, ROLE_EESE, "VALID TE2E_EXPIRED EXPIRED", 0, 0xa);
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

START_TEST(a_note_may_be_asked_with_its_value)
{
    open_cond("expect EESE notes TE2E_FLOOR value 1000 for UE1");
    note(0, ROLE_EESE, NOTE_TE2E_FLOOR, 999);
    note(0, ROLE_EMSE, NOTE_TE2E_FLOOR, 1000);
    note(0, ROLE_EESE, NOTE_TE2E_CEILING, 1000);
    ck_assert_uint_eq(it.met, 0);
    note(0, ROLE_EESE, NOTE_TE2E_FLOOR, 1000);
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

START_TEST(a_report_is_asked_by_its_verdict)
{
    struct trace_event e;

    open_cond("expect EESE reports FAIL_MIC for UE1");
    e = occur(0, ROLE_EESE, OCCUR_REPORT);
    e.u.occur.verdict = VERDICT_DUP;
    tell(&e);
    ck_assert_uint_eq(it.met, 0);
    e.u.occur.verdict = VERDICT_FAIL_MIC;
    tell(&e);
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

START_TEST(data_is_told_by_its_payload_and_its_receiver)
{
    open_cond("expect EESE delivers \"42\" from UE1");
    deliver(0, ROLE_EESE, 0, "41");
    deliver(0, ROLE_EESE, 0, "421");
    deliver(0, ROLE_UE, 0, "42");
    deliver(1, ROLE_EESE, 0, "42");
    ck_assert_uint_eq(it.met, 0);
    deliver(0, ROLE_EESE, 0, "42");
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

START_TEST(all_have_received_twice_when_the_last_has)
{
    open_cond("expect every UE receives data");
    for (int i = 0; i < 2; i++) {
        deliver(0, ROLE_UE, 0, "x");
        deliver(1, ROLE_UE, 0, "x");
    }
    deliver(2, ROLE_UE, 0, "x");
    ck_assert_uint_eq(it.met, 1);
    deliver(2, ROLE_UE, 0, "x");
    ck_assert_uint_eq(it.met, 2);
    close_cond();
}
END_TEST

/* ---- the attacker ---- */

static void learn(int ue, enum secret what, uint32_t epoch, const char *text)
{
    struct trace_event e = {.kind = TRACE_KNOWS, .ue = ue};

    e.u.knows.what = what;
    e.u.knows.has_epoch = what == SECRET_E2E || what == SECRET_RAND;
    e.u.knows.epoch = epoch;
    e.u.knows.len = (uint16_t)strlen(text);
    memcpy(e.u.knows.payload, text, e.u.knows.len);
    tell(&e);
}

START_TEST(what_the_attacker_knows_is_asked_by_secret_epoch_and_ue)
{
    open_cond("expect never attacker knows e2eKEYSET epoch 2 of UE1");
    learn(0, SECRET_E2E, 1, "");
    learn(0, SECRET_RAND, 2, "");
    learn(0, SECRET_E2M, 2, "");
    learn(1, SECRET_E2E, 2, "");
    ck_assert_uint_eq(it.met, 0);
    ck_assert(!cond_true(it.cond));
    learn(0, SECRET_E2E, 2, "");
    ck_assert_uint_eq(it.met, 1);
    ck_assert(cond_true(it.cond));
    close_cond();
    open_cond("expect never attacker knows e2eKEYSET epoch 2 or later");
    learn(0, SECRET_E2E, 1, "");
    learn(0, SECRET_E2E, 2, "");
    learn(1, SECRET_E2E, 3, "");
    ck_assert_uint_eq(it.met, 2);
    close_cond();
    open_cond("expect never attacker knows RAND epoch 1 of UE1");
    learn(0, SECRET_E2E, 1, "");
    learn(0, SECRET_RAND, 1, "");
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

START_TEST(a_text_that_the_attacker_reads_is_asked_whole)
{
    open_cond("expect never attacker knows \"42\"");
    learn(0, SECRET_TEXT, 0, "421");
    learn(0, SECRET_TEXT, 0, "4");
    learn(0, SECRET_E2M, 0, "");
    ck_assert_uint_eq(it.met, 0);
    learn(2, SECRET_TEXT, 0, "42");
    ck_assert_uint_eq(it.met, 1);
    close_cond();
}
END_TEST

/* ---- words ---- */

START_TEST(words_that_no_table_has_are_told)
{
    char why[COND_WHY_MAX] = "";

    open_cond("expect EESE is EXPIRD for UE1");
    ck_assert_int_eq(cond_check(&it.scn, &it.scn.expects[0].cond, why), ERR_UNKNOWN);
    ck_assert_ptr_nonnull(strstr(why, "EESE has no state 'EXPIRD'; did you mean 'EXPIRED'?"));
    ck_assert_ptr_nonnull(strstr(why, "EXPIRED_NEXT"));
    close_cond();
    open_cond("expect EESE sees TE2E_EXPIRED for UE1");
    ck_assert_int_eq(cond_check(&it.scn, &it.scn.expects[0].cond, why), ERR_OK);
    close_cond();
}
END_TEST

Suite *test_cond_suite(void)
{
    Suite *s = suite_create("cond");
    TCase *tc = tcase_create("cond");

    tcase_add_test(tc, a_datagram_counts_when_it_arrives);
    tcase_add_test(tc, a_sent_datagram_counts_when_it_is_lost_too);
    tcase_add_test(tc, the_nth_is_met_once);
    tcase_add_test(tc, a_share_is_one_epoch_with_one_key);
    tcase_add_test(tc, a_share_of_a_later_epoch_will_do_when_it_says_so);
    tcase_add_test(tc, every_ue_may_meet_it_at_its_own_time);
    tcase_add_test(tc, data_under_an_expired_epoch_is_found);
    tcase_add_test(tc, an_epoch_that_comes_back_into_use_is_not_expired);
    tcase_add_test(tc, a_state_is_entered_not_kept);
    tcase_add_test(tc, a_context_begins_in_its_first_state);
    tcase_add_test(tc, attached_lasts_until_the_ue_begins_anew);
    tcase_add_test(tc, an_event_is_seen_by_its_role);
    tcase_add_test(tc, a_note_may_be_asked_with_its_value);
    tcase_add_test(tc, a_report_is_asked_by_its_verdict);
    tcase_add_test(tc, data_is_told_by_its_payload_and_its_receiver);
    tcase_add_test(tc, all_have_received_twice_when_the_last_has);
    tcase_add_test(tc, what_the_attacker_knows_is_asked_by_secret_epoch_and_ue);
    tcase_add_test(tc, a_text_that_the_attacker_reads_is_asked_whole);
    tcase_add_test(tc, words_that_no_table_has_are_told);
    suite_add_tcase(s, tc);
    return s;
}
