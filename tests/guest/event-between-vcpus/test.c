/*
 * An IPI reaches the vcpu it is bound to: one that sleeps in block or in poll
 * wakes, and bind_vcpu moves a port of another kind but not an IPI.
 */
/* hv-args: dom0_max_vcpus=2 */
#include "guest.h"

static evtchn_port_t ipi, poll_port;
static volatile unsigned stage;

static void other(void *arg)
{
    struct sched_poll p = {.nr_ports = 1};

    (void)arg;
    stage = 1;
    sched_op(SCHEDOP_block, NULL);
    events_mask();
    stage = 2;
    set_xen_guest_handle(p.ports, &poll_port);
    sched_op(SCHEDOP_poll, &p);
    stage = 3;
}

static bool reaches(unsigned wanted)
{
    uint64_t end = now_ns() + 2000 * MS;

    while (stage < wanted && now_ns() < end)
        sched_op(SCHEDOP_yield, NULL);
    return stage == wanted;
}

static bool stays(unsigned wanted)
{
    for (unsigned i = 0; i < 50; i++)
        sched_op(SCHEDOP_yield, NULL);
    return stage == wanted;
}

void test(void)
{
    struct evtchn_bind_vcpu bind = {.vcpu = 0};

    events_init();
    ipi = bind_ipi(1);
    poll_port = bind_ipi(1);
    port_mask(ipi, false);
    vcpu_launch(1, other, NULL);
    CHECK(reaches(1));
    CHECK(stays(1));
    CHECK_EQ(event_send(ipi), 0);
    CHECK(reaches(2));
    CHECK(stays(2));
    CHECK_EQ(event_send(poll_port), 0);
    CHECK(reaches(3));
    CHECK_EQ(upcalls, 1);
    bind.port = ipi;
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_vcpu, &bind), -EINVAL);
}
