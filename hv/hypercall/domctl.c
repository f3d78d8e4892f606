/*
 * hypercall/domctl.c - the toolstack's orders about domains: who is meant, and
 * which function serves it. Layer: hypercall. dom0 only (hypercalls.def).
 * One at a time, all domains together. Source: Xen's public domctl.h.
 */
#include "hypercall/domctl.h"
#include "hypercall/interface.h"

/* 4.17's is ours. */
static const struct interface versions[] = {
    {XEN_DOMCTL_INTERFACE_VERSION, NULL, 0},
};

#define NOT_SELF 1 /* -EINVAL when it is about the caller */
#define REPORTS  2 /* the structure goes back */
#define EXPLAINS 4 /* the same when it fails */

/* The header shows this to Xen alone. */
#define DOMCTL_SOFT_RESET_CONT 23

static const struct {
    domctl_fn *serve;
    uint8_t flags;
} operations[] = {
    [XEN_DOMCTL_destroydomain] = {domctl_destroy, NOT_SELF},
    [XEN_DOMCTL_pausedomain] = {domctl_pause, NOT_SELF},
    [XEN_DOMCTL_unpausedomain] = {domctl_unpause, 0},
    [XEN_DOMCTL_resumedomain] = {domctl_resume, NOT_SELF},
    [XEN_DOMCTL_max_vcpus] = {domctl_max_vcpus, NOT_SELF},
    [XEN_DOMCTL_max_mem] = {domctl_max_mem, 0},
    [XEN_DOMCTL_setdomainhandle] = {domctl_set_handle, 0},
    [XEN_DOMCTL_settimeoffset] = {domctl_set_time_offset, 0},
    [XEN_DOMCTL_set_address_size] = {domctl_set_address_size, 0},
    [XEN_DOMCTL_get_address_size] = {domctl_get_address_size, REPORTS},
    [XEN_DOMCTL_hypercall_init] = {domctl_hypercall_page, 0},
    [XEN_DOMCTL_getpageframeinfo3] = {domctl_frame_types, 0},
    [XEN_DOMCTL_setvcpucontext] = {domctl_set_context, NOT_SELF},
    [XEN_DOMCTL_getvcpucontext] = {domctl_get_context, 0},
    [XEN_DOMCTL_getvcpuinfo] = {domctl_vcpu_info, REPORTS},
    [XEN_DOMCTL_sendtrigger] = {domctl_trigger, 0},
    [XEN_DOMCTL_setvcpuaffinity] = {domctl_set_affinity, REPORTS},
    [XEN_DOMCTL_getvcpuaffinity] = {domctl_get_affinity, REPORTS},
    [XEN_DOMCTL_setnodeaffinity] = {domctl_set_nodes, 0},
    [XEN_DOMCTL_getnodeaffinity] = {domctl_get_nodes, 0},
    [XEN_DOMCTL_scheduler_op] = {domctl_scheduler, REPORTS},
    [XEN_DOMCTL_set_virq_handler] = {domctl_set_virq_handler, 0},
    [XEN_DOMCTL_settscinfo] = {domctl_set_tsc, NOT_SELF},
    [XEN_DOMCTL_gettscinfo] = {domctl_get_tsc, NOT_SELF | REPORTS},
    [XEN_DOMCTL_get_ext_vcpucontext] = {domctl_get_ext_context, REPORTS},
    [XEN_DOMCTL_set_ext_vcpucontext] = {domctl_set_ext_context, 0},
    [XEN_DOMCTL_getvcpuextstate] = {domctl_get_extstate, REPORTS},
    [XEN_DOMCTL_setvcpuextstate] = {domctl_set_extstate, 0},
    [XEN_DOMCTL_get_vcpu_msrs] = {domctl_get_msrs, REPORTS | EXPLAINS},
    [XEN_DOMCTL_set_vcpu_msrs] = {domctl_set_msrs, EXPLAINS},
    [XEN_DOMCTL_shadow_op] = {domctl_shadow, NOT_SELF},
    [XEN_DOMCTL_get_cpu_policy] = {domctl_get_policy, REPORTS},
    [XEN_DOMCTL_set_cpu_policy] = {domctl_set_policy, NOT_SELF | EXPLAINS},
    [XEN_DOMCTL_irq_permission] = {domctl_irq_permission, 0},
    [XEN_DOMCTL_iomem_permission] = {domctl_iomem_permission, 0},
    [XEN_DOMCTL_ioport_permission] = {domctl_ioport_permission, 0},
    [XEN_DOMCTL_setdebugging] = {domctl_set_debugging, NOT_SELF},
    [XEN_DOMCTL_subscribe] = {domctl_subscribe, 0},
    [XEN_DOMCTL_memory_mapping] = {domctl_memory_mapping, 0},
    [XEN_DOMCTL_set_target] = {domctl_set_target, 0},
};

/* What is not to be had: the error about the caller, and about another. */
static const struct {
    int16_t self, other;
} refusals[] = {
    /* For HVM guests. */
    [XEN_DOMCTL_gethvmcontext] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_sethvmcontext] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_gethvmcontext_partial] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_bind_pt_irq] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_unbind_pt_irq] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_debug_op] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_set_broken_page_p2m] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_soft_reset] = {-EINVAL, -EINVAL},
    [DOMCTL_SOFT_RESET_CONT] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_vmtrace_op] = {-EINVAL, -EINVAL},
    [XEN_DOMCTL_ioport_mapping] = {-EOPNOTSUPP, -EOPNOTSUPP},
    [XEN_DOMCTL_get_paging_mempool_size] = {-EOPNOTSUPP, -EOPNOTSUPP},
    [XEN_DOMCTL_set_paging_mempool_size] = {-EOPNOTSUPP, -EOPNOTSUPP},
    [XEN_DOMCTL_monitor_op] = {-EPERM, -EOPNOTSUPP},
    [XEN_DOMCTL_set_access_required] = {-EPERM, -EOPNOTSUPP},
    [XEN_DOMCTL_vm_event_op] = {-EINVAL, -ENOSYS},
    /* For machines with what this one has not: IOMMU, nodes, monitors. */
    [XEN_DOMCTL_assign_device] = {-EOPNOTSUPP, -EOPNOTSUPP},
    [XEN_DOMCTL_test_assign_device] = {-EOPNOTSUPP, -EOPNOTSUPP},
    [XEN_DOMCTL_deassign_device] = {-EOPNOTSUPP, -EOPNOTSUPP},
    [XEN_DOMCTL_get_device_group] = {-EOPNOTSUPP, -EOPNOTSUPP},
    [XEN_DOMCTL_setvnumainfo] = {-EOPNOTSUPP, -EOPNOTSUPP},
    [XEN_DOMCTL_psr_cmt_op] = {-ENODEV, -ENODEV},
    [XEN_DOMCTL_psr_alloc] = {-ENODEV, -ENODEV},
};

static int serve(struct domain *d, struct xen_domctl *op)
{
    bool is_self = d == current_domain;

    if (op->cmd < ARRAY_SIZE(operations) && operations[op->cmd].serve) {
        if (operations[op->cmd].flags & NOT_SELF && is_self)
            return -EINVAL;
        return operations[op->cmd].serve(d, op);
    }
    if (op->cmd < ARRAY_SIZE(refusals) && refusals[op->cmd].self)
        return is_self ? refusals[op->cmd].self : refusals[op->cmd].other;
    return (int)hypercall_unknown("domctl", op->cmd);
}

static bool reports(uint32_t cmd, int rc)
{
    if (cmd == XEN_DOMCTL_createdomain || cmd == XEN_DOMCTL_getdomaininfo)
        return !rc;
    return cmd < ARRAY_SIZE(operations) &&
           operations[cmd].flags & (rc ? EXPLAINS : REPORTS);
}

/* With its turn. */
static int serve_in_turn(struct xen_domctl *op)
{
    struct domain *d;
    int rc;

    if (op->cmd == XEN_DOMCTL_createdomain)
        return domctl_create(NULL, op);
    d = domain_get(op->domain);
    if (!d)
        return -ESRCH;
    rc = serve(d, op);
    domain_put(d);
    return rc;
}

static int get_info(struct xen_domctl *op)
{
    int rc;

    if (op->domain >= DOMID_FIRST_RESERVED)
        return -EINVAL;
    rc = domctl_describe(op->domain, &op->u.getdomaininfo);
    if (!rc)
        op->domain = op->u.getdomaininfo.domain;
    return rc;
}

/* -ERESTART: again, it is another's turn. */
static int serve_one(struct xen_domctl *op)
{
    static bool busy;
    int rc;

    if (op->cmd == XEN_DOMCTL_getdomaininfo)
        return get_info(op);
    if (__atomic_exchange_n(&busy, true, __ATOMIC_ACQUIRE)) {
        sched_yield();
        return -ERESTART;
    }
    rc = serve_in_turn(op);
    __atomic_store_n(&busy, false, __ATOMIC_RELEASE);
    return rc;
}

long hypercall_domctl(uint64_t arg)
{
    const struct interface *v;
    struct xen_domctl op;
    uint32_t theirs;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    v = interface_find(versions, ARRAY_SIZE(versions), op.interface_version);
    if (!v)
        return -EACCES;
    theirs = op.cmd;
    op.cmd = interface_decode(v, theirs, &op.u);
    rc = serve_one(&op);
    if (rc == -ERESTART)
        return hypercall_continue(1, &arg);
    if (!reports(op.cmd, rc))
        return rc;
    interface_encode(v, theirs, &op.u);
    op.cmd = theirs;
    return guest_put(arg, &op) ? -EFAULT : rc;
}
