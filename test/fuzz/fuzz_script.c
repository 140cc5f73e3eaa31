/* Any octets as a scenario file: the parser says what is wrong with them or gives a scenario that
 * keeps its promises, which the dump then reads from end to end. */
#include "common/base/ensure.h"
#include "scenarios/sim/script/script.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What other modules rely on without looking. */
static void check(const struct scenario *s)
{
    ENSURE(s->ues_count > 0 && s->limit_us > 0);
    for (unsigned i = 0; i < s->ues_count; i++) {
        ENSURE(profile_is_valid(&s->ues[i].profile));
        ENSURE(i > 1000 || scenario_ue(s, s->ues[i].label) == (int)i);
    }
    for (unsigned i = 0; i < s->actions_count; i++) {
        const struct scn_action *a = &s->actions[i];

        ENSURE(a->ue < (int)s->ues_count && a->trigger.cond.ue < (int)s->ues_count);
        ENSURE(a->kind != ACTION_LINK || (a->from < ROLE_COUNT && a->to < ROLE_COUNT));
        ENSURE(a->order.len <= PAYLOAD_MAX && a->random_len <= PAYLOAD_MAX);
    }
    for (unsigned i = 0; i < s->faults_count; i++) {
        const struct scn_fault *f = &s->faults[i];

        ENSURE(f->match.ue < (int)s->ues_count);
        ENSURE((f->kind != FAULT_LEAK && f->kind != FAULT_FORGE) || f->match.ue >= 0);
        ENSURE(f->kind != FAULT_SWAP || (f->match.ue >= 0 && f->other >= 0 &&
                                         f->other < (int)s->ues_count && f->other != f->match.ue));
    }
    for (unsigned i = 0; i < s->expects_count; i++) {
        ENSURE(s->expects[i].cond.ue < (int)s->ues_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct script_option set = {"RATE", "30%"};
    struct script_errors errors = {0};
    struct scenario s;
    FILE *null = fopen("/dev/null", "w");

    ENSURE(null != NULL);
    if (script_parse("fuzz", (const char *)data, size, &set, size % 2, &s, &errors) == ERR_OK) {
        check(&s);
        script_dump_json(null, &s);
    } else {
        ENSURE(errors.count > 0);
        script_errors_print(&errors, null);
    }
    script_errors_free(&errors);
    scenario_free(&s);
    fclose(null);
    return 0;
}
