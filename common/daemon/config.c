#include "common/daemon/config_table.h"

#include "common/base/ensure.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_BIT = 32, FOUND_MAX = 80, LISTED_MAX = 260, MORE_MAX = 24 /* "and N more" */ };

/* ---- errors ---- */

void config_error(struct config *c, struct config_place at, const char *format, ...)
{
    struct config_errors *e = &c->errors;
    va_list args;

    if (e->count == CONFIG_ERRORS_MAX) {
        e->left_out++;
        return;
    }
    e->list[e->count].at = at;
    va_start(args, format);
    (void)vsnprintf(e->list[e->count].words, CONFIG_ERROR_MAX, format, args);
    va_end(args);
    e->count++;
}

bool config_is_good(const struct config *c)
{
    return c->errors.count == 0 && !c->short_of_memory;
}

struct config_place config_at(const struct config *c, unsigned i)
{
    unsigned column = i < c->words.count ? c->words.list[i].column : c->words.end;

    return (struct config_place){c->line, column};
}

static int by_place(const void *a, const void *b)
{
    const struct config_place *x = a;
    const struct config_place *y = b;

    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return x->column < y->column ? -1 : x->column > y->column;
}

/* Writes the errors, in the order of their places. */
static enum err tell_errors(struct config *c, char *errors, size_t cap)
{
    struct config_errors *e = &c->errors;
    size_t room = cap;
    unsigned told = 0;

    if (cap > 0) {
        errors[0] = '\0';
    }
    if (c->short_of_memory) {
        (void)snprintf(errors, cap, "%s: error: not enough memory\n", c->name);
        return ERR_NO_ROOM;
    }
    _Static_assert(offsetof(struct config_errors, list[0].at) ==
                       offsetof(struct config_errors, list),
                   "by_place() takes an error by its place");
    qsort(e->list, e->count, sizeof e->list[0], by_place);
    for (; told < e->count; told++) {
        char line[CONFIG_ERROR_MAX + 400];
        char place[32] = "";
        int len;

        if (e->list[told].at.line > 0) {
            (void)snprintf(place, sizeof place, ":%u:%u", e->list[told].at.line,
                           e->list[told].at.column);
        }
        len = snprintf(line, sizeof line, "%.300s%s: error: %s\n", c->name, place,
                       e->list[told].words);
        if (len < 0 || (size_t)len + MORE_MAX > room) {
            break;
        }
        memcpy(errors + (cap - room), line, (size_t)len + 1);
        room -= (size_t)len;
    }
    e->left_out += e->count - told;
    if (e->left_out > 0) {
        (void)snprintf(errors + (cap - room), room, "and %u more\n", e->left_out);
    }
    return e->count == 0 ? ERR_OK : ERR_SYNTAX;
}

enum err config_end(struct config *c, struct setup *made, struct setup *out, char *errors,
                    size_t cap)
{
    enum err err = tell_errors(c, errors, cap);

    if (err == ERR_OK) {
        *out = *made;
    } else {
        setup_free(made);
    }
    bytes_wipe(&c->words, sizeof c->words);
    return err;
}

uint32_t config_room(const struct config *c)
{
    return c->shared->contexts != 0 ? c->shared->contexts : CONFIG_CONTEXTS_DEFAULT;
}

void *config_grow(struct config *c, void *array, unsigned count, size_t size)
{
    void *grown = array;

    if ((count & (count - 1)) == 0) { /* it is full at each power of two */
        grown = realloc(array, size * (count == 0 ? 1 : 2 * (size_t)count));
    }
    if (grown == NULL) {
        c->short_of_memory = true;
    }
    return grown;
}

/* ---- what to say about a word ---- */

/* Writes what word |i| is. Keys are never repeated: neither where one is expected, nor anything
 * that looks like one. */
static const char *found(const struct config *c, unsigned i, bool secret, char text[FOUND_MAX])
{
    const struct config_word *w = &c->words.list[i];

    if (i >= c->words.count) {
        return "the end of the line";
    }
    if (w->quoted) {
        return "a quoted text";
    }
    if (secret || (w->len >= 16 && strspn(w->text, "0123456789abcdefABCDEF") == w->len)) {
        (void)snprintf(text, FOUND_MAX, "a word of %zu characters", w->len);
    } else {
        (void)snprintf(text, FOUND_MAX, "'%.60s'", w->text);
    }
    return text;
}

const char *config_closest(const char *(*choice)(unsigned i), const char *word)
{
    unsigned most = strlen(word) <= 3 ? 1 : 2;
    const char *closest = NULL;

    for (unsigned i = 0; choice(i) != NULL; i++) {
        unsigned d = config_distance(word, choice(i), most);

        if (d <= most && (closest == NULL || d < most)) {
            closest = choice(i);
            most = d;
        }
    }
    return closest;
}

static void say_expected(struct config *c, unsigned i, const char *expected, bool secret,
                         const char *hint)
{
    char text[FOUND_MAX];

    config_error(c, config_at(c, i), "expected %s, found %s%s%s%s", expected,
                 found(c, i, secret, text), hint == NULL ? "" : "; did you mean '",
                 hint == NULL ? "" : hint, hint == NULL ? "" : "'?");
}

/* ---- arguments ---- */

static bool is_last(const struct config_arg *a)
{
    return a->key == NULL && a->type == NULL && a->group == NULL;
}

/* An argument that may stand in the line, with where its value goes and its bit. */
struct place_for {
    const struct config_arg *arg; /* NULL: there is none */
    size_t offset;
    unsigned bit;
};

/* The |n|-th argument with a key, those of a group included. */
static struct place_for keyed_arg(const struct config_arg *args, unsigned n)
{
    for (unsigned i = 0; !is_last(&args[i]); i++) {
        const struct config_arg *group = args[i].group;

        for (unsigned j = 0; group != NULL && !is_last(&group[j]); j++) {
            if (n-- == 0) {
                return (struct place_for){&group[j], args[i].offset + group[j].offset,
                                          GROUP_BIT + j};
            }
        }
        if (group == NULL && args[i].key != NULL && n-- == 0) {
            return (struct place_for){&args[i], args[i].offset, i};
        }
    }
    return (struct place_for){NULL, 0, 0};
}

static bool is_given(uint64_t given, unsigned bit)
{
    return (given >> bit & 1) != 0;
}

/* True when another one of its alternatives is given. */
static bool is_replaced(const struct config_arg *args, unsigned bit, uint64_t given)
{
    for (unsigned i = 0; bit < GROUP_BIT && args[bit].either != 0 && !is_last(&args[i]); i++) {
        if (i != bit && args[i].either == args[bit].either && is_given(given, i)) {
            return true;
        }
    }
    return false;
}

static bool may_stand(const struct config_arg *args, const struct place_for *p, uint64_t given)
{
    return (p->arg->need == NEED_MANY || !is_given(given, p->bit)) &&
           !is_replaced(args, p->bit, given);
}

/* Writes "'count', 'k' or 'opc'": the keys that may stand; only those that must, if |missing|. */
static void list_keys(const struct config_arg *args, uint64_t given, bool missing,
                      char text[LISTED_MAX])
{
    size_t len = 0;
    struct place_for p;

    text[0] = '\0';
    for (unsigned n = 0; (p = keyed_arg(args, n)).arg != NULL; n++) {
        int more;

        if (!may_stand(args, &p, given) || (missing && p.arg->need != NEED_ONE)) {
            continue;
        }
        more = snprintf(text + len, LISTED_MAX - len, "%s'%s'", len > 0 ? ", " : "", p.arg->key);
        if (more < 0 || (size_t)more >= LISTED_MAX - len) {
            return;
        }
        len += (size_t)more;
    }
}

static bool read_value(struct config *c, unsigned i, const struct config_type *type, void *out)
{
    const struct config_word *w = &c->words.list[i];
    bool good = i < c->words.count && !w->quoted && type->read(w->text, out);

    if (!good) {
        bool guess = i < c->words.count && !w->quoted && type->choice != NULL;

        say_expected(c, i, type->what, type->secret,
                     guess ? config_closest(type->choice, w->text) : NULL);
    }
    return good;
}

/* Finds the argument whose key word |i| is; tells the error when there is none that may stand. */
static bool find_key(struct config *c, unsigned i, const struct config_arg *args, uint64_t given,
                     struct place_for *p)
{
    const struct config_word *w = &c->words.list[i];
    unsigned most = w->len <= 3 ? 1 : 2;
    const char *hint = NULL;
    char list[LISTED_MAX];

    for (unsigned n = 0; (*p = keyed_arg(args, n)).arg != NULL; n++) {
        unsigned d = config_distance(w->text, p->arg->key, most);

        if (!w->quoted && strcmp(w->text, p->arg->key) == 0) {
            if (may_stand(args, p, given)) {
                return true;
            }
            config_error(c, config_at(c, i),
                         is_given(given, p->bit) ? "'%s' stands twice in this line"
                                                 : "'%s' cannot stand beside its alternative",
                         p->arg->key);
            return false;
        }
        if (!w->quoted && d <= most && may_stand(args, p, given)) {
            hint = p->arg->key;
            most = d > 0 ? d - 1 : 0;
        }
    }
    list_keys(args, given, false, list);
    say_expected(c, i, list[0] == '\0' ? "the end of the line" : list, false, hint);
    return false;
}

/* Tells what must stand and does not. */
static bool has_all(struct config *c, const struct config_arg *args, uint64_t given)
{
    char list[LISTED_MAX];

    list_keys(args, given, true, list);
    if (list[0] != '\0') {
        say_expected(c, c->words.count, list, false, NULL);
        return false;
    }
    return true;
}

bool config_read_args(struct config *c, unsigned first, const struct config_arg *args, void *values,
                      uint64_t *given)
{
    unsigned char *to = values;
    unsigned i = first;

    *given = 0;
    for (unsigned a = 0; args[a].key == NULL && args[a].type != NULL; a++, i++) {
        if (!read_value(c, i, args[a].type, to + args[a].offset)) {
            return false;
        }
        *given |= UINT64_C(1) << a;
    }
    while (i < c->words.count) {
        struct place_for p;

        if (!find_key(c, i, args, *given, &p)) {
            return false;
        }
        i++;
        if (p.arg->type != NULL && !read_value(c, i++, p.arg->type, to + p.offset)) {
            return false;
        }
        *given |= UINT64_C(1) << p.bit;
    }
    return has_all(c, args, *given);
}

/* ---- lines ---- */

/* Which settings stand where; a table has at most 32. */
struct seen {
    const struct config_setting *table;
    void *into;
    unsigned line[32];
};

static const struct config_setting *find_setting(const struct seen seen[2], const char *name,
                                                 unsigned *table)
{
    for (*table = 0; *table < 2; ++*table) {
        for (const struct config_setting *s = seen[*table].table; s->name != NULL; s++) {
            if (strcmp(s->name, name) == 0) {
                return s;
            }
        }
    }
    return NULL;
}

static void say_unknown(struct config *c, const struct seen seen[2])
{
    const char *word = c->words.list[0].text;
    unsigned most = strlen(word) <= 3 ? 1 : 2;
    const char *hint = NULL;
    char list[LISTED_MAX] = "a setting (";
    size_t len = strlen(list);

    for (unsigned t = 0; t < 2; t++) {
        for (const struct config_setting *s = seen[t].table; s->name != NULL; s++) {
            unsigned d = config_distance(word, s->name, most);
            int more = snprintf(list + len, sizeof list - len, "%s, ", s->name);

            len += more > 0 && (size_t)more < sizeof list - len ? (size_t)more : 0;
            if (d <= most) {
                hint = s->name;
                most = d > 0 ? d - 1 : 0;
            }
        }
    }
    (void)snprintf(list + len - 2, sizeof list - len + 2, ")");
    say_expected(c, 0, list, false, hint);
}

static void read_line(struct config *c, struct seen seen[2])
{
    static union {
        max_align_t align;
        unsigned char octets[CONFIG_VALUES_MAX];
    } values;
    const struct config_setting *s;
    unsigned table;
    unsigned *stands;
    uint64_t given;

    s = c->words.list[0].quoted ? NULL : find_setting(seen, c->words.list[0].text, &table);
    if (s == NULL) {
        say_unknown(c, seen);
        return;
    }
    stands = &seen[table].line[s - seen[table].table];
    if (!s->repeats && *stands != 0) {
        config_error(c, config_at(c, 0), "'%s' stands already in line %u", s->name, *stands);
        return;
    }
    *stands = c->line;
    ENSURE(s->size <= sizeof values);
    memset(&values, 0, sizeof values);
    if (s->prepare != NULL) {
        s->prepare(seen[table].into, values.octets);
    }
    if (config_read_args(c, 1, s->args, values.octets, &given)) {
        s->apply(c, seen[table].into, values.octets, given);
    }
    bytes_wipe(&values, sizeof values);
}

static void read_lines(struct config *c, const char *text, size_t len, struct seen seen[2])
{
    size_t at = 0;

    for (c->line = 1; at < len; c->line++) {
        const char *line = text + at;
        const char *newline = memchr(line, '\n', len - at);
        size_t line_len = newline == NULL ? len - at : (size_t)(newline - line);
        const char *wrong = "this line is too long";

        c->words.end = 1;
        if (line_len <= CONFIG_LINE_MAX) {
            wrong = config_words_cut(line, line_len, &c->words);
        }
        if (wrong != NULL) {
            config_error(c, (struct config_place){c->line, c->words.end}, "%s", wrong);
        } else if (c->words.count > 0) {
            read_line(c, seen);
        }
        at += line_len + 1;
    }
}

/* Puts variant, pace and timers together: their lines may stand in any order. */
static void settle_machine(struct config *c)
{
    struct machine_conf *base = &c->shared->base;

    base->variant = variant_default((enum variant)c->variant);
    for (unsigned s = 0; s < SW_COUNT; s++) {
        if (c->variant == VARIANT_LITERAL && (c->with >> s & 1) != 0 && !switch_info[s].literal) {
            config_error(c, c->switch_at[s], "the literal variant cannot have '%s'",
                         switch_info[s].name);
        }
    }
    base->variant.switches = (base->variant.switches | c->with) & ~c->without;
    timing_default(&base->timing);
    if (c->pace != 100) {
        timing_scale(&base->timing, c->pace);
    }
    for (unsigned t = 0; t < TIMER_COUNT; t++) {
        if (c->timers[t].set) {
            base->timing.ms[t] = c->timers[t].ms;
            base->timing.cap_ms[t] = c->timers[t].cap_ms;
        }
    }
}

extern const struct config_setting config_shared_settings[];

void config_read(struct config *c, const char *text, size_t len, const char *name,
                 const struct config_setting *own, struct config_shared *shared, void *into)
{
    struct seen seen[2] = {{.table = config_shared_settings, .into = shared},
                           {.table = own, .into = into}};

    memset(c, 0, sizeof *c);
    memset(shared, 0, sizeof *shared);
    c->name = name;
    c->shared = shared;
    c->into = into;
    c->variant = VARIANT_HARDENED;
    c->pace = 100;
    memcpy(shared->listen.host, "127.0.0.1", sizeof "127.0.0.1");
    read_lines(c, text, len, seen);
    settle_machine(c);
}

void setup_free(struct setup *s)
{
    node_free(s->node);
    if (s->conf != NULL) {
        bytes_wipe(s->conf, s->conf_size);
    }
    free(s->conf);
    free(s->attach);
    memset(s, 0, sizeof *s);
}
