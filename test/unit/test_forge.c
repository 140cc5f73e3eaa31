/* Datagrams that an attacker makes up, with keys and without. */
#include "scenarios/sim/net/forge.h"

#include "common/base/ensure.h"
#include "common/wire/codec.h"
#include "test/unit/scene.h"

#include <check.h>
#include <string.h>

Suite *test_forge_suite(void);

#define IMSI_1 "001010000000001"

enum { ROOT = 3, EPOCH = 2, SID = 7 };

/* What an observer has seen, the keys of the UE, and the last forgery. */
static struct {
    struct scenario scn;
    struct namer namer;
    struct forge_keys keys;
    struct msg made;
    uint8_t octets[DATAGRAM_MAX];
    size_t len;
} it;

static void see(enum role from, enum role to, const struct msg *m)
{
    uint8_t octets[DATAGRAM_MAX];
    size_t len = 0;
    struct name name;

    ck_assert_int_eq(codec_encode(m, from, to, octets, &len), ERR_OK);
    namer_datagram(&it.namer, from, to, octets, len, &name);
    ck_assert_int_eq(name.ue, 0);
}

/* The UE has attached and sent one message. */
static void see_attach(uint8_t rand_protect)
{
    struct msg req = {.type = MSG_ATTACH_REQ};
    struct msg acc = {
        .type = MSG_ATTACH_ACC, .sid = SID, .kid = kid_of(ROOT), .ctr = 1, .mac_len = 8};
    struct msg data = {.type = MSG_DATA_UL, .sid = SID, .ctr = 41, .mac_len = 8};

    ENSURE(ident_set(&req.u.attach_req.ue, IMSI_1) == ERR_OK);
    req.u.attach_req.xid = 5;
    req.u.attach_req.plmn[1] = 0xf1;
    see(ROLE_UE, ROLE_EMSE, &req);
    acc.u.attach_acc.xid = 5;
    acc.u.attach_acc.g = ROOT;
    acc.u.attach_acc.choice = (struct choice){INT_CMAC64, ENC_EEA2, CONF_ON, rand_protect};
    see(ROLE_EMSE, ROLE_UE, &acc);
    data.kid = it.scn.variant.variant == VARIANT_LITERAL ? 0 : kid_of(0);
    data.u.data.len = 1;
    see(ROLE_UE, ROLE_EESE, &data);
}

static void make_keys(void)
{
    const struct choice choice = {INT_CMAC64, ENC_EEA2, CONF_ON, RAND_ENC};
    struct e2e_keyset chain;

    memset(chain.octets, 0x5a, sizeof chain.octets);
    epoch_make(&it.keys.e2e, &it.scn.variant, EPOCH, ROOT, SID, &choice, &chain);
    memset(it.keys.e2m.keyset.octets, 0xa5, sizeof it.keys.e2m.keyset.octets);
    e2m_traffic_derive(&it.keys.e2m.keyset, INT_CMAC64, &it.keys.e2m.keys);
    it.keys.e2m.has_g = true;
    it.keys.e2m.g = ROOT;
    memset(it.keys.rand, 0x11, sizeof it.keys.rand);
    memset(it.keys.autn, 0x22, sizeof it.keys.autn);
    it.keys.has_e2e = it.keys.has_e2m = it.keys.has_vector = true;
}

/* |sentences|: of one UE, about which |it| has seen an attach. */
static void open_scene(const char *sentences, uint8_t rand_protect)
{
    char text[2048];

    memset(&it, 0, sizeof it);
    snprintf(text, sizeof text, "ue UE1\n%s", sentences);
    scene_open(&it.scn, text);
    ck_assert(namer_init(&it.namer, &it.scn));
    see_attach(rand_protect);
}

static void close_scene(void)
{
    namer_free(&it.namer);
    scenario_free(&it.scn);
}

/* Makes the |i|-th. Returns false when it cannot be made; what is made can be read. */
static bool make(unsigned i, uint32_t nth)
{
    const struct scn_fault *f = &it.scn.faults[i];
    enum err err = forge(&it.namer, f, &it.keys, 99, nth, it.octets, &it.len);

    if (err != ERR_OK) {
        return false;
    }
    ck_assert_int_eq(codec_decode(it.octets, it.len, f->match.from, f->match.to, &it.made), ERR_OK);
    ck_assert_int_eq(it.made.type, f->match.type);
    return true;
}

/* ---- without a key ---- */

START_TEST(a_forgery_has_what_was_overheard_and_no_key)
{
    open_scene(
        "at 1s attacker sends KEY_EXPIRED to UE1 as EESE\n"
        "at 1s attacker sends RAND_PUSH to UE1 epoch 3 rand 00112233445566778899aabbccddeeff\n"
        "at 1s attacker sends DATA_UL to EESE for UE1 payload \"open\"\n"
        "at 1s attacker sends KEY_TRIGGER to EMSE\n"
        "at 1s attacker sends ATTACH_REQ to EMSE for UE1\n"
        "at 1s attacker sends AKA_CHAL to UE1\n"
        "at 1s attacker sends ATTACH_ACC to UE1\n",
        RAND_ENC);
    ck_assert(make(0, 0)); /* it answers the last data */
    ck_assert_uint_eq(it.made.ctr, 41);
    ck_assert_uint_eq(it.made.sid, SID);
    ck_assert_uint_eq(it.made.mac_len, 8);
    ck_assert(make(1, 0));
    ck_assert_uint_eq(it.made.u.rand_push.n, 3);
    ck_assert_uint_eq(it.made.u.rand_push.rand[15], 0xff);
    ck_assert(make(2, 0));
    ck_assert_uint_eq(it.made.ctr, 42);
    ck_assert_mem_eq(it.made.u.data.payload, "open", 4);
    for (unsigned i = 3; i < it.scn.faults_count; i++) {
        ck_assert(make(i, 0));
    }
    close_scene();
}
END_TEST

START_TEST(a_literal_forgery_needs_no_key_where_the_text_has_none)
{
    open_scene("variant literal\nat 1s attacker sends KEY_EXPIRED to UE1\n"
               "at 1s attacker sends RAND_PUSH to UE1\n",
               RAND_ENC);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert(make(i, 0));
        ck_assert_uint_eq(it.made.mac_len, 0);
        ck_assert_uint_eq(it.made.kid, 0);
    }
    close_scene();
}
END_TEST

START_TEST(each_repetition_has_a_number_and_a_mac_of_its_own)
{
    uint8_t mac[MAC_MAX];

    open_scene("at 1s attacker sends DATA_UL to EESE 3 times\n"
               "at 1s attacker sends DATA_UL to EESE ctr 9 3 times\n"
               "at 1s attacker sends KEY_EXPIRED to UE1 3 times\n",
               RAND_ENC);
    ck_assert(make(0, 0));
    memcpy(mac, it.made.mac, sizeof mac);
    ck_assert(make(0, 2));
    ck_assert_uint_eq(it.made.ctr, 44);
    ck_assert(make(1, 2));
    ck_assert_uint_eq(it.made.ctr, 9);
    ck_assert(make(2, 2)); /* of the same message */
    ck_assert_uint_eq(it.made.ctr, 41);
    close_scene();
}
END_TEST

/* ---- with one ---- */

START_TEST(without_the_key_demanded_nothing_is_made)
{
    open_scene("at 1s attacker sends RAND_PUSH to UE1 with e2mKEYSET\n"
               "at 1s attacker sends DATA_UL to EESE with e2eKEYSET\n"
               "at 1s attacker sends AKA_CHAL to UE1 with access vector\n"
               "at 1s attacker sends RAND_PUSH to UE1 with e2mKEYSET if known\n",
               RAND_ENC);
    ck_assert(!make(0, 0) && !make(1, 0) && !make(2, 0));
    ck_assert(make(3, 0));
    ck_assert_uint_eq(it.made.mac_len, 8);
    make_keys();
    ck_assert(make(0, 0) && make(1, 0) && make(2, 0));
    close_scene();
}
END_TEST

static bool is_sealed(const uint8_t int_key[16], uint32_t index, uint8_t direction)
{
    const struct protect_key k = {.int_key = int_key,
                                  .index = index,
                                  .alg_int = INT_CMAC64,
                                  .has_kid = it.scn.variant.variant == VARIANT_HARDENED};

    return protect_is_good(&it.made, &k, direction, NULL, 0);
}

START_TEST(frames_of_the_enterprise_are_under_its_key)
{
    open_scene("at 1s attacker sends DATA_UL to EESE payload \"evil\" with e2eKEYSET\n"
               "at 1s attacker sends DATA_DL to UE1 payload \"evil\" with e2eKEYSET\n"
               "at 1s attacker sends KEY_EXPIRED to UE1 with e2eKEYSET\n",
               RAND_ENC);
    make_keys();
    ck_assert(make(0, 0));
    ck_assert(is_sealed(it.keys.e2e.keys.int_ul, EPOCH, DIR_UL));
    ck_assert_uint_eq(it.made.flags & MSG_FLAG_C, MSG_FLAG_C);
    ck_assert_mem_ne(it.made.u.data.payload, "evil", 4);
    ck_assert(make(1, 0));
    ck_assert(is_sealed(it.keys.e2e.keys.int_dl, EPOCH, DIR_DL));
    ck_assert(make(2, 0));
    ck_assert(is_sealed(it.keys.e2e.keys.err_dl, EPOCH, DIR_DL));
    close_scene();
}
END_TEST

START_TEST(frames_of_the_home_network_are_under_its_key)
{
    struct protect_key k = {.has_kid = 1, .index = ROOT, .alg_int = INT_CMAC64};
    uint8_t echo[4];

    open_scene("at 1s attacker sends RAND_PUSH to UE1 rand 00112233445566778899aabbccddeeff with "
               "e2mKEYSET\n"
               "at 1s attacker sends SYNC to EMSE with e2mKEYSET\n"
               "at 1s attacker sends ATTACH_ACC to UE1 with e2mKEYSET\n",
               RAND_ENC);
    make_keys();
    ck_assert(make(0, 0));
    ck_assert(is_sealed(it.keys.e2m.keys.int_dl, ROOT, DIR_DL));
    k.enc_key = it.keys.e2m.keys.enc_dl;
    protect_open(&it.made, &k, DIR_DL);
    ck_assert_uint_eq(it.made.u.rand_push.rand[15], 0xff);
    ck_assert(make(1, 0));
    ck_assert(is_sealed(it.keys.e2m.keys.int_ul, ROOT, DIR_UL));
    ck_assert(make(2, 0));
    k.int_key = it.keys.e2m.keys.int_dl;
    echo[0] = it.scn.ues[0].caps;
    memcpy(echo + 1, it.scn.ues[0].plmn, PLMN_LEN);
    ck_assert_uint_eq(it.made.u.attach_acc.g, ROOT);
    ck_assert(protect_is_good(&it.made, &k, DIR_DL, echo, sizeof echo));
    close_scene();
}
END_TEST

START_TEST(a_rand_is_as_secret_as_the_emse_has_accepted)
{
    open_scene("at 1s attacker sends RAND_PUSH to UE1 rand 00112233445566778899aabbccddeeff with "
               "e2mKEYSET\n",
               RAND_MAC_ONLY);
    make_keys();
    ck_assert(make(0, 0));
    ck_assert_uint_eq(it.made.flags & MSG_FLAG_C, 0);
    ck_assert(is_sealed(it.keys.e2m.keys.int_dl, ROOT, DIR_DL));
    close_scene();
}
END_TEST

START_TEST(a_literal_rand_has_a_mac_only_where_the_text_could_have_one)
{
    open_scene("variant literal\nat 1s attacker sends RAND_PUSH to UE1 with e2mKEYSET\n", RAND_ENC);
    make_keys();
    ck_assert(make(0, 0));
    ck_assert_uint_eq(it.made.mac_len, 0);
    close_scene();
    open_scene("variant literal\nwith protect-rand\n"
               "at 1s attacker sends RAND_PUSH to UE1 with e2mKEYSET\n",
               RAND_ENC);
    make_keys();
    ck_assert(make(0, 0));
    ck_assert_uint_eq(it.made.mac_len, 8);
    ck_assert_uint_eq(it.made.kid, kid_of(ROOT));
    ck_assert_uint_eq(it.made.flags & MSG_FLAG_C, 0);
    close_scene();
}
END_TEST

START_TEST(a_challenge_is_that_of_the_vector)
{
    open_scene("at 1s attacker sends AKA_CHAL to UE1 with access vector\n", RAND_ENC);
    make_keys();
    ck_assert(make(0, 0));
    ck_assert_mem_eq(it.made.u.aka_chal.rand, it.keys.rand, RAND_LEN);
    ck_assert_mem_eq(it.made.u.aka_chal.autn, it.keys.autn, AUTN_LEN);
    ck_assert_uint_eq(it.made.u.aka_chal.xid, 5);
    close_scene();
}
END_TEST

START_TEST(a_trigger_can_be_in_the_name_of_another_enterprise)
{
    open_scene("at 1s attacker sends KEY_TRIGGER to EMSE in the name of eese.other\n", RAND_ENC);
    ck_assert(make(0, 0));
    ck_assert_str_eq(it.made.u.eese.assoc.eese.s, "eese.other");
    ck_assert_str_eq(it.made.u.eese.assoc.ue.s, IMSI_1);
    close_scene();
}
END_TEST

Suite *test_forge_suite(void)
{
    Suite *s = suite_create("forge");
    TCase *t = tcase_create("forge");

    tcase_add_test(t, a_forgery_has_what_was_overheard_and_no_key);
    tcase_add_test(t, a_literal_forgery_needs_no_key_where_the_text_has_none);
    tcase_add_test(t, each_repetition_has_a_number_and_a_mac_of_its_own);
    tcase_add_test(t, without_the_key_demanded_nothing_is_made);
    tcase_add_test(t, frames_of_the_enterprise_are_under_its_key);
    tcase_add_test(t, frames_of_the_home_network_are_under_its_key);
    tcase_add_test(t, a_rand_is_as_secret_as_the_emse_has_accepted);
    tcase_add_test(t, a_literal_rand_has_a_mac_only_where_the_text_could_have_one);
    tcase_add_test(t, a_challenge_is_that_of_the_vector);
    tcase_add_test(t, a_trigger_can_be_in_the_name_of_another_enterprise);
    suite_add_tcase(s, t);
    return s;
}
