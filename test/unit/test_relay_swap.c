/* Two datagrams that change places. */
#include "test/unit/net.h"

Suite *test_relay_swap_suite(void);

static void check_got(uint32_t sid, uint32_t ctr)
{
    struct msg m;

    ck_assert_int_eq(codec_peek(net.got.octets, net.got.len, &m), ERR_OK);
    ck_assert_uint_eq(m.sid, sid);
    ck_assert_uint_eq(m.ctr, ctr);
}

START_TEST(two_datagrams_change_places_all_but_their_handles)
{
    open_net("link UE-EESE loss 100%\non 1st DATA_UL from UE1 swap with UE2\n");
    introduce(IMSI_1, 7, 0);
    introduce(IMSI_2, 8, 0);
    send_data(10, 7, 41);
    send_data(20, 7, 42); /* lost by the rate */
    ck_assert(!relay_pop(net.relay, 1000, &net.got));
    ck_assert_uint_eq(relay_counters(net.relay)->held, 1);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 0);
    send_data(2000, 8, 99);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 1);
    ck_assert(relay_pop(net.relay, 2000, &net.got));
    check_got(7, 99);
    ck_assert_int_eq(told(1)->fate, FATE_SWAPPED);
    ck_assert_int_eq(told(1)->ue, 0);
    ck_assert_uint_eq(told(1)->ctr, 99);
    ck_assert_uint_eq(told(1)->line, 6);
    ck_assert(relay_pop(net.relay, 2000, &net.got));
    check_got(8, 41);
    ck_assert_int_eq(told(2)->fate, FATE_SWAPPED);
    ck_assert_int_eq(told(2)->ue, 1);
    ck_assert_uint_eq(told(2)->ctr, 41);
    close_net();
}
END_TEST

START_TEST(who_waits_for_a_swap_in_vain_has_not_been_swapped)
{
    open_net("on 1st DATA_UL from UE1 swap with UE2\n");
    introduce(IMSI_1, 7, 0);
    introduce(IMSI_2, 8, 0);
    send_data(10, 7, 41);
    send_data(20, 7, 42);
    ck_assert(relay_pop(net.relay, 1000, &net.got));
    check_got(7, 42);
    relay_release_idle(net.relay, 5000);
    ck_assert(relay_pop(net.relay, 5000, &net.got));
    check_got(7, 41);
    ck_assert_int_eq(told(1)->fate, FATE_RELEASED);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 0);
    close_net();
}
END_TEST

/* On the backend an identity is the handle. */
START_TEST(backend_messages_are_swapped_by_identity)
{
    struct msg m = {.type = MSG_RAND_FWD};
    struct msg got;

    open_net("on 1st RAND_FWD for UE1 swap with UE2\n");
    m.u.rand_fwd.n = 1;
    m.u.rand_fwd.g = 1;
    name_assoc(&m.u.rand_fwd.assoc, IMSI_1);
    memset(m.u.rand_fwd.rand, 1, RAND_LEN);
    send_msg(0, ROLE_EMSE, ROLE_EESE, &m);
    name_assoc(&m.u.rand_fwd.assoc, IMSI_2);
    memset(m.u.rand_fwd.rand, 2, RAND_LEN);
    send_msg(0, ROLE_EMSE, ROLE_EESE, &m);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert(relay_pop(net.relay, 0, &net.got));
        ck_assert_int_eq(codec_decode(net.got.octets, net.got.len, net.got.from, net.got.to, &got),
                         ERR_OK);
        ck_assert_uint_eq(got.u.rand_fwd.rand[0],
                          strcmp(got.u.rand_fwd.assoc.ue.s, IMSI_1) == 0 ? 2 : 1);
    }
    close_net();
}
END_TEST

Suite *test_relay_swap_suite(void)
{
    Suite *s = suite_create("relay_swap");
    TCase *tc = tcase_create("relay_swap");

    tcase_add_test(tc, two_datagrams_change_places_all_but_their_handles);
    tcase_add_test(tc, who_waits_for_a_swap_in_vain_has_not_been_swapped);
    tcase_add_test(tc, backend_messages_are_swapped_by_identity);
    suite_add_tcase(s, tc);
    return s;
}
