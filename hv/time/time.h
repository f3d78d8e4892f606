/*
 * time/time.h - system time, timers, the wall clock. Layer: time.
 * System time is ns since the hypervisor started, from the TSC.
 * Locks: one per CPU's timer queue, a leaf; not held while a timer's fn runs.
 */
#ifndef TIME_TIME_H
#define TIME_TIME_H

#include "cpu/cpu.h"
#include "lib/types.h"
#include "time/queue.h"

/* How the TSC becomes ns, in the form pvclock hands to guests:
 * ns = base_ns + (((tsc - base_tsc) << shift) * mul >> 32) */
struct time_scale {
    uint64_t base_tsc;
    uint64_t base_ns;
    uint32_t mul;
    int8_t shift;
};

extern struct time_scale time_scale;
extern uint32_t tsc_khz;
/* The TSC may be given to guests as stable (invariant, or tsc=stable). */
extern bool tsc_is_stable;

/* Calibrates the TSC (HPET, else PM timer, else PIT) and says with what error;
 * reads the RTC once. On the boot CPU, after acpi_init() and irq_init_cpu(). */
void time_init(void);
/* This CPU's timer queue; after time_init() and irq_init_cpu(). */
void time_init_cpu(struct cpu *cpu);

uint64_t time_now_ns(void);

/* Wall clock at system time 0, in ns since 1970. */
uint64_t wallclock_base_ns(void);
/* Counts in 64 bits of ns, whatever is lost by it, as Xen does. */
void wallclock_set(uint64_t seconds, uint32_t ns, uint64_t at_system_ns);

/* A timer belongs to the CPU that set it; fn runs there from SOFTIRQ_TIMER. */
struct timer {
    union {
        struct timer_node node;
        uint64_t expires_ns; /* node's first member; read only */
    };
    void (*fn)(void *arg);
    void *arg;
    struct cpu *cpu; /* where it is queued, or NULL */
};

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg);
/* Moves it when it is set already. A time that has passed fires at once. The
 * caller keeps others from setting the same timer meanwhile. */
void timer_set(struct timer *t, uint64_t expires_ns);
/* From any CPU; fn may still be running on the timer's. */
void timer_cancel(struct timer *t);
/*
 * Cancels, and waits until fn does not run any more: then the timer's memory
 * may go. Not from fn, nor with a lock that fn takes.
 */
void timer_kill(struct timer *t);

static inline bool timer_is_set(const struct timer *t)
{
    return READ_ONCE(t->cpu) != NULL;
}

#endif
