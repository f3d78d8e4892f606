/* futex.c - see futex.h. Source: futex(2). */
#include <errno.h>

#include "sched/futex.h"
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

    if (read_once(*word) != value)
        return -EAGAIN;
    t->futex = word;
    t->futex_bits = bits;
    return sched_wait(queue_of(word), deadline_ns);
}

long futex_wake(const uint32_t *word, uint32_t n, uint32_t bits)
{
    struct thread *t = queue_of(word)->first, *next;
    uint32_t woken = 0;

    for (; t && woken < n; t = next) {
        next = t->next;
        if (t->futex != word || !(t->futex_bits & bits))
            continue;
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
