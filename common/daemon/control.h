/* How a daemon is talked to while it runs: lines of text, on the descriptor given with --control (a
 * socketpair from the runner) or else on stdin and stdout. Times are CLOCK_MONOTONIC.
 *
 * To the daemon, at most CONTROL_LINE_MAX octets a line:
 *   start T0_US                   zero of all printed times, in microseconds of CLOCK_MONOTONIC;
 *                                 until then it is when the daemon started. With --control a
 *                                 daemon that keeps state waits for it: before, it hears nobody,
 *                                 and what it has restored stands still
 *   order IMSI attach             UE: attach to the EMSE
 *   order IMSI send "text"        UE: send data; EESE: contact the UE. \" \\ \n \xHH as in C
 *   order IMSI send-hex HEX       likewise; 1 to 256 octets
 *   order IMSI rekey              EESE: derive a new epoch now
 *   order IMSI move PLMN          UE: it is now in another serving network
 *   order IMSI register PLMN      run the access AKA (visited network)
 *   order IMSI policy KEY VALUE...
 *                                 HSS: change the device profile, keys as in config.h; its
 *                                 version grows by one unless it is given
 *   clock REAL_US LOCAL_US PPM    its clock is wrong: when CLOCK_MONOTONIC is REAL_US it shows
 *                                 LOCAL_US, and gains PPM millionths from then on (-990000 to
 *                                 99000000); it shows the time that the role goes by
 *   die N before                  it dies, as by kill -9, of the N-th datagram since it started: it
 *   die N after                   has handled it, and what that changes is not yet durable; or is
 *                                 durable, and nothing of it is told or sent. (With the correction
 *                                 durable-<role> off it is told and sent in both cases.)
 *   step T_US                     with --control: from the first such line on, time is the runner's
 *                                 and stands where it says; it takes in the datagrams that have
 *                                 arrived
 *   tick T_US                     likewise; it runs the timers that are due
 *   counters                      print them
 *   quit                          stop cleanly
 *
 * From the daemon:
 *   ready ROLE ADDRESS            it can be talked to on ADDRESS (127.0.0.1:4001, [::1]:4001)
 *   ROLE t=... ...                what occurred (common/node/occur.h)
 *   again ROLE t=... deliver ...  data whose delivery was durable when an earlier life ended, and
 *                                 perhaps not told
 *   dying N                       `die N ...` is understood
 *   idle N T_US                   all that follows from the first N steps and ticks, and from
 *                                 orders before them, is told and sent; its next timer is due at
 *                                 T_US (2^64-1: none runs)
 *   counters NAME=VALUE ...       of the node and of its socket; refused_ERR only when not 0
 *   sends N                       with --control: so many datagrams follow the lines up to here
 *   error WORDS                   the last line or order was not carried out, and why
 *   bye                           the last line of a clean stop
 *
 * The lines of a turn of the loop are written when its state is durable (if any is kept) and before
 * its datagrams are sent, so that who reads the lines sees a cause before its consequence. Lines
 * are not lost: a slow reader slows the daemon down. One
 * that does not read for CONTROL_PATIENCE_MS ends a daemon with --control; of a daemon started by
 * hand it loses the lines of that turn, and a line says so. */
#ifndef COMMON_DAEMON_CONTROL_H
#define COMMON_DAEMON_CONTROL_H

#include "common/core/event.h"
#include "common/node/skew.h"

enum {
    CONTROL_LINE_MAX = 2048,
    CONTROL_PATIENCE_MS = 10000,
    CONTROL_WORDS_MAX = 200, /* of an error */
};

enum control_verb {
    CONTROL_NOTHING, /* an empty line or a comment */
    CONTROL_START,
    CONTROL_ORDER,
    CONTROL_CLOCK,
    CONTROL_DIE,
    CONTROL_STEP,
    CONTROL_TICK,
    CONTROL_COUNTERS,
    CONTROL_QUIT,
};

struct control_line {
    enum control_verb verb;
    uint64_t time_us;   /* START, STEP, TICK */
    struct skew clock;  /* CLOCK */
    uint64_t nth;       /* DIE: of which datagram, from 1 */
    bool when_durable;  /* DIE: "after" */
    struct ident ue;    /* ORDER */
    struct order order; /* ORDER; with POLICY its profile is |ground| with the changes */
};

/* The profile that an order `policy` for |ue| starts from; NULL when there is none. */
typedef const struct profile *control_ground(void *arg, const struct ident *ue);

/* Reads a line without its newline. |ground| may be NULL: then no order `policy` is understood.
 * Returns: ERR_OK; ERR_SYNTAX with the reason in |why|; ERR_UNKNOWN likewise when an order
 * `policy` is for nobody. */
enum err control_parse(const char *line, size_t len, control_ground *ground, void *arg,
                       struct control_line *out, char why[CONTROL_WORDS_MAX]) MUST_USE;

/* Writes the line, without a newline, that orders |o| of |ue|; a policy with its whole profile.
 * |o|->kind must not be ORDER_START. Returns its length. */
size_t control_order_text(const struct ident *ue, const struct order *o,
                          char line[CONTROL_LINE_MAX]);

#endif
