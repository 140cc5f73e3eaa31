#include "test/unit/paths.h"

#include <check.h>

Suite *test_emse_suite(void);

/* ---- what some events need first ---- */

static void by_root(struct rig *g)
{
    g->by_root = true;
}

/* Three attaches of a UE that has lost everything use up what the operator grants without a MAC. */
static void spend_attaches(struct rig *g)
{
    rig_attach(g);
    for (unsigned i = 0; i < 3; i++) {
        rig_amnesia(g, ROLE_UE);
        g->ue.attaches = i + 1;
        rig_attach(g);
    }
}

static void spend_then_detach(struct rig *g)
{
    spend_attaches(g);
    rig_move(g, 0x22);
    rig_deliver(g, MSG_ATTACH_REQ);
    rig_go(emse_cause, "RX_AV_REFUSED", g);
    rig_go(emse_cause, "RX_ATTACH", g);
}

/* A run under a root that stays in force. */
static void held_av(struct rig *g)
{
    rig_attach(g);
    rig_move(g, 0x22);
    rig_deliver(g, MSG_ATTACH_REQ);
    rig_drop(g, MSG_AV_REQ);
}

static void held_chal(struct rig *g)
{
    rig_attach(g);
    rig_move(g, 0x22);
    rig_deliver(g, MSG_ATTACH_REQ);
    rig_deliver(g, MSG_AV_REQ);
    rig_deliver(g, MSG_AV_RSP);
}

static void av_spent(struct rig *g)
{
    held_av(g);
    rig_go(emse_cause, "RUN_SPENT", g);
}

static void chal_spent(struct rig *g)
{
    held_chal(g);
    rig_go(emse_cause, "RUN_SPENT", g);
}

/* ... under one that is still being handed over. */
static void open_root(struct rig *g)
{
    rig_attach(g);
    rig_move(g, 0x22);
    rig_deliver(g, MSG_ATTACH_REQ);
    rig_deliver(g, MSG_AV_REQ);
    rig_deliver(g, MSG_AV_RSP);
    rig_deliver(g, MSG_AKA_CHAL);
    rig_deliver(g, MSG_AKA_RESP);
    rig_move(g, 0x33);
    rig_deliver(g, MSG_ATTACH_REQ);
}

static void av_spent_early(struct rig *g)
{
    open_root(g);
    rig_drop(g, MSG_AV_REQ);
    rig_go(emse_cause, "RUN_SPENT", g);
}

static void chal_spent_early(struct rig *g)
{
    open_root(g);
    rig_deliver(g, MSG_AV_REQ);
    rig_deliver(g, MSG_AV_RSP);
    rig_go(emse_cause, "RUN_SPENT", g);
}

static void av_ignores_eese(struct rig *g)
{
    held_av(g);
    rig_go(emse_cause, "RX_EESE_SAME", g);
}

static void chal_ignores_eese(struct rig *g)
{
    held_chal(g);
    rig_go(emse_cause, "RX_EESE_SAME", g);
}

static void av_limited(struct rig *g)
{
    spend_attaches(g);
    held_av(g);
    rig_go(emse_cause, "RX_ATTACH", g);
}

static void chal_limited(struct rig *g)
{
    spend_attaches(g);
    held_chal(g);
    rig_go(emse_cause, "RX_ATTACH", g);
}

/* The UE has the epoch already, and only the confirmation is on its way. */
static void push_only_confirms(struct rig *g)
{
    rig_go(emse_reach, "IDLE", g);
    rig_go(emse_cause, "RX_EESE_BEHIND", g);
    rig_deliver(g, MSG_RAND_REQ);
    rig_deliver(g, MSG_RAND_RSP);
    rig_go(emse_cause, "RX_EESE_NEXT", g);
    rig_drop(g, MSG_UE_CONFIRM);
    rig_go(emse_cause, "FWD_DUE", g);
    rig_deliver(g, MSG_UE_CONFIRM);
}

static const struct rig_path before[] = {
    {"RX_ATTACH_AGAIN", by_root},
    {"RX_ATTACH_LIMITED", spend_attaches},
    {"RX_EESE_CLASH", by_root},
    {NULL, NULL},
};

static const struct rig_path own[] = {
    {"DETACHED RX_ATTACH_LIMITED", spend_then_detach},
    {"AV RX_ATTACH_LIMITED", av_limited},
    {"CHAL RX_ATTACH_LIMITED", chal_limited},
    {"AV RUN_SPENT_HELD", av_spent},
    {"CHAL RUN_SPENT_HELD", chal_spent},
    {"AV RUN_SPENT_ROOT", av_spent_early},
    {"CHAL RUN_SPENT_ROOT", chal_spent_early},
    {"AV RX_EESE_SAME", av_ignores_eese},
    {"CHAL RX_EESE_SAME", chal_ignores_eese},
    {"PUSH FWD_DUE", push_only_confirms},
    {NULL, NULL},
};

static const struct rig_rows hardened = {ROLE_EMSE,  VARIANT_HARDENED, emse_reach,
                                         emse_cause, before,           own};

static const struct rig_rows literal = {
    ROLE_EMSE, VARIANT_LITERAL, emse_literal_reach, emse_cause, NULL, NULL};

START_TEST(literal_row)
{
    rig_row(&literal, _i);
}
END_TEST

START_TEST(hardened_row)
{
    rig_row(&hardened, _i);
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

Suite *test_emse_suite(void)
{
    Suite *s = suite_create("emse");
    TCase *t = tcase_create("rows");

    tcase_add_loop_test(t, hardened_row, 0, rig_rows_count(&hardened));
    tcase_add_loop_test(t, literal_row, 0, rig_rows_count(&literal));
    tcase_add_test(t, no_event_harms_a_literal_state_that_does_not_expect_it);
    tcase_add_test(t, no_event_harms_a_hardened_state_that_does_not_expect_it);
    suite_add_tcase(s, t);
    return s;
}
