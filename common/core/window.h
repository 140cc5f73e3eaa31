/* A replay window: which message numbers have been seen (H8; like RFC 4303 3.4.3, 64 wide, numbers
 * from 1). */
#ifndef COMMON_CORE_WINDOW_H
#define COMMON_CORE_WINDOW_H

#include <stdint.h>

enum { WINDOW_WIDTH = 64 };

struct window {
    uint64_t bits; /* bit i: number high - i was seen */
    uint32_t high; /* highest number seen, 0: none */
    uint32_t pad;
};

enum window_verdict { WINDOW_NEW, WINDOW_SEEN, WINDOW_TOO_OLD };

enum window_verdict window_check(const struct window *w, uint32_t number);
/* What a sender that has lost its state adds to its numbers, so that none is taken for one of its
 * former life: room for 2^20 messages under each root before |g|. */
uint32_t window_restart(uint32_t g);

/* Where the numbers of a sender that comes back with its state, the last one being |number|, go on:
 * 4096 to 8191 further, by |entropy|. The state may be older than what was sent (a restored backup,
 * a disk that lied), and no number may be used twice, neither under one key nor for two messages
 * (H11). Good for as many messages as 4096 since the state was kept; by chance, so that one state
 * that comes back twice does not go on twice from the same number. */
uint32_t window_resume(uint32_t number, const uint8_t entropy[2]);

/* Marks |number| as seen; it must be WINDOW_NEW. */
void window_mark(struct window *w, uint32_t number);

#endif
