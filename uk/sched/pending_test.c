/* link: uk/sched/pending.c */
/* pending_test.c - the order in which signals are taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sched/pending.h"

static struct pending p;
static struct pending_signal s[8], *taken;

static int setup(void **state)
{
    (void)state;
    pending_init(&p);
    for (int i = 0; i < 8; i++)
        s[i].info.si_code = i;
    return 0;
}

static bool add(int i, int signal)
{
    s[i].info.si_signo = signal;
    return pending_add(&p, signal, &s[i]);
}

static void lowest_first_and_in_order(void **state)
{
    (void)state;
    assert_true(add(0, 40) && add(1, 10) && add(2, 40) && add(3, 35));
    assert_false(add(4, 10));
    assert_int_equal(pending_take(&p, ~0UL, &taken), 10);
    assert_ptr_equal(taken, &s[1]);
    assert_int_equal(pending_take(&p, ~signal_bit(35), &taken), 40);
    assert_ptr_equal(taken, &s[0]);
    assert_int_equal(pending_take(&p, ~0UL, &taken), 35);
    assert_int_equal(pending_take(&p, ~0UL, &taken), 40);
    assert_ptr_equal(taken, &s[2]);
    assert_int_equal(pending_take(&p, ~0UL, &taken), 0);
    assert_null(taken);
    assert_true(add(5, 64));
    assert_int_equal(pending_take(&p, ~0UL, &taken), 64);
    assert_ptr_equal(taken, &s[5]);
}

static void one_without_memory_is_not_lost(void **state)
{
    (void)state;
    assert_true(pending_add(&p, 15, NULL));
    assert_false(pending_add(&p, 15, NULL));
    assert_int_equal(pending_take(&p, signal_bit(14), &taken), 0);
    assert_int_equal(pending_take(&p, ~0UL, &taken), 15);
    assert_null(taken);
    assert_int_equal(p.set, 0);
}

static void a_timers_is_taken(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        s[i].info.si_code = SI_TIMER;
        s[i].info.si_timerid = i / 2;
        assert_true(add(i, i == 3 ? 41 : 40));
    }
    assert_null(pending_take_timer(&p, 5));
    assert_ptr_equal(pending_take_timer(&p, 1), &s[2]);
    assert_ptr_equal(pending_take_timer(&p, 1), &s[3]);
    assert_int_equal(p.set, signal_bit(40));
    assert_true(add(4, 40));
    assert_ptr_equal(pending_take_timer(&p, 0), &s[0]);
    assert_ptr_equal(pending_take_timer(&p, 0), &s[1]);
    assert_null(pending_take_timer(&p, 0));
    assert_int_equal(pending_take(&p, ~0UL, &taken), 40);
    assert_ptr_equal(taken, &s[4]);
    assert_int_equal(p.set, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lowest_first_and_in_order, setup),
        cmocka_unit_test_setup(one_without_memory_is_not_lost, setup),
        cmocka_unit_test_setup(a_timers_is_taken, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
