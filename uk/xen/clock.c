/* clock.c - see clock.h. Source: xen/public/xen.h, struct vcpu_time_info. */
#include "xen/clock.h"
#include "xen/percpu.h"
#include "xen/shared.h"

static uint64_t tsc_read(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static uint64_t scale(uint64_t delta, uint32_t factor, int8_t shift)
{
    delta = shift < 0 ? delta >> -shift : delta << shift;
    return (uint64_t)((unsigned __int128)delta * factor >> 32);
}

static uint64_t passed_over_ns; /* by a jump of the hypervisor's clock */

uint64_t clock_system_ns(void)
{
    const volatile struct vcpu_time_info *t = &percpu()->vcpu_info->time;
    uint32_t version;
    uint64_t now;

    do {
        version = t->version & ~1U;
        barrier();
        now = t->system_time + scale(tsc_read() - t->tsc_timestamp,
                                     t->tsc_to_system_mul, t->tsc_shift);
        barrier();
    } while (version != t->version);
    return now;
}

uint64_t clock_monotonic_ns(void)
{
    return clock_system_ns() - passed_over_ns;
}

uint64_t clock_to_system(uint64_t monotonic_ns)
{
    return monotonic_ns + passed_over_ns;
}

void clock_go_on_from(uint64_t monotonic_ns)
{
    passed_over_ns = clock_system_ns() - monotonic_ns;
}

uint64_t clock_wall_ns(void)
{
    const volatile struct shared_info *s = shared_info();
    uint32_t version;
    uint64_t at_start;

    do {
        version = s->wc_version & ~1U;
        barrier();
        at_start =
            ((uint64_t)s->wc_sec_hi << 32 | s->wc_sec) * NS_PER_S + s->wc_nsec;
        barrier();
    } while (version != s->wc_version);
    return at_start + clock_system_ns();
}
