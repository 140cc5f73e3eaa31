#include "scenarios/sim/judge/invariants.h"

#include "common/base/ensure.h"
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Without it a run gives no ground to judge a statement. */
enum need {
    NEED_NOTHING,
    NEED_EXACT,    /* times that are exact: a virtual run */
    NEED_HARDENED, /* what only the hardened variant has: numbers of epochs */
    NEED_ACK,      /* that data is acknowledged */
    NEED_SOFT,     /* the correction soft-trigger */
    NEED_REST,     /* a run that goes on for long enough undisturbed: known at its end */
};

/* clang-format off */
static const struct rule {
    const char *id;
    const char *name;
    const char *sentence;
    enum clause clause;
    enum need need;
    watch_check *check;
} rules[] = {
    {"I1", "agreement", "UE and EESE never hold different keys under one epoch",
        C_6X23_4, NEED_NOTHING, watch_agreement},
    {"I2", "window", "the UE's epoch lies between the one that the EESE uses and the newest that it has installed",
        C_6X23_4, NEED_HARDENED, watch_window},
    {"I3", "no old key", "the EESE delivers nothing under an epoch after it has expired",
        C_6X23_2, NEED_NOTHING, watch_no_old_key},
    {"I4", "exactly once", "a message is delivered once, unless it is refused aloud or still its sender's",
        C_6X23_5, NEED_NOTHING, watch_exactly_once},
    {"I5", "ack means kept", "what is acknowledged has been delivered, or will be when its receiver lives again",
        C_6X23_5, NEED_ACK, watch_kept},
    {"I6", "no false alarm", "the integrity check fails only for what was altered or forged",
        C_2_VERDICT, NEED_NOTHING, watch_no_false_alarm},
    {"I7", "nonce", "no key is used for two different frames with one number",
        C_6X23_5, NEED_NOTHING, watch_nonce},
    {"I8", "RAND", "each RAND is the HSS's, and belongs to one epoch only",
        C_6X22_SOURCE, NEED_NOTHING, watch_origin},
    {"I9", "secrecy", "a key is in no datagram but the one that hands it over",
        C_5Y3, NEED_NOTHING, watch_secrecy},
    {"I10", "separation", "the UE takes no vector made for the other of its two AKA runs",
        C_6X21_AKA, NEED_NOTHING, watch_separation},
    {"I11", "no downgrade", "both ends use the algorithms that policy and capabilities give",
        C_6X24, NEED_NOTHING, watch_no_downgrade},
    {"I12", "error", "the UE waits for a key only after an error of the EESE about what it has open",
        C_6X23_3, NEED_NOTHING, watch_error},
    {"I13", "one for one", "the EESE takes no more new epochs than there were causes",
        C_6X22_CARRY, NEED_NOTHING, watch_one_for_one},
    {"I14", "liveness", "undisturbed, the ends come to share a key and have nothing left open",
        C_6X23_5, NEED_REST, watch_liveness},
    {"I15", "quiet", "nothing is on air when there is nothing left to do",
        C_6X23_4, NEED_NOTHING, watch_quiet},
    {"I16", "zero refusals", "no honest frame is refused when each rekey comes before te2e runs out",
        C_2_FRESH, NEED_SOFT, watch_no_refusal},
    {"I17", "no amplification", "a frame with a wrong MAC causes no frame on air",
        C_6X23_3, NEED_EXACT, watch_no_answer},
    {"I18", "verdict", "each data frame that reaches the EESE gets one verdict",
        C_2_VERDICT, NEED_NOTHING, watch_verdict},
    {"I19", "policy", "te2e is within the operator's limits, and no key is used beyond it",
        C_6X24, NEED_NOTHING, watch_policy},
    {"I20", "key material", "a root costs 32 octets of key material to the EESE, a refresh 16, however often repeated",
        C_5Y3, NEED_HARDENED, watch_material},
};
/* clang-format on */

struct invariants {
    const struct trace_run *run;
    struct watch watch;
    uint64_t events;
    struct invariant list[COUNT_OF(rules)];
};

static bool has(const struct watch *w, enum need n)
{
    switch (n) {
    case NEED_EXACT: return w->exact;
    case NEED_HARDENED: return w->hardened;
    case NEED_ACK: return w->acks;
    case NEED_SOFT: return sw_on(&w->run->scn->variant, SW_SOFT_TRIGGER);
    case NEED_NOTHING:
    case NEED_REST:
    default: return true;
    }
}

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
        v->list[i].watched = has(&v->watch, rules[i].need);
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

static void note(struct invariant *inv, unsigned broken, const struct breach *b)
{
    if (inv->broken == 0) {
        inv->event = b->event;
        inv->t_us = b->t_us;
        inv->no_return = b->no_return;
        inv->no_return_us = b->no_return_us;
        memcpy(inv->what, b->what, sizeof inv->what);
    }
    inv->broken += broken;
}

void invariants_event(void *arg, const struct trace_event *e)
{
    struct invariants *v = arg;

    v->events++;
    watch_event(&v->watch, e, v->events);
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        struct breach b;
        unsigned broken;

        if (!v->list[i].watched) {
            continue;
        }
        b.event = v->events;
        b.t_us = e->t_us;
        b.no_return = 0;
        b.no_return_us = 0;
        b.what[0] = '\0';
        broken = rules[i].check(&v->watch, e, &b);
        if (broken > 0) {
            note(&v->list[i], broken, &b);
        }
        if (rules[i].need == NEED_REST && e->kind == TRACE_END) {
            v->list[i].watched = v->watch.live_judged;
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
