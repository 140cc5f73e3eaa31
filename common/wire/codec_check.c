/* The range of every field of every message. */
#include "common/base/ensure.h"
#include "common/wire/codec_table.h"

enum {
    KID_MAX = 8,
    INDEX_MAX = 0x7fffffff, /* PROTOCOL.md 5.2, Limits */
    IMSI_LEN_MIN = 5,
    IMSI_LEN_MAX = 15,
    STATUS_FLAGS_ALL = 2 * STATUS_PAGE - 1,
};

static bool index_is_good(uint32_t n)
{
    return n <= INDEX_MAX;
}

static bool ident_is_good(const struct ident *id)
{
    if (id->len == 0 || id->len > IDENT_MAX) {
        return false;
    }
    for (unsigned i = 0; i < id->len; i++) {
        if (id->s[i] <= ' ' || id->s[i] > '~') {
            return false;
        }
    }
    return id->s[id->len] == '\0';
}

static bool imsi_is_good(const struct ident *id)
{
    if (id->len < IMSI_LEN_MIN || id->len > IMSI_LEN_MAX) {
        return false;
    }
    for (unsigned i = 0; i < id->len; i++) {
        if (id->s[i] < '0' || id->s[i] > '9') {
            return false;
        }
    }
    return true;
}

/* TS 24.301 9.9.3.32: MCC2 MCC1, MNC3 MCC3, MNC2 MNC1; MNC3 is 0xF when the MNC has two digits. */
static bool plmn_is_good(const uint8_t plmn[PLMN_LEN])
{
    for (unsigned i = 0; i < PLMN_LEN; i++) {
        uint8_t high = plmn[i] >> 4;

        if ((plmn[i] & 0xF) > 9 || (high > 9 && !(i == 1 && high == 0xF))) {
            return false;
        }
    }
    return true;
}

static bool assoc_is_good(const struct assoc *a)
{
    return ident_is_good(&a->ue) && ident_is_good(&a->emse) && ident_is_good(&a->eese);
}

static bool status_is_good(const struct eese_status *s)
{
    return (s->flags & ~STATUS_FLAGS_ALL) == 0 &&
           ((s->flags & STATUS_HAS_CUR) == 0 || index_is_good(s->cur)) &&
           ((s->flags & STATUS_HAS_NEXT) == 0 || index_is_good(s->next));
}

static bool alg_int_is_good(uint8_t alg)
{
    return alg == INT_CMAC64 || alg == INT_EIA2;
}

static bool alg_enc_is_good(uint8_t alg)
{
    return alg == ENC_EEA0 || alg == ENC_EEA2;
}

static bool rand_protect_is_good(uint8_t how)
{
    return how >= RAND_ENC && how < RAND_PROTECT_COUNT;
}

static bool choice_is_good(const struct choice *c)
{
    return alg_int_is_good(c->alg_int) && alg_enc_is_good(c->alg_enc) &&
           c->conf < CONF_MODE_COUNT && rand_protect_is_good(c->rand_protect);
}

static bool profile_is_good(const struct profile *p)
{
    if (p->version == 0 || p->conf_default >= CONF_MODE_COUNT ||
        !rand_protect_is_good(p->rand_protect) || p->alg_enc_len > COUNT_OF(p->alg_enc) ||
        p->conf_rules_len > CONF_RULES_MAX) {
        return false;
    }
    for (unsigned i = 0; i < COUNT_OF(p->alg_int); i++) {
        bool ends = i > 0 && p->alg_int[i - 1] == INT_NONE;

        if (p->alg_int[i] != INT_NONE && (ends || !alg_int_is_good(p->alg_int[i]))) {
            return false;
        }
    }
    for (unsigned i = 0; i < p->alg_enc_len; i++) {
        if (!alg_enc_is_good(p->alg_enc[i])) {
            return false;
        }
    }
    for (unsigned i = 0; i < p->conf_rules_len; i++) {
        if (!plmn_is_good(p->conf_rules[i].plmn) || p->conf_rules[i].mode >= CONF_MODE_COUNT) {
            return false;
        }
    }
    return true;
}

static bool check_access_chal(const struct msg *m)
{
    return imsi_is_good(&m->u.access_chal.ue);
}

static bool check_access_resp(const struct msg *m)
{
    return imsi_is_good(&m->u.access_resp.ue) && m->u.access_resp.has_auts <= 1;
}

static bool check_attach_req(const struct msg *m)
{
    const struct msg_attach_req *b = &m->u.attach_req;

    return imsi_is_good(&b->ue) && plmn_is_good(b->plmn) && (b->caps & ~CAP_ALL) == 0;
}

static bool check_av_req(const struct msg *m)
{
    const struct msg_av_req *b = &m->u.av_req;

    return ident_is_good(&b->ue) && b->has_auts <= 1 &&
           ((b->purpose == PURPOSE_ACCESS && plmn_is_good(b->plmn)) ||
            (b->purpose == PURPOSE_E2M && ident_is_good(&b->emse)));
}

static bool check_av_rsp(const struct msg *m)
{
    const struct msg_av_rsp *b = &m->u.av_rsp;

    return ident_is_good(&b->ue) && b->cause < CAUSE_COUNT &&
           (b->purpose == PURPOSE_ACCESS ||
            (b->purpose == PURPOSE_E2M &&
             (b->cause != CAUSE_NONE || profile_is_good(&b->profile))));
}

static bool check_anything(const struct msg *m)
{
    (void)m;
    return true;
}

static bool check_keyset_fwd(const struct msg *m)
{
    const struct msg_keyset_fwd *b = &m->u.keyset_fwd;

    return assoc_is_good(&b->assoc) && b->sid != 0 && index_is_good(b->n) &&
           choice_is_good(&b->choice) && profile_is_good(&b->profile);
}

static bool check_eese(const struct msg *m)
{
    const struct msg_eese *b = &m->u.eese;

    return assoc_is_good(&b->assoc) && status_is_good(&b->status);
}

static bool check_key_trigger(const struct msg *m)
{
    uint8_t reason = m->u.eese.reason;

    return check_eese(m) && reason >= TRIGGER_CONTACT && reason < TRIGGER_REASON_COUNT;
}

static bool check_rsync(const struct msg *m)
{
    return check_eese(m) && index_is_good(m->u.eese.ue_n);
}

static bool check_attach_acc(const struct msg *m)
{
    return index_is_good(m->u.attach_acc.n) && choice_is_good(&m->u.attach_acc.choice);
}

static bool check_attach_rej(const struct msg *m)
{
    return m->u.attach_rej.cause > CAUSE_NONE && m->u.attach_rej.cause < CAUSE_COUNT;
}

static bool check_data(const struct msg *m)
{
    return m->u.data.len <= PAYLOAD_MAX;
}

static bool check_key_expired(const struct msg *m)
{
    return m->u.key_expired.reason == 1;
}

static bool check_rand_req(const struct msg *m)
{
    const struct msg_rand_req *b = &m->u.rand_req;

    return assoc_is_good(&b->assoc) && b->count >= 1 && b->count <= BATCH_MAX &&
           index_is_good(b->n_first) && index_is_good(b->n_first + b->count - 1);
}

static bool check_rand_rsp(const struct msg *m)
{
    const struct msg_rand_rsp *b = &m->u.rand_rsp;

    return assoc_is_good(&b->assoc) && b->count >= 1 && b->count <= BATCH_MAX &&
           index_is_good(b->n_first) && index_is_good(b->n_first + b->count - 1);
}

static bool check_rand_fwd(const struct msg *m)
{
    return assoc_is_good(&m->u.rand_fwd.assoc) && index_is_good(m->u.rand_fwd.n);
}

static bool check_rand_push(const struct msg *m)
{
    return index_is_good(m->u.rand_push.n);
}

static bool check_index(const struct msg *m)
{
    return index_is_good(m->u.index.n);
}

static bool check_ue_confirm(const struct msg *m)
{
    return assoc_is_good(&m->u.ue_confirm.assoc) && index_is_good(m->u.ue_confirm.n);
}

static bool check_policy(const struct msg *m)
{
    const struct msg_policy *b = &m->u.policy;

    return (b->assoc.ue.len != 0 ? assoc_is_good(&b->assoc) : ident_is_good(&b->ue)) &&
           profile_is_good(&b->profile);
}

/* What the clear header of a message may hold. */
enum header {
    HEADER_NONE,  /* backend: the link is protected as a whole; access: MAC-A and MAC-S do it */
    HEADER_CLEAR, /* all of it, with the flags below */
};

struct check {
    bool (*body)(const struct msg *m);
    enum header header;
    uint8_t flags;
};

/* clang-format off */
static const struct check checks[MSG_TYPE_COUNT] = {
    [MSG_ACCESS_CHAL] = {check_access_chal, HEADER_NONE, 0},
    [MSG_ACCESS_RESP] = {check_access_resp, HEADER_NONE, 0},
    [MSG_ATTACH_REQ]  = {check_attach_req, HEADER_CLEAR, 0},
    [MSG_AV_REQ]      = {check_av_req, HEADER_NONE, 0},
    [MSG_AV_RSP]      = {check_av_rsp, HEADER_NONE, 0},
    [MSG_AKA_CHAL]    = {check_anything, HEADER_CLEAR, 0},
    [MSG_AKA_RESP]    = {check_anything, HEADER_CLEAR, 0},
    [MSG_SYNCFAIL]    = {check_anything, HEADER_CLEAR, 0},
    [MSG_KEYSET_FWD]  = {check_keyset_fwd, HEADER_NONE, 0},
    [MSG_KEYSET_ACK]  = {check_eese, HEADER_NONE, 0},
    [MSG_ATTACH_ACC]  = {check_attach_acc, HEADER_CLEAR, 0},
    [MSG_ATTACH_REJ]  = {check_attach_rej, HEADER_CLEAR, 0},
    [MSG_DATA_UL]     = {check_data, HEADER_CLEAR, MSG_FLAG_C | MSG_FLAG_REKEY},
    [MSG_DATA_DL]     = {check_data, HEADER_CLEAR, MSG_FLAG_C},
    [MSG_DACK]        = {check_anything, HEADER_CLEAR, 0},
    [MSG_KEY_EXPIRED] = {check_key_expired, HEADER_CLEAR, 0},
    [MSG_KEY_TRIGGER] = {check_key_trigger, HEADER_NONE, 0},
    [MSG_RAND_REQ]    = {check_rand_req, HEADER_NONE, 0},
    [MSG_RAND_RSP]    = {check_rand_rsp, HEADER_NONE, 0},
    [MSG_RAND_FWD]    = {check_rand_fwd, HEADER_NONE, 0},
    [MSG_FWD_ACK]     = {check_eese, HEADER_NONE, 0},
    [MSG_RAND_PUSH]   = {check_rand_push, HEADER_CLEAR, MSG_FLAG_C | MSG_FLAG_EXPIRED},
    [MSG_RAND_ACK]    = {check_index, HEADER_CLEAR, 0},
    [MSG_UE_CONFIRM]  = {check_ue_confirm, HEADER_NONE, 0},
    [MSG_COMMIT]      = {check_eese, HEADER_NONE, 0},
    [MSG_NAK]         = {check_eese, HEADER_NONE, 0},
    [MSG_RSYNC]       = {check_rsync, HEADER_NONE, 0},
    [MSG_SYNC]        = {check_index, HEADER_CLEAR, 0},
    [MSG_STATUS]      = {check_index, HEADER_CLEAR, MSG_FLAG_UNKNOWN},
    [MSG_POLICY]      = {check_policy, HEADER_NONE, 0},
};
/* clang-format on */

static bool header_is_good(const struct msg *m, const struct check *c)
{
    if (c->header == HEADER_NONE) {
        return m->sid == 0 && m->kid == 0 && m->ctr == 0 && m->flags == 0 && m->mac_len == 0;
    }
    return m->kid <= KID_MAX && (m->flags & ~c->flags) == 0 &&
           (m->mac_len == 0 || m->mac_len == MAC_MAX / 2 || m->mac_len == MAC_MAX);
}

bool codec_check(const struct msg *m)
{
    return header_is_good(m, &checks[m->type]) && checks[m->type].body(m);
}
