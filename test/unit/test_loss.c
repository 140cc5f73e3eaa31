/* Every position at which the network can lose, double or delay one message of a flow, and every
 * pair of losses: the hardened variant ends with one epoch, one keyset, and each message delivered
 * exactly once (H5, I1, I4, I14). */
#include "test/unit/flows.h"

#include <check.h>

Suite *test_loss_suite(void);

enum { POSITIONS = 40, PAIR_POSITIONS = 24, STEPS_MAX = 3000 };

static struct rig r;

static const struct flow *begin(int i)
{
    flow_begin(&r, &flows[i]);
    return &flows[i];
}

static void end(const struct flow *f)
{
    f->go(&r);
    rig_settle(&r, STEPS_MAX);
    flow_must_be_complete(&r, f);
}

START_TEST(any_one_message_may_be_lost)
{
    for (int n = 0; n < POSITIONS; n++) {
        const struct flow *f = begin(_i);

        r.lose[0] = n;
        end(f);
    }
}
END_TEST

START_TEST(any_two_messages_may_be_lost)
{
    for (int n = 0; n < PAIR_POSITIONS; n++) {
        for (int m = n + 1; m < PAIR_POSITIONS; m++) {
            const struct flow *f = begin(_i);

            r.lose[0] = n;
            r.lose[1] = m;
            end(f);
        }
    }
}
END_TEST

START_TEST(any_one_message_may_arrive_twice)
{
    for (int n = 0; n < POSITIONS; n++) {
        const struct flow *f = begin(_i);

        r.twice = n;
        end(f);
    }
}
END_TEST

START_TEST(any_one_message_may_be_overtaken)
{
    for (int n = 0; n < POSITIONS; n++) {
        const struct flow *f = begin(_i);

        r.late = n;
        end(f);
    }
}
END_TEST

START_TEST(any_one_message_may_come_when_it_is_long_forgotten)
{
    for (int n = 0; n < POSITIONS; n++) {
        for (unsigned timers = 1; timers < 10; timers++) {
            const struct flow *f = begin(_i);

            r.twice = n;
            r.late = n;
            r.late_timers = timers;
            end(f);
        }
    }
}
END_TEST

START_TEST(any_message_may_be_lost_and_any_other_doubled_and_late)
{
    for (int n = 0; n < PAIR_POSITIONS; n++) {
        for (int m = 0; m < PAIR_POSITIONS; m++) {
            const struct flow *f = begin(_i);

            r.lose[0] = n;
            r.twice = m;
            r.late = m;
            end(f);
        }
    }
}
END_TEST

Suite *test_loss_suite(void)
{
    Suite *s = suite_create("loss");
    TCase *t = tcase_create("hardened");

    tcase_add_loop_test(t, any_one_message_may_be_lost, 0, (int)flows_count);
    tcase_add_loop_test(t, any_two_messages_may_be_lost, 0, (int)flows_count);
    tcase_add_loop_test(t, any_one_message_may_arrive_twice, 0, (int)flows_count);
    tcase_add_loop_test(t, any_one_message_may_be_overtaken, 0, (int)flows_count);
    tcase_add_loop_test(t, any_one_message_may_come_when_it_is_long_forgotten, 0, (int)flows_count);
    tcase_add_loop_test(t, any_message_may_be_lost_and_any_other_doubled_and_late, 0,
                        (int)flows_count);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    return s;
}
