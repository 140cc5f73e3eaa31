#include "common/core/policy.h"

#include "common/base/ensure.h"

#include <string.h>

enum {
    DEFAULT_TE2E_MS = 3600 * 1000,
    DEFAULT_FLOOR_MS = 1000,
    DEFAULT_CEILING_MS = 24 * 3600 * 1000,
};

void profile_default(struct profile *p)
{
    memset(p, 0, sizeof *p);
    p->version = 1;
    p->te2e_default_ms = DEFAULT_TE2E_MS;
    p->te2e_floor_ms = DEFAULT_FLOOR_MS;
    p->te2e_ceiling_ms = DEFAULT_CEILING_MS;
    p->alg_int[0] = INT_CMAC64;
    p->alg_int[1] = INT_EIA2;
    p->alg_enc[0] = ENC_EEA2;
    p->alg_enc[1] = ENC_EEA0;
    p->alg_enc_len = 2;
    p->conf_default = CONF_ON;
    p->rand_protect = RAND_ENC;
}

uint32_t policy_te2e_ms(const struct profile *p, uint32_t wish_ue_ms, uint32_t wish_ms,
                        struct effects *fx)
{
    const struct {
        uint32_t ms;
        enum note rule;
    } order[] = {
        {wish_ue_ms, NOTE_TE2E_ENTERPRISE_UE},   {wish_ms, NOTE_TE2E_ENTERPRISE},
        {p->te2e_pair_ms, NOTE_TE2E_PAIR},       {p->te2e_ue_ms, NOTE_TE2E_UE},
        {p->te2e_default_ms, NOTE_TE2E_DEFAULT}, {DEFAULT_TE2E_MS, NOTE_TE2E_DEFAULT},
    };
    uint32_t ms;
    unsigned i = 0;

    while (order[i].ms == 0) {
        i++; /* ends at the last entry, which is never 0 */
    }
    ms = order[i].ms;
    fx_note(fx, order[i].rule, ms, 0);
    if (p->te2e_floor_ms != 0 && ms < p->te2e_floor_ms) {
        fx_note(fx, NOTE_TE2E_FLOOR, p->te2e_floor_ms, ms);
        ms = p->te2e_floor_ms;
    }
    if (p->te2e_ceiling_ms != 0 && ms > p->te2e_ceiling_ms) {
        fx_note(fx, NOTE_TE2E_CEILING, p->te2e_ceiling_ms, ms);
        ms = p->te2e_ceiling_ms;
    }
    return ms;
}

static bool in_list(uint8_t id, const uint8_t *list, unsigned len)
{
    return memchr(list, id, len) != NULL;
}

static unsigned int_list_len(const uint8_t list[2])
{
    return list[0] == INT_NONE ? 0 : list[1] == INT_NONE ? 1 : 2;
}

/* The first of |wish| that |allowed| and the UE's |caps| have too; with no wish the first of
 * |allowed|. */
static bool first_common(const uint8_t *wish, unsigned wish_len, const uint8_t *allowed,
                         unsigned allowed_len, uint8_t caps, const uint8_t cap_of[], uint8_t *out)
{
    const uint8_t *order = wish_len > 0 ? wish : allowed;
    unsigned len = wish_len > 0 ? wish_len : allowed_len;

    for (unsigned i = 0; i < len; i++) {
        if (in_list(order[i], allowed, allowed_len) && (caps & cap_of[order[i]]) != 0) {
            *out = order[i];
            return true;
        }
    }
    return false;
}

static enum conf_mode conf_mode_for(const struct profile *p, const uint8_t plmn[PLMN_LEN],
                                    struct effects *fx)
{
    for (unsigned i = 0; i < p->conf_rules_len; i++) {
        if (memcmp(p->conf_rules[i].plmn, plmn, PLMN_LEN) == 0) {
            fx_note(fx, NOTE_CONF_NETWORK, p->conf_rules[i].mode, 0);
            return (enum conf_mode)p->conf_rules[i].mode;
        }
    }
    fx_note(fx, NOTE_CONF_DEFAULT, p->conf_default, 0);
    return (enum conf_mode)p->conf_default;
}

bool policy_choose(const struct profile *p, const struct alg_wish *wish, uint8_t caps,
                   const uint8_t plmn[PLMN_LEN], struct choice *out, struct effects *fx)
{
    static const uint8_t int_cap[INT_ALG_COUNT] = {0, CAP_CMAC64, CAP_EIA2};
    static const uint8_t enc_cap[ENC_ALG_COUNT] = {CAP_EEA0, 0, CAP_EEA2};
    uint8_t alg_int;
    uint8_t alg_enc;
    enum conf_mode mode;

    if (!first_common(wish->alg_int, int_list_len(wish->alg_int), p->alg_int,
                      int_list_len(p->alg_int), caps, int_cap, &alg_int) ||
        !first_common(wish->alg_enc, wish->alg_enc_len, p->alg_enc, p->alg_enc_len, caps, enc_cap,
                      &alg_enc)) {
        fx_note(fx, NOTE_ALG_NONE, caps, 0);
        return false;
    }
    fx_note(fx, NOTE_ALG_INT, alg_int, 0);
    mode = conf_mode_for(p, plmn, fx);
    out->rand_protect = p->rand_protect;
    if (mode == CONF_OFF) {
        alg_enc =
            ENC_EEA0; /* lawful interception: the network's rule beats the preference (clause 2) */
        if (p->rand_protect == RAND_ENC) {
            out->rand_protect =
                RAND_MASK; /* nothing on this radio leg may be ciphered, the RAND neither */
            fx_note(fx, NOTE_RAND_MASKED, out->rand_protect, 0);
        }
    } else if (alg_enc == ENC_EEA0) {
        mode = CONF_OFF;
        fx_note(fx, NOTE_CONF_CLAMPED, mode, 0);
    }
    fx_note(fx, NOTE_ALG_ENC, alg_enc, 0);
    out->alg_int = alg_int;
    out->alg_enc = alg_enc;
    out->conf = (uint8_t)mode;
    return true;
}

bool profile_is_valid(const struct profile *p)
{
    if (p->version == 0 || p->alg_int[0] == INT_NONE || p->alg_enc_len == 0 || p->alg_enc_len > 2 ||
        p->conf_rules_len > CONF_RULES_MAX || p->conf_default >= CONF_MODE_COUNT ||
        p->rand_protect == 0 || p->rand_protect >= RAND_PROTECT_COUNT) {
        return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (p->alg_int[i] >= INT_ALG_COUNT ||
            (i < p->alg_enc_len && p->alg_enc[i] != ENC_EEA0 && p->alg_enc[i] != ENC_EEA2)) {
            return false;
        }
    }
    for (unsigned i = 0; i < p->conf_rules_len; i++) {
        if (p->conf_rules[i].mode >= CONF_MODE_COUNT) {
            return false;
        }
    }
    return p->te2e_ceiling_ms == 0 || p->te2e_floor_ms <= p->te2e_ceiling_ms;
}
