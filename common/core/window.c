#include "common/core/window.h"

#include "common/base/bytes.h"
#include "common/base/ensure.h"

enum window_verdict window_check(const struct window *w, uint32_t number)
{
    uint32_t back;

    if (number == 0) {
        return WINDOW_TOO_OLD; /* no message has this number */
    }
    if (number > w->high) {
        return WINDOW_NEW;
    }
    back = w->high - number;
    if (back >= WINDOW_WIDTH) {
        return WINDOW_TOO_OLD;
    }
    return (w->bits >> back & 1) != 0 ? WINDOW_SEEN : WINDOW_NEW;
}

uint32_t window_restart(uint32_t g)
{
    enum { BITS_EACH = 20 };
    uint32_t roots = g == 0 ? 0 : g - 1;

    return roots >> (32 - BITS_EACH) != 0 ? UINT32_MAX : roots << BITS_EACH;
}

uint32_t window_resume(uint32_t number, const uint8_t entropy[2])
{
    enum { STEP = 4096 };
    uint32_t skip = STEP + get_be16(entropy) % STEP;

    return number > UINT32_MAX - skip ? UINT32_MAX : number + skip;
}

void window_mark(struct window *w, uint32_t number)
{
    ENSURE(window_check(w, number) == WINDOW_NEW);
    if (number > w->high) {
        uint32_t up = number - w->high;

        w->bits = up >= WINDOW_WIDTH ? 0 : w->bits << up;
        w->high = number;
    }
    w->bits |= UINT64_C(1) << (w->high - number);
}
