#include "test/unit/vector_file.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *find(const struct vector *v, const char *name)
{
    for (unsigned i = 0; i < v->fields; i++) {
        if (strcmp(v->field[i].name, name) == 0) {
            return v->field[i].text;
        }
    }
    return NULL;
}

bool vector_has(const struct vector *v, const char *name)
{
    return find(v, name) != NULL;
}

const char *vector_text(const struct vector *v, const char *name)
{
    const char *text = find(v, name);

    ck_assert_msg(text != NULL, "%s: no field '%s'", v->path, name);
    return text;
}

uint32_t vector_number(const struct vector *v, const char *name)
{
    const char *text = vector_text(v, name);
    char *end;
    unsigned long long n = strtoull(text, &end, 10);

    ck_assert_msg(*text != '\0' && *end == '\0' && n <= UINT32_MAX, "%s: %s", v->path, name);
    return (uint32_t)n;
}

struct ident vector_ident(const struct vector *v, const char *name)
{
    struct ident id;

    ck_assert_int_eq(ident_set(&id, vector_text(v, name)), ERR_OK);
    return id;
}

void vector_octets(const struct vector *v, const char *name, uint8_t *out, size_t len)
{
    ck_assert_msg(hex_decode(vector_text(v, name), out, len) == ERR_OK, "%s: %s is not %zu octets",
                  v->path, name, len);
}

size_t vector_all(const struct vector *v, const char *name, uint8_t *out, size_t cap)
{
    size_t len = strlen(vector_text(v, name)) / 2;

    ck_assert_msg(len <= cap, "%s: %s is longer than %zu octets", v->path, name, cap);
    vector_octets(v, name, out, len);
    return len;
}

void vector_expect(const struct vector *v, const char *name, const uint8_t *got, size_t len)
{
    uint8_t want[VECTOR_TEXT_MAX / 2];
    char shown[VECTOR_TEXT_MAX + 1];

    ck_assert(len <= sizeof want);
    vector_octets(v, name, want, len);
    hex_encode(got, len, shown, sizeof shown);
    ck_assert_msg(memcmp(got, want, len) == 0, "%s set %s: %s is %s, not %s", v->path,
                  vector_text(v, "set"), name, shown, vector_text(v, name));
}

static void add_field(struct vector *v, const char *line)
{
    ck_assert_uint_lt(v->fields, VECTOR_FIELDS_MAX);
    /* An empty value is a field too: sscanf then reads the name alone. */
    v->field[v->fields].text[0] = '\0';
    ck_assert_msg(
        sscanf(line, "%31s = %639[^\n]", v->field[v->fields].name, v->field[v->fields].text) >= 1,
        "%s: %s", v->path, line);
    v->fields++;
}

unsigned vector_each(const char *name, vector_check *check)
{
    struct vector v = {.fields = 0};
    char path[128];
    char line[1024];
    unsigned sets = 0;
    FILE *f;

    snprintf(path, sizeof path, "test/vectors/%s", name);
    v.path = path;
    f = fopen(path, "r");
    ck_assert_msg(f != NULL, "cannot open %s; run from the root of the repository", path);
    for (bool more = true; more;) {
        more = fgets(line, sizeof line, f) != NULL;
        if (more && line[0] != '\n' && line[0] != '#') {
            add_field(&v, line);
        } else if ((!more || line[0] == '\n') && v.fields > 0) {
            check(&v);
            sets++;
            v.fields = 0;
        }
    }
    fclose(f);
    return sets;
}
