/*
 * time/timer.c - timers, and this CPU's hardware timer. Layer: time.
 * Locks: each queue's, a leaf. Only its own CPU inserts into a queue; others
 * may remove from it. The hardware is set for the first timer or for an earlier
 * moment: a wakeup too early finds nothing to do and sets it again.
 */
#include "time/time.h"

#include "cpu/spinlock.h"
#include "irq/irq.h"
#include "lib/scale.h"
#include "time/time_internal.h"

#define NEVER_NS UINT64_MAX
/* The longest sleep asked of the hardware: far below any overflow. */
#define SLEEP_MAX_NS (1UL << 40)

struct cpu_timers {
    struct spinlock lock;
    struct timer_queue queue;
    uint64_t armed_ns; /* the hardware fires then; 0: do not touch it */
    struct timer *running;
};

static struct cpu_timers cpu_timers[CPUS_MAX];
/* From ns to ticks of what lapic_timer_set*() take. */
static uint32_t ticks_mul;
static int8_t ticks_shift;

static void hardware_set(uint64_t sleep_ns)
{
    uint64_t ticks =
        scale_u64(MIN(sleep_ns, SLEEP_MAX_NS), ticks_mul, ticks_shift) + 1;

    if (lapic_timer_has_deadline())
        lapic_timer_set_deadline(rdtsc() + ticks);
    else
        lapic_timer_set((uint32_t)MIN(ticks, UINT32_MAX));
}

/* Makes this CPU wake up for its first timer. Queue locked. */
static void timers_arm(struct cpu_timers *timers)
{
    const struct timer_node *first = timers->queue.first;
    uint64_t now;

    if (!first || first->expires_ns >= timers->armed_ns)
        return;
    timers->armed_ns = first->expires_ns;
    now = time_now_ns();
    if (first->expires_ns <= now)
        softirq_raise(this_cpu(), SOFTIRQ_TIMER);
    else
        hardware_set(first->expires_ns - now);
}

/* Takes the first timer that expired by `now` off the queue, or NULL. */
static struct timer *timers_take_expired(struct cpu_timers *timers,
                                         uint64_t now)
{
    struct timer *t;

    if (!timers->queue.first || timers->queue.first->expires_ns > now)
        return NULL;
    t = container_of(timers->queue.first, struct timer, node);
    timer_queue_remove(&timers->queue, &t->node);
    /* In this order: timer_kill() sees one or the other. */
    WRITE_ONCE(timers->running, t);
    WRITE_ONCE(t->cpu, NULL);
    return t;
}

/* SOFTIRQ_TIMER: what fn sets anew for a later moment waits for its turn. */
static void timers_run(void)
{
    struct cpu_timers *timers = this_cpu()->timers;
    uint64_t now = time_now_ns();
    struct timer *t;

    spin_lock(&timers->lock);
    timers->armed_ns = 0;
    while ((t = timers_take_expired(timers, now))) {
        spin_unlock(&timers->lock);
        t->fn(t->arg);
        spin_lock(&timers->lock);
        WRITE_ONCE(timers->running, NULL);
    }
    timers->armed_ns = NEVER_NS;
    timers_arm(timers);
    spin_unlock(&timers->lock);
}

static void timer_interrupt(void)
{
    softirq_raise(this_cpu(), SOFTIRQ_TIMER);
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg)
{
    *t = (struct timer){.fn = fn, .arg = arg};
}

void timer_set(struct timer *t, uint64_t expires_ns)
{
    struct cpu_timers *timers = this_cpu()->timers;

    timer_cancel(t);
    spin_lock(&timers->lock);
    t->node.expires_ns = expires_ns;
    timer_queue_insert(&timers->queue, &t->node);
    WRITE_ONCE(t->cpu, this_cpu());
    timers_arm(timers);
    spin_unlock(&timers->lock);
}

void timer_cancel(struct timer *t)
{
    struct cpu *cpu;

    while ((cpu = READ_ONCE(t->cpu))) {
        struct cpu_timers *timers = cpu->timers;
        bool ours;

        spin_lock(&timers->lock);
        ours = t->cpu == cpu; /* it may have fired or moved meanwhile */
        if (ours) {
            timer_queue_remove(&timers->queue, &t->node);
            WRITE_ONCE(t->cpu, NULL);
        }
        spin_unlock(&timers->lock);
        if (ours)
            return;
    }
}

void timer_kill(struct timer *t)
{
    do {
        timer_cancel(t);
        for_each_cpu(cpu) while (READ_ONCE(cpu_timers[cpu->id].running) == t)
            cpu_relax();
        /* fn may have set it again. */
    } while (timer_is_set(t));
}

void __init timers_init(uint64_t tsc_hz, uint64_t lapic_hz)
{
    scale_find(NS_PER_SECOND, lapic_timer_has_deadline() ? tsc_hz : lapic_hz,
               &ticks_mul, &ticks_shift);
    softirq_register(SOFTIRQ_TIMER, timers_run);
    vector_register(VECTOR_TIMER, timer_interrupt);
}

void __init time_init_cpu(struct cpu *cpu)
{
    struct cpu_timers *timers = &cpu_timers[cpu->id];

    spin_init(&timers->lock, LOCK_TIMERS);
    timers->armed_ns = NEVER_NS;
    cpu->timers = timers;
}
