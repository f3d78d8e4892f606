/*
 * Where and how much vcpus run, and what the toolstack is told of it: affinity
 * to CPUs and nodes, weights, the TSC's mode; and what is refused.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 2 */
#include "guest.h"

static domid_t id;
static uint8_t hard[16], soft[16];

static long affinity(unsigned cmd, unsigned vcpu, unsigned flags, unsigned bits)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.vcpuaffinity.vcpu = vcpu;
    op.u.vcpuaffinity.flags = flags;
    op.u.vcpuaffinity.cpumap_hard.nr_bits = bits;
    op.u.vcpuaffinity.cpumap_soft.nr_bits = bits;
    set_xen_guest_handle(op.u.vcpuaffinity.cpumap_hard.bitmap, hard);
    set_xen_guest_handle(op.u.vcpuaffinity.cpumap_soft.bitmap, soft);
    return domain_op(cmd, id, &op);
}

#define HARD XEN_VCPUAFFINITY_HARD
#define SOFT XEN_VCPUAFFINITY_SOFT
#define SET  XEN_DOMCTL_setvcpuaffinity
#define GET  XEN_DOMCTL_getvcpuaffinity

static void check_affinity(void)
{
    memset(hard, 0xaa, sizeof(hard));
    memset(soft, 0xaa, sizeof(soft));
    CHECK_EQ(affinity(GET, 0, HARD | SOFT, 64), 0);
    CHECK_EQ(hard[0] & 3, 3);
    CHECK_EQ(soft[0] & 3, 3);
    CHECK_EQ(hard[8], 0xaa);
    hard[0] = 2;
    soft[0] = 3;
    CHECK_EQ(affinity(SET, 0, HARD | SOFT, 8), 0);
    CHECK_EQ(hard[0], 2);
    CHECK_EQ(soft[0], 2); /* what is in effect */
    CHECK_EQ(affinity(GET, 0, HARD | SOFT, 128), 0);
    CHECK_EQ(hard[0], 2);
    CHECK_EQ(soft[0], 3);
    for (unsigned i = 1; i < 16; i++)
        CHECK_EQ(hard[i], 0);
    CHECK_EQ(affinity(GET, 1, HARD, 8), 0);
    CHECK_EQ(hard[0] & 3, 3);
    hard[0] = 0x80; /* no such CPU */
    CHECK_EQ(affinity(SET, 0, HARD, 8), -EINVAL);
    hard[0] = 1;
    CHECK_EQ(affinity(SET, 0, HARD, 0), -EINVAL);
    CHECK_EQ(affinity(SET, 0, 0, 8), -EINVAL);
    CHECK_EQ(affinity(SET, 2, HARD, 8), -EINVAL);
    CHECK_EQ(affinity(GET, 2, HARD, 8), -EINVAL);
    CHECK_EQ(affinity(GET, 0, 0, 8), -EINVAL);
    CHECK_EQ(affinity(GET, 0, HARD, 8), 0);
    CHECK_EQ(hard[0], 2);
}

static long nodes(unsigned cmd, uint8_t *map)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.nodeaffinity.nodemap.nr_bits = 8;
    set_xen_guest_handle(op.u.nodeaffinity.nodemap.bitmap, map);
    return domain_op(cmd, id, &op);
}

static void check_nodes(void)
{
    uint8_t map = 0;

    CHECK_EQ(nodes(XEN_DOMCTL_getnodeaffinity, &map), 0);
    CHECK_EQ(map & 1, 1);
    map = 1;
    CHECK_EQ(nodes(XEN_DOMCTL_setnodeaffinity, &map), 0);
    map = 0;
    CHECK_EQ(nodes(XEN_DOMCTL_setnodeaffinity, &map), -EINVAL);
    map = 2;
    CHECK_EQ(nodes(XEN_DOMCTL_setnodeaffinity, &map), -EINVAL);
    CHECK_EQ(nodes(XEN_DOMCTL_setnodeaffinity, (void *)0x1000), -EFAULT);
    CHECK_EQ(nodes(XEN_DOMCTL_getnodeaffinity, (void *)0x1000), -EFAULT);
}

static long scheduler(unsigned which, unsigned cmd, uint16_t *weight)
{
    struct xen_domctl op;
    long rc;

    memset(&op, 0, sizeof(op));
    op.u.scheduler_op.sched_id = which;
    op.u.scheduler_op.cmd = cmd;
    op.u.scheduler_op.u.credit2.weight = *weight;
    rc = domain_op(XEN_DOMCTL_scheduler_op, id, &op);
    *weight = op.u.scheduler_op.u.credit2.weight;
    return rc;
}

static void check_weights(void)
{
    uint16_t weight = 0;

    CHECK_EQ(
        scheduler(XEN_SCHEDULER_CREDIT2, XEN_DOMCTL_SCHEDOP_getinfo, &weight),
        0);
    CHECK_EQ(weight, 256);
    weight = 512;
    CHECK_EQ(
        scheduler(XEN_SCHEDULER_CREDIT2, XEN_DOMCTL_SCHEDOP_putinfo, &weight),
        0);
    weight = 0; /* stays */
    CHECK_EQ(
        scheduler(XEN_SCHEDULER_CREDIT2, XEN_DOMCTL_SCHEDOP_putinfo, &weight),
        0);
    CHECK_EQ(
        scheduler(XEN_SCHEDULER_CREDIT2, XEN_DOMCTL_SCHEDOP_getinfo, &weight),
        0);
    CHECK_EQ(weight, 512);
    CHECK_EQ(
        scheduler(XEN_SCHEDULER_CREDIT, XEN_DOMCTL_SCHEDOP_getinfo, &weight),
        -EINVAL);
    CHECK_EQ(scheduler(XEN_SCHEDULER_CREDIT2, 77, &weight), -EINVAL);
}

static void check_caps(void)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT2;
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    op.u.scheduler_op.u.credit2.cap = 40;
    CHECK_EQ(domain_op(XEN_DOMCTL_scheduler_op, id, &op), 0);
    memset(&op.u, 0, sizeof(op.u));
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT2;
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_getinfo;
    CHECK_EQ(domain_op(XEN_DOMCTL_scheduler_op, id, &op), 0);
    CHECK_EQ(op.u.scheduler_op.u.credit2.cap, 40);
    CHECK_EQ(op.u.scheduler_op.u.credit2.weight, 512);
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    op.u.scheduler_op.u.credit2.cap = 0;
    CHECK_EQ(domain_op(XEN_DOMCTL_scheduler_op, id, &op), 0);
}

static long tsc(unsigned cmd, struct xen_domctl_tsc_info *t)
{
    struct xen_domctl op;
    long rc;

    memset(&op, 0, sizeof(op));
    op.u.tsc_info = *t;
    rc = domain_op(cmd, id, &op);
    *t = op.u.tsc_info;
    return rc;
}

static unsigned tsc_khz(void)
{
    struct xen_sysctl s;

    memset(&s, 0, sizeof(s));
    s.cmd = XEN_SYSCTL_physinfo;
    s.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    REQUIRE_EQ(sysctl(&s), 0);
    return s.u.physinfo.cpu_khz;
}

static void check_tsc(void)
{
    struct xen_domctl_tsc_info t = {.tsc_mode = 2, .incarnation = 4};

    CHECK_EQ(tsc(XEN_DOMCTL_settscinfo, &t), 0);
    CHECK_EQ(tsc(XEN_DOMCTL_gettscinfo, &t), 0);
    CHECK_EQ(t.tsc_mode, 2);
    CHECK_EQ(t.incarnation, 5);
    CHECK_EQ(t.elapsed_nsec, 0);
    CHECK_EQ(t.gtsc_khz, 0);
    t.tsc_mode = 77;
    CHECK_EQ(tsc(XEN_DOMCTL_settscinfo, &t), -EINVAL);
    t = (struct xen_domctl_tsc_info){.elapsed_nsec = 5000000000};
    CHECK_EQ(tsc(XEN_DOMCTL_settscinfo, &t), 0);
    CHECK_EQ(tsc(XEN_DOMCTL_gettscinfo, &t), 0);
    CHECK_EQ(t.tsc_mode, 0);
    CHECK_EQ(t.incarnation, 1);
    CHECK(t.elapsed_nsec > 0);
    CHECK_EQ(t.gtsc_khz, tsc_khz());
    /* From a machine that was slower. */
    t.gtsc_khz /= 2;
    CHECK_EQ(tsc(XEN_DOMCTL_settscinfo, &t), 0);
    CHECK_EQ(tsc(XEN_DOMCTL_gettscinfo, &t), 0);
    CHECK_DIFFERS(t.gtsc_khz, tsc_khz(), tsc_khz() / 2);
    t = (struct xen_domctl_tsc_info){.tsc_mode = 3};
    CHECK_EQ(tsc(XEN_DOMCTL_settscinfo, &t), -EINVAL);
    t = (struct xen_domctl_tsc_info){.tsc_mode = 1};
    CHECK_DIFFERS(tsc(XEN_DOMCTL_settscinfo, &t), -EOPNOTSUPP, 0);
    CHECK_EQ(domain_do(XEN_DOMCTL_settscinfo, 0), -EINVAL);
    CHECK_EQ(domain_do(XEN_DOMCTL_gettscinfo, 0), -EINVAL);
}

void test(void)
{
    id = domain_new(2, 8);
    check_affinity();
    check_nodes();
    check_weights();
    check_caps();
    check_tsc();
    domain_destroy(id);
}
