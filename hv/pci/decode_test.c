/* link: hv/pci/decode.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pci/decode.h"

static uint8_t space[256];

static uint8_t read_space(void *device, unsigned reg)
{
    assert_ptr_equal(device, space);
    assert_in_range(reg, 0, 255);
    return space[reg];
}

static unsigned walk(uint8_t id)
{
    return pci_walk_capabilities(read_space, space, id);
}

static int clear(void **state)
{
    (void)state;
    memset(space, 0, sizeof(space));
    return 0;
}

static void cf8_names_the_register(void **state)
{
    (void)state;
    assert_int_equal(pci_cf8(0, 0, 0), 0x80000000);
    assert_int_equal(pci_cf8(0x12, 0x34, 0x56), 0x80123454);
    assert_int_equal(pci_cf8(0xff, 0xff, 0xff), 0x80fffffc);
}

static void finds_capabilities(void **state)
{
    (void)state;
    space[PCI_CAPS] = 0x50;
    space[0x50] = 1;
    space[0x51] = 0x83; /* the low two bits are reserved */
    space[0x80] = PCI_CAP_MSI;
    space[0x81] = 0xfc;
    space[0xfc] = PCI_CAP_MSIX;
    assert_int_equal(walk(1), 0x50);
    assert_int_equal(walk(PCI_CAP_MSI), 0x80);
    assert_int_equal(walk(PCI_CAP_MSIX), 0xfc);
    assert_int_equal(walk(9), 0);
}

static void survives_broken_chains(void **state)
{
    (void)state;
    assert_int_equal(walk(5), 0);
    space[PCI_CAPS] = 0x50; /* a circle */
    space[0x50] = 1;
    space[0x51] = 0x50;
    assert_int_equal(walk(5), 0);
    space[0x51] = 0x10; /* into the header */
    space[0x10] = 5;
    assert_int_equal(walk(5), 0);
    memset(space, 0xff, sizeof(space)); /* no device */
    assert_int_equal(walk(5), 0);
    assert_int_equal(walk(0xff), 0xfc);
}

static void decodes_bars(void **state)
{
    uint64_t base = 0;

    (void)state;
    assert_true(pci_bar_decode(0xfebf0000, 0x12345678, &base));
    assert_int_equal(base, 0xfebf0000);
    assert_true(pci_bar_decode(0xfebf0008, 0, &base)); /* prefetchable */
    assert_int_equal(base, 0xfebf0000);
    assert_true(pci_bar_decode(0xc000000c, 0x12, &base));
    assert_int_equal(base, 0x12c0000000);
    assert_true(pci_bar_decode(0x00000004, 0x12, &base));
    assert_int_equal(base, 0x1200000000);
    assert_false(pci_bar_decode(0xc001, 0, &base)); /* I/O */
    assert_false(pci_bar_decode(0, 0, &base));
    assert_false(pci_bar_decode(4, 0, &base));
    assert_false(pci_bar_decode(0xc0002, 0, &base)); /* below 1 MiB */
    assert_false(pci_bar_decode(0xffffffff, 0xffffffff, &base));
}

static void expect_msi(uint16_t control, uint8_t high, uint8_t data,
                       uint8_t mask)
{
    struct msi_registers r = msi_registers(control);

    assert_int_equal(r.address_high, high);
    assert_int_equal(r.data, data);
    assert_int_equal(r.mask, mask);
}

static void msi_has_four_layouts(void **state)
{
    (void)state;
    expect_msi(0, 0, 8, 0);
    expect_msi(MSI_CONTROL_64BIT, 8, 12, 0);
    expect_msi(MSI_CONTROL_MASKS, 0, 8, 12);
    expect_msi(MSI_CONTROL_64BIT | MSI_CONTROL_MASKS, 8, 12, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cf8_names_the_register),
        cmocka_unit_test_setup(finds_capabilities, clear),
        cmocka_unit_test_setup(survives_broken_chains, clear),
        cmocka_unit_test(decodes_bars),
        cmocka_unit_test(msi_has_four_layouts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
