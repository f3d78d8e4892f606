/*
 * sched/sched_internal.h - what the files of the scheduler share. Layer: sched.
 * All of it under queue_lock.
 */
#ifndef SCHED_SCHED_INTERNAL_H
#define SCHED_SCHED_INTERNAL_H

#include "cpu/spinlock.h"
#include "sched/sched.h"

extern struct spinlock queue_lock;
extern struct list_node queue;
extern uint64_t floor_runtime;
extern struct sched_vcpu *chosen[CPUS_MAX];

/* The end of its stack; the stack of a vcpu that does not run. */
static inline struct stack_top *top_of(const struct sched_vcpu *s)
{
    return (struct stack_top *)((s->stack_pointer | (STACK_SIZE - 1)) + 1) - 1;
}

static inline struct sched_vcpu *queued_at(struct list_node *node)
{
    return list_entry(node, struct sched_vcpu, node);
}

static inline bool is_capped(const struct sched_vcpu *s)
{
    return s->domain && s->domain->cap.percent;
}

/* Long work goes on: others may wait for its end. */
static inline bool is_out_of_budget(const struct sched_vcpu *s)
{
    return is_capped(s) && s->domain->cap.budget_ns <= 0 && !s->in_long_work;
}

/* ---- sched.c ---- */
void enqueue(struct sched_vcpu *s);
void dequeue(struct sched_vcpu *s);
void place(struct sched_vcpu *s, uint64_t now);

/* ---- cap.c ---- */
/* To wait for the next budget. */
void park(struct sched_vcpu *s);

#endif
