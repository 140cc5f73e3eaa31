/* Whole runs in virtual time that break an invariant, and the same runs with the correction that is
 * there for it, which break none. Where no switch and no fault can break one, the trace of a good
 * run is changed on its way to the judge. */
#include "scenarios/sim/drive/virtual.h"
#include "scenarios/sim/judge/invariants.h"
#include "test/unit/scene.h"

#include "common/base/ensure.h"
#include "common/wire/codec.h"

Suite *test_invariants_runs_suite(void);

/* A sink that may change what it passes on, swallow it, or tell something more. */
struct editor {
    struct invariants *inv;
    struct scenario *scn;
    /* Returns false to swallow |e|, whose octets are |octets|. */
    bool (*edit)(struct editor *d, struct trace_event *e, uint8_t octets[DATAGRAM_MAX]);
    unsigned seen;           /* whatever |edit| counts */
    struct trace_event last; /* ... and keeps */
};

static void pass_on(void *arg, const struct trace_event *e)
{
    struct editor *d = arg;
    struct trace_event copy = *e;
    uint8_t octets[DATAGRAM_MAX];

    if (e->kind == TRACE_MSG && e->u.msg.octets != NULL) {
        memcpy(octets, e->u.msg.octets, e->u.msg.bytes);
        copy.u.msg.octets = octets;
    }
    if (d->edit == NULL || d->edit(d, &copy, octets)) {
        invariants_event(d->inv, &copy);
    }
}

/* Plays the sentences, which break the invariants named in |broken| and no other: "I4", "I1 I6", or
 * "" for none. */
static void play(const char *sentences,
                 bool (*edit)(struct editor *, struct trace_event *, uint8_t *), const char *broken)
{
    struct scenario scn;
    struct trace_run run = {.scn = &scn, .mode = "virtual"};
    struct editor d = {.scn = &scn, .edit = edit};
    struct trace_sink sink = {.arg = &d, .event = pass_on};
    struct outcome outcome;
    uint32_t fired[16];
    char why[VIRTUAL_WHY_MAX] = "";
    char got[128] = "";
    char what[INVARIANT_WHAT_MAX] = "";

    scene_open(&scn, sentences);
    ck_assert_uint_le(scn.faults_count, COUNT_OF(fired));
    d.inv = invariants_new(&run);
    ck_assert_ptr_nonnull(d.inv);
    ck_assert_msg(virtual_run(&run, &sink, 1, NULL, NULL, fired, &outcome, why) == ERR_OK, "%s",
                  why);
    for (unsigned i = 0; i < scn.faults_count; i++) {
        ck_assert_msg(fired[i] > 0, "rule %u never fired", i);
    }
    for (unsigned i = 0; i < invariants_count(d.inv); i++) {
        const struct invariant *v = invariants_get(d.inv, i);

        if (v->broken > 0) {
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", got[0] ? " " : "", v->id);
            snprintf(what, sizeof what, "%s", v->what);
        }
    }
    ck_assert_msg(strcmp(got, broken) == 0, "breaks '%s', not '%s': %s", got, broken, what);
    invariants_free(d.inv);
    scenario_free(&scn);
}

/* ---- switches ---- */

#define FLOW "pace 10%\npolicy te2e 1s\nue UE1\nlink UE-EESE delay 20ms\nlink UE-EMSE delay 30ms\n"
#define TWO  "at 500ms UE1 sends \"41\"\nat 1500ms UE1 sends \"42\"\nend at 3s\n"

static const struct {
    const char *scene;
    const char *without; /* the sentence that takes the correction away */
    const char *broken;  /* ... and what it breaks */
} switches[] = {
    {FLOW TWO, "without commit-on-use\n", "I2"},
    {FLOW "on 1st DACK from EESE to UE1 drop\n" TWO, "without ctr-identity\n", "I4"},
    {FLOW "on 1st DATA_UL from UE1 drop\n" TWO, "without data-ack\n", "I4"},
    {FLOW "on 1st RAND_RSP from HSS to EMSE delay 200ms\n" TWO, "without idempotent-rand\n",
     "I8 I20"},
    {FLOW "on 1st RAND_FWD from EMSE to EESE drop\non 1st RAND_RSP from HSS to EMSE delay "
          "80ms\n" TWO,
     "without idempotent-rand\n", "I8 I20"},
    {FLOW TWO "at 1200ms attacker sends RAND_PUSH to UE1 as EMSE\n", "without protect-rand\n",
     "I1 I2 I6 I8"},
    {FLOW TWO "at 510ms attacker sends KEY_EXPIRED to UE1 as EESE\n",
     "without authenticated-error\n", "I12"},
    {"pace 10%\npolicy te2e 1s\nue UE1\nlink EESE->UE delay 80ms\nlink EMSE->UE delay "
     "10ms\n" TWO,
     "without error-names-epoch\n", "I12"},
    {"pace 10%\nue UE1\non 1st ATTACH_REQ from UE1 to EMSE corrupt bit 67\n"
     "at 500ms UE1 sends \"41\"\nend at 3s\n",
     "without echo-negotiation\n", "I11"},
    {"pace 10%\npolicy te2e 2s\nue UE1\nwith soft-trigger\nlink UE-EESE delay 20ms\n"
     "link UE-EMSE delay 20ms\nlink EMSE->EESE delay 100ms\nevery 40ms from 500ms until 2500ms "
     "UE1 sends \"41\"\nend at 3s\n",
     "without eese-first\n", "I2 I16"},
    {FLOW "link EMSE-EESE delay 5ms\non 1st DATA_UL from UE1 delay 1s\non 1st DATA_UL from UE1 "
          "corrupt payload\n"
          "at 500ms UE1 sends \"41\"\nend at 2s\n",
     "without verify-before-error\n", "I17"},
    {FLOW "on 1st RAND_FWD from EMSE to EESE duplicate after 10ms\n" TWO, "without index\n",
     "I2 I6 I8"},
    {"pace 1%\npolicy te2e 1s\nue UE1\non 1st KEY_TRIGGER from EESE to EMSE drop\n"
     "without level-trigger\nwithout retransmit\nat 1500ms UE1 sends \"42\"\nend at 60s\n",
     "without error-timeout\n", "I14"},
    {"pace 10%\nue UE1\non every ACCESS_CHAL drop\non 1st AKA_CHAL from EMSE to UE1 drop\n"
     "at 50ms VN registers UE1\nat 100ms UE1 attaches\nat 140ms leak access vector of UE1\n"
     "at 150ms attacker sends AKA_CHAL to UE1 as EMSE with access vector\nend at 1s\n",
     "without purpose-bit\n", "I10"},
    {FLOW TWO "on 1st RAND_FWD from EMSE to EESE kill receiver before it is durable\n"
              "100ms after EESE dies: restart EESE\n",
     "without durable-eese\n", "I2"},
};

START_TEST(a_correction_taken_away_breaks_what_it_is_there_for)
{
    char text[2048];

    play(switches[_i].scene, NULL, "");
    snprintf(text, sizeof text, "%s%s", switches[_i].scene, switches[_i].without);
    play(text, NULL, switches[_i].broken);
}
END_TEST

/* ---- the literal text ---- */

#define LITERAL "variant literal\n"

static const struct {
    const char *scene;
    const char *broken;
} findings[] = {
    {LITERAL FLOW TWO, ""},
    {LITERAL FLOW "on 1st RAND_PUSH from EMSE to UE1 drop\n" TWO, "I14"},
    {LITERAL FLOW "on 1st RAND_PUSH from EMSE to UE1 duplicate after 1ms\n" TWO
                  "at 2s UE1 sends \"43\"\n",
     "I4 I6 I8 I14"},
    {LITERAL FLOW "on 1st RAND_FWD from EMSE to EESE duplicate after 1ms\n" TWO,
     "I4 I6 I8 I13 I14"},
    {LITERAL FLOW "on 1st KEY_EXPIRED from EESE to UE1 drop\n" TWO, "I4"},
    {LITERAL FLOW "on 1st KEY_TRIGGER from EESE to EMSE drop\n" TWO, "I14"},
    {LITERAL FLOW "on 1st KEY_EXPIRED from EESE to UE1 delay 200ms\n" TWO
                  "at 1510ms UE1 sends \"43\"\n",
     "I4 I6 I12 I14"},
    {LITERAL FLOW "on 1st ATTACH_REQ from UE1 to EMSE corrupt bit 67\n" TWO, "I11"},
    {LITERAL FLOW TWO "at 510ms attacker sends KEY_EXPIRED to UE1 as EESE\n", "I12 I14"},
};

START_TEST(the_literal_text_breaks_what_the_race_is_about)
{
    play(findings[_i].scene, NULL, findings[_i].broken);
}
END_TEST

/* ---- what no fault can break: the trace is changed ---- */

static bool is_msg(const struct trace_event *e, enum msg_type t)
{
    return e->kind == TRACE_MSG && e->u.msg.type == t;
}

static bool is_told(const struct trace_event *e, enum occur_kind k)
{
    return e->kind == TRACE_OCCUR && e->u.occur.role == ROLE_EESE && e->u.occur.kind == k;
}

/* The EESE acknowledges what it has never delivered. */
static bool swallow_delivery(struct editor *d, struct trace_event *e, uint8_t *octets)
{
    (void)octets;
    return !is_told(e, OCCUR_DELIVER) || d->seen++ > 0;
}

/* The second sending of a message differs in one bit from the first. */
static bool flip_repetition(struct editor *d, struct trace_event *e, uint8_t *octets)
{
    if (is_msg(e, MSG_DATA_UL) && d->seen++ == 1) {
        octets[e->u.msg.bytes - 1] ^= 1;
    }
    return true;
}

/* K stands in a report. */
static bool put_k(struct editor *d, struct trace_event *e, uint8_t *octets)
{
    if (is_msg(e, MSG_DATA_UL) && d->seen++ == 0) {
        memcpy(octets + e->u.msg.bytes - 16, d->scn->ues[0].secret.k, 16);
    }
    return true;
}

/* Long after all is done the EESE acknowledges the report once more, for no reason. */
static bool speak_again(struct editor *d, struct trace_event *e, uint8_t *octets)
{
    (void)octets;
    if (is_msg(e, MSG_DACK)) {
        d->last = *e;
        d->last.u.msg.octets = NULL;
    } else if (e->kind == TRACE_END) {
        d->last.t_us = e->t_us;
        d->last.u.msg.sent_us = e->t_us - 20000;
        invariants_event(d->inv, &d->last);
    }
    return true;
}

static bool swallow_report(struct editor *d, struct trace_event *e, uint8_t *octets)
{
    (void)octets;
    return !is_told(e, OCCUR_REPORT) || d->seen++ > 0;
}

static bool lengthen_te2e(struct editor *d, struct trace_event *e, uint8_t *octets)
{
    (void)octets;
    if (is_told(e, OCCUR_NOTE) && e->u.occur.note == NOTE_TE2E_DEFAULT && d->seen++ == 1) {
        e->u.occur.value = 25 * 3600 * 1000; /* the ceiling is a day */
    }
    return true;
}

static bool lengthen_te2e_a_little(struct editor *d, struct trace_event *e, uint8_t *octets)
{
    (void)octets;
    if (is_told(e, OCCUR_NOTE) && e->u.occur.note == NOTE_TE2E_DEFAULT && d->seen++ == 1) {
        e->u.occur.value += 1;
    }
    return true;
}

static const struct {
    bool (*edit)(struct editor *d, struct trace_event *e, uint8_t *octets);
    const char *scene;
    const char *broken;
} edits[] = {
    {swallow_delivery, FLOW TWO, "I5 I18"},
    {flip_repetition, FLOW "on 1st DATA_UL from UE1 drop\n" TWO, "I7"},
    {put_k, FLOW TWO, "I9"},
    {speak_again, FLOW "at 500ms UE1 sends \"41\"\nend at 5s\n", "I15"},
    {swallow_report, FLOW TWO, "I18"},
    {lengthen_te2e, FLOW TWO, "I19"},
    {lengthen_te2e_a_little, FLOW TWO, "I19"},
};

START_TEST(a_trace_that_tells_of_a_breach_is_not_believed)
{
    play(edits[_i].scene, NULL, "");
    play(edits[_i].scene, edits[_i].edit, edits[_i].broken);
}
END_TEST

Suite *test_invariants_runs_suite(void)
{
    Suite *s = suite_create("invariants_runs");
    TCase *t = tcase_create("runs");

    tcase_add_loop_test(t, a_correction_taken_away_breaks_what_it_is_there_for, 0,
                        COUNT_OF(switches));
    tcase_add_loop_test(t, the_literal_text_breaks_what_the_race_is_about, 0, COUNT_OF(findings));
    tcase_add_loop_test(t, a_trace_that_tells_of_a_breach_is_not_believed, 0, COUNT_OF(edits));
    suite_add_tcase(s, t);
    return s;
}
