/* Finds key material in octet strings: one look-up for each position, whatever the number of keys.
 * A key of 32 octets is entered as its two halves: either gives it away. */
#ifndef SIM_JUDGE_NEEDLES_H
#define SIM_JUDGE_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NEEDLE_LEN = 16 };

enum needle_kind {
    NEEDLE_SUBSCRIBER, /* K, OPc */
    NEEDLE_AKA,        /* CK, IK */
    NEEDLE_ASME,       /* K_ASME */
    NEEDLE_E2M,        /* e2mKEYSET */
    NEEDLE_E2E,        /* e2eKEYSET as it was handed over */
    NEEDLE_KIND_COUNT
};
/* "K or OPc" ...; a static string. */
const char *needle_name(enum needle_kind k);

struct needle {
    uint8_t octets[NEEDLE_LEN];
    int ue;
    enum needle_kind kind;
};

struct needle_slot {
    uint64_t head;  /* the first eight octets */
    uint32_t place; /* 1 + index into the list; 0: free */
};

struct needles { /* {0} is empty */
    struct needle *list;
    uint32_t count;
    uint32_t cap;
    struct needle_slot *slots; /* by the head */
    uint32_t size;             /* of them, a power of two or 0 */
};

void needles_free(struct needles *s);

/* Enters a key of NEEDLE_LEN octets, once. One whose octets are all the same could stand anywhere:
 * it is left out, and so is any when memory is short. */
void needles_add(struct needles *s, enum needle_kind kind, int ue,
                 const uint8_t octets[NEEDLE_LEN]);

/* The first needle in |octets| at or after |*from|, with |*from| set behind its first octet; NULL
 * when there is none. */
const struct needle *needles_find(const struct needles *s, const uint8_t *octets, size_t len,
                                  size_t *from);

#endif
