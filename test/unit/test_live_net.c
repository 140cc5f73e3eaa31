#include "scenarios/sim/drive/live_net.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *test_live_net_suite(void);

static struct live_net *net;
static char why[LIVE_NET_WHY_MAX];
static int ue; /* the sockets of two daemons */
static int emse;

static unsigned befores;
static unsigned taken;
static uint8_t last[DATAGRAM_MAX];
static size_t last_len;

static void before(void *arg, enum role from)
{
    (void)arg;
    ck_assert_int_eq(from, ROLE_UE);
    ck_assert_uint_eq(taken, 0);
    befores++;
}

static uint64_t last_ns;

static void take(void *arg, uint64_t sent_ns, enum role from, enum role to, const uint8_t *octets,
                 size_t len)
{
    (void)arg;
    ck_assert_uint_ge(sent_ns, last_ns);
    last_ns = sent_ns;
    ck_assert_int_eq(from, ROLE_UE);
    ck_assert_int_eq(to, ROLE_EMSE);
    memcpy(last, octets, len);
    last_len = len;
    taken++;
}

/* A daemon's socket, known to the network as |who|. */
static int open_daemon(enum role who)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    char text[LIVE_NET_ADDRESS_MAX];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    snprintf(text, sizeof text, "127.0.0.1:%u", ntohs(at.sin_port));
    ck_assert_int_eq(live_net_learn(net, who, text), ERR_OK);
    return fd;
}

/* The socket address of how |from| calls |to|. */
static struct sockaddr_in peer(enum role from, enum role to)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char text[LIVE_NET_ADDRESS_MAX];

    ck_assert(live_net_address(net, from, to, text));
    at.sin_port = htons((uint16_t)strtoul(strchr(text, ':') + 1, NULL, 10));
    return at;
}

static void send_from(int fd, const void *octets, size_t len)
{
    struct sockaddr_in to = peer(ROLE_UE, ROLE_EMSE);

    ck_assert_int_eq(sendto(fd, octets, len, 0, (const struct sockaddr *)&to, sizeof to),
                     (ssize_t)len);
}

static void setup(void)
{
    ck_assert_int_eq(live_net_open(&net, why), ERR_OK);
    ue = open_daemon(ROLE_UE);
    emse = open_daemon(ROLE_EMSE);
    befores = 0;
    taken = 0;
}

static void teardown(void)
{
    close(ue);
    close(emse);
    live_net_close(net);
}

static bool receive(void)
{
    return live_net_receive(net, ROLE_UE, ROLE_EMSE, before, take, NULL);
}

START_TEST(daemon_is_answered_from_the_address_that_it_wrote_to)
{
    struct sockaddr_in from;
    socklen_t len = sizeof from;
    struct sockaddr_in expected = peer(ROLE_UE, ROLE_EMSE);
    uint8_t got[8];

    send_from(ue, "up", 2);
    ck_assert(!receive());
    ck_assert_uint_eq(befores, 1);
    ck_assert_uint_eq(taken, 1);
    ck_assert_uint_eq(last_len, 2);
    ck_assert_mem_eq(last, "up", 2);
    live_net_send(net, ROLE_EMSE, ROLE_UE, (const uint8_t *)"down", 4);
    live_net_flush(net);
    ck_assert_int_eq(recvfrom(ue, got, sizeof got, 0, (struct sockaddr *)&from, &len), 4);
    ck_assert_mem_eq(got, "down", 4);
    ck_assert_int_eq(from.sin_port, expected.sin_port);
}
END_TEST

START_TEST(each_datagram_tells_when_it_was_sent)
{
    last_ns = 0;
    send_from(ue, "a", 1);
    send_from(ue, "b", 1);
    ck_assert(!receive());
    ck_assert_uint_eq(taken, 2);
    ck_assert_uint_gt(last_ns, 0);
}
END_TEST

START_TEST(strangers_are_counted_and_not_read)
{
    send_from(emse, "forged", 6);
    ck_assert(!receive());
    ck_assert_uint_eq(taken, 0);
    ck_assert_uint_eq(live_net_strangers(net), 1);
}
END_TEST

START_TEST(longest_datagram_passes_and_a_longer_one_does_not)
{
    static uint8_t octets[DATAGRAM_MAX + 1];

    send_from(ue, octets, DATAGRAM_MAX + 1);
    send_from(ue, octets, DATAGRAM_MAX);
    ck_assert(!receive());
    ck_assert_uint_eq(taken, 1);
    ck_assert_uint_eq(last_len, DATAGRAM_MAX);
    ck_assert_uint_eq(live_net_strangers(net), 1);
}
END_TEST

START_TEST(empty_datagram_passes)
{
    send_from(ue, "", 0);
    ck_assert(!receive());
    ck_assert_uint_eq(taken, 1);
    ck_assert_uint_eq(last_len, 0);
}
END_TEST

START_TEST(nothing_is_there_when_nothing_was_sent)
{
    ck_assert(!receive());
    ck_assert_uint_eq(befores, 0);
}
END_TEST

START_TEST(more_than_a_batch_is_sent_whole)
{
    uint8_t got[4];

    for (uint8_t i = 0; i < 200; i++) {
        live_net_send(net, ROLE_EMSE, ROLE_UE, &i, 1);
    }
    live_net_flush(net);
    for (uint8_t i = 0; i < 200; i++) {
        ck_assert_int_eq(recv(ue, got, sizeof got, MSG_DONTWAIT), 1);
        ck_assert_uint_eq(got[0], i);
    }
}
END_TEST

START_TEST(receive_buffer_that_ran_over_is_noticed)
{
    static uint8_t octets[DATAGRAM_MAX];
    char link[LIVE_NET_ADDRESS_MAX];

    ck_assert(!live_net_overflowed(net, link));
    for (unsigned i = 0; i < 40000 && !live_net_overflowed(net, link); i++) {
        send_from(ue, octets, sizeof octets);
    }
    ck_assert(live_net_overflowed(net, link));
    ck_assert_str_eq(link, "UE->EMSE");
}
END_TEST

START_TEST(only_links_of_the_protocol_have_sockets)
{
    char text[LIVE_NET_ADDRESS_MAX];

    ck_assert(!live_net_address(net, ROLE_UE, ROLE_HSS, text));
    ck_assert_int_eq(live_net_fd(net, ROLE_VN, ROLE_UE), -1);
    ck_assert_int_ge(live_net_fd(net, ROLE_UE, ROLE_VN), 0);
}
END_TEST

START_TEST(addresses_that_are_none_are_refused)
{
    ck_assert_int_eq(live_net_learn(net, ROLE_HSS, "127.0.0.1"), ERR_SYNTAX);
    ck_assert_int_eq(live_net_learn(net, ROLE_HSS, "127.0.0.1:"), ERR_SYNTAX);
    ck_assert_int_eq(live_net_learn(net, ROLE_HSS, "127.0.0.1:65536"), ERR_SYNTAX);
    ck_assert_int_eq(live_net_learn(net, ROLE_HSS, "[::1]:4000"), ERR_SYNTAX);
    ck_assert_int_eq(live_net_learn(net, ROLE_HSS, "127.0.0.1:4000x"), ERR_SYNTAX);
}
END_TEST

Suite *test_live_net_suite(void)
{
    Suite *s = suite_create("live_net");
    TCase *t = tcase_create("live_net");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, daemon_is_answered_from_the_address_that_it_wrote_to);
    tcase_add_test(t, each_datagram_tells_when_it_was_sent);
    tcase_add_test(t, strangers_are_counted_and_not_read);
    tcase_add_test(t, longest_datagram_passes_and_a_longer_one_does_not);
    tcase_add_test(t, empty_datagram_passes);
    tcase_add_test(t, nothing_is_there_when_nothing_was_sent);
    tcase_add_test(t, more_than_a_batch_is_sent_whole);
    tcase_add_test(t, receive_buffer_that_ran_over_is_noticed);
    tcase_add_test(t, only_links_of_the_protocol_have_sockets);
    tcase_add_test(t, addresses_that_are_none_are_refused);
    suite_add_tcase(s, t);
    return s;
}
