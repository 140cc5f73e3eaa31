/* Decisions of policy (clauses 2 and 6.x.2.4, H12, H14), as pure functions that append a NOTE with
 * the rule that made each.
 *
 * te2e, the first that is present wins, then the operator's limits are applied:
 *   1 the enterprise's wish for this UE       (EESE configuration)
 *   2 the enterprise's wish for all its UEs   (EESE configuration)
 *   3 the profile of this EMSE-UE pair        4 the profile of this UE       5 the operator's
 * default floor and ceiling of the operator always win; absent never means "no limit". Algorithms:
 * the first of the enterprise's list that operator and UE allow too; null integrity does not exist.
 * Confidentiality: the profile's rule for the serving network, else its default; integrity is on in
 * every mode. */
#ifndef COMMON_CORE_POLICY_H
#define COMMON_CORE_POLICY_H

#include "common/core/effect.h"

/* An enterprise's preference, held by the EMSE for each of its EESEs. */
struct alg_wish {
    uint8_t alg_int[2]; /* order of preference; INT_NONE ends the list; an empty list has no wish */
    uint8_t alg_enc[2];
    uint8_t alg_enc_len;
};

/* The profile of a subscriber for whom nothing was said: te2e 1 hour, floor 1 s, ceiling 24 h,
 * CMAC-64 then EIA2, EEA2 then EEA0, confidentiality on, RAND encrypted. */
void profile_default(struct profile *p);

/* te2e in force. |wish_ue_ms|, |wish_ms|: the enterprise's, 0 when absent. Milliseconds, never 0.
 */
uint32_t policy_te2e_ms(const struct profile *p, uint32_t wish_ue_ms, uint32_t wish_ms,
                        struct effects *fx);

/* The choice for one association. Returns false, with a NOTE, when nothing is common. |caps|: enum
 * cap_bit. */
bool policy_choose(const struct profile *p, const struct alg_wish *wish, uint8_t caps,
                   const uint8_t plmn[PLMN_LEN], struct choice *out, struct effects *fx);

/* Checks what came from outside: algorithm ids known, te2e limits ordered, modes in range. */
bool profile_is_valid(const struct profile *p);

#endif
