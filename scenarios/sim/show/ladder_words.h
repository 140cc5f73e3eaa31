/* The ladder's plain English: what a step, a note, an order, a payload or a fate is called. */
#ifndef SIM_SHOW_LADDER_WORDS_H
#define SIM_SHOW_LADDER_WORDS_H

#include "scenarios/sim/show/canvas.h"
#include "scenarios/sim/show/trace.h"

enum { WORDS_MAX = 160 };

/* What the step |o| did, in a few words: from a table, else the words of the action's name. */
void words_step(const struct occur *o, char out[WORDS_MAX]);

/* True when a step is worth a row though state and epoch stay: something was given up. */
bool words_step_speaks(const struct occur *o);

/* Words of a note that is worth a row. Returns false for the others. */
bool words_note(const struct occur *o, char out[WORDS_MAX], enum style *style);

/* What has befallen the process of a role. Returns false when it is bad news for the role. */
bool words_process(const struct trace_event *e, char out[WORDS_MAX]);

/* What the script told a role. Returns false when that is not worth a row. */
bool words_order(enum order_kind kind, const uint8_t *payload, size_t len, char out[WORDS_MAX]);

/* A payload: quoted when it is printable ASCII, else hexadecimal; shortened when long. */
void words_payload(const uint8_t *payload, size_t len, char out[WORDS_MAX]);

/* What became of a datagram, with the scenario's line if one decided; "" when it just arrived. */
void words_fate(const struct trace_msg *m, uint64_t t_us, char out[WORDS_MAX]);

/* The clause that a message serves, or the rule that adds it to the text; a static string. */
const char *words_clause_of(enum msg_type t);

/* The clause of a step; "" where the text is silent. */
const char *words_clause(enum clause c);

/* What was leaked, and by which line of the scenario. */
void words_leak(const struct trace_event *e, char out[WORDS_MAX]);

/* What the attacker has come to know, and from what. Returns false when he was just given it. */
bool words_knows(const struct trace_knows *k, char out[WORDS_MAX], char by[WORDS_MAX]);

/* A time in the largest unit that keeps it exact: "2 s", "1 h", "250 ms". */
void words_ms(uint64_t ms, char out[24]);

#endif
