/*
 * evtchn/op.c - EVTCHNOP_*: fetch, who may, act, report. Layer: evtchn.
 */
#include "evtchn/evtchn_internal.h"
#include "mm/guest.h"

union op {
    struct evtchn_bind_interdomain bind_interdomain;
    struct evtchn_bind_virq bind_virq;
    struct evtchn_bind_pirq bind_pirq;
    struct evtchn_close close;
    struct evtchn_send send;
    struct evtchn_status status;
    struct evtchn_alloc_unbound alloc_unbound;
    struct evtchn_bind_ipi bind_ipi;
    struct evtchn_bind_vcpu bind_vcpu;
    struct evtchn_unmask unmask;
    struct evtchn_reset reset;
    struct evtchn_init_control init_control;
    struct evtchn_expand_array expand_array;
    struct evtchn_set_priority set_priority;
};

#define SIZE(name) .bytes = sizeof(struct evtchn_##name)
#define REPORTS    .reports = true
/* What it reports is a port that was made, and that goes if it cannot. */
#define MAKES(name, field) .port_at = 1 + offsetof(struct evtchn_##name, field)

static const struct {
    uint8_t bytes;
    bool reports;
    uint8_t port_at; /* and 1 */
} forms[] = {
    [EVTCHNOP_bind_interdomain] = {SIZE(bind_interdomain), REPORTS,
                                   MAKES(bind_interdomain, local_port)},
    [EVTCHNOP_bind_virq] = {SIZE(bind_virq), REPORTS, MAKES(bind_virq, port)},
    [EVTCHNOP_bind_pirq] = {SIZE(bind_pirq), REPORTS, MAKES(bind_pirq, port)},
    [EVTCHNOP_close] = {SIZE(close)},
    [EVTCHNOP_send] = {SIZE(send)},
    [EVTCHNOP_status] = {SIZE(status), REPORTS},
    [EVTCHNOP_alloc_unbound] = {SIZE(alloc_unbound), REPORTS,
                                MAKES(alloc_unbound, port)},
    [EVTCHNOP_bind_ipi] = {SIZE(bind_ipi), REPORTS, MAKES(bind_ipi, port)},
    [EVTCHNOP_bind_vcpu] = {SIZE(bind_vcpu)},
    [EVTCHNOP_unmask] = {SIZE(unmask)},
    [EVTCHNOP_reset] = {SIZE(reset)},
    [EVTCHNOP_init_control] = {SIZE(init_control), REPORTS},
    [EVTCHNOP_expand_array] = {SIZE(expand_array)},
    [EVTCHNOP_set_priority] = {SIZE(set_priority)},
};

/* Another one's only while the toolstack has it paused. */
static int reset(struct domain *d)
{
    return d == current_domain || d->toolstack_pauses ? evtchn_reset(d)
                                                      : -EINVAL;
}

static int alloc_unbound(struct domain *d, struct evtchn_alloc_unbound *op)
{
    if (op->remote_dom == DOMID_SELF)
        op->remote_dom = current_domain->id;
    return evtchn_alloc_unbound(d, op->remote_dom, &op->port);
}

_Static_assert(!offsetof(struct evtchn_alloc_unbound, dom) &&
                   !offsetof(struct evtchn_status, dom) &&
                   !offsetof(struct evtchn_reset, dom),
               "names_domain");

static int act(struct domain *d, uint32_t cmd, union op *op)
{
    switch (cmd) {
    case EVTCHNOP_alloc_unbound:
        return alloc_unbound(d, &op->alloc_unbound);
    case EVTCHNOP_status:
        return evtchn_status(d, &op->status);
    case EVTCHNOP_reset:
        return reset(d);
    case EVTCHNOP_send:
        return evtchn_send(d, op->send.port);
    case EVTCHNOP_unmask:
        return evtchn_unmask(d, op->unmask.port);
    case EVTCHNOP_close:
        return evtchn_close(d, op->close.port);
    case EVTCHNOP_bind_virq:
        return evtchn_bind_virq(d, &op->bind_virq);
    case EVTCHNOP_bind_ipi:
        return evtchn_bind_ipi(d, &op->bind_ipi);
    case EVTCHNOP_bind_pirq:
        return evtchn_bind_pirq(d, &op->bind_pirq);
    case EVTCHNOP_bind_vcpu:
        return evtchn_bind_vcpu(d, op->bind_vcpu.port, op->bind_vcpu.vcpu);
    case EVTCHNOP_bind_interdomain:
        return evtchn_bind_interdomain(d, &op->bind_interdomain);
    case EVTCHNOP_init_control:
        return evtchn_init_control(d, &op->init_control);
    case EVTCHNOP_expand_array:
        return evtchn_expand_array(d, op->expand_array.array_gfn);
    default:
        return evtchn_set_priority(d, op->set_priority.port,
                                   op->set_priority.priority);
    }
}

/* Its first word names one: the three below have it there. */
static bool names_domain(uint32_t cmd)
{
    return cmd == EVTCHNOP_alloc_unbound || cmd == EVTCHNOP_status ||
           cmd == EVTCHNOP_reset;
}

static int act_and_report(struct domain *d, uint32_t cmd, union op *op,
                          uint64_t arg)
{
    int rc = act(d, cmd, op);

    if (rc || !forms[cmd].reports ||
        !guest_write(guest_ptr(arg), op, forms[cmd].bytes))
        return rc;
    if (forms[cmd].port_at)
        evtchn_close(d, *(uint32_t *)((char *)op + forms[cmd].port_at - 1));
    return -EFAULT;
}

long evtchn_op(uint32_t cmd, uint64_t arg)
{
    struct domain *d = current_domain;
    union op op;
    int rc;

    if (cmd >= ARRAY_SIZE(forms))
        return -ENOSYS;
    cmd = (uint32_t)index_nospec(cmd, ARRAY_SIZE(forms));
    if (!forms[cmd].bytes)
        return -ENOSYS;
    if (guest_read(&op, guest_ptr(arg), forms[cmd].bytes))
        return -EFAULT;
    if (!names_domain(cmd))
        return act_and_report(d, cmd, &op, arg);
    d = domain_get_target(op.status.dom, &rc);
    if (!d)
        return rc;
    rc = act_and_report(d, cmd, &op, arg);
    domain_put(d);
    return rc;
}
