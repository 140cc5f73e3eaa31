#include "scenarios/sim/cli/find.h"
#include "scenarios/sim/cli/load.h"
#include "scenarios/sim/cli/say.h"
#include "scenarios/sim/cli/verbs.h"
#include "scenarios/sim/matrix/fill.h"

#include "common/base/ensure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
    {"format", "FORMAT", "text (the default), csv or json", false},
    {"seed", "N", "another seed for all runs; else each has that of its file", false},
};

const struct verb cli_verb_matrix = {
    .name = "matrix",
    .operands = "[FILE|DIR]...",
    .words = "Tells which correction cures which race, by running every scenario without each.",
    .more =
        "A folder stands for the .scn files in it; without operands these are scenarios/races and "
        "scenarios/attacks. Each scenario is run in virtual time in the literal variant, in the "
        "hardened one, and in the hardened one with one correction turned over: taken away, or "
        "put in force where the file does without it. A race that passes in the hardened variant "
        "and fails without a correction is cured by it. A run in which a rule of the file never "
        "fired is vacuous and proves nothing, whatever else it shows.\n"
        "\n"
        "text is for people: the races, the corrections, what went wrong in both variants, and "
        "what is remarkable. csv has a column for each way to run and a line for each file. json "
        "has everything.\n"
        "\n"
        "Exit code 0: every verdict of both variants is the one that its file states (`in literal "
        "this run fails`; it passes if not said); 1: one is not; 2: a file or the command line is "
        "wrong, nothing was run; 3: the environment failed.",
    .options = options,
    .options_count = COUNT_OF(options),
    .operands_max = OPERANDS_MAX,
};

static const char *const usual[] = {"scenarios/races", "scenarios/attacks"};

static const struct {
    const char *name;
    void (*print)(const struct matrix *m, FILE *out); /* NULL: text */
} formats[] = {{"text", NULL}, {"csv", matrix_csv}, {"json", matrix_json}};

static int find_format(const char *name)
{
    for (unsigned i = 0; i < COUNT_OF(formats); i++) {
        if (strcmp(name, formats[i].name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static int find_all(const struct parsed *p, struct found *found)
{
    enum err e = ERR_OK;
    char why[WHY_MAX];

    for (unsigned i = 0; i < p->operands_count && e == ERR_OK; i++) {
        e = found_add(found, p->operands[i], why);
    }
    for (unsigned i = 0; p->operands_count == 0 && i < COUNT_OF(usual) && e == ERR_OK; i++) {
        e = found_add_folder(found, usual[i], why);
    }
    if (e == ERR_NO_ROOM) {
        return cli_environment("%s", why);
    }
    return e == ERR_OK ? CLI_OK : cli_wrong(&cli_verb_matrix, "%s", why);
}

/* Reads all files and makes sure that both variants of each can run. */
static int load_all(const struct load *l, const struct found *found, struct scenario *list,
                    unsigned *count)
{
    unsigned twins[2];
    int worst = CLI_OK;

    for (unsigned i = 0; i < found->count; i++) {
        struct scenario *s = &list[*count];
        int code = load_scenario(l, found->paths[i], s);

        if (code == CLI_OK) {
            (*count)++;
            code = load_variant(s, VARIANT_LITERAL, 0, 0);
        }
        worst = code > worst ? code : worst;
    }
    if (worst == CLI_OK && load_twins(list, *count, twins)) {
        worst = cli_wrong(&cli_verb_matrix, "%.300s and %.300s are both called '%s'",
                          list[twins[0]].file, list[twins[1]].file, list[twins[0]].name);
    }
    return worst;
}

static int fill_all(struct matrix *m)
{
    char why[PLAY_WHY_MAX];

    for (unsigned i = 0; i < m->count; i++) {
        if (row_fill(&m->rows[i], why) != ERR_OK) {
            return cli_environment("%s: %s", m->rows[i].scn->name, why);
        }
    }
    return matrix_as_stated(m) ? CLI_OK : CLI_FAILED;
}

static int run_matrix(const struct load *l, struct scenario *list, unsigned count, int format)
{
    char seed[64] = "each with the seed of its file";
    struct matrix m;
    int code =
        matrix_init(&m, list, count) == ERR_OK ? fill_all(&m) : cli_environment("memory is short");

    if (l->has_seed) {
        snprintf(seed, sizeof seed, "with seed %" PRIu64, l->seed);
    }
    if (code <= CLI_FAILED && formats[format].print != NULL) {
        formats[format].print(&m, stdout);
    } else if (code <= CLI_FAILED) {
        matrix_text(&m, seed, stdout);
    }
    matrix_free(&m);
    return code;
}

int cli_matrix(int argc, char **argv)
{
    static struct parsed p;
    static struct load l;
    struct found found = {0};
    struct scenario *list = NULL;
    char why[WHY_MAX];
    unsigned count = 0;
    int format = 0;
    int code;

    if (!cli_parse(&cli_verb_matrix, argc, argv, &p, &code)) {
        return code;
    }
    if (load_options(&l, &p, why) != ERR_OK) {
        return cli_wrong(&cli_verb_matrix, "%s", why);
    }
    if (options_has(&p, "format")) {
        format = find_format(options_value(&p, "format"));
    }
    if (format < 0) {
        return cli_wrong(&cli_verb_matrix, "option '--format': '%.32s' is none of text, csv, json",
                         options_value(&p, "format"));
    }
    code = find_all(&p, &found);
    if (code == CLI_OK) {
        list = calloc(found.count, sizeof *list);
        code =
            list != NULL ? load_all(&l, &found, list, &count) : cli_environment("memory is short");
    }
    if (code == CLI_OK) {
        code = run_matrix(&l, list, count, format);
    }
    for (unsigned i = 0; i < count; i++) {
        scenario_free(&list[i]);
    }
    free(list);
    found_free(&found);
    return cli_end(code);
}
