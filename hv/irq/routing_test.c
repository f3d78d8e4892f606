/* link: hv/irq/routing.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "irq/routing.h"

static void entry_has_mode_and_vector(void **state)
{
    (void)state;
    assert_int_equal(rte_low(0x31, false, false), 0x31);
    assert_int_equal(rte_low(0x31, true, false), 0x8031);
    assert_int_equal(rte_low(0xdf, true, true), 0xa0df);
    assert_int_equal(rte_low(0x40, false, true), 0x2040);
}

static void message_names_cpu_and_vector(void **state)
{
    (void)state;
    assert_int_equal(msi_address(0), 0xfee00000);
    assert_int_equal(msi_address(5), 0xfee05000);
    assert_int_equal(msi_address(255), 0xfeeff000);
    assert_int_equal(msi_data(0x31), 0x4031);
}

static void expect_mode(uint32_t gsi, uint16_t flags, bool level, bool low)
{
    bool l, p;

    gsi_mode(gsi, flags, &l, &p);
    assert_int_equal(l, level);
    assert_int_equal(p, low);
}

static void bus_decides_where_firmware_does_not(void **state)
{
    (void)state;
    expect_mode(1, 0, false, false);
    expect_mode(15, 0, false, false);
    expect_mode(16, 0, true, true);
    expect_mode(200, 0, true, true);
}

static void firmware_decides(void **state)
{
    (void)state;
    expect_mode(9, 0x0d, true, false); /* QEMU's: level, high */
    expect_mode(9, 0x0f, true, true);
    expect_mode(9, 0x0c, true, false); /* level only */
    expect_mode(20, 0x05, false, false);
    expect_mode(20, 0x07, false, true);
    expect_mode(20, 0x01, true, false);
    expect_mode(20, 0x0a, true, true); /* reserved values say nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_has_mode_and_vector),
        cmocka_unit_test(message_names_cpu_and_vector),
        cmocka_unit_test(bus_decides_where_firmware_does_not),
        cmocka_unit_test(firmware_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
