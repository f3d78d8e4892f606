/*
 * thread.h - threads, which of them runs, and waiting. Layer: sched.
 *
 * The kernel is never preempted: it runs with events masked. A thread that runs
 * the program's code is, when its time is over and others are ready. Ready
 * threads are in one queue for all vcpus. Locks: the kernel's.
 */
#ifndef UK_SCHED_THREAD_H
#define UK_SCHED_THREAD_H

#include "sched/pending.h"
#include "sched/timers.h"
#include "xen/cpus.h"

/* Threads that wait for one thing: by priority, then the longest first. */
struct wait_queue {
    struct thread *first, *last;
};

#define NEVER          UINT64_MAX
#define SCHED_SLICE_NS 10000000L

struct thread {
    uint64_t kernel_sp; /* while it does not run; known to switch.S */
    char *fpu;          /* known to switch.S */
    char *kstack_top;
    uint64_t fs_base;
    int tid;
    int *clear_tid;           /* zeroed and woken at its end */
    struct wait_queue *queue; /* that it is in; NULL: it runs, or has ended */
    struct thread *next;      /* there */
    struct thread *next_of_all;
    struct percpu *on; /* where it runs */
    uint32_t affinity; /* the vcpus that it may run on */
    struct timer timer;
    long wait_result;
    const void *futex;
    uint32_t futex_bits;
    struct pending pending;
    uint64_t signal_mask, saved_mask, signals_awaited;
    bool mask_is_saved; /* in force again behind the next handler */
    stack_t alternate;
    int policy, priority; /* SCHED_*; 0 without SCHED_FIFO and SCHED_RR */
    int inherited;        /* priority, of who waits for a mutex of its */
    int mutex_owner;      /* of the mutex that it waits for; 0: for none */
    uint64_t cpu_ns;      /* had, until it was switched to last */
    void *robust_list;
    char name[16];
};

/* Whatever vcpu a thread goes on with, it is the same for it. */
static inline struct thread *thread_current(void)
{
    struct thread *t;

    __asm__("mov %%gs:%c1, %0" : "=r"(t) : "i"(PERCPU_CURRENT));
    return t;
}

/* What runs becomes the first thread, and has since `entered_ns`. */
void sched_init(uint64_t entered_ns);
/* Starts all other vcpus that the domain has. Without memory, not all. */
void sched_start_others(void);
/* The domain was restored: its timers are to be set again. */
void sched_resume(void);

/*
 * A thread that returns from the running one's system call with 0, on the stack
 * `sp`. NULL without memory.
 */
struct thread *thread_create(uint64_t sp);
struct thread *thread_find(int tid);
unsigned threads_count(void);
struct thread *threads_all(void); /* linked by next_of_all */

/* Ends the running thread, of which there must be others. */
noreturn_ void thread_exit(void);

/*
 * Waits to be woken: 0, -ETIMEDOUT at the deadline (of the monotonic clock), or
 * what sched_wake() gave; -RESTART, also at once, if a signal is to be told. 0
 * is said also when one came that is not: who waits has to look again.
 */
long sched_wait(struct wait_queue *q, uint64_t deadline_ns);
void sched_wake(struct thread *t, long result);
/* Wakes up to `n` of them; gives their number. */
unsigned sched_wake_some(struct wait_queue *q, unsigned n);
void sched_move(struct thread *t, struct wait_queue *to);
void sched_give_way(void);

void sched_set_priority(struct thread *t, int policy, int priority);
/* Instead of what it inherited before; 0: nothing. */
void sched_inherit(struct thread *t, int priority);
int sched_rank(const struct thread *t);
void sched_set_affinity(struct thread *t, uint32_t cpus);

/* How long a thread (NULL: any) has had the processor. */
uint64_t sched_cpu_ns(const struct thread *t);

/* On the way back to the program: has another thread its turn? */
void sched_preempt(void);
/* Lets a vcpu come that way soon. */
void sched_call(struct percpu *p);
void sched_set_timer(struct timer *t, uint64_t at_ns);

#endif
