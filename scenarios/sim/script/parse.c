#include "scenarios/sim/script/parse.h"

#include "common/base/ensure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct binding *arg(const struct parse *p, const struct span *span, const char *name)
{
    return match_next(&p->match, span, name, NULL);
}

const struct binding *need(const struct parse *p, const struct span *span, const char *name)
{
    const struct binding *b = arg(p, span, name);

    ENSURE(b != NULL);
    return b;
}

const struct binding *keyword(const struct parse *p, const struct span *span, const char *name)
{
    return match_word(&p->match, span, name);
}

const struct token *token_of(const struct parse *p, const struct binding *b)
{
    return &p->tokens.list[b - p->match.bind];
}

struct place place_of(const struct parse *p, const struct binding *b)
{
    return (struct place){p->line, token_of(p, b)->column, token_of(p, b)->width};
}

__attribute__((format(printf, 3, 0))) static void add_error(struct parse *p, struct place place,
                                                            const char *format, va_list args)
{
    const char *line = NULL;
    size_t len = 0;

    if (place.line > 0) {
        line = p->text + p->line_at[place.line - 1];
        len = p->line_at[place.line] - p->line_at[place.line - 1];
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r')) {
            len--;
        }
    }
    script_errors_add(p->errors, &place, line, len, format, args);
}

void problem(struct parse *p, const struct binding *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_error(p, place_of(p, b), format, args);
    va_end(args);
}

void problem_at(struct parse *p, struct place place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_error(p, place, format, args);
    va_end(args);
}

void *grow(struct parse *p, void *list, unsigned count, size_t item_size)
{
    void *longer = list;

    if (count == 0 || (count >= 8 && (count & (count - 1)) == 0)) {
        longer = realloc(list, (count == 0 ? 8 : (size_t)count * 2) * item_size);
    }
    if (longer == NULL) {
        p->out_of_memory = true;
    }
    return longer;
}

uint32_t whole_ms(struct parse *p, const struct binding *b)
{
    uint64_t us = b->value.n;

    if (us % 1000 != 0 || us == 0 || us / 1000 > INT32_MAX) {
        problem(p, b, "expected whole milliseconds, 1ms to 24d, found '%s'", token_of(p, b)->text);
        return 0;
    }
    return (uint32_t)(us / 1000);
}

uint32_t number_within(struct parse *p, const struct binding *b, uint32_t low, uint32_t high)
{
    if (b->value.n < low || b->value.n > high) {
        problem(p, b, "expected a number from %u to %u, found '%s'", low, high,
                token_of(p, b)->text);
        return low;
    }
    return (uint32_t)b->value.n;
}

uint64_t script_time(struct parse *p, const struct binding *b)
{
    uint64_t us = b->value.n;

    if (p->s->end_us != 0 && us > p->s->end_us) {
        problem(p, b, "%s is after the end of the run, which line %u sets", token_of(p, b)->text,
                p->end_place.line);
    }
    p->last_us = us > p->last_us ? us : p->last_us;
    return us;
}

uint16_t payload_of(struct parse *p, const struct binding *b, uint8_t out[PAYLOAD_MAX])
{
    const struct token *t = token_of(p, b);

    if (t->len == 0 || t->len > PAYLOAD_MAX) {
        problem(p, b, "expected 1 to %d octets of application data, found %u", PAYLOAD_MAX,
                (unsigned)t->len);
        return 0;
    }
    memcpy(out, t->text, t->len);
    return t->len;
}

void build_part(struct parse *p, enum rule rule)
{
    const struct span *span = &p->match.hit[rule];

    ENSURE(span->t != NULL);
    span->t->build(p, span);
}

const struct span *first_part(const struct parse *p, enum rule rule)
{
    return p->match.earlier[rule].t != NULL ? &p->match.earlier[rule] : &p->match.hit[rule];
}

void build_part_of(struct parse *p, const struct span *span, enum rule rule)
{
    const struct span *part = &p->match.hit[rule];

    if (part->t == NULL || part->first < span->first || part->end > span->end) {
        part = &p->match.earlier[rule];
    }
    ENSURE(part->t != NULL);
    part->t->build(p, part);
}

/* Puts the value of a let in place of $NAME. False, reported, when there is no such let. */
static bool fill_lets(struct parse *p)
{
    for (unsigned i = 0; i < p->tokens.count; i++) {
        struct token *t = &p->tokens.list[i];
        unsigned let = 0;

        if (t->kind != TOKEN_WORD || t->text[0] != '$') {
            continue;
        }
        while (let < p->lets_count && strcmp(p->lets[let].name, t->text + 1) != 0) {
            let++;
        }
        if (let == p->lets_count) {
            if (p->pass == PASS_DECLARE) {
                problem_at(p, (struct place){p->line, t->column, t->width},
                           "expected the name of a `let` above, found '%s'", t->text);
            }
            return false;
        }
        t->let = p->lets[let].name;
        t->kind = p->lets[let].kind;
        t->len = p->lets[let].len;
        t->text = p->lets[let].text;
    }
    return true;
}

/* Cuts the line in hand into |p->tokens|. False when there is nothing to match; errors are told in
 * the first pass. */
static bool cut_line(struct parse *p)
{
    const char *line = p->text + p->line_at[p->line - 1];
    size_t len = p->line_at[p->line] - p->line_at[p->line - 1];
    const char *wrong;

    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r')) {
        len--;
    }
    wrong = tokens_cut(line, len, &p->tokens);
    if (wrong != NULL && p->pass == PASS_DECLARE) {
        problem_at(p, (struct place){p->line, p->tokens.end_column, 1}, "%s", wrong);
    }
    return wrong == NULL && p->tokens.count > 0 && fill_lets(p);
}

/* A special sentence is one that names a UE: it is built after those for all, wherever it stands.
 */
static enum pass pass_of(const struct parse *p)
{
    const struct span *sentence = &p->match.hit[RULE_SENTENCE];

    return sentence->t->pass == PASS_GENERAL && keyword(p, sentence, "for") != NULL
               ? PASS_SPECIAL
               : sentence->t->pass;
}

static bool said_before(struct parse *p)
{
    const struct span *sentence = &p->match.hit[RULE_SENTENCE];
    unsigned *said = &p->said[sentence->t - templates];

    if (sentence->t->once && *said != 0) {
        problem(p, &p->match.bind[0], "'%s' has been said in line %u already",
                p->tokens.list[0].text, *said);
        return true;
    }
    *said = p->line;
    return false;
}

static void read_line(struct parse *p)
{
    unsigned errors = p->errors->count + p->errors->left_out;
    bool about_ues;

    if (!cut_line(p)) {
        return;
    }
    about_ues = strncmp(p->tokens.list[0].text, "ue", 2) == 0;
    if (!match_line(&p->match, p->s, p->pass < PASS_GENERAL || p->ues_in_doubt, &p->tokens)) {
        p->ues_in_doubt |= about_ues;
        if (p->pass == PASS_GENERAL) {
            report_mismatch(p);
        }
        return;
    }
    if (pass_of(p) == p->pass && !said_before(p)) {
        build_part(p, RULE_SENTENCE);
    }
    p->ues_in_doubt |= about_ues && p->errors->count + p->errors->left_out > errors;
}

/* Gives all UEs what was said for all. */
static void spread_profile(struct parse *p)
{
    for (unsigned i = 0; i < p->s->ues_count; i++) {
        p->s->ues[i].profile = p->profile;
    }
}

static void read_passes(struct parse *p)
{
    static const enum pass passes[] = {PASS_DECLARE, PASS_UES, PASS_GENERAL, PASS_SPECIAL,
                                       PASS_SCRIPT};

    for (unsigned i = 0; i < COUNT_OF(passes); i++) {
        p->pass = passes[i];
        for (p->line = 1; p->line <= p->lines && !p->out_of_memory; p->line++) {
            read_line(p);
        }
        if (p->pass == PASS_DECLARE) {
            check_declared(p);
        } else if (p->pass == PASS_GENERAL) {
            spread_profile(p);
        }
    }
    if (!p->out_of_memory) {
        check_whole(p);
    }
}

/* Finds the lines. Returns their beginnings with one more for the end, or NULL when memory is
 * short. */
static size_t *find_lines(const char *text, size_t len, unsigned *lines)
{
    size_t *at;
    unsigned n = 0;

    for (size_t i = 0; i < len; i++) {
        n += text[i] == '\n' || i + 1 == len;
    }
    at = calloc((size_t)n + 1, sizeof *at);
    if (at == NULL) {
        return NULL;
    }
    *lines = n;
    n = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || i + 1 == len) {
            at[++n] = i + 1;
        }
    }
    return at;
}

/* Room for the parser itself, the list of lines and what was said. */
static enum err start(struct parse **out, const char *text, size_t len, struct scenario *s,
                      struct script_errors *errors)
{
    const struct place whole = {0, 0, 0};
    unsigned rows = 0;
    struct parse *p = calloc(1, sizeof *p);

    *out = p;
    if (p == NULL) {
        errors->left_out++;
        return ERR_NO_ROOM;
    }
    while (templates[rows].pattern != NULL) {
        rows++;
    }
    p->text = text;
    p->len = len;
    p->s = s;
    p->errors = errors;
    p->said = calloc(rows + 1, sizeof *p->said);
    p->line_at = len > SCRIPT_FILE_MAX ? NULL : find_lines(text, len, &p->lines);
    profile_default(&p->profile);
    if (len > SCRIPT_FILE_MAX) {
        problem_at(p, whole, "a scenario is at most %d octets long, this is %zu", SCRIPT_FILE_MAX,
                   len);
        return ERR_SYNTAX;
    }
    if (p->said == NULL || p->line_at == NULL) {
        problem_at(p, whole, "out of memory");
        return ERR_NO_ROOM;
    }
    if (p->lines > SCRIPT_LINES_MAX) {
        problem_at(p, whole, "a scenario has at most %d lines, this has %u", SCRIPT_LINES_MAX,
                   p->lines);
        return ERR_SYNTAX;
    }
    return ERR_OK;
}

static void finish(struct parse *p)
{
    size_t *line_at;

    if (p != NULL) {
        memcpy(&line_at, &p->line_at, sizeof line_at); /* constant for everybody but its owner */
        free(line_at);
        free(p->said);
        free(p->profiles);
        free(p);
    }
}

enum err script_parse(const char *file_name, const char *text, size_t len,
                      const struct script_option *set, unsigned set_count, struct scenario *out,
                      struct script_errors *errors)
{
    struct parse *p;
    enum err e;

    ENSURE(errors->count == 0 && errors->left_out == 0);
    snprintf(errors->file, sizeof errors->file, "%s", file_name);
    scenario_default(out);
    snprintf(out->file, sizeof out->file, "%s", file_name);
    e = start(&p, text, len, out, errors);
    if (e == ERR_OK) {
        p->set = set;
        p->set_count = set_count;
        read_passes(p);
        if (p->out_of_memory) {
            problem_at(p, (struct place){0}, "out of memory");
            e = ERR_NO_ROOM;
        } else if (errors->count + errors->left_out > 0) {
            e = ERR_SYNTAX;
        }
    }
    finish(p);
    script_errors_sort(errors);
    if (e != ERR_OK) {
        scenario_free(out);
    }
    return e;
}

__attribute__((format(printf, 3, 4))) static enum err
file_error(struct script_errors *errors, const char *path, const char *format, ...)
{
    const struct place whole = {0, 0, 0};
    va_list args;

    snprintf(errors->file, sizeof errors->file, "%s", path);
    va_start(args, format);
    script_errors_add(errors, &whole, NULL, 0, format, args);
    va_end(args);
    return ERR_IO;
}

enum err script_load(const char *path, const struct script_option *set, unsigned set_count,
                     struct scenario *out, struct script_errors *errors)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "rb");
    char *text;
    size_t len;
    enum err e;

    memset(out, 0, sizeof *out);
    if (f == NULL) {
        return file_error(errors, path, "cannot be opened: %s", strerror(errno));
    }
    text = malloc(SCRIPT_FILE_MAX + 1);
    len = text == NULL ? 0 : fread(text, 1, SCRIPT_FILE_MAX + 1, f);
    if (text == NULL) {
        (void)file_error(errors, path, "out of memory");
        e = ERR_NO_ROOM;
    } else if (ferror(f)) {
        e = file_error(errors, path, "cannot be read: %s", strerror(errno));
    } else if (len > SCRIPT_FILE_MAX) {
        (void)file_error(errors, path, "a scenario is at most %d octets long", SCRIPT_FILE_MAX);
        e = ERR_OVERSIZE;
    } else {
        e = script_parse(standard ? SCRIPT_STDIN : path, text, len, set, set_count, out, errors);
    }
    free(text);
    if (!standard) {
        fclose(f);
    }
    return e;
}
