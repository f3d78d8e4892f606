/* futex.c - see futex.h. Source: futex(2). */
#include <errno.h>
#include <sys/mman.h>

#include "mm/space.h"
#include "sched/futex.h"
#include "sched/signal.h"
#include "sched/thread.h"

enum { QUEUES = 64 };

static struct wait_queue queues[QUEUES];

static struct wait_queue *queue_of(const void *key)
{
    uint64_t hash = ((uintptr_t)key >> 2) * 0x9e3779b97f4a7c15UL;

    return &queues[hash >> 58];
}

long futex_wait(const void *key, const uint32_t *word, uint32_t value,
                uint32_t bits, uint64_t deadline_ns)
{
    struct thread *t = thread_current();
    long error;

    if (read_once(*word) != value)
        return -EAGAIN;
    t->futex = key;
    t->futex_bits = bits;
    error = sched_wait(queue_of(key), deadline_ns);
    if (error || !thread_current()->futex)
        return error;
    percpu()->work = 1;
    return -RESTART;
}

long futex_wake(const void *key, uint32_t n, uint32_t bits)
{
    struct thread *t = queue_of(key)->first, *next;
    uint32_t woken = 0;

    for (; t && woken < n; t = next) {
        next = t->next;
        if (t->futex != key || !(t->futex_bits & bits))
            continue;
        t->futex = NULL;
        sched_wake(t, 0);
        woken++;
    }
    return woken;
}

long futex_requeue(const void *key, uint32_t n, uint32_t moved, const void *to)
{
    long woken = futex_wake(key, n, UINT32_MAX);
    struct thread *t = queue_of(key)->first, *next;
    uint32_t done = 0;

    for (; t && done < moved; t = next) {
        next = t->next;
        if (t->futex != key)
            continue;
        t->futex = to;
        if (queue_of(to) != queue_of(key))
            sched_move(t, queue_of(to));
        done++;
    }
    return woken + done;
}

/* -------------------------------------------------- priority inheritance */
enum { WAITERS = 1U << 31, OWNER_DIED = 1U << 30, OWNER = OWNER_DIED - 1 };

static struct thread *first_waiter(const void *key, struct thread *from)
{
    while (from && from->futex != key)
        from = from->next;
    return from;
}

/* The program changes it meanwhile, on another vcpu. */
static bool swap(uint32_t *word, uint32_t *value, uint32_t to)
{
    return __atomic_compare_exchange_n(word, value, to, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

/* Its rank is the highest of all that wait for one of its mutexes, and then
 * that of whom it waits for itself may be another. */
static void inherit(struct thread *owner)
{
    while (owner) {
        int highest = 0;

        for (const struct thread *t = threads_all(); t; t = t->next_of_all)
            if (t->mutex_owner == owner->tid && sched_rank(t) > highest)
                highest = sched_rank(t);
        if (highest == owner->inherited)
            return;
        sched_inherit(owner, highest);
        owner = owner->mutex_owner ? thread_find(owner->mutex_owner) : NULL;
    }
}

void futex_rank_changed(const struct thread *t)
{
    if (t->mutex_owner)
        inherit(thread_find(t->mutex_owner));
}

/* Whoever waits for it waits for `owner` now. */
static void set_owner(const void *key, const struct thread *owner)
{
    struct thread *t = queue_of(key)->first;

    while ((t = first_waiter(key, t)) != NULL) {
        t->mutex_owner = owner->tid;
        t = t->next;
    }
}

/* If it is nobody's; who waits for it is to be found again then, whatever an
 * owner that ended has left in the word. */
static bool take_free(const void *key, uint32_t *word, uint32_t *value)
{
    struct thread *t = thread_current();
    uint32_t mine = (uint32_t)t->tid;

    if (first_waiter(key, queue_of(key)->first))
        mine |= WAITERS;
    while (!(*value & OWNER)) {
        if (!swap(word, value, mine | (*value & (WAITERS | OWNER_DIED))))
            continue;
        if (mine & WAITERS) {
            set_owner(key, t);
            inherit(t);
        }
        return true;
    }
    return false;
}

/* Whoever has it inherits from the running thread while that waits. */
static long wait_for_owner(const void *key, struct thread *owner,
                           uint64_t deadline_ns)
{
    struct thread *t = thread_current();
    long error;

    t->futex = key;
    t->futex_bits = UINT32_MAX;
    t->mutex_owner = owner->tid;
    if (sched_rank(t) > sched_rank(owner))
        inherit(owner);
    error = sched_wait(queue_of(key), deadline_ns);
    owner = t->mutex_owner ? thread_find(t->mutex_owner) : NULL;
    t->mutex_owner = 0;
    if (owner && owner->inherited)
        inherit(owner);
    return error;
}

/* As futex_lock(), but 0 is said also to who was woken and was not given it. */
static long lock_once(const void *key, uint32_t *word, bool waits,
                      uint64_t deadline_ns)
{
    struct thread *t = thread_current(), *owner;
    uint32_t value = read_once(*word);

    if (take_free(key, word, &value))
        return 0;
    owner = thread_find((int)(value & OWNER));
    if (owner == t)
        return -EDEADLK;
    if (!owner)
        return -ESRCH;
    if (!waits)
        return -EAGAIN;
    if (!swap(word, &value, value | WAITERS))
        return 0;
    return wait_for_owner(key, owner, deadline_ns);
}

/* futex_unlock() gives it to who waits, FUTEX_WAKE does not: so a thread that
 * ends lets it go. */
long futex_lock(const void *key, uint32_t *word, bool waits,
                uint64_t deadline_ns)
{
    uint32_t tid = (uint32_t)thread_current()->tid;
    long error;

    for (;;) {
        error = lock_once(key, word, waits, deadline_ns);
        if (error)
            return error;
        /* It may be gone since. */
        if (!space_allows(word, sizeof(*word), PROT_READ | PROT_WRITE))
            return -EFAULT;
        if ((read_once(*word) & OWNER) == tid)
            return 0;
    }
}

/* The first of those that wait has it then, which has no lower rank than the
 * others. */
long futex_unlock(const void *key, uint32_t *word)
{
    struct thread *t = thread_current();
    struct thread *next = first_waiter(key, queue_of(key)->first);

    uint32_t value = 0;

    if ((read_once(*word) & OWNER) != (uint32_t)t->tid)
        return -EPERM;
    if (next)
        value = (uint32_t)next->tid |
                (first_waiter(key, next->next) ? (uint32_t)WAITERS : 0);
    /* It is nobody's at no time if there is a next one. */
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
    if (next) {
        set_owner(key, next);
        next->mutex_owner = 0;
        sched_wake(next, 0);
    }
    if (t->inherited)
        inherit(t);
    return 0;
}
