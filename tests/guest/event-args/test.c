/*
 * Event channel operations refuse ports, vcpus, VIRQs and domains that are not
 * there, ports in the wrong state, and arguments that cannot be read.
 */
#include "guest.h"

static long virq(unsigned n, unsigned vcpu)
{
    struct evtchn_bind_virq op = {.virq = n, .vcpu = vcpu};

    return event_channel_op(EVTCHNOP_bind_virq, &op);
}

static void binds(void)
{
    struct evtchn_bind_ipi ipi = {.vcpu = 7};
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF,
                                           .remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain pair = {.remote_dom = DOMID_SELF};

    CHECK_EQ(virq(24, 0), -EINVAL);
    CHECK_EQ(virq(~0U, 0), -EINVAL);
    CHECK_EQ(virq(VIRQ_TIMER, 1), -ENOENT);
    CHECK_EQ(virq(VIRQ_TIMER, 0), 0);
    CHECK_EQ(virq(VIRQ_TIMER, 0), -EEXIST);
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_ipi, &ipi), -ENOENT);
    CHECK_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &unbound), 0);
    pair.remote_port = unbound.port;
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_interdomain, &pair), 0);
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_interdomain, &pair), -EINVAL);
    CHECK_EQ(event_send(pair.local_port), 0);
    CHECK(port_is_pending(unbound.port));
    unbound.dom = 7;
    CHECK_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &unbound), -ESRCH);
    pair.remote_dom = 7;
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_interdomain, &pair), -ESRCH);
}

static void ports(void)
{
    static const uint32_t bad[] = {0, 50, 4095, 4096, 0x7fffffff, ~0U};
    struct evtchn_status status = {.dom = DOMID_SELF};
    struct evtchn_bind_vcpu bind = {.vcpu = 0};
    struct evtchn_unmask unmask;
    struct evtchn_set_priority priority = {.priority = 3};

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        CHECK_EQ(event_send(bad[i]), -EINVAL);
        CHECK_EQ(event_close(bad[i]), -EINVAL);
        bind.port = bad[i];
        CHECK_EQ(event_channel_op(EVTCHNOP_bind_vcpu, &bind), -EINVAL);
        priority.port = bad[i];
        CHECK(event_channel_op(EVTCHNOP_set_priority, &priority) != 0);
    }
    for (unsigned i = 3; i < ARRAY_SIZE(bad); i++) {
        status.port = bad[i];
        CHECK_EQ(event_channel_op(EVTCHNOP_status, &status), -EINVAL);
        priority.port = bad[i];
        CHECK_EQ(event_channel_op(EVTCHNOP_set_priority, &priority), -EINVAL);
        unmask.port = bad[i];
        CHECK_EQ(event_channel_op(EVTCHNOP_unmask, &unmask), -EINVAL);
    }
    status.port = 50;
    CHECK_EQ(event_channel_op(EVTCHNOP_status, &status), 0);
    CHECK_EQ(status.status, EVTCHNSTAT_closed);
}

static void pointers(void)
{
    static const uint64_t bad[] = {0,          0x1000,         HV_START,
                                   HV_END - 8, 0x800000000000, ~0UL};

    for (unsigned op = EVTCHNOP_bind_interdomain; op <= EVTCHNOP_set_priority;
         op++)
        for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
            CHECK_EQ(event_channel_op(op, bad[i]), -EFAULT);
    CHECK_EQ(event_channel_op(99, &bad), -ENOSYS);
}

void test(void)
{
    events_init();
    binds();
    ports();
    pointers();
}
