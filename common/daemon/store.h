/* The durable state of one daemon: one SQLite file, one row per context, written once per turn of
 * the event loop and before anything of that turn is sent (durable before visible, H11). WAL with
 * synchronous=FULL: a commit survives power loss, not only the death of the process. A context is
 * stored as the plain octets of its struct: it holds no pointer and no undefined padding; the
 * layout's name, version and size are checked at opening, and a file that does not fit is refused
 * and left as it was. The file holds keys: it is made for its owner only. The connection belongs to
 * the process that opened it (never carried across a fork). We allocate in store_open() only;
 * SQLite allocates as it goes. */
#ifndef COMMON_DAEMON_STORE_H
#define COMMON_DAEMON_STORE_H

#include "common/base/bytes.h"
#include "common/base/role.h"
#include "common/node/node.h"

enum { STORE_WHY_MAX = 700, STORE_VERSION = 1 };

struct store;

/* Whose state it is. */
struct store_owner {
    enum role role;
    const char *name; /* its identity; "" for a role that has none */
    size_t size;      /* octets of a context */
};

/* Opens |path|, making it if absent. Returns: ERR_OK; ERR_IO, with the reason and the cure in
 * |why|: not a database, made by another program, role, name, version or layout, damaged, in use by
 * another process, or not writable. */
enum err store_open(const char *path, const struct store_owner *owner, struct store **out,
                    char why[STORE_WHY_MAX]) MUST_USE;

/* Counts one more start, durably: |*starts| from 1. |*clock_lost|: the last one was under another
 * |clock|, a text that names it. Returns as store_put. */
enum err store_begin(struct store *s, const char *clock, uint64_t *starts, bool *clock_lost,
                     char why[STORE_WHY_MAX]) MUST_USE;

/* Octets that the first start has drawn: keeps |octets| if none are kept yet, else fills it with
 * those. Returns as store_put. */
enum err store_keep(struct store *s, uint8_t *octets, size_t len, char why[STORE_WHY_MAX]) MUST_USE;

/* Calls |each| for every stored context; it ends when that returns false. Returns ERR_OK; ERR_IO
 * with |why| when a row does not read. */
enum err store_load(struct store *s, bool (*each)(void *arg, const struct node_record *r),
                    void *arg, char why[STORE_WHY_MAX]) MUST_USE;

/* Puts a context into this turn's commit. Returns ERR_OK; ERR_IO with |why|: the daemon must stop,
 * not go on. */
enum err store_put(struct store *s, const struct node_record *r, char why[STORE_WHY_MAX]) MUST_USE;

/* Puts into this turn's commit something that is to be told to the outside after it: what was made
 * durable but not told when the process ends is given back by store_untold().
 * Returns as store_put. */
enum err store_tell(struct store *s, const void *octets, size_t len,
                    char why[STORE_WHY_MAX]) MUST_USE;

/* All that was put by store_tell() has been told. Survives the death of the process, not of the
 * system: then it is told once more, so who is told has to know it again. Returns as store_put. */
enum err store_told(struct store *s, char why[STORE_WHY_MAX]) MUST_USE;

/* Calls |each| for what an earlier life has made durable and not told, in order. */
enum err store_untold(struct store *s, void (*each)(void *arg, const void *octets, size_t len),
                      void *arg, char why[STORE_WHY_MAX]) MUST_USE;

/* Makes this turn's puts durable; does nothing when there were none. Returns as store_put. */
enum err store_commit(struct store *s, char why[STORE_WHY_MAX]) MUST_USE;

void store_close(struct store *s);

#endif
