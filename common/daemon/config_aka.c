#include "common/daemon/config_aka.h"

#include "common/crypto/milenage.h"

#include <string.h>

void config_aka_secret(const struct config_aka *a, uint64_t given, struct aka_secret *out)
{
    memcpy(out->k, a->k, sizeof out->k);
    memcpy(out->opc, a->opc, sizeof out->opc);
    memcpy(out->amf, a->amf, sizeof out->amf);
    if ((given >> CONFIG_AKA_OP_BIT & 1) != 0) {
        milenage_opc(a->k, a->op, out->opc);
    }
}
