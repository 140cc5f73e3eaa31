#include "emse/setup.h"

#include "emse/emse.h"

#include <stdlib.h>
#include <string.h>

struct eese_values {
    struct ident name;
    struct alg_wish wish;
};

static void apply_eese(struct config *c, void *into, const void *values, uint64_t given)
{
    const struct eese_values *v = values;
    struct emse_conf *conf = into;
    struct emse_eese *eese;
    uint32_t handle = eese_handle(&v->name);

    (void)given;
    for (unsigned i = 0; i < conf->eese_count; i++) {
        if (conf->eese[i].handle == handle) {
            /* UEs name it by its handle */
            config_error(c, config_at(c, 1), "its handle %08x is that of '%s', which stands above",
                         handle, conf->eese[i].name.s);
            return;
        }
    }
    if (conf->eese_count == EMSE_EESES_MAX) {
        config_error(c, config_at(c, 0), "more than %d EESEs", EMSE_EESES_MAX);
        return;
    }
    eese = &conf->eese[conf->eese_count++];
    eese->name = v->name;
    eese->handle = handle;
    eese->wish = v->wish;
}

static const struct config_arg eese_args[] = {
    {NULL, &config_type_name, offsetof(struct eese_values, name), NEED_ONE, 0, NULL, NULL},
    {"integrity", &config_type_ints, offsetof(struct eese_values, wish.alg_int), NEED_MAYBE, 0,
     NULL, NULL},
    {"confidentiality", &config_type_encs, offsetof(struct eese_values, wish.alg_enc), NEED_MAYBE,
     0, NULL, NULL},
    CONFIG_ARGS_END};

/* config_type_encs stores how many after the two. */
_Static_assert(offsetof(struct alg_wish, alg_enc_len) == offsetof(struct alg_wish, alg_enc) + 2,
               "alg_enc_len follows alg_enc");

const struct config_setting emse_settings[] = {
    CONFIG_NAME_SETTING,
    {"eese", eese_args, true, sizeof(struct eese_values), NULL, apply_eese,
     "an enterprise's endpoint, with the algorithms it prefers"},
    {NULL, NULL, false, 0, NULL, NULL, NULL},
};

static void check(struct config *c, const struct emse_conf *conf)
{
    static const struct config_place whole = {0, 0};

    if (c->shared->name.len == 0) {
        config_error(c, whole, "'name NAME' is missing: the EMSE's own, such as emse.home");
    }
    if (conf->eese_count == 0) {
        config_error(c, whole, "'eese NAME' is missing: which EESE UEs may attach to");
    }
}

enum err emse_setup(const char *text, size_t len, const char *name, const struct node_hooks *hooks,
                    struct setup *out, char *errors, size_t cap)
{
    struct emse_conf *conf = calloc(1, sizeof *conf);
    struct setup made = {.conf = conf, .conf_size = sizeof *conf};
    struct config c;

    if (conf == NULL) {
        return ERR_NO_ROOM;
    }
    config_read(&c, text, len, name, emse_settings, &made.shared, conf);
    check(&c, conf);
    if (config_is_good(&c)) {
        conf->base = made.shared.base;
        conf->name = made.shared.name;
        made.node = node_new(&emse_machine, conf, config_room(&c), hooks);
        c.short_of_memory = made.node == NULL;
    }
    return config_end(&c, &made, out, errors, cap);
}
