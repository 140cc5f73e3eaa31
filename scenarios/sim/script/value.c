#include "scenarios/sim/script/value.h"

#include "common/base/ensure.h"

#include <string.h>

enum { UE_WORDS_MAX = 2000 }; /* looked through for "did you mean" */

const uint8_t integrity_code[] = {INT_CMAC64, INT_EIA2};
const uint8_t cipher_code[] = {ENC_EEA0, ENC_EEA2};
const uint8_t conf_mode_code[] = {CONF_OFF, CONF_ON, CONF_ON_LI};
const uint8_t rand_mode_code[] = {RAND_ENC, RAND_MASK, RAND_MAC_ONLY, RAND_CLEAR};
const uint8_t capability_code[] = {CAP_CMAC64, CAP_EIA2, CAP_EEA0, CAP_EEA2};

/* Word lists. */

#define WORDS(function, ...) \
    static const char *function(const struct scenario *s, unsigned i) \
    { \
        static const char *const list[] = {__VA_ARGS__}; \
        (void)s; \
        return i < COUNT_OF(list) ? list[i] : NULL; \
    }
WORDS(integrity_word, "CMAC-64", "EIA2")
WORDS(cipher_word, "EEA0", "EEA2")
WORDS(conf_mode_word, "off", "on", "on-li")
WORDS(rand_mode_word, "enc", "mask", "mac-only", "clear")
WORDS(coverage_word, "144dB", "154dB", "164dB")
WORDS(capability_word, "CMAC-64", "EIA2", "EEA0", "EEA2")
#undef WORDS

static const char *variant_word(const struct scenario *s, unsigned i)
{
    (void)s;
    return i < VARIANT_COUNT ? variant_name((enum variant)i) : NULL;
}

static const char *switch_word(const struct scenario *s, unsigned i)
{
    (void)s;
    return i < SW_COUNT ? switch_info[i].name : NULL;
}

static const char *timer_word(const struct scenario *s, unsigned i)
{
    (void)s;
    return i < TIMER_COUNT ? timer_info[i].name : NULL;
}

static const char *message_word(const struct scenario *s, unsigned i)
{
    (void)s;
    return i < MSG_TYPE_COUNT ? msg_name((enum msg_type)i) : NULL;
}

static const char *verdict_word(const struct scenario *s, unsigned i)
{
    (void)s;
    return i < VERDICT_COUNT ? verdict_name((enum verdict)i) : NULL;
}

static const char *note_word(const struct scenario *s, unsigned i)
{
    (void)s;
    return i < NOTE_COUNT ? note_name((enum note)i) : NULL;
}

static const char *ue_word(const struct scenario *s, unsigned i)
{
    return i < s->ues_count && i < UE_WORDS_MAX ? s->ues[i].label : NULL;
}

static const char *party_word(const struct scenario *s, unsigned i)
{
    return i < ROLE_COUNT ? role_name((enum role)i) : ue_word(s, i - ROLE_COUNT);
}

static const char *daemon_word(const struct scenario *s, unsigned i)
{
    (void)s;
    return i < ROLE_VN ? role_name((enum role)i) : NULL;
}

/* Readers. Each returns false when the token is no such value. */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits from *|p| on into |v|; false when there is none or they are more than UINT64_MAX. */
static bool read_digits(const char **p, uint64_t *v)
{
    uint64_t n = 0;

    if (!is_digit(**p)) {
        return false;
    }
    for (; is_digit(**p); ++*p) {
        uint64_t digit = (uint64_t)(**p - '0');

        if (n > (UINT64_MAX - digit) / 10) {
            return false;
        }
        n = n * 10 + digit;
    }
    *v = n;
    return true;
}

static bool read_number(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    const char *p = t->text;

    (void)s;
    (void)lax;
    return read_digits(&p, &v->n) && *p == '\0';
}

/* A decimal number with up to |places| places, times 10^|places|, from *|p| on. */
static bool read_decimal(const char **p, unsigned places, uint64_t *v)
{
    uint64_t scale = 1;

    for (unsigned i = 0; i < places; i++) {
        scale *= 10;
    }
    if (!read_digits(p, v) || *v > UINT64_MAX / scale) {
        return false;
    }
    *v *= scale;
    if (**p == '.') {
        ++*p;
        if (!is_digit(**p)) {
            return false;
        }
        for (; is_digit(**p); ++*p) {
            scale /= 10;
            if (scale == 0) {
                return false;
            }
            *v += (uint64_t)(**p - '0') * scale;
        }
    }
    return true;
}

static bool read_time(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    static const struct {
        const char *unit;
        uint64_t us;
    } units[] = {{"us", 1},         {"ms", 1000},      {"s", 1000000},
                 {"min", 60000000}, {"h", 3600000000}, {"d", 86400000000}};
    const char *p = t->text;
    uint64_t millionths;

    (void)s;
    (void)lax;
    if (!read_decimal(&p, 6, &millionths)) {
        return false;
    }
    for (unsigned i = 0; i < COUNT_OF(units); i++) {
        if (strcmp(p, units[i].unit) == 0) {
            uint64_t whole = millionths / 1000000;
            uint64_t part = millionths % 1000000;

            if (whole > SCRIPT_TIME_MAX_US / units[i].us || part * units[i].us % 1000000 != 0) {
                return false;
            }
            v->n = whole * units[i].us + part * units[i].us / 1000000;
            return v->n <= SCRIPT_TIME_MAX_US;
        }
    }
    return false;
}

/* Parts per million. */
static bool read_percent(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    const char *p = t->text;

    (void)s;
    (void)lax;
    return read_decimal(&p, 4, &v->n) && strcmp(p, "%") == 0 && v->n <= UINT32_MAX;
}

static bool read_ordinal(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    static const char *const endings[] = {"th", "st", "nd", "rd"};
    const char *p = t->text;
    unsigned last;

    (void)s;
    (void)lax;
    if (!read_digits(&p, &v->n) || v->n == 0 || v->n > UINT32_MAX) {
        return false;
    }
    last = v->n / 10 % 10 == 1 || v->n % 10 > 3 ? 0 : (unsigned)(v->n % 10);
    return strcmp(p, endings[last]) == 0;
}

static bool is_word_of(const char *text, const char *more, size_t most)
{
    size_t len = strlen(text);

    for (const char *p = text; *p != '\0'; p++) {
        if (!is_digit(*p) && !((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') &&
            strchr(more, *p) == NULL) {
            return false;
        }
    }
    return len > 0 && len <= most;
}

static bool read_name(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    (void)s;
    (void)lax;
    (void)v;
    return is_word_of(t->text, "-_.", IDENT_MAX) && t->text[0] != '-' && t->text[0] != '.';
}

static bool read_text(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    (void)s;
    (void)lax;
    (void)v;
    return t->kind == TOKEN_TEXT;
}

static bool read_anything(const struct scenario *s, bool lax, const struct token *t,
                          struct value *v)
{
    (void)s;
    (void)lax;
    (void)t;
    (void)v;
    return true;
}

static bool read_capitals(const struct scenario *s, bool lax, const struct token *t,
                          struct value *v)
{
    (void)s;
    (void)lax;
    (void)v;
    for (const char *p = t->text; *p != '\0'; p++) {
        if (!is_digit(*p) && *p != '_' && !(*p >= 'A' && *p <= 'Z')) {
            return false;
        }
    }
    return t->text[0] >= 'A' && t->text[0] <= 'Z' && t->len <= LABEL_MAX;
}

/* A label begins with a capital letter, so it is never a word of the grammar. */
static bool is_label(const char *text)
{
    return text[0] >= 'A' && text[0] <= 'Z' && is_word_of(text, "-_", LABEL_MAX) &&
           role_by_name(text) == ROLE_COUNT && msg_by_name(text) == MSG_TYPE_COUNT;
}

static bool read_new_ue(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    (void)s;
    (void)lax;
    (void)v;
    return is_label(t->text);
}

static bool read_ue(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    v->ue = is_label(t->text) ? scenario_ue(s, t->text) : -1;
    v->n = v->ue < 0 ? 0 : (uint64_t)v->ue;
    return v->ue >= 0 || (lax && is_label(t->text));
}

static bool read_party(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    enum role role = role_by_name(t->text);

    v->ue = -1;
    v->n = role;
    if (role != ROLE_COUNT) {
        return true;
    }
    if (!read_ue(s, lax, t, v)) {
        return false;
    }
    v->n = ROLE_UE;
    return true;
}

/* UE1..UE100: the same letters with rising numbers. */
static bool read_ue_range(const struct scenario *s, bool lax, const struct token *t,
                          struct value *v)
{
    const char *dots = strstr(t->text, "..");
    const char *p;
    size_t stem = 0;

    (void)s;
    (void)lax;
    if (dots == NULL || (size_t)(dots - t->text) > LABEL_MAX) {
        return false;
    }
    for (size_t i = 0; t->text + i < dots; i++) {
        stem = is_digit(t->text[i]) ? stem : i + 1;
    }
    p = t->text + stem;
    if (strncmp(t->text, dots + 2, stem) != 0 || !read_digits(&p, &v->n) || p != dots) {
        return false;
    }
    p = dots + 2 + stem;
    return read_digits(&p, &v->m) && *p == '\0' && v->n < v->m && v->m <= UINT32_MAX &&
           t->text[0] >= 'A' && t->text[0] <= 'Z';
}

static enum role role_of(const char *text, size_t len)
{
    char name[8];

    if (len >= sizeof name) {
        return ROLE_COUNT;
    }
    memcpy(name, text, len);
    name[len] = '\0';
    return role_by_name(name);
}

static bool read_link(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    const char *dash = strchr(t->text, '-');

    (void)s;
    (void)lax;
    if (dash == NULL) {
        return false;
    }
    v->both = dash[1] != '>';
    v->n = role_of(t->text, (size_t)(dash - t->text));
    v->m = role_by_name(dash + (v->both ? 1 : 2));
    return v->n != ROLE_COUNT && v->m != ROLE_COUNT && v->n != v->m;
}

static bool read_network(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    (void)s;
    (void)lax;
    return scn_plmn_parse(t->text, v->octets);
}

static bool read_imsi(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    const char *p = t->text;

    (void)s;
    (void)lax;
    return t->len >= 5 && t->len <= 15 && read_digits(&p, &v->n) && *p == '\0';
}

static bool read_key(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    (void)s;
    (void)lax;
    return hex_decode(t->text, v->octets, 16) == ERR_OK;
}

static bool read_amf(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    (void)s;
    (void)lax;
    return hex_decode(t->text, v->octets, 2) == ERR_OK;
}

static bool read_sqn(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    uint8_t octets[6];

    (void)s;
    (void)lax;
    if (hex_decode(t->text, octets, sizeof octets) != ERR_OK) {
        return false;
    }
    v->n = get_be48(octets);
    return true;
}

unsigned value_bits(const char *text, struct scn_bits bits[BITS_MAX])
{
    unsigned count = 0;

    do {
        uint64_t first;
        uint64_t last;

        text += count > 0; /* the comma */
        if (count == BITS_MAX || !read_digits(&text, &first)) {
            return 0;
        }
        last = first;
        if (strncmp(text, "..", 2) == 0) {
            text += 2;
            if (!read_digits(&text, &last)) {
                return 0;
            }
        }
        if (first > last || last >= 8 * DATAGRAM_MAX) {
            return 0;
        }
        bits[count++] = (struct scn_bits){(uint16_t)first, (uint16_t)last};
    } while (*text == ',');
    return *text == '\0' ? count : 0;
}

static bool read_bits(const struct scenario *s, bool lax, const struct token *t, struct value *v)
{
    struct scn_bits bits[BITS_MAX];

    (void)s;
    (void)lax;
    v->n = value_bits(t->text, bits);
    return v->n > 0;
}

const struct value_type value_types[] = {
    {"name", "a name such as full-rekey", read_name, NULL},
    {"text", "a text in quotes such as \"42\"", read_text, NULL},
    {"number", "a number such as 20", read_number, NULL},
    {"ordinal", "an ordinal (1st, 2nd, 3rd, 4th, ...)", read_ordinal, NULL},
    {"time", "a time (20us, 500ms, 2s, 1.5min, 1h, 7d)", read_time, NULL},
    {"percent", "a percentage such as 20%", read_percent, NULL},
    {"value", "a word, or a text in quotes", read_anything, NULL},
    {"variant", "a variant (literal, hardened)", NULL, variant_word},
    {"switch", "the name of a correction", NULL, switch_word},
    {"timer", "the name of a timer", NULL, timer_word},
    {"ue", "a UE of this file", read_ue, ue_word},
    {"party", "a role or UE (HSS, EMSE, EESE, UE, VN, a label)", read_party, party_word},
    {"daemon", "a daemon (HSS, EMSE, EESE, UE)", NULL, daemon_word},
    {"new-ue", "a label such as UE1 (a capital first; not a role, not a message)", read_new_ue,
     NULL},
    {"ue-range", "a range of UEs such as UE1..UE100", read_ue_range, NULL},
    {"link", "a link such as UE-EESE (both ways) or EMSE->UE (one way)", read_link, NULL},
    {"network", "a network (MCC-MNC) such as 262-01", read_network, NULL},
    {"imsi", "an IMSI of 5 to 15 digits", read_imsi, NULL},
    {"key", "32 hexadecimal digits", read_key, NULL},
    {"amf", "4 hexadecimal digits", read_amf, NULL},
    {"sqn", "an SQN of 12 hexadecimal digits", read_sqn, NULL},
    {"integrity", "an integrity algorithm (CMAC-64, EIA2)", NULL, integrity_word},
    {"cipher", "a cipher (EEA2; EEA0 is none)", NULL, cipher_word},
    {"capability", "an algorithm (CMAC-64, EIA2, EEA0, EEA2)", NULL, capability_word},
    {"conf-mode", "a confidentiality mode (off, on, on-li)", NULL, conf_mode_word},
    {"rand-mode", "a protection of RAND (enc, mask, mac-only, clear)", NULL, rand_mode_word},
    {"message", "the name of a message", NULL, message_word},
    {"verdict", "an integrity verdict", NULL, verdict_word},
    {"note", "the name of a note", NULL, note_word},
    {"bits", "bits of a datagram such as 8..15 or 3,9,17..20", read_bits, NULL},
    {"coverage", "a coverage class (144dB, 154dB, 164dB; 154dB is interpolated)", NULL,
     coverage_word},
    {"state", "a state in capitals such as EXPIRED", read_capitals, NULL},
    {"event", "an event in capitals such as TE2E_EXPIRED", read_capitals, NULL},
};
const unsigned value_types_count = COUNT_OF(value_types);

const struct value_type *value_type(const char *name, size_t len)
{
    unsigned i = 0;

    while (strlen(value_types[i].name) != len || memcmp(value_types[i].name, name, len) != 0) {
        i++;
        ENSURE(i < value_types_count);
    }
    return &value_types[i];
}

/* Only <text> and <value> may be written in quotes. */
bool value_read(const struct value_type *type, const struct scenario *s, bool lax,
                const struct token *t, struct value *v)
{
    if (t->kind == TOKEN_TEXT && type->read != read_text && type->read != read_anything) {
        return false;
    }
    memset(v, 0, sizeof *v);
    v->ue = -1;
    if (type->read != NULL) {
        return type->read(s, lax, t, v);
    }
    for (unsigned i = 0; type->word(s, i) != NULL; i++) {
        if (strcmp(type->word(s, i), t->text) == 0) {
            v->n = i;
            return true;
        }
    }
    return false;
}
