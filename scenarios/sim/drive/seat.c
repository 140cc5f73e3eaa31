#include "scenarios/sim/drive/seat.h"

#include "common/base/ensure.h"
#include "common/daemon/config.h"
#include "common/node/entropy.h"
#include "common/node/skew.h"
#include "eese/eese.h"
#include "eese/setup.h"
#include "emse/emse.h"
#include "emse/setup.h"
#include "hss/hss.h"
#include "hss/setup.h"
#include "scenarios/sim/drive/deploy.h"
#include "scenarios/sim/drive/disk.h"
#include "ue/setup.h"
#include "ue/ue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a paused one has not taken yet. */
struct waiting {
    bool is_order;
    struct relay_delivery delivery;
    struct ident ue;
    struct order order;
};

/* What the event in hand has sent: it leaves when all else of the event is told. */
struct outgoing {
    enum role to;
    size_t len;
    uint8_t octets[DATAGRAM_MAX];
};

struct seat {
    const struct scenario *scn;
    enum role role;
    struct seat_hooks hooks;
    struct setup setup; /* its node is NULL when it is dead */
    struct disk *disk;  /* NULL: it cannot die, so it keeps nothing */
    bool late;          /* correction off: told and sent before it is durable */
    bool busy;          /* an event is in hand */
    bool doomed;        /* dies at its end */
    bool mute;          /* nothing of the event in hand is told or sent */
    bool lost;          /* nor kept */
    bool full;          /* memory is short: something could not be kept */
    bool paused;
    unsigned life; /* from 0 */
    uint64_t seed; /* of this life's entropy */
    struct skew clock;
    struct order start; /* of a restart; the node borrows it */
    struct waiting *waiting;
    unsigned waiting_count;
    unsigned waiting_cap;
    struct outgoing *out;
    unsigned out_count;
    unsigned out_cap;
};

static config_setup *const setups[ROLE_VN] = {
    [ROLE_HSS] = hss_setup,
    [ROLE_EMSE] = emse_setup,
    [ROLE_EESE] = eese_setup,
    [ROLE_UE] = ue_setup,
};

static const enum sw durables[ROLE_VN] = {
    [ROLE_HSS] = SW_DURABLE_HSS,
    [ROLE_EMSE] = SW_DURABLE_EMSE,
    [ROLE_EESE] = SW_DURABLE_EESE,
    [ROLE_UE] = SW_DURABLE_UE,
};

/* ---- what its node wants ---- */

static struct outgoing *one_more(struct seat *s)
{
    if (s->out_count == s->out_cap) {
        unsigned cap = s->out_cap == 0 ? 16 : 2 * s->out_cap;
        struct outgoing *out = realloc(s->out, cap * sizeof *out);

        if (out == NULL) {
            return NULL;
        }
        s->out = out;
        s->out_cap = cap;
    }
    return &s->out[s->out_count++];
}

static void node_sends(void *arg, enum role to, const struct node_addr *addr,
                       const struct ident *ue, const uint8_t *octets, size_t len)
{
    struct seat *s = arg;
    struct outgoing *o;

    (void)addr; /* one process has all UEs */
    (void)ue;
    if (s->mute) {
        return;
    }
    o = one_more(s);
    if (o == NULL) {
        s->full = true;
        return;
    }
    o->to = to;
    o->len = len;
    memcpy(o->octets, octets, len);
}

static void node_occurs(void *arg, const struct occur *o)
{
    struct seat *s = arg;

    if (!s->mute) {
        s->hooks.occur(s->hooks.arg, o);
    } else if (o->kind == OCCUR_DELIVER && !s->lost) {
        s->full = s->full || disk_tell_later(s->disk, o) != ERR_OK;
    }
}

static void node_saves(void *arg, const struct node_record *r)
{
    struct seat *s = arg;

    s->full = s->full || disk_save(s->disk, r) != ERR_OK;
}

static void node_draws(void *arg, const struct ident *ue, uint64_t draw, uint8_t out[ENTROPY_LEN])
{
    const struct seat *s = arg;

    entropy_seeded(s->seed, s->role, ue, draw, out);
}

/* ---- its beginning ---- */

static enum err take_back(void *arg, const struct node_record *r)
{
    struct seat *s = arg;

    return node_restore(s->setup.node, r);
}

/* What durable_open() of a daemon does. */
static enum err restore(struct seat *s, char why[SEAT_WHY_MAX])
{
    uint64_t starts = disk_start(s->disk);
    enum err err = starts == 0 ? ERR_NO_ROOM : ERR_OK;

    if (err == ERR_OK) {
        s->seed = entropy_life_seed(s->seed, starts);
        if (s->setup.drawn != NULL) {
            disk_keep(s->disk, s->setup.drawn, s->setup.drawn_len);
        }
        err = disk_load(s->disk, take_back, s);
    }
    if (err != ERR_OK) {
        snprintf(why, SEAT_WHY_MAX, "the state of %s does not come back: %s", role_name(s->role),
                 err_words(err));
    }
    return err;
}

static enum err begin_life(struct seat *s, char why[SEAT_WHY_MAX])
{
    const struct node_hooks hooks = {.arg = s,
                                     .send = node_sends,
                                     .occur = node_occurs,
                                     .entropy = node_draws,
                                     .save = s->disk == NULL ? NULL : node_saves};
    char *text = NULL;
    size_t len = 0;
    enum err err = deploy_text(s->scn, s->role, s->life, NULL, &text, &len);

    if (err == ERR_OK) {
        err = setups[s->role](text, len, role_name(s->role), &hooks, &s->setup, why, SEAT_WHY_MAX);
        bytes_wipe(text, len);
        free(text);
    }
    if (err == ERR_NO_ROOM) {
        snprintf(why, SEAT_WHY_MAX, "memory is short");
    }
    if (err == ERR_OK) {
        s->seed = s->setup.shared.seed;
    }
    return err == ERR_OK && s->disk != NULL ? restore(s, why) : err;
}

static size_t ctx_size_of(enum role role)
{
    static const struct machine *const machines[ROLE_VN] = {[ROLE_HSS] = &hss_machine,
                                                            [ROLE_EMSE] = &emse_machine,
                                                            [ROLE_EESE] = &eese_machine,
                                                            [ROLE_UE] = &ue_machine};

    return machines[role]->ctx_size;
}

enum err seat_new(const struct scenario *scn, enum role role, const struct seat_hooks *hooks,
                  struct seat **out, char why[SEAT_WHY_MAX])
{
    struct seat *s = calloc(1, sizeof *s);
    enum err err = ERR_NO_ROOM;

    snprintf(why, SEAT_WHY_MAX, "memory is short");
    if (s == NULL) {
        return ERR_NO_ROOM;
    }
    s->scn = scn;
    s->role = role;
    s->hooks = *hooks;
    s->late = !sw_on(&scn->variant, durables[role]);
    if (scenario_mortal(scn, role)) {
        s->disk = disk_new(ctx_size_of(role), scn->copies_count);
    }
    if (s->disk != NULL || !scenario_mortal(scn, role)) {
        err = begin_life(s, why);
    }
    if (err != ERR_OK) {
        seat_free(s);
        return err;
    }
    *out = s;
    return ERR_OK;
}

void seat_free(struct seat *s)
{
    if (s != NULL) {
        setup_free(&s->setup);
        disk_free(s->disk);
        free(s->waiting);
        free(s->out);
        free(s);
    }
}

/* ---- its death ---- */

bool seat_is_up(const struct seat *s)
{
    return s->setup.node != NULL;
}

static void end_life(struct seat *s)
{
    setup_free(&s->setup);
    memset(&s->setup, 0, sizeof s->setup);
    s->doomed = false;
    s->mute = false;
    s->lost = false;
    s->paused = false;
    s->waiting_count = 0;
}

/* The event in hand is over. */
static enum err settle(struct seat *s)
{
    for (unsigned i = 0; i < s->out_count; i++) {
        const struct outgoing *o = &s->out[i];

        s->hooks.send(s->hooks.arg, s->role, o->to, o->octets, o->len);
    }
    s->out_count = 0;
    s->busy = false;
    if (s->disk != NULL && s->lost) {
        disk_forget(s->disk);
    } else if (s->disk != NULL) {
        disk_commit(s->disk);
    }
    if (s->doomed) {
        end_life(s);
    }
    return s->full ? ERR_NO_ROOM : ERR_OK;
}

void seat_kill(struct seat *s)
{
    if (s->busy) {
        s->doomed = true;
    } else {
        end_life(s);
    }
}

/* ---- what happens to it ---- */

static struct waiting *wait_for_resume(struct seat *s)
{
    if (s->waiting_count == s->waiting_cap) {
        unsigned cap = s->waiting_cap == 0 ? 16 : 2 * s->waiting_cap;
        struct waiting *waiting = realloc(s->waiting, cap * sizeof *waiting);

        if (waiting == NULL) {
            return NULL;
        }
        s->waiting = waiting;
        s->waiting_cap = cap;
    }
    memset(&s->waiting[s->waiting_count], 0, sizeof s->waiting[0]);
    return &s->waiting[s->waiting_count++];
}

/* Where a datagram seems to come from: the port of a role. */
static struct node_addr address_of(enum role r)
{
    return (struct node_addr){.len = 1, .octets = {(uint8_t)(r + 1)}};
}

enum err seat_datagram(struct seat *s, uint64_t now_us, const struct relay_delivery *d)
{
    const struct node_addr from = address_of(d->from);

    if (!seat_is_up(s)) {
        return ERR_OK;
    }
    if (s->paused) {
        struct waiting *w = wait_for_resume(s);

        if (w != NULL) {
            w->delivery = *d;
        }
        return w == NULL ? ERR_NO_ROOM : ERR_OK;
    }
    s->doomed = d->kill != KILL_NOBODY;
    s->mute = s->doomed && !s->late;
    s->lost = d->kill == KILL_RECEIVER_BEFORE;
    s->busy = true;
    node_datagram(s->setup.node, skew_local(&s->clock, now_us), d->from, &from, d->octets, d->len);
    return settle(s);
}

enum err seat_order(struct seat *s, uint64_t now_us, const struct ident *ue, const struct order *o)
{
    enum err err;

    if (!seat_is_up(s)) {
        return ERR_OK;
    }
    if (s->paused) {
        struct waiting *w = wait_for_resume(s);

        if (w != NULL) {
            w->is_order = true;
            w->ue = *ue;
            w->order = *o;
        }
        return w == NULL ? ERR_NO_ROOM : ERR_OK;
    }
    s->busy = true;
    err = node_order(s->setup.node, skew_local(&s->clock, now_us), ue, o);
    return settle(s) != ERR_OK ? ERR_NO_ROOM : err;
}

enum err seat_timers(struct seat *s, uint64_t now_us)
{
    if (!seat_is_up(s) || s->paused) {
        return ERR_OK;
    }
    s->busy = true;
    node_run_timers(s->setup.node, skew_local(&s->clock, now_us));
    return settle(s);
}

uint64_t seat_deadline(const struct seat *s)
{
    return !seat_is_up(s) || s->paused ? UINT64_MAX
                                       : skew_real(&s->clock, node_deadline(s->setup.node));
}

/* ---- the script's sentences about it ---- */

static void tell_again(void *arg, const struct occur *o)
{
    struct seat *s = arg;

    s->hooks.occur(s->hooks.arg, o);
}

enum err seat_restart(struct seat *s, uint64_t now_us, const struct scn_process *p,
                      char why[SEAT_WHY_MAX])
{
    enum err err;

    ENSURE(!seat_is_up(s) && s->disk != NULL);
    if (!disk_lose(s->disk, p->left, p->copy)) {
        snprintf(why, SEAT_WHY_MAX, "%s starts again with a copy of its state before it was made",
                 role_name(s->role));
        return ERR_BAD_FIELD;
    }
    s->life++;
    err = begin_life(s, why);
    if (err != ERR_OK) {
        return err;
    }
    s->busy = true;
    disk_untold(s->disk, tell_again, s);
    s->start = (struct order){.kind = ORDER_START};
    (void)node_resume(s->setup.node, skew_local(&s->clock, now_us), &s->start, UINT32_MAX);
    return settle(s);
}

void seat_copy(struct seat *s, unsigned copy)
{
    disk_copy(s->disk, copy);
}

void seat_pause(struct seat *s)
{
    s->paused = seat_is_up(s);
}

enum err seat_resume(struct seat *s, uint64_t now_us)
{
    enum err err = ERR_OK;
    unsigned count = s->waiting_count;

    if (!s->paused) {
        return ERR_OK;
    }
    s->paused = false;
    err = seat_timers(s, now_us);
    for (unsigned i = 0; i < count && err == ERR_OK; i++) {
        const struct waiting w = s->waiting[i]; /* whose place may move meanwhile */

        err = w.is_order ? seat_order(s, now_us, &w.ue, &w.order)
                         : seat_datagram(s, now_us, &w.delivery);
    }
    s->waiting_count = 0;
    return err;
}

void seat_clock(struct seat *s, uint64_t now_us, const struct scn_process *p)
{
    s->clock = p->jumps ? skew_change(&s->clock, now_us, s->clock.ppm, p->jump_us)
                        : skew_change(&s->clock, now_us, p->ppm, 0);
}
