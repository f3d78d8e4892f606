/*
 * thread.c - see thread.h: one processor, threads in turn, a time slice each.
 */
#include <errno.h>
#include <sched.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "mm/pages.h"
#include "sched/signal.h"
#include "sched/thread.h"
#include "xen/clock.h"
#include "xen/console.h"
#include "xen/hypercall.h"
#include "xen/shared.h"

enum { KSTACK_FRAMES = KSTACK_BYTES / PAGE_BYTES, FPU_BYTES = 512 };

void sched_switch(struct thread *from, struct thread *to);
void sched_first_return(void);
void sched_switched(void);

static struct thread first_thread;
static aligned_(16) char first_fpu[FPU_BYTES];
static struct thread *all = &first_thread, *dead;
static struct wait_queue ready;
static struct timers timers;
static struct timer slice;
static unsigned count = 1;
static bool slice_over;
static uint64_t armed_ns = NEVER;

/* ------------------------------------------------------------ wait queues */
int sched_rank(const struct thread *t)
{
    return t->priority > t->inherited ? t->priority : t->inherited;
}

/* Behind those that have at least its rank (`first`: a higher one). */
static void enqueue_at(struct wait_queue *q, struct thread *t, bool first)
{
    int rank = sched_rank(t) + first;
    struct thread **at = &q->first;

    if (q->last && sched_rank(q->last) >= rank)
        at = &q->last->next;
    while (*at && sched_rank(*at) >= rank)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
    if (!t->next)
        q->last = t;
}

static void enqueue(struct wait_queue *q, struct thread *t)
{
    enqueue_at(q, t, false);
}

static void dequeue(struct wait_queue *q, struct thread *t)
{
    struct thread **at = &q->first, *before = NULL;

    while (*at != t) {
        before = *at;
        at = &before->next;
    }
    *at = t->next;
    if (q->last == t)
        q->last = before;
}

/* ------------------------------------------------------- processor time */
static uint64_t all_cpu_ns, since_ns;

static void account(void)
{
    uint64_t now = clock_monotonic_ns();

    thread_current()->cpu_ns += now - since_ns;
    all_cpu_ns += now - since_ns;
    since_ns = now;
}

uint64_t sched_cpu_ns(const struct thread *t)
{
    account();
    return t ? t->cpu_ns : all_cpu_ns;
}

/* ---------------------------------------------------------------- timers */
/* Too early costs less than setting it for each thread that waits. */
static void arm(void)
{
    uint64_t at = timers.first ? timers.first->at_ns : NEVER;

    if (at >= armed_ns)
        return;
    armed_ns = at;
    xen_set_timer(clock_to_system(at));
}

void sched_set_timer(struct timer *t, uint64_t at_ns)
{
    timer_set(&timers, t, at_ns);
    arm();
}

static void run_timers(unsigned port)
{
    (void)port;
    armed_ns = NEVER;
    timers_run(&timers, clock_monotonic_ns());
    arm();
}

static void end_slice(struct timer *t)
{
    (void)t;
    slice_over = true;
}

static void time_out(struct timer *t)
{
    struct thread *waiter =
        (struct thread *)((char *)t - offsetof(struct thread, timer));

    sched_wake(waiter, -ETIMEDOUT);
}

static void bind_timer(void)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER};

    long error = xen_event_channel_op(EVTCHNOP_bind_virq, &bind);

    if (error)
        console_panic("no timer: error %ld", error);
    xen_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
    shared_bind(bind.port, run_timers);
}

void sched_resume(void)
{
    bind_timer();
    armed_ns = NEVER;
    arm();
}

/* -------------------------------------------------------------- threads */
void sched_init(uint64_t entered_ns)
{
    since_ns = entered_ns;
    first_thread.tid = 1;
    first_thread.fpu = first_fpu;
    first_thread.kstack_top = percpu()->kstack_top;
    first_thread.timer.fire = time_out;
    pending_init(&first_thread.pending);
    percpu()->current = &first_thread;
    slice.fire = end_slice;
    bind_timer();
}

struct thread *threads_all(void)
{
    return all;
}

unsigned threads_count(void)
{
    return count;
}

struct thread *thread_find(int tid)
{
    struct thread *t = all;

    while (t && t->tid != tid)
        t = t->next_of_all;
    return t;
}

static int next_tid(void)
{
    static int last = 1;

    do {
        last = last < 1 << 22 ? last + 1 : 2;
    } while (thread_find(last));
    return last;
}

static void thread_free(struct thread *t)
{
    struct pending_signal *lost;

    while (pending_take(&t->pending, ~0UL, &lost))
        heap_free(lost, sizeof(*lost));
    pages_free(direct_frame(t->kstack_top - KSTACK_BYTES), KSTACK_FRAMES);
    heap_free(t->fpu, FPU_BYTES);
    heap_free(t, sizeof(*t));
}

static void call_for_turn(void)
{
    slice_over = true;
    percpu()->work = 1;
}

/* A new ready thread may end the slice of the one that runs. */
static void make_ready(struct thread *t)
{
    enqueue(&ready, t);
    if (sched_rank(t) > sched_rank(thread_current()))
        call_for_turn();
    else if (!slice.link)
        sched_set_timer(&slice, clock_monotonic_ns() + SCHED_SLICE_NS);
}

/*
 * The stack of a new thread is its parent's within a system call, as far as
 * entry.S has filled it, below which sched_switch() finds where to return.
 */
struct thread *thread_create(uint64_t sp)
{
    enum { SAVED_BY_CALL = 8, SAVED_BY_SWITCH = 6 };
    struct thread *t = heap_alloc(sizeof(*t)), *parent = thread_current();
    uint32_t stack = pages_alloc_raw(KSTACK_FRAMES);
    uint64_t *top;

    if (t)
        t->fpu = heap_alloc(FPU_BYTES);
    if (!t || !t->fpu || stack == FRAME_NONE) {
        heap_free(t ? t->fpu : NULL, FPU_BYTES);
        heap_free(t, sizeof(*t));
        if (stack != FRAME_NONE)
            pages_free(stack, KSTACK_FRAMES);
        return NULL;
    }
    t->kstack_top = (char *)direct(stack) + KSTACK_BYTES;
    t->tid = next_tid();
    t->timer.fire = time_out;
    t->fs_base = parent->fs_base;
    t->signal_mask = parent->signal_mask;
    t->policy = parent->policy;
    t->priority = parent->priority;
    memcpy(t->name, parent->name, sizeof(t->name));
    pending_init(&t->pending);
    top = (uint64_t *)(void *)t->kstack_top;
    memcpy(top - SAVED_BY_CALL,
           parent->kstack_top - SAVED_BY_CALL * sizeof(*top),
           SAVED_BY_CALL * sizeof(*top));
    top[-1] = sp;
    top -= SAVED_BY_CALL + 1;
    *top = (uintptr_t)sched_first_return;
    t->kernel_sp = (uintptr_t)(top - SAVED_BY_SWITCH);
    __asm__ volatile("fxsave64 %0" : "=m"(*(char(*)[FPU_BYTES])t->fpu));
    t->next_of_all = all;
    all = t;
    count++;
    make_ready(t);
    return t;
}

/* Runs on the stack that was switched to. */
void sched_switched(void)
{
    if (dead)
        thread_free(dead);
    dead = NULL;
    signals_look();
}

static void switch_to(struct thread *next)
{
    struct thread *from = thread_current();

    if (next == from)
        return;
    percpu()->current = next;
    percpu()->kstack_top = next->kstack_top;
    xen_set_segment_base(SEGBASE_FS, next->fs_base);
    sched_switch(from, next);
    sched_switched();
}

/* With nothing to do, the processor is given back until something happens. */
static struct thread *wait_for_ready(void)
{
    account();
    while (!ready.first) {
        arm();
        xen_sched_op(SCHEDOP_block, NULL);
        percpu()->vcpu_info->evtchn_upcall_mask = 1;
        since_ns = clock_monotonic_ns();
    }
    return ready.first;
}

/* The running thread is in a queue, or at its end. */
static void run_next(void)
{
    struct thread *next = wait_for_ready();

    dequeue(&ready, next);
    slice_over = false;
    if (ready.first)
        sched_set_timer(&slice, clock_monotonic_ns() + SCHED_SLICE_NS);
    else
        timer_cancel(&slice);
    arm();
    switch_to(next);
}

noreturn_ void thread_exit(void)
{
    struct thread *t = thread_current(), **at = &all;

    while (*at != t)
        at = &(*at)->next_of_all;
    *at = t->next_of_all;
    count--;
    /* The first one's stacks are not the heap's. */
    if (t != &first_thread)
        dead = t;
    for (;;)
        run_next();
}

long sched_wait(struct wait_queue *q, uint64_t deadline_ns)
{
    struct thread *t = thread_current();

    t->waits_on = q;
    t->wait_result = 0;
    enqueue(q, t);
    if (deadline_ns != NEVER)
        sched_set_timer(&t->timer, deadline_ns);
    run_next();
    return t->wait_result;
}

void sched_wake(struct thread *t, long result)
{
    if (!t->waits_on)
        return;
    dequeue(t->waits_on, t);
    t->waits_on = NULL;
    t->wait_result = result;
    timer_cancel(&t->timer);
    make_ready(t);
}

unsigned sched_wake_some(struct wait_queue *q, unsigned n)
{
    unsigned woken = 0;

    for (; woken < n && q->first; woken++)
        sched_wake(q->first, 0);
    return woken;
}

void sched_move(struct thread *t, struct wait_queue *to)
{
    dequeue(t->waits_on, t);
    t->waits_on = to;
    enqueue(to, t);
}

/* `first`: it goes on before others of its rank. */
static void step_aside(bool first)
{
    struct thread *t = thread_current();

    if (!ready.first || sched_rank(ready.first) < sched_rank(t) + first)
        return;
    enqueue_at(&ready, t, first);
    run_next();
}

void sched_give_way(void)
{
    step_aside(false);
}

void sched_preempt(void)
{
    if (!slice_over)
        return;
    slice_over = false;
    step_aside(thread_current()->policy == SCHED_FIFO ||
               (ready.first &&
                sched_rank(ready.first) > sched_rank(thread_current())));
}

/* Where it waits, it moves to its new place. */
static void rank_changed(struct thread *t, struct wait_queue *q)
{
    if (t != thread_current()) {
        dequeue(q, t);
        enqueue(q, t);
    }
    if (ready.first && sched_rank(ready.first) > sched_rank(thread_current()))
        call_for_turn();
}

void sched_set_priority(struct thread *t, int policy, int priority)
{
    t->policy = policy;
    t->priority = priority;
    rank_changed(t, t->waits_on ? t->waits_on : &ready);
}

void sched_inherit(struct thread *t, int priority)
{
    t->inherited = priority;
    rank_changed(t, t->waits_on ? t->waits_on : &ready);
}
