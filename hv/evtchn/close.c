/*
 * evtchn/close.c - closing ports, one or all. Layer: evtchn.
 */
#include "cpu/cpu.h"
#include "evtchn/evtchn_internal.h"

/* The other end waits for us again. pairing_lock and d's table lock held. */
static void close_pair(struct domain *d, struct port *p)
{
    struct domain *remote = p->remote;

    if (remote != d)
        spin_lock(&remote->evtchn->lock);
    port_disconnect_peer(p->peer);
    if (remote != d)
        spin_unlock(&remote->evtchn->lock);
}

/* A VIRQ's port is in its vcpu's table; a global one's in that of vcpu 0. */
static void close_virq(struct domain *d, const struct port *p)
{
    uint32_t vcpu = virq_is_global(p->virq) ? 0 : p->vcpu;

    if (d->vcpu[vcpu])
        d->vcpu[vcpu]->virq_port[p->virq] = 0;
}

/*
 * Under the locks: frees the port, or, for a PIRQ, reserves it and returns 1
 * with *pirq. -EINVAL: it is not open.
 */
static int close_locked(struct domain *d, uint32_t number, struct port **pirq)
{
    struct port *p = port_find(d->evtchn, number);

    switch (p ? p->type : PORT_FREE) {
    case PORT_INTERDOMAIN:
        close_pair(d, p);
        break;
    case PORT_VIRQ:
        close_virq(d, p);
        break;
    case PORT_UNBOUND:
    case PORT_IPI:
        break;
    case PORT_PIRQ:
        port_unmake_pirq(p);
        *pirq = p;
        return 1;
    default: /* FREE and RESERVED */
        return -EINVAL;
    }
    port_release(d, p, number);
    return 0;
}

/* The second half of closing a PIRQ's port: nobody else touches it. */
static void close_pirq(struct domain *d, struct port *p, uint32_t number)
{
    struct evtchn_state *s = d->evtchn;

    pirq_hooks()->unbind(d, p->pirq);
    spin_lock(&s->lock);
    s->pirq_port[p->pirq] = 0;
    port_release(d, p, number);
    spin_unlock(&s->lock);
}

int evtchn_close(struct domain *d, uint32_t number)
{
    struct evtchn_state *s = d->evtchn;
    struct port *pirq;
    int rc;

    spin_lock(&pairing_lock);
    spin_lock(&s->lock);
    rc = close_locked(d, number, &pirq);
    spin_unlock(&s->lock);
    spin_unlock(&pairing_lock);
    if (rc != 1)
        return rc;
    close_pirq(d, pirq, number);
    return 0;
}

/* Closes the ports of one bucket, which exists. */
static void close_bucket(struct domain *d, uint32_t bucket)
{
    uint32_t first = bucket * (uint32_t)PORTS_PER_BUCKET;

    for (uint32_t i = 0; i < PORTS_PER_BUCKET; i++)
        if (READ_ONCE(d->evtchn->bucket[bucket].used))
            evtchn_close(d, first + i);
}

static int close_buckets(struct domain *d)
{
    for (uint32_t i = 0; i < d->evtchn->buckets; i++) {
        if (!READ_ONCE(d->evtchn->bucket[i].used))
            continue;
        close_bucket(d, i);
        if (preempt_point())
            return -ERESTART;
    }
    return 0;
}

int evtchn_reset(struct domain *d)
{
    int rc = close_buckets(d);

    return rc ? rc : fifo_stop(d);
}

int evtchn_close_all(struct domain *d)
{
    struct evtchn_state *s = d->evtchn;
    int rc;

    spin_lock(&s->lock);
    s->closed = true;
    spin_unlock(&s->lock);
    rc = close_buckets(d);
    if (!rc)
        fifo_stop(d);
    return rc;
}
