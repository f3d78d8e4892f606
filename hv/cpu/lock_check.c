/*
 * cpu/lock_check.c - the order of locks, checked as they are taken. Layer: cpu.
 * In images of `make LOCK_CHECK=1` only. Each CPU writes its own list.
 */
#include "cpu/cpu.h"
#include "cpu/spinlock.h"
#include "lib/log.h"

#ifdef LOCK_CHECK

#define HELD_MAX 8

static struct {
    const struct spinlock *lock[HELD_MAX];
    unsigned count;
} held[CPUS_MAX];

static bool may_follow(unsigned i, const struct spinlock *lock)
{
    const struct spinlock *other = held[this_cpu()->id].lock[i];

    if (lock->rank == LOCK_EVTCHN && other->rank == LOCK_EVTCHN)
        return i && held[this_cpu()->id].lock[0]->rank <= LOCK_PAIRING;
    return !lock->rank || !other->rank || other->rank < lock->rank;
}

/* Before the lock is waited for: that it is out of order is then said instead
 * of nothing. The console's is what says it. */
void lock_note_taken(const struct spinlock *lock)
{
    unsigned id = this_cpu()->id, n = held[id].count;

    if (lock->rank == LOCK_CONSOLE)
        return;
    for (unsigned i = 0; i < n; i++)
        if (!may_follow(i, lock))
            panic("lock order: rank %u is taken under rank %u", lock->rank,
                  held[id].lock[i]->rank);
    if (n == HELD_MAX)
        panic("lock order: %u locks are held", n);
    held[id].lock[n] = lock;
    held[id].count = n + 1;
}

void lock_note_dropped(const struct spinlock *lock)
{
    unsigned id = this_cpu()->id, i = held[id].count;

    if (lock->rank == LOCK_CONSOLE)
        return;
    while (i-- > 0)
        if (held[id].lock[i] == lock)
            break;
    if (i >= held[id].count)
        panic("lock order: rank %u is dropped, not held", lock->rank);
    held[id].count--;
    for (; i < held[id].count; i++)
        held[id].lock[i] = held[id].lock[i + 1];
}

void lock_check_none(void)
{
    unsigned id = this_cpu()->id;

    if (held[id].count)
        panic("lock order: rank %u is held where none may be",
              held[id].lock[0]->rank);
}

#endif
