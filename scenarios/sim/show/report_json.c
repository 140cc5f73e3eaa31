#include "scenarios/sim/show/jout.h"
#include "scenarios/sim/show/report_parts.h"

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
}

static void put_judgements(struct jout *j, const struct judge *judge)
{
    jout_array(j, "expectations");
    for (unsigned i = 0; i < judge_count(judge); i++) {
        const struct judgement *const g = judge_get(judge, i);

        jout_object(j, NULL);
        jout_text(j, "verdict", judged_name(g->verdict));
        jout_uint(j, "line", g->line);
        jout_text(j, "text", g->text);
        if (g->verdict == JUDGED_HELD || g->verdict == JUDGED_FAILED) {
            jout_seconds(j, "at", g->at_us);
            jout_uint(j, "count", g->count);
        }
        if (g->verdict == JUDGED_FAILED) {
            jout_text(j, "why", g->why);
        }
        jout_end(j);
    }
    jout_end(j);
}

static const char *invariant_verdict(const struct invariants *v, const struct invariant *inv)
{
    if (!inv->watched) {
        return "not judged";
    }
    if (inv->broken == 0) {
        return "holds";
    }
    return invariants_binding(v) ? "broken" : "broken (literal)";
}

static void put_invariants(struct jout *j, const struct invariants *v)
{
    jout_array(j, "invariants");
    for (unsigned i = 0; i < invariants_count(v); i++) {
        const struct invariant *const inv = invariants_get(v, i);

        jout_object(j, NULL);
        jout_text(j, "id", inv->id);
        jout_text(j, "name", inv->name);
        jout_text(j, "sentence", inv->sentence);
        jout_text(j, "clause", inv->clause);
        jout_text(j, "verdict", invariant_verdict(v, inv));
        if (inv->broken > 0) {
            jout_uint(j, "times", inv->broken);
            jout_seconds(j, "at", inv->t_us);
            jout_uint(j, "event", inv->event);
            jout_text(j, "what", inv->what);
        }
        if (inv->no_return > 0) {
            jout_seconds(j, "no_return_at", inv->no_return_us);
            jout_uint(j, "no_return_event", inv->no_return);
        }
        jout_end(j);
    }
    jout_end(j);
}

static void put_fates(struct jout *j, const char *key, const uint64_t fate[FATE_COUNT])
{
    jout_object(j, key);
    for (enum fate f = 0; f < FATE_COUNT; f++) {
        jout_uint(j, fate_name(f), fate[f]);
    }
    jout_end(j);
}

static void put_messages(struct jout *j, const struct tally *t)
{
    jout_array(j, "messages");
    for (unsigned type = 0; type < TALLY_TYPES; type++) {
        uint64_t seen = 0;

        for (enum fate f = 0; f < FATE_COUNT; f++) {
            seen += t->type_fate[type][f];
        }
        if (seen == 0) {
            continue;
        }
        jout_object(j, NULL);
        if (type < MSG_TYPE_COUNT) {
            jout_text(j, "msg", msg_name((enum msg_type)type));
        } else {
            jout_null(j, "msg");
        }
        jout_uint(j, "bytes", t->type_bytes[type]);
        put_fates(j, "fates", t->type_fate[type]);
        jout_end(j);
    }
    jout_end(j);
}

static void put_links(struct jout *j, const struct tally *t)
{
    jout_array(j, "links");
    for (enum role from = 0; from < ROLE_COUNT; from++) {
        for (enum role to = 0; to < ROLE_COUNT; to++) {
            const struct tally_link *const link = &t->link[from][to];

            if (link->datagrams + link->made == 0) {
                continue;
            }
            jout_object(j, NULL);
            jout_text(j, "from", role_name(from));
            jout_text(j, "to", role_name(to));
            jout_uint(j, "datagrams", link->datagrams);
            jout_uint(j, "bytes", link->bytes);
            jout_uint(j, "lost", link->lost);
            jout_uint(j, "made", link->made);
            jout_uint(j, "bytes_made", link->made_bytes);
            jout_end(j);
        }
    }
    jout_end(j);
}

static void put_end_of(struct jout *j, const char *key, const struct end *end)
{
    char fp[9];

    if (!end->has_key) {
        jout_null(j, key);
        return;
    }
    snprintf(fp, sizeof fp, "%08x", (unsigned)end->key.fp);
    jout_object(j, key);
    jout_uint(j, "epoch", end->key.epoch);
    jout_text(j, "fp", fp);
    jout_end(j);
}

static void put_ues(struct jout *j, const struct report *r)
{
    static const char *const relations[] = {
        [ENDS_ALONE] = "alone",
        [ENDS_APART] = "apart",
        [ENDS_AGREE] = "agree",
        [ENDS_PARTED] = "parted",
    };

    jout_array(j, "ues");
    for (unsigned i = 0; i < r->ends.count; i++) {
        const struct pair *const p = &r->ends.pair[i];

        jout_object(j, NULL);
        jout_text(j, "ue", r->run->scn->ues[i].label);
        put_end_of(j, "at_ue", &p->ue);
        put_end_of(j, "at_eese", &p->eese);
        jout_text(j, "keys", p->ue.has_key || p->eese.has_key ? relations[p->relation] : "none");
        jout_end(j);
    }
    jout_end(j);
}

static void put_counts(struct jout *j, const struct tally *t)
{
    jout_object(j, "counts");
    jout_uint(j, "events", t->events);
    jout_uint(j, "steps", t->steps);
    jout_uint(j, "datagrams", t->datagrams);
    jout_uint(j, "bytes", t->bytes);
    jout_uint(j, "bytes_made", t->made_bytes);
    jout_uint(j, "bytes_on_air", t->air_bytes);
    jout_uint(j, "refused", t->refused);
    jout_uint(j, "delivered", t->delivered);
    put_fates(j, "fates", t->fate);
    jout_object(j, "verdicts");
    for (enum verdict v = 0; v < VERDICT_COUNT; v++) {
        jout_uint(j, verdict_name(v), t->verdicts[v]);
    }
    jout_end(j);
    jout_end(j);
}

void report_json(const struct report *r, const struct judge *judge, const struct invariants *v,
                 FILE *out)
{
    struct jout j;

    jout_begin(&j, out, true);
    jout_object(&j, NULL);
    jout_text(&j, "verdict", run_verdict_name(report_verdict(r, judge, v)));
    if (r->tally.broke) {
        jout_text(&j, "error", r->tally.broke_words);
    }
    put_run(&j, r->run);
    jout_seconds(&j, "duration", r->tally.end_us);
    put_judgements(&j, judge);
    put_invariants(&j, v);
    put_counts(&j, &r->tally);
    put_messages(&j, &r->tally);
    put_links(&j, &r->tally);
    put_ues(&j, r);
    jout_end(&j);
}
