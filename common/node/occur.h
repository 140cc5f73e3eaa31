/* What can be seen happening in a node, as plain data, and as one line of text: the daemons print
 * it, the runner and people read it. No key ever enters it, only fingerprints. The line form:
 *
 *   step    ue=IMSI state=VALID event=TE2E_EXPIRED next=EXPIRED action=invalidate_keyset
 *           clause=C_6X23_2 epoch=1 fp=5c0a91e7
 *   deliver ue=IMSI from=UE epoch=1 ctr=7 payload=3432
 *   report  ue=IMSI from=UE epoch=1 ctr=7 verdict=FAIL_MIC
 *   note    ue=IMSI note=TE2E_FLOOR value=1000 more=500
 *   refused from=UE err=NOT_CANONICAL bytes=73        (a datagram that reached no context)
 *
 * preceded by "ROLE t=SECONDS.MICROSECONDS ". epoch and fp are absent when there is none. */
#ifndef COMMON_NODE_OCCUR_H
#define COMMON_NODE_OCCUR_H

#include "common/core/effect.h"

enum occur_kind {
    OCCUR_STEP,
    OCCUR_DELIVER,
    OCCUR_REPORT,
    OCCUR_NOTE,
    OCCUR_REFUSED,
    OCCUR_KIND_COUNT
};

enum { OCCUR_NAME_MAX = 31, OCCUR_LINE_MAX = 1024 };

struct occur {
    enum occur_kind kind;
    enum role role;
    uint64_t t_us;
    struct ident ue; /* empty for REFUSED */
    bool has_epoch;
    uint32_t epoch;
    /* STEP */
    char state[OCCUR_NAME_MAX + 1];
    char event[OCCUR_NAME_MAX + 1];
    char next[OCCUR_NAME_MAX + 1];
    char action[OCCUR_NAME_MAX + 1];
    enum clause clause;
    uint32_t fp;
    /* DELIVER, REPORT, REFUSED */
    enum role from;
    uint32_t ctr;
    enum verdict verdict;
    uint16_t len; /* DELIVER: payload; REFUSED: octets of the datagram */
    uint8_t payload[PAYLOAD_MAX];
    /* NOTE */
    enum note note;
    uint64_t value;
    uint64_t more;
    /* REFUSED */
    enum err err;
};

/* Writes the line without a newline. Returns its length. */
size_t occur_format(const struct occur *o, char line[OCCUR_LINE_MAX]);
/* Reads a line. Returns: ERR_OK; ERR_SYNTAX. */
enum err occur_parse(const char *line, struct occur *o) MUST_USE;

#endif
