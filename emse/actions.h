/* The actions of the EMSE's tables, and what the files of emse/ share. Private to emse/. */
#ifndef EMSE_ACTIONS_H
#define EMSE_ACTIONS_H

#include "common/core/step.h"
#include "emse/events.h"

/* emse/attach.c */
fsm_action emse_start_run, emse_repeat_challenge, emse_refuse_eese, emse_refuse_flood,
    emse_challenge, emse_refuse_subscriber, emse_hand_over_literal, emse_hand_over,
    emse_refuse_algorithms, emse_refuse_answer, emse_resynchronise, emse_renumber, emse_reroot,
    emse_absorb, emse_repeat_av, emse_end_run, emse_go_on_with_root;

/* emse/resync.c */
fsm_action emse_push_caught, emse_catch_up, emse_answer_sync, emse_answer_unknown, emse_note_forged,
    emse_apply_policy, emse_resume, emse_ask_eese, emse_heard, emse_remember_ue;

/* emse/rekey.c */
fsm_action emse_fetch_rand, emse_fan_out, emse_next_epoch, emse_refetch, emse_over_allocate,
    emse_resume_epoch, emse_resume_root, emse_refuse_rate, emse_push, emse_push_again, emse_finish,
    emse_forward_again, emse_restore_eese, emse_forward, emse_confirm, emse_recall_epoch,
    emse_repeat_forward, emse_repeat_rand;

void emse_disarm_all(struct step *s);

/* The next number towards the UE under the root in force. Numbers are reserved in blocks: the first
 * of a block is durable before it is used, and a restart skips what is left of it, so none is used
 * twice (H11). */
uint32_t emse_next_dl(struct step *s);

/* After a restart: skips that rest, and empties token buckets filled by a clock that is lost. */
void emse_come_back(struct step *s);

struct assoc emse_own_assoc(const struct step *s);

/* xids of the network's own runs have the top bit, which a UE never sets. */
uint32_t emse_own_xid(const struct emse_ue *ue);

void emse_send_keyset(struct step *s);

void emse_send_accept(struct step *s);

/* Takes index |n| for a new epoch. It is durable before anybody hears of it, so it is never issued
 * twice (H13). */
void emse_allocate(struct step *s, uint32_t n, bool root);

void emse_ask_hss(struct step *s, uint32_t n);

void emse_send_rand_req(struct step *s, uint32_t n);

/* Each sending takes a new number, so the UE does not take a repetition for a replay (H5). */
void emse_send_rand_push(struct step *s, uint32_t n, const uint8_t rand[RAND_LEN],
                         bool old_expired);

void emse_send_confirm(struct step *s, uint32_t n);

void emse_send_push(struct step *s);

#endif
