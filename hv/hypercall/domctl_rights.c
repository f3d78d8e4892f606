/*
 * hypercall/domctl_rights.c - what of the machine a domain may touch, by order
 * of the toolstack. Layer: hypercall. Nobody gives what he does not have.
 */
#include "evtchn/evtchn.h"
#include "hypercall/domctl.h"
#include "hypercall/pirq.h"

#define PORTS    0x10000
#define MFN_BITS 40

static int change(struct domain *d, struct range_set *set, uint64_t first,
                  uint64_t last, bool allow)
{
    bool other = d != current_domain;
    int rc;

    /* Its vcpus look at the set without a lock. */
    if (other)
        domain_pause_and_wait(d);
    rc = allow ? range_set_add(set, first, last)
               : range_set_remove(set, first, last);
    if (!rc && allow)
        d->has_io = true;
    if (other)
        domain_unpause(d);
    return rc;
}

int domctl_irq_permission(struct domain *d, struct xen_domctl *op)
{
    uint32_t pirq = op->u.irq_permission.pirq;
    int rc = pirq_check_mapped(current_domain, pirq);

    if (rc)
        return rc;
    if (!range_set_contains(&current_domain->irqs, pirq, pirq))
        return -EPERM;
    return change(d, &d->irqs, pirq, pirq, op->u.irq_permission.allow_access);
}

int domctl_iomem_permission(struct domain *d, struct xen_domctl *op)
{
    uint64_t first = op->u.iomem_permission.first_mfn;
    uint64_t last = first + op->u.iomem_permission.nr_mfns - 1;

    if (last < first)
        return -EINVAL;
    if (!range_set_contains(&current_domain->iomem, first, last))
        return -EPERM;
    return change(d, &d->iomem, first, last,
                  op->u.iomem_permission.allow_access);
}

int domctl_ioport_permission(struct domain *d, struct xen_domctl *op)
{
    uint32_t first = op->u.ioport_permission.first_port;
    uint32_t count = op->u.ioport_permission.nr_ports;

    if (first + count <= first || first + count > PORTS)
        return -EINVAL;
    if (!range_set_contains(&current_domain->ioports, first, first + count - 1))
        return -EPERM;
    return change(d, &d->ioports, first, first + count - 1,
                  op->u.ioport_permission.allow_access);
}

/* A PV guest maps device memory itself: only the numbers are looked at. */
int domctl_memory_mapping(struct domain *d, struct xen_domctl *op)
{
    uint64_t first = op->u.memory_mapping.first_mfn;
    uint64_t gfn = op->u.memory_mapping.first_gfn;
    uint64_t more = op->u.memory_mapping.nr_mfns - 1;

    (void)d;
    return first + more < first || gfn + more < gfn ||
                   (first + more) >> MFN_BITS
               ? -EINVAL
               : 0;
}

/* Who gets a global VIRQ in dom0's place. */
int domctl_set_virq_handler(struct domain *d, struct xen_domctl *op)
{
    return virq_set_handler(d, op->u.set_virq_handler.virq);
}
