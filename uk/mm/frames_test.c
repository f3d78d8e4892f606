/* link: uk/mm/frames.c */
/* frames_test.c - the frame allocator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mm/frames.h"

enum { COUNT = 64 };

static struct frames f;
static uint16_t uses[COUNT];

static int setup(void **state)
{
    (void)state;
    frames_init(&f, uses, COUNT);
    frames_give(&f, 4, 8);
    frames_give(&f, 20, 44);
    return 0;
}

static void lowest_run_that_fits_is_taken(void **state)
{
    (void)state;
    assert_int_equal(f.free, 52);
    assert_int_equal(frames_alloc(&f, 1), 4);
    assert_int_equal(frames_alloc(&f, 8), 20);
    assert_int_equal(frames_alloc(&f, 7), 5);
    assert_int_equal(frames_alloc(&f, 36), 28);
    assert_int_equal(f.free, 0);
    assert_int_equal(frames_alloc(&f, 1), FRAME_NONE);
}

static void what_does_not_fit_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(frames_alloc(&f, 45), FRAME_NONE);
    assert_int_equal(frames_alloc(&f, 0), FRAME_NONE);
    assert_int_equal(frames_alloc(&f, UINT32_MAX), FRAME_NONE);
    assert_int_equal(f.free, 52);
    assert_int_equal(frames_alloc(&f, 44), 20);
}

static void last_use_frees(void **state)
{
    uint32_t a = frames_alloc(&f, 1);

    (void)state;
    assert_true(frames_get(&f, a));
    frames_put(&f, a);
    assert_int_equal(f.free, 51);
    frames_put(&f, a);
    assert_int_equal(f.free, 52);
    assert_int_equal(frames_alloc(&f, 1), a);
}

static void uses_do_not_wrap(void **state)
{
    uint32_t a = frames_alloc(&f, 1);

    (void)state;
    for (int i = 1; i < (int)FRAME_ZERO - 1; i++)
        assert_true(frames_get(&f, a));
    assert_false(frames_get(&f, a));
}

static void zeros_are_known_once(void **state)
{
    uint32_t a = frames_alloc(&f, 1);

    (void)state;
    assert_false(frames_was_zero(&f, a));
    frames_put_zero(&f, a);
    assert_int_equal(f.free, 52);
    assert_int_equal(frames_alloc(&f, 1), a);
    assert_true(frames_was_zero(&f, a));
    assert_false(frames_was_zero(&f, a));
    assert_true(frames_get(&f, a));
    frames_put_zero(&f, a);
    frames_put(&f, a);
    assert_int_equal(frames_alloc(&f, 1), a);
    assert_false(frames_was_zero(&f, a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lowest_run_that_fits_is_taken, setup),
        cmocka_unit_test_setup(what_does_not_fit_changes_nothing, setup),
        cmocka_unit_test_setup(last_use_frees, setup),
        cmocka_unit_test_setup(uses_do_not_wrap, setup),
        cmocka_unit_test_setup(zeros_are_known_once, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
