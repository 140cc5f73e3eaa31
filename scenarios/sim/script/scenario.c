#include "scenarios/sim/script/scenario.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 64, DEFAULT_LIMIT_US = 60 * 1000 * 1000 };

void scenario_default(struct scenario *s)
{
    memset(s, 0, sizeof *s);
    s->variant = variant_default(VARIANT_HARDENED);
    timing_default(&s->timing);
    s->pace_percent = 100;
    s->seed = 1;
    s->limit_us = DEFAULT_LIMIT_US;
    ENSURE(ident_set(&s->emse, "emse.home") == ERR_OK);
    ENSURE(ident_set(&s->eese, "eese.plant1") == ERR_OK);
    ENSURE(scn_plmn_parse("001-01", s->home_plmn));
}

void scenario_free(struct scenario *s)
{
    free(s->ues);
    free(s->actions);
    free(s->faults);
    free(s->expects);
    free(s->ue_slots);
    memset(s, 0, sizeof *s);
}

void scn_link_set(struct scn_link *link, const struct scn_link *from, uint8_t set)
{
    if ((set & LINK_SET_DELAY) != 0) {
        link->delay_us = from->delay_us;
    }
    if ((set & LINK_SET_JITTER) != 0) {
        link->jitter_us = from->jitter_us;
        link->mean_us = from->mean_us;
    }
    if ((set & LINK_SET_LOSS) != 0) {
        link->loss_ppm = from->loss_ppm;
        link->burst = from->burst;
    }
    if ((set & LINK_SET_DUP) != 0) {
        link->dup_ppm = from->dup_ppm;
    }
    if ((set & LINK_SET_REORDER) != 0) {
        link->reorder_ppm = from->reorder_ppm;
    }
    if ((set & LINK_SET_RATE) != 0) {
        link->rate = from->rate;
        link->queue_us = from->queue_us;
    }
    if ((set & LINK_SET_CUT) != 0) {
        link->cut = from->cut;
    }
}

/* The slot that holds |name|, or the free one where it belongs. There is always a free one. */
static uint32_t slot_of(const struct scenario *s, const char *name)
{
    uint32_t mask = s->ue_slots_len - 1;
    uint32_t i = (uint32_t)prng_key_text(0, name) & mask;

    while (s->ue_slots[i] != 0) {
        const struct scn_ue *ue = &s->ues[s->ue_slots[i] - 1];

        if (strcmp(ue->label, name) == 0 || strcmp(ue->imsi.s, name) == 0) {
            break;
        }
        i = (i + 1) & mask;
    }
    return i;
}

static void put_names(struct scenario *s, uint32_t index)
{
    s->ue_slots[slot_of(s, s->ues[index].label)] = index + 1;
    s->ue_slots[slot_of(s, s->ues[index].imsi.s)] = index + 1;
}

/* Room for one more UE, with the hash (two names for each) at most half full. */
static enum err make_room(struct scenario *s)
{
    uint32_t len = s->ue_slots_len == 0 ? SLOTS_MIN : s->ue_slots_len * 2;
    struct scn_ue *ues;
    uint32_t *slots;

    if (s->ues_count * 4 < s->ue_slots_len) {
        return ERR_OK;
    }
    ues = realloc(s->ues, (size_t)len / 4 * sizeof *ues);
    if (ues == NULL) {
        return ERR_NO_ROOM;
    }
    s->ues = ues;
    slots = calloc(len, sizeof *slots);
    if (slots == NULL) {
        return ERR_NO_ROOM;
    }
    free(s->ue_slots);
    s->ue_slots = slots;
    s->ue_slots_len = len;
    for (uint32_t i = 0; i < s->ues_count; i++) {
        put_names(s, i);
    }
    return ERR_OK;
}

enum err scenario_add_ue(struct scenario *s, const struct scn_ue *ue, unsigned *taken)
{
    int clash = scenario_ue(s, ue->label);
    enum err e;

    if (clash < 0) {
        clash = scenario_ue(s, ue->imsi.s);
    }
    if (clash >= 0) {
        *taken = (unsigned)clash;
        return ERR_BAD_FIELD;
    }
    if (s->ues_count == UES_MAX) {
        return ERR_OVERSIZE;
    }
    e = make_room(s);
    if (e != ERR_OK) {
        return e;
    }
    s->ues[s->ues_count] = *ue;
    put_names(s, s->ues_count);
    s->ues_count++;
    return ERR_OK;
}

int scenario_ue(const struct scenario *s, const char *label)
{
    return s->ue_slots_len == 0 ? -1 : (int)s->ue_slots[slot_of(s, label)] - 1;
}

uint32_t scenario_switches(const struct scenario *s, enum variant v)
{
    return (variant_default(v).switches | s->switches[v].with) & ~s->switches[v].without;
}

enum err scenario_set_variant(struct scenario *s, enum variant v, uint32_t with, uint32_t without,
                              enum sw *bad)
{
    for (unsigned i = 0; i < SW_COUNT; i++) {
        uint32_t bit = UINT32_C(1) << i;
        bool on = ((s->switches[v].with & bit) != 0 && (without & bit) == 0) || (with & bit) != 0;

        if (on && v == VARIANT_LITERAL && !switch_info[i].literal) {
            *bad = (enum sw)i;
            return ERR_BAD_FIELD;
        }
    }
    s->variant.variant = v;
    s->variant.switches = (scenario_switches(s, v) | with) & ~without;
    return ERR_OK;
}

enum scn_stated scenario_stated(const struct scenario *s)
{
    if (s->variant.switches != scenario_switches(s, s->variant.variant)) {
        return STATED_NOTHING;
    }
    return s->fails[s->variant.variant] ? STATED_FAIL : STATED_PASS;
}

const char *stated_name(enum scn_stated s)
{
    static const char *const names[] = {
        [STATED_NOTHING] = NULL, [STATED_PASS] = "pass", [STATED_FAIL] = "fail"};

    return names[s];
}

static bool digits(const char *text, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    return true;
}

bool scn_plmn_parse(const char *text, uint8_t plmn[PLMN_LEN])
{
    size_t len = strlen(text);
    uint8_t d[6];

    if ((len != 6 && len != 7) || text[3] != '-' || !digits(text, 3) ||
        !digits(text + 4, (unsigned)len - 4)) {
        return false;
    }
    for (unsigned i = 0; i < 6; i++) {
        unsigned at = i < 3 ? i : i + 1;

        d[i] = at < len ? (uint8_t)(text[at] - '0') : 0xf;
    }
    plmn[0] = (uint8_t)(d[1] << 4 | d[0]);
    plmn[1] = (uint8_t)(d[5] << 4 | d[2]);
    plmn[2] = (uint8_t)(d[4] << 4 | d[3]);
    return true;
}

void scn_plmn_text(const uint8_t plmn[PLMN_LEN], char text[PLMN_TEXT_MAX + 1])
{
    const uint8_t d[6] = {plmn[0] & 0xf, plmn[0] >> 4, plmn[1] & 0xf,
                          plmn[2] & 0xf, plmn[2] >> 4, plmn[1] >> 4};
    unsigned len = 0;

    for (unsigned i = 0; i < 6; i++) {
        if (i == 3) {
            text[len++] = '-';
        }
        if (d[i] <= 9) {
            text[len++] = (char)('0' + d[i]);
        }
    }
    text[len] = '\0';
}

/* Can a datagram that |m| means travel so? */
static bool may_travel(const struct scn_match *m, enum role from, enum role to)
{
    for (unsigned t = 0; t < MSG_TYPE_COUNT; t++) {
        if ((m->type == MSG_TYPE_COUNT || m->type == t) &&
            (m->from == ROLE_COUNT || m->from == from) && (m->to == ROLE_COUNT || m->to == to) &&
            msg_arrow_allowed((enum msg_type)t, from, to)) {
            return true;
        }
    }
    return false;
}

bool scn_fault_kills(const struct scn_fault *f, enum role role)
{
    for (unsigned i = 0; f->kind == FAULT_KILL && role != ROLE_VN && i < ROLE_COUNT; i++) {
        if (f->kill == KILL_SENDER ? may_travel(&f->match, role, (enum role)i)
                                   : may_travel(&f->match, (enum role)i, role)) {
            return true;
        }
    }
    return false;
}

bool scenario_mortal(const struct scenario *s, enum role role)
{
    for (unsigned i = 0; i < s->actions_count; i++) {
        const struct scn_action *a = &s->actions[i];

        if (a->kind == ACTION_PROCESS && a->role == role &&
            (a->process.what == PROCESS_DIES || a->process.what == PROCESS_STARTS)) {
            return true;
        }
    }
    for (unsigned i = 0; i < s->faults_count; i++) {
        if (scn_fault_kills(&s->faults[i], role)) {
            return true;
        }
    }
    return false;
}

/* ---- the attacker ---- */

bool scenario_any_condition(const struct scenario *s,
                            bool (*see)(void *arg, const struct scn_cond *c), void *arg)
{
    bool seen = false;

    for (unsigned i = 0; i < s->actions_count && !seen; i++) {
        seen = s->actions[i].trigger.on_cond && see(arg, &s->actions[i].trigger.cond);
    }
    for (unsigned i = 0; i < s->faults_count && !seen; i++) {
        seen = s->faults[i].kind == FAULT_HOLD && see(arg, &s->faults[i].until);
    }
    for (unsigned i = 0; i < s->expects_count && !seen; i++) {
        seen = see(arg, &s->expects[i].cond);
    }
    return seen;
}

/* The UEs that sentences name; of any UE, all. */
struct following {
    const struct scenario *s;
    bool *followed; /* may be NULL */
    bool any;
};

static void follow(struct following *f, int ue)
{
    f->any = true;
    if (f->followed == NULL) {
        return;
    }
    if (ue >= 0) {
        f->followed[ue] = true;
    } else {
        memset(f->followed, true, f->s->ues_count * sizeof *f->followed);
    }
}

static bool follow_condition(void *arg, const struct scn_cond *c)
{
    if (c->kind == COND_KNOWS) {
        follow(arg, c->ue);
    }
    return false;
}

bool scenario_followed(const struct scenario *s, bool *followed)
{
    struct following f = {.s = s, .followed = followed};

    for (unsigned i = 0; i < s->faults_count; i++) {
        if (s->faults[i].kind == FAULT_LEAK ||
            (s->faults[i].kind == FAULT_FORGE && s->faults[i].forged.seals)) {
            follow(&f, s->faults[i].match.ue);
        }
    }
    (void)scenario_any_condition(s, follow_condition, &f);
    return f.any;
}

bool scenario_hears(const struct scenario *s, enum role from, enum role to, uint64_t t_us)
{
    const struct scn_ear *ear = &s->ears[from][to];

    if (ear->said) {
        return t_us >= ear->from_us && t_us < ear->until_us;
    }
    return !s->deaf && (from == ROLE_UE || to == ROLE_UE);
}
