/*
 * evtchn/pirq.c - ports of physical interrupts. Layer: evtchn.
 * The interrupt itself is tied and untied by functions of a room above.
 */
#include "evtchn/evtchn_internal.h"
#include "mm/alloc.h"

static int bind_nothing(struct domain *d, uint32_t pirq, bool will_share)
{
    (void)d;
    (void)pirq;
    (void)will_share;
    return -EINVAL;
}

static void ignore_pirq(struct domain *d, uint32_t pirq)
{
    (void)d;
    (void)pirq;
}

static struct pirq_ops hooks = {bind_nothing, ignore_pirq, ignore_pirq};

const struct pirq_ops *pirq_hooks(void)
{
    return &hooks;
}

void evtchn_register_pirq_ops(const struct pirq_ops *ops)
{
    hooks = *ops;
}

/* Takes a port for the pirq; interrupts may be raised on it from now on. */
static int reserve(struct evtchn_state *s, uint32_t pirq, struct port **p,
                   uint32_t *number)
{
    int rc;

    if (!s->pirq_port)
        s->pirq_port = pages_alloc(0);
    if (!s->pirq_port)
        return -ENOMEM;
    if (s->pirq_port[pirq])
        return -EEXIST;
    rc = port_take(s, p, number);
    if (rc)
        return rc;
    port_make_reserved(*p, pirq);
    s->pirq_port[pirq] = *number;
    return 0;
}

/* The interrupt is tied to the port, or could not be. */
static void settle(struct domain *d, struct port *p, uint32_t number,
                   bool bound)
{
    struct evtchn_state *s = d->evtchn;

    spin_lock(&s->lock);
    if (bound) {
        port_make_pirq(p);
    } else {
        s->pirq_port[p->pirq] = 0;
        port_release(d, p, number);
    }
    spin_unlock(&s->lock);
}

int evtchn_bind_pirq(struct domain *d, struct evtchn_bind_pirq *op)
{
    struct evtchn_state *s = d->evtchn;
    struct port *p;
    int rc;

    if (op->pirq >= PIRQS_MAX)
        return -EINVAL;
    spin_lock(&s->lock);
    rc = reserve(s, op->pirq % PIRQS_MAX, &p, &op->port);
    spin_unlock(&s->lock);
    if (rc)
        return rc;
    rc = hooks.bind(d, op->pirq, op->flags & BIND_PIRQ__WILL_SHARE);
    settle(d, p, op->port, !rc);
    return rc;
}

bool evtchn_raise_pirq(struct domain *d, uint32_t pirq)
{
    struct evtchn_state *s = d->evtchn;
    uint32_t number = 0;

    if (pirq >= PIRQS_MAX)
        return false;
    spin_lock(&s->lock);
    if (s->pirq_port)
        number = s->pirq_port[pirq];
    if (number)
        port_raise(d, port_find(s, number), number);
    spin_unlock(&s->lock);
    return number != 0;
}
