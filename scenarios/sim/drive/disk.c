#include "scenarios/sim/drive/disk.h"

#include "common/base/ensure.h"

#include <stdlib.h>
#include <string.h>

enum entry_kind { ENTRY_CONTEXT, ENTRY_UNTOLD, ENTRY_START };

struct entry {
    enum entry_kind kind;
    uint64_t turn;
    struct node_record record; /* CONTEXT: |record.ctx| is |ctx| */
    void *ctx;
    struct occur *untold; /* UNTOLD */
};

struct disk {
    size_t ctx_size;
    struct entry *entries; /* turns never go down */
    size_t count;
    size_t cap;
    uint64_t turn;    /* the one in progress; all before it are durable */
    uint64_t *copies; /* by number: the turn before which all belongs to it; 0: not made */
    unsigned copies_count;
    bool has_drawn;
    uint8_t drawn[DISK_DRAWN_MAX];
};

struct disk *disk_new(size_t ctx_size, unsigned copies)
{
    struct disk *d = calloc(1, sizeof *d);

    if (d == NULL) {
        return NULL;
    }
    d->ctx_size = ctx_size;
    d->turn = 1;
    d->copies_count = copies;
    d->copies = calloc((size_t)copies + 1, sizeof *d->copies);
    if (d->copies == NULL) {
        free(d);
        return NULL;
    }
    return d;
}

/* Forgets all that belongs to |turn| or a later one. */
static void cut(struct disk *d, uint64_t turn)
{
    while (d->count > 0 && d->entries[d->count - 1].turn >= turn) {
        struct entry *e = &d->entries[--d->count];

        free(e->ctx);
        free(e->untold);
    }
}

void disk_free(struct disk *d)
{
    if (d != NULL) {
        cut(d, 0);
        free(d->entries);
        free(d->copies);
        free(d);
    }
}

static struct entry *append(struct disk *d, enum entry_kind kind)
{
    struct entry *e;

    if (d->count == d->cap) {
        size_t cap = d->cap == 0 ? 64 : 2 * d->cap;
        struct entry *entries = realloc(d->entries, cap * sizeof *entries);

        if (entries == NULL) {
            return NULL;
        }
        d->entries = entries;
        d->cap = cap;
    }
    e = &d->entries[d->count++];
    memset(e, 0, sizeof *e);
    e->kind = kind;
    e->turn = d->turn;
    return e;
}

enum err disk_save(struct disk *d, const struct node_record *r)
{
    void *ctx = malloc(d->ctx_size);
    struct entry *e = ctx == NULL ? NULL : append(d, ENTRY_CONTEXT);

    if (e == NULL) {
        free(ctx);
        return ERR_NO_ROOM;
    }
    memcpy(ctx, r->ctx, d->ctx_size);
    e->record = *r;
    e->record.ctx = ctx;
    e->ctx = ctx;
    return ERR_OK;
}

enum err disk_tell_later(struct disk *d, const struct occur *o)
{
    struct occur *copy = malloc(sizeof *copy);
    struct entry *e = copy == NULL ? NULL : append(d, ENTRY_UNTOLD);

    if (e == NULL) {
        free(copy);
        return ERR_NO_ROOM;
    }
    *copy = *o;
    e->untold = copy;
    return ERR_OK;
}

/* A turn that has changed nothing is none. */
void disk_commit(struct disk *d)
{
    d->turn += d->count > 0 && d->entries[d->count - 1].turn == d->turn;
}

void disk_forget(struct disk *d)
{
    cut(d, d->turn);
}

void disk_copy(struct disk *d, unsigned copy)
{
    ENSURE(copy < d->copies_count);
    d->copies[copy] = d->turn;
}

bool disk_lose(struct disk *d, enum state_left left, unsigned copy)
{
    if (left == LEFT_BUT_LAST && d->count > 0) {
        cut(d, d->entries[d->count - 1].turn);
    } else if (left == LEFT_NOTHING) {
        cut(d, 0);
        d->has_drawn = false;
    } else if (left == LEFT_OLD) {
        ENSURE(copy < d->copies_count);
        cut(d, d->copies[copy]);
        return d->copies[copy] != 0;
    }
    return true;
}

uint64_t disk_start(struct disk *d)
{
    uint64_t starts = 1;

    for (size_t i = 0; i < d->count; i++) {
        starts += d->entries[i].kind == ENTRY_START;
    }
    if (append(d, ENTRY_START) == NULL) {
        return 0;
    }
    disk_commit(d);
    return starts;
}

void disk_keep(struct disk *d, uint8_t *octets, size_t len)
{
    ENSURE(len <= sizeof d->drawn);
    if (d->has_drawn) {
        memcpy(octets, d->drawn, len);
    } else {
        memcpy(d->drawn, octets, len);
        d->has_drawn = true;
    }
}

/* A slot is one UE's for good, so the last entry of a slot is what was last kept of it. */
enum err disk_load(const struct disk *d, enum err (*each)(void *arg, const struct node_record *r),
                   void *arg)
{
    size_t *latest; /* by slot: 1 + index of its last entry, 0: it has none */
    size_t slots = 0;
    enum err err = ERR_OK;

    for (size_t i = 0; i < d->count; i++) {
        if (d->entries[i].kind == ENTRY_CONTEXT && d->entries[i].record.slot >= slots) {
            slots = (size_t)d->entries[i].record.slot + 1;
        }
    }
    latest = calloc(slots + 1, sizeof *latest);
    if (latest == NULL) {
        return ERR_NO_ROOM;
    }
    for (size_t i = 0; i < d->count; i++) {
        if (d->entries[i].kind == ENTRY_CONTEXT) {
            latest[d->entries[i].record.slot] = i + 1;
        }
    }
    for (size_t i = 0; err == ERR_OK && i < slots; i++) {
        err = latest[i] == 0 ? ERR_OK : each(arg, &d->entries[latest[i] - 1].record);
    }
    free(latest);
    return err;
}

void disk_untold(struct disk *d, void (*each)(void *arg, const struct occur *o), void *arg)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->count; i++) {
        if (d->entries[i].kind == ENTRY_UNTOLD) {
            each(arg, d->entries[i].untold);
            free(d->entries[i].untold);
        } else {
            d->entries[kept++] = d->entries[i];
        }
    }
    d->count = kept;
}
