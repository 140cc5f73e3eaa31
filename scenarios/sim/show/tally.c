#include "scenarios/sim/show/tally.h"

#include <stdio.h>
#include <string.h>

void tally_init(struct tally *t)
{
    memset(t, 0, sizeof *t);
}

static void count_msg(struct tally *t, const struct trace_msg *m)
{
    const unsigned type = m->type < MSG_TYPE_COUNT ? m->type : MSG_TYPE_COUNT;
    struct tally_link *const link = &t->link[m->from][m->to];

    t->fate[m->fate]++;
    t->type_fate[type][m->fate]++;
    if (m->fate == FATE_DUPLICATED || m->fate == FATE_INJECTED) {
        link->made++;
        link->made_bytes += m->bytes;
        t->made_bytes += m->bytes;
        return;
    }
    t->type_bytes[type] += m->bytes;
    t->datagrams++;
    t->bytes += m->bytes;
    link->datagrams++;
    link->bytes += m->bytes;
    if (!fate_arrives(m->fate)) {
        link->lost++;
    }
    if (m->from == ROLE_UE || m->to == ROLE_UE) {
        t->air_bytes += m->bytes;
    }
}

static void count_occur(struct tally *t, const struct occur *o)
{
    t->steps += o->kind == OCCUR_STEP;
    t->delivered += o->kind == OCCUR_DELIVER;
    t->refused += o->kind == OCCUR_REFUSED;
    if (o->kind == OCCUR_DELIVER || o->kind == OCCUR_REPORT) {
        t->verdicts[o->verdict]++;
    }
}

void tally_event(void *arg, const struct trace_event *e)
{
    struct tally *t = arg;

    t->events++;
    t->end_us = e->t_us;
    if (e->kind == TRACE_MSG) {
        count_msg(t, &e->u.msg);
    } else if (e->kind == TRACE_OCCUR) {
        count_occur(t, &e->u.occur);
    } else if (e->kind == TRACE_FAILED && !t->broke) {
        t->broke = true;
        snprintf(t->broke_words, sizeof t->broke_words, "%s", e->u.failed.words);
    }
}
