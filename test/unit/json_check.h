/* Is a text one JSON value (RFC 8259) and nothing more? For the tests of what writes JSON; knows
 * nothing of the writer. */
#ifndef TEST_UNIT_JSON_CHECK_H
#define TEST_UNIT_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Each skips one thing and returns what follows, or NULL when it is not there. */
static inline const char *json_value(const char *p);

static inline const char *json_space(const char *p)
{
    return p == NULL ? NULL : p + strspn(p, " \t\r\n");
}

static inline const char *json_string(const char *p)
{
    if (*p++ != '"') {
        return NULL;
    }
    while (*p != '"') {
        if ((unsigned char)*p < 0x20) {
            return NULL;
        }
        if (*p == '\\') {
            p++;
            if (*p == 'u') {
                if (strspn(p + 1, "0123456789abcdefABCDEF") < 4) {
                    return NULL;
                }
                p += 4;
            } else if (*p == '\0' || strchr("\"\\/bfnrt", *p) == NULL) {
                return NULL;
            }
        }
        p++;
    }
    return p + 1;
}

static inline const char *json_number(const char *p)
{
    size_t n;

    p += *p == '-';
    n = strspn(p, "0123456789");
    if (n == 0 || (n > 1 && *p == '0')) {
        return NULL;
    }
    p += n;
    if (*p == '.') {
        n = strspn(p + 1, "0123456789");
        return n == 0 ? NULL : p + 1 + n;
    }
    return p;
}

/* Members or elements up to |close|. */
static inline const char *json_list(const char *p, char close, bool keys)
{
    p = json_space(p + 1);
    if (*p == close) {
        return p + 1;
    }
    for (;;) {
        if (keys) {
            p = json_space(json_string(p));
            if (p == NULL || *p++ != ':') {
                return NULL;
            }
        }
        p = json_space(json_value(json_space(p)));
        if (p == NULL || (*p != ',' && *p != close)) {
            return NULL;
        }
        if (*p++ == close) {
            return p;
        }
        p = json_space(p);
    }
}

static inline const char *json_value(const char *p)
{
    static const char *const words[] = {"true", "false", "null"};

    if (*p == '{' || *p == '[') {
        return json_list(p, *p == '{' ? '}' : ']', *p == '{');
    }
    if (*p == '"') {
        return json_string(p);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strncmp(p, words[i], strlen(words[i])) == 0) {
            return p + strlen(words[i]);
        }
    }
    return json_number(p);
}

static inline bool json_is_valid(const char *text)
{
    const char *const end = json_space(json_value(json_space(text)));

    return end != NULL && *end == '\0';
}

#endif
