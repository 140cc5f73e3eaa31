#include "test/unit/paths.h"

#include <check.h>

Suite *test_ue_suite(void);

/* An attach that fails leaves the old keyset and what is open under it. */
static void reach_detached_again(struct rig *g)
{
    rig_go(ue_reach, "READY", g);
    rig_send(g, ROLE_UE, "up");
    rig_move(g, 0x22);
    rig_go(ue_cause, "RX_REJECT", g);
    ck_assert_str_eq(rig_state(g, ROLE_UE), "DETACHED");
}

static void detached_dack(struct rig *g)
{
    reach_detached_again(g);
    rig_go(ue_cause, "RX_DACK", g);
}

static void detached_overlap_due(struct rig *g)
{
    reach_detached_again(g);
    rig_go(ue_cause, "OVERLAP_DUE", g);
}

static void attaching_ack_due(struct rig *g)
{
    rig_go(ue_reach, "READY", g);
    rig_go(ue_cause, "RX_RAND", g);
    rig_go(ue_cause, "MOVED", g);
    rig_go(ue_cause, "ACK_DUE", g);
}

static void numbers_used_up(struct rig *g)
{
    rig_attach(g);
    g->ue.ul_ctr = UINT32_MAX;
    rig_go(ue_cause, "APP_SEND", g);
    ck_assert_uint_eq(g->notes[NOTE_EXHAUSTED], 1);
}

static const struct rig_path own[] = {
    {"DETACHED RX_DACK", detached_dack},
    {"DETACHED OVERLAP_DUE", detached_overlap_due},
    {"ATTACHING ACK_DUE", attaching_ack_due},
    {NULL, NULL},
};

static const struct rig_path literal_own[] = {{"READY APP_SEND_FULL", numbers_used_up},
                                              {NULL, NULL}};

static const struct rig_rows hardened = {ROLE_UE, VARIANT_HARDENED, ue_reach, ue_cause, NULL, own};
static const struct rig_rows literal = {ROLE_UE, VARIANT_LITERAL, ue_literal_reach, ue_cause,
                                        NULL,    literal_own};

START_TEST(hardened_row)
{
    rig_row(&hardened, _i);
}
END_TEST

START_TEST(literal_row)
{
    rig_row(&literal, _i);
}
END_TEST

START_TEST(no_event_harms_a_hardened_state_that_does_not_expect_it)
{
    rig_all_pairs(&hardened);
}
END_TEST

START_TEST(no_event_harms_a_literal_state_that_does_not_expect_it)
{
    rig_all_pairs(&literal);
}
END_TEST

Suite *test_ue_suite(void)
{
    Suite *s = suite_create("ue");
    TCase *t = tcase_create("rows");

    tcase_add_loop_test(t, hardened_row, 0, rig_rows_count(&hardened));
    tcase_add_loop_test(t, literal_row, 0, rig_rows_count(&literal));
    tcase_add_test(t, no_event_harms_a_hardened_state_that_does_not_expect_it);
    tcase_add_test(t, no_event_harms_a_literal_state_that_does_not_expect_it);
    suite_add_tcase(s, t);
    return s;
}
