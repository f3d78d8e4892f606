/*
 * cpus.h - the vcpus that run, and the one lock that they share. Layer: xen.
 *
 * All of the kernel runs with its own vcpu's events masked and, while there are
 * several vcpus, under the lock; where a head comment says "the kernel's" of
 * locks, it is this one. entry.S, trap_handle() and the idle loop take it and
 * give it back: nobody else has to think of it.
 */
#ifndef UK_XEN_CPUS_H
#define UK_XEN_CPUS_H

#include "xen/percpu.h"

enum { CPUS_MOST = 32 };

/* Known to entry.S. The lock has the number of the vcpu behind that of its
 * owner; 0: nobody. */
extern uint8_t uk_lock, uk_many_cpus;
void uk_lock_slowly(void);

static inline bool kernel_lock_try(void)
{
    uint8_t nobody = 0;

    return __atomic_compare_exchange_n(&uk_lock, &nobody,
                                       (uint8_t)(percpu()->id + 1), false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void kernel_lock(void)
{
    if (uk_many_cpus && !kernel_lock_try())
        uk_lock_slowly();
}

static inline bool kernel_has_lock(void)
{
    return !uk_many_cpus || read_once(uk_lock) == percpu()->id + 1;
}

static inline void kernel_unlock(void)
{
    __atomic_store_n(&uk_lock, 0, __ATOMIC_RELEASE);
}

/* They are numbered from 0, without gaps. */
extern struct percpu *uk_cpus[CPUS_MOST];
extern unsigned uk_cpus_count;

static inline unsigned cpus_count(void)
{
    return uk_cpus_count;
}

static inline struct percpu *cpu_of(unsigned id)
{
    return uk_cpus[id];
}

void cpus_add(struct percpu *p);

/* The caller has the lock from now on, which was not needed before. */
void cpus_begin(void);

/* Lets it enter the kernel as soon as it can, if it is not in it. */
void cpu_kick(struct percpu *p);
/* Binds the port for that. */
void cpu_bind_kick(struct percpu *p);

/*
 * No vcpu uses an entry of the page tables any more that was changed before:
 * one that idles has to call cpu_flush() before it runs a thread.
 */
void cpus_flush(void);
void cpu_flush(struct percpu *p);

/* All others stand still at the lock, until they may go on. */
void cpus_stop_others(void);
void cpus_go_on(void);

#endif
