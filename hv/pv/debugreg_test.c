/*
 * pv/debugreg_test.c - values that debug registers take, and refuse.
 */
/* link: hv/pv/debugreg.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "pv/debugreg.h"

#define CR4_DE 8

static int check(unsigned reg, uint64_t cr4, uint64_t value, uint64_t *stored)
{
    int rc = debugreg_check(reg, cr4, &value);

    *stored = value;
    return rc;
}

static void test_addresses(void **state)
{
    uint64_t v;

    (void)state;
    assert_int_equal(check(0, 0, 0x401000, &v), 0);
    assert_int_equal(v, 0x401000);
    assert_int_equal(check(3, 0, 0xffffffff81000000, &v), 0);
    assert_int_equal(check(1, 0, 0xffff800000000000, &v), -EPERM);
    assert_int_equal(check(1, 0, 0xffff87ffffffffff, &v), -EPERM);
    assert_int_equal(check(2, 0, 0x800000000000, &v), -EPERM);
}

static void test_status(void **state)
{
    uint64_t v;

    (void)state;
    assert_int_equal(check(6, 0, 0, &v), 0);
    assert_int_equal(v, DR6_RESET);
    assert_int_equal(check(6, 0, 0xffffffff, &v), 0);
    assert_int_equal(v, 0xffffefff);
    assert_int_equal(check(6, 0, 1UL << 32, &v), -EINVAL);
    /* DR4 and DR5 are the same registers until CR4.DE says otherwise. */
    assert_int_equal(check(4, 0, 0, &v), 0);
    assert_int_equal(v, DR6_RESET);
    assert_int_equal(check(4, CR4_DE, 0, &v), -ENODEV);
    assert_int_equal(check(5, CR4_DE, 0, &v), -ENODEV);
    assert_int_equal(check(8, 0, 0, &v), -ENODEV);
    assert_int_equal(debugreg_number(5, 0), 7);
    assert_int_equal(debugreg_number(4, CR4_DE), -1);
    assert_int_equal(debugreg_number(~0U, 0), -1);
}

static void test_control(void **state)
{
    uint64_t v;

    (void)state;
    assert_int_equal(check(7, 0, 0, &v), 0);
    assert_int_equal(v, DR7_RESET);
    assert_int_equal(check(7, 0, 0xd0003, &v), 0); /* write, 4 bytes, in 0 */
    assert_int_equal(v, 0xd0403);
    assert_int_equal(check(7, 0, 1UL << 13, &v), -EPERM);
    assert_int_equal(check(7, 0, 1UL << 32, &v), -EINVAL);
    assert_int_equal(check(7, 0, 1UL << 11 | 1UL << 14, &v), 0);
    assert_int_equal(v, DR7_RESET);
}

/* Breakpoints on ports: with CR4.DE only, and never in hardware. */
static void test_io_breakpoints(void **state)
{
    uint64_t v;

    (void)state;
    assert_int_equal(check(7, 0, 0x20000002, &v), 0); /* kind set, but off */
    assert_int_equal(check(7, 0, 0x20000080, &v), -EPERM);
    assert_int_equal(check(7, CR4_DE, 0x20000080, &v), 0);
    assert_int_equal(v, 0x20000480);
    assert_int_equal(debugreg_hardware_dr7(v), 0x20000400);
    assert_int_equal(debugreg_hardware_dr7(0x20010483), 0x20010403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_control),
        cmocka_unit_test(test_io_breakpoints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
