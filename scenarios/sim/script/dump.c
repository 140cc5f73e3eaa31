/* A scenario as JSON, for machines. Secrets of subscribers are test data, and still not in it. */
#include "scenarios/sim/script/script.h"

#include <inttypes.h>
#include <string.h>

static void put_string(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            fprintf(to, "\\%c", *text);
        } else if ((unsigned char)*text < 0x20) {
            fprintf(to, "\\u%04x", (unsigned)*text);
        } else {
            fputc(*text, to);
        }
    }
    fputc('"', to);
}

static void put_member(FILE *to, const char *name, const char *text)
{
    fprintf(to, ",\"%s\":", name);
    put_string(to, text);
}

static void put_hex(FILE *to, const char *name, const uint8_t *octets, size_t len)
{
    fprintf(to, ",\"%s\":\"", name);
    for (size_t i = 0; i < len; i++) {
        fprintf(to, "%02x", octets[i]);
    }
    fputc('"', to);
}

static void put_flag(FILE *to, const char *name, bool value)
{
    fprintf(to, ",\"%s\":%s", name, value ? "true" : "false");
}

/* Absent when it stands for "any". */
static void put_role(FILE *to, const char *name, enum role role)
{
    if (role < ROLE_COUNT) {
        put_member(to, name, role_name(role));
    }
}

static void put_ue(FILE *to, const struct scenario *s, int ue)
{
    if (ue >= 0) {
        put_member(to, "ue", s->ues[ue].label);
    }
}

static void put_plmn(FILE *to, const char *name, const uint8_t plmn[PLMN_LEN])
{
    char text[PLMN_TEXT_MAX + 1];

    scn_plmn_text(plmn, text);
    put_member(to, name, text);
}

static void put_profile(FILE *to, const struct profile *p)
{
    fprintf(
        to,
        ",\"profile\":{\"version\":%u,\"te2e_pair_ms\":%u,\"te2e_ue_ms\":%u,\"te2e_default_ms\":%u,"
        "\"te2e_floor_ms\":%u,\"te2e_ceiling_ms\":%u,\"messages\":%u,\"integrity\":[%u,%u],"
        "\"confidentiality\":[%u",
        p->version, p->te2e_pair_ms, p->te2e_ue_ms, p->te2e_default_ms, p->te2e_floor_ms,
        p->te2e_ceiling_ms, p->n_msg, p->alg_int[0], p->alg_int[1], p->alg_enc[0]);
    if (p->alg_enc_len > 1) {
        fprintf(to, ",%u", p->alg_enc[1]);
    }
    fprintf(to, "],\"mode\":%u,\"rand\":%u,\"networks\":[", p->conf_default, p->rand_protect);
    for (unsigned i = 0; i < p->conf_rules_len; i++) {
        fprintf(to, "%s{\"mode\":%u", i == 0 ? "" : ",", p->conf_rules[i].mode);
        put_plmn(to, "network", p->conf_rules[i].plmn);
        fputc('}', to);
    }
    fputs("]}", to);
}

static void put_ues(FILE *to, const struct scenario *s)
{
    fputs(",\"ues\":[", to);
    for (unsigned i = 0; i < s->ues_count; i++) {
        const struct scn_ue *ue = &s->ues[i];

        fprintf(to, "%s\n{\"line\":%u", i == 0 ? "" : ",", ue->line);
        put_member(to, "label", ue->label);
        put_member(to, "imsi", ue->imsi.s);
        put_plmn(to, "network", ue->plmn);
        fprintf(to,
                ",\"capabilities\":%u,\"sqn_hss\":%" PRIu64 ",\"sqn_usim\":%" PRIu64
                ",\"te2e_wish_ms\":%u",
                ue->caps, ue->sqn_hss, ue->sqn_usim, ue->te2e_wish_ms);
        fprintf(to, ",\"coverage\":%u", (unsigned)ue->coverage);
        put_flag(to, "card_differs", memcmp(&ue->card, &ue->secret, sizeof ue->card) != 0);
        if (ue->starts_attached) {
            fprintf(to, ",\"attach_at_us\":%" PRIu64, ue->attach_at_us);
        }
        put_profile(to, &ue->profile);
        fputc('}', to);
    }
    fputs("]", to);
}

static void put_match(FILE *to, const struct scenario *s, const struct scn_match *m)
{
    if (m->type < MSG_TYPE_COUNT) {
        put_member(to, "message", msg_name(m->type));
    }
    put_role(to, "from", m->from);
    put_role(to, "to", m->to);
    put_ue(to, s, m->ue);
    if (m->has_epoch) {
        fprintf(to, ",\"epoch\":%u", m->epoch);
    }
    if (m->attempt != 0) {
        fprintf(to, ",\"attempt\":%u", m->attempt);
    }
    if (m->nth != 0) {
        fprintf(to, ",\"nth\":%u", m->nth);
    }
}

static void put_condition(FILE *to, const struct scenario *s, const struct scn_cond *c)
{
    static const char *const kinds[COND_KIND_COUNT] = {
        [COND_MSG] = "message",
        [COND_SHARE] = "share",
        [COND_STATE] = "state",
        [COND_EVENT] = "event",
        [COND_DELIVER] = "deliver",
        [COND_REPORT] = "report",
        [COND_NOTE] = "note",
        [COND_ATTACHED] = "attached",
        [COND_ACCEPT_EXPIRED] = "accept-expired",
        [COND_PROCESS] = "process",
        [COND_KNOWS] = "knows",
    };

    fprintf(to, "{\"kind\":\"%s\"", kinds[c->kind]);
    if (c->kind == COND_MSG) {
        put_match(to, s, &c->match);
        put_flag(to, "any_fate", c->any_fate);
    } else {
        put_role(to, "role", c->role);
        put_ue(to, s, c->ue);
        put_flag(to, "all_ues", c->all_ues);
    }
    if (c->has_epoch) {
        fprintf(to, ",\"epoch\":%u", c->epoch);
        put_flag(to, "at_least", c->at_least);
    }
    if (c->state[0] != '\0') {
        put_member(to, "word", c->state);
    }
    if (c->kind == COND_REPORT) {
        put_member(to, "verdict", verdict_name(c->verdict));
    }
    if (c->kind == COND_KNOWS) {
        put_member(to, "secret", secret_name(c->secret));
    }
    if (c->kind == COND_NOTE) {
        put_member(to, "note", note_name(c->note));
    }
    if (c->kind == COND_PROCESS) {
        put_member(to, "process", process_change_name(c->process));
    }
    if (c->has_value) {
        fprintf(to, ",\"value\":%" PRIu64, c->value);
    }
    if (c->len > 0) {
        put_hex(to, "payload", c->payload, c->len);
    }
    fputc('}', to);
}

static void put_link(FILE *to, const struct scn_link *l)
{
    fprintf(to,
            ",\"delay_us\":%" PRIu64 ",\"jitter_us\":%" PRIu64 ",\"exponential_us\":%" PRIu64
            ",\"loss_ppm\":%u,\"burst\":%u,\"duplicate_ppm\":%u"
            ",\"reorder_ppm\":%u,\"rate\":%u,\"queue_us\":%" PRIu64,
            l->delay_us, l->jitter_us, l->mean_us, l->loss_ppm, l->burst, l->dup_ppm,
            l->reorder_ppm, l->rate, l->queue_us);
    put_flag(to, "cut", l->cut);
}

static bool is_plain(const struct scn_link *l)
{
    uint64_t any = l->delay_us | l->jitter_us | l->mean_us | l->loss_ppm | l->burst | l->dup_ppm |
                   l->reorder_ppm | l->rate | l->queue_us;

    return any == 0 && !l->cut;
}

static void put_links(FILE *to, const struct scenario *s)
{
    const char *comma = "";

    fputs(",\"links\":[", to);
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        const struct scn_link *l = &s->links[i / ROLE_COUNT][i % ROLE_COUNT];

        if (!is_plain(l)) {
            fprintf(to, "%s\n{\"from\":\"%s\",\"to\":\"%s\"", comma,
                    role_name((enum role)(i / ROLE_COUNT)), role_name((enum role)(i % ROLE_COUNT)));
            put_link(to, l);
            fputc('}', to);
            comma = ",";
        }
    }
    fputs("]", to);
}

static void put_ears(FILE *to, const struct scenario *s)
{
    const char *comma = "";

    put_flag(to, "deaf", s->deaf);
    fputs(",\"hears\":[", to);
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        const struct scn_ear *ear = &s->ears[i / ROLE_COUNT][i % ROLE_COUNT];

        if (ear->said) {
            fprintf(to, "%s{\"from\":\"%s\",\"to\":\"%s\",\"from_us\":%" PRIu64, comma,
                    role_name((enum role)(i / ROLE_COUNT)), role_name((enum role)(i % ROLE_COUNT)),
                    ear->from_us);
            if (ear->until_us != UINT64_MAX) {
                fprintf(to, ",\"until_us\":%" PRIu64, ear->until_us);
            }
            fputc('}', to);
            comma = ",";
        }
    }
    fputs("]", to);
}

static void put_order(FILE *to, const struct scenario *s, const struct scn_action *a)
{
#define ORDER_NAME(id, words) [ORDER_##id] = #id,
    static const char *const names[] = {ORDER_LIST(ORDER_NAME)};
#undef ORDER_NAME

    put_member(to, "order", names[a->order.kind]);
    put_role(to, "role", a->role);
    put_ue(to, s, a->ue);
    if (a->order.len > 0) {
        put_hex(to, "payload", a->order.payload, a->order.len);
    }
    if (a->random_len > 0) {
        fprintf(to, ",\"bytes\":%u", a->random_len);
    }
    if (a->order.kind == ORDER_MOVE || a->order.kind == ORDER_REGISTER) {
        put_plmn(to, "network", a->order.plmn);
    }
    if (a->order.kind == ORDER_POLICY) {
        put_profile(to, &a->order.profile);
    }
}

static void put_process(FILE *to, const struct scn_action *a)
{
    const struct scn_process *c = &a->process;

    put_member(to, "process", a->kind == ACTION_COPY ? "copy" : process_change_name(c->what));
    put_role(to, "role", a->role);
    if (a->kind == ACTION_COPY || c->left == LEFT_OLD) {
        fprintf(to, ",\"copy\":%u", c->copy);
    }
    if (c->what == PROCESS_STARTS) {
        put_member(to, "left", state_left_name(c->left));
    }
    if (c->what == PROCESS_CLOCK) {
        fprintf(to, ",\"%s\":%" PRId64, c->jumps ? "jump_us" : "ppm",
                c->jumps ? c->jump_us : (int64_t)c->ppm);
    }
}

static void put_actions(FILE *to, const struct scenario *s)
{
    fputs(",\"actions\":[", to);
    for (unsigned i = 0; i < s->actions_count; i++) {
        const struct scn_action *a = &s->actions[i];

        fprintf(to, "%s\n{\"line\":%u,\"at_us\":%" PRIu64, i == 0 ? "" : ",", a->line,
                a->trigger.at_us);
        if (a->trigger.on_cond) {
            fputs(",\"when\":", to);
            put_condition(to, s, &a->trigger.cond);
        }
        if (a->trigger.every_us != 0) {
            fprintf(to, ",\"every_us\":%" PRIu64 ",\"until_us\":%" PRIu64 ",\"times\":%u",
                    a->trigger.every_us, a->trigger.until_us, a->trigger.times);
        }
        if (a->kind == ACTION_ORDER) {
            put_order(to, s, a);
        } else if (a->kind == ACTION_INJECT) {
            fprintf(to, ",\"fault\":%u", a->fault);
        } else if (a->kind == ACTION_PROCESS || a->kind == ACTION_COPY) {
            put_process(to, a);
        } else {
            put_role(to, "from", a->from);
            put_role(to, "to", a->to);
            put_flag(to, "both", a->both);
            fprintf(to, ",\"set\":%u,\"for_us\":%" PRIu64, a->set, a->for_us);
            put_link(to, &a->link);
        }
        fputc('}', to);
    }
    fputs("]", to);
}

static void put_corrupt(FILE *to, const struct scn_fault *f)
{
    static const char *const fields[FIELD_COUNT] = {"payload", "mac", "rand", "ctr", "bit", "bits"};

    put_member(to, "field", fields[f->field]);
    fprintf(to, ",\"bit\":%u,\"bits\":[", f->bit);
    for (unsigned i = 0; i < f->bits_count; i++) {
        fprintf(to, "%s[%u,%u]", i == 0 ? "" : ",", f->bits[i].first, f->bits[i].last);
    }
    fputc(']', to);
}

static void put_fault_details(FILE *to, const struct scenario *s, const struct scn_fault *f)
{
    static const char *const kills[KILL_COUNT] = {
        [KILL_NOBODY] = "",
        [KILL_SENDER] = "sender",
        [KILL_RECEIVER_BEFORE] = "receiver before durable",
        [KILL_RECEIVER_AFTER] = "receiver after durable",
    };

    if (f->kind == FAULT_CORRUPT) {
        put_corrupt(to, f);
    } else if (f->kind == FAULT_HOLD) {
        fputs(",\"until\":", to);
        put_condition(to, s, &f->until);
    } else if (f->kind == FAULT_TRUNCATE) {
        fprintf(to, ",\"len\":%u", f->len);
    } else if (f->kind == FAULT_KILL) {
        put_member(to, "kill", kills[f->kill]);
    } else if (f->kind == FAULT_SWAP) {
        put_member(to, "other", s->ues[f->other].label);
    } else if (f->kind == FAULT_LEAK) {
        put_member(to, "secret", secret_name(f->secret));
    } else if (f->kind == FAULT_FORGE) {
        if (f->forged.has_ctr) {
            fprintf(to, ",\"ctr\":%u", f->forged.ctr);
        }
        if (f->forged.has_rand) {
            put_hex(to, "rand", f->forged.rand, RAND_LEN);
        }
        if (f->forged.seals) {
            put_member(to, "with", secret_name(f->forged.with));
            put_flag(to, "if_known", f->forged.if_known);
        }
        if (f->forged.has_eese) {
            put_member(to, "eese", f->forged.eese.s);
        }
        put_hex(to, "payload", f->forged.payload, f->forged.len);
    }
}

static void put_faults(FILE *to, const struct scenario *s)
{
    static const char *const kinds[FAULT_KIND_COUNT] = {
        [FAULT_DROP] = "drop",       [FAULT_DUPLICATE] = "duplicate", [FAULT_DELAY] = "delay",
        [FAULT_CORRUPT] = "corrupt", [FAULT_REPLAY] = "replay",       [FAULT_HOLD] = "hold",
        [FAULT_REORDER] = "reorder", [FAULT_TRUNCATE] = "truncate",   [FAULT_RECALL] = "recall",
        [FAULT_FORGE] = "forge",     [FAULT_KILL] = "kill",           [FAULT_LEAK] = "leak",
        [FAULT_SWAP] = "swap",       [FAULT_REFLECT] = "reflect",
    };

    fputs(",\"faults\":[", to);
    for (unsigned i = 0; i < s->faults_count; i++) {
        const struct scn_fault *f = &s->faults[i];

        fprintf(to, "%s\n{\"line\":%u,\"fault\":\"%s\"", i == 0 ? "" : ",", f->line,
                kinds[f->kind]);
        put_match(to, s, &f->match);
        fprintf(to, ",\"copies\":%u,\"after_us\":%" PRIu64, f->copies, f->after_us);
        fprintf(to, ",\"later\":%u", f->later);
        put_fault_details(to, s, f);
        fputc('}', to);
    }
    fputs("]", to);
}

static void put_expects(FILE *to, const struct scenario *s)
{
    static const char *const modes[] = {"within",   "eventually", "never",  "exactly",
                                        "at-least", "at-most",    "finally"};

    fputs(",\"expects\":[", to);
    for (unsigned i = 0; i < s->expects_count; i++) {
        const struct scn_expect *e = &s->expects[i];

        fprintf(to, "%s\n{\"line\":%u,\"mode\":\"%s\"", i == 0 ? "" : ",", e->line, modes[e->mode]);
        put_member(to, "text", e->text);
        put_flag(to, "in_literal", e->in_literal);
        put_flag(to, "in_hardened", e->in_hardened);
        fprintf(to, ",\"at_us\":%" PRIu64 ",\"after_us\":%" PRIu64 ",\"count\":%u,\"condition\":",
                e->at_us, e->after_us, e->count);
        put_condition(to, s, &e->cond);
        fputc('}', to);
    }
    fputs("]", to);
}

static void put_settings(FILE *to, const struct scenario *s)
{
    const char *comma = "";

    put_member(to, "variant", variant_name(s->variant.variant));
    fputs(",\"corrections\":[", to);
    for (unsigned i = 0; i < SW_COUNT; i++) {
        if (sw_on(&s->variant, (enum sw)i)) {
            fprintf(to, "%s\"%s\"", comma, switch_info[i].name);
            comma = ",";
        }
    }
    fputs("],\"stated\":{", to);
    for (unsigned i = 0; i < VARIANT_COUNT; i++) {
        fprintf(to, "%s\"%s\":\"%s\"", i == 0 ? "" : ",", variant_name((enum variant)i),
                stated_name(s->fails[i] ? STATED_FAIL : STATED_PASS));
    }
    fputs("},\"timers_ms\":{", to);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        fprintf(to, "%s\"%s\":%u", i == 0 ? "" : ",", timer_info[i].name, s->timing.ms[i]);
    }
    fprintf(to, "},\"pace_percent\":%u,\"seed\":%" PRIu64, s->pace_percent, s->seed);
    put_member(to, "emse", s->emse.s);
    put_member(to, "eese", s->eese.s);
    put_plmn(to, "home_network", s->home_plmn);
    fprintf(to, ",\"te2e_wish_ms\":%u,\"end_us\":%" PRIu64 ",\"limit_us\":%" PRIu64,
            s->te2e_wish_ms, s->end_us, s->limit_us);
    fprintf(to, ",\"wish\":{\"integrity\":[%u,%u],\"confidentiality\":[", s->wish.alg_int[0],
            s->wish.alg_int[1]);
    for (unsigned i = 0; i < s->wish.alg_enc_len; i++) {
        fprintf(to, "%s%u", i == 0 ? "" : ",", s->wish.alg_enc[i]);
    }
    fputs("]}", to);
}

void script_dump_json(FILE *to, const struct scenario *s)
{
    fputs("{\"scenario\":", to);
    put_string(to, s->name);
    put_member(to, "title", s->title);
    put_settings(to, s);
    put_ues(to, s);
    put_links(to, s);
    put_ears(to, s);
    put_actions(to, s);
    put_faults(to, s);
    put_expects(to, s);
    fputs("}\n", to);
}
