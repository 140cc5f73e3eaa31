#include "common/daemon/config_value.h"

#include "common/base/ensure.h"

#include <string.h>

/* A word and the code it stands for. */
struct coded {
    const char *word;
    uint8_t code;
};

static const struct coded int_words[] = {{"CMAC-64", INT_CMAC64}, {"EIA2", INT_EIA2}};
static const struct coded enc_words[] = {{"EEA0", ENC_EEA0}, {"EEA2", ENC_EEA2}};
static const struct coded cap_words[] = {
    {"CMAC-64", CAP_CMAC64}, {"EIA2", CAP_EIA2}, {"EEA0", CAP_EEA0}, {"EEA2", CAP_EEA2}};
static const struct coded conf_words[] = {
    {"off", CONF_OFF}, {"on", CONF_ON}, {"on-li", CONF_ON_LI}};
static const struct coded rand_words[] = {
    {"enc", RAND_ENC}, {"mask", RAND_MASK}, {"mac-only", RAND_MAC_ONLY}, {"clear", RAND_CLEAR}};

static const char *word_of(const struct coded *list, size_t count, uint8_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].code == code) {
            return list[i].word;
        }
    }
    return NULL;
}

static bool code_of(const struct coded *list, size_t count, const char *word, uint8_t *code)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].word, word) == 0) {
            *code = list[i].code;
            return true;
        }
    }
    return false;
}

const char *config_int_word(uint8_t alg_int)
{
    return word_of(int_words, COUNT_OF(int_words), alg_int);
}

const char *config_enc_word(uint8_t alg_enc)
{
    return word_of(enc_words, COUNT_OF(enc_words), alg_enc);
}

const char *config_conf_word(uint8_t conf_mode)
{
    return word_of(conf_words, COUNT_OF(conf_words), conf_mode);
}

const char *config_rand_word(uint8_t rand_protect)
{
    return word_of(rand_words, COUNT_OF(rand_words), rand_protect);
}

bool config_int_code(const char *word, uint8_t *code)
{
    return code_of(int_words, COUNT_OF(int_words), word, code);
}

bool config_enc_code(const char *word, uint8_t *code)
{
    return code_of(enc_words, COUNT_OF(enc_words), word, code);
}

bool config_cap_code(const char *word, uint8_t *code)
{
    return code_of(cap_words, COUNT_OF(cap_words), word, code);
}

bool config_conf_code(const char *word, uint8_t *code)
{
    return code_of(conf_words, COUNT_OF(conf_words), word, code);
}

bool config_rand_code(const char *word, uint8_t *code)
{
    return code_of(rand_words, COUNT_OF(rand_words), word, code);
}

const char *config_conf_choice(unsigned i)
{
    return i < COUNT_OF(conf_words) ? conf_words[i].word : NULL;
}

const char *config_rand_choice(unsigned i)
{
    return i < COUNT_OF(rand_words) ? rand_words[i].word : NULL;
}

bool config_number_read(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;

    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        unsigned digit = (unsigned)*text - '0';

        if (*text < '0' || *text > '9' || digit > max || v > (max - digit) / 10) {
            return false;
        }
        v = v * 10 + digit;
    }
    *out = v;
    return true;
}

bool config_imsi_read(const char *text, struct ident *out)
{
    size_t len = strspn(text, "0123456789");

    return text[len] == '\0' && len >= 5 && len <= 15 && ident_set(out, text) == ERR_OK;
}

bool config_plmn_read(const char *text, uint8_t plmn[PLMN_LEN])
{
    uint8_t d[6] = {0, 0, 0, 0, 0, 0xf};
    unsigned n = 0;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '-' && p == text + 3) {
            continue;
        }
        if (*p < '0' || *p > '9' || n == 6) {
            return false;
        }
        d[n++] = (uint8_t)(*p - '0');
    }
    if (n < 5) {
        return false;
    }
    plmn[0] = (uint8_t)(d[1] << 4 | d[0]);
    plmn[1] = (uint8_t)(d[5] << 4 | d[2]);
    plmn[2] = (uint8_t)(d[4] << 4 | d[3]);
    return true;
}

void config_plmn_text(const uint8_t plmn[PLMN_LEN], char text[CONFIG_PLMN_TEXT_MAX])
{
    const unsigned nibble[] = {plmn[0] & 0xfU, plmn[0] >> 4, plmn[1] & 0xfU,
                               plmn[2] & 0xfU, plmn[2] >> 4, plmn[1] >> 4};
    char *p = text;

    for (unsigned i = 0; i < COUNT_OF(nibble); i++) {
        if (i == 3) {
            *p++ = '-';
        }
        if (nibble[i] <= 9) {
            *p++ = (char)('0' + nibble[i]);
        }
    }
    *p = '\0';
}

bool config_endpoint_read(const char *text, char *host, size_t cap, uint16_t *port)
{
    const char *colon = strrchr(text, ':');
    const char *begin = text;
    const char *end = colon;
    uint64_t number;

    if (colon == NULL || !config_number_read(colon + 1, UINT16_MAX, &number)) {
        return false;
    }
    if (*text == '[') {
        begin++;
        end--;
        if (end <= begin || *end != ']') {
            return false;
        }
    } else if (memchr(text, ':', (size_t)(colon - text)) != NULL) {
        return false; /* an IPv6 address needs its brackets */
    }
    if (end == begin || (size_t)(end - begin) >= cap) {
        return false;
    }
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = '\0';
    *port = (uint16_t)number;
    return true;
}
