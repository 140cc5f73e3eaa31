#include "ue/setup.h"

#include "common/daemon/config_aka.h"
#include "common/daemon/config_value.h"
#include "ue/ue.h"

#include <stdlib.h>
#include <string.h>

struct device {
    struct config_range range;
    struct ue_card card;
    bool attach;
};

struct draft {
    struct device *devices;
    unsigned devices_count;
};

struct ue_values {
    struct ident imsi;
    uint32_t count;
    struct config_aka aka;
    struct ident emse;
    struct ident eese;
    uint8_t caps;
    uint8_t plmn[PLMN_LEN];
};
enum { ATTACH_BIT = 11 };

static void prepare_ue(const void *into, void *values)
{
    static const uint8_t home[PLMN_LEN] = {0x00, 0xf1, 0x10}; /* 001-01 */
    struct ue_values *v = values;

    (void)into;
    v->caps = CAP_ALL;
    memcpy(v->plmn, home, sizeof v->plmn);
}

static void apply_ue(struct config *c, void *into, const void *values, uint64_t given)
{
    const struct ue_values *v = values;
    struct draft *d = into;
    struct device *grown = config_grow(c, d->devices, d->devices_count, sizeof *grown);

    if (grown == NULL) {
        return;
    }
    d->devices = grown;
    grown += d->devices_count;
    memset(grown, 0, sizeof *grown);
    if (config_range_set(c, &v->imsi, v->count, &grown->range)) {
        config_aka_secret(&v->aka, given, &grown->card.secret);
        grown->card.sqn = v->aka.sqn;
        grown->card.emse = v->emse;
        grown->card.eese = v->eese;
        grown->card.caps = v->caps;
        memcpy(grown->card.plmn, v->plmn, sizeof grown->card.plmn);
        grown->attach = (given >> ATTACH_BIT & 1) != 0;
        d->devices_count++;
    }
}

#define FIELD(member) offsetof(struct ue_values, member)

static const struct config_arg ue_args[] = {
    {NULL, &config_type_imsi, FIELD(imsi), NEED_ONE, 0, NULL, NULL},
    {"count", &config_type_count, FIELD(count), NEED_MAYBE, 0, NULL, NULL},
    CONFIG_AKA_ARGS(struct ue_values, aka),
    {"emse", &config_type_name, FIELD(emse), NEED_ONE, 0, NULL, NULL},
    {"eese", &config_type_name, FIELD(eese), NEED_ONE, 0, NULL, NULL},
    {"caps", &config_type_caps, FIELD(caps), NEED_MAYBE, 0, NULL, NULL},
    {"plmn", &config_type_plmn, FIELD(plmn), NEED_MAYBE, 0, NULL, NULL},
    [ATTACH_BIT] = {"attach", NULL, 0, NEED_MAYBE, 0, NULL, NULL},
    CONFIG_ARGS_END};

_Static_assert(sizeof(struct ue_values) <= CONFIG_VALUES_MAX, "room for a UE");

const struct config_setting ue_settings[] = {
    {"ue", ue_args, true, sizeof(struct ue_values), prepare_ue, apply_ue,
     "a UE with its card; sqn is the highest accepted; attach: when the daemon starts"},
    {NULL, NULL, false, 0, NULL, NULL, NULL},
};

/* Puts the cards in, and notes who is to attach. */
static void provision(struct config *c, const struct draft *d, uint32_t room, struct setup *made)
{
    made->attach = calloc(room, sizeof made->attach[0]);
    if (made->attach == NULL) {
        c->short_of_memory = true;
        return;
    }
    for (unsigned i = 0; i < d->devices_count; i++) {
        const struct device *device = &d->devices[i];

        for (uint32_t n = 0; n < device->range.count; n++) {
            struct ident imsi;
            struct ue *ctx;

            config_range_imsi(&device->range, n, &imsi);
            ctx = node_context(made->node, &imsi);
            if (ctx == NULL) {
                c->short_of_memory = true;
                return;
            }
            ue_provision(ctx, &device->card);
            if (device->attach) {
                made->attach[made->attach_count++] = imsi;
            }
        }
    }
}

static void build(struct config *c, const struct draft *d, const struct node_hooks *hooks,
                  struct setup *made)
{
    uint32_t room = config_ranges_room(c, d->devices, d->devices_count, sizeof d->devices[0]);
    struct ue_conf *conf;

    if (!config_is_good(c)) {
        return;
    }
    conf = calloc(1, sizeof *conf);
    made->conf = conf;
    made->conf_size = sizeof *conf;
    if (conf != NULL) {
        conf->base = made->shared.base;
        made->node = node_new(&ue_machine, conf, room, hooks);
    }
    if (made->node == NULL) {
        c->short_of_memory = true;
        return;
    }
    provision(c, d, room, made);
}

enum err ue_setup(const char *text, size_t len, const char *name, const struct node_hooks *hooks,
                  struct setup *out, char *errors, size_t cap)
{
    struct setup made = {.node = NULL};
    struct draft d = {.devices = NULL};
    struct config c;
    enum err err;

    config_read(&c, text, len, name, ue_settings, &made.shared, &d);
    config_ranges_check(&c, d.devices, d.devices_count, sizeof d.devices[0], "ue");
    if (config_is_good(&c)) {
        build(&c, &d, hooks, &made);
    }
    err = config_end(&c, &made, out, errors, cap);
    if (d.devices != NULL) {
        bytes_wipe(d.devices, d.devices_count * sizeof d.devices[0]);
    }
    free(d.devices);
    return err;
}
