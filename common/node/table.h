/* Private to the node: the contexts of one role, and the three ways to find one: the UE's identity,
 * a SID, a transaction number. Slots count from 0 and stay where they are; a full table gives a
 * disposable context's slot to another UE. */
#ifndef COMMON_NODE_TABLE_H
#define COMMON_NODE_TABLE_H

#include "common/core/machine.h"
#include "common/node/map.h"
#include "common/node/node.h"

enum {
    TABLE_MAX = 1 << 26, /* keeps every count of maps and timers below 2^31 */
    TABLE_NONE = MAP_NONE,
};

/* What the node knows of a context; the context itself is the core's. */
struct slot {
    struct ident ue;        /* empty: the slot is vacant */
    struct node_addr addr;  /* where this UE was last heard, authenticated */
    struct handles handles; /* as indexed */
    uint64_t xid_key;       /* of handles.xid, as indexed */
    uint64_t draw;          /* entropy drawn so far */
    bool dormant;           /* restored, and not started yet */
};

struct table {
    const struct machine *machine;
    const void *conf;
    uint32_t max;
    uint32_t used;
    uint32_t vacant;    /* slots below |used| that a restart has left empty */
    uint32_t front;     /* no slot below is vacant */
    uint32_t hand;      /* where the search for a disposable context goes on */
    uint64_t draw_base; /* no forgotten context has drawn more */
    size_t stride;      /* of a context */
    uint8_t *contexts;
    struct slot *slots;
    struct map by_ue;
    struct map by_sid;
    struct map by_xid;
};

/* False when memory is short; table_free() is due in any case. |t| is zeroed by the caller. */
bool table_init(struct table *t, const struct machine *m, const void *conf, uint32_t max);
void table_free(struct table *t);

void *table_context(const struct table *t, uint32_t slot);

/* Each gives a slot or TABLE_NONE. |from| and |addr|: where the message came from. */
uint32_t table_find_ue(const struct table *t, const struct ident *ue);
uint32_t table_find_route(const struct table *t, const struct route *r, enum role from,
                          const struct node_addr *addr);

/* A new context for |ue|, who has none. The second one may take the slot of a disposable context.
 * TABLE_NONE: full. */
uint32_t table_add(struct table *t, const struct ident *ue);
uint32_t table_add_or_reuse(struct table *t, const struct ident *ue);

/* A fresh context for |ue|, who has none, in |slot|. False when it is beyond the table or taken. */
bool table_add_at(struct table *t, const struct ident *ue, uint32_t slot);

/* Reads under which numbers the context wants to be found from now on. A number that another
 * context has claimed since is left with that one. */
void table_reindex(struct table *t, uint32_t slot);

#endif
