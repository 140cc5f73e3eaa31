#include "common/core/policy.h"

#include "common/base/ensure.h"

#include <check.h>
#include <string.h>

Suite *test_policy_suite(void);

static struct effects fx;
static struct profile p;

/* ---- te2e (H12): milliseconds; 0 is absent ---- */

static const struct te2e_case {
    uint32_t wish_ue, wish, pair, ue, operators, floor, ceiling;
    uint32_t ms;
    enum note rule;
    enum note limit; /* NOTE_UNEXPECTED: none */
} te2e_cases[] = {
    /* each source in its turn: the one before it wins over all after it */
    {1, 2, 3, 4, 5, 0, 0, 1, NOTE_TE2E_ENTERPRISE_UE, NOTE_UNEXPECTED},
    {0, 2, 3, 4, 5, 0, 0, 2, NOTE_TE2E_ENTERPRISE, NOTE_UNEXPECTED},
    {0, 0, 3, 4, 5, 0, 0, 3, NOTE_TE2E_PAIR, NOTE_UNEXPECTED},
    {0, 0, 0, 4, 5, 0, 0, 4, NOTE_TE2E_UE, NOTE_UNEXPECTED},
    {0, 0, 0, 0, 5, 0, 0, 5, NOTE_TE2E_DEFAULT, NOTE_UNEXPECTED},
    {1, 0, 0, 0, 0, 0, 0, 1, NOTE_TE2E_ENTERPRISE_UE, NOTE_UNEXPECTED},
    {0, 0, 3, 0, 0, 0, 0, 3, NOTE_TE2E_PAIR, NOTE_UNEXPECTED},
    /* absent everywhere is an hour, never "no limit" */
    {0, 0, 0, 0, 0, 0, 0, 3600000, NOTE_TE2E_DEFAULT, NOTE_UNEXPECTED},
    /* the operator's limits win over everybody, and hold at their edges */
    {999, 0, 0, 0, 0, 1000, 0, 1000, NOTE_TE2E_ENTERPRISE_UE, NOTE_TE2E_FLOOR},
    {1000, 0, 0, 0, 0, 1000, 0, 1000, NOTE_TE2E_ENTERPRISE_UE, NOTE_UNEXPECTED},
    {0, 2001, 0, 0, 0, 1000, 2000, 2000, NOTE_TE2E_ENTERPRISE, NOTE_TE2E_CEILING},
    {0, 2000, 0, 0, 0, 1000, 2000, 2000, NOTE_TE2E_ENTERPRISE, NOTE_UNEXPECTED},
    {0, 0, 5, 0, 0, 1000, 2000, 1000, NOTE_TE2E_PAIR, NOTE_TE2E_FLOOR},
    {0, 0, 0, 9999, 0, 1000, 2000, 2000, NOTE_TE2E_UE, NOTE_TE2E_CEILING},
    {0, 0, 0, 0, 0, 0, 2000, 2000, NOTE_TE2E_DEFAULT, NOTE_TE2E_CEILING},
    {0, 0, 0, 0, UINT32_MAX, 0, 0, UINT32_MAX, NOTE_TE2E_DEFAULT, NOTE_UNEXPECTED},
};

START_TEST(precedence_of_te2e)
{
    const struct te2e_case *c = &te2e_cases[_i];

    profile_default(&p);
    p.te2e_pair_ms = c->pair;
    p.te2e_ue_ms = c->ue;
    p.te2e_default_ms = c->operators;
    p.te2e_floor_ms = c->floor;
    p.te2e_ceiling_ms = c->ceiling;
    effects_reset(&fx);
    ck_assert_uint_eq(policy_te2e_ms(&p, c->wish_ue, c->wish, &fx), c->ms);
    ck_assert_int_eq(fx.list[0].u.note.note, c->rule);
    ck_assert_uint_eq(fx.count, c->limit == NOTE_UNEXPECTED ? 1 : 2);
    if (c->limit != NOTE_UNEXPECTED) {
        ck_assert_int_eq(fx.list[1].u.note.note, c->limit);
        ck_assert_uint_eq(fx.list[1].u.note.value, c->ms);
        ck_assert_uint_eq(fx.list[1].u.note.more, fx.list[0].u.note.value);
    }
}
END_TEST

/* ---- algorithms and confidentiality (clause 2, H14) ---- */

enum { I0 = INT_NONE, I1 = INT_CMAC64, I2 = INT_EIA2, E0 = ENC_EEA0, E2 = ENC_EEA2, REFUSED = 99 };

static const struct choice_case {
    uint8_t op_int[2], op_enc[2], op_enc_len;
    uint8_t wish_int[2], wish_enc[2], wish_enc_len;
    uint8_t caps;
    uint8_t alg_int, alg_enc; /* REFUSED: no choice */
} choice_cases[] = {
    /* no wish: the operator's order */
    {{I1, I2}, {E2, E0}, 2, {I0, I0}, {0, 0}, 0, CAP_ALL, I1, E2},
    {{I2, I1}, {E0, E2}, 2, {I0, I0}, {0, 0}, 0, CAP_ALL, I2, E0},
    {{I2, I0}, {E2, 0}, 1, {I0, I0}, {0, 0}, 0, CAP_ALL, I2, E2},
    /* the enterprise's order, within what the operator allows */
    {{I1, I2}, {E2, E0}, 2, {I2, I1}, {E0, E2}, 2, CAP_ALL, I2, E0},
    {{I1, I0}, {E2, E0}, 2, {I2, I1}, {E2, 0}, 1, CAP_ALL, I1, E2},
    {{I1, I2}, {E2, 0}, 1, {I1, I0}, {E0, E2}, 2, CAP_ALL, I1, E2},
    /* what the UE cannot do is passed over */
    {{I1, I2}, {E2, E0}, 2, {I0, I0}, {0, 0}, 0, CAP_EIA2 | CAP_EEA0, I2, E0},
    {{I1, I2}, {E2, E0}, 2, {I1, I2}, {E2, E0}, 2, CAP_EIA2 | CAP_EEA0, I2, E0},
    /* nothing in common */
    {{I1, I0}, {E2, E0}, 2, {I2, I0}, {E2, 0}, 1, CAP_ALL, REFUSED, 0},
    {{I1, I2}, {E2, 0}, 1, {I0, I0}, {E0, 0}, 1, CAP_ALL, REFUSED, 0},
    {{I1, I2}, {E2, E0}, 2, {I0, I0}, {0, 0}, 0, CAP_EEA0 | CAP_EEA2, REFUSED, 0},
    {{I1, I2}, {E2, E0}, 2, {I0, I0}, {0, 0}, 0, CAP_CMAC64, REFUSED, 0},
    /* null integrity does not exist, whatever the lists say */
    {{I0, I0}, {E2, E0}, 2, {I0, I0}, {0, 0}, 0, CAP_ALL, REFUSED, 0},
    {{I0, I1}, {E2, E0}, 2, {I0, I1}, {0, 0}, 0, CAP_ALL, REFUSED, 0},
};

static const uint8_t home[PLMN_LEN] = {0x00, 0xf1, 0x10};
static const uint8_t abroad[PLMN_LEN] = {0x22, 0xf2, 0x20};

START_TEST(choice_of_algorithms)
{
    const struct choice_case *c = &choice_cases[_i];
    struct alg_wish wish = {.alg_enc_len = c->wish_enc_len};
    struct choice out = {REFUSED, REFUSED, REFUSED, REFUSED};
    bool chosen;

    profile_default(&p);
    memcpy(p.alg_int, c->op_int, 2);
    memcpy(p.alg_enc, c->op_enc, 2);
    p.alg_enc_len = c->op_enc_len;
    memcpy(wish.alg_int, c->wish_int, 2);
    memcpy(wish.alg_enc, c->wish_enc, 2);
    effects_reset(&fx);
    chosen = policy_choose(&p, &wish, c->caps, home, &out, &fx);
    ck_assert_int_eq(chosen, c->alg_int != REFUSED);
    ck_assert_uint_eq(out.alg_int, c->alg_int);
    if (chosen) {
        ck_assert_uint_eq(out.alg_enc, c->alg_enc);
        ck_assert_uint_eq(out.conf, c->alg_enc == E0 ? CONF_OFF : CONF_ON);
    } else {
        ck_assert_int_eq(fx.list[0].u.note.note, NOTE_ALG_NONE);
        ck_assert_uint_eq(fx.list[0].u.note.value, c->caps);
    }
}
END_TEST

static const struct mode_case {
    uint8_t conf_default;
    uint8_t rule; /* for |abroad|; REFUSED: none */
    uint8_t alg_enc;
    uint8_t rand_protect;
    bool roams;
    struct choice choice;
} mode_cases[] = {
    {CONF_ON, REFUSED, E2, RAND_ENC, false, {I1, E2, CONF_ON, RAND_ENC}},
    {CONF_ON, CONF_OFF, E2, RAND_ENC, false, {I1, E2, CONF_ON, RAND_ENC}},
    {CONF_ON, CONF_OFF, E2, RAND_ENC, true, {I1, E0, CONF_OFF, RAND_MASK}},
    {CONF_ON, CONF_ON_LI, E2, RAND_ENC, true, {I1, E2, CONF_ON_LI, RAND_ENC}},
    {CONF_OFF, CONF_ON, E2, RAND_ENC, true, {I1, E2, CONF_ON, RAND_ENC}},
    {CONF_OFF, REFUSED, E2, RAND_ENC, true, {I1, E0, CONF_OFF, RAND_MASK}},
    {CONF_OFF, REFUSED, E2, RAND_MAC_ONLY, true, {I1, E0, CONF_OFF, RAND_MAC_ONLY}},
    {CONF_OFF, REFUSED, E2, RAND_MASK, false, {I1, E0, CONF_OFF, RAND_MASK}},
    /* ciphering is allowed, but no cipher is common: the mode says so */
    {CONF_ON, REFUSED, E0, RAND_ENC, false, {I1, E0, CONF_OFF, RAND_ENC}},
    {CONF_ON, CONF_ON_LI, E0, RAND_ENC, true, {I1, E0, CONF_OFF, RAND_ENC}},
};

START_TEST(mode_of_the_serving_network)
{
    const struct mode_case *c = &mode_cases[_i];
    const struct alg_wish none = {.alg_enc_len = 0};
    struct choice out;

    profile_default(&p);
    p.conf_default = c->conf_default;
    p.rand_protect = c->rand_protect;
    p.alg_enc[0] = c->alg_enc;
    p.alg_enc_len = 1;
    if (c->rule != REFUSED) {
        p.conf_rules[0] = (struct conf_rule){.plmn = {9, 9, 9}, .mode = CONF_ON};
        p.conf_rules[1].mode = c->rule;
        memcpy(p.conf_rules[1].plmn, abroad, PLMN_LEN);
        p.conf_rules_len = 2;
    }
    effects_reset(&fx);
    ck_assert(policy_choose(&p, &none, CAP_ALL, c->roams ? abroad : home, &out, &fx));
    ck_assert_mem_eq(&out, &c->choice, sizeof out);
}
END_TEST

START_TEST(every_decision_names_its_rule)
{
    const struct alg_wish none = {.alg_enc_len = 0};
    static const enum note notes[] = {NOTE_ALG_INT, NOTE_CONF_DEFAULT, NOTE_RAND_MASKED,
                                      NOTE_ALG_ENC};
    struct choice out;

    profile_default(&p);
    p.conf_default = CONF_OFF;
    effects_reset(&fx);
    ck_assert(policy_choose(&p, &none, CAP_ALL, home, &out, &fx));
    ck_assert_uint_eq(fx.count, COUNT_OF(notes));
    for (unsigned i = 0; i < COUNT_OF(notes); i++) {
        ck_assert_int_eq(fx.list[i].u.note.note, notes[i]);
    }
}
END_TEST

/* ---- profiles from outside ---- */

static void no_version(void)
{
    p.version = 0;
}

static void no_integrity(void)
{
    p.alg_int[0] = INT_NONE;
}

static void unknown_integrity(void)
{
    p.alg_int[1] = INT_ALG_COUNT;
}

static void no_cipher(void)
{
    p.alg_enc_len = 0;
}

static void too_many_ciphers(void)
{
    p.alg_enc_len = 3;
}

static void unknown_cipher(void)
{
    p.alg_enc[1] = 1;
}

static void too_many_rules(void)
{
    p.conf_rules_len = CONF_RULES_MAX + 1;
}

static void unknown_mode(void)
{
    p.conf_default = CONF_MODE_COUNT;
}

static void unknown_mode_abroad(void)
{
    p.conf_rules_len = 1;
    p.conf_rules[0].mode = CONF_MODE_COUNT;
}

static void no_rand_protection(void)
{
    p.rand_protect = 0;
}

static void unknown_rand_protection(void)
{
    p.rand_protect = RAND_PROTECT_COUNT;
}

static void floor_above_ceiling(void)
{
    p.te2e_floor_ms = p.te2e_ceiling_ms + 1;
}

static void (*const flaws[])(void) = {
    no_version,          no_integrity,       unknown_integrity,       no_cipher,
    too_many_ciphers,    unknown_cipher,     too_many_rules,          unknown_mode,
    unknown_mode_abroad, no_rand_protection, unknown_rand_protection, floor_above_ceiling,
};

START_TEST(a_profile_with_one_flaw_is_refused)
{
    profile_default(&p);
    flaws[_i]();
    ck_assert(!profile_is_valid(&p));
}
END_TEST

START_TEST(a_sound_profile_is_accepted)
{
    profile_default(&p);
    ck_assert(profile_is_valid(&p));
    p.te2e_floor_ms = p.te2e_ceiling_ms;
    ck_assert(profile_is_valid(&p));
    p.te2e_ceiling_ms = 0; /* no ceiling */
    ck_assert(profile_is_valid(&p));
    p.alg_int[1] = INT_NONE;
    p.alg_enc_len = 1;
    p.conf_rules_len = CONF_RULES_MAX;
    ck_assert(profile_is_valid(&p));
}
END_TEST

Suite *test_policy_suite(void)
{
    Suite *s = suite_create("policy");
    TCase *t = tcase_create("decisions");

    tcase_add_loop_test(t, precedence_of_te2e, 0, COUNT_OF(te2e_cases));
    tcase_add_loop_test(t, choice_of_algorithms, 0, COUNT_OF(choice_cases));
    tcase_add_loop_test(t, mode_of_the_serving_network, 0, COUNT_OF(mode_cases));
    tcase_add_test(t, every_decision_names_its_rule);
    tcase_add_loop_test(t, a_profile_with_one_flaw_is_refused, 0, COUNT_OF(flaws));
    tcase_add_test(t, a_sound_profile_is_accepted);
    suite_add_tcase(s, t);
    return s;
}
