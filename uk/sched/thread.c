/*
 * thread.c - see thread.h: threads in turn, a time slice each. Who becomes
 * ready lets a vcpu know that idles, or one that runs what matters less.
 */
#include <errno.h>
#include <sched.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "sched/fpu.h"
#include "sched/signal.h"
#include "sched/thread_internal.h"
#include "xen/clock.h"
#include "xen/console.h"
#include "xen/hypercall.h"
#include "xen/shared.h"

/* IDLE_CALLED: it will look for what is ready. */
enum { IDLE_NOT, IDLE_ASLEEP, IDLE_CALLED };

void sched_switch(struct thread *from, struct thread *to);
void sched_first_return(void);
void sched_switched(void);

static struct thread first_thread;
static struct thread *all = &first_thread;
static struct wait_queue ready;
static struct timers timers;
static struct timer slices[CPUS_MOST];
static unsigned count = 1;
static uint64_t armed_ns = NEVER; /* the earliest of all vcpus' */
static const struct percpu *armed_on;

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
    t->queue = q;
}

static void enqueue(struct wait_queue *q, struct thread *t)
{
    enqueue_at(q, t, false);
}

static void dequeue(struct thread *t)
{
    struct wait_queue *q = t->queue;
    struct thread **at = &q->first, *before = NULL;

    while (*at != t) {
        before = *at;
        at = &before->next;
    }
    *at = t->next;
    if (q->last == t)
        q->last = before;
    t->queue = NULL;
}

/* ------------------------------------------------------- processor time */
static uint64_t all_cpu_ns;

static void account(struct percpu *p)
{
    uint64_t now = clock_monotonic_ns();

    if (p->idle == IDLE_NOT && p->current != p->idler) {
        p->current->cpu_ns += now - p->since_ns;
        all_cpu_ns += now - p->since_ns;
    }
    p->since_ns = now;
}

uint64_t sched_cpu_ns(const struct thread *t)
{
    for (unsigned i = 0; i < cpus_count(); i++)
        account(cpu_of(i));
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
    armed_on = percpu();
    xen_set_timer(clock_to_system(at));
}

void sched_set_timer(struct timer *t, uint64_t at_ns)
{
    timer_set(&timers, t, at_ns);
    arm();
}

/* A vcpu whose alarm others have come before has nothing to do. */
static void run_timers(unsigned port)
{
    uint64_t now = clock_monotonic_ns();

    (void)port;
    if (now < armed_ns && armed_on != percpu())
        return;
    armed_ns = NEVER;
    timers_run(&timers, now);
    arm();
}

void sched_call(struct percpu *p)
{
    p->work = 1;
    if (p != percpu())
        cpu_kick(p);
}

static void call_for_turn(struct percpu *p)
{
    p->turn = true;
    sched_call(p);
}

/*
 * It was set for a slice that may have been left long ago, or by who has called
 * another vcpu: while that has not come, this one goes on looking, since a
 * hypervisor that sleeps may have forgotten it.
 */
static void end_slice(struct timer *t)
{
    struct percpu *p = cpu_of((unsigned)(t - slices));
    uint64_t now = clock_monotonic_ns();

    if (!ready.first)
        return;
    if (p->idle)
        sched_set_timer(t, now + SCHED_SLICE_NS);
    else if (now < p->slice_ns + SCHED_SLICE_NS)
        sched_set_timer(t, p->slice_ns + SCHED_SLICE_NS);
    else
        call_for_turn(p);
}

static void time_out(struct timer *t)
{
    struct thread *waiter =
        (struct thread *)((char *)t - offsetof(struct thread, timer));

    sched_wake(waiter, -ETIMEDOUT);
}

void sched_bind_events(struct percpu *p)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = p->id};
    long error = xen_event_channel_op(EVTCHNOP_bind_virq, &bind);

    if (error)
        console_panic("no timer: error %ld", error);
    xen_vcpu_op(VCPUOP_stop_periodic_timer, p->id, NULL);
    shared_bind_on(p, bind.port, run_timers);
    if (uk_many_cpus)
        cpu_bind_kick(p);
    slices[p->id].fire = end_slice;
}

void sched_resume(void)
{
    for (unsigned i = 0; i < cpus_count(); i++)
        sched_bind_events(cpu_of(i));
    armed_ns = NEVER;
    arm();
}

/* -------------------------------------------------------------- threads */
void sched_init(uint64_t entered_ns)
{
    fpu_init();
    percpu()->since_ns = entered_ns;
    first_thread.tid = 1;
    first_thread.fpu = heap_alloc(fpu_bytes);
    if (!first_thread.fpu)
        console_panic("no memory for a thread");
    first_thread.kstack_top = percpu()->kstack_top;
    first_thread.timer.fire = time_out;
    first_thread.on = percpu();
    first_thread.affinity = UINT32_MAX;
    pending_init(&first_thread.pending);
    percpu()->current = &first_thread;
    sched_bind_events(percpu());
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

/* ------------------------------------------------------- who runs where */
static bool may_run(const struct thread *t, const struct percpu *p)
{
    return t->affinity >> p->id & 1;
}

static int rank_of_running(const struct percpu *p)
{
    return sched_rank(p->current);
}

/* Lets one of those that idle look for `t`; false if all are called or run. */
static bool wake_idle(const struct thread *t)
{
    for (unsigned i = 0; i < cpus_count(); i++) {
        struct percpu *p = cpu_of(i);

        if (p->idle != IDLE_ASLEEP || !may_run(t, p))
            continue;
        p->idle = IDLE_CALLED;
        if (p != percpu())
            cpu_kick(p);
        return true;
    }
    return false;
}

static void limit_slice(const struct percpu *p)
{
    if (!slices[p->id].link)
        sched_set_timer(&slices[p->id], clock_monotonic_ns() + SCHED_SLICE_NS);
}

/* The vcpu that runs what matters least; the slices of all are to end. */
static struct percpu *find_least(const struct thread *t)
{
    struct percpu *least = NULL;

    for (unsigned i = 0; i < cpus_count(); i++) {
        struct percpu *p = cpu_of(i);

        if (p->idle != IDLE_NOT || !may_run(t, p))
            continue;
        if (!least || rank_of_running(p) < rank_of_running(least))
            least = p;
        limit_slice(p);
    }
    return least;
}

/* `t` is ready: it may end the slice of one that runs. */
static void find_place(const struct thread *t)
{
    struct percpu *p = percpu();

    if (uk_many_cpus && wake_idle(t)) {
        limit_slice(p);
        return;
    }
    if (uk_many_cpus)
        p = find_least(t);
    if (p && sched_rank(t) > rank_of_running(p))
        call_for_turn(p);
    else if (p)
        limit_slice(p);
}

static void make_ready(struct thread *t)
{
    enqueue(&ready, t);
    find_place(t);
}

/* Whom this vcpu would run next. */
static inline struct thread *choose(void)
{
    const struct percpu *me = percpu();
    struct thread *t = ready.first;

    while (t && !may_run(t, me))
        t = t->next;
    return t;
}

/* ------------------------------------------------------ threads that begin */
/*
 * The stack of a new thread is its parent's within a system call, as far as
 * entry.S has filled it, below which sched_switch() finds where to return.
 */
struct thread *thread_create(uint64_t sp)
{
    enum { SAVED_BY_CALL = 8, SAVED_BY_SWITCH = 6 };
    struct thread *t = thread_alloc(), *parent = thread_current();
    uint64_t *top;

    if (!t)
        return NULL;
    t->tid = next_tid();
    t->fs_base = parent->fs_base;
    t->signal_mask = parent->signal_mask;
    t->policy = parent->policy;
    t->priority = parent->priority;
    t->affinity = parent->affinity;
    t->timer.fire = time_out;
    memcpy(t->name, parent->name, sizeof(t->name));
    top = (uint64_t *)(void *)t->kstack_top;
    memcpy(top - SAVED_BY_CALL,
           parent->kstack_top - SAVED_BY_CALL * sizeof(*top),
           SAVED_BY_CALL * sizeof(*top));
    top[-1] = sp;
    top -= SAVED_BY_CALL + 1;
    *top = (uintptr_t)sched_first_return;
    t->kernel_sp = (uintptr_t)(top - SAVED_BY_SWITCH);
    fpu_save(t->fpu);
    t->next_of_all = all;
    all = t;
    count++;
    make_ready(t);
    return t;
}

/* Runs on the stack that was switched to. */
void sched_switched(void)
{
    struct percpu *me = percpu();

    if (me->dead)
        thread_free(me->dead);
    me->dead = NULL;
    signals_look();
}

static void switch_to(struct thread *next)
{
    struct thread *from = thread_current();
    struct percpu *me = percpu();

    if (next == from)
        return;
    from->on = NULL;
    next->on = me;
    me->current = next;
    me->kstack_top = next->kstack_top;
    if (uk_many_cpus && from->queue == &ready)
        find_place(from);
    if (next != me->idler)
        xen_set_segment_base(SEGBASE_FS, next->fs_base);
    sched_switch(from, next);
    sched_switched();
}

/* With nothing to do, the processor is given back until something happens. */
static void idle(struct percpu *me)
{
    account(me);
    me->idle = IDLE_ASLEEP;
    kernel_unlock();
    xen_sched_op(SCHEDOP_block, NULL);
    me->info.evtchn_upcall_mask = 1;
    kernel_lock();
    cpu_flush(me);
    me->idle = IDLE_NOT;
    me->since_ns = clock_monotonic_ns();
}

/* A thread's stack cannot be idled on while another vcpu might go on with it.
 */
static struct thread *wait_for_ready(struct percpu *me)
{
    struct thread *next;

    while (!(next = choose())) {
        if (me->idler && me->idler != me->current)
            return me->idler;
        idle(me);
    }
    dequeue(next);
    return next;
}

/* The running thread is in a queue, or at its end. */
static void run_next(void)
{
    struct percpu *me = percpu();
    struct thread *next;

    account(me);
    next = wait_for_ready(me);
    me->turn = false;
    me->slice_ns = me->since_ns;
    if (ready.first)
        limit_slice(me);
    switch_to(next);
}

/* What idlers do, from their first switch or their vcpu's start. */
noreturn_ void sched_idle_on(void)
{
    sched_switched();
    for (;;)
        run_next();
}

noreturn_ void thread_exit(void)
{
    struct thread *t = thread_current(), **at = &all;

    while (*at != t)
        at = &(*at)->next_of_all;
    *at = t->next_of_all;
    count--;
    /* What it was told of and has not taken is for others. */
    signal_set_mask(UINT64_MAX);
    /* The first one's stacks are not the heap's. */
    if (t != &first_thread)
        percpu()->dead = t;
    for (;;)
        run_next();
}

long sched_wait(struct wait_queue *q, uint64_t deadline_ns)
{
    struct thread *t = thread_current();

    /* Sent while it was on its way here, or held back until now by a mask. */
    if (percpu()->work && signal_is_due())
        return -RESTART;
    t->wait_result = 0;
    enqueue(q, t);
    if (deadline_ns != NEVER)
        sched_set_timer(&t->timer, deadline_ns);
    run_next();
    if (t->wait_result == -RESTART && !signal_is_due())
        return 0;
    return t->wait_result;
}

void sched_wake(struct thread *t, long result)
{
    if (!t->queue || t->queue == &ready)
        return;
    dequeue(t);
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
    dequeue(t);
    enqueue(to, t);
}

/* `first`: it goes on before others of its rank. */
static void step_aside(bool first)
{
    struct thread *t = thread_current(), *next = choose();

    if (may_run(t, percpu()) &&
        (!next || sched_rank(next) < sched_rank(t) + first))
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
    const struct thread *next;

    if (!percpu()->turn)
        return;
    percpu()->turn = false;
    next = choose();
    step_aside(thread_current()->policy == SCHED_FIFO ||
               (next && sched_rank(next) > sched_rank(thread_current())));
}

/* Where it waits, it moves to its new place. */
static void rank_changed(struct thread *t)
{
    struct wait_queue *q = t->queue;

    if (q) {
        dequeue(t);
        enqueue(q, t);
    }
    if (q == &ready)
        find_place(t);
    if (t->on && ready.first && sched_rank(ready.first) > sched_rank(t))
        call_for_turn(t->on);
}

void sched_set_priority(struct thread *t, int policy, int priority)
{
    t->policy = policy;
    t->priority = priority;
    rank_changed(t);
}

void sched_inherit(struct thread *t, int priority)
{
    t->inherited = priority;
    rank_changed(t);
}

void sched_set_affinity(struct thread *t, uint32_t cpus)
{
    t->affinity = cpus;
    if (t->on && !may_run(t, t->on))
        call_for_turn(t->on);
    if (t->queue == &ready)
        find_place(t);
}
