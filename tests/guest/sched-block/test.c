/*
 * SCHEDOP_block unmasks events and sleeps until one comes: its callback has
 * run when block returns; with one pending it does not sleep at all. yield
 * returns.
 */
#include "guest.h"

static evtchn_port_t timer;

static void timer_came(void)
{
    port_clear(timer);
    vcpu_info(0)->evtchn_pending_sel = 0;
}

static void until_timer(void)
{
    uint64_t at = now_ns() + 10 * MS;

    CHECK_EQ(set_timer_op(at), 0);
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_mask, 1);
    CHECK_EQ(sched_op(SCHEDOP_block, NULL), 0);
    CHECK(now_ns() >= at);
    CHECK_EQ(upcalls, 1);
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_mask, 0);
}

static void with_one_pending(void)
{
    evtchn_port_t ipi = bind_ipi(0);

    events_mask();
    port_mask(ipi, false);
    CHECK_EQ(event_send(ipi), 0);
    CHECK_EQ(upcalls, 1);
    CHECK_EQ(sched_op(SCHEDOP_block, NULL), 0);
    CHECK_EQ(upcalls, 2);
}

void test(void)
{
    events_init();
    on_upcall = timer_came;
    CHECK_EQ(vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    timer = bind_virq(VIRQ_TIMER, 0);
    port_clear(timer);
    port_mask(timer, false);
    until_timer();
    with_one_pending();
    CHECK_EQ(sched_op(SCHEDOP_yield, NULL), 0);
    CHECK_EQ(sched_op(99, NULL), -ENOSYS);
    CHECK_EQ(sched_op(SCHEDOP_shutdown, NULL), -EFAULT);
    CHECK_EQ(sched_op(SCHEDOP_shutdown, HV_START), -EFAULT);
}
