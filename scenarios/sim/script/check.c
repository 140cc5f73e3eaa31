#include "scenarios/sim/script/parse.h"

#include <string.h>

enum { MINUTE_US = 60 * 1000 * 1000 };

static const struct place whole_file = {0, 0, 0};

static void check_options(struct parse *p)
{
    char known[SCRIPT_MESSAGE_MAX / 2] = "none";
    size_t len = 0;

    for (unsigned i = 0; i < p->lets_count && len + LABEL_MAX + 3 < sizeof known; i++) {
        len += (size_t)snprintf(known + len, sizeof known - len, "%s%s", i == 0 ? "" : ", ",
                                p->lets[i].name);
    }
    for (unsigned i = 0; i < p->set_count; i++) {
        if (i >= SCRIPT_LETS_MAX) {
            problem_at(p, whole_file, "--set is given more than %d times", SCRIPT_LETS_MAX);
            return;
        }
        if ((p->set_used >> i & 1) == 0) {
            problem_at(p, whole_file, "--set %.40s: the file has no such let; it has: %s",
                       p->set[i].name, known);
        }
    }
}

/* A sentence without `in` is about whichever variant the file is for. */
static bool binds_literal(const struct parse *p, unsigned sw)
{
    return p->s->variant.variant == VARIANT_LITERAL ||
           p->switch_place[VARIANT_LITERAL][sw].line != p->switch_place[VARIANT_HARDENED][sw].line;
}

static void check_switches(struct parse *p)
{
    const struct scn_switches *literal = &p->s->switches[VARIANT_LITERAL];
    enum sw bad;

    for (unsigned i = 0; i < SW_COUNT; i++) {
        uint32_t bit = UINT32_C(1) << i;
        struct place place = p->switch_place[VARIANT_LITERAL][i];

        if ((literal->with & bit) != 0 && !switch_info[i].literal && binds_literal(p, i)) {
            problem_at(
                p, place,
                "the literal variant cannot have '%s' (%s); it is a correction of the hardened one",
                switch_info[i].name, switch_info[i].words);
        } else if ((literal->without & bit) != 0 && binds_literal(p, i)) {
            problem_at(p, place, "'%s' is off in the literal variant already", switch_info[i].name);
        }
    }
    if (scenario_set_variant(p->s, p->s->variant.variant, 0, 0, &bad) != ERR_OK) {
        return; /* told above */
    }
}

void check_declared(struct parse *p)
{
    check_options(p);
    check_switches(p);
}

static void check_profiles(struct parse *p)
{
    for (unsigned i = 0; i < p->s->ues_count; i++) {
        const struct profile *profile = &p->s->ues[i].profile;

        if (profile->te2e_floor_ms > profile->te2e_ceiling_ms && profile->te2e_ceiling_ms != 0) {
            problem_at(p, p->limits_place,
                       "the floor of te2e, %ums, is above its ceiling, %ums (%s)",
                       profile->te2e_floor_ms, profile->te2e_ceiling_ms, p->s->ues[i].label);
            return;
        }
    }
}

static void check_links(struct parse *p)
{
    for (unsigned i = 0; i < ROLE_COUNT * ROLE_COUNT; i++) {
        const struct scn_link *l = &p->s->links[i / ROLE_COUNT][i % ROLE_COUNT];

        if (l->jitter_us > l->delay_us) {
            problem_at(p, p->jitter_place, "the jitter of %s->%s is larger than its delay",
                       role_name((enum role)(i / ROLE_COUNT)),
                       role_name((enum role)(i % ROLE_COUNT)));
            return;
        }
    }
}

/* Sentences that are wrong themselves may be those that are missing. */
static void check_ears(struct parse *p)
{
    if (p->ears_place.line != 0 && p->errors->count == 0 && !scenario_followed(p->s, NULL)) {
        problem_at(p, p->ears_place,
                   "he listens for nothing: no sentence leaks a secret or asks what he knows");
    }
}

static void check_times(struct parse *p)
{
    struct scenario *s = p->s;

    if (p->limit_place.line == 0) {
        s->limit_us = (p->last_us > s->end_us ? p->last_us : s->end_us) + MINUTE_US;
    } else if (s->limit_us < s->end_us) {
        problem_at(p, p->limit_place, "the limit is before the end of the run, which line %u sets",
                   p->end_place.line);
    } else if (s->limit_us < p->last_us) {
        problem_at(p, p->limit_place, "the limit is before the latest time in the file");
    }
}

/* True also when that line is wrong: then it has an error of its own. */
static bool any_line_begins(const struct parse *p, const char *with)
{
    for (unsigned i = 0; i < p->lines; i++) {
        const char *line = p->text + p->line_at[i];
        size_t len = p->line_at[i + 1] - p->line_at[i];

        while (len > 0 && (*line == ' ' || *line == '\t')) {
            line++;
            len--;
        }
        if (len > strlen(with) && memcmp(line, with, strlen(with)) == 0) {
            return true;
        }
    }
    return false;
}

void check_whole(struct parse *p)
{
    if (!any_line_begins(p, "title")) {
        problem_at(
            p, whole_file,
            "expected a title (the claim that the run proves), such as: title \"keys agree\"");
    }
    if (!any_line_begins(p, "ue")) {
        problem_at(p, whole_file, "expected at least one UE, such as: ue UE1");
    }
    check_profiles(p);
    check_links(p);
    check_times(p);
    check_ears(p);
}
