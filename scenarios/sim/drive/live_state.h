/* The files of a daemon's durable state (common/daemon/store.h): FILE, FILE-wal, FILE-told. What
 * can become of them while nobody has them open: a lost last commit, an old copy, nothing at all.
 * Each returns: ERR_OK; ERR_IO with a sentence in |why|. */
#ifndef SIM_DRIVE_LIVE_STATE_H
#define SIM_DRIVE_LIVE_STATE_H

#include "common/base/err.h"

enum { LIVE_STATE_WHY_MAX = 512 };

/* Removes them; it is no error when there are none. */
enum err live_state_wipe(const char *path, char why[LIVE_STATE_WHY_MAX]) MUST_USE;

/* Takes the last commit off the log, as if the disk had never had it. Does nothing when the log has
 * none; refuses when it is so long that SQLite may have moved that commit into the database.
 * Source: sqlite.org/fileformat2.html, section 4, the write-ahead log. */
enum err live_state_lose_last(const char *path, char why[LIVE_STATE_WHY_MAX]) MUST_USE;

/* Copies them; the daemon may be running. */
enum err live_state_copy(const char *from, const char *to, char why[LIVE_STATE_WHY_MAX]) MUST_USE;

#endif
