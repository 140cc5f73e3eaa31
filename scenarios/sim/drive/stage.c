#include "scenarios/sim/drive/stage.h"

#include "common/base/ensure.h"
#include "common/node/entropy.h"
#include "common/node/node.h"
#include "scenarios/sim/attacker/attacker.h"
#include "scenarios/sim/visited/vn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A process as the script sees it. */
struct stage_process {
    bool gone; /* it has been told to die, and not to start again */
    bool paused;
    unsigned line; /* of the sentence about it in hand */
};

/* An order that waits for its role's process. */
struct waiting {
    enum role role;
    unsigned ue;
    struct order order;
};

/* Datagrams that arrive at one instant before the network is given up as one that never rests. */
enum { INSTANT_MAX = 5000000 };

struct stage {
    const struct trace_run *run;
    const struct trace_sink *sinks;
    unsigned sinks_count;
    struct stage_hooks hooks;
    struct relay *relay;
    struct director *director;
    struct attacker *attacker; /* NULL: no sentence speaks of what he knows */
    struct node *vn;
    struct vn_conf vn_conf;
    struct stage_process processes[ROLE_COUNT];
    struct waiting *waiting; /* in the order in which they were given */
    unsigned waiting_count;
    unsigned waiting_cap;
    uint64_t now_us;   /* not before the last event */
    uint64_t event_us; /* of the last event */
    uint64_t instant_us;
    unsigned instant; /* datagrams that have arrived at |instant_us| */
    enum over over;
    bool failed;
    char why[256];
};

/* ---- the trace ---- */

static void tell(struct stage *s, struct trace_event *e)
{
    if (e->t_us < s->now_us) {
        e->t_us = s->now_us;
    }
    s->now_us = e->t_us;
    s->event_us = e->t_us;
    for (unsigned i = 0; i < s->sinks_count; i++) {
        s->sinks[i].event(s->sinks[i].arg, e);
    }
    director_event(s->director, e);
    relay_event(s->relay, e);
    if (s->attacker != NULL) {
        attacker_event(s->attacker, e);
    }
}

static void tell_kind(struct stage *s, uint64_t now_us, enum trace_kind kind)
{
    struct trace_event e = {.kind = kind, .t_us = now_us, .ue = -1};

    tell(s, &e);
}

static void tell_msg(void *arg, const struct trace_event *e)
{
    struct trace_event copy = *e;

    tell(arg, &copy);
}

void stage_occur(struct stage *s, uint64_t now_us, const struct occur *o)
{
    struct trace_event e = {.kind = TRACE_OCCUR, .t_us = now_us, .ue = -1};

    relay_observe(s->relay, o);
    if (o->ue.len > 0) {
        e.ue = scenario_ue(s->run->scn, o->ue.s);
    }
    e.u.occur = *o;
    tell(s, &e);
}

void stage_fail(struct stage *s, uint64_t now_us, const char *words)
{
    struct trace_event e = {.kind = TRACE_FAILED, .t_us = now_us, .ue = -1};

    if (s->failed) {
        return;
    }
    s->failed = true;
    snprintf(s->why, sizeof s->why, "%s", words);
    snprintf(e.u.failed.words, sizeof e.u.failed.words, "%s", words);
    tell(s, &e);
}

/* ---- the visited network ---- */

static void vn_send(void *arg, enum role to, const struct node_addr *addr, const struct ident *ue,
                    const uint8_t *octets, size_t len)
{
    struct stage *s = arg;

    (void)addr;
    (void)ue;
    stage_send(s, s->now_us, ROLE_VN, to, octets, len);
}

static void vn_occur(void *arg, const struct occur *o)
{
    stage_occur(arg, o->t_us, o);
}

static void vn_entropy(void *arg, const struct ident *ue, uint64_t draw, uint8_t out[ENTROPY_LEN])
{
    const struct stage *s = arg;

    entropy_seeded(s->run->scn->seed, ROLE_VN, ue, draw, out);
}

static bool make_vn(struct stage *s)
{
    const struct scenario *scn = s->run->scn;
    const struct node_hooks hooks = {
        .arg = s, .send = vn_send, .occur = vn_occur, .entropy = vn_entropy};

    s->vn_conf.base.variant = scn->variant;
    s->vn_conf.base.timing = scn->timing;
    s->vn = node_new(&vn_machine, &s->vn_conf, scn->ues_count + 1, &hooks);
    for (unsigned i = 0; s->vn != NULL && i < scn->ues_count; i++) {
        ENSURE(node_context(s->vn, &scn->ues[i].imsi) != NULL);
    }
    return s->vn != NULL;
}

/* ---- processes ---- */

static void tell_process(struct stage *s, uint64_t now_us, enum role role, enum process_change what,
                         enum state_left left)
{
    struct trace_event e = {.kind = TRACE_PROCESS, .t_us = now_us, .ue = -1};

    e.u.process.role = role;
    e.u.process.what = what;
    e.u.process.left = left;
    e.u.process.line = s->processes[role].line;
    tell(s, &e);
}

/* From now on nothing reaches it. */
static void goes(struct stage *s, enum role role, unsigned line)
{
    s->processes[role].gone = true;
    s->processes[role].paused = false;
    s->processes[role].line = line;
    relay_set_down(s->relay, role, true, line);
}

static void end_process(struct stage *s, uint64_t now_us, enum role role, unsigned line)
{
    static const struct scn_process die = {.what = PROCESS_DIES};

    if (!s->processes[role].gone) {
        goes(s, role, line);
        s->hooks.process(s->hooks.arg, now_us, role, &die);
    }
}

void stage_died(struct stage *s, uint64_t now_us, enum role role)
{
    tell_process(s, now_us, role, PROCESS_DIES, LEFT_ALL);
}

void stage_started(struct stage *s, uint64_t now_us, enum role role, enum state_left left)
{
    s->processes[role].gone = false;
    relay_set_down(s->relay, role, false, 0);
    tell_process(s, now_us, role, PROCESS_STARTS, left);
}

void stage_listens(struct stage *s, enum role role)
{
    unsigned kept = 0;
    unsigned count = s->waiting_count;

    for (unsigned i = 0; i < count; i++) {
        const struct waiting w = s->waiting[i];

        if (w.role == role) {
            s->hooks.order(s->hooks.arg, s->now_us, role, w.ue, &w.order);
        } else {
            s->waiting[kept++] = w;
        }
    }
    s->waiting_count = kept;
}

static void let_wait(struct stage *s, enum role role, unsigned ue, const struct order *o)
{
    if (s->waiting_count == s->waiting_cap) {
        unsigned cap = s->waiting_cap == 0 ? 16 : 2 * s->waiting_cap;
        struct waiting *waiting = realloc(s->waiting, cap * sizeof *waiting);

        if (waiting == NULL) {
            stage_fail(s, s->now_us, "memory is short: an order is lost");
            return;
        }
        s->waiting = waiting;
        s->waiting_cap = cap;
    }
    s->waiting[s->waiting_count++] = (struct waiting){.role = role, .ue = ue, .order = *o};
}

/* What a paused process may be told is to go on; what a gone one may be told is to start. */
static void change_process(void *arg, const struct scn_action *a)
{
    struct stage *s = arg;
    struct stage_process *p = &s->processes[a->role];
    const enum process_change what = a->process.what;

    if (a->kind == ACTION_COPY) {
        s->hooks.copy(s->hooks.arg, a->role, a->process.copy);
        return;
    }
    if (what == PROCESS_DIES || what == PROCESS_STARTS) {
        end_process(s, s->now_us, a->role, a->line);
    }
    if (what == PROCESS_DIES || (p->gone && what != PROCESS_STARTS && what != PROCESS_CLOCK) ||
        (what == PROCESS_PAUSES && p->paused) || (what == PROCESS_RESUMES && !p->paused)) {
        return;
    }
    p->line = a->line;
    if (what != PROCESS_STARTS) {
        p->paused = what == PROCESS_PAUSES || (what == PROCESS_CLOCK && p->paused);
        tell_process(s, s->now_us, a->role, what, LEFT_ALL);
    }
    s->hooks.process(s->hooks.arg, s->now_us, a->role, &a->process);
}

static bool make_attacker(struct stage *s, const struct trace_sink *sink)
{
    if (!scenario_followed(s->run->scn, NULL)) {
        return true;
    }
    s->attacker = attacker_new(s->run->scn, sink);
    return s->attacker != NULL;
}

/* ---- what the director wants ---- */

static void give_order(void *arg, enum role role, unsigned ue, const struct order *o, unsigned line)
{
    struct stage *s = arg;
    struct trace_event e = {.kind = TRACE_ORDER, .t_us = s->now_us, .ue = (int)ue};

    e.u.order.role = role;
    e.u.order.kind = o->kind;
    e.u.order.line = line;
    e.u.order.len = o->kind == ORDER_SEND ? o->len : 0;
    memcpy(e.u.order.payload, o->payload, e.u.order.len);
    tell(s, &e);
    if (role == ROLE_VN) {
        ENSURE(node_order(s->vn, s->now_us, &s->run->scn->ues[ue].imsi, o) == ERR_OK);
    } else if (s->processes[role].gone) {
        let_wait(s, role, ue, o);
    } else {
        s->hooks.order(s->hooks.arg, s->now_us, role, ue, o);
    }
}

static void change_link(void *arg, enum role from, enum role to, const struct scn_link *link,
                        unsigned line)
{
    struct stage *s = arg;
    struct trace_event e = {.kind = TRACE_LINK, .t_us = s->now_us, .ue = -1};

    e.u.link.from = from;
    e.u.link.to = to;
    e.u.link.line = line;
    relay_set_link(s->relay, from, to, link);
    tell(s, &e);
}

/* What he sends, he makes with what he knows at that moment. */
static void inject(void *arg, unsigned fault)
{
    struct stage *s = arg;
    const enum scn_fault_kind kind = s->run->scn->faults[fault].kind;
    struct forge_keys keys = {.has_e2e = false};

    if (kind == FAULT_LEAK) {
        attacker_leak(s->attacker, s->now_us, fault);
        return;
    }
    if (kind == FAULT_FORGE && s->attacker != NULL) {
        attacker_keys(s->attacker, fault, &keys);
    }
    if (relay_inject(s->relay, s->now_us, fault, &keys) != ERR_OK) {
        stage_fail(s, s->now_us, "memory is short: nothing could be injected");
    }
    bytes_wipe(&keys, sizeof keys);
}

static bool is_settled(void *arg, uint64_t now_us)
{
    struct stage *s = arg;

    return s->hooks.settled == NULL || s->hooks.settled(s->hooks.arg, now_us);
}

static uint64_t in_flight(void *arg)
{
    const struct stage *s = arg;

    return relay_counters(s->relay)->in_flight + relay_counters(s->relay)->held;
}

/* ---- begin and end ---- */

struct stage *stage_new(const struct trace_run *run, const struct trace_sink *sinks, unsigned count,
                        const struct stage_hooks *hooks)
{
    struct stage *s = calloc(1, sizeof *s);
    const struct trace_sink sink = {.arg = s, .event = tell_msg};
    const struct director_hooks wants = {.arg = s,
                                         .order = give_order,
                                         .link = change_link,
                                         .inject = inject,
                                         .process = change_process,
                                         .settled = is_settled,
                                         .in_flight = in_flight};

    if (s == NULL) {
        return NULL;
    }
    s->run = run;
    s->sinks = sinks;
    s->sinks_count = count;
    s->hooks = *hooks;
    s->relay = relay_new(run->scn, &sink);
    s->director = director_new(run->scn, &wants);
    if (s->relay == NULL || s->director == NULL || !make_vn(s) || !make_attacker(s, &sink)) {
        stage_free(s);
        return NULL;
    }
    tell_kind(s, 0, TRACE_RUN);
    return s;
}

void stage_free(struct stage *s)
{
    if (s == NULL) {
        return;
    }
    node_free(s->vn);
    attacker_free(s->attacker);
    director_free(s->director);
    relay_free(s->relay);
    free(s->waiting);
    free(s);
}

bool stage_over(const struct stage *s)
{
    return s->failed || s->over != OVER_NOT;
}

void stage_end(struct stage *s, uint64_t now_us, struct outcome *out)
{
    relay_finish(s->relay, now_us > s->now_us ? now_us : s->now_us);
    if (!relay_adds_up(s->relay)) {
        stage_fail(s, now_us, "the network has lost count of its datagrams");
    }
    if (s->attacker != NULL && !attacker_is_whole(s->attacker)) {
        stage_fail(s, now_us,
                   "the attacker has lost track: memory is short, or too many keys are possible");
    }
    tell_kind(s, now_us, TRACE_END);
    memset(out, 0, sizeof *out);
    out->over = s->failed ? OVER_NOT : s->over;
    out->failed = s->failed;
    memcpy(out->why, s->why, sizeof out->why);
    out->end_us = s->now_us;
    out->net = *relay_counters(s->relay);
    out->waiting = director_waiting(s->director);
}

uint32_t stage_rule_fired(const struct stage *s, unsigned i)
{
    return s->run->scn->faults[i].kind == FAULT_LEAK ? attacker_leaked(s->attacker, i)
                                                     : relay_rule_fired(s->relay, i);
}

/* ---- the run ---- */

void stage_send(struct stage *s, uint64_t now_us, enum role from, enum role to,
                const uint8_t *octets, size_t len)
{
    unsigned line;

    if (now_us < s->now_us) {
        now_us = s->now_us;
    }
    if (relay_send(s->relay, now_us, from, to, octets, len) != ERR_OK) {
        stage_fail(s, now_us, "memory is short: the network has lost a datagram");
    }
    while (relay_killed(s->relay, &from, &line)) {
        end_process(s, now_us, from, line);
    }
}

static void hand_over(struct stage *s, uint64_t now_us, const struct relay_delivery *d)
{
    static const struct node_addr nowhere;

    if (d->kill != KILL_NOBODY) {
        goes(s, d->to, d->line);
    }
    if (d->to == ROLE_VN) {
        node_datagram(s->vn, now_us, d->from, &nowhere, d->octets, d->len);
    } else {
        s->hooks.deliver(s->hooks.arg, now_us, d);
    }
}

/* A protocol that answers at once over links that take no time may never come to rest. */
static bool rests(struct stage *s, uint64_t now_us)
{
    if (now_us != s->instant_us) {
        s->instant_us = now_us;
        s->instant = 0;
    }
    if (++s->instant <= INSTANT_MAX) {
        return true;
    }
    stage_fail(s, now_us, "the network never rests: 5 million datagrams at one instant");
    return false;
}

bool stage_network(struct stage *s, uint64_t now_us)
{
    struct relay_delivery d;
    bool did = false;

    while (!s->failed && relay_pop(s->relay, now_us, &d)) {
        did = true;
        if (rests(s, now_us)) {
            hand_over(s, now_us, &d);
        }
    }
    return did;
}

bool stage_timers(struct stage *s, uint64_t now_us)
{
    if (s->failed || node_deadline(s->vn) > now_us) {
        return false;
    }
    node_run_timers(s->vn, now_us);
    return true;
}

/* When what is held is released in vain: nothing has happened for long, and the script will do
 * nothing by itself. */
static uint64_t idle_deadline(const struct stage *s)
{
    if (relay_counters(s->relay)->held == 0 || director_busy(s->director)) {
        return UINT64_MAX;
    }
    return s->event_us + relay_idle_us(s->relay);
}

void stage_script(struct stage *s, uint64_t now_us)
{
    if (now_us > s->now_us) {
        s->now_us = now_us;
    }
    if (!stage_over(s) && idle_deadline(s) <= now_us) {
        s->event_us = now_us; /* the next one is given its time too */
        relay_release_idle(s->relay, now_us);
    }
    if (!stage_over(s)) {
        s->over = director_run(s->director, now_us);
    }
}

uint64_t stage_deadline(const struct stage *s)
{
    uint64_t next = director_deadline(s->director);

    next = relay_deadline(s->relay) < next ? relay_deadline(s->relay) : next;
    next = idle_deadline(s) < next ? idle_deadline(s) : next;
    return node_deadline(s->vn) < next ? node_deadline(s->vn) : next;
}

void stage_run(struct stage *s, uint64_t now_us)
{
    do {
        while (stage_network(s, now_us) || stage_timers(s, now_us)) {
        }
        stage_script(s, now_us);
    } while (!stage_over(s) && stage_deadline(s) <= now_us);
}

bool stage_is_still(const struct stage *s)
{
    return s->run->scn->end_us == 0 && stage_deadline(s) >= s->run->scn->limit_us &&
           relay_counters(s->relay)->in_flight + relay_counters(s->relay)->held == 0;
}

void stage_close(struct stage *s)
{
    if (!stage_over(s)) {
        s->over = OVER_QUIET;
    }
}
