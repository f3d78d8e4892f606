/*
 * pv/descriptor_check_test.c - descriptors that a guest may have.
 */
/* link: hv/pv/descriptor_check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pv/descriptor.h"

static void accepts(uint64_t desc, uint64_t stored)
{
    assert_true(descriptor_check(&desc));
    assert_int_equal(desc, stored);
}

static void refuses(uint64_t desc)
{
    uint64_t before = desc;

    assert_false(descriptor_check(&desc));
    assert_int_equal(desc, before);
}

/* The segments of Linux, whose kernel's get DPL 3. */
static void test_segments(void **state)
{
    (void)state;
    accepts(0x00af9b000000ffff, 0x00affb000000ffff);
    accepts(0x00cf93000000ffff, 0x00cff3000000ffff);
    accepts(0x00cffb000000ffff, 0x00cffb000000ffff);
    accepts(0x00cf97000000ffff, 0x00cff7000000ffff); /* expand-down */
    accepts(0x00af9f000000ffff, 0x00afff000000ffff); /* conforming */
}

static void test_absent(void **state)
{
    (void)state;
    accepts(0, 0);
    accepts(0x00af1b000000ffff, 0x00af1b000000ffff);
    accepts(0x0000090000000067, 0x0000090000000067); /* a TSS, not present */
}

static void test_system(void **state)
{
    (void)state;
    for (uint64_t type = 1; type < 16; type++)
        if (type != 12)
            refuses(0x0000e00000000000 | type << 40);
    accepts(0x0000e00012345678, 0x0000e00012345678); /* second half */
    accepts(0x1234ec0000335678, 0x12348c0000335678); /* call gate */
    refuses(0x1234ec0100335678);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
