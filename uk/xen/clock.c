/* clock.c - see clock.h. Source: xen/public/xen.h, struct vcpu_time_info. */
#include "xen/clock.h"
#include "xen/cpus.h"
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

/*
 * For entry.S: what was passed over by a jump of the hypervisor's clock, and
 * the time of day at the monotonic clock's 0, while the hypervisor's version of
 * it is this one; odd: never.
 */
struct wall {
    uint64_t at_start_ns;
    uint32_t version;
};

extern struct wall uk_wall;
extern uint64_t uk_passed_over_ns, uk_last_ns;
struct wall uk_wall = {.version = 1};
uint64_t uk_passed_over_ns;
uint64_t uk_last_ns; /* that any vcpu has told, where theirs differ */

_Static_assert(offsetof(struct wall, version) == WALL_VERSION, "asm");

uint64_t clock_system_ns(void)
{
    const volatile struct vcpu_time_info *t = &percpu()->info.time;
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
    uint64_t now = clock_system_ns() - uk_passed_over_ns;
    uint64_t last = read_once(uk_last_ns);

    if (!uk_many_cpus || percpu()->info.time.flags & XEN_PVCLOCK_TSC_STABLE_BIT)
        return now;
    while (last < now &&
           !__atomic_compare_exchange_n(&uk_last_ns, &last, now, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        ;
    return last < now ? now : last;
}

uint64_t clock_to_system(uint64_t monotonic_ns)
{
    return monotonic_ns + uk_passed_over_ns;
}

void clock_go_on_from(uint64_t monotonic_ns)
{
    uk_passed_over_ns = clock_system_ns() - monotonic_ns;
    uk_wall.version = 1;
}

/* What the program has set it forward by; wraps. */
static uint64_t wall_offset_ns;

void clock_set_wall_ns(uint64_t ns)
{
    wall_offset_ns += ns - clock_wall_ns();
    uk_wall.version = 1;
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
    at_start += wall_offset_ns;
    uk_wall.version = 1;
    barrier();
    uk_wall.at_start_ns = at_start + uk_passed_over_ns;
    barrier();
    uk_wall.version = version;
    return uk_wall.at_start_ns + clock_monotonic_ns();
}
