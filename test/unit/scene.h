/* Scenarios out of a few sentences, for the tests of what plays them. */
#ifndef TEST_UNIT_SCENE_H
#define TEST_UNIT_SCENE_H

#include "scenarios/sim/script/script.h"
#include "scenarios/sim/show/trace.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* The first two lines are put before |sentences|: theirs begin with line 3. */
static inline void scene_open(struct scenario *scn, const char *sentences)
{
    struct script_errors errors = {0};
    char text[4096];
    int len = snprintf(text, sizeof text, "scenario scene\ntitle \"A scene\"\n%s", sentences);

    ck_assert_int_lt(len, (int)sizeof text);
    if (script_parse("scene", text, (size_t)len, NULL, 0, scn, &errors) != ERR_OK) {
        script_errors_print(&errors, stderr);
        ck_abort_msg("the scene is wrong");
    }
    script_errors_free(&errors);
}

enum { SCENE_TRACE_MAX = 4096 };

/* What a trace said; a sink. */
struct scene_trace {
    unsigned count;
    struct trace_event list[SCENE_TRACE_MAX];
};

static inline void scene_event(void *arg, const struct trace_event *e)
{
    struct scene_trace *t = arg;

    ck_assert_uint_lt(t->count, SCENE_TRACE_MAX);
    t->list[t->count] = *e;
    if (e->kind == TRACE_MSG) {
        t->list[t->count].u.msg.octets = NULL;
    }
    t->count++;
}

#endif
