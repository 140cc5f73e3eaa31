/* The manual and the completion of the language, printed from the table that parses it. */
#include "scenarios/sim/script/match.h"

#include <string.h>

enum { WIDTH = 96, PATTERN_TEXT_MAX = 400 };

/* Prints |text| in lines of at most WIDTH columns after |indent| spaces, all but the first |hang|
 * further in. */
static void print_wrapped(FILE *to, int indent, int hang, const char *text)
{
    int column = 0;

    while (*text != '\0') {
        int len = (int)strcspn(text, " ");

        if (column > 0 && column + 1 + len > WIDTH) {
            fputc('\n', to);
            column = 0;
            indent += hang;
            hang = 0;
        }
        if (column == 0) {
            column = fprintf(to, "%*s%.*s", indent, "", len, text);
        } else {
            column += fprintf(to, " %.*s", len, text);
        }
        text += len;
        text += strspn(text, " ");
    }
    if (column > 0) {
        fputc('\n', to);
    }
}

/* The pattern without what only builders need: <time:start> is <time> to people. */
static void plain_pattern(const char *pattern, char out[PATTERN_TEXT_MAX])
{
    size_t len = 0;
    bool hidden = false;

    for (; *pattern != '\0' && len + 1 < PATTERN_TEXT_MAX; pattern++) {
        hidden = (hidden || (*pattern == ':' && pattern[1] != ' ')) && *pattern != '>';
        if (!hidden) {
            out[len++] = *pattern;
        }
    }
    out[len] = '\0';
}

static void print_template(FILE *to, const struct template *t)
{
    char pattern[PATTERN_TEXT_MAX];

    plain_pattern(t->pattern, pattern);
    print_wrapped(to, 4, 4, pattern);
    print_wrapped(to, 12, 0, t->words);
}

static void print_sentences(FILE *to)
{
    fputs("SENTENCES, one a line; '#' begins a comment\n"
          "[ ] may be left out, neighbours in any order; ( | ) one of them; ... one or more\n",
          to);
    for (const struct template *t = templates; t->pattern != NULL; t++) {
        if (t->heading != NULL) {
            fprintf(to, "\n  %s\n", t->heading);
        } else if (t->rule == RULE_SENTENCE) {
            print_template(to, t);
        }
    }
}

static void print_part(FILE *to, enum rule rule, const char *heading)
{
    fprintf(to, "\n  %s\n", heading);
    for (const struct template *t = templates; t->pattern != NULL; t++) {
        if (t->rule == rule) {
            print_template(to, t);
        }
    }
}

static void print_values(FILE *to)
{
    fputs("\nVALUES\n", to);
    for (unsigned i = 0; i < value_types_count; i++) {
        fprintf(to, "    %-12s  %s\n", value_types[i].name, value_types[i].words);
    }
}

static void print_words(FILE *to)
{
#define VERDICT_WORDS(id, words) [VERDICT_##id] = (words),
    static const char *const verdicts[VERDICT_COUNT] = {VERDICT_LIST(VERDICT_WORDS)};
#undef VERDICT_WORDS

    fputs("\nWORDS\n\n  Messages\n", to);
    for (unsigned i = 0; i < MSG_TYPE_COUNT; i++) {
        fprintf(to, "    %-18s  %s\n", msg_name((enum msg_type)i), msg_words((enum msg_type)i));
    }
    fputs("\n  Corrections\n", to);
    for (unsigned i = 0; i < SW_COUNT; i++) {
        fprintf(to, "    %-20s  %-6s  %s%s%s\n", switch_info[i].name, switch_info[i].rule,
                switch_info[i].words, switch_info[i].on ? "" : " (off unless switched on)",
                switch_info[i].literal ? " (the literal variant may have it)" : "");
    }
    fputs("\n  Timers\n", to);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        fprintf(to, "    %-10s  %7ums  %s\n", timer_info[i].name, timer_info[i].default_ms,
                timer_info[i].words);
    }
    fputs("\n  Verdicts\n", to);
    for (unsigned i = 0; i < VERDICT_COUNT; i++) {
        fprintf(to, "    %-14s  %s\n", verdict_name((enum verdict)i), verdicts[i]);
    }
    fputs("\n  Notes\n", to);
    for (unsigned i = 0; i < NOTE_COUNT; i++) {
        fprintf(to, "    %-20s  %s\n", note_name((enum note)i), note_words((enum note)i));
    }
}

void script_print_grammar(FILE *to)
{
    static const char *const headings[RULE_COUNT] = {
        [RULE_ACTION] = "<action>",     [RULE_CONDITION] = "<condition>",
        [RULE_DATAGRAM] = "<datagram>", [RULE_FAULT] = "<fault>",
        [RULE_POLICY] = "<policy>",     [RULE_LINK_CONDITIONS] = "<link-conditions>",
    };

    print_sentences(to);
    fputs("\nPARTS\n", to);
    for (unsigned i = RULE_SENTENCE + 1; i < RULE_COUNT; i++) {
        print_part(to, (enum rule)i, headings[i]);
    }
    print_values(to);
    print_words(to);
}

void script_complete(const char *words, FILE *to)
{
    struct scenario s;
    struct tokens tokens;
    struct match m;

    scenario_default(&s);
    if (tokens_cut(words, strlen(words), &tokens) != NULL) {
        return;
    }
    (void)match_line(&m, &s, true, &tokens);
    for (unsigned i = 0; m.furthest == tokens.count && i < m.expected_count; i++) {
        const struct expected *e = &m.expected[i];

        if (e->type != NULL && e->type->word != NULL) {
            for (unsigned n = 0; e->type->word(&s, n) != NULL; n++) {
                fprintf(to, "%s\n", e->type->word(&s, n));
            }
        } else if (e->type != NULL) {
            fprintf(to, "<%s>\n", e->type->words);
        } else if (e->word != NULL) {
            fprintf(to, "%.*s\n", (int)e->len, e->word);
        }
    }
}
