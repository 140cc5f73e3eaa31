/* Stands in for the four daemons of a live run, to measure what the network of the runner adds to a
 * hop. By the name it is started under it is hssd, emsed, eesed or ued. ued sends datagrams to
 * eesed and waits for the echo, by turns through the runner and straight to eesed's socket, and
 * writes both round trips, in nanoseconds, to $HOP_DIR/samples: a line "direct relayed" each. It
 * does what a daemon does with its control socket (common/daemon/control.h), no more.
 *   $HOP_DIR      a folder of ours         $HOP_ROUNDS    how many; default 4000 */
#include "common/base/ensure.h"
#include "common/wire/codec.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, LINE_ROOM = 65536, WARM_UP = 200 };

static const char *name; /* "ued" */
static int control;
static int udp;
static struct sockaddr_in partner; /* as the runner shows it */
static uint8_t out[DATAGRAM_MAX];
static size_t out_len;

static void need(bool good, const char *what)
{
    if (!good) {
        perror(what);
        exit(3);
    }
}

static void path_of(const char *file, char path[PATH_ROOM])
{
    const char *dir = getenv("HOP_DIR");

    need(dir != NULL, "HOP_DIR");
    snprintf(path, PATH_ROOM, "%s/%s", dir, file);
}

static void say(const char *line)
{
    need(send(control, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line), "control");
}

/* Reads "127.0.0.1:4001". */
static struct sockaddr_in address(const char *text)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *colon = strchr(text, ':');

    need(colon != NULL, text);
    at.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    return at;
}

/* Finds "peer ROLE ADDRESS" of |role| in the configuration. */
static void read_partner(const char *config, const char *role)
{
    FILE *f = fopen(config, "re");
    char line[512];
    char who[16];
    char where[64];

    need(f != NULL, config);
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "peer %15s %63s", who, where) == 2 && strcmp(who, role) == 0) {
            partner = address(where);
        }
    }
    fclose(f);
}

static void open_socket(const char *role)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    char line[96];
    char file[32];
    char path[PATH_ROOM];
    FILE *f;

    udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    need(udp >= 0 && bind(udp, (const struct sockaddr *)&at, sizeof at) == 0 &&
             getsockname(udp, (struct sockaddr *)&at, &len) == 0,
         "socket");
    snprintf(file, sizeof file, "%s.address", name);
    path_of(file, path);
    f = fopen(path, "we");
    need(f != NULL && fprintf(f, "127.0.0.1:%u\n", ntohs(at.sin_port)) > 0 && fclose(f) == 0, path);
    snprintf(line, sizeof line, "ready %s 127.0.0.1:%u\n", role, ntohs(at.sin_port));
    say(line);
}

static void prepare(enum msg_type type, enum role from, enum role to)
{
    struct msg m = {.type = type, .sid = 9, .kid = 1, .ctr = 1, .mac_len = 8};

    m.u.data.len = 16;
    ENSURE(codec_encode(&m, from, to, out, &out_len) == ERR_OK);
}

static void send_to(const struct sockaddr_in *at)
{
    need(sendto(udp, out, out_len, 0, (const struct sockaddr *)at, sizeof *at) == (ssize_t)out_len,
         "sendto");
}

/* Waits for lines and, if |echo|, datagrams; returns when |verb| comes. */
static void serve(bool echo, const char *verb)
{
    static char in[LINE_ROOM];
    struct pollfd fds[2] = {{.fd = control, .events = POLLIN}, {.fd = udp, .events = POLLIN}};

    for (;;) {
        need(poll(fds, echo ? 2 : 1, -1) > 0, "poll");
        if (echo && (fds[1].revents & POLLIN) != 0) {
            uint8_t octets[DATAGRAM_MAX];
            struct sockaddr_in from = {.sin_port = 0};
            socklen_t len = sizeof from;

            need(recvfrom(udp, octets, sizeof octets, 0, (struct sockaddr *)&from, &len) > 0,
                 "recvfrom");
            if (from.sin_port == partner.sin_port) {
                say("sends 1\n");
            }
            send_to(&from);
        }
        if (fds[0].revents != 0) {
            ssize_t n = recv(control, in, sizeof in - 1, 0);

            if (n <= 0) {
                exit(0); /* the runner is gone */
            }
            in[n] = '\0';
            if (strstr(in, verb) != NULL) {
                return;
            }
        }
    }
}

static uint64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static uint64_t round_trip(const struct sockaddr_in *at, bool relayed)
{
    uint8_t octets[DATAGRAM_MAX];
    uint64_t begun = now_ns();

    if (relayed) {
        say("sends 1\n");
    }
    send_to(at);
    need(recv(udp, octets, sizeof octets, 0) > 0, "recv");
    return now_ns() - begun;
}

static void measure(void)
{
    const char *text = getenv("HOP_ROUNDS");
    unsigned rounds = text != NULL ? (unsigned)strtoul(text, NULL, 10) : 4000;
    char path[PATH_ROOM];
    char where[64] = "";
    struct sockaddr_in direct;
    FILE *f;

    path_of("eesed.address", path);
    f = fopen(path, "re");
    need(f != NULL && fgets(where, sizeof where, f) != NULL, path);
    fclose(f);
    direct = address(where);
    path_of("samples", path);
    f = fopen(path, "we");
    need(f != NULL, path);
    for (unsigned i = 0; i < WARM_UP + rounds; i++) {
        uint64_t one = round_trip(&direct, false);
        uint64_t other = round_trip(&partner, true);

        if (i >= WARM_UP) {
            fprintf(f, "%llu %llu\n", (unsigned long long)one, (unsigned long long)other);
        }
    }
    need(fclose(f) == 0, path);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    char role[8] = "";

    name = slash != NULL ? slash + 1 : argv[0];
    need(argc == 5 && strlen(name) < sizeof role, "usage: NAME --config FILE --control FD");
    control = (int)strtol(argv[4], NULL, 10);
    for (size_t i = 0; i + 1 < strlen(name); i++) {
        role[i] = (char)(name[i] - 'a' + 'A');
    }
    if (strcmp(name, "ued") == 0) {
        read_partner(argv[2], "EESE");
        prepare(MSG_DATA_UL, ROLE_UE, ROLE_EESE);
    } else if (strcmp(name, "eesed") == 0) {
        read_partner(argv[2], "UE");
        prepare(MSG_DATA_DL, ROLE_EESE, ROLE_UE);
    }
    open_socket(role);
    if (strcmp(name, "ued") == 0) {
        serve(false, "start ");
        measure();
    }
    serve(strcmp(name, "eesed") == 0, "quit");
    say("bye\n");
    return 0;
}
