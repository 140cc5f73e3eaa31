/* Published test vectors in test/vectors/: line 1 names the source, '#' begins a comment, an empty
 * line separates sets, each other line is `name = value`, numbers decimal, octets hexadecimal. A
 * file or name that is missing and a value of the wrong length fail the running test. */
#ifndef TEST_UNIT_VECTOR_FILE_H
#define TEST_UNIT_VECTOR_FILE_H

#include "common/base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VECTOR_FIELDS_MAX = 40, VECTOR_TEXT_MAX = 640 };

struct vector {
    const char *path;
    unsigned fields;
    struct {
        char name[32];
        char text[VECTOR_TEXT_MAX];
    } field[VECTOR_FIELDS_MAX];
};

typedef void vector_check(const struct vector *v);

/* Calls |check| for each set of test/vectors/|name| and returns how many there were. */
unsigned vector_each(const char *name, vector_check *check);

bool vector_has(const struct vector *v, const char *name);
const char *vector_text(const struct vector *v, const char *name);
uint32_t vector_number(const struct vector *v, const char *name);
struct ident vector_ident(const struct vector *v, const char *name);

/* Reads exactly |len| octets. */
void vector_octets(const struct vector *v, const char *name, uint8_t *out, size_t len);

/* Reads what there is, up to |cap| octets, and returns their number. */
size_t vector_all(const struct vector *v, const char *name, uint8_t *out, size_t cap);

/* Fails the test, naming the set, unless the |len| octets |got| are those of field |name|. */
void vector_expect(const struct vector *v, const char *name, const uint8_t *got, size_t len);

#endif
