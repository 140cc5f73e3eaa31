#include "scenarios/sim/show/pcapng.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"
#include "common/base/version.h"
#include "scenarios/sim/script/scenario.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

/* Numbers of draft-ietf-opsawg-pcapng: blocks in section 4, options in 3.5 and with each block. */
enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_PACKET = 6,

    OPT_END = 0,
    OPT_COMMENT = 1,
    OPT_SECTION_APPLICATION = 4,
    OPT_INTERFACE_NAME = 2,
    OPT_INTERFACE_DESCRIPTION = 3,
    OPT_INTERFACE_RESOLUTION = 9,
    OPT_PACKET_ID = 5,

    NAMES_END = 0,
    NAMES_IPV4 = 1,

    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    LINKTYPE_RAW = 101, /* the packet begins with its IP header */
    NANOSECONDS = 9,    /* of the resolution: 10 to the minus 9 */
    IP_PROTOCOL_UDP = 17,
    IP_TTL = 64,
    BLOCK_MAX = 2560, /* a packet of DATAGRAM_MAX with its options; a section header */
    TEXT_MAX = 1024,
};

static const struct {
    enum role a;
    enum role b;
    const char *name;
    const char *words;
} links[] = {
    {ROLE_UE, ROLE_EMSE, "UE-EMSE", "on air: UE and home network"},
    {ROLE_UE, ROLE_EESE, "UE-EESE", "on air: UE and enterprise"},
    {ROLE_EMSE, ROLE_EESE, "EMSE-EESE", "backend: home network and enterprise"},
    {ROLE_EMSE, ROLE_HSS, "EMSE-HSS", "backend: within the home network"},
    {ROLE_UE, ROLE_VN, "UE-VN", "on air: UE and visited network"},
    {ROLE_VN, ROLE_HSS, "VN-HSS", "backend: visited and home network"},
};

static uint32_t interface_of(enum role from, enum role to)
{
    uint32_t i = 0;

    while (i < COUNT_OF(links) && !((links[i].a == from && links[i].b == to) ||
                                    (links[i].a == to && links[i].b == from))) {
        i++;
    }
    ENSURE(i < COUNT_OF(links)); /* no other two ever meet */
    return i;
}

/* ---- blocks ---- */

struct block {
    size_t len;
    uint8_t octets[BLOCK_MAX];
};

static void put(struct block *b, const void *octets, size_t len)
{
    ENSURE(len <= sizeof b->octets - b->len);
    if (len > 0) {
        memcpy(b->octets + b->len, octets, len);
        b->len += len;
    }
}

static void put_number(struct block *b, uint64_t v, size_t len)
{
    uint8_t octets[8];

    for (size_t i = 0; i < len; i++) {
        octets[i] = (uint8_t)(v >> (8 * i));
    }
    put(b, octets, len);
}

static void put_16(struct block *b, uint16_t v)
{
    put_number(b, v, 2);
}

static void put_32(struct block *b, uint32_t v)
{
    put_number(b, v, 4);
}

/* Fills up to 32 bits, as everything in a block is. */
static void pad(struct block *b)
{
    static const uint8_t zeros[3];

    put(b, zeros, (4 - b->len % 4) % 4);
}

static void put_option(struct block *b, uint16_t code, const void *value, size_t len)
{
    put_16(b, code);
    put_16(b, (uint16_t)len);
    put(b, value, len);
    pad(b);
}

static void put_text(struct block *b, uint16_t code, const char *text)
{
    put_option(b, code, text, strlen(text));
}

static void block_begin(struct block *b, uint32_t type)
{
    b->len = 0;
    put_32(b, type);
    put_32(b, 0); /* its length, as soon as it is known */
}

static void block_write(struct block *b, FILE *out)
{
    struct block len = {0};

    put_32(&len, (uint32_t)b->len + 4);
    put(b, len.octets, 4);
    memcpy(b->octets + 4, len.octets, 4);
    fwrite(b->octets, 1, b->len, out);
}

/* snprintf at the end of |text|; what does not fit is left out. */
__attribute__((format(printf, 2, 3))) static void append(char text[TEXT_MAX], const char *form, ...)
{
    const size_t len = strlen(text);
    va_list args;

    va_start(args, form);
    vsnprintf(text + len, TEXT_MAX - len, form, args);
    va_end(args);
}

/* ---- what comes first ---- */

static void write_section(const struct trace_run *run, FILE *out)
{
    const struct scenario *scn = run->scn;
    const struct variant_set usual = variant_default(scn->variant.variant);
    char text[TEXT_MAX] = "";
    struct block b;

    append(text, "scenario %s: %s\nfile %.256s\nvariant %s", scn->name, scn->title, scn->file,
           variant_name(scn->variant.variant));
    for (enum sw s = 0; s < SW_COUNT; s++) {
        if (sw_on(&scn->variant, s) != sw_on(&usual, s)) {
            append(text, " %s %s", sw_on(&scn->variant, s) ? "with" : "without",
                   switch_info[s].name);
        }
    }
    append(text, "\nseed %" PRIu64 "\nmode %s", scn->seed, run->mode);
    block_begin(&b, BLOCK_SECTION);
    put_32(&b, BYTE_ORDER_MAGIC);
    put_16(&b, 1); /* version 1.0 */
    put_16(&b, 0);
    put_number(&b, UINT64_MAX, 8); /* length of the section: to the end of the file */
    put_text(&b, OPT_COMMENT, text);
    put_text(&b, OPT_SECTION_APPLICATION, "e2esim " E2ESIM_VERSION);
    put_option(&b, OPT_END, "", 0);
    block_write(&b, out);
}

static void write_interfaces(FILE *out)
{
    static const uint8_t resolution = NANOSECONDS;

    for (size_t i = 0; i < COUNT_OF(links); i++) {
        struct block b;

        block_begin(&b, BLOCK_INTERFACE);
        put_16(&b, LINKTYPE_RAW);
        put_16(&b, 0);
        put_32(&b, 0); /* packets of any length */
        put_text(&b, OPT_INTERFACE_NAME, links[i].name);
        put_text(&b, OPT_INTERFACE_DESCRIPTION, links[i].words);
        put_option(&b, OPT_INTERFACE_RESOLUTION, &resolution, 1);
        put_option(&b, OPT_END, "", 0);
        block_write(&b, out);
    }
}

static void address(enum role r, uint8_t out[4])
{
    put_be32(out, 0xc0000201 + (uint32_t)r); /* 192.0.2.1 and up */
}

static void write_names(FILE *out)
{
    struct block b;

    block_begin(&b, BLOCK_NAMES);
    for (enum role r = 0; r < ROLE_COUNT; r++) {
        char record[4 + 16];
        uint8_t ip[4];
        int len;

        address(r, ip);
        memcpy(record, ip, sizeof ip);
        len = snprintf(record + 4, sizeof record - 4, "%s", role_name(r));
        put_option(&b, NAMES_IPV4, record, 4 + (size_t)len + 1);
    }
    put_option(&b, NAMES_END, "", 0);
    block_write(&b, out);
}

void pcapng_init(struct pcapng *p, const struct trace_run *run, FILE *out)
{
    *p = (struct pcapng){.run = run, .out = out, .live = strcmp(run->mode, "live") == 0};
    write_section(run, out);
    write_interfaces(out);
    write_names(out);
}

/* ---- packets ---- */

/* RFC 1071 */
static uint16_t checksum(const uint8_t *header, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i += 2) {
        sum += get_be16(header + i);
    }
    while (sum > UINT16_MAX) {
        sum = (sum & UINT16_MAX) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

/* The UDP checksum stays 0, which says that there is none. */
static void make_headers(const struct trace_msg *m, uint8_t h[PCAPNG_HEADERS])
{
    const uint32_t whole = PCAPNG_HEADERS + (uint32_t)m->bytes;
    const uint16_t len = whole > UINT16_MAX ? UINT16_MAX : (uint16_t)whole;

    memset(h, 0, PCAPNG_HEADERS);
    h[0] = 0x45; /* version 4, five words */
    put_be16(h + 2, len);
    put_be16(h + 4, (uint16_t)m->id);
    h[8] = IP_TTL;
    h[9] = IP_PROTOCOL_UDP;
    address(m->from, h + 12);
    address(m->to, h + 16);
    put_be16(h + 10, checksum(h, 20));
    put_be16(h + 20, (uint16_t)(PCAPNG_PORT_FIRST + m->from));
    put_be16(h + 22, (uint16_t)(PCAPNG_PORT_FIRST + m->to));
    put_be16(h + 24, (uint16_t)(len - 20));
}

/* "dropped by scenario line 12; RAND_FWD; UE1; epoch 1; sent at 2.535000 s" */
static void make_comment(const struct pcapng *p, const struct trace_msg *m, char text[TEXT_MAX])
{
    text[0] = '\0';
    append(text, "%s", fate_name(m->fate));
    if (m->line != 0) {
        append(text, " by scenario line %u", m->line);
    } else if (m->fate != FATE_DELIVERED) {
        append(text, " by the link");
    }
    append(text, "; %s", m->type < MSG_TYPE_COUNT ? msg_name(m->type) : "not readable");
    if (m->ue >= 0) {
        append(text, "; %s", p->run->scn->ues[m->ue].label);
    }
    if (m->has_epoch) {
        append(text, "; epoch %" PRIu32, m->epoch);
    }
    if (m->ctr != 0) {
        append(text, "; number %" PRIu32, m->ctr);
    }
    append(text, "; sent at %" PRIu64 ".%06" PRIu64 " s", m->sent_us / 1000000,
           m->sent_us % 1000000);
}

static void write_packet(struct pcapng *p, uint64_t t_us, const struct trace_msg *m)
{
    /* A longer one is in no message of ours: only how long it was is known. */
    const size_t kept = m->octets != NULL && m->bytes <= DATAGRAM_MAX ? m->bytes : 0;
    const uint64_t ns = (p->zero_us + t_us) * 1000;
    uint8_t headers[PCAPNG_HEADERS];
    char text[TEXT_MAX];
    struct block b;

    make_headers(m, headers);
    make_comment(p, m, text);
    block_begin(&b, BLOCK_PACKET);
    put_32(&b, interface_of(m->from, m->to));
    put_32(&b, (uint32_t)(ns >> 32));
    put_32(&b, (uint32_t)ns);
    put_32(&b, (uint32_t)(PCAPNG_HEADERS + kept));
    put_32(&b, PCAPNG_HEADERS + (uint32_t)m->bytes);
    put(&b, headers, sizeof headers);
    put(&b, m->octets, kept);
    pad(&b);
    put_text(&b, OPT_COMMENT, text);
    put_16(&b, OPT_PACKET_ID);
    put_16(&b, 8);
    put_number(&b, m->id, 8);
    put_option(&b, OPT_END, "", 0);
    block_write(&b, p->out);
    if (p->live) {
        fflush(p->out);
    }
}

static uint64_t wall_us(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void pcapng_event(void *arg, const struct trace_event *e)
{
    struct pcapng *p = arg;

    if (e->kind == TRACE_RUN && p->live) {
        p->zero_us = wall_us() - e->t_us;
        fflush(p->out);
    } else if (e->kind == TRACE_MSG) {
        write_packet(p, e->t_us, &e->u.msg);
    }
}
