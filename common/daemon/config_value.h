/* Values between text and octets, for whoever writes a configuration or an order. */
#ifndef COMMON_DAEMON_CONFIG_VALUE_H
#define COMMON_DAEMON_CONFIG_VALUE_H

#include "common/base/bytes.h"
#include "common/wire/msg.h"

enum { CONFIG_PLMN_TEXT_MAX = 8, CONFIG_TIME_TEXT_MAX = 16 };

/* "26201" or "262-01" and back (with the dash). TS 24.301 9.9.3.32: MCC2|MCC1, MNC3|MCC3,
 * MNC2|MNC1; MNC3 is 0xf when the MNC has two digits. */
bool config_plmn_read(const char *text, uint8_t plmn[PLMN_LEN]);
void config_plmn_text(const uint8_t plmn[PLMN_LEN], char text[CONFIG_PLMN_TEXT_MAX]);

/* "127.0.0.1:4001", "[::1]:4001", "host.name:4001". False when it is none. |host| has |cap|
 * octets. */
bool config_endpoint_read(const char *text, char *host, size_t cap, uint16_t *port);

/* 5 to 15 digits. */
bool config_imsi_read(const char *text, struct ident *out);

/* A decimal number without sign, at most |max|. */
bool config_number_read(const char *text, uint64_t max, uint64_t *out);

/* The words behind a code: NULL when it has none. */
const char *config_int_word(uint8_t alg_int);
const char *config_enc_word(uint8_t alg_enc);
const char *config_conf_word(uint8_t conf_mode);
const char *config_rand_word(uint8_t rand_protect);

/* And back: false when |word| is none of them. */
bool config_int_code(const char *word, uint8_t *alg_int);
bool config_enc_code(const char *word, uint8_t *alg_enc);
bool config_cap_code(const char *word, uint8_t *cap_bit);
bool config_conf_code(const char *word, uint8_t *conf_mode);
bool config_rand_code(const char *word, uint8_t *rand_protect);

/* The |i|-th of the words, NULL after the last. */
const char *config_conf_choice(unsigned i);
const char *config_rand_choice(unsigned i);

#endif
