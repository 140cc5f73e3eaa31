#include "eese/setup.h"

#include "eese/eese.h"

#include <stdlib.h>
#include <string.h>

struct wish_range {
    struct config_range range;
    uint32_t te2e_ms;
};

struct draft {
    uint32_t te2e_ms;
    struct wish_range *wishes;
    unsigned wishes_count;
};

/* What the node borrows: the configuration, then the wishes it points to. */
struct eese_block {
    struct eese_conf conf;
    struct eese_wish wish[];
};

static void apply_te2e(struct config *c, void *into, const void *values, uint64_t given)
{
    struct draft *d = into;

    (void)c;
    (void)given;
    memcpy(&d->te2e_ms, values, sizeof d->te2e_ms);
}

struct wish_values {
    struct ident imsi;
    uint32_t te2e_ms;
    uint32_t count;
};

static void apply_wish(struct config *c, void *into, const void *values, uint64_t given)
{
    const struct wish_values *v = values;
    struct draft *d = into;
    struct wish_range *grown = config_grow(c, d->wishes, d->wishes_count, sizeof *grown);

    (void)given;
    if (grown == NULL) {
        return;
    }
    d->wishes = grown;
    grown += d->wishes_count;
    if (config_range_set(c, &v->imsi, v->count, &grown->range)) {
        grown->te2e_ms = v->te2e_ms;
        d->wishes_count++;
    }
}

static const struct config_arg te2e_args[] = {{NULL, &config_type_time, 0, NEED_ONE, 0, NULL, NULL},
                                              CONFIG_ARGS_END};

static const struct config_arg wish_args[] = {
    {NULL, &config_type_imsi, offsetof(struct wish_values, imsi), NEED_ONE, 0, NULL, NULL},
    {NULL, &config_type_time, offsetof(struct wish_values, te2e_ms), NEED_ONE, 0, NULL, NULL},
    {"count", &config_type_count, offsetof(struct wish_values, count), NEED_MAYBE, 0, NULL, NULL},
    CONFIG_ARGS_END};

const struct config_setting eese_settings[] = {
    CONFIG_NAME_SETTING,
    {"te2e", te2e_args, false, sizeof(uint32_t), NULL, apply_te2e,
     "lifetime of keys as the enterprise wishes it for all its UEs"},
    {"te2e-ue", wish_args, true, sizeof(struct wish_values), NULL, apply_wish, "and for these"},
    {NULL, NULL, false, 0, NULL, NULL, NULL},
};

/* Returns NULL when memory is short. */
static struct eese_block *make_block(const struct draft *d, const struct config_shared *shared,
                                     uint32_t wishes)
{
    struct eese_block *b = calloc(1, sizeof *b + wishes * sizeof b->wish[0]);
    uint32_t n = 0;

    if (b == NULL) {
        return NULL;
    }
    b->conf.base = shared->base;
    b->conf.name = shared->name;
    b->conf.te2e_wish_ms = d->te2e_ms;
    b->conf.wish = b->wish;
    b->conf.wish_count = wishes;
    for (unsigned i = 0; i < d->wishes_count; i++) {
        for (uint32_t k = 0; k < d->wishes[i].range.count; k++, n++) {
            config_range_imsi(&d->wishes[i].range, k, &b->wish[n].ue);
            b->wish[n].te2e_ms = d->wishes[i].te2e_ms;
        }
    }
    return b;
}

static void build(struct config *c, const struct draft *d, const struct node_hooks *hooks,
                  struct setup *made)
{
    uint32_t wishes = config_ranges_total(c, d->wishes, d->wishes_count, sizeof d->wishes[0]);
    struct eese_block *block;

    if (!config_is_good(c)) {
        return;
    }
    block = make_block(d, &made->shared, wishes);
    made->conf = block;
    made->conf_size = sizeof block->conf;
    if (block != NULL) {
        made->node = node_new(&eese_machine, &block->conf, config_room(c), hooks);
    }
    c->short_of_memory = made->node == NULL;
}

enum err eese_setup(const char *text, size_t len, const char *name, const struct node_hooks *hooks,
                    struct setup *out, char *errors, size_t cap)
{
    struct setup made = {.node = NULL};
    struct draft d = {.wishes = NULL};
    struct config c;
    enum err err;

    config_read(&c, text, len, name, eese_settings, &made.shared, &d);
    if (made.shared.name.len == 0) {
        config_error(&c, (struct config_place){0, 0},
                     "'name NAME' is missing: the EESE's own, such as eese.plant1");
    }
    config_ranges_check(&c, d.wishes, d.wishes_count, sizeof d.wishes[0], "te2e-ue");
    if (config_is_good(&c)) {
        build(&c, &d, hooks, &made);
    }
    err = config_end(&c, &made, out, errors, cap);
    free(d.wishes);
    return err;
}
