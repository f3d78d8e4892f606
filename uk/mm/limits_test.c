/* link: uk/mm/limits.c */
/* limits_test.c - which limits can be set, and by whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "mm/limits.h"

static long set(unsigned which, uint64_t now, uint64_t maximum, bool privileged)
{
    struct rlimit r = {.rlim_cur = now, .rlim_max = maximum};

    return limit_set(which, &r, privileged);
}

static void they_start_without_end(void **state)
{
    (void)state;
    assert_true(limit_of(RLIMIT_AS) == RLIM_INFINITY);
    assert_true(limit_get(RLIMIT_AS).rlim_max == RLIM_INFINITY);
    assert_int_equal(limit_of(RLIMIT_CORE), 0);
    assert_true(limit_get(RLIMIT_CORE).rlim_max == RLIM_INFINITY);
}

static void a_maximum_falls(void **state)
{
    (void)state;
    assert_int_equal(set(RLIMIT_FSIZE, 100, 200, false), 0);
    assert_int_equal(limit_of(RLIMIT_FSIZE), 100);
    assert_int_equal(set(RLIMIT_FSIZE, 200, 200, false), 0);
    assert_int_equal(limit_of(RLIMIT_FSIZE), 200);
    assert_int_equal(set(RLIMIT_FSIZE, 201, 200, false), -EINVAL);
    assert_int_equal(set(RLIMIT_FSIZE, 10, 201, false), -EPERM);
    assert_int_equal(limit_of(RLIMIT_FSIZE), 200);
    assert_int_equal(set(RLIMIT_FSIZE, 10, RLIM_INFINITY, true), 0);
    assert_int_equal(limit_of(RLIMIT_FSIZE), 10);
    assert_true(limit_get(RLIMIT_FSIZE).rlim_max == RLIM_INFINITY);
}

static void what_is_fixed_is_for_all(void **state)
{
    (void)state;
    limit_is_fixed(RLIMIT_NOFILE, 50, 1024);
    assert_int_equal(limit_of(RLIMIT_NOFILE), 50);
    assert_int_equal(set(RLIMIT_NOFILE, 1024, 1024, false), 0);
    assert_int_equal(set(RLIMIT_NOFILE, 1024, 1025, true), -EPERM);
    assert_int_equal(set(RLIMIT_NOFILE, 5, 6, false), 0);
    assert_int_equal(set(RLIMIT_NOFILE, 5, 7, false), -EPERM);
    assert_int_equal(set(RLIMIT_NOFILE, 7, 1024, true), 0);
}

static void others_there_are_none(void **state)
{
    (void)state;
    assert_int_equal(set(RLIM_NLIMITS, 1, 1, true), -EINVAL);
    assert_int_equal(set(UINT32_MAX, 1, 1, true), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_start_without_end),
        cmocka_unit_test(a_maximum_falls),
        cmocka_unit_test(what_is_fixed_is_for_all),
        cmocka_unit_test(others_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
