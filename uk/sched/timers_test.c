/* link: uk/sched/timers.c */
/* timers_test.c - the order of timers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "sched/timers.h"

enum { COUNT = 50 };

static struct timers list;
static struct timer timers[COUNT];
static uint64_t last;
static int fired;

static void fire(struct timer *t)
{
    assert_true(t->at_ns >= last);
    assert_null(t->link);
    last = t->at_ns;
    fired++;
}

static void they_fire_in_order(void **state)
{
    (void)state;
    srand(3);
    for (int round = 0; round < 200; round++) {
        int set = 0;

        last = 0;
        fired = 0;
        for (int i = 0; i < COUNT; i++) {
            timers[i].fire = fire;
            timer_set(&list, &timers[i], (uint64_t)rand() % 100);
            if (rand() % 4 == 0)
                timer_set(&list, &timers[i], (uint64_t)rand() % 100);
            if (rand() % 4 == 0)
                timer_cancel(&timers[i]);
        }
        for (int i = 0; i < COUNT; i++)
            set += timers[i].link != NULL;
        timers_run(&list, 50);
        for (int i = 0; i < COUNT; i++)
            assert_true(!timers[i].link || timers[i].at_ns > 50);
        timers_run(&list, 100);
        assert_int_equal(fired, set);
        assert_null(list.first);
    }
}

static void again(struct timer *t)
{
    if (++fired < 3)
        timer_set(&list, t, t->at_ns);
}

static void one_may_set_itself(void **state)
{
    struct timer t = {.fire = again};

    (void)state;
    fired = 0;
    timer_set(&list, &t, 5);
    timers_run(&list, 4);
    assert_int_equal(fired, 0);
    timers_run(&list, 5);
    assert_int_equal(fired, 3);
    timer_cancel(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_fire_in_order),
        cmocka_unit_test(one_may_set_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
