/* The kinds of values that settings have. */
#include "common/base/ensure.h"
#include "common/daemon/config_table.h"
#include "common/daemon/config_value.h"

#include <string.h>

static bool read_who(const char *text, void *out)
{
    if (strcmp(text, "*") == 0) {
        memset(out, 0, sizeof(struct ident));
        return true;
    }
    return config_imsi_read(text, out);
}

static bool read_imsi(const char *text, void *out)
{
    return config_imsi_read(text, out);
}

static bool read_file(const char *text, void *out)
{
    size_t len = strlen(text);

    if (len == 0 || len > CONFIG_FILE_MAX) {
        return false;
    }
    memcpy(out, text, len + 1);
    return true;
}

static bool read_name(const char *text, void *out)
{
    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '=' || *p == '"') {
            return false; /* it stands in lines of words and of NAME=VALUE */
        }
    }
    return ident_set(out, text) == ERR_OK;
}

static bool read_endpoint(const char *text, void *out)
{
    struct config_endpoint *e = out;

    return config_endpoint_read(text, e->host, sizeof e->host, &e->port);
}

static bool read_role(const char *text, void *out)
{
    unsigned r = role_by_name(text);

    memcpy(out, &r, sizeof r);
    return r < ROLE_COUNT;
}

static const char *role_choice(unsigned i)
{
    return i < ROLE_COUNT ? role_name((enum role)i) : NULL;
}

static bool read_variant(const char *text, void *out)
{
    unsigned v = variant_by_name(text);

    memcpy(out, &v, sizeof v);
    return v < VARIANT_COUNT;
}

static const char *variant_choice(unsigned i)
{
    return i < VARIANT_COUNT ? variant_name((enum variant)i) : NULL;
}

static bool read_switch(const char *text, void *out)
{
    unsigned s = switch_by_name(text);

    memcpy(out, &s, sizeof s);
    return s < SW_COUNT;
}

static const char *switch_choice(unsigned i)
{
    return i < SW_COUNT ? switch_info[i].name : NULL;
}

static bool read_timer(const char *text, void *out)
{
    unsigned t = timer_by_name(text);

    memcpy(out, &t, sizeof t);
    return t < TIMER_COUNT && t != TIMER_TE2E;
}

/* te2e is the device profile's; its name is the first of the register and is left out. */
static const char *timer_choice(unsigned i)
{
    return i + 1 < TIMER_COUNT ? timer_info[i + 1].name : NULL;
}

static bool read_percent(const char *text, void *out)
{
    char digits[6] = "";
    size_t len = strlen(text);
    uint64_t v;
    unsigned percent;

    if (len < 2 || len > sizeof digits || text[len - 1] != '%') {
        return false;
    }
    memcpy(digits, text, len - 1);
    if (!config_number_read(digits, 10000, &v) || v == 0) {
        return false;
    }
    percent = (unsigned)v;
    memcpy(out, &percent, sizeof percent);
    return true;
}

/* "1.5s" in whole milliseconds, at most INT32_MAX of them. */
static bool read_ms(const char *text, uint32_t *out)
{
    static const struct {
        const char *unit;
        uint32_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 3600 * 1000}};
    size_t whole_len = strspn(text, "0123456789");
    size_t part_len = text[whole_len] == '.' ? strspn(text + whole_len + 1, "0123456789") : 0;
    const char *unit = text + whole_len + (part_len > 0 ? part_len + 1 : 0);
    uint64_t thousandths = 0;

    if (whole_len == 0 || whole_len > 10 || part_len > 3) {
        return false;
    }
    for (size_t i = 0; i < whole_len + 3; i++) {
        size_t at = i < whole_len ? i : i + 1;
        bool digit = i < whole_len + part_len;

        thousandths = thousandths * 10 + (digit ? (uint64_t)(text[at] - '0') : 0);
    }
    for (unsigned i = 0; i < COUNT_OF(units); i++) {
        if (strcmp(unit, units[i].unit) == 0) {
            if (thousandths > (uint64_t)INT32_MAX * 1000 / units[i].ms ||
                thousandths * units[i].ms % 1000 != 0) {
                return false;
            }
            *out = (uint32_t)(thousandths * units[i].ms / 1000);
            return true;
        }
    }
    return false;
}

static bool read_span(const char *text, void *out)
{
    uint32_t ms;

    if (!read_ms(text, &ms)) {
        return false;
    }
    memcpy(out, &ms, sizeof ms);
    return true;
}

static bool read_time(const char *text, void *out)
{
    uint32_t ms;

    return read_ms(text, &ms) && ms != 0 && read_span(text, out);
}

static bool is_none(const char *text, void *out)
{
    const uint32_t none = 0;

    if (strcmp(text, "none") != 0) {
        return false;
    }
    memcpy(out, &none, sizeof none);
    return true;
}

static bool read_time0(const char *text, void *out)
{
    return is_none(text, out) || read_time(text, out);
}

static bool read_count(const char *text, void *out)
{
    uint64_t v;
    uint32_t count;

    if (!config_number_read(text, INT32_MAX, &v) || v == 0) {
        return false;
    }
    count = (uint32_t)v;
    memcpy(out, &count, sizeof count);
    return true;
}

static bool read_count0(const char *text, void *out)
{
    return is_none(text, out) || read_count(text, out);
}

static bool read_number(const char *text, void *out)
{
    uint64_t v;

    if (!config_number_read(text, UINT64_MAX, &v)) {
        return false;
    }
    memcpy(out, &v, sizeof v);
    return true;
}

static bool read_hex2(const char *text, void *out)
{
    return hex_decode(text, out, 2) == ERR_OK;
}

static bool read_key16(const char *text, void *out)
{
    return hex_decode(text, out, 16) == ERR_OK;
}

static bool read_key32(const char *text, void *out)
{
    return hex_decode(text, out, 32) == ERR_OK;
}

static bool read_sqn(const char *text, void *out)
{
    uint8_t octets[6];
    uint64_t sqn;

    if (hex_decode(text, octets, sizeof octets) != ERR_OK) {
        return false;
    }
    sqn = get_be48(octets);
    memcpy(out, &sqn, sizeof sqn);
    return true;
}

static bool read_plmn(const char *text, void *out)
{
    return config_plmn_read(text, out);
}

/* Reads WORD,WORD,... of at most |most| words into |codes|; none twice. Returns how many, 0 when it
 * is no such list. */
static unsigned read_list(const char *text, bool (*code_of)(const char *word, uint8_t *code),
                          unsigned most, uint8_t codes[4])
{
    unsigned n = 0;

    for (;;) {
        size_t len = strcspn(text, ",");
        char word[8] = "";
        uint8_t code;

        if (n == most || len >= sizeof word) {
            return 0;
        }
        memcpy(word, text, len);
        if (!code_of(word, &code) || memchr(codes, code, n) != NULL) {
            return 0;
        }
        codes[n++] = code;
        if (text[len] == '\0') {
            return n;
        }
        text += len + 1;
    }
}

static bool read_caps(const char *text, void *out)
{
    uint8_t codes[4];
    unsigned n = read_list(text, config_cap_code, 4, codes);
    uint8_t caps = 0;

    for (unsigned i = 0; i < n; i++) {
        caps = (uint8_t)(caps | codes[i]);
    }
    memcpy(out, &caps, 1);
    return n > 0;
}

static bool read_ints(const char *text, void *out)
{
    uint8_t codes[4] = {INT_NONE, INT_NONE};
    unsigned n = read_list(text, config_int_code, 2, codes);

    memcpy(out, codes, 2);
    return n > 0;
}

/* alg_enc and alg_enc_len are neighbours, in the device profile and in an enterprise's wish. */
_Static_assert(offsetof(struct profile, alg_enc_len) == offsetof(struct profile, alg_enc) + 2,
               "alg_enc_len follows alg_enc");

static bool read_encs(const char *text, void *out)
{
    uint8_t codes[4] = {0, 0};
    unsigned n = read_list(text, config_enc_code, 2, codes);

    codes[2] = (uint8_t)n;
    memcpy(out, codes, 3);
    return n > 0;
}

static bool read_conf(const char *text, void *out)
{
    return config_conf_code(text, out);
}

static bool read_rand(const char *text, void *out)
{
    return config_rand_code(text, out);
}

/* PLMN=MODE adds a rule to the profile or replaces it; `none` takes all away. */
static bool read_network(const char *text, void *out)
{
    struct profile *p = out;
    const char *mode = strchr(text, '=');
    char plmn[CONFIG_PLMN_TEXT_MAX] = "";
    struct conf_rule rule;
    unsigned i = 0;

    if (strcmp(text, "none") == 0) {
        memset(p->conf_rules, 0, sizeof p->conf_rules);
        p->conf_rules_len = 0;
        return true;
    }
    if (mode == NULL || (size_t)(mode - text) >= sizeof plmn) {
        return false;
    }
    memcpy(plmn, text, (size_t)(mode - text));
    if (!config_plmn_read(plmn, rule.plmn) || !read_conf(mode + 1, &rule.mode)) {
        return false;
    }
    while (i < p->conf_rules_len && memcmp(p->conf_rules[i].plmn, rule.plmn, PLMN_LEN) != 0) {
        i++;
    }
    if (i == CONF_RULES_MAX) {
        return false;
    }
    p->conf_rules[i] = rule;
    p->conf_rules_len = (uint8_t)(i < p->conf_rules_len ? p->conf_rules_len : i + 1);
    return true;
}

#define TYPE(name, shape, what, read, choice) \
    const struct config_type config_type_##name = {shape, what, read, choice, false}
#define SECRET(name, shape, what, read) \
    const struct config_type config_type_##name = {shape, what, read, NULL, true}

TYPE(imsi, "IMSI", "an IMSI of 5 to 15 digits", read_imsi, NULL);
TYPE(who, "IMSI|*", "an IMSI of 5 to 15 digits, or *", read_who, NULL);
TYPE(name, "NAME", "a name of at most 30 octets", read_name, NULL);
TYPE(file, "FILE", "a file name of at most 400 octets", read_file, NULL);
TYPE(endpoint, "ADDRESS", "an address such as 127.0.0.1:4001 or [::1]:4001", read_endpoint, NULL);
TYPE(role, "ROLE", "a role (HSS, EMSE, EESE, UE, VN)", read_role, role_choice);
TYPE(variant, "literal|hardened", "literal or hardened", read_variant, variant_choice);
TYPE(switch, "SWITCH", "the name of a correction such as retransmit", read_switch, switch_choice);
TYPE(timer, "TIMER", "a timer such as PUSH (te2e is part of the profile)", read_timer,
     timer_choice);
TYPE(percent, "PERCENT", "a percentage from 1% to 10000%", read_percent, NULL);
TYPE(time, "TIME", "a time such as 2s, 500ms, 10m or 1h", read_time, NULL);
TYPE(span, "TIME", "a time such as 2s, 500ms, 10m or 1h", read_span, NULL);
TYPE(time0, "TIME|none", "a time such as 2s, 500ms, 10m or 1h, or none", read_time0, NULL);
TYPE(count, "N", "a number from 1 to 2147483647", read_count, NULL);
TYPE(count0, "N|none", "a number from 1 to 2147483647, or none", read_count0, NULL);
TYPE(number, "N", "a number", read_number, NULL);
TYPE(hex2, "HEX4", "4 hexadecimal digits", read_hex2, NULL);
TYPE(sqn, "HEX12", "12 hexadecimal digits", read_sqn, NULL);
SECRET(key16, "HEX32", "32 hexadecimal digits", read_key16);
SECRET(key32, "HEX64", "64 hexadecimal digits", read_key32);
TYPE(plmn, "PLMN", "MCC and MNC such as 26201 or 262-01", read_plmn, NULL);
TYPE(caps, "LIST", "a list of CMAC-64, EIA2, EEA0, EEA2 with commas between", read_caps, NULL);
TYPE(ints, "CMAC-64,EIA2",
     "CMAC-64 or EIA2, or both with a comma between (null integrity does "
     "not exist)",
     read_ints, NULL);
TYPE(encs, "EEA2,EEA0", "EEA2 or EEA0, or both with a comma between", read_encs, NULL);
TYPE(conf, "off|on|on-li", "off, on or on-li", read_conf, config_conf_choice);
TYPE(network, "PLMN=off|on|on-li", "such as 26201=off, for at most 8 networks, or none",
     read_network, NULL);
TYPE(rand, "enc|mask|mac-only|clear", "enc, mask, mac-only or clear", read_rand,
     config_rand_choice);
