/* I8 and I20: where each RAND comes from, and what goes to the EESE. */
#include "common/core/protect.h"
#include "common/crypto/keyset_e2m.h"
#include "test/unit/watched.h"

Suite *test_invariants_rand_suite(void);

static struct watched w;

static void setup(void)
{
    watched_open(&w, VARIANT_HARDENED);
}

static void setup_literal(void)
{
    watched_open(&w, VARIANT_LITERAL);
}

static void teardown(void)
{
    watched_close(&w);
}

static void tell(unsigned t_ms, enum role from, enum role to, const struct msg *m, int epoch)
{
    watched_datagram(&w, t_ms, from, to, m, epoch, FATE_DELIVERED);
}

static void fill_rand(uint8_t rand[RAND_LEN], uint8_t octet)
{
    memset(rand, octet, RAND_LEN);
    rand[0] = 3;
}

static void hand_out(unsigned t_ms, uint32_t g, uint32_t n, uint8_t octet, enum fate fate)
{
    struct msg m = {.type = MSG_RAND_RSP};

    m.u.rand_rsp.assoc = watched_assoc(&w);
    m.u.rand_rsp.g = g;
    m.u.rand_rsp.n_first = n;
    m.u.rand_rsp.count = 1;
    fill_rand(m.u.rand_rsp.rand[0], octet);
    watched_datagram(&w, t_ms, ROLE_HSS, ROLE_EMSE, &m, (int)n, fate);
}

static void forward(unsigned t_ms, uint32_t g, uint32_t n, const uint8_t rand[RAND_LEN])
{
    struct msg m = {.type = MSG_RAND_FWD};

    m.u.rand_fwd.assoc = watched_assoc(&w);
    m.u.rand_fwd.g = g;
    m.u.rand_fwd.n = n;
    memcpy(m.u.rand_fwd.rand, rand, RAND_LEN);
    tell(t_ms, ROLE_EMSE, ROLE_EESE, &m, (int)n);
}

static void forward_filled(unsigned t_ms, uint32_t g, uint32_t n, uint8_t octet)
{
    uint8_t rand[RAND_LEN];

    fill_rand(rand, octet);
    forward(t_ms, g, n, rand);
}

static void eese_derives(unsigned t_ms, int epoch)
{
    watched_step(&w, t_ms, ROLE_EESE, "VALID RX_RAND VALID_NEXT install_rand", epoch - 1);
}

START_TEST(I8_the_hss_gives_one_rand_to_one_epoch)
{
    hand_out(10, 1, 1, 0x11, FATE_DROPPED);
    hand_out(20, 1, 1, 0x11, FATE_DELIVERED);
    hand_out(30, 1, 2, 0x12, FATE_DELIVERED);
    hand_out(40, 2, 1, 0x13, FATE_DELIVERED); /* another root */
    holds(&w, "I8");
    hand_out(50, 1, 2, 0x14, FATE_DELIVERED);
    breaks(&w, "I8", 1);
    says(&w, "I8", 5, "the HSS hands out another RAND for epoch 2 of root 1 of UE1");
}
END_TEST

START_TEST(I8_the_hss_gives_no_rand_to_two)
{
    hand_out(10, 1, 1, 0x11, FATE_DELIVERED);
    w.story.ue = 1;
    hand_out(20, 1, 1, 0x11, FATE_DELIVERED);
    breaks(&w, "I8", 1);
    says(&w, "I8", 2, "the HSS hands out one RAND twice: for UE1, and for UE2 epoch 1");
}
END_TEST

START_TEST(I8_literal_there_are_no_numbers_but_each_rand_is_new)
{
    hand_out(10, 1, 0, 0x11, FATE_DELIVERED);
    hand_out(20, 1, 0, 0x12, FATE_DELIVERED);
    holds(&w, "I8");
    hand_out(30, 1, 0, 0x11, FATE_DELIVERED);
    breaks(&w, "I8", 1);
}
END_TEST

START_TEST(I8_an_end_derives_from_what_the_hss_has_made)
{
    hand_out(10, 1, 1, 0x11, FATE_DELIVERED);
    forward_filled(20, 1, 1, 0x11);
    eese_derives(20, 1);
    holds(&w, "I8");
    forward_filled(30, 1, 2, 0x99);
    holds(&w, "I8"); /* it is not used yet */
    eese_derives(30, 2);
    breaks(&w, "I8", 1);
    says(&w, "I8", 5,
         "EESE derives epoch 1 of UE1 from a RAND that the HSS has not made for that UE");
}
END_TEST

START_TEST(I8_a_copy_is_as_good_as_what_was_altered_on_its_way)
{
    watched_close(&w);
    w.story.scn.faults_count = 1; /* ... by a rule that alters, so that a copy may be altered too */
    w.story.faults[0].kind = FAULT_CORRUPT;
    watched_begin(&w);
    hand_out(10, 1, 1, 0x11, FATE_DUPLICATED);
    forward_filled(20, 1, 1, 0x11);
    eese_derives(20, 1);
    holds(&w, "I8");
}
END_TEST

START_TEST(I8_what_was_replaced_by_its_mask_is_the_hss_s)
{
    const struct msg av = watched_vector(&w, PURPOSE_E2M, 0x44, 1);
    struct e2m_keyset e2m;
    uint8_t rand[RAND_LEN];
    uint8_t mask[RAND_LEN];

    memcpy(e2m.octets, av.u.av_rsp.key, sizeof e2m.octets);
    fill_rand(rand, 0x11);
    e2e_mask(&e2m, rand, 1, &w.story.scn.eese, mask);
    tell(5, ROLE_HSS, ROLE_EMSE, &av, -1);
    hand_out(10, 1, 1, 0x11, FATE_DELIVERED);
    forward(20, 1, 1, mask);
    eese_derives(20, 1);
    holds(&w, "I8");
    forward(30, 1, 2, mask); /* of another epoch */
    eese_derives(30, 2);
    breaks(&w, "I8", 1);
}
END_TEST

/* RAND_PUSH of root 1, ciphered under the e2mKEYSET of |av|. */
static void push(unsigned t_ms, const struct msg *av, uint32_t n, uint8_t octet, uint32_t ctr)
{
    struct msg m = {.type = MSG_RAND_PUSH, .sid = 0x21};
    struct e2m_keyset e2m;
    struct e2m_traffic keys;
    struct protect_key k = {.int_key = keys.int_dl,
                            .enc_key = keys.enc_dl,
                            .index = 1,
                            .alg_int = INT_CMAC64,
                            .has_kid = 1};

    memcpy(e2m.octets, av->u.av_rsp.key, sizeof e2m.octets);
    e2m_traffic_derive(&e2m, INT_CMAC64, &keys);
    m.u.rand_push.n = n;
    fill_rand(m.u.rand_push.rand, octet);
    protect_seal(&m, &k, DIR_DL, ctr, NULL, 0);
    tell(t_ms, ROLE_EMSE, ROLE_UE, &m, (int)n);
}

START_TEST(I8_what_is_ciphered_is_looked_into)
{
    const struct msg av = watched_vector(&w, PURPOSE_E2M, 0x44, 1);
    const struct msg acc = watched_accept(1, 1);

    tell(5, ROLE_HSS, ROLE_EMSE, &av, -1);
    tell(6, ROLE_EMSE, ROLE_UE, &acc, 0);
    hand_out(10, 1, 1, 0x11, FATE_DELIVERED);
    push(20, &av, 1, 0x11, 2);
    watched_step(&w, 20, ROLE_UE, "READY RX_RAND READY derive", 1);
    holds(&w, "I8");
    push(30, &av, 2, 0x12, 3);
    watched_step(&w, 30, ROLE_UE, "READY RX_RAND READY derive", 2);
    breaks(&w, "I8", 1);
}
END_TEST

START_TEST(I8_a_rand_makes_one_epoch)
{
    hand_out(10, 1, 1, 0x11, FATE_DELIVERED);
    forward_filled(20, 1, 1, 0x11);
    eese_derives(20, 1);
    forward_filled(30, 1, 1, 0x11);
    eese_derives(30, 1); /* the same once more */
    holds(&w, "I8");
    forward_filled(40, 1, 2, 0x11);
    eese_derives(40, 2);
    breaks(&w, "I8", 1);
    says(&w, "I8", 7, "EESE derives epoch 2 of UE1 from the RAND of its epoch 1");
}
END_TEST

START_TEST(I20_what_is_sent_again_is_what_was_sent)
{
    struct msg m = watched_keyset(&w, 1, 0, 0x33);

    tell(10, ROLE_EMSE, ROLE_EESE, &m, 0);
    tell(20, ROLE_EMSE, ROLE_EESE, &m, 0);
    forward_filled(30, 1, 1, 0x11);
    forward_filled(40, 1, 1, 0x11);
    forward_filled(50, 1, 2, 0x12);
    holds(&w, "I20");
    forward_filled(60, 1, 2, 0x13);
    breaks(&w, "I20", 1);
    says(&w, "I20", 6, "the EMSE sends the EESE another RAND of UE1 for epoch 2");
    m = watched_keyset(&w, 1, 0, 0x34);
    tell(70, ROLE_EMSE, ROLE_EESE, &m, 0);
    breaks(&w, "I20", 2);
    m = watched_keyset(&w, 2, 0, 0x35);
    tell(80, ROLE_EMSE, ROLE_EESE, &m, 0);
    breaks(&w, "I20", 2);
}
END_TEST

START_TEST(I20_an_hss_that_begins_anew_says_something_else)
{
    forward_filled(10, 1, 1, 0x11);
    watched_process(&w, 20, ROLE_HSS, PROCESS_STARTS, _i == 0 ? LEFT_ALL : LEFT_NOTHING);
    forward_filled(30, 1, 1, 0x12);
    breaks(&w, "I20", _i == 0 ? 1U : 0U);
}
END_TEST

Suite *test_invariants_rand_suite(void)
{
    Suite *s = suite_create("invariants_rand");
    TCase *h = tcase_create("hardened");
    TCase *l = tcase_create("literal");

    tcase_add_checked_fixture(h, setup, teardown);
    tcase_add_test(h, I8_the_hss_gives_one_rand_to_one_epoch);
    tcase_add_test(h, I8_the_hss_gives_no_rand_to_two);
    tcase_add_test(h, I8_an_end_derives_from_what_the_hss_has_made);
    tcase_add_test(h, I8_a_copy_is_as_good_as_what_was_altered_on_its_way);
    tcase_add_test(h, I8_what_was_replaced_by_its_mask_is_the_hss_s);
    tcase_add_test(h, I8_what_is_ciphered_is_looked_into);
    tcase_add_test(h, I8_a_rand_makes_one_epoch);
    tcase_add_loop_test(h, I20_an_hss_that_begins_anew_says_something_else, 0, 2);
    tcase_add_test(h, I20_what_is_sent_again_is_what_was_sent);
    suite_add_tcase(s, h);
    tcase_add_checked_fixture(l, setup_literal, teardown);
    tcase_add_test(l, I8_literal_there_are_no_numbers_but_each_rand_is_new);
    suite_add_tcase(s, l);
    return s;
}
