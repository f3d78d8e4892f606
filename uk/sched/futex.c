/* futex.c - see futex.h. Source: futex(2). */
#include <errno.h>
#include <sys/mman.h>

#include "mm/space.h"
#include "sched/futex.h"
#include "sched/signal.h"
#include "sched/thread.h"

enum { QUEUES = 64 };

static struct wait_queue queues[QUEUES];

static struct wait_queue *queue_of(const uint32_t *word)
{
    uint64_t hash = ((uintptr_t)word >> 2) * 0x9e3779b97f4a7c15UL;

    return &queues[hash >> 58];
}

long futex_wait(const uint32_t *word, uint32_t value, uint32_t bits,
                uint64_t deadline_ns)
{
    struct thread *t = thread_current();
    long error;

    if (read_once(*word) != value)
        return -EAGAIN;
    t->futex = word;
    t->futex_bits = bits;
    error = sched_wait(queue_of(word), deadline_ns);
    if (error || !thread_current()->futex)
        return error;
    percpu()->work = 1;
    return -RESTART;
}

long futex_wake(const uint32_t *word, uint32_t n, uint32_t bits)
{
    struct thread *t = queue_of(word)->first, *next;
    uint32_t woken = 0;

    for (; t && woken < n; t = next) {
        next = t->next;
        if (t->futex != word || !(t->futex_bits & bits))
            continue;
        t->futex = NULL;
        sched_wake(t, 0);
        woken++;
    }
    return woken;
}

long futex_requeue(const uint32_t *word, uint32_t n, uint32_t moved,
                   const uint32_t *to)
{
    long woken = futex_wake(word, n, UINT32_MAX);
    struct thread *t = queue_of(word)->first, *next;
    uint32_t done = 0;

    for (; t && done < moved; t = next) {
        next = t->next;
        if (t->futex != word)
            continue;
        t->futex = to;
        if (queue_of(to) != queue_of(word))
            sched_move(t, queue_of(to));
        done++;
    }
    return woken + done;
}

/* -------------------------------------------------- priority inheritance */
enum { WAITERS = 1U << 31, OWNER_DIED = 1U << 30, OWNER = OWNER_DIED - 1 };

static struct thread *first_waiter(const uint32_t *word, struct thread *from)
{
    while (from && from->futex != word)
        from = from->next;
    return from;
}

/* The program changes it meanwhile, on another vcpu. */
static bool swap(uint32_t *word, uint32_t *value, uint32_t to)
{
    return __atomic_compare_exchange_n(word, value, to, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

/* If it is nobody's; who waits for it is to be found again then, whatever an
 * owner that ended has left in the word. */
static bool take_free(uint32_t *word, uint32_t *value)
{
    uint32_t mine = (uint32_t)thread_current()->tid;

    if (first_waiter(word, queue_of(word)->first))
        mine |= WAITERS;
    while (!(*value & OWNER))
        if (swap(word, value, mine | (*value & (WAITERS | OWNER_DIED))))
            return true;
    return false;
}

/* As futex_lock(), but 0 is said also to who was woken and was not given it. */
static long lock_once(uint32_t *word, bool waits, uint64_t deadline_ns)
{
    struct thread *t = thread_current(), *owner;
    uint32_t value = read_once(*word);

    if (take_free(word, &value))
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
    if (sched_rank(t) > sched_rank(owner))
        sched_inherit(owner, sched_rank(t));
    t->futex = word;
    t->futex_bits = UINT32_MAX;
    return sched_wait(queue_of(word), deadline_ns);
}

/* futex_unlock() gives it to who waits, FUTEX_WAKE does not: so a thread that
 * ends lets it go. */
long futex_lock(uint32_t *word, bool waits, uint64_t deadline_ns)
{
    uint32_t tid = (uint32_t)thread_current()->tid;
    long error;

    for (;;) {
        error = lock_once(word, waits, deadline_ns);
        if (error)
            return error;
        /* It may be gone since. */
        if (!space_allows(word, sizeof(*word), PROT_READ | PROT_WRITE))
            return -EFAULT;
        if ((read_once(*word) & OWNER) == tid)
            return 0;
    }
}

/* The first of those that wait has it then. */
long futex_unlock(uint32_t *word)
{
    struct thread *t = thread_current();
    struct thread *next = first_waiter(word, queue_of(word)->first);

    uint32_t value = 0;

    if ((read_once(*word) & OWNER) != (uint32_t)t->tid)
        return -EPERM;
    if (next)
        value = (uint32_t)next->tid |
                (first_waiter(word, next->next) ? (uint32_t)WAITERS : 0);
    /* It is nobody's at no time if there is a next one. */
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
    if (t->inherited)
        sched_inherit(t, 0);
    if (next)
        sched_wake(next, 0);
    return 0;
}
