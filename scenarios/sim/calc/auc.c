#include "common/base/bytes.h"
#include "common/base/ensure.h"
#include "common/crypto/aka.h"
#include "common/crypto/milenage.h"
#include "scenarios/sim/calc/calc.h"
#include "scenarios/sim/calc/values.h"
#include "scenarios/sim/show/jout.h"

#include <string.h>

static const struct option option[] = {
    {"k", "HEX", "subscriber key, 16 octets", false},
    {"op", "HEX", "operator variant algorithm configuration field, 16 octets; or --opc", false},
    {"opc", "HEX", "the same already bound to the key, 16 octets", false},
    {"rand", "HEX", "challenge, 16 octets", false},
    {"sqn", "HEX", "sequence number, 6 octets", false},
    {"amf", "HEX", "authentication management field, 2 octets", false},
    {"auts", "HEX", "resynchronisation token for this RAND, 14 octets", false},
};

const struct verb calc_verb_auc = {
    .name = "auc",
    .words = "Computes an authentication vector with MILENAGE, and opens an AUTS.",
    .more = "Prints JSON: opc f1 f1star f2 f3 f4 f5 f5star (TS 35.206) and autn (TS 33.102 6.3.2); "
            "with --auts also sqn_ms, the sequence number it conceals, and mac_s_valid. All values "
            "are hexadecimal. Wrong MAC-S is an answer, not an error.\n"
            "\n"
            "Example (TS 35.207 set 1):\n"
            "  e2esim auc --k 465b5ce8b199b49faa5f0a2ee238a6bc \\\n"
            "    --op cdc202d5123e20f62b6d676ac72cb318 --amf b9b9 --sqn ff9bb4d0b607 \\\n"
            "    --rand 23553cbe9637a89d218ae64dae47bf35",
    .options = option,
    .options_count = COUNT_OF(option),
};

struct input {
    struct aka_secret secret; /* amf as given */
    uint8_t rand[16];
    uint8_t sqn[6];
    uint8_t auts[14];
    bool has_auts;
};

static bool read_opc(const struct values *v, struct aka_secret *s)
{
    uint8_t op[16];

    if (values_has(v, "op") == values_has(v, "opc")) {
        return values_refuse(v, values_has(v, "op") ? "options '--op' and '--opc' exclude each "
                                                      "other; give one of them"
                                                    : "option '--op' or '--opc' is missing; give "
                                                      "one of them");
    }
    if (values_has(v, "opc")) {
        return values_hex(v, "opc", s->opc, sizeof s->opc);
    }
    if (!values_hex(v, "op", op, sizeof op)) {
        return false;
    }
    milenage_opc(s->k, op, s->opc);
    return true;
}

static bool read_input(const struct values *v, struct input *in)
{
    in->has_auts = values_has(v, "auts");
    return values_hex(v, "k", in->secret.k, sizeof in->secret.k) && read_opc(v, &in->secret) &&
           values_hex(v, "rand", in->rand, sizeof in->rand) &&
           values_hex(v, "sqn", in->sqn, sizeof in->sqn) &&
           values_hex(v, "amf", in->secret.amf, sizeof in->secret.amf) &&
           (!in->has_auts || values_hex(v, "auts", in->auts, sizeof in->auts));
}

/* Shows the SQN that the AUTS conceals even when its MAC-S is wrong: whoever debugs a card wants to
 * see it. */
static void print_auts(struct jout *j, const struct input *in, const struct milenage_out *f)
{
    uint8_t sqn_ms[6];
    uint64_t opened;

    for (size_t i = 0; i < sizeof sqn_ms; i++) {
        sqn_ms[i] = in->auts[i] ^ f->f5star[i];
    }
    jout_hex(j, "sqn_ms", sqn_ms, sizeof sqn_ms);
    jout_bool(j, "mac_s_valid", aka_auts_open(&in->secret, in->rand, in->auts, &opened) == ERR_OK);
}

static void print_all(const struct input *in)
{
    struct jout j;
    struct milenage_out f;
    struct aka_vector v;

    milenage(in->secret.k, in->secret.opc, in->rand, in->sqn, in->secret.amf, &f);
    aka_vector(&in->secret, in->rand, get_be48(in->sqn), in->secret.amf, &v);
    jout_begin(&j, stdout, true);
    jout_object(&j, NULL);
    jout_hex(&j, "opc", in->secret.opc, sizeof in->secret.opc);
    jout_hex(&j, "f1", f.f1, sizeof f.f1);
    jout_hex(&j, "f1star", f.f1star, sizeof f.f1star);
    jout_hex(&j, "f2", f.f2, sizeof f.f2);
    jout_hex(&j, "f3", f.f3, sizeof f.f3);
    jout_hex(&j, "f4", f.f4, sizeof f.f4);
    jout_hex(&j, "f5", f.f5, sizeof f.f5);
    jout_hex(&j, "f5star", f.f5star, sizeof f.f5star);
    jout_hex(&j, "autn", v.autn, sizeof v.autn);
    if (in->has_auts) {
        print_auts(&j, in, &f);
    }
    jout_end(&j);
}

int calc_auc(int argc, char **argv)
{
    struct values v;
    struct input in;
    int exit_code;

    if (!values_read(&v, &calc_verb_auc, argc, argv, &exit_code)) {
        return exit_code;
    }
    memset(&in, 0, sizeof in);
    if (!read_input(&v, &in)) {
        return CALC_USAGE;
    }
    print_all(&in);
    return values_written();
}
