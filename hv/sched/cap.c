/*
 * sched/cap.c - domains that may run for part of the time only. Layer: sched.
 * A vcpu whose domain has no budget left is parked until there is one.
 */
#include "sched/sched_internal.h"

void park(struct sched_vcpu *s)
{
    struct sched_domain *d = s->domain;

    list_insert_before(&d->parked, &s->node);
    s->queued = s->parked = true;
    if (!timer_is_set(&d->refill))
        timer_set(&d->refill, d->cap.filled_ns + FAIR_PERIOD_NS);
}

/* With the queue locked. */
static void unpark_all(struct sched_domain *d, uint64_t now)
{
    while (!list_is_empty(&d->parked)) {
        struct sched_vcpu *s = queued_at(d->parked.next);

        dequeue(s);
        enqueue(s);
        place(s, now);
    }
}

static void refill(void *arg)
{
    struct sched_domain *d = arg;
    uint64_t now = time_now_ns();

    spin_lock(&queue_lock);
    fair_fill(&d->cap, now);
    if (!d->cap.percent || d->cap.budget_ns > 0)
        unpark_all(d, now);
    else if (!list_is_empty(&d->parked))
        timer_set(&d->refill, d->cap.filled_ns + FAIR_PERIOD_NS);
    spin_unlock(&queue_lock);
}

void sched_set_cap(struct sched_domain *d, uint32_t percent)
{
    uint64_t now = time_now_ns();

    spin_lock(&queue_lock);
    fair_set_cap(&d->cap, percent, now);
    unpark_all(d, now);
    spin_unlock(&queue_lock);
}

void sched_init_domain(struct sched_domain *d)
{
    list_init(&d->parked);
    timer_init(&d->refill, refill, d);
}

void sched_kill_domain(struct sched_domain *d)
{
    timer_kill(&d->refill);
}
