/*
 * evtchn/timer.c - a vcpu's timers: they raise VIRQ_TIMER, or end a poll.
 * Layer: evtchn.
 */
#include "evtchn/evtchn_internal.h"

/* What a vcpu starts with, until it says otherwise: 100 Hz. */
#define PERIOD_DEFAULT_NS 10000000UL

static void singleshot_expired(void *arg)
{
    virq_raise_vcpu(arg, VIRQ_TIMER);
}

/* Sets the next tick. The table's lock keeps two CPUs from doing so at once;
 * false: it was stopped. */
static bool periodic_again(struct vcpu *v)
{
    uint64_t now = time_now_ns();
    uint64_t next = v->periodic.expires_ns + v->periodic_ns;

    spin_lock(&v->domain->evtchn->lock);
    if (v->periodic_ns) /* missed ticks are not made up for */
        timer_set(&v->periodic, next > now ? next : now + v->periodic_ns);
    spin_unlock(&v->domain->evtchn->lock);
    return timer_is_set(&v->periodic);
}

static void periodic_expired(void *arg)
{
    struct vcpu *v = arg;

    if (periodic_again(v))
        virq_raise_vcpu(v, VIRQ_TIMER);
}

static void poll_expired(void *arg)
{
    struct vcpu *v = arg;

    if (READ_ONCE(v->polling) && !READ_ONCE(v->down))
        sched_wake(v);
}

void vcpu_timers_init(struct vcpu *v)
{
    timer_init(&v->singleshot, singleshot_expired, v);
    timer_init(&v->periodic, periodic_expired, v);
    timer_init(&v->poll_timer, poll_expired, v);
    v->periodic_ns = PERIOD_DEFAULT_NS;
}

void vcpu_timers_kill(struct vcpu *v)
{
    vcpu_periodic_set(v, 0);
    timer_kill(&v->singleshot);
    timer_kill(&v->periodic);
    timer_kill(&v->poll_timer);
}

void vcpu_periodic_start(struct vcpu *v)
{
    spin_lock(&v->domain->evtchn->lock);
    if (v->periodic_ns && !timer_is_set(&v->periodic))
        timer_set(&v->periodic, time_now_ns() + v->periodic_ns);
    spin_unlock(&v->domain->evtchn->lock);
}

void vcpu_periodic_set(struct vcpu *v, uint64_t period_ns)
{
    spin_lock(&v->domain->evtchn->lock);
    v->periodic_ns = period_ns;
    if (period_ns)
        timer_set(&v->periodic, time_now_ns() + period_ns);
    else
        timer_cancel(&v->periodic);
    spin_unlock(&v->domain->evtchn->lock);
}
