#include "scenarios/sim/drive/virtual.h"

#include "common/base/ensure.h"
#include "scenarios/sim/drive/clockwork.h"

#include <stdio.h>
#include <string.h>

struct virtual
{
    const struct trace_run *run;
    struct stage *stage;
    uint64_t now_us;
    bool (*settled)(void *arg, uint64_t now_us);
    void *settled_arg;
    struct seat *seats[ROLE_VN]; /* by role: those before VN */
};

/* ---- what the seats want ---- */

static void seat_sends(void *arg, enum role from, enum role to, const uint8_t *octets, size_t len)
{
    struct virtual *v = arg;

    stage_send(v->stage, v->now_us, from, to, octets, len);
}

static void seat_occurs(void *arg, const struct occur *o)
{
    struct virtual *v = arg;

    stage_occur(v->stage, v->now_us, o);
}

/* ---- what the stage wants ---- */

/* A call of the seat of |role| is over, which |was_up| before it. */
static void look_after(struct virtual *v, enum role role, bool was_up, enum err err)
{
    if (err == ERR_NO_ROOM) {
        stage_fail(v->stage, v->now_us, "memory is short");
    }
    if (was_up && !seat_is_up(v->seats[role])) {
        stage_died(v->stage, v->now_us, role);
    }
}

static void deliver(void *arg, uint64_t now_us, const struct relay_delivery *d)
{
    struct virtual *v = arg;
    bool was_up = seat_is_up(v->seats[d->to]);

    look_after(v, d->to, was_up, seat_datagram(v->seats[d->to], now_us, d));
}

static void order(void *arg, uint64_t now_us, enum role role, unsigned ue, const struct order *o)
{
    struct virtual *v = arg;
    const struct scn_ue *who = &v->run->scn->ues[ue];
    bool was_up = seat_is_up(v->seats[role]);
    enum err err = seat_order(v->seats[role], now_us, &who->imsi, o);

    if (err == ERR_UNKNOWN) {
        char words[128];

        snprintf(words, sizeof words, "%s has no context for %s", role_name(role), who->label);
        stage_fail(v->stage, now_us, words);
    }
    look_after(v, role, was_up, err);
}

static void kill_seat(struct virtual *v, uint64_t now_us, enum role role,
                      const struct scn_process *p)
{
    bool was_up = seat_is_up(v->seats[role]);

    (void)now_us;
    (void)p;
    seat_kill(v->seats[role]);
    look_after(v, role, was_up, ERR_OK);
}

static void start_seat(struct virtual *v, uint64_t now_us, enum role role,
                       const struct scn_process *p)
{
    char why[SEAT_WHY_MAX];

    if (seat_is_up(v->seats[role])) { /* paused, the datagram it should die of not taken yet */
        kill_seat(v, now_us, role, p);
    }
    stage_started(v->stage, now_us, role, p->left);
    if (seat_restart(v->seats[role], now_us, p, why) != ERR_OK) {
        stage_fail(v->stage, now_us, why);
        return;
    }
    stage_listens(v->stage, role);
}

static void pause_seat(struct virtual *v, uint64_t now_us, enum role role,
                       const struct scn_process *p)
{
    (void)now_us;
    (void)p;
    seat_pause(v->seats[role]);
}

static void resume_seat(struct virtual *v, uint64_t now_us, enum role role,
                        const struct scn_process *p)
{
    bool was_up = seat_is_up(v->seats[role]);

    (void)p;
    look_after(v, role, was_up, seat_resume(v->seats[role], now_us));
}

static void change_clock(struct virtual *v, uint64_t now_us, enum role role,
                         const struct scn_process *p)
{
    seat_clock(v->seats[role], now_us, p);
}

static void process(void *arg, uint64_t now_us, enum role role, const struct scn_process *p)
{
    static void (*const changes[PROCESS_CHANGE_COUNT])(
        struct virtual * v, uint64_t now_us, enum role role, const struct scn_process *p) = {
        [PROCESS_DIES] = kill_seat,     [PROCESS_STARTS] = start_seat,
        [PROCESS_PAUSES] = pause_seat,  [PROCESS_RESUMES] = resume_seat,
        [PROCESS_CLOCK] = change_clock,
    };

    changes[p->what](arg, now_us, role, p);
}

static void copy(void *arg, enum role role, unsigned number)
{
    struct virtual *v = arg;

    seat_copy(v->seats[role], number);
}

static bool is_settled(void *arg, uint64_t now_us)
{
    const struct virtual *v = arg;

    return v->settled == NULL || v->settled(v->settled_arg, now_us);
}

/* ---- the clock ---- */

static uint64_t next_timer(void *arg)
{
    const struct virtual *v = arg;
    uint64_t next = UINT64_MAX;

    for (unsigned i = 0; i < COUNT_OF(v->seats); i++) {
        uint64_t at_us = seat_deadline(v->seats[i]);

        next = at_us < next ? at_us : next;
    }
    return next;
}

static bool run_timers(void *arg, uint64_t now_us)
{
    struct virtual *v = arg;

    for (unsigned i = 0; i < COUNT_OF(v->seats); i++) {
        if (seat_deadline(v->seats[i]) <= now_us) {
            look_after(v, (enum role)i, true, seat_timers(v->seats[i], now_us));
            return true;
        }
    }
    return false;
}

/* ---- the whole ---- */

static enum err begin(struct virtual *v, const struct trace_sink *sinks, unsigned count,
                      char why[VIRTUAL_WHY_MAX])
{
    const struct stage_hooks hooks = {.arg = v,
                                      .deliver = deliver,
                                      .order = order,
                                      .process = process,
                                      .copy = copy,
                                      .settled = is_settled};
    const struct seat_hooks wants = {.arg = v, .send = seat_sends, .occur = seat_occurs};

    for (unsigned i = 0; i < COUNT_OF(v->seats); i++) {
        enum err err = seat_new(v->run->scn, (enum role)i, &wants, &v->seats[i], why);

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
    const struct clockwork clockwork = {.arg = &v, .deadline = next_timer, .timers = run_timers};
    enum err err = begin(&v, sinks, count, why);

    if (err == ERR_OK) {
        clockwork_play(v.stage, &clockwork, &v.now_us);
        stage_end(v.stage, v.now_us, out);
        for (unsigned i = 0; fired != NULL && i < run->scn->faults_count; i++) {
            fired[i] = stage_rule_fired(v.stage, i);
        }
    }
    stage_free(v.stage);
    for (unsigned i = 0; i < COUNT_OF(v.seats); i++) {
        seat_free(v.seats[i]);
    }
    return err;
}
