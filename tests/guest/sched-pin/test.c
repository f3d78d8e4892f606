/*
 * SCHEDOP_pin_override: dom0's vcpu goes to the CPU that it names, at once,
 * whatever its affinity is, and gives it back; what cannot be is refused.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 2 */
#include "guest.h"
#include <xen/sysctl.h>

static long pin_to(int cpu)
{
    struct sched_pin_override op = {.pcpu = cpu};

    return sched_op(SCHEDOP_pin_override, &op);
}

static unsigned where(void)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    CHECK_EQ(domain_op(XEN_DOMCTL_getvcpuinfo, 0, &op), 0);
    return op.u.getvcpuinfo.cpu;
}

static long allow(uint64_t cpus)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
    op.u.vcpuaffinity.cpumap_hard.nr_bits = 64;
    set_xen_guest_handle(op.u.vcpuaffinity.cpumap_hard.bitmap,
                         (uint8_t *)&cpus);
    return domain_op(XEN_DOMCTL_setvcpuaffinity, 0, &op);
}

void test(void)
{
    static const int none[] = {2, 64, 300, 100000, 0x7fffffff};

    CHECK_EQ(sched_op(SCHEDOP_pin_override, HV_START), -EFAULT);
    CHECK_EQ(pin_to(-1), -EINVAL);
    for (unsigned i = 0; i < ARRAY_SIZE(none); i++)
        CHECK_EQ(pin_to(none[i]), -EINVAL);
    CHECK_EQ(allow(1), 0);
    for (int cpu = 0; cpu < 2; cpu++) {
        CHECK_EQ(pin_to(cpu), 0);
        for (unsigned i = 0; i < 10; i++) {
            CHECK_EQ(where(), cpu);
            yield();
        }
        CHECK_EQ(pin_to(1 - cpu), -EBUSY);
        CHECK_EQ(pin_to(2), -EINVAL);
        CHECK_EQ(pin_to(-7), 0);
        CHECK_EQ(pin_to(-1), -EINVAL);
        yield();
        CHECK_EQ(where(), 0);
    }
}
