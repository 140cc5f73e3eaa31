#include "scenarios/sim/drive/deploy.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "common/daemon/config.h"
#include "common/daemon/config_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Contexts at the EMSE and the EESE beyond those of the scenario, for strangers. */
enum { ROOM_FOR_STRANGERS = 16 };

/* ---- what all daemons have ---- */

static void put_variant(FILE *f, const struct variant_set *v)
{
    const struct variant_set usual = variant_default(v->variant);

    fprintf(f, "variant %s\n", variant_name(v->variant));
    for (unsigned i = 0; i < SW_COUNT; i++) {
        if (sw_on(v, (enum sw)i) != sw_on(&usual, (enum sw)i)) {
            fprintf(f, "%s %s\n", sw_on(v, (enum sw)i) ? "with" : "without", switch_info[i].name);
        }
    }
}

static void put_timing(FILE *f, const struct timing *t)
{
    struct timing usual;

    timing_default(&usual);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        if (t->ms[i] != usual.ms[i] || t->cap_ms[i] != usual.cap_ms[i]) {
            fprintf(f, "timer %s %" PRIu32 "ms cap %" PRIu32 "ms\n", timer_info[i].name, t->ms[i],
                    t->cap_ms[i]);
        }
    }
}

static void put_net(FILE *f, const struct deploy_net *net)
{
    if (net == NULL) {
        return;
    }
    if (net->listen != NULL) {
        fprintf(f, "listen %s\n", net->listen);
    }
    if (net->state != NULL) {
        fprintf(f, "state %s\n", net->state);
    }
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        if (net->peers[i] != NULL) {
            fprintf(f, "peer %s %s\n", role_name((enum role)i), net->peers[i]);
        }
    }
}

/* ---- ranges ---- */

/* True when |b|'s IMSI is the one after |a|'s. */
static bool follows(const struct ident *a, const struct ident *b)
{
    return a->len == b->len && strtoull(a->s, NULL, 10) + 1 == strtoull(b->s, NULL, 10);
}

typedef bool same(const struct scn_ue *a, const struct scn_ue *b);

/* How many UEs from |first| on have consecutive IMSIs and are the same. */
static unsigned run_of(const struct scenario *s, unsigned first, same *is_same)
{
    unsigned count = 1;

    while (first + count < s->ues_count &&
           follows(&s->ues[first + count - 1].imsi, &s->ues[first + count].imsi) &&
           is_same(&s->ues[first], &s->ues[first + count])) {
        count++;
    }
    return count;
}

static void put_range(FILE *f, const char *setting, const struct scn_ue *ue, unsigned count)
{
    fprintf(f, "%s %s", setting, ue->imsi.s);
    if (count > 1) {
        fprintf(f, " count %u", count);
    }
}

static void put_secret(FILE *f, const struct aka_secret *k, uint64_t sqn)
{
    char key[33];
    char opc[33];
    char amf[5];

    hex_encode(k->k, sizeof k->k, key, sizeof key);
    hex_encode(k->opc, sizeof k->opc, opc, sizeof opc);
    hex_encode(k->amf, sizeof k->amf, amf, sizeof amf);
    fprintf(f, " k %s opc %s amf %s sqn %012" PRIx64, key, opc, amf, sqn);
    bytes_wipe(key, sizeof key);
}

static bool same_secret(const struct aka_secret *a, const struct aka_secret *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* ---- HSS ---- */

static bool same_subscriber(const struct scn_ue *a, const struct scn_ue *b)
{
    return same_secret(&a->secret, &b->secret) && a->sqn_hss == b->sqn_hss;
}

static bool same_profile(const struct scn_ue *a, const struct scn_ue *b)
{
    char one[CONFIG_PROFILE_TEXT_MAX];
    char other[CONFIG_PROFILE_TEXT_MAX];

    config_profile_text(&a->profile, one);
    config_profile_text(&b->profile, other);
    return strcmp(one, other) == 0;
}

static void put_hss(FILE *f, const struct scenario *s)
{
    char text[CONFIG_PROFILE_TEXT_MAX];
    unsigned count;

    for (unsigned i = 0; i < s->ues_count; i += count) {
        count = run_of(s, i, same_subscriber);
        put_range(f, "subscriber", &s->ues[i], count);
        put_secret(f, &s->ues[i].secret, s->ues[i].sqn_hss);
        fputc('\n', f);
    }
    for (unsigned i = 0; i < s->ues_count; i += count) {
        count = run_of(s, i, same_profile);
        config_profile_text(&s->ues[i].profile, text);
        put_range(f, "profile", &s->ues[i], count);
        fprintf(f, " %s\n", text);
    }
}

/* ---- EMSE ---- */

static void put_emse(FILE *f, const struct scenario *s)
{
    const struct alg_wish *w = &s->wish;

    fprintf(f, "name %s\ncontexts %u\neese %s", s->emse.s, s->ues_count + ROOM_FOR_STRANGERS,
            s->eese.s);
    for (unsigned i = 0; i < COUNT_OF(w->alg_int) && w->alg_int[i] != INT_NONE; i++) {
        fprintf(f, "%s%s", i == 0 ? " integrity " : ",", config_int_word(w->alg_int[i]));
    }
    for (unsigned i = 0; i < w->alg_enc_len; i++) {
        fprintf(f, "%s%s", i == 0 ? " confidentiality " : ",", config_enc_word(w->alg_enc[i]));
    }
    fputc('\n', f);
}

/* ---- EESE ---- */

static bool same_wish(const struct scn_ue *a, const struct scn_ue *b)
{
    return a->te2e_wish_ms == b->te2e_wish_ms;
}

static void put_eese(FILE *f, const struct scenario *s)
{
    unsigned count;

    fprintf(f, "name %s\ncontexts %u\n", s->eese.s, s->ues_count + ROOM_FOR_STRANGERS);
    if (s->te2e_wish_ms != 0) {
        fprintf(f, "te2e %" PRIu32 "ms\n", s->te2e_wish_ms);
    }
    for (unsigned i = 0; i < s->ues_count; i += count) {
        count = run_of(s, i, same_wish);
        if (s->ues[i].te2e_wish_ms != 0) {
            put_range(f, "te2e-ue", &s->ues[i], count);
            fprintf(f, " %" PRIu32 "ms\n", s->ues[i].te2e_wish_ms);
        }
    }
}

/* ---- UE ---- */

static bool same_device(const struct scn_ue *a, const struct scn_ue *b)
{
    return same_secret(&a->card, &b->card) && a->sqn_usim == b->sqn_usim && a->caps == b->caps &&
           memcmp(a->plmn, b->plmn, sizeof a->plmn) == 0;
}

static void put_caps(FILE *f, uint8_t caps)
{
    const struct {
        uint8_t bit;
        const char *word;
    } all[] = {{CAP_CMAC64, config_int_word(INT_CMAC64)},
               {CAP_EIA2, config_int_word(INT_EIA2)},
               {CAP_EEA0, config_enc_word(ENC_EEA0)},
               {CAP_EEA2, config_enc_word(ENC_EEA2)}};
    const char *lead = " caps ";

    for (unsigned i = 0; i < COUNT_OF(all); i++) {
        if ((caps & all[i].bit) != 0) {
            fprintf(f, "%s%s", lead, all[i].word);
            lead = ",";
        }
    }
}

static void put_ue(FILE *f, const struct scenario *s)
{
    char plmn[CONFIG_PLMN_TEXT_MAX];
    unsigned count;

    for (unsigned i = 0; i < s->ues_count; i += count) {
        const struct scn_ue *ue = &s->ues[i];

        count = run_of(s, i, same_device);
        config_plmn_text(ue->plmn, plmn);
        put_range(f, "ue", ue, count);
        put_secret(f, &ue->card, ue->sqn_usim);
        fprintf(f, " emse %s eese %s plmn %s", s->emse.s, s->eese.s, plmn);
        put_caps(f, ue->caps);
        fputc('\n', f);
    }
}

/* ---- the whole ---- */

static uint64_t life_seed(uint64_t seed, unsigned life)
{
    return life == 0 ? seed : prng_key(prng_key_text(seed, "restart"), life);
}

enum err deploy_text(const struct scenario *scn, enum role role, unsigned life,
                     const struct deploy_net *net, char **text, size_t *len)
{
    static void (*const put[ROLE_COUNT])(FILE * f, const struct scenario *s) = {
        [ROLE_HSS] = put_hss, [ROLE_EMSE] = put_emse, [ROLE_EESE] = put_eese, [ROLE_UE] = put_ue};
    char *made = NULL;
    size_t made_len = 0;
    FILE *f = open_memstream(&made, &made_len);
    bool bad;

    ENSURE(role < ROLE_COUNT && put[role] != NULL);
    if (f == NULL) {
        return ERR_NO_ROOM;
    }
    fprintf(f, "# %s of scenario %s\n", role_name(role), scn->name);
    put_net(f, net);
    put_variant(f, &scn->variant);
    put_timing(f, &scn->timing);
    fprintf(f, "seed %" PRIu64 "\n", life_seed(scn->seed, life));
    put[role](f, scn);
    bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad) {
        free(made);
        return ERR_NO_ROOM;
    }
    *text = made;
    *len = made_len;
    return ERR_OK;
}
