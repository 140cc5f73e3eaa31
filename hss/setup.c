#include "hss/setup.h"

#include "common/base/prng.h"
#include "common/daemon/config_aka.h"
#include "hss/hss.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { STRANGERS = 16 }; /* room to answer for IMSIs that are no subscriber's */

struct subscriber {
    struct config_range range;
    struct aka_secret secret;
    uint64_t sqn;
};

struct special { /* a profile of some subscribers */
    struct config_range range;
    struct profile profile;
};

struct draft {
    uint8_t k_rand[32];
    bool has_k_rand;
    struct subscriber *subscribers;
    unsigned subscribers_count;
    struct special *specials;
    unsigned specials_count;
    struct profile ground; /* of all profiles */
    unsigned ground_line;
};

/* ---- settings ---- */

static void apply_k_rand(struct config *c, void *into, const void *values, uint64_t given)
{
    struct draft *d = into;

    (void)c;
    (void)given;
    memcpy(d->k_rand, values, sizeof d->k_rand);
    d->has_k_rand = true;
}

struct subscriber_values {
    struct ident imsi;
    uint32_t count;
    struct config_aka aka;
};

static void apply_subscriber(struct config *c, void *into, const void *values, uint64_t given)
{
    const struct subscriber_values *v = values;
    struct draft *d = into;
    struct subscriber *grown;

    grown = config_grow(c, d->subscribers, d->subscribers_count, sizeof *grown);
    if (grown == NULL) {
        return;
    }
    d->subscribers = grown;
    grown += d->subscribers_count;
    if (config_range_set(c, &v->imsi, v->count, &grown->range)) {
        config_aka_secret(&v->aka, given, &grown->secret);
        grown->sqn = v->aka.sqn;
        d->subscribers_count++;
    }
}

struct profile_values {
    struct ident who; /* empty: * */
    uint32_t count;
    struct profile profile;
};

static void prepare_profile(const void *into, void *values)
{
    const struct draft *d = into;
    struct profile_values *v = values;

    v->profile = d->ground;
}

static void apply_ground(struct config *c, struct draft *d, const struct profile_values *v)
{
    if (d->ground_line != 0) {
        config_error(c, config_at(c, 1), "'profile *' stands already in line %u", d->ground_line);
    } else if (v->count != 0) {
        config_error(c, config_at(c, 2), "'profile *' is for all; it has no count");
    } else if (d->specials_count > 0) {
        config_error(c, config_at(c, 1), "'profile *' comes before all other profiles");
    } else {
        d->ground = v->profile;
        d->ground_line = c->line;
    }
}

static void apply_profile(struct config *c, void *into, const void *values, uint64_t given)
{
    const struct profile_values *v = values;
    struct draft *d = into;
    struct special *grown;

    (void)given;
    if (!profile_is_valid(&v->profile)) {
        config_error(c, config_at(c, 0), "te2e-floor is above te2e-ceiling");
        return;
    }
    if (v->who.len == 0) {
        apply_ground(c, d, v);
        return;
    }
    grown = config_grow(c, d->specials, d->specials_count, sizeof *grown);
    if (grown == NULL) {
        return;
    }
    d->specials = grown;
    grown += d->specials_count;
    if (config_range_set(c, &v->who, v->count, &grown->range)) {
        grown->profile = v->profile;
        d->specials_count++;
    }
}

static const struct config_arg k_rand_args[] = {
    {NULL, &config_type_key32, 0, NEED_ONE, 0, NULL, NULL}, CONFIG_ARGS_END};

static const struct config_arg subscriber_args[] = {
    {NULL, &config_type_imsi, offsetof(struct subscriber_values, imsi), NEED_ONE, 0, NULL, NULL},
    {"count", &config_type_count, offsetof(struct subscriber_values, count), NEED_MAYBE, 0, NULL,
     NULL},
    CONFIG_AKA_ARGS(struct subscriber_values, aka),
    CONFIG_ARGS_END};

static const struct config_arg profile_args[] = {
    {NULL, &config_type_who, offsetof(struct profile_values, who), NEED_ONE, 0, NULL, NULL},
    {"count", &config_type_count, offsetof(struct profile_values, count), NEED_MAYBE, 0, NULL,
     NULL},
    {NULL, NULL, offsetof(struct profile_values, profile), NEED_MAYBE, 0, config_profile_args,
     NULL},
    CONFIG_ARGS_END};

_Static_assert(sizeof(struct subscriber_values) <= CONFIG_VALUES_MAX, "room for a subscriber");
_Static_assert(sizeof(struct profile_values) <= CONFIG_VALUES_MAX, "room for a profile");

const struct config_setting hss_settings[] = {
    {"subscriber", subscriber_args, true, sizeof(struct subscriber_values), NULL, apply_subscriber,
     "who may attach; sqn is the last one used"},
    {"profile", profile_args, true, sizeof(struct profile_values), prepare_profile, apply_profile,
     "device profile; the one of * is the ground of all others and comes first"},
    {"k-rand", k_rand_args, false, 32, NULL, apply_k_rand,
     "secret of the RAND function; drawn at the start when absent"},
    CONFIG_NAME_SETTING,
    {NULL, NULL, false, 0, NULL, NULL, NULL},
};

/* ---- the node ---- */

static enum err draw_k_rand(const struct draft *d, const struct config_shared *shared,
                            uint8_t k_rand[32])
{
    if (d->has_k_rand) {
        memcpy(k_rand, d->k_rand, 32);
    } else if (shared->has_seed) {
        prng_fill(prng_key_text(shared->seed, "k-rand"), k_rand, 32);
    } else if (getrandom(k_rand, 32, 0) != 32) {
        return ERR_IO;
    }
    return ERR_OK;
}

/* Enters all subscribers with the ground profile, then those with one of their own. */
static void provision(struct config *c, const struct draft *d, struct node *node)
{
    struct ident imsi;

    for (unsigned i = 0; i < d->subscribers_count; i++) {
        const struct subscriber *s = &d->subscribers[i];

        for (uint32_t n = 0; n < s->range.count; n++) {
            struct hss_ue *ctx;

            config_range_imsi(&s->range, n, &imsi);
            ctx = node_context(node, &imsi);
            if (ctx == NULL) {
                c->short_of_memory = true;
                return;
            }
            hss_provision(ctx, &s->secret, s->sqn, &d->ground);
        }
    }
    for (unsigned i = 0; i < d->specials_count; i++) {
        const struct special *s = &d->specials[i];

        for (uint32_t n = 0; n < s->range.count; n++) {
            struct hss_ue *ctx;

            config_range_imsi(&s->range, n, &imsi);
            if (node_find(node, &imsi) == NULL) {
                config_error(c, s->range.at, "there is no subscriber %s", imsi.s);
                break;
            }
            ctx = node_context(node, &imsi);
            ctx->profile = s->profile;
        }
    }
}

static void build(struct config *c, const struct draft *d, const struct node_hooks *hooks,
                  struct setup *out)
{
    struct hss_conf *conf = calloc(1, sizeof *conf);
    uint32_t room =
        config_ranges_room(c, d->subscribers, d->subscribers_count, sizeof d->subscribers[0]);

    out->conf = conf;
    out->conf_size = sizeof *conf;
    if (conf == NULL || !config_is_good(c)) {
        c->short_of_memory = conf == NULL || c->short_of_memory;
        return;
    }
    conf->base = c->shared->base;
    if (!d->has_k_rand) {
        out->drawn = conf->k_rand;
        out->drawn_len = sizeof conf->k_rand;
    }
    if (draw_k_rand(d, c->shared, conf->k_rand) != ERR_OK) {
        config_error(c, (struct config_place){0, 0}, "getrandom(2) gives no octets");
        return;
    }
    if (c->shared->contexts == 0) {
        room += STRANGERS;
    }
    out->node = node_new(&hss_machine, conf, room, hooks);
    if (out->node == NULL) {
        c->short_of_memory = true;
        return;
    }
    provision(c, d, out->node);
}

enum err hss_setup(const char *text, size_t len, const char *name, const struct node_hooks *hooks,
                   struct setup *out, char *errors, size_t cap)
{
    struct setup made = {.node = NULL};
    struct draft d = {.has_k_rand = false};
    struct config c;
    enum err err;

    profile_default(&d.ground);
    config_read(&c, text, len, name, hss_settings, &made.shared, &d);
    config_ranges_check(&c, d.subscribers, d.subscribers_count, sizeof d.subscribers[0],
                        "subscriber");
    config_ranges_check(&c, d.specials, d.specials_count, sizeof d.specials[0], "profile");
    if (config_is_good(&c)) {
        build(&c, &d, hooks, &made);
    }
    err = config_end(&c, &made, out, errors, cap);
    if (d.subscribers != NULL) {
        bytes_wipe(d.subscribers, d.subscribers_count * sizeof d.subscribers[0]);
    }
    bytes_wipe(d.k_rand, sizeof d.k_rand);
    free(d.subscribers);
    free(d.specials);
    return err;
}
