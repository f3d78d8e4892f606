/*
 * A singleshot timer raises VIRQ_TIMER not before its time and soon after, at
 * once if it lies in the past, not at all if it was stopped; set_timer_op is
 * the same timer.
 */
#include "guest.h"

static evtchn_port_t port;

static long arm(uint64_t at, unsigned flags)
{
    struct vcpu_set_singleshot_timer s = {.timeout_abs_ns = at, .flags = flags};

    return vcpu_op(VCPUOP_set_singleshot_timer, 0, &s);
}

static bool fires_by(uint64_t end)
{
    while (now_ns() < end)
        if (port_is_pending(port))
            return true;
    return port_is_pending(port);
}

static void future(void)
{
    uint64_t at = now_ns() + 5 * MS;

    CHECK_EQ(arm(at, 0), 0);
    CHECK(fires_by(at + 500 * MS));
    CHECK(now_ns() + MS / 10 >= at); /* Xen's slop is 50 us */
    port_clear(port);
}

static void past(void)
{
    CHECK_EQ(arm(now_ns() - MS, 0), 0);
    CHECK(fires_by(now_ns() + 500 * MS));
    port_clear(port);
    /* That it be a future time is a wish that is not listened to. */
    CHECK_EQ(arm(now_ns() - MS, VCPU_SSHOTTMR_future), 0);
    CHECK(fires_by(now_ns() + 500 * MS));
    port_clear(port);
}

static void stopped(void)
{
    CHECK_EQ(arm(now_ns() + 20 * MS, 0), 0);
    CHECK_EQ(vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL), 0);
    CHECK(!fires_by(now_ns() + 40 * MS));
    port_clear(port);
    CHECK_EQ(set_timer_op(now_ns() + 5 * MS), 0);
    CHECK(fires_by(now_ns() + 500 * MS));
    port_clear(port);
    CHECK_EQ(set_timer_op(now_ns() + 20 * MS), 0);
    CHECK_EQ(set_timer_op(0), 0);
    CHECK(!fires_by(now_ns() + 40 * MS));
}

/* set_timer_op does not believe in a time 2^50 ns ahead. */
static void far_ahead(uint64_t at)
{
    uint64_t now = now_ns();

    CHECK_EQ(set_timer_op(at), 0);
    CHECK(!fires_by(now + 80 * MS));
    CHECK(fires_by(now + 600 * MS));
    port_clear(port);
}

static void arguments(void)
{
    CHECK_EQ(vcpu_op(VCPUOP_set_singleshot_timer, 0, NULL), -EFAULT);
    CHECK_EQ(vcpu_op(VCPUOP_set_singleshot_timer, 0, HV_START), -EFAULT);
    CHECK_EQ(vcpu_op(VCPUOP_set_singleshot_timer, 1, NULL), -ENOENT);
    CHECK_EQ(arm(~0UL, 0), 0);
    CHECK_EQ(arm(1UL << 63, 0), 0);
    CHECK_EQ(vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL), 0);
    port_clear(port);
}

void test(void)
{
    events_init();
    CHECK_EQ(vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    port = bind_virq(VIRQ_TIMER, 0);
    port_clear(port);
    future();
    past();
    stopped();
    far_ahead(now_ns() + (1UL << 51));
    far_ahead(1UL << 63);
    far_ahead(~0UL);
    arguments();
}
