/* What a node and its socket have counted, as the line of the control protocol. */
#ifndef COMMON_DAEMON_COUNTERS_H
#define COMMON_DAEMON_COUNTERS_H

#include "common/daemon/udp.h"

enum { COUNTERS_TEXT_MAX = 2048 };

/* Writes "counters NAME=VALUE ..." without a newline. Returns its length. |received|, |sent| and
 * the like are the socket's; |refused| is the sum of the |refused_ERR|. */
size_t counters_text(const struct node *n, const struct udp_counters *u,
                     char line[COUNTERS_TEXT_MAX]);

#endif
