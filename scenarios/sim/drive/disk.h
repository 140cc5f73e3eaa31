/* The durable state of a role in virtual time: what a daemon keeps in its file
 * (common/daemon/durable.h), as a list of turns. A turn is what one event has changed; only a
 * committed one counts. Its losses are those of a disk: the last turn, all turns since a copy was
 * made, everything. */
#ifndef SIM_DRIVE_DISK_H
#define SIM_DRIVE_DISK_H

#include "common/base/err.h"
#include "common/node/node.h"
#include "scenarios/sim/script/process.h"

struct disk;

/* For contexts of |ctx_size| octets, with room to remember |copies| copies. Returns NULL when
 * memory is short. */
struct disk *disk_new(size_t ctx_size, unsigned copies);
void disk_free(struct disk *d);

/* Puts a context into the turn in progress. Returns: ERR_OK; ERR_NO_ROOM when memory is short. */
enum err disk_save(struct disk *d, const struct node_record *r) MUST_USE;
/* Puts a delivery into it that nobody has been told of. Returns as disk_save(). */
enum err disk_tell_later(struct disk *d, const struct occur *o) MUST_USE;

/* The turn in progress becomes durable, or has never been. */
void disk_commit(struct disk *d);
void disk_forget(struct disk *d);

/* Remembers what is durable now as copy |copy|. */
void disk_copy(struct disk *d, unsigned copy);
/* Loses what a restart is not to find; |copy| counts with LEFT_OLD. False: no such copy was made.
 * */
bool disk_lose(struct disk *d, enum state_left left, unsigned copy);

/* Counts one more start, durably; returns how many there were, this one too. Returns 0 when memory
 * is short. */
uint64_t disk_start(struct disk *d);

/* Octets that the first start has drawn: keeps |octets| if none are kept yet, else fills it with
 * those. |len| is at most DISK_DRAWN_MAX. */
enum { DISK_DRAWN_MAX = 32 };
void disk_keep(struct disk *d, uint8_t *octets, size_t len);

/* Calls |each| for every context in the order of slots, as it was last kept; it ends when that does
 * not return ERR_OK, and returns that. */
enum err disk_load(const struct disk *d, enum err (*each)(void *arg, const struct node_record *r),
                   void *arg) MUST_USE;
/* Calls |each| for every delivery that nobody has been told of, in order, and forgets them. */
void disk_untold(struct disk *d, void (*each)(void *arg, const struct occur *o), void *arg);

#endif
