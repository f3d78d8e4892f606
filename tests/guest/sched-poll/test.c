/*
 * SCHEDOP_poll returns when one of its ports is pending, masked or not, when
 * its time has come, or at once if an event could be delivered; never for
 * other ports, and it refuses ports that cannot be and too many of them.
 */
#include "guest.h"

static evtchn_port_t a, b;

static long poll(const evtchn_port_t *ports, unsigned n, uint64_t timeout)
{
    struct sched_poll p = {.nr_ports = n, .timeout = timeout};

    set_xen_guest_handle(p.ports, (evtchn_port_t *)(uintptr_t)ports);
    return sched_op(SCHEDOP_poll, &p);
}

static void timeouts(void)
{
    uint64_t at = now_ns() + 10 * MS;

    CHECK_EQ(poll(&a, 1, at), 0);
    CHECK(now_ns() >= at);
    at = now_ns() + 10 * MS;
    CHECK_EQ(event_send(b), 0);
    CHECK_EQ(poll(&a, 1, at), 0);
    CHECK(now_ns() >= at);
    /* A time in the past. */
    CHECK_EQ(poll(&a, 1, 1), 0);
}

static void pending(void)
{
    evtchn_port_t both[2] = {a, b};
    uint64_t start = now_ns();

    port_mask(b, true);
    CHECK_EQ(poll(&b, 1, 0), 0);
    CHECK_EQ(poll(both, 2, 0), 0);
    CHECK(now_ns() - start < 1000 * MS);
    CHECK_EQ(upcalls, 0);
}

static void arguments(void)
{
    static evtchn_port_t many[200];
    evtchn_port_t bad = 1 << 20;

    CHECK_EQ(poll(many, 129, 1), -EINVAL);
    CHECK_EQ(poll(many, ~0U, 1), -EINVAL);
    CHECK_EQ(poll(&bad, 1, 1), -EINVAL);
    CHECK_EQ(poll((void *)0x1000, 1, 1), -EFAULT);
    CHECK_EQ(poll((void *)HV_START, 1, 1), -EFAULT);
    CHECK_EQ(sched_op(SCHEDOP_poll, NULL), -EFAULT);
}

void test(void)
{
    events_init();
    CHECK_EQ(vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    a = bind_ipi(0);
    b = bind_ipi(0);
    timeouts();
    pending();
    arguments();
}
