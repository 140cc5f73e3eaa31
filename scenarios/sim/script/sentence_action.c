/* Builders of what happens: links, actions with their triggers, faults. */
#include "scenarios/sim/script/parse.h"

#include <string.h>

enum { REPETITIONS_MAX = 1000000 };

#define QUEUE_US    UINT64_C(30000000)
#define MEAN_MAX_US UINT64_C(3600000000)

void push_action(struct parse *p)
{
    struct scenario *s = p->s;
    struct scn_action *longer;

    if (s->actions_count >= ACTIONS_MAX) {
        problem(p, &p->match.bind[0], "a scenario has at most %d actions", ACTIONS_MAX);
        return;
    }
    longer = grow(p, s->actions, s->actions_count, sizeof *s->actions);
    if (longer != NULL) {
        s->actions = longer;
        s->actions[s->actions_count++] = p->action;
    }
}

/* Triggers. */

static void new_action(struct parse *p)
{
    memset(&p->action, 0, sizeof p->action);
    p->action.ue = -1;
    p->action.from = ROLE_COUNT;
    p->action.to = ROLE_COUNT;
    p->action.trigger.cond.ue = -1;
    p->action.line = p->line;
}

void say_at(struct parse *p, const struct span *span)
{
    new_action(p);
    p->action.trigger.at_us = script_time(p, need(p, span, "time"));
    build_part(p, RULE_ACTION);
}

void say_every(struct parse *p, const struct span *span)
{
    const struct binding *period = need(p, span, "time");
    const struct binding *start = arg(p, span, "start");
    const struct binding *stop = need(p, span, "stop");
    struct scn_trigger *t;

    new_action(p);
    t = &p->action.trigger;
    t->every_us = period->value.n;
    t->at_us = start == NULL ? 0 : script_time(p, start);
    t->until_us = script_time(p, stop);
    if (t->every_us == 0) {
        problem(p, period, "expected a period above 0s");
    } else if (t->until_us < t->at_us) {
        problem(p, stop, "the last time is before the first");
    } else if ((t->until_us - t->at_us) / t->every_us >= REPETITIONS_MAX) {
        problem(p, period, "more than %d repetitions", REPETITIONS_MAX);
    }
    build_part(p, RULE_ACTION);
}

void say_when(struct parse *p, const struct span *span)
{
    const struct binding *delay = arg(p, span, "time");
    bool delayed =
        delay != NULL && delay == &p->match.bind[0]; /* `2s after ...`; else it is the action's */

    new_action(p);
    build_part(p, RULE_CONDITION);
    p->action.trigger.on_cond = true;
    p->action.trigger.cond = p->cond;
    p->action.trigger.at_us = delayed ? script_time(p, delay) : 0;
    build_part(p, RULE_ACTION);
}

/* Actions: orders to a role. */

/* |who| gets the order for the UE named in |span|, or for each UE. */
static void order(struct parse *p, const struct span *span, enum role who, enum order_kind kind)
{
    const struct binding *ue = arg(p, span, "ue");

    p->action.kind = ACTION_ORDER;
    p->action.role = who;
    p->action.ue = ue == NULL ? -1 : ue->value.ue;
    p->action.order.kind = kind;
}

void do_attach(struct parse *p, const struct span *span)
{
    order(p, span, ROLE_UE, ORDER_ATTACH);
    for (unsigned i = 0; keyword(p, span, "again") == NULL && i < p->s->ues_count; i++) {
        if (p->action.ue < 0 || (unsigned)p->action.ue == i) {
            p->s->ues[i].starts_attached = false;
        }
    }
    push_action(p);
}

static void data(struct parse *p, const struct span *span, enum role who)
{
    const struct binding *text = arg(p, span, "text");
    const struct binding *number = arg(p, span, "number");

    order(p, span, who, ORDER_SEND);
    if (text != NULL) {
        p->action.order.len = payload_of(p, text, p->action.order.payload);
    } else if (number != NULL) {
        p->action.random_len = (uint16_t)number_within(p, number, 1, PAYLOAD_MAX);
    }
    push_action(p);
}

void do_send(struct parse *p, const struct span *span)
{
    data(p, span, ROLE_UE);
}

void do_contact(struct parse *p, const struct span *span)
{
    data(p, span, ROLE_EESE);
}

void do_rekey(struct parse *p, const struct span *span)
{
    order(p, span, ROLE_EESE, ORDER_REKEY);
    push_action(p);
}

/* In the network where the UE is, unless another is named. */
void do_register(struct parse *p, const struct span *span)
{
    const struct binding *network = arg(p, span, "network");

    order(p, span, ROLE_VN, ORDER_REGISTER);
    if (network != NULL) {
        memcpy(p->action.order.plmn, network->value.octets, PLMN_LEN);
    } else {
        memcpy(p->action.order.plmn,
               p->action.ue < 0 ? p->s->home_plmn : p->s->ues[p->action.ue].plmn, PLMN_LEN);
    }
    push_action(p);
}

void do_move(struct parse *p, const struct span *span)
{
    order(p, span, ROLE_UE, ORDER_MOVE);
    memcpy(p->action.order.plmn, need(p, span, "network")->value.octets, PLMN_LEN);
    push_action(p);
}

/* Links. */

static bool link_exists(enum role from, enum role to)
{
    for (unsigned t = 0; t < MSG_TYPE_COUNT; t++) {
        if (msg_arrow_allowed((enum msg_type)t, from, to)) {
            return true;
        }
    }
    return false;
}

static uint32_t share_of(struct parse *p, const struct binding *b)
{
    if (b->value.n > 1000000) {
        problem(p, b, "expected a percentage up to 100%%, found '%s'", token_of(p, b)->text);
        return 0;
    }
    return (uint32_t)b->value.n;
}

/* Gilbert-Elliott: so much loss in bursts of that mean length must be possible at all. */
static void link_loss(struct parse *p, const struct span *span, const struct binding *loss)
{
    const struct binding *b = arg(p, span, "burst");
    uint64_t ppm;

    p->link.loss_ppm = share_of(p, loss);
    p->link_set |= LINK_SET_LOSS;
    if (b == NULL) {
        return;
    }
    p->link.burst = number_within(p, b, 1, 1000000);
    ppm = p->link.loss_ppm;
    if (ppm > p->link.burst * (1000000 - ppm)) {
        problem(p, loss, "bursts of %u can lose at most %u%%", p->link.burst,
                (unsigned)(100 * (uint64_t)p->link.burst / (p->link.burst + (uint64_t)1)));
        p->link.loss_ppm = 0;
    }
}

static void link_rate(struct parse *p, const struct span *span)
{
    const struct binding *b = arg(p, span, "rate");
    const struct binding *queue = arg(p, span, "queue");

    if (b != NULL) {
        p->link.rate = number_within(p, b, 1, 1000000000);
        p->link.queue_us = queue == NULL ? QUEUE_US : queue->value.n;
        p->link_set |= LINK_SET_RATE;
    }
}

static void link_jitter(struct parse *p, const struct span *span)
{
    const struct binding *b = arg(p, span, "jitter");
    const struct binding *mean = arg(p, span, "mean");

    if (b != NULL) {
        p->link.jitter_us = b->value.n;
        p->link_set |= LINK_SET_JITTER;
        p->jitter_place = place_of(p, b);
        if ((p->link_set & LINK_SET_DELAY) != 0 && p->link.jitter_us > p->link.delay_us) {
            problem(p, b, "the jitter is larger than the delay");
        }
    } else if (mean != NULL) {
        p->link.mean_us = mean->value.n;
        p->link_set |= LINK_SET_JITTER;
        if (p->link.mean_us > MEAN_MAX_US) {
            problem(p, mean, "expected at most 1h, found '%s'", token_of(p, mean)->text);
            p->link.mean_us = 0;
        }
    }
}

void link_conditions(struct parse *p, const struct span *span)
{
    const struct binding *b;

    if ((b = arg(p, span, "delay")) != NULL) {
        p->link.delay_us = b->value.n;
        p->link_set |= LINK_SET_DELAY;
    }
    link_jitter(p, span);
    if ((b = arg(p, span, "loss")) != NULL) {
        link_loss(p, span, b);
    }
    if ((b = arg(p, span, "duplicate")) != NULL) {
        p->link.dup_ppm = share_of(p, b);
        p->link_set |= LINK_SET_DUP;
    }
    if ((b = arg(p, span, "reorder")) != NULL) {
        p->link.reorder_ppm = share_of(p, b);
        p->link_set |= LINK_SET_REORDER;
    }
    link_rate(p, span);
}

void link_cut(struct parse *p, const struct span *span)
{
    (void)span;
    p->link.cut = true;
    p->link_set = LINK_SET_CUT;
}

void link_restored(struct parse *p, const struct span *span)
{
    (void)span;
    p->link.cut = false;
    p->link_set = LINK_SET_CUT;
}

/* Builds the conditions in hand into |p->link| and |p->link_set|. */
static void read_conditions(struct parse *p)
{
    memset(&p->link, 0, sizeof p->link);
    p->link_set = 0;
    build_part(p, RULE_LINK_CONDITIONS);
}

/* True when the directed link |from|->|to| is one that the sentence means. */
static bool means_link(const struct binding *link, enum role from, enum role to)
{
    if (link == NULL) {
        return link_exists(from, to);
    }
    return (link->value.n == from && link->value.m == to) ||
           (link->value.both && link->value.n == to && link->value.m == from);
}

static bool check_link(struct parse *p, const struct binding *link)
{
    if (link != NULL && !link_exists((enum role)link->value.n, (enum role)link->value.m)) {
        problem(p, link, "there is no link between %s and %s", role_name((enum role)link->value.n),
                role_name((enum role)link->value.m));
        return false;
    }
    return true;
}

void say_link(struct parse *p, const struct span *span)
{
    const struct binding *link = arg(p, span, "link"); /* NULL: every link */

    read_conditions(p);
    if (!check_link(p, link)) {
        return;
    }
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        enum role from = (enum role)(i / ROLE_COUNT);
        enum role to = (enum role)(i % ROLE_COUNT);

        if (means_link(link, from, to)) {
            scn_link_set(&p->s->links[from][to], &p->link, p->link_set);
        }
    }
}

/* `every link` becomes one action for each pair of roles. */
void do_link(struct parse *p, const struct span *span)
{
    const struct binding *link = arg(p, span, "link"); /* NULL: every link */
    const struct binding *time = arg(p, span, "time");

    read_conditions(p);
    if (!check_link(p, link)) {
        return;
    }
    p->action.kind = ACTION_LINK;
    p->action.link = p->link;
    p->action.set = p->link_set;
    p->action.for_us = time == NULL ? 0 : time->value.n;
    if (time != NULL && time->value.n == 0) {
        problem(p, time, "expected a time after 0s");
    }
    if (link != NULL) {
        p->action.from = (enum role)link->value.n;
        p->action.to = (enum role)link->value.m;
        p->action.both = link->value.both;
        push_action(p);
        return;
    }
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        p->action.from = (enum role)(i / ROLE_COUNT);
        p->action.to = (enum role)(i % ROLE_COUNT);
        p->action.both = true;
        if (p->action.from < p->action.to && link_exists(p->action.from, p->action.to)) {
            push_action(p);
        }
    }
}

void say_coverage(struct parse *p, const struct span *span)
{
    const struct binding *ue = arg(p, span, "ue");
    enum coverage c = (enum coverage)(COVERAGE_NONE + 1 + need(p, span, "coverage")->value.n);

    for (unsigned i = 0; i < p->s->ues_count; i++) {
        if (ue == NULL || ue->value.ue == (int)i) {
            p->s->ues[i].coverage = c;
        }
    }
}

/* The attacker's ears. */

void say_deaf(struct parse *p, const struct span *span)
{
    p->ears_place = place_of(p, keyword(p, span, "attacker"));
    p->s->deaf = true;
}

void say_hears(struct parse *p, const struct span *span)
{
    const struct binding *link = need(p, span, "link");
    const struct binding *start = arg(p, span, "start");
    const struct binding *stop = arg(p, span, "stop");
    const struct scn_ear ear = {.said = true,
                                .from_us = start == NULL ? 0 : script_time(p, start),
                                .until_us = stop == NULL ? UINT64_MAX : script_time(p, stop)};

    p->ears_place = place_of(p, link);
    if (!check_link(p, link)) {
        return;
    }
    if (ear.until_us <= ear.from_us) {
        problem(p, stop, "he would stop before he begins");
    }
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        enum role from = (enum role)(i / ROLE_COUNT);
        enum role to = (enum role)(i % ROLE_COUNT);

        if (means_link(link, from, to)) {
            p->s->ears[from][to] = ear;
        }
    }
}
