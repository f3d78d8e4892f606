/*
 * cpu/spinlock.h - the one kind of lock. Layer: cpu.
 * Fair (ticket). Interrupts are off whenever the hypervisor runs, so there are
 * no other variants. `make LOCK_CHECK=1` builds an image that stops at a lock
 * taken out of order.
 */
#ifndef CPU_SPINLOCK_H
#define CPU_SPINLOCK_H

#include "lib/types.h"

void cpu_relax(void);

/* A lock may be taken while those are held that stand above it here; but for
 * two of LOCK_EVTCHN under LOCK_PAIRING, none beside one of its own rank. What
 * each protects is in docs/architecture.md. */
enum lock_rank {
    LOCK_UNRANKED, /* of boot: not checked */
    LOCK_PIRQ,
    LOCK_PAIRING,
    LOCK_EVTCHN,
    LOCK_FIFO,
    LOCK_GRANT, /* a table's entries, and its handles */
    LOCK_DOMAINS,
    LOCK_DOMAIN,
    LOCK_RUN_QUEUE,
    LOCK_TIMERS,
    LOCK_LEAF,
    LOCK_ALLOC,
    LOCK_CONSOLE,
};

struct spinlock {
    uint16_t owner; /* the ticket being served */
    uint16_t next;  /* the next ticket to give out */
    uint32_t rank;  /* enum lock_rank */
};

#define SPINLOCK_INIT(rank)                                                    \
    {                                                                          \
        0, 0, (rank)                                                           \
    }

static inline void spin_init(struct spinlock *lock, enum lock_rank rank)
{
    *lock = (struct spinlock)SPINLOCK_INIT(rank);
}

#ifdef LOCK_CHECK
/* cpu/lock_check.c: they stop at a lock out of order, or held too long. */
void lock_note_taken(const struct spinlock *lock);
void lock_note_dropped(const struct spinlock *lock);
void lock_check_none(void);
#else
static inline void lock_note_taken(const struct spinlock *lock)
{
    (void)lock;
}
static inline void lock_note_dropped(const struct spinlock *lock)
{
    (void)lock;
}
static inline void lock_check_none(void)
{
}
#endif

/* cpu_relax() that changes no register, so that who finds a lock free has none
 * to save. cpu/relax.S */
static inline void spin_relax(void)
{
#if __STDC_HOSTED__
    cpu_relax();
#else
    __asm__ volatile("call cpu_relax_saved" : : : "memory", "cc");
#endif
}

static inline void spin_lock(struct spinlock *lock)
{
    uint16_t ticket;

    lock_note_taken(lock);
    ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);
    while (unlikely(__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket))
        spin_relax();
}

/* Only the holder writes the owner, and a store of x86 is a release. */
static inline void spin_unlock(struct spinlock *lock)
{
    lock_note_dropped(lock);
    __asm__ volatile("incw %0" : "+m"(lock->owner) : : "memory", "cc");
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
