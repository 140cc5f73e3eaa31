/* What a daemon keeps across its lives, with the setting `state FILE` (H11):
 *   - every context, where its role asks for it, with the address where its UE was last heard
 *   - what the role has drawn at random at its first start (the HSS: k-rand)
 *   - application data that is delivered, until its line is written; a process that dies between
 *     commit and writing tells it at its next start. So a reader may see a line twice, never not
 *     at all, and knows it again by UE, sender and number (H16)
 *   - how often it was started: enters the entropy of a run with a seed, so that no draw repeats
 *   - under which boot of the system. Deadlines are kept on CLOCK_MONOTONIC, which goes on while a
 *     process is away but begins anew at a boot; then they are in doubt, and a te2e in doubt has
 *     expired (H10)
 * The stored context wins over the configuration in everything that the protocol has changed: SQN,
 * roots, epochs, numbers, messages, the serving network of a UE. The configuration wins for K, OPc,
 * AMF, capabilities, and for a device profile whose `version` is higher than the stored one's. So
 * `sqn` of a subscriber or a UE counts at the first start only. A subscriber or UE that is not
 * configured any more stays in the file and is not served; a UE with another EMSE or EESE than it
 * was stored with starts anew, its card does not. An EMSE knows its EESEs by their place: add new
 * ones behind.
 *
 * A failure to write ends the daemon with EXIT_ENVIRONMENT before anything of that turn is told or
 * sent. While the correction durable-<role> is off, lines and datagrams of a turn leave first. */
#ifndef COMMON_DAEMON_DURABLE_H
#define COMMON_DAEMON_DURABLE_H

#include "common/daemon/config.h"
#include "common/daemon/store.h"

struct durable {
    struct store *store; /* NULL: nothing is kept */
    const char *path;
    bool late; /* correction off: commit after sending */
    struct order start;
    uint32_t restored;
};

/* Opens what |setup| says for |role|, and gives the node back its contexts; the seed of |setup|
 * becomes that of this life. Ends the process, having said why, when the file is refused. */
void durable_open(struct durable *d, enum role role, struct setup *setup);

/* The hook `save` of a node. */
void durable_save(struct durable *d, const struct node_record *r);

/* A line that must not be lost, before it is told. */
void durable_tell(struct durable *d, const char *line, size_t len);

/* All of this turn that is to be durable is, when it returns. */
void durable_commit(struct durable *d);

/* The lines of this turn are written. */
void durable_told(struct durable *d);

/* Calls |each| for every line that an earlier life may not have told. */
void durable_untold(struct durable *d, void (*each)(void *arg, const void *line, size_t len),
                    void *arg);

void durable_close(struct durable *d);

#endif
