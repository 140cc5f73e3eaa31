/* Where each RAND comes from, and what of it goes to the enterprise. The observer knows what the
 * HSS has handed out, so it can open what is ciphered and repeat what is masked. */
#include "common/base/prng.h"
#include "common/core/protect.h"
#include "common/crypto/keyset_e2m.h"
#include "scenarios/sim/judge/watch.h"
#include "scenarios/sim/script/scenario.h"

#include <stdlib.h>

/* ---- e2mKEYSETs ---- */

/* An HSS without all its state counts roots from an earlier number again, and one without any has
 * another secret to make RANDs of: each of its lives counts for itself. */
static uint64_t root_key(const struct watch *w, uint32_t life, uint32_t g)
{
    return watch_key(w->at, w, g, life);
}

static void learn_e2m(struct watch *w, uint32_t life, const struct msg_av_rsp *r)
{
    struct watch_e2ms *s = &w->e2ms;
    uint32_t *place;

    if (s->count == s->cap) {
        const uint32_t cap = s->cap == 0 ? 16 : 2 * s->cap;
        struct watch_e2m *list = malloc(cap * sizeof *list);

        if (list == NULL) {
            return;
        }
        if (s->list != NULL) {
            memcpy(list, s->list, s->count * sizeof *list);
            bytes_wipe(s->list, s->count * sizeof *list);
            free(s->list);
        }
        s->list = list;
        s->cap = cap;
    }
    place = dict_at(&s->by_root, root_key(w, life, r->g));
    if (place != NULL) {
        s->list[s->count] = (struct watch_e2m){.has_enc = false};
        memcpy(s->list[s->count].e2m, r->key, sizeof s->list[s->count].e2m);
        *place = ++s->count;
    }
}

static struct watch_e2m *e2m_of(const struct watch *w, uint32_t life, uint32_t g)
{
    uint32_t place;

    return dict_get(&w->e2ms.by_root, root_key(w, life, g), &place) && place != 0
               ? &w->e2ms.list[place - 1]
               : NULL;
}

/* ---- RANDs of the HSS ---- */

static uint64_t index_key(const struct watch *w, uint32_t life, uint32_t g, uint32_t n)
{
    return watch_key(w->at, w, (uint64_t)life << 32 | g, n);
}

static const struct watch_rand *rand_at(const struct watch *w, const struct dict *d, uint64_t key)
{
    uint32_t place;

    return dict_get(d, key, &place) && place != 0 ? &w->rands.list[place - 1] : NULL;
}

static const struct watch_rand *find_rand(const struct watch *w, const uint8_t octets[RAND_LEN])
{
    return rand_at(w, &w->rands.by_value, watch_hash(octets, RAND_LEN));
}

/* Has the HSS made it for this UE? */
static bool is_known(const struct watch *w, const uint8_t octets[RAND_LEN])
{
    const struct watch_rand *r = find_rand(w, octets);

    return r != NULL && r->ue == (int)(w->at - w->ue);
}

/* Makes room for one more. Returns NULL when memory is short. */
static struct watch_rand *new_rand(struct watch_rands *s)
{
    if (s->count == s->cap) {
        const uint32_t cap = s->cap == 0 ? 16 : 2 * s->cap;
        struct watch_rand *list = realloc(s->list, cap * sizeof *list);

        if (list == NULL) {
            return NULL;
        }
        s->list = list;
        s->cap = cap;
    }
    return &s->list[s->count];
}

static void learn_rand(struct watch *w, uint32_t life, uint32_t g, uint32_t n,
                       const uint8_t octets[RAND_LEN])
{
    struct watch_rands *s = &w->rands;
    struct watch_rand *r = new_rand(s);
    uint32_t *by_value = r == NULL ? NULL : dict_at(&s->by_value, watch_hash(octets, RAND_LEN));
    uint32_t *by_index;

    if (by_value == NULL) {
        return;
    }
    *r = (struct watch_rand){.ue = (int)(w->at - w->ue), .g = g, .n = n};
    memcpy(r->octets, octets, RAND_LEN);
    *by_value = ++s->count;
    by_index = dict_at(&s->by_index, index_key(w, life, g, n));
    if (by_index != NULL) {
        *by_index = s->count;
    }
}

/* The HSS hands out |octets| for epoch |n| of root |g|. The literal text has no numbers: there each
 * RAND must be a new one. */
static unsigned hand_out(struct watch *w, uint32_t life, uint32_t g, uint32_t n,
                         const uint8_t octets[RAND_LEN], struct breach *b)
{
    const struct watch_rand *same = find_rand(w, octets);
    const bool again = same != NULL;
    const int owner = again ? same->ue : -1;
    const bool another = rand_at(w, &w->rands.by_index, index_key(w, life, g, n)) != NULL;

    if (again && w->hardened && owner == (int)(w->at - w->ue) && same->g == g && same->n == n) {
        return 0;
    }
    learn_rand(w, life, g, n, octets);
    if (again) {
        return breach(b, "the HSS hands out one RAND twice: for %s, and for %s epoch %u",
                      w->run->scn->ues[owner].label, watch_label(w, w->at), (unsigned)n);
    }
    if (w->hardened && another) {
        return breach(b, "the HSS hands out another RAND for epoch %u of root %u of %s",
                      (unsigned)n, (unsigned)g, watch_label(w, w->at));
    }
    return 0;
}

/* ---- I8 ---- */

/* A copy may be all that is seen of what was altered on its way. */
static unsigned take_from_hss(struct watch *w, uint64_t sent_us, struct breach *b)
{
    const struct msg_rand_rsp *r = &w->msg.u.rand_rsp;
    const uint32_t life = watch_life(w, ROLE_HSS, sent_us);
    unsigned broken = 0;

    if (w->msg.type == MSG_AV_RSP && w->msg.u.av_rsp.purpose == PURPOSE_E2M &&
        w->msg.u.av_rsp.cause == CAUSE_NONE) {
        learn_e2m(w, life, &w->msg.u.av_rsp);
    }
    for (unsigned i = 0; w->msg.type == MSG_RAND_RSP && i < r->count && i < BATCH_MAX; i++) {
        if (w->as_sent) {
            broken += hand_out(w, life, r->g, r->n_first + i, r->rand[i], b);
        } else if (find_rand(w, r->rand[i]) == NULL) {
            learn_rand(w, life, r->g, r->n_first + i, r->rand[i]);
        }
    }
    return broken;
}

/* X_n in place of RAND_n, of any life of the HSS. Without the e2mKEYSET it may be. */
static bool may_be_mask(const struct watch *w, uint32_t g, uint32_t n,
                        const uint8_t octets[RAND_LEN])
{
    const uint32_t lives = w->process[ROLE_HSS].losses + 1;
    bool has_rand = false;
    bool has_e2m = false;

    for (uint32_t i = 0; i < lives * lives; i++) {
        const struct watch_rand *r = rand_at(w, &w->rands.by_index, index_key(w, i % lives, g, n));
        const struct watch_e2m *e2m = e2m_of(w, i / lives, g);
        struct e2m_keyset keyset;
        uint8_t mask[RAND_LEN];

        has_rand = has_rand || r != NULL;
        has_e2m = has_e2m || e2m != NULL;
        if (r == NULL || e2m == NULL) {
            continue;
        }
        memcpy(keyset.octets, e2m->e2m, sizeof keyset.octets);
        e2e_mask(&keyset, r->octets, n, &w->run->scn->eese, mask);
        bytes_wipe(&keyset, sizeof keyset);
        if (memcmp(mask, octets, RAND_LEN) == 0) {
            return true;
        }
    }
    return has_rand && !has_e2m;
}

static bool is_from_hss(const struct watch *w, uint32_t g, uint32_t n,
                        const uint8_t octets[RAND_LEN])
{
    return is_known(w, octets) || (w->hardened && may_be_mask(w, g, n, octets));
}

/* What deciphers RAND_PUSH is derived once for each root. */
static void learn_enc(struct watch_e2m *e2m)
{
    struct e2m_keyset keyset;
    struct e2m_traffic keys;

    if (!e2m->has_enc) {
        memcpy(keyset.octets, e2m->e2m, sizeof keyset.octets);
        e2m_traffic_derive(&keyset, INT_CMAC64, &keys);
        memcpy(e2m->enc_dl, keys.enc_dl, sizeof e2m->enc_dl);
        e2m->has_enc = true;
        bytes_wipe(&keyset, sizeof keyset);
        bytes_wipe(&keys, sizeof keys);
    }
}

static void take_clear(struct watch *w, const uint8_t rand[RAND_LEN])
{
    watch_may_take(w, &w->at->rand[AT_UE], is_known(w, rand), watch_hash(rand, RAND_LEN));
}

/* A RAND that nobody can decipher may be any. */
static void take_ciphered(struct watch *w)
{
    const uint32_t g = w->at->root != NULL ? w->at->root->g : 0;
    bool known = false;

    for (uint32_t life = 0; g != 0 && life <= w->process[ROLE_HSS].losses; life++) {
        struct watch_e2m *e2m = e2m_of(w, life, g);
        struct msg m = w->msg;
        struct protect_key k = {.index = g, .alg_int = INT_CMAC64, .has_kid = 1};

        if (e2m == NULL) {
            continue;
        }
        known = true;
        learn_enc(e2m);
        k.enc_key = e2m->enc_dl;
        protect_open(&m, &k, DIR_DL);
        if (is_known(w, m.u.rand_push.rand)) {
            take_clear(w, m.u.rand_push.rand);
            return;
        }
    }
    watch_may_take(w, &w->at->rand[AT_UE], !known, 0);
}

static void arrive(struct watch *w)
{
    const struct msg_rand_fwd *f = &w->msg.u.rand_fwd;

    if (w->msg.type == MSG_RAND_FWD) {
        watch_may_take(w, &w->at->rand[AT_EESE], is_from_hss(w, f->g, f->n, f->rand),
                       watch_hash(f->rand, RAND_LEN));
    } else if (w->msg.type == MSG_RAND_PUSH) {
        if ((w->msg.flags & MSG_FLAG_C) != 0) {
            take_ciphered(w);
        } else {
            take_clear(w, w->msg.u.rand_push.rand);
        }
    }
}

static bool derives(const struct occur *o)
{
    return strcmp(o->event, "RX_RAND") == 0 || strcmp(o->event, "RX_RAND_SWITCH") == 0;
}

/* An end makes one epoch of each RAND. One that has lost an epoch makes it again. */
static unsigned use(struct watch *w, const struct occur *o, uint64_t what, struct breach *b)
{
    const uint32_t epoch = o->epoch + (watch_is(ROLE_EESE, o->next) & IS_NEXT ? 1 : 0);
    uint32_t *used = dict_at(&w->rands.used, watch_key(w->at, w, what, (uint64_t)o->role));

    if (used == NULL || *used == epoch + 1 || w->process[o->role].losses > 0) {
        return 0;
    }
    if (*used == 0) {
        *used = epoch + 1;
        return 0;
    }
    return breach(b, "%s derives epoch %u of %s from the RAND of its epoch %u", role_name(o->role),
                  (unsigned)epoch, watch_label(w, w->at), (unsigned)(*used - 1));
}

static unsigned take_step(struct watch *w, const struct occur *o, struct breach *b)
{
    struct watch_taken *t = &w->at->rand[watch_side(o->role)];
    const struct watch_taken now = *t;

    if (strncmp(o->event, "RX_RAND", strlen("RX_RAND")) == 0 ||
        strcmp(o->event, "RX_FORGED") == 0) {
        *t = (struct watch_taken){0};
    }
    if (!derives(o)) {
        return 0;
    }
    if (now.bad && !now.good && !w->at->rand_unsure) {
        return breach(b,
                      "%s derives epoch %u of %s from a RAND that the HSS has not made for that UE",
                      role_name(o->role), (unsigned)o->epoch, watch_label(w, w->at));
    }
    return now.count == 1 && now.what != 0 ? use(w, o, now.what, b) : 0;
}

unsigned watch_origin(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct occur *o = watch_step_of_end(w, e);

    if (o != NULL) {
        return take_step(w, o, b);
    }
    if (e->kind != TRACE_MSG || w->at == NULL || !w->readable) {
        return 0;
    }
    if (e->u.msg.from == ROLE_HSS) {
        w->at->rand_unsure = w->at->rand_unsure || (w->arrives && !w->genuine);
        return w->genuine ? take_from_hss(w, e->u.msg.sent_us, b) : 0;
    }
    if (w->arrives) {
        arrive(w);
    }
    return 0;
}

/* ---- I20 ---- */

/* What is sent again for one root or epoch must be what was sent before, as long as the HSS says
 * the same when it is asked again. */
static unsigned send_again(struct watch *w, uint32_t g, uint32_t n, const uint8_t *octets,
                           size_t len, struct breach *b)
{
    const uint64_t key = prng_key(watch_key(w->at, w, g, n), len);
    const uint32_t hash = (uint32_t)watch_hash(octets, len) | 1;
    uint32_t *seen = dict_at(&w->material, key);

    if (seen == NULL || *seen == hash) {
        return 0;
    }
    if (*seen == 0) {
        *seen = hash;
        return 0;
    }
    return breach(b, "the EMSE sends the EESE another %s of %s for epoch %u",
                  len == KEYSET_LEN ? "keyset" : "RAND", watch_label(w, w->at), (unsigned)n);
}

unsigned watch_material(struct watch *w, const struct trace_event *e, struct breach *b)
{
    const struct msg_keyset_fwd *k = &w->msg.u.keyset_fwd;
    const struct msg_rand_fwd *r = &w->msg.u.rand_fwd;

    if (e->kind != TRACE_MSG || w->at == NULL || !w->readable || !w->as_sent ||
        w->process[ROLE_HSS].losses > 0) {
        return 0;
    }
    if (w->msg.type == MSG_KEYSET_FWD) {
        return send_again(w, k->g, k->n, k->key, sizeof k->key, b);
    }
    return w->msg.type == MSG_RAND_FWD ? send_again(w, r->g, r->n, r->rand, sizeof r->rand, b) : 0;
}
