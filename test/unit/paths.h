/* For each of EMSE, EESE and UE: a path to every state of its machine, and a cause for every event,
 * as its peers and its owner would bring it about. See struct rig_rows. Each list ends with a NULL
 * name. */
#ifndef TEST_UNIT_PATHS_H
#define TEST_UNIT_PATHS_H

#include "test/unit/rig.h"

extern const struct rig_path emse_reach[];
extern const struct rig_path emse_literal_reach[];
extern const struct rig_path emse_cause[];

extern const struct rig_path eese_reach[];
extern const struct rig_path eese_literal_reach[];
extern const struct rig_path eese_cause[];
extern const struct rig_path eese_literal_cause[];

extern const struct rig_path ue_reach[];
extern const struct rig_path ue_literal_reach[];
extern const struct rig_path ue_cause[];

#endif
