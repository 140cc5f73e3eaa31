#include "common/base/clauses.h"

const struct clause_info clause_info[CLAUSE_COUNT] = {
#define CLAUSE_INFO(id_, where_, words_) [id_] = {.id = #id_, .where = (where_), .words = (words_)},
    CLAUSE_LIST(CLAUSE_INFO)
#undef CLAUSE_INFO
};
