#include "scenarios/sim/net/wire.h"

#include "common/base/ensure.h"
#include "common/base/prng.h"

#define SECOND_US UINT64_C(1000000)
#define PPM       UINT64_C(1000000)

static uint64_t air_us(size_t len, uint32_t rate)
{
    return (8 * (uint64_t)len * SECOND_US + rate - 1) / rate;
}

bool wire_transmit(struct wire *w, uint64_t now_us, size_t len, bool patient, uint64_t *sent_us)
{
    uint64_t start_us = now_us > w->free_us ? now_us : w->free_us;

    *sent_us = now_us;
    if (w->link.rate == 0) {
        return true;
    }
    if (start_us - now_us > w->link.queue_us && !patient) {
        return false;
    }
    w->free_us = start_us + air_us(len, w->link.rate);
    *sent_us = w->free_us;
    return true;
}

uint64_t radio_transmit(struct radio *r, enum coverage c, bool up, uint64_t now_us, size_t len)
{
    const struct coverage_class *class = coverage_class(c);
    uint64_t *free_us = &r->free_us[!up];
    uint64_t start_us = now_us > *free_us ? now_us : *free_us;

    if (start_us >= r->awake_us) {
        start_us += class->setup_us;
    }
    *free_us = start_us + air_us(len, up ? class->up : class->down);
    if (*free_us + COVERAGE_IDLE_US > r->awake_us) {
        r->awake_us = *free_us + COVERAGE_IDLE_US;
    }
    return *free_us;
}

/* Exponentially distributed with that mean: -log2 of a uniform draw is its leading zeros plus
 * 1 - log2 of the fraction behind its first one, here in 1/65536 by the first five bits of it. */
static uint64_t exponential_us(uint64_t mean_us, uint64_t draw)
{
    static const uint32_t fraction[32] = {
        64070, 61205, 58424, 55722, 53096, 50540, 48052, 45627, 43264, 40957, 38706,
        36507, 34358, 32257, 30202, 28190, 26220, 24290, 22399, 20546, 18727, 16943,
        15192, 13473, 11785, 10126, 8496,  6893,  5317,  3767,  2242,  742,
    };
    const uint64_t ln2 = 45426; /* in 1/65536 */
    uint64_t halvings = 0;

    while (halvings < 40 && (draw >> 63) == 0) {
        draw <<= 1;
        halvings++;
    }
    halvings = halvings * 65536 + fraction[draw << 1 >> 59];
    return (mean_us * halvings >> 16) * ln2 >> 16;
}

uint64_t wire_way_us(const struct scn_link *l, uint64_t key, uint64_t i)
{
    uint64_t jitter = l->jitter_us < l->delay_us ? l->jitter_us : l->delay_us;

    if (l->mean_us > 0) {
        return l->delay_us + exponential_us(l->mean_us, prng_draw(key, i));
    }
    return l->delay_us - jitter + prng_below(key, i, 2 * jitter + 1);
}

bool wire_overtakes(const struct scn_link *l)
{
    return l->jitter_us > 0 || l->mean_us > 0;
}

uint32_t wire_burst_ppm(const struct scn_link *l, bool after_loss)
{
    ENSURE(l->burst > 0 && l->loss_ppm < PPM);
    if (after_loss) {
        return (uint32_t)(PPM - PPM / l->burst);
    }
    return (uint32_t)(l->loss_ppm * PPM / ((PPM - l->loss_ppm) * l->burst));
}
