/*
 * sched/sched.h - which vcpu runs where. Layer: sched.
 * Knows of a vcpu only its struct sched_vcpu. Locks: one, the run queue's.
 */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include "cpu/cpu.h"
#include "cpu/entry.h"
#include "lib/list.h"
#include "sched/fair.h"
#include "time/time.h"

/* What the vcpus of a domain have in common. */
struct sched_domain {
    struct fair_cap cap;
    struct list_node parked; /* vcpus that wait for a budget */
    struct timer refill;     /* for them */
};

struct sched_vcpu {
    struct list_node node;       /* in the run queue or parked, while queued */
    struct sched_domain *domain; /* NULL: idle */
    struct cpu *cpu;             /* where it runs or last ran */
    /* Whose registers have its state (tables, segments, FPU), or NULL: it may
     * stay on a CPU that idles. */
    struct cpu *state_cpu;
    uint64_t stack_pointer; /* of its hypervisor stack, when not running */
    uint64_t runtime;       /* virtual: see fair.h */
    uint64_t turn_ns;       /* when its present turn began */
    uint64_t charged_ns;    /* and up to when it was charged */
    uint64_t burst_ns;      /* what it ran since it woke, up to then */
    cpu_mask_t affinity;    /* where it may run; where it had better run */
    cpu_mask_t soft_affinity;
    cpu_mask_t pinned; /* instead of these, or 0: SCHEDOP_pin_override */
    uint32_t weight;
    uint32_t pause_count; /* pausers; runs only at 0 */
    bool wake;            /* woken since it last looked */
    bool blocked;         /* by SCHEDOP_block or _poll, or never started */
    bool queued;
    bool parked;  /* queued, but in the domain's list */
    bool running; /* from its choice until its stack is left */
    bool yielding;
    bool brief;   /* its last burst was: see fair.h */
    bool cuts_in; /* queued, and goes at once if it is the first */
    bool idle;
    bool in_long_work; /* see sched_preempt(): pausers have to wait */
};

/*
 * Called with the old and the new vcpu at each switch, on the old's stack:
 * runstates, FPU, tables; and with one that begins to wait for a CPU, with the
 * queue locked. now: in ns. pv/ registers them.
 */
void sched_register_hooks(void (*switches)(struct vcpu *from, struct vcpu *to,
                                           uint64_t now),
                          void (*waits)(struct vcpu *v, uint64_t now));

/* The vcpu's scheduling part, behind what entry.S uses: domain/ puts it there.
 */
static inline struct sched_vcpu *vcpu_sched(struct vcpu *v)
{
    return (struct sched_vcpu *)(void *)((struct vcpu_entry *)(void *)v + 1);
}

void sched_init_cpu(struct cpu *cpu);
/* Switches to the vcpu whose turn it is, or idle; returns when `current` is
 * chosen again, perhaps on another CPU. Called with current possibly blocked.
 * Holds no lock. */
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
/* Current lets another one run first, if any waits. */
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
/* Runs no more, once it is off its CPU: see sched_wait_off(). */
void sched_pause(struct vcpu *v);
void sched_unpause(struct vcpu *v);
/* For a vcpu that is paused, and not current: returns when it is off its CPU
 * and out of long work. Other vcpus may run meanwhile. */
void sched_wait_off(const struct vcpu *v);
/* Interrupts the guest on its CPU so that it passes guest exit work. */
void sched_kick(struct vcpu *v);
/* Raises a softirq on any CPU, which notices at once. */
void sched_poke(struct cpu *cpu, enum softirq which);
/* Where it may run (while none of these is online: anywhere). */
void sched_set_affinity(struct vcpu *v, cpu_mask_t hard, cpu_mask_t soft);
/* Current goes to one of these CPUs alone, whatever its affinity is; 0: ends
 * that. */
void sched_pin(cpu_mask_t cpus);
/* What all vcpus of the domain together may run, in per cent of a CPU; 0: any.
 */
void sched_set_cap(struct sched_domain *d, uint32_t percent);
/* Birth, and death: when none of its vcpus will run again. */
void sched_init_domain(struct sched_domain *d);
void sched_kill_domain(struct sched_domain *d);
/* A CPU takes part, or does so no more: then it is idle when this returns. */
void sched_cpu_up(struct cpu *cpu);
void sched_cpu_down(struct cpu *cpu);
/* First switch of a new vcpu: prepares its stack so that it enters the guest
 * with guest registers as they stand at the stack's top. */
void sched_init_stack(struct vcpu *v, void *stack);
/* The same for one that is off all CPUs: whatever it was in the middle of, it
 * does not come back to. */
void sched_restart(struct vcpu *v);
/* Who runs where and who waits, to the log; `name` prints a vcpu's. */
void sched_print(void (*name)(const struct vcpu *v));
/* The idle loop; never returns. */
void sched_idle(void) __noreturn;

#endif
