#include "common/daemon/durable.h"

#include "common/daemon/log.h"
#include "common/node/entropy.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

_Noreturn static void stop(const struct durable *d, const char *why)
{
    fatalx("state %s: %s", d->path, why);
}

/* What names the clock that deadlines are kept on: the boot of this system. */
static void read_clock(char name[64])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, name, 63);

    if (fd >= 0) {
        (void)close(fd);
    }
    name[n > 0 ? n : 0] = '\0'; /* without /proc one boot looks like another */
    name[strcspn(name, "\n")] = '\0';
}

/* ---- contexts come back ---- */

struct loading {
    struct node *node;
    uint32_t restored;
    uint32_t strangers; /* not configured any more */
    enum err err;
    struct ident ue; /* that does not fit */
    uint32_t slot;
};

static bool take_back(void *arg, const struct node_record *r)
{
    struct loading *l = arg;

    l->err = node_restore(l->node, r);
    l->ue = r->ue;
    l->slot = r->slot;
    if (l->err == ERR_UNKNOWN) {
        l->strangers++;
        l->err = ERR_OK;
    } else if (l->err == ERR_OK) {
        l->restored++;
    }
    return l->err == ERR_OK;
}

static void load(struct durable *d, struct node *node)
{
    struct loading l = {.node = node};
    char why[STORE_WHY_MAX];

    if (store_load(d->store, take_back, &l, why) != ERR_OK) {
        stop(d, why);
    }
    if (l.err == ERR_NO_ROOM) {
        fatalx("state %s: there is no room for %s; set `contexts` to %" PRIu32 " or more", d->path,
               l.ue.s, l.slot + 1);
    }
    if (l.err != ERR_OK) {
        fatalx("state %s: %s does not go with this configuration; undo its change, or start from "
               "an empty file",
               d->path, l.ue.s);
    }
    if (l.strangers > 0) {
        log_warnx("state %s: %" PRIu32 " UEs in it are not in the configuration; they are kept "
                  "there and not served",
                  d->path, l.strangers);
    }
    d->restored = l.restored;
}

void durable_open(struct durable *d, enum role role, struct setup *setup)
{
    static const enum sw corrections[ROLE_COUNT] = {[ROLE_HSS] = SW_DURABLE_HSS,
                                                    [ROLE_EMSE] = SW_DURABLE_EMSE,
                                                    [ROLE_EESE] = SW_DURABLE_EESE,
                                                    [ROLE_UE] = SW_DURABLE_UE};
    struct config_shared *shared = &setup->shared;
    const struct store_owner owner = {
        .role = role, .name = shared->name.s, .size = node_machine(setup->node)->ctx_size};
    uint64_t starts;
    char clock[64];
    char why[STORE_WHY_MAX];

    memset(d, 0, sizeof *d);
    if (shared->state[0] == '\0') {
        return;
    }
    d->path = shared->state;
    d->late = !sw_on(&shared->base.variant, corrections[role]);
    d->start.kind = ORDER_START;
    read_clock(clock);
    if (store_open(d->path, &owner, &d->store, why) != ERR_OK) {
        fatalx("state %s", why);
    }
    if (store_begin(d->store, clock, &starts, &d->start.clock_lost, why) != ERR_OK ||
        (setup->drawn != NULL &&
         store_keep(d->store, setup->drawn, setup->drawn_len, why) != ERR_OK)) {
        stop(d, why);
    }
    shared->seed = entropy_life_seed(shared->seed, starts);
    load(d, setup->node);
    (void)node_resume(setup->node, 0, &d->start, 0); /* from now on: before anything else */
    log_info("state %s: start %" PRIu64 ", %" PRIu32 " contexts%s", d->path, starts, d->restored,
             d->start.clock_lost ? "; the system was booted since" : "");
}

/* ---- a turn ---- */

void durable_save(struct durable *d, const struct node_record *r)
{
    char why[STORE_WHY_MAX];

    if (d->store != NULL && store_put(d->store, r, why) != ERR_OK) {
        stop(d, why);
    }
}

void durable_tell(struct durable *d, const char *line, size_t len)
{
    char why[STORE_WHY_MAX];

    if (d->store != NULL && store_tell(d->store, line, len, why) != ERR_OK) {
        stop(d, why);
    }
}

void durable_commit(struct durable *d)
{
    char why[STORE_WHY_MAX];

    if (d->store != NULL && store_commit(d->store, why) != ERR_OK) {
        stop(d, why);
    }
}

void durable_told(struct durable *d)
{
    char why[STORE_WHY_MAX];

    if (d->store != NULL && store_told(d->store, why) != ERR_OK) {
        stop(d, why);
    }
}

void durable_untold(struct durable *d, void (*each)(void *arg, const void *line, size_t len),
                    void *arg)
{
    char why[STORE_WHY_MAX];

    if (d->store != NULL && store_untold(d->store, each, arg, why) != ERR_OK) {
        stop(d, why);
    }
}

void durable_close(struct durable *d)
{
    store_close(d->store);
    d->store = NULL;
}
