#include "scenarios/sim/show/junit.h"

#include "common/base/ensure.h"
#include "scenarios/sim/show/report_parts.h"
#include "scenarios/sim/show/xml.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct counts {
    unsigned tests;
    unsigned failures;
    unsigned errors;
    unsigned skipped;
    uint64_t us;
};

/* Text that grows in memory. */
struct page {
    FILE *out;
    char *text;
    size_t len;
};

struct junit {
    const char *path;
    struct page suites;
    struct counts counts;
    bool incomplete; /* memory was short */
};

/* One suite while its cases are written. */
struct suite {
    struct page cases;
    struct counts counts;
    const struct report *report; /* NULL: nothing was run */
    char class[NAME_TEXT_MAX + 64];
};

static bool page_open(struct page *p)
{
    p->out = open_memstream(&p->text, &p->len);
    return p->out != NULL;
}

/* Returns: false when memory was short. */
static bool page_close(struct page *p)
{
    const bool good = ferror(p->out) == 0;

    return fclose(p->out) == 0 && good;
}

static void put_seconds(FILE *out, const char *name, uint64_t us)
{
    fprintf(out, " %s=\"%" PRIu64 ".%06" PRIu64 "\"", name, us / 1000000, us % 1000000);
}

static void put_counts(FILE *out, const struct counts *c)
{
    fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"", c->tests,
            c->failures, c->errors, c->skipped);
    put_seconds(out, "time", c->us);
}

/* ---- cases ---- */

static void case_begin(struct suite *s, const char *name, uint64_t at_us)
{
    FILE *const out = s->cases.out;

    fputs("    <testcase", out);
    xml_attribute(out, "classname", s->class);
    xml_attribute(out, "name", name);
    if (s->report != NULL) {
        xml_attribute(out, "file", s->report->run->scn->file);
    }
    put_seconds(out, "time", at_us);
    fputs(">", out);
    s->counts.tests++;
}

static void case_end(struct suite *s)
{
    fputs("</testcase>\n", s->cases.out);
}

/* The text of an element: |body|, and the command that repeats the run, "": none. */
static void put_body(FILE *out, const char *body, const char *repeat)
{
    xml_text(out, body);
    if (*repeat != '\0') {
        xml_text(out, "again: ");
        xml_text(out, repeat);
    }
}

/* An element of a case; |message| is its first line. */
static void put_result(struct suite *s, const char *element, const char *type, const char *message,
                       const char *body, const char *repeat)
{
    FILE *const out = s->cases.out;
    char line[JUDGE_WHY_MAX];

    snprintf(line, sizeof line, "%.*s", (int)strcspn(message, "\n"), message);
    fprintf(out, "<%s", element);
    if (type != NULL) {
        xml_attribute(out, "type", type);
    }
    xml_attribute(out, "message", line);
    fputs(">", out);
    put_body(out, body, repeat);
    fprintf(out, "</%s>", element);
}

static void put_skipped(struct suite *s, const char *words)
{
    put_result(s, "skipped", NULL, words, "", "");
    s->counts.skipped++;
}

static void put_error(struct suite *s, const char *name, const char *words, const char *repeat)
{
    char body[2048];

    snprintf(body, sizeof body, "%s%s", words, *repeat != '\0' ? "\n" : "");
    case_begin(s, name, 0);
    put_result(s, "error", "environment", words, body, repeat);
    s->counts.errors++;
    case_end(s);
}

static void put_judgement(struct suite *s, const struct judgement *g, const char *repeat)
{
    char text[JUDGE_WHY_MAX + SCN_FILE_MAX + 64];

    snprintf(text, sizeof text, "line %u: %s", g->line, g->text);
    case_begin(s, text, g->verdict == JUDGED_NOT_ASKED ? 0 : g->at_us);
    if (g->verdict == JUDGED_NOT_ASKED) {
        put_skipped(s, "it binds the other variant");
    } else if (g->verdict != JUDGED_HELD) {
        snprintf(text, sizeof text, "%s%s:%u, at %" PRIu64 ".%03" PRIu64 " s\n", g->why,
                 s->report->run->scn->file, g->line, g->at_us / 1000000, g->at_us / 1000 % 1000);
        put_result(s, "failure", g->vacuous ? "vacuous" : "expectation",
                   g->why[0] != '\0' ? g->why : judged_name(g->verdict), text, repeat);
        s->counts.failures++;
    }
    case_end(s);
}

static void put_invariant(struct suite *s, const struct invariants *v, const struct invariant *inv,
                          const char *repeat)
{
    char text[2048];

    snprintf(text, sizeof text, "%s %s: %s", inv->id, inv->name, inv->sentence);
    case_begin(s, text, 0);
    snprintf(text, sizeof text,
             "%s\n%s; first at %" PRIu64 ".%03" PRIu64 " s, line %" PRIu64
             " of trace.jsonl; %u times in all\n",
             inv->what, inv->clause, inv->t_us / 1000000, inv->t_us / 1000 % 1000, inv->event,
             (unsigned)inv->broken);
    if (!inv->watched) {
        put_skipped(s, "this run gives no ground to judge it");
    } else if (inv->broken > 0 && invariants_binding(v)) {
        put_result(s, "failure", "invariant", inv->what, text, repeat);
        s->counts.failures++;
    } else if (inv->broken > 0) {
        fputs("<system-out>a finding (literal): ", s->cases.out);
        put_body(s->cases.out, text, repeat);
        fputs("</system-out>", s->cases.out);
    }
    case_end(s);
}

/* ---- suites ---- */

static void put_property(FILE *out, const char *name, const char *value)
{
    fputs("      <property", out);
    xml_attribute(out, "name", name);
    xml_attribute(out, "value", value);
    fputs("/>\n", out);
}

static void put_properties(FILE *out, const struct trace_run *run, const char *repeat)
{
    const char *stated = stated_name(scenario_stated(run->scn));
    char seed[24];

    snprintf(seed, sizeof seed, "%" PRIu64, run->scn->seed);
    fputs("    <properties>\n", out);
    put_property(out, "title", run->scn->title);
    put_property(out, "variant", variant_name(run->scn->variant.variant));
    if (stated != NULL) {
        put_property(out, "stated", stated);
    }
    put_property(out, "mode", run->mode);
    put_property(out, "seed", seed);
    put_property(out, "repeat", repeat);
    fputs("    </properties>\n", out);
}

/* False: memory is short, which |j| remembers. */
static bool suite_begin(struct junit *j, struct suite *s, const struct report *report,
                        const char *name)
{
    memset(s, 0, sizeof *s);
    s->report = report;
    if (report != NULL) {
        snprintf(s->class, sizeof s->class, "%s.%s.%s", name,
                 variant_name(report->run->scn->variant.variant), report->run->mode);
        s->counts.us = report->tally.end_us;
    } else {
        snprintf(s->class, sizeof s->class, "%s", name);
    }
    j->incomplete |= !page_open(&s->cases);
    return s->cases.out != NULL;
}

static void suite_end(struct junit *j, struct suite *s, const char *name, const char *repeat)
{
    FILE *const out = j->suites.out;

    if (page_close(&s->cases)) {
        fputs("  <testsuite", out);
        xml_attribute(out, "name", name);
        if (s->report != NULL) {
            xml_attribute(out, "file", s->report->run->scn->file);
        }
        put_counts(out, &s->counts);
        fputs(">\n", out);
        if (s->report != NULL) {
            put_properties(out, s->report->run, repeat);
        }
        fwrite(s->cases.text, 1, s->cases.len, out);
        fputs("  </testsuite>\n", out);
    } else {
        j->incomplete = true;
    }
    free(s->cases.text);
    j->counts.tests += s->counts.tests;
    j->counts.failures += s->counts.failures;
    j->counts.errors += s->counts.errors;
    j->counts.skipped += s->counts.skipped;
    j->counts.us += s->counts.us;
}

void junit_run(struct junit *j, const struct report *r, const struct judge *judge,
               const struct invariants *v, const char *repeat)
{
    struct suite s;

    if (j == NULL || !suite_begin(j, &s, r, r->run->scn->name)) {
        return;
    }
    if (r->tally.broke) {
        put_error(&s, "the run itself", r->tally.broke_words, repeat);
    }
    for (unsigned i = 0; i < judge_count(judge); i++) {
        put_judgement(&s, judge_get(judge, i), repeat);
    }
    for (unsigned i = 0; i < invariants_count(v); i++) {
        put_invariant(&s, v, invariants_get(v, i), repeat);
    }
    suite_end(j, &s, r->run->scn->name, repeat);
}

void junit_error(struct junit *j, const char *name, const char *words)
{
    struct suite s;

    if (j != NULL && suite_begin(j, &s, NULL, name)) {
        put_error(&s, "the run itself", words, "");
        suite_end(j, &s, name, "");
    }
}

void junit_skipped(struct junit *j, const char *name, const char *words)
{
    struct suite s;

    if (j != NULL && suite_begin(j, &s, NULL, name)) {
        case_begin(&s, "the run itself", 0);
        put_skipped(&s, words);
        case_end(&s);
        suite_end(j, &s, name, "");
    }
}

/* ---- the file ---- */

struct junit *junit_new(const char *path, char why[WHOLE_WHY_MAX])
{
    static const char unfinished[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites tests=\"1\" failures=\"0\" errors=\"1\">\n"
        "  <testsuite name=\"e2esim\" tests=\"1\" failures=\"0\" errors=\"1\">\n"
        "    <testcase classname=\"e2esim\" name=\"all runs have ended\">"
        "<error message=\"e2esim did not come to its end\"/></testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n";
    struct junit *j = calloc(1, sizeof *j);

    if (j == NULL || !page_open(&j->suites)) {
        snprintf(why, WHOLE_WHY_MAX, "memory is short");
        free(j);
        return NULL;
    }
    j->path = path;
    if (!whole_is_special(path) &&
        whole_write(path, unfinished, sizeof unfinished - 1, why) != ERR_OK) {
        junit_free(j);
        return NULL;
    }
    return j;
}

void junit_free(struct junit *j)
{
    if (j != NULL) {
        fclose(j->suites.out);
        free(j->suites.text);
        free(j);
    }
}

enum err junit_write(struct junit *j, char why[WHOLE_WHY_MAX])
{
    struct page whole = {0};
    enum err e = ERR_IO;

    if (j == NULL) {
        return ERR_OK;
    }
    snprintf(why, WHOLE_WHY_MAX, "cannot write %.400s: memory is short", j->path);
    if (j->incomplete || fflush(j->suites.out) != 0 || !page_open(&whole)) {
        return ERR_IO;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", whole.out);
    put_counts(whole.out, &j->counts);
    fputs(">\n", whole.out);
    fwrite(j->suites.text, 1, j->suites.len, whole.out);
    fputs("</testsuites>\n", whole.out);
    if (page_close(&whole)) {
        e = whole_write(j->path, whole.text, whole.len, why);
    }
    free(whole.text);
    return e;
}
