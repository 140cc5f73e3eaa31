#include "scenarios/sim/cli/load.h"

#include "scenarios/sim/cli/play.h"
#include "scenarios/sim/cli/say.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *variant_word(const void *arg, unsigned i)
{
    (void)arg;
    return i < VARIANT_COUNT ? variant_name((enum variant)i) : NULL;
}

static const char *switch_word(const void *arg, unsigned i)
{
    (void)arg;
    return i < SW_COUNT ? switch_info[i].name : NULL;
}

static enum err refuse(const char *option, const char *value, const char *near,
                       const char *expected, char why[WHY_MAX])
{
    if (near != NULL) {
        snprintf(why, WHY_MAX, "option '--%s': '%.64s' is not %s; did you mean '%s'?", option,
                 value, expected, near);
    } else {
        snprintf(why, WHY_MAX, "option '--%s': '%.64s' is not %s", option, value, expected);
    }
    return ERR_SYNTAX;
}

static enum err take_variant(struct load *l, const char *value, char why[WHY_MAX])
{
    l->variant = variant_by_name(value);
    if (l->variant == VARIANT_COUNT) {
        return refuse("variant", value, options_nearest(value, variant_word, NULL),
                      "a variant (literal, hardened)", why);
    }
    return ERR_OK;
}

static enum err take_switch(struct load *l, const char *option, const char *value,
                            char why[WHY_MAX])
{
    enum sw s = switch_by_name(value);
    uint32_t bit;

    if (s == SW_COUNT) {
        return refuse(option, value, options_nearest(value, switch_word, NULL),
                      "a switch (e2esim fsm --switches lists them)", why);
    }
    bit = (uint32_t)1 << s;
    if (strcmp(option, "with") == 0) {
        l->with |= bit;
    } else {
        l->without |= bit;
    }
    if ((l->with & l->without) != 0) {
        snprintf(why, WHY_MAX, "both '--with %s' and '--without %s' are given", value, value);
        return ERR_SYNTAX;
    }
    return ERR_OK;
}

static enum err take_seed(struct load *l, const char *value, char why[WHY_MAX])
{
    char *end;

    errno = 0;
    l->seed = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || *end != '\0' || errno != 0) {
        return refuse("seed", value, NULL, "a number from 0 to 2^64-1", why);
    }
    l->has_seed = true;
    return ERR_OK;
}

static enum err take_set(struct load *l, const char *value, char why[WHY_MAX])
{
    const char *equals = strchr(value, '=');
    char *name = l->set_text[l->set_count];

    if (equals == NULL || equals == value || equals - value > NAME_TEXT_MAX) {
        return refuse("set", value, NULL, "NAME=VALUE", why);
    }
    snprintf(name, NAME_TEXT_MAX + 1, "%.*s", (int)(equals - value), value);
    l->set[l->set_count].name = name;
    l->set[l->set_count].value = equals + 1;
    l->set_count++;
    return ERR_OK;
}

enum err load_options(struct load *l, const struct parsed *p, char why[WHY_MAX])
{
    enum err e = ERR_OK;

    memset(l, 0, sizeof *l);
    l->variant = VARIANT_COUNT;
    for (unsigned i = 0; i < p->given_count && e == ERR_OK; i++) {
        const char *name = p->given[i].option->name;
        const char *value = p->given[i].value;

        if (strcmp(name, "variant") == 0) {
            e = take_variant(l, value, why);
        } else if (strcmp(name, "with") == 0 || strcmp(name, "without") == 0) {
            e = take_switch(l, name, value, why);
        } else if (strcmp(name, "seed") == 0) {
            e = take_seed(l, value, why);
        } else if (strcmp(name, "set") == 0) {
            e = take_set(l, value, why);
        }
    }
    return e;
}

int load_variant(struct scenario *s, enum variant v, uint32_t with, uint32_t without)
{
    enum sw bad = SW_COUNT;

    if (scenario_set_variant(s, v, with, without, &bad) != ERR_OK) {
        fprintf(stderr, "%s: the literal text cannot have the correction '%s'\n", s->file,
                bad < SW_COUNT ? switch_info[bad].name : "?");
        return CLI_WRONG;
    }
    return CLI_OK;
}

bool load_twins(const struct scenario *list, unsigned count, unsigned twins[2])
{
    for (twins[1] = 0; twins[1] < count; twins[1]++) {
        for (twins[0] = 0; twins[0] < twins[1]; twins[0]++) {
            if (strcmp(list[twins[0]].name, list[twins[1]].name) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Puts variant, switches and seed of the command line in force. */
static int apply(const struct load *l, struct scenario *s)
{
    enum variant v = l->variant != VARIANT_COUNT ? l->variant : s->variant.variant;

    if (l->has_seed) {
        s->seed = l->seed;
    }
    return load_variant(s, v, l->with, l->without);
}

int load_scenario(const struct load *l, const char *path, struct scenario *out)
{
    struct script_errors errors = {0};
    enum err e = script_load(path, l->set, l->set_count, out, &errors);
    int code = CLI_OK;

    if (e != ERR_OK) {
        script_errors_print(&errors, stderr);
        code = e == ERR_NO_ROOM ? CLI_ENVIRONMENT : CLI_WRONG;
    }
    script_errors_free(&errors);
    if (code == CLI_OK) {
        code = apply(l, out);
        if (code == CLI_OK && !play_check(out)) {
            code = CLI_WRONG;
        }
        if (code != CLI_OK) {
            scenario_free(out);
        }
    }
    return code;
}
