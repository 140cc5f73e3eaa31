/* What follows from what, against the vectors of PROTOCOL.md 3. */
#include "test/unit/mind_world.h"

Suite *test_mind_suite(void);

/* ---- the chain ---- */

START_TEST(a_key_and_the_rands_give_all_later_keys)
{
    open_mind((enum variant)_i);
    hear_rand(1, chain.rand[1]);
    hear_rand(2, chain.rand[2]);
    leak_e2e(0);
    ck_assert(!knows(0)); /* no end has shown it */
    show_all();
    ck_assert(knows(0) && knows(1) && knows(2));
    ck_assert_uint_eq(it.count, 5); /* two RANDs, three keys */
    ck_assert_int_eq(it.lesson[1].what, SECRET_RAND);
    ck_assert_uint_eq(it.lesson[1].epoch, 2);
    ck_assert_uint_eq(it.lesson[4].epoch, 2);
    ck_assert_uint_eq(it.lesson[4].by_count, 2);
    ck_assert_uint_eq(it.lesson[4].by[0].fp, fp_of(1));
    ck_assert(!it.lesson[4].by[0].leaked && it.lesson[3].by[0].leaked);
    ck_assert_int_eq(it.lesson[4].by[1].type, MSG_RAND_PUSH);
    ck_assert_uint_eq(it.lesson[4].by[1].id, 2);
    mind_free(it.mind);
}
END_TEST

START_TEST(a_later_key_gives_no_earlier_one)
{
    open_mind((enum variant)_i);
    show_all();
    hear_rand(1, chain.rand[1]);
    hear_rand(2, chain.rand[2]);
    leak_e2e(1);
    ck_assert(!knows(0) && knows(1) && knows(2));
    mind_free(it.mind);
}
END_TEST

START_TEST(without_the_rand_a_key_gives_nothing)
{
    open_mind((enum variant)_i);
    show_all();
    leak_e2e(0);
    hear_rand(2, chain.rand[2]);
    ck_assert(knows(0) && !knows(1) && !knows(2));
    mind_free(it.mind);
}
END_TEST

START_TEST(a_key_that_no_end_has_shown_does_not_count)
{
    open_mind((enum variant)_i);
    mind_show(it.mind, 0, fp_of(0));
    mind_show(it.mind, 2, fp_of(2));
    leak_e2e(0);
    hear_rand(1, chain.rand[1]);
    hear_rand(2, chain.rand[2]);
    ck_assert(knows(0) && !knows(1) && !knows(2));
    mind_show(it.mind, 1, fp_of(1));
    ck_assert(knows(1) && knows(2));
    mind_free(it.mind);
}
END_TEST

/* Its own number and root are in it: RAND_1 under another number is another key. */
START_TEST(a_hardened_rand_is_for_one_epoch)
{
    open_mind(VARIANT_HARDENED);
    show_all();
    leak_e2e(0);
    hear_rand(2, chain.rand[1]);
    ck_assert(knows(0) && !knows(1));
    mind_free(it.mind);
    open_mind(VARIANT_HARDENED);
    mind_free(it.mind);
    it.mind = new_mind(VARIANT_HARDENED, UINT32_C(1) << SW_INDEX, true); /* ... but not here */
    show_all();
    leak_e2e(0);
    hear_rand(2, chain.rand[1]);
    ck_assert(knows(1));
    mind_free(it.mind);
}
END_TEST

START_TEST(a_rand_of_his_own_makes_the_next_key_too)
{
    struct e2e_keyset next;
    struct msg m;

    open_mind(VARIANT_LITERAL);
    mind_show(it.mind, 0, fp_of(0));
    leak_e2e(0);
    m = push_of(0, chain.mask_1);
    hear_by(it.mind, &m, false, 0);
    ck_assert_uint_eq(it.count, 1); /* a made up RAND is no secret */
    e2e_refresh_literal(&chain.literal[0], chain.mask_1, &next);
    mind_show(it.mind, 1, e2e_fingerprint(&next));
    ck_assert_uint_eq(it.count, 2);
    ck_assert_uint_eq(it.lesson[1].epoch, 1);
    ck_assert(it.lesson[1].by[1].own);
    mind_free(it.mind);
}
END_TEST

/* ---- from the e2mKEYSET ---- */

START_TEST(an_e2m_keyset_gives_the_first_key)
{
    open_mind((enum variant)_i);
    show_all();
    hear_e2m(it.mind);
    ck_assert(!knows(0));
    hear_accept();
    ck_assert(knows(0) && !knows(1));
    ck_assert_int_eq(it.lesson[0].by[0].what, SECRET_E2M);
    hear_rand(1, chain.rand[1]);
    ck_assert(knows(1));
    mind_free(it.mind);
}
END_TEST

/* The literal text binds no algorithm into the key; the run that accepted them does. */
START_TEST(the_algorithms_are_those_of_the_same_run)
{
    const uint32_t first = 0;
    struct epoch e;

    open_mind(VARIANT_LITERAL);
    hear_accept_of(chain.g + 1, CONF_ON);
    hear_accept_of(chain.g, CONF_OFF);
    hear_e2m(it.mind);
    mind_show(it.mind, 0, fp_of(0));
    ck_assert(mind_e2e(it.mind, &first, &e));
    ck_assert_uint_eq(e.choice.conf, CONF_OFF);
    mind_free(it.mind);
}
END_TEST

/* A RAND_PUSH under the e2mKEYSET. */
static struct msg sealed_push(uint32_t n, const uint8_t rand[16])
{
    struct msg m = push_of(n, rand);
    struct e2m_keyset e2m;
    struct e2m_traffic keys;
    struct protect_key k;

    memcpy(e2m.octets, chain.e2m, sizeof e2m.octets);
    e2m_traffic_derive(&e2m, INT_CMAC64, &keys);
    k = (struct protect_key){.int_key = keys.int_dl,
                             .enc_key = keys.enc_dl,
                             .index = chain.g,
                             .alg_int = INT_CMAC64,
                             .has_kid = 1};
    protect_seal(&m, &k, DIR_DL, 5, NULL, 0);
    return m;
}

START_TEST(a_sealed_rand_opens_with_the_e2m_keyset_only)
{
    struct msg m;

    open_mind(VARIANT_HARDENED);
    show_all();
    leak_e2e(0);
    m = sealed_push(1, chain.rand[1]);
    ck_assert_mem_ne(m.u.rand_push.rand, chain.rand[1], 16);
    hear_by(it.mind, &m, true, 1);
    ck_assert(knows(0) && !knows(1));
    ck_assert_uint_eq(it.count, 1);
    hear_e2m(it.mind); /* later: it opens what was recorded */
    ck_assert(knows(1));
    ck_assert_int_eq(it.lesson[1].what, SECRET_RAND);
    ck_assert_uint_eq(it.lesson[1].epoch, 1);
    ck_assert_uint_eq(it.lesson[2].by_count, 3);
    ck_assert_int_eq(it.lesson[2].by[2].what, SECRET_E2M);
    mind_free(it.mind);
}
END_TEST

START_TEST(a_rand_under_another_seal_stays_closed)
{
    struct msg m;

    open_mind(VARIANT_HARDENED);
    show_all();
    leak_e2e(0);
    hear_e2m(it.mind);
    m = sealed_push(1, chain.rand[1]);
    m.mac[0] ^= 1;
    hear_by(it.mind, &m, true, 1);
    ck_assert(!knows(1));
    mind_free(it.mind);
}
END_TEST

/* H9: RAND is heard in clear, X takes its place in the chain. */
START_TEST(a_masked_rand_needs_the_e2m_keyset)
{
    struct e2e_keyset next;

    open_mind(VARIANT_HARDENED);
    leak_e2e(0);
    mind_show(it.mind, 0, fp_of(0));
    e2e_refresh(&chain.hardened[0], chain.mask_1, 1, &chain.ue, &chain.eese, true, chain.g,
                chain.ctx, &next);
    mind_show(it.mind, 1, e2e_fingerprint(&next));
    hear_rand(1, chain.rand[1]);
    ck_assert_uint_eq(it.count, 2); /* epoch 0, RAND 1 */
    hear_e2m(it.mind);
    ck_assert_uint_eq(it.count, 3);
    ck_assert_int_eq(it.lesson[2].what, SECRET_E2E);
    ck_assert_uint_eq(it.lesson[2].epoch, 1);
    mind_free(it.mind);
}
END_TEST

/* ---- as a whole ---- */

static void tell(unsigned event)
{
    static const struct scn_secret e2e = {.what = SECRET_E2E, .has_epoch = true};

    switch (event) {
    case 0: hear_e2m(it.mind); break;
    case 1: hear_accept(); break;
    case 2: hear_rand(1, chain.rand[1]); break;
    case 3: hear_rand(2, chain.rand[2]); break;
    case 4: mind_show(it.mind, 0, fp_of(0)); break;
    case 5: mind_show(it.mind, 1, fp_of(1)); break;
    case 6: mind_show(it.mind, 2, fp_of(2)); break;
    default: leak_e2e(e2e.epoch); break;
    }
}

START_TEST(the_order_of_facts_makes_no_difference)
{
    for (unsigned round = 0; round < 200; round++) {
        unsigned order[EVENTS_MAX];

        open_mind(round % 2 == 0 ? VARIANT_LITERAL : VARIANT_HARDENED);
        for (unsigned i = 0; i < EVENTS_MAX; i++) {
            unsigned at = (unsigned)prng_below(round, i, i + 1);

            order[i] = order[at];
            order[at] = i;
        }
        for (unsigned i = 0; i < EVENTS_MAX; i++) {
            tell(order[i]);
        }
        ck_assert(knows(0) && knows(1) && knows(2));
        ck_assert_uint_eq(it.count, 5);
        mind_free(it.mind);
    }
}
END_TEST

START_TEST(too_many_guesses_are_owned_up_to)
{
    open_mind(VARIANT_LITERAL);
    mind_show(it.mind, 0, fp_of(0));
    leak_e2e(0);
    for (unsigned i = 0; i < 16; i++) {
        uint8_t rand[16] = {(uint8_t)i};

        hear_rand(1, rand);
        hear_rand(1, rand); /* a repetition is no news */
        ck_assert(mind_is_whole(it.mind));
    }
    hear_rand(1, chain.rand[1]);
    ck_assert(!mind_is_whole(it.mind));
    mind_free(it.mind);
}
END_TEST

Suite *test_mind_suite(void)
{
    Suite *s = suite_create("mind");
    TCase *t = tcase_create("rules");

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_loop_test(t, a_key_and_the_rands_give_all_later_keys, 0, VARIANT_COUNT);
    tcase_add_loop_test(t, a_later_key_gives_no_earlier_one, 0, VARIANT_COUNT);
    tcase_add_loop_test(t, without_the_rand_a_key_gives_nothing, 0, VARIANT_COUNT);
    tcase_add_loop_test(t, a_key_that_no_end_has_shown_does_not_count, 0, VARIANT_COUNT);
    tcase_add_test(t, a_hardened_rand_is_for_one_epoch);
    tcase_add_test(t, a_rand_of_his_own_makes_the_next_key_too);
    tcase_add_loop_test(t, an_e2m_keyset_gives_the_first_key, 0, VARIANT_COUNT);
    tcase_add_test(t, the_algorithms_are_those_of_the_same_run);
    tcase_add_test(t, a_sealed_rand_opens_with_the_e2m_keyset_only);
    tcase_add_test(t, a_rand_under_another_seal_stays_closed);
    tcase_add_test(t, a_masked_rand_needs_the_e2m_keyset);
    tcase_add_test(t, the_order_of_facts_makes_no_difference);
    tcase_add_test(t, too_many_guesses_are_owned_up_to);
    suite_add_tcase(s, t);
    return s;
}
