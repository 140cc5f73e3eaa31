#include "scenarios/sim/judge/needles.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_MIN = 256, HEAD_LEN = 8 };

const char *needle_name(enum needle_kind k)
{
    static const char *const names[NEEDLE_KIND_COUNT] = {
        [NEEDLE_SUBSCRIBER] = "K or OPc", [NEEDLE_AKA] = "CK or IK",  [NEEDLE_ASME] = "K_ASME",
        [NEEDLE_E2M] = "e2mKEYSET",       [NEEDLE_E2E] = "e2eKEYSET",
    };

    ENSURE(k < NEEDLE_KIND_COUNT);
    return names[k];
}

void needles_free(struct needles *s)
{
    if (s->list != NULL) {
        bytes_wipe(s->list, s->cap * sizeof *s->list);
    }
    free(s->list);
    free(s->slots);
    *s = (struct needles){0};
}

static uint64_t head_of(const uint8_t *octets)
{
    uint64_t head;

    memcpy(&head, octets, HEAD_LEN);
    return head;
}

/* Keys are random, what is compared with them is not: the multiplication spreads both. */
static uint32_t slot_of(const struct needles *s, uint64_t head)
{
    return (uint32_t)(head * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (s->size - 1);
}

static void enter(struct needles *s, uint32_t i)
{
    uint64_t head = head_of(s->list[i].octets);
    uint32_t at = slot_of(s, head);

    while (s->slots[at].place != 0) {
        at = (at + 1) & (s->size - 1);
    }
    s->slots[at].place = i + 1;
    s->slots[at].head = head;
}

static bool grow_slots(struct needles *s)
{
    const uint32_t size = s->size == 0 ? SIZE_MIN : 2 * s->size;
    struct needle_slot *old = s->slots;
    struct needle_slot *slots;

    if (s->count < s->size / 4) {
        return true;
    }
    slots = calloc(size, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    s->slots = slots;
    s->size = size;
    for (uint32_t i = 0; i < s->count; i++) {
        enter(s, i);
    }
    free(old);
    return true;
}

static bool grow_list(struct needles *s)
{
    const uint32_t cap = s->cap == 0 ? 64 : 2 * s->cap;
    struct needle *list;

    if (s->count < s->cap) {
        return true;
    }
    list = malloc(cap * sizeof *list);
    if (list == NULL) {
        return false;
    }
    if (s->count > 0) {
        memcpy(list, s->list, s->count * sizeof *list);
        bytes_wipe(s->list, s->cap * sizeof *list);
    }
    free(s->list);
    s->list = list;
    s->cap = cap;
    return true;
}

static const struct needle *needle_at(const struct needles *s, const uint8_t *octets)
{
    uint64_t head = head_of(octets);
    uint32_t at = slot_of(s, head);

    for (; s->slots[at].place != 0; at = (at + 1) & (s->size - 1)) {
        const struct needle *found = &s->list[s->slots[at].place - 1];

        if (s->slots[at].head == head && memcmp(found->octets, octets, NEEDLE_LEN) == 0) {
            return found;
        }
    }
    return NULL;
}

static bool says_something(const uint8_t octets[NEEDLE_LEN])
{
    return memcmp(octets, octets + 1, NEEDLE_LEN - 1) != 0;
}

void needles_add(struct needles *s, enum needle_kind kind, int ue, const uint8_t octets[NEEDLE_LEN])
{
    struct needle *new;

    if (!says_something(octets) || !grow_list(s) || !grow_slots(s) ||
        needle_at(s, octets) != NULL) {
        return;
    }
    new = &s->list[s->count++];
    memcpy(new->octets, octets, NEEDLE_LEN);
    new->kind = kind;
    new->ue = ue;
    enter(s, s->count - 1);
}

const struct needle *needles_find(const struct needles *s, const uint8_t *octets, size_t len,
                                  size_t *from)
{
    for (size_t i = *from; s->count > 0 && i + NEEDLE_LEN <= len; i++) {
        const struct needle *found = needle_at(s, octets + i);

        if (found != NULL) {
            *from = i + 1;
            return found;
        }
    }
    *from = len;
    return NULL;
}
