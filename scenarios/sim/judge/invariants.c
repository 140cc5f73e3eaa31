#include "scenarios/sim/judge/invariants.h"

#include "common/base/ensure.h"
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct rule {
    const char *id;
    const char *name;
    const char *sentence;
    enum clause clause;
    bool virtual_only; /* needs exact times */
    watch_check *check;
} rules[] = {
    {"I1", "agreement", "UE and EESE never hold different keys under one epoch",
        C_6X23_4, false, watch_agreement},
    {"I3", "no old key", "the EESE delivers nothing under an epoch after it has expired",
        C_6X23_2, false, watch_no_old_key},
    {"I4", "at most once", "a data message is delivered at most once",
        C_6X23_5, false, watch_once},
    {"I6", "no false alarm", "the integrity check fails only for what was altered or forged",
        C_2_VERDICT, false, watch_no_false_alarm},
    {"I13", "one for one", "the EESE takes no more new epochs than there were causes",
        C_6X22_CARRY, false, watch_one_for_one},
    {"I17", "no amplification", "a frame with a wrong MAC causes no frame on air",
        C_6X23_3, true, watch_no_answer},
};
/* clang-format on */

struct invariants {
    const struct trace_run *run;
    struct watch watch;
    uint64_t events;
    struct invariant list[COUNT_OF(rules)];
};

struct invariants *invariants_new(const struct trace_run *run)
{
    struct invariants *v = calloc(1, sizeof *v);

    if (v == NULL || watch_init(&v->watch, run) != ERR_OK) {
        free(v);
        return NULL;
    }
    v->run = run;
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        v->list[i].id = rules[i].id;
        v->list[i].name = rules[i].name;
        v->list[i].sentence = rules[i].sentence;
        v->list[i].clause = clause_info[rules[i].clause].where;
        v->list[i].watched = !rules[i].virtual_only || strcmp(run->mode, "live") != 0;
    }
    return v;
}

void invariants_free(struct invariants *v)
{
    if (v != NULL) {
        watch_free(&v->watch);
        free(v);
    }
}

void invariants_event(void *arg, const struct trace_event *e)
{
    struct invariants *v = arg;

    v->events++;
    watch_event(&v->watch, e);
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        char what[INVARIANT_WHAT_MAX];

        if (!v->list[i].watched || !rules[i].check(&v->watch, e, what)) {
            continue;
        }
        if (v->list[i].broken++ == 0) {
            v->list[i].event = v->events;
            v->list[i].t_us = e->t_us;
            memcpy(v->list[i].what, what, sizeof what);
        }
    }
}

unsigned invariants_count(const struct invariants *v)
{
    (void)v;
    return COUNT_OF(rules);
}

const struct invariant *invariants_get(const struct invariants *v, unsigned i)
{
    ENSURE(i < COUNT_OF(rules));
    return &v->list[i];
}

bool invariants_binding(const struct invariants *v)
{
    return v->run->scn->variant.variant == VARIANT_HARDENED;
}

unsigned invariants_broken(const struct invariants *v)
{
    unsigned n = 0;

    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        n += v->list[i].broken > 0;
    }
    return n;
}
