/* The parser at work: what the builders of sentences share. Inside scenarios/sim/script only. */
#ifndef SIM_SCRIPT_PARSE_H
#define SIM_SCRIPT_PARSE_H

#include "scenarios/sim/script/match.h"

#include <stdarg.h>

struct place {
    unsigned line;
    unsigned column;
    unsigned width;
};

struct let {
    char name[LABEL_MAX + 1];
    enum token_kind kind;
    uint16_t len;
    char text[SCRIPT_LINE_MAX + 1];
};

struct parse {
    const char *text; /* the file */
    size_t len;
    const size_t *line_at; /* where each line begins; [lines] is the end of the file */
    unsigned lines;
    struct scenario *s;
    struct script_errors *errors;
    const struct script_option *set;
    unsigned set_count;
    uint64_t set_used; /* bit for each option */
    struct let lets[SCRIPT_LETS_MAX];
    unsigned lets_count;
    bool out_of_memory;
    bool ues_in_doubt; /* a `ue` sentence was wrong: labels cannot be checked */

    /* The line in hand. */
    enum pass pass;
    unsigned line;
    struct tokens tokens;
    struct match match;

    /* What the builders of its parts have made. */
    struct scn_cond cond;
    struct scn_action action;
    struct scn_fault fault;
    struct scn_link link;
    uint8_t link_set;       /* LINK_SET_* */
    struct profile *target; /* what the policy in hand changes */

    /* For checks of the whole. */
    unsigned *said; /* by template: the line where a once-only sentence was said, 0: not yet */
    struct profile profile;   /* of every UE, before what is special */
    struct profile *profiles; /* by UE: as changed by the timed policies so far; NULL: none yet */
    uint64_t last_us;         /* latest time in the file */
    struct place end_place;
    struct place limit_place;
    struct place limits_place; /* last sentence that set a floor or ceiling */
    struct place jitter_place; /* last sentence that set a jitter */
    struct place ears_place;   /* last sentence that says what the attacker hears */
    struct place switch_place[VARIANT_COUNT][SW_COUNT];
    struct place stated_place[VARIANT_COUNT]; /* `in literal this run fails` */
};

/* The first value of that name in |span|, or NULL. */
const struct binding *arg(const struct parse *p, const struct span *span, const char *name);
/* One that the template always has. */
const struct binding *need(const struct parse *p, const struct span *span, const char *name);
/* The first place in |span| where the template's own word |name| stands, or NULL. */
const struct binding *keyword(const struct parse *p, const struct span *span, const char *name);
const struct token *token_of(const struct parse *p, const struct binding *b);
struct place place_of(const struct parse *p, const struct binding *b);

/* An error about the word behind |b|, or at |place|. */
__attribute__((format(printf, 3, 4))) void problem(struct parse *p, const struct binding *b,
                                                   const char *format, ...);
__attribute__((format(printf, 3, 4))) void problem_at(struct parse *p, struct place place,
                                                      const char *format, ...);

/* Appends |item| to a list that doubles; NULL, and out_of_memory, when memory is short. */
void *grow(struct parse *p, void *list, unsigned count, size_t item_size);

/* Milliseconds of a <time>, 1..2^31-1; 0 after an error. */
uint32_t whole_ms(struct parse *p, const struct binding *b);
/* A <number> within |low|..|high|; |low| after an error. */
uint32_t number_within(struct parse *p, const struct binding *b, uint32_t low, uint32_t high);
/* A time of the script: not beyond `end`; remembered for the default limit. */
uint64_t script_time(struct parse *p, const struct binding *b);
/* Copies a <text> of application data; 0 octets after an error. */
uint16_t payload_of(struct parse *p, const struct binding *b, uint8_t out[PAYLOAD_MAX]);

/* Adds an error; |line_text| may be NULL. */
__attribute__((format(printf, 5, 0))) void script_errors_add(struct script_errors *errors,
                                                             const struct place *place,
                                                             const char *line_text, size_t line_len,
                                                             const char *format, va_list args);
void script_errors_sort(struct script_errors *errors);
/* Reports why the line in hand is no sentence. */
void report_mismatch(struct parse *p);

/* Checks that need the whole file. */
void check_declared(struct parse *p); /* after PASS_DECLARE */
void check_whole(struct parse *p);    /* at the end */

/* Builders, by file. sentence_setup.c */
build_function say_scenario, say_title, say_variant, say_stated, say_switches, say_seed, say_pace;
build_function say_timer, say_let, say_home;
build_function say_emse, say_eese, say_end, say_limit, say_ue, say_ues;
/* sentence_policy.c */
build_function say_policy, say_enterprise_te2e, say_enterprise_integrity, say_enterprise_cipher;
build_function policy_te2e, policy_floor, policy_ceiling, policy_integrity, policy_cipher,
    policy_mode;
build_function policy_network_mode, policy_rand, policy_messages, do_policy;
/* sentence_action.c */
build_function say_link, say_coverage, say_at, say_every, say_when, say_fault;
build_function say_deaf, say_hears;
build_function link_conditions, link_cut, link_restored;
build_function do_attach, do_send, do_contact, do_rekey, do_register, do_move, do_link, do_replay,
    do_reflect, do_forge, do_leak;
build_function fault_drop, fault_duplicate, fault_delay, fault_hold, fault_reorder, fault_corrupt,
    fault_truncate, fault_replay, fault_swap;
/* sentence_process.c */
build_function do_kill, do_restart, do_pause, do_resume, do_clock, fault_kill, cond_process;
/* sentence_expect.c */
build_function say_expect_within, say_expect_finally, say_expect_never, say_expect_no,
    say_expect_count;
build_function say_expect_messages, say_expect;
build_function datagram, cond_datagram, cond_share, cond_attached, cond_state, cond_event,
    cond_delivers;
build_function cond_receives, cond_reports, cond_notes, cond_accepts_expired, cond_knows;

/* Begins the condition in hand. */
void new_condition(struct parse *p, enum scn_cond_kind kind);

/* Appends the action in hand to the scenario. */
void push_action(struct parse *p);

/* Runs the builder of the part of the line in hand that fits |rule|. */
void build_part(struct parse *p, enum rule rule);
/* Of two parts of one rule: the first, or the one inside |span|. */
const struct span *first_part(const struct parse *p, enum rule rule);
void build_part_of(struct parse *p, const struct span *span, enum rule rule);

#endif
