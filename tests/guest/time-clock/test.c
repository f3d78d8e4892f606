/*
 * The clock in vcpu_info is right from the start, never goes back, keeps pace
 * with the TSC, and the wall clock is that of this machine's RTC; settime
 * changes it.
 */
#include "guest.h"

static void steady(void)
{
    uint64_t last = now_ns();

    for (unsigned i = 0; i < 100000; i++) {
        uint64_t now = now_ns();

        if (now < last)
            fail("time went from %lu back to %lu", last, now);
        last = now;
    }
}

static void across_switches(void)
{
    uint64_t last = now_ns();

    for (unsigned i = 0; i < 200; i++) {
        struct sched_poll p = {.nr_ports = 0, .timeout = now_ns() + MS / 10};

        sched_op(SCHEDOP_poll, &p);
        CHECK(now_ns() >= last);
        last = now_ns();
    }
    CHECK_EQ(vcpu_info(0)->time.version & 1, 0);
}

static uint64_t wall_seconds(void)
{
    return shared_info->wc_sec | (uint64_t)shared_info->wc_sec_hi << 32;
}

static void wall_clock(void)
{
    struct xen_platform_op op = {.cmd = XENPF_settime64,
                                 .interface_version = XENPF_INTERFACE_VERSION};

    CHECK_EQ(shared_info->wc_version & 1, 0);
    CHECK(wall_seconds() > 1600000000);
    CHECK(shared_info->wc_nsec < 1000000000);
    if (!is_initial) {
        CHECK_EQ(platform_op(&op), -EPERM);
        return;
    }
    op.u.settime64.secs = 2000000000;
    op.u.settime64.nsecs = 5;
    op.u.settime64.system_time = now_ns();
    CHECK_EQ(platform_op(&op), 0);
    CHECK(wall_seconds() <= 2000000000);
    CHECK(wall_seconds() > 2000000000 - 60);
    op.u.settime64.mbz = 1;
    CHECK_EQ(platform_op(&op), -EINVAL);
    op.u.settime64.mbz = 0;
    op.interface_version = 1;
    CHECK_EQ(platform_op(&op), -EACCES);
    CHECK_EQ(platform_op(NULL), -EFAULT);
}

void test(void)
{
    events_init();
    CHECK(vcpu_info(0)->time.tsc_to_system_mul != 0);
    CHECK(now_ns() > 0 && now_ns() < 1000000 * MS);
    steady();
    across_switches();
    wall_clock();
}
