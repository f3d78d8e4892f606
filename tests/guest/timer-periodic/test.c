/*
 * A periodic timer raises VIRQ_TIMER again and again until it is stopped;
 * periods that are too short or absurd are refused; a vcpu is pinned on Xen
 * only, when there is one CPU.
 */
#include "guest.h"

static evtchn_port_t port;

static long periodic(uint64_t ns)
{
    struct vcpu_set_periodic_timer s = {.period_ns = ns};

    return vcpu_op(VCPUOP_set_periodic_timer, 0, &s);
}

static unsigned ticks_within(uint64_t ns)
{
    uint64_t end = now_ns() + ns;
    unsigned ticks = 0;

    port_clear(port);
    while (now_ns() < end) {
        /* Not asleep: Xen's ticks wake nobody. */
        sched_op(SCHEDOP_yield, NULL);
        ticks += port_is_pending(port);
        port_clear(port);
    }
    return ticks;
}

void test(void)
{
    unsigned ticks;

    events_init();
    CHECK_EQ(vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    port = bind_virq(VIRQ_TIMER, 0);
    CHECK(ticks_within(30 * MS) <= 1);
    CHECK_EQ(periodic(5 * MS), 0);
    ticks = ticks_within(100 * MS);
    CHECK(ticks >= 5 && ticks <= 25);
    CHECK_EQ(vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    ticks_within(10 * MS);
    CHECK_EQ(ticks_within(30 * MS), 0);
    CHECK_EQ(periodic(MS - 1), -EINVAL);
    CHECK_EQ(periodic(0), -EINVAL);
    CHECK_EQ(periodic(~0UL), -EINVAL);
    CHECK_EQ(vcpu_op(VCPUOP_set_periodic_timer, 0, HV_START), -EFAULT);
    CHECK_DIFFERS(vcpu_op(VCPUOP_get_physid, 0, (&(uint64_t){0})), -EINVAL,
                  is_initial ? 0 : -EINVAL);
}
