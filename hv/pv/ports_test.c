/*
 * pv/ports_test.c - which ports go to the machine, and what others read as. No
 * real port is touched: in this program that would be a fault.
 */
/* link: hv/pv/ports.c hv/domain/range.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "console/serial.h"
#include "pci/pci.h"
#include "pv/pv.h"

static struct domain d;
static struct vcpu v = {.domain = &d};
static uint8_t bitmap[8192];

uint16_t serial_io_base(enum serial_port port)
{
    return port == SERIAL_COM1 ? 0x3f8 : 0;
}

void cpu_relax(void)
{
}

/* The data register remembers the index it was reached with. */
static uint32_t config_index, config_value;

uint32_t pci_port_read(uint32_t cf8, uint16_t port, unsigned bytes)
{
    (void)bytes;
    config_index = cf8;
    return config_value + port;
}

void pci_port_write(uint32_t cf8, uint16_t port, unsigned bytes, uint32_t value)
{
    (void)port, (void)bytes;
    config_index = cf8;
    config_value = value;
}

static int make_domu(void **state)
{
    (void)state;
    d = (struct domain){0};
    return 0;
}

/* All ports but those that the hypervisor uses itself. */
static int make_dom0(void **state)
{
    make_domu(state);
    d.privileged = true;
    assert_int_equal(range_set_add(&d.ioports, 0, 65535), 0);
    assert_int_equal(range_set_remove(&d.ioports, 0x608, 0x60b), 0);
    return 0;
}

static bool traps(unsigned port)
{
    return bitmap[port / 8] >> port % 8 & 1;
}

static void test_domu_has_nothing(void **state)
{
    (void)state;
    assert_int_equal(pv_port_read(&v, 0x64, 1), 0xffffffff);
    assert_int_equal(pv_port_read(&v, 0x3f8, 1) & 0xff, 0xff);
    assert_int_equal(pv_port_read(&v, 0xcfc, 4), 0xffffffff);
    assert_int_equal(pv_port_read(&v, 0x71, 1) & 0xff, 0xff);
    assert_int_equal(pv_port_read(&v, 0x61, 1) & 0xff, 0xff);
    assert_int_equal(pv_port_read(&v, 0xffff, 4), 0xffffffff);
    pv_port_write(&v, 0x64, 1, 0xfe);
    pv_port_write(&v, 0xcf9, 1, 6);
    pv_port_write(&v, 0xcfc, 4, 0);
    pv_port_write(&v, 0x42, 2, 0);
    pv_port_write(&v, 0xffff, 2, 0);
    pv_build_io_bitmap(&d, bitmap);
    for (unsigned port = 0; port < 65536; port++)
        assert_true(traps(port));
}

/* What is latched can be read back, of any domain. */
static void test_latches(void **state)
{
    (void)state;
    pv_port_write(&v, 0xcf8, 4, 0x80001234);
    assert_int_equal(pv_port_read(&v, 0xcf8, 4), 0x80001234);
    /* Only a double word is the index. */
    pv_port_write(&v, 0xcf8, 1, 0);
    assert_int_equal(pv_port_read(&v, 0xcf8, 4), 0x80001234);
    assert_int_equal(pv_port_read(&v, 0xcf8, 1) & 0xff, 0xff);
    pv_port_write(&v, 0x70, 1, 0x8f);
    assert_int_equal(pv_port_read(&v, 0x70, 1) & 0xff, 0x8f);
    /* A word to 0x70 is the index, and data for a CMOS that is not there. */
    pv_port_write(&v, 0x70, 2, 0x5512);
    assert_int_equal(pv_port_read(&v, 0x70, 2) & 0xffff, 0xff12);
}

/* PCI's data register is dom0's only, and goes by the latched index. */
static void test_configuration_space(void **state)
{
    (void)state;
    pv_port_write(&v, 0xcf8, 4, 0x80001234);
    config_index = 0;
    pv_port_write(&v, 0xcfc, 4, 77);
    assert_int_equal(pv_port_read(&v, 0xcfe, 2) & 0xffff, 0xffff);
    assert_int_equal(config_index, 0);
    d.privileged = true;
    pv_port_write(&v, 0xcfc, 4, 77);
    assert_int_equal(config_index, 0x80001234);
    assert_int_equal(pv_port_read(&v, 0xcfe, 2) & 0xffff, 77 + 0xcfe);
}

static void test_dom0_bitmap(void **state)
{
    static const uint16_t trapped[] = {0x20,  0x21,  0x42,  0x43,  0x61,
                                       0x70,  0x71,  0xa0,  0xa1,  0x3f8,
                                       0x3ff, 0x608, 0x60b, 0xcf8, 0xcff};
    static const uint16_t direct[] = {0x60,  0x64,  0x80,   0x3d4,  0x2f8,
                                      0x607, 0x60c, 0xc000, 0xffff, 0xcf7};

    (void)state;
    pv_build_io_bitmap(&d, bitmap);
    for (unsigned i = 0; i < ARRAY_SIZE(trapped); i++)
        assert_true(traps(trapped[i]));
    for (unsigned i = 0; i < ARRAY_SIZE(direct); i++)
        assert_false(traps(direct[i]));
}

/* A range may end behind the last port. */
static void test_bitmap_bounds(void **state)
{
    (void)state;
    assert_int_equal(range_set_add(&d.ioports, 65530, 1UL << 40), 0);
    pv_build_io_bitmap(&d, bitmap);
    assert_false(traps(65535));
    assert_true(traps(65529));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_domu_has_nothing, make_domu),
        cmocka_unit_test_setup(test_latches, make_domu),
        cmocka_unit_test_setup(test_configuration_space, make_domu),
        cmocka_unit_test_setup(test_dom0_bitmap, make_dom0),
        cmocka_unit_test_setup(test_bitmap_bounds, make_domu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
