/*
 * time/clock.c - system time from the TSC, and the wall clock. Layer: time.
 * time_scale is constant after time_init(); the wall clock is one atomic word.
 */
#include "time/time.h"

#include "abi/errno.h"
#include "irq/irq.h"
#include "lib/log.h"
#include "lib/option.h"
#include "lib/scale.h"
#include "lib/string.h"
#include "time/calibrate.h"
#include "time/time_internal.h"

/* 12 ms in all: the reference may be as slow as 1 MHz. */
#define SAMPLES          5
#define SAMPLES_PER_S    333
#define READS_PER_SAMPLE 8

#define CPUID_POWER        0x80000007
#define CPUID_INVARIANT_DX (1U << 8)

struct time_scale time_scale;
uint32_t tsc_khz;
bool tsc_is_stable;

static uint64_t wallclock_base;

enum tsc_option {
    TSC_BY_CPUID,
    TSC_STABLE,
    TSC_UNSTABLE,
};
static enum tsc_option opt_tsc;

/* tsc=stable[:socket] | unstable | skewed, as Xen's. */
static int __init parse_tsc(const char *value)
{
    if (!value)
        return -EINVAL;
    if (!strcmp(value, "stable") || !strcmp(value, "stable:socket"))
        opt_tsc = TSC_STABLE;
    else if (!strcmp(value, "unstable") || !strcmp(value, "skewed"))
        opt_tsc = TSC_UNSTABLE;
    else
        return -EINVAL;
    return 0;
}
OPTION_DEFINE_CUSTOM("tsc", parse_tsc);

uint64_t time_now_ns(void)
{
    return time_scale.base_ns + scale_u64(rdtsc_ordered() - time_scale.base_tsc,
                                          time_scale.mul, time_scale.shift);
}

uint64_t wallclock_base_ns(void)
{
    return READ_ONCE(wallclock_base);
}

void wallclock_set(uint64_t seconds, uint32_t ns, uint64_t at_system_ns)
{
    WRITE_ONCE(wallclock_base, seconds * NS_PER_SECOND + ns - at_system_ns);
}

/* The quickest of some readings: the others were interrupted (SMM, a host). */
static struct time_sample __init sample_take(const struct reference *r)
{
    struct time_sample best = {.slack = UINT64_MAX};

    for (unsigned n = 0; n < READS_PER_SAMPLE; n++) {
        struct time_sample s;

        s.tsc = rdtsc_ordered();
        s.reference = r->read();
        s.slack = rdtsc_ordered() - s.tsc;
        s.lapic = lapic_timer_has_deadline() ? 0 : lapic_timer_read();
        if (s.slack < best.slack)
            best = s;
    }
    return best;
}

static void __init reference_wait(const struct reference *r, uint64_t ticks)
{
    uint64_t start = r->read();

    while (((r->read() - start) & r->mask) < ticks)
        continue;
}

static void __init measure(struct calibration *c)
{
    const struct reference *r = reference_find();
    struct time_sample samples[SAMPLES];

    if (!lapic_timer_has_deadline())
        lapic_timer_set(UINT32_MAX);
    for (unsigned i = 0; i < SAMPLES; i++) {
        if (i)
            reference_wait(r, r->hz / SAMPLES_PER_S);
        samples[i] = sample_take(r);
    }
    if (!lapic_timer_has_deadline())
        lapic_timer_set(0);
    if (!calibrate(samples, SAMPLES, r->hz, r->mask, c))
        panic("the TSC cannot be measured against the %s", r->name);
    if (r->stop)
        r->stop();
    printk(XENLOG_INFO "TSC: %lu.%03lu MHz, measured against the %s "
                       "(%lu.%03lu MHz), error at most %u ppm\n",
           c->tsc_hz / 1000000, c->tsc_hz / 1000 % 1000, r->name,
           r->hz / 1000000, r->hz / 1000 % 1000, c->error_ppm);
}

static bool __init tsc_is_invariant(void)
{
    return cpuid(0x80000000, 0).a >= CPUID_POWER &&
           (cpuid(CPUID_POWER, 0).d & CPUID_INVARIANT_DX);
}

static void __init wallclock_init(void)
{
    uint64_t seconds;

    if (!cmos_read_seconds(&seconds)) {
        printk(XENLOG_WARNING "the RTC holds no date\n");
        return;
    }
    /* Without waiting for its next tick: the middle of the second. */
    wallclock_set(seconds, NS_PER_SECOND / 2, time_now_ns());
    printk(XENLOG_INFO "Wall clock: %lu s since 1970\n", seconds);
}

void __init time_init(void)
{
    struct calibration c;

    measure(&c);
    scale_find(c.tsc_hz, NS_PER_SECOND, &time_scale.mul, &time_scale.shift);
    time_scale.base_tsc = rdtsc_ordered();
    tsc_khz = (uint32_t)((c.tsc_hz + 500) / 1000);
    tsc_is_stable =
        opt_tsc == TSC_BY_CPUID ? tsc_is_invariant() : opt_tsc == TSC_STABLE;
    if (!lapic_timer_has_deadline() && !c.lapic_hz)
        panic("the local APIC's timer does not count");
    timers_init(c.tsc_hz, c.lapic_hz);
    wallclock_init();
}
