/* link: hv/time/calibrate.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "time/calibrate.h"

#define TSC_HZ   2596084000UL
#define LAPIC_HZ 1000000000UL
#define PM_HZ    3579545UL
#define PM_MASK  0xffffffUL

/* What the counters read `us` microseconds after start. */
static struct time_sample at(uint64_t us, uint64_t slack, uint64_t hz,
                             uint64_t mask)
{
    return (struct time_sample){
        .tsc = 123456789 + us * (TSC_HZ / 1000000),
        .slack = slack,
        .reference = (0xfff000 + us * hz / 1000000) & mask,
        .lapic = (uint32_t)(0xffffffff - us * (LAPIC_HZ / 1000000)),
    };
}

static uint64_t ppm_off(uint64_t value, uint64_t right)
{
    uint64_t off = value > right ? value - right : right - value;

    return off * 1000000 / right;
}

static void finds_rates_over_a_wrap(void **state)
{
    struct time_sample s[5];
    struct calibration c;

    (void)state;
    for (unsigned i = 0; i < 5; i++)
        s[i] = at(i * 3000, 1000, PM_HZ, PM_MASK);
    assert_true(calibrate(s, 5, PM_HZ, PM_MASK, &c));
    assert_true(ppm_off(c.tsc_hz, TSC_HZ / 1000000 * 1000000) <= c.error_ppm);
    assert_true(ppm_off(c.lapic_hz, LAPIC_HZ) <= c.error_ppm);
    assert_in_range(c.error_ppm, 1, 100);
}

static void prefers_samples_read_quickly(void **state)
{
    struct time_sample s[4];
    struct calibration c;

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        s[i] = at(i * 3000, 100, 100000000, 0xffffffff);
    /* The last was interrupted for 1 ms between its two readings. */
    s[3].tsc -= TSC_HZ / 1000;
    s[3].slack = TSC_HZ / 1000;
    assert_true(calibrate(s, 4, 100000000, 0xffffffff, &c));
    assert_true(ppm_off(c.tsc_hz, TSC_HZ / 1000000 * 1000000) <= 1);
    assert_in_range(c.error_ppm, 0, 20);
}

/* A 16-bit counter wraps every 55 ms: the guest of a busy host sees less. */
static void median_outvotes_a_lost_wrap(void **state)
{
    uint64_t ms[] = {0, 3, 6, 66, 69, 72};
    struct time_sample s[6];
    struct calibration c;

    (void)state;
    for (unsigned i = 0; i < 6; i++)
        s[i] = at(ms[i] * 1000, 100, 1193182, 0xffff);
    assert_true(calibrate(s, 6, 1193182, 0xffff, &c));
    assert_true(ppm_off(c.tsc_hz, TSC_HZ) <= c.error_ppm + 100);
    assert_true(ppm_off(c.lapic_hz, LAPIC_HZ) <= 1000);
}

static void refuses_counters_that_stand(void **state)
{
    struct time_sample s[3];
    struct calibration c;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        s[i] = at(i * 3000, 100, PM_HZ, PM_MASK);
        s[i].reference = 7;
    }
    assert_false(calibrate(s, 3, PM_HZ, PM_MASK, &c));
    for (unsigned i = 0; i < 3; i++) {
        s[i] = at(i * 3000, 100, PM_HZ, PM_MASK);
        s[i].tsc = 7;
    }
    assert_false(calibrate(s, 3, PM_HZ, PM_MASK, &c));
    assert_false(calibrate(s, 1, PM_HZ, PM_MASK, &c));
    assert_false(calibrate(s, 17, PM_HZ, PM_MASK, &c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_rates_over_a_wrap),
        cmocka_unit_test(prefers_samples_read_quickly),
        cmocka_unit_test(median_outvotes_a_lost_wrap),
        cmocka_unit_test(refuses_counters_that_stand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
