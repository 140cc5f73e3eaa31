#include "scenarios/sim/script/match.h"

#include "common/base/ensure.h"

#include <string.h>

/* The pattern of a template is its own grammar:
 *   word        stands for itself
 *   <time>      a value; <time:from> gives it another name for whoever builds the sentence
 *   <rule>      any template of that rule
 *   <time>...   one or more
 *   [ a ]       may be absent; neighbours in brackets come in any order
 *   ( a | b )   one of them; [ a | b ] one of them or none
 * The first alternative that fits is taken, so a longer one stands before its own beginning. */

static bool match_run(struct match *m, const char *p, const char *end);

static void note_expected(struct match *m, const struct value_type *type, const char *word,
                          size_t len)
{
    if (m->at < m->furthest) {
        return;
    }
    if (m->at > m->furthest) {
        m->furthest = m->at;
        m->expected_count = 0;
    }
    for (unsigned i = 0; i < m->expected_count; i++) {
        const struct expected *e = &m->expected[i];

        if (e->type == type && e->len == len && (len == 0 || memcmp(e->word, word, len) == 0)) {
            return;
        }
    }
    ENSURE(m->expected_count < EXPECTED_MAX);
    m->expected[m->expected_count++] = (struct expected){type, word, len};
}

/* One past the bracket that closes the one at |p|. */
static const char *closing(const char *p)
{
    unsigned depth = 0;

    do {
        depth += *p == '[' || *p == '(';
        depth -= *p == ']' || *p == ')';
        p++;
    } while (depth > 0);
    return p;
}

/* One past the '>' of the '<' at |p|. */
static const char *angle_end(const char *p)
{
    while (*p != '>') {
        p++;
    }
    return p + 1;
}

static bool match_literal(struct match *m, const char *word, size_t len)
{
    const struct token *t = &m->tokens->list[m->at];

    if (m->at < m->tokens->count && t->kind == TOKEN_WORD && t->len == len &&
        memcmp(t->text, word, len) == 0) {
        m->bind[m->at].name = word;
        m->bind[m->at].name_len = len;
        m->bind[m->at].is_word = true;
        m->at++;
        return true;
    }
    note_expected(m, NULL, word, len);
    return false;
}

/* |name| up to |end|: "time" or "time:from". */
static bool match_value(struct match *m, const char *name, const char *end)
{
    const char *colon = memchr(name, ':', (size_t)(end - name));
    const struct value_type *type =
        value_type(name, (size_t)((colon == NULL ? end : colon) - name));
    struct binding *b = &m->bind[m->at];

    if (m->at < m->tokens->count &&
        value_read(type, m->s, m->lax, &m->tokens->list[m->at], &b->value)) {
        b->name = colon == NULL ? name : colon + 1;
        b->name_len = (size_t)(end - b->name);
        b->is_word = false;
        m->at++;
        return true;
    }
    note_expected(m, type, NULL, 0);
    return false;
}

/* What parts have been found; a way that leads nowhere takes its own back. */
struct hits {
    struct span hit[RULE_COUNT];
    struct span earlier[RULE_COUNT];
};

static struct hits hits_of(const struct match *m)
{
    struct hits h;

    memcpy(h.hit, m->hit, sizeof h.hit);
    memcpy(h.earlier, m->earlier, sizeof h.earlier);
    return h;
}

static void take_back(struct match *m, const struct hits *h)
{
    memcpy(m->hit, h->hit, sizeof m->hit);
    memcpy(m->earlier, h->earlier, sizeof m->earlier);
}

static bool match_rule(struct match *m, enum rule rule)
{
    unsigned first = m->at;
    const struct hits before = hits_of(m);

    for (const struct template *t = templates; t->pattern != NULL; t++) {
        if (t->rule != rule) {
            continue;
        }
        m->at = first;
        if (match_run(m, t->pattern, t->pattern + strlen(t->pattern)) && m->at > first) {
            m->earlier[rule] = m->hit[rule];
            m->hit[rule] = (struct span){t, first, m->at};
            return true;
        }
        take_back(m, &before);
    }
    m->at = first;
    return false;
}

static bool match_angle(struct match *m, const char *p, const char *end)
{
    enum rule rule = rule_by_name(p + 1, (size_t)(end - p) - 2);

    return rule != RULE_COUNT ? match_rule(m, rule) : match_value(m, p + 1, end - 1);
}

/* |p| to |end|: alternatives without their brackets. */
static bool match_alternatives(struct match *m, const char *p, const char *end)
{
    unsigned first = m->at;
    const struct hits before = hits_of(m);

    while (p <= end) {
        const char *bar = p;

        while (bar < end && *bar != '|') {
            bar = *bar == '[' || *bar == '(' ? closing(bar) : bar + 1;
        }
        if (match_run(m, p, bar)) {
            return true;
        }
        m->at = first;
        take_back(m, &before);
        p = bar + 1;
    }
    return false;
}

/* Neighbouring bracketed groups from |p| on, in any order. Returns where the pattern goes on. */
static const char *match_options(struct match *m, const char *p, const char *end)
{
    enum { GROUPS_MAX = 16 };
    const char *group[GROUPS_MAX];
    unsigned groups = 0;
    unsigned i = 0;

    while (p < end && *p == '[') {
        ENSURE(groups < GROUPS_MAX);
        group[groups++] = p;
        p = closing(p);
        while (p < end && *p == ' ') {
            p++;
        }
    }
    while (i < groups) {
        unsigned first = m->at;

        if (group[i] != NULL && match_alternatives(m, group[i] + 1, closing(group[i]) - 1) &&
            m->at > first) {
            group[i] = NULL;
            i = 0;
        } else {
            i++;
        }
    }
    return p;
}

static bool match_run(struct match *m, const char *p, const char *end)
{
    while (p < end) {
        const char *next = p + 1;

        if (*p == ' ') {
            p = next;
            continue;
        }
        if (*p == '[') {
            p = match_options(m, p, end);
            continue;
        }
        if (*p == '(') {
            next = closing(p);
            if (!match_alternatives(m, p + 1, next - 1)) {
                return false;
            }
        } else if (*p == '<') {
            next = angle_end(p);
            if (!match_angle(m, p, next)) {
                return false;
            }
            if (end - next >= 3 && memcmp(next, "...", 3) == 0) {
                while (match_angle(m, p, next)) {
                }
                next += 3;
            }
        } else {
            next = p + strcspn(p, " ])|");
            next = next > end ? end : next;
            if (!match_literal(m, p, (size_t)(next - p))) {
                return false;
            }
        }
        p = next;
    }
    return true;
}

bool match_line(struct match *m, const struct scenario *s, bool lax, const struct tokens *tokens)
{
    m->s = s;
    m->lax = lax;
    m->tokens = tokens;
    m->furthest = 0;
    m->expected_count = 0;
    for (const struct template *t = templates; t->pattern != NULL; t++) {
        if (t->rule != RULE_SENTENCE) {
            continue;
        }
        m->at = 0;
        memset(m->hit, 0, sizeof m->hit);
        memset(m->earlier, 0, sizeof m->earlier);
        if (match_run(m, t->pattern, t->pattern + strlen(t->pattern))) {
            if (m->at == tokens->count) {
                m->hit[RULE_SENTENCE] = (struct span){t, 0, m->at};
                return true;
            }
            note_expected(m, NULL, NULL, 0);
        }
    }
    return false;
}

static const struct binding *find(const struct match *m, const struct span *span, const char *name,
                                  bool is_word, unsigned i)
{
    size_t len = strlen(name);

    for (; i < span->end; i++) {
        const struct binding *b = &m->bind[i];

        if (b->is_word == is_word && b->name_len == len && memcmp(b->name, name, len) == 0) {
            return b;
        }
    }
    return NULL;
}

const struct binding *match_next(const struct match *m, const struct span *span, const char *name,
                                 const struct binding *after)
{
    return find(m, span, name, false,
                after == NULL ? span->first : (unsigned)(after - m->bind) + 1);
}

const struct binding *match_word(const struct match *m, const struct span *span, const char *name)
{
    return find(m, span, name, true, span->first);
}
