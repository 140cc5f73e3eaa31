/* Private to the codec: how each message gets into an Envelope and out of it. */
#ifndef COMMON_WIRE_CODEC_TABLE_H
#define COMMON_WIRE_CODEC_TABLE_H

#include "ciot.pb-c.h"
#include "common/wire/msg.h"

/* An Envelope being filled, with everything it points to. |m| is a copy, because protobuf-c wants
 * pointers it could write through. */
struct codec_pack {
    struct msg m;
    E2e__Envelope env;
    union {
        E2e__AccessChal access_chal;
        E2e__AccessResp access_resp;
        E2e__AttachReq attach_req;
        E2e__AvReq av_req;
        E2e__AvRsp av_rsp;
        E2e__AkaChal aka_chal;
        E2e__AkaResp aka_resp;
        E2e__SyncFail syncfail;
        E2e__KeysetFwd keyset_fwd;
        E2e__EeseReport eese;
        E2e__AttachAcc attach_acc;
        E2e__AttachRej attach_rej;
        E2e__RandReq rand_req;
        E2e__RandRsp rand_rsp;
        E2e__RandFwd rand_fwd;
        E2e__RandPush rand_push;
        E2e__UeConfirm ue_confirm;
        E2e__Policy policy;
    } body;
    E2e__Assoc assoc;
    E2e__Status status;
    E2e__Profile profile;
    E2e__ConfRule rules[CONF_RULES_MAX];
    E2e__ConfRule *rule_list[CONF_RULES_MAX];
    uint32_t alg_int[2];
    uint32_t alg_enc[2];
    ProtobufCBinaryData rands[BATCH_MAX];
};

/* Puts |p->m|'s body into |p->env|. What the message does not carry is not looked at. */
typedef void codec_put(struct codec_pack *p);

/* Gets the body of |env| into the zeroed |m|. Returns false when a field is missing, does not fit
 * its place in struct msg or has another length. Ranges are codec_check()'s. */
typedef bool codec_get(const E2e__Envelope *env, struct msg *m);

struct codec_row {
    E2e__Envelope__BodyCase body;
    codec_put *put; /* NULL: the row is in the other table */
    codec_get *get;
};
extern const struct codec_row codec_air[MSG_TYPE_COUNT];
extern const struct codec_row codec_backend[MSG_TYPE_COUNT];

/* True when every field that |m| carries is in its range; both ways, so we never send what a peer
 * of the same make refuses. */
bool codec_check(const struct msg *m);

/* Up to 8 octets as the number whose fixed32 or fixed64 puts them on the wire in their order. */
uint64_t codec_fixed_from(const uint8_t *octets, unsigned len);
void codec_fixed_to(uint64_t v, uint8_t *octets, unsigned len);

/* An `octets` field of |len|; and its way back, which wants that very length. */
ProtobufCBinaryData codec_octets(uint8_t *octets, size_t len);
bool codec_octets_to(const ProtobufCBinaryData *field, uint8_t *octets, size_t len);

/* False when |v| does not fit one octet. */
bool codec_octet_to(uint32_t v, uint8_t *out);

/* The choice of an attach, in the 7 bits of AttachAcc.choice. */
uint32_t codec_choice_from(const struct choice *c);
bool codec_choice_to(uint32_t v, struct choice *c);

#endif
