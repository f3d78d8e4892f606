/*
 * sched/sched.c - the run queue and the switch of stacks. Layer: sched.
 * Lock: queue_lock, over the timer queues' only.
 *
 * One queue for all CPUs, in the order of virtual run times: so no CPU idles
 * while a vcpu that may run there waits. A vcpu that runs is not queued, and
 * one that is queued is on no CPU's stack: it is put there after the switch.
 */
#include "sched/sched_internal.h"
#include "cpu/desc.h"
#include "cpu/spinlock.h"
#include "cpu/traps.h"
#include "irq/irq.h"
#include "lib/string.h"
#include "mm/alloc.h"

struct spinlock queue_lock = SPINLOCK_INIT(LOCK_RUN_QUEUE);
struct list_node queue = LIST_INIT(queue);
uint64_t floor_runtime; /* of the vcpu chosen last */
static cpu_mask_t online_cpus, idle_cpus;
static struct timer slices[CPUS_MAX];
static uint64_t slice_ends[CPUS_MAX]; /* when it ends, ~0: it does not */
struct sched_vcpu *chosen[CPUS_MAX];
static struct vcpu *switched_from[CPUS_MAX];
static void (*switch_hook)(struct vcpu *from, struct vcpu *to, uint64_t now);
static void (*wait_hook)(struct vcpu *v, uint64_t now);

void stack_switch_to(uint64_t *save_sp, uint64_t new_sp); /* entry.S */
void vcpu_first_entry(void);                              /* entry.S */

void sched_register_hooks(void (*switches)(struct vcpu *from, struct vcpu *to,
                                           uint64_t now),
                          void (*waits)(struct vcpu *v, uint64_t now))
{
    switch_hook = switches;
    wait_hook = waits;
}

static bool is_runnable(const struct sched_vcpu *s)
{
    return !s->blocked && (!s->pause_count || s->in_long_work);
}

static cpu_mask_t allowed_cpus(const struct sched_vcpu *s)
{
    cpu_mask_t allowed = (s->pinned ? s->pinned : s->affinity) & online_cpus;

    return allowed ? allowed : online_cpus;
}

/* ---- the queue; all of this with its lock held ---- */

void enqueue(struct sched_vcpu *s)
{
    struct list_node *at = queue.next;

    while (at != &queue && !fair_is_before(s->runtime, queued_at(at)->runtime))
        at = at->next;
    list_insert_before(at, &s->node);
    s->queued = true;
}

void dequeue(struct sched_vcpu *s)
{
    list_remove(&s->node);
    s->queued = s->parked = s->cuts_in = false;
}

/* The first that may run on the CPU, or NULL. */
static struct sched_vcpu *first_for(const struct cpu *cpu)
{
    struct list_node *next;

    for (struct list_node *at = queue.next; at != &queue; at = next) {
        struct sched_vcpu *s = queued_at(at);

        next = at->next;
        if (!(allowed_cpus(s) & cpu_bit(cpu)))
            continue;
        if (!is_out_of_budget(s))
            return s;
        dequeue(s);
        park(s);
    }
    return NULL;
}

static void charge(struct sched_vcpu *s, uint64_t now)
{
    if (is_capped(s)) {
        fair_fill(&s->domain->cap, now);
        s->domain->cap.budget_ns -= (int64_t)(now - s->charged_ns);
    }
    s->runtime += fair_charge(now - s->charged_ns, s->weight);
    s->burst_ns += now - s->charged_ns;
    s->charged_ns = now;
}

/* It goes to sleep. */
static void end_burst(struct sched_vcpu *s)
{
    s->brief = s->burst_ns <= FAIR_BRIEF_NS;
    s->burst_ns = 0;
}

/* The CPU among `cpus` whose vcpu has had most. */
static struct cpu *latest(cpu_mask_t cpus_allowed, uint64_t now,
                          uint64_t *runtime)
{
    struct cpu *found = NULL;

    for_each_cpu_in(cpu, cpus_allowed)
    {
        const struct sched_vcpu *s = chosen[cpu->id];
        uint64_t ran = s->runtime + now - s->charged_ns;

        if (s->idle || (found && fair_is_before(ran, *runtime)))
            continue;
        *runtime = ran;
        found = cpu;
    }
    return found;
}

/* When the turn of one that runs ends, if the other one waits. */
static uint64_t turn_end(const struct sched_vcpu *s, uint64_t runtime,
                         const struct sched_vcpu *waits)
{
    return s->turn_ns + (fair_preempts(waits->runtime, runtime)
                             ? FAIR_GRAIN_NS
                             : FAIR_SLICE_NS);
}

/* This CPU's. A timer that is set for earlier stays: most turns end before it
 * fires, and so it is set once for many of them. */
static void set_slice_end(struct cpu *cpu, uint64_t end)
{
    struct timer *t = &slices[cpu->id];

    slice_ends[cpu->id] = end;
    if (end != ~0UL && (!timer_is_set(t) || t->node.expires_ns > end))
        timer_set(t, end);
}

static void shorten_turn(struct cpu *cpu, uint64_t end, uint64_t now)
{
    if (end >= slice_ends[cpu->id])
        return;
    if (cpu != this_cpu() || end <= now) {
        sched_poke(cpu, SOFTIRQ_SCHEDULE);
        return;
    }
    set_slice_end(cpu, end);
}

/* One that ran since it woke, and waits again, is not woken. */
static bool are_brief(const struct sched_vcpu *woken,
                      const struct sched_vcpu *running, uint64_t now)
{
    return woken->brief && !woken->burst_ns && running->brief &&
           running->burst_ns + now - running->charged_ns <= FAIR_BRIEF_NS;
}

/* One that was queued finds an idle CPU, or sees to it that the turn will end
 * of one that has had more. */
void place(struct sched_vcpu *s, uint64_t now)
{
    cpu_mask_t allowed = allowed_cpus(s), idle = allowed & idle_cpus;
    struct cpu *cpu = s->cpu;
    uint64_t runtime;

    if (idle) {
        if (idle & s->soft_affinity)
            idle &= s->soft_affinity;
        if (!(idle & cpu_bit(cpu)))
            cpu = &cpus[__builtin_ctzl(idle)];
        idle_cpus &= ~cpu_bit(cpu);
        sched_poke(cpu, SOFTIRQ_SCHEDULE);
        return;
    }
    cpu = latest(allowed, now, &runtime);
    if (!cpu)
        return;
    s->cuts_in =
        fair_cuts_in(s->runtime, runtime, are_brief(s, chosen[cpu->id], now));
    shorten_turn(cpu, s->cuts_in ? now : turn_end(chosen[cpu->id], runtime, s),
                 now);
}

static void queue_if_waiting(struct sched_vcpu *s, uint64_t now)
{
    if (s->running || s->queued || s->idle || !is_runnable(s))
        return;
    wait_hook(top_of(s)->vcpu, now);
    if (is_capped(s))
        fair_fill(&s->domain->cap, now);
    if (is_out_of_budget(s)) {
        park(s);
        return;
    }
    enqueue(s);
    place(s, now);
}

/* ---- choosing and switching ---- */

/* Whose turn it is: the running one's, if it may go on, or the first's. */
static struct sched_vcpu *choose(const struct cpu *cpu, struct sched_vcpu *s,
                                 uint64_t now)
{
    struct sched_vcpu *first = first_for(cpu);
    bool goes_on = !s->idle && is_runnable(s) && !is_out_of_budget(s) &&
                   (allowed_cpus(s) & cpu_bit(cpu));

    if (!goes_on)
        return first ? first : vcpu_sched(cpu->idle);
    if (first && s->yielding)
        s->runtime = fair_yield(s->runtime, first->runtime);
    if (first && (s->yielding || first->cuts_in ||
                  fair_follows(first->runtime, s->runtime, now - s->turn_ns)))
        return first;
    if (now - s->turn_ns >= FAIR_SLICE_NS)
        s->turn_ns = now;
    return s;
}

static void take(struct cpu *cpu, struct sched_vcpu *s, uint64_t now)
{
    if (s->queued)
        dequeue(s);
    if (s != chosen[cpu->id])
        s->turn_ns = s->charged_ns = now;
    s->running = true;
    s->cpu = cpu;
    chosen[cpu->id] = s;
    if (!s->idle && fair_is_before(floor_runtime, s->runtime))
        floor_runtime = s->runtime;
}

/* A turn ends only while somebody waits for it, or with the budget. */
static void set_slice(struct cpu *cpu, const struct sched_vcpu *waits)
{
    const struct sched_vcpu *s = chosen[cpu->id];
    uint64_t end = waits ? turn_end(s, s->runtime, waits) : ~0UL;

    if (unlikely(is_capped(s)) && s->domain->cap.budget_ns > 0)
        end = MIN(end, s->charged_ns + (uint64_t)s->domain->cap.budget_ns);
    set_slice_end(cpu, end);
    if (s->idle && timer_is_set(&slices[cpu->id]))
        timer_cancel(&slices[cpu->id]); /* so that it sleeps */
}

static void slice_ended(void *arg)
{
    struct cpu *cpu = this_cpu();

    (void)arg;
    spin_lock(&queue_lock);
    if (slice_ends[cpu->id] > time_now_ns())
        set_slice_end(cpu, slice_ends[cpu->id]);
    else
        softirq_raise(cpu, SOFTIRQ_SCHEDULE);
    spin_unlock(&queue_lock);
}

/* On the new stack: the vcpu that was left may run elsewhere from now on. */
static void switch_finish(void)
{
    struct sched_vcpu *s = vcpu_sched(switched_from[this_cpu()->id]);

    spin_lock(&queue_lock);
    s->running = false;
    if (is_runnable(s))
        queue_if_waiting(s, s->charged_ns);
    spin_unlock(&queue_lock);
}

static void switch_to(struct cpu *cpu, struct vcpu *from, struct sched_vcpu *s,
                      uint64_t now)
{
    struct stack_top *top = top_of(s);

    switch_hook(from, top->vcpu, now);
    switched_from[cpu->id] = from;
    cpu->running = top->vcpu;
    top->cpu = cpu;
    top->tss = cpu->tss;
    cpu_set_stack(cpu, top);
    stack_switch_to(&vcpu_sched(from)->stack_pointer, s->stack_pointer);
    switch_finish();
}

/* Who wants the CPU after `to`: the first in the queue, or the one it follows,
 * which is not there yet. */
static const struct sched_vcpu *waiting_for(const struct cpu *cpu,
                                            const struct sched_vcpu *from,
                                            const struct sched_vcpu *to)
{
    const struct sched_vcpu *first =
        list_is_empty(&queue) ? NULL : first_for(cpu);

    if (first || to == from || from->idle || !is_runnable(from))
        return first;
    return from;
}

void schedule(void)
{
    struct cpu *cpu = this_cpu();
    struct vcpu *v = current;
    struct sched_vcpu *from = vcpu_sched(v), *to;
    uint64_t now = time_now_ns();

    lock_check_none();
    spin_lock(&queue_lock);
    if (!from->idle)
        charge(from, now);
    if (from->blocked)
        end_burst(from);
    to = choose(cpu, from, now);
    from->yielding = false;
    if (unlikely(to->idle))
        idle_cpus |= cpu_bit(cpu) & online_cpus;
    else if (from->idle)
        idle_cpus &= ~cpu_bit(cpu);
    take(cpu, to, now);
    set_slice(cpu, to->idle ? NULL : waiting_for(cpu, from, to));
    spin_unlock(&queue_lock);
    if (to != from)
        switch_to(cpu, v, to, now);
}

/* ---- sleeping and waking ---- */

static bool has_run(const struct sched_vcpu *s)
{
    return s->charged_ns;
}

void sched_wake(struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);

    /* A full barrier: sched_block() sets blocked, then looks at wake. */
    (void)__atomic_exchange_n(&s->wake, true, __ATOMIC_SEQ_CST);
    if (!READ_ONCE(s->blocked))
        return;
    spin_lock(&queue_lock);
    if (s->blocked) {
        s->blocked = false;
        s->runtime = has_run(s) ? fair_wake(s->runtime, floor_runtime)
                                : fair_join(s->runtime, floor_runtime);
        queue_if_waiting(s, time_now_ns());
    }
    spin_unlock(&queue_lock);
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
    vcpu_sched(current)->yielding = true;
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
    if (unlikely(READ_ONCE(s->pause_count)))
        softirq_raise(this_cpu(), SOFTIRQ_SCHEDULE);
}

void sched_wait(void)
{
    cpu_relax();
    sched_yield();
    sched_preempt();
}

/* ---- from outside ---- */

void sched_poke(struct cpu *cpu, enum softirq which)
{
    softirq_raise(cpu, which);
    if (cpu != this_cpu())
        lapic_send_ipi(cpu->lapic_id, VECTOR_KICK);
}

/* One that is queued must not be chosen any more, but to end long work. */
void sched_pause(struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);

    spin_lock(&queue_lock);
    WRITE_ONCE(s->pause_count, s->pause_count + 1);
    if (s->queued && !is_runnable(s)) {
        dequeue(s);
    } else if (s->running) {
        sched_poke(s->cpu, SOFTIRQ_SCHEDULE);
    }
    spin_unlock(&queue_lock);
}

void sched_unpause(struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);

    spin_lock(&queue_lock);
    WRITE_ONCE(s->pause_count, s->pause_count - 1);
    if (!s->pause_count && !s->queued) {
        s->runtime = fair_join(s->runtime, floor_runtime);
        queue_if_waiting(s, time_now_ns());
    }
    spin_unlock(&queue_lock);
}

/* It was queued when it was paused: it does not get there again. */
static bool is_off(struct sched_vcpu *s)
{
    bool off;

    spin_lock(&queue_lock);
    off = !s->running && !s->in_long_work;
    if (off && s->queued)
        dequeue(s);
    spin_unlock(&queue_lock);
    return off;
}

void sched_wait_off(const struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched((struct vcpu *)(uintptr_t)v);

    while (!is_off(s))
        sched_wait();
}

void sched_kick(struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);

    /* On this CPU the exit path is ahead anyway. */
    if (READ_ONCE(s->running) && READ_ONCE(s->cpu) != this_cpu())
        lapic_send_ipi(READ_ONCE(s->cpu)->lapic_id, VECTOR_KICK);
}

/* Where it may run has changed; with the queue's lock. */
static void replace(struct sched_vcpu *s)
{
    if (s->queued && !s->parked)
        place(s, time_now_ns());
    else if (s->running && !(allowed_cpus(s) & cpu_bit(s->cpu)))
        sched_poke(s->cpu, SOFTIRQ_SCHEDULE);
}

void sched_set_affinity(struct vcpu *v, cpu_mask_t hard, cpu_mask_t soft)
{
    struct sched_vcpu *s = vcpu_sched(v);

    spin_lock(&queue_lock);
    s->affinity = hard;
    s->soft_affinity = soft;
    replace(s);
    spin_unlock(&queue_lock);
}

void sched_pin(cpu_mask_t where)
{
    struct sched_vcpu *s = vcpu_sched(current);

    spin_lock(&queue_lock);
    s->pinned = where;
    replace(s);
    spin_unlock(&queue_lock);
}

void sched_cpu_up(struct cpu *cpu)
{
    spin_lock(&queue_lock);
    online_cpus |= cpu_bit(cpu);
    idle_cpus |= cpu_bit(cpu);
    WRITE_ONCE(cpu->online, true);
    spin_unlock(&queue_lock);
    sched_poke(cpu, SOFTIRQ_SCHEDULE);
}

void sched_cpu_down(struct cpu *cpu)
{
    spin_lock(&queue_lock);
    online_cpus &= ~cpu_bit(cpu);
    idle_cpus &= online_cpus;
    WRITE_ONCE(cpu->online, false);
    spin_unlock(&queue_lock);
    sched_poke(cpu, SOFTIRQ_SCHEDULE);
    while (READ_ONCE(cpu->running) != cpu->idle)
        sched_wait();
}

/* ---- births ---- */

void sched_restart(struct vcpu *v)
{
    struct sched_vcpu *s = vcpu_sched(v);
    struct stack_top *top = top_of(s);
    uint64_t *sp = (uint64_t *)((struct cpu_regs *)top - 1);

    *top = (struct stack_top){v, NULL, NULL, STACK_CANARY};
    *--sp = (uint64_t)vcpu_first_entry;
    sp -= 6; /* what stack_switch_to pops */
    memset(sp, 0, 6 * sizeof(*sp));
    s->stack_pointer = (uint64_t)sp;
}

void sched_init_stack(struct vcpu *v, void *stack)
{
    struct sched_vcpu *s = vcpu_sched(v);

    s->stack_pointer = (uint64_t)stack;
    sched_restart(v);
    s->blocked = true;
    s->affinity = s->soft_affinity = ~0UL;
    s->weight = FAIR_WEIGHT;
}

void vcpu_started(void)
{
    switch_finish();
}

/* The interrupt itself is all that is wanted. */
static void kicked(void)
{
}

void __init sched_init_cpu(struct cpu *cpu)
{
    chosen[cpu->id] = vcpu_sched(cpu->idle);
    timer_init(&slices[cpu->id], slice_ended, NULL);
    slice_ends[cpu->id] = ~0UL;
    softirq_register(SOFTIRQ_SCHEDULE, schedule);
    vector_register(VECTOR_KICK, kicked);
}

void sched_idle(void)
{
    for (;;) {
        softirq_run();
        if (frames_scrub()) {
            irq_window();
            continue;
        }
        /* Nothing can come between the test and hlt: sti takes effect after
         * the next instruction. */
        if (!READ_ONCE(this_cpu()->softirq_pending))
            __asm__ volatile("sti; hlt; cli" ::: "memory");
    }
}
