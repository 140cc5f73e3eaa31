#include "common/core/epoch.h"

#include "common/base/ensure.h"

#include <string.h>

void choice_octets(const struct choice *c, uint8_t out[4])
{
    out[0] = c->alg_int;
    out[1] = c->alg_enc;
    out[2] = c->conf;
    out[3] = c->rand_protect;
}

void epoch_make(struct epoch *e, const struct variant_set *v, uint32_t n, uint32_t g, uint32_t sid,
                const struct choice *choice, const struct e2e_keyset *chain)
{
    struct epoch made = {.have = 1, .has_chain = 1, .dl_ok = 1, .n = n, .g = g, .sid = sid};

    made.choice = *choice;
    made.chain = *chain;
    if (v->variant == VARIANT_LITERAL) {
        e2e_traffic_literal(&made.chain, &made.keys);
    } else {
        e2e_traffic_derive(&made.chain, choice->alg_int, &made.keys);
    }
    *e = made;
    bytes_wipe(&made, sizeof made);
}

void epoch_retire(struct epoch *e)
{
    bytes_wipe(&e->chain, sizeof e->chain);
    e->has_chain = 0;
}

void epoch_refresh(const struct epoch *e, const struct variant_set *v, const uint8_t rand[16],
                   uint32_t n, const struct ident *ue, const struct ident *eese, struct epoch *next)
{
    struct choice choice = e->choice;
    struct e2e_keyset chain;
    uint8_t ctx[4];

    ENSURE(e->has_chain);
    if (v->variant == VARIANT_LITERAL) {
        e2e_refresh_literal(&e->chain, rand, &chain);
    } else {
        choice_octets(&choice, ctx);
        e2e_refresh(&e->chain, rand, n, ue, eese, sw_on(v, SW_BIND_EESE), e->g, ctx, &chain);
    }
    epoch_make(next, v, n, e->g, e->sid, &choice, &chain);
    bytes_wipe(&chain, sizeof chain);
}

static bool is_ciphered(const struct epoch *e)
{
    return e->choice.alg_enc != ENC_EEA0 && e->choice.conf != CONF_OFF;
}

struct protect_key epoch_data_key(const struct epoch *e, const struct variant_set *v,
                                  uint8_t direction)
{
    bool literal = v->variant == VARIANT_LITERAL;
    const uint8_t *enc = direction == DIR_UL ? e->keys.enc_ul : e->keys.enc_dl;

    return (struct protect_key){
        .int_key = direction == DIR_UL ? e->keys.int_ul : e->keys.int_dl,
        .enc_key = is_ciphered(e) ? enc : NULL,
        .index = literal ? 0 : e->n,
        .alg_int = e->choice.alg_int,
        .has_kid = !literal,
    };
}

struct protect_key epoch_error_key(const struct epoch *e)
{
    return (struct protect_key){
        .int_key = e->keys.err_dl, .index = e->n, .alg_int = INT_CMAC64, .has_kid = 1};
}

bool epoch_mode_fits(const struct epoch *e, const struct msg *m)
{
    return ((m->flags & MSG_FLAG_C) != 0) == is_ciphered(e);
}
