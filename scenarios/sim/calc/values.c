#include "scenarios/sim/calc/values.h"

#include "common/base/ensure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PROGRAM "e2esim"

enum { HELP_WIDTH = 80 };

bool values_refuse(const struct values *v, const char *format, ...)
{
    va_list args;

    fprintf(stderr, PROGRAM " %s: ", v->verb->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (see " PROGRAM " %s --help)\n", v->verb->name);
    return false;
}

bool values_read(struct values *v, const struct verb *verb, int argc, char **argv, int *exit_code)
{
    char why[WHY_MAX];

    v->verb = verb;
    *exit_code = CALC_USAGE;
    if (options_parse(verb, argc - 1, argv + 1, &v->parsed, why) != ERR_OK) {
        return values_refuse(v, "%s", why);
    }
    if (v->parsed.help) {
        options_help(verb, PROGRAM, HELP_WIDTH, stdout);
        *exit_code = values_written();
        return false;
    }
    return true;
}

bool values_has(const struct values *v, const char *name)
{
    return options_has(&v->parsed, name);
}

/* The text of option |name|, or NULL after an error. */
static const char *required(const struct values *v, const char *name)
{
    const char *text = options_value(&v->parsed, name);

    for (unsigned i = 0; text == NULL && i < v->verb->options_count; i++) {
        const struct option *o = &v->verb->options[i];

        if (strcmp(o->name, name) == 0) {
            values_refuse(v, "option '--%s' is missing; give --%s %s: %s", name, name, o->value,
                          o->words);
        }
    }
    return text;
}

static bool read_hex(const struct values *v, const char *name, const char *text, uint8_t *out,
                     size_t len)
{
    enum err e = hex_decode(text, out, len);

    if (e == ERR_BAD_HEX) {
        size_t at = strspn(text, "0123456789abcdefABCDEF");

        return values_refuse(v,
                             "option '--%s': character %zu is not a hexadecimal digit; "
                             "give %zu digits (%zu octets) and nothing else",
                             name, at + 1, 2 * len, len);
    }
    if (e != ERR_OK) {
        return values_refuse(v, "option '--%s': %zu digits; give exactly %zu (%zu octets)", name,
                             strlen(text), 2 * len, len);
    }
    return true;
}

bool values_hex(const struct values *v, const char *name, uint8_t *out, size_t len)
{
    const char *text = required(v, name);

    return text != NULL && read_hex(v, name, text, out, len);
}

bool values_ident(const struct values *v, const char *name, struct ident *out)
{
    const char *text = required(v, name);

    if (text == NULL) {
        return false;
    }
    if (ident_set(out, text) != ERR_OK) {
        return values_refuse(v, "option '--%s': %zu octets; give 1 to %d", name, strlen(text),
                             IDENT_MAX);
    }
    return true;
}

bool values_u32(const struct values *v, const char *name, uint32_t *out)
{
    const char *text = required(v, name);
    uint64_t value = 0;
    size_t digits;

    if (text == NULL) {
        return false;
    }
    digits = strspn(text, "0123456789");
    for (size_t i = 0; i < digits && value <= UINT32_MAX; i++) {
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (digits == 0 || text[digits] != '\0' || value > UINT32_MAX) {
        return values_refuse(v, "option '--%s': '%.40s' is not a number from 0 to 4294967295", name,
                             text);
    }
    *out = (uint32_t)value;
    return true;
}

/* The |i|-th value of option |name|, or NULL past the last. */
static const char *nth(const struct values *v, const char *name, unsigned i)
{
    for (unsigned g = 0; g < v->parsed.given_count; g++) {
        if (strcmp(v->parsed.given[g].option->name, name) == 0 && i-- == 0) {
            return v->parsed.given[g].value;
        }
    }
    return NULL;
}

unsigned values_count(const struct values *v, const char *name)
{
    unsigned n = 0;

    while (nth(v, name, n) != NULL) {
        n++;
    }
    return n;
}

bool values_hex_nth(const struct values *v, const char *name, unsigned i, uint8_t *out, size_t len)
{
    const char *text = nth(v, name, i);

    ENSURE(text != NULL);
    return read_hex(v, name, text, out, len);
}

int values_written(void)
{
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        fprintf(stderr, PROGRAM ": cannot write to stdout: %s\n", strerror(errno));
        return CALC_ENVIRONMENT;
    }
    return CALC_OK;
}
