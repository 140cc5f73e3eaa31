/* I7, I9 to I12 and I15: what the datagrams themselves show. */
#include "common/crypto/aka.h"
#include "test/unit/watched.h"

Suite *test_invariants_wire_suite(void);

static struct watched w;

static void setup(void)
{
    watched_open(&w, VARIANT_HARDENED);
}

static void teardown(void)
{
    watched_close(&w);
}

static void tell(unsigned t_ms, enum role from, enum role to, const struct msg *m, int epoch)
{
    watched_datagram(&w, t_ms, from, to, m, epoch, FATE_DELIVERED);
}

/* ---- I7 ---- */

static void data(unsigned t_ms, uint32_t ctr, const char *text, int epoch, enum fate fate)
{
    const struct msg m = watched_frame(MSG_DATA_UL, 0x21, ctr, text);

    watched_datagram(&w, t_ms, ROLE_UE, ROLE_EESE, &m, epoch, fate);
}

START_TEST(I7_a_number_stands_for_one_frame_under_one_key)
{
    data(10, 1, "a", 0, FATE_DROPPED);
    data(20, 1, "a", 0, FATE_DELIVERED); /* to the octet */
    data(30, 1, "b", 1, FATE_DELIVERED); /* another key */
    data(40, 2, "b", 0, FATE_DELIVERED);
    data(50, 1, "b", 0, FATE_CORRUPTED); /* the network did it */
    data(60, 1, "c", 0, FATE_INJECTED);
    w.story.ue = 1;
    data(70, 1, "d", 0, FATE_DELIVERED);
    w.story.ue = 0;
    holds(&w, "I7");
    data(80, 1, "e", 0, FATE_DELIVERED);
    breaks(&w, "I7", 1);
    says(&w, "I7", 8, "UE sends two different DATA_UL with number 1 under one key of UE1");
}
END_TEST

START_TEST(I7_a_lost_frame_counts_as_well)
{
    data(10, 1, "a", 0, FATE_DROPPED);
    data(20, 1, "b", 0, FATE_DROPPED);
    breaks(&w, "I7", 1);
}
END_TEST

static void ack(unsigned t_ms, uint32_t g, uint32_t ctr, uint32_t n)
{
    struct msg m = watched_frame(MSG_RAND_ACK, 0x20 + g, ctr, "");

    m.u.index.n = n;
    tell(t_ms, ROLE_UE, ROLE_EMSE, &m, (int)n);
}

START_TEST(I7_frames_of_the_emse_and_to_it_go_by_their_root)
{
    struct msg m = watched_accept(1, 1);

    tell(10, ROLE_EMSE, ROLE_UE, &m, 0);
    ack(20, 1, 1, 0);
    ack(30, 1, 2, 1);
    holds(&w, "I7");
    ack(40, 1, 2, 2);
    breaks(&w, "I7", 1);
    watched_step(&w, 50, ROLE_EMSE, "CHAL RX_RESP FWD hand_over", -1);
    m = watched_accept(2, 1);
    tell(61, ROLE_EMSE, ROLE_UE, &m, 3);
    ack(70, 2, 2, 3); /* another root */
    ack(80, 3, 2, 3); /* one that nobody has heard of */
    ack(90, 3, 2, 4);
    breaks(&w, "I7", 1);
}
END_TEST

START_TEST(I7_holds_across_a_restart_from_any_copy)
{
    data(10, 1, "a", 0, FATE_DELIVERED);
    watched_process(&w, 20, ROLE_UE, PROCESS_STARTS, _i == 0 ? LEFT_OLD : LEFT_ALL);
    data(30, 1, "b", 0, FATE_DELIVERED);
    breaks(&w, "I7", 1);
}
END_TEST

START_TEST(I7_a_sid_of_two_roots_names_none)
{
    const struct msg m = watched_keyset(&w, 1, 0, 0x33);

    watched_step(&w, 5, ROLE_EMSE, "CHAL RX_RESP FWD hand_over", -1);
    tell(15, ROLE_EMSE, ROLE_EESE, &m, 0);
    data(20, 1, "a", 0, FATE_DELIVERED);
    watched_step(&w, 30, ROLE_EMSE, "CHAL RX_RESP FWD hand_over", -1);
    tell(40, ROLE_EMSE, ROLE_EESE, &m, 0);
    data(50, 1, "b", 0, FATE_DELIVERED);
    holds(&w, "I7");
}
END_TEST

/* ---- I9 ---- */

/* A frame on air whose payload is |len| octets at |octets|. */
static void leak(unsigned t_ms, const uint8_t *octets, uint16_t len)
{
    struct msg m = watched_frame(MSG_DATA_UL, 0x21, t_ms, "");

    m.u.data.len = (uint16_t)(len + 3);
    memcpy(m.u.data.payload + 3, octets, len);
    tell(t_ms, ROLE_UE, ROLE_EESE, &m, 0);
}

START_TEST(I9_a_key_of_the_subscriber_is_in_no_datagram)
{
    leak(10, w.story.ues[1].secret.k, 15);
    holds(&w, "I9");
    leak(20, w.story.ues[1].secret.k, 16);
    breaks(&w, "I9", 1);
    says(&w, "I9", 2, "K or OPc of UE2 is in a datagram from UE to EESE (DATA_UL)");
}
END_TEST

START_TEST(I9_the_e2mKEYSET_goes_from_hss_to_emse_and_no_further)
{
    const struct msg av = watched_vector(&w, PURPOSE_E2M, 0x44, 1);
    struct msg m = watched_keyset(&w, 1, 0, 0x33);

    tell(10, ROLE_HSS, ROLE_EMSE, &av, -1);
    tell(20, ROLE_EMSE, ROLE_EESE, &m, 0);
    holds(&w, "I9");
    memcpy(m.u.keyset_fwd.key, av.u.av_rsp.key, 16); /* half of it in place of the e2eKEYSET */
    tell(30, ROLE_EMSE, ROLE_EESE, &m, 0);
    breaks(&w, "I9", 1);
    says(&w, "I9", 3, "e2mKEYSET of UE1 is in a datagram from EMSE to EESE (KEYSET_FWD)");
}
END_TEST

START_TEST(I9_the_e2eKEYSET_goes_from_emse_to_eese_and_not_on_air)
{
    const struct msg m = watched_keyset(&w, 1, 0, 0x33);

    tell(10, ROLE_EMSE, ROLE_EESE, &m, 0);
    tell(20, ROLE_EMSE, ROLE_EESE, &m, 0);
    holds(&w, "I9");
    leak(30, m.u.keyset_fwd.key + 16, 16);
    breaks(&w, "I9", 1);
    says(&w, "I9", 3, "e2eKEYSET of UE1 is in a datagram from UE to EESE (DATA_UL)");
}
END_TEST

START_TEST(I9_ck_and_ik_are_nowhere)
{
    const struct msg av = watched_vector(&w, PURPOSE_ACCESS, 0x44, 0);
    const uint8_t amf[2] = {0x80, 0};
    struct aka_vector v;

    tell(10, ROLE_HSS, ROLE_VN, &av, -1);
    holds(&w, "I9"); /* K_ASME may go there */
    aka_vector(&w.story.ues[0].secret, av.u.av_rsp.rand, 7, amf, &v);
    leak(20, v.ck, 16);
    leak(30, v.ik, 16);
    leak(40, av.u.av_rsp.key, 16);
    breaks(&w, "I9", 3);
    ck_assert_ptr_nonnull(strstr(watched_by_id(&w, "I9")->what, "CK or IK of UE1"));
}
END_TEST

/* ---- I10 ---- */

static void challenge(unsigned t_ms, const struct msg *av, enum av_purpose use)
{
    struct msg m = {.type = use == PURPOSE_E2M ? MSG_AKA_CHAL : MSG_ACCESS_CHAL};

    if (use == PURPOSE_E2M) {
        m.u.aka_chal.xid = 1;
        memcpy(m.u.aka_chal.rand, av->u.av_rsp.rand, RAND_LEN);
        memcpy(m.u.aka_chal.autn, av->u.av_rsp.autn, AUTN_LEN);
    } else {
        m.u.access_chal.ue = w.story.ues[0].imsi;
        memcpy(m.u.access_chal.rand, av->u.av_rsp.rand, RAND_LEN);
        memcpy(m.u.access_chal.autn, av->u.av_rsp.autn, AUTN_LEN);
    }
    tell(t_ms, use == PURPOSE_E2M ? ROLE_EMSE : ROLE_VN, ROLE_UE, &m, -1);
}

static void answer(unsigned t_ms, enum av_purpose use)
{
    watched_step(&w, t_ms, ROLE_UE,
                 use == PURPOSE_E2M ? "ATTACHING RX_CHAL ATTACHING answer_challenge"
                                    : "READY RX_ACCESS_CHAL READY answer_access",
                 -1);
}

START_TEST(I10_a_vector_serves_its_own_run_only)
{
    const enum av_purpose made = _i == 0 ? PURPOSE_ACCESS : PURPOSE_E2M;
    const enum av_purpose other = _i == 0 ? PURPOSE_E2M : PURPOSE_ACCESS;
    const struct msg av = watched_vector(&w, (uint8_t)made, 0x44, made == PURPOSE_E2M);
    const struct msg unknown = watched_vector(&w, (uint8_t)made, 0x45, made == PURPOSE_E2M);

    tell(10, ROLE_HSS, made == PURPOSE_E2M ? ROLE_EMSE : ROLE_VN, &av, -1);
    challenge(20, &av, made);
    answer(20, made);
    challenge(30, &unknown, other); /* no vector of this run explains it */
    answer(30, other);
    challenge(40, &av, other);
    holds(&w, "I10"); /* the USIM may refuse it */
    answer(40, other);
    breaks(&w, "I10", 1);
    says(&w, "I10", 7,
         _i == 0 ? "UE1 accepts a vector made for access in its AKA run for e2m"
                 : "UE1 accepts a vector made for e2m in its AKA run for access");
}
END_TEST

/* ---- I11 ---- */

START_TEST(I11_keyset_and_accept_name_the_same_choice)
{
    const struct msg k = watched_keyset(&w, 1, 0, 0x33);
    struct msg m = watched_accept(1, 1);

    tell(10, ROLE_EMSE, ROLE_EESE, &k, 0);
    tell(20, ROLE_EMSE, ROLE_UE, &m, 0);
    holds(&w, "I11");
    m = watched_accept(1, 2);
    m.u.attach_acc.choice.alg_int = INT_EIA2;
    m.mac_len = 8;
    tell(30, ROLE_EMSE, ROLE_UE, &m, 0);
    breaks(&w, "I11", 1);
    says(&w, "I11", 3, "ATTACH_ACC names algorithms for UE1 that are not those agreed on");
}
END_TEST

START_TEST(I11_the_choice_is_what_the_emse_has_noted)
{
    const struct msg k = watched_keyset(&w, 1, 0, 0x33);

    watched_step(&w, 10, ROLE_EMSE, "CHAL RX_RESP FWD hand_over", -1);
    story_note(&w.story, 10, ROLE_EMSE, NOTE_ALG_INT, INT_CMAC64, 0);
    story_note(&w.story, 10, ROLE_EMSE, NOTE_CONF_DEFAULT, CONF_ON, 0);
    story_note(&w.story, 10, ROLE_EMSE, NOTE_ALG_ENC, _i == 0 ? ENC_EEA2 : ENC_EEA0, 0);
    tell(20, ROLE_EMSE, ROLE_EESE, &k, 0);
    breaks(&w, "I11", _i == 0 ? 0U : 1U);
}
END_TEST

START_TEST(I11_data_looks_as_was_agreed)
{
    const struct msg k = watched_keyset(&w, 1, 0, 0x33);
    struct msg m = watched_frame(MSG_DATA_DL, 0x21, 1, "a");

    tell(10, ROLE_EMSE, ROLE_EESE, &k, 0);
    tell(20, ROLE_EESE, ROLE_UE, &m, 0);
    holds(&w, "I11");
    m.flags = 0;
    m.ctr = 2;
    watched_datagram(&w, 30, ROLE_EESE, ROLE_UE, &m, 0, FATE_INJECTED); /* anybody can */
    holds(&w, "I11");
    tell(40, ROLE_EESE, ROLE_UE, &m, 0);
    breaks(&w, "I11", 1);
    says(&w, "I11", 4,
         "DATA_DL of UE1 is not ciphered and has a MAC of 8 octets, which is not what was agreed "
         "on");
    m.flags = MSG_FLAG_C;
    m.mac_len = 4;
    m.ctr = 3;
    tell(50, ROLE_EESE, ROLE_UE, &m, 0);
    breaks(&w, "I11", 2);
}
END_TEST

START_TEST(I11_a_sid_of_two_roots_agrees_on_nothing)
{
    const struct msg k = watched_keyset(&w, 1, 0, 0x33);
    struct msg m = watched_frame(MSG_DATA_DL, 0x21, 1, "a");

    tell(10, ROLE_EMSE, ROLE_EESE, &k, 0);
    if (_i == 1) {
        watched_step(&w, 20, ROLE_EMSE, "CHAL RX_RESP FWD hand_over", -1);
        tell(35, ROLE_EMSE, ROLE_EESE, &k, 0);
    }
    m.flags = 0;
    tell(40, ROLE_EESE, ROLE_UE, &m, 0);
    breaks(&w, "I11", _i == 1 ? 0U : 1U);
}
END_TEST

START_TEST(I11_the_ue_gets_what_policy_gives_for_what_it_can_do)
{
    const struct msg av = watched_vector(&w, PURPOSE_E2M, 0x44, 1);
    struct msg m = watched_accept(1, 1);

    w.story.ues[0].caps = _i == 0 ? CAP_ALL : CAP_ALL & ~CAP_EEA2;
    tell(10, ROLE_HSS, ROLE_EMSE, &av, -1);
    watched_step(&w, 20, ROLE_EMSE, "CHAL RX_RESP FWD hand_over", -1);
    tell(40, ROLE_EMSE, ROLE_UE, &m, 0);
    watched_step(&w, 40, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", 0);
    breaks(&w, "I11", _i == 0 ? 0U : 1U);
    if (_i == 1) {
        says(&w, "I11", 4,
             "UE1 takes algorithms 1, 2, mode 2; by the policy and what it can do they are 1, 0, "
             "mode 0");
    }
}
END_TEST

/* ---- I12 ---- */

static void error(unsigned t_ms, uint32_t ctr, int epoch, enum fate fate)
{
    const struct msg m = watched_frame(MSG_KEY_EXPIRED, 0x21, ctr, "");

    watched_datagram(&w, t_ms, ROLE_EESE, ROLE_UE, &m, epoch, fate);
}

static void waits(unsigned t_ms, int epoch)
{
    watched_step(&w, t_ms, ROLE_UE, "READY RX_KEY_EXPIRED WAITKEY hold", epoch);
}

START_TEST(I12_a_genuine_error_makes_the_ue_wait)
{
    watched_step(&w, 5, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", 0);
    error(10, 1, 0, FATE_DELAYED);
    waits(10, 0);
    holds(&w, "I12");
}
END_TEST

START_TEST(I12_no_other_error_does)
{
    static const char *const words[] = {
        "UE1 waits for a key because of an error that the EESE has not sent",
        "UE1 waits for a key because of an error about another epoch than its own",
        "UE1 waits for a key because of an error about a message that the EESE has acknowledged",
    };

    watched_step(&w, 5, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", 1);
    story_note(&w.story, 6, ROLE_UE, NOTE_ACKED, 7, 0);
    error(10, _i == 2 ? 7 : 1, _i == 1 ? 0 : 1, _i == 0 ? FATE_INJECTED : FATE_DELIVERED);
    holds(&w, "I12"); /* the UE need not believe it */
    waits(10, 1);
    breaks(&w, "I12", 1);
    says(&w, "I12", 4, words[_i]);
}
END_TEST

START_TEST(I12_only_the_beginning_of_a_wait_counts)
{
    watched_step(&w, 5, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", 1);
    error(10, 1, 0, FATE_DELIVERED);
    watched_step(&w, 10, ROLE_UE, "WAITKEY RX_KEY_EXPIRED WAITKEY note_held", 1);
    error(20, 1, 0, FATE_DELIVERED);
    watched_step(&w, 20, ROLE_UE, "READY RX_KEY_EXPIRED_STALE READY resend_one", 1);
    holds(&w, "I12");
}
END_TEST

/* ---- I15 ---- */

static void all_is_done(unsigned t_ms)
{
    watched_step(&w, t_ms, ROLE_EMSE, "CONF RX_EESE_CUR IDLE finish", -1);
    watched_step(&w, t_ms, ROLE_EESE, "FIRST RX_CONFIRM VALID commit", 0);
    watched_step(&w, t_ms, ROLE_UE, "ATTACHING RX_ACCEPT READY take_root", 0);
}

START_TEST(I15_a_frame_for_no_reason)
{
    all_is_done(10);
    story_msg(&w.story, 2000, ROLE_UE, ROLE_EMSE, MSG_RAND_ACK, 0, 1); /* this may take its time */
    story_msg(&w.story, 9000, ROLE_EESE, ROLE_EMSE, MSG_COMMIT, 0, 0); /* not on air */
    holds(&w, "I15");
    story_msg(&w.story, 10000, ROLE_EESE, ROLE_UE, MSG_DATA_DL, 0, 1);
    breaks(&w, "I15", 1);
    says(&w, "I15", 6, "EESE sends DATA_DL 9980 ms after there was nothing left to do for UE1");
}
END_TEST

START_TEST(I15_there_may_be_a_reason)
{
    all_is_done(10);
    switch (_i) {
    case 0: story_order(&w.story, 9000, ROLE_UE, ORDER_SEND, "a"); break;
    case 1: watched_step(&w, 9000, ROLE_UE, "READY DATA_SPENT SYNCING start_sync", 0); break;
    case 2: watched_step(&w, 9000, ROLE_EESE, "VALID RX_RAND VALID_NEXT install_rand", 0); break;
    case 3: watched_step(&w, 9000, ROLE_EMSE, "IDLE RX_TRIGGER RAND next_epoch", -1); break;
    case 4: watched_process(&w, 9000, ROLE_HSS, PROCESS_STARTS, LEFT_ALL); break;
    case 5:
        story_fate(&w.story, 9000, ROLE_UE, ROLE_EESE, MSG_DATA_UL, 0, 1, BY(FATE_DUPLICATED, 1));
        break;
    default:
        story_order(&w.story, 100, ROLE_EESE, ORDER_SEND, "a"); /* a message that stays open */
        watched_step(&w, 100, ROLE_EESE, "VALID APP_SEND VALID send_data", 0);
    }
    story_msg(&w.story, 9100, ROLE_EESE, ROLE_UE, MSG_DATA_DL, 0, 1);
    holds(&w, "I15");
}
END_TEST

static void add_keys(Suite *s)
{
    TCase *k = tcase_create("keys");

    tcase_add_checked_fixture(k, setup, teardown);
    tcase_add_test(k, I7_a_number_stands_for_one_frame_under_one_key);
    tcase_add_test(k, I7_a_lost_frame_counts_as_well);
    tcase_add_test(k, I7_frames_of_the_emse_and_to_it_go_by_their_root);
    tcase_add_loop_test(k, I7_holds_across_a_restart_from_any_copy, 0, 2);
    tcase_add_test(k, I7_a_sid_of_two_roots_names_none);
    tcase_add_test(k, I9_a_key_of_the_subscriber_is_in_no_datagram);
    tcase_add_test(k, I9_the_e2mKEYSET_goes_from_hss_to_emse_and_no_further);
    tcase_add_test(k, I9_the_e2eKEYSET_goes_from_emse_to_eese_and_not_on_air);
    tcase_add_test(k, I9_ck_and_ik_are_nowhere);
    suite_add_tcase(s, k);
}

static void add_frames(Suite *s)
{
    TCase *t = tcase_create("frames");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, I10_a_vector_serves_its_own_run_only, 0, 2);
    tcase_add_test(t, I11_keyset_and_accept_name_the_same_choice);
    tcase_add_loop_test(t, I11_the_choice_is_what_the_emse_has_noted, 0, 2);
    tcase_add_test(t, I11_data_looks_as_was_agreed);
    tcase_add_loop_test(t, I11_a_sid_of_two_roots_agrees_on_nothing, 0, 2);
    tcase_add_loop_test(t, I11_the_ue_gets_what_policy_gives_for_what_it_can_do, 0, 2);
    tcase_add_test(t, I12_a_genuine_error_makes_the_ue_wait);
    tcase_add_loop_test(t, I12_no_other_error_does, 0, 3);
    tcase_add_test(t, I12_only_the_beginning_of_a_wait_counts);
    tcase_add_test(t, I15_a_frame_for_no_reason);
    tcase_add_loop_test(t, I15_there_may_be_a_reason, 0, 7);
    suite_add_tcase(s, t);
}

Suite *test_invariants_wire_suite(void)
{
    Suite *s = suite_create("invariants_wire");

    add_keys(s);
    add_frames(s);
    return s;
}
