/* struct msg <-> the octets of one datagram: one protobuf Envelope (proto/ciot.proto). The only
 * includer of protobuf-c. Strict: a datagram is accepted only if encoding its decoded form gives
 * the same octets again, so unknown fields, trailing octets, repeated fields and long varints are
 * all refused, and a MAC over the plain form covers every octet. No heap: protobuf-c unpacks into a
 * static arena that is reset for each call, so the functions are not reentrant (every process here
 * is single-threaded). */
#ifndef COMMON_WIRE_CODEC_H
#define COMMON_WIRE_CODEC_H

#include "common/wire/msg.h"

/* Encodes |m| for the arrow |from| -> |to|.
 * Shapes:  |out| has DATAGRAM_MAX octets; |len| is what was written.
 * Returns: ERR_OK; ERR_FORBIDDEN_ARROW when this message never travels so (an e2mKEYSET to an EESE
 *          has no arrow at all); ERR_BAD_FIELD when a field is out of its range; ERR_OVERSIZE. */
enum err codec_encode(const struct msg *m, enum role from, enum role to, uint8_t out[DATAGRAM_MAX],
                      size_t *len) MUST_USE;

/* Decodes |len| octets received on the arrow |from| -> |to|; |m| is zeroed first, unused octets
 * stay zero.
 * Returns: ERR_OK; ERR_OVERSIZE, ERR_MALFORMED, ERR_NO_BODY, ERR_BAD_FIELD, ERR_NOT_CANONICAL,
 *          ERR_FORBIDDEN_ARROW. |m| is untouched on error. */
enum err codec_decode(const uint8_t *octets, size_t len, enum role from, enum role to,
                      struct msg *m) MUST_USE;

/* As codec_decode, but for an observer that only wants to name the datagram: any arrow. */
enum err codec_peek(const uint8_t *octets, size_t len, struct msg *m) MUST_USE;

#endif
