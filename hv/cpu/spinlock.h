/*
 * cpu/spinlock.h - the one kind of lock. Layer: cpu.
 * Fair (ticket). Interrupts are off whenever the hypervisor runs, so there are
 * no other variants. The lock order is in docs/architecture.md.
 */
#ifndef CPU_SPINLOCK_H
#define CPU_SPINLOCK_H

#include "lib/types.h"

void cpu_relax(void);

struct spinlock {
    uint16_t owner; /* the ticket being served */
    uint16_t next;  /* the next ticket to give out */
};

#define SPINLOCK_INIT                                                          \
    {                                                                          \
        0, 0                                                                   \
    }

static inline void spin_lock(struct spinlock *lock)
{
    uint16_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

    while (__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket)
        cpu_relax();
}

static inline void spin_unlock(struct spinlock *lock)
{
    __atomic_store_n(&lock->owner, (uint16_t)(lock->owner + 1),
                     __ATOMIC_RELEASE);
}

static inline bool spin_is_locked(const struct spinlock *lock)
{
    return READ_ONCE(lock->owner) != READ_ONCE(lock->next);
}

/* For panic only: takes the lock away from whoever holds it. */
static inline void spin_reset(struct spinlock *lock)
{
    lock->next = lock->owner;
}

#endif
