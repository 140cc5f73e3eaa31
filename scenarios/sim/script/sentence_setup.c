/* Builders of the sentences about the file itself and who is there. */
#include "scenarios/sim/script/parse.h"

#include "common/base/prng.h"
#include "common/crypto/milenage.h"

#include <string.h>

void say_scenario(struct parse *p, const struct span *span)
{
    snprintf(p->s->name, sizeof p->s->name, "%s", token_of(p, need(p, span, "name"))->text);
}

void say_title(struct parse *p, const struct span *span)
{
    const struct binding *b = need(p, span, "text");
    const struct token *t = token_of(p, b);
    bool plain = true;

    for (unsigned i = 0; i < t->len; i++) {
        plain = plain && (unsigned char)t->text[i] >= 0x20;
    }
    if (t->len == 0 || t->len > NAME_TEXT_MAX || !plain) {
        problem(p, b, "expected a title of 1 to %d octets in one line", NAME_TEXT_MAX);
        return;
    }
    memcpy(p->s->title, t->text, (size_t)t->len + 1);
}

void say_variant(struct parse *p, const struct span *span)
{
    p->s->variant = variant_default((enum variant)need(p, span, "variant")->value.n);
}

/* `in literal this run fails`. */
void say_stated(struct parse *p, const struct span *span)
{
    const struct binding *b = need(p, span, "variant");
    uint64_t v = b->value.n;

    if (p->stated_place[v].line != 0) {
        problem(p, b, "line %u says already what this run does in '%s'", p->stated_place[v].line,
                token_of(p, b)->text);
        return;
    }
    p->stated_place[v] = place_of(p, b);
    p->s->fails[v] = keyword(p, span, "fails") != NULL;
}

/* `with` and `without`; for both variants unless it says in which. */
void say_switches(struct parse *p, const struct span *span)
{
    const struct binding *variant = arg(p, span, "variant");
    bool with = keyword(p, span, "with") != NULL;

    for (const struct binding *b = arg(p, span, "switch"); b != NULL;
         b = match_next(&p->match, span, "switch", b)) {
        for (unsigned v = 0; v < VARIANT_COUNT; v++) {
            struct scn_switches *switches = &p->s->switches[v];
            uint32_t bit = UINT32_C(1) << b->value.n;

            if (variant != NULL && variant->value.n != v) {
                continue;
            }
            if (((with ? switches->without : switches->with) & bit) != 0) {
                problem(p, b, "line %u says the opposite of '%s'",
                        p->switch_place[v][b->value.n].line, token_of(p, b)->text);
                break;
            }
            *(with ? &switches->with : &switches->without) |= bit;
            p->switch_place[v][b->value.n] = place_of(p, b);
        }
    }
}

void say_seed(struct parse *p, const struct span *span)
{
    p->s->seed = need(p, span, "number")->value.n;
}

void say_pace(struct parse *p, const struct span *span)
{
    const struct binding *b = need(p, span, "percent");
    uint64_t ppm = b->value.n;

    if (ppm % 10000 != 0 || ppm < 10000 || ppm > UINT64_C(10000) * 10000) {
        problem(p, b, "expected a whole percentage from 1%% to 10000%%, found '%s'",
                token_of(p, b)->text);
        return;
    }
    p->s->pace_percent = (unsigned)(ppm / 10000);
    timing_scale(&p->s->timing, p->s->pace_percent);
}

void say_timer(struct parse *p, const struct span *span)
{
    const struct binding *timer = need(p, span, "timer");
    const struct binding *time = arg(p, span, "time");
    unsigned id = (unsigned)timer->value.n;
    const struct timer_info *info = &timer_info[id];
    uint64_t ms = time->value.n / 1000;

    if (id == TIMER_TE2E) {
        problem(p, timer, "te2e comes from policy; write: policy te2e %s", token_of(p, time)->text);
    } else if (time->value.n % 1000 != 0 || ms < info->min_ms || ms > info->max_ms) {
        problem(p, time, "expected whole milliseconds from %ums to %ums for timer %s, found '%s'",
                info->min_ms, info->max_ms, info->name, token_of(p, time)->text);
    } else {
        uint64_t cap = ms * (info->cap_ms / info->default_ms); /* keeps the shape of its backoff */

        p->s->timing.ms[id] = (uint32_t)ms;
        p->s->timing.cap_ms[id] = cap > info->max_ms ? info->max_ms : (uint32_t)cap;
    }
}

/* The value that --set gives to |name|, or NULL. */
static const char *option_for(struct parse *p, const char *name)
{
    const char *value = NULL;

    for (unsigned i = 0; i < p->set_count && i < SCRIPT_LETS_MAX; i++) {
        if (strcmp(p->set[i].name, name) == 0) {
            value = p->set[i].value;
            p->set_used |= UINT64_C(1) << i;
        }
    }
    return value;
}

void say_let(struct parse *p, const struct span *span)
{
    const struct binding *name = need(p, span, "name");
    const struct token *value = token_of(p, need(p, span, "value"));
    const char *set = option_for(p, token_of(p, name)->text);
    struct let *let = &p->lets[p->lets_count];

    for (unsigned i = 0; i < p->lets_count; i++) {
        if (strcmp(p->lets[i].name, token_of(p, name)->text) == 0) {
            problem(p, name, "'%s' has a value already", token_of(p, name)->text);
            return;
        }
    }
    if (p->lets_count == SCRIPT_LETS_MAX) {
        problem(p, name, "more than %d lets", SCRIPT_LETS_MAX);
        return;
    }
    snprintf(let->name, sizeof let->name, "%s", token_of(p, name)->text);
    let->kind = value->kind;
    let->len = value->len;
    memcpy(let->text, value->text, (size_t)value->len + 1);
    if (set != NULL) {
        size_t len = strlen(set);

        if (len == 0 || len > SCRIPT_LINE_MAX) {
            problem(p, name, "--set %s: expected a value of 1 to %d octets", let->name,
                    SCRIPT_LINE_MAX);
            return;
        }
        let->len = (uint16_t)len;
        memcpy(let->text, set, len + 1);
    }
    p->lets_count++;
}

void say_home(struct parse *p, const struct span *span)
{
    memcpy(p->s->home_plmn, need(p, span, "network")->value.octets, PLMN_LEN);
}

static void call(struct parse *p, const struct span *span, struct ident *id)
{
    const struct binding *b = need(p, span, "name");

    if (ident_set(id, token_of(p, b)->text) != ERR_OK) {
        problem(p, b, "expected an identity of 1 to %d octets", IDENT_MAX);
    }
}

void say_emse(struct parse *p, const struct span *span)
{
    call(p, span, &p->s->emse);
}

void say_eese(struct parse *p, const struct span *span)
{
    call(p, span, &p->s->eese);
}

void say_end(struct parse *p, const struct span *span)
{
    const struct binding *b = need(p, span, "time");

    p->s->end_us = b->value.n;
    p->end_place = place_of(p, b);
    if (b->value.n == 0) {
        problem(p, b, "expected a time after 0s");
    }
}

void say_limit(struct parse *p, const struct span *span)
{
    const struct binding *b = need(p, span, "time");

    p->s->limit_us = b->value.n;
    p->limit_place = place_of(p, b);
    if (b->value.n == 0) {
        problem(p, b, "expected a time after 0s");
    }
}

/* What nobody said of a UE follows from its label: test data, the same in every run. */
static void make_ue(const struct parse *p, const char *label, struct scn_ue *ue)
{
    char plmn[PLMN_TEXT_MAX + 1];
    char imsi[IDENT_MAX + 1];
    int digits;

    memset(ue, 0, sizeof *ue);
    snprintf(ue->label, sizeof ue->label, "%s", label);
    scn_plmn_text(p->s->home_plmn, plmn);
    digits = (int)(15 - strlen(plmn) + 1);
    snprintf(imsi, sizeof imsi, "%.3s%s%0*u", plmn, plmn + 4, digits, p->s->ues_count + 1);
    (void)!ident_set(&ue->imsi, imsi);
    prng_fill(prng_key_text(prng_key_text(0, "K"), label), ue->secret.k, sizeof ue->secret.k);
    prng_fill(prng_key_text(prng_key_text(0, "OPc"), label), ue->secret.opc, sizeof ue->secret.opc);
    ue->card = ue->secret;
    ue->caps = CAP_ALL;
    memcpy(ue->plmn, p->s->home_plmn, PLMN_LEN);
    ue->starts_attached = true;
    ue->line = p->line;
}

/* What `ue` and `ues` have in common: the serving network and what the UE supports. */
static void equip_ue(struct parse *p, const struct span *span, struct scn_ue *ue)
{
    const struct binding *network = arg(p, span, "network");
    const struct binding *b = arg(p, span, "capability");

    if (network != NULL) {
        memcpy(ue->plmn, network->value.octets, PLMN_LEN);
    }
    ue->caps = b == NULL ? CAP_ALL : 0;
    for (; b != NULL; b = match_next(&p->match, span, "capability", b)) {
        ue->caps |= capability_code[b->value.n];
    }
}

static void add_ue(struct parse *p, const struct binding *label, const struct scn_ue *ue)
{
    unsigned taken = 0;
    enum err e = scenario_add_ue(p->s, ue, &taken);

    if (e == ERR_BAD_FIELD) {
        const struct scn_ue *other = &p->s->ues[taken];
        bool same_label = strcmp(other->label, ue->label) == 0;

        problem(p, label, "%s %s is taken by %s, line %u%s", same_label ? "label" : "IMSI",
                same_label ? ue->label : ue->imsi.s, other->label, other->line,
                same_label ? "" : "; choose one with 'imsi'");
    } else if (e == ERR_OVERSIZE) {
        problem(p, label, "a scenario has at most %d UEs", UES_MAX);
    } else if (e == ERR_NO_ROOM) {
        p->out_of_memory = true;
    }
}

void say_ue(struct parse *p, const struct span *span)
{
    const struct binding *label = need(p, span, "new-ue");
    const struct binding *imsi = arg(p, span, "imsi");
    const struct binding *b;
    struct scn_ue ue;

    make_ue(p, token_of(p, label)->text, &ue);
    if (imsi != NULL) {
        (void)!ident_set(&ue.imsi, token_of(p, imsi)->text);
    }
    if ((b = arg(p, span, "k")) != NULL) {
        memcpy(ue.secret.k, b->value.octets, sizeof ue.secret.k);
    }
    if ((b = arg(p, span, "opc")) != NULL) {
        memcpy(ue.secret.opc, b->value.octets, sizeof ue.secret.opc);
    }
    if ((b = arg(p, span, "op")) != NULL) {
        milenage_opc(ue.secret.k, b->value.octets, ue.secret.opc);
    }
    if ((b = arg(p, span, "amf")) != NULL) {
        memcpy(ue.secret.amf, b->value.octets, sizeof ue.secret.amf);
    }
    ue.card = ue.secret;
    if ((b = arg(p, span, "card-k")) != NULL) {
        memcpy(ue.card.k, b->value.octets, sizeof ue.card.k);
    }
    ue.sqn_hss = (b = arg(p, span, "sqn")) == NULL ? 0 : b->value.n;
    ue.sqn_usim = (b = arg(p, span, "card-sqn")) == NULL ? 0 : b->value.n;
    equip_ue(p, span, &ue);
    add_ue(p, label, &ue);
}

void say_ues(struct parse *p, const struct span *span)
{
    const struct binding *range = need(p, span, "ue-range");
    const struct binding *over = arg(p, span, "time");
    const char *text = token_of(p, range)->text;
    size_t stem = (size_t)(strstr(text, "..") - text);
    uint64_t count = range->value.m - range->value.n + 1;
    unsigned before = p->errors->count + p->errors->left_out;

    while (stem > 0 && text[stem - 1] >= '0' && text[stem - 1] <= '9') {
        stem--;
    }
    if (count > UES_MAX) {
        problem(p, range, "a scenario has at most %d UEs", UES_MAX);
        return;
    }
    for (uint64_t i = 0;
         i < count && p->errors->count + p->errors->left_out == before && !p->out_of_memory; i++) {
        char label[LABEL_MAX + 12];
        struct scn_ue ue;

        snprintf(label, sizeof label, "%.*s%u", (int)stem, text, (unsigned)(range->value.n + i));
        if (strlen(label) > LABEL_MAX) {
            problem(p, range, "the labels would be longer than %d octets", LABEL_MAX);
            return;
        }
        make_ue(p, label, &ue);
        equip_ue(p, span, &ue);
        ue.attach_at_us = over == NULL ? 0 : over->value.n * i / count;
        add_ue(p, range, &ue);
    }
    if (over != NULL) {
        (void)script_time(p, over);
    }
}
