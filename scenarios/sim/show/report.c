#include "scenarios/sim/show/report.h"

#include "scenarios/sim/script/script.h"
#include "scenarios/sim/show/report_parts.h"
#include "scenarios/sim/show/shell.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *run_verdict_name(enum run_verdict o)
{
    static const char *const names[] = {
        [RUN_PASS] = "pass", [RUN_FAIL] = "fail", [RUN_ERROR] = "error"};

    return names[o];
}

struct report *report_new(const struct trace_run *run)
{
    struct report *r = calloc(1, sizeof *r);

    if (r == NULL || ends_init(&r->ends, run) != ERR_OK) {
        free(r);
        return NULL;
    }
    r->run = run;
    tally_init(&r->tally);
    return r;
}

void report_free(struct report *r)
{
    if (r != NULL) {
        ends_free(&r->ends);
        free(r);
    }
}

void report_event(void *arg, const struct trace_event *e)
{
    struct report *r = arg;

    tally_event(&r->tally, e);
    ends_event(&r->ends, e);
}

enum run_verdict report_verdict(const struct report *r, const struct judge *j,
                                const struct invariants *v)
{
    if (r->tally.broke) {
        return RUN_ERROR;
    }
    if (judge_tally(j, JUDGED_FAILED) > 0 || judge_tally(j, JUDGED_PENDING) > 0) {
        return RUN_FAIL;
    }
    return invariants_binding(v) && invariants_broken(v) > 0 ? RUN_FAIL : RUN_PASS;
}

/* The word that `run` takes for |file|. */
static void put_operand(const char *file, FILE *out)
{
    if (strcmp(file, SCRIPT_STDIN) == 0) {
        file = "-";
    } else if (file[0] == '-') {
        fputs("./", out); /* else it would be an option */
    }
    shell_word(out, file);
}

void report_repeat(const struct trace_run *run, FILE *out)
{
    const struct scenario *scn = run->scn;
    const enum variant v = scn->variant.variant;
    const uint32_t differs = scn->variant.switches ^ scenario_switches(scn, v);

    fputs("e2esim run ", out);
    put_operand(scn->file, out);
    fprintf(out, " --%s --variant %s", run->mode, variant_name(v));
    for (enum sw s = 0; s < SW_COUNT; s++) {
        if ((differs >> s & 1) != 0) {
            fprintf(out, " --%s %s", sw_on(&scn->variant, s) ? "with" : "without",
                    switch_info[s].name);
        }
    }
    fprintf(out, " --seed %" PRIu64, scn->seed);
}

static void seconds(uint64_t us, char out[32])
{
    snprintf(out, 32, "%" PRIu64 ".%03" PRIu64 " s", us / 1000000, us / 1000 % 1000);
}

/* Prints |text|, lines that each end with a newline, indented by |indent|. */
static void indented(const struct look *look, unsigned indent, const char *text, FILE *out)
{
    while (*text != '\0') {
        char line[JUDGE_WHY_MAX];
        const size_t len = strcspn(text, "\n");

        snprintf(line, sizeof line, "%.*s", (int)len, text);
        fprintf(out, "%*s", (int)indent, "");
        plain_print(look, line, out);
        fputc('\n', out);
        text += len + (text[len] == '\n');
    }
}

/* "  ✓ holds   at 1.080 s  12  expect ..." */
static void print_judgement(const struct report *r, const struct judgement *g,
                            const struct look *look, FILE *out)
{
    static const struct {
        const char *mark;
        const char *ascii;
        enum style style;
    } marks[] = {
        [JUDGED_PENDING] = {"? pending", "pending", STYLE_WARN},
        [JUDGED_HELD] = {"✓ holds", "ok", STYLE_GOOD},
        [JUDGED_FAILED] = {"✗ FAILED", "FAILED", STYLE_BAD},
        [JUDGED_NOT_ASKED] = {"· not asked", "not asked", STYLE_FAINT},
    };
    const char *const mark = look->utf8 ? marks[g->verdict].mark : marks[g->verdict].ascii;
    char at[32];

    fputs("  ", out);
    styled_print(look, marks[g->verdict].style, mark, out);
    fprintf(out, "%*s", 13 - (int)canvas_columns(mark), "");
    plain_print(look, g->text, out);
    if (g->verdict == JUDGED_FAILED) {
        seconds(g->at_us, at);
        fputc('\n', out);
        fprintf(out, "%15s%s:%u, at %s\n", "", r->run->scn->file, g->line, at);
        indented(look, 15, g->why, out);
    } else {
        fputc('\n', out);
    }
}

static void print_invariants(const struct invariants *v, const struct look *look, FILE *out)
{
    const char *const mark = look->utf8 ? "✗ broken" : "broken";
    unsigned holds = 0;

    for (unsigned i = 0; i < invariants_count(v); i++) {
        const struct invariant *const inv = invariants_get(v, i);
        char at[32];

        holds += inv->watched && inv->broken == 0;
        if (inv->broken == 0) {
            continue;
        }
        seconds(inv->t_us, at);
        fputs("  ", out);
        styled_print(look, invariants_binding(v) ? STYLE_BAD : STYLE_WARN, mark, out);
        fprintf(out, "%*s%s %s: ", 13 - (int)canvas_columns(mark), "", inv->id, inv->name);
        plain_print(look, inv->sentence, out);
        fprintf(out, " (%s)%s\n", inv->clause,
                invariants_binding(v) ? "" : "; a finding (literal)");
        fprintf(out, "%15sfirst at %s, event %" PRIu64 ": %s", "", at, inv->event, inv->what);
        if (inv->broken > 1) {
            fprintf(out, "; %u times in all", (unsigned)inv->broken);
        }
        fputc('\n', out);
    }
    if (holds > 0) {
        fprintf(out, "  invariants: %u hold\n", holds);
    }
}

/* How the verdict compares with the one that the file states; nothing where a run that should pass
 * does, or of a run that did not test what it says. */
static const char *compared(const struct judge *j, enum run_verdict verdict, enum scn_stated stated)
{
    if (judge_vacuities(j) > 0) {
        return "";
    }
    if (verdict == RUN_FAIL && stated == STATED_FAIL) {
        return ", as the file says";
    }
    if (verdict == RUN_FAIL && stated == STATED_PASS) {
        return ", but the file says that it passes in this variant";
    }
    if (verdict == RUN_PASS && stated == STATED_FAIL) {
        return ", but the file says that it fails in this variant";
    }
    return "";
}

static void print_sum(const struct report *r, const struct judge *j, enum run_verdict verdict,
                      const struct look *look, FILE *out)
{
    static const struct {
        const char *word;
        enum style style;
    } words[] = {
        [RUN_PASS] = {"PASS", STYLE_GOOD},
        [RUN_FAIL] = {"FAIL", STYLE_BAD},
        [RUN_ERROR] = {"ERROR", STYLE_BAD},
    };
    const struct scenario *scn = r->run->scn;
    const unsigned asked = judge_count(j) - judge_tally(j, JUDGED_NOT_ASKED);
    char at[32];

    seconds(r->tally.end_us, at);
    styled_print(look, words[verdict].style, words[verdict].word, out);
    fprintf(out, " %s (%s, %s, seed %" PRIu64 "): ", scn->name, variant_name(scn->variant.variant),
            r->run->mode, scn->seed);
    if (verdict == RUN_ERROR) {
        fprintf(out, "the run failed: %s; ", r->tally.broke_words);
    }
    fprintf(out,
            "%u of %u expectations hold, %" PRIu64 " datagrams, %" PRIu64 " bytes on air, %s%s\n",
            judge_tally(j, JUDGED_HELD), asked, r->tally.datagrams, r->tally.air_bytes, at,
            compared(j, verdict, scenario_stated(scn)));
}

void report_print(const struct report *r, const struct judge *j, const struct invariants *v,
                  const char *repeat, const struct look *look, FILE *out)
{
    const enum run_verdict verdict = report_verdict(r, j, v);

    for (unsigned i = 0; i < judge_count(j); i++) {
        print_judgement(r, judge_get(j, i), look, out);
    }
    print_invariants(v, look, out);
    print_sum(r, j, verdict, look, out);
    if (verdict != RUN_PASS) {
        fprintf(out, "again: %s\n", repeat);
    }
}
