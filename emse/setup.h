/* From the text of a configuration to the node of this role: its settings table, and what
 * they make. Used by the daemon and by the virtual driver. The format is in
 * common/daemon/config.h. */
#ifndef EMSE_SETUP_H
#define EMSE_SETUP_H

#include "common/daemon/config_table.h"

extern const struct config_setting emse_settings[];

/* See config_setup. */
enum err emse_setup(const char *text, size_t len, const char *name, const struct node_hooks *hooks,
                    struct setup *out, char *errors, size_t cap) MUST_USE;

#endif
