/* Datagrams that kill, and those that come for the dead. */
#include "test/unit/net.h"

Suite *test_relay_kill_suite(void);

START_TEST(what_comes_for_a_process_that_is_gone_is_lost)
{
    open_net("link UE-EESE delay 20ms\n");
    send_data(0, 9, 1);
    send_data(5000, 9, 2);
    relay_set_down(net.relay, ROLE_EESE, true, 7);
    ck_assert(!relay_pop(net.relay, 20000, &net.got));
    ck_assert_int_eq(net.trace.list[0].u.msg.fate, FATE_DROPPED);
    ck_assert_uint_eq(net.trace.list[0].u.msg.line, 7);
    ck_assert_uint_eq(net.trace.list[0].t_us, 20000);
    relay_set_down(net.relay, ROLE_EESE, false, 0);
    ck_assert(relay_pop(net.relay, 25000, &net.got));
    close_net();
}
END_TEST

/* The rule about a receiver fires when the datagram arrives, so not when it is lost on its way. */
START_TEST(a_datagram_kills_its_receiver_when_it_arrives)
{
    open_net("on 2nd DATA_UL kill receiver after it is durable\n"
             "on 3rd DATA_UL kill receiver before it is durable\n"
             "on 3rd DATA_UL duplicate\n");
    send_data(0, 9, 1);
    send_data(0, 9, 2);
    send_data(0, 9, 3);
    ck_assert(relay_pop(net.relay, 0, &net.got));
    ck_assert_int_eq(net.got.kill, KILL_NOBODY);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 0);
    ck_assert(relay_pop(net.relay, 0, &net.got));
    ck_assert_int_eq(net.got.kill, KILL_RECEIVER_AFTER);
    ck_assert_uint_eq(net.got.line, 5);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 1);
    relay_set_down(net.relay, ROLE_EESE, true, 5);
    ck_assert(!relay_pop(net.relay, 0, &net.got));
    ck_assert_uint_eq(relay_rule_fired(net.relay, 1), 0);
    close_net();
}
END_TEST

START_TEST(a_sender_that_a_rule_kills_is_named_once)
{
    enum role who = ROLE_COUNT;
    unsigned line = 0;

    open_net("on 1st DATA_UL kill sender\n");
    ck_assert(!relay_killed(net.relay, &who, &line));
    send_data(0, 9, 1);
    ck_assert(relay_killed(net.relay, &who, &line));
    ck_assert_int_eq(who, ROLE_UE);
    ck_assert_uint_eq(line, 5);
    ck_assert(!relay_killed(net.relay, &who, &line));
    ck_assert(relay_pop(net.relay, 0, &net.got)); /* it is on its way all the same */
    ck_assert_int_eq(net.got.kill, KILL_NOBODY);
    close_net();
}
END_TEST

Suite *test_relay_kill_suite(void)
{
    Suite *s = suite_create("relay_kill");
    TCase *tc = tcase_create("relay_kill");

    tcase_add_test(tc, what_comes_for_a_process_that_is_gone_is_lost);
    tcase_add_test(tc, a_datagram_kills_its_receiver_when_it_arrives);
    tcase_add_test(tc, a_sender_that_a_rule_kills_is_named_once);
    suite_add_tcase(s, tc);
    return s;
}
