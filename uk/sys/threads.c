/* threads.c - the calls that make threads, end them and let them wait. Layer:
 * sys. Source: clone(2), futex(2), and what musl asks of them. */
#include <limits.h>
#include <sched.h>
#include <time.h>

#include "lib/string.h"
#include "sched/futex.h"
#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "xen/hypercall.h"
#include "xen/clock.h"

/* futex(2) */
enum {
    FUTEX_WAIT = 0,
    FUTEX_WAKE = 1,
    FUTEX_REQUEUE = 3,
    FUTEX_CMP_REQUEUE = 4,
    FUTEX_LOCK_PI = 6,
    FUTEX_UNLOCK_PI = 7,
    FUTEX_TRYLOCK_PI = 8,
    FUTEX_WAIT_BITSET = 9,
    FUTEX_WAKE_BITSET = 10,
    FUTEX_PRIVATE = 128,
    FUTEX_CLOCK_REALTIME = 256,
    FUTEX_CMD_MASK = 127
};

enum {
    CLONE_NEEDED = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                   CLONE_THREAD | CLONE_SYSVSEM,
    CLONE_KNOWN = CLONE_NEEDED | CLONE_SETTLS | CLONE_PARENT_SETTID |
                  CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_DETACHED
};

/* What the caller's `call pv_syscall` has pushed: where both return to. */
static uint64_t *caller_sp(void)
{
    return ((uint64_t **)(void *)thread_current()->kstack_top)[-1];
}

long sys_clone(uint64_t flags, uint64_t sp, int *parent_tid, int *child_tid,
               uint64_t tls)
{
    uint64_t *at = (uint64_t *)sp - 1;
    struct thread *t;

    if ((flags & CLONE_NEEDED) != CLONE_NEEDED ||
        flags & ~(uint64_t)CLONE_KNOWN)
        return -ENOSYS;
    if (!user_writes(at, sizeof(*at)))
        return -EINVAL;
    if ((flags & CLONE_PARENT_SETTID && !user_writes(parent_tid, 4)) ||
        (flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID) &&
         !user_writes(child_tid, 4)))
        return -EFAULT;
    t = thread_create((uintptr_t)at);
    if (!t)
        return -EAGAIN;
    *at = *caller_sp();
    if (flags & CLONE_SETTLS)
        t->fs_base = tls;
    if (flags & CLONE_PARENT_SETTID)
        *parent_tid = t->tid;
    if (flags & CLONE_CHILD_SETTID)
        *child_tid = t->tid;
    if (flags & CLONE_CHILD_CLEARTID)
        t->clear_tid = child_tid;
    return t->tid;
}

/* ------------------------------------------------------ robust mutexes */
struct robust {
    struct robust *next;
};

struct robust_list {
    struct robust *first; /* the last one's is this list */
    long offset;          /* from one to its word */
    struct robust *pending;
};

enum { ROBUST_MOST = 2048, OWNER_DIED = 1 << 30, OWNER = OWNER_DIED - 1 };

static void abandon(const struct thread *t, const struct robust *r, long offset)
{
    uint32_t *word = (uint32_t *)((uintptr_t)r + (uintptr_t)offset), value;

    if (!r || (uintptr_t)word & 3 || !user_writes(word, sizeof(*word)))
        return;
    value = read_once(*word);
    do {
        if ((value & OWNER) != (uint32_t)t->tid)
            return;
    } while (!__atomic_compare_exchange_n(
        word, &value, (value & ~(uint32_t)OWNER) | OWNER_DIED, false,
        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    futex_wake(space_key(word), 1, UINT32_MAX);
}

/* Who waits for a mutex of a thread that ends is told. */
static void abandon_all(const struct thread *t)
{
    const struct robust_list *list = t->robust_list;
    const struct robust *r;

    if (!list || !user_reads(list, sizeof(*list)))
        return;
    r = list->first;
    for (int n = 0; n < ROBUST_MOST && r != (const void *)list &&
                    user_reads(r, sizeof(*r));
         n++, r = r->next)
        abandon(t, r, list->offset);
    abandon(t, list->pending, list->offset);
}

long sys_set_robust_list(void *list, size_t size)
{
    if (size != sizeof(struct robust_list))
        return -EINVAL;
    thread_current()->robust_list = list;
    return 0;
}

long sys_get_robust_list(int tid, void **list, size_t *size)
{
    const struct thread *t = tid ? thread_find(tid) : thread_current();

    if (!t)
        return -ESRCH;
    if (!user_writes(list, sizeof(*list)) || !user_writes(size, sizeof(*size)))
        return -EFAULT;
    *list = t->robust_list;
    *size = sizeof(struct robust_list);
    return 0;
}

long sys_exit(int status)
{
    struct thread *t = thread_current();

    if (threads_count() == 1)
        return sys_exit_group(status);
    abandon_all(t);
    if (t->clear_tid && user_writes(t->clear_tid, sizeof(int))) {
        *t->clear_tid = 0;
        futex_wake(space_key(t->clear_tid), 1, UINT32_MAX);
    }
    thread_exit();
}

long sys_gettid(void)
{
    return thread_current()->tid;
}

long sys_set_tid_address(int *at)
{
    thread_current()->clear_tid = at;
    return thread_current()->tid;
}

long sys_set_thread_area(uint64_t base)
{
    if (xen_set_segment_base(SEGBASE_FS, base))
        return -EPERM;
    thread_current()->fs_base = base;
    return 0;
}

long sys_sched_yield(void)
{
    sched_give_way();
    return 0;
}

/* A time does not begin again behind a signal. */
static long wait_until(const void *key, const uint32_t *word, uint32_t value,
                       uint32_t bits, uint64_t deadline)
{
    for (;;) {
        long error = futex_wait(key, word, value, bits, deadline);

        if (error != -RESTART)
            return error;
        if (signal_is_due())
            return -EINTR;
        if (!user_reads(word, sizeof(*word)))
            return -EFAULT;
    }
}

/* Waiting for a word: relative times for FUTEX_WAIT, absolute ones else. */
static long wait(const void *key, const uint32_t *word, int op, uint32_t value,
                 const struct timespec *time, uint32_t bits)
{
    int clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    bool absolute = (op & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
    uint64_t deadline;
    long error;

    if (!bits)
        return -EINVAL;
    if (!time)
        return futex_wait(key, word, value, bits, NEVER);
    error = times_deadline(clock, absolute, time, &deadline);
    return error ? error : wait_until(key, word, value, bits, deadline);
}

/* A mutex whose owner inherits priority; the time is always an absolute one. */
static long lock(const void *key, uint32_t *word, bool waits,
                 const struct timespec *time)
{
    uint64_t deadline = NEVER;
    long error = 0;

    if (!user_writes(word, sizeof(*word)))
        return -EFAULT;
    if (waits && time)
        error = times_deadline(CLOCK_REALTIME, true, time, &deadline);
    return error ? error : futex_lock(key, word, waits, deadline);
}

static long requeue(const void *key, uint32_t woken, uint32_t moved,
                    const uint32_t *other, bool shared)
{
    if (shared && !user_reads(other, sizeof(*other)))
        return -EFAULT;
    return futex_requeue(key, woken, moved, shared ? space_key(other) : other);
}

/* The word is known to be one that can be read. */
static inline __attribute__((always_inline)) long
call(const void *key, uint32_t *word, int op, uint32_t value, uint64_t fourth,
     uint32_t *other, uint32_t last)
{
    const struct timespec *time = (const struct timespec *)fourth;

    switch (op & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
        return wait(key, word, op, value, time, UINT32_MAX);
    case FUTEX_WAIT_BITSET:
        return wait(key, word, op, value, time, last);
    case FUTEX_WAKE:
        return futex_wake(key, value, UINT32_MAX);
    case FUTEX_WAKE_BITSET:
        return last ? futex_wake(key, value, last) : -EINVAL;
    case FUTEX_LOCK_PI:
        return lock(key, word, true, time);
    case FUTEX_TRYLOCK_PI:
        return lock(key, word, false, NULL);
    case FUTEX_UNLOCK_PI:
        return user_writes(word, 4) ? futex_unlock(key, word) : -EFAULT;
    case FUTEX_CMP_REQUEUE:
        if (read_once(*word) != last)
            return -EAGAIN;
        /* fallthrough */
    case FUTEX_REQUEUE:
        return requeue(key, value, (uint32_t)minimum(fourth, INT_MAX), other,
                       !(op & FUTEX_PRIVATE));
    default:
        return -ENOSYS;
    }
}

static __attribute__((noinline)) long
call_shared(uint32_t *word, int op, uint32_t value, uint64_t fourth,
            uint32_t *other, uint32_t last)
{
    return call(space_key(word), word, op, value, fourth, other, last);
}

/* Where the key is the address, nothing is kept besides. */
long sys_futex(uint32_t *word, int op, uint32_t value, uint64_t fourth,
               uint32_t *other, uint32_t last)
{
    if ((uintptr_t)word & 3)
        return -EINVAL;
    if (!user_reads(word, sizeof(*word)))
        return -EFAULT;
    if (!(op & FUTEX_PRIVATE))
        return call_shared(word, op, value, fourth, other, last);
    return call(word, word, op, value, fourth, other, last);
}
