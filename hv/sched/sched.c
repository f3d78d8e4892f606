/*
 * sched/sched.c - run queues and the switch of stacks. Layer: sched.
 * Lock: one per CPU's queue, a leaf. A vcpu that runs is in no queue.
 */
#include "sched/sched.h"
#include "cpu/desc.h"
#include "cpu/spinlock.h"
#include "cpu/traps.h"
#include "irq/irq.h"
#include "lib/string.h"

#define SLICE_NS 10000000UL /* only while another vcpu waits */

struct run_queue {
    struct spinlock lock;
    struct vcpu *head, *tail;
    struct timer slice;
};

static struct run_queue boot_queue;
static void (*switch_hook)(struct vcpu *from, struct vcpu *to);

void stack_switch_to(uint64_t *save_sp, uint64_t new_sp); /* entry.S */
void vcpu_first_entry(void);                              /* entry.S */

void sched_register_switch(void (*fn)(struct vcpu *from, struct vcpu *to))
{
    switch_hook = fn;
}

static struct run_queue *queue_of(struct cpu *cpu)
{
    return cpu->scheduler;
}

static bool is_runnable(const struct sched_vcpu *s)
{
    return !s->blocked && (!s->pause_count || s->in_long_work);
}

static void enqueue(struct run_queue *q, struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);

    s->queued = true;
    s->next_queued = NULL;
    if (q->tail)
        vcpu_sched(q->tail)->next_queued = v;
    else
        q->head = v;
    q->tail = v;
}

static struct vcpu *dequeue(struct run_queue *q)
{
    struct vcpu *v = q->head;

    if (!v)
        return NULL;
    q->head = vcpu_sched(v)->next_queued;
    if (!q->head)
        q->tail = NULL;
    vcpu_sched(v)->queued = false;
    return v;
}

/* The next runnable one; those paused or blocked meanwhile fall out. */
static struct vcpu *pick(struct run_queue *q, struct cpu *cpu)
{
    struct vcpu *v;

    while ((v = dequeue(q)))
        if (is_runnable(vcpu_sched(v)))
            return v;
    return cpu->idle;
}

static void set_slice(struct run_queue *q)
{
    if (q->head)
        timer_set(&q->slice, time_now_ns() + SLICE_NS);
    else if (timer_is_set(&q->slice))
        timer_cancel(&q->slice);
}

static void slice_ended(void *arg)
{
    (void)arg;
    softirq_raise(this_cpu(), SOFTIRQ_SCHEDULE);
}

static void switch_to(struct cpu *cpu, struct vcpu *from, struct vcpu *to)
{
    struct sched_vcpu *s = vcpu_sched(to);
    struct stack_top *top =
        (struct stack_top *)((s->stack_pointer | (STACK_SIZE - 1)) + 1) - 1;

    switch_hook(from, to);
    s->cpu = cpu;
    cpu->running = to;
    top->cpu = cpu;
    top->tss = cpu->tss;
    cpu_set_stack(cpu, top);
    stack_switch_to(&vcpu_sched(from)->stack_pointer, s->stack_pointer);
}

void schedule(void)
{
    struct cpu *cpu = this_cpu();
    struct run_queue *q = queue_of(cpu);
    struct vcpu *from = current, *to;
    struct sched_vcpu *s = vcpu_sched(from);

    spin_lock(&q->lock);
    s->running = false;
    if (!s->idle && is_runnable(s))
        enqueue(q, from);
    to = pick(q, cpu);
    vcpu_sched(to)->running = true;
    set_slice(q);
    spin_unlock(&q->lock);
    if (to != from)
        switch_to(cpu, from, to);
}

void sched_wake(struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);
    struct run_queue *q = queue_of(s->cpu);

    /* A full barrier: sched_block() sets blocked, then looks at wake. */
    (void)__atomic_exchange_n(&s->wake, true, __ATOMIC_SEQ_CST);
    if (!READ_ONCE(s->blocked))
        return;
    spin_lock(&q->lock);
    s->blocked = false;
    if (!s->running && !s->queued && is_runnable(s)) {
        enqueue(q, v);
        softirq_raise(s->cpu, SOFTIRQ_SCHEDULE);
    }
    spin_unlock(&q->lock);
}

void sched_block_prepare(void)
{
    /* A full barrier: who raises an event sets it, then wakes. */
    (void)__atomic_exchange_n(&vcpu_sched(current)->wake, false,
                              __ATOMIC_SEQ_CST);
}

void sched_block(void)
{
    struct sched_vcpu *s = vcpu_sched(current);

    s->blocked = true;
    if (__atomic_exchange_n(&s->wake, false, __ATOMIC_SEQ_CST)) {
        s->blocked = false;
        return;
    }
    schedule();
    s->wake = false;
}

void sched_yield(void)
{
    softirq_raise(this_cpu(), SOFTIRQ_SCHEDULE);
}

void sched_preempt(void)
{
    struct sched_vcpu *s = vcpu_sched(current);

    if (s->idle)
        return; /* boot: nothing else runs */
    irq_window();
    if (likely(!READ_ONCE(this_cpu()->softirq_pending)))
        return;
    s->in_long_work = true;
    softirq_run();
    s->in_long_work = false;
}

void sched_wait(void)
{
    cpu_relax();
    sched_yield();
    sched_preempt();
}

void sched_pause(struct vcpu *v)
{
    __atomic_add_fetch(&vcpu_sched(v)->pause_count, 1, __ATOMIC_ACQ_REL);
    sched_kick(v);
}

void sched_unpause(struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);
    struct run_queue *q = queue_of(s->cpu);

    if (__atomic_sub_fetch(&s->pause_count, 1, __ATOMIC_ACQ_REL))
        return;
    spin_lock(&q->lock);
    if (!s->running && !s->queued && is_runnable(s)) {
        enqueue(q, v);
        softirq_raise(s->cpu, SOFTIRQ_SCHEDULE);
    }
    spin_unlock(&q->lock);
}

void sched_kick(struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);

    /* On this CPU the exit path is ahead anyway. */
    if (s->running && s->cpu != this_cpu())
        lapic_send_ipi(s->cpu->lapic_id, VECTOR_KICK);
}

void sched_init_stack(struct vcpu *v, void *stack)
{
    struct stack_top *top =
        (struct stack_top *)((uint8_t *)stack + STACK_SIZE) - 1;
    uint64_t *sp = (uint64_t *)((struct cpu_regs *)top - 1);

    *top = (struct stack_top){v, NULL, NULL, STACK_CANARY};
    *--sp = (uint64_t)vcpu_first_entry;
    sp -= 6; /* what stack_switch_to pops */
    memset(sp, 0, 6 * sizeof(*sp));
    vcpu_sched(v)->stack_pointer = (uint64_t)sp;
    vcpu_sched(v)->blocked = true;
}

void vcpu_started(void)
{
}

void sched_init_cpu(struct cpu *cpu)
{
    cpu->scheduler = &boot_queue;
    timer_init(&boot_queue.slice, slice_ended, NULL);
    softirq_register(SOFTIRQ_SCHEDULE, schedule);
}

void sched_idle(void)
{
    for (;;) {
        softirq_run();
        /* Nothing can come between the test and hlt: sti takes effect after
         * the next instruction. */
        if (!READ_ONCE(this_cpu()->softirq_pending))
            __asm__ volatile("sti; hlt; cli" ::: "memory");
    }
}
