/* What a driver must know of a role to host it: one description per role, the same for the daemon,
 * the virtual driver and the explorer. The unit of a core is one UE's context in one role. */
#ifndef COMMON_CORE_MACHINE_H
#define COMMON_CORE_MACHINE_H

#include "common/core/effect.h"
#include "common/core/fsm.h"

/* Begins every role's configuration. */
struct machine_conf {
    struct variant_set variant;
    struct timing timing;
};

/* How a message finds its context. */
enum route_by { ROUTE_NONE, ROUTE_UE, ROUTE_SID, ROUTE_XID };
struct route {
    enum route_by by;
    struct ident ue; /* ROUTE_UE */
    uint32_t number; /* ROUTE_SID, ROUTE_XID */
    bool may_create; /* a context may be made for this message (ROUTE_UE only) */
};

enum { HANDLES_MAX = 3 }; /* current, next and previous root */
/* The numbers under which a context wants to be found now; 0 means none. */
struct handles {
    uint32_t sid[HANDLES_MAX];
    uint32_t xid;
};

/* What is shown of a context at each step. */
struct shown {
    uint8_t state;
    bool has_epoch;
    uint32_t epoch;
    uint32_t fp; /* fingerprint of the e2e keyset, 0 when there is none */
};

struct machine {
    enum role role;
    size_t ctx_size;
    /* Makes |ctx| (ctx_size octets, zeroed) a context of |ue|. */
    void (*init)(const void *conf, void *ctx, const struct ident *ue, uint32_t slot);
    /* The only door. |ev->msg| was decoded on an allowed arrow. Appends to |fx| (reset by the
     * caller). */
    void (*step)(const void *conf, void *ctx, const struct event *ev, struct effects *fx);
    void (*route)(const struct msg *m, enum role from, struct route *out);
    void (*handles)(const void *ctx, struct handles *out);
    void (*show)(const void *ctx, struct shown *out);
    /* True when nothing is lost by forgetting this context (never authenticated); a full table
     * reuses such a one. */
    bool (*disposable)(const void *ctx);
    /* Makes |ctx| what |stored| was when it was last saved. Not NULL: the contexts of this role are
     * provisioned from its configuration, |ctx| is such a one, and keeps what belongs to the
     * configuration. NULL: |ctx| becomes |stored| whole. */
    void (*restore)(void *ctx, const void *stored);
    /* False when |stored| does not go with |conf|; NULL: any does. */
    bool (*fits)(const void *conf, const void *stored);
    bool orders_create; /* an order for an unknown UE makes a (disposable) context, which answers it
                         */
    const struct fsm *(*fsm)(enum variant v);
};

#endif
