#include "test/unit/paths.h"

#include <check.h>

Suite *test_eese_suite(void);

/* Down is in flight when the next keyset is installed. */
static void data_due_with_next(struct rig *g)
{
    rig_go(eese_reach, "VALID", g);
    rig_go(eese_cause, "APP_SEND", g);
    rig_go(eese_cause, "RX_RAND", g);
    rig_fire(g, ROLE_EESE, TIMER_DATA);
}

static void overlap_while_expired(struct rig *g)
{
    struct profile p = g->hss.profile;

    p.te2e_ue_ms = 5000; /* less than the overlap lasts */
    rig_policy(g, &p);
    rig_attach(g);
    rig_rekey(g);
    rig_expire(g);
}

static void overlap_due_expired(struct rig *g)
{
    overlap_while_expired(g);
    rig_go(eese_cause, "OVERLAP_DUE", g);
}

static void overlap_due_expired_next(struct rig *g)
{
    overlap_while_expired(g);
    rig_go(eese_cause, "RX_RAND", g);
    rig_go(eese_cause, "OVERLAP_DUE", g);
}

/* INDEX off: a RAND has no number, so it derives again. */
static void rand_again(struct rig *g)
{
    rig_switch(g, SW_INDEX, false);
    rig_go(eese_cause, "RX_RAND", g);
}

static void index_off_valid_next(struct rig *g)
{
    rig_go(eese_reach, "VALID_NEXT", g);
    rand_again(g);
}

static void index_off_expired_next(struct rig *g)
{
    rig_go(eese_reach, "EXPIRED_NEXT", g);
    rand_again(g);
}

static const struct rig_path own[] = {
    {"VALID_NEXT RX_RAND", index_off_valid_next},
    {"EXPIRED_NEXT RX_RAND", index_off_expired_next},
    {"VALID_NEXT DATA_DUE", data_due_with_next},
    {"EXPIRED OVERLAP_DUE", overlap_due_expired},
    {"EXPIRED_NEXT OVERLAP_DUE", overlap_due_expired_next},
    {NULL, NULL},
};

static const struct rig_rows hardened = {ROLE_EESE, VARIANT_HARDENED, eese_reach, eese_cause, NULL,
                                         own};
static const struct rig_rows literal = {
    ROLE_EESE, VARIANT_LITERAL, eese_literal_reach, eese_literal_cause, NULL, NULL};

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

Suite *test_eese_suite(void)
{
    Suite *s = suite_create("eese");
    TCase *t = tcase_create("rows");

    tcase_add_loop_test(t, hardened_row, 0, rig_rows_count(&hardened));
    tcase_add_loop_test(t, literal_row, 0, rig_rows_count(&literal));
    tcase_add_test(t, no_event_harms_a_hardened_state_that_does_not_expect_it);
    tcase_add_test(t, no_event_harms_a_literal_state_that_does_not_expect_it);
    suite_add_tcase(s, t);
    return s;
}
