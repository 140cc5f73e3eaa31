/* What a configuration is made of: tables of settings, each a row of arguments. One table is the
 * grammar, the text of --help and the source of every error. For config*.c and <role>/setup.c. */
#ifndef COMMON_DAEMON_CONFIG_TABLE_H
#define COMMON_DAEMON_CONFIG_TABLE_H

#include "common/daemon/config.h"
#include "common/daemon/config_words.h"

#include <stdio.h>

/* A kind of value. */
struct config_type {
    const char *shape; /* "TIME" */
    const char *what;  /* "a time such as 2s or 500ms", after "expected" */
    /* Stores the value of |text|, which has no NUL inside, at |out|; false when it is none. */
    bool (*read)(const char *text, void *out);
    /* The |i|-th word that may stand here, NULL after the last; NULL itself for open kinds. */
    const char *(*choice)(unsigned i);
    bool secret; /* never repeat what was found */
};

/* What a value is stored as. */
extern const struct config_type config_type_imsi;     /* struct ident */
extern const struct config_type config_type_who;      /* struct ident, len 0 for * */
extern const struct config_type config_type_name;     /* struct ident */
extern const struct config_type config_type_file;     /* char[CONFIG_FILE_MAX + 1] */
extern const struct config_type config_type_endpoint; /* struct config_endpoint */
extern const struct config_type config_type_role;     /* unsigned: enum role */
extern const struct config_type config_type_variant;  /* unsigned: enum variant */
extern const struct config_type config_type_switch;   /* unsigned: enum sw */
extern const struct config_type config_type_timer;    /* unsigned: enum timer_id */
extern const struct config_type config_type_percent;  /* unsigned, 1..10000 */
extern const struct config_type config_type_time;     /* uint32_t ms, never 0 */
extern const struct config_type config_type_span;     /* uint32_t ms, may be 0 */
extern const struct config_type config_type_time0;    /* uint32_t ms, 0 for none */
extern const struct config_type config_type_count;    /* uint32_t, 1.. */
extern const struct config_type config_type_count0;   /* uint32_t, 0 for none */
extern const struct config_type config_type_number;   /* uint64_t */
extern const struct config_type config_type_hex2;     /* uint8_t[2] */
extern const struct config_type config_type_sqn;      /* uint64_t, 48 bits */
extern const struct config_type config_type_key16;    /* uint8_t[16] */
extern const struct config_type config_type_key32;    /* uint8_t[32] */
extern const struct config_type config_type_plmn;     /* uint8_t[PLMN_LEN] */
extern const struct config_type config_type_caps;     /* uint8_t: enum cap_bit */
extern const struct config_type config_type_ints;     /* uint8_t[2]: enum alg_int */
extern const struct config_type config_type_encs;     /* uint8_t[3]: two enum alg_enc, how many */
extern const struct config_type config_type_conf;     /* uint8_t: enum conf_mode */
extern const struct config_type config_type_network;  /* struct profile: its conf_rules */
extern const struct config_type config_type_rand;     /* uint8_t: enum rand_protect */

enum config_need { NEED_MAYBE, NEED_ONE, NEED_MANY };

struct config_arg {
    const char *key;                /* the word before the value; NULL: it stands by itself */
    const struct config_type *type; /* NULL: the key alone */
    size_t offset;                  /* of the value in the setting's struct */
    enum config_need need;
    unsigned either;                /* not 0: exactly one of the neighbours with this number */
    const struct config_arg *group; /* instead of all that: what may stand here too, |offset| in */
    const char *words;              /* of an argument in a group, for --help */
};
#define CONFIG_ARGS_END \
    { \
        NULL, NULL, 0, NEED_MAYBE, 0, NULL, NULL \
    }

struct config;

struct config_setting {
    const char *name; /* NULL ends a table */
    const struct config_arg *args;
    bool repeats;
    size_t size; /* of the struct of values, at most CONFIG_VALUES_MAX */
    void (*prepare)(const void *into, void *values); /* sets defaults; NULL: all zero */
    /* Takes the values of one line. |given| has bit i for argument i of |args|. What is wrong with
     * them it tells with config_error(). */
    void (*apply)(struct config *c, void *into, const void *values, uint64_t given);
    const char *words; /* for --help */
};

enum { CONFIG_VALUES_MAX = 512, CONFIG_ERRORS_MAX = 40, CONFIG_ERROR_MAX = 400 };

struct config_place {
    unsigned line;
    unsigned column;
};

struct config_errors {
    unsigned count;
    unsigned left_out;
    struct {
        struct config_place at;
        char words[CONFIG_ERROR_MAX];
    } list[CONFIG_ERRORS_MAX];
};

struct config_timer {
    bool set;
    uint32_t ms;
    uint32_t cap_ms; /* 0: not said */
};

/* A configuration being read. */
struct config {
    const char *name; /* of the text, for errors */
    unsigned line;    /* the one being read */
    struct config_words words;
    struct config_errors errors;
    struct config_shared *shared;
    void *into; /* the role's draft */
    bool short_of_memory;
    /* of the settings that are put together at the end */
    unsigned variant;
    unsigned pace;
    uint32_t with, without;
    struct config_place switch_at[SW_COUNT];
    struct config_timer timers[TIMER_COUNT];
};

/* Reads |text| by the settings of all daemons and |own|, whose apply() gets |into|. Check
 * config_is_good() afterwards. */
void config_read(struct config *c, const char *text, size_t len, const char *name,
                 const struct config_setting *own, struct config_shared *shared, void *into);

/* Reads the words of |c| from |first| on by |args| into |values|. False, with the errors told, when
 * they do not fit. */
bool config_read_args(struct config *c, unsigned first, const struct config_arg *args, void *values,
                      uint64_t *given);

/* The place of word |i| of the line being read, or of its end. */
struct config_place config_at(const struct config *c, unsigned i);
void config_error(struct config *c, struct config_place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool config_is_good(const struct config *c);

/* Ends a <role>_setup(): moves |made| to |out|, or frees it and writes the errors as config.h says.
 * Returns: ERR_OK, ERR_SYNTAX, ERR_NO_ROOM. */
enum err config_end(struct config *c, struct setup *made, struct setup *out, char *errors,
                    size_t cap) MUST_USE;

/* |array| with room for one item of |size| octets after |count| of them; it may have moved. NULL,
 * which |c| notes, when memory is short. */
void *config_grow(struct config *c, void *array, unsigned count, size_t size);

/* The word of |choice| that is closest to |word|, if it is close; else NULL. */
const char *config_closest(const char *(*choice)(unsigned i), const char *word);

/* The setting `name`, for the tables of those who have one. */
#define CONFIG_NAME_SETTING \
    { \
        "name", config_name_args, false, sizeof(struct ident), NULL, config_apply_name, \
            "its identity, which enters key derivation" \
    }
extern const struct config_arg config_name_args[];
void config_apply_name(struct config *c, void *into, const void *values, uint64_t given);

/* The room of a table whose contexts peers cause: as `contexts` says, or the default. */
uint32_t config_room(const struct config *c);

/* Prints the settings of all daemons and |own|. */
void config_help(FILE *to, const struct config_setting *own);

/* The keys of a device profile; offsets in struct profile. */
extern const struct config_arg config_profile_args[];

/* |count| consecutive IMSIs. */
struct config_range {
    struct ident first;
    uint32_t count;
    struct config_place at; /* of the IMSI */
};

/* Fills in a range from values of config_type_imsi and config_type_count (0: absent). False, with
 * the error told, when it leaves the digits of its first. */
bool config_range_set(struct config *c, const struct ident *first, uint32_t count,
                      struct config_range *out);
void config_range_imsi(const struct config_range *r, uint32_t i, struct ident *out);

/* Tells an error for each of the |n| ranges that shares an IMSI with an earlier line. Each range is
 * the first member of an item of |size| octets. |what|: "subscriber". */
void config_ranges_check(struct config *c, const void *items, unsigned n, size_t size,
                         const char *what);

/* IMSIs of all ranges together. Tells an error when they are more than CONFIG_CONTEXTS_MAX. */
uint32_t config_ranges_total(struct config *c, const void *items, unsigned n, size_t size);

/* How many contexts a table for all ranges needs: as many as they have IMSIs, or what `contexts`
 * says. Tells an error when it says too few. */
uint32_t config_ranges_room(struct config *c, const void *items, unsigned n, size_t size);

#endif
