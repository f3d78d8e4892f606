/*
 * Each domctl that cannot be done says why and changes nothing: numbers of
 * domains that are not there, the caller itself, a dead domain, limits that
 * cannot be, arguments that cannot be read or written.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static long create(const struct xen_domctl *with, unsigned domid)
{
    struct xen_domctl op = *with;
    long rc = domain_op(XEN_DOMCTL_createdomain, domid, &op);

    if (!rc)
        domain_destroy(op.domain);
    return rc;
}

static void check_numbers(void)
{
    static const unsigned cmds[] = {
        XEN_DOMCTL_destroydomain,    XEN_DOMCTL_pausedomain,
        XEN_DOMCTL_unpausedomain,    XEN_DOMCTL_resumedomain,
        XEN_DOMCTL_max_mem,          XEN_DOMCTL_max_vcpus,
        XEN_DOMCTL_setdomainhandle,  XEN_DOMCTL_settimeoffset,
        XEN_DOMCTL_set_address_size, XEN_DOMCTL_get_address_size,
        XEN_DOMCTL_hypercall_init,   XEN_DOMCTL_getpageframeinfo3,
        XEN_DOMCTL_setvcpucontext,   XEN_DOMCTL_getvcpucontext,
        XEN_DOMCTL_getvcpuinfo,      XEN_DOMCTL_sendtrigger,
        XEN_DOMCTL_irq_permission,   XEN_DOMCTL_iomem_permission,
        XEN_DOMCTL_ioport_permission};
    static const unsigned none[] = {1,
                                    1000,
                                    DOMID_FIRST_RESERVED - 1,
                                    DOMID_FIRST_RESERVED,
                                    DOMID_IO,
                                    DOMID_XEN,
                                    DOMID_INVALID};

    for (unsigned i = 0; i < ARRAY_SIZE(cmds); i++)
        for (unsigned j = 0; j < ARRAY_SIZE(none); j++)
            CHECK_EQ(domain_do(cmds[i], none[j]), -ESRCH);
}

static void check_self(void)
{
    static const unsigned cmds[] = {
        XEN_DOMCTL_destroydomain,  XEN_DOMCTL_pausedomain,
        XEN_DOMCTL_unpausedomain,  XEN_DOMCTL_resumedomain,
        XEN_DOMCTL_max_vcpus,      XEN_DOMCTL_setvcpucontext,
        XEN_DOMCTL_getvcpucontext,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(cmds); i++)
        CHECK_EQ(domain_do(cmds[i], 0), -EINVAL);
}

static void check_create(void)
{
    struct xen_domctl good = domain_config(1), op;

    CHECK_EQ(create(&good, 0), 0);
    CHECK_EQ(create(&good, DOMID_FIRST_RESERVED), 0);
    CHECK_EQ(create(&good, DOMID_SELF), 0);
    CHECK_EQ(create(&good, 1234), 0);
    op = good;
    op.u.createdomain.max_vcpus = 0;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op.u.createdomain.max_vcpus = ~0U;
    CHECK_EQ(create(&op, 0), -EINVAL);
    for (unsigned bit = 0; bit < 32; bit++) {
        bool fine = 1U << bit == XEN_DOMCTL_CDF_oos_off ||
                    1U << bit == XEN_DOMCTL_CDF_xs_domain;

        if (1U << bit == XEN_DOMCTL_CDF_hvm)
            continue; /* Xen has them where the machine does */
        op = good;
        op.u.createdomain.flags = 1U << bit;
        CHECK_EQ(create(&op, 0), fine ? 0 : -EINVAL);
    }
    op = good;
    op.u.createdomain.iommu_opts = 1;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op = good;
    op.u.createdomain.vmtrace_size = 4096;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op = good;
    op.u.createdomain.arch.misc_flags = 2;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op = good;
    op.u.createdomain.arch.emulation_flags = XEN_X86_EMU_LAPIC;
    CHECK_EQ(create(&op, 0), -EOPNOTSUPP);
    op.u.createdomain.arch.emulation_flags = XEN_X86_EMU_PIT;
    CHECK_EQ(create(&op, 0), 0);
    op = good;
    op.u.createdomain.cpupool_id = 7;
    CHECK_EQ(create(&op, 0), -ESRCH);
    op = good;
    op.u.createdomain.grant_opts = 0;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op.u.createdomain.grant_opts = 0x11;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op = good;
    op.u.createdomain.max_grant_frames = 0;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op.u.createdomain.max_grant_frames = 65;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op.u.createdomain.max_grant_frames = -1;
    CHECK_EQ(create(&op, 0), 0);
    op = good;
    op.u.createdomain.max_maptrack_frames = 1025;
    CHECK_EQ(create(&op, 0), -EINVAL);
    op.u.createdomain.max_maptrack_frames = 0;
    CHECK_EQ(create(&op, 0), 0);
    op = good;
    op.u.createdomain.max_evtchn_port = ~0U;
    CHECK_EQ(create(&op, 0), 0);
}

static void check_limits(domid_t id)
{
    struct xen_domctl op = domain_config(1);
    struct xen_domctl_getdomaininfo info;

    CHECK_EQ(domain_op(XEN_DOMCTL_createdomain, id, &op), -EEXIST);
    CHECK_EQ(domain_op(XEN_DOMCTL_createdomain, DOMID_FIRST_RESERVED - 1, &op),
             0);
    domain_destroy(DOMID_FIRST_RESERVED - 1);
    memset(&op, 0, sizeof(op));
    op.u.max_vcpus.max = 1;
    CHECK_EQ(domain_op(XEN_DOMCTL_max_vcpus, id, &op), -EINVAL);
    op.u.max_vcpus.max = 3;
    CHECK_EQ(domain_op(XEN_DOMCTL_max_vcpus, id, &op), -EINVAL);
    op.u.max_vcpus.max = 2; /* once more: nothing to do */
    CHECK_EQ(domain_op(XEN_DOMCTL_max_vcpus, id, &op), 0);
    op.u.max_mem.max_memkb = ~0UL;
    CHECK_EQ(domain_op(XEN_DOMCTL_max_mem, id, &op), 0);
    CHECK(domain_info(id, &info));
    CHECK_EQ(info.max_pages, 0xffffffff);
    op.u.max_mem.max_memkb = 7;
    CHECK_EQ(domain_op(XEN_DOMCTL_max_mem, id, &op), 0);
    CHECK(domain_info(id, &info));
    CHECK_EQ(info.max_pages, 1);
    op.u.address_size.size = 64;
    CHECK_EQ(domain_op(XEN_DOMCTL_set_address_size, id, &op), 0);
    op.u.address_size.size = 33;
    CHECK_EQ(domain_op(XEN_DOMCTL_set_address_size, id, &op), -EINVAL);
    op.u.address_size.size = 7;
    CHECK_EQ(domain_op(XEN_DOMCTL_get_address_size, id, &op), 0);
    CHECK_EQ(op.u.address_size.size, 64);
    op.u.address_size.size = 32;
    CHECK_EQ(domain_op(XEN_DOMCTL_set_address_size, id, &op), -EOPNOTSUPP);
    op.u.address_size.size = 64;
    op.u.settimeoffset.time_offset_seconds = INT64_MIN;
    CHECK_EQ(domain_op(XEN_DOMCTL_settimeoffset, id, &op), 0);
    CHECK_EQ(domain_do(0, id), -ENOSYS);
    CHECK_EQ(domain_do(6, id), -ENOSYS);
    CHECK_EQ(domain_do(999, id), -ENOSYS);
    CHECK_EQ(domain_do(~0U, id), -ENOSYS);
}

static void check_memory(domid_t id)
{
    static const uint64_t bad[] = {0, 0x1000, HV_START, HV_END - 8,
                                   0x800000000000};
    struct xen_domctl *op = page_alloc();

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
        CHECK_EQ(domctl(bad[i]), -EFAULT);
    op->interface_version = 0x14;
    op->cmd = XEN_DOMCTL_getdomaininfo;
    CHECK_EQ(domctl(op), -EACCES);
    op->interface_version = 0x16;
    CHECK_EQ(domctl(op), -EACCES);
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = id;
    CHECK_EQ(domctl(op), 0);
    CHECK_EQ(op->domain, id);
    op->domain = id;
    page_protect(op, false);
    CHECK_EQ(domctl(op), -EFAULT);
    page_protect(op, true);
    op->u.getvcpuinfo.vcpu = 0;
    op->cmd = XEN_DOMCTL_getvcpuinfo;
    page_protect(op, false);
    CHECK_EQ(domctl(op), -EFAULT);
    page_protect(op, true);
}

static void check_frame_types(domid_t id)
{
    static uint64_t frames[4];
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.getpageframeinfo3.num = 1025;
    set_xen_guest_handle(op.u.getpageframeinfo3.array, frames);
    CHECK_EQ(domain_op(XEN_DOMCTL_getpageframeinfo3, id, &op), -E2BIG);
    op.u.getpageframeinfo3.num = ~0UL;
    CHECK_EQ(domain_op(XEN_DOMCTL_getpageframeinfo3, id, &op), -E2BIG);
    op.u.getpageframeinfo3.num = 3;
    frames[0] = 0;
    frames[1] = ~0UL;
    frames[2] = va_to_mfn(frames); /* not its */
    CHECK_EQ(domain_op(XEN_DOMCTL_getpageframeinfo3, id, &op), 0);
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(frames[i], XEN_DOMCTL_PFINFO_XTAB);
    frames[0] = va_to_mfn(kernel_l4());
    frames[1] = va_to_mfn(frames);
    op.u.getpageframeinfo3.num = 2;
    CHECK_EQ(domain_op(XEN_DOMCTL_getpageframeinfo3, 0, &op), 0);
    CHECK_EQ(frames[0], XEN_DOMCTL_PFINFO_L4TAB | XEN_DOMCTL_PFINFO_LPINTAB);
    CHECK_EQ(frames[1], 0);
    set_xen_guest_handle(op.u.getpageframeinfo3.array, (uint64_t *)0x1000);
    CHECK_EQ(domain_op(XEN_DOMCTL_getpageframeinfo3, id, &op), -EFAULT);
}

/* One that cannot vanish, since we map a frame of it. */
static void check_dead(domid_t id)
{
    struct xen_domctl op = domain_config(2);
    uint64_t mfn;
    void *page;

    CHECK_EQ(domain_populate(id, 0, 1, &mfn), 1);
    page = foreign_map(id, mfn, true);
    REQUIRE(page != NULL);
    CHECK_EQ(domain_do(XEN_DOMCTL_destroydomain, id), 0);
    CHECK_EQ(domain_do(XEN_DOMCTL_destroydomain, id), 0);
    CHECK(domain_exists(id));
    CHECK_EQ(domain_op(XEN_DOMCTL_createdomain, id, &op), -EEXIST);
    CHECK_EQ(domain_populate(id, 0, 1, &mfn), 0);
    foreign_unmap(page);
    CHECK(EVENTUALLY(!domain_exists(id)));
}

void test(void)
{
    domid_t id;

    check_numbers();
    check_self();
    check_create();
    id = domain_new(2, 7);
    check_limits(id);
    check_memory(id);
    check_frame_types(id);
    check_dead(id);
}
