/*
 * sched/sched.h - which vcpu runs. Layer: sched.
 * Knows of a vcpu only its struct sched_vcpu. Locks: one per CPU's run queue.
 */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include "cpu/cpu.h"
#include "time/time.h"

struct sched_vcpu {
    struct vcpu *next_queued;
    struct cpu *cpu;        /* where it runs or last ran */
    uint64_t stack_pointer; /* of its hypervisor stack, when not running */
    uint32_t pause_count;   /* pausers; runs only at 0 */
    bool wake;              /* woken since it last looked */
    bool blocked;           /* by SCHEDOP_block or _poll, or never started */
    bool queued;
    bool running;
    bool idle;
    bool in_long_work; /* see sched_preempt(): pausers have to wait */
};

/* Called with the old and the new vcpu at each switch, on the old's stack:
 * runstates, FPU, tables. domain/ registers it. */
void sched_register_switch(void (*fn)(struct vcpu *from, struct vcpu *to));

/* The vcpu's scheduling part; domain/ provides it. */
struct sched_vcpu *vcpu_sched(struct vcpu *v);

void sched_init_cpu(struct cpu *cpu);
/* Switches to the next runnable vcpu, or idle; returns when `current` is chosen
 * again. Called with current possibly blocked. Holds no lock. */
void schedule(void);
/* Makes a blocked vcpu runnable (no-op when it is). Any CPU. */
void sched_wake(struct vcpu *v);
/*
 * Current means to sleep: wake-ups of before are forgotten. What it waits for
 * is looked at after this, and then comes sched_block().
 */
void sched_block_prepare(void);
/* Puts current to sleep until sched_wake(), unless `wake` was set meanwhile. */
void sched_block(void);
void sched_yield(void);
/*
 * Between the items of work whose length a guest chooses, with no lock held:
 * lets interrupts in and, if it is their turn, other vcpus. The work goes on
 * where it was, perhaps on another CPU; a pause takes effect after it. So long
 * work needs no half-done states that a guest could leave behind.
 */
void sched_preempt(void);
/* The same while another vcpu has to get on first. */
void sched_wait(void);
void sched_pause(struct vcpu *v);
void sched_unpause(struct vcpu *v);
/* Interrupts the guest on its CPU so that it passes guest exit work. */
void sched_kick(struct vcpu *v);
/* First switch of a new vcpu: prepares its stack so that it enters the guest
 * with guest registers as they stand at the stack's top. */
void sched_init_stack(struct vcpu *v, void *stack);
/* The idle loop; never returns. */
void sched_idle(void) __noreturn;

#endif
