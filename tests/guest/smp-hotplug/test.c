/*
 * A physical CPU goes offline and back online while vcpus run: they go on, on
 * the CPUs that are left; dom0 is told by VIRQ_PCPU_STATE, and get_cpuinfo
 * shows it. The boot CPU stays.
 */
/* not-as-guest: it gives a toolstack's orders */
/* hv-args: dom0_max_vcpus=4 */
/* smp: 3 */
/* timeout: 30 */
#include "guest.h"

static struct xen_platform_op op;
static volatile unsigned counts[VCPUS];
static volatile bool stop;

static long call(unsigned cmd, unsigned cpu)
{
    memset(&op, 0, sizeof(op));
    op.cmd = cmd;
    op.interface_version = XENPF_INTERFACE_VERSION;
    op.u.cpu_ol.cpuid = cpu;
    return platform_op(&op);
}

static bool is_online(unsigned cpu)
{
    CHECK_EQ(call(XENPF_get_cpuinfo, cpu), 0);
    return op.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE;
}

static void count(void *arg)
{
    unsigned id = (unsigned)(uint64_t)arg;

    while (!stop)
        counts[id]++;
}

static bool all_count(void)
{
    uint64_t end = now_ns() + 3000 * MS;
    unsigned before[VCPUS], counting = 0;

    for (unsigned i = 1; i < VCPUS; i++)
        before[i] = counts[i];
    while (counting < VCPUS - 1 && now_ns() < end) {
        wait_ns(20 * MS);
        counting = 0;
        for (unsigned i = 1; i < VCPUS; i++)
            counting += counts[i] != before[i];
    }
    return counting == VCPUS - 1;
}

static bool was_told(evtchn_port_t port)
{
    bool told = port_is_pending(port);

    port_clear(port);
    return told;
}

void test(void)
{
    evtchn_port_t port;

    events_init();
    port = bind_virq(VIRQ_PCPU_STATE, 0);
    port_mask(port, true);
    for (unsigned i = 1; i < VCPUS; i++)
        vcpu_launch(i, count, (void *)(uint64_t)i);
    CHECK_EQ(call(XENPF_cpu_offline, 0), -EOPNOTSUPP);
    CHECK_EQ(call(XENPF_cpu_offline, 3), -EINVAL);
    CHECK_EQ(call(XENPF_cpu_online, 3), -EINVAL);
    CHECK_EQ(call(XENPF_cpu_offline, 0xffffffff), -EINVAL);
    CHECK(!was_told(port));
    for (unsigned cpu = 1; cpu < 3; cpu++) {
        CHECK_EQ(call(XENPF_cpu_offline, cpu), 0);
        CHECK(!is_online(cpu));
        CHECK(was_told(port));
        CHECK(all_count());
    }
    for (unsigned cpu = 1; cpu < 3; cpu++) {
        CHECK_EQ(call(XENPF_cpu_online, cpu), 0);
        CHECK(is_online(cpu));
        CHECK(was_told(port));
        CHECK_EQ(call(XENPF_cpu_online, cpu), 0);
        CHECK(all_count());
    }
    CHECK(!was_told(port));
    CHECK(is_online(0));
    stop = true;
}
