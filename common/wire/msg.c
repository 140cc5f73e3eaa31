#include "common/wire/msg.h"

#include "common/base/ensure.h"

#include <string.h>

static const char *const names[MSG_TYPE_COUNT] = {
#define MSG_NAME(name, words) [MSG_##name] = #name,
    MSG_LIST(MSG_NAME)
#undef MSG_NAME
};

static const char *const texts[MSG_TYPE_COUNT] = {
#define MSG_WORDS(name, words) [MSG_##name] = (words),
    MSG_LIST(MSG_WORDS)
#undef MSG_WORDS
};

const char *msg_name(enum msg_type t)
{
    ENSURE(t < MSG_TYPE_COUNT);
    return names[t];
}

const char *msg_words(enum msg_type t)
{
    ENSURE(t < MSG_TYPE_COUNT);
    return texts[t];
}

enum msg_type msg_by_name(const char *name)
{
    for (unsigned i = 0; i < MSG_TYPE_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            return (enum msg_type)i;
        }
    }
    return MSG_TYPE_COUNT;
}

/* Nobody sends to himself, so an arrow that is not filled in (HSS to HSS) allows nothing. */
struct arrow {
    enum role from;
    enum role to;
};

enum { ARROWS_EACH = 2 };

/* clang-format off */
static const struct arrow arrows[MSG_TYPE_COUNT][ARROWS_EACH] = {
    [MSG_ACCESS_CHAL] = {{ROLE_VN, ROLE_UE}},
    [MSG_ACCESS_RESP] = {{ROLE_UE, ROLE_VN}},
    [MSG_ATTACH_REQ]  = {{ROLE_UE, ROLE_EMSE}},
    [MSG_AV_REQ]      = {{ROLE_EMSE, ROLE_HSS}, {ROLE_VN, ROLE_HSS}},
    [MSG_AV_RSP]      = {{ROLE_HSS, ROLE_EMSE}, {ROLE_HSS, ROLE_VN}},
    [MSG_AKA_CHAL]    = {{ROLE_EMSE, ROLE_UE}},
    [MSG_AKA_RESP]    = {{ROLE_UE, ROLE_EMSE}},
    [MSG_SYNCFAIL]    = {{ROLE_UE, ROLE_EMSE}},
    [MSG_KEYSET_FWD]  = {{ROLE_EMSE, ROLE_EESE}},
    [MSG_KEYSET_ACK]  = {{ROLE_EESE, ROLE_EMSE}},
    [MSG_ATTACH_ACC]  = {{ROLE_EMSE, ROLE_UE}},
    [MSG_ATTACH_REJ]  = {{ROLE_EMSE, ROLE_UE}},
    [MSG_DATA_UL]     = {{ROLE_UE, ROLE_EESE}},
    [MSG_DATA_DL]     = {{ROLE_EESE, ROLE_UE}},
    [MSG_DACK]        = {{ROLE_EESE, ROLE_UE}, {ROLE_UE, ROLE_EESE}},
    [MSG_KEY_EXPIRED] = {{ROLE_EESE, ROLE_UE}},
    [MSG_KEY_TRIGGER] = {{ROLE_EESE, ROLE_EMSE}},
    [MSG_RAND_REQ]    = {{ROLE_EMSE, ROLE_HSS}},
    [MSG_RAND_RSP]    = {{ROLE_HSS, ROLE_EMSE}},
    [MSG_RAND_FWD]    = {{ROLE_EMSE, ROLE_EESE}},
    [MSG_FWD_ACK]     = {{ROLE_EESE, ROLE_EMSE}},
    [MSG_RAND_PUSH]   = {{ROLE_EMSE, ROLE_UE}},
    [MSG_RAND_ACK]    = {{ROLE_UE, ROLE_EMSE}},
    [MSG_UE_CONFIRM]  = {{ROLE_EMSE, ROLE_EESE}},
    [MSG_COMMIT]      = {{ROLE_EESE, ROLE_EMSE}},
    [MSG_NAK]         = {{ROLE_EESE, ROLE_EMSE}},
    [MSG_RSYNC]       = {{ROLE_EESE, ROLE_EMSE}},
    [MSG_SYNC]        = {{ROLE_UE, ROLE_EMSE}},
    [MSG_STATUS]      = {{ROLE_EMSE, ROLE_UE}},
    [MSG_POLICY]      = {{ROLE_HSS, ROLE_EMSE}, {ROLE_EMSE, ROLE_EESE}},
};
/* clang-format on */

bool msg_arrow_allowed(enum msg_type t, enum role from, enum role to)
{
    ENSURE(t < MSG_TYPE_COUNT);
    if (from == to) {
        return false;
    }
    for (unsigned i = 0; i < ARROWS_EACH; i++) {
        if (arrows[t][i].from == from && arrows[t][i].to == to) {
            return true;
        }
    }
    return false;
}

bool msg_on_air(enum msg_type t)
{
    ENSURE(t < MSG_TYPE_COUNT);
    return arrows[t][0].from == ROLE_UE || arrows[t][0].to == ROLE_UE;
}

/* The octets under the MAC, being written. The longest body, ATTACH_REQ with a full identity apart,
 * is a payload; AIR_OCTETS_MAX has room for either. */
struct writer {
    uint8_t *out;
    size_t len;
};

static void put_octets(struct writer *w, const void *p, size_t len)
{
    ENSURE(len <= AIR_OCTETS_MAX - w->len);
    memcpy(w->out + w->len, p, len);
    w->len += len;
}

static void put_number(struct writer *w, uint32_t v)
{
    uint8_t octets[4];

    put_be32(octets, v);
    put_octets(w, octets, sizeof octets);
}

typedef void air_body(struct writer *w, const struct msg *m);

static void attach_req_body(struct writer *w, const struct msg *m)
{
    const struct msg_attach_req *b = &m->u.attach_req;

    put_number(w, b->xid);
    put_octets(w, &b->caps, 1);
    put_octets(w, b->plmn, PLMN_LEN);
    put_number(w, b->eese);
    put_octets(w, b->ue.s, b->ue.len);
}

static void aka_chal_body(struct writer *w, const struct msg *m)
{
    put_number(w, m->u.aka_chal.xid);
    put_octets(w, m->u.aka_chal.rand, RAND_LEN);
    put_octets(w, m->u.aka_chal.autn, AUTN_LEN);
}

static void aka_resp_body(struct writer *w, const struct msg *m)
{
    put_number(w, m->u.aka_resp.xid);
    put_octets(w, m->u.aka_resp.res, RES_LEN);
}

static void syncfail_body(struct writer *w, const struct msg *m)
{
    put_number(w, m->u.syncfail.xid);
    put_octets(w, m->u.syncfail.auts, AUTS_LEN);
}

static void attach_acc_body(struct writer *w, const struct msg *m)
{
    const struct msg_attach_acc *b = &m->u.attach_acc;
    const uint8_t choice[4] = {b->choice.alg_int, b->choice.alg_enc, b->choice.conf,
                               b->choice.rand_protect};

    put_number(w, b->xid);
    put_number(w, b->g);
    put_number(w, b->n);
    put_number(w, b->te2e_s);
    put_octets(w, choice, sizeof choice);
}

static void attach_rej_body(struct writer *w, const struct msg *m)
{
    put_number(w, m->u.attach_rej.xid);
    put_octets(w, &m->u.attach_rej.cause, 1);
}

static void data_body(struct writer *w, const struct msg *m)
{
    put_octets(w, m->u.data.payload, m->u.data.len);
}

static void empty_body(struct writer *w, const struct msg *m)
{
    (void)w;
    (void)m;
}

static void key_expired_body(struct writer *w, const struct msg *m)
{
    put_octets(w, &m->u.key_expired.reason, 1);
}

static void rand_push_body(struct writer *w, const struct msg *m)
{
    put_number(w, m->u.rand_push.n);
    put_octets(w, m->u.rand_push.rand, RAND_LEN);
}

static void index_body(struct writer *w, const struct msg *m)
{
    put_number(w, m->u.index.n);
}

static air_body *const bodies[MSG_TYPE_COUNT] = {
    [MSG_ATTACH_REQ] = attach_req_body,
    [MSG_AKA_CHAL] = aka_chal_body,
    [MSG_AKA_RESP] = aka_resp_body,
    [MSG_SYNCFAIL] = syncfail_body,
    [MSG_ATTACH_ACC] = attach_acc_body,
    [MSG_ATTACH_REJ] = attach_rej_body,
    [MSG_DATA_UL] = data_body,
    [MSG_DATA_DL] = data_body,
    [MSG_DACK] = empty_body,
    [MSG_KEY_EXPIRED] = key_expired_body,
    [MSG_RAND_PUSH] = rand_push_body,
    [MSG_RAND_ACK] = index_body,
    [MSG_SYNC] = index_body,
    [MSG_STATUS] = index_body,
};

size_t msg_air_octets(const struct msg *m, uint32_t index, uint8_t out[AIR_OCTETS_MAX])
{
    struct writer w = {.out = out, .len = 0};

    ENSURE(m->type < MSG_TYPE_COUNT && bodies[m->type] != NULL);
    put_number(&w, m->sid);
    put_number(&w, index);
    put_octets(&w, &m->flags, 1);
    bodies[m->type](&w, m);
    return w.len;
}
