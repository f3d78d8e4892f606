/*
 * evtchn/op.c - EVTCHNOP_*: fetch, who may, act, report. Layer: evtchn.
 */
#include "evtchn/evtchn_internal.h"
#include "mm/guest.h"

/* The result of a bind goes to the guest; if it cannot, the new port is closed
 * again. */
static long report(uint64_t arg, const void *op, size_t bytes, int rc,
                   uint32_t port)
{
    if (rc)
        return rc;
    if (!guest_write(guest_ptr(arg), op, bytes))
        return 0;
    evtchn_close(current_domain, port);
    return -EFAULT;
}

static long op_alloc_unbound(uint64_t arg)
{
    struct evtchn_alloc_unbound op;
    struct domain *d;
    uint32_t port;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = domain_get_target(op.dom, &rc);
    if (!d)
        return rc;
    if (op.remote_dom == DOMID_SELF)
        op.remote_dom = current_domain->id;
    rc = evtchn_alloc_unbound(d, op.remote_dom, &port);
    op.port = port;
    if (!rc && guest_put(arg, &op)) {
        evtchn_close(d, port);
        rc = -EFAULT;
    }
    domain_put(d);
    return rc;
}

static long op_bind_interdomain(uint64_t arg)
{
    struct evtchn_bind_interdomain op;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    rc = evtchn_bind_interdomain(current_domain, &op);
    return report(arg, &op, sizeof(op), rc, op.local_port);
}

static long op_bind_virq(uint64_t arg)
{
    struct evtchn_bind_virq op;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    rc = evtchn_bind_virq(current_domain, &op);
    return report(arg, &op, sizeof(op), rc, op.port);
}

static long op_bind_ipi(uint64_t arg)
{
    struct evtchn_bind_ipi op;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    rc = evtchn_bind_ipi(current_domain, &op);
    return report(arg, &op, sizeof(op), rc, op.port);
}

static long op_bind_pirq(uint64_t arg)
{
    struct evtchn_bind_pirq op;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    rc = evtchn_bind_pirq(current_domain, &op);
    return report(arg, &op, sizeof(op), rc, op.port);
}

static long op_close(uint64_t arg)
{
    struct evtchn_close op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return evtchn_close(current_domain, op.port);
}

static long op_send(uint64_t arg)
{
    struct evtchn_send op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return evtchn_send(current_domain, op.port);
}

static long op_status(uint64_t arg)
{
    struct evtchn_status op;
    struct domain *d;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = domain_get_target(op.dom, &rc);
    if (!d)
        return rc;
    rc = evtchn_status(d, &op);
    domain_put(d);
    return rc ? rc : guest_put(arg, &op);
}

static long op_bind_vcpu(uint64_t arg)
{
    struct evtchn_bind_vcpu op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return evtchn_bind_vcpu(current_domain, op.port, op.vcpu);
}

static long op_unmask(uint64_t arg)
{
    struct evtchn_unmask op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return evtchn_unmask(current_domain, op.port);
}

static long op_reset(uint64_t arg)
{
    struct evtchn_reset op;
    struct domain *d;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = domain_get_target(op.dom, &rc);
    if (!d)
        return rc;
    /* Another one's only while the toolstack has it paused. */
    rc = d == current_domain || d->toolstack_pauses ? evtchn_reset(d) : -EINVAL;
    domain_put(d);
    return rc;
}

static long op_init_control(uint64_t arg)
{
    struct evtchn_init_control op;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    rc = evtchn_init_control(current_domain, &op);
    return rc ? rc : guest_put(arg, &op);
}

static long op_expand_array(uint64_t arg)
{
    struct evtchn_expand_array op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return evtchn_expand_array(current_domain, op.array_gfn);
}

static long op_set_priority(uint64_t arg)
{
    struct evtchn_set_priority op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return evtchn_set_priority(current_domain, op.port, op.priority);
}

long evtchn_op(uint32_t cmd, uint64_t arg)
{
    switch (cmd) {
    case EVTCHNOP_send:
        return op_send(arg);
    case EVTCHNOP_unmask:
        return op_unmask(arg);
    case EVTCHNOP_close:
        return op_close(arg);
    case EVTCHNOP_bind_virq:
        return op_bind_virq(arg);
    case EVTCHNOP_bind_ipi:
        return op_bind_ipi(arg);
    case EVTCHNOP_bind_pirq:
        return op_bind_pirq(arg);
    case EVTCHNOP_bind_vcpu:
        return op_bind_vcpu(arg);
    case EVTCHNOP_bind_interdomain:
        return op_bind_interdomain(arg);
    case EVTCHNOP_alloc_unbound:
        return op_alloc_unbound(arg);
    case EVTCHNOP_status:
        return op_status(arg);
    case EVTCHNOP_reset:
        return op_reset(arg);
    case EVTCHNOP_init_control:
        return op_init_control(arg);
    case EVTCHNOP_expand_array:
        return op_expand_array(arg);
    case EVTCHNOP_set_priority:
        return op_set_priority(arg);
    default:
        return -ENOSYS;
    }
}
