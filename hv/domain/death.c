/*
 * domain/death.c - how a domain ends. Layer: domain.
 * domain_kill() takes from it what it has. It stays as long as anybody refers
 * to it or to a frame of its; then, in a softirq, what it was made of is freed.
 * Lock: reap_lock (the domains that wait for that), a leaf.
 */
#include "abi/errno.h"
#include "domain/domain_internal.h"
#include "mm/alloc.h"

static struct spinlock reap_lock = SPINLOCK_INIT(LOCK_LEAF);
static struct domain *to_reap;

static int relinquish(struct domain *d)
{
    unsigned count = 0;
    int rc = 0;

    while (domain_units[count])
        count++;
    while (!rc && count-- > 0)
        if (domain_units[count]->relinquish)
            rc = domain_units[count]->relinquish(d);
    return rc;
}

static void begin(struct domain *d)
{
    spin_lock(&d->lock);
    d->dying = true;
    spin_unlock(&d->lock);
    domain_pause(d);
    (void)domain_claim_pages(d, 0);
}

int domain_kill(struct domain *d)
{
    int rc;

    if (d->dead)
        return 0;
    if (!d->dying)
        begin(d);
    for (unsigned i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            sched_wait_off(d->vcpu[i]);
    rc = relinquish(d);
    if (rc)
        return rc;
    domain_watchdogs_kill(d);
    sched_kill_domain(&d->sched);
    d->dead = true;
    domain_put(d);
    domain_exception(NULL);
    return 0;
}

/* Nobody has any business with it: its rooms close. The shared pages stay where
 * others map them, and hold its number. */
static void destroy(struct domain *d)
{
    unsigned count = 0;

    while (domain_units[count])
        count++;
    while (count-- > 0)
        if (domain_units[count]->destroy)
            domain_units[count]->destroy(d);
    for (unsigned i = 0; i < VCPUS_MAX; i++)
        if (d->vcpu[i]) {
            vcpu_destroy(d->vcpu[i]);
            d->vcpu[i] = NULL;
        }
    perdomain_free(d);
    if (d->e820 != d->e820_few)
        pages_free(d->e820, e820_order(d->e820_entries));
    domain_shared_page_free(d->shared_info);
    domain_release(d);
}

static struct domain *next_to_reap(void)
{
    struct domain *d;

    spin_lock(&reap_lock);
    d = to_reap;
    if (d)
        to_reap = d->next_to_reap;
    spin_unlock(&reap_lock);
    return d;
}

static void reap(void)
{
    struct domain *d;

    while ((d = next_to_reap()))
        if (d->holds) {
            destroy(d);
        } else {
            pages_free(d, 1);
            domain_exception(NULL);
        }
}

void domain_reap_later(struct domain *d)
{
    spin_lock(&reap_lock);
    d->next_to_reap = to_reap;
    to_reap = d;
    spin_unlock(&reap_lock);
    softirq_raise(this_cpu(), SOFTIRQ_TASKLET);
}

void __init domain_reap_init(void)
{
    softirq_register(SOFTIRQ_TASKLET, reap);
}
