#include "scenarios/sim/cli/session.h"

#include "scenarios/sim/cli/court.h"
#include "scenarios/sim/cli/say.h"
#include "scenarios/sim/show/ladder.h"
#include "scenarios/sim/show/out.h"
#include "scenarios/sim/show/pcapng.h"
#include "scenarios/sim/show/trace_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct session {
    const struct session_conf *conf;
    struct court court;
    struct ladder *ladder;      /* on stdout; NULL when quiet */
    struct ladder *ladder_file; /* NULL without --out, as are the next three */
    struct trace_json json;
    struct pcapng capture;
    struct out out;
    bool stop;      /* stdout is gone: no need to go on */
    bool no_reader; /* ... because nobody reads it */
};

/* Behind the ladder: what it drew appears as it happens, and a closed stdout is noticed. */
static void flush_stdout(void *arg, const struct trace_event *e)
{
    struct session *s = arg;

    (void)e;
    if (!s->stop && (s->conf->mode != PLAY_VIRTUAL || ferror(stdout)) && fflush(stdout) != 0) {
        s->stop = true;
        s->no_reader = errno == EPIPE;
    }
}

static bool make_ladders(struct session *s)
{
    struct ladder_conf conf = {.run = &s->court.run, .out = stdout, .only_ue = -1};

    if (!s->conf->quiet) {
        conf.width = s->conf->width;
        conf.look = s->conf->look;
        s->ladder = ladder_new(&conf);
        if (s->ladder == NULL) {
            return false;
        }
        court_listen(&s->court, ladder_event, s->ladder);
    }
    if (s->conf->out_dir != NULL) {
        conf.out = s->out.ladder;
        conf.width = LADDER_WIDTH_FILE;
        conf.look = (struct look){.utf8 = true, .colour = false};
        s->ladder_file = ladder_new(&conf);
        if (s->ladder_file == NULL) {
            return false;
        }
        court_listen(&s->court, ladder_event, s->ladder_file);
    }
    return true;
}

static bool make_sinks(struct session *s)
{
    if (s->conf->out_dir != NULL) {
        trace_json_init(&s->json, &s->court.run, s->out.trace);
        court_listen(&s->court, trace_json_event, &s->json);
        pcapng_init(&s->capture, &s->court.run, s->out.capture);
        court_listen(&s->court, pcapng_event, &s->capture);
    }
    if (!make_ladders(s)) {
        return false;
    }
    court_listen(&s->court, flush_stdout, s);
    return true;
}

static void free_sinks(struct session *s)
{
    court_close(&s->court);
    ladder_free(s->ladder);
    ladder_free(s->ladder_file);
}

/* Prints the outcome. When quiet, a run that passes has its last line only: the sum. */
static void print_outcome(struct session *s, const char *repeat)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory;
    const char *from;

    memory = open_memstream(&text, &len);
    if (memory == NULL) {
        return;
    }
    report_print(s->court.report, s->court.judge, s->court.invariants, repeat, &s->conf->look,
                 memory);
    if (fclose(memory) != 0) {
        free(text);
        return;
    }
    from = text;
    if (s->conf->quiet && s->court.verdict == RUN_PASS && len > 1) {
        const char *newline = memrchr(text, '\n', len - 1);

        from = newline != NULL ? newline + 1 : text;
    }
    fputs(from, stdout);
    free(text);
}

/* The command that repeats the run, to be freed; NULL: memory is short. */
static char *repeating(const struct session *s)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);

    if (memory == NULL) {
        return NULL;
    }
    report_repeat(&s->court.run, memory);
    fputs(s->conf->again, memory);
    if (fclose(memory) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* Tells of a run that has been played and judged. */
static int conclude(struct session *s)
{
    static const int codes[] = {
        [RUN_PASS] = CLI_OK, [RUN_FAIL] = CLI_FAILED, [RUN_ERROR] = CLI_ENVIRONMENT};
    const struct court *c = &s->court;
    char *repeat = repeating(s);

    if (repeat == NULL) {
        return cli_environment("memory is short");
    }
    if (!s->stop) {
        print_outcome(s, repeat);
    }
    junit_run(s->conf->junit, c->report, c->judge, c->invariants, repeat);
    if (s->conf->out_dir != NULL) {
        report_json(c->report, c->judge, c->invariants, s->out.report);
    }
    free(repeat);
    return codes[c->verdict];
}

static int play_and_conclude(struct session *s, struct session_end *end)
{
    const struct court *c = &s->court;
    char why[PLAY_WHY_MAX];
    enum err e = court_play(&s->court, &s->stop, why);
    int code;

    end->signal = c->played.signal;
    if (e == ERR_OK) {
        code = conclude(s);
        if (c->played.failed && c->played.signal == 0) {
            (void)cli_environment("%s: %s", c->run.scn->name, c->played.why);
        }
    } else {
        code = c->played.signal != 0 ? CLI_ENVIRONMENT
                                     : cli_environment("%s: %s", c->run.scn->name, why);
        junit_error(s->conf->junit, c->run.scn->name, why);
    }
    return code;
}

int session_run(const struct session_conf *conf, const struct scenario *scn,
                struct session_end *end)
{
    struct session s = {.conf = conf};
    char why[OUT_WHY_MAX];
    int code;

    memset(end, 0, sizeof *end);
    if (conf->out_dir != NULL &&
        out_open(&s.out, conf->out_dir, conf->mode == PLAY_LIVE, why) != ERR_OK) {
        junit_error(conf->junit, scn->name, why);
        return cli_environment("%s", why);
    }
    code = court_open(&s.court, scn, conf->mode) == ERR_OK && make_sinks(&s)
               ? play_and_conclude(&s, end)
               : cli_environment("memory is short");
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
