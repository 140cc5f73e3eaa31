/* Builders of faults: rules of `on`, and what an action injects or leaks. */
#include "common/base/ensure.h"
#include "scenarios/sim/net/forge.h"
#include "scenarios/sim/script/parse.h"

#include <string.h>

enum { COPIES_MAX = 1000, LATER_MAX = 1000000, TIMES_MAX = 100000, GAP_US = 1000 };

static void new_fault(struct parse *p)
{
    memset(&p->fault, 0, sizeof p->fault);
    p->fault.line = p->line;
}

/* Index of the fault in hand, which becomes one of the scenario. */
static unsigned push_fault(struct parse *p)
{
    struct scenario *s = p->s;
    struct scn_fault *longer = grow(p, s->faults, s->faults_count, sizeof *s->faults);

    if (longer != NULL) {
        s->faults = longer;
        s->faults[s->faults_count++] = p->fault;
    }
    return s->faults_count == 0 ? 0 : s->faults_count - 1;
}

/* Those that a rule or an action means, by when they are sent. */
static void need_no_sent(struct parse *p, const struct span *datagrams)
{
    if (p->cond.any_fate) {
        problem(p, keyword(p, datagrams, "sent"),
                p->fault.kind == FAULT_RECALL || p->fault.kind == FAULT_REFLECT
                    ? "'sent' has no place here: what was sent is meant"
                    : "'sent' has no place in a fault: it strikes when "
                      "sent");
    }
}

void say_fault(struct parse *p, const struct span *span)
{
    const struct span *struck = first_part(p, RULE_DATAGRAM);

    (void)span;
    new_fault(p);
    build_part_of(p, struck, RULE_DATAGRAM);
    p->fault.match = p->cond.match;
    need_no_sent(p, struck);
    build_part(p, RULE_FAULT);
    (void)push_fault(p);
}

static void fault(struct parse *p, const struct span *span, enum scn_fault_kind kind)
{
    const struct binding *time = arg(p, span, "time");
    const struct binding *number = arg(p, span, "number");
    const struct binding *later = arg(p, span, "later");

    p->fault.kind = kind;
    p->fault.after_us = time == NULL ? 0 : time->value.n;
    p->fault.later = later == NULL ? 0 : number_within(p, later, 1, LATER_MAX);
    p->fault.copies = number == NULL ? 1 : number_within(p, number, 1, COPIES_MAX);
}

void fault_drop(struct parse *p, const struct span *span)
{
    fault(p, span, FAULT_DROP);
}

void fault_duplicate(struct parse *p, const struct span *span)
{
    fault(p, span, FAULT_DUPLICATE);
}

void fault_delay(struct parse *p, const struct span *span)
{
    fault(p, span, FAULT_DELAY);
}

void fault_replay(struct parse *p, const struct span *span)
{
    fault(p, span, FAULT_REPLAY);
}

void fault_hold(struct parse *p, const struct span *span)
{
    p->fault.kind = FAULT_HOLD;
    build_part_of(p, span, RULE_CONDITION);
    p->fault.until = p->cond;
}

void fault_reorder(struct parse *p, const struct span *span)
{
    p->fault.kind = FAULT_REORDER;
    p->fault.later = number_within(p, need(p, span, "number"), 1, LATER_MAX);
}

void fault_truncate(struct parse *p, const struct span *span)
{
    p->fault.kind = FAULT_TRUNCATE;
    p->fault.len = number_within(p, need(p, span, "number"), 0, DATAGRAM_MAX - 1);
}

void fault_swap(struct parse *p, const struct span *span)
{
    const struct binding *other = need(p, span, "ue");

    p->fault.kind = FAULT_SWAP;
    p->fault.other = other->value.ue;
    if (p->fault.match.ue < 0) {
        problem(p, other, "say whose datagram it is that is swapped; add: for UE1");
    } else if (p->fault.match.ue == other->value.ue) {
        problem(p, other, "a datagram cannot be swapped with one of the same UE");
    }
}

static bool carries_rand(enum msg_type t)
{
    return t == MSG_ACCESS_CHAL || t == MSG_AKA_CHAL || t == MSG_AV_RSP || t == MSG_RAND_RSP ||
           t == MSG_RAND_FWD || t == MSG_RAND_PUSH;
}

/* A field that the message does not have could never be corrupted, and the rule never fire. */
void fault_corrupt(struct parse *p, const struct span *span)
{
    static const char *const names[FIELD_COUNT] = {"payload", "mac", "rand", "ctr", "bit", "bits"};
    enum msg_type t = p->fault.match.type;
    const struct binding *field = NULL;
    const struct binding *number = arg(p, span, "number");
    const struct binding *bits = arg(p, span, "bits");
    unsigned i = 0;
    bool has[FIELD_COUNT] = {true, true, true, true, true, true};

    while (field == NULL) {
        field = keyword(p, span, names[i++]);
    }
    p->fault.kind = FAULT_CORRUPT;
    p->fault.field = (enum scn_field)(i - 1);
    p->fault.copies = 1;
    if (number != NULL) {
        p->fault.bit = number_within(p, number, 0, DATAGRAM_MAX * 8 - 1);
    }
    if (bits != NULL) {
        p->fault.bits_count = (uint8_t)value_bits(token_of(p, bits)->text, p->fault.bits);
    }
    if (t != MSG_TYPE_COUNT) {
        has[FIELD_PAYLOAD] = t == MSG_DATA_UL || t == MSG_DATA_DL;
        has[FIELD_RAND] = carries_rand(t);
        has[FIELD_MAC] = msg_on_air(t);
        has[FIELD_CTR] = msg_on_air(t);
    }
    if (!has[p->fault.field]) {
        problem(p, field, "%s has no %s", msg_name(t), names[p->fault.field]);
    }
}

/* Actions that inject. */

static void push_inject(struct parse *p)
{
    p->action.kind = ACTION_INJECT;
    p->action.fault = push_fault(p);
    push_action(p);
}

static void recall(struct parse *p, const struct span *span, enum scn_fault_kind kind)
{
    new_fault(p);
    p->fault.kind = kind;
    build_part_of(p, span, RULE_DATAGRAM);
    need_no_sent(p, span);
    p->fault.match = p->cond.match;
}

void do_replay(struct parse *p, const struct span *span)
{
    recall(p, span, FAULT_RECALL);
    push_inject(p);
}

void do_reflect(struct parse *p, const struct span *span)
{
    const struct binding *type = arg(p, span, "message");

    recall(p, span, FAULT_REFLECT);
    if (type == NULL) {
        problem(p, keyword(p, span, "any"), "say which message; not each can be reflected");
    } else if (forge_reflected((enum msg_type)type->value.n) == MSG_TYPE_COUNT) {
        problem(p, type, "%s has no like the other way", token_of(p, type)->text);
    }
    push_inject(p);
}

/* The UE that a forgery is about: its receiver, its pretended sender, or the one named. */
static int forged_ue(struct parse *p, const struct span *span)
{
    const struct binding *named[] = {arg(p, span, "to"), arg(p, span, "from"), arg(p, span, "ue")};
    int ue = -1;

    for (unsigned i = 0; i < COUNT_OF(named); i++) {
        if (named[i] == NULL || named[i]->value.ue < 0) {
            continue;
        }
        if (ue >= 0 && ue != named[i]->value.ue) {
            problem(p, named[i], "this is about two UEs");
        }
        ue = named[i]->value.ue;
    }
    if (ue < 0 && p->s->ues_count == 1) {
        return 0;
    }
    if (ue < 0) {
        problem(p, need(p, span, "to"), "this is about no UE; add: for %s",
                p->s->ues_count > 0 ? p->s->ues[0].label : "UE1");
    }
    return ue;
}

/* Who sends such a message to |to|; ROLE_COUNT: nobody. */
static enum role sender_of(enum msg_type t, enum role to)
{
    unsigned from = 0;

    while (from < ROLE_COUNT && !msg_arrow_allowed(t, (enum role)from, to)) {
        from++;
    }
    return (enum role)from;
}

static void forged_fields(struct parse *p, const struct span *span)
{
    struct scn_forged *f = &p->fault.forged;
    const struct binding *b;

    if ((b = arg(p, span, "epoch")) != NULL) {
        p->fault.match.has_epoch = true;
        p->fault.match.epoch = number_within(p, b, 0, INT32_MAX);
    }
    if ((b = arg(p, span, "ctr")) != NULL) {
        f->has_ctr = true;
        f->ctr = number_within(p, b, 0, UINT32_MAX);
    }
    if ((b = arg(p, span, "rand")) != NULL) {
        f->has_rand = true;
        memcpy(f->rand, b->value.octets, RAND_LEN);
        if (!carries_rand(p->fault.match.type)) {
            problem(p, b, "%s has no rand", msg_name(p->fault.match.type));
        }
    }
    if ((b = arg(p, span, "text")) != NULL) {
        f->len = payload_of(p, b, f->payload);
        if (p->fault.match.type != MSG_DATA_UL && p->fault.match.type != MSG_DATA_DL) {
            problem(p, b, "%s has no payload", msg_name(p->fault.match.type));
        }
    }
}

/* Under which key, if any. Of what the message needs, the forger knows. */
static void forged_seal(struct parse *p, const struct span *span)
{
    const struct binding *with = keyword(p, span, "with");
    struct scn_forged *f = &p->fault.forged;

    if (with == NULL) {
        return;
    }
    f->seals = true;
    f->if_known = keyword(p, span, "known") != NULL;
    f->with = keyword(p, span, "e2eKEYSET") != NULL   ? SECRET_E2E
              : keyword(p, span, "e2mKEYSET") != NULL ? SECRET_E2M
                                                      : SECRET_VECTOR;
    if (forge_knows(p->fault.match.type) && !forge_takes(p->fault.match.type, f->with)) {
        problem(p, with, "%s is not made with the %s", msg_name(p->fault.match.type),
                secret_name(f->with));
    }
}

/* An enterprise that has no part in the association. */
static void forged_name(struct parse *p, const struct span *span)
{
    const struct binding *name = arg(p, span, "eese");
    struct scn_forged *f = &p->fault.forged;

    if (name == NULL) {
        return;
    }
    f->has_eese = true;
    if (p->fault.match.type != MSG_KEY_TRIGGER) {
        problem(p, name, "%s is in nobody's name", msg_name(p->fault.match.type));
    } else if (ident_set(&f->eese, token_of(p, name)->text) != ERR_OK) {
        problem(p, name, "a name has at most %d characters", IDENT_MAX);
    }
}

static void forged_times(struct parse *p, const struct span *span)
{
    const struct binding *times = arg(p, span, "times");
    const struct binding *gap = arg(p, span, "gap");
    struct scn_trigger *t = &p->action.trigger;

    if (times == NULL) {
        return;
    }
    if (t->every_us != 0) {
        problem(p, times, "'every' says already how often");
    }
    t->times = number_within(p, times, 1, TIMES_MAX);
    t->every_us = gap == NULL ? GAP_US : gap->value.n;
    if (t->every_us == 0) {
        problem(p, gap, "expected a time above 0s");
    }
}

void do_forge(struct parse *p, const struct span *span)
{
    const struct binding *type = need(p, span, "message");
    const struct binding *to = need(p, span, "to");
    const struct binding *from = arg(p, span, "from");
    struct scn_match *m = &p->fault.match;

    new_fault(p);
    p->fault.kind = FAULT_FORGE;
    m->type = (enum msg_type)type->value.n;
    m->to = (enum role)to->value.n;
    m->from = from != NULL ? (enum role)from->value.n : sender_of(m->type, m->to);
    m->ue = forged_ue(p, span);
    if (!forge_knows(m->type)) {
        problem(p, type, "%s cannot be forged", msg_name(m->type));
    } else if (m->from == ROLE_COUNT || !msg_arrow_allowed(m->type, m->from, m->to)) {
        problem(p, from != NULL ? from : to, "nobody sends %s there", msg_name(m->type));
    }
    forged_fields(p, span);
    forged_seal(p, span);
    forged_name(p, span);
    forged_times(p, span);
    if (m->ue >= 0) {
        push_inject(p);
    }
}

void do_leak(struct parse *p, const struct span *span)
{
    const struct binding *epoch = arg(p, span, "number");

    new_fault(p);
    p->fault.kind = FAULT_LEAK;
    p->fault.secret = keyword(p, span, "e2eKEYSET") != NULL   ? SECRET_E2E
                      : keyword(p, span, "e2mKEYSET") != NULL ? SECRET_E2M
                      : keyword(p, span, "access") != NULL    ? SECRET_VECTOR
                                                              : SECRET_K;
    p->fault.match.ue = need(p, span, "ue")->value.ue;
    p->fault.match.has_epoch = epoch != NULL;
    p->fault.match.epoch = epoch == NULL ? 0 : number_within(p, epoch, 0, INT32_MAX);
    push_inject(p);
}
