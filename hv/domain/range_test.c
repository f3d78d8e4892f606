/* link: hv/domain/range.c */
/*
 * domain/range_test.c - against a bitmap of the numbers 0 to 63.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "domain/range.h"

static uint64_t bits(uint64_t first, uint64_t last)
{
    return (~0UL << first) & (~0UL >> (63 - last));
}

static uint64_t as_bits(const struct range_set *s)
{
    uint64_t all = 0;

    for (uint32_t i = 0; i < s->count; i++) {
        assert_true(s->range[i].first <= s->range[i].last);
        if (i)
            assert_true(s->range[i].first > s->range[i - 1].last + 1);
        all |= bits(s->range[i].first, s->range[i].last);
    }
    return all;
}

static void test_random(void **state)
{
    (void)state;
    srandom(1);
    for (int run = 0; run < 2000; run++) {
        struct range_set s = {0};
        uint64_t model = 0;

        for (int step = 0; step < 40; step++) {
            uint64_t a = (uint64_t)random() % 64, b = (uint64_t)random() % 64;
            uint64_t first = MIN(a, b), last = MAX(a, b);

            if (random() & 1) {
                assert_int_equal(range_set_add(&s, first, last), 0);
                model |= bits(first, last);
            } else {
                assert_int_equal(range_set_remove(&s, first, last), 0);
                model &= ~bits(first, last);
            }
            assert_int_equal(as_bits(&s), model);
            assert_int_equal(range_set_contains(&s, first, last),
                             (model & bits(first, last)) == bits(first, last));
        }
    }
}

static void test_limits(void **state)
{
    struct range_set s = {0};

    (void)state;
    assert_int_equal(range_set_add(&s, 5, 4), -EINVAL);
    assert_int_equal(range_set_add(&s, 0, ~0UL), 0);
    assert_true(range_set_contains(&s, 0, ~0UL));
    assert_int_equal(range_set_remove(&s, ~0UL, ~0UL), 0);
    assert_false(range_set_contains(&s, 7, ~0UL));
    assert_int_equal(range_set_remove(&s, 0, ~0UL), 0);
    for (uint64_t i = 0; i < RANGES_MAX; i++)
        assert_int_equal(range_set_add(&s, i * 2, i * 2), 0);
    assert_int_equal(range_set_add(&s, 1000, 1000), -ENOSPC);
    assert_int_equal(s.count, RANGES_MAX);
    assert_int_equal(range_set_add(&s, 1, 1), 0);
    assert_int_equal(s.count, RANGES_MAX - 1);
    assert_int_equal(range_set_add(&s, 1000, 1002), 0);
    assert_int_equal(range_set_remove(&s, 1001, 1001), -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
