/* The conditions of all links as the script has changed them. Each action stands in the order in
 * which it was done, one with `for` until its end; the conditions of a link are those of the start
 * with what stands applied in that order. */
#ifndef SIM_DRIVE_LINKS_H
#define SIM_DRIVE_LINKS_H

#include "scenarios/sim/script/scenario.h"

struct links;

/* |scn| is borrowed. Returns NULL when memory is short. */
struct links *links_new(const struct scenario *scn);
void links_free(struct links *l);

/* Action |action| of the scenario, an ACTION_LINK, is done (again). */
void links_apply(struct links *l, unsigned action, uint64_t now_us);

/* When the first of those that stand ends; UINT64_MAX: none does. */
uint64_t links_next_end(const struct links *l);
/* Takes back the first that ends, there must be one. Returns which action it is. */
unsigned links_end(struct links *l);

struct scn_link links_now(const struct links *l, enum role from, enum role to);

#endif
