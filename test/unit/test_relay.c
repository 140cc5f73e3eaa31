#include "common/base/prng.h"
#include "test/unit/net.h"

#include <stdlib.h>

Suite *test_relay_suite(void);

/* ---- links ---- */

START_TEST(a_datagram_takes_as_long_as_its_link)
{
    open_net("link UE-EESE delay 30ms\n");
    send_data(1000, 7, 1);
    arrives(31000);
    ck_assert_int_eq(net.got.from, ROLE_UE);
    ck_assert_int_eq(net.got.to, ROLE_EESE);
    ck_assert_uint_eq(told(0)->sent_us, 1000);
    ck_assert_uint_eq(net.trace.list[0].t_us, 31000);
    ck_assert_int_eq(told(0)->fate, FATE_DELIVERED);
    nothing_is_left();
    close_net();
}
END_TEST

START_TEST(datagrams_of_one_instant_keep_their_order)
{
    open_net("");
    for (uint32_t i = 1; i <= 200; i++) {
        send_data(5, 7, i);
    }
    for (uint32_t i = 1; i <= 200; i++) {
        arrives(5);
        ck_assert_uint_eq(ctr_of_got(), i);
        ck_assert_uint_eq(net.got.id, i);
    }
    close_net();
}
END_TEST

START_TEST(a_link_that_gets_faster_does_not_overtake_itself)
{
    struct scn_link fast = {.delay_us = 1000};

    open_net("link UE-EESE delay 30ms\n");
    send_data(0, 7, 1);
    relay_set_link(net.relay, ROLE_UE, ROLE_EESE, &fast);
    send_data(10, 7, 2);
    arrives(30000);
    ck_assert_uint_eq(ctr_of_got(), 1);
    arrives(30000);
    ck_assert_uint_eq(ctr_of_got(), 2);
    send_data(40000, 7, 3);
    arrives(41000);
    close_net();
}
END_TEST

START_TEST(jitter_stays_within_its_bounds_and_overtakes)
{
    uint64_t first = UINT64_MAX;
    uint64_t last = 0;
    bool overtaken = false;
    uint32_t before = 0;

    open_net("link UE-EESE delay 10ms jitter 4ms\n");
    for (uint32_t i = 1; i <= 500; i++) {
        send_data(0, 7, i);
    }
    while (relay_deadline(net.relay) != UINT64_MAX) {
        uint64_t at_us = relay_deadline(net.relay);

        arrives(at_us);
        first = at_us < first ? at_us : first;
        last = at_us > last ? at_us : last;
        overtaken = overtaken || ctr_of_got() < before;
        before = ctr_of_got();
    }
    ck_assert_uint_ge(first, 6000);
    ck_assert_uint_lt(first, 6200);
    ck_assert_uint_le(last, 14000);
    ck_assert_uint_gt(last, 13800);
    ck_assert(overtaken);
    close_net();
}
END_TEST

START_TEST(a_cut_link_loses_everything_and_a_rule_cannot_help)
{
    open_net("on every DATA_UL delay 5ms\n");
    relay_set_link(net.relay, ROLE_UE, ROLE_EESE, &(struct scn_link){.cut = true});
    send_data(0, 7, 1);
    nothing_is_left();
    ck_assert_int_eq(told(0)->fate, FATE_DROPPED);
    ck_assert_uint_eq(told(0)->line, 0);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 0);
    close_net();
}
END_TEST

START_TEST(rates_come_near_what_they_say)
{
    open_net("link UE-EESE loss 20% duplicate 10%\n");
    for (uint32_t i = 1; i <= 10000; i++) {
        send_data(i, 7, i);
        while (relay_pop(net.relay, i, &net.got)) {
        }
        net.trace.count = 0;
    }
    ck_assert_uint_gt(relay_counters(net.relay)->dropped, 1850);
    ck_assert_uint_lt(relay_counters(net.relay)->dropped, 2150);
    ck_assert_uint_gt(relay_counters(net.relay)->duplicated, 700);
    ck_assert_uint_lt(relay_counters(net.relay)->duplicated, 900);
    close_net();
}
END_TEST

/* The fates of |count| messages of UE1, with or without UE2 talking in between. */
static void fates_of_ue1(bool with_ue2, bool fates[], uint32_t count)
{
    open_net("link UE-EESE loss 50%\n");
    introduce(IMSI_1, 7, 0);
    introduce(IMSI_2, 8, 0);
    for (uint32_t i = 0; i < count; i++) {
        if (with_ue2) {
            send_data(i, 8, i + 1);
        }
        net.trace.count = 0;
        send_data(i, 7, i + 1);
        fates[i] = net.trace.count == 0;
        while (relay_pop(net.relay, i, &net.got)) {
        }
    }
    close_net();
}

START_TEST(no_decision_shifts_another)
{
    bool alone[200];
    bool together[200];

    fates_of_ue1(false, alone, 200);
    fates_of_ue1(true, together, 200);
    ck_assert_mem_eq(alone, together, sizeof alone);
}
END_TEST

/* ---- rules ---- */

START_TEST(a_drop_strikes_the_nth_only_and_names_its_line)
{
    open_net("on 2nd DATA_UL from UE1 drop\n");
    introduce(IMSI_1, 7, 0);
    introduce(IMSI_2, 8, 0);
    send_data(0, 7, 1);
    send_data(0, 8, 1);
    send_data(0, 7, 1);
    send_data(0, 7, 1);
    ck_assert_uint_eq(net.trace.count, 1);
    ck_assert_int_eq(told(0)->fate, FATE_DROPPED);
    ck_assert_int_eq(told(0)->ue, 0);
    ck_assert_uint_eq(told(0)->line, 5);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 1);
    for (unsigned i = 0; i < 3; i++) {
        arrives(0);
    }
    nothing_is_left();
    close_net();
}
END_TEST

START_TEST(copies_follow_what_they_copy)
{
    open_net("link UE-EESE delay 1ms\non 1st DATA_UL duplicate 2 times after 10ms\n");
    send_data(0, 7, 9);
    arrives(1000);
    ck_assert_int_eq(told(0)->fate, FATE_DELIVERED);
    for (unsigned i = 1; i <= 2; i++) {
        arrives(1000 + i * 10000);
        ck_assert_int_eq(told(i)->fate, FATE_DUPLICATED);
        ck_assert_uint_eq(told(i)->line, 6);
        ck_assert_uint_eq(told(i)->id, 1 + i);
        ck_assert_uint_eq(ctr_of_got(), 9);
    }
    nothing_is_left();
    ck_assert_uint_eq(relay_counters(net.relay)->duplicated, 2);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 1);
    close_net();
}
END_TEST

START_TEST(a_replay_is_injected_later)
{
    open_net("on 1st DATA_UL replay after 500ms\n");
    send_data(0, 7, 9);
    arrives(0);
    arrives(500000);
    ck_assert_int_eq(told(1)->fate, FATE_INJECTED);
    ck_assert_uint_eq(ctr_of_got(), 9);
    ck_assert_uint_eq(relay_counters(net.relay)->injected, 1);
    nothing_is_left();
    close_net();
}
END_TEST

START_TEST(what_a_rule_delays_is_overtaken)
{
    open_net("on 1st DATA_UL delay 20ms\n");
    send_data(0, 7, 1);
    send_data(1, 7, 2);
    arrives(1);
    ck_assert_uint_eq(ctr_of_got(), 2);
    arrives(20000);
    ck_assert_uint_eq(ctr_of_got(), 1);
    ck_assert_int_eq(told(1)->fate, FATE_DELAYED);
    close_net();
}
END_TEST

START_TEST(a_rule_spares_from_rates)
{
    open_net("link UE-EESE loss 100%\non 2nd DATA_UL delay 1ms\n");
    send_data(0, 7, 1);
    send_data(0, 7, 2);
    arrives(1000);
    ck_assert_uint_eq(ctr_of_got(), 2);
    nothing_is_left();
    close_net();
}
END_TEST

static unsigned bits_apart(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a;
    const uint8_t *y = b;
    unsigned bits = 0;

    for (size_t i = 0; i < len; i++) {
        bits += (unsigned)__builtin_popcount(x[i] ^ y[i]);
    }
    return bits;
}

START_TEST(corrupting_a_field_flips_one_bit_of_it)
{
    static const char *const rules[] = {"payload", "mac", "ctr"};
    struct msg sent = {.type = MSG_DATA_UL, .sid = 7, .kid = 1, .ctr = 9, .mac_len = 8};
    struct msg got;
    char rule[64];

    sent.u.data.len = 4;
    memcpy(sent.u.data.payload, "data", 4);
    snprintf(rule, sizeof rule, "on 1st DATA_UL corrupt %s\n", rules[_i]);
    open_net(rule);
    send_msg(0, ROLE_UE, ROLE_EESE, &sent);
    arrives(0);
    ck_assert_int_eq(told(0)->fate, FATE_CORRUPTED);
    ck_assert_uint_eq(told(0)->line, 5);
    ck_assert_int_eq(codec_peek(net.got.octets, net.got.len, &got), ERR_OK);
    ck_assert_uint_eq(bits_apart(got.u.data.payload, sent.u.data.payload, 4), _i == 0);
    ck_assert_uint_eq(bits_apart(got.mac, sent.mac, 8), _i == 1);
    ck_assert_uint_eq(bits_apart(&got.ctr, &sent.ctr, sizeof got.ctr), _i == 2);
    close_net();
}
END_TEST

START_TEST(corrupting_a_counter_never_takes_it_away)
{
    open_net("on every DATA_UL corrupt ctr\n");
    for (unsigned bit = 0; bit < 9; bit++) {
        for (unsigned i = 0; i < 40; i++) {
            send_data(0, 7, 1u << bit);
            arrives(0);
            ck_assert_uint_ne(ctr_of_got(), 0);
            ck_assert_uint_ne(ctr_of_got(), 1u << bit);
        }
    }
    close_net();
}
END_TEST

START_TEST(corrupting_a_bit_flips_that_bit)
{
    uint8_t octets[DATAGRAM_MAX] = {0};

    open_net("on 1st any message corrupt bit 13\non 2nd any message corrupt bit 800\n");
    ck_assert_int_eq(relay_send(net.relay, 0, ROLE_UE, ROLE_EESE, octets, 40), ERR_OK);
    arrives(0);
    ck_assert_uint_eq(net.got.octets[1], 0x20);
    ck_assert_uint_eq(bits_apart(net.got.octets, octets, 40), 1);
    ck_assert_int_eq(relay_send(net.relay, 0, ROLE_UE, ROLE_EESE, octets, 40), ERR_OK);
    arrives(0);
    ck_assert_int_eq(told(1)->fate, FATE_DELIVERED);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 1), 0);
    close_net();
}
END_TEST

START_TEST(a_datagram_without_the_field_is_left_alone)
{
    open_net("on 1st any message corrupt rand\n");
    send_data(0, 7, 1);
    arrives(0);
    ck_assert_int_eq(told(0)->fate, FATE_DELIVERED);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 0);
    close_net();
}
END_TEST

/* ---- names ---- */

START_TEST(garbage_travels_without_a_name)
{
    static const uint8_t garbage[40] = {0xff, 0xff, 0xff};
    static const uint8_t huge[DATAGRAM_MAX + 1] = {0};

    open_net("");
    ck_assert_int_eq(relay_send(net.relay, 0, ROLE_UE, ROLE_EMSE, garbage, 40), ERR_OK);
    arrives(0);
    ck_assert_int_eq(told(0)->type, MSG_TYPE_COUNT);
    ck_assert_int_eq(told(0)->ue, -1);
    ck_assert_int_eq(relay_send(net.relay, 0, ROLE_UE, ROLE_EMSE, garbage, 0), ERR_OK);
    arrives(0);
    ck_assert_uint_eq(net.got.len, 0);
    ck_assert_int_eq(relay_send(net.relay, 0, ROLE_UE, ROLE_EMSE, huge, sizeof huge), ERR_OK);
    ck_assert_int_eq(told(2)->fate, FATE_DROPPED);
    nothing_is_left();
    close_net();
}
END_TEST

START_TEST(a_rule_can_name_the_epoch)
{
    struct msg push = {.type = MSG_RAND_PUSH, .sid = 7, .kid = 2, .ctr = 1, .mac_len = 8};

    open_net("on 1st RAND_PUSH to UE1 epoch 2 drop\n");
    introduce(IMSI_1, 7, 0);
    push.u.rand_push.n = 1;
    send_msg(0, ROLE_EMSE, ROLE_UE, &push);
    push.u.rand_push.n = 2;
    send_msg(0, ROLE_EMSE, ROLE_UE, &push);
    ck_assert_uint_eq(net.trace.count, 1);
    ck_assert_uint_eq(told(0)->epoch, 2);
    arrives(0);
    nothing_is_left();
    close_net();
}
END_TEST

START_TEST(counters_add_up_whatever_happens)
{
    open_net("every link delay 3ms jitter 2ms loss 10% duplicate 10%\n"
             "on every DATA_UL from UE1 duplicate 2 times after 1ms\n"
             "on 5th DATA_UL from UE2 drop\n"
             "on 7th DATA_UL from UE2 replay 3 times after 1s\n"
             "on 9th DATA_UL delay 1s\n");
    introduce(IMSI_1, 7, 0);
    introduce(IMSI_2, 8, 0);
    for (uint32_t i = 1; i < 3000; i++) {
        send_data(i * 50, prng_below(1, i, 3) == 0 ? 7 : 8, i);
        while (relay_pop(net.relay, i * 50, &net.got)) {
            net.trace.count = 0;
        }
        ck_assert(relay_adds_up(net.relay));
    }
    ck_assert_uint_gt(relay_counters(net.relay)->in_flight, 0);
    close_net();
}
END_TEST

Suite *test_relay_suite(void)
{
    Suite *s = suite_create("relay");
    TCase *tc = tcase_create("relay");

    tcase_add_test(tc, a_datagram_takes_as_long_as_its_link);
    tcase_add_test(tc, datagrams_of_one_instant_keep_their_order);
    tcase_add_test(tc, a_link_that_gets_faster_does_not_overtake_itself);
    tcase_add_test(tc, jitter_stays_within_its_bounds_and_overtakes);
    tcase_add_test(tc, a_cut_link_loses_everything_and_a_rule_cannot_help);
    tcase_add_test(tc, rates_come_near_what_they_say);
    tcase_add_test(tc, no_decision_shifts_another);
    tcase_add_test(tc, a_drop_strikes_the_nth_only_and_names_its_line);
    tcase_add_test(tc, copies_follow_what_they_copy);
    tcase_add_test(tc, a_replay_is_injected_later);
    tcase_add_test(tc, what_a_rule_delays_is_overtaken);
    tcase_add_test(tc, a_rule_spares_from_rates);
    tcase_add_loop_test(tc, corrupting_a_field_flips_one_bit_of_it, 0, 3);
    tcase_add_test(tc, corrupting_a_counter_never_takes_it_away);
    tcase_add_test(tc, corrupting_a_bit_flips_that_bit);
    tcase_add_test(tc, a_datagram_without_the_field_is_left_alone);
    tcase_add_test(tc, garbage_travels_without_a_name);
    tcase_add_test(tc, a_rule_can_name_the_epoch);
    tcase_add_test(tc, counters_add_up_whatever_happens);
    suite_add_tcase(s, tc);
    return s;
}
