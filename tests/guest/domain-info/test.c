/*
 * getdomaininfo tells of the first domain from a number on: limits, flags,
 * vcpus, time, handle, through a domain's whole life. getdomaininfolist tells
 * the same of many, getvcpuinfo of one vcpu.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 1 */
#include "guest.h"

#define NO_REASON (0xffffU << XEN_DOMINF_shutdownshift)

static struct sibling sibling;

static void spin_and_block(void)
{
    events_init();
    wait_ns(20 * MS);
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

static long list(unsigned first, unsigned max, void *buffer, unsigned *n)
{
    struct xen_sysctl op;
    long rc;

    memset(&op, 0, sizeof(op));
    op.cmd = XEN_SYSCTL_getdomaininfolist;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    op.u.getdomaininfolist.first_domain = (domid_t)first;
    op.u.getdomaininfolist.max_domains = max;
    set_xen_guest_handle(op.u.getdomaininfolist.buffer, buffer);
    rc = sysctl(&op);
    *n = op.u.getdomaininfolist.num_domains;
    return rc;
}

static void check_list(domid_t id)
{
    static struct xen_domctl_getdomaininfo info[4];
    unsigned n;

    CHECK_EQ(list(0, 4, info, &n), 0);
    CHECK_EQ(n, 2);
    CHECK_EQ(info[0].domain, 0);
    CHECK_EQ(info[1].domain, id);
    CHECK_EQ(info[1].max_pages, 77);
    CHECK_EQ(list(0, 1, info, &n), 0);
    CHECK_EQ(n, 1);
    CHECK_EQ(list(1, 4, info, &n), 0);
    CHECK_EQ(n, 1);
    CHECK_EQ(info[0].domain, id);
    CHECK_EQ(list(id + 1U, 4, info, &n), 0);
    CHECK_EQ(n, 0);
    CHECK_EQ(list(0, 0, info, &n), 0);
    CHECK_EQ(n, 0);
    CHECK_EQ(list(0, 4, (void *)0x1000, &n), -EFAULT);
    CHECK_EQ(list(0, 4, (void *)HV_START, &n), -EFAULT);
}

static void check_new(void)
{
    static const xen_domain_handle_t handle = {1, 2, 3, 4};
    struct xen_domctl op;
    struct xen_domctl_getdomaininfo info;
    domid_t id = domain_new(3, 77);

    memset(&op, 0, sizeof(op));
    memcpy(op.u.setdomainhandle.handle, handle, sizeof(handle));
    CHECK_EQ(domain_op(XEN_DOMCTL_setdomainhandle, id, &op), 0);
    REQUIRE(domain_info(id, &info));
    CHECK_EQ(info.flags, XEN_DOMINF_paused | NO_REASON);
    CHECK_EQ(info.tot_pages, 0);
    CHECK_EQ(info.max_pages, 77);
    CHECK_EQ(info.outstanding_pages, 0);
    CHECK_EQ(info.cpu_time, 0);
    CHECK_EQ(info.nr_online_vcpus, 0);
    CHECK_EQ(info.max_vcpu_id, 2);
    CHECK_EQ(info.cpupool, 0);
    CHECK(!memcmp(info.handle, handle, sizeof(handle)));
    CHECK_EQ(info.arch_config.emulation_flags, 0);
    /* The first from a number on. */
    CHECK_EQ(domain_op(XEN_DOMCTL_getdomaininfo, 1, &op), 0);
    CHECK_EQ(op.domain, id);
    CHECK_EQ(op.u.getdomaininfo.domain, id);
    CHECK_EQ(domain_op(XEN_DOMCTL_getdomaininfo, id + 1U, &op), -ESRCH);
    CHECK_EQ(domain_op(XEN_DOMCTL_getdomaininfo, DOMID_FIRST_RESERVED - 1, &op),
             -ESRCH);
    CHECK_EQ(domain_op(XEN_DOMCTL_getdomaininfo, DOMID_FIRST_RESERVED, &op),
             -EINVAL);
    CHECK_EQ(domain_op(XEN_DOMCTL_getdomaininfo, DOMID_SELF, &op), -EINVAL);
    check_list(id);
    domain_destroy(id);
}

static long vcpu_info_of(unsigned vcpu, struct xen_domctl_getvcpuinfo *info)
{
    struct xen_domctl op;
    long rc;

    memset(&op, 0, sizeof(op));
    op.u.getvcpuinfo.vcpu = vcpu;
    rc = domain_op(XEN_DOMCTL_getvcpuinfo, sibling.id, &op);
    *info = op.u.getvcpuinfo;
    return rc;
}

static void check_life(void)
{
    struct xen_domctl_getdomaininfo info;
    struct xen_domctl_getvcpuinfo vcpu;

    sibling_make(&sibling, 2, spin_and_block);
    REQUIRE(domain_info(sibling.id, &info));
    CHECK_EQ(info.tot_pages, SIBLING_PAGES);
    CHECK_EQ(info.nr_online_vcpus, 0);
    CHECK_EQ(vcpu_info_of(0, &vcpu), 0);
    CHECK_EQ(vcpu.online, 0);
    CHECK_EQ(vcpu.cpu_time, 0);
    sibling_start(&sibling);
    CHECK(EVENTUALLY(domain_info(sibling.id, &info) &&
                     info.flags & XEN_DOMINF_blocked));
    CHECK_EQ(info.flags, XEN_DOMINF_blocked | NO_REASON);
    CHECK_EQ(info.nr_online_vcpus, 1);
    CHECK_EQ(info.max_vcpu_id, 1);
    CHECK(info.cpu_time > 1 * MS);
    CHECK(info.cpu_time < 10000 * MS);
    CHECK_EQ(vcpu_info_of(0, &vcpu), 0);
    CHECK_EQ(vcpu.online, 1);
    CHECK_EQ(vcpu.blocked, 1);
    CHECK_EQ(vcpu.running, 0);
    CHECK_EQ(vcpu.cpu, 0);
    CHECK(vcpu.cpu_time >= info.cpu_time);
    CHECK_EQ(vcpu_info_of(1, &vcpu), 0);
    CHECK_EQ(vcpu.online, 0);
    CHECK_EQ(vcpu_info_of(2, &vcpu), -EINVAL);
    CHECK_EQ(vcpu_info_of(~0U, &vcpu), -EINVAL);
    REQUIRE(domain_info(0, &info));
    CHECK_EQ(info.flags & ~XEN_DOMINF_xs_domain,
             XEN_DOMINF_running | NO_REASON);
    CHECK_EQ(info.nr_online_vcpus, 1);
    CHECK_EQ(info.tot_pages, start_info->nr_pages);
    domain_destroy(sibling.id);
    CHECK(!domain_exists(sibling.id));
}

void test(void)
{
    check_new();
    check_life();
}
