/* The register of what the machines follow: the clauses of the contribution in our own words, and
 * the gaps, where its text is silent and we had to choose. `e2esim fsm` prints these beside the
 * rows. */
#ifndef COMMON_BASE_CLAUSES_H
#define COMMON_BASE_CLAUSES_H

/* clang-format off */
#define CLAUSE_LIST(X) \
/* id                 where              what, in our own words */ \
X(C_6X21_AKA,         "6.x.2.1",         "UE and HSS run a separate AKA that gives the e2mKEYSET") \
X(C_6X21_HAND,        "6.x.2.1",         "the HSS gives the e2mKEYSET to the EMSE concerned, and nobody else") \
X(C_6X21_DERIVE,      "6.x.2.1",         "the e2eKEYSET is derived from the e2mKEYSET and a fixed string") \
X(C_6X21_FORWARD,     "6.x.2.1",         "the e2eKEYSET goes to the EESE, the e2mKEYSET stays at home") \
X(C_6X22_REFRESH,     "6.x.2.2",         "the next e2eKEYSET is derived from the last one and a RAND") \
X(C_6X22_SOURCE,      "6.x.2.2",         "the HSS is the source of the RAND") \
X(C_6X22_CARRY,       "6.x.2.2",         "the EMSE carries the RAND to EESE and UE when the EESE triggers it") \
X(C_6X23_1,           "6.x.2.3 step 1",  "deriving the keyset starts te2e in the EESE") \
X(C_6X23_2,           "6.x.2.3 step 2",  "when te2e runs out the EESE flags the keys as invalid") \
X(C_6X23_3,           "6.x.2.3 step 3",  "the next contact of the UE is answered with the error: key has expired") \
X(C_6X23_3_SKIP,      "6.x.2.3 step 3",  "no error when it is the EESE that starts the contact") \
X(C_6X23_4,           "6.x.2.3 step 4",  "the EESE triggers, the EMSE forwards a new RAND to both, both derive") \
X(C_6X23_5,           "6.x.2.3 step 5",  "UE or EESE sends the message") \
X(C_6X24,             "6.x.2.4",         "the device profile sets algorithms and te2e") \
X(C_2_VERDICT,        "2 bullet 5",      "the application learns whether the integrity check failed") \
X(C_2_LI,             "2",               "confidentiality follows the serving network, integrity is always on") \
X(C_2_FRESH,          "2 bullet 3",      "the enterprise may ask for fresh keys whenever it wants") \
X(C_5Y3,              "5.Y.3",           "higher level key material stays in the 3GPP domain") \
X(S_AKA,              "TS 33.102 6.3",   "authentication and key agreement, resynchronisation") \
X(GAP_ATTACH,         "(silent)",        "how UE and EMSE start: a request names the EESE, an accept the choice") \
X(GAP_NEGOTIATE,      "(silent)",        "how the algorithms are agreed, and what if none is common") \
X(GAP_UNPROTECTED,    "(silent)",        "what to do with a frame whose MAC does not verify") \
X(GAP_NO_KEY,         "(silent)",        "application data before there is a key") \
X(GAP_HOLD,           "(silent)",        "which message the UE holds after the error, and for how long") \
X(GAP_INDEX,          "(silent)",        "keysets have no number: hardened numbers them (H1)") \
X(GAP_REPEAT_RAND,    "(silent)",        "the same RAND again: hardened acknowledges and derives nothing (H1)") \
X(GAP_ORDER,          "(silent)",        "who derives first: hardened lets the EESE install, then tells the UE (H3)") \
X(GAP_COMMIT,         "(silent)",        "when the EESE switches: hardened at the UE's first use (H3)") \
X(GAP_RETRY,          "(silent)",        "loss: hardened repeats until answered (H5)") \
X(GAP_ERROR_STALE,    "(silent)",        "an error about a replaced epoch: hardened sends the data again (H6)") \
X(GAP_ERROR_WAIT,     "(silent)",        "an error that no RAND follows: hardened ends the wait (H6)") \
X(GAP_OVERLAP,        "(silent)",        "data under the previous epoch still in flight (H7)") \
X(GAP_ACK,            "(silent)",        "whether data has arrived: hardened acknowledges it (H8)") \
X(GAP_REPLAY,         "(silent)",        "data seen before, or out of the window (H8)") \
X(GAP_SOFT,           "(silent)",        "a rekey before te2e runs out (H10)") \
X(GAP_UNUSED_KEY,     "(silent)",        "te2e runs out on a keyset nobody has used: it starts again (H10)") \
X(GAP_RESTART,        "(silent)",        "a role that was restarted (H11)") \
X(GAP_RESYNC,         "(silent)",        "ends that have lost each other find back by their index (H5)") \
X(GAP_REROOT,         "(silent)",        "a new AKA run replaces the chain by a new root (H13)") \
X(GAP_WHO,            "(silent)",        "who may trigger, push and challenge (H15)")
/* clang-format on */

enum clause {
#define CLAUSE_ENUM(id, where, words) id,
    CLAUSE_LIST(CLAUSE_ENUM)
#undef CLAUSE_ENUM
        CLAUSE_COUNT
};

struct clause_info {
    const char *id;
    const char *where;
    const char *words;
};
extern const struct clause_info clause_info[CLAUSE_COUNT];

#endif
