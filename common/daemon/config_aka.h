/* The arguments that a subscriber at the HSS and a card in the UE share: K, OPc or OP, AMF, SQN.
 * Source: TS 33.102 6.3, TS 35.206 (OPc). */
#ifndef COMMON_DAEMON_CONFIG_AKA_H
#define COMMON_DAEMON_CONFIG_AKA_H

#include "common/crypto/aka.h"
#include "common/daemon/config_table.h"

struct config_aka {
    uint8_t k[16];
    uint8_t opc[16];
    uint8_t op[16];
    uint8_t amf[2];
    uint64_t sqn;
};

/* They follow IMSI and count, so that the bit of `op` is known. */
#define CONFIG_AKA_ARGS(type, member) \
    {"k", &config_type_key16, offsetof(type, member.k), NEED_ONE, 0, NULL, NULL}, \
        {"opc", &config_type_key16, offsetof(type, member.opc), NEED_ONE, 1, NULL, NULL}, \
        {"op", &config_type_key16, offsetof(type, member.op), NEED_ONE, 1, NULL, NULL}, \
        {"amf", &config_type_hex2, offsetof(type, member.amf), NEED_MAYBE, 0, NULL, NULL}, \
    { \
        "sqn", &config_type_sqn, offsetof(type, member.sqn), NEED_MAYBE, 0, NULL, NULL \
    }
enum { CONFIG_AKA_OP_BIT = 4 };

/* |given| as in struct config_setting. */
void config_aka_secret(const struct config_aka *a, uint64_t given, struct aka_secret *out);

#endif
