#include "common/base/prng.h"
#include "common/node/map.h"

#include <check.h>
#include <string.h>

Suite *test_map_suite(void);

/* Against a plain list: adds, removals and searches at random, over few keys so that they crowd. */
START_TEST(a_map_holds_what_was_put_in)
{
    enum { ENTRIES = 32, KEYS = 12, ROUNDS = 20000 };
    struct {
        uint64_t key;
        uint32_t slot;
    } list[ENTRIES];
    unsigned count = 0;
    struct map m;

    ck_assert(map_init(&m, ENTRIES, 99));
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t key = prng_below(1, round, KEYS) << 40;
        uint32_t cursor = 0;
        unsigned wanted = 0;
        unsigned found = 0;

        if (prng_below(2, round, 2) == 0 && count < ENTRIES) {
            list[count].key = key;
            list[count++].slot = round;
            map_add(&m, key, round);
        } else if (count > 0) {
            unsigned i = (unsigned)prng_below(3, round, count);

            map_remove(&m, list[i].key, list[i].slot);
            map_remove(&m, list[i].key, list[i].slot); /* is not there any more */
            list[i] = list[--count];
        }
        for (unsigned i = 0; i < count; i++) {
            wanted += list[i].key == key;
        }
        while (map_next(&m, key, &cursor) != MAP_NONE) {
            found++;
        }
        ck_assert_uint_eq(found, wanted);
    }
    map_free(&m);
}
END_TEST

Suite *test_map_suite(void)
{
    Suite *s = suite_create("map");
    TCase *tc = tcase_create("map");

    tcase_add_test(tc, a_map_holds_what_was_put_in);
    suite_add_tcase(s, tc);
    return s;
}
