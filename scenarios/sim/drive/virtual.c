#include "scenarios/sim/drive/virtual.h"

#include "common/base/ensure.h"
#include "common/daemon/config.h"
#include "common/node/entropy.h"
#include "eese/setup.h"
#include "emse/setup.h"
#include "hss/setup.h"
#include "scenarios/sim/drive/deploy.h"
#include "ue/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct virtual;

/* One of the four nodes, as its hooks know it. */
struct seat {
    struct virtual *run;
    enum role role;
    struct setup setup;
};

struct virtual
{
    const struct trace_run *run;
    struct stage *stage;
    uint64_t now_us;
    bool (*settled)(void *arg, uint64_t now_us);
    void *settled_arg;
    struct seat seats[ROLE_VN]; /* by role: those before VN */
};

static config_setup *const setups[ROLE_VN] = {
    [ROLE_HSS] = hss_setup,
    [ROLE_EMSE] = emse_setup,
    [ROLE_EESE] = eese_setup,
    [ROLE_UE] = ue_setup,
};

/* ---- what nodes want ---- */

static void seat_send(void *arg, enum role to, const struct node_addr *addr, const struct ident *ue,
                      const uint8_t *octets, size_t len)
{
    const struct seat *seat = arg;

    (void)addr; /* one process has all UEs */
    (void)ue;
    stage_send(seat->run->stage, seat->run->now_us, seat->role, to, octets, len);
}

static void seat_occur(void *arg, const struct occur *o)
{
    const struct seat *seat = arg;

    stage_occur(seat->run->stage, seat->run->now_us, o);
}

static void seat_entropy(void *arg, const struct ident *ue, uint64_t draw, uint8_t out[ENTROPY_LEN])
{
    const struct seat *seat = arg;

    entropy_seeded(seat->run->run->scn->seed, seat->role, ue, draw, out);
}

/* ---- what the stage wants ---- */

/* Where a datagram seems to come from: the port of a role. */
static struct node_addr address_of(enum role r)
{
    return (struct node_addr){.len = 1, .octets = {(uint8_t)(r + 1)}};
}

static void deliver(void *arg, uint64_t now_us, const struct relay_delivery *d)
{
    struct virtual *v = arg;
    const struct node_addr from = address_of(d->from);

    node_datagram(v->seats[d->to].setup.node, now_us, d->from, &from, d->octets, d->len);
}

static void order(void *arg, uint64_t now_us, enum role role, unsigned ue, const struct order *o)
{
    struct virtual *v = arg;
    const struct scn_ue *who = &v->run->scn->ues[ue];

    if (node_order(v->seats[role].setup.node, now_us, &who->imsi, o) != ERR_OK) {
        char words[128];

        snprintf(words, sizeof words, "%s has no context for %s", role_name(role), who->label);
        stage_fail(v->stage, now_us, words);
    }
}

static bool is_settled(void *arg, uint64_t now_us)
{
    const struct virtual *v = arg;

    return v->settled == NULL || v->settled(v->settled_arg, now_us);
}

/* ---- the clock ---- */

static uint64_t next_timer(const struct virtual *v)
{
    uint64_t next = UINT64_MAX;

    for (unsigned i = 0; i < COUNT_OF(v->seats); i++) {
        uint64_t at_us = node_deadline(v->seats[i].setup.node);

        next = at_us < next ? at_us : next;
    }
    return next;
}

/* The timers of one node that are due. Returns false when none is. */
static bool run_timers(struct virtual *v)
{
    for (unsigned i = 0; i < COUNT_OF(v->seats); i++) {
        if (node_deadline(v->seats[i].setup.node) <= v->now_us) {
            node_run_timers(v->seats[i].setup.node, v->now_us);
            return true;
        }
    }
    return stage_timers(v->stage, v->now_us);
}

static void play(struct virtual *v)
{
    while (!stage_over(v->stage)) {
        uint64_t at_us = stage_deadline(v->stage);
        uint64_t timer_us = next_timer(v);

        if (timer_us == UINT64_MAX && stage_is_still(v->stage)) {
            stage_close(v->stage);
            return;
        }
        at_us = timer_us < at_us ? timer_us : at_us;
        v->now_us = at_us > v->now_us ? at_us : v->now_us;
        while (stage_network(v->stage, v->now_us) || run_timers(v)) {
        }
        stage_script(v->stage, v->now_us);
    }
}

/* ---- the whole ---- */

static enum err seat_role(struct virtual *v, enum role role, char why[VIRTUAL_WHY_MAX])
{
    struct seat *seat = &v->seats[role];
    const struct node_hooks hooks = {
        .arg = seat, .send = seat_send, .occur = seat_occur, .entropy = seat_entropy};
    char *text = NULL;
    size_t len = 0;
    enum err err;

    seat->run = v;
    seat->role = role;
    err = deploy_text(v->run->scn, role, NULL, &text, &len);
    if (err == ERR_OK) {
        err = setups[role](text, len, role_name(role), &hooks, &seat->setup, why, VIRTUAL_WHY_MAX);
        bytes_wipe(text, len);
        free(text);
    }
    if (err == ERR_NO_ROOM) {
        snprintf(why, VIRTUAL_WHY_MAX, "memory is short");
    }
    return err;
}

static enum err begin(struct virtual *v, const struct trace_sink *sinks, unsigned count,
                      char why[VIRTUAL_WHY_MAX])
{
    const struct stage_hooks hooks = {
        .arg = v, .deliver = deliver, .order = order, .settled = is_settled};

    for (unsigned i = 0; i < COUNT_OF(v->seats); i++) {
        enum err err = seat_role(v, (enum role)i, why);

        if (err != ERR_OK) {
            return err;
        }
    }
    v->stage = stage_new(v->run, sinks, count, &hooks);
    if (v->stage == NULL) {
        snprintf(why, VIRTUAL_WHY_MAX, "memory is short");
        return ERR_NO_ROOM;
    }
    return ERR_OK;
}

enum err virtual_run(const struct trace_run *run, const struct trace_sink *sinks, unsigned count,
                     bool (*settled)(void *arg, uint64_t now_us), void *arg, uint32_t *fired,
                     struct outcome *out, char why[VIRTUAL_WHY_MAX])
{
    struct virtual v = {.run = run, .settled = settled, .settled_arg = arg};
    enum err err = begin(&v, sinks, count, why);

    if (err == ERR_OK) {
        play(&v);
        stage_end(v.stage, v.now_us, out);
        for (unsigned i = 0; fired != NULL && i < run->scn->faults_count; i++) {
            fired[i] = stage_rule_fired(v.stage, i);
        }
    }
    stage_free(v.stage);
    for (unsigned i = 0; i < COUNT_OF(v.seats); i++) {
        setup_free(&v.seats[i].setup);
    }
    return err;
}
