#include "common/base/ensure.h"
#include "common/crypto/keyset_e2e.h"
#include "common/crypto/keyset_e2m.h"
#include "scenarios/sim/calc/calc.h"
#include "scenarios/sim/calc/values.h"
#include "scenarios/sim/show/jout.h"

#include <string.h>

static const struct option option[] = {
    {"variant", "literal|hardened", "which of the two key hierarchies", false},
    {"ck", "HEX", "cipher key of the e2m AKA run, 16 octets", false},
    {"ik", "HEX", "integrity key of the e2m AKA run, 16 octets", false},
    {"sqn-xor-ak", "HEX", "first 6 octets of its AUTN", false},
    {"ue", "ID", "identity of the UE, 1 to 30 octets", false},
    {"emse", "ID", "identity of the EMSE", false},
    {"eese", "ID", "identity of the EESE", false},
    {"root", "N", "number g of the AKA run, 1 unless given; hardened only", false},
    {"ctx", "HEX",
     "the choice: octets alg_int, alg_enc, conf_mode, rand_protect, 01000201 unless given; "
     "hardened only",
     false},
    {"rand", "HEX", "RAND of the next epoch, 16 octets; once per epoch after the first", true},
};

const struct verb calc_verb_derive = {
    .name = "derive",
    .words = "Derives the e2mKEYSET, the e2eKEYSET of each epoch and its traffic keys.",
    .more = "Prints JSON: e2m {key, input} and epochs [{n, key, input, traffic {...}}]. The input "
            "is the exact octets S; a key is HMAC-SHA-256(S) under the key before it: that of the "
            "epoch before, e2m for epoch 0, CK || IK for e2m. All keys are hexadecimal. The "
            "traffic keys of the hardened variant take octet 0 of --ctx as their algorithm.\n"
            "\n"
            "Example:\n"
            "  e2esim derive --variant hardened --ck 000102030405060708090a0b0c0d0e0f \\\n"
            "    --ik 101112131415161718191a1b1c1d1e1f --sqn-xor-ak 0a0b0c0d0e0f \\\n"
            "    --ue 001010123456789 --emse emse.home --eese eese.plant1 \\\n"
            "    --rand 202122232425262728292a2b2c2d2e2f",
    .options = option,
    .options_count = COUNT_OF(option),
};

struct input {
    bool hardened;
    uint8_t ck[16];
    uint8_t ik[16];
    uint8_t sqn_xor_ak[6];
    struct ident ue;
    struct ident emse;
    struct ident eese;
    uint32_t root;
    uint8_t ctx[4];
    uint8_t rand[GIVEN_MAX][16];
    unsigned rands;
};

static bool read_variant(const struct values *v, bool *hardened)
{
    const char *text = options_value(&v->parsed, "variant");

    *hardened = text != NULL && strcmp(text, "hardened") == 0;
    if (text == NULL) {
        return values_refuse(v, "option '--variant' is missing; give literal or hardened");
    }
    if (!*hardened && strcmp(text, "literal") != 0) {
        return values_refuse(v, "option '--variant': no variant '%.40s'; give literal or hardened",
                             text);
    }
    return true;
}

static bool read_rands(const struct values *v, struct input *in)
{
    in->rands = values_count(v, "rand");
    for (unsigned i = 0; i < in->rands; i++) {
        if (!values_hex_nth(v, "rand", i, in->rand[i], sizeof in->rand[i])) {
            return false;
        }
    }
    return true;
}

static bool read_input(const struct values *v, struct input *in)
{
    static const uint8_t ctx[4] = {1, 0, 2, 1};

    memset(in, 0, sizeof *in);
    in->root = 1;
    memcpy(in->ctx, ctx, sizeof ctx);
    return read_variant(v, &in->hardened) && values_hex(v, "ck", in->ck, sizeof in->ck) &&
           values_hex(v, "ik", in->ik, sizeof in->ik) &&
           values_hex(v, "sqn-xor-ak", in->sqn_xor_ak, sizeof in->sqn_xor_ak) &&
           values_ident(v, "ue", &in->ue) && values_ident(v, "emse", &in->emse) &&
           values_ident(v, "eese", &in->eese) &&
           (!values_has(v, "root") || values_u32(v, "root", &in->root)) &&
           (!values_has(v, "ctx") || values_hex(v, "ctx", in->ctx, sizeof in->ctx)) &&
           read_rands(v, in);
}

/* Epoch 0. Writes its S to |s| and returns the length. */
static size_t first(const struct input *in, const struct e2m_keyset *e2m, struct e2e_keyset *ks,
                    uint8_t s[KDF_INPUT_MAX])
{
    if (!in->hardened) {
        e2e_first_literal(e2m, ks);
        return e2e_first_literal_input(s);
    }
    e2e_root(e2m, &in->ue, &in->eese, true, in->root, 0, in->ctx, ks);
    return e2e_root_input(&in->ue, &in->eese, true, in->root, 0, in->ctx, s);
}

/* Epoch |n| > 0 out of the one before, in place. */
static size_t refresh(const struct input *in, uint32_t n, struct e2e_keyset *ks,
                      uint8_t s[KDF_INPUT_MAX])
{
    const uint8_t *rand = in->rand[n - 1];

    if (!in->hardened) {
        e2e_refresh_literal(ks, rand, ks);
        return e2e_refresh_literal_input(rand, s);
    }
    e2e_refresh(ks, rand, n, &in->ue, &in->eese, true, in->root, in->ctx, ks);
    return e2e_refresh_input(rand, n, &in->ue, &in->eese, true, in->root, in->ctx, s);
}

static void print_traffic(struct jout *j, const struct input *in, const struct e2e_keyset *ks)
{
    struct e2e_traffic t;

    jout_object(j, "traffic");
    if (in->hardened) {
        e2e_traffic_derive(ks, in->ctx[0], &t);
        jout_hex(j, "int-ul", t.int_ul, sizeof t.int_ul);
        jout_hex(j, "int-dl", t.int_dl, sizeof t.int_dl);
        jout_hex(j, "enc-ul", t.enc_ul, sizeof t.enc_ul);
        jout_hex(j, "enc-dl", t.enc_dl, sizeof t.enc_dl);
        jout_hex(j, "err-dl", t.err_dl, sizeof t.err_dl);
    } else {
        e2e_traffic_literal(ks, &t);
        jout_hex(j, "enc", t.enc_ul, sizeof t.enc_ul);
        jout_hex(j, "int", t.int_ul, sizeof t.int_ul);
    }
    jout_end(j);
}

static void print_all(const struct input *in)
{
    struct jout j;
    struct e2m_keyset e2m;
    struct e2e_keyset ks;
    uint8_t s[KDF_INPUT_MAX];
    size_t len = e2m_input(&in->ue, &in->emse, in->sqn_xor_ak, s);

    e2m_derive(in->ck, in->ik, &in->ue, &in->emse, in->sqn_xor_ak, &e2m);
    jout_begin(&j, stdout, true);
    jout_object(&j, NULL);
    jout_object(&j, "e2m");
    jout_hex(&j, "key", e2m.octets, sizeof e2m.octets);
    jout_hex(&j, "input", s, len);
    jout_end(&j);
    jout_array(&j, "epochs");
    for (uint32_t n = 0; n <= in->rands; n++) {
        len = n == 0 ? first(in, &e2m, &ks, s) : refresh(in, n, &ks, s);
        jout_object(&j, NULL);
        jout_uint(&j, "n", n);
        jout_hex(&j, "key", ks.octets, sizeof ks.octets);
        jout_hex(&j, "input", s, len);
        print_traffic(&j, in, &ks);
        jout_end(&j);
    }
    jout_end(&j);
    jout_end(&j);
}

int calc_derive(int argc, char **argv)
{
    struct values v;
    struct input in;
    int exit_code;

    if (!values_read(&v, &calc_verb_derive, argc, argv, &exit_code)) {
        return exit_code;
    }
    if (!read_input(&v, &in)) {
        return CALC_USAGE;
    }
    print_all(&in);
    return values_written();
}
