/* The actions of the UE's tables, and what the files of ue/ share. Private to ue/. */
#ifndef UE_ACTIONS_H
#define UE_ACTIONS_H

#include "common/core/step.h"
#include "ue/events.h"

/* ue/attach.c */
fsm_action ue_start_attach, ue_answer_access, ue_resync_access, ue_refuse_access,
    ue_answer_challenge, ue_repeat_answer, ue_resync_challenge, ue_refuse_challenge,
    ue_refuse_purpose, ue_take_first_literal, ue_take_root, ue_acknowledge_again, ue_give_up_attach,
    ue_attach_again, ue_moved, ue_moved_attached, ue_repeat_attach;

/* ue/data.c */
fsm_action ue_keep_message, ue_send_literal, ue_queue_behind, ue_deliver_literal, ue_send_message,
    ue_refuse_message, ue_message_kept, ue_resend_one, ue_resend_all, ue_deliver_down,
    ue_acknowledge_down, ue_repeat_data;

/* ue/rekey.c */
fsm_action ue_drop_forged, ue_hold_literal, ue_derive_literal, ue_hold, ue_derive,
    ue_acknowledge_rand, ue_ask_status, ue_start_sync, ue_repeat_sync, ue_end_wait, ue_send_ack,
    ue_retire_previous, ue_resume, ue_note_held, ue_await_root;

/* Seals a frame to the EMSE under |root|; each takes a number of its own, so a repetition is not a
 * replay (H5). Numbers are reserved in blocks: the first of a block is durable before it is used,
 * and a restart skips what is left of it (H11). */
void ue_seal_e2m(struct step *s, struct ue_root *root, struct msg *m, bool has_kid);

void ue_send_attach(struct step *s);

/* Makes |chain| the current keyset; the one before stays for downlink data still in flight. */
void ue_install(struct step *s, const struct epoch *next, bool old_expired);

void ue_send_all_unacknowledged(struct step *s);

/* Everything open goes (again) under the current keyset. */
void ue_send_outbox(struct step *s);

void ue_owe_ack(struct step *s);

#endif
