#include "scenarios/sim/cli/session.h"

#include "scenarios/sim/cli/play.h"
#include "scenarios/sim/cli/say.h"
#include "scenarios/sim/judge/invariants.h"
#include "scenarios/sim/judge/judge.h"
#include "scenarios/sim/show/ladder.h"
#include "scenarios/sim/show/out.h"
#include "scenarios/sim/show/pcapng.h"
#include "scenarios/sim/show/report.h"
#include "scenarios/sim/show/trace_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SINKS_MAX = 8, REPEAT_MAX = REPORT_REPEAT_MAX + 1024 };

struct session {
    const struct session_conf *conf;
    struct trace_run run;
    struct judge *judge;
    struct invariants *invariants;
    struct report *report;
    struct ladder *ladder;      /* on stdout; NULL when quiet */
    struct ladder *ladder_file; /* NULL without --out, as are the next three */
    struct trace_json json;
    struct pcapng capture;
    struct out out;
    struct trace_sink sinks[SINKS_MAX];
    unsigned sinks_count;
    bool stop;      /* stdout is gone: no need to go on */
    bool no_reader; /* ... because nobody reads it */
};

static void add_sink(struct session *s, void (*event)(void *, const struct trace_event *),
                     void *arg)
{
    s->sinks[s->sinks_count].event = event;
    s->sinks[s->sinks_count].arg = arg;
    s->sinks_count++;
}

/* Behind the ladder: what it drew appears as it happens, and a closed stdout is noticed. */
static void flush_stdout(void *arg, const struct trace_event *e)
{
    struct session *s = arg;

    (void)e;
    if (!s->stop && (s->conf->live || ferror(stdout)) && fflush(stdout) != 0) {
        s->stop = true;
        s->no_reader = errno == EPIPE;
    }
}

static bool make_ladders(struct session *s)
{
    struct ladder_conf conf = {.run = &s->run, .out = stdout, .only_ue = -1};

    if (!s->conf->quiet) {
        conf.width = s->conf->width;
        conf.look = s->conf->look;
        s->ladder = ladder_new(&conf);
        if (s->ladder == NULL) {
            return false;
        }
        add_sink(s, ladder_event, s->ladder);
    }
    if (s->conf->out_dir != NULL) {
        conf.out = s->out.ladder;
        conf.width = LADDER_WIDTH_FILE;
        conf.look = (struct look){.utf8 = true, .colour = false};
        s->ladder_file = ladder_new(&conf);
        if (s->ladder_file == NULL) {
            return false;
        }
        add_sink(s, ladder_event, s->ladder_file);
    }
    return true;
}

static bool make_sinks(struct session *s)
{
    s->judge = judge_new(&s->run);
    s->invariants = invariants_new(&s->run);
    s->report = report_new(&s->run);
    if (s->judge == NULL || s->invariants == NULL || s->report == NULL) {
        return false;
    }
    add_sink(s, judge_event, s->judge);
    add_sink(s, invariants_event, s->invariants);
    add_sink(s, report_event, s->report);
    if (s->conf->out_dir != NULL) {
        trace_json_init(&s->json, &s->run, s->out.trace);
        add_sink(s, trace_json_event, &s->json);
        pcapng_init(&s->capture, &s->run, s->out.capture);
        add_sink(s, pcapng_event, &s->capture);
    }
    if (!make_ladders(s)) {
        return false;
    }
    add_sink(s, flush_stdout, s);
    return true;
}

static void free_sinks(struct session *s)
{
    judge_free(s->judge);
    invariants_free(s->invariants);
    report_free(s->report);
    ladder_free(s->ladder);
    ladder_free(s->ladder_file);
}

static bool settled(void *arg, uint64_t now_us)
{
    const struct session *s = arg;

    return judge_settled(s->judge, now_us);
}

/* Prints the outcome. When quiet, a run that passes has its last line only: the sum. */
static void print_outcome(struct session *s, enum run_verdict verdict, const char *repeat)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory;
    const char *from;

    memory = open_memstream(&text, &len);
    if (memory == NULL) {
        return;
    }
    report_print(s->report, s->judge, s->invariants, repeat, &s->conf->look, memory);
    if (fclose(memory) != 0) {
        free(text);
        return;
    }
    from = text;
    if (s->conf->quiet && verdict == RUN_PASS && len > 1) {
        const char *newline = memrchr(text, '\n', len - 1);

        from = newline != NULL ? newline + 1 : text;
    }
    fputs(from, stdout);
    free(text);
}

/* The judge's last word on a run that has been played. */
static int conclude(struct session *s, const uint32_t *fired, const struct played *played)
{
    static const int codes[] = {
        [RUN_PASS] = CLI_OK, [RUN_FAIL] = CLI_FAILED, [RUN_ERROR] = CLI_ENVIRONMENT};
    char repeat[REPEAT_MAX];
    enum run_verdict verdict;

    judge_finish(s->judge, played->end_us);
    for (unsigned i = 0; !played->failed && i < s->run.scn->faults_count; i++) {
        if (fired[i] == 0) {
            judge_vacuous(s->judge, i);
        }
    }
    verdict = report_verdict(s->report, s->judge, s->invariants);
    report_repeat(&s->run, repeat);
    strncat(repeat, s->conf->again, sizeof repeat - strlen(repeat) - 1);
    if (!s->stop) {
        print_outcome(s, verdict, repeat);
    }
    junit_run(s->conf->junit, s->report, s->judge, s->invariants, repeat);
    if (s->conf->out_dir != NULL) {
        report_json(s->report, s->judge, s->invariants, s->out.report);
    }
    return codes[verdict];
}

static int play_and_conclude(struct session *s, struct session_end *end)
{
    const struct play play_conf = {
        .live = s->conf->live,
        .run = &s->run,
        .sinks = s->sinks,
        .sinks_count = s->sinks_count,
        .settled = settled,
        .arg = s,
        .stop = &s->stop,
    };
    struct played played;
    char why[PLAY_WHY_MAX];
    uint32_t *fired = calloc(s->run.scn->faults_count + 1, sizeof *fired);
    enum err e;
    int code;

    if (fired == NULL) {
        return cli_environment("memory is short");
    }
    e = play(&play_conf, fired, &played, why);
    end->signal = played.signal;
    if (e == ERR_OK) {
        code = conclude(s, fired, &played);
        if (played.failed && played.signal == 0) {
            (void)cli_environment("%s: %s", s->run.scn->name, played.why);
        }
    } else {
        code =
            played.signal != 0 ? CLI_ENVIRONMENT : cli_environment("%s: %s", s->run.scn->name, why);
        junit_error(s->conf->junit, s->run.scn->name, why);
    }
    free(fired);
    return code;
}

int session_run(const struct session_conf *conf, const struct scenario *scn,
                struct session_end *end)
{
    struct session s = {.conf = conf, .run = {.scn = scn, .mode = conf->live ? "live" : "virtual"}};
    char why[OUT_WHY_MAX];
    int code;

    memset(end, 0, sizeof *end);
    if (conf->out_dir != NULL && out_open(&s.out, conf->out_dir, conf->live, why) != ERR_OK) {
        junit_error(conf->junit, scn->name, why);
        return cli_environment("%s", why);
    }
    code = make_sinks(&s) ? play_and_conclude(&s, end) : cli_environment("memory is short");
    free_sinks(&s);
    if (conf->out_dir != NULL && out_close(&s.out, why) != ERR_OK) {
        junit_error(conf->junit, scn->name, why);
        code = cli_environment("%s", why);
    }
    if (!s.stop && fflush(stdout) != 0) {
        s.stop = true;
        s.no_reader = errno == EPIPE;
    }
    end->no_reader = s.no_reader;
    if (s.stop && !s.no_reader) {
        code = cli_environment("cannot write to standard output: %s", strerror(errno));
    }
    return code;
}
