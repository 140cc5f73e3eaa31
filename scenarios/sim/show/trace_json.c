#include "scenarios/sim/show/trace_json.h"

#include "scenarios/sim/net/coverage.h"
#include "scenarios/sim/show/jout.h"

#include <stdio.h>

void trace_json_init(struct trace_json *t, const struct trace_run *run, FILE *out)
{
    t->run = run;
    t->out = out;
}

static void put_ue(struct jout *j, const struct trace_run *run, int ue, const struct ident *imsi)
{
    if (ue >= 0 && (unsigned)ue < run->scn->ues_count) {
        jout_text(j, "ue", run->scn->ues[ue].label);
    } else if (imsi != NULL && imsi->len > 0) {
        jout_text(j, "ue", imsi->s);
    } else {
        jout_null(j, "ue");
    }
}

static void put_epoch(struct jout *j, bool has_epoch, uint32_t epoch)
{
    if (has_epoch) {
        jout_uint(j, "epoch", epoch);
    } else {
        jout_null(j, "epoch");
    }
}

static void put_rule(struct jout *j, unsigned line)
{
    if (line > 0) {
        jout_uint(j, "rule", line);
    }
}

/* The figures that count for its radio, and whether they are published ones. */
static void put_coverage(struct jout *j, enum coverage c)
{
    const struct coverage_class *class;

    if (c == COVERAGE_NONE) {
        return;
    }
    class = coverage_class(c);
    jout_object(j, "coverage");
    jout_text(j, "class", class->name);
    jout_bool(j, "interpolated", class->interpolated);
    jout_uint(j, "up_bit_s", class->up);
    jout_uint(j, "down_bit_s", class->down);
    jout_uint(j, "setup_us", class->setup_us);
    jout_end(j);
}

static void put_run(struct jout *j, const struct trace_run *run)
{
    const struct scenario *scn = run->scn;
    const char *stated = stated_name(scenario_stated(scn));

    jout_text(j, "scenario", scn->name);
    jout_text(j, "title", scn->title);
    jout_text(j, "file", scn->file);
    jout_text(j, "variant", variant_name(scn->variant.variant));
    if (stated != NULL) {
        jout_text(j, "stated", stated);
    }
    jout_object(j, "switches");
    for (enum sw s = 0; s < SW_COUNT; s++) {
        jout_bool(j, switch_info[s].name, sw_on(&scn->variant, s));
    }
    jout_end(j);
    jout_uint(j, "seed", scn->seed);
    jout_text(j, "mode", run->mode);
    jout_array(j, "ues");
    for (unsigned i = 0; i < scn->ues_count; i++) {
        jout_object(j, NULL);
        jout_text(j, "ue", scn->ues[i].label);
        jout_text(j, "imsi", scn->ues[i].imsi.s);
        put_coverage(j, scn->ues[i].coverage);
        jout_end(j);
    }
    jout_end(j);
}

static void put_msg(struct jout *j, const struct trace_run *run, const struct trace_msg *m)
{
    jout_text(j, "from", role_name(m->from));
    jout_text(j, "to", role_name(m->to));
    if (m->type < MSG_TYPE_COUNT) {
        jout_text(j, "msg", msg_name(m->type));
    } else {
        jout_null(j, "msg");
    }
    put_ue(j, run, m->ue, NULL);
    put_epoch(j, m->has_epoch, m->epoch);
    if (m->ctr > 0) {
        jout_uint(j, "ctr", m->ctr);
    } else {
        jout_null(j, "ctr");
    }
    if (m->attempt > 1) {
        jout_uint(j, "attempt", m->attempt);
    }
    jout_uint(j, "bytes", m->bytes);
    jout_text(j, "fate", fate_name(m->fate));
    jout_seconds(j, "sent", m->sent_us);
    jout_uint(j, "id", m->id);
    put_rule(j, m->line);
}

static void put_fp(struct jout *j, uint32_t fp)
{
    char text[9];

    snprintf(text, sizeof text, "%08x", (unsigned)fp);
    jout_text(j, "fp", text);
}

static void put_step(struct jout *j, const struct occur *o)
{
    jout_text(j, "state", o->state);
    jout_text(j, "event", o->event);
    jout_text(j, "next", o->next);
    jout_text(j, "action", o->action);
    jout_text(j, "clause", clause_info[o->clause].where);
    jout_text(j, "because", clause_info[o->clause].id);
    put_epoch(j, o->has_epoch, o->epoch);
    if (o->has_epoch && o->fp != 0) {
        put_fp(j, o->fp);
    } else {
        jout_null(j, "fp");
    }
}

static void put_data(struct jout *j, const struct occur *o)
{
    jout_text(j, "from", role_name(o->from));
    put_epoch(j, o->has_epoch, o->epoch);
    jout_uint(j, "ctr", o->ctr);
    jout_text(j, "verdict", verdict_name(o->verdict));
    if (o->kind == OCCUR_DELIVER) {
        jout_hex(j, "payload", o->payload, o->len);
    }
}

static void put_occur(struct jout *j, const struct trace_run *run, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;

    jout_text(j, "role", role_name(o->role));
    put_ue(j, run, e->ue, &o->ue);
    switch (o->kind) {
    case OCCUR_STEP: put_step(j, o); break;
    case OCCUR_DELIVER:
    case OCCUR_REPORT: put_data(j, o); break;
    case OCCUR_NOTE:
        jout_text(j, "note", note_name(o->note));
        jout_uint(j, "value", o->value);
        jout_uint(j, "more", o->more);
        break;
    case OCCUR_REFUSED:
        jout_text(j, "from", role_name(o->from));
        jout_uint(j, "bytes", o->len);
        jout_text(j, "why", err_words(o->err));
        break;
    case OCCUR_KIND_COUNT: break;
    }
}

static void put_order(struct jout *j, const struct trace_run *run, const struct trace_event *e)
{
    static const char *const names[ORDER_COUNT] = {
#define ORDER_NAME(id, words) [ORDER_##id] = #id,
        ORDER_LIST(ORDER_NAME)
#undef ORDER_NAME
    };

    jout_text(j, "role", role_name(e->u.order.role));
    put_ue(j, run, e->ue, NULL);
    jout_text(j, "order", names[e->u.order.kind]);
    if (e->u.order.kind == ORDER_SEND) {
        jout_hex(j, "payload", e->u.order.payload, e->u.order.len);
    }
    put_rule(j, e->u.order.line);
}

/* |fp| 0: it is no key that the ends show. */
static void put_secret(struct jout *j, enum secret what, bool has_epoch, uint32_t epoch,
                       uint32_t fp)
{
    jout_text(j, "what", secret_name(what));
    if (has_epoch) {
        jout_uint(j, "epoch", epoch);
    }
    if (fp != 0) {
        put_fp(j, fp);
    }
}

static void put_leak(struct jout *j, const struct trace_run *run, const struct trace_event *e)
{
    put_ue(j, run, e->ue, NULL);
    put_secret(j, e->u.leak.what, e->u.leak.has_epoch, e->u.leak.epoch, e->u.leak.fp);
    put_rule(j, e->u.leak.line);
}

static void put_source(struct jout *j, const struct trace_source *by)
{
    jout_object(j, NULL);
    if (by->is_msg) {
        jout_text(j, "msg", msg_name(by->type));
        jout_uint(j, "id", by->id);
        jout_seconds(j, by->own ? "sent" : "heard", by->t_us);
    } else {
        put_secret(j, by->what, by->has_epoch, by->epoch, by->fp);
        jout_bool(j, "leaked", by->leaked);
    }
    jout_end(j);
}

static void put_knows(struct jout *j, const struct trace_run *run, const struct trace_event *e)
{
    const struct trace_knows *k = &e->u.knows;

    put_ue(j, run, e->ue, NULL);
    put_secret(j, k->what, k->has_epoch, k->epoch, k->fp);
    if (k->what == SECRET_TEXT) {
        jout_hex(j, "payload", k->payload, k->len);
    }
    jout_array(j, "by");
    for (unsigned i = 0; i < k->by_count; i++) {
        put_source(j, &k->by[i]);
    }
    jout_end(j);
}

static const char *event_name(const struct trace_event *e)
{
    static const char *const kinds[] = {
        [TRACE_RUN] = "run",   [TRACE_ORDER] = "order", [TRACE_MSG] = "msg",
        [TRACE_OCCUR] = "",    [TRACE_LINK] = "link",   [TRACE_PROCESS] = "process",
        [TRACE_LEAK] = "leak", [TRACE_KNOWS] = "knows", [TRACE_FAILED] = "failed",
        [TRACE_END] = "end",
    };
    static const char *const occurs[OCCUR_KIND_COUNT] = {
        [OCCUR_STEP] = "step", [OCCUR_DELIVER] = "deliver", [OCCUR_REPORT] = "verdict",
        [OCCUR_NOTE] = "note", [OCCUR_REFUSED] = "refused",
    };

    return e->kind == TRACE_OCCUR ? occurs[e->u.occur.kind] : kinds[e->kind];
}

void trace_json_event(void *arg, const struct trace_event *e)
{
    const struct trace_json *t = arg;
    struct jout j;

    jout_begin(&j, t->out, false);
    jout_object(&j, NULL);
    jout_seconds(&j, "t", e->t_us);
    jout_text(&j, "ev", event_name(e));
    switch (e->kind) {
    case TRACE_RUN: put_run(&j, t->run); break;
    case TRACE_ORDER: put_order(&j, t->run, e); break;
    case TRACE_MSG: put_msg(&j, t->run, &e->u.msg); break;
    case TRACE_OCCUR: put_occur(&j, t->run, e); break;
    case TRACE_LINK:
        jout_text(&j, "from", role_name(e->u.link.from));
        jout_text(&j, "to", role_name(e->u.link.to));
        put_rule(&j, e->u.link.line);
        break;
    case TRACE_PROCESS:
        jout_text(&j, "role", role_name(e->u.process.role));
        jout_text(&j, "what", process_change_name(e->u.process.what));
        if (e->u.process.what == PROCESS_STARTS) {
            jout_text(&j, "left", state_left_name(e->u.process.left));
        }
        put_rule(&j, e->u.process.line);
        break;
    case TRACE_LEAK: put_leak(&j, t->run, e); break;
    case TRACE_KNOWS: put_knows(&j, t->run, e); break;
    case TRACE_FAILED: jout_text(&j, "words", e->u.failed.words); break;
    case TRACE_END: break;
    }
    jout_end(&j);
}
