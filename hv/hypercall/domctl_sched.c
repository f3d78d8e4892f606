/*
 * hypercall/domctl_sched.c - where and how much a domain's vcpus run, and which
 * TSC they see, by order of the toolstack. Layer: hypercall.
 */
#include "hypercall/domctl.h"

#define MAP_BYTES_MAX 1024 /* of a guest's bitmap */
#define NODES         1UL  /* there is one memory node: bit 0 */
#define WEIGHT        256

static int get_mask(const struct xenctl_bitmap *from, uint64_t *mask)
{
    *mask = 0;
    if (from->nr_bits && guest_read(mask, guest_handle(from->bitmap),
                                    MIN(DIV_ROUND_UP(from->nr_bits, 8U), 8U)))
        return -EFAULT;
    if (from->nr_bits < 64)
        *mask &= (1UL << from->nr_bits) - 1;
    return 0;
}

int domctl_put_mask(const struct xenctl_bitmap *to, uint64_t mask)
{
    uint64_t bytes = DIV_ROUND_UP((uint64_t)to->nr_bits, 8U);
    uint64_t at = guest_handle_address(to->bitmap);

    if (bytes > MAP_BYTES_MAX)
        return -EINVAL;
    if (guest_write(guest_ptr(at), &mask, MIN(bytes, 8UL)))
        return -EFAULT;
    return bytes > 8 ? guest_clear(guest_ptr(at + 8), bytes - 8) : 0;
}

static cpu_mask_t all_cpus(void)
{
    return ~0UL >> (64 - cpus_present);
}

static cpu_mask_t online_cpus(void)
{
    cpu_mask_t mask = 0;

    for_each_cpu(cpu) if (READ_ONCE(cpu->online)) mask |= cpu_bit(cpu);
    return mask;
}

static bool names_no_map(const struct xen_domctl_vcpuaffinity *a)
{
    return !a->flags ||
           (a->flags & XEN_VCPUAFFINITY_HARD &&
            !guest_handle_address(a->cpumap_hard.bitmap)) ||
           (a->flags & XEN_VCPUAFFINITY_SOFT &&
            !guest_handle_address(a->cpumap_soft.bitmap));
}

static int find_vcpu(const struct domain *d,
                     const struct xen_domctl_vcpuaffinity *a, struct vcpu **v)
{
    if (a->vcpu >= d->vcpu_count)
        return -EINVAL;
    *v = d->vcpu[a->vcpu];
    if (!*v)
        return -ESRCH;
    return names_no_map(a) ? -EINVAL : 0;
}

/* Tells what will be in effect. */
int domctl_set_affinity(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
    uint64_t hard, soft, online = online_cpus();
    struct vcpu *v;
    int rc = find_vcpu(d, a, &v);

    if (rc)
        return rc;
    hard = v->sched.affinity;
    soft = v->sched.soft_affinity;
    if (a->flags & XEN_VCPUAFFINITY_HARD)
        rc = get_mask(&a->cpumap_hard, &hard);
    if (!rc && a->flags & XEN_VCPUAFFINITY_SOFT)
        rc = get_mask(&a->cpumap_soft, &soft);
    if (rc)
        return rc;
    if (!(hard & online))
        return -EINVAL;
    sched_set_affinity(v, hard, soft);
    if (a->flags & XEN_VCPUAFFINITY_HARD)
        rc = domctl_put_mask(&a->cpumap_hard, hard & online);
    if (!rc && a->flags & XEN_VCPUAFFINITY_SOFT)
        rc = domctl_put_mask(&a->cpumap_soft, soft & hard & online);
    return rc;
}

int domctl_get_affinity(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
    struct vcpu *v;
    int rc = find_vcpu(d, a, &v);

    if (!rc && a->flags & XEN_VCPUAFFINITY_HARD)
        rc = domctl_put_mask(&a->cpumap_hard, v->sched.affinity & all_cpus());
    if (!rc && a->flags & XEN_VCPUAFFINITY_SOFT)
        rc = domctl_put_mask(&a->cpumap_soft,
                             v->sched.soft_affinity & all_cpus());
    return rc;
}

int domctl_set_nodes(struct domain *d, struct xen_domctl *op)
{
    uint64_t nodes;
    int rc = get_mask(&op->u.nodeaffinity.nodemap, &nodes);

    (void)d;
    return rc ? rc : nodes & NODES ? 0 : -EINVAL;
}

int domctl_get_nodes(struct domain *d, struct xen_domctl *op)
{
    (void)d;
    return domctl_put_mask(&op->u.nodeaffinity.nodemap, NODES);
}

int domctl_scheduler(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_sched_credit2 *c = &op->u.scheduler_op.u.credit2;

    if (op->u.scheduler_op.sched_id != XEN_SCHEDULER_CREDIT2)
        return -EINVAL;
    switch (op->u.scheduler_op.cmd) {
    case XEN_DOMCTL_SCHEDOP_getinfo:
        c->weight = d->vcpu[0] ? (uint16_t)d->vcpu[0]->sched.weight : WEIGHT;
        c->cap = (uint16_t)d->sched.cap.percent;
        return 0;
    case XEN_DOMCTL_SCHEDOP_putinfo:
        for (uint32_t i = 0; c->weight && i < d->vcpu_count; i++)
            if (d->vcpu[i])
                WRITE_ONCE(d->vcpu[i]->sched.weight, c->weight);
        if (c->cap != d->sched.cap.percent)
            sched_set_cap(&d->sched, c->cap);
        return 0;
    default:
        return -EINVAL;
    }
}

/* The TSC is never emulated: a domain that wants it otherwise is refused. One
 * from where it was faster or slower gets ours, and the clock's new scale. */
int domctl_set_tsc(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_tsc_info *t = &op->u.tsc_info;

    if (t->tsc_mode > 2)
        return -EINVAL;
    if (t->tsc_mode == 1)
        return -EOPNOTSUPP;
    d->tsc_mode = (uint8_t)t->tsc_mode;
    d->tsc_incarnation = t->incarnation + 1;
    return 0;
}

int domctl_get_tsc(struct domain *d, struct xen_domctl *op)
{
    op->u.tsc_info = (struct xen_domctl_tsc_info){
        .tsc_mode = d->tsc_mode,
        .gtsc_khz = d->tsc_mode == 2 ? 0 : (uint32_t)tsc_khz,
        .incarnation = d->tsc_incarnation,
        .elapsed_nsec = d->tsc_mode == 2 ? 0 : time_now_ns(),
    };
    return 0;
}
