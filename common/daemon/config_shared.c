/* The settings that every daemon has. */
#include "common/daemon/config_table.h"

#include "common/base/ensure.h"

#include <string.h>

static void apply_listen(struct config *c, void *into, const void *values, uint64_t given)
{
    struct config_shared *s = into;

    (void)c;
    (void)given;
    memcpy(&s->listen, values, sizeof s->listen);
}

static void apply_peer(struct config *c, void *into, const void *values, uint64_t given)
{
    struct config_shared *s = into;
    const struct config_peer *p = values;

    (void)given;
    if (p->at.port == 0) {
        config_error(c, config_at(c, 2), "a peer cannot be reached at port 0");
    } else if (s->peers_count == CONFIG_PEERS_MAX) {
        config_error(c, config_at(c, 0), "more than %d peers", CONFIG_PEERS_MAX);
    } else {
        s->peers[s->peers_count++] = *p;
    }
}

static void apply_variant(struct config *c, void *into, const void *values, uint64_t given)
{
    (void)into;
    (void)given;
    memcpy(&c->variant, values, sizeof c->variant);
}

static void apply_switch(struct config *c, unsigned s, uint32_t *set)
{
    if (((c->with | c->without) >> s & 1) != 0) {
        config_error(c, config_at(c, 1), "'%s' stands already in line %u", switch_info[s].name,
                     c->switch_at[s].line);
        return;
    }
    *set |= UINT32_C(1) << s;
    c->switch_at[s] = config_at(c, 1);
}

static void apply_with(struct config *c, void *into, const void *values, uint64_t given)
{
    unsigned s;

    (void)into;
    (void)given;
    memcpy(&s, values, sizeof s);
    apply_switch(c, s, &c->with);
}

static void apply_without(struct config *c, void *into, const void *values, uint64_t given)
{
    unsigned s;

    (void)into;
    (void)given;
    memcpy(&s, values, sizeof s);
    apply_switch(c, s, &c->without);
}

static void apply_pace(struct config *c, void *into, const void *values, uint64_t given)
{
    (void)into;
    (void)given;
    memcpy(&c->pace, values, sizeof c->pace);
}

struct timer_values {
    unsigned id;
    uint32_t ms;
    uint32_t cap_ms;
};
enum { TIMER_CAP_BIT = 2 };

static void apply_timer(struct config *c, void *into, const void *values, uint64_t given)
{
    const struct timer_values *v = values;
    const struct timer_info *info = &timer_info[v->id];
    struct config_timer *t = &c->timers[v->id];
    uint64_t cap = (uint64_t)v->ms * (info->cap_ms / info->default_ms);

    (void)into;
    if (t->set) {
        config_error(c, config_at(c, 1), "timer %s is set twice", info->name);
        return;
    }
    if ((given >> TIMER_CAP_BIT & 1) != 0) {
        cap = v->cap_ms;
    } else if (cap > info->max_ms) {
        cap = info->max_ms;
    }
    if (v->ms < info->min_ms || v->ms > info->max_ms) {
        config_error(c, config_at(c, 2), "timer %s is from %ums to %ums", info->name, info->min_ms,
                     info->max_ms);
    } else if (cap < v->ms || cap > info->max_ms) {
        config_error(c, config_at(c, 4), "the cap of timer %s is from its value to %ums",
                     info->name, info->max_ms);
    } else {
        *t = (struct config_timer){.set = true, .ms = v->ms, .cap_ms = (uint32_t)cap};
    }
}

static void apply_seed(struct config *c, void *into, const void *values, uint64_t given)
{
    struct config_shared *s = into;

    (void)c;
    (void)given;
    s->has_seed = true;
    memcpy(&s->seed, values, sizeof s->seed);
}

static void apply_state(struct config *c, void *into, const void *values, uint64_t given)
{
    struct config_shared *s = into;

    (void)c;
    (void)given;
    memcpy(s->state, values, sizeof s->state);
}

static void apply_contexts(struct config *c, void *into, const void *values, uint64_t given)
{
    struct config_shared *s = into;

    (void)given;
    memcpy(&s->contexts, values, sizeof s->contexts);
    if (s->contexts > CONFIG_CONTEXTS_MAX) {
        config_error(c, config_at(c, 1), "at most %d contexts", CONFIG_CONTEXTS_MAX);
    }
}

void config_apply_name(struct config *c, void *into, const void *values, uint64_t given)
{
    (void)into;
    (void)given;
    memcpy(&c->shared->name, values, sizeof c->shared->name);
}

#define ONE(type) \
    { \
        {NULL, type, 0, NEED_ONE, 0, NULL, NULL}, CONFIG_ARGS_END \
    }

const struct config_arg config_name_args[] = ONE(&config_type_name);
static const struct config_arg listen_args[] = ONE(&config_type_endpoint);
static const struct config_arg variant_args[] = ONE(&config_type_variant);
static const struct config_arg switch_args[] = ONE(&config_type_switch);
static const struct config_arg pace_args[] = ONE(&config_type_percent);
static const struct config_arg seed_args[] = ONE(&config_type_number);
static const struct config_arg state_args[] = ONE(&config_type_file);
static const struct config_arg contexts_args[] = ONE(&config_type_count);
static const struct config_arg peer_args[] = {
    {NULL, &config_type_role, offsetof(struct config_peer, role), NEED_ONE, 0, NULL, NULL},
    {NULL, &config_type_endpoint, offsetof(struct config_peer, at), NEED_ONE, 0, NULL, NULL},
    CONFIG_ARGS_END};
static const struct config_arg timer_args[] = {
    {NULL, &config_type_timer, offsetof(struct timer_values, id), NEED_ONE, 0, NULL, NULL},
    {NULL, &config_type_span, offsetof(struct timer_values, ms), NEED_ONE, 0, NULL, NULL},
    {"cap", &config_type_span, offsetof(struct timer_values, cap_ms), NEED_MAYBE, 0, NULL, NULL},
    CONFIG_ARGS_END};

_Static_assert(sizeof(enum role) == sizeof(unsigned), "config_type_role stores an unsigned");

const struct config_setting config_shared_settings[] = {
    {"listen", listen_args, false, sizeof(struct config_endpoint), NULL, apply_listen,
     "where it is reached; default 127.0.0.1:0, any free port"},
    {"peer", peer_args, true, sizeof(struct config_peer), NULL, apply_peer,
     "where another role is; the first of a role gets what is not an answer"},
    {"variant", variant_args, false, sizeof(unsigned), NULL, apply_variant, "default hardened"},
    {"with", switch_args, true, sizeof(unsigned), NULL, apply_with, "switches a correction on"},
    {"without", switch_args, true, sizeof(unsigned), NULL, apply_without,
     "switches a correction off"},
    {"pace", pace_args, false, sizeof(unsigned), NULL, apply_pace, "scales all timers but te2e"},
    {"timer", timer_args, true, sizeof(struct timer_values), NULL, apply_timer,
     "sets one timer, not scaled; cap is the end of its backoff"},
    {"seed", seed_args, false, sizeof(uint64_t), NULL, apply_seed,
     "predictable keys, for simulations only"},
    {"state", state_args, false, CONFIG_FILE_MAX + 1, NULL, apply_state,
     "keep what must survive a restart in this SQLite file; default: keep nothing"},
    {"contexts", contexts_args, false, sizeof(uint32_t), NULL, apply_contexts,
     "how many UEs there is room for"},
    {NULL, NULL, false, 0, NULL, NULL, NULL},
};
