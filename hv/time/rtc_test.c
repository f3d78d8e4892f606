/* link: hv/time/rtc.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "time/rtc.h"

#define BCD_24 0x02

static void expect(const struct rtc_registers *r, uint64_t right)
{
    uint64_t seconds = 0;

    assert_true(rtc_decode(r, &seconds));
    assert_int_equal(seconds, right);
}

static void refuse(struct rtc_registers r)
{
    uint64_t seconds;

    assert_false(rtc_decode(&r, &seconds));
}

static void dates_agree_with_libc(void **state)
{
    (void)state;
    for (int64_t t = 0; t < 5000000000; t += 86400 * 13) {
        time_t when = t;
        struct tm tm;

        gmtime_r(&when, &tm);
        assert_int_equal(date_to_seconds((uint32_t)tm.tm_year + 1900,
                                         (uint32_t)tm.tm_mon + 1,
                                         (uint32_t)tm.tm_mday),
                         t - t % 86400);
    }
}

static void decodes_bcd_and_binary(void **state)
{
    struct rtc_registers bcd = {.second = 0x59,
                                .minute = 0x30,
                                .hour = 0x23,
                                .day = 0x29,
                                .month = 0x02,
                                .year = 0x24,
                                .century = 0x20,
                                .status_b = BCD_24};
    struct rtc_registers binary = {.second = 59,
                                   .minute = 30,
                                   .hour = 23,
                                   .day = 29,
                                   .month = 2,
                                   .year = 24,
                                   .century = 20,
                                   .status_b = 0x06};

    (void)state;
    expect(&bcd, 1709249459);
    expect(&binary, 1709249459);
}

static void twelve_hours_start_at_twelve(void **state)
{
    struct rtc_registers r = {
        .day = 1, .month = 1, .year = 0x70, .century = 0x19};

    (void)state;
    r.hour = 0x12;
    expect(&r, 0);
    r.hour = 0x01;
    expect(&r, 3600);
    r.hour = 0x92;
    expect(&r, 12 * 3600);
    r.hour = 0x91;
    expect(&r, 23 * 3600);
    r.hour = 0x00;
    refuse(r);
    r.hour = 0x13;
    refuse(r);
}

static void century_is_guessed(void **state)
{
    struct rtc_registers r = {.day = 1, .month = 1, .status_b = BCD_24};

    (void)state;
    r.year = 0x69;
    expect(&r, date_to_seconds(2069, 1, 1));
    r.year = 0x70;
    expect(&r, 0);
    r.century = 0x55; /* no century */
    r.year = 0x26;
    expect(&r, date_to_seconds(2026, 1, 1));
    r.century = 0x21;
    r.year = 0x00;
    expect(&r, date_to_seconds(2100, 1, 1));
}

static void no_dates_are_refused(void **state)
{
    struct rtc_registers good = {
        .day = 1, .month = 1, .year = 0x24, .status_b = BCD_24};
    struct rtc_registers r;

    (void)state;
    refuse(
        (struct rtc_registers){0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
    refuse((struct rtc_registers){.status_b = BCD_24});
    r = good, r.second = 0x60, refuse(r);
    r = good, r.minute = 0x6a, refuse(r);
    r = good, r.hour = 0x24, refuse(r);
    r = good, r.day = 0x32, refuse(r);
    r = good, r.day = 0, refuse(r);
    r = good, r.month = 0x13, refuse(r);
    r = good, r.month = 0, refuse(r);
    r = good, r.year = 0xa0, refuse(r);
    r = good, r.month = 2, r.day = 0x29, r.year = 0x23, refuse(r);
    r = good, r.century = 0x19, r.year = 0x69, refuse(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_agree_with_libc),
        cmocka_unit_test(decodes_bcd_and_binary),
        cmocka_unit_test(twelve_hours_start_at_twelve),
        cmocka_unit_test(century_is_guessed),
        cmocka_unit_test(no_dates_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
