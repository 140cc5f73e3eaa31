#include "common/node/occur.h"

#include "common/base/ensure.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { US_PER_S = 1000000 };

/* The line being written. */
struct line {
    char *out;
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *l, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(l->out + l->len, OCCUR_LINE_MAX - l->len, format, args);
    va_end(args);
    ENSURE(n >= 0 && (size_t)n < OCCUR_LINE_MAX - l->len);
    l->len += (size_t)n;
}

/* Reading is generous: occur_parse() accepts only what occur_format() would have written. */

static bool get_number(const char *text, uint64_t most, uint64_t *v)
{
    char *end;

    *v = strtoull(text, &end, 10);
    return end != text && *end == '\0' && *v <= most;
}

static bool get_u32(const char *text, uint32_t *v)
{
    uint64_t wide;

    if (!get_number(text, UINT32_MAX, &wide)) {
        return false;
    }
    *v = (uint32_t)wide;
    return true;
}

static bool get_name(const char *text, char out[OCCUR_NAME_MAX + 1])
{
    size_t len = strlen(text);

    if (len == 0 || len > OCCUR_NAME_MAX) {
        return false;
    }
    memcpy(out, text, len + 1);
    return true;
}

static const char *const err_names[ERR_COUNT] = {
#define ERR_NAME(name, words) [ERR_##name] = #name,
    ERR_LIST(ERR_NAME)
#undef ERR_NAME
};

static const char *err_name(unsigned i)
{
    return err_names[i];
}

static const char *clause_name(unsigned i)
{
    return clause_info[i].id;
}

static const char *verdict_name_of(unsigned i)
{
    return verdict_name((enum verdict)i);
}

static const char *note_name_of(unsigned i)
{
    return note_name((enum note)i);
}

static bool get_one_of(const char *text, const char *(*name)(unsigned i), unsigned count,
                       unsigned *which)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(name(i), text) == 0) {
            *which = i;
            return true;
        }
    }
    return false;
}

static void put_ue(struct line *l, const struct occur *o)
{
    put(l, " ue=%s", o->ue.s);
}

static bool get_ue(const char *text, struct occur *o)
{
    return ident_set(&o->ue, text) == ERR_OK;
}

static void put_state(struct line *l, const struct occur *o)
{
    put(l, " state=%s", o->state);
}

static bool get_state(const char *text, struct occur *o)
{
    return get_name(text, o->state);
}

static void put_event(struct line *l, const struct occur *o)
{
    put(l, " event=%s", o->event);
}

static bool get_event(const char *text, struct occur *o)
{
    return get_name(text, o->event);
}

static void put_next(struct line *l, const struct occur *o)
{
    put(l, " next=%s", o->next);
}

static bool get_next(const char *text, struct occur *o)
{
    return get_name(text, o->next);
}

static void put_action(struct line *l, const struct occur *o)
{
    put(l, " action=%s", o->action);
}

static bool get_action(const char *text, struct occur *o)
{
    return get_name(text, o->action);
}

static void put_clause(struct line *l, const struct occur *o)
{
    put(l, " clause=%s", clause_info[o->clause].id);
}

static bool get_clause(const char *text, struct occur *o)
{
    unsigned i;

    if (!get_one_of(text, clause_name, CLAUSE_COUNT, &i)) {
        return false;
    }
    o->clause = (enum clause)i;
    return true;
}

static void put_epoch(struct line *l, const struct occur *o)
{
    if (o->has_epoch) {
        put(l, " epoch=%" PRIu32, o->epoch);
    }
}

static bool get_epoch(const char *text, struct occur *o)
{
    o->has_epoch = true;
    return get_u32(text, &o->epoch);
}

static void put_fp(struct line *l, const struct occur *o)
{
    if (o->fp != 0) {
        put(l, " fp=%08" PRIx32, o->fp);
    }
}

static bool get_fp(const char *text, struct occur *o)
{
    uint8_t octets[4];

    if (hex_decode(text, octets, sizeof octets) != ERR_OK) {
        return false;
    }
    o->fp = get_be32(octets);
    return true;
}

static void put_from(struct line *l, const struct occur *o)
{
    put(l, " from=%s", role_name(o->from));
}

static bool get_from(const char *text, struct occur *o)
{
    o->from = role_by_name(text);
    return o->from != ROLE_COUNT;
}

static void put_ctr(struct line *l, const struct occur *o)
{
    put(l, " ctr=%" PRIu32, o->ctr);
}

static bool get_ctr(const char *text, struct occur *o)
{
    return get_u32(text, &o->ctr);
}

static void put_payload(struct line *l, const struct occur *o)
{
    char hex[2 * PAYLOAD_MAX + 1];

    ENSURE(o->len <= PAYLOAD_MAX);
    hex_encode(o->payload, o->len, hex, sizeof hex);
    put(l, " payload=%s", hex);
}

static bool get_payload(const char *text, struct occur *o)
{
    size_t len = strlen(text) / 2;

    if (len > PAYLOAD_MAX) {
        return false;
    }
    o->len = (uint16_t)len;
    return hex_decode(text, o->payload, len) == ERR_OK;
}

static void put_verdict(struct line *l, const struct occur *o)
{
    put(l, " verdict=%s", verdict_name(o->verdict));
}

static bool get_verdict(const char *text, struct occur *o)
{
    unsigned i;

    if (!get_one_of(text, verdict_name_of, VERDICT_COUNT, &i)) {
        return false;
    }
    o->verdict = (enum verdict)i;
    return true;
}

static void put_note(struct line *l, const struct occur *o)
{
    put(l, " note=%s", note_name(o->note));
}

static bool get_note(const char *text, struct occur *o)
{
    unsigned i;

    if (!get_one_of(text, note_name_of, NOTE_COUNT, &i)) {
        return false;
    }
    o->note = (enum note)i;
    return true;
}

static void put_value(struct line *l, const struct occur *o)
{
    put(l, " value=%" PRIu64, o->value);
}

static bool get_value(const char *text, struct occur *o)
{
    return get_number(text, UINT64_MAX, &o->value);
}

static void put_more(struct line *l, const struct occur *o)
{
    put(l, " more=%" PRIu64, o->more);
}

static bool get_more(const char *text, struct occur *o)
{
    return get_number(text, UINT64_MAX, &o->more);
}

static void put_err(struct line *l, const struct occur *o)
{
    ENSURE(o->err < ERR_COUNT);
    put(l, " err=%s", err_names[o->err]);
}

static bool get_err(const char *text, struct occur *o)
{
    unsigned i;

    if (!get_one_of(text, err_name, ERR_COUNT, &i)) {
        return false;
    }
    o->err = (enum err)i;
    return true;
}

static void put_bytes(struct line *l, const struct occur *o)
{
    put(l, " bytes=%u", (unsigned)o->len);
}

static bool get_bytes(const char *text, struct occur *o)
{
    uint64_t v;

    if (!get_number(text, UINT16_MAX, &v)) {
        return false;
    }
    o->len = (uint16_t)v;
    return true;
}

struct field {
    const char *key;
    void (*put)(struct line *l, const struct occur *o);
    bool (*get)(const char *text, struct occur *o);
};

enum { FIELDS_MAX = 8 };

/* The fields of each kind of line, in their order. */
static const struct {
    const char *word;
    struct field fields[FIELDS_MAX];
} kinds[OCCUR_KIND_COUNT] = {
    [OCCUR_STEP] = {"step",
                    {{"ue", put_ue, get_ue},
                     {"state", put_state, get_state},
                     {"event", put_event, get_event},
                     {"next", put_next, get_next},
                     {"action", put_action, get_action},
                     {"clause", put_clause, get_clause},
                     {"epoch", put_epoch, get_epoch},
                     {"fp", put_fp, get_fp}}},
    [OCCUR_DELIVER] = {"deliver",
                       {{"ue", put_ue, get_ue},
                        {"from", put_from, get_from},
                        {"epoch", put_epoch, get_epoch},
                        {"ctr", put_ctr, get_ctr},
                        {"payload", put_payload, get_payload}}},
    [OCCUR_REPORT] = {"report",
                      {{"ue", put_ue, get_ue},
                       {"from", put_from, get_from},
                       {"epoch", put_epoch, get_epoch},
                       {"ctr", put_ctr, get_ctr},
                       {"verdict", put_verdict, get_verdict}}},
    [OCCUR_NOTE] = {"note",
                    {{"ue", put_ue, get_ue},
                     {"note", put_note, get_note},
                     {"value", put_value, get_value},
                     {"more", put_more, get_more}}},
    [OCCUR_REFUSED] = {"refused",
                       {{"from", put_from, get_from},
                        {"err", put_err, get_err},
                        {"bytes", put_bytes, get_bytes}}},
};

size_t occur_format(const struct occur *o, char line[OCCUR_LINE_MAX])
{
    struct line l = {.out = line, .len = 0};
    const struct field *f;

    ENSURE(o->kind < OCCUR_KIND_COUNT);
    put(&l, "%s t=%" PRIu64 ".%06" PRIu64 " %s", role_name(o->role), o->t_us / US_PER_S,
        o->t_us % US_PER_S, kinds[o->kind].word);
    f = kinds[o->kind].fields;
    for (unsigned i = 0; i < FIELDS_MAX && f[i].key != NULL; i++) {
        f[i].put(&l, o);
    }
    return l.len;
}

/* Cuts |*rest| at the next space; returns the word before it, NULL at the end. */
static char *next_word(char **rest)
{
    char *word = *rest;
    char *space;

    if (word == NULL) {
        return NULL;
    }
    space = strchr(word, ' ');
    if (space != NULL) {
        *space++ = '\0';
    }
    *rest = space;
    return word;
}

static bool get_time(const char *text, uint64_t *t_us)
{
    uint64_t s;
    uint64_t us;
    const char *point = strchr(text, '.');
    char seconds[24];

    if (strncmp(text, "t=", 2) != 0 || point == NULL ||
        (size_t)(point - text) - 2 >= sizeof seconds) {
        return false;
    }
    memset(seconds, 0, sizeof seconds);
    memcpy(seconds, text + 2, (size_t)(point - text) - 2);
    if (!get_number(seconds, UINT64_MAX / US_PER_S - 1, &s) ||
        !get_number(point + 1, US_PER_S - 1, &us)) {
        return false;
    }
    *t_us = s * US_PER_S + us;
    return true;
}

static bool get_head(char **rest, struct occur *o)
{
    const char *role = next_word(rest);
    const char *t = next_word(rest);
    const char *word = next_word(rest);

    if (word == NULL || !get_time(t, &o->t_us)) {
        return false;
    }
    o->role = role_by_name(role);
    while (o->kind < OCCUR_KIND_COUNT && strcmp(kinds[o->kind].word, word) != 0) {
        o->kind++;
    }
    return o->role != ROLE_COUNT && o->kind != OCCUR_KIND_COUNT;
}

/* Reads the fields in their order; one that is not there stays empty. */
static bool get_fields(char **rest, struct occur *o)
{
    const struct field *f = kinds[o->kind].fields;
    unsigned i = 0;

    for (char *word = next_word(rest); word != NULL; word = next_word(rest)) {
        char *value = strchr(word, '=');

        if (value == NULL) {
            return false;
        }
        *value++ = '\0';
        while (i < FIELDS_MAX && f[i].key != NULL && strcmp(f[i].key, word) != 0) {
            i++;
        }
        if (i == FIELDS_MAX || f[i].key == NULL || !f[i].get(value, o)) {
            return false;
        }
        i++;
    }
    return true;
}

enum err occur_parse(const char *line, struct occur *o)
{
    char copy[OCCUR_LINE_MAX];
    char again[OCCUR_LINE_MAX];
    char *rest = copy;
    struct occur got;
    size_t len = strnlen(line, OCCUR_LINE_MAX);

    if (len == OCCUR_LINE_MAX) {
        return ERR_SYNTAX;
    }
    memcpy(copy, line, len + 1);
    memset(&got, 0, sizeof got);
    if (!get_head(&rest, &got) || !get_fields(&rest, &got)) {
        return ERR_SYNTAX;
    }
    if (occur_format(&got, again) != len || memcmp(again, line, len) != 0) {
        return ERR_SYNTAX;
    }
    *o = got;
    return ERR_OK;
}
