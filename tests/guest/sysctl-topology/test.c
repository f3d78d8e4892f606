/*
 * sysctl tells of CPUs, memory nodes and pools: as many as there is room for,
 * and how many there are without a list. What this machine has not is refused.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 2 */
#define __XEN_TOOLS__ 1
#include "guest.h"
#include <xen/sysctl.h>

static struct xen_sysctl op;

static long call(unsigned cmd)
{
    op.cmd = cmd;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return sysctl(&op);
}

static long zeroed(unsigned cmd)
{
    memset(&op, 0, sizeof(op));
    return call(cmd);
}

static void cpus(void)
{
    struct xen_sysctl_cputopo t[2] = {{9, 9, 9}, {9, 9, 9}};

    CHECK_EQ(zeroed(XEN_SYSCTL_cputopoinfo), 0);
    CHECK_EQ(op.u.cputopoinfo.num_cpus, 2);
    set_xen_guest_handle(op.u.cputopoinfo.cputopo, t);
    CHECK_EQ(call(XEN_SYSCTL_cputopoinfo), 0);
    CHECK_EQ(op.u.cputopoinfo.num_cpus, 2);
    CHECK_EQ(t[0].core | t[0].node | t[1].node, 0);
    CHECK_EQ(t[0].socket | t[1].socket, 0); /* QEMU makes cores */
    CHECK_EQ(t[1].core, 1);
    CHECK_EQ(zeroed(XEN_SYSCTL_physinfo), 0);
    CHECK_EQ(op.u.physinfo.cores_per_socket, 2);
    CHECK_EQ(op.u.physinfo.threads_per_core, 1);
    CHECK_EQ(op.u.physinfo.hw_cap[0] & 0xf1, cpuid_forced(1, 0).d & 0xf1);
    CHECK_EQ(zeroed(XEN_SYSCTL_cputopoinfo), 0);
    set_xen_guest_handle(op.u.cputopoinfo.cputopo, t);
    op.u.cputopoinfo.num_cpus = 1;
    CHECK_EQ(call(XEN_SYSCTL_cputopoinfo), 0);
    CHECK_EQ(op.u.cputopoinfo.num_cpus, 1);
    op.u.cputopoinfo.num_cpus = ~0U;
    CHECK_EQ(call(XEN_SYSCTL_cputopoinfo), 0);
    CHECK_EQ(op.u.cputopoinfo.num_cpus, 2);
    set_xen_guest_handle(op.u.cputopoinfo.cputopo,
                         (struct xen_sysctl_cputopo *)HV_START);
    CHECK_EQ(call(XEN_SYSCTL_cputopoinfo), -EFAULT);
}

static void nodes(void)
{
    struct xen_sysctl_meminfo m;
    uint32_t distance = 0;

    CHECK_EQ(zeroed(XEN_SYSCTL_numainfo), 0);
    CHECK_EQ(op.u.numainfo.num_nodes, 1);
    set_xen_guest_handle(op.u.numainfo.meminfo, &m);
    set_xen_guest_handle(op.u.numainfo.distance, &distance);
    CHECK_EQ(call(XEN_SYSCTL_numainfo), 0);
    CHECK_EQ(distance, 10);
    CHECK(m.memsize >= 100 << 20);
    CHECK(m.memfree > 0 && m.memfree < m.memsize);
    op.u.numainfo.num_nodes = 0;
    CHECK_EQ(call(XEN_SYSCTL_numainfo), 0);
    CHECK_EQ(op.u.numainfo.num_nodes, 0);
    op.u.numainfo.num_nodes = 1;
    set_xen_guest_handle(op.u.numainfo.distance, (uint32_t *)HV_START);
    CHECK_EQ(call(XEN_SYSCTL_numainfo), -EFAULT);
    CHECK_EQ(zeroed(XEN_SYSCTL_availheap), 0);
    CHECK(op.u.availheap.avail_bytes > 10 << 20);
    op.u.availheap.node = -1;
    CHECK_EQ(call(XEN_SYSCTL_availheap), 0);
    CHECK(op.u.availheap.avail_bytes > 10 << 20);
}

static void pools(void)
{
    uint8_t map[16];

    memset(map, 0xff, sizeof(map));
    CHECK_EQ(zeroed(XEN_SYSCTL_sched_id), 0);
    CHECK_EQ(op.u.sched_id.sched_id, XEN_SCHEDULER_CREDIT2);
    memset(&op, 0, sizeof(op));
    op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_INFO;
    set_xen_guest_handle(op.u.cpupool_op.cpumap.bitmap, map);
    op.u.cpupool_op.cpumap.nr_bits = 128;
    CHECK_EQ(call(XEN_SYSCTL_cpupool_op), 0);
    CHECK_EQ(op.u.cpupool_op.cpupool_id, 0);
    CHECK_EQ(op.u.cpupool_op.sched_id, XEN_SCHEDULER_CREDIT2);
    CHECK_EQ(op.u.cpupool_op.n_dom, 1);
    CHECK_EQ(map[0], 3);
    CHECK_EQ(map[1] | map[8] | map[15], 0);
    op.u.cpupool_op.cpupool_id = 1;
    CHECK_EQ(call(XEN_SYSCTL_cpupool_op), -ENOENT);
    op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO;
    CHECK_EQ(call(XEN_SYSCTL_cpupool_op), 0);
    CHECK_EQ(map[0], 0);
    set_xen_guest_handle(op.u.cpupool_op.cpumap.bitmap, (uint8_t *)HV_START);
    CHECK_EQ(call(XEN_SYSCTL_cpupool_op), -EFAULT);
}

/* How long the two CPUs were idle: one is all the time. */
static uint64_t idle_ns(void)
{
    static struct xen_sysctl_cpuinfo info[4];

    memset(&op, 0, sizeof(op));
    memset(info, 0xee, sizeof(info));
    op.u.getcpuinfo.max_cpus = 4;
    set_xen_guest_handle(op.u.getcpuinfo.info, info);
    CHECK_EQ(call(XEN_SYSCTL_getcpuinfo), 0);
    CHECK_EQ(op.u.getcpuinfo.nr_cpus, 2);
    CHECK_EQ(info[2].idletime, 0xeeeeeeeeeeeeeeee);
    return info[0].idletime + info[1].idletime;
}

static void idle_times(void)
{
    uint64_t was, start, spent;

    events_init();
    was = idle_ns();
    start = now_ns();

    while (now_ns() - start < 50000000)
        pause();
    was = idle_ns() - was;
    spent = now_ns() - start;
    CHECK(was > spent / 2 && was < spent + spent / 2);
    CHECK_EQ(zeroed(XEN_SYSCTL_getcpuinfo), 0);
    CHECK_EQ(op.u.getcpuinfo.nr_cpus, 0);
    op.u.getcpuinfo.max_cpus = ~0U;
    set_xen_guest_handle(op.u.getcpuinfo.info,
                         (struct xen_sysctl_cpuinfo *)HV_START);
    CHECK_EQ(call(XEN_SYSCTL_getcpuinfo), -EFAULT);
}

void test(void)
{
    idle_times();
    cpus();
    nodes();
    pools();
    CHECK_EQ(zeroed(XEN_SYSCTL_perfc_op), -ENOSYS);
    CHECK_EQ(zeroed(XEN_SYSCTL_lockprof_op), -ENOSYS);
    CHECK_EQ(zeroed(XEN_SYSCTL_coverage_op), -EOPNOTSUPP);
    CHECK_EQ(zeroed(XEN_SYSCTL_psr_cmt_op), -ENODEV);
    CHECK_EQ(zeroed(XEN_SYSCTL_psr_alloc), -ENODEV);
    CHECK_EQ(zeroed(XEN_SYSCTL_get_pmstat), -ENODEV);
}
