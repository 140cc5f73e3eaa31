#include "common/base/ensure.h"
#include "common/daemon/udp.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Suite *test_udp_suite(void);

static struct {
    unsigned count;
    enum role from;
    struct node_addr addr;
    size_t len;
    uint8_t octets[UDP_SLOT];
} got;

static void keep(void *arg, enum role from, const struct node_addr *addr, const uint8_t *octets,
                 size_t len)
{
    (void)arg;
    got.count++;
    got.from = from;
    got.addr = *addr;
    got.len = len;
    ck_assert_uint_le(len, sizeof got.octets);
    memcpy(got.octets, octets, len);
}

static unsigned receive(struct udp *u)
{
    memset(&got, 0, sizeof got);
    udp_receive(u, keep, NULL);
    return got.count;
}

static struct udp *open_at(enum role self, const char *host)
{
    struct udp *u = NULL;
    char why[UDP_WHY_MAX] = "";

    ck_assert_msg(udp_open(self, host, 0, &u, why) == ERR_OK, "%s", why);
    return u;
}

/* The port of "127.0.0.1:4001". */
static uint16_t port_of(const struct udp *u)
{
    char text[UDP_ADDRESS_MAX];

    udp_address(u, text);
    return (uint16_t)strtoul(strrchr(text, ':') + 1, NULL, 10);
}

static void meet(struct udp *u, enum role role, const char *host, const struct udp *peer)
{
    char why[UDP_WHY_MAX] = "";

    ck_assert_msg(udp_add_peer(u, role, host, port_of(peer), why) == ERR_OK, "%s", why);
}

static const struct node_addr nowhere;

static void send_text(struct udp *u, enum role to, const struct node_addr *addr, const char *text)
{
    udp_queue(u, to, addr, (const uint8_t *)text, strlen(text));
    udp_flush(u);
}

START_TEST(an_answer_goes_where_the_question_came_from)
{
    struct udp *emse = open_at(ROLE_EMSE, "127.0.0.1");
    struct udp *ue = open_at(ROLE_UE, "127.0.0.1");

    meet(ue, ROLE_EMSE, "127.0.0.1", emse);
    send_text(ue, ROLE_EMSE, &nowhere, "ask");
    ck_assert_uint_eq(receive(emse), 1);
    ck_assert_int_eq(got.from, ROLE_UE);
    ck_assert_mem_eq(got.octets, "ask", 3);
    send_text(emse, ROLE_UE, &got.addr, "answer");
    ck_assert_uint_eq(receive(ue), 1);
    ck_assert_int_eq(got.from, ROLE_EMSE);
    ck_assert_mem_eq(got.octets, "answer", 6);
    udp_close(emse);
    udp_close(ue);
}
END_TEST

START_TEST(ipv6_works_likewise)
{
    struct udp *emse = NULL;
    struct udp *hss;
    char why[UDP_WHY_MAX];
    char text[UDP_ADDRESS_MAX];

    if (udp_open(ROLE_EMSE, "::1", 0, &emse, why) != ERR_OK) {
        return; /* this host has no IPv6 */
    }
    hss = open_at(ROLE_HSS, "::1");
    udp_address(hss, text);
    ck_assert_msg(strncmp(text, "[::1]:", 6) == 0, "%s", text);
    meet(emse, ROLE_HSS, "::1", hss);
    meet(hss, ROLE_EMSE, "::1", emse);
    send_text(emse, ROLE_HSS, &nowhere, "ask");
    ck_assert_uint_eq(receive(hss), 1);
    ck_assert_int_eq(got.from, ROLE_EMSE);
    send_text(hss, ROLE_EMSE, &got.addr, "answer");
    ck_assert_uint_eq(receive(emse), 1);
    udp_close(emse);
    udp_close(hss);
}
END_TEST

START_TEST(the_source_tells_the_role_and_strangers_are_ues_or_nobody)
{
    struct udp *emse = open_at(ROLE_EMSE, "127.0.0.1");
    struct udp *hss = open_at(ROLE_HSS, "127.0.0.1");
    struct udp *a = open_at(ROLE_EESE, "127.0.0.1");
    struct udp *b = open_at(ROLE_EESE, "127.0.0.1");

    meet(emse, ROLE_EESE, "127.0.0.1", a);
    meet(emse, ROLE_EESE, "127.0.0.1", b);
    meet(a, ROLE_EMSE, "127.0.0.1", emse);
    meet(b, ROLE_EMSE, "127.0.0.1", emse);
    meet(b, ROLE_HSS, "127.0.0.1", hss);
    meet(hss, ROLE_EMSE, "127.0.0.1", emse);
    send_text(b, ROLE_EMSE, &nowhere, "x");
    ck_assert_uint_eq(receive(emse), 1);
    ck_assert_int_eq(got.from, ROLE_EESE);
    send_text(emse, ROLE_EESE, &nowhere, "to the first");
    ck_assert_uint_eq(receive(b), 0);
    ck_assert_uint_eq(receive(a), 1);
    meet(hss, ROLE_VN, "127.0.0.1", hss);
    send_text(b, ROLE_HSS, &nowhere, "x");
    ck_assert_uint_eq(receive(hss), 0);
    ck_assert_uint_eq(udp_counters(hss)->stranger, 1);
    udp_close(emse);
    udp_close(hss);
    udp_close(a);
    udp_close(b);
}
END_TEST

/* Sends |len| octets from a socket of its own. */
static void send_raw(const struct udp *to, size_t len)
{
    static const uint8_t octets[65507];
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port_of(to))};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(sendto(fd, octets, len, 0, (struct sockaddr *)&sa, sizeof sa), (ssize_t)len);
    (void)close(fd);
}

START_TEST(a_datagram_over_the_limit_is_only_counted)
{
    struct udp *emse = open_at(ROLE_EMSE, "127.0.0.1");

    send_raw(emse, 0);
    ck_assert_uint_eq(receive(emse), 1);
    ck_assert_uint_eq(got.len, 0);
    send_raw(emse, DATAGRAM_MAX);
    ck_assert_uint_eq(receive(emse), 1);
    ck_assert_uint_eq(got.len, DATAGRAM_MAX);
    send_raw(emse, DATAGRAM_MAX + 1);
    send_raw(emse, UDP_SLOT + 1);
    send_raw(emse, 65507);
    ck_assert_uint_eq(receive(emse), 0);
    ck_assert_uint_eq(udp_counters(emse)->oversize, 3);
    ck_assert_uint_eq(udp_counters(emse)->received, 2);
    udp_close(emse);
}
END_TEST

START_TEST(one_call_takes_a_bounded_number)
{
    struct udp *emse = open_at(ROLE_EMSE, "127.0.0.1");
    struct udp *ue = open_at(ROLE_UE, "127.0.0.1");

    meet(ue, ROLE_EMSE, "127.0.0.1", emse);
    for (unsigned i = 0; i < UDP_BATCH * UDP_BATCHES_MAX + 1; i++) {
        udp_queue(ue, ROLE_EMSE, &nowhere, (const uint8_t *)"x", 1);
    }
    ck_assert_uint_eq(udp_queue_room(ue), UDP_QUEUE_MAX - UDP_BATCH * UDP_BATCHES_MAX - 1);
    udp_flush(ue);
    ck_assert_uint_eq(udp_queue_room(ue), UDP_QUEUE_MAX);
    ck_assert_uint_eq(udp_counters(ue)->sent, UDP_BATCH * UDP_BATCHES_MAX + 1);
    ck_assert_uint_eq(receive(emse), UDP_BATCH * UDP_BATCHES_MAX);
    ck_assert_uint_eq(receive(emse), 1);
    ck_assert_uint_eq(receive(emse), 0);
    udp_close(emse);
    udp_close(ue);
}
END_TEST

START_TEST(what_cannot_be_sent_is_loss)
{
    struct udp *ue = open_at(ROLE_UE, "127.0.0.1");
    struct udp *gone = open_at(ROLE_EMSE, "127.0.0.1");
    struct sockaddr_in broadcast = {.sin_family = AF_INET, .sin_port = htons(9)};
    struct node_addr refused = {.len = sizeof broadcast};

    meet(ue, ROLE_EMSE, "127.0.0.1", gone);
    udp_close(gone);
    for (unsigned i = 0; i < 3; i++) {
        send_text(ue, ROLE_EMSE, &nowhere, "nobody there");
    }
    ck_assert_uint_eq(receive(ue), 0);
    broadcast.sin_addr.s_addr = htonl(INADDR_BROADCAST); /* needs leave we have not asked for */
    memcpy(refused.octets, &broadcast, sizeof broadcast);
    udp_queue(ue, ROLE_UE, &refused, (const uint8_t *)"x", 1);
    udp_queue(ue, ROLE_EESE, &nowhere, (const uint8_t *)"x", 1);
    udp_flush(ue);
    ck_assert_uint_eq(udp_counters(ue)->send_lost, 1);
    ck_assert_uint_eq(udp_counters(ue)->no_address, 1);
    udp_close(ue);
}
END_TEST

START_TEST(what_the_system_drops_is_counted)
{
    static const uint8_t octets[DATAGRAM_MAX];
    struct udp *emse = open_at(ROLE_EMSE, "127.0.0.1");
    struct udp *ue = open_at(ROLE_UE, "127.0.0.1");
    uint64_t received = 0;
    unsigned sent = 0;

    meet(ue, ROLE_EMSE, "127.0.0.1", emse);
    /* each is charged more than its octets, so this cannot fit */
    for (; sent < udp_rcvbuf(emse) / DATAGRAM_MAX + UDP_QUEUE_MAX; sent++) {
        if (udp_queue_room(ue) == 0) {
            udp_flush(ue);
        }
        udp_queue(ue, ROLE_EMSE, &nowhere, octets, sizeof octets);
    }
    udp_flush(ue);
    while (receive(emse) > 0) {
        received += got.count;
    }
    ck_assert_uint_lt(received, sent);
    ck_assert_uint_eq(udp_counters(emse)->overflow, sent - received);
    udp_close(emse);
    udp_close(ue);
}
END_TEST

START_TEST(a_taken_port_is_told_with_the_cure)
{
    struct udp *first = open_at(ROLE_HSS, "127.0.0.1");
    struct udp *second = NULL;
    char why[UDP_WHY_MAX];
    char place[UDP_ADDRESS_MAX];

    udp_address(first, place);
    ck_assert_int_eq(udp_open(ROLE_HSS, "127.0.0.1", port_of(first), &second, why), ERR_IO);
    ck_assert_msg(strstr(why, place) != NULL && strstr(why, "choose another") != NULL, "%s", why);
    ck_assert_int_eq(udp_open(ROLE_HSS, "192.0.2.1", 4001, &second, why), ERR_IO);
    ck_assert_msg(strstr(why, "no such address") != NULL, "%s", why);
    ck_assert_int_eq(udp_add_peer(first, ROLE_EMSE, "::1", 4001, why), ERR_IO);
    ck_assert_msg(strstr(why, "::1") != NULL && strstr(why, "IPv4") != NULL, "%s", why);
    udp_close(first);
}
END_TEST

Suite *test_udp_suite(void)
{
    Suite *s = suite_create("udp");
    TCase *tc = tcase_create("udp");

    tcase_add_test(tc, an_answer_goes_where_the_question_came_from);
    tcase_add_test(tc, ipv6_works_likewise);
    tcase_add_test(tc, the_source_tells_the_role_and_strangers_are_ues_or_nobody);
    tcase_add_test(tc, a_datagram_over_the_limit_is_only_counted);
    tcase_add_test(tc, one_call_takes_a_bounded_number);
    tcase_add_test(tc, what_cannot_be_sent_is_loss);
    tcase_add_test(tc, what_the_system_drops_is_counted);
    tcase_add_test(tc, a_taken_port_is_told_with_the_cure);
    suite_add_tcase(s, tc);
    return s;
}
