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

static void a_period_loses_none(void **state)
{
    struct period p = {.due_ns = 1000, .interval_ns = 300};

    (void)state;
    assert_int_equal(period_left(&p, 400), 600);
    assert_int_equal(period_count(&p, 999), 0);
    assert_int_equal(period_count(&p, 1000), 1);
    assert_int_equal(period_count(&p, 1000), 0);
    assert_int_equal(period_count(&p, 2199), 3);
    assert_int_equal(p.due_ns, 2200);
    assert_int_equal(period_left(&p, 5000), 0);
    p = (struct period){.due_ns = 0UL - 950, .interval_ns = 100};
    assert_int_equal(period_count(&p, 40), 10);
    assert_int_equal(period_left(&p, 40), 10);
    p.interval_ns = 0;
    assert_int_equal(period_count(&p, 49), 0);
    assert_int_equal(period_count(&p, 50), 1);
}

static void a_short_one_waits(void **state)
{
    struct period p = {.due_ns = 1000, .interval_ns = 1};

    (void)state;
    assert_int_equal(period_wait(&p, 999), PERIOD_LEAST_NS);
    p.interval_ns = 70000;
    assert_int_equal(period_wait(&p, 999), 140001);
    p.interval_ns = PERIOD_LEAST_NS;
    assert_int_equal(period_wait(&p, 999), 1);
    p.due_ns = 999999;
    p.interval_ns = 1;
    assert_int_equal(period_wait(&p, 0), 999999);
    p.interval_ns = 0; /* it comes once */
    assert_int_equal(period_wait(&p, 999998), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_fire_in_order),
        cmocka_unit_test(one_may_set_itself),
        cmocka_unit_test(a_period_loses_none),
        cmocka_unit_test(a_short_one_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
