/* Every message of the protocol as a plain C struct: one per arrow of the flow, fixed sizes, no
 * pointers, no protobuf type. The codec (codec.h) turns it into the octets of one datagram and
 * back.
 * Source: PROTOCOL.md 4 and 5 (frame lists), proto/ciot.proto (field numbers).
 *
 * The clear header of a frame on the UE link:
 *   sid    short handle of the association, given by the EMSE, 1.. (0: the frame has none)
 *   kid    1 + (index modulo 8) of the key in use: epoch n for frames under e2e keys, root g for
 *          frames under e2m keys; 0 when the frame is not protected or the variant has no index
 *          (literal)
 *   ctr    COUNT of the MAC, 1.. (0: none). For data it identifies the message; DACK and
 *          KEY_EXPIRED echo it
 *   flags  MSG_FLAG_*
 *   mac    8 octets (4 with 128-EIA2), mac_len 0 when the frame is not protected
 * Backend frames leave the header zero: their link is protected as a whole, or not at all. */
#ifndef COMMON_WIRE_MSG_H
#define COMMON_WIRE_MSG_H

#include "common/base/bytes.h"
#include "common/base/role.h"

enum {
    DATAGRAM_MAX = 1200, /* longer ones are refused (PROTOCOL.md 4) */
    PAYLOAD_MAX =
        256, /* octets of one application message: NB-IoT reports are 20..200 (TR 45.820) */
    MAC_MAX = 8,
    KEYSET_LEN = 32,
    RAND_LEN = 16,
    AUTN_LEN = 16,
    AUTS_LEN = 14,
    RES_LEN = 8,
    PLMN_LEN = 3,       /* MCC and MNC as in TS 24.301 9.9.3.32 */
    BATCH_MAX = 4,      /* RANDs in one RAND_RSP (H4) */
    CONF_RULES_MAX = 8, /* serving networks with a rule of their own in a device profile */
};

enum msg_flag {
    MSG_FLAG_C = 1,       /* the payload is encrypted; in RAND_PUSH the RAND is */
    MSG_FLAG_EXPIRED = 2, /* RAND_PUSH: the previous epoch is expired (H7) */
    MSG_FLAG_REKEY = 4,   /* DATA_UL: the UE asks for a new epoch, its CTR nears the end (H10) */
    MSG_FLAG_UNKNOWN = 8, /* STATUS: the EMSE does not know this root; attach again */
};

/* In the order of the flow; what each is for. */
#define MSG_LIST(X) \
    X(ACCESS_CHAL, "authentication challenge of the visited network's own AKA run") \
    X(ACCESS_RESP, "answer to it: RES, or AUTS when the SQN is not fresh") \
    X(ATTACH_REQ, "UE asks the EMSE for an end-to-enterprise association") \
    X(AV_REQ, "request for an authentication vector; with AUTS a resynchronisation") \
    X(AV_RSP, "the vector, and the e2mKEYSET (to an EMSE) or K_ASME (to a visited network)") \
    X(AKA_CHAL, "RAND and AUTN of the separate e2m AKA run") \
    X(AKA_RESP, "RES of the e2m AKA run, under the new e2mKEYSET") \
    X(SYNCFAIL, "AUTS: the SQN of the challenge is not fresh") \
    X(KEYSET_FWD, "EMSE hands the e2eKEYSET to the EESE") \
    X(KEYSET_ACK, "EESE has it, durably") \
    X(ATTACH_ACC, "EMSE accepts; names root, first epoch and the algorithms chosen") \
    X(ATTACH_REJ, "EMSE refuses, with the cause") \
    X(DATA_UL, "application data from the UE") \
    X(DATA_DL, "application data to the UE") \
    X(DACK, "this data message is kept, durably") \
    X(KEY_EXPIRED, "error: the key of this data message has expired") \
    X(KEY_TRIGGER, "EESE needs a new RAND") \
    X(RAND_REQ, "EMSE asks the HSS for RANDs") \
    X(RAND_RSP, "RANDs from the HSS") \
    X(RAND_FWD, "EMSE gives the RAND to the EESE") \
    X(FWD_ACK, "EESE has derived the next epoch, durably") \
    X(RAND_PUSH, "EMSE gives the RAND to the UE") \
    X(RAND_ACK, "UE has derived the epoch, durably") \
    X(UE_CONFIRM, "EMSE tells the EESE that the UE has the epoch") \
    X(COMMIT, "EESE has switched to the epoch") \
    X(NAK, "EESE lacks the epoch it was asked about") \
    X(RSYNC, "EESE saw the UE use an old epoch") \
    X(SYNC, "UE tells the EMSE the epoch it holds") \
    X(STATUS, "EMSE tells the UE how that compares") \
    X(POLICY, "a new version of the device profile")

enum msg_type {
#define MSG_ENUM(name, words) MSG_##name,
    MSG_LIST(MSG_ENUM)
#undef MSG_ENUM
        MSG_TYPE_COUNT
};

/* The association an e2e key belongs to (PROTOCOL.md 1). */
struct assoc {
    struct ident ue;
    struct ident emse;
    struct ident eese;
};

/* What the EESE holds; travels in every EESE to EMSE frame (H2). */
struct eese_status {
    uint32_t g;    /* root of the newest epoch held, 0 when none */
    uint32_t cur;  /* epoch in use; meaningful when STATUS_HAS_CUR */
    uint32_t next; /* installed, not in use; meaningful when STATUS_HAS_NEXT */
    uint8_t flags; /* STATUS_* */
    uint8_t pad[3];
};

enum status_flag {
    STATUS_HAS_CUR = 1,
    STATUS_HAS_NEXT = 2,
    STATUS_CUR_VALID = 4, /* cur is not expired */
    STATUS_CONTACT = 8,   /* the UE has just been heard, authenticated */
    STATUS_PAGE = 16,     /* the EESE has data for the UE */
};

enum trigger_reason {
    TRIGGER_CONTACT = 1, /* 6.x.2.3 step 3: the UE came with an expired key */
    TRIGGER_PAGE,        /* the EESE starts the contact */
    TRIGGER_SOFT,        /* te2e is about to run out (H10) */
    TRIGGER_VOLUME,
    TRIGGER_COMMAND, /* the enterprise says so */
    TRIGGER_REASON_COUNT
};

enum av_purpose { PURPOSE_ACCESS = 1, PURPOSE_E2M = 2, PURPOSE_COUNT };

enum reject_cause {
    CAUSE_NONE = 0,
    CAUSE_UNKNOWN_SUBSCRIBER,
    CAUSE_UNKNOWN_EESE,
    CAUSE_NO_COMMON_ALGORITHM,
    CAUSE_COUNT
};

/* Confidentiality per serving network (H14). Integrity is on in every mode. */
enum conf_mode {
    CONF_OFF = 0,   /* null ciphering, 128-EEA0 */
    CONF_ON_LI = 1, /* ciphered, cipher keys can be handed out */
    CONF_ON = 2,    /* ciphered */
    CONF_MODE_COUNT
};

/* How RAND travels to the UE (H9). */
enum rand_protect {
    RAND_ENC = 1,
    RAND_MASK = 2,
    RAND_MAC_ONLY = 3,
    RAND_CLEAR = 4,
    RAND_PROTECT_COUNT
};

enum alg_int { INT_NONE = 0, INT_CMAC64 = 1, INT_EIA2 = 2, INT_ALG_COUNT };
enum alg_enc { ENC_EEA0 = 0, ENC_EEA2 = 2, ENC_ALG_COUNT };

/* Capabilities of a UE: bit 0 CMAC-64, bit 1 128-EIA2, bit 2 128-EEA0, bit 3 128-EEA2. */
enum cap_bit { CAP_CMAC64 = 1, CAP_EIA2 = 2, CAP_EEA0 = 4, CAP_EEA2 = 8, CAP_ALL = 15 };

/* The choice of an attach: `ctx` of PROTOCOL.md 3, part of every hardened key. */
struct choice {
    uint8_t alg_int;      /* enum alg_int */
    uint8_t alg_enc;      /* enum alg_enc */
    uint8_t conf;         /* enum conf_mode */
    uint8_t rand_protect; /* enum rand_protect */
};

struct conf_rule {
    uint8_t plmn[PLMN_LEN];
    uint8_t mode; /* enum conf_mode */
};

/* The device profile of one subscriber (clause 6.x.2.4, H12), held by the HSS, given to EMSE and
 * EESE. Times are milliseconds; 0 means absent, never "no limit". */
struct profile {
    uint32_t version;      /* higher wins; 1.. */
    uint32_t te2e_pair_ms; /* for this UE at this EMSE */
    uint32_t te2e_ue_ms;   /* for this UE */
    uint32_t te2e_default_ms;
    uint32_t te2e_floor_ms; /* operator limits */
    uint32_t te2e_ceiling_ms;
    uint32_t n_msg;     /* messages per epoch, 0: no volume limit */
    uint8_t alg_int[2]; /* in order of preference, INT_NONE ends the list */
    uint8_t alg_enc[2]; /* in order of preference */
    uint8_t alg_enc_len;
    uint8_t conf_default; /* enum conf_mode, for a serving network without a rule */
    uint8_t rand_protect; /* enum rand_protect */
    uint8_t conf_rules_len;
    struct conf_rule conf_rules[CONF_RULES_MAX];
};

struct msg_access_chal {
    struct ident ue;
    uint8_t rand[RAND_LEN];
    uint8_t autn[AUTN_LEN];
};
struct msg_access_resp {
    struct ident ue;
    uint8_t has_auts; /* 1: auts is valid, 0: res is */
    uint8_t res[RES_LEN];
    uint8_t auts[AUTS_LEN];
};
struct msg_attach_req { /* sid, kid, ctr and mac present when the UE holds an e2mKEYSET (H15) */
    uint32_t xid;
    uint8_t caps;
    uint8_t plmn[PLMN_LEN];
    uint32_t eese;   /* handle of the EESE: first 4 octets of SHA-256 of its identity */
    struct ident ue; /* IMSI, 5..15 digits; 8 octets of BCD on air */
};
struct msg_av_req {
    uint32_t xid;
    uint8_t purpose; /* enum av_purpose */
    uint8_t has_auts;
    uint8_t plmn[PLMN_LEN]; /* serving network, access only */
    uint8_t rand[RAND_LEN]; /* with auts: the RAND it answers */
    uint8_t auts[AUTS_LEN];
    struct ident ue;
    struct ident emse; /* e2m only */
};
struct msg_av_rsp {
    uint32_t xid;
    uint8_t purpose;
    uint8_t cause; /* enum reject_cause; not CAUSE_NONE: nothing below is meaningful */
    uint8_t rand[RAND_LEN];
    uint8_t autn[AUTN_LEN];
    uint8_t xres[RES_LEN];
    uint8_t key[KEYSET_LEN]; /* e2mKEYSET or K_ASME, by purpose. Only ever from the HSS */
    uint32_t g;              /* root: number of this AKA run, e2m only */
    struct ident ue;
    struct profile profile; /* e2m only */
};
struct msg_aka_chal { /* mac present when the network starts the run (H15) */
    uint32_t xid;
    uint8_t rand[RAND_LEN];
    uint8_t autn[AUTN_LEN];
};
struct msg_aka_resp {
    uint32_t xid;
    uint8_t res[RES_LEN];
};
struct msg_syncfail {
    uint32_t xid;
    uint8_t auts[AUTS_LEN];
};
struct msg_attach_acc {
    uint32_t xid;
    uint32_t g;
    uint32_t n;
    uint32_t te2e_s; /* what the EESE will use if it has no shorter wish; 0 unknown */
    struct choice choice;
};
struct msg_attach_rej {
    uint32_t xid;
    uint8_t cause; /* enum reject_cause */
};
struct msg_data { /* DATA_UL, DATA_DL */
    uint16_t len;
    uint8_t payload[PAYLOAD_MAX];
};
struct msg_key_expired {
    uint8_t reason; /* 1: the key has expired */
};
struct msg_keyset_fwd {
    struct assoc assoc;
    uint32_t sid;
    uint32_t g; /* 0 in the literal variant */
    uint32_t n;
    uint8_t key[KEYSET_LEN]; /* the e2eKEYSET, or the chain key C_n. Never an e2m key */
    struct choice choice;
    struct profile profile;
};
struct msg_rand_req {
    struct assoc assoc;
    uint32_t g;
    uint32_t n_first;
    uint8_t count; /* 1..BATCH_MAX */
};
struct msg_rand_rsp {
    struct assoc assoc;
    uint32_t g;
    uint32_t n_first;
    uint8_t count;
    uint8_t rand[BATCH_MAX][RAND_LEN];
};
struct msg_rand_fwd {
    struct assoc assoc;
    uint32_t g;
    uint32_t n;
    uint8_t rand[RAND_LEN]; /* RAND_n, or its mask X_n */
};
struct msg_rand_push {
    uint32_t n;             /* 0 and unused in the literal variant */
    uint8_t rand[RAND_LEN]; /* encrypted when MSG_FLAG_C */
};
struct msg_index { /* RAND_ACK, SYNC, STATUS */
    uint32_t n;
};
struct msg_eese { /* KEYSET_ACK, KEY_TRIGGER, FWD_ACK, COMMIT, NAK, RSYNC */
    struct assoc assoc;
    struct eese_status status;
    uint8_t reason; /* enum trigger_reason, KEY_TRIGGER only */
    uint32_t ue_n;  /* RSYNC only */
};
struct msg_ue_confirm {
    struct assoc assoc;
    uint32_t g;
    uint32_t n;
};
struct msg_policy {
    struct ident ue;
    struct assoc assoc; /* EMSE to EESE only; empty identities from the HSS */
    struct profile profile;
};

struct msg {
    enum msg_type type;
    uint32_t sid;
    uint32_t ctr;
    uint8_t kid;
    uint8_t flags;
    uint8_t mac_len;
    uint8_t mac[MAC_MAX];
    union {
        struct msg_access_chal access_chal;
        struct msg_access_resp access_resp;
        struct msg_attach_req attach_req;
        struct msg_av_req av_req;
        struct msg_av_rsp av_rsp;
        struct msg_aka_chal aka_chal;
        struct msg_aka_resp aka_resp;
        struct msg_syncfail syncfail;
        struct msg_attach_acc attach_acc;
        struct msg_attach_rej attach_rej;
        struct msg_data data;
        struct msg_key_expired key_expired;
        struct msg_keyset_fwd keyset_fwd;
        struct msg_rand_req rand_req;
        struct msg_rand_rsp rand_rsp;
        struct msg_rand_fwd rand_fwd;
        struct msg_rand_push rand_push;
        struct msg_index index;
        struct msg_eese eese;
        struct msg_ue_confirm ue_confirm;
        struct msg_policy policy;
    } u;
};

/* "RAND_PUSH"; a static string. */
const char *msg_name(enum msg_type t);
/* One sentence of what it is for; a static string. */
const char *msg_words(enum msg_type t);
/* The type of that name, or MSG_TYPE_COUNT. */
enum msg_type msg_by_name(const char *name);
/* True when |t| may travel from |from| to |to|: the arrow table of PROTOCOL.md 5. */
bool msg_arrow_allowed(enum msg_type t, enum role from, enum role to);
/* True for frames on the UE link (UE-EMSE, UE-EESE, UE-VN). */
bool msg_on_air(enum msg_type t);

enum { AIR_OCTETS_MAX = 16 + 64 + PAYLOAD_MAX };

/* Writes what the MAC of the air frame |m| covers after COUNT, BEARER and DIRECTION:
 *   SID (4) | |index| (4: the whole epoch n or root g behind |kid|) | flags (1) | body
 * where body is the packed binary layout of the frame lists, numbers four octets big-endian:
 *   ATTACH_REQ   xid caps(1) plmn(3) eese(4) ue(digits)
 *   AKA_CHAL     xid rand autn
 *   AKA_RESP     xid res
 *   SYNCFAIL     xid auts
 *   ATTACH_ACC   xid g n te2e_s choice(4)
 *   ATTACH_REJ   xid cause(1)
 *   DATA_*       payload
 *   DACK         (empty)
 *   KEY_EXPIRED  reason(1)
 *   RAND_PUSH    n rand
 *   RAND_ACK, SYNC, STATUS  n
 * Returns the length, at most AIR_OCTETS_MAX. |m| must be an air message other than ACCESS_*, which
 * carry no MAC of ours.
 * Source: PROTOCOL.md 3. */
size_t msg_air_octets(const struct msg *m, uint32_t index, uint8_t out[AIR_OCTETS_MAX]);

#endif
