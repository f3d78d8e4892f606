/*
 * domain/watchdog.c - a domain's watchdogs: unless it sets them again in time,
 * it is shut down. Layer: domain. Locks: domain->lock.
 * Source: Xen's public sched.h.
 */
#include "abi/errno.h"
#include "domain/domain.h"
#include "lib/log.h"

#define NS_PER_SECOND 1000000000UL

static void watchdog_expired(void *arg)
{
    struct domain *d = arg;

    printk(XENLOG_G_WARNING "d%u: its watchdog expired\n", d->id);
    domain_shutdown(d, SHUTDOWN_watchdog);
}

static void watchdog_start(struct domain *d, uint32_t i, uint32_t seconds)
{
    struct timer *t = &d->watchdog[i];

    if (!t->fn) /* its first use */
        timer_init(t, watchdog_expired, d);
    d->watchdogs_used |= (uint8_t)(1U << i);
    timer_set(t, time_now_ns() + seconds * NS_PER_SECOND);
}

/* A free one: its id from 1. */
static long watchdog_take(struct domain *d, uint32_t seconds)
{
    if (!seconds)
        return -EINVAL;
    for (uint32_t i = 0; i < WATCHDOGS; i++) {
        if (d->watchdogs_used & 1U << i)
            continue;
        watchdog_start(d, i, seconds);
        return i + 1;
    }
    return -ENOSPC;
}

static long watchdog_change(struct domain *d, uint32_t i, uint32_t seconds)
{
    i %= WATCHDOGS; /* checked; not speculatively */
    if (!(d->watchdogs_used & 1U << i))
        return -EINVAL;
    if (seconds) {
        watchdog_start(d, i, seconds);
    } else {
        timer_cancel(&d->watchdog[i]);
        d->watchdogs_used &= (uint8_t) ~(1U << i);
    }
    return 0;
}

long domain_watchdog(struct domain *d, uint32_t id, uint32_t seconds)
{
    long rc;

    if (id > WATCHDOGS)
        return -EINVAL;
    spin_lock(&d->lock);
    rc = id ? watchdog_change(d, id - 1, seconds) : watchdog_take(d, seconds);
    spin_unlock(&d->lock);
    return rc;
}

void domain_watchdogs_kill(struct domain *d)
{
    for (uint32_t i = 0; i < WATCHDOGS; i++)
        timer_kill(&d->watchdog[i]);
}
