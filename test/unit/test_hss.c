#include "common/crypto/aka.h"
#include "test/unit/rig.h"

#include <check.h>
#include <string.h>

Suite *test_hss_suite(void);

static struct rig r;

static struct msg av_req(uint32_t xid, uint8_t purpose)
{
    struct msg m = {.type = MSG_AV_REQ};

    m.u.av_req.xid = xid;
    m.u.av_req.purpose = purpose;
    m.u.av_req.ue = r.ue.imsi;
    m.u.av_req.emse = r.emse_conf.name;
    return m;
}

static struct msg_av_rsp ask(uint32_t xid, uint8_t purpose)
{
    struct msg m = av_req(xid, purpose);
    enum role from = purpose == PURPOSE_ACCESS ? ROLE_VN : ROLE_EMSE;

    rig_inject(&r, from, ROLE_HSS, &m);
    return rig_take(&r, MSG_AV_RSP).u.av_rsp;
}

static struct msg_rand_rsp ask_rand(uint32_t g, uint32_t n, uint8_t count)
{
    struct msg m = {.type = MSG_RAND_REQ};

    m.u.rand_req.assoc =
        (struct assoc){.ue = r.ue.imsi, .emse = r.emse_conf.name, .eese = r.eese_conf.name};
    m.u.rand_req.g = g;
    m.u.rand_req.n_first = n;
    m.u.rand_req.count = count;
    rig_inject(&r, ROLE_EMSE, ROLE_HSS, &m);
    return rig_take(&r, MSG_RAND_RSP).u.rand_rsp;
}

/* ---- rows ---- */

static void reach_unknown(struct rig *g)
{
    hss_machine.init(&g->hss_conf, memset(&g->hss, 0, sizeof g->hss), &g->ue.imsi, 0);
}

static void reach_serving(struct rig *g)
{
    (void)g;
}

static const struct rig_path reach[] = {
    {"UNKNOWN", reach_unknown}, {"SERVING", reach_serving}, {NULL, NULL}};

static void inject_av_req(struct rig *g, const struct msg_av_req *q)
{
    struct msg m = {.type = MSG_AV_REQ};

    m.u.av_req = *q;
    m.u.av_req.ue = g->ue.imsi;
    m.u.av_req.emse = g->emse_conf.name;
    rig_inject(g, q->purpose == PURPOSE_ACCESS ? ROLE_VN : ROLE_EMSE, ROLE_HSS, &m);
}

static void access_request(struct rig *g)
{
    inject_av_req(g, &(struct msg_av_req){.xid = 4, .purpose = PURPOSE_ACCESS});
}

static void e2m_request(struct rig *g)
{
    inject_av_req(g, &(struct msg_av_req){.xid = 4, .purpose = PURPOSE_E2M});
}

static void e2m_request_again(struct rig *g)
{
    e2m_request(g);
    e2m_request(g);
}

static void resync(struct rig *g)
{
    struct msg_av_req q = {.xid = 5, .purpose = PURPOSE_E2M, .has_auts = 1};
    struct usim_sqn card = {{0}};
    struct aka_vector v;
    struct aka_answer a;

    aka_accept(&card, UINT64_C(900) << AKA_IND_BITS | AKA_IND_E2M);
    aka_vector(&g->ue.card.secret, q.rand, AKA_IND_E2M, g->ue.card.secret.amf, &v);
    ck_assert_int_eq(aka_check(&g->ue.card.secret, &card, v.rand, v.autn, &a), ERR_SQN_NOT_FRESH);
    memcpy(q.auts, a.auts, AUTS_LEN);
    inject_av_req(g, &q);
}

static void resync_bad(struct rig *g)
{
    inject_av_req(g, &(struct msg_av_req){.xid = 5, .purpose = PURPOSE_E2M, .has_auts = 1});
}

static void rand_request(struct rig *g)
{
    struct msg m = {.type = MSG_RAND_REQ};

    m.u.rand_req.assoc =
        (struct assoc){.ue = g->ue.imsi, .emse = g->emse_conf.name, .eese = g->eese_conf.name};
    m.u.rand_req.count = 1;
    rig_inject(g, ROLE_EMSE, ROLE_HSS, &m);
}

static void policy(struct rig *g)
{
    struct profile p = g->hss.profile;

    if (p.version == 0) {
        profile_default(&p);
    }
    rig_policy(g, &p);
}

static void start(struct rig *g)
{
    rig_order(g, ROLE_HSS, ORDER_START);
}

static void not_for_the_hss(struct rig *g)
{
    struct msg m = {.type = MSG_DACK};

    rig_inject(g, ROLE_UE, ROLE_HSS, &m);
    rig_order(g, ROLE_HSS, ORDER_SEND);
}

static const struct rig_path cause[] = {
    {"RX_AV_REQ_ACCESS", access_request},
    {"RX_AV_REQ_E2M", e2m_request},
    {"RX_AV_REQ_AGAIN", e2m_request_again},
    {"RX_RESYNC", resync},
    {"RX_RESYNC_BAD", resync_bad},
    {"RX_RAND_REQ", rand_request},
    {"NEW_POLICY", policy},
    {"STARTED", start},
    {"OTHER", not_for_the_hss},
    {NULL, NULL},
};

static const struct rig_rows hardened = {ROLE_HSS, VARIANT_HARDENED, reach, cause, NULL, NULL};
static const struct rig_rows literal = {ROLE_HSS, VARIANT_LITERAL, reach, cause, NULL, NULL};

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

START_TEST(no_event_harms_a_state_that_does_not_expect_it)
{
    rig_all_pairs(&hardened);
    rig_all_pairs(&literal);
}
END_TEST

/* ---- vectors ---- */

START_TEST(the_two_runs_use_ind_values_of_their_own_in_turn)
{
    rig_init(&r, VARIANT_HARDENED);
    for (unsigned i = 0; i < 40; i++) {
        (void)ask(100 + i, PURPOSE_E2M);
        ck_assert_uint_eq(r.hss.sqn & (AKA_IND_COUNT - 1), AKA_IND_E2M + i % AKA_IND_PER_PURPOSE);
        (void)ask(100 + i, PURPOSE_ACCESS);
        ck_assert_uint_eq(r.hss.sqn & (AKA_IND_COUNT - 1),
                          AKA_IND_ACCESS + i % AKA_IND_PER_PURPOSE);
        ck_assert_uint_eq(r.hss.sqn >> AKA_IND_BITS, 2 * i + 2);
    }
    ck_assert_uint_eq(r.hss.g, 40);
}
END_TEST

START_TEST(a_repeated_request_gets_the_same_vector)
{
    struct msg_av_rsp first;
    struct msg_av_rsp again;

    rig_init(&r, VARIANT_HARDENED);
    first = ask(7, PURPOSE_E2M);
    again = ask(7, PURPOSE_E2M);
    ck_assert_mem_eq(&first, &again, sizeof first);
    again = ask(8, PURPOSE_E2M);
    ck_assert_mem_ne(first.rand, again.rand, RAND_LEN);
    ck_assert_uint_eq(again.g, 2);
}
END_TEST

START_TEST(the_first_request_may_have_any_number)
{
    static const uint8_t nothing[KEYSET_LEN];
    struct msg_av_rsp rsp;

    rig_init(&r, VARIANT_HARDENED);
    rsp = ask(0, PURPOSE_E2M);
    ck_assert_mem_ne(rsp.key, nothing, KEYSET_LEN);
    ck_assert_uint_eq(rsp.g, 1);
}
END_TEST

START_TEST(the_purpose_is_told_under_the_mac_of_the_vector)
{
    rig_init(&r, VARIANT_HARDENED);
    ck_assert_uint_eq(ask(1, PURPOSE_E2M).autn[7] & AKA_AMF_E2M, AKA_AMF_E2M);
    ck_assert_uint_eq(ask(1, PURPOSE_ACCESS).autn[7] & AKA_AMF_E2M, 0);
    ck_assert_uint_eq(ask(2, PURPOSE_ACCESS).autn[6] & 0x80, 0x80);
}
END_TEST

START_TEST(the_vector_is_saved_before_it_leaves)
{
    rig_init(&r, VARIANT_HARDENED);
    (void)ask(1, PURPOSE_E2M);
    ck_assert(r.has_saved[ROLE_HSS]);
    ck_assert_uint_eq(r.saved_hss.sqn, r.hss.sqn);
}
END_TEST

START_TEST(the_last_sequence_number_ends_the_card)
{
    struct msg m;

    rig_init(&r, VARIANT_HARDENED);
    r.hss.sqn = (UINT64_C(1) << 48) - 2 * AKA_IND_COUNT;
    (void)ask(1, PURPOSE_E2M);
    m = av_req(2, PURPOSE_E2M);
    rig_inject(&r, ROLE_EMSE, ROLE_HSS, &m);
    ck_assert_uint_eq(r.notes[NOTE_EXHAUSTED], 1);
    ck_assert_uint_eq(r.flying, 0);
}
END_TEST

START_TEST(a_card_behind_within_its_window_does_not_move_the_hss)
{
    rig_init(&r, VARIANT_HARDENED);
    r.hss.sqn = UINT64_C(5000) << AKA_IND_BITS;
    resync(&r);
    ck_assert_uint_eq(r.hss.sqn >> AKA_IND_BITS, 5001);
    r.hss.sqn = (UINT64_C(900) + AKA_DELTA)
                << AKA_IND_BITS; /* further ahead than the card would follow */
    resync(&r);
    ck_assert_uint_eq(r.hss.sqn >> AKA_IND_BITS, 901);
}
END_TEST

/* ---- RAND ---- */

START_TEST(a_rand_is_a_function_of_its_index)
{
    struct msg_rand_rsp one;
    struct msg_rand_rsp batch;

    rig_init(&r, VARIANT_HARDENED);
    one = ask_rand(1, 7, 1);
    rig_amnesia(&r, ROLE_HSS);
    batch = ask_rand(1, 6, BATCH_MAX);
    ck_assert_uint_eq(batch.count, BATCH_MAX);
    ck_assert_mem_eq(one.rand[0], batch.rand[1], RAND_LEN);
    ck_assert_mem_ne(batch.rand[0], batch.rand[1], RAND_LEN);
    ck_assert_mem_ne(one.rand[0], ask_rand(2, 7, 1).rand[0], RAND_LEN);
}
END_TEST

START_TEST(the_literal_hss_draws_a_fresh_rand_each_time)
{
    struct msg_rand_rsp one;

    rig_init(&r, VARIANT_LITERAL);
    one = ask_rand(0, 0, 1);
    ck_assert_mem_ne(one.rand[0], ask_rand(0, 0, 1).rand[0], RAND_LEN);
    rig_init(&r, VARIANT_HARDENED);
    rig_switch(&r, SW_IDEMPOTENT_RAND, false);
    one = ask_rand(1, 1, 4);
    ck_assert_uint_eq(one.count, 1);
    ck_assert_mem_ne(one.rand[0], ask_rand(1, 1, 1).rand[0], RAND_LEN);
}
END_TEST

START_TEST(a_context_is_kept_only_for_a_subscriber)
{
    rig_init(&r, VARIANT_HARDENED);
    ck_assert(!hss_machine.disposable(&r.hss));
    reach_unknown(&r);
    ck_assert(hss_machine.disposable(&r.hss));
}
END_TEST

Suite *test_hss_suite(void)
{
    Suite *s = suite_create("hss");
    TCase *t = tcase_create("rows");
    TCase *v = tcase_create("vectors");

    tcase_add_loop_test(t, hardened_row, 0, rig_rows_count(&hardened));
    tcase_add_loop_test(t, literal_row, 0, rig_rows_count(&literal));
    tcase_add_test(t, no_event_harms_a_state_that_does_not_expect_it);
    suite_add_tcase(s, t);
    tcase_add_test(v, the_two_runs_use_ind_values_of_their_own_in_turn);
    tcase_add_test(v, a_repeated_request_gets_the_same_vector);
    tcase_add_test(v, the_first_request_may_have_any_number);
    tcase_add_test(v, the_purpose_is_told_under_the_mac_of_the_vector);
    tcase_add_test(v, the_vector_is_saved_before_it_leaves);
    tcase_add_test(v, the_last_sequence_number_ends_the_card);
    tcase_add_test(v, a_card_behind_within_its_window_does_not_move_the_hss);
    tcase_add_test(v, a_rand_is_a_function_of_its_index);
    tcase_add_test(v, the_literal_hss_draws_a_fresh_rand_each_time);
    tcase_add_test(v, a_context_is_kept_only_for_a_subscriber);
    suite_add_tcase(s, v);
    return s;
}
