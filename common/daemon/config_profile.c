/* The device profile as keys and values (clause 6.x.2.4). */
#include "common/daemon/config_table.h"

#include "common/base/ensure.h"
#include "common/daemon/config_value.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define KEY(name, type, member, need, words) \
    { \
        name, &config_type_##type, offsetof(struct profile, member), need, 0, NULL, words \
    }

const struct config_arg config_profile_args[] = {
    KEY("te2e", time0, te2e_ue_ms, NEED_MAYBE, "lifetime of keys of this UE"),
    KEY("te2e-pair", time0, te2e_pair_ms, NEED_MAYBE, "of this UE at this EMSE; wins over te2e"),
    KEY("te2e-default", time0, te2e_default_ms, NEED_MAYBE, "the operator's; default 1h"),
    KEY("te2e-floor", time0, te2e_floor_ms, NEED_MAYBE, "never shorter; default 1s"),
    KEY("te2e-ceiling", time0, te2e_ceiling_ms, NEED_MAYBE, "never longer; default 24h"),
    KEY("messages", count0, n_msg, NEED_MAYBE, "messages under one key; default none: any number"),
    KEY("integrity", ints, alg_int, NEED_MAYBE, "allowed, in order of preference; default both"),
    KEY("confidentiality", encs, alg_enc, NEED_MAYBE, "likewise; default both"),
    KEY("default-mode", conf, conf_default, NEED_MAYBE,
        "confidentiality in a network without a rule; default on"),
    {"network", &config_type_network, 0, NEED_MANY, 0, NULL,
     "confidentiality in that serving network"},
    KEY("rand", rand, rand_protect, NEED_MAYBE, "how RAND travels to the UE; default enc"),
    KEY("version", count, version, NEED_MAYBE, "the higher one wins; default 1"),
    CONFIG_ARGS_END};

struct text {
    char *to;
    size_t len;
    size_t cap;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(t->to + t->len, t->cap - t->len, format, args);
    va_end(args);
    ENSURE(len >= 0 && (size_t)len < t->cap - t->len);
    t->len += (size_t)len;
}

static void put_number(struct text *t, const char *key, uint32_t v, const char *unit)
{
    if (v == 0) {
        put(t, "%s none ", key);
    } else {
        put(t, "%s %" PRIu32 "%s ", key, v, unit);
    }
}

/* A word of a code that is in range: whoever made the profile has checked it. */
static const char *word(const char *text)
{
    ENSURE(text != NULL);
    return text;
}

size_t config_profile_text(const struct profile *p, char text[CONFIG_PROFILE_TEXT_MAX])
{
    struct text t = {.to = text, .len = 0, .cap = CONFIG_PROFILE_TEXT_MAX};

    put_number(&t, "te2e", p->te2e_ue_ms, "ms");
    put_number(&t, "te2e-pair", p->te2e_pair_ms, "ms");
    put_number(&t, "te2e-default", p->te2e_default_ms, "ms");
    put_number(&t, "te2e-floor", p->te2e_floor_ms, "ms");
    put_number(&t, "te2e-ceiling", p->te2e_ceiling_ms, "ms");
    put_number(&t, "messages", p->n_msg, "");
    put(&t, "integrity %s", word(config_int_word(p->alg_int[0])));
    if (p->alg_int[1] != INT_NONE) {
        put(&t, ",%s", word(config_int_word(p->alg_int[1])));
    }
    put(&t, " confidentiality %s", word(config_enc_word(p->alg_enc[0])));
    if (p->alg_enc_len > 1) {
        put(&t, ",%s", word(config_enc_word(p->alg_enc[1])));
    }
    put(&t, " default-mode %s network none", word(config_conf_word(p->conf_default)));
    for (unsigned i = 0; i < p->conf_rules_len && i < CONF_RULES_MAX; i++) {
        char plmn[CONFIG_PLMN_TEXT_MAX];

        config_plmn_text(p->conf_rules[i].plmn, plmn);
        put(&t, " network %s=%s", plmn, word(config_conf_word(p->conf_rules[i].mode)));
    }
    put(&t, " rand %s version %" PRIu32, word(config_rand_word(p->rand_protect)), p->version);
    return t.len;
}
