/*
 * evtchn/bind.c - making ports, and what is asked of single ones.
 * Layer: evtchn. Source: docs/abi.md
 */
#include "evtchn/evtchn_internal.h"

int evtchn_alloc_unbound(struct domain *d, domid_t remote, uint32_t *number)
{
    struct evtchn_state *s = d->evtchn;
    struct port *p;
    int rc;

    spin_lock(&s->lock);
    rc = port_take(s, &p, number);
    if (!rc)
        port_make_unbound(p, remote);
    spin_unlock(&s->lock);
    return rc;
}

/* Both tables' locks held, or the one when a domain binds to itself. */
static int bind_locked(struct domain *d, struct domain *remote,
                       struct evtchn_bind_interdomain *op)
{
    struct evtchn_state *there = remote->evtchn;
    struct port_end us = {.domain = d, .domain_id = d->id};
    struct port_end peer = {
        .domain = remote, .domain_id = remote->id, .number = op->remote_port};
    int rc;

    peer.port = port_find(there, op->remote_port);
    if (!peer.port || !port_awaits(peer.port, d->id) || there->closed)
        return -EINVAL;
    rc = port_take(d->evtchn, &us.port, &us.number);
    if (rc)
        return rc;
    port_make_unbound(us.port, remote->id);
    port_connect(&us, &peer);
    op->local_port = us.number;
    /* Sends while it was unbound vanished: make up for them. */
    port_raise(d, us.port, us.number);
    return 0;
}

int evtchn_bind_interdomain(struct domain *d,
                            struct evtchn_bind_interdomain *op)
{
    domid_t id = op->remote_dom == DOMID_SELF ? d->id : op->remote_dom;
    struct domain *remote = domain_get(id);
    int rc = -EINVAL;

    if (!remote)
        return -ESRCH;
    spin_lock(&pairing_lock);
    if (remote->evtchn) {
        spin_lock(&d->evtchn->lock);
        if (remote != d)
            spin_lock(&remote->evtchn->lock);
        rc = bind_locked(d, remote, op);
        if (remote != d)
            spin_unlock(&remote->evtchn->lock);
        spin_unlock(&d->evtchn->lock);
    }
    spin_unlock(&pairing_lock);
    domain_put(remote);
    return rc;
}

int evtchn_bind_virq(struct domain *d, struct evtchn_bind_virq *op)
{
    struct evtchn_state *s = d->evtchn;
    int rc = port_check_virq(op->virq, op->vcpu);
    struct vcpu *v = domain_vcpu(d, op->vcpu);
    struct port *p;
    uint32_t *slot;

    if (rc)
        return rc;
    if (!v)
        return -ENOENT;
    slot = &v->virq_port[index_nospec(op->virq, NR_VIRQS)];
    spin_lock(&s->lock);
    if (*slot)
        rc = -EEXIST;
    else
        rc = port_take(s, &p, &op->port);
    if (!rc) {
        port_make_virq(p, op->virq, op->vcpu);
        *slot = op->port;
    }
    spin_unlock(&s->lock);
    if (!rc && op->virq == VIRQ_TIMER)
        vcpu_periodic_start(v);
    return rc;
}

int evtchn_bind_ipi(struct domain *d, struct evtchn_bind_ipi *op)
{
    struct evtchn_state *s = d->evtchn;
    struct port *p;
    int rc;

    if (!domain_vcpu(d, op->vcpu))
        return -ENOENT;
    spin_lock(&s->lock);
    rc = port_take(s, &p, &op->port);
    if (!rc)
        port_make_ipi(p, op->vcpu);
    spin_unlock(&s->lock);
    return rc;
}

int evtchn_bind_vcpu(struct domain *d, uint32_t number, uint32_t vcpu)
{
    struct evtchn_state *s = d->evtchn;
    struct port *p;
    int rc = -EINVAL;

    if (!domain_vcpu(d, vcpu))
        return -ENOENT;
    spin_lock(&s->lock);
    p = port_find(s, number);
    if (p)
        rc = port_check_bind_vcpu(p);
    if (!rc)
        WRITE_ONCE(p->vcpu, (uint8_t)vcpu);
    spin_unlock(&s->lock);
    return rc;
}

int evtchn_status(struct domain *d, struct evtchn_status *op)
{
    static const struct port never_used;
    struct evtchn_state *s = d->evtchn;
    const struct port *p;
    int rc = -EINVAL;

    spin_lock(&s->lock);
    if (op->port < MIN(table_limit(s), s->buckets * PORTS_PER_BUCKET)) {
        p = port_find(s, op->port);
        port_describe(p ? p : &never_used, op);
        rc = 0;
    }
    spin_unlock(&s->lock);
    return rc;
}

int evtchn_unmask(struct domain *d, uint32_t number)
{
    struct evtchn_state *s = d->evtchn;
    int64_t pirq = -1;
    struct port *p;

    spin_lock(&s->lock);
    p = port_find(s, number);
    if (p) {
        port_unmask(d, p, number);
        if (p->type == PORT_PIRQ)
            pirq = p->pirq;
    }
    spin_unlock(&s->lock);
    if (pirq >= 0)
        pirq_hooks()->unmasked(d, (uint32_t)pirq);
    return p ? 0 : -EINVAL;
}

int evtchn_send(struct domain *d, uint32_t number)
{
    struct evtchn_state *s = d->evtchn;
    struct port *p;
    int rc = 0;

    spin_lock(&s->lock);
    p = port_find(s, number);
    switch (p ? port_on_send(p) : PORT_SEND_REFUSED) {
    case PORT_SEND_PEER:
        port_raise(p->remote, p->peer, p->remote_port);
        break;
    case PORT_SEND_LOCAL:
        port_raise(d, p, number);
        break;
    case PORT_SEND_NOTHING:
        break;
    case PORT_SEND_REFUSED:
        rc = -EINVAL;
        break;
    }
    spin_unlock(&s->lock);
    return rc;
}

int evtchn_is_pending(struct domain *d, uint32_t number)
{
    struct evtchn_state *s = d->evtchn;
    int rc = -EINVAL;

    spin_lock(&s->lock);
    if (port_find(s, number))
        rc = port_is_pending(d, number);
    spin_unlock(&s->lock);
    return rc;
}

/* Raises the port of a VIRQ that the vcpu has in its table. */
static void virq_raise(struct vcpu *v, uint32_t virq)
{
    struct domain *d = v->domain;
    struct evtchn_state *s = d->evtchn;
    uint32_t number;
    struct port *p;

    if (!READ_ONCE(v->virq_port[virq]))
        return;
    spin_lock(&s->lock);
    number = v->virq_port[virq];
    p = port_find(s, number);
    if (p)
        port_raise(d, p, number);
    spin_unlock(&s->lock);
}

void virq_raise_vcpu(struct vcpu *v, uint32_t virq)
{
    if (virq < NR_VIRQS && v->domain->evtchn)
        virq_raise(v, virq);
}

void virq_raise_global(struct domain *d, uint32_t virq)
{
    if (d->vcpu[0])
        virq_raise_vcpu(d->vcpu[0], virq);
}

static struct spinlock handler_lock = SPINLOCK_INIT(LOCK_LEAF);
static struct domain *virq_handlers[NR_VIRQS]; /* each a user; NULL: dom0 */

int virq_set_handler(struct domain *d, uint32_t virq)
{
    struct domain *old;
    int rc = 0;

    if (virq >= NR_VIRQS || !virq_is_global(virq))
        return -EINVAL;
    virq = (uint32_t)index_nospec(virq, NR_VIRQS);
    if (!domain_ref(d))
        return -EINVAL;
    spin_lock(&handler_lock);
    /* Not once virq_forget_handler() may have been here for it. */
    if (READ_ONCE(d->dying)) {
        old = d;
        rc = -EINVAL;
    } else {
        old = virq_handlers[virq];
        virq_handlers[virq] = d;
    }
    spin_unlock(&handler_lock);
    if (old)
        domain_put(old);
    return rc;
}

void virq_forget_handler(const struct domain *d)
{
    for (uint32_t virq = 0; virq < NR_VIRQS; virq++) {
        struct domain *old = NULL;

        spin_lock(&handler_lock);
        if (virq_handlers[virq] == d) {
            old = virq_handlers[virq];
            virq_handlers[virq] = NULL;
        }
        spin_unlock(&handler_lock);
        if (old)
            domain_put(old);
    }
}

void virq_raise_at_handler(uint32_t virq)
{
    struct domain *d;

    spin_lock(&handler_lock);
    d = virq_handlers[virq];
    if (d && !domain_ref(d))
        d = NULL;
    spin_unlock(&handler_lock);
    if (d) {
        virq_raise_global(d, virq);
        domain_put(d);
    } else if (dom0) {
        virq_raise_global(dom0, virq);
    }
}
