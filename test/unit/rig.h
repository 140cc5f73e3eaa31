/* The four role cores around one UE, in memory: messages are structs in a list that the test
 * delivers, drops, doubles or reorders by hand; timers are a table that the test fires by hand;
 * orders, deliveries, verdicts and notes are recorded. No socket, no clock, and the codec only as a
 * judge.
 *
 * Every step is checked, whatever the test looks at: a pair without a row leaves the context as it
 * was and says so in one NOTE; a row ends in its `next`; what is sent travels on an allowed arrow
 * and can be encoded; the context agrees with its state. The last context that a SAVE covered is
 * kept, and is what comes back after a crash (H11). */
#ifndef TEST_UNIT_RIG_H
#define TEST_UNIT_RIG_H

#include "eese/eese.h"
#include "emse/emse.h"
#include "hss/hss.h"
#include "ue/ue.h"

enum {
    RIG_ROLES = 4, /* HSS, EMSE, EESE, UE: their role numbers */
    RIG_WIRE_MAX = 128,
    RIG_DATA_MAX = 512,
    RIG_ROWS_MAX = 256,
    RIG_LOSSES_MAX = 3,
    RIG_NEVER = -1,
};

struct rig_flight {
    enum role from;
    enum role to;
    struct msg msg;
    int number; /* since rig_plan() */
};

struct rig_data { /* a DELIVER or REPORT */
    enum role at;
    struct fx_data data;
};

struct rig {
    struct hss_conf hss_conf;
    struct emse_conf emse_conf;
    struct eese_conf eese_conf;
    struct ue_conf ue_conf;
    struct hss_ue hss;
    struct emse_ue emse;
    struct eese_ue eese;
    struct ue ue;

    uint64_t now_us;
    uint64_t due_us[RIG_ROLES][TIMER_COUNT]; /* 0: does not run */
    uint64_t draws[RIG_ROLES];

    struct rig_flight wire[RIG_WIRE_MAX]; /* in flight, in the order of sending */
    unsigned flying;
    unsigned sent;            /* since rig_plan() */
    int lose[RIG_LOSSES_MAX]; /* numbers of messages that are lost, counted from rig_plan();
                                 RIG_NEVER */
    int twice;                /* number of the message that the network doubles */
    int late; /* number of the message that is overtaken by everything else in flight, */
    unsigned late_timers; /* and by so many timers */
    int crash_at;         /* number of the message whose sender's step is followed by a crash of */
    enum role crash_role;

    struct rig_data data[RIG_DATA_MAX];
    unsigned data_count;
    unsigned notes[NOTE_COUNT];
    unsigned messages[MSG_TYPE_COUNT]; /* sent so far, by type */
    unsigned unrouted;                 /* delivered, but for no context that is there */
    bool hit[RIG_ROLES][RIG_ROWS_MAX]; /* rows that ran */
    struct effects fx;                 /* of the last step */
    bool by_root; /* read by the paths of a test: reach the state in a root epoch */

    struct hss_ue saved_hss; /* as of their last SAVE */
    struct emse_ue saved_emse;
    struct eese_ue saved_eese;
    struct ue saved_ue;
    bool has_saved[RIG_ROLES];
};

extern const struct machine *const rig_machine[RIG_ROLES];

/* One subscriber, one UE, one enterprise; nothing has happened yet. */
void rig_init(struct rig *r, enum variant v);
/* Switches a correction in all four roles. */
void rig_switch(struct rig *r, enum sw s, bool on);

/* What the roles' owners want. */
void rig_order(struct rig *r, enum role role, enum order_kind kind);
/* It comes back with all its state after the system was booted: its clock has begun anew. */
void rig_boot(struct rig *r, enum role role);
void rig_send(struct rig *r, enum role role, const char *text);
void rig_move(struct rig *r, uint8_t mcc_digit);
void rig_policy(struct rig *r, const struct profile *p);

/* The wire. All but rig_flies() expect a message of that type in flight and take the first. */
bool rig_flies(const struct rig *r, enum msg_type type);
struct msg *rig_peek(struct rig *r, enum msg_type type);
struct msg rig_take(struct rig *r, enum msg_type type);
void rig_deliver(struct rig *r, enum msg_type type);
void rig_double(struct rig *r, enum msg_type type); /* delivers it and leaves a copy in flight */
void rig_drop(struct rig *r, enum msg_type type);
/* A message out of nowhere, or once more. */
void rig_inject(struct rig *r, enum role from, enum role to, const struct msg *m);
/* Delivers in order until nothing is in flight. */
void rig_run(struct rig *r);

/* Fires a running timer: the clock moves to its deadline unless it is past it already. */
void rig_fire(struct rig *r, enum role role, enum timer_id id);
bool rig_armed(const struct rig *r, enum role role, enum timer_id id);
/* Delivers and fires, earliest first, until nothing is in flight and nobody waits for anything: no
 * timer runs but te2e, the soft one and the overlap. Fails the test after |steps|: a livelock. */
void rig_settle(struct rig *r, unsigned steps);

/* Starts counting messages: the |n|-th from here (0 the first) meets the fate set in lose, twice,
 * late and crash_at. */
void rig_plan(struct rig *r);

/* The process dies and comes back with its last durable state, or with none. */
void rig_crash(struct rig *r, enum role role);
/* It comes back without any state at all (but provisioning, for HSS and UE). */
void rig_amnesia(struct rig *r, enum role role);

/* Common beginnings. */
void rig_attach(struct rig *r); /* attached, the first keyset in use at both ends */
void rig_expire(struct rig *r); /* te2e has run out */
void rig_rekey(struct rig *r);  /* by the enterprise's command, complete */

/* Both ends use the same epoch with the same keyset, and nobody has anything left to do. */
bool rig_agrees(const struct rig *r);
void rig_must_agree(const struct rig *r);
const char *rig_state(const struct rig *r, enum role role);
/* How often |text| was delivered at |at|. */
unsigned rig_delivered(const struct rig *r, enum role at, const char *text);
unsigned rig_reported(const struct rig *r, enum verdict v);
uint32_t rig_epoch(const struct rig *r, enum role role);
uint32_t rig_fp(const struct rig *r, enum role role);
void *rig_ctx(struct rig *r, enum role role);
void *rig_saved(struct rig *r, enum role role); /* as of its last SAVE */
struct machine_conf *rig_conf(struct rig *r, enum role role);

/* Reaching rows. A row (state, event) runs when |reach| of its state and then |cause| of its event
 * are done; |before| of the event, if there is one, comes first of all (a switch off, another
 * path). A row with a path of its own is in |own| as "STATE EVENT". Each list ends with a NULL
 * name. */
struct rig_path {
    const char *name;
    void (*go)(struct rig *r);
};
struct rig_rows {
    enum role role;
    enum variant variant;
    const struct rig_path *reach;
    const struct rig_path *cause;
    const struct rig_path *before;
    const struct rig_path *own;
};
/* Takes the path |name| of |list|. */
void rig_go(const struct rig_path *list, const char *name, struct rig *r);
/* Number of rows in the table that |t| is about. */
int rig_rows_count(const struct rig_rows *t);
/* Makes row |i| run; fails the test when it does not. */
void rig_row(const struct rig_rows *t, int i);
/* Causes every event in every state. The checks of each step do the judging. */
void rig_all_pairs(const struct rig_rows *t);

#endif
