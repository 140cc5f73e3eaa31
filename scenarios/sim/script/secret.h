/* What an attacker may come to know of a UE: what a sentence leaks to him, or asks him about. */
#ifndef SIM_SCRIPT_SECRET_H
#define SIM_SCRIPT_SECRET_H

#include <stdbool.h>
#include <stdint.h>

enum secret {
    SECRET_E2E,    /* the e2eKEYSET of an epoch */
    SECRET_E2M,    /* the e2mKEYSET of an AKA run */
    SECRET_K,      /* the long-term key of the subscriber, with OPc */
    SECRET_VECTOR, /* an access vector with CK and IK, as UMTS hands it to a visited network */
    SECRET_RAND,   /* the RAND that makes an epoch */
    SECRET_TEXT,   /* the plain text of a data message */
    SECRET_COUNT
};

/* "e2eKEYSET", "e2mKEYSET", "K", "access vector", "RAND", "text": a static string. */
const char *secret_name(enum secret s);

/* One that a sentence speaks of. */
struct scn_secret {
    enum secret what;
    bool has_epoch; /* E2E, RAND; else the one in use, or any */
    uint32_t epoch;
};

#endif
