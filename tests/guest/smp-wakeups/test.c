/*
 * Two vcpus on two CPUs wake each other 2000 times, from block and from poll by
 * turns: no wake-up is lost.
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
/* timeout: 30 */
#include "guest.h"

#define ROUNDS 1000

static evtchn_port_t to_other, to_us;
static volatile unsigned other_rounds;

static void wait_in_poll(evtchn_port_t *port)
{
    struct sched_poll p = {.nr_ports = 1};

    set_xen_guest_handle(p.ports, port);
    while (!port_is_pending(*port))
        sched_op(SCHEDOP_poll, &p);
    port_clear(*port);
}

static void other(void *arg)
{
    (void)arg;
    events_mask();
    for (;;) {
        wait_in_poll(&to_other);
        other_rounds++;
        event_send(to_us);
    }
}

/* Before the ports are looked at, or what is set meanwhile goes unnoticed. */
static void clear_upcall(void)
{
    struct vcpu_info *info = vcpu_info(0);

    __atomic_store_n(&info->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&info->evtchn_pending_sel, 0UL, __ATOMIC_SEQ_CST);
}

static bool wait_in_block(void)
{
    uint64_t end = now_ns() + 2000 * MS;

    for (;;) {
        events_mask();
        clear_upcall();
        if (port_is_pending(to_us))
            break;
        if (now_ns() > end)
            return false;
        sched_op(SCHEDOP_block, NULL); /* with events on */
    }
    port_clear(to_us);
    events_unmask();
    return true;
}

void test(void)
{
    events_init();
    to_other = bind_ipi(1);
    to_us = bind_ipi(0);
    port_mask(to_other, true);
    port_mask(to_us, false);
    vcpu_launch(1, other, NULL);
    for (unsigned i = 1; i <= ROUNDS; i++) {
        event_send(to_other);
        if (!wait_in_block())
            fail("wake-up %u is lost; the other did %u", i, other_rounds);
        if (other_rounds != i)
            fail("%u, not %u", other_rounds, i);
    }
    CHECK_EQ(other_rounds, ROUNDS);
}
