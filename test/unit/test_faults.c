#include "scenarios/sim/net/forge.h"
#include "scenarios/sim/net/relay.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "common/wire/codec.h"
#include "test/unit/scene.h"

#include <check.h>
#include <string.h>

Suite *test_faults_suite(void);

#define IMSI_1 "001010000000001"

/* What seed 1 gives: of 20000, a fifth is lost in bursts of 5, and the mean is near 20 ms. */
enum { BURST_LOST = 3755, BURST_COUNT = 771, EXPONENTIAL_MEAN = 19872 };

/* A relay that hears its own trace, as in a run; what it told; what it handed over last. */
static struct {
    struct scenario scn;
    struct relay *relay;
    struct scene_trace trace;
    struct relay_delivery got;
} net;

static void hear(void *arg, const struct trace_event *e)
{
    scene_event(arg, e);
    relay_event(net.relay, e);
}

/* The first sentence is line 4. */
static void open_net(const char *sentences)
{
    const struct trace_sink sink = {.arg = &net.trace, .event = hear};
    char text[2048];

    memset(&net, 0, sizeof net);
    snprintf(text, sizeof text, "ue UE1\n%s", sentences);
    scene_open(&net.scn, text);
    net.relay = relay_new(&net.scn, &sink);
    ck_assert_ptr_nonnull(net.relay);
}

static void close_net(void)
{
    ck_assert(relay_adds_up(net.relay));
    relay_free(net.relay);
    scenario_free(&net.scn);
}

static void send_msg(uint64_t now_us, enum role from, enum role to, const struct msg *m)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len = 0;

    ck_assert_int_eq(codec_encode(m, from, to, octets, &len), ERR_OK);
    ck_assert_int_eq(relay_send(net.relay, now_us, from, to, octets, len), ERR_OK);
}

static void send_data(uint64_t now_us, uint32_t ctr)
{
    struct msg m = {.type = MSG_DATA_UL, .sid = 7, .kid = 1, .ctr = ctr, .mac_len = 8};

    m.u.data.len = 4;
    memcpy(m.u.data.payload, "data", 4);
    send_msg(now_us, ROLE_UE, ROLE_EESE, &m);
}

static void send_push(uint64_t now_us, uint32_t n)
{
    struct msg m = {.type = MSG_RAND_PUSH, .sid = 7, .kid = 2, .ctr = n, .mac_len = 8};

    m.u.rand_push.n = n;
    send_msg(now_us, ROLE_EMSE, ROLE_UE, &m);
}

/* The UE attaches: now an observer knows its handle. */
static void introduce(void)
{
    struct msg req = {.type = MSG_ATTACH_REQ};
    struct msg acc = {.type = MSG_ATTACH_ACC, .sid = 7, .kid = 2, .ctr = 1, .mac_len = 8};

    ENSURE(ident_set(&req.u.attach_req.ue, IMSI_1) == ERR_OK);
    req.u.attach_req.xid = 5;
    req.u.attach_req.plmn[1] = 0xf1;
    send_msg(0, ROLE_UE, ROLE_EMSE, &req);
    acc.u.attach_acc.xid = 5;
    acc.u.attach_acc.g = 1;
    acc.u.attach_acc.choice.alg_int = INT_CMAC64;
    acc.u.attach_acc.choice.rand_protect = RAND_ENC;
    send_msg(0, ROLE_EMSE, ROLE_UE, &acc);
    while (relay_pop(net.relay, UINT64_MAX - 1, &net.got)) {
    }
    net.trace.count = 0;
}

static const struct trace_msg *told(unsigned i)
{
    ck_assert_uint_lt(i, net.trace.count);
    ck_assert_int_eq(net.trace.list[i].kind, TRACE_MSG);
    return &net.trace.list[i].u.msg;
}

static uint32_t ctr_of_got(void)
{
    struct msg m;

    ck_assert_int_eq(codec_peek(net.got.octets, net.got.len, &m), ERR_OK);
    return m.ctr;
}

/* Takes the next one out, which must be due at |at_us|, not before. */
static void arrives(uint64_t at_us, uint32_t ctr)
{
    ck_assert_uint_eq(relay_deadline(net.relay), at_us);
    if (at_us > 0) {
        ck_assert(!relay_pop(net.relay, at_us - 1, &net.got));
    }
    ck_assert(relay_pop(net.relay, at_us, &net.got));
    ck_assert_uint_eq(ctr_of_got(), ctr);
}

static void nothing_is_left(void)
{
    ck_assert_uint_eq(relay_deadline(net.relay), UINT64_MAX);
    ck_assert(!relay_pop(net.relay, UINT64_MAX - 1, &net.got));
}

/* ---- matching ---- */

START_TEST(an_attempt_is_a_sending_of_one_message)
{
    open_net("on 2nd attempt of DATA_UL from UE1 drop\n"
             "on 2nd attempt of RAND_PUSH to UE1 drop\n");
    introduce();
    send_data(0, 1);
    send_data(0, 2);
    send_data(0, 1); /* lost */
    send_data(0, 1);
    send_push(0, 1);
    send_push(0, 2);
    send_push(0, 2); /* lost */
    send_push(0, 2);
    ck_assert_uint_eq(net.trace.count, 2);
    ck_assert_uint_eq(told(0)->ctr, 1);
    ck_assert_uint_eq(told(0)->attempt, 2);
    ck_assert_uint_eq(told(1)->epoch, 2);
    ck_assert_uint_eq(told(1)->attempt, 2);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 1);
    close_net();
}
END_TEST

/* ---- holding back ---- */

START_TEST(what_is_held_arrives_when_its_event_happens)
{
    open_net("on 1st DATA_UL hold until RAND_PUSH to UE1\n");
    introduce();
    send_data(10, 1);
    send_data(20, 2);
    arrives(20, 2);
    nothing_is_left();
    ck_assert_uint_eq(relay_counters(net.relay)->held, 1);
    send_push(500, 1);
    arrives(500, 1);
    ck_assert_int_eq(net.got.from, ROLE_EMSE);
    arrives(500, 1);
    ck_assert_int_eq(net.got.from, ROLE_UE);
    ck_assert_int_eq(told(2)->fate, FATE_HELD);
    ck_assert_uint_eq(told(2)->line, 4);
    ck_assert_uint_eq(told(2)->sent_us, 10);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 1);
    nothing_is_left();
    close_net();
}
END_TEST

START_TEST(what_is_held_takes_its_way_all_the_same)
{
    open_net("link UE-EESE delay 1s\non 1st DATA_UL hold until RAND_PUSH to UE1\n");
    introduce();
    send_data(0, 1);
    send_push(500, 1);
    arrives(500, 1);
    arrives(1000000, 1);
    close_net();
}
END_TEST

START_TEST(what_has_been_holds_nothing_back)
{
    open_net("on DATA_UL hold until 1st RAND_PUSH to UE1\n");
    introduce();
    send_push(0, 1);
    arrives(0, 1);
    send_data(10, 1);
    arrives(10, 1);
    ck_assert_int_eq(told(1)->fate, FATE_DELIVERED);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 0);
    close_net();
}
END_TEST

START_TEST(what_is_held_in_vain_is_released_one_at_a_time_and_told)
{
    open_net("on DATA_UL hold until RAND_PUSH to UE1\n");
    introduce();
    send_data(10, 1);
    send_data(20, 2);
    nothing_is_left();
    relay_release_idle(net.relay, 5000);
    arrives(5000, 1);
    ck_assert_int_eq(told(0)->fate, FATE_RELEASED);
    ck_assert_uint_eq(told(0)->line, 4);
    nothing_is_left();
    relay_finish(net.relay, 6000);
    ck_assert_int_eq(told(1)->fate, FATE_KEPT);
    ck_assert_uint_eq(told(1)->ctr, 2);
    ck_assert_uint_eq(net.trace.list[1].t_us, 6000);
    close_net();
}
END_TEST

START_TEST(nothing_is_held_for_longer_than_the_longest_timer)
{
    open_net("");
    ck_assert_uint_eq(relay_idle_us(net.relay), 10000000);
    close_net();
    open_net("pace 10%\npolicy te2e 2s\n");
    ck_assert_uint_eq(relay_idle_us(net.relay), 7000000); /* WAITKEY and a second */
    close_net();
    open_net("variant literal\npolicy te2e 2s\n");
    ck_assert_uint_eq(relay_idle_us(net.relay), 3000000);
    close_net();
}
END_TEST

START_TEST(later_ones_of_its_link_pass_first)
{
    open_net("link UE-EESE delay 1ms\non 1st DATA_UL reorder past 2 messages\n");
    introduce();
    send_data(0, 1);
    send_data(100, 2);
    send_push(150, 9);
    arrives(150, 9);
    send_data(200, 3);
    arrives(1100, 2);
    arrives(1200, 3);
    arrives(1200, 1);
    ck_assert_int_eq(told(3)->fate, FATE_REORDERED);
    ck_assert_uint_eq(told(3)->line, 5);
    nothing_is_left();
    close_net();
}
END_TEST

START_TEST(a_copy_may_wait_for_later_ones)
{
    open_net("on 1st DATA_UL duplicate 2 times after 1 message\n");
    introduce();
    send_data(0, 1);
    arrives(0, 1);
    nothing_is_left();
    send_data(10, 2);
    arrives(10, 2);
    arrives(10, 1);
    ck_assert_int_eq(told(2)->fate, FATE_DUPLICATED);
    nothing_is_left();
    send_data(20, 3);
    arrives(20, 3);
    arrives(20, 1);
    nothing_is_left();
    ck_assert_uint_eq(relay_counters(net.relay)->duplicated, 2);
    close_net();
}
END_TEST

/* ---- altering ---- */

START_TEST(bits_are_flipped_as_they_are_listed)
{
    uint8_t octets[4] = {0};

    open_net("on 1st any message corrupt bits 0,8..15,30..40\n");
    ck_assert_int_eq(relay_send(net.relay, 0, ROLE_UE, ROLE_EESE, octets, 4), ERR_OK);
    ck_assert(relay_pop(net.relay, 0, &net.got));
    ck_assert_mem_eq(net.got.octets, "\x01\xff\x00\xc0", 4);
    ck_assert_int_eq(told(0)->fate, FATE_CORRUPTED);
    close_net();
}
END_TEST

START_TEST(a_second_rule_for_a_field_does_not_take_the_first_back)
{
    struct msg m;

    open_net("on DATA_UL corrupt payload\non DATA_UL corrupt payload\n");
    send_data(0, 1);
    arrives(0, 1);
    ck_assert_int_eq(codec_peek(net.got.octets, net.got.len, &m), ERR_OK);
    ck_assert_mem_ne(m.u.data.payload, "data", 4);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 1), 1);
    close_net();
}
END_TEST

START_TEST(a_datagram_is_cut_short_unless_it_is_shorter)
{
    open_net("on 1st DATA_UL truncate to 9 bytes\non 2nd DATA_UL truncate to 900 bytes\n");
    send_data(0, 1);
    ck_assert(relay_pop(net.relay, 0, &net.got));
    ck_assert_uint_eq(net.got.len, 9);
    ck_assert_int_eq(told(0)->fate, FATE_TRUNCATED);
    ck_assert_uint_eq(told(0)->bytes, 9);
    ck_assert_int_eq(told(0)->type, MSG_DATA_UL);
    send_data(1, 2);
    arrives(1, 2);
    ck_assert_int_eq(told(1)->fate, FATE_DELIVERED);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 1), 0);
    close_net();
}
END_TEST

/* ---- what an attacker sends ---- */

START_TEST(what_was_sent_can_be_replayed)
{
    static const struct forge_keys no_keys;

    open_net("at 1s replay 2nd DATA_UL from UE1\nat 2s replay RAND_PUSH\n"
             "on 2nd DATA_UL drop\n");
    introduce();
    send_data(0, 1);
    arrives(0, 1);
    send_data(10, 2);
    send_data(20, 3);
    arrives(20, 3);
    ck_assert_int_eq(relay_inject(net.relay, 1000, 0, &no_keys), ERR_OK);
    arrives(1000, 2);
    ck_assert_int_eq(told(3)->fate, FATE_INJECTED);
    ck_assert_uint_eq(told(3)->line, 4);
    ck_assert_int_eq(relay_inject(net.relay, 2000, 1, &no_keys), ERR_OK);
    nothing_is_left();
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 1);
    ck_assert_uint_eq(relay_rule_fired(net.relay, 1), 0);
    ck_assert_uint_eq(relay_counters(net.relay)->injected, 1);
    close_net();
}
END_TEST

START_TEST(a_report_can_be_reflected_to_its_sender)
{
    static const struct forge_keys no_keys;
    struct msg m;

    open_net("at 1s reflect DATA_UL from UE1\n");
    introduce();
    send_data(0, 1);
    arrives(0, 1);
    ck_assert_int_eq(relay_inject(net.relay, 1000, 0, &no_keys), ERR_OK);
    ck_assert(relay_pop(net.relay, 1000, &net.got));
    ck_assert_int_eq(net.got.from, ROLE_EESE);
    ck_assert_int_eq(net.got.to, ROLE_UE);
    ck_assert_int_eq(codec_decode(net.got.octets, net.got.len, ROLE_EESE, ROLE_UE, &m), ERR_OK);
    ck_assert_int_eq(m.type, MSG_DATA_DL);
    ck_assert_uint_eq(m.ctr, 1);
    ck_assert_mem_eq(m.u.data.payload, "data", 4);
    ck_assert_int_eq(told(1)->fate, FATE_INJECTED);
    ck_assert_int_eq(told(1)->type, MSG_DATA_DL);
    ck_assert_uint_eq(told(1)->attempt, 0); /* the EESE has not sent it */
    ck_assert_uint_eq(relay_rule_fired(net.relay, 0), 1);
    close_net();
}
END_TEST

/* ---- links ---- */

START_TEST(bursts_have_their_rate_and_their_length)
{
    unsigned lost = 0;
    unsigned bursts = 0;
    bool before = false;

    open_net("link UE-EESE loss 20% in bursts of 5\n");
    introduce();
    for (uint32_t i = 1; i <= 20000; i++) {
        bool now;

        send_data(i, i);
        now = !relay_pop(net.relay, i, &net.got);
        lost += now;
        bursts += now && !before;
        before = now;
        net.trace.count = 0;
    }
    ck_assert_uint_eq(lost, BURST_LOST);
    ck_assert_uint_eq(bursts, BURST_COUNT);
    close_net();
}
END_TEST

START_TEST(an_exponential_delay_has_its_minimum_and_its_mean)
{
    uint64_t sum = 0;
    uint64_t most = 0;

    open_net("link UE-EESE delay 10ms exponential 20ms\n");
    for (uint32_t i = 1; i <= 20000; i++) {
        uint64_t at_us;

        send_data(0, i);
        at_us = relay_deadline(net.relay);
        ck_assert(relay_pop(net.relay, at_us, &net.got));
        ck_assert_uint_ge(at_us, 10000);
        sum += at_us - 10000;
        most = at_us > most ? at_us : most;
        net.trace.count = 0;
    }
    ck_assert_uint_eq(sum / 20000, EXPONENTIAL_MEAN);
    ck_assert_uint_gt(most, 150000);
    close_net();
}
END_TEST

START_TEST(a_rate_takes_its_time_and_its_queue_has_an_end)
{
    uint64_t each_us;

    open_net("link UE-EESE delay 1ms rate 1000 bit/s queue 1s\n");
    send_data(0, 1);
    each_us = relay_deadline(net.relay) - 1000;
    ck_assert_uint_gt(each_us, 150000);
    ck_assert_uint_lt(each_us, 400000);
    for (uint32_t i = 2; i <= 10; i++) {
        send_data(0, i);
    }
    ck_assert_uint_eq(net.trace.count, 10 - (1 + 1000000 / each_us));
    ck_assert_int_eq(told(0)->fate, FATE_DROPPED);
    for (uint32_t i = 1; i <= 1 + 1000000 / each_us; i++) {
        arrives(1000 + i * each_us, i);
    }
    nothing_is_left();
    close_net();
}
END_TEST

START_TEST(a_rate_of_reordering_lets_the_next_one_pass)
{
    open_net("link UE-EESE reorder 100%\n");
    send_data(0, 1); /* it waits, but not for ever */
    arrives(1000000, 1);
    ck_assert_int_eq(told(0)->fate, FATE_REORDERED);
    close_net();
}
END_TEST

START_TEST(coverage_is_the_rate_and_the_set_up_of_a_radio)
{
    uint64_t first_us;
    uint64_t second_us;

    open_net("coverage of UE1 164dB\n");
    introduce();
    send_data(UINT64_C(100000000), 1);
    first_us = relay_deadline(net.relay) - 100000000;
    arrives(100000000 + first_us, 1);
    ck_assert_uint_eq((first_us - 1212000) * 370 / 8000000, net.got.len);
    send_data(UINT64_C(103000000), 1); /* connected still */
    second_us = relay_deadline(net.relay) - 103000000;
    ck_assert_uint_eq(second_us, first_us - 1212000);
    close_net();
}
END_TEST

/* ---- no decision shifts another ---- */

enum { SENDINGS = 300 };

static void fates_with(const char *rule, enum fate fates[SENDINGS], uint64_t at_us[SENDINGS])
{
    char sentences[256];

    snprintf(sentences, sizeof sentences,
             "link UE-EESE delay 5ms jitter 5ms loss 30%% in bursts of 3 duplicate 5%%\n%s", rule);
    open_net(sentences);
    introduce();
    memset(at_us, 0, SENDINGS * sizeof *at_us);
    for (uint32_t i = 0; i < SENDINGS; i++) {
        send_data(i, i + 1);
    }
    while (relay_pop(net.relay, UINT64_MAX - 1, &net.got)) {
    }
    for (unsigned i = 0; i < net.trace.count; i++) {
        const struct trace_msg *m = told(i);

        if (m->fate != FATE_DUPLICATED) {
            fates[m->ctr - 1] = m->fate;
            at_us[m->ctr - 1] = m->fate == FATE_DROPPED ? 0 : m->id;
        }
    }
    close_net();
}

START_TEST(a_rule_changes_the_fate_of_what_it_names_only)
{
    static const char *const rules[] = {
        "on 10th DATA_UL drop\n", "on 10th DATA_UL corrupt payload\n",
        "on 10th DATA_UL reorder past 2 messages\n", "on 10th DATA_UL truncate to 3 bytes\n"};
    static enum fate without[SENDINGS];
    static enum fate with[SENDINGS];
    static uint64_t at_us[SENDINGS];

    fates_with("", without, at_us);
    fates_with(rules[_i], with, at_us);
    for (unsigned i = 0; i < SENDINGS; i++) {
        if (i != 9) {
            ck_assert_int_eq(with[i], without[i]);
        }
    }
    ck_assert_int_ne(with[9], FATE_DELIVERED);
}
END_TEST

static void add_rules(TCase *tc)
{
    tcase_add_test(tc, an_attempt_is_a_sending_of_one_message);
    tcase_add_test(tc, what_is_held_arrives_when_its_event_happens);
    tcase_add_test(tc, what_is_held_takes_its_way_all_the_same);
    tcase_add_test(tc, what_has_been_holds_nothing_back);
    tcase_add_test(tc, what_is_held_in_vain_is_released_one_at_a_time_and_told);
    tcase_add_test(tc, nothing_is_held_for_longer_than_the_longest_timer);
    tcase_add_test(tc, later_ones_of_its_link_pass_first);
    tcase_add_test(tc, a_copy_may_wait_for_later_ones);
    tcase_add_test(tc, bits_are_flipped_as_they_are_listed);
    tcase_add_test(tc, a_second_rule_for_a_field_does_not_take_the_first_back);
    tcase_add_test(tc, a_datagram_is_cut_short_unless_it_is_shorter);
    tcase_add_test(tc, what_was_sent_can_be_replayed);
    tcase_add_test(tc, a_report_can_be_reflected_to_its_sender);
}

Suite *test_faults_suite(void)
{
    Suite *s = suite_create("faults");
    TCase *tc = tcase_create("faults");

    add_rules(tc);
    tcase_add_test(tc, bursts_have_their_rate_and_their_length);
    tcase_add_test(tc, an_exponential_delay_has_its_minimum_and_its_mean);
    tcase_add_test(tc, a_rate_takes_its_time_and_its_queue_has_an_end);
    tcase_add_test(tc, a_rate_of_reordering_lets_the_next_one_pass);
    tcase_add_test(tc, coverage_is_the_rate_and_the_set_up_of_a_radio);
    tcase_add_loop_test(tc, a_rule_changes_the_fate_of_what_it_names_only, 0, 4);
    suite_add_tcase(s, tc);
    return s;
}
