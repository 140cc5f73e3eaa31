/* One set of error codes for everything that can fail because of input. ERR_OK is 0. Functions that
 * return enum err are must-use; out-parameters come last and stay untouched on error. */
#ifndef COMMON_BASE_ERR_H
#define COMMON_BASE_ERR_H

#define ERR_LIST(X) \
    X(OK, "no error") \
    X(TRUNCATED, "ends too early") \
    X(OVERSIZE, "longer than the limit") \
    X(MALFORMED, "not a protobuf Envelope") \
    X(NOT_CANONICAL, "decodes, but not in its one canonical form") \
    X(NO_BODY, "an Envelope without a known message") \
    X(BAD_FIELD, "a field is missing, out of range or of wrong length") \
    X(FORBIDDEN_ARROW, "this message never travels between these roles") \
    X(BAD_MAC, "integrity check failed") \
    X(BAD_AUTN, "MAC-A of the challenge does not verify") \
    X(SQN_NOT_FRESH, "sequence number outside the accepted range") \
    X(BAD_AUTS, "MAC-S of the AUTS does not verify") \
    X(BAD_PURPOSE, "the vector was made for another purpose") \
    X(BAD_HEX, "not hexadecimal") \
    X(NO_ROOM, "a table or buffer is full") \
    X(UNKNOWN, "no such subscriber, association or name") \
    X(EXHAUSTED, "a counter has reached its end") \
    X(SYNTAX, "not a sentence of the language") \
    X(IO, "the operating system refused")

enum err {
#define ERR_ENUM(name, words) ERR_##name,
    ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
        ERR_COUNT
};

#define MUST_USE __attribute__((warn_unused_result))

/* The words of |e|; a static string, never NULL. */
const char *err_words(enum err e);

#endif
