/*
 * console/serial_config_test.c - com1= in its forms, and what they make of the
 * registers.
 */
/* link: hv/console/serial_config.c hv/lib/option.c hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "console/serial_config.h"

static const struct serial_config initial = {
    .clock_hz = SERIAL_CLOCK_HZ,
    .data_bits = 8,
    .parity = 'n',
    .stop_bits = 1,
    .io_base = 0x3f8,
    .irq = 4,
};

static struct serial_config parse(const char *text)
{
    struct serial_config c = initial;

    assert_int_equal(serial_parse_config(text, &c), 0);
    return c;
}

static void refuse(const char *text)
{
    struct serial_config c = initial;

    assert_int_equal(serial_parse_config(text, &c), -EINVAL);
    assert_memory_equal(&c, &initial, sizeof(c));
}

static void by_position(void **state)
{
    struct serial_config c = parse("115200/230400,7e2,0x2f8,3");

    (void)state;
    assert_int_equal(c.baud, 115200);
    assert_int_equal(c.clock_hz, 230400 * 16);
    assert_int_equal(c.data_bits, 7);
    assert_int_equal(c.parity, 'e');
    assert_int_equal(c.stop_bits, 2);
    assert_int_equal(c.io_base, 0x2f8);
    assert_int_equal(c.irq, 3);
}

static void parts_left_out(void **state)
{
    struct serial_config c = parse("auto,,,0");

    (void)state;
    assert_int_equal(c.baud, 0);
    assert_int_equal(c.irq, 0);
    assert_int_equal(c.io_base, 0x3f8);
    c = parse("");
    assert_memory_equal(&c, &initial, sizeof(c));
    c = parse("38400");
    assert_int_equal(c.baud, 38400);
    assert_int_equal(c.data_bits, 8);
}

static void by_name(void **state)
{
    struct serial_config c = parse("baud=9600,parity=o,stop-bits=2,"
                                   "io-base=0x3e8,data-bits=6,irq=5,"
                                   "clock-hz=1000");

    (void)state;
    assert_int_equal(c.baud, 9600);
    assert_int_equal(c.parity, 'o');
    assert_int_equal(c.stop_bits, 2);
    assert_int_equal(c.io_base, 0x3e8);
    assert_int_equal(c.data_bits, 6);
    assert_int_equal(c.irq, 5);
    assert_int_equal(c.clock_hz, 16000);
}

static void refusals(void **state)
{
    static const char *const bad[] = {
        "fast",
        "0",
        "115200x",
        "115200/",
        "1234567890123/1",
        "9600,9n1",
        "9600,8x1",
        "9600,8n3",
        "9600,8n",
        "9600,8n1,pci",
        "9600,8n1,0x3f8,16",
        "9600,8n1,0,4",
        "9600,8n1,0x3f8,4,5",
        "reg-width=4",
        "parity=",
        "parity=no",
        "data-bits=4",
        "stop-bits=0",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        refuse(bad[i]);
}

static void registers(void **state)
{
    struct serial_config c;

    (void)state;
    assert_int_equal(serial_line_control(&initial), 0x03);
    c = parse("9600,7e2");
    assert_int_equal(serial_line_control(&c), 0x1e);
    c = parse("9600,5o1");
    assert_int_equal(serial_line_control(&c), 0x08);
    c = parse("9600,6m1");
    assert_int_equal(serial_line_control(&c), 0x29);
    c = parse("9600,6s1");
    assert_int_equal(serial_line_control(&c), 0x39);
    assert_int_equal(serial_divisor(&c), 12);
    c = parse("115200");
    assert_int_equal(serial_divisor(&c), 1);
    c = parse("4000000");
    assert_int_equal(serial_divisor(&c), 1);
    c = parse("1");
    assert_int_equal(serial_divisor(&c), 0xffff);
    assert_int_equal(serial_divisor(&initial), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_position), cmocka_unit_test(parts_left_out),
        cmocka_unit_test(by_name),     cmocka_unit_test(refusals),
        cmocka_unit_test(registers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
