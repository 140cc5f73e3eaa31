#include "scenarios/sim/show/pcapng.h"

#include "common/base/version.h"
#include "test/unit/story.h"

#include <check.h>
#include <stdlib.h>

Suite *test_pcapng_suite(void);

/* Hand-made after draft-ietf-opsawg-pcapng 4 and RFC 791, 768; tshark reads the like of it in
 * test/sim/capture.sh. */
static const char golden_interface[] = "01000000"         /* interface description */
                                       "4c000000"         /* 76 octets */
                                       "65000000"         /* LINKTYPE_RAW */
                                       "00000000"         /* no limit */
                                       "02000700"         /* if_name */
                                       "55452d454d534500" /* UE-EMSE */
                                       "03001b00"         /* if_description */
                                       "6f6e206169723a20554520616e6420686f6d65206e6574776f726b00"
                                       "0900010009000000" /* if_tsresol: nanoseconds */
                                       "00000000"         /* end of options */
                                       "4c000000";
static const char golden_packet[] = "06000000"         /* enhanced packet */
                                    "9c000000"         /* 156 octets */
                                    "02000000"         /* interface 2: EMSE-EESE */
                                    "00000000409eb197" /* 2545000000 ns */
                                    "1f000000"         /* 31 octets kept */
                                    "1f000000"         /* 31 octets long */
                                    "4500001f000100004011f6c7c0000202c0000203" /* IPv4 */
                                    "10061007000b0000"                         /* UDP */
                                    "e2010200"                                 /* payload */
                                    "01004700"                                 /* opt_comment */
                                    "64726f70706564206279207363656e6172696f206c696e652031323b"
                                    "2052414e445f4657443b205545313b2065706f636820313b2073656e"
                                    "7420617420322e353335303030207300"
                                    "050008000100000000000000" /* epb_packetid */
                                    "00000000"                 /* end of options */
                                    "9c000000";

static struct story story;
static struct pcapng writer;
static char *octets;
static size_t len;
static FILE *out;

static void setup(void)
{
    story_init(&story, VARIANT_HARDENED, 2);
    out = open_memstream(&octets, &len);
    ck_assert_ptr_nonnull(out);
    pcapng_init(&writer, &story.run, out);
    story_listen(&story, &writer, pcapng_event);
    ck_assert_int_eq(fflush(out), 0);
}

static void teardown(void)
{
    fclose(out);
    free(octets);
}

static uint32_t le32(const char *at)
{
    const unsigned char *const b = (const unsigned char *)at;

    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Where the |i|-th block begins. */
static const char *block(unsigned i)
{
    size_t at = 0;

    ck_assert_int_eq(fflush(out), 0);
    for (; i > 0; i--) {
        ck_assert_uint_le(at + 12, len);
        at += le32(octets + at + 4);
    }
    ck_assert_uint_le(at + 12, len);
    return octets + at;
}

static void compare(const char *found, const char *hex)
{
    const uint32_t size = le32(found + 4);
    uint8_t bytes[512];
    char text[2 * sizeof bytes + 1];

    ck_assert_uint_le(size, sizeof bytes);
    memcpy(bytes, found, size);
    hex_encode(bytes, size, text, sizeof text);
    ck_assert_str_eq(text, hex);
}

static void tell(enum fate fate, uint16_t bytes, const uint8_t *payload, unsigned line)
{
    struct trace_event e = {.kind = TRACE_MSG, .t_us = 2545000, .ue = 0};

    e.u.msg = (struct trace_msg){
        .id = ++story.ids,
        .from = ROLE_EMSE,
        .to = ROLE_EESE,
        .type = MSG_RAND_FWD,
        .has_epoch = true,
        .epoch = 1,
        .bytes = bytes,
        .fate = fate,
        .sent_us = 2535000,
        .line = line,
        .octets = payload,
    };
    story_tell(&story, &e);
}

/* Finds |text| in block |i|. */
static bool holds(unsigned i, const char *text)
{
    const char *const b = block(i);

    return memmem(b, le32(b + 4), text, strlen(text)) != NULL;
}

enum { FIRST_PACKET = 8 }; /* behind a section header, six interfaces and the names */

START_TEST(a_link_is_an_interface_with_its_name)
{
    compare(block(1), golden_interface);
}
END_TEST

START_TEST(a_lost_datagram_is_a_packet_with_its_fate)
{
    static const uint8_t payload[] = {0xe2, 0x01, 0x02};

    tell(FATE_DROPPED, sizeof payload, payload, 12);
    compare(block(FIRST_PACKET), golden_packet);
}
END_TEST

START_TEST(the_header_tells_what_was_run)
{
    ck_assert(holds(0, "scenario story: One rekey, told by hand\nfile scenarios/flow/story.scn\n"
                       "variant hardened\nseed 42\nmode virtual"));
    ck_assert(holds(0, "e2esim " E2ESIM_VERSION));
    ck_assert_uint_eq(le32(octets), 0x0a0d0d0a);
    ck_assert_uint_eq(le32(octets + 8), 0x1a2b3c4d);
}
END_TEST

START_TEST(the_names_of_the_parties_are_in_the_file)
{
    const char *const b = block(FIRST_PACKET - 1);

    ck_assert_uint_eq(le32(b), 4);
    ck_assert_ptr_nonnull(memmem(b, le32(b + 4),
                                 "\xc0\x00\x02\x02"
                                 "EMSE",
                                 9));
}
END_TEST

START_TEST(every_block_has_its_length_at_both_ends)
{
    size_t at = 0;
    unsigned blocks = 0;

    story_attach(&story, 0);
    story_rekey(&story, 2000);
    ck_assert_int_eq(fflush(out), 0);
    for (; at < len; blocks++) {
        const uint32_t size = le32(octets + at + 4);

        ck_assert_uint_eq(size % 4, 0);
        ck_assert_uint_le(at + size, len);
        ck_assert_uint_eq(le32(octets + at + size - 4), size);
        at += size;
    }
    ck_assert_uint_eq(blocks, FIRST_PACKET + story.ids);
}
END_TEST

START_TEST(a_datagram_too_long_to_keep_has_its_length)
{
    const char *b;

    tell(FATE_DROPPED, UINT16_MAX, NULL, 0);
    b = block(FIRST_PACKET);
    ck_assert_uint_eq(le32(b + 20), PCAPNG_HEADERS);
    ck_assert_uint_eq(le32(b + 24), PCAPNG_HEADERS + UINT16_MAX);
    ck_assert(holds(FIRST_PACKET, "dropped by the link; RAND_FWD"));
}
END_TEST

START_TEST(the_longest_datagram_fits_with_the_longest_names)
{
    static const uint8_t payload[DATAGRAM_MAX];

    memset(story.ues[0].label, 'U', sizeof story.ues[0].label - 1);
    tell(FATE_INJECTED, DATAGRAM_MAX, payload, 4000000000U);
    ck_assert_uint_eq(le32(block(FIRST_PACKET) + 20), PCAPNG_HEADERS + DATAGRAM_MAX);
    ck_assert(holds(FIRST_PACKET, "injected by scenario line 4000000000"));
    memset(story.scn.title, 't', sizeof story.scn.title - 1);
    memset(story.scn.file, 'f', sizeof story.scn.file - 1);
    memset(story.scn.name, 'n', sizeof story.scn.name - 1);
    pcapng_init(&writer, &story.run, out);
    ck_assert(holds(FIRST_PACKET + 1, "seed 42\nmode virtual"));
}
END_TEST

Suite *test_pcapng_suite(void)
{
    Suite *s = suite_create("pcapng");
    TCase *t = tcase_create("blocks");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_link_is_an_interface_with_its_name);
    tcase_add_test(t, a_lost_datagram_is_a_packet_with_its_fate);
    tcase_add_test(t, the_header_tells_what_was_run);
    tcase_add_test(t, the_names_of_the_parties_are_in_the_file);
    tcase_add_test(t, every_block_has_its_length_at_both_ends);
    tcase_add_test(t, a_datagram_too_long_to_keep_has_its_length);
    tcase_add_test(t, the_longest_datagram_fits_with_the_longest_names);
    suite_add_tcase(s, t);
    return s;
}
