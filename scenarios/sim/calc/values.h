/* Values on a calculator's command line: typed, of exact length, refused with one sentence. */
#ifndef SIM_CALC_VALUES_H
#define SIM_CALC_VALUES_H

#include "common/base/bytes.h"
#include "scenarios/sim/cli/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CALC_OK = 0, CALC_USAGE = 2, CALC_ENVIRONMENT = 3 };

struct values {
    const struct verb *verb;
    struct parsed parsed;
};

/* Reads |argv|, whose first word is the verb; prints the help when it was asked for.
 * Returns: true to go on; false to leave with |*exit_code|. */
bool values_read(struct values *v, const struct verb *verb, int argc, char **argv, int *exit_code);

/* True when option |name| was given. */
bool values_has(const struct values *v, const char *name);

/* Each reads option |name|. Returns: true; false after an error on stderr, also when the option is
 * missing. */
bool values_hex(const struct values *v, const char *name, uint8_t *out, size_t len);
bool values_ident(const struct values *v, const char *name, struct ident *out);
bool values_u32(const struct values *v, const char *name, uint32_t *out);

/* The |i|-th value of option |name|, from 0. Returns as above; asking past the last is our error
 * (asserted). */
bool values_hex_nth(const struct values *v, const char *name, unsigned i, uint8_t *out, size_t len);
unsigned values_count(const struct values *v, const char *name);

/* The exit code after all output: CALC_OK; CALC_ENVIRONMENT, after an error on stderr, when stdout
 * did not take all of it. */
int values_written(void);

/* Prints "e2esim VERB: SENTENCE" and a pointer to the help to stderr. Always returns false. */
bool values_refuse(const struct values *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
