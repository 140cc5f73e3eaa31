/* Builders of policy: what the device profiles of the HSS say, and what the enterprise wishes. */
#include "scenarios/sim/script/parse.h"

#include <stdlib.h>
#include <string.h>

static void change(struct parse *p, struct profile *profile)
{
    p->target = profile;
    build_part(p, RULE_POLICY);
    p->target = NULL;
}

/* Index of the UE that the policy in hand is for, -1: all. */
static int for_ue(const struct parse *p)
{
    const struct binding *ue = arg(p, &p->match.hit[RULE_POLICY], "ue");

    return ue == NULL ? -1 : ue->value.ue;
}

/* At the start: general ones change the profile that all UEs get, special ones that of their UE. */
void say_policy(struct parse *p, const struct span *span)
{
    int ue = for_ue(p);

    (void)span;
    change(p, ue < 0 ? &p->profile : &p->s->ues[ue].profile);
}

/* One order to the HSS for one UE, with the whole profile as the file has changed it so far. */
static void order_profile(struct parse *p, unsigned ue)
{
    change(p, &p->profiles[ue]);
    p->profiles[ue].version++;
    p->action.kind = ACTION_ORDER;
    p->action.role = ROLE_HSS;
    p->action.ue = (int)ue;
    p->action.order.kind = ORDER_POLICY;
    p->action.order.profile = p->profiles[ue];
    push_action(p);
}

/* At a time, or after a condition. */
void do_policy(struct parse *p, const struct span *span)
{
    unsigned errors = p->errors->count;
    int ue = for_ue(p);
    unsigned first = ue < 0 ? 0 : (unsigned)ue;
    unsigned end = ue < 0 ? p->s->ues_count : first + 1;

    if (p->profiles == NULL && p->s->ues_count > 0) {
        p->profiles = calloc(p->s->ues_count, sizeof *p->profiles);
        if (p->profiles == NULL) {
            p->out_of_memory = true;
            return;
        }
        for (unsigned i = 0; i < p->s->ues_count; i++) {
            p->profiles[i] = p->s->ues[i].profile;
        }
    }
    for (unsigned i = first; i < end && p->errors->count == errors && !p->out_of_memory; i++) {
        order_profile(p, i);
        if (p->profiles[i].te2e_floor_ms > p->profiles[i].te2e_ceiling_ms) {
            problem(p, keyword(p, span, "policy"),
                    "the floor of te2e, %ums, would be above its ceiling, %ums",
                    p->profiles[i].te2e_floor_ms, p->profiles[i].te2e_ceiling_ms);
        }
    }
}

void policy_te2e(struct parse *p, const struct span *span)
{
    uint32_t ms = whole_ms(p, need(p, span, "time"));

    if (keyword(p, span, "EMSE") != NULL) {
        p->target->te2e_pair_ms = ms;
    } else if (keyword(p, span, "for") != NULL) {
        p->target->te2e_ue_ms = ms;
    } else {
        p->target->te2e_default_ms = ms;
    }
}

void policy_floor(struct parse *p, const struct span *span)
{
    const struct binding *b = need(p, span, "time");

    p->target->te2e_floor_ms = whole_ms(p, b);
    p->limits_place = place_of(p, b);
}

void policy_ceiling(struct parse *p, const struct span *span)
{
    const struct binding *b = need(p, span, "time");

    p->target->te2e_ceiling_ms = whole_ms(p, b);
    p->limits_place = place_of(p, b);
}

/* The codes of the words called |name| in order of preference; their number, at most two. */
static uint8_t preference(struct parse *p, const struct span *span, const char *name,
                          const uint8_t *codes, uint8_t out[2])
{
    uint8_t count = 0;

    out[0] = 0;
    out[1] = 0;
    for (const struct binding *b = need(p, span, name); b != NULL;
         b = match_next(&p->match, span, name, b)) {
        if (memchr(out, codes[b->value.n], count) != NULL) {
            problem(p, b, "'%s' is in the list already", token_of(p, b)->text);
            return count;
        }
        out[count++] =
            codes[b->value.n]; /* there are two of each, so a third is one of them again */
    }
    return count;
}

void policy_integrity(struct parse *p, const struct span *span)
{
    (void)preference(p, span, "integrity", integrity_code, p->target->alg_int);
}

void policy_cipher(struct parse *p, const struct span *span)
{
    p->target->alg_enc_len = preference(p, span, "cipher", cipher_code, p->target->alg_enc);
}

void policy_mode(struct parse *p, const struct span *span)
{
    p->target->conf_default = conf_mode_code[need(p, span, "conf-mode")->value.n];
}

void policy_network_mode(struct parse *p, const struct span *span)
{
    const struct binding *network = need(p, span, "network");
    struct profile *profile = p->target;
    unsigned i = 0;

    while (i < profile->conf_rules_len &&
           memcmp(profile->conf_rules[i].plmn, network->value.octets, PLMN_LEN) != 0) {
        i++;
    }
    if (i == CONF_RULES_MAX) {
        problem(p, network, "a profile has rules for at most %d networks", CONF_RULES_MAX);
        return;
    }
    memcpy(profile->conf_rules[i].plmn, network->value.octets, PLMN_LEN);
    profile->conf_rules[i].mode = conf_mode_code[need(p, span, "conf-mode")->value.n];
    profile->conf_rules_len =
        (uint8_t)(i < profile->conf_rules_len ? profile->conf_rules_len : i + 1);
}

void policy_rand(struct parse *p, const struct span *span)
{
    p->target->rand_protect = rand_mode_code[need(p, span, "rand-mode")->value.n];
}

void policy_messages(struct parse *p, const struct span *span)
{
    p->target->n_msg = number_within(p, need(p, span, "number"), 1, INT32_MAX);
}

void say_enterprise_te2e(struct parse *p, const struct span *span)
{
    const struct binding *ue = arg(p, span, "ue");
    uint32_t ms = whole_ms(p, need(p, span, "time"));

    if (ue == NULL) {
        p->s->te2e_wish_ms = ms;
    } else if (ue->value.ue >= 0) {
        p->s->ues[ue->value.ue].te2e_wish_ms = ms;
    }
}

void say_enterprise_integrity(struct parse *p, const struct span *span)
{
    (void)preference(p, span, "integrity", integrity_code, p->s->wish.alg_int);
}

void say_enterprise_cipher(struct parse *p, const struct span *span)
{
    p->s->wish.alg_enc_len = preference(p, span, "cipher", cipher_code, p->s->wish.alg_enc);
}
