/*
 * cpu/softirq.c - work before the next return to a guest. Layer: cpu.
 */
#include "cpu/cpu.h"
#include "cpu/spinlock.h"
#include "cpu/traps.h"

static void (*handlers[SOFTIRQS])(void);
static void (*exit_handler)(struct cpu_regs *regs);

void softirq_register(enum softirq which, void (*fn)(void))
{
    handlers[which] = fn;
}

void softirq_raise(struct cpu *cpu, enum softirq which)
{
    __atomic_or_fetch(&cpu->softirq_pending, 1U << which, __ATOMIC_RELEASE);
}

void softirq_run(void)
{
    /* A handler may switch stacks and CPUs: look both up each time. */
    while (READ_ONCE(this_cpu()->softirq_pending)) {
        uint32_t pending = __atomic_exchange_n(&this_cpu()->softirq_pending, 0,
                                               __ATOMIC_ACQUIRE);

        /* The schedule bit comes last: the others may change its mind. */
        for (unsigned i = SOFTIRQS; i-- > 0;)
            if ((pending & 1U << i) && handlers[i])
                handlers[i]();
    }
}

void guest_exit_register(void (*fn)(struct cpu_regs *regs))
{
    exit_handler = fn;
}

void guest_exit_work(struct cpu_regs *regs)
{
    lock_check_none();
    if (READ_ONCE(this_cpu()->softirq_pending))
        softirq_run();
    exit_handler(regs);
}

bool preempt_point(void)
{
    lock_check_none();
    irq_window();
    return READ_ONCE(this_cpu()->softirq_pending) != 0;
}

static void (*serve_requests)(struct cpu *cpu);

void cpu_requests_register(void (*serve)(struct cpu *cpu))
{
    serve_requests = serve;
}

void cpu_relax(void)
{
    struct cpu *cpu = this_cpu();

    __asm__ volatile("pause" ::: "memory");
    if (unlikely(READ_ONCE(cpu->flush_request)))
        serve_requests(cpu);
}
