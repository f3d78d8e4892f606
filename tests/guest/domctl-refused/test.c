/*
 * Orders about domains that a PV domain, or a machine without an IOMMU, memory
 * nodes and monitors, cannot be given: a domain that is not there comes first,
 * then the caller itself, then what is wrong; and nothing has changed. Those
 * that mean nothing to a PV domain say so little, too.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

struct order {
    unsigned cmd;
    int self, other; /* the caller; another domain */
    int xens_other;  /* where that is not as on Xen */
};

#define ORDER(name, self, other)                                               \
    {                                                                          \
        name, self, other, other                                               \
    }
#define DIFFERS(name, self, other, xens)                                       \
    {                                                                          \
        name, self, other, xens                                                \
    }
#define XEN_DOMCTL_soft_reset_cont 23 /* the header has it for Xen alone */

static const struct order orders[] = {
    ORDER(XEN_DOMCTL_soft_reset, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_soft_reset_cont, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_gethvmcontext, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_sethvmcontext, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_gethvmcontext_partial, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_bind_pt_irq, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_unbind_pt_irq, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_debug_op, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_set_broken_page_p2m, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_vmtrace_op, -EINVAL, -EINVAL),
    ORDER(XEN_DOMCTL_ioport_mapping, -EOPNOTSUPP, -EOPNOTSUPP),
    ORDER(XEN_DOMCTL_get_paging_mempool_size, -EOPNOTSUPP, -EOPNOTSUPP),
    ORDER(XEN_DOMCTL_set_paging_mempool_size, -EOPNOTSUPP, -EOPNOTSUPP),
    ORDER(XEN_DOMCTL_assign_device, -EOPNOTSUPP, -EOPNOTSUPP),
    ORDER(XEN_DOMCTL_test_assign_device, -EOPNOTSUPP, -EOPNOTSUPP),
    ORDER(XEN_DOMCTL_deassign_device, -EOPNOTSUPP, -EOPNOTSUPP),
    ORDER(XEN_DOMCTL_get_device_group, -EOPNOTSUPP, -EOPNOTSUPP),
    ORDER(XEN_DOMCTL_psr_cmt_op, -ENODEV, -ENODEV),
    ORDER(XEN_DOMCTL_psr_alloc, -ENODEV, -ENODEV),
    ORDER(XEN_DOMCTL_vm_event_op, -EINVAL, -ENOSYS),
    ORDER(XEN_DOMCTL_monitor_op, -EPERM, -EOPNOTSUPP),
    DIFFERS(XEN_DOMCTL_set_access_required, -EPERM, -EOPNOTSUPP, 0),
    ORDER(XEN_DOMCTL_real_mode_area, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_set_opt_feature, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_mem_sharing_op, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_audit_p2m, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_cacheflush, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_vuart_op, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_gdbsx_guestmemio, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_gdbsx_unpausevcpu, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_gdbsx_domstatus, -ENOSYS, -ENOSYS),
    ORDER(XEN_DOMCTL_gdbsx_pausevcpu, -ENOSYS, -ENOSYS),
};

static domid_t id;

static long filled(unsigned cmd, unsigned domid, int byte)
{
    struct xen_domctl op;

    memset(&op, byte, sizeof(op));
    return domain_op(cmd, domid, &op);
}

static void check_orders(void)
{
    static const unsigned none[] = {1000, DOMID_SELF, DOMID_XEN};

    for (unsigned i = 0; i < ARRAY_SIZE(orders); i++) {
        const struct order *o = &orders[i];

        for (unsigned j = 0; j < ARRAY_SIZE(none); j++) {
            CHECK_EQ(filled(o->cmd, none[j], 0), -ESRCH);
            CHECK_EQ(filled(o->cmd, none[j], 0xff), -ESRCH);
        }
        CHECK_EQ(filled(o->cmd, 0, 0), o->self);
        CHECK_DIFFERS(filled(o->cmd, id, 0), o->other, o->xens_other);
        if (o->cmd != XEN_DOMCTL_psr_alloc)
            CHECK_DIFFERS(filled(o->cmd, id, 0xff), o->other, o->xens_other);
    }
}

static void check_nodes(void)
{
    static struct xen_vmemrange range = {.end = 1 << 20};
    static unsigned numbers[4] = {10};
    struct xen_domctl op;

    CHECK_EQ(filled(XEN_DOMCTL_setvnumainfo, 1000, 0), -ESRCH);
    memset(&op, 0, sizeof(op));
    op.u.vnuma.nr_vnodes = op.u.vnuma.nr_vcpus = op.u.vnuma.nr_vmemranges = 1;
    set_xen_guest_handle(op.u.vnuma.vdistance, numbers);
    set_xen_guest_handle(op.u.vnuma.vcpu_to_vnode, numbers + 1);
    set_xen_guest_handle(op.u.vnuma.vnode_to_pnode, numbers + 2);
    set_xen_guest_handle(op.u.vnuma.vmemrange, &range);
    CHECK_DIFFERS(domain_op(XEN_DOMCTL_setvnumainfo, id, &op), -EOPNOTSUPP, 0);
}

static long set_target(unsigned domid, unsigned target)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.set_target.target = (domid_t)target;
    return domain_op(XEN_DOMCTL_set_target, domid, &op);
}

static long map(unsigned domid, uint64_t gfn, uint64_t mfn, uint64_t count)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.memory_mapping.first_gfn = gfn;
    op.u.memory_mapping.first_mfn = mfn;
    op.u.memory_mapping.nr_mfns = count;
    op.u.memory_mapping.add_mapping = 1;
    return domain_op(XEN_DOMCTL_memory_mapping, domid, &op);
}

static void check_numbers(void)
{
    CHECK_EQ(set_target(0, 0), -EINVAL);
    CHECK_EQ(set_target(id, id), -EINVAL);
    CHECK_EQ(set_target(id, 0), -EOPNOTSUPP);
    CHECK_EQ(set_target(0, id), -EOPNOTSUPP);
    CHECK_EQ(set_target(0, 1000), -ESRCH);
    CHECK_EQ(set_target(1000, 0), -ESRCH);
    CHECK_EQ(map(id, 0x900, 0xb8, 1), 0);
    CHECK_EQ(map(0, 0x900, 0x3000000, 1), 0);
    CHECK_EQ(map(id, 0x900, 0xb8, 0), -EINVAL);
    CHECK_EQ(map(id, 0x900, ~0UL, 2), -EINVAL);
    CHECK_EQ(map(id, 0x900, 0xb8, ~0UL), -EINVAL);
    CHECK_EQ(map(id, ~0UL, 0xb8, 2), -EINVAL);
    CHECK_EQ(map(id, 0x900, 1UL << 40, 1), -EINVAL);
    CHECK_EQ(map(1000, 0x900, 0xb8, 1), -ESRCH);
}

static void check_debugging(void)
{
    struct xen_domctl_getdomaininfo info;

    CHECK_EQ(filled(XEN_DOMCTL_setdebugging, 0, 0xff), -EINVAL);
    CHECK_EQ(filled(XEN_DOMCTL_setdebugging, 1000, 0xff), -ESRCH);
    CHECK_EQ(filled(XEN_DOMCTL_setdebugging, id, 0xff), 0);
    CHECK(domain_info(id, &info));
    CHECK(info.flags & XEN_DOMINF_debugged);
    CHECK_EQ(filled(XEN_DOMCTL_setdebugging, id, 0), 0);
    CHECK(domain_info(id, &info));
    CHECK(!(info.flags & XEN_DOMINF_debugged));
}

void test(void)
{
    struct xen_domctl_getdomaininfo before, after;

    id = domain_new(1, 7);
    CHECK(domain_info(id, &before));
    check_orders();
    check_nodes();
    check_numbers();
    check_debugging();
    CHECK(domain_info(id, &after));
    CHECK(!memcmp(&before, &after, sizeof(before)));
    domain_destroy(id);
}
