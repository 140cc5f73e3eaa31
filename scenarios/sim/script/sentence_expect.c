/* Builders of conditions and expectations. */
#include "scenarios/sim/script/parse.h"

#include <string.h>

enum { ARROWS_TEXT_MAX = 160 };

void new_condition(struct parse *p, enum scn_cond_kind kind)
{
    memset(&p->cond, 0, sizeof p->cond);
    p->cond.kind = kind;
    p->cond.ue = -1;
    p->cond.role = ROLE_COUNT;
    p->cond.match.type = MSG_TYPE_COUNT;
    p->cond.match.from = ROLE_COUNT;
    p->cond.match.to = ROLE_COUNT;
    p->cond.match.ue = -1;
}

/* Notes that the UE behind |b| is meant; two different ones cannot be. */
static void mean_ue(struct parse *p, const struct binding *b, int *ue)
{
    if (b == NULL || b->value.ue < 0) {
        return;
    }
    if (*ue >= 0 && *ue != b->value.ue) {
        problem(p, b, "this is about two UEs, %s and %s", p->s->ues[*ue].label,
                token_of(p, b)->text);
        return;
    }
    *ue = b->value.ue;
}

/* The subject of a condition: a role or a UE, then perhaps `for` or `from` a UE. */
static void subject(struct parse *p, const struct span *span)
{
    const struct binding *party = arg(p, span, "party");

    p->cond.role = party == NULL ? ROLE_UE : (enum role)party->value.n;
    p->cond.all_ues = keyword(p, span, "every") != NULL;
    mean_ue(p, party, &p->cond.ue);
    mean_ue(p, arg(p, span, "ue"), &p->cond.ue);
}

/* "RAND_PUSH travels EMSE->UE only" */
static void list_arrows(enum msg_type type, char text[ARROWS_TEXT_MAX])
{
    size_t len = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        enum role from = (enum role)(i / ROLE_COUNT);
        enum role to = (enum role)(i % ROLE_COUNT);

        if (msg_arrow_allowed(type, from, to) && len + 16 < ARROWS_TEXT_MAX) {
            len += (size_t)snprintf(text + len, ARROWS_TEXT_MAX - len, "%s%s->%s",
                                    len == 0 ? "" : ", ", role_name(from), role_name(to));
        }
    }
}

static bool arrow_exists(const struct scn_match *m)
{
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        enum role from = (enum role)(i / ROLE_COUNT);
        enum role to = (enum role)(i % ROLE_COUNT);
        unsigned first = m->type == MSG_TYPE_COUNT ? 0 : m->type;
        unsigned end = m->type == MSG_TYPE_COUNT ? MSG_TYPE_COUNT : first + 1;

        for (unsigned t = first; t < end; t++) {
            if ((m->from == ROLE_COUNT || m->from == from) &&
                (m->to == ROLE_COUNT || m->to == to) &&
                msg_arrow_allowed((enum msg_type)t, from, to)) {
                return true;
            }
        }
    }
    return false;
}

/* Nothing could ever fit: a rule would never fire, an expectation never be met. */
static void report_arrow(struct parse *p, const struct binding *b)
{
    const struct scn_match *m = &p->cond.match;
    char arrows[ARROWS_TEXT_MAX];

    if (m->type == MSG_TYPE_COUNT) {
        problem(p, b, "nothing travels there");
        return;
    }
    list_arrows(m->type, arrows);
    problem(p, b, "%s travels %s only", msg_name(m->type), arrows);
}

/* Fills |p->cond| with the datagrams that are meant. */
void datagram(struct parse *p, const struct span *span)
{
    const struct binding *type = arg(p, span, "message");
    const struct binding *source = arg(p, span, "from");
    const struct binding *target = arg(p, span, "to");
    const struct binding *epoch = arg(p, span, "epoch");
    const struct binding *nth = arg(p, span, "ordinal");
    const struct binding *attempt = arg(p, span, "attempt");
    struct scn_match *m = &p->cond.match;
    bool any = keyword(p, span, "any") != NULL;

    new_condition(p, COND_MSG);
    m->type = any ? MSG_TYPE_COUNT : (enum msg_type)type->value.n;
    m->from = source == NULL ? ROLE_COUNT : (enum role)source->value.n;
    m->to = target == NULL ? ROLE_COUNT : (enum role)target->value.n;
    mean_ue(p, source, &m->ue);
    mean_ue(p, target, &m->ue);
    mean_ue(p, arg(p, span, "ue"), &m->ue);
    m->nth = nth == NULL ? 0 : (uint32_t)nth->value.n;
    m->attempt = attempt == NULL ? 0 : (uint32_t)attempt->value.n;
    if (epoch != NULL) {
        m->has_epoch = true;
        m->epoch = number_within(p, epoch, 0, INT32_MAX);
    }
    p->cond.any_fate = keyword(p, span, "sent") != NULL;
    p->cond.ue = m->ue;
    if (!arrow_exists(m)) {
        report_arrow(p, source != NULL ? source : target);
    }
}

void cond_datagram(struct parse *p, const struct span *span)
{
    build_part_of(p, span, RULE_DATAGRAM);
}

void cond_share(struct parse *p, const struct span *span)
{
    const struct binding *number = arg(p, span, "number");

    new_condition(p, COND_SHARE);
    subject(p, span);
    p->cond.has_epoch = number != NULL;
    p->cond.epoch = number == NULL ? 0 : number_within(p, number, 0, INT32_MAX);
    p->cond.at_least = keyword(p, span, "later") != NULL;
}

void cond_attached(struct parse *p, const struct span *span)
{
    new_condition(p, COND_ATTACHED);
    subject(p, span);
}

static void machine_word(struct parse *p, const struct span *span, enum scn_cond_kind kind,
                         const char *name)
{
    new_condition(p, kind);
    subject(p, span);
    snprintf(p->cond.state, sizeof p->cond.state, "%s", token_of(p, need(p, span, name))->text);
}

void cond_state(struct parse *p, const struct span *span)
{
    machine_word(p, span, COND_STATE, "state");
}

void cond_event(struct parse *p, const struct span *span)
{
    machine_word(p, span, COND_EVENT, "event");
}

static void delivery(struct parse *p, const struct span *span, enum role who)
{
    const struct binding *text = arg(p, span, "text");

    new_condition(p, COND_DELIVER);
    subject(p, span);
    p->cond.role = who;
    if (text != NULL) {
        p->cond.len = payload_of(p, text, p->cond.payload);
    }
}

void cond_delivers(struct parse *p, const struct span *span)
{
    delivery(p, span, ROLE_EESE);
}

void cond_receives(struct parse *p, const struct span *span)
{
    delivery(p, span, ROLE_UE);
}

/* Only the two ends of the association handle data. */
static void need_end(struct parse *p, const struct span *span)
{
    const struct binding *party = need(p, span, "party");

    if (party->value.n != ROLE_EESE && party->value.n != ROLE_UE) {
        problem(p, party, "only EESE and UEs handle application data, not %s",
                token_of(p, party)->text);
    }
}

void cond_reports(struct parse *p, const struct span *span)
{
    const struct binding *verdict = need(p, span, "verdict");

    new_condition(p, COND_REPORT);
    subject(p, span);
    need_end(p, span);
    p->cond.verdict = (enum verdict)verdict->value.n;
    if (p->cond.verdict == VERDICT_OK) {
        problem(p, verdict, "data with verdict OK is delivered; write: EESE delivers data");
    }
}

void cond_notes(struct parse *p, const struct span *span)
{
    const struct binding *number = arg(p, span, "number");

    new_condition(p, COND_NOTE);
    subject(p, span);
    p->cond.note = (enum note)need(p, span, "note")->value.n;
    p->cond.has_value = number != NULL;
    p->cond.value = number == NULL ? 0 : number->value.n;
}

void cond_accepts_expired(struct parse *p, const struct span *span)
{
    new_condition(p, COND_ACCEPT_EXPIRED);
    subject(p, span);
    need_end(p, span);
}

void cond_knows(struct parse *p, const struct span *span)
{
    const struct binding *number = arg(p, span, "number");
    const struct binding *text = arg(p, span, "text");

    new_condition(p, COND_KNOWS);
    mean_ue(p, arg(p, span, "ue"), &p->cond.ue);
    p->cond.secret = text != NULL                            ? SECRET_TEXT
                     : keyword(p, span, "e2eKEYSET") != NULL ? SECRET_E2E
                     : keyword(p, span, "e2mKEYSET") != NULL ? SECRET_E2M
                                                             : SECRET_RAND;
    p->cond.has_epoch = number != NULL;
    p->cond.epoch = number == NULL ? 0 : number_within(p, number, 0, INT32_MAX);
    p->cond.at_least = keyword(p, span, "later") != NULL;
    if (text != NULL) {
        p->cond.len = payload_of(p, text, p->cond.payload);
    }
}

/* Expectations. */

/* The condition in hand has been built; |e| gets it and what all expectations have. */
static void push_expect(struct parse *p, const struct span *span, struct scn_expect *e)
{
    const struct binding *variant = arg(p, span, "variant");
    struct scenario *s = p->s;
    const char *text = p->text + p->line_at[p->line - 1] + p->tokens.from;
    size_t len = p->tokens.to - p->tokens.from;
    struct scn_expect *longer;

    e->in_literal = variant == NULL || variant->value.n == VARIANT_LITERAL;
    e->in_hardened = variant == NULL || variant->value.n == VARIANT_HARDENED;
    e->cond = p->cond;
    e->line = p->line;
    if (len > NAME_TEXT_MAX) {
        len = NAME_TEXT_MAX - 3;
        while (((unsigned char)text[len] & 0xc0) == 0x80) {
            len--; /* never cut a character in two */
        }
        snprintf(e->text, sizeof e->text, "%.*s...", (int)len, text);
    } else {
        snprintf(e->text, sizeof e->text, "%.*s", (int)len, text);
    }
    longer = grow(p, s->expects, s->expects_count, sizeof *s->expects);
    if (longer != NULL) {
        s->expects = longer;
        s->expects[s->expects_count++] = *e;
    }
}

void say_expect_within(struct parse *p, const struct span *span)
{
    struct scn_expect e = {.mode = EXPECT_WITHIN};

    build_part(p, RULE_CONDITION);
    e.at_us = script_time(p, need(p, span, "time"));
    push_expect(p, span, &e);
}

void say_expect_finally(struct parse *p, const struct span *span)
{
    struct scn_expect e = {.mode = EXPECT_FINALLY};

    build_part(p, RULE_CONDITION);
    if (p->cond.kind != COND_SHARE && p->cond.kind != COND_STATE && p->cond.kind != COND_ATTACHED) {
        problem(p, keyword(p, span, "finally"),
                "only 'share', 'is STATE' and 'is attached' can be true at the end; leave "
                "out 'finally'");
    }
    push_expect(p, span, &e);
}

static void push_never(struct parse *p, const struct span *span)
{
    const struct binding *since = arg(p, span, "since");
    struct scn_expect e = {.mode = EXPECT_NEVER,
                           .after_us = since == NULL ? 0 : script_time(p, since)};

    push_expect(p, span, &e);
}

void say_expect_never(struct parse *p, const struct span *span)
{
    const struct binding *never = keyword(p, span, "never");

    build_part(p, RULE_CONDITION);
    if (p->cond.all_ues) {
        problem(p, never, "'never every UE' can mean two things; name a UE, or write UE for any");
    }
    if (p->cond.kind == COND_MSG && p->cond.match.nth != 0) {
        problem(p, never, "write how many: expect at most %u ...", p->cond.match.nth - 1);
    }
    push_never(p, span);
}

/* No ordinal where the number of datagrams is said. */
static void plain_datagram(struct parse *p)
{
    const struct span *span = &p->match.hit[RULE_DATAGRAM];

    build_part(p, RULE_DATAGRAM);
    if (p->cond.match.nth != 0) {
        problem(p, need(p, span, "ordinal"), "a count and an ordinal do not go together");
    }
}

void say_expect_no(struct parse *p, const struct span *span)
{
    plain_datagram(p);
    push_never(p, span);
}

/* Reads the count of |span| into |e|. Zero is said with `no` and `never`. */
static void read_count(struct parse *p, const struct span *span, struct scn_expect *e)
{
    const struct binding *count = need(p, span, "count");
    bool least = keyword(p, span, "least") != NULL;
    bool most = keyword(p, span, "most") != NULL;

    e->mode = least ? EXPECT_AT_LEAST : most ? EXPECT_AT_MOST : EXPECT_EXACTLY;
    e->count = number_within(p, count, 0, INT32_MAX);
    if (count->value.n == 0) {
        problem(p, count,
                least ? "'at least 0' is always true"
                      : "for none, write 'expect no' or 'expect never'");
    }
}

void say_expect_count(struct parse *p, const struct span *span)
{
    struct scn_expect e = {0};

    plain_datagram(p);
    read_count(p, span, &e);
    push_expect(p, span, &e);
}

/* `EESE delivers 20 messages from UE1`, `UE1 receives 3 messages` */
void say_expect_messages(struct parse *p, const struct span *span)
{
    const struct binding *verb = keyword(p, span, "delivers");
    const struct binding *party = need(p, span, "party");
    struct scn_expect e = {0};

    new_condition(p, COND_DELIVER);
    subject(p, span);
    if (p->cond.role != (verb != NULL ? ROLE_EESE : ROLE_UE)) {
        problem(p, party, "EESE delivers and a UE receives, not %s", token_of(p, party)->text);
    }
    read_count(p, span, &e);
    push_expect(p, span, &e);
}

void say_expect(struct parse *p, const struct span *span)
{
    const struct binding *within = keyword(p, span, "within");
    const struct binding *counted = arg(p, span, "count");
    struct scn_expect e = {.mode = EXPECT_EVENTUALLY};

    build_part(p, RULE_CONDITION);
    if (within != NULL) {
        e.mode = EXPECT_WITHIN;
        e.at_us = script_time(p, need(p, span, "time"));
    } else if (counted != NULL) {
        read_count(p, span, &e);
    } else if (keyword(p, span, "once") != NULL || keyword(p, span, "twice") != NULL) {
        counted = &p->match.bind[p->tokens.count - 1];
        e.mode = EXPECT_EXACTLY;
        e.count = keyword(p, span, "once") != NULL ? 1 : 2;
    }
    if (counted != NULL &&
        (p->cond.all_ues || p->cond.kind == COND_SHARE || p->cond.kind == COND_ATTACHED ||
         (p->cond.kind == COND_MSG && p->cond.match.nth != 0))) {
        problem(p, counted, "this cannot be counted");
    }
    push_expect(p, span, &e);
}
