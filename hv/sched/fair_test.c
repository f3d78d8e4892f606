/* link: */
/*
 * sched/fair_test.c - shares of CPU time on a machine made of numbers.
 */
#include "sched/fair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TASKS 5

struct task {
    uint64_t runtime, ran;
    uint32_t weight;
    bool asleep;
};

static struct task *first(struct task *t, unsigned n)
{
    struct task *best = NULL;

    for (unsigned i = 0; i < n; i++)
        if (!t[i].asleep &&
            (!best || fair_is_before(t[i].runtime, best->runtime)))
            best = &t[i];
    return best;
}

/* `cpus` CPUs run the first ones, a slice each, `turns` times. */
static void simulate(struct task *t, unsigned n, unsigned cpus, unsigned turns)
{
    for (unsigned turn = 0; turn < turns; turn++) {
        struct task *chosen[TASKS];

        for (unsigned c = 0; c < cpus; c++) {
            chosen[c] = first(t, n);
            chosen[c]->asleep = true;
        }
        for (unsigned c = 0; c < cpus; c++) {
            chosen[c]->asleep = false;
            chosen[c]->ran += FAIR_SLICE_NS;
            chosen[c]->runtime += fair_charge(FAIR_SLICE_NS, chosen[c]->weight);
        }
    }
}

static void test_equal_shares(void **state)
{
    struct task t[3] = {{.weight = FAIR_WEIGHT},
                        {.weight = FAIR_WEIGHT},
                        {.weight = FAIR_WEIGHT}};

    (void)state;
    simulate(t, 3, 2, 3000);
    for (unsigned i = 0; i < 3; i++)
        assert_in_range(t[i].ran / FAIR_SLICE_NS, 1999, 2001);
}

static void test_weights(void **state)
{
    struct task t[3] = {{.weight = FAIR_WEIGHT},
                        {.weight = 2 * FAIR_WEIGHT},
                        {.weight = 4 * FAIR_WEIGHT}};

    (void)state;
    simulate(t, 3, 1, 7000);
    assert_in_range(t[0].ran / FAIR_SLICE_NS, 990, 1010);
    assert_in_range(t[1].ran / FAIR_SLICE_NS, 1990, 2010);
    assert_in_range(t[2].ran / FAIR_SLICE_NS, 3980, 4020);
}

/* One that slept long runs at once, but does not shut others out for long. */
static void test_sleeper(void **state)
{
    uint64_t floor = 1000 * FAIR_SLICE_NS;
    uint64_t woken = fair_wake(0, floor);

    (void)state;
    assert_true(fair_preempts(woken, floor + FAIR_SLICE_NS));
    assert_true(fair_is_before(woken, floor));
    assert_true(floor - woken <= FAIR_CREDIT_NS);
    /* A short sleep changes nothing. */
    assert_int_equal(fair_wake(floor + 7, floor), floor + 7);
    /* One that was paused, or is new, comes after all who run. */
    assert_int_equal(fair_join(0, floor), floor);
    assert_int_equal(fair_join(floor + 7, floor), floor + 7);
}

static void test_margin(void **state)
{
    (void)state;
    assert_false(fair_preempts(100, 100));
    assert_false(fair_preempts(100, 100 + FAIR_MARGIN_NS));
    assert_true(fair_preempts(100, 101 + FAIR_MARGIN_NS));
}

static void test_turn(void **state)
{
    (void)state;
    assert_false(fair_follows(100, 200, FAIR_SLICE_NS - 1));
    assert_true(fair_follows(100, 200, FAIR_SLICE_NS));
    assert_true(fair_follows(200, 200, FAIR_SLICE_NS));
    assert_false(fair_follows(201, 200, FAIR_SLICE_NS));
    assert_true(fair_follows(100, 101 + FAIR_MARGIN_NS, FAIR_GRAIN_NS));
    assert_false(fair_follows(100, 101 + FAIR_MARGIN_NS, FAIR_GRAIN_NS - 1));
}

static void test_cut_in(void **state)
{
    (void)state;
    assert_true(fair_cuts_in(100, 100, true));
    assert_true(fair_cuts_in(99 + FAIR_MARGIN_NS, 100, true));
    /* Not one that has had more, nor beside one that works. */
    assert_false(fair_cuts_in(100 + FAIR_MARGIN_NS, 100, true));
    assert_false(fair_cuts_in(100, 100, false));
}

/* One that yields all the time, and has had little, lets others get on. */
static void test_yield(void **state)
{
    uint64_t busy = 1000 * FAIR_SLICE_NS, yielder = 0;

    (void)state;
    yielder = fair_yield(yielder, busy);
    assert_false(fair_preempts(yielder, busy));
    assert_false(fair_preempts(yielder, busy + FAIR_MARGIN_NS));
    assert_int_equal(fair_yield(busy + 1, busy), busy + 1);
}

static void test_wrap(void **state)
{
    (void)state;
    assert_true(fair_is_before(UINT64_MAX - 5, 5));
    assert_false(fair_is_before(5, UINT64_MAX - 5));
    assert_true(fair_preempts(UINT64_MAX, FAIR_MARGIN_NS + 1));
}

/* What one that would run all the time is let run in 100 periods, when it is
 * looked at only every 3 ms: it owes what it had too much. */
static void test_cap(void **state)
{
    struct fair_cap cap;
    uint64_t ran = 0, step = 3000000;

    (void)state;
    fair_set_cap(&cap, 25, 7);
    for (uint64_t now = 7; now < 7 + 100 * FAIR_PERIOD_NS; now += step) {
        fair_fill(&cap, now);
        if (cap.budget_ns <= 0)
            continue;
        ran += step;
        cap.budget_ns -= (int64_t)step;
    }
    assert_in_range(ran, 24 * FAIR_PERIOD_NS, 26 * FAIR_PERIOD_NS);
    /* A long sleep saves up one period's budget, and does not overflow. */
    fair_fill(&cap, UINT64_MAX);
    assert_int_equal(cap.budget_ns, fair_quota(&cap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_shares), cmocka_unit_test(test_weights),
        cmocka_unit_test(test_sleeper),      cmocka_unit_test(test_margin),
        cmocka_unit_test(test_wrap),         cmocka_unit_test(test_turn),
        cmocka_unit_test(test_cut_in),       cmocka_unit_test(test_cap),
        cmocka_unit_test(test_yield),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
