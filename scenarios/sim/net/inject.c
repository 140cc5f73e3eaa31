/* What an attacker sends: what he has recorded, or made up. */
#include "scenarios/sim/net/relay_parts.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"
#include "common/wire/codec.h"
#include "scenarios/sim/net/forge.h"

/* He is on the way, so the link's delay counts for him; its rates do not. */
static enum err inject(struct passing *p, unsigned i)
{
    const struct scn_link *l = &p->r->wires[p->from][p->to].link;

    p->r->rules[i].fired++;
    if (l->cut) {
        p->id = ++p->r->ids;
        p->r->counters.injected++;
        passing_drop(p, p->r->scn->faults[i].line);
        return ERR_OK;
    }
    return passing_go(p, p->octets, p->now_us + l->delay_us, FATE_INJECTED,
                      p->r->scn->faults[i].line);
}

static enum err inject_forgery(struct relay *r, uint64_t now_us, unsigned i,
                               const struct forge_keys *keys)
{
    const struct scn_fault *f = &r->scn->faults[i];
    uint64_t key = prng_key(prng_key_text(r->scn->seed, "forge"), f->line);
    uint8_t octets[DATAGRAM_MAX];
    struct passing p = {
        .r = r, .now_us = now_us, .from = f->match.from, .to = f->match.to, .octets = octets};

    if (forge(&r->namer, f, keys, prng_key(key, r->rules[i].fired), r->rules[i].fired, octets,
              &p.len) != ERR_OK) {
        return ERR_OK; /* it never fires, and the run says so */
    }
    namer_forgery(&r->namer, f->match.ue, octets, p.len, &p.name);
    return inject(&p, i);
}

/* The same octets, but for what makes the sender take them for the other end's. */
static enum err reflect(struct relay *r, uint64_t now_us, unsigned i, const struct record *old)
{
    uint8_t octets[DATAGRAM_MAX];
    struct passing p = {.r = r,
                        .now_us = now_us,
                        .from = old->to,
                        .to = old->from,
                        .name = old->name,
                        .octets = octets};
    struct msg m;

    if (codec_peek(old->octets, old->len, &m) != ERR_OK) {
        return ERR_OK; /* likewise */
    }
    m.type = forge_reflected(m.type);
    p.name.type = m.type;
    p.name.attempt = 0; /* its sender has sent no such thing */
    if (codec_encode(&m, p.from, p.to, octets, &p.len) != ERR_OK) {
        return ERR_OK;
    }
    return inject(&p, i);
}

enum err relay_inject(struct relay *r, uint64_t now_us, unsigned i, const struct forge_keys *keys)
{
    const struct record *old;

    ENSURE(i < r->scn->faults_count);
    if (r->scn->faults[i].kind == FAULT_FORGE) {
        return inject_forgery(r, now_us, i, keys);
    }
    old = r->rules[i].record;
    if (old == NULL) {
        return ERR_OK; /* likewise */
    }
    if (r->scn->faults[i].kind == FAULT_REFLECT) {
        return reflect(r, now_us, i, old);
    }
    return inject(&(struct passing){.r = r,
                                    .now_us = now_us,
                                    .from = old->from,
                                    .to = old->to,
                                    .name = old->name,
                                    .octets = old->octets,
                                    .len = old->len},
                  i);
}
