/* The actions of the EESE's tables, and what the files of eese/ share. Private to eese/. */
#ifndef EESE_ACTIONS_H
#define EESE_ACTIONS_H

#include "common/core/step.h"
#include "eese/events.h"

/* eese/data.c */
fsm_action eese_error_and_trigger, eese_queue_and_trigger, eese_deliver, eese_send_data,
    eese_refuse_message, eese_report_tampered, eese_queue_message, eese_acknowledge_data,
    eese_report_replay, eese_report_late, eese_nak_unknown, eese_report_mode, eese_message_kept,
    eese_repeat_data;

/* eese/rekey.c */
fsm_action eese_install_keyset, eese_invalidate_keyset, eese_derive_next, eese_trigger_rekey,
    eese_apply_policy, eese_install_first, eese_acknowledge, eese_commit_and_deliver, eese_commit,
    eese_restart_te2e, eese_install_rand, eese_install_and_switch, eese_soft_trigger,
    eese_repeat_trigger, eese_install_root, eese_commit_and_acknowledge, eese_retire_previous,
    eese_lack, eese_resume, eese_resume_expired;

const struct variant_set *eese_variant_of(const struct step *s);

bool eese_was_expired(const struct step *s);

/* Every frame to the EMSE carries the status, and the EMSE acts on that, not on the frame's type
 * (H2). */
struct msg_eese *eese_tell_emse(struct step *s, enum msg_type type);

/* Asks for a new epoch. A rekey already on its way satisfies any further cause (H2, I13). A planned
 * one waits until the overlap has closed: only two keysets may be accepted at a time (H7). */
void eese_trigger(struct step *s, enum trigger_reason reason);

/* Sends the head of the queue (again), or in the literal variant, where nothing is acknowledged,
 * all of it. */
void eese_send_queue(struct step *s);

#endif
