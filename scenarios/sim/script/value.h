/* The values that may stand in a sentence: what each is called in the grammar, what it is in words,
 * how it is read. */
#ifndef SIM_SCRIPT_VALUE_H
#define SIM_SCRIPT_VALUE_H

#include "scenarios/sim/script/token.h"

/* Largest time a scenario can name: a year. */
#define SCRIPT_TIME_MAX_US (UINT64_C(366) * 24 * 3600 * 1000000)

struct value {
    uint64_t n; /* number, microseconds, parts per million, index in the list of words, enum role,
                   or index of a UE */
    uint64_t m; /* second end of a link or range */
    int ue;     /* party: index of the UE, -1 when it is a role */
    bool both;  /* link: UE-EESE, not UE->EESE */
    uint8_t octets[16];
};

struct value_type {
    const char *name;  /* as in templates: "time" */
    const char *words; /* "a time such as 2s, 500ms or 20us" */
    /* NULL: one of the words, value.n its index. |lax|: labels of UEs need not exist. */
    bool (*read)(const struct scenario *s, bool lax, const struct token *t, struct value *v);
    /* The |i|-th word that may stand here, NULL after the last; NULL for open types. */
    const char *(*word)(const struct scenario *s, unsigned i);
};

extern const struct value_type value_types[];
extern const unsigned value_types_count;

/* The type of that name; a name in a template that is none is our own error. */
const struct value_type *value_type(const char *name, size_t len);
bool value_read(const struct value_type *type, const struct scenario *s, bool lax,
                const struct token *t, struct value *v);

/* Edit distance of |a| and |b| without regard to case, a swap of neighbours counting one; more than
 * |most| gives |most| + 1. For "did you mean". */
unsigned word_distance(const char *a, const char *b, unsigned most);

/* The word of |type| closest to |found|, if within |*distance|, which becomes its distance; else
 * NULL. */
const char *value_closest(const struct value_type *type, const struct scenario *s,
                          const char *found, unsigned *distance);

/* Codes behind the words of <integrity>, <cipher>, <conf-mode>, <rand-mode>, <capability> by
 * value.n. */
extern const uint8_t integrity_code[];
extern const uint8_t cipher_code[];
extern const uint8_t conf_mode_code[];
extern const uint8_t rand_mode_code[];
extern const uint8_t capability_code[];

/* Reads "8..15" or "3,9,17..20" into |bits|, at most BITS_MAX. Returns how many; 0: it is none. */
unsigned value_bits(const char *text, struct scn_bits bits[BITS_MAX]);

#endif
