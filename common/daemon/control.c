#include "common/daemon/control.h"

#include "common/base/ensure.h"
#include "common/core/policy.h"
#include "common/daemon/config_table.h"
#include "common/daemon/config_value.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

_Static_assert(CONFIG_POOL_MAX >= CONTROL_LINE_MAX + CONFIG_WORDS_MAX, "words of a line fit");

/* A line being read. */
struct reading {
    struct config c; /* its words, and the errors of a policy */
    control_ground *ground;
    void *arg;
    struct control_line *out;
    char *why;
};

__attribute__((format(printf, 3, 4))) static enum err wrong(struct reading *r, enum err err,
                                                            const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(r->why, CONTROL_WORDS_MAX, format, args);
    va_end(args);
    for (char *p = r->why; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            *p = '?'; /* it becomes one line */
        }
    }
    return err;
}

static const struct config_word *word(const struct reading *r, unsigned i)
{
    return &r->c.words.list[i];
}

/* ---- orders: each gets the line from word 3 on, of which there are as many as it says ---- */

static enum err take_nothing(struct reading *r)
{
    (void)r;
    return ERR_OK;
}

static enum err take_text(struct reading *r)
{
    struct order *o = &r->out->order;

    if (!word(r, 3)->quoted) {
        return wrong(r, ERR_SYNTAX, "send: expected a text in quotes");
    }
    if (word(r, 3)->len > PAYLOAD_MAX) {
        return wrong(r, ERR_SYNTAX, "send: %zu octets are more than %d", word(r, 3)->len,
                     PAYLOAD_MAX);
    }
    o->len = (uint16_t)word(r, 3)->len;
    memcpy(o->payload, word(r, 3)->text, o->len);
    return ERR_OK;
}

static enum err take_hex(struct reading *r)
{
    struct order *o = &r->out->order;
    size_t len = word(r, 3)->len / 2;

    if (len > PAYLOAD_MAX || hex_decode(word(r, 3)->text, o->payload, len) != ERR_OK) {
        return wrong(r, ERR_SYNTAX, "send-hex: expected 1 to %d pairs of hexadecimal digits",
                     PAYLOAD_MAX);
    }
    o->len = (uint16_t)len;
    return ERR_OK;
}

static enum err take_plmn(struct reading *r)
{
    if (!config_plmn_read(word(r, 3)->text, r->out->order.plmn)) {
        return wrong(r, ERR_SYNTAX, "expected MCC and MNC such as 26201 or 262-01");
    }
    return ERR_OK;
}

static enum err take_policy(struct reading *r)
{
    struct profile *p = &r->out->order.profile;
    const struct profile *ground = NULL;
    uint64_t given;

    if (r->ground == NULL) {
        return wrong(r, ERR_SYNTAX, "policy: only the HSS keeps device profiles");
    }
    ground = r->ground(r->arg, &r->out->ue);
    if (ground == NULL) {
        return wrong(r, ERR_UNKNOWN, "there is no subscriber %s", r->out->ue.s);
    }
    *p = *ground;
    p->version++;
    if (!config_read_args(&r->c, 3, config_profile_args, p, &given)) {
        return wrong(r, ERR_SYNTAX, "policy: %s", r->c.errors.list[0].words);
    }
    if (!profile_is_valid(p)) {
        return wrong(r, ERR_SYNTAX, "policy: te2e-floor is above te2e-ceiling");
    }
    return ERR_OK;
}

enum { ANY_WORDS = CONFIG_WORDS_MAX + 1 };

static const struct {
    const char *name;
    enum order_kind kind;
    unsigned words; /* after the name */
    enum err (*take)(struct reading *r);
} orders[] = {
    {"attach", ORDER_ATTACH, 0, take_nothing},
    {"send", ORDER_SEND, 1, take_text},
    {"send-hex", ORDER_SEND, 1, take_hex},
    {"rekey", ORDER_REKEY, 0, take_nothing},
    {"move", ORDER_MOVE, 1, take_plmn},
    {"register", ORDER_REGISTER, 1, take_plmn},
    {"policy", ORDER_POLICY, ANY_WORDS, take_policy},
};

static const char *order_choice(unsigned i)
{
    return i < COUNT_OF(orders) ? orders[i].name : NULL;
}

/* ---- verbs ---- */

static enum err take_time(struct reading *r)
{
    if (r->c.words.count != 2 || word(r, 1)->quoted ||
        !config_number_read(word(r, 1)->text, INT64_MAX, &r->out->time_us)) {
        return wrong(r, ERR_SYNTAX, "%s: expected a number of microseconds", word(r, 0)->text);
    }
    return ERR_OK;
}

static enum err take_clock(struct reading *r)
{
    struct skew *s = &r->out->clock;
    const char *ppm = r->c.words.count == 4 ? word(r, 3)->text : "";
    uint64_t size;

    if (r->c.words.count != 4 || !config_number_read(word(r, 1)->text, INT64_MAX, &s->real_us) ||
        !config_number_read(word(r, 2)->text, INT64_MAX, &s->local_us)) {
        return wrong(r, ERR_SYNTAX, "clock: expected two times in microseconds and a rate");
    }
    if (!config_number_read(ppm + (*ppm == '-'), *ppm == '-' ? -SKEW_PPM_MIN : SKEW_PPM_MAX,
                            &size)) {
        return wrong(r, ERR_SYNTAX, "clock: expected %d to %d millionths", SKEW_PPM_MIN,
                     SKEW_PPM_MAX);
    }
    s->ppm = *ppm == '-' ? -(int32_t)size : (int32_t)size;
    return ERR_OK;
}

static enum err take_die(struct reading *r)
{
    if (r->c.words.count != 3 || !config_number_read(word(r, 1)->text, INT64_MAX, &r->out->nth) ||
        r->out->nth == 0 ||
        (strcmp(word(r, 2)->text, "before") != 0 && strcmp(word(r, 2)->text, "after") != 0)) {
        return wrong(r, ERR_SYNTAX, "die: expected a number from 1 on, and before or after");
    }
    r->out->when_durable = strcmp(word(r, 2)->text, "after") == 0;
    return ERR_OK;
}

static enum err take_order(struct reading *r)
{
    const char *hint;

    if (r->c.words.count < 3 || word(r, 2)->quoted ||
        !config_imsi_read(word(r, 1)->text, &r->out->ue)) {
        return wrong(r, ERR_SYNTAX, "order: expected an IMSI and what to do");
    }
    for (unsigned i = 0; i < COUNT_OF(orders); i++) {
        if (strcmp(word(r, 2)->text, orders[i].name) == 0) {
            if (orders[i].words != ANY_WORDS && r->c.words.count != 3 + orders[i].words) {
                return wrong(r, ERR_SYNTAX, "%s: expected %s", orders[i].name,
                             orders[i].words == 0 ? "the end of the line" : "one word after it");
            }
            r->out->order.kind = orders[i].kind;
            return orders[i].take(r);
        }
    }
    hint = config_closest(order_choice, word(r, 2)->text);
    return wrong(r, ERR_SYNTAX, "'%.40s' is no order%s%s%s", word(r, 2)->text,
                 hint == NULL ? "" : "; did you mean '", hint == NULL ? "" : hint,
                 hint == NULL ? "" : "'?");
}

static enum err take_alone(struct reading *r)
{
    if (r->c.words.count != 1) {
        return wrong(r, ERR_SYNTAX, "%s: expected the end of the line", word(r, 0)->text);
    }
    return ERR_OK;
}

static const struct {
    const char *name;
    enum control_verb verb;
    enum err (*take)(struct reading *r);
} verbs[] = {
    {"start", CONTROL_START, take_time},        {"order", CONTROL_ORDER, take_order},
    {"clock", CONTROL_CLOCK, take_clock},       {"die", CONTROL_DIE, take_die},
    {"step", CONTROL_STEP, take_time},          {"tick", CONTROL_TICK, take_time},
    {"counters", CONTROL_COUNTERS, take_alone}, {"quit", CONTROL_QUIT, take_alone},
};

static enum err take_line(struct reading *r)
{
    if (r->c.words.count == 0) {
        return ERR_OK;
    }
    for (unsigned i = 0; i < COUNT_OF(verbs) && !word(r, 0)->quoted; i++) {
        if (strcmp(word(r, 0)->text, verbs[i].name) == 0) {
            r->out->verb = verbs[i].verb;
            return verbs[i].take(r);
        }
    }
    return wrong(r, ERR_SYNTAX,
                 "expected start, order, clock, die, step, tick, counters or quit, found '%.40s'",
                 word(r, 0)->text);
}

enum err control_parse(const char *line, size_t len, control_ground *ground, void *arg,
                       struct control_line *out, char why[CONTROL_WORDS_MAX])
{
    static struct reading r; /* too large for the stack; a daemon has one thread */
    struct control_line read;
    const char *bad;
    enum err err;

    memset(&r, 0, sizeof r);
    memset(&read, 0, sizeof read);
    r.c.line = 1;
    r.ground = ground;
    r.arg = arg;
    r.out = &read;
    r.why = why;
    if (len > CONTROL_LINE_MAX) {
        return wrong(&r, ERR_SYNTAX, "a line of more than %d octets", CONTROL_LINE_MAX);
    }
    bad = config_words_cut(line, len, &r.c.words);
    if (bad != NULL) {
        return wrong(&r, ERR_SYNTAX, "column %u: %s", r.c.words.end, bad);
    }
    err = take_line(&r);
    if (err == ERR_OK) {
        *out = read;
    }
    return err;
}

/* ---- writing ---- */

size_t control_order_text(const struct ident *ue, const struct order *o,
                          char line[CONTROL_LINE_MAX])
{
    char more[CONTROL_LINE_MAX] = "";
    const char *name = NULL;
    int len;

    for (unsigned i = 0; i < COUNT_OF(orders); i++) {
        if (orders[i].kind == o->kind) {
            name = orders[i].name; /* for data the last one: send-hex takes any octets */
        }
    }
    ENSURE(name != NULL);
    if (o->kind == ORDER_SEND && o->len == 0) {
        name = "send";
        memcpy(more, "\"\"", 3);
    } else if (o->kind == ORDER_SEND) {
        hex_encode(o->payload, o->len, more, sizeof more);
    } else if (o->kind == ORDER_MOVE || o->kind == ORDER_REGISTER) {
        config_plmn_text(o->plmn, more);
    } else if (o->kind == ORDER_POLICY) {
        (void)config_profile_text(&o->profile, more);
    }
    len = snprintf(line, CONTROL_LINE_MAX, "order %s %s%s%s", ue->s, name,
                   more[0] == '\0' ? "" : " ", more);
    ENSURE(len > 0 && len < CONTROL_LINE_MAX);
    return (size_t)len;
}
