/*
 * An event of the 2-level form sets its bit, the selector of its word and the
 * upcall flag, and calls the callback unless the port or the vcpu masks it;
 * unmasking a pending one does the rest; a masked one stays pending alone.
 */
#include "guest.h"

static evtchn_port_t port;

static uint64_t selector(void)
{
    return READ_ONCE(vcpu_info(0)->evtchn_pending_sel);
}

static void clear(void)
{
    vcpu_info(0)->evtchn_pending_sel = 0;
    vcpu_info(0)->evtchn_upcall_pending = 0;
    port_clear(port);
    upcalls = 0;
}

static void take_selector(void)
{
    vcpu_info(0)->evtchn_pending_sel = 0;
}

static void masked_port(void)
{
    struct evtchn_unmask u = {.port = port};

    clear();
    port_mask(port, true);
    CHECK_EQ(event_send(port), 0);
    CHECK(port_is_pending(port));
    CHECK_EQ(selector(), 0);
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_pending, 0);
    CHECK_EQ(event_channel_op(EVTCHNOP_unmask, &u), 0);
    CHECK_EQ(selector(), 1UL << port / 64);
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_pending, 1);
    CHECK_EQ(shared_info->evtchn_mask[port / 64] >> port % 64 & 1, 0);
}

static void masked_vcpu(void)
{
    clear();
    CHECK_EQ(event_send(port), 0);
    CHECK_EQ(upcalls, 0);
    CHECK_EQ(vcpu_info(0)->evtchn_upcall_pending, 1);
    events_unmask();
    CHECK_EQ(upcalls, 1);
    /* Again: it is pending already, so nothing new happens. */
    CHECK_EQ(event_send(port), 0);
    CHECK_EQ(upcalls, 1);
    port_clear(port);
    CHECK_EQ(event_send(port), 0);
    CHECK_EQ(upcalls, 2);
    events_mask();
}

static void no_callback_while_masked(void)
{
    clear();
    CHECK_EQ(event_send(port), 0);
    for (unsigned i = 0; i < 100; i++)
        xen_version(XENVER_version, NULL);
    CHECK_EQ(upcalls, 0);
}

void test(void)
{
    events_init();
    on_upcall = take_selector;
    port = bind_ipi(0);
    CHECK(port > 0 && port < 4096);
    port_mask(port, false);
    masked_port();
    masked_vcpu();
    no_callback_while_masked();
    CHECK_EQ(event_close(port), 0);
    CHECK_EQ(event_send(port), -EINVAL);
}
