#include "common/core/effect.h"

#include "common/base/ensure.h"

#include <string.h>

static const char *const verdict_names[VERDICT_COUNT] = {
#define VERDICT_NAME(id, words) [VERDICT_##id] = #id,
    VERDICT_LIST(VERDICT_NAME)
#undef VERDICT_NAME
};

static const char *const note_names[NOTE_COUNT] = {
#define NOTE_NAME(id, words) [NOTE_##id] = #id,
    NOTE_LIST(NOTE_NAME)
#undef NOTE_NAME
};

static const char *const note_text[NOTE_COUNT] = {
#define NOTE_TEXT(id, words) [NOTE_##id] = (words),
    NOTE_LIST(NOTE_TEXT)
#undef NOTE_TEXT
};

const char *verdict_name(enum verdict v)
{
    ENSURE(v < VERDICT_COUNT);
    return verdict_names[v];
}

const char *note_name(enum note n)
{
    ENSURE(n < NOTE_COUNT);
    return note_names[n];
}

const char *note_words(enum note n)
{
    ENSURE(n < NOTE_COUNT);
    return note_text[n];
}

void effects_reset(struct effects *fx)
{
    fx->count = 0;
    fx->entropy_used = false;
    fx->stepped = false;
    fx->saved = false;
    fx->row = NULL;
    fx->event = 0;
    fx->before = 0;
}

static struct effect *append(struct effects *fx, enum effect_kind kind)
{
    struct effect *e;

    ENSURE(fx->count < EFFECTS_MAX);
    e = &fx->list[fx->count++];
    memset(e, 0, sizeof *e);
    e->kind = kind;
    return e;
}

struct msg *fx_send(struct effects *fx, enum role to, enum msg_type type)
{
    struct effect *e = append(fx, FX_SEND);

    e->u.send.to = to;
    e->u.send.msg.type = type;
    return &e->u.send.msg;
}

struct msg *fx_reply(struct effects *fx, enum role to, enum msg_type type)
{
    struct msg *m = fx_send(fx, to, type);

    fx->list[fx->count - 1].u.send.to_source = true;
    return m;
}

void fx_arm(struct effects *fx, enum timer_id id, uint64_t at_us)
{
    struct effect *e = append(fx, FX_ARM);

    e->u.timer.id = id;
    e->u.timer.at_us = at_us;
}

void fx_disarm(struct effects *fx, enum timer_id id)
{
    append(fx, FX_DISARM)->u.timer.id = id;
}

void fx_save(struct effects *fx)
{
    if (!fx->saved) {
        append(fx, FX_SAVE);
        fx->saved = true;
    }
}

void fx_bind(struct effects *fx)
{
    append(fx, FX_BIND);
}

static struct fx_data *append_data(struct effects *fx, enum effect_kind kind, enum verdict v,
                                   enum role from, uint32_t n, uint32_t ctr)
{
    struct fx_data *d = &append(fx, kind)->u.data;

    d->verdict = v;
    d->from = from;
    d->n = n;
    d->ctr = ctr;
    return d;
}

void fx_deliver(struct effects *fx, enum role from, uint32_t n, uint32_t ctr,
                const uint8_t *payload, uint16_t len)
{
    struct fx_data *d = append_data(fx, FX_DELIVER, VERDICT_OK, from, n, ctr);

    ENSURE(len <= PAYLOAD_MAX);
    d->len = len;
    memcpy(d->payload, payload, len);
}

void fx_report(struct effects *fx, enum verdict v, enum role from, uint32_t n, uint32_t ctr)
{
    append_data(fx, FX_REPORT, v, from, n, ctr);
}

void fx_note(struct effects *fx, enum note note, uint64_t value, uint64_t more)
{
    struct effect *e = append(fx, FX_NOTE);

    e->u.note.note = note;
    e->u.note.value = value;
    e->u.note.more = more;
}
